/* The accounts that people are paid to; conventions as in person_store.h. */
#ifndef HUIMIN_ACCOUNT_STORE_H
#define HUIMIN_ACCOUNT_STORE_H

#include "db.h"
#include "sealed.h"

#include <stdint.h>

struct account_row {
    int64_t district;
    int64_t id; /* taken with person_store_next_id() */
    int64_t person;
    int64_t holder;   /* whose account it is */
    const char *kind; /* card, legacy_card, passbook */
    const char *bank_number;
    const struct sealed *number;
    const char *from; /* YYYY-MM-DD; NULL: from today when one was known before, else open */
};

/* Closes the account of before (a change of card) and inserts this one; answers it as the API shows it. The
 * person is locked. DB_NONE when the account in force is the same one with the same holder. */
enum db_status account_store_insert(struct db *db, const struct account_row *row, struct db_result **ret_result);

/* What begins after the account's first day: see register_check_later(). */
enum db_status account_store_later(struct db *db, const struct account_row *row, int64_t replaces,
                                   struct db_result **ret_result);

/* A person's accounts, oldest first, past ones too. */
enum db_status account_store_list(struct db *db, int64_t district, int64_t person, int64_t after, int64_t limit,
                                  struct db_result **ret_result);

#endif
