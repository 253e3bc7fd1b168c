#include "tier_store.h"

DB_STATEMENT(tier_select, "select " TIER_COLUMNS("t") " from programmes.tier t where t.district = $1::integer"
                                                      "   and t.item_code = $2::text and t.code = $3::text");

DB_STATEMENT(tier_insert,
             "with fresh as ("
             "  select g.code, g.name_zh, g.name_en, g.disability_grades, g.age_from, g.age_to"
             "    from jsonb_populate_record(null::programmes.tier, $3::jsonb) g),"
             " event as ("
             "  select audit.write_event('propose', 'tier', $2::text || '/' || f.code,"
             "             jsonb_strip_nulls(to_jsonb(f) - 'name_zh' - 'name_en')) as event_id from fresh f)"
             " insert into programmes.tier as t (district, item_code, code, name_zh, name_en, disability_grades,"
             "     age_from, age_to, state, proposed_by, event_id)"
             " select $1::integer, $2::text, f.code, f.name_zh, f.name_en, f.disability_grades, f.age_from, f.age_to,"
             "        'PROPOSED', app.actor(), e.event_id"
             "   from fresh f, event e"
             " returning " TIER_COLUMNS("t"));

DB_STATEMENT(tier_call_check, "select programmes.tier_check($1::text, $2::text)");

DB_STATEMENT(tier_call_decide, "select programmes.tier_decide($1::text, $2::text, $3::boolean)");

enum db_status tier_store_get(struct db *db, int64_t district, const char *item, const char *code,
                              struct db_result **ret_result)
{
    return db_exec(db, &tier_select, DB_PARAMS(db_int(district), db_text(item), db_text(code)), ret_result);
}

enum db_status tier_store_propose(struct db *db, int64_t district, const char *item, const char *body,
                                  struct db_result **ret_result)
{
    return db_exec(db, &tier_insert, DB_PARAMS(db_int(district), db_text(item), db_text(body)), ret_result);
}

enum db_status tier_store_check(struct db *db, const char *item, const char *code)
{
    return db_exec(db, &tier_call_check, DB_PARAMS(db_text(item), db_text(code)), NULL);
}

enum db_status tier_store_decide(struct db *db, const char *item, const char *code, bool approve)
{
    return db_exec(db, &tier_call_decide, DB_PARAMS(db_text(item), db_text(code), db_bool(approve)), NULL);
}
