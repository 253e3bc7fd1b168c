#include "enrolment_change_store.h"

#include "register.h"

#define CHANGE_PROPOSED_AT REGISTER_TIME("proposed_at", "proposed_at")
#define CHANGE_DECIDED_AT REGISTER_TIME("decided_at", "decided_at")
#define CHANGE_CREATED_AT REGISTER_TIME("created_at", "created_at")
#define CHANGE_COLUMNS                                                                                                 \
    "id, version, enrolment_id as enrolment, kind, tier_code as tier, from_on::text as \"from\", cause, evidence, "    \
    "state,"                                                                                                           \
    " proposed_by, " CHANGE_PROPOSED_AT ", decided_by, " CHANGE_DECIDED_AT

DB_STATEMENT(enrolment_change_next_id, "select nextval('beneficiaries.enrolment_change_id_seq')");
DB_STATEMENT(enrolment_change_insert,
             "with event as materialized (select audit.write_event('propose', 'enrolment_change', $2::text,"
             "  jsonb_build_object('enrolment', $3::bigint, 'kind', $4::text)) as id)"
             " insert into beneficiaries.enrolment_change (district, id, enrolment_id, kind, item_code, tier_code,"
             "  from_on, cause, evidence, proposed_by, event_id)"
             " select n.district, $2::bigint, n.id, $4::text, n.item_code, $5::text, $6::date, $7::text, $8::text,"
             "  app.actor(), event.id from event, beneficiaries.enrolment n"
             " where n.district = $1::integer and n.id = $3::bigint returning " CHANGE_COLUMNS);
DB_STATEMENT(enrolment_change_get, "select " CHANGE_COLUMNS " from beneficiaries.enrolment_change"
                                   " where district = $1::integer and enrolment_id = $2::bigint and id = $3::bigint");
DB_STATEMENT(enrolment_change_list,
             "select " CHANGE_COLUMNS " from beneficiaries.enrolment_change where district = $1::integer"
             " and enrolment_id = $2::bigint and id > $3::bigint order by id limit $4::bigint");
DB_STATEMENT(enrolment_change_decide, "select beneficiaries.change_decide($1::bigint, $2::boolean)");
DB_STATEMENT(enrolment_change_tier,
             "select exists (select from beneficiaries.rule_of($1::integer, $2::text, $4::date) r"
             "  where r.tier_source = 'enrolment'),"
             " exists (select from programmes.tier where district = $1::integer and item_code = $2::text"
             "  and code = $3::text)");
DB_STATEMENT(enrolment_change_tiers,
             "select id, enrolment_id as enrolment, tier_code as tier, cause, " REGISTER_VALID ", " CHANGE_CREATED_AT
             " from beneficiaries.tier_change where district = $1::integer and enrolment_id = $2::bigint"
             " and id > $3::bigint order by id limit $4::bigint");

enum db_status enrolment_change_store_next_id(struct db *db, struct db_result **ret_result)
{
    return db_exec(db, &enrolment_change_next_id, DB_NO_PARAMS, ret_result);
}

enum db_status enrolment_change_store_insert(struct db *db, int64_t id, const struct enrolment_change_row *row,
                                             struct db_result **ret_result)
{
    return db_exec(db, &enrolment_change_insert,
                   DB_PARAMS(db_int(row->district), db_int(id), db_int(row->enrolment), db_text(row->kind),
                             db_text(row->tier), db_text(row->from), db_text(row->cause), db_text(row->evidence)),
                   ret_result);
}

enum db_status enrolment_change_store_get(struct db *db, int64_t district, int64_t enrolment, int64_t id,
                                          struct db_result **ret_result)
{
    return db_exec(db, &enrolment_change_get, DB_PARAMS(db_int(district), db_int(enrolment), db_int(id)), ret_result);
}

enum db_status enrolment_change_store_list(struct db *db, int64_t district, int64_t enrolment, int64_t after,
                                           int64_t limit, struct db_result **ret_result)
{
    return db_exec(db, &enrolment_change_list,
                   DB_PARAMS(db_int(district), db_int(enrolment), db_int(after), db_int(limit + 1)), ret_result);
}

enum db_status enrolment_change_store_decide(struct db *db, int64_t id, bool approve, struct db_result **ret_result)
{
    return db_exec(db, &enrolment_change_decide, DB_PARAMS(db_int(id), db_bool(approve)), ret_result);
}

enum db_status enrolment_change_store_tier(struct db *db, int64_t district, const char *item, const char *tier,
                                           const char *on, struct db_result **ret_result)
{
    return db_exec(db, &enrolment_change_tier, DB_PARAMS(db_int(district), db_text(item), db_text(tier), db_text(on)),
                   ret_result);
}

enum db_status enrolment_change_store_tiers(struct db *db, int64_t district, int64_t enrolment, int64_t after,
                                            int64_t limit, struct db_result **ret_result)
{
    return db_exec(db, &enrolment_change_tiers,
                   DB_PARAMS(db_int(district), db_int(enrolment), db_int(after), db_int(limit + 1)), ret_result);
}
