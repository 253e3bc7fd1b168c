#include "ledger_store.h"

#define TRANSFER_COLUMNS                                                                                               \
    "t.id, t.item_code as item, t.source, t.debit, t.credit, t.amount_fen, t.run_id, t.cause, t.reference, t.actor,"   \
    " app.time_text(t.at) as at"

DB_STATEMENT(ledger_insert_agency, "select payments.agency_register($1::text, $2::text, $3::text, $4::text, $5::text,"
                                   " $6::text, $7::text, $8::text, $9::text)");
DB_STATEMENT(ledger_select_agencies,
             "select code as id, name_zh, unit_code, account_number, account_name, bank_number, format_code as format,"
             " coalesce(answer_format_code, format_code) as answer_format,"
             " coalesce(statement_format_code, format_code) as statement_format"
             " from payments.agency where district = $1::integer order by code");
DB_STATEMENT(ledger_insert_appropriation,
             "select payments.appropriate($1::text, $2::text, $3::bigint, $4::text) as id");
DB_STATEMENT(ledger_select_accounts, "select item_code as item, source, kind, balance_fen from payments.account"
                                     " where district = $1::integer and ($2::text is null or item_code = $2::text)"
                                     " order by item_code, source, kind");
DB_STATEMENT(ledger_select_transfers, "select " TRANSFER_COLUMNS " from payments.transfer t"
                                      " where t.district = $1::integer and t.id > $2::bigint"
                                      " and ($3::text is null or t.item_code = $3::text)"
                                      " and ($4::bigint = 0 or t.run_id = $4::bigint) order by t.id limit $5::bigint");
DB_STATEMENT(ledger_select_transfer, "select " TRANSFER_COLUMNS " from payments.transfer t"
                                     " where t.district = $1::integer and t.id = $2::bigint");

enum db_status ledger_store_agency_register(struct db *db, const struct agency *agency)
{
    return db_exec(db, &ledger_insert_agency,
                   DB_PARAMS(db_text(agency->code), db_text(agency->name_zh), db_text(agency->unit_code),
                             db_text(agency->account_number), db_text(agency->format_code),
                             db_text(agency->answer_format_code), db_text(agency->statement_format_code),
                             db_text(agency->bank_number), db_text(agency->account_name)),
                   NULL);
}

enum db_status ledger_store_agencies(struct db *db, int64_t district, struct db_result **ret_result)
{
    return db_exec(db, &ledger_select_agencies, DB_PARAMS(db_int(district)), ret_result);
}

enum db_status ledger_store_appropriate(struct db *db, const char *item, const char *source, int64_t amount_fen,
                                        const char *reference, struct db_result **ret_result)
{
    return db_exec(db, &ledger_insert_appropriation,
                   DB_PARAMS(db_text(item), db_text(source), db_int(amount_fen), db_text(reference)), ret_result);
}

enum db_status ledger_store_accounts(struct db *db, int64_t district, const char *item, struct db_result **ret_result)
{
    return db_exec(db, &ledger_select_accounts, DB_PARAMS(db_int(district), db_text(item)), ret_result);
}

enum db_status ledger_store_transfers(struct db *db, int64_t district, const struct transfer_filter *filter,
                                      struct db_result **ret_result)
{
    return db_exec(db, &ledger_select_transfers,
                   DB_PARAMS(db_int(district), db_int(filter->after), db_text(filter->item), db_int(filter->run_id),
                             db_int(filter->limit + 1)),
                   ret_result);
}

enum db_status ledger_store_transfer(struct db *db, int64_t district, int64_t transfer_id,
                                     struct db_result **ret_result)
{
    return db_exec(db, &ledger_select_transfer, DB_PARAMS(db_int(district), db_int(transfer_id)), ret_result);
}
