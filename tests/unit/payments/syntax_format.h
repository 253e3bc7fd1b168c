/* Formats of every syntax for unit tests without a database: their styles, and what sample_format.h has of codes. */
#ifndef HUIMIN_SYNTAX_FORMAT_H
#define HUIMIN_SYNTAX_FORMAT_H

#include "sample_format.h"

#include <stdlib.h>

static const char *const syntax_report_fields[][2] = {
    {"report_header", "date:日期"},           {"report_header", "unit:单位编号"},  {"report_header", "file:文件名"},
    {"report_columns", "reference:代理编号"}, {"report_columns", "name:客户姓名"}, {"report_columns", "amount:金额"},
    {"report_columns", "account:账号"},       {"report_columns", "text:失败原因"}, {"report_total", "total_line:合计"},
    {"report_total", "count:笔数"},           {"report_total", "total:金额"},
};

/* A format of this syntax; freed by the caller. */
static inline struct bank_format *syntax_format(const char *syntax)
{
    struct bank_format *format = malloc(sizeof(*format));
    *format = sample_format();
    bool iso = strcmp(syntax, "iso20022") == 0;
    bool mt940 = strcmp(syntax, "mt940") == 0;
    bool report = strcmp(syntax, "report") == 0;
    bank_format_set_styles(format, syntax,
                           mt940    ? "comma"
                           : report ? "grouped"
                                    : "point",
                           iso     ? "dash"
                           : mt940 ? "short"
                                   : "compact");
    format->gb18030 = !iso;
    for (size_t i = 0; report && i < sizeof(syntax_report_fields) / sizeof(syntax_report_fields[0]); i++)
        bank_format_add(format, syntax_report_fields[i][0], syntax_report_fields[i][1]);
    bank_format_add_code(format, "line", "PDNG", "W");
    return format;
}

#endif
