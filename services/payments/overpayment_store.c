#include "overpayment_store.h"

#define OVERPAYMENT_COLUMNS                                                                                            \
    "o.id, o.item_code as item, o.unit_id as unit, o.person_id, o.period, o.run_id, o.amount_fen, o.netted_fen,"       \
    " o.collected_fen, o.written_off_fen, o.proposed_fen, o.open_fen"
#define RECOVERY_COLUMNS                                                                                               \
    "r.id, r.overpayment_id, r.kind, r.amount_fen, r.payment_id, r.reference, r.state, r.proposed_by, r.approved_by,"  \
    " app.time_text(r.at) as at, r.version"

DB_STATEMENT(overpayment_select_list,
             "select " OVERPAYMENT_COLUMNS " from payments.overpayment_state o"
             " where o.district = $1::integer and o.id > $2::bigint and ($3::text is null or o.item_code = $3::text)"
             " and ($4::bigint = 0 or o.person_id = $4::bigint)"
             " and ($5::boolean is null or (o.open_fen > 0) = $5::boolean) order by o.id limit $6::bigint");
DB_STATEMENT(overpayment_select,
             "select " OVERPAYMENT_COLUMNS ","
             " (select coalesce(jsonb_agg(to_jsonb(v) order by v.id), '[]'::jsonb) from (select " RECOVERY_COLUMNS
             "  from payments.recovery r where r.district = o.district and r.overpayment_id = o.id) v) as recoveries"
             " from payments.overpayment_state o where o.district = $1::integer and o.id = $2::bigint");
DB_STATEMENT(overpayment_insert_collection, "select payments.overpayment_collect($1::bigint, $2::bigint, $3::text)");
DB_STATEMENT(overpayment_insert_write_off, "select payments.write_off_propose($1::bigint, $2::bigint, $3::text)");
DB_STATEMENT(overpayment_update_write_off, "select payments.write_off_decide($1::bigint, $2::boolean)");
DB_STATEMENT(recovery_select, "select " RECOVERY_COLUMNS " from payments.recovery r"
                              " where r.district = $1::integer and r.id = $2::bigint");

enum db_status overpayment_store_list(struct db *db, int64_t district, const struct overpayment_filter *filter,
                                      struct db_result **ret_result)
{
    return db_exec(db, &overpayment_select_list,
                   DB_PARAMS(db_int(district), db_int(filter->after), db_text(filter->item), db_int(filter->person_id),
                             db_text(filter->open), db_int(filter->limit + 1)),
                   ret_result);
}

enum db_status overpayment_store_get(struct db *db, int64_t district, int64_t overpayment_id,
                                     struct db_result **ret_result)
{
    return db_exec(db, &overpayment_select, DB_PARAMS(db_int(district), db_int(overpayment_id)), ret_result);
}

enum db_status overpayment_store_collect(struct db *db, int64_t overpayment_id, int64_t amount_fen,
                                         const char *reference, struct db_result **ret_result)
{
    return db_exec(db, &overpayment_insert_collection,
                   DB_PARAMS(db_int(overpayment_id), db_int(amount_fen), db_text(reference)), ret_result);
}

enum db_status overpayment_store_propose(struct db *db, int64_t overpayment_id, int64_t amount_fen,
                                         const char *reference, struct db_result **ret_result)
{
    return db_exec(db, &overpayment_insert_write_off,
                   DB_PARAMS(db_int(overpayment_id), db_int(amount_fen), db_text(reference)), ret_result);
}

enum db_status overpayment_store_decide(struct db *db, int64_t recovery_id, bool approve)
{
    return db_exec(db, &overpayment_update_write_off, DB_PARAMS(db_int(recovery_id), db_bool(approve)), NULL);
}

enum db_status overpayment_store_recovery(struct db *db, int64_t district, int64_t recovery_id,
                                          struct db_result **ret_result)
{
    return db_exec(db, &recovery_select, DB_PARAMS(db_int(district), db_int(recovery_id)), ret_result);
}
