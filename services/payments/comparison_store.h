/* SQL of comparisons and simulations: sql/functions/payments_45_compare.sql, payments_46_simulate.sql. A refusal comes
 * back through db_error(). Results are owned by the caller. */
#ifndef HUIMIN_COMPARISON_STORE_H
#define HUIMIN_COMPARISON_STORE_H

#include "db.h"

#include <stdint.h>

/* One row: a run beside the period before, by change, cause and division. */
enum db_status comparison_store_get(struct db *db, int64_t run_id, struct db_result **ret_result);

struct comparison_filter {
    const char *change; /* NULL: any */
    const char *cause;  /* NULL: any */
    int64_t after;
    int64_t limit;
};

/* limit + 1 rows at most, by unit. */
enum db_status comparison_store_lines(struct db *db, int64_t run_id, const struct comparison_filter *filter,
                                      struct db_result **ret_result);

struct simulation {
    const char *item;
    const char *tier;
    const char *amount_fen;   /* digits; NULL with basis_points */
    const char *basis_points; /* digits; NULL with amount_fen */
    const char *amount_per;
    const char *from; /* 2020-06-01 */
    int64_t months;
};

/* One row of months, sums and sources. Nothing is stored, though the transaction must be one that may write. */
enum db_status simulation_store_run(struct db *db, const struct simulation *simulation, struct db_result **ret_result);

#endif
