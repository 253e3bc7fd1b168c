#include "other_benefit_store.h"

#include "register.h"

#define OTHER_BENEFIT_COLUMNS                                                                                          \
    "f.id, person_id as person, benefit_code as benefit, month_fen, source, " REGISTER_VALID                           \
    ", " REGISTER_TIME("created_at", "created_at")

DB_STATEMENT(other_benefit_known, "select code from programmes.benefit where code = $1::text");
DB_STATEMENT(
    other_benefit_insert,
    "with fresh as materialized (select nextval('beneficiaries.other_benefit_id_seq') as id),"
    " event as materialized (select audit.write_event('create', 'other_benefit', fresh.id::text,"
    "  jsonb_build_object('person', $2::bigint, 'benefit', $5::text)) as id from fresh)"
    " insert into beneficiaries.other_benefit as f (district, id, person_id, benefit_code, month_fen, source, valid, "
    "event_id)"
    " select $1::integer, fresh.id, $2::bigint, $5::text, $6::bigint, $7::text, daterange($3::date, $4::date), event.id"
    " from fresh, event returning " OTHER_BENEFIT_COLUMNS);
DB_STATEMENT(other_benefit_reduce, "select beneficiaries.benefit_reduce($1::bigint, $2::text, $3::date, $4::date)");
DB_STATEMENT(other_benefit_get, "select " OTHER_BENEFIT_COLUMNS " from beneficiaries.other_benefit f"
                                " where district = $1::integer and person_id = $2::bigint and id = $3::bigint");
DB_STATEMENT(other_benefit_end, "with event as materialized (select audit.write_event('end', 'other_benefit', $2::text,"
                                "  jsonb_build_object('until', $3::text)) as id)"
                                " update beneficiaries.other_benefit f set valid = daterange(lower(valid), $3::date), "
                                "event_id = event.id from event"
                                " where district = $1::integer and f.id = $2::bigint returning " OTHER_BENEFIT_COLUMNS);
DB_STATEMENT(other_benefit_list, "select " OTHER_BENEFIT_COLUMNS " from beneficiaries.other_benefit f"
                                 " where district = $1::integer and person_id = $2::bigint and id > $3::bigint"
                                 " order by id limit $4::bigint");

enum db_status other_benefit_store_insert(struct db *db, const struct other_benefit_row *row,
                                          struct db_result **ret_result)
{
    enum db_status status =
        db_exec(db, &other_benefit_reduce,
                DB_PARAMS(db_int(row->person), db_text(row->benefit), db_text(row->from), db_text(row->until)), NULL);
    if (status == DB_HARD || status == DB_RETRY)
        return status;
    return db_exec(db, &other_benefit_insert,
                   DB_PARAMS(db_int(row->district), db_int(row->person), db_text(row->from), db_text(row->until),
                             db_text(row->benefit), row->month_fen >= 0 ? db_int(row->month_fen) : db_null(),
                             db_text(row->source)),
                   ret_result);
}

enum db_status other_benefit_store_get(struct db *db, int64_t district, int64_t person, int64_t id,
                                       struct db_result **ret_result)
{
    return db_exec(db, &other_benefit_get, DB_PARAMS(db_int(district), db_int(person), db_int(id)), ret_result);
}

enum db_status other_benefit_store_end(struct db *db, int64_t district, int64_t id, const char *until,
                                       struct db_result **ret_result)
{
    return db_exec(db, &other_benefit_end, DB_PARAMS(db_int(district), db_int(id), db_text(until)), ret_result);
}

enum db_status other_benefit_store_list(struct db *db, int64_t district, int64_t person, int64_t after, int64_t limit,
                                        struct db_result **ret_result)
{
    return db_exec(db, &other_benefit_list,
                   DB_PARAMS(db_int(district), db_int(person), db_int(after), db_int(limit + 1)), ret_result);
}

enum db_status other_benefit_store_known(struct db *db, const char *benefit)
{
    return db_exec(db, &other_benefit_known, DB_PARAMS(db_text(benefit)), NULL);
}
