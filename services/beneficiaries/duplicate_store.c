#include "duplicate_store.h"

#include "register.h"

#define DIFFERENCE_JUDGED_AT REGISTER_TIME("d.judged_at", "judged_at")
#define DIFFERENCE_UNDONE_AT REGISTER_TIME("d.undone_at", "undone_at")
#define DIFFERENCE_COLUMNS                                                                                             \
    "d.id, d.version, d.person_id as person, d.other_id as other, d.state, d.judged_by, " DIFFERENCE_JUDGED_AT         \
    ", d.undone_by, " DIFFERENCE_UNDONE_AT

DB_STATEMENT(duplicate_list,
             "select a.id, a.division, a.name, a.sex, a.birth_date::text as birth_date, a.id_number_masked,"
             " jsonb_agg(jsonb_build_object('person', b.id, 'division', b.division, 'name', b.name, 'sex', b.sex,"
             "  'birth_date', b.birth_date, 'id_number_masked', b.id_number_masked, 'reasons', to_jsonb(x.reasons),"
             "  'merge', (select m.id from beneficiaries.person_merge m where m.district = a.district"
             "   and m.state = 'PROPOSED' and m.merged_id in (a.id, b.id) and m.survivor_id in (a.id, b.id)))"
             "  order by b.id) as candidates"
             " from beneficiaries.duplicates() x"
             " join beneficiaries.person a on a.district = $1::integer and a.id = x.person_id"
             " join beneficiaries.person b on b.district = $1::integer and b.id = x.other_id"
             " where a.id > $3::bigint and ($2::integer is null or $2::integer in (a.division, b.division))"
             " group by a.district, a.id order by a.id limit $4::bigint");
DB_STATEMENT(
    difference_insert,
    "with fresh as materialized (select nextval('beneficiaries.person_difference_id_seq') as id"
    "  where not exists (select from beneficiaries.person_merge where district = $1::integer and state = 'DONE'"
    "   and survivor_id in ($2::bigint, $3::bigint) and merged_id in ($2::bigint, $3::bigint))),"
    " event as materialized (select audit.write_event('judge', 'difference', fresh.id::text,"
    "  jsonb_build_object('person', $2::bigint, 'other', $3::bigint)) as id from fresh)"
    " insert into beneficiaries.person_difference as d (district, id, person_id, other_id, state, judged_by,"
    "  event_id) select $1::integer, fresh.id, $2::bigint, $3::bigint, 'KEPT', app.actor(), event.id"
    " from fresh, event returning " DIFFERENCE_COLUMNS);
DB_STATEMENT(difference_list, "select " DIFFERENCE_COLUMNS " from beneficiaries.person_difference d"
                              " where d.district = $1::integer"
                              " and ($2::bigint is null or $2::bigint in (d.person_id, d.other_id))"
                              " and d.id > $3::bigint order by d.id limit $4::bigint");
DB_STATEMENT(difference_lock, "select state = 'KEPT' from beneficiaries.person_difference"
                              " where district = $1::integer and id = $2::bigint for no key update");
DB_STATEMENT(difference_undo,
             "with event as materialized (select audit.write_event('undo', 'difference', $2::text, '{}') as id)"
             " update beneficiaries.person_difference d set state = 'UNDONE', undone_by = app.actor(),"
             "  undone_at = now(), version = d.version + 1, event_id = event.id from event"
             " where d.district = $1::integer and d.id = $2::bigint returning " DIFFERENCE_COLUMNS);

enum db_status duplicate_store_list(struct db *db, int64_t district, int64_t division, int64_t after, int64_t limit,
                                    struct db_result **ret_result)
{
    return db_exec(
        db, &duplicate_list,
        DB_PARAMS(db_int(district), division > 0 ? db_int(division) : db_null(), db_int(after), db_int(limit + 1)),
        ret_result);
}

enum db_status difference_store_insert(struct db *db, int64_t district, int64_t person, int64_t other,
                                       struct db_result **ret_result)
{
    return db_exec(db, &difference_insert, DB_PARAMS(db_int(district), db_int(person), db_int(other)), ret_result);
}

enum db_status difference_store_list(struct db *db, int64_t district, int64_t person, int64_t after, int64_t limit,
                                     struct db_result **ret_result)
{
    return db_exec(
        db, &difference_list,
        DB_PARAMS(db_int(district), person > 0 ? db_int(person) : db_null(), db_int(after), db_int(limit + 1)),
        ret_result);
}

enum db_status difference_store_lock(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &difference_lock, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}

enum db_status difference_store_undo(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &difference_undo, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}
