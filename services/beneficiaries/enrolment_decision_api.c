#include "enrolment_api.h"
#include "enrolment_application.h"
#include "enrolment_step.h"
#include "json_read.h"
#include "register.h"

#include <string.h>

enum { DECISION_CODE_BYTES_MAX = 39 };

enum err enrolment_api_review(struct call *call)
{
    int64_t id;
    CLEANUP_RESULT struct db_result *locked = NULL;
    enum err err = json_read_body(call, NULL, 0, NULL);
    if (err == ERR_NONE)
        err = enrolment_step_begin(call, ENROLMENT_REVIEW, &id, &locked);
    if (err == ERR_NONE)
        err = enrolment_step_allowed(call, id, "APPLIED", "reviewed");
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = enrolment_store_review(call->db, call->who->district, id, &result);
    return register_answer(call, status, result);
}

/* Who reviewed for the street decides nothing more: approved or rejected is by a third person. */
static enum err decision_third_person(const struct call *call, const struct db_result *locked)
{
    const char *reviewed_by = db_value(locked, 0, ENROLMENT_LOCKED_REVIEWED_BY);
    return reviewed_by != NULL && strcmp(reviewed_by, call->who->subject) == 0 ? ERR_SAME_PERSON : ERR_NONE;
}

/* The first month of an enrolment that is approved today. */
static enum err decision_first_day(struct call *call, const struct db_result *locked, const char **ret_day)
{
    struct date starts_on;
    struct enrolment_start start = {.approved_on = register_today(),
                                    .age_min = (int)db_value_int(locked, 0, ENROLMENT_LOCKED_AGE_MIN)};
    *ret_day = db_value(locked, 0, ENROLMENT_LOCKED_STARTS_ON);
    if (*ret_day != NULL)
        return ERR_NONE;
    if (!date_parse(db_value(locked, 0, ENROLMENT_LOCKED_APPLIED_ON), &start.applied_on) ||
        !date_parse(db_value(locked, 0, ENROLMENT_LOCKED_BIRTH), &start.birth) ||
        !enrolment_entry_parse(db_value(locked, 0, ENROLMENT_LOCKED_ENTRY), &start.entry))
        return ERR_INTERNAL;
    enrolment_starts_on(&start, &starts_on);
    *ret_day = register_date(call, starts_on);
    return ERR_NONE;
}

enum err enrolment_api_approve(struct call *call)
{
    int64_t id;
    const char *first_day = NULL;
    CLEANUP_RESULT struct db_result *locked = NULL;
    enum err err = json_read_body(call, NULL, 0, NULL);
    if (err == ERR_NONE)
        err = enrolment_step_begin(call, ENROLMENT_APPROVE, &id, &locked);
    if (err == ERR_NONE)
        err = enrolment_step_decider(call, db_value_bool(locked, 0, ENROLMENT_LOCKED_LEAD));
    if (err == ERR_NONE)
        err = decision_third_person(call, locked);
    if (err == ERR_NONE)
        err = enrolment_step_allowed(call, id, db_value(locked, 0, ENROLMENT_LOCKED_STATE), "approved");
    if (err == ERR_NONE)
        err = decision_first_day(call, locked, &first_day);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = enrolment_store_approve(call->db, call->who->district, id, first_day, &result);
    return register_answer(call, status, result);
}

struct reject_body {
    const char *cause;
};

static const struct json_field reject_fields[] = {
    JSON_FIELD(struct reject_body, cause, JSON_TEXT, JSON_REQUIRED, 1, DECISION_CODE_BYTES_MAX,
               "not_eligible,incomplete,withdrawn,other"),
};

enum err enrolment_api_reject(struct call *call)
{
    int64_t id;
    struct reject_body body;
    CLEANUP_RESULT struct db_result *locked = NULL;
    enum err err = json_read_body(call, reject_fields, 1, &body);
    if (err == ERR_NONE)
        err = enrolment_step_begin(call, ENROLMENT_REJECT, &id, &locked);
    if (err == ERR_NONE)
        err = decision_third_person(call, locked);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = enrolment_store_reject(call->db, call->who->district, id, body.cause, &result);
    return register_answer(call, status, result);
}

struct return_body {
    const char *cause;
    const char *evidence;
};

static const struct json_field return_fields[] = {
    JSON_FIELD(struct return_body, cause, JSON_TEXT, JSON_REQUIRED, 1, DECISION_CODE_BYTES_MAX,
               "documents,checks,facts,mistake,other"),
    JSON_FIELD(struct return_body, evidence, JSON_TEXT, 0, 1, ENROLMENT_EVIDENCE_BYTES_MAX, NULL),
};

