#include "rule_store.h"

DB_STATEMENT(
    rule_select_list,
    "select " RULE_COLUMNS("r") " from programmes.rule r"
                                " where r.district = $1::integer and r.item_code = $2::text and r.id > $3::bigint"
                                " order by r.id limit $4::bigint");

DB_STATEMENT(rule_select, "select " RULE_COLUMNS("r") " from programmes.rule r"
                                                      " where r.district = $1::integer and r.id = $2::bigint");

#define RULE_TERMS(g)                                                                                                  \
    g "item_code, " g "valid, " g "kind, " g "cycle, " g "accrual, " g "tier_source, " g "rounding, " g                \
      "remainder, " g "entry_basis, " g "exit_basis, " g "lookback_months, " g "age_min, " g "age_max, " g             \
      "age_max_at_school, " g "certificate_types, " g "basis_item, " g "basis_tier, " g "months_max, " g               \
      "grace_months_max, " g "netting_cap_percent, " g "one_per_household, " g "once_per, " g "review_required, " g    \
      "notice_days, " g "notice_day_kind, " g "hearing_required, " g "documents, " g "checks, " g "source, " g         \
      "confirmed, " g "replaces"

/* The event holds all that was proposed, but for the text of the source. */
DB_STATEMENT(
    rule_insert,
    "with fresh as ("
    "  select nextval('programmes.rule_id_seq'::regclass) as id, " RULE_TERMS(
        "g.") "    from programmes.rule_of_json($3::jsonb || jsonb_build_object('item_code', $2::text)) g"
              "   where g.basis_item is null"
              "      or exists (select from programmes.tier t where t.district = $1::integer"
              "                    and t.item_code = g.basis_item and t.code = g.basis_tier and t.state = 'APPROVED')),"
              " event as ("
              "  select f.id, " RULE_TERMS(
                  "f.") ","
                        "         audit.write_event('propose', 'rule', f.id::text,"
                        "             jsonb_strip_nulls(to_jsonb(f) - 'source' - 'id')) as event_id"
                        "    from fresh f)"
                        " insert into programmes.rule as r (district, id, " RULE_TERMS(
                            "") ","
                                "     state, proposed_by, event_id)"
                                " overriding system value"
                                " select $1::integer, e.id, " RULE_TERMS(
                                    "e.") ", 'PROPOSED', app.actor(), e.event_id from event e"
                                          " returning " RULE_COLUMNS("r"));

DB_STATEMENT(rule_select_whole, "select w from programmes.rule_whole($1::text, $2::jsonb) w where w is not null");

DB_STATEMENT(rule_call_check, "select programmes.rule_check($1::bigint, $2::boolean)");

DB_STATEMENT(rule_select_lock, "select r.item_code as item, r.proposed_by, r.state from programmes.rule r"
                               " where r.district = $1::integer and r.id = $2::bigint for update");

DB_STATEMENT(rule_call_approve, "select programmes.rule_approve(r.id, $3::boolean) from programmes.rule r"
                                " where r.district = $1::integer and r.id = $2::bigint");

DB_STATEMENT(rule_call_reject,
             "select programmes.decide('rule', r.id, 'reject', 'REJECTED', jsonb_build_object('item', r.item_code))"
             "  from programmes.rule r where r.district = $1::integer and r.id = $2::bigint");

enum db_status rule_store_list(struct db *db, int64_t district, const char *item, int64_t after, int64_t limit,
                               struct db_result **ret_result)
{
    return db_exec(db, &rule_select_list, DB_PARAMS(db_int(district), db_text(item), db_int(after), db_int(limit + 1)),
                   ret_result);
}

enum db_status rule_store_get(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &rule_select, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}

enum db_status rule_store_propose(struct db *db, int64_t district, const char *item, const char *body,
                                  struct db_result **ret_result)
{
    return db_exec(db, &rule_insert, DB_PARAMS(db_int(district), db_text(item), db_text(body)), ret_result);
}

enum db_status rule_store_whole(struct db *db, const char *item, const char *body, struct db_result **ret_result)
{
    return db_exec(db, &rule_select_whole, DB_PARAMS(db_text(item), db_text(body)), ret_result);
}

enum db_status rule_store_check(struct db *db, int64_t id, bool gap_intended)
{
    return db_exec(db, &rule_call_check, DB_PARAMS(db_int(id), db_bool(gap_intended)), NULL);
}

enum db_status rule_store_lock(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &rule_select_lock, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}

enum db_status rule_store_approve(struct db *db, int64_t district, int64_t id, bool gap_intended)
{
    return db_exec(db, &rule_call_approve, DB_PARAMS(db_int(district), db_int(id), db_bool(gap_intended)), NULL);
}

enum db_status rule_store_reject(struct db *db, int64_t district, int64_t id)
{
    return db_exec(db, &rule_call_reject, DB_PARAMS(db_int(district), db_int(id)), NULL);
}
