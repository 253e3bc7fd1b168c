/* Imports: what both the service and the worker need of the database. Their files: common/upload.h. */
#ifndef HUIMIN_IMPORT_STORE_H
#define HUIMIN_IMPORT_STORE_H

#include "db.h"

#include <stdint.h>

/* Creates the import of an upload and answers it as the API shows it. kind: people, enrolments. */
enum db_status import_store_insert(struct db *db, int64_t district, const char *kind, int64_t upload_id,
                                   struct db_result **ret_result);

enum db_status import_store_get(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);
enum db_status import_store_list(struct db *db, int64_t district, int64_t after, int64_t limit,
                                 struct db_result **ret_result);

/* Faults in the order in which they were found: id, line, column_name, code. At most limit + 1. */
enum { IMPORT_ERROR_ID, IMPORT_ERROR_LINE, IMPORT_ERROR_COLUMN, IMPORT_ERROR_CODE };
enum db_status import_store_errors(struct db *db, int64_t district, int64_t id, int64_t after, int64_t limit,
                                   struct db_result **ret_result);

/* Locks an import: kind, state, actor; lead: whether it takes cases over past a review or public notice that the rule
 * of an item of today demands, which is the lead unit's to decide. */
enum { IMPORT_LOCKED_KIND, IMPORT_LOCKED_STATE, IMPORT_LOCKED_ACTOR, IMPORT_LOCKED_LEAD };
enum db_status import_store_lock(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);

/* Approves the open applications of an import in one set operation. Those of people who are enrolled in the
 * item by then, and those that begin after the month of the import, are left open and counted as skipped. The import is
 * locked. */
enum db_status import_store_approve(struct db *db, int64_t district, int64_t id, int64_t *ret_approved,
                                    int64_t *ret_skipped);

#endif
