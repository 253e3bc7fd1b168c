#include "suspension_api.h"

#include "enrolment_step.h"
#include "json_read.h"
#include "register.h"
#include "suspension_store.h"

enum { SUSPENSION_CODE_BYTES_MAX = 39 };

struct suspension_body {
    const char *cause;
    struct date from;
    struct date until;
    const char *evidence;
};

static const struct json_field suspension_fields[] = {
    JSON_FIELD(struct suspension_body, cause, JSON_TEXT, JSON_REQUIRED, 1, SUSPENSION_CODE_BYTES_MAX,
               "prison,review,missing,income,certificate,account,other"),
    JSON_FIELD(struct suspension_body, from, JSON_DATE, JSON_REQUIRED, 0, 0, NULL),
    JSON_FIELD(struct suspension_body, until, JSON_DATE, 0, 0, 0, NULL),
    JSON_FIELD(struct suspension_body, evidence, JSON_TEXT, JSON_REQUIRED, 1, ENROLMENT_EVIDENCE_BYTES_MAX, NULL),
};

static bool suspension_month_ok(struct call *call, const char *pointer, struct date day)
{
    return day.year == 0 || register_field_ok(call, pointer, day.day == 1 ? ERR_NONE : ERR_NOT_FIRST_OF_MONTH);
}

static enum err suspension_check(struct call *call, const struct suspension_body *body)
{
    bool good = suspension_month_ok(call, "/from", body->from);
    good &= suspension_month_ok(call, "/until", body->until);
    good &=
        body->until.year == 0 ||
        register_field_ok(call, "/until", date_compare(body->until, body->from) > 0 ? ERR_NONE : ERR_ENDS_BEFORE_START);
    return enrolment_step_evidence_ok(call, body->evidence) && good ? ERR_NONE : ERR_INVALID_FIELDS;
}

static const char *suspension_path(struct call *call, int64_t enrolment)
{
    return arena_printf(call->arena, "/beneficiaries/enrolments/%lld/suspensions", (long long)enrolment);
}

enum err suspension_api_create(struct call *call)
{
    int64_t enrolment;
    struct suspension_body body;
    CLEANUP_RESULT struct db_result *begun = NULL;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum err err = json_read_body(call, suspension_fields, 4, &body);
    if (err == ERR_NONE)
        err = suspension_check(call, &body);
    if (err == ERR_NONE)
        err = enrolment_step_of_path(call, &enrolment);
    if (err != ERR_NONE)
        return err;
    enum db_status status = suspension_store_begin(call->db, enrolment, body.cause, register_date(call, body.from),
                                                   register_date(call, body.until), body.evidence, &begun);
    if (status != DB_ROW)
        return enrolment_step_range(call, db_error(call->db, status), "/from");
    status = suspension_store_get(call->db, call->who->district, enrolment, db_value_int(begun, 0, 0), &result);
    return register_listed(call, status, result, suspension_path(call, enrolment));
}

enum err suspension_api_list(struct call *call)
{
    return enrolment_step_list(call, suspension_store_list);
}

static enum err suspension_close(struct call *call, struct date until, const char *evidence)
{
    int64_t enrolment;
    int64_t id;
    CLEANUP_RESULT struct db_result *done = NULL;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum err err = enrolment_step_of_path(call, &enrolment);
    if (err == ERR_NONE)
        err = call_path_id(call, 1, &id);
    if (err != ERR_NONE)
        return err;
    enum db_status status = suspension_store_end(call->db, enrolment, id, register_date(call, until), evidence, &done);
    if (status != DB_ROW)
        return enrolment_step_range(call, db_error(call->db, status), "/until");
    status = suspension_store_get(call->db, call->who->district, enrolment, id, &result);
    return call_answer_row(call, status, result);
}

struct suspension_end_body {
    struct date until;
    const char *evidence;
};

static const struct json_field suspension_end_fields[] = {
    JSON_FIELD(struct suspension_end_body, until, JSON_DATE, JSON_REQUIRED, 0, 0, NULL),
    JSON_FIELD(struct suspension_end_body, evidence, JSON_TEXT, 0, 1, ENROLMENT_EVIDENCE_BYTES_MAX, NULL),
};

enum err suspension_api_end(struct call *call)
{
    struct suspension_end_body body;
    enum err err = json_read_body(call, suspension_end_fields, 2, &body);
    if (err != ERR_NONE)
        return err;
    bool good = suspension_month_ok(call, "/until", body.until);
    return enrolment_step_evidence_ok(call, body.evidence) && good ? suspension_close(call, body.until, body.evidence)
                                                                   : ERR_INVALID_FIELDS;
}

struct suspension_withdrawal_body {
    const char *evidence;
};

static const struct json_field suspension_withdrawal_fields[] = {
    JSON_FIELD(struct suspension_withdrawal_body, evidence, JSON_TEXT, JSON_REQUIRED, 1, ENROLMENT_EVIDENCE_BYTES_MAX,
               NULL),
};

enum err suspension_api_withdraw(struct call *call)
{
    struct suspension_withdrawal_body body;
    enum err err = json_read_body(call, suspension_withdrawal_fields, 1, &body);
    if (err != ERR_NONE)
        return err;
    return enrolment_step_evidence_ok(call, body.evidence) ? suspension_close(call, (struct date){0}, body.evidence)
                                                           : ERR_INVALID_FIELDS;
}
