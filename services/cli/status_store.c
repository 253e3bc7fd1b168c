#include "status_store.h"

#define LOCAL_TIME(column) "to_char(" column " at time zone 'Asia/Shanghai', 'YYYY-MM-DD\"T\"HH24:MI:SS\"+08:00\"')"

DB_STATEMENT(status_server_select,
             "select current_setting('server_version') as version, current_database()::text as database,"
             " current_user::text as role");

DB_STATEMENT(status_migration_select,
             "select (select count(*) from app.migration) as migrations,"
             "       (select name from app.migration order by number desc limit 1) as last,"
             "       (select " LOCAL_TIME(
                 "max(applied_at)") " from app.migration) as applied_at,"
                                    "       (select count(*) from app.function_file) as function_files");

DB_STATEMENT(status_job_select,
             "select district, kind, state, count(*) as jobs from ops.job"
             " where state in ('QUEUED', 'RUNNING') or (state = 'FAILED' and finished_at > now() - interval '7 days')"
             " group by district, kind, state order by district, kind, state");

DB_STATEMENT(status_event_select, "select " LOCAL_TIME("at") ", district, act, entity || ' ' || entity_id, actor"
                                                             "  from audit.event order by id desc limit 10");

enum db_status status_server(struct db *db, struct db_result **ret_result)
{
    return db_exec(db, &status_server_select, DB_NO_PARAMS, ret_result);
}

enum db_status status_migrations(struct db *db, struct db_result **ret_result)
{
    return db_exec(db, &status_migration_select, DB_NO_PARAMS, ret_result);
}

enum db_status status_jobs(struct db *db, struct db_result **ret_result)
{
    return db_exec(db, &status_job_select, DB_NO_PARAMS, ret_result);
}

enum db_status status_events(struct db *db, struct db_result **ret_result)
{
    return db_exec(db, &status_event_select, DB_NO_PARAMS, ret_result);
}
