#include "standard_store.h"

#define STANDARD_COLUMNS(alias)                                                                                        \
    alias ".id, " alias ".item_code as item, " alias ".tier_code as tier, " alias ".amount_fen, " alias                \
          ".amount_per, lower(" alias ".valid)::text as valid_from, upper(" alias ".valid)::text as valid_to, " alias  \
          ".source, " alias ".confirmed, " alias ".state, " alias ".proposed_by, app.time_text(" alias                 \
          ".proposed_at) as proposed_at, " alias ".approved_by, app.time_text(" alias                                  \
          ".approved_at) as approved_at, " alias ".version"

DB_STATEMENT(
    standard_select_list,
    "select " STANDARD_COLUMNS("s") " from programmes.standard s"
                                    " where s.district = $1::integer and s.item_code = $2::text and s.id > $3::bigint"
                                    " order by s.id limit $4::bigint");

DB_STATEMENT(standard_select, "select " STANDARD_COLUMNS("s") " from programmes.standard s"
                                                              " where s.district = $1::integer and s.id = $2::bigint");

DB_STATEMENT(standard_insert,
             "with fresh as ("
             "  select nextval('programmes.standard_id_seq'::regclass) as id, t.item_code, t.code as tier_code"
             "    from programmes.tier t"
             "   where t.district = $1::integer and t.item_code = $2::text and t.code = $3::text),"
             " event as ("
             "  select f.id, f.item_code, f.tier_code,"
             "         audit.write_event('propose', 'standard', f.id::text, jsonb_build_object("
             "             'item', f.item_code, 'tier', f.tier_code, 'amount_fen', $4::bigint, 'amount_per', $5::text,"
             "             'valid_from', $6::date::text, 'valid_to', $7::date::text, 'confirmed', $9::boolean)) as "
             "event_id"
             "    from fresh f)"
             " insert into programmes.standard as s (district, id, item_code, tier_code, amount_fen, amount_per, "
             "valid,"
             "     source, confirmed, state, proposed_by, event_id)"
             " overriding system value"
             " select $1::integer, e.id, e.item_code, e.tier_code, $4::bigint, $5::text,"
             "        daterange($6::date, $7::date), $8::text, $9::boolean, 'PROPOSED', app.actor(), e.event_id"
             "   from event e"
             " returning " STANDARD_COLUMNS("s"));

DB_STATEMENT(standard_select_lock,
             "select s.item_code as item, s.proposed_by, s.state = 'APPROVED' as approved from programmes.standard s"
             " where s.district = $1::integer and s.id = $2::bigint for update");

DB_STATEMENT(standard_update_approve,
             "with event as ("
             "  select audit.write_event('approve', 'standard', p.id::text, jsonb_build_object("
             "             'item', p.item_code, 'tier', p.tier_code, 'amount_fen', p.amount_fen,"
             "             'amount_per', p.amount_per, 'valid_from', lower(p.valid)::text,"
             "             'valid_to', upper(p.valid)::text, 'confirmed', p.confirmed,"
             "             'proposed_by', p.proposed_by)) as event_id"
             "    from programmes.standard p where p.district = $1::integer and p.id = $2::bigint)"
             " update programmes.standard s"
             "    set state = 'APPROVED', approved_by = app.actor(), approved_at = now(), version = s.version + 1,"
             "        event_id = e.event_id"
             "   from event e where s.district = $1::integer and s.id = $2::bigint"
             " returning " STANDARD_COLUMNS("s"));

enum db_status standard_store_list(struct db *db, int64_t district, const char *item, int64_t after, int64_t limit,
                                   struct db_result **ret_result)
{
    return db_exec(db, &standard_select_list,
                   DB_PARAMS(db_int(district), db_text(item), db_int(after), db_int(limit + 1)), ret_result);
}

enum db_status standard_store_get(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &standard_select, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}

enum db_status standard_store_propose(struct db *db, int64_t district, const struct standard_proposal *proposal,
                                      struct db_result **ret_result)
{
    return db_exec(db, &standard_insert,
                   DB_PARAMS(db_int(district), db_text(proposal->item), db_text(proposal->tier),
                             db_int(proposal->amount_fen), db_text(proposal->amount_per), db_text(proposal->valid_from),
                             db_text(proposal->valid_to), db_text(proposal->source), db_bool(proposal->confirmed)),
                   ret_result);
}

enum db_status standard_store_lock(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &standard_select_lock, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}

enum db_status standard_store_approve(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &standard_update_approve, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}
