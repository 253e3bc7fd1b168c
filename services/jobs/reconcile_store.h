/* SQL of the nightly reconciliation (sql/functions/payments_70_reconcile.sql) and of its report. */
#ifndef HUIMIN_RECONCILE_STORE_H
#define HUIMIN_RECONCILE_STORE_H

#include "db.h"

#include <stdbool.h>
#include <stdint.h>

/* One row: the day's totals, column names as in the report. date: YYYY-MM-DD. */
enum db_status reconcile_store_run(struct db *db, const char *date, bool close, struct db_result **ret_result);

/* Rows: item, item_zh, period, lines, people, amount_fen, paid_fen, returned_fen, rejected_fen, open_fen. */
enum db_status reconcile_store_programmes(struct db *db, int64_t district, struct db_result **ret_result);
/* Rows: division, name_zh, name_en and the same sums. */
enum db_status reconcile_store_divisions(struct db *db, int64_t district, struct db_result **ret_result);
/* Rows: agency, files, amount_fen, debits_fen, credits_fen. */
enum db_status reconcile_store_banks(struct db *db, int64_t district, struct db_result **ret_result);
/* Rows: id, class, key, severity, amount_fen, opened_on, age_days; oldest first, at most 1000. */
enum db_status reconcile_store_breaks(struct db *db, int64_t district, struct db_result **ret_result);
/* Rows: invariant, violation; at most 1000. */
enum db_status reconcile_store_violations(struct db *db, int64_t district, struct db_result **ret_result);
/* Rows: id, name, chunks, sha256 (hex), bytes of every file. */
enum db_status reconcile_store_files(struct db *db, int64_t district, struct db_result **ret_result);

#endif
