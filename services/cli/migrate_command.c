#include "command.h"
#include "migration_store.h"

#include <stdio.h>
#include <string.h>

static bool migrate_failed(enum db_status status)
{
    return status == DB_HARD || status == DB_RETRY;
}

static void migrate_copy_applied(const struct db_result *result, struct migration_applied *ret_applied)
{
    for (size_t i = 0; i < db_row_count(result); i++) {
        snprintf(ret_applied[i].name, sizeof(ret_applied[i].name), "%s", db_value(result, i, 1));
        snprintf(ret_applied[i].sha256, sizeof(ret_applied[i].sha256), "%s", db_value(result, i, 2));
    }
}

static enum command_exit migrate_refuse(enum migration_fault fault, const char *name)
{
    switch (fault) {
    case MIGRATION_NAME:
        return command_fail(name, "文件名应为 NNNN_topic.sql", "the file's name must be NNNN_topic.sql");
    case MIGRATION_GAP:
        return command_fail(name, "编号不连续", "the numbering has a gap or a repeated number before this file");
    case MIGRATION_CHANGED:
        return command_fail(name, "该迁移已执行，但文件内容或名称已改变；请恢复原文件，另写新迁移",
                            "was applied with other content or under another name; restore the file and write a new "
                            "migration instead");
    default:
        return command_fail(name, "数据库已执行该迁移，但目录中没有：文件版本过旧",
                            "is applied in the database, but not among the files: they are of an older release");
    }
}

/* Compares under the lock; *ret_next is the first file that remains. */
static enum command_exit migrate_plan(struct db *db, const struct sql_files *files, size_t *ret_next)
{
    struct db_result *result CLEANUP_RESULT = NULL;
    if (migrate_failed(migration_lock(db)) || migrate_failed(migration_list(db, &result)))
        return command_fail_db("app.migration", db);
    struct migration_applied applied[SQL_FILES_MAX];
    size_t count = db_row_count(result);
    if (count > SQL_FILES_MAX)
        return command_fail("app.migration", "记录过多", "holds too many rows");
    migrate_copy_applied(result, applied);
    size_t index;
    enum migration_fault fault = migration_compare(files, applied, count, &index);
    *ret_next = count;
    if (fault == MIGRATION_FITS)
        return COMMAND_DONE;
    return migrate_refuse(fault, fault == MIGRATION_AHEAD ? applied[index].name : files->files[index].name);
}

static enum command_exit migrate_commit(struct db *db, const char *subject)
{
    return db_commit(db) == DB_NONE ? COMMAND_DONE : command_fail_db(subject, db);
}

/* One transaction: the plan is made anew under the lock each time, so that two at once share the work. */
static enum command_exit migrate_one(struct db *db, const struct sql_files *files, size_t *ret_next)
{
    const struct db_context context = command_context(0);
    if (db_begin(db, DB_WRITE, &context) == DB_HARD)
        return command_fail_db("migrate", db);
    enum command_exit status = migrate_plan(db, files, ret_next);
    if (status != COMMAND_DONE)
        return status;
    if (*ret_next == files->count)
        return migrate_commit(db, "migrate");
    const struct sql_file *file = &files->files[*ret_next];
    if (migrate_failed(db_script(db, file->text)) || migrate_failed(migration_record(db, *ret_next + 1, file)))
        return command_fail_db(file->name, db);
    status = migrate_commit(db, file->name);
    if (status == COMMAND_DONE)
        printf("%s\t已执行 / applied\n", file->name);
    return status;
}

static bool functions_fit(const struct sql_files *files, const struct db_result *result)
{
    if (db_row_count(result) != files->count)
        return false;
    for (size_t i = 0; i < files->count; i++)
        if (strcmp(db_value(result, i, 0), files->files[i].name) != 0 ||
            strcmp(db_value(result, i, 1), files->files[i].sha256) != 0 || !db_value_bool(result, i, 2))
            return false;
    return true;
}

static enum command_exit functions_apply(struct db *db, const struct sql_files *files)
{
    if (migrate_failed(function_files_forget(db)))
        return command_fail_db("app.function_file", db);
    for (size_t i = 0; i < files->count; i++) {
        const struct sql_file *file = &files->files[i];
        if (migrate_failed(db_script(db, file->text)) || migrate_failed(function_file_record(db, file)))
            return command_fail_db(file->name, db);
    }
    return COMMAND_DONE;
}

/* Functions are replaced as a whole: after a migration, or when any file differs, all of them. */
static enum command_exit migrate_functions(struct db *db, const struct sql_files *files)
{
    struct db_result *result CLEANUP_RESULT = NULL;
    const struct db_context context = command_context(0);
    if (db_begin(db, DB_WRITE, &context) == DB_HARD || migrate_failed(migration_lock(db)) ||
        migrate_failed(function_files_list(db, &result)))
        return command_fail_db("app.function_file", db);
    bool fit = functions_fit(files, result);
    enum command_exit status = fit ? COMMAND_DONE : functions_apply(db, files);
    if (status == COMMAND_DONE)
        status = migrate_commit(db, "functions");
    if (status == COMMAND_DONE)
        printf("functions\t%zu\t%s\n", files->count, fit ? "无变化 / unchanged" : "已更新 / applied");
    return status;
}

enum command_exit migrate_command(const struct config *config, const char *const *arguments, size_t argument_count)
{
    static const struct option_rule rules[] = {{"sql", OPTION_TEXT, 0, true, 0, 0}};
    const char *folder = NULL;
    if (!options_read(rules, 1, arguments, argument_count, &folder, stderr))
        return COMMAND_USAGE;
    struct sql_files migrations CLEANUP_SQL_FILES = {0};
    struct sql_files functions CLEANUP_SQL_FILES = {0};
    if (!sql_files_read(folder, "migrations", &migrations, stderr) ||
        !sql_files_read(folder, "functions", &functions, stderr))
        return COMMAND_FAILED;
    struct db *db CLEANUP_DB = command_begin(config, DB_WRITE, 0);
    if (db == NULL)
        return COMMAND_FAILED;
    enum command_exit status = COMMAND_DONE;
    size_t next = 0;
    while (status == COMMAND_DONE && next < migrations.count)
        status = migrate_one(db, &migrations, &next);
    if (status == COMMAND_DONE)
        printf("migrations\t%zu\t已是最新 / up to date\n", migrations.count);
    return status == COMMAND_DONE ? migrate_functions(db, &functions) : status;
}
