#include "enrolment_store.h"

#include "register.h"

#define ENROLMENT_DECIDED_AT REGISTER_TIME("n.decided_at", "decided_at")
#define ENROLMENT_REVIEWED_AT REGISTER_TIME("n.reviewed_at", "reviewed_at")
#define ENROLMENT_CREATED_AT REGISTER_TIME("n.created_at", "created_at")
#define ENROLMENT_COLUMNS                                                                                              \
    "n.id, n.version, n.person_id as person, n.division, n.item_code as item, n.tier_code as tier, n.state,"           \
    " n.applied_on::text as applied_on, n.consent_on::text as consent_on, n.starts_on::text as starts_on,"             \
    " lower(n.valid)::text as valid_from, upper(n.valid)::text as valid_until, n.applied_by, n.reviewed_by,"           \
    " " ENROLMENT_REVIEWED_AT ", n.notice_id as notice, n.decided_by, " ENROLMENT_DECIDED_AT ", n.return_cause,"       \
    " n.reject_cause, n.end_cause, n.ended_on::text as ended_on, n.notice_ends_on::text as notice_ends_on,"            \
    " n.grace_months, n.reopen_cause, n.evidence, n.visited_on::text as visited_on, n.visitors, n.review_class,"       \
    " n.review_due_on::text as review_due_on, n.import_id as import, " ENROLMENT_CREATED_AT
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
             "  and t.code = $3::text), coalesce(r.age_min, -1)"
             " from programmes.item i"
             " left join lateral beneficiaries.rule_of(i.district, i.code, $4::date) r on true"
             " where i.district = $1::integer and i.code = $2::text and i.kind = 'subsidy'"
             " and (app.programmes() is null or i.code = any (app.programmes()))");
