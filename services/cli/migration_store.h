/* The database's record of migrations and function files: app.migration and app.function_file. */
#ifndef HUIMIN_MIGRATION_STORE_H
#define HUIMIN_MIGRATION_STORE_H

#include "db.h"
#include "migration.h"

/* Waits until no other `huimin migrate` is in a transaction, then makes the two tables when they are missing.
 * The lock is held until the transaction ends. */
enum db_status migration_lock(struct db *db);

/* Rows of number, name, sha256, in order of their numbers. */
enum db_status migration_list(struct db *db, struct db_result **ret_result);

/* Records a migration as applied in this transaction. */
enum db_status migration_record(struct db *db, size_t number, const struct sql_file *file);

/* Rows of name, sha256, fresh in order of names; fresh: applied after the last migration. */
enum db_status function_files_list(struct db *db, struct db_result **ret_result);

/* Forgets all function files, and records one. */
enum db_status function_files_forget(struct db *db);
enum db_status function_file_record(struct db *db, const struct sql_file *file);

#endif
