/* SQL of breaks, closed days and the state of jobs. */
#ifndef HUIMIN_RECONCILIATION_STORE_H
#define HUIMIN_RECONCILIATION_STORE_H

#include "db.h"

#include <stdint.h>

/* state NULL: any. limit + 1 rows at most. */
enum db_status break_store_list(struct db *db, int64_t district, const char *state, int64_t after, int64_t limit,
                                struct db_result **ret_result);
enum db_status break_store_get(struct db *db, int64_t district, int64_t break_id, struct db_result **ret_result);
enum db_status break_store_close(struct db *db, int64_t break_id, const char *evidence);

enum db_status reconciliation_store_list(struct db *db, int64_t district, int64_t after, int64_t limit,
                                         struct db_result **ret_result);
/* date: YYYY-MM-DD, checked by the caller. */
enum db_status reconciliation_store_get(struct db *db, int64_t district, const char *date,
                                        struct db_result **ret_result);

enum db_status job_store_get(struct db *db, int64_t district, int64_t job_id, struct db_result **ret_result);

#endif
