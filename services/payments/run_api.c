#include "job.h"
#include "json_read.h"
#include "json_write.h"
#include "payment_store.h"
#include "payments_routes.h"
#include "run_store.h"

#include <string.h>

enum { RUN_DRY_LINES_MAX = 500, RUN_PERIOD_BYTES_MAX = 7, RUN_ITEM_BYTES_MAX = 39 };

static const char *const run_states = "GENERATING,DRAFT,APPROVED,RELEASED,CLOSED,CANCELLED,FAILED";

static enum err run_answer(struct call *call, int64_t run_id)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = run_store_get(call->db, call->who->district, run_id, &result);
    return call_answer_row(call, status, result);
}

/* Why a run was refused, field by field. missing: the tiers without a standard, or the rule itself, read before. */
static enum err run_explain_refusal(struct call *call, enum err err, const char *item, const struct db_result *missing)
{
    if (err == ERR_BAD_PERIOD || err == ERR_PERIOD_IN_FUTURE) {
        call_field_error(call, "/period", err);
        return ERR_INVALID_FIELDS;
    }
    if (err == ERR_UNKNOWN_ITEM) {
        call_field_error(call, "/item", err);
        return ERR_INVALID_FIELDS;
    }
    if (err != ERR_STANDARD_MISSING)
        return err;
    for (size_t i = 0; i < db_row_count(missing); i++) {
        const char *pointer = arena_printf(call->arena, "/item/%s/%s", item, db_value(missing, i, 0));
        if (pointer != NULL)
            call_field_error(call, pointer, ERR_STANDARD_MISSING);
    }
    return err;
}

struct run_body {
    const char *item;
    const char *period;
    int64_t supplement;
};

static const struct json_field run_fields[] = {
    JSON_FIELD(struct run_body, item, JSON_TEXT, JSON_REQUIRED, 1, RUN_ITEM_BYTES_MAX, NULL),
    JSON_FIELD(struct run_body, period, JSON_TEXT, JSON_REQUIRED, 4, RUN_PERIOD_BYTES_MAX, NULL),
    JSON_FIELD(struct run_body, supplement, JSON_INT, 0, 0, 99, NULL),
};

enum err run_create(struct call *call)
{
    struct run_body body;
    enum err err = json_read_body(call, run_fields, 3, &body);
    if (err != ERR_NONE)
        return err;
    int64_t supplement = body.supplement == JSON_INT_ABSENT ? 0 : body.supplement;
    CLEANUP_RESULT struct db_result *missing = NULL;
    CLEANUP_RESULT struct db_result *created = NULL;
    enum db_status status = run_store_missing(call->db, call->who->district, body.item, body.period, &missing);
    if (missing == NULL)
        return db_error(call->db, status);
    status = run_store_create(call->db, body.item, body.period, supplement, &created);
    if (status != DB_ROW)
        return run_explain_refusal(call, db_error(call->db, status), body.item, missing);
    int64_t run_id = db_value_int(created, 0, 0);
    err = job_enqueue(call->db, "run_generate", run_id);
    if (err == ERR_NONE)
        err = run_answer(call, run_id);
    call->status = 202;
    call->location = arena_printf(call->arena, "/payments/runs/%lld", (long long)run_id);
    return err;
}

enum err run_list(struct call *call)
{
    struct run_filter filter = {.item = call_query_value(call, "item"), .period = call_query_value(call, "period")};
    enum err err = call_page(call, &filter.after, &filter.limit);
    if (err == ERR_NONE)
        err = call_query_choice(call, "state", run_states, &filter.state);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = run_store_list(call->db, call->who->district, &filter, &result);
    return call_answer_list(call, status, result, filter.limit);
}

enum err run_get(struct call *call)
{
    int64_t run_id;
    enum err err = call_path_id(call, 0, &run_id);
    return err == ERR_NONE ? run_answer(call, run_id) : err;
}

/* The run of the path, for lists below it: another's run is not found, rather than empty. */
static enum err run_of_path(struct call *call, int64_t *ret_run_id)
{
    enum err err = call_path_id(call, 0, ret_run_id);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = run_store_get(call->db, call->who->district, *ret_run_id, &result);
    if (status == DB_ROW)
        return ERR_NONE;
    return status == DB_NONE ? ERR_NOT_FOUND : db_error(call->db, status);
}

enum err run_payment_list(struct call *call)
{
    struct payment_filter filter = {0};
    enum err err = run_of_path(call, &filter.run_id);
    if (err == ERR_NONE)
        err = call_page(call, &filter.after, &filter.limit);
    if (err == ERR_NONE)
        err = call_query_choice(call, "state", PAYMENT_STATES, &filter.state);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = payment_store_list(call->db, call->who->district, &filter, &result);
    return call_answer_list(call, status, result, filter.limit);
}

enum err run_held_list(struct call *call)
{
    int64_t run_id;
    int64_t after;
    int64_t limit;
    enum err err = run_of_path(call, &run_id);
    if (err == ERR_NONE)
        err = call_page(call, &after, &limit);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = run_store_held(call->db, call->who->district, run_id, after, limit, &result);
    return call_answer_list(call, status, result, limit);
}

struct run_approval_body {
    int64_t lines;
    int64_t amount_fen;
};

