#include "exclusion_store.h"

#define EXCLUSION_COLUMNS(x)                                                                                           \
    x ".id, " x ".item_code as item, " x ".tier_code as tier, " x ".kind, " x ".other_item_code as other_item, " x     \
      ".other_tier_code as other_tier, " x ".other_benefit, lower(" x ".valid)::text as valid_from, upper(" x          \
      ".valid)::text as valid_to, " x ".source, " x ".confirmed, " x ".state, " x ".proposed_by, app.time_text(" x     \
      ".proposed_at) as proposed_at, " x ".approved_by, app.time_text(" x ".approved_at) as approved_at, " x           \
      ".version, " x ".end_to::text as end_to, " x ".end_source, " x ".end_proposed_by, app.time_text(" x              \
      ".end_proposed_at) as end_proposed_at, " x ".end_approved_by, app.time_text(" x                                  \
      ".end_approved_at) as end_approved_at"

DB_STATEMENT(exclusion_select_list,
             "select " EXCLUSION_COLUMNS(
                 "x") " from programmes.exclusion x where x.district = $1::integer"
                      "   and ($2::text is null or x.item_code = $2::text or x.other_item_code = $2::text)"
                      "   and x.id > $3::bigint order by x.id limit $4::bigint");

DB_STATEMENT(exclusion_select, "select " EXCLUSION_COLUMNS("x") " from programmes.exclusion x where x.district = "
                                                                "$1::integer and x.id = $2::bigint");

DB_STATEMENT(exclusion_select_known,
             "select exists (select from programmes.item where district = $1::integer and code = $2::text) as item,"
             " $3::text is null or exists (select from programmes.tier where district = $1::integer"
             "     and item_code = $2::text and code = $3::text and state = 'APPROVED') as tier,"
             " $4::text is null or exists (select from programmes.item where district = $1::integer"
             "     and code = $4::text) as other_item,"
             " $5::text is null or exists (select from programmes.tier where district = $1::integer"
             "     and item_code = $4::text and code = $5::text and state = 'APPROVED') as other_tier,"
             " $6::text is null or exists (select from programmes.benefit where code = $6::text) as other_benefit");

DB_STATEMENT(
    exclusion_insert,
    "with event as ("
    "  select n.id, audit.write_event('propose', 'exclusion', n.id::text, jsonb_strip_nulls(jsonb_build_object("
    "             'item', $2::text, 'tier', $3::text, 'kind', $4::text, 'other_item', $5::text,"
    "             'other_tier', $6::text, 'other_benefit', $7::text, 'valid_from', $8::date::text,"
    "             'valid_to', $9::date::text, 'confirmed', $11::boolean))) as event_id"
    "    from (select nextval('programmes.exclusion_id_seq'::regclass) as id) n)"
    " insert into programmes.exclusion as x (district, id, item_code, tier_code, kind, other_item_code,"
    "     other_tier_code, other_benefit, valid, source, confirmed, state, proposed_by, event_id)"
    " overriding system value"
    " select $1::integer, e.id, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text,"
    "        daterange($8::date, $9::date), $10::text, $11::boolean, 'PROPOSED', app.actor(), e.event_id"
    "   from event e"
    " returning " EXCLUSION_COLUMNS("x"));

DB_STATEMENT(exclusion_call_check, "select programmes.exclusion_check($1::bigint)");

DB_STATEMENT(exclusion_select_lock, "select x.item_code as item, x.proposed_by, x.state,"
                                    "       lower(x.valid)::text as valid_from, upper(x.valid)::text as valid_to,"
                                    "       case when x.kind <> 'top_up' then x.other_item_code end as bound_item"
                                    "  from programmes.exclusion x"
                                    " where x.district = $1::integer and x.id = $2::bigint for update");

DB_STATEMENT(exclusion_call_approve, "select programmes.exclusion_approve(x.id) from programmes.exclusion x"
                                     " where x.district = $1::integer and x.id = $2::bigint");

DB_STATEMENT(
    exclusion_call_reject,
    "select programmes.decide('exclusion', x.id, 'reject', 'REJECTED', jsonb_build_object('item', x.item_code))"
    "  from programmes.exclusion x where x.district = $1::integer and x.id = $2::bigint");

DB_STATEMENT(exclusion_call_end_propose, "select programmes.exclusion_end_propose($1::bigint, $2::date, $3::text)");

DB_STATEMENT(exclusion_call_end_decide, "select programmes.exclusion_end_decide($1::bigint, $2::boolean)");

DB_STATEMENT(benefit_select_list, "select b.code, b.name_zh, b.name_en from programmes.benefit b order by b.code");

enum db_status exclusion_store_list(struct db *db, int64_t district, const char *item, int64_t after, int64_t limit,
                                    struct db_result **ret_result)
{
    return db_exec(db, &exclusion_select_list,
                   DB_PARAMS(db_int(district), db_text(item), db_int(after), db_int(limit + 1)), ret_result);
}

enum db_status exclusion_store_get(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &exclusion_select, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}

enum db_status exclusion_store_known(struct db *db, int64_t district, const struct exclusion_proposal *proposal,
                                     struct db_result **ret_result)
{
    return db_exec(db, &exclusion_select_known,
                   DB_PARAMS(db_int(district), db_text(proposal->item), db_text(proposal->tier),
                             db_text(proposal->other_item), db_text(proposal->other_tier),
                             db_text(proposal->other_benefit)),
                   ret_result);
}

enum db_status exclusion_store_propose(struct db *db, int64_t district, const struct exclusion_proposal *proposal,
                                       struct db_result **ret_result)
{
    return db_exec(db, &exclusion_insert,
                   DB_PARAMS(db_int(district), db_text(proposal->item), db_text(proposal->tier),
                             db_text(proposal->kind), db_text(proposal->other_item), db_text(proposal->other_tier),
                             db_text(proposal->other_benefit), db_text(proposal->valid_from),
                             db_text(proposal->valid_to), db_text(proposal->source), db_bool(proposal->confirmed)),
                   ret_result);
}

enum db_status exclusion_store_check(struct db *db, int64_t id)
{
    return db_exec(db, &exclusion_call_check, DB_PARAMS(db_int(id)), NULL);
}

enum db_status exclusion_store_lock(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &exclusion_select_lock, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}

enum db_status exclusion_store_approve(struct db *db, int64_t district, int64_t id, bool gap_intended)
{
    (void)gap_intended;
    return db_exec(db, &exclusion_call_approve, DB_PARAMS(db_int(district), db_int(id)), NULL);
}

enum db_status exclusion_store_reject(struct db *db, int64_t district, int64_t id)
{
    return db_exec(db, &exclusion_call_reject, DB_PARAMS(db_int(district), db_int(id)), NULL);
}

enum db_status exclusion_store_end_propose(struct db *db, int64_t id, const char *valid_to, const char *source)
{
    return db_exec(db, &exclusion_call_end_propose, DB_PARAMS(db_int(id), db_text(valid_to), db_text(source)), NULL);
}

enum db_status exclusion_store_end_decide(struct db *db, int64_t id, bool approve)
{
    return db_exec(db, &exclusion_call_end_decide, DB_PARAMS(db_int(id), db_bool(approve)), NULL);
}

enum db_status benefit_store_list(struct db *db, struct db_result **ret_result)
{
    return db_exec(db, &benefit_select_list, DB_NO_PARAMS, ret_result);
}
