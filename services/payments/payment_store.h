/* SQL of single payments and their history. */
#ifndef HUIMIN_PAYMENT_STORE_H
#define HUIMIN_PAYMENT_STORE_H

#include "db.h"

#include <stdint.h>

/* Every state of a payment (payments.payment_transition), for filters. */
#define PAYMENT_STATES "CREATED,APPROVED,FILED,SENT,ACCEPTED,PAID,REJECTED,RETURNED,UNKNOWN,CANCELLED"

struct payment_filter {
    int64_t run_id;    /* 0: any */
    int64_t person_id; /* 0: any */
    const char *state; /* NULL: any */
    int64_t after;
    int64_t limit;
};

/* limit + 1 rows at most, by id. */
enum db_status payment_store_list(struct db *db, int64_t district, const struct payment_filter *filter,
                                  struct db_result **ret_result);

/* One row, with `history` as a JSON array. */
enum db_status payment_store_get(struct db *db, int64_t district, int64_t payment_id, struct db_result **ret_result);

/* One row: id of the run that holds the reissue. */
enum db_status payment_store_reissue(struct db *db, int64_t payment_id, struct db_result **ret_result);

/* Settles an UNKNOWN payment as PAID or REJECTED on the bank's evidence. */
enum db_status payment_store_resolve(struct db *db, int64_t payment_id, const char *state);

#endif
