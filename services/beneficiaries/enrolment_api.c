#include "enrolment_api.h"

#include "enrolment_application.h"
#include "enrolment_step.h"
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
    struct date consent_on;
};

static const struct json_field enrolment_fields[] = {
    JSON_FIELD(struct enrolment_body, person, JSON_INT, JSON_REQUIRED, 1, INT64_MAX, NULL),
    JSON_FIELD(struct enrolment_body, item, JSON_TEXT, JSON_REQUIRED, 1, ENROLMENT_CODE_BYTES_MAX, NULL),
    JSON_FIELD(struct enrolment_body, tier, JSON_TEXT, 0, 1, ENROLMENT_CODE_BYTES_MAX, NULL),
    JSON_FIELD(struct enrolment_body, applied_on, JSON_DATE, 0, 0, 0, NULL),
    JSON_FIELD(struct enrolment_body, starts_on, JSON_DATE, 0, 0, 0, NULL),
    JSON_FIELD(struct enrolment_body, consent_on, JSON_DATE, 0, 0, 0, NULL),
};

/* The item's rule against tier and dates of an application, and the start that follows from it. */
static enum err application_check_rule(struct call *call, const struct enrolment_application *application,
                                       const struct db_result *item, struct date *ret_starts_on)
{
    enum enrolment_tier_source source;
    struct enrolment_start start = {.applied_on = application->applied_on,
                                    .birth = application->birth,
                                    .age_min = (int)db_value_int(item, 0, ENROLMENT_ITEM_AGE_MIN)};
    if (!enrolment_entry_parse(db_value(item, 0, ENROLMENT_ITEM_ENTRY), &start.entry) ||
        !enrolment_tier_source_parse(db_value(item, 0, ENROLMENT_ITEM_TIER_SOURCE), &source))
        return ERR_INTERNAL;
    enum err err = enrolment_check_tier(source, application->tier);
    if (err == ERR_NONE && application->tier != NULL && !db_value_bool(item, 0, ENROLMENT_ITEM_TIER_KNOWN))
        err = ERR_BAD_VALUE;
    bool good = register_field_ok(call, "/tier", err);
    good &= application->starts_on.year == 0 ||
            register_field_ok(call, "/starts_on",
                              enrolment_check_start_of(start.entry, application->applied_on, application->starts_on));
    enrolment_starts_on(&start, ret_starts_on);
    if (application->starts_on.year != 0)
        *ret_starts_on = application->starts_on;
    return good ? ERR_NONE : ERR_INVALID_FIELDS;
}

enum err enrolment_application_check(struct call *call, const struct enrolment_application *application,
                                     struct date *ret_starts_on)
{
    struct date today = register_today();
    bool good = register_field_ok(call, "/applied_on", enrolment_check_applied(application->applied_on, today));
    good &= application->consent_on.year == 0 ||
            register_field_ok(call, "/consent_on", enrolment_check_applied(application->consent_on, today));
    if (!good)
        return ERR_INVALID_FIELDS;
    CLEANUP_RESULT struct db_result *item = NULL;
    enum db_status status = enrolment_store_item(call->db, call->who->district, application->item, application->tier,
                                                 register_date(call, application->applied_on), &item);
    if (status == DB_NONE)
        return call_field_error(call, "/item", ERR_UNKNOWN_ITEM);
    return status == DB_ROW ? application_check_rule(call, application, item, ret_starts_on)
                            : db_error(call->db, status);
}

/* Locks the person; the day of birth. */
static enum err enrolment_person(struct call *call, int64_t person, struct date *ret_birth)
{
    CLEANUP_RESULT struct db_result *locked = NULL;
    enum db_status status = person_store_lock(call->db, call->who->district, person, &locked);
    if (status == DB_NONE)
        return call_field_error(call, "/person", ERR_UNKNOWN_PERSON);
    if (status != DB_ROW)
        return db_error(call->db, status);
    return date_parse(db_value(locked, 0, PERSON_LOCKED_BIRTH), ret_birth) ? ERR_NONE : ERR_INTERNAL;
}

