#include "bank_format.h"

#include "csv_writer.h"

#include <stdio.h>
#include <string.h>

static const char *const bank_record_names[BANK_RECORD_COUNT] = {
    [BANK_FILE_HEADER] = "file_header",
    [BANK_FILE_TITLES] = "file_titles",
    [BANK_FILE_DETAIL] = "file_detail",
    [BANK_ACKNOWLEDGEMENT] = "acknowledgement",
    [BANK_RESULT_HEADER] = "result_header",
    [BANK_RETURN_HEADER] = "return_header",
    [BANK_ANSWER_TITLES] = "answer_titles",
    [BANK_ANSWER_DETAIL] = "answer_detail",
    [BANK_ANSWER_TRAILER] = "answer_trailer",
    [BANK_STATEMENT_HEADER] = "statement_header",
    [BANK_STATEMENT_TITLES] = "statement_titles",
    [BANK_STATEMENT_ENTRY] = "statement_entry",
    [BANK_STATEMENT_TRAILER] = "statement_trailer",
    [BANK_REPORT_HEADER] = "report_header",
    [BANK_REPORT_COLUMNS] = "report_columns",
    [BANK_REPORT_TOTAL] = "report_total",
};

static const char *const bank_syntax_names[] = {"delimited", "csv", "iso20022", "mt940", "report", NULL};
static const char *const bank_amount_names[] = {"point", "grouped", "comma", "fen", NULL};
static const char *const bank_date_names[] = {"compact", "dash", "slash", "short", NULL};
static const char *const bank_scope_names[] = {"file", "line", "entry", "entry_text", NULL};
static const char *const bank_reason_names[] = {"code", "prefix", "text", NULL};

static const char bank_literal[] = "literal:";
enum { BANK_LITERAL_LENGTH = sizeof(bank_literal) - 1 };

