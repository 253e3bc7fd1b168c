/* A bank's file format as data (tables payments.bank_format, bank_record, bank_status, bank_reason): how it writes, the
 * records of its delimited files, and what its codes and texts mean. Pure: no I/O. Text here is UTF-8; files are
 * decoded before they are split, because a delimiter's byte occurs inside GB18030 characters. */
#ifndef HUIMIN_BANK_FORMAT_H
#define HUIMIN_BANK_FORMAT_H

#include "buffer.h"
#include "date.h"
#include "err.h"
#include "money.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum bank_syntax { BANK_DELIMITED, BANK_CSV, BANK_ISO20022, BANK_MT940, BANK_REPORT };

enum bank_record_kind {
    BANK_FILE_HEADER,
    BANK_FILE_TITLES,
    BANK_FILE_DETAIL,
    BANK_ACKNOWLEDGEMENT,
    BANK_RESULT_HEADER,
    BANK_RETURN_HEADER,
    BANK_ANSWER_TITLES,
    BANK_ANSWER_DETAIL,
    BANK_ANSWER_TRAILER,
    BANK_STATEMENT_HEADER,
    BANK_STATEMENT_TITLES,
    BANK_STATEMENT_ENTRY,
    BANK_STATEMENT_TRAILER,
    BANK_REPORT_HEADER,  /* fields are `value:label` */
    BANK_REPORT_COLUMNS, /* `value:heading` */
    BANK_REPORT_TOTAL,   /* `value:label`; `total_line:text` begins the line of sums */
    BANK_RECORD_COUNT
};

enum bank_amount_style { BANK_AMOUNT_POINT, BANK_AMOUNT_GROUPED, BANK_AMOUNT_COMMA, BANK_AMOUNT_FEN };
enum bank_date_style { BANK_DATE_COMPACT, BANK_DATE_DASH, BANK_DATE_SLASH, BANK_DATE_SHORT };

/* What a bank's code says: the verdict on a file (OK, NO), the state of a line (S, F, W, R), the kind of a statement's
 * entry by code or by a word of its text (payments, return, fee, interest, funds, reversal). */
enum bank_code_scope { BANK_CODE_FILE, BANK_CODE_LINE, BANK_CODE_ENTRY, BANK_CODE_ENTRY_TEXT, BANK_CODE_SCOPE_COUNT };
enum bank_reason_kind { BANK_REASON_CODE, BANK_REASON_PREFIX, BANK_REASON_TEXT, BANK_REASON_KIND_COUNT };

enum {
    BANK_FIELDS_MAX = 16,
    BANK_FIELD_BYTES = 40,
    BANK_VALUES_MAX = 24,
    BANK_LINE_BYTES_MAX = 4096,
    BANK_CODES_MAX = 96,
    BANK_REASONS_MAX = 192,
    BANK_CODE_BYTES = 40,
    BANK_MEANING_BYTES = 12,
    BANK_MATCH_BYTES = 64,
    BANK_REASON_BYTES = 24,
    BANK_SUFFIX_BYTES = 12
};

struct bank_record {
    char fields[BANK_FIELDS_MAX][BANK_FIELD_BYTES]; /* a name, or `literal:TEXT` */
    size_t count;
};

struct bank_code {
    enum bank_code_scope scope;
    char code[BANK_CODE_BYTES];
    char meaning[BANK_MEANING_BYTES];
};

struct bank_reason_rule {
    enum bank_reason_kind kind;
    char match[BANK_MATCH_BYTES];
    char reason[BANK_REASON_BYTES];
};

/* About 40 KiB. */
struct bank_format {
    enum bank_syntax syntax;
    bool gb18030; /* else UTF-8 */
    bool bom;     /* written in front; taken or not when reading */
    char line_end[3];
    char delimiter; /* NUL when the syntax has none */
    bool closing_delimiter;
    enum bank_amount_style amount_style;
    enum bank_date_style date_style;
    char file_suffix[BANK_SUFFIX_BYTES];
    struct bank_record records[BANK_RECORD_COUNT];
    struct bank_code codes[BANK_CODES_MAX];
    size_t code_count;
    struct bank_reason_rule reasons[BANK_REASONS_MAX]; /* in the order in which they decide */
    size_t reason_count;
};

/* Fill a format from the texts of its tables. False for an unknown name, too many of them or a text too long. */
bool bank_format_set_styles(struct bank_format *format, const char *syntax, const char *amount_style,
                            const char *date_style);
bool bank_format_add(struct bank_format *format, const char *record_name, const char *field);
bool bank_format_add_code(struct bank_format *format, const char *scope, const char *code, const char *meaning);
bool bank_format_add_reason(struct bank_format *format, const char *kind, const char *match, const char *reason);

/* What a code means, NULL when the bank has no such code. With BANK_CODE_ENTRY_TEXT: by the first word that the text
 * holds. */
const char *bank_format_meaning(const struct bank_format *format, enum bank_code_scope scope, const char *code);

/* Values by name. Texts are not owned. */
struct bank_values {
    const char *names[BANK_VALUES_MAX];
    const char *values[BANK_VALUES_MAX];
    size_t count;
};

/* Sets or replaces. */
void bank_values_set(struct bank_values *values, const char *name, const char *value);
/* The value of a name, "" or NULL when there is none. */
const char *bank_values_get(const struct bank_values *values, const char *name);
const char *bank_values_find(const struct bank_values *values, const char *name);

/* Whether text may stand in a bank's file: neither control characters nor the delimiter of a delimited format. */
bool bank_text_fits(const struct bank_format *format, const char *text);

/* Appends one record as a line with its end, quoted where CSV needs it. ERR_BAD_CHARACTERS when a value does not fit,
 * ERR_INTERNAL when a field has no value. Amounts and dates are written as they are given. */
enum err bank_format_write(const struct bank_format *format, enum bank_record_kind kind,
                           const struct bank_values *values, struct buffer *out);

/* Splits a delimited line (without its end, modified in place) into at most `max` fields. SIZE_MAX when there are more
 * or the closing delimiter is missing. */
size_t bank_format_split(const struct bank_format *format, char *line, char **ret_fields, size_t max);

/* Reads fields as a record: their number and the literals must fit. */
bool bank_format_match(const struct bank_format *format, enum bank_record_kind kind, char *const *fields, size_t count,
                       struct bank_values *ret_values);

/* The kind of message a first line opens: BANK_ACKNOWLEDGEMENT, BANK_RESULT_HEADER, BANK_RETURN_HEADER or
 * BANK_STATEMENT_HEADER; BANK_RECORD_COUNT when it is none. */
enum bank_record_kind bank_format_first(const struct bank_format *format, char *const *fields, size_t count);

/* The label behind the colon of a report's field and the name in front of it; false when the record has no such field.
 * ret_name has BANK_FIELD_BYTES. */
bool bank_field_pair(const char *field, char ret_name[BANK_FIELD_BYTES], const char **ret_label);

/* Amounts and dates in the bank's style. Amounts lie in 0..MONEY_FEN_MAX; reading is strict, except that a decimal
 * point may also be written as money_parse() takes it. False for anything else. */
bool bank_amount_parse(enum bank_amount_style style, const char *text, int64_t *ret_fen);
void bank_amount_format(enum bank_amount_style style, int64_t amount_fen, char ret_text[MONEY_TEXT_SIZE]);
bool bank_date_parse(enum bank_date_style style, const char *text, struct date *ret_date);
void bank_date_format(enum bank_date_style style, struct date date, char ret_text[DATE_TEXT_SIZE]);

#endif
