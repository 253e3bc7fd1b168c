#include "schooling_store.h"

#include "register.h"

#define SCHOOLING_COLUMNS                                                                                              \
    "f.id, person_id as person, school_code as school, level, boarding, " REGISTER_VALID                               \
    ", " REGISTER_TIME("created_at", "created_at")

DB_STATEMENT(
    schooling_insert,
    "with fresh as materialized (select nextval('beneficiaries.schooling_id_seq') as id),"
    " event as materialized (select audit.write_event('create', 'schooling', fresh.id::text,"
    "  jsonb_build_object('person', $2::bigint, 'level', $6::text)) as id from fresh)"
    " insert into beneficiaries.schooling as f (district, id, person_id, school_code, level, boarding, valid, event_id)"
    " select $1::integer, fresh.id, $2::bigint, $5::text, $6::text, $7::boolean, daterange($3::date, $4::date), "
    "event.id"
    " from fresh, event returning " SCHOOLING_COLUMNS);
DB_STATEMENT(schooling_get, "select " SCHOOLING_COLUMNS " from beneficiaries.schooling f"
                            " where district = $1::integer and person_id = $2::bigint and id = $3::bigint");
DB_STATEMENT(
    schooling_end,
    "with event as materialized (select audit.write_event('end', 'schooling', $2::text,"
    "  jsonb_build_object('until', $3::text)) as id)"
    " update beneficiaries.schooling f set valid = daterange(lower(valid), $3::date), event_id = event.id from event"
    " where district = $1::integer and f.id = $2::bigint returning " SCHOOLING_COLUMNS);
DB_STATEMENT(schooling_list, "select " SCHOOLING_COLUMNS " from beneficiaries.schooling f"
                             " where district = $1::integer and person_id = $2::bigint and id > $3::bigint"
                             " order by id limit $4::bigint");

enum db_status schooling_store_insert(struct db *db, const struct schooling_row *row, struct db_result **ret_result)
{
    return db_exec(db, &schooling_insert,
                   DB_PARAMS(db_int(row->district), db_int(row->person), db_text(row->from), db_text(row->until),
                             db_text(row->school), db_text(row->level), db_bool(row->boarding)),
                   ret_result);
}

enum db_status schooling_store_get(struct db *db, int64_t district, int64_t person, int64_t id,
                                   struct db_result **ret_result)
{
    return db_exec(db, &schooling_get, DB_PARAMS(db_int(district), db_int(person), db_int(id)), ret_result);
}

enum db_status schooling_store_end(struct db *db, int64_t district, int64_t id, const char *until,
                                   struct db_result **ret_result)
{
    return db_exec(db, &schooling_end, DB_PARAMS(db_int(district), db_int(id), db_text(until)), ret_result);
}

enum db_status schooling_store_list(struct db *db, int64_t district, int64_t person, int64_t after, int64_t limit,
                                    struct db_result **ret_result)
{
    return db_exec(db, &schooling_list, DB_PARAMS(db_int(district), db_int(person), db_int(after), db_int(limit + 1)),
                   ret_result);
}