/* The place of a name in a list that ends with NULL, -1 when it is not there. */
static int bank_name_index(const char *const *names, const char *name)
{
    for (int i = 0; names[i] != NULL; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

static bool bank_text_copy(char *target, size_t size, const char *text)
{
    if (strlen(text) >= size)
        return false;
    memcpy(target, text, strlen(text) + 1);
    return true;
}

/* The fixed text of a literal field, or NULL. */
static const char *bank_field_literal(const char *field)
{
    return strncmp(field, bank_literal, BANK_LITERAL_LENGTH) == 0 ? field + BANK_LITERAL_LENGTH : NULL;
}

bool bank_field_pair(const char *field, char ret_name[BANK_FIELD_BYTES], const char **ret_label)
{
    const char *colon = strchr(field, ':');
    if (colon == NULL || colon == field || colon[1] == '\0')
        return false;
    snprintf(ret_name, BANK_FIELD_BYTES, "%.*s", (int)(colon - field), field);
    *ret_label = colon + 1;
    return true;
}

bool bank_format_set_styles(struct bank_format *format, const char *syntax, const char *amount_style,
                            const char *date_style)
{
    int syntax_index = bank_name_index(bank_syntax_names, syntax);
    int amount_index = bank_name_index(bank_amount_names, amount_style);
    int date_index = bank_name_index(bank_date_names, date_style);
    if (syntax_index < 0 || amount_index < 0 || date_index < 0)
        return false;
    format->syntax = (enum bank_syntax)syntax_index;
    format->amount_style = (enum bank_amount_style)amount_index;
    format->date_style = (enum bank_date_style)date_index;
    return true;
}

bool bank_format_add(struct bank_format *format, const char *record_name, const char *field)
{
    for (size_t kind = 0; kind < BANK_RECORD_COUNT; kind++) {
        if (strcmp(bank_record_names[kind], record_name) != 0)
            continue;
        struct bank_record *record = &format->records[kind];
        if (record->count == BANK_FIELDS_MAX || !bank_text_copy(record->fields[record->count], BANK_FIELD_BYTES, field))
            return false;
        record->count++;
        return true;
    }
    return false;
}

bool bank_format_add_code(struct bank_format *format, const char *scope, const char *code, const char *meaning)
{
    int index = bank_name_index(bank_scope_names, scope);
    if (index < 0 || format->code_count == BANK_CODES_MAX)
        return false;
    struct bank_code *one = &format->codes[format->code_count];
    one->scope = (enum bank_code_scope)index;
    if (!bank_text_copy(one->code, sizeof(one->code), code) ||
        !bank_text_copy(one->meaning, sizeof(one->meaning), meaning))
        return false;
    format->code_count++;
    return true;
}

bool bank_format_add_reason(struct bank_format *format, const char *kind, const char *match, const char *reason)
{
    int index = bank_name_index(bank_reason_names, kind);
    if (index < 0 || format->reason_count == BANK_REASONS_MAX)
        return false;
    struct bank_reason_rule *rule = &format->reasons[format->reason_count];
    rule->kind = (enum bank_reason_kind)index;
    if (!bank_text_copy(rule->match, sizeof(rule->match), match) ||
        !bank_text_copy(rule->reason, sizeof(rule->reason), reason))
        return false;
    format->reason_count++;
    return true;
}

const char *bank_format_meaning(const struct bank_format *format, enum bank_code_scope scope, const char *code)
{
    for (size_t i = 0; i < format->code_count; i++) {
        const struct bank_code *one = &format->codes[i];
        if (one->scope == scope &&
            (scope == BANK_CODE_ENTRY_TEXT ? strstr(code, one->code) != NULL : strcmp(code, one->code) == 0))
            return one->meaning;
    }
    return NULL;
}

void bank_values_set(struct bank_values *values, const char *name, const char *value)
{
    size_t i = 0;
    while (i < values->count && strcmp(values->names[i], name) != 0)
        i++;
    if (i == BANK_VALUES_MAX)
        return;
    values->names[i] = name;
    values->values[i] = value;
    if (i == values->count)
        values->count++;
}

const char *bank_values_find(const struct bank_values *values, const char *name)
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

bool bank_text_fits(const struct bank_format *format, const char *text)
{
    bool delimited = format->syntax == BANK_DELIMITED || format->syntax == BANK_REPORT;
    for (const unsigned char *byte = (const unsigned char *)text; *byte != '\0'; byte++)
        if (*byte < 0x20 || *byte == 0x7f || (delimited && *byte == (unsigned char)format->delimiter))
            return false;
    return true;
}

enum err bank_format_write(const struct bank_format *format, enum bank_record_kind kind,
                           const struct bank_values *values, struct buffer *out)
{
    const struct bank_record *record = &format->records[kind];
    struct csv_writer csv = csv_writer_init(out);
    for (size_t i = 0; i < record->count; i++) {
        const char *text = bank_field_literal(record->fields[i]);
        if (text == NULL)
            text = bank_values_find(values, record->fields[i]);
        if (text == NULL)
            return ERR_INTERNAL;
        if (!bank_text_fits(format, text))
            return ERR_BAD_CHARACTERS;
        if (format->syntax == BANK_CSV) {
            csv_writer_field(&csv, text, format->delimiter);
            continue;
        }
        buffer_append_text(out, text);
        if (i + 1 < record->count || format->closing_delimiter)
            buffer_append_char(out, format->delimiter);
    }
    buffer_append_text(out, format->line_end);
    return out->failed ? ERR_OUT_OF_MEMORY : ERR_NONE;
}

size_t bank_format_split(const struct bank_format *format, char *line, char **ret_fields, size_t max)
{
    size_t length = strlen(line);
    if (format->closing_delimiter) {
        if (length == 0 || line[length - 1] != format->delimiter)
            return SIZE_MAX;
        line[length - 1] = '\0';
    }
    size_t count = 0;
    for (char *rest = line; rest != NULL; count++) {
        if (count == max)
            return SIZE_MAX;
        ret_fields[count] = rest;
        char *end = strchr(rest, format->delimiter);
        if (end != NULL)
            *end = '\0';
        rest = end != NULL ? end + 1 : NULL;
    }
    return count;
}

bool bank_format_match(const struct bank_format *format, enum bank_record_kind kind, char *const *fields, size_t count,
                       struct bank_values *ret_values)
{
    const struct bank_record *record = &format->records[kind];
    ret_values->count = 0;
    if (record->count == 0 || count != record->count)
        return false;
    for (size_t i = 0; i < count; i++) {
        const char *literal = bank_field_literal(record->fields[i]);
        if (literal != NULL && strcmp(literal, fields[i]) != 0)
            return false;
        if (literal == NULL)
            bank_values_set(ret_values, record->fields[i], fields[i]);
    }
    return true;
}

enum bank_record_kind bank_format_first(const struct bank_format *format, char *const *fields, size_t count)
{
    static const enum bank_record_kind firsts[] = {BANK_ACKNOWLEDGEMENT, BANK_RESULT_HEADER, BANK_RETURN_HEADER,
                                                   BANK_STATEMENT_HEADER};
    for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++) {
        const struct bank_record *record = &format->records[firsts[i]];
        const char *literal = record->count > 0 ? bank_field_literal(record->fields[0]) : NULL;
        if (literal != NULL && *literal != '\0' && count > 0 && strcmp(fields[0], literal) == 0)
            return firsts[i];
    }
    return BANK_RECORD_COUNT;
}
