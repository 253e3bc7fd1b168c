/* A bank's file format as data (tables payments.bank_format, payments.bank_record): records of named fields between
 * delimiters, written from values and read back into them. Pure: no I/O. Text here is UTF-8; files are decoded before
 * they are split, because a delimiter's byte occurs inside GB18030 characters. */
#ifndef HUIMIN_BANK_FORMAT_H
#define HUIMIN_BANK_FORMAT_H

#include "buffer.h"
#include "err.h"

#include <stdbool.h>
#include <stddef.h>

enum bank_record_kind {
    BANK_FILE_HEADER,
    BANK_FILE_DETAIL,
    BANK_ACKNOWLEDGEMENT,
    BANK_RESULT_HEADER,
    BANK_RETURN_HEADER,
    BANK_ANSWER_DETAIL,
    BANK_ANSWER_TRAILER,
    BANK_STATEMENT_HEADER,
    BANK_STATEMENT_ENTRY,
    BANK_STATEMENT_TRAILER,
    BANK_RECORD_COUNT
};

enum { BANK_FIELDS_MAX = 16, BANK_FIELD_BYTES = 40, BANK_LINE_BYTES_MAX = 4096 };

struct bank_record {
    char fields[BANK_FIELDS_MAX][BANK_FIELD_BYTES]; /* a name, or `literal:TEXT` */
    size_t count;
};

struct bank_format {
    bool gb18030; /* else UTF-8 */
    char line_end[3];
    char delimiter;
    bool closing_delimiter;
    struct bank_record records[BANK_RECORD_COUNT];
};

/* Adds the next field to a record. False for an unknown record name, too many fields or a long name. */
bool bank_format_add(struct bank_format *format, const char *record_name, const char *field);

/* One line's values by name. Texts are not owned. */
struct bank_values {
    const char *names[BANK_FIELDS_MAX];
    const char *values[BANK_FIELDS_MAX];
    size_t count;
};

void bank_values_set(struct bank_values *values, const char *name, const char *value);
/* The value of a name, "" when there is none. */
const char *bank_values_get(const struct bank_values *values, const char *name);

/* Appends one line with its end. ERR_BAD_CHARACTERS when a value holds the delimiter or a control character,
 * ERR_INTERNAL when a field has no value. */
enum err bank_format_write(const struct bank_format *format, enum bank_record_kind kind,
                           const struct bank_values *values, struct buffer *out);

/* Reads a line (without its end, modified in place) as a record: number of fields and literals must fit. */
bool bank_format_read(const struct bank_format *format, enum bank_record_kind kind, char *line,
                      struct bank_values *ret_values);

/* The kind of message a first line opens: BANK_ACKNOWLEDGEMENT, BANK_RESULT_HEADER, BANK_RETURN_HEADER or
 * BANK_STATEMENT_HEADER; BANK_RECORD_COUNT when it is none. */
enum bank_record_kind bank_format_first(const struct bank_format *format, const char *line);

#endif
