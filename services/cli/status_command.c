#include "command.h"
#include "status_store.h"

#include <stdio.h>

typedef enum db_status status_query(struct db *db, struct db_result **ret_result);

/* Prints each row as one line of label and values. */
static bool status_print(struct db *db, const char *label, int columns, status_query *query)
{
    struct db_result *result CLEANUP_RESULT = NULL;
    enum db_status status = query(db, &result);
    if (status == DB_HARD || status == DB_RETRY)
        return false;
    if (status == DB_NONE)
        printf("%s\t无 / none\n", label);
    for (size_t row = 0; row < db_row_count(result); row++) {
        fputs(label, stdout);
        for (int column = 0; column < columns; column++) {
            const char *text = db_value(result, row, column);
            printf("\t%s", text != NULL ? text : "-");
        }
        putchar('\n');
    }
    return true;
}

enum command_exit status_command(const struct config *config, const char *const *arguments, size_t argument_count)
{
    if (!options_read(NULL, 0, arguments, argument_count, NULL, stderr))
        return COMMAND_USAGE;
    struct db *db CLEANUP_DB = command_begin(config, DB_READ, 0);
    if (db == NULL)
        return COMMAND_FAILED;
    if (status_print(db, "数据库 / database", 3, status_server) &&
        status_print(db, "迁移 / migrations", 4, status_migrations) &&
        status_print(db, "任务 / jobs", 4, status_jobs) && status_print(db, "事件 / events", 5, status_events))
        return COMMAND_DONE;
    return command_fail_db("尚未迁移，或角色权限不足 / not migrated, or not a role that may look", db);
}
