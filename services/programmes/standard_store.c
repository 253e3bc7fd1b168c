#include "standard_store.h"

#define STANDARD_COLUMNS(alias)                                                                                        \
    alias ".id, " alias ".item_code as item, " alias ".tier_code as tier, " alias ".amount_fen, " alias                \
          ".basis_points, " alias ".amount_per, lower(" alias ".valid)::text as valid_from, upper(" alias              \
          ".valid)::text as valid_to, " alias ".source, " alias ".confirmed, " alias ".replaces, " alias               \
          ".state, " alias ".proposed_by, app.time_text(" alias ".proposed_at) as proposed_at, " alias                 \
          ".approved_by, app.time_text(" alias ".approved_at) as approved_at, " alias ".version"

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
             "   where t.district = $1::integer and t.item_code = $2::text and t.code = $3::text"
             "      and t.state <> 'REJECTED'),"
             " event as ("
             "  select f.id, f.item_code, f.tier_code,"
             "         audit.write_event('propose', 'standard', f.id::text, jsonb_strip_nulls(jsonb_build_object("
             "             'item', f.item_code, 'tier', f.tier_code, 'amount_fen', $4::bigint, 'amount_per', $5::text,"
             "             'valid_from', $6::date::text, 'valid_to', $7::date::text, 'confirmed', $9::boolean,"
             "             'basis_points', $10::integer, 'replaces', $11::bigint))) as event_id"
             "    from fresh f)"
             " insert into programmes.standard as s (district, id, item_code, tier_code, amount_fen, amount_per,"
             "     valid, source, confirmed, basis_points, replaces, state, proposed_by, event_id)"
             " overriding system value"
             " select $1::integer, e.id, e.item_code, e.tier_code, $4::bigint, $5::text,"
             "        daterange($6::date, $7::date), $8::text, $9::boolean, $10::integer, $11::bigint, 'PROPOSED',"
             "        app.actor(), e.event_id"
             "   from event e"
             " returning " STANDARD_COLUMNS("s"));

DB_STATEMENT(standard_call_check, "select programmes.standard_check($1::bigint, $2::boolean)");

DB_STATEMENT(standard_select_lock, "select s.item_code as item, s.proposed_by, s.state from programmes.standard s"
                                   " where s.district = $1::integer and s.id = $2::bigint for update");

DB_STATEMENT(standard_call_approve, "select programmes.standard_approve(s.id, $3::boolean) from programmes.standard s"
                                    " where s.district = $1::integer and s.id = $2::bigint");

DB_STATEMENT(standard_call_reject,
             "select programmes.decide('standard', s.id, 'reject', 'REJECTED', jsonb_build_object('item', s.item_code))"
             "  from programmes.standard s where s.district = $1::integer and s.id = $2::bigint");

static struct db_param positive(int64_t number)
{
    return number > 0 ? db_int(number) : db_null();
}

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
                             positive(proposal->amount_fen), db_text(proposal->amount_per),
                             db_text(proposal->valid_from), db_text(proposal->valid_to), db_text(proposal->source),
                             db_bool(proposal->confirmed), positive(proposal->basis_points),
                             positive(proposal->replaces)),
                   ret_result);
}

enum db_status standard_store_check(struct db *db, int64_t id, bool gap_intended)
{
    return db_exec(db, &standard_call_check, DB_PARAMS(db_int(id), db_bool(gap_intended)), NULL);
}

enum db_status standard_store_lock(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &standard_select_lock, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}

enum db_status standard_store_approve(struct db *db, int64_t district, int64_t id, bool gap_intended)
{
    return db_exec(db, &standard_call_approve, DB_PARAMS(db_int(district), db_int(id), db_bool(gap_intended)), NULL);
}

enum db_status standard_store_reject(struct db *db, int64_t district, int64_t id)
{
    return db_exec(db, &standard_call_reject, DB_PARAMS(db_int(district), db_int(id)), NULL);
}
