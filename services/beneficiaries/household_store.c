#include "household_store.h"

#include "register.h"

#define HOUSEHOLD_COLUMNS "h.id, h.version, h.division, h.number, " REGISTER_TIME("h.created_at", "created_at")
#define HOUSEHOLD_RANGE "'valid_from', lower(valid), 'valid_until', upper(valid), 'void', isempty(valid)"

DB_STATEMENT(household_insert,
             "with fresh as materialized (select nextval('beneficiaries.household_id_seq') as id),"
             " event as materialized (select audit.write_event('create', 'household', fresh.id::text,"
             "  jsonb_build_object('division', $2::integer)) as id from fresh)"
             " insert into beneficiaries.household as h (district, id, division, number, event_id)"
             " select $1::integer, fresh.id, d.code, $3::text, event.id from fresh, event, programmes.division d"
             " where d.district = $1::integer and d.code = $2::integer returning " HOUSEHOLD_COLUMNS);
DB_STATEMENT(household_get,
             "select " HOUSEHOLD_COLUMNS ","
             " (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'person', person_id, 'relation', "
             "relation, " HOUSEHOLD_RANGE ") order by id), '[]') from beneficiaries.household_member"
             "  where district = h.district and household_id = h.id) as members,"
             " (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'per_head_year_fen', "
             "per_head_year_fen, " HOUSEHOLD_RANGE ") order by id), '[]') from beneficiaries.household_income"
             "  where district = h.district and household_id = h.id) as incomes"
             " from beneficiaries.household h where h.district = $1::integer and h.id = $2::bigint");
DB_STATEMENT(household_list,
             "select " HOUSEHOLD_COLUMNS " from beneficiaries.household h where h.district = $1::integer"
             " and ($2::text is null or h.number = $2::text)"
             " and ($3::integer is null or h.division = $3::integer)"
             " and ($4::bigint is null or h.id in (select household_id from beneficiaries.household_member"
             "  where district = $1::integer and person_id = $4::bigint))"
             " and h.id > $5::bigint order by h.id limit $6::bigint");
DB_STATEMENT(household_lock, "select true from beneficiaries.household"
                             " where district = $1::integer and id = $2::bigint for no key update");
DB_STATEMENT(household_change,
             "with event as materialized (select audit.write_event($3::text, 'household', $2::text, '{}') as id)"
             " update beneficiaries.household h set version = h.version + 1, event_id = event.id from event"
             " where h.district = $1::integer and h.id = $2::bigint returning event.id");
DB_STATEMENT(household_member_from,
             "select coalesce($4::date, case when exists (select from beneficiaries.household_member"
             "  where district = $1::integer and not isempty(valid) and (person_id = $2::bigint"
             "   or ($5::text in ('01', '02') and household_id = $3::bigint and relation in ('01', '02')))) "
             "then app.today() end)::text");
DB_STATEMENT(household_member_later, REGISTER_LATER("household_member", "person_id"));
DB_STATEMENT(household_member_close, REGISTER_CLOSE("household_member", "person_id"));
DB_STATEMENT(household_member_insert,
             "insert into beneficiaries.household_member (district, household_id, person_id, relation, valid,"
             " event_id) values ($1::integer, $2::bigint, $3::bigint, $4::text, daterange($5::date, null),"
             " $6::bigint)");
DB_STATEMENT(household_member_fits, "select beneficiaries.member_fits($1::bigint, $2::bigint)");
DB_STATEMENT(household_income_from,
             "select coalesce($3::date, case when exists (select from beneficiaries.household_income"
             "  where district = $1::integer and household_id = $2::bigint and not isempty(valid))"
             "  then app.today() end)::text");
DB_STATEMENT(household_income_reduce,
             "select beneficiaries.incomes_reduce(array[$1::bigint], array[$2::bigint], $3::date)");
DB_STATEMENT(household_income_later, REGISTER_LATER("household_income", "household_id"));
DB_STATEMENT(household_income_close, REGISTER_CLOSE("household_income", "household_id"));
DB_STATEMENT(household_income_insert,
             "insert into beneficiaries.household_income (district, household_id, per_head_year_fen, valid,"
             " event_id) values ($1::integer, $2::bigint, $3::bigint, daterange($4::date, null), $5::bigint)");

