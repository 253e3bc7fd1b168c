/* What `huimin status` shows, over all districts: for the database's owner. */
#ifndef HUIMIN_STATUS_STORE_H
#define HUIMIN_STATUS_STORE_H

#include "db.h"

/* One row: server version, database, role. */
enum db_status status_server(struct db *db, struct db_result **ret_result);

/* One row: number of migrations, name and time of the last, number of function files. */
enum db_status status_migrations(struct db *db, struct db_result **ret_result);

/* Rows of district, kind, state, count: open jobs, and failed ones of the last seven days. */
enum db_status status_jobs(struct db *db, struct db_result **ret_result);

/* Rows of time, district, act, entity with its id, actor: the last ten events. */
enum db_status status_events(struct db *db, struct db_result **ret_result);

#endif
