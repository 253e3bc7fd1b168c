#include "notice_store.h"

#include "register.h"

#define NOTICE_CREATED_AT REGISTER_TIME("o.created_at", "created_at")
#define NOTICE_COLUMNS                                                                                                 \
    "o.id, o.version, o.item_code as item, o.division, o.published_on::text as published_on, o.days, o.day_kind,"      \
    " o.ends_on::text as ends_on, case when o.ends_on >= app.today() then 'RUNNING' else 'ENDED' end as state, "       \
    "o.place,"                                                                                                         \
    " (select count(*) from beneficiaries.notice_enrolment e where e.district = o.district and e.notice_id = o.id)"    \
    "  as enrolments, (select count(*) from beneficiaries.objection j where j.district = o.district"                   \
    "  and j.notice_id = o.id and j.state = 'OPEN') as open_objections, o.published_by, " NOTICE_CREATED_AT
#define OBJECTION_RECEIVED_AT REGISTER_TIME("received_at", "received_at")
#define OBJECTION_DECIDED_AT REGISTER_TIME("decided_at", "decided_at")
#define OBJECTION_COLUMNS                                                                                              \
    "id, version, notice_id as notice, enrolment_id as enrolment, channel, state, received_by,"                        \
    " " OBJECTION_RECEIVED_AT ", decided_by, " OBJECTION_DECIDED_AT ", evidence"

DB_STATEMENT(notice_candidates,
             "select x.ord, n.id, n.state, (select max(s.at at time zone 'Asia/Shanghai')::date::text"
             "  from beneficiaries.enrolment_step s where s.district = n.district and s.enrolment_id = n.id"
             "  and s.step in ('applied', 'submitted', 'reviewed'))"
             " from unnest($4::bigint[]) with ordinality x(id, ord)"
             " join beneficiaries.enrolment n on n.district = $1::integer and n.id = x.id"
             " where n.item_code = $2::text and n.division = $3::integer and n.state in ('APPLIED', 'REVIEWED')"
             " order by x.ord for no key update of n");
DB_STATEMENT(
    notice_insert,
    "with rule as materialized (select notice_days, notice_day_kind, programmes.add_days($1::integer, $4::date,"
    "  notice_days, notice_day_kind) as ends_on"
    "  from beneficiaries.rule_of($1::integer, $2::text, app.today()) where notice_days > 0),"
    " fresh as materialized (select nextval('beneficiaries.notice_id_seq') as id from rule),"
    " event as materialized (select audit.write_event('publish', 'notice', fresh.id::text, jsonb_build_object("
    "  'item', $2::text, 'division', $3::integer, 'enrolments', to_jsonb($6::bigint[]), 'published_on', $4::date,"
    "  'ends_on', rule.ends_on)) as id from fresh, rule)"
    " insert into beneficiaries.notice (district, id, item_code, division, published_on, days, day_kind, ends_on,"
    "  place, published_by, event_id)"
    " select $1::integer, fresh.id, $2::text, $3::integer, $4::date, rule.notice_days, rule.notice_day_kind,"
    "  rule.ends_on, $5::text, app.actor(), event.id from rule, fresh, event returning id");
DB_STATEMENT(notice_apply,
             "with posted as (insert into beneficiaries.notice_enrolment (district, notice_id, enrolment_id)"
             "  select $1::integer, $2::bigint, x from unnest($3::bigint[]) x returning enrolment_id),"
             " event as materialized (select enrolment_id, audit.write_event('notice', 'enrolment', enrolment_id::text,"
             "  jsonb_build_object('notice', $2::bigint)) as id from posted)"
             " update beneficiaries.enrolment n set state = 'NOTICED', notice_id = $2::bigint, version = n.version + 1,"
             "  event_id = event.id from event where n.district = $1::integer and n.id = event.enrolment_id"
             " returning n.id");
DB_STATEMENT(notice_get, "select " NOTICE_COLUMNS " from beneficiaries.notice o where o.district = $1::integer"
                         " and o.id = $2::bigint");
DB_STATEMENT(notice_list, "select " NOTICE_COLUMNS " from beneficiaries.notice o where o.district = $1::integer"
                          " and ($2::text is null or o.item_code = $2::text)"
                          " and ($3::integer is null or o.division = $3::integer) and o.id > $4::bigint"
                          " order by o.id limit $5::bigint");
DB_STATEMENT(notice_posted, "select n.id, p.name, d.name_zh, d.name_en, i.item_zh, i.item_en, t.name_zh, t.name_en"
                            " from beneficiaries.notice_enrolment e"
                            " join beneficiaries.enrolment n on n.district = e.district and n.id = e.enrolment_id"
                            " join beneficiaries.person p on p.district = n.district and p.id = n.person_id"
                            " join beneficiaries.notice o on o.district = e.district and o.id = e.notice_id"
                            " join programmes.division d on d.district = o.district and d.code = o.division"
                            " join programmes.item i on i.district = o.district and i.code = o.item_code"
                            " left join programmes.tier t on t.district = n.district and t.item_code = n.item_code"
                            "  and t.code = n.tier_code"
                            " where e.district = $1::integer and e.notice_id = $2::bigint and n.id > $3::bigint"
                            " order by n.id limit $4::bigint");
