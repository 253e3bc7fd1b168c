#include "command.h"

#include <stdio.h>

DB_STATEMENT(invariants_select,
             "select v.invariant, v.violation from payments.invariants($1::integer) as v order by v.invariant");

struct invariants_options {
    int64_t district;
    bool json;
};

static void invariants_print(const struct db_result *result)
{
    for (size_t row = 0; row < db_row_count(result); row++)
        printf("%s\t%s\n", db_value(result, row, 0), db_value(result, row, 1));
    printf("一致性检查未通过 / violations\t%zu\n", db_row_count(result));
}

static enum command_exit invariants_print_json(const struct db_result *result)
{
    struct buffer out CLEANUP_BUFFER = buffer_init((size_t)64 * 1024 * 1024);
    buffer_append_text(&out, "{\"violations\":[");
    for (size_t row = 0; row < db_row_count(result); row++) {
        if (row > 0)
            buffer_append_char(&out, ',');
        db_row_json(result, row, &out);
    }
    buffer_append_text(&out, "]}");
    if (out.failed)
        return command_fail(NULL, "未通过的一致性检查过多，无法输出", "too many violations to print");
    puts(out.data);
    return COMMAND_DONE;
}

enum command_exit invariants_command(const struct config *config, const char *const *arguments, size_t argument_count)
{
    static const struct option_rule rules[] = {
        {"district", OPTION_INT, offsetof(struct invariants_options, district), true, 100000, 999999},
        {"json", OPTION_FLAG, offsetof(struct invariants_options, json), false, 0, 0},
    };
    struct invariants_options options = {0};
    if (!options_read(rules, 2, arguments, argument_count, &options, stderr))
        return COMMAND_USAGE;
    struct db *db CLEANUP_DB = command_begin(config, DB_READ, options.district);
    if (db == NULL)
        return COMMAND_NOT_CHECKED;
    struct db_result *result CLEANUP_RESULT = NULL;
    enum db_status status = db_exec(db, &invariants_select, DB_PARAMS(db_int(options.district)), &result);
    if (status == DB_HARD || status == DB_RETRY) {
        command_fail_db("invariants", db);
        return COMMAND_NOT_CHECKED;
    }
    if (!options.json)
        invariants_print(result);
    else if (invariants_print_json(result) != COMMAND_DONE)
        return COMMAND_NOT_CHECKED;
    return db_row_count(result) == 0 ? COMMAND_DONE : COMMAND_FAILED;
}