enum err enrolment_api_create(struct call *call)
{
    struct enrolment_body body;
    struct date starts_on;
    struct enrolment_application application = {0};
    enum err err = json_read_body(call, enrolment_fields, 6, &body);
    if (err == ERR_NONE)
        err = enrolment_person(call, body.person, &application.birth);
    if (err != ERR_NONE)
        return err;
    application.item = body.item;
    application.tier = body.tier;
    application.applied_on = body.applied_on.year != 0 ? body.applied_on : register_today();
    application.starts_on = body.starts_on;
    application.consent_on = body.consent_on;
    err = enrolment_application_check(call, &application, &starts_on);
    if (err != ERR_NONE)
        return err;
    const struct enrolment_row row = {.district = call->who->district,
                                      .person = body.person,
                                      .item = body.item,
                                      .tier = body.tier,
                                      .applied_on = register_date(call, application.applied_on),
                                      .starts_on = register_date(call, starts_on),
                                      .consent_on = register_date(call, application.consent_on)};
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = enrolment_store_insert(call->db, &row, &result);
    if (status == DB_NONE)
        return ERR_ALREADY_EXISTS;
    if (status == DB_ROW)
        err = enrolment_step_allowed(call, db_value_int(result, 0, 0), "APPLIED", "applied");
    return err == ERR_NONE ? register_created(call, status, result, "/beneficiaries/enrolments") : err;
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

enum err enrolment_api_steps(struct call *call)
{
    return enrolment_step_list(call, enrolment_store_steps);
}

static enum err enrolment_answer_checks(struct call *call, int64_t id)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = enrolment_store_checks(call->db, call->who->district, id, &result);
    return call_answer_list(call, status, result, CALL_LIST_MAX);
}

enum err enrolment_api_checks(struct call *call)
{
    int64_t id;
    enum err err = enrolment_step_of_path(call, &id);
    return err == ERR_NONE ? enrolment_answer_checks(call, id) : err;
}

struct enrolment_check_body {
    struct date visited_on;
    int64_t visitors;
};

static const struct json_field enrolment_check_fields[] = {
    JSON_FIELD(struct enrolment_check_body, visited_on, JSON_DATE, 0, 0, 0, NULL),
    JSON_FIELD(struct enrolment_check_body, visitors, JSON_INT, 0, 2, 9, NULL),
};

/* A visit to the household, with its day and the number of visitors: two at least, and no names. */
static enum err enrolment_note_visit(struct call *call, int64_t id, const struct enrolment_check_body *body)
{
    int64_t event;
    int64_t seq;
    bool day = body->visited_on.year != 0;
    bool count = body->visitors != JSON_INT_ABSENT;
    if (!day && !count)
        return ERR_NONE;
    if (!day || !count)
        return call_field_error(call, day ? "/visitors" : "/visited_on", ERR_REQUIRED);
    if (!register_field_ok(call, "/visited_on", enrolment_check_applied(body->visited_on, register_today())))
        return ERR_INVALID_FIELDS;
    const struct enrolment_note note = {.step = "visited",
                                        .on = register_date(call, body->visited_on),
                                        .data = arena_printf(call->arena, "{\"visitors\":%d}", (int)body->visitors)};
    return enrolment_step_note(call, id, &note, &event, &seq);
}

enum err enrolment_api_check(struct call *call)
{
    int64_t id;
    int64_t event;
    int64_t seq;
    struct enrolment_check_body body;
    enum err err = json_read_body(call, enrolment_check_fields, 2, &body);
    if (err == ERR_NONE)
        err = enrolment_step_of_path(call, &id);
    if (err == ERR_NONE)
        err = enrolment_note_visit(call, id, &body);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *data = NULL;
    enum db_status status = enrolment_store_check_data(call->db, call->who->district, id, &data);
    if (status != DB_ROW)
        return db_error(call->db, status);
    const struct enrolment_note note = {.step = "checked", .data = db_value(data, 0, 0)};
    err = enrolment_step_note(call, id, &note, &event, &seq);
    return err == ERR_NONE ? enrolment_answer_checks(call, id) : err;
}