/* Taking back an approval is a decision like the approval, and has its reason on paper. */
static enum err return_check_approved(struct call *call, const struct return_body *body, const struct db_result *locked)
{
    if (strcmp(db_value(locked, 0, ENROLMENT_LOCKED_STATE), "APPROVED") != 0)
        return ERR_NONE;
    if (body->evidence == NULL)
        return call_field_error(call, "/evidence", ERR_REQUIRED);
    return enrolment_step_decider(call, db_value_bool(locked, 0, ENROLMENT_LOCKED_LEAD));
}

enum err enrolment_api_return(struct call *call)
{
    int64_t id;
    struct return_body body;
    CLEANUP_RESULT struct db_result *locked = NULL;
    enum err err = json_read_body(call, return_fields, 2, &body);
    if (err == ERR_NONE && !enrolment_step_evidence_ok(call, body.evidence))
        err = ERR_INVALID_FIELDS;
    if (err == ERR_NONE)
        err = enrolment_step_begin(call, ENROLMENT_RETURN, &id, &locked);
    if (err == ERR_NONE)
        err = return_check_approved(call, &body, locked);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status =
        enrolment_store_return(call->db, call->who->district, id, body.cause, body.evidence, &result);
    return register_answer(call, status, result);
}

struct submit_body {
    const char *tier;
    struct date applied_on;
    struct date starts_on;
    struct date consent_on;
};

static const struct json_field submit_fields[] = {
    JSON_FIELD(struct submit_body, tier, JSON_TEXT, 0, 1, DECISION_CODE_BYTES_MAX, NULL),
    JSON_FIELD(struct submit_body, applied_on, JSON_DATE, 0, 0, 0, NULL),
    JSON_FIELD(struct submit_body, starts_on, JSON_DATE, 0, 0, 0, NULL),
    JSON_FIELD(struct submit_body, consent_on, JSON_DATE, 0, 0, 0, NULL),
};

static bool submit_keep_date(const struct db_result *locked, int column, struct date *date)
{
    return date->year != 0 || db_is_null(locked, 0, column) || date_parse(db_value(locked, 0, column), date);
}

/* What the body does not say stays as it was. A corrected day of the application moves the start with it, unless the
 * body names one. */
static enum err submit_merge(const struct submit_body *body, const struct db_result *locked,
                             struct enrolment_application *ret_application)
{
    struct enrolment_application application = {.item = db_value(locked, 0, ENROLMENT_LOCKED_ITEM),
                                                .tier = body->tier != NULL ? body->tier
                                                                           : db_value(locked, 0, ENROLMENT_LOCKED_TIER),
                                                .applied_on = body->applied_on,
                                                .starts_on = body->starts_on,
                                                .consent_on = body->consent_on};
    bool moved = body->applied_on.year != 0;
    bool good = submit_keep_date(locked, ENROLMENT_LOCKED_APPLIED_ON, &application.applied_on) &&
                submit_keep_date(locked, ENROLMENT_LOCKED_CONSENT, &application.consent_on) &&
                submit_keep_date(locked, ENROLMENT_LOCKED_BIRTH, &application.birth) &&
                (moved || submit_keep_date(locked, ENROLMENT_LOCKED_STARTS_ON, &application.starts_on));
    *ret_application = application;
    return good ? ERR_NONE : ERR_INTERNAL;
}

static enum err submit_store(struct call *call, int64_t id, const struct enrolment_application *application)
{
    struct date starts_on;
    enum err err = enrolment_application_check(call, application, &starts_on);
    if (err != ERR_NONE)
        return err;
    const struct enrolment_row row = {.district = call->who->district,
                                      .tier = application->tier,
                                      .applied_on = register_date(call, application->applied_on),
                                      .starts_on = register_date(call, starts_on),
                                      .consent_on = register_date(call, application->consent_on)};
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = enrolment_store_submit(call->db, id, &row, &result);
    if (status == DB_ROW)
        err = enrolment_step_allowed(call, id, "APPLIED", "applied");
    return err == ERR_NONE ? register_answer(call, status, result) : err;
}

enum err enrolment_api_submit(struct call *call)
{
    int64_t id;
    struct submit_body body;
    struct enrolment_application application;
    CLEANUP_RESULT struct db_result *locked = NULL;
    enum err err = json_read_body(call, submit_fields, 4, &body);
    if (err == ERR_NONE)
        err = enrolment_step_begin(call, ENROLMENT_SUBMIT, &id, &locked);
    if (err == ERR_NONE)
        err = submit_merge(&body, locked, &application);
    return err == ERR_NONE ? submit_store(call, id, &application) : err;
}

