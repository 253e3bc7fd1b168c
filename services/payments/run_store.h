/* SQL of runs. The rules of a run's life are in sql/functions/payments_40_run.sql, where no direct SQL gets around
 * them; a refusal comes back through db_error(). Results are owned by the caller. */
#ifndef HUIMIN_RUN_STORE_H
#define HUIMIN_RUN_STORE_H

#include "db.h"

#include <stdint.h>

/* One row: id of the new run. */
enum db_status run_store_create(struct db *db, const char *item, const char *period, int64_t supplement,
                                struct db_result **ret_result);

/* Rows of one text: what is missing before item can be paid for period. */
enum db_status run_store_missing(struct db *db, int64_t district, const char *item, const char *period,
                                 struct db_result **ret_result);

/* One row: the run with its sums by state. */
enum db_status run_store_get(struct db *db, int64_t district, int64_t run_id, struct db_result **ret_result);

struct run_filter {
    const char *item;   /* NULL: any */
    const char *period; /* NULL: any */
    const char *state;  /* NULL: any */
    int64_t after;
    int64_t limit;
};

/* limit + 1 rows at most, by id. */
enum db_status run_store_list(struct db *db, int64_t district, const struct run_filter *filter,
                              struct db_result **ret_result);

enum db_status run_store_held(struct db *db, int64_t district, int64_t run_id, int64_t after, int64_t limit,
                              struct db_result **ret_result);

enum db_status run_store_approve(struct db *db, int64_t run_id, int64_t lines, int64_t amount_fen);
enum db_status run_store_release(struct db *db, int64_t run_id);
enum db_status run_store_cancel(struct db *db, int64_t run_id);

/* One row of totals; rows of lines after (person, period). */
enum db_status run_store_dry_totals(struct db *db, const char *item, const char *period, struct db_result **ret_result);
enum db_status run_store_dry_lines(struct db *db, const char *item, const char *period, int64_t after_person,
                                   const char *after_period, int64_t limit, struct db_result **ret_result);

/* The worker's: fill a run that is GENERATING, or mark it FAILED. */
enum db_status run_store_fill(struct db *db, int64_t run_id);
enum db_status run_store_fail(struct db *db, int64_t run_id, const char *code);

#endif
