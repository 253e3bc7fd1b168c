#include "fact_api.h"

#include "fact.h"
#include "json_read.h"
#include "person_store.h"
#include "register.h"

#include <string.h>

struct fact_end_body {
    struct date valid_until;
};

static const struct json_field fact_end_fields[] = {
    JSON_FIELD(struct fact_end_body, valid_until, JSON_DATE, JSON_REQUIRED, 0, 0, NULL),
};

/* Locks the person of the path. */
static enum err fact_person(struct call *call, int64_t *ret_person, struct date *ret_birth)
{
    CLEANUP_RESULT struct db_result *locked = NULL;
    enum err err = call_path_id(call, 0, ret_person);
    if (err == ERR_NONE)
        err = register_done(call, person_store_lock(call->db, call->who->district, *ret_person, &locked));
    if (err != ERR_NONE)
        return err;
    return date_parse(db_value(locked, 0, PERSON_LOCKED_BIRTH), ret_birth) ? ERR_NONE : ERR_INTERNAL;
}

enum err fact_api_begin(struct call *call, struct date from, struct date until, int64_t *ret_person)
{
    struct date birth;
    enum err err = fact_person(call, ret_person, &birth);
    if (err != ERR_NONE)
        return err;
    bool good = register_field_ok(call, "/valid_from", fact_check_month(from));
    good &= register_field_ok(call, "/valid_until", fact_check_month(until));
    if (good)
        register_period_ok(call, date_add_months_first(birth, 0), from, until);
    return ERR_NONE;
}

enum err fact_api_created(struct call *call, enum db_status status, const struct db_result *result, int64_t person,
                          const char *list)
{
    if (status == DB_HARD && strcmp(db_sqlstate(call->db), "23P01") == 0)
        return call_field_error(call, "/valid_from", ERR_OVERLAPS);
    return register_listed(call, status, result,
                           arena_printf(call->arena, "/beneficiaries/persons/%lld/%s", (long long)person, list));
}

static enum err fact_check_row_end(struct call *call, const struct db_result *row, struct date until)
{
    struct date from = {0};
    struct date held_until = {0};
    date_parse(db_value(row, 0, db_column(row, "valid_from")), &from);
    date_parse(db_value(row, 0, db_column(row, "valid_until")), &held_until);
    enum err err = fact_check_end(from, held_until, db_value_bool(row, 0, db_column(row, "void")), until);
    if (err == ERR_NONE || err == ERR_WRONG_STATE)
        return err;
    return call_field_error(call, "/valid_until", err);
}

enum err fact_api_end(struct call *call, const struct fact_table *table)
{
    struct fact_end_body body;
    struct date birth;
    int64_t person;
    int64_t id;
    int64_t district = call->who->district;
    CLEANUP_RESULT struct db_result *row = NULL;
    enum err err = json_read_body(call, fact_end_fields, 1, &body);
    if (err == ERR_NONE)
        err = call_path_id(call, 1, &id);
    if (err == ERR_NONE)
        err = fact_person(call, &person, &birth);
    if (err == ERR_NONE)
        err = register_done(call, table->get(call->db, district, person, id, &row));
    if (err != ERR_NONE)
        return err;
    if (!register_field_ok(call, "/valid_until", fact_check_month(body.valid_until)))
        return ERR_INVALID_FIELDS;
    err = fact_check_row_end(call, row, body.valid_until);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = table->end(call->db, district, id, register_date(call, body.valid_until), &result);
    return call_answer_row(call, status, result);
}

enum err fact_api_list(struct call *call, fact_list *list)
{
    int64_t person;
    int64_t after;
    int64_t limit;
    enum err err = call_path_id(call, 0, &person);
    if (err == ERR_NONE)
        err = call_page(call, &after, &limit);
    if (err == ERR_NONE)
        err = register_done(call, person_store_get(call->db, call->who->district, person, NULL));
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = list(call->db, call->who->district, person, after, limit, &result);
    return call_answer_list(call, status, result, limit);
}
