#include "migration_store.h"

/* The key is "huimin" in ASCII: an arbitrary number that nothing else in this database uses. */
DB_STATEMENT(migration_lock_take, "select pg_advisory_xact_lock(114853489240430::bigint)");

DB_STATEMENT(migration_select, "select number, name, sha256 from app.migration order by number");

DB_STATEMENT(migration_insert, "insert into app.migration (number, name, sha256)"
                               " values ($1::integer, $2::text, $3::text)");

DB_STATEMENT(function_file_select,
             "select name, sha256, applied_at >= (select max(m.applied_at) from app.migration m) as fresh"
             "  from app.function_file order by name collate \"C\"");

DB_STATEMENT(function_file_delete, "delete from app.function_file");

DB_STATEMENT(function_file_insert, "insert into app.function_file (name, sha256) values ($1::text, $2::text)");

/* The record must be there before the first migration, so it is not part of one. */
static const char migration_tables[] =
    "create schema if not exists app;"
    "create table if not exists app.migration ("
    "  number integer primary key check (number > 0), name text not null,"
    "  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'), applied_at timestamptz not null default "
    "now());"
    "create table if not exists app.function_file ("
    "  name text primary key, sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),"
    "  applied_at timestamptz not null default now());";

enum db_status migration_lock(struct db *db)
{
    enum db_status status = db_exec(db, &migration_lock_take, DB_NO_PARAMS, NULL);
    return status == DB_ROW ? db_script(db, migration_tables) : status;
}

enum db_status migration_list(struct db *db, struct db_result **ret_result)
{
    return db_exec(db, &migration_select, DB_NO_PARAMS, ret_result);
}

enum db_status migration_record(struct db *db, size_t number, const struct sql_file *file)
{
    return db_exec(db, &migration_insert,
                   DB_PARAMS(db_int((int64_t)number), db_text(file->name), db_text(file->sha256)), NULL);
}

enum db_status function_files_list(struct db *db, struct db_result **ret_result)
{
    return db_exec(db, &function_file_select, DB_NO_PARAMS, ret_result);
}

enum db_status function_files_forget(struct db *db)
{
    return db_exec(db, &function_file_delete, DB_NO_PARAMS, NULL);
}

enum db_status function_file_record(struct db *db, const struct sql_file *file)
{
    return db_exec(db, &function_file_insert, DB_PARAMS(db_text(file->name), db_text(file->sha256)), NULL);
}
