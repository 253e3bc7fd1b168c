#include "household_api.h"

#include "household.h"
#include "household_store.h"
#include "json_read.h"
#include "money.h"
#include "person_store.h"
#include "register.h"

#include <string.h>

enum { HOUSEHOLD_TEXT_BYTES_MAX = 100, DIVISION_MIN = 100000000, DIVISION_MAX = 999999999 };

struct household_create_body {
    const char *number;
    int64_t division;
};

static const struct json_field household_create_fields[] = {
    JSON_FIELD(struct household_create_body, number, JSON_TEXT, JSON_REQUIRED, 1, HOUSEHOLD_TEXT_BYTES_MAX, NULL),
    JSON_FIELD(struct household_create_body, division, JSON_INT, JSON_REQUIRED, DIVISION_MIN, DIVISION_MAX, NULL),
};

struct household_member_body {
    int64_t person;
    const char *relation;
    struct date valid_from;
    int64_t replaces;
};

static const struct json_field household_member_fields[] = {
    JSON_FIELD(struct household_member_body, person, JSON_INT, JSON_REQUIRED, 1, INT64_MAX, NULL),
    JSON_FIELD(struct household_member_body, relation, JSON_TEXT, JSON_REQUIRED, 2, 2, NULL),
    JSON_FIELD(struct household_member_body, valid_from, JSON_DATE, 0, 0, 0, NULL),
    JSON_FIELD(struct household_member_body, replaces, JSON_INT, 0, 1, INT64_MAX, NULL),
};

struct household_income_body {
    int64_t per_head_year_fen;
    struct date valid_from;
    int64_t replaces;
};

static const struct json_field household_income_fields[] = {
    JSON_FIELD(struct household_income_body, per_head_year_fen, JSON_INT, JSON_REQUIRED, 0, MONEY_FEN_MAX, NULL),
    JSON_FIELD(struct household_income_body, valid_from, JSON_DATE, 0, 0, 0, NULL),
    JSON_FIELD(struct household_income_body, replaces, JSON_INT, 0, 1, INT64_MAX, NULL),
};

enum err household_api_create(struct call *call)
{
    struct household_create_body body;
    char number[HOUSEHOLD_NUMBER_SIZE];
    enum err err = json_read_body(call, household_create_fields, 2, &body);
    if (err != ERR_NONE)
        return err;
    if (!register_field_ok(call, "/number", household_read_number(body.number, number)))
        return ERR_INVALID_FIELDS;
    if (!principal_reaches_division(call->who, body.division))
        return call_field_error(call, "/division", ERR_OTHER_DIVISION);
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = household_store_insert(call->db, call->who->district, body.division, number, &result);
    if (status == DB_NONE)
        return call_field_error(call, "/division", ERR_UNKNOWN_DIVISION);
    return register_created(call, status, result, "/beneficiaries/households");
}

enum err household_api_list(struct call *call)
{
    struct household_filter filter = {.district = call->who->district, .number = call_query_value(call, "number")};
    enum err err = call_page(call, &filter.after, &filter.limit);
    if (err == ERR_NONE)
        err = register_query_division(call, &filter.division);
    if (err == ERR_NONE)
        err = call_query_id(call, "person", &filter.person);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = household_store_list(call->db, &filter, &result);
    return call_answer_list(call, status, result, filter.limit);
}

static enum err household_answer(struct call *call, int64_t id)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = household_store_get(call->db, call->who->district, id, &result);
    return register_answer(call, status, result);
}

enum err household_api_get(struct call *call)
{
    int64_t id;
    enum err err = call_path_id(call, 0, &id);
    return err == ERR_NONE ? household_answer(call, id) : err;
}

/* The household as it is after the change, as 201: a member or an income has been created in it. */
static enum err household_answer_change(struct call *call, int64_t id)
{
    enum err err = household_answer(call, id);
    call->status = 201;
    call->location = arena_printf(call->arena, "/beneficiaries/households/%lld", (long long)id);
    return err == ERR_NONE && call->location == NULL ? ERR_OUT_OF_MEMORY : err;
}

static enum err household_member_error(struct call *call, enum db_status status)
{
    if (status == DB_HARD && strcmp(db_constraint(call->db), "household_one_head") == 0)
        return call_field_error(call, "/relation", ERR_SECOND_HEAD);
    return db_error(call->db, status);
}

static enum err household_check_later(struct call *call, const struct household_fact *fact, int64_t replaces)
{
    CLEANUP_RESULT struct db_result *later = NULL;
    enum db_status status = household_store_later(call->db, fact, replaces, &later);
    return register_check_later(call, status, later);
}

/* Locks the person who joins, who must be born by then. */
static enum err household_check_person(struct call *call, const struct household_member_body *body)
{
    struct date birth;
    CLEANUP_RESULT struct db_result *locked = NULL;
    enum db_status status = person_store_lock(call->db, call->who->district, body->person, &locked);
    if (status == DB_NONE)
        return call_field_error(call, "/person", ERR_UNKNOWN_PERSON);
    if (status != DB_ROW)
        return db_error(call->db, status);
    if (!date_parse(db_value(locked, 0, PERSON_LOCKED_BIRTH), &birth))
        return ERR_INTERNAL;
    return register_period_ok(call, birth, body->valid_from, (struct date){0}) ? ERR_NONE : ERR_INVALID_FIELDS;
}

enum err household_api_add_member(struct call *call)
{
    struct household_member_body body;
    struct household_fact fact = {.district = call->who->district};
    char relation[HOUSEHOLD_RELATION_SIZE];
    enum err err = call_path_id(call, 0, &fact.household);
    if (err == ERR_NONE)
        err = json_read_body(call, household_member_fields, 4, &body);
    if (err != ERR_NONE)
        return err;
    if (!register_field_ok(call, "/relation", household_read_relation(body.relation, relation)))
        return ERR_INVALID_FIELDS;
    fact.person = body.person;
    fact.relation = relation;
    fact.from = register_date(call, body.valid_from);
    err = register_done(call,
                        household_store_change(call->db, fact.district, fact.household, "add_member", &fact.event_id));
    if (err == ERR_NONE)
        err = household_check_person(call, &body);
    if (err == ERR_NONE)
        err = household_check_later(call, &fact, body.replaces);
    if (err == ERR_NONE)
        err = household_member_error(call, household_store_add_member(call->db, &fact));
    return err == ERR_NONE ? household_answer_change(call, fact.household) : err;
}

enum err household_api_add_income(struct call *call)
{
    struct household_income_body body;
    struct household_fact fact = {.district = call->who->district};
    enum err err = call_path_id(call, 0, &fact.household);
    if (err == ERR_NONE)
        err = json_read_body(call, household_income_fields, 3, &body);
    if (err != ERR_NONE)
        return err;
    fact.income_fen = body.per_head_year_fen;
    fact.from = register_date(call, body.valid_from);
    err = register_done(call,
                        household_store_change(call->db, fact.district, fact.household, "add_income", &fact.event_id));
    if (err == ERR_NONE)
        err = household_check_later(call, &fact, body.replaces);
    if (err == ERR_NONE)
        err = db_error(call->db, household_store_add_income(call->db, &fact));
    return err == ERR_NONE ? household_answer_change(call, fact.household) : err;
}
