#include "bank_format.h"

#include <stdio.h>
#include <string.h>

static const char *const bank_record_names[BANK_RECORD_COUNT] = {
    [BANK_FILE_HEADER] = "file_header",         [BANK_FILE_DETAIL] = "file_detail",
    [BANK_ACKNOWLEDGEMENT] = "acknowledgement", [BANK_RESULT_HEADER] = "result_header",
    [BANK_RETURN_HEADER] = "return_header",     [BANK_ANSWER_DETAIL] = "answer_detail",
    [BANK_ANSWER_TRAILER] = "answer_trailer",   [BANK_STATEMENT_HEADER] = "statement_header",
    [BANK_STATEMENT_ENTRY] = "statement_entry", [BANK_STATEMENT_TRAILER] = "statement_trailer",
};

static const char bank_literal[] = "literal:";
enum { BANK_LITERAL_LENGTH = sizeof(bank_literal) - 1 };

/* The fixed text of a literal field, or NULL. */
static const char *bank_field_literal(const char *field)
{
    return strncmp(field, bank_literal, BANK_LITERAL_LENGTH) == 0 ? field + BANK_LITERAL_LENGTH : NULL;
}

bool bank_format_add(struct bank_format *format, const char *record_name, const char *field)
{
    for (size_t kind = 0; kind < BANK_RECORD_COUNT; kind++) {
        if (strcmp(bank_record_names[kind], record_name) != 0)
            continue;
        struct bank_record *record = &format->records[kind];
        if (record->count == BANK_FIELDS_MAX || strlen(field) >= BANK_FIELD_BYTES)
            return false;
        snprintf(record->fields[record->count++], BANK_FIELD_BYTES, "%s", field);
        return true;
    }
    return false;
}

void bank_values_set(struct bank_values *values, const char *name, const char *value)
{
    if (values->count < BANK_FIELDS_MAX) {
        values->names[values->count] = name;
        values->values[values->count++] = value;
    }
}

static const char *bank_values_find(const struct bank_values *values, const char *name)
{
    for (size_t i = 0; i < values->count; i++)
        if (strcmp(values->names[i], name) == 0)
            return values->values[i];
    return NULL;
}

const char *bank_values_get(const struct bank_values *values, const char *name)
{
    const char *value = bank_values_find(values, name);
    return value != NULL ? value : "";
}

static bool bank_value_fits(const struct bank_format *format, const char *value)
{
    for (const unsigned char *byte = (const unsigned char *)value; *byte != '\0'; byte++)
        if (*byte < 0x20 || *byte == 0x7f || *byte == (unsigned char)format->delimiter)
            return false;
    return true;
}

enum err bank_format_write(const struct bank_format *format, enum bank_record_kind kind,
                           const struct bank_values *values, struct buffer *out)
{
    const struct bank_record *record = &format->records[kind];
    for (size_t i = 0; i < record->count; i++) {
        const char *text = bank_field_literal(record->fields[i]);
        if (text == NULL)
            text = bank_values_find(values, record->fields[i]);
        if (text == NULL)
            return ERR_INTERNAL;
        if (!bank_value_fits(format, text))
            return ERR_BAD_CHARACTERS;
        buffer_append_text(out, text);
        if (i + 1 < record->count || format->closing_delimiter)
            buffer_append_char(out, format->delimiter);
    }
    buffer_append_text(out, format->line_end);
    return out->failed ? ERR_OUT_OF_MEMORY : ERR_NONE;
}

bool bank_format_read(const struct bank_format *format, enum bank_record_kind kind, char *line,
                      struct bank_values *ret_values)
{
    const struct bank_record *record = &format->records[kind];
    size_t length = strlen(line);
    ret_values->count = 0;
    if (format->closing_delimiter) {
        if (length == 0 || line[length - 1] != format->delimiter)
            return false;
        line[length - 1] = '\0';
    }
    char *rest = line;
    for (size_t i = 0; i < record->count; i++) {
        if (rest == NULL)
            return false;
        char *end = strchr(rest, format->delimiter);
        if (end != NULL)
            *end = '\0';
        const char *literal = bank_field_literal(record->fields[i]);
        if (literal != NULL && strcmp(literal, rest) != 0)
            return false;
        if (literal == NULL)
            bank_values_set(ret_values, record->fields[i], rest);
        rest = end != NULL ? end + 1 : NULL;
    }
    return rest == NULL;
}

enum bank_record_kind bank_format_first(const struct bank_format *format, const char *line)
{
    static const enum bank_record_kind firsts[] = {BANK_ACKNOWLEDGEMENT, BANK_RESULT_HEADER, BANK_RETURN_HEADER,
                                                   BANK_STATEMENT_HEADER};
    for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++) {
        const struct bank_record *record = &format->records[firsts[i]];
        const char *literal = record->count > 0 ? bank_field_literal(record->fields[0]) : NULL;
        size_t length = literal != NULL ? strlen(literal) : 0;
        if (length > 0 && strncmp(line, literal, length) == 0 && line[length] == format->delimiter)
            return firsts[i];
    }
    return BANK_RECORD_COUNT;
}
