/* SQL of the agent bank, appropriations, ledger accounts and transfers. */
#ifndef HUIMIN_LEDGER_STORE_H
#define HUIMIN_LEDGER_STORE_H

#include "db.h"

#include <stdint.h>

/* The bank account that pays. NULL formats: agency-pipe-8, and answers and statements as the payment files. */
struct agency {
    const char *code;
    const char *name_zh;
    const char *unit_code;
    const char *account_number;
    const char *format_code;
    const char *answer_format_code;
    const char *statement_format_code;
    const char *bank_number;  /* CNAPS; NULL: not known */
    const char *account_name; /* 户名; NULL: not known */
};
enum db_status ledger_store_agency_register(struct db *db, const struct agency *agency);
enum db_status ledger_store_agencies(struct db *db, int64_t district, struct db_result **ret_result);

/* One row: id of the transfer. */
enum db_status ledger_store_appropriate(struct db *db, const char *item, const char *source, int64_t amount_fen,
                                        const char *reference, struct db_result **ret_result);

/* item NULL: all. At most 46 items x 4 sources x 6 kinds of rows. */
enum db_status ledger_store_accounts(struct db *db, int64_t district, const char *item, struct db_result **ret_result);

struct transfer_filter {
    const char *item; /* NULL: any */
    int64_t run_id;   /* 0: any */
    int64_t after;
    int64_t limit;
};
enum db_status ledger_store_transfers(struct db *db, int64_t district, const struct transfer_filter *filter,
                                      struct db_result **ret_result);
enum db_status ledger_store_transfer(struct db *db, int64_t district, int64_t transfer_id,
                                     struct db_result **ret_result);

#endif
