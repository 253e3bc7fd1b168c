#include "payment_store.h"

#define PAYMENT_COLUMNS                                                                                                \
    "p.id, p.run_id, p.item_code as item, p.person_id, p.period, p.part, p.amount_fen, p.netted_fen,"                  \
    " p.settled_before_fen, p.people, p.division, p.tier_code as tier, a.number_masked as account_masked, p.state, "   \
    "p.reissue_of, p.superseded, p.file_id,"                                                                           \
    " p.file_line, p.reason, p.bank_code, p.version"
#define PAYMENT_FROM                                                                                                   \
    " from payments.payment p join payments.account_view a on a.district = p.district and a.id = p.account_id"

DB_STATEMENT(payment_select_list,
             "select " PAYMENT_COLUMNS PAYMENT_FROM " where p.district = $1::integer and p.id > $2::bigint"
             " and ($3::bigint = 0 or p.run_id = $3::bigint)"
             " and ($4::bigint = 0 or p.person_id = $4::bigint)"
             " and ($5::text is null or p.state = $5::text) order by p.id limit $6::bigint");
DB_STATEMENT(payment_select,
             "select " PAYMENT_COLUMNS ", p.facts,"
             " (select jsonb_agg(jsonb_build_object('seq', h.seq, 'from', h.from_state, 'to', h.to_state,"
             "   'at', app.time_text(h.at), 'actor', h.actor, 'bank_message', h.inbound_id) order by h.seq)"
             "  from payments.payment_history h"
             "  where h.district = p.district and h.payment_id = p.id) as history" PAYMENT_FROM
             " where p.district = $1::integer and p.id = $2::bigint");
DB_STATEMENT(payment_insert_reissue, "select payments.reissue($1::bigint)");
DB_STATEMENT(payment_update_resolve, "select payments.resolve_unknown($1::bigint, $2::text)");

enum db_status payment_store_list(struct db *db, int64_t district, const struct payment_filter *filter,
                                  struct db_result **ret_result)
{
    return db_exec(db, &payment_select_list,
                   DB_PARAMS(db_int(district), db_int(filter->after), db_int(filter->run_id), db_int(filter->person_id),
                             db_text(filter->state), db_int(filter->limit + 1)),
                   ret_result);
}

enum db_status payment_store_get(struct db *db, int64_t district, int64_t payment_id, struct db_result **ret_result)
{
    return db_exec(db, &payment_select, DB_PARAMS(db_int(district), db_int(payment_id)), ret_result);
}

enum db_status payment_store_reissue(struct db *db, int64_t payment_id, struct db_result **ret_result)
{
    return db_exec(db, &payment_insert_reissue, DB_PARAMS(db_int(payment_id)), ret_result);
}

enum db_status payment_store_resolve(struct db *db, int64_t payment_id, const char *state)
{
    return db_exec(db, &payment_update_resolve, DB_PARAMS(db_int(payment_id), db_text(state)), NULL);
}
