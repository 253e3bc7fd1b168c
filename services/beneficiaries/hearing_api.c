#include "hearing_api.h"

#include "enrolment_step.h"
#include "hearing_store.h"
#include "json_read.h"
#include "register.h"

enum { HEARING_CODE_BYTES_MAX = 39 };

struct hearing_body {
    struct date heard_on;
    struct date written_notice_on;
    const char *reason;
    const char *evidence;
};

static const struct json_field hearing_fields[] = {
    JSON_FIELD(struct hearing_body, heard_on, JSON_DATE, JSON_REQUIRED, 0, 0, NULL),
    JSON_FIELD(struct hearing_body, written_notice_on, JSON_DATE, JSON_REQUIRED, 0, 0, NULL),
    JSON_FIELD(
        struct hearing_body, reason, JSON_TEXT, JSON_REQUIRED, 1, HEARING_CODE_BYTES_MAX,
        "income,age,moved,certificate,prison,school,assessment,boarding,institution,missing,review,account,other"),
    JSON_FIELD(struct hearing_body, evidence, JSON_TEXT, 0, 1, ENROLMENT_EVIDENCE_BYTES_MAX, NULL),
};

/* First the hearing, then the written notice, both before today is over. */
static bool hearing_ok(struct call *call, const struct hearing_body *body)
{
    struct date today = register_today();
    bool good = register_field_ok(call, "/heard_on", enrolment_check_applied(body->heard_on, today));
    enum err notice = date_compare(body->written_notice_on, body->heard_on) < 0
                          ? ERR_OUT_OF_RANGE
                          : enrolment_check_applied(body->written_notice_on, today);
    good &= register_field_ok(call, "/written_notice_on", notice);
    return enrolment_step_evidence_ok(call, body->evidence) && good;
}

enum err hearing_api_create(struct call *call)
{
    struct hearing_body body;
    struct hearing_row row = {.district = call->who->district};
    enum err err = json_read_body(call, hearing_fields, 4, &body);
    if (err == ERR_NONE && !hearing_ok(call, &body))
        err = ERR_INVALID_FIELDS;
    if (err == ERR_NONE)
        err = enrolment_step_of_path(call, &row.enrolment);
    if (err != ERR_NONE)
        return err;
    row.heard_on = register_date(call, body.heard_on);
    row.written_notice_on = register_date(call, body.written_notice_on);
    row.reason = body.reason;
    row.evidence = body.evidence;
    const struct enrolment_note note = {
        .step = "heard", .cause = body.reason, .evidence = body.evidence, .on = row.heard_on};
    err = enrolment_step_note(call, row.enrolment, &note, &row.event, &row.seq);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = hearing_store_insert(call->db, &row, &result);
    return register_listed(
        call, status, result,
        arena_printf(call->arena, "/beneficiaries/enrolments/%lld/hearings", (long long)row.enrolment));
}

enum err hearing_api_list(struct call *call)
{
    return enrolment_step_list(call, hearing_store_list);
}
