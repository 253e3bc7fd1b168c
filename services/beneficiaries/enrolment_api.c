#include "enrolment_api.h"

#include "enrolment.h"
#include "enrolment_store.h"
#include "json_read.h"
#include "person_store.h"
#include "register.h"

enum { ENROLMENT_CODE_BYTES_MAX = 39 };

struct enrolment_body {
    int64_t person;
    const char *item;
    const char *tier;
    struct date applied_on;
    struct date starts_on;
};

static const struct json_field enrolment_fields[] = {
    JSON_FIELD(struct enrolment_body, person, JSON_INT, JSON_REQUIRED, 1, INT64_MAX, NULL),
    JSON_FIELD(struct enrolment_body, item, JSON_TEXT, JSON_REQUIRED, 1, ENROLMENT_CODE_BYTES_MAX, NULL),
    JSON_FIELD(struct enrolment_body, tier, JSON_TEXT, 0, 1, ENROLMENT_CODE_BYTES_MAX, NULL),
    JSON_FIELD(struct enrolment_body, applied_on, JSON_DATE, 0, 0, 0, NULL),
    JSON_FIELD(struct enrolment_body, starts_on, JSON_DATE, 0, 0, 0, NULL),
};

struct enrolment_reject_body {
    const char *cause;
};

static const struct json_field enrolment_reject_fields[] = {
    JSON_FIELD(struct enrolment_reject_body, cause, JSON_TEXT, JSON_REQUIRED, 1, ENROLMENT_CODE_BYTES_MAX,
               "not_eligible,incomplete,withdrawn,other"),
};

struct enrolment_end_body {
    const char *cause;
    struct date ended_on;
};

static const struct json_field enrolment_end_fields[] = {
    JSON_FIELD(struct enrolment_end_body, cause, JSON_TEXT, JSON_REQUIRED, 1, ENROLMENT_CODE_BYTES_MAX,
               "death,income,age,moved,certificate,prison,school,voluntary,other"),
    JSON_FIELD(struct enrolment_end_body, ended_on, JSON_DATE, JSON_REQUIRED, 0, 0, NULL),
};

/* The item must exist and the tier must be as its rule wants. *ret_starts_on: year 0 while it follows from
 * the approval. */
static enum err enrolment_check_item(struct call *call, const struct enrolment_body *body, struct date *ret_starts_on)
{
    enum enrolment_entry entry;
    enum enrolment_tier_source source;
    CLEANUP_RESULT struct db_result *item = NULL;
    enum db_status status = enrolment_store_item(call->db, call->who->district, body->item, body->tier, &item);
    if (status == DB_NONE)
        return call_field_error(call, "/item", ERR_UNKNOWN_ITEM);
    if (status != DB_ROW)
        return db_error(call->db, status);
    if (!enrolment_entry_parse(db_value(item, 0, ENROLMENT_ITEM_ENTRY), &entry) ||
        !enrolment_tier_source_parse(db_value(item, 0, ENROLMENT_ITEM_TIER_SOURCE), &source))
        return ERR_INTERNAL;
    enum err err = enrolment_check_tier(source, body->tier);
    if (err == ERR_NONE && body->tier != NULL && !db_value_bool(item, 0, ENROLMENT_ITEM_TIER_KNOWN))
        err = ERR_BAD_VALUE;
    if (!register_field_ok(call, "/tier", err))
        return ERR_INVALID_FIELDS;
    enrolment_starts_on(entry, body->applied_on, (struct date){0}, ret_starts_on);
    return ERR_NONE;
}

static enum err enrolment_check_dates(struct call *call, struct enrolment_body *body)
{
    struct date today = register_today();
    if (body->applied_on.year == 0)
        body->applied_on = today;
    bool good = register_field_ok(call, "/applied_on", enrolment_check_applied(body->applied_on, today));
    good &= body->starts_on.year == 0 ||
            register_field_ok(call, "/starts_on", enrolment_check_start(body->applied_on, body->starts_on));
    return good ? ERR_NONE : ERR_INVALID_FIELDS;
}

enum err enrolment_api_create(struct call *call)
{
    struct enrolment_body body;
    struct date starts_on;
    enum err err = json_read_body(call, enrolment_fields, 5, &body);
    if (err == ERR_NONE)
        err = enrolment_check_dates(call, &body);
    if (err == ERR_NONE)
        err = enrolment_check_item(call, &body, &starts_on);
    if (err != ERR_NONE)
        return err;
    enum db_status status = person_store_lock(call->db, call->who->district, body.person, NULL);
    if (status == DB_NONE)
        return call_field_error(call, "/person", ERR_UNKNOWN_PERSON);
    if (status != DB_ROW)
        return db_error(call->db, status);
    const struct enrolment_row row = {.district = call->who->district,
                                      .person = body.person,
                                      .item = body.item,
                                      .tier = body.tier,
                                      .applied_on = register_date(call, body.applied_on),
                                      .starts_on =
                                          register_date(call, body.starts_on.year != 0 ? body.starts_on : starts_on)};
    CLEANUP_RESULT struct db_result *result = NULL;
    status = enrolment_store_insert(call->db, &row, &result);
    if (status == DB_NONE)
        return ERR_ALREADY_EXISTS;
    return register_created(call, status, result, "/beneficiaries/enrolments");
}

