/* SQL of overpayments. What may be recovered and by whom is in sql/functions/payments_35_recovery.sql; a refusal comes
 * back through db_error(). Results are owned by the caller. */
#ifndef HUIMIN_OVERPAYMENT_STORE_H
#define HUIMIN_OVERPAYMENT_STORE_H

#include "db.h"

#include <stdint.h>

struct overpayment_filter {
    const char *item;  /* NULL: any */
    int64_t person_id; /* 0: any */
    const char *open;  /* "true": something is open, "false": nothing, NULL: any */
    int64_t after;
    int64_t limit;
};

/* limit + 1 rows at most, by id. */
enum db_status overpayment_store_list(struct db *db, int64_t district, const struct overpayment_filter *filter,
                                      struct db_result **ret_result);

/* One row: the overpayment with its recoveries. */
enum db_status overpayment_store_get(struct db *db, int64_t district, int64_t overpayment_id,
                                     struct db_result **ret_result);

/* One row: id of the new recovery. */
enum db_status overpayment_store_collect(struct db *db, int64_t overpayment_id, int64_t amount_fen,
                                         const char *reference, struct db_result **ret_result);
enum db_status overpayment_store_propose(struct db *db, int64_t overpayment_id, int64_t amount_fen,
                                         const char *reference, struct db_result **ret_result);

enum db_status overpayment_store_decide(struct db *db, int64_t recovery_id, bool approve);

/* One row: a recovery. */
enum db_status overpayment_store_recovery(struct db *db, int64_t district, int64_t recovery_id,
                                          struct db_result **ret_result);

#endif
