#include "work_list_store.h"

#include "work_list.h"

DB_STATEMENT(work_list_list,
             "select p.id, p.division, p.name, p.id_number_masked, p.phone_masked,"
             " jsonb_agg(jsonb_build_object('enrolment', w.enrolment_id, 'item', w.item_code, 'what', w.what,"
             "  'due_on', w.due_on, 'number', w.number, 'other', w.other) order by w.due_on, w.enrolment_id, w.other)"
             "  as entries"
             " from beneficiaries.work_rows($2::text) w"
             " join beneficiaries.person p on p.district = $1::integer and p.id = w.person_id"
             " where p.id > $4::bigint and ($3::integer is null or p.division = $3::integer)"
             " group by p.district, p.id order by p.id limit $5::bigint");
DB_STATEMENT(work_list_summary, "select k.kind, p.division, count(distinct p.id) as people"
                                " from unnest(string_to_array($3::text, ',')) with ordinality k(kind, place)"
                                " cross join lateral beneficiaries.work_rows(k.kind) w"
                                " join beneficiaries.person p on p.district = $1::integer and p.id = w.person_id"
                                " where $2::integer is null or p.division = $2::integer"
                                " group by k.kind, k.place, p.division order by k.place, p.division");

enum db_status work_list_store_list(struct db *db, int64_t district, const char *kind, int64_t division, int64_t after,
                                    int64_t limit, struct db_result **ret_result)
{
    return db_exec(db, &work_list_list,
                   DB_PARAMS(db_int(district), db_text(kind), division > 0 ? db_int(division) : db_null(),
                             db_int(after), db_int(limit + 1)),
                   ret_result);
}

enum db_status work_list_store_summary(struct db *db, int64_t district, int64_t division, struct db_result **ret_result)
{
    return db_exec(db, &work_list_summary,
                   DB_PARAMS(db_int(district), division > 0 ? db_int(division) : db_null(), db_text(WORK_LIST_KINDS)),
                   ret_result);
}