enum err enrolment_api_list(struct call *call)
{
    enum enrolment_state state;
    struct enrolment_filter filter = {.district = call->who->district,
                                      .item = call_query_value(call, "item"),
                                      .state = call_query_value(call, "state")};
    enum err err = call_page(call, &filter.after, &filter.limit);
    if (err == ERR_NONE)
        err = call_query_id(call, "person", &filter.person);
    if (err == ERR_NONE)
        err = call_query_id(call, "import", &filter.import);
    if (err != ERR_NONE)
        return err;
    if (filter.state != NULL && !enrolment_state_parse(filter.state, &state)) {
        call_field_error(call, "state", ERR_BAD_VALUE);
        return ERR_BAD_QUERY;
    }
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = enrolment_store_list(call->db, &filter, &result);
    return call_answer_list(call, status, result, filter.limit);
}

enum err enrolment_api_get(struct call *call)
{
    int64_t id;
    enum err err = call_path_id(call, 0, &id);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = enrolment_store_get(call->db, call->who->district, id, &result);
    return register_answer(call, status, result);
}

/* Locks the enrolment of the path and asks the rules whether the caller may take the step. */
static enum err enrolment_begin_step(struct call *call, enum enrolment_step step, int64_t *ret_id,
                                     struct db_result **ret_locked)
{
    enum enrolment_state state;
    enum err err = call_path_id(call, 0, ret_id);
    if (err == ERR_NONE)
        err = register_done(call, enrolment_store_lock(call->db, call->who->district, *ret_id, ret_locked));
    if (err != ERR_NONE)
        return err;
    if (!enrolment_state_parse(db_value(*ret_locked, 0, ENROLMENT_LOCKED_STATE), &state))
        return ERR_INTERNAL;
    return enrolment_check_step(step, state, db_value(*ret_locked, 0, ENROLMENT_LOCKED_APPLIED_BY), call->who->subject);
}

enum err enrolment_api_approve(struct call *call)
{
    int64_t id;
    struct date applied_on;
    struct date starts_on;
    enum enrolment_entry entry;
    CLEANUP_RESULT struct db_result *locked = NULL;
    enum err err = json_read_body(call, NULL, 0, NULL);
    if (err == ERR_NONE)
        err = enrolment_begin_step(call, ENROLMENT_APPROVE, &id, &locked);
    if (err != ERR_NONE)
        return err;
    const char *first_day = db_value(locked, 0, ENROLMENT_LOCKED_STARTS_ON);
    if (first_day == NULL) {
        if (!date_parse(db_value(locked, 0, ENROLMENT_LOCKED_APPLIED_ON), &applied_on) ||
            !enrolment_entry_parse(db_value(locked, 0, ENROLMENT_LOCKED_ENTRY), &entry))
            return ERR_INTERNAL;
        enrolment_starts_on(entry, applied_on, register_today(), &starts_on);
        first_day = register_date(call, starts_on);
    }
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = enrolment_store_approve(call->db, call->who->district, id, first_day, &result);
    return register_answer(call, status, result);
}

enum err enrolment_api_reject(struct call *call)
{
    int64_t id;
    struct enrolment_reject_body body;
    CLEANUP_RESULT struct db_result *locked = NULL;
    enum err err = json_read_body(call, enrolment_reject_fields, 1, &body);
    if (err == ERR_NONE)
        err = enrolment_begin_step(call, ENROLMENT_REJECT, &id, &locked);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = enrolment_store_reject(call->db, call->who->district, id, body.cause, &result);
    return register_answer(call, status, result);
}

enum err enrolment_api_end(struct call *call)
{
    int64_t id;
    struct enrolment_end_body body;
    CLEANUP_RESULT struct db_result *locked = NULL;
    enum err err = json_read_body(call, enrolment_end_fields, 2, &body);
    if (err == ERR_NONE)
        err = enrolment_begin_step(call, ENROLMENT_END, &id, &locked);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status =
        enrolment_store_end(call->db, call->who->district, id, body.cause, register_date(call, body.ended_on),
                            register_date(call, enrolment_due_until(body.ended_on)), &result);
    return register_answer(call, status, result);
}
