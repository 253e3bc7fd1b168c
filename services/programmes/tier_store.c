#include "tier_store.h"

DB_STATEMENT(tier_insert,
             "with fresh as ("
             "  select g.code, g.name_zh, g.name_en, g.disability_grades, g.age_from, g.age_to"
             "    from jsonb_populate_record(null::programmes.tier, $3::jsonb) g),"
             " event as ("
             "  select audit.write_event('create', 'tier', $2::text || '/' || f.code,"
             "             jsonb_strip_nulls(to_jsonb(f) - 'name_zh' - 'name_en')) as event_id from fresh f)"
             " insert into programmes.tier as t (district, item_code, code, name_zh, name_en, disability_grades,"
             "     age_from, age_to)"
             " select $1::integer, $2::text, f.code, f.name_zh, f.name_en, f.disability_grades, f.age_from, f.age_to"
             "   from fresh f, event e where e.event_id is not null"
             " returning " TIER_COLUMNS("t"));

DB_STATEMENT(tier_call_check, "select programmes.tier_check($1::text, $2::text)");

enum db_status tier_store_create(struct db *db, int64_t district, const char *item, const char *body,
                                 struct db_result **ret_result)
{
    return db_exec(db, &tier_insert, DB_PARAMS(db_int(district), db_text(item), db_text(body)), ret_result);
}

enum db_status tier_store_check(struct db *db, const char *item, const char *code)
{
    return db_exec(db, &tier_call_check, DB_PARAMS(db_text(item), db_text(code)), NULL);
}
