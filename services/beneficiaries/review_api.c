#include "review_api.h"

#include "enrolment_step.h"
#include "json_read.h"
#include "register.h"
#include "review_store.h"

enum { REVIEW_CODE_BYTES_MAX = 39 };

struct review_body {
    const char *class;
    const char *outcome;
    struct date reviewed_on;
};

static const struct json_field review_fields[] = {
    JSON_FIELD(struct review_body, class, JSON_TEXT, JSON_REQUIRED, 1, REVIEW_CODE_BYTES_MAX, "A,B,C"),
    JSON_FIELD(struct review_body, outcome, JSON_TEXT, JSON_REQUIRED, 1, REVIEW_CODE_BYTES_MAX,
               "unchanged,changed,ended"),
    JSON_FIELD(struct review_body, reviewed_on, JSON_DATE, JSON_REQUIRED, 0, 0, NULL),
};

/* The day of the next review, by the class that the item has. */
static enum err review_next(struct call *call, struct review_row *row)
{
    CLEANUP_RESULT struct db_result *next = NULL;
    enum db_status status =
        review_store_next(call->db, row->district, row->enrolment, row->class_code, row->reviewed_on, &next);
    if (status == DB_NONE)
        return call_field_error(call, "/class", ERR_BAD_VALUE);
    if (status != DB_ROW)
        return db_error(call->db, status);
    row->next_due_on = arena_strdup(call->arena, db_value(next, 0, 0));
    return row->next_due_on != NULL ? ERR_NONE : ERR_OUT_OF_MEMORY;
}

static enum err review_store(struct call *call, struct review_row *row)
{
    int64_t seq;
    const struct enrolment_note note = {
        .step = "periodic_review",
        .on = row->reviewed_on,
        .data = arena_printf(call->arena, "{\"class\":\"%s\",\"outcome\":\"%s\",\"next_due_on\":\"%s\"}",
                             row->class_code, row->outcome, row->next_due_on)};
    enum err err = enrolment_step_note(call, row->enrolment, &note, &row->event, &seq);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = review_store_insert(call->db, row, &result);
    return register_listed(
        call, status, result,
        arena_printf(call->arena, "/beneficiaries/enrolments/%lld/reviews", (long long)row->enrolment));
}

enum err review_api_create(struct call *call)
{
    struct review_body body;
    struct review_row row = {.district = call->who->district};
    enum err err = json_read_body(call, review_fields, 3, &body);
    if (err == ERR_NONE &&
        !register_field_ok(call, "/reviewed_on", enrolment_check_applied(body.reviewed_on, register_today())))
        err = ERR_INVALID_FIELDS;
    if (err == ERR_NONE)
        err = enrolment_step_of_path(call, &row.enrolment);
    if (err != ERR_NONE)
        return err;
    row.class_code = body.class;
    row.outcome = body.outcome;
    row.reviewed_on = register_date(call, body.reviewed_on);
    err = review_next(call, &row);
    return err == ERR_NONE ? review_store(call, &row) : err;
}

enum err review_api_list(struct call *call)
{
    return enrolment_step_list(call, review_store_list);
}
