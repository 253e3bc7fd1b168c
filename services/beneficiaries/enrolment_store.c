#include "enrolment_store.h"

#include "register.h"

#define ENROLMENT_DECIDED_AT REGISTER_TIME("n.decided_at", "decided_at")
#define ENROLMENT_CREATED_AT REGISTER_TIME("n.created_at", "created_at")
#define ENROLMENT_COLUMNS                                                                                              \
    "n.id, n.version, n.person_id as person, n.division, n.item_code as item, n.tier_code as tier, n.state,"           \
    " n.applied_on::text as applied_on, n.starts_on::text as starts_on, lower(n.valid)::text as valid_from,"           \
    " upper(n.valid)::text as valid_until, n.applied_by, n.decided_by, " ENROLMENT_DECIDED_AT ", n.reject_cause,"      \
    " n.end_cause, n.ended_on::text as ended_on, n.import_id as import, " ENROLMENT_CREATED_AT
#define ENROLMENT_STEP(act, set)                                                                                       \
    "with event as materialized (select audit.write_event('" act "', 'enrolment', $2::text, $3::jsonb) as id)"         \
    " update beneficiaries.enrolment n set version = n.version + 1, event_id = event.id, " set                         \
    " from event where n.district = $1::integer and n.id = $2::bigint returning " ENROLMENT_COLUMNS

DB_STATEMENT(enrolment_item,
             "select coalesce(r.entry_basis, 'application_month'),"
             " coalesce(r.tier_source, case when (select count(*) from programmes.tier t"
             "  where t.district = i.district and t.item_code = i.code and t.disability_grades is null) > 1"
             "  then 'enrolment' else 'single' end),"
             " exists (select from programmes.tier t where t.district = i.district and t.item_code = i.code"
             "  and t.code = $3::text)"
             " from programmes.item i"
             " left join lateral (select entry_basis, tier_source from programmes.rule"
             "  where district = i.district and item_code = i.code order by lower(valid) desc limit 1) r on true"
             " where i.district = $1::integer and i.code = $2::text and i.kind = 'subsidy'"
             " and (app.programmes() is null or i.code = any (app.programmes()))");
DB_STATEMENT(enrolment_insert,
             "with fresh as materialized (select nextval('beneficiaries.enrolment_id_seq') as id"
             "  where not exists (select from beneficiaries.enrolment where district = $1::integer"
             "   and person_id = $2::bigint and item_code = $3::text and state = 'APPROVED')),"
             " event as materialized (select audit.write_event('apply', 'enrolment', fresh.id::text,"
             "  jsonb_build_object('person', $2::bigint, 'item', $3::text, 'tier', $4::text)) as id from fresh)"
             " insert into beneficiaries.enrolment as n (district, id, person_id, division, item_code, tier_code,"
             "  state, applied_on, starts_on, applied_by, event_id)"
             " select $1::integer, fresh.id, p.id, p.division, $3::text, $4::text, 'APPLIED', $5::date, $6::date,"
             "  app.actor(), event.id from fresh, event, beneficiaries.person p"
             " where p.district = $1::integer and p.id = $2::bigint returning " ENROLMENT_COLUMNS);
DB_STATEMENT(enrolment_get, "select " ENROLMENT_COLUMNS " from beneficiaries.enrolment n"
                            " where n.district = $1::integer and n.id = $2::bigint");
DB_STATEMENT(enrolment_list, "select " ENROLMENT_COLUMNS " from beneficiaries.enrolment n"
                             " where n.district = $1::integer"
                             " and ($2::bigint is null or n.person_id = $2::bigint)"
                             " and ($3::text is null or n.item_code = $3::text)"
                             " and ($4::text is null or n.state = $4::text)"
                             " and ($5::bigint is null or n.import_id = $5::bigint)"
                             " and n.id > $6::bigint order by n.id limit $7::bigint");
DB_STATEMENT(enrolment_lock, "select n.state, n.applied_by, n.applied_on::text, n.starts_on::text,"
                             " coalesce((select entry_basis from programmes.rule where district = n.district"
                             "  and item_code = n.item_code order by lower(valid) desc limit 1), 'application_month')"
                             " from beneficiaries.enrolment n where n.district = $1::integer and n.id = $2::bigint"
                             " for no key update of n");
DB_STATEMENT(enrolment_approve, ENROLMENT_STEP("approve", "state = 'APPROVED', decided_by = app.actor(),"
                                                          " decided_at = now(), starts_on = $4::date,"
                                                          " valid = daterange($4::date, null)"));
DB_STATEMENT(enrolment_reject, ENROLMENT_STEP("reject", "state = 'REJECTED', decided_by = app.actor(),"
                                                        " decided_at = now(), reject_cause = $4::text"));
DB_STATEMENT(enrolment_end,
             ENROLMENT_STEP("end", "state = 'ENDED', end_cause = $4::text, ended_on = $5::date,"
                                   " valid = case when lower(n.valid) >= $6::date then 'empty'::daterange"
                                   " else daterange(lower(n.valid), $6::date) end"));

enum db_status enrolment_store_item(struct db *db, int64_t district, const char *item, const char *tier,
                                    struct db_result **ret_result)
{
    return db_exec(db, &enrolment_item, DB_PARAMS(db_int(district), db_text(item), db_text(tier)), ret_result);
}

enum db_status enrolment_store_insert(struct db *db, const struct enrolment_row *row, struct db_result **ret_result)
{
    return db_exec(db, &enrolment_insert,
                   DB_PARAMS(db_int(row->district), db_int(row->person), db_text(row->item), db_text(row->tier),
                             db_text(row->applied_on), db_text(row->starts_on)),
                   ret_result);
}

enum db_status enrolment_store_get(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &enrolment_get, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}

enum db_status enrolment_store_list(struct db *db, const struct enrolment_filter *filter, struct db_result **ret_result)
{
    return db_exec(db, &enrolment_list,
                   DB_PARAMS(db_int(filter->district), filter->person > 0 ? db_int(filter->person) : db_null(),
                             db_text(filter->item), db_text(filter->state),
                             filter->import > 0 ? db_int(filter->import) : db_null(), db_int(filter->after),
                             db_int(filter->limit + 1)),
                   ret_result);
}

enum db_status enrolment_store_lock(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &enrolment_lock, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}

enum db_status enrolment_store_approve(struct db *db, int64_t district, int64_t id, const char *starts_on,
                                       struct db_result **ret_result)
{
    return db_exec(db, &enrolment_approve, DB_PARAMS(db_int(district), db_int(id), db_text("{}"), db_text(starts_on)),
                   ret_result);
}

enum db_status enrolment_store_reject(struct db *db, int64_t district, int64_t id, const char *cause,
                                      struct db_result **ret_result)
{
    char data[64];
    snprintf(data, sizeof(data), "{\"cause\":\"%s\"}", cause);
    return db_exec(db, &enrolment_reject, DB_PARAMS(db_int(district), db_int(id), db_text(data), db_text(cause)),
                   ret_result);
}

enum db_status enrolment_store_end(struct db *db, int64_t district, int64_t id, const char *cause, const char *ended_on,
                                   const char *due_until, struct db_result **ret_result)
{
    char data[64];
    snprintf(data, sizeof(data), "{\"cause\":\"%s\",\"ended_on\":\"%s\"}", cause, ended_on);
    return db_exec(
        db, &enrolment_end,
        DB_PARAMS(db_int(district), db_int(id), db_text(data), db_text(cause), db_text(ended_on), db_text(due_until)),
        ret_result);
}