static const struct json_field run_approval_fields[] = {
    JSON_FIELD(struct run_approval_body, lines, JSON_INT, JSON_REQUIRED, 0, INT32_MAX, NULL),
    JSON_FIELD(struct run_approval_body, amount_fen, JSON_INT, JSON_REQUIRED, 0, INT64_MAX, NULL),
};

enum err run_approve(struct call *call)
{
    struct run_approval_body body;
    int64_t run_id;
    enum err err = call_path_id(call, 0, &run_id);
    if (err == ERR_NONE)
        err = json_read_body(call, run_approval_fields, 2, &body);
    if (err != ERR_NONE)
        return err;
    enum db_status status = run_store_approve(call->db, run_id, body.lines, body.amount_fen);
    return status == DB_ROW ? run_answer(call, run_id) : db_error(call->db, status);
}

enum err run_release(struct call *call)
{
    int64_t run_id;
    enum err err = call_path_id(call, 0, &run_id);
    if (err == ERR_NONE)
        err = json_read_body(call, NULL, 0, NULL);
    if (err != ERR_NONE)
        return err;
    enum db_status status = run_store_release(call->db, run_id);
    if (status != DB_ROW)
        return db_error(call->db, status);
    err = job_enqueue(call->db, "file_write", run_id);
    return err == ERR_NONE ? run_answer(call, run_id) : err;
}

enum err run_cancel(struct call *call)
{
    int64_t run_id;
    enum err err = call_path_id(call, 0, &run_id);
    if (err == ERR_NONE)
        err = json_read_body(call, NULL, 0, NULL);
    if (err != ERR_NONE)
        return err;
    enum db_status status = run_store_cancel(call->db, run_id);
    return status == DB_ROW ? run_answer(call, run_id) : db_error(call->db, status);
}

struct dry_run_body {
    const char *item;
    const char *period;
    int64_t after_person;
    const char *after_period;
    int64_t limit;
};

static const struct json_field dry_run_fields[] = {
    JSON_FIELD(struct dry_run_body, item, JSON_TEXT, JSON_REQUIRED, 1, RUN_ITEM_BYTES_MAX, NULL),
    JSON_FIELD(struct dry_run_body, period, JSON_TEXT, JSON_REQUIRED, 4, RUN_PERIOD_BYTES_MAX, NULL),
    JSON_FIELD(struct dry_run_body, after_person, JSON_INT, 0, 0, INT64_MAX, NULL),
    JSON_FIELD(struct dry_run_body, after_period, JSON_TEXT, 0, 4, RUN_PERIOD_BYTES_MAX, NULL),
    JSON_FIELD(struct dry_run_body, limit, JSON_INT, 0, 1, RUN_DRY_LINES_MAX, NULL),
};

static void dry_run_render(struct call *call, const struct dry_run_body *body, const struct db_result *totals,
                           const struct db_result *lines, size_t limit)
{
    buffer_append_char(&call->out, '{');
    json_member_text(&call->out, "item", body->item);
    json_member_text(&call->out, "period", body->period);
    json_member(&call->out, "totals");
    db_row_json(totals, 0, &call->out);
    json_member(&call->out, "items");
    buffer_append_char(&call->out, '[');
    bool more = db_row_count(lines) > limit;
    size_t count = more ? limit : db_row_count(lines);
    for (size_t i = 0; i < count; i++) {
        json_separator(&call->out);
        db_row_json(lines, i, &call->out);
    }
    buffer_append_char(&call->out, ']');
    json_member(&call->out, "next");
    if (more) {
        buffer_append_char(&call->out, '{');
        json_member_int(&call->out, "after_person", db_value_int(lines, count - 1, 0));
        json_member_text(&call->out, "after_period", db_value(lines, count - 1, 1));
        buffer_append_char(&call->out, '}');
    } else {
        buffer_append_text(&call->out, "null");
    }
    buffer_append_char(&call->out, '}');
}

enum err dry_run_create(struct call *call)
{
    struct dry_run_body body;
    enum err err = json_read_body(call, dry_run_fields, 5, &body);
    if (err != ERR_NONE)
        return err;
    int64_t limit = body.limit == JSON_INT_ABSENT ? CALL_LIST_DEFAULT : body.limit;
    int64_t after_person = body.after_person == JSON_INT_ABSENT ? 0 : body.after_person;
    CLEANUP_RESULT struct db_result *missing = NULL;
    CLEANUP_RESULT struct db_result *totals = NULL;
    CLEANUP_RESULT struct db_result *lines = NULL;
    enum db_status status = run_store_missing(call->db, call->who->district, body.item, body.period, &missing);
    if (missing == NULL)
        return db_error(call->db, status);
    status = run_store_dry_totals(call->db, body.item, body.period, &totals);
    if (status != DB_ROW)
        return run_explain_refusal(call, db_error(call->db, status), body.item, missing);
    status = run_store_dry_lines(call->db, body.item, body.period, after_person,
                                 body.after_period != NULL ? body.after_period : "", limit + 1, &lines);
    if (status == DB_HARD || status == DB_RETRY)
        return db_error(call->db, status);
    dry_run_render(call, &body, totals, lines, (size_t)limit);
    return ERR_NONE;
}
