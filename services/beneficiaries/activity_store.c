#include "activity_store.h"

#include "register.h"

#define ACTIVITY_COLUMNS                                                                                               \
    "a.id, a.enrolment_id as enrolment, a.month::text as month, a.quantity, a.amount_fen, a.reference, a.voided as "   \
    "void,"                                                                                                            \
    " " REGISTER_TIME("a.created_at", "created_at")

DB_STATEMENT(activity_month,
             "select (select r.kind from programmes.rule r where r.district = n.district and r.item_code = n.item_code"
             "  and r.state = 'APPROVED' and r.valid @> $3::date),"
             " (select min(s.amount_per) from programmes.standard s where s.district = n.district"
             "  and s.item_code = n.item_code and s.tier_code = coalesce(n.tier_code, s.tier_code)"
             "  and s.state = 'APPROVED' and s.valid @> $3::date),"
             " coalesce(n.valid @> $3::date, false),"
             " (select coalesce(sum(a.quantity), 0) from beneficiaries.activity a where a.district = n.district"
             "  and a.enrolment_id = n.id and a.month = $3::date and not a.voided),"
             " exists (select from programmes.rule r where r.district = n.district and r.item_code = n.item_code"
             "  and r.state = 'APPROVED' and r.valid @> $3::date and r.once_per <> 'enrolment')"
             " from beneficiaries.enrolment n where n.district = $1::integer and n.id = $2::bigint");
DB_STATEMENT(activity_lock_enrolment, "select id from beneficiaries.enrolment where district = $1::integer"
                                      " and id = $2::bigint for no key update");
DB_STATEMENT(activity_enrolment,
             "select id from beneficiaries.enrolment where district = $1::integer and id = $2::bigint");
DB_STATEMENT(
    activity_insert,
    "with fresh as materialized (select nextval('beneficiaries.activity_id_seq') as id),"
    " event as materialized (select audit.write_event('create', 'activity', fresh.id::text,"
    "  jsonb_build_object('enrolment', $2::bigint, 'month', $3::text, 'quantity', $4::integer)) as id from fresh)"
    " insert into beneficiaries.activity as a (district, id, enrolment_id, month, quantity, amount_fen, reference,"
    "  event_id) select $1::integer, fresh.id, $2::bigint, $3::date, $4::integer, $5::bigint, $6::text, event.id"
    " from fresh, event returning " ACTIVITY_COLUMNS);
DB_STATEMENT(activity_lock,
             "select voided from beneficiaries.activity where district = $1::integer and enrolment_id = $2::bigint"
             " and id = $3::bigint for no key update");
DB_STATEMENT(activity_void,
             "with event as materialized (select audit.write_event('void', 'activity', $2::text, '{}') as id)"
             " update beneficiaries.activity a set voided = true, event_id = event.id from event"
             " where a.district = $1::integer and a.id = $2::bigint and not a.voided returning " ACTIVITY_COLUMNS);
DB_STATEMENT(activity_list, "select " ACTIVITY_COLUMNS " from beneficiaries.activity a"
                            " where a.district = $1::integer and a.enrolment_id = $2::bigint and a.id > $3::bigint"
                            " order by a.id limit $4::bigint");

enum db_status activity_store_month(struct db *db, int64_t district, int64_t enrolment, const char *month,
                                    struct db_result **ret_result)
{
    /* First the lock: what is counted must be seen after everybody before us has committed. */
    enum db_status status = db_exec(db, &activity_lock_enrolment, DB_PARAMS(db_int(district), db_int(enrolment)), NULL);
    if (status != DB_ROW)
        return status;
    return db_exec(db, &activity_month, DB_PARAMS(db_int(district), db_int(enrolment), db_text(month)), ret_result);
}

enum db_status activity_store_enrolment(struct db *db, int64_t district, int64_t enrolment)
{
    return db_exec(db, &activity_enrolment, DB_PARAMS(db_int(district), db_int(enrolment)), NULL);
}

enum db_status activity_store_insert(struct db *db, const struct activity_row *row, struct db_result **ret_result)
{
    return db_exec(db, &activity_insert,
                   DB_PARAMS(db_int(row->district), db_int(row->enrolment), db_text(row->month), db_int(row->quantity),
                             row->amount_fen > 0 ? db_int(row->amount_fen) : db_null(), db_text(row->reference)),
                   ret_result);
}

enum db_status activity_store_lock(struct db *db, int64_t district, int64_t enrolment, int64_t id,
                                   struct db_result **ret_result)
{
    return db_exec(db, &activity_lock, DB_PARAMS(db_int(district), db_int(enrolment), db_int(id)), ret_result);
}

enum db_status activity_store_void(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &activity_void, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}

enum db_status activity_store_list(struct db *db, int64_t district, int64_t enrolment, int64_t after, int64_t limit,
                                   struct db_result **ret_result)
{
    return db_exec(db, &activity_list, DB_PARAMS(db_int(district), db_int(enrolment), db_int(after), db_int(limit + 1)),
                   ret_result);
}
