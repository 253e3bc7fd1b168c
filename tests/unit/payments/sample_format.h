/* The agency format as the migrations ship it, with a few of the common codes and reasons, for unit tests without a
 * database. */
#ifndef HUIMIN_SAMPLE_FORMAT_H
#define HUIMIN_SAMPLE_FORMAT_H

#include "bank_format.h"

#include <stddef.h>
#include <string.h>

static const char *const sample_fields[][2] = {
    {"file_header", "literal:HEAD"},
    {"file_header", "literal:V1"},
    {"file_header", "date"},
    {"file_header", "unit"},
    {"file_header", "agency"},
    {"file_header", "sequence"},
    {"file_header", "count"},
    {"file_header", "total"},
    {"file_detail", "reference"},
    {"file_detail", "name"},
    {"file_detail", "amount"},
    {"file_detail", "account"},
    {"file_detail", "unit"},
    {"file_detail", "literal:1"},
    {"file_detail", "id_number"},
    {"file_detail", "occurrence"},
    {"acknowledgement", "literal:ACK"},
    {"acknowledgement", "literal:V1"},
    {"acknowledgement", "file"},
    {"acknowledgement", "sha256"},
    {"acknowledgement", "count"},
    {"acknowledgement", "total"},
    {"acknowledgement", "verdict"},
    {"acknowledgement", "code"},
    {"acknowledgement", "text"},
    {"result_header", "literal:RSLT"},
    {"result_header", "literal:V1"},
    {"result_header", "date"},
    {"result_header", "unit"},
    {"result_header", "file"},
    {"result_header", "count"},
    {"result_header", "total"},
    {"return_header", "literal:RTRN"},
    {"return_header", "literal:V1"},
    {"return_header", "date"},
    {"return_header", "unit"},
    {"return_header", "file"},
    {"return_header", "count"},
    {"return_header", "total"},
    {"answer_detail", "reference"},
    {"answer_detail", "name"},
    {"answer_detail", "amount"},
    {"answer_detail", "account"},
    {"answer_detail", "status"},
    {"answer_detail", "code"},
    {"answer_detail", "text"},
    {"answer_trailer", "literal:END"},
    {"answer_trailer", "count"},
    {"answer_trailer", "total"},
    {"statement_header", "literal:STMT"},
    {"statement_header", "literal:V1"},
    {"statement_header", "date"},
    {"statement_header", "unit"},
    {"statement_header", "account"},
    {"statement_header", "statement_no"},
    {"statement_header", "opening"},
    {"statement_header", "closing"},
    {"statement_header", "count"},
    {"statement_entry", "entry_no"},
    {"statement_entry", "direction"},
    {"statement_entry", "amount"},
    {"statement_entry", "bank_reference"},
    {"statement_entry", "our_reference"},
    {"statement_entry", "text"},
    {"statement_trailer", "literal:END"},
    {"statement_trailer", "count"},
    {"statement_trailer", "closing"},
};

static const char *const sample_codes[][3] = {
    {"line", "S", "S"},
    {"line", "F", "F"},
    {"line", "W", "W"},
    {"line", "R", "R"},
    {"line", "ACSC", "S"},
    {"line", "RJCT", "F"},
    {"line", "ACSP", "W"},
    {"line", "成功", "S"},
    {"line", "失败", "F"},
    {"file", "OK", "OK"},
    {"file", "NO", "NO"},
    {"file", "ACTC", "OK"},
    {"file", "RJCT", "NO"},
    {"entry", "NCHG", "fee"},
    {"entry", "CHRG", "fee"},
    {"entry", "NRTI", "return"},
    {"entry_text", "手续费", "fee"},
    {"entry_text", "退票", "return"},
};

static const char *const sample_reasons[][3] = {
    {"text", "户名不符", "NAME_MISMATCH"},
    {"prefix", "查找账号", "NO_ACCOUNT"},
    {"text", "销户", "CLOSED"},
    {"text", "状态异常", "STATUS"},
    {"code", "RJ02", "NAME_MISMATCH"},
    {"code", "RJ11", "STATUS"},
    {"code", "H022", "DUP"},
    {"code", "AC04", "CLOSED"},
};

static inline struct bank_format sample_format(void)
{
    struct bank_format format = {.gb18030 = true, .line_end = "\r\n", .delimiter = '|', .closing_delimiter = true};
    for (size_t i = 0; i < sizeof(sample_fields) / sizeof(sample_fields[0]); i++)
        bank_format_add(&format, sample_fields[i][0], sample_fields[i][1]);
    for (size_t i = 0; i < sizeof(sample_codes) / sizeof(sample_codes[0]); i++)
        bank_format_add_code(&format, sample_codes[i][0], sample_codes[i][1], sample_codes[i][2]);
    for (size_t i = 0; i < sizeof(sample_reasons) / sizeof(sample_reasons[0]); i++)
        bank_format_add_reason(&format, sample_reasons[i][0], sample_reasons[i][1], sample_reasons[i][2]);
    return format;
}

#endif