enum db_status household_store_insert(struct db *db, int64_t district, int64_t division, const char *number,
                                      struct db_result **ret_result)
{
    return db_exec(db, &household_insert, DB_PARAMS(db_int(district), db_int(division), db_text(number)), ret_result);
}

enum db_status household_store_get(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &household_get, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}

enum db_status household_store_list(struct db *db, const struct household_filter *filter, struct db_result **ret_result)
{
    return db_exec(db, &household_list,
                   DB_PARAMS(db_int(filter->district), db_text(filter->number),
                             filter->division > 0 ? db_int(filter->division) : db_null(),
                             filter->person > 0 ? db_int(filter->person) : db_null(), db_int(filter->after),
                             db_int(filter->limit + 1)),
                   ret_result);
}

enum db_status household_store_change(struct db *db, int64_t district, int64_t id, const char *act,
                                      int64_t *ret_event_id)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    /* The event's number within the household is gapless only when the household is locked before it is
     * written. */
    enum db_status status = db_exec(db, &household_lock, DB_PARAMS(db_int(district), db_int(id)), NULL);
    if (status != DB_ROW)
        return status;
    status = db_exec(db, &household_change, DB_PARAMS(db_int(district), db_int(id), db_text(act)), &result);
    if (status == DB_ROW)
        *ret_event_id = db_value_int(result, 0, 0);
    return status;
}

static bool household_worked(enum db_status status)
{
    return status != DB_HARD && status != DB_RETRY;
}

enum db_status household_store_add_member(struct db *db, const struct household_fact *fact)
{
    CLEANUP_RESULT struct db_result *from = NULL;
    struct db_param district = db_int(fact->district);
    struct db_param person = db_int(fact->person);
    struct db_param household = db_int(fact->household);
    enum db_status status =
        db_exec(db, &household_member_from,
                DB_PARAMS(district, person, household, db_text(fact->from), db_text(fact->relation)), &from);
    if (status != DB_ROW)
        return status;
    struct db_param first_day = db_text(db_value(from, 0, 0));
    status = db_exec(db, &household_member_close, DB_PARAMS(district, person, first_day), NULL);
    if (!household_worked(status))
        return status;
    status = db_exec(db, &household_member_insert,
                     DB_PARAMS(district, household, person, db_text(fact->relation), first_day, db_int(fact->event_id)),
                     NULL);
    return household_worked(status) ? db_exec(db, &household_member_fits, DB_PARAMS(household, person), NULL) : status;
}

enum db_status household_store_add_income(struct db *db, const struct household_fact *fact)
{
    CLEANUP_RESULT struct db_result *from = NULL;
    struct db_param district = db_int(fact->district);
    struct db_param household = db_int(fact->household);
    enum db_status status =
        db_exec(db, &household_income_from, DB_PARAMS(district, household, db_text(fact->from)), &from);
    if (status != DB_ROW)
        return status;
    struct db_param first_day = db_text(db_value(from, 0, 0));
    status = db_exec(db, &household_income_reduce, DB_PARAMS(household, db_int(fact->income_fen), first_day), NULL);
    if (!household_worked(status))
        return status;
    status = db_exec(db, &household_income_close, DB_PARAMS(district, household, first_day), NULL);
    if (!household_worked(status))
        return status;
    return db_exec(db, &household_income_insert,
                   DB_PARAMS(district, household, db_int(fact->income_fen), first_day, db_int(fact->event_id)), NULL);
}

enum db_status household_store_later(struct db *db, const struct household_fact *fact, int64_t replaces,
                                     struct db_result **ret_result)
{
    bool member = fact->relation != NULL;
    return db_exec(db, member ? &household_member_later : &household_income_later,
                   DB_PARAMS(db_int(fact->district), db_int(member ? fact->person : fact->household),
                             db_text(fact->from), register_replaces(replaces), db_null()),
                   ret_result);
}
