#include "format_load.h"

#include "bank_format_store.h"

#include <stdio.h>
#include <string.h>

static enum err format_load_styles(struct db *db, const char *format_code, struct bank_format *ret_format)
{
    CLEANUP_RESULT struct db_result *row = NULL;
    enum db_status status = bank_format_store_styles(db, format_code, &row);
    if (status != DB_ROW)
        return status == DB_NONE ? ERR_NOT_FOUND : db_error(db, status);
    ret_format->gb18030 = strcmp(db_value(row, 0, 1), "GB18030") == 0;
    ret_format->bom = db_value_bool(row, 0, 2);
    snprintf(ret_format->line_end, sizeof(ret_format->line_end), "%s", db_value(row, 0, 3));
    ret_format->delimiter = db_is_null(row, 0, 4) ? '\0' : db_value(row, 0, 4)[0];
    ret_format->closing_delimiter = db_value_bool(row, 0, 5);
    snprintf(ret_format->file_suffix, sizeof(ret_format->file_suffix), "%s", db_value(row, 0, 8));
    return bank_format_set_styles(ret_format, db_value(row, 0, 0), db_value(row, 0, 6), db_value(row, 0, 7))
               ? ERR_NONE
               : ERR_INTERNAL;
}

static bool format_add_field(struct bank_format *format, const struct db_result *rows, size_t row)
{
    return bank_format_add(format, db_value(rows, row, 0), db_value(rows, row, 1));
}

static bool format_add_code(struct bank_format *format, const struct db_result *rows, size_t row)
{
    return bank_format_add_code(format, db_value(rows, row, 0), db_value(rows, row, 1), db_value(rows, row, 2));
}

static bool format_add_rule(struct bank_format *format, const struct db_result *rows, size_t row)
{
    return bank_format_add_reason(format, db_value(rows, row, 0), db_value(rows, row, 1), db_value(rows, row, 2));
}

enum err format_load(struct db *db, const char *format_code, struct bank_format *ret_format)
{
    static const struct {
        enum db_status (*select)(struct db *db, const char *code, struct db_result **ret_result);
        bool (*add)(struct bank_format *format, const struct db_result *rows, size_t row);
    } parts[] = {{bank_format_store_fields, format_add_field},
                 {bank_format_store_codes, format_add_code},
                 {bank_format_store_rules, format_add_rule}};
    memset(ret_format, 0, sizeof(*ret_format));
    enum err err = format_load_styles(db, format_code, ret_format);
    for (size_t i = 0; err == ERR_NONE && i < sizeof(parts) / sizeof(parts[0]); i++) {
        CLEANUP_RESULT struct db_result *rows = NULL;
        enum db_status status = parts[i].select(db, format_code, &rows);
        err = db_error(db, status);
        for (size_t row = 0; err == ERR_NONE && rows != NULL && row < db_row_count(rows); row++)
            if (!parts[i].add(ret_format, rows, row))
                err = ERR_INTERNAL;
    }
    return err;
}
