#include "explanation_store.h"

DB_STATEMENT(explanation_select, "select payments.explanation($1::text, $2::bigint, $3::text) as document");
DB_STATEMENT(explanation_select_payment,
             "select p.item_code as item, p.unit_id as unit, p.period from payments.payment p"
             " where p.district = $1::integer and p.id = $2::bigint");

enum db_status explanation_store_get(struct db *db, const char *item, int64_t unit, const char *period,
                                     struct db_result **ret_result)
{
    return db_exec(db, &explanation_select, DB_PARAMS(db_text(item), db_int(unit), db_text(period)), ret_result);
}

enum db_status explanation_store_payment(struct db *db, int64_t district, int64_t payment_id,
                                         struct db_result **ret_result)
{
    return db_exec(db, &explanation_select_payment, DB_PARAMS(db_int(district), db_int(payment_id)), ret_result);
}
