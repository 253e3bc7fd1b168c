#include "catalogue_store.h"
#include "command.h"
#include "json_write.h"
#include "key_file.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>

struct catalogue_options {
    int64_t district;
    const char *dir;
};

static bool catalogue_read_file(const char *folder, const struct catalogue_table *table, struct buffer *ret_json)
{
    char path[PATH_MAX];
    char reason[KEY_FILE_REASON_BYTES];
    char *text = NULL;
    size_t length = 0;
    if (snprintf(path, sizeof(path), "%s/%s", folder, table->file) >= PATH_MAX) {
        command_fail(table->file, "路径过长", "the path is too long");
        return false;
    }
    if (key_file_read(path, CATALOGUE_FILE_BYTES_MAX, false, &text, &length, reason) != ERR_NONE) {
        command_fail(NULL, "无法读取", reason);
        return false;
    }
    bool good = catalogue_read(table, text, length, ret_json, stderr);
    free(text);
    return good;
}

static enum command_exit catalogue_load_table(struct db *db, const struct catalogue_options *options,
                                              enum catalogue_table_no no, const char *json,
                                              struct catalogue_counts *ret_counts)
{
    struct db_result *different CLEANUP_RESULT = NULL;
    const char *file = catalogue_table(no)->file;
    enum db_status status = catalogue_put(db, no, options->district, json, ret_counts, &different);
    if (status == DB_HARD || status == DB_RETRY)
        return command_fail_db(file, db);
    if (status == DB_NONE)
        return COMMAND_DONE;
    for (size_t i = 0; i < db_row_count(different); i++)
        command_fail(db_value(different, i, 0), "与已生效内容不同，不得改写；请终止原有内容并另起新行",
                     "differs from what is in force and is not overwritten; end that one and add a new line");
    return COMMAND_FAILED;
}

/* All files or nothing. */
static enum command_exit catalogue_load_all(struct db *db, const struct catalogue_options *options,
                                            struct buffer jsons[static CATALOGUE_TABLES],
                                            struct catalogue_counts counts[static CATALOGUE_TABLES])
{
    struct buffer data CLEANUP_BUFFER = buffer_init(4096);
    int64_t written = 0;
    buffer_append_char(&data, '{');
    for (int no = 0; no < CATALOGUE_TABLES; no++) {
        enum command_exit status = catalogue_load_table(db, options, no, jsons[no].data, &counts[no]);
        if (status != COMMAND_DONE)
            return status;
        written += counts[no].added + counts[no].changed;
        json_member(&data, catalogue_table(no)->file);
        buffer_printf(&data, "{\"lines\":%" PRId64 ",\"added\":%" PRId64 ",\"changed\":%" PRId64 "}", counts[no].lines,
                      counts[no].added, counts[no].changed);
    }
    buffer_append_char(&data, '}');
    if (written > 0 && catalogue_write_event(db, options->district, data.data) != DB_NONE)
        return command_fail_db("audit.event", db);
    return db_commit(db) == DB_NONE ? COMMAND_DONE : command_fail_db("commit", db);
}

static enum command_exit catalogue_load(const struct config *config, const struct catalogue_options *options,
                                        struct buffer jsons[static CATALOGUE_TABLES])
{
    for (int no = 0; no < CATALOGUE_TABLES; no++)
        if (!catalogue_read_file(options->dir, catalogue_table(no), &jsons[no]))
            return COMMAND_FAILED;
    struct db *db CLEANUP_DB = command_begin(config, DB_WRITE, options->district);
    if (db == NULL)
        return COMMAND_FAILED;
    struct catalogue_counts counts[CATALOGUE_TABLES];
    enum command_exit status = catalogue_load_all(db, options, jsons, counts);
    for (int no = 0; no < CATALOGUE_TABLES && status == COMMAND_DONE; no++)
        printf("%s\t%" PRId64 " 行 / lines\t%" PRId64 " 新增 / new\t%" PRId64 " 更新 / changed\n",
               catalogue_table(no)->file, counts[no].lines, counts[no].added, counts[no].changed);
    return status;
}

enum command_exit catalogue_load_command(const struct config *config, const char *const *arguments,
                                         size_t argument_count)
{
    static const struct option_rule rules[] = {
        {"district", OPTION_INT, offsetof(struct catalogue_options, district), true, 100000, 999999},
        {"dir", OPTION_TEXT, offsetof(struct catalogue_options, dir), true, 0, 0},
    };
    struct catalogue_options options = {0};
    if (!options_read(rules, 2, arguments, argument_count, &options, stderr))
        return COMMAND_USAGE;
    struct buffer jsons[CATALOGUE_TABLES] = {0};
    enum command_exit status = catalogue_load(config, &options, jsons);
    for (int no = 0; no < CATALOGUE_TABLES; no++)
        buffer_free(&jsons[no]);
    return status;
}