DB_STATEMENT(objection_insert,
             "with event as materialized (select audit.write_event('object', 'objection', $2::text,"
             "  jsonb_build_object('notice', $3::bigint, 'enrolment', $4::bigint, 'channel', $5::text)) as id"
             "  from beneficiaries.notice_enrolment where district = $1::integer and notice_id = $3::bigint"
             "  and enrolment_id = $4::bigint)"
             " insert into beneficiaries.objection (district, id, notice_id, enrolment_id, channel, text_sealed,"
             "  received_by, event_id) select $1::integer, $2::bigint, $3::bigint, $4::bigint, $5::text, $6::bytea,"
             "  app.actor(), event.id from event returning " OBJECTION_COLUMNS);
DB_STATEMENT(objection_list, "select " OBJECTION_COLUMNS " from beneficiaries.objection where district = $1::integer"
                             " and notice_id = $2::bigint and id > $3::bigint order by id limit $4::bigint");
DB_STATEMENT(objection_get, "select " OBJECTION_COLUMNS " from beneficiaries.objection where district = $1::integer"
                            " and id = $2::bigint");
/* The row's version counts changes; looking is an event of its own entity. */
DB_STATEMENT(
    objection_read,
    "select o.text_sealed, o.enrolment_id, o.channel, o.state, audit.write_event('read', 'objection_text', o.id::text,"
    "  jsonb_build_object('enrolment', o.enrolment_id)) from beneficiaries.objection o"
    " where o.district = $1::integer and o.id = $2::bigint");
DB_STATEMENT(objection_lock, "select o.state, o.received_by, n.id, n.state, n.applied_by from beneficiaries.objection o"
                             " join beneficiaries.enrolment n on n.district = o.district and n.id = o.enrolment_id"
                             " where o.district = $1::integer and o.id = $2::bigint for no key update of o, n");
DB_STATEMENT(objection_decide,
             "with event as materialized (select audit.write_event('decide', 'objection', $2::text,"
             "  jsonb_build_object('state', $3::text)) as id)"
             " update beneficiaries.objection o set state = $3::text, decided_by = app.actor(), decided_at = now(),"
             "  evidence = $4::text, version = o.version + 1, event_id = event.id from event"
             " where o.district = $1::integer and o.id = $2::bigint returning o.id");

enum db_status notice_store_candidates(struct db *db, const struct notice_row *row, struct db_result **ret_result)
{
    return db_exec(
        db, &notice_candidates,
        DB_PARAMS(db_int(row->district), db_text(row->item), db_int(row->division), db_text(row->enrolments)),
        ret_result);
}

enum db_status notice_store_insert(struct db *db, const struct notice_row *row, struct db_result **ret_result)
{
    return db_exec(db, &notice_insert,
                   DB_PARAMS(db_int(row->district), db_text(row->item), db_int(row->division),
                             db_text(row->published_on), db_text(row->place), db_text(row->enrolments)),
                   ret_result);
}

enum db_status notice_store_apply(struct db *db, const struct notice_row *row, int64_t notice,
                                  struct db_result **ret_result)
{
    return db_exec(db, &notice_apply, DB_PARAMS(db_int(row->district), db_int(notice), db_text(row->enrolments)),
                   ret_result);
}

enum db_status notice_store_get(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &notice_get, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}

enum db_status notice_store_list(struct db *db, const struct notice_filter *filter, struct db_result **ret_result)
{
    return db_exec(db, &notice_list,
                   DB_PARAMS(db_int(filter->district), db_text(filter->item),
                             filter->division > 0 ? db_int(filter->division) : db_null(), db_int(filter->after),
                             db_int(filter->limit + 1)),
                   ret_result);
}

enum db_status notice_store_posted(struct db *db, int64_t district, int64_t id, int64_t after, int64_t limit,
                                   struct db_result **ret_result)
{
    return db_exec(db, &notice_posted, DB_PARAMS(db_int(district), db_int(id), db_int(after), db_int(limit + 1)),
                   ret_result);
}

enum db_status objection_store_insert(struct db *db, const struct objection_row *row, struct db_result **ret_result)
{
    return db_exec(db, &objection_insert,
                   DB_PARAMS(db_int(row->district), db_int(row->id), db_int(row->notice), db_int(row->enrolment),
                             db_text(row->channel), db_bytes(row->text, row->text_length)),
                   ret_result);
}

enum db_status objection_store_list(struct db *db, int64_t district, int64_t notice, int64_t after, int64_t limit,
                                    struct db_result **ret_result)
{
    return db_exec(db, &objection_list, DB_PARAMS(db_int(district), db_int(notice), db_int(after), db_int(limit + 1)),
                   ret_result);
}

enum db_status objection_store_read(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &objection_read, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}

enum db_status objection_store_lock(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &objection_lock, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}

enum db_status objection_store_decide(struct db *db, int64_t district, int64_t id, const char *state,
                                      const char *evidence, struct db_result **ret_result)
{
    return db_exec(db, &objection_decide, DB_PARAMS(db_int(district), db_int(id), db_text(state), db_text(evidence)),
                   ret_result);
}

enum db_status objection_store_get(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &objection_get, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}