DB_STATEMENT(enrolment_insert,
             "with fresh as materialized (select nextval('beneficiaries.enrolment_id_seq') as id"
             "  where not exists (select from beneficiaries.enrolment where district = $1::integer"
             "   and person_id = $2::bigint and item_code = $3::text and state = 'APPROVED')),"
             " event as materialized (select audit.write_event('apply', 'enrolment', fresh.id::text,"
             "  jsonb_build_object('person', $2::bigint, 'item', $3::text, 'tier', $4::text)) as id from fresh)"
             " insert into beneficiaries.enrolment as n (district, id, person_id, division, item_code, tier_code,"
             "  state, applied_on, starts_on, consent_on, applied_by, event_id)"
             " select $1::integer, fresh.id, p.id, p.division, $3::text, $4::text, 'APPLIED', $5::date, $6::date,"
             "  $7::date, app.actor(), event.id from fresh, event, beneficiaries.person p"
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
DB_STATEMENT(enrolment_steps, "select s.seq as id, s.step, s.from_state, s.to_state, s.actor, " REGISTER_TIME(
                                  "s.at", "at") ", s.cause, s.evidence, s.effective_on::text as effective_on, s.data"
                                                " from beneficiaries.enrolment_step s where s.district = $1::integer"
                                                " and s.enrolment_id = $2::bigint and s.seq > $3::bigint"
                                                " order by s.seq limit $4::bigint");
DB_STATEMENT(enrolment_lock,
             "select n.state, n.applied_by, n.applied_on::text, n.starts_on::text,"
             " coalesce(r.entry_basis, 'application_month'), coalesce(r.age_min, -1), p.birth_date::text,"
             " beneficiaries.death_of(n.district, n.person_id)::text, coalesce(r.review_required, false), n.item_code,"
             " n.tier_code, n.consent_on::text, n.reviewed_by"
             " from beneficiaries.enrolment n"
             " join beneficiaries.person p on p.district = n.district and p.id = n.person_id"
             " left join lateral beneficiaries.rule_of(n.district, n.item_code, app.today()) r on true"
             " where n.district = $1::integer and n.id = $2::bigint for no key update of n");
DB_STATEMENT(enrolment_exit, "select coalesce(r.exit_basis, 'event_month_paid'), coalesce(r.grace_months_max, 0)"
                             " from (select 1) one"
                             " left join beneficiaries.rule_of($1::integer, $2::text, $3::date) r on true");
DB_STATEMENT(enrolment_obstacles,
             "select code, field, field_code, other_code, other_zh, other_en"
             " from beneficiaries.enrolment_obstacles($1::integer, $2::bigint, $3::text, $4::text)");
DB_STATEMENT(enrolment_review, ENROLMENT_STEP("review", "state = 'REVIEWED', reviewed_by = app.actor(),"
                                                        " reviewed_at = now()"));
DB_STATEMENT(enrolment_approve, ENROLMENT_STEP("approve", "state = 'APPROVED', decided_by = app.actor(),"
                                                          " decided_at = now(), starts_on = $4::date,"
                                                          " valid = daterange($4::date, null)"));
DB_STATEMENT(enrolment_reject, ENROLMENT_STEP("reject", "state = 'REJECTED', decided_by = app.actor(),"
                                                        " decided_at = now(), reject_cause = $4::text,"
                                                        " return_cause = null"));
DB_STATEMENT(enrolment_return, ENROLMENT_STEP("return", "state = 'RETURNED', return_cause = $4::text,"
                                                        " evidence = $5::text, valid = null, decided_by = null,"
                                                        " decided_at = null, reviewed_by = null, reviewed_at = null"));
DB_STATEMENT(enrolment_submit, ENROLMENT_STEP("submit", "state = 'APPLIED', return_cause = null, evidence = null,"
                                                        " applied_by = app.actor(), tier_code = $4::text,"
                                                        " applied_on = $5::date, starts_on = $6::date,"
                                                        " consent_on = $7::date"));
DB_STATEMENT(enrolment_end,
             ENROLMENT_STEP("end", "state = 'ENDED', end_cause = $4::text, evidence = $5::text, ended_on = $6::date,"
                                   " notice_ends_on = $7::date, grace_months = $8::integer,"
                                   " valid = n.valid * daterange(null, beneficiaries.due_until($9::text, $4::text,"
                                   " $6::date, app.today(), $7::date, $8::integer))"));
DB_STATEMENT(enrolment_note,
             "select event_id, seq from beneficiaries.enrolment_note($1::bigint, $2::text, $3::text, $4::text,"
             " $5::date, $6::jsonb)");
DB_STATEMENT(enrolment_checks, "select id, name, required, result, code"
                               " from beneficiaries.enrolment_checks($1::integer, $2::bigint)");
DB_STATEMENT(enrolment_check_data, "select jsonb_object_agg(name, coalesce(code, result))::text"
                                   " from beneficiaries.enrolment_checks($1::integer, $2::bigint)");

enum { ENROLMENT_DATA_BYTES = 160 };

enum db_status enrolment_store_item(struct db *db, int64_t district, const char *item, const char *tier, const char *on,
                                    struct db_result **ret_result)
{
    return db_exec(db, &enrolment_item, DB_PARAMS(db_int(district), db_text(item), db_text(tier), db_text(on)),
                   ret_result);
}

enum db_status enrolment_store_insert(struct db *db, const struct enrolment_row *row, struct db_result **ret_result)
{
    return db_exec(db, &enrolment_insert,
                   DB_PARAMS(db_int(row->district), db_int(row->person), db_text(row->item), db_text(row->tier),
                             db_text(row->applied_on), db_text(row->starts_on), db_text(row->consent_on)),
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

enum db_status enrolment_store_steps(struct db *db, int64_t district, int64_t id, int64_t after, int64_t limit,
                                     struct db_result **ret_result)
{
    return db_exec(db, &enrolment_steps, DB_PARAMS(db_int(district), db_int(id), db_int(after), db_int(limit + 1)),
                   ret_result);
}

enum db_status enrolment_store_lock(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &enrolment_lock, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}

enum db_status enrolment_store_exit(struct db *db, int64_t district, const char *item, const char *on,
                                    struct db_result **ret_result)
{
    return db_exec(db, &enrolment_exit, DB_PARAMS(db_int(district), db_text(item), db_text(on)), ret_result);
}

enum db_status enrolment_store_obstacles(struct db *db, int64_t district, int64_t id, const char *from,
                                         const char *step, struct db_result **ret_result)
{
    return db_exec(db, &enrolment_obstacles, DB_PARAMS(db_int(district), db_int(id), db_text(from), db_text(step)),
                   ret_result);
}

enum db_status enrolment_store_review(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &enrolment_review, DB_PARAMS(db_int(district), db_int(id), db_text("{}")), ret_result);
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
    char data[ENROLMENT_DATA_BYTES];
    snprintf(data, sizeof(data), "{\"cause\":\"%s\"}", cause);
    return db_exec(db, &enrolment_reject, DB_PARAMS(db_int(district), db_int(id), db_text(data), db_text(cause)),
                   ret_result);
}

enum db_status enrolment_store_return(struct db *db, int64_t district, int64_t id, const char *cause,
                                      const char *evidence, struct db_result **ret_result)
{
    char data[ENROLMENT_DATA_BYTES];
    snprintf(data, sizeof(data), "{\"cause\":\"%s\"}", cause);
    return db_exec(db, &enrolment_return,
                   DB_PARAMS(db_int(district), db_int(id), db_text(data), db_text(cause), db_text(evidence)),
                   ret_result);
}

enum db_status enrolment_store_submit(struct db *db, int64_t id, const struct enrolment_row *row,
                                      struct db_result **ret_result)
{
    return db_exec(db, &enrolment_submit,
                   DB_PARAMS(db_int(row->district), db_int(id), db_text("{}"), db_text(row->tier),
                             db_text(row->applied_on), db_text(row->starts_on), db_text(row->consent_on)),
                   ret_result);
}

enum db_status enrolment_store_end(struct db *db, int64_t district, int64_t id, const struct enrolment_ending *ending,
                                   struct db_result **ret_result)
{
    char data[ENROLMENT_DATA_BYTES];
    snprintf(data, sizeof(data), "{\"cause\":\"%s\",\"ended_on\":\"%s\"}", ending->cause, ending->ended_on);
    return db_exec(db, &enrolment_end,
                   DB_PARAMS(db_int(district), db_int(id), db_text(data), db_text(ending->cause),
                             db_text(ending->evidence), db_text(ending->ended_on), db_text(ending->notice_ends_on),
                             db_int(ending->grace_months), db_text(ending->exit_basis)),
                   ret_result);
}

enum db_status enrolment_store_note(struct db *db, int64_t id, const struct enrolment_note *note,
                                    struct db_result **ret_result)
{
    return db_exec(db, &enrolment_note,
                   DB_PARAMS(db_int(id), db_text(note->step), db_text(note->cause), db_text(note->evidence),
                             db_text(note->on), db_text(note->data)),
                   ret_result);
}

enum db_status enrolment_store_checks(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &enrolment_checks, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}

enum db_status enrolment_store_check_data(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &enrolment_check_data, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}
