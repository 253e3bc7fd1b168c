#include "format_load.h"

#include "file_store.h"

#include <stdio.h>
#include <string.h>

enum err format_load(struct db *db, const char *format_code, struct bank_format *ret_format)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = file_store_format(db, format_code, &result);
    if (status != DB_ROWS)
        return status == DB_HARD || status == DB_RETRY ? db_error(db, status) : ERR_INTERNAL;
    memset(ret_format, 0, sizeof(*ret_format));
    ret_format->gb18030 = strcmp(db_value(result, 0, 2), "GB18030") == 0;
    snprintf(ret_format->line_end, sizeof(ret_format->line_end), "%s", db_value(result, 0, 3));
    ret_format->delimiter = db_value(result, 0, 4)[0];
    ret_format->closing_delimiter = db_value_bool(result, 0, 5);
    for (size_t i = 0; i < db_row_count(result); i++)
        if (!bank_format_add(ret_format, db_value(result, i, 0), db_value(result, i, 1)))
            return ERR_INTERNAL;
    return ERR_NONE;
}
