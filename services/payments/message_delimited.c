#include "message_dialect.h"

#include "csv_reader.h"

#include <stdlib.h>
#include <string.h>

static enum err message_record_first(struct message_core *core, bool *titles_due, char *const *fields, size_t count)
{
    struct bank_values values;
    enum bank_record_kind first = bank_format_first(core->format, fields, count);
    if (first == BANK_RECORD_COUNT || !bank_format_match(core->format, first, fields, count, &values))
        return ERR_MESSAGE_UNREADABLE;
    enum message_kind kind = first == BANK_STATEMENT_HEADER ? MESSAGE_STATEMENT
                             : first == BANK_RESULT_HEADER  ? MESSAGE_RESULT
                             : first == BANK_RETURN_HEADER  ? MESSAGE_RETURN
                                                            : MESSAGE_ACKNOWLEDGEMENT;
    *titles_due =
        kind != MESSAGE_ACKNOWLEDGEMENT &&
        core->format->records[kind == MESSAGE_STATEMENT ? BANK_STATEMENT_TITLES : BANK_ANSWER_TITLES].count > 0;
    return message_core_header(core, kind, &values);
}

enum err message_record(struct message_core *core, bool *titles_due, char *const *fields, size_t count)
{
    struct bank_values values;
    if (core->kind == MESSAGE_NONE)
        return message_record_first(core, titles_due, fields, count);
    if (core->ended)
        return ERR_MESSAGE_TOTALS;
    bool statement = core->kind == MESSAGE_STATEMENT;
    if (*titles_due) {
        *titles_due = false;
        enum bank_record_kind titles = statement ? BANK_STATEMENT_TITLES : BANK_ANSWER_TITLES;
        return bank_format_match(core->format, titles, fields, count, &values) ? ERR_NONE : ERR_MESSAGE_UNREADABLE;
    }
    enum bank_record_kind trailer = statement ? BANK_STATEMENT_TRAILER : BANK_ANSWER_TRAILER;
    if (bank_format_match(core->format, trailer, fields, count, &values))
        return message_core_trailer(core, &values);
    enum bank_record_kind detail = statement ? BANK_STATEMENT_ENTRY : BANK_ANSWER_DETAIL;
    if (!bank_format_match(core->format, detail, fields, count, &values))
        return ERR_MESSAGE_UNREADABLE;
    return message_core_line(core, &values);
}

/* Lines cut at the delimiter. */

struct delimited {
    struct message_core *core;
    struct message_lines lines;
    bool titles_due;
};

static enum err delimited_on_line(void *state, char *line)
{
    struct delimited *delimited = state;
    char *fields[MESSAGE_FIELDS_MAX];
    if (delimited->core->ended)
        return ERR_MESSAGE_TOTALS;
    size_t count = bank_format_split(delimited->core->format, line, fields, MESSAGE_FIELDS_MAX);
    if (count == SIZE_MAX)
        return ERR_MESSAGE_UNREADABLE;
    return message_record(delimited->core, &delimited->titles_due, fields, count);
}

static void *delimited_create(struct message_core *core)
{
    struct delimited *delimited = calloc(1, sizeof(*delimited));
    if (delimited != NULL) {
        delimited->core = core;
        delimited->lines = message_lines_init(core, delimited_on_line, delimited);
    }
    return delimited;
}

static void delimited_destroy(void *state)
{
    struct delimited *delimited = state;
    buffer_free(&delimited->lines.line);
    free(delimited);
}

static enum err delimited_text(void *state, const char *text, size_t length)
{
    struct delimited *delimited = state;
    return message_lines_feed(&delimited->lines, text, length);
}

static enum err delimited_finish(void *state)
{
    struct delimited *delimited = state;
    return message_lines_finish(&delimited->lines);
}

const struct message_dialect message_delimited = {delimited_create, delimited_destroy, delimited_text,
                                                  delimited_finish};

/* RFC 4180. */

struct csv_dialect {
    struct message_core *core;
    struct csv_reader *reader;
    bool titles_due;
};

static enum err csv_dialect_on_record(void *context, const struct csv_record *record)
{
    struct csv_dialect *csv = context;
    csv->core->line = (int64_t)record->line;
    return message_record(csv->core, &csv->titles_due, record->fields, record->field_count);
}

/* One record that cannot be read refuses the message; nothing is skipped. */
static enum err csv_dialect_on_problem(void *context, uint64_t line, enum err problem)
{
    struct csv_dialect *csv = context;
    (void)problem;
    csv->core->line = (int64_t)line;
    return ERR_MESSAGE_UNREADABLE;
}

static void csv_dialect_destroy(void *state)
{
    struct csv_dialect *csv = state;
    csv_reader_free(csv->reader);
    free(csv);
}

static void *csv_dialect_create(struct message_core *core)
{
    struct csv_dialect *csv = calloc(1, sizeof(*csv));
    if (csv == NULL)
        return NULL;
    const struct csv_options options = {.delimiter = core->format->delimiter,
                                        .line_bytes_max = BANK_LINE_BYTES_MAX,
                                        .field_count_max = MESSAGE_FIELDS_MAX};
    const struct csv_handler handler = {csv_dialect_on_record, csv_dialect_on_problem, csv};
    csv->core = core;
    csv->reader = csv_reader_new(&options, &handler);
    if (csv->reader == NULL) {
        free(csv);
        return NULL;
    }
    return csv;
}

static enum err csv_dialect_text(void *state, const char *text, size_t length)
{
    struct csv_dialect *csv = state;
    return csv_reader_feed(csv->reader, text, length);
}

static enum err csv_dialect_finish(void *state)
{
    struct csv_dialect *csv = state;
    return csv_reader_finish(csv->reader);
}

const struct message_dialect message_csv = {csv_dialect_create, csv_dialect_destroy, csv_dialect_text,
                                            csv_dialect_finish};