struct end_body {
    const char *cause;
    const char *evidence;
    struct date ended_on;
    struct date notice_ends_on;
    int64_t grace_months;
};

static const struct json_field end_fields[] = {
    JSON_FIELD(struct end_body, cause, JSON_TEXT, JSON_REQUIRED, 1, DECISION_CODE_BYTES_MAX,
               "death,income,age,moved,certificate,prison,school,voluntary,other"),
    JSON_FIELD(struct end_body, evidence, JSON_TEXT, JSON_REQUIRED, 1, ENROLMENT_EVIDENCE_BYTES_MAX, NULL),
    JSON_FIELD(struct end_body, ended_on, JSON_DATE, 0, 0, 0, NULL),
    JSON_FIELD(struct end_body, notice_ends_on, JSON_DATE, 0, 0, 0, NULL),
    JSON_FIELD(struct end_body, grace_months, JSON_INT, 0, 0, 24, NULL),
};

/* The day of the end: of a death it is the day of death that the register knows, and no other. */
static enum err end_day(struct call *call, struct end_body *body, const struct db_result *locked)
{
    struct date died;
    bool death = strcmp(body->cause, "death") == 0;
    if (death && db_is_null(locked, 0, ENROLMENT_LOCKED_DEATH))
        return ERR_DEATH_NOT_RECORDED;
    if (death && !date_parse(db_value(locked, 0, ENROLMENT_LOCKED_DEATH), &died))
        return ERR_INTERNAL;
    if (body->ended_on.year == 0) {
        if (!death)
            return call_field_error(call, "/ended_on", ERR_REQUIRED);
        body->ended_on = died;
    }
    return !death || date_compare(died, body->ended_on) == 0 ? ERR_NONE
                                                             : call_field_error(call, "/ended_on", ERR_OUT_OF_RANGE);
}

/* Fills in what the rule of that day says and checks the dates. */
static enum err end_check(struct call *call, const struct end_body *body, const struct db_result *locked,
                          struct enrolment_end *end, struct enrolment_ending *ret_ending)
{
    struct date starts_on;
    CLEANUP_RESULT struct db_result *rule = NULL;
    enum db_status status =
        enrolment_store_exit(call->db, call->who->district, db_value(locked, 0, ENROLMENT_LOCKED_ITEM),
                             register_date(call, body->ended_on), &rule);
    if (status != DB_ROW)
        return db_error(call->db, status);
    if (!enrolment_exit_parse(db_value(rule, 0, ENROLMENT_EXIT_BASIS), &end->exit) ||
        !date_parse(db_value(locked, 0, ENROLMENT_LOCKED_STARTS_ON), &starts_on))
        return ERR_INTERNAL;
    int64_t grace = body->grace_months != JSON_INT_ABSENT ? body->grace_months : 0;
    int64_t grace_max = db_value_int(rule, 0, ENROLMENT_EXIT_GRACE_MAX);
    bool good = register_field_ok(call, "/ended_on", enrolment_check_end(end, starts_on));
    good &= register_field_ok(call, "/notice_ends_on", enrolment_check_end_notice(end));
    good &= register_field_ok(call, "/grace_months", enrolment_check_grace(body->cause, grace, grace_max));
    *ret_ending = (struct enrolment_ending){
        .cause = body->cause,
        .evidence = body->evidence,
        .ended_on = register_date(call, end->ended_on),
        .notice_ends_on = register_date(call, end->notice_ends_on),
        .grace_months = grace,
        .exit_basis = arena_strdup(call->arena, db_value(rule, 0, ENROLMENT_EXIT_BASIS)),
    };
    return good ? ERR_NONE : ERR_INVALID_FIELDS;
}

enum err enrolment_api_end(struct call *call)
{
    int64_t id;
    struct end_body body;
    CLEANUP_RESULT struct db_result *locked = NULL;
    enum err err = json_read_body(call, end_fields, 5, &body);
    if (err == ERR_NONE && !enrolment_step_evidence_ok(call, body.evidence))
        err = ERR_INVALID_FIELDS;
    if (err == ERR_NONE)
        err = enrolment_step_begin(call, ENROLMENT_END, &id, &locked);
    if (err == ERR_NONE)
        err = end_day(call, &body, locked);
    if (err != ERR_NONE)
        return err;
    struct enrolment_end end = {.death = strcmp(body.cause, "death") == 0,
                                .ended_on = body.ended_on,
                                .decided_on = register_today(),
                                .notice_ends_on = body.notice_ends_on};
    struct enrolment_ending ending;
    err = end_check(call, &body, locked, &end, &ending);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = enrolment_store_end(call->db, call->who->district, id, &ending, &result);
    return register_answer(call, status, result);
}
