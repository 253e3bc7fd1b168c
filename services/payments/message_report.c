/* The result of a file as a report for people: a head with labels, then for each state (成功, 失败) a title, a table
 * drawn with box characters whose columns are found by their headings, and a line of sums.
 *
 *   日期：20200630  单位编号：0042  文件名：HM_AHLY_20200630_0001_1a2b3c4d.txt
 *   成功清单
 *   ┌────────┬────┬──────┬────┐
 *   │代理编号│户名│金额  │账号│
 *   ├────────┼────┼──────┼────┤
 *   │P1      │张三│800.00│6217│
 *   └────────┴────┴──────┴────┘
 *   合计  笔数：1  金额：800.00
 *   失败清单 ...
 *
 * Titles, labels and headings are data: bank_status of scope `line`, records report_header, report_columns,
 * report_total. The report is whole when there was a table for S and one for F, each with its sums. */
#include "message_dialect.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

enum report_stage { REPORT_HEAD, REPORT_TITLE, REPORT_HEADING, REPORT_ROWS };
enum { REPORT_COLUMNS_MAX = 24, REPORT_HEAD_VALUES_MAX = 8, REPORT_STATES = 2 };

struct report {
    struct message_core *core;
    struct message_lines lines;
    bool delimited; /* the first line was a record: an acknowledgement or a return */
    bool begun;
    bool titles_due;
    enum report_stage stage;
    char head[REPORT_HEAD_VALUES_MAX][MESSAGE_TEXT_BYTES]; /* by field of report_header */
    const char *section;                                   /* the bank's code of the table being read */
    bool seen[REPORT_STATES];                              /* S, F */
    size_t columns[REPORT_COLUMNS_MAX];                    /* field of report_columns, BANK_FIELDS_MAX: none */
    size_t column_count;
    int64_t count; /* of the table */
    int64_t total_fen;
};

static const char *report_skip_blanks(const char *text)
{
    for (;;) {
        if (*text == ' ' || *text == '\t')
            text++;
        else if (strncmp(text, "\u3000", 3) == 0)
            text += 3;
        else
            return text;
    }
}

/* Cuts blanks, the ideographic one too, from the end. */
static void report_trim_end(char *text)
{
    size_t length = strlen(text);
    for (;;) {
        if (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
            length--;
        else if (length >= 3 && strncmp(text + length - 3, "\u3000", 3) == 0)
            length -= 3;
        else
            break;
        text[length] = '\0';
    }
}

/* The three vertical bars in use; each takes three bytes. */
static bool report_is_bar(const char *text)
{
    return strncmp(text, "│", 3) == 0 || strncmp(text, "┃", 3) == 0 || strncmp(text, "║", 3) == 0;
}

/* U+2500 to U+257F. */
static bool report_is_box(const char *text)
{
    const unsigned char *byte = (const unsigned char *)text;
    return byte[0] == 0xe2 && (byte[1] == 0x94 || byte[1] == 0x95);
}

/* The value behind a label and its colon, up to a blank. *ret_found false when the label is not there. False when the
 * value is too long. */
static bool report_labelled(const char *line, const char *label, char *ret_value, size_t size, bool *ret_found)
{
    const char *found = strstr(line, label);
    *ret_found = false;
    for (; found != NULL; found = strstr(found + 1, label)) {
        const char *after = report_skip_blanks(found + strlen(label));
        size_t colon = strncmp(after, "：", 3) == 0 ? 3 : *after == ':' ? 1 : 0;
        if (colon == 0)
            continue;
        after = report_skip_blanks(after + colon);
        size_t length = 0;
        while (after[length] != '\0' && report_skip_blanks(after + length) == after + length)
            length++;
        if (length >= size)
            return false;
        memcpy(ret_value, after, length);
        ret_value[length] = '\0';
        *ret_found = true;
        return true;
    }
    return true;
}

/* A line of the head: takes every label it knows. A label that comes twice with two values refuses the report. */
static bool report_on_head(struct report *report, const char *line)
{
    const struct bank_record *record = &report->core->format->records[BANK_REPORT_HEADER];
    for (size_t i = 0; i < record->count && i < REPORT_HEAD_VALUES_MAX; i++) {
        char name[BANK_FIELD_BYTES];
        char value[MESSAGE_TEXT_BYTES];
        const char *label;
        bool found;
        if (!bank_field_pair(record->fields[i], name, &label) ||
            !report_labelled(line, label, value, sizeof(value), &found))
            return false;
        if (found && report->head[i][0] != '\0' && strcmp(report->head[i], value) != 0)
            return false;
        if (found)
            memcpy(report->head[i], value, sizeof(value));
    }
    return true;
}

/* The head is over when the first table's title comes. */
static enum err report_begin(struct report *report)
{
    const struct bank_record *record = &report->core->format->records[BANK_REPORT_HEADER];
    char names[REPORT_HEAD_VALUES_MAX][BANK_FIELD_BYTES];
    const char *label;
    struct bank_values values = {.count = 0};
    for (size_t i = 0; i < record->count && i < REPORT_HEAD_VALUES_MAX; i++)
        if (report->head[i][0] != '\0' && bank_field_pair(record->fields[i], names[i], &label))
            bank_values_set(&values, names[i], report->head[i]);
    if (bank_values_find(&values, "file") == NULL || bank_values_find(&values, "date") == NULL)
        return ERR_MESSAGE_UNREADABLE;
    return message_core_header(report->core, MESSAGE_RESULT, &values);
}

/* The code of a table's title: the line begins with it. */
static const struct bank_code *report_title(const struct report *report, const char *line)
{
    const struct bank_format *format = report->core->format;
    for (size_t i = 0; i < format->code_count; i++) {
        const struct bank_code *code = &format->codes[i];
        /* Titles are in Chinese: the letters of delimited answers are codes too. */
        if (code->scope == BANK_CODE_LINE && (unsigned char)code->code[0] >= 0x80 &&
            strncmp(line, code->code, strlen(code->code)) == 0)
            return code;
    }
    return NULL;
}

static enum err report_on_title(struct report *report, const struct bank_code *code)
{
    size_t state = code->meaning[0] == 'S' ? 0 : 1;
    if (report->seen[state])
        return ERR_MESSAGE_TOTALS;
    enum err err = report->stage == REPORT_HEAD ? report_begin(report) : ERR_NONE;
    report->seen[state] = true;
    report->section = code->code;
    report->stage = REPORT_HEADING;
    report->count = 0;
    report->total_fen = report->core->total_fen;
    return err;
}

/* Splits a row between its bars, in place. SIZE_MAX when it does not begin and end with one or has too many cells. */
static size_t report_cells(char *line, char **ret_cells)
{
    size_t count = 0;
    char *rest = line + 3;
    while (*rest != '\0') {
        char *end = rest;
        while (*end != '\0' && !report_is_bar(end))
            end++;
        if (*end == '\0' || count == REPORT_COLUMNS_MAX)
            return SIZE_MAX;
        *end = '\0';
        report_trim_end(rest);
        ret_cells[count++] = rest + (report_skip_blanks(rest) - rest);
        rest = end + 3;
    }
    return count;
}

/* Which value a heading stands for; BANK_FIELDS_MAX for a column that says nothing to us. */
static size_t report_column(const struct bank_record *record, const char *heading)
{
    char name[BANK_FIELD_BYTES];
    const char *label;
    for (size_t i = 0; i < record->count; i++)
        if (bank_field_pair(record->fields[i], name, &label) && strcmp(heading, label) == 0)
            return i;
    return BANK_FIELDS_MAX;
}

static enum err report_on_heading(struct report *report, char *const *cells, size_t count)
{
    const struct bank_record *record = &report->core->format->records[BANK_REPORT_COLUMNS];
    struct bank_values there = {.count = 0};
    char names[REPORT_COLUMNS_MAX][BANK_FIELD_BYTES];
    const char *label;
    for (size_t i = 0; i < count; i++) {
        report->columns[i] = report_column(record, cells[i]);
        if (report->columns[i] == BANK_FIELDS_MAX)
            continue;
        bank_field_pair(record->fields[report->columns[i]], names[i], &label);
        if (bank_values_find(&there, names[i]) != NULL)
            return ERR_MESSAGE_UNREADABLE;
        bank_values_set(&there, names[i], "");
    }
    report->column_count = count;
    report->stage = REPORT_ROWS;
    static const char *const needed[] = {"reference", "amount", "account"};
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
        if (bank_values_find(&there, needed[i]) == NULL)
            return ERR_MESSAGE_UNREADABLE;
    return ERR_NONE;
}

static enum err report_on_row(struct report *report, char *line)
{
    char *cells[REPORT_COLUMNS_MAX];
    char names[REPORT_COLUMNS_MAX][BANK_FIELD_BYTES];
    const char *label;
    size_t count = report_cells(line, cells);
    if (count == SIZE_MAX || (report->stage != REPORT_HEADING && report->stage != REPORT_ROWS))
        return ERR_MESSAGE_UNREADABLE;
    if (report->stage == REPORT_HEADING)
        return report_on_heading(report, cells, count);
    if (count != report->column_count)
        return ERR_MESSAGE_UNREADABLE;
    const struct bank_record *record = &report->core->format->records[BANK_REPORT_COLUMNS];
    struct bank_values values = {.count = 0};
    for (size_t i = 0; i < count; i++)
        if (report->columns[i] != BANK_FIELDS_MAX &&
            bank_field_pair(record->fields[report->columns[i]], names[i], &label))
            bank_values_set(&values, names[i], cells[i]);
    bank_values_set(&values, "status", report->section);
    report->count++;
    return message_core_line(report->core, &values);
}

/* The sums of a table are those of its rows. */
static enum err report_on_total(struct report *report, const char *line)
{
    const struct bank_record *record = &report->core->format->records[BANK_REPORT_TOTAL];
    int64_t count = MESSAGE_UNSAID;
    int64_t total_fen = MESSAGE_UNSAID;
    for (size_t i = 0; i < record->count; i++) {
        char name[BANK_FIELD_BYTES];
        char value[MONEY_TEXT_SIZE];
        const char *label;
        bool found;
        if (!bank_field_pair(record->fields[i], name, &label))
            return ERR_MESSAGE_UNREADABLE;
        if (strcmp(name, "total_line") == 0)
            continue;
        if (!report_labelled(line, label, value, sizeof(value), &found) || !found)
            return ERR_MESSAGE_UNREADABLE;
        bool good = strcmp(name, "count") == 0
                        ? text_to_int64(value, 0, INT32_MAX, &count)
                        : bank_amount_parse(report->core->format->amount_style, value, &total_fen);
        if (!good)
            return ERR_MESSAGE_UNREADABLE;
    }
    bool in_table = report->stage == REPORT_HEADING || report->stage == REPORT_ROWS; /* an empty one may not be drawn */
    if (!in_table || count == MESSAGE_UNSAID || total_fen == MESSAGE_UNSAID)
        return ERR_MESSAGE_UNREADABLE;
    report->stage = REPORT_TITLE;
    report->core->ended = report->seen[0] && report->seen[1];
    bool agree = count == report->count && total_fen == report->core->total_fen - report->total_fen;
    return agree ? ERR_NONE : ERR_MESSAGE_TOTALS;
}

static bool report_is_total(const struct report *report, const char *line)
{
    const struct bank_record *record = &report->core->format->records[BANK_REPORT_TOTAL];
    for (size_t i = 0; i < record->count; i++) {
        char name[BANK_FIELD_BYTES];
        const char *label;
        if (bank_field_pair(record->fields[i], name, &label) && strcmp(name, "total_line") == 0 &&
            strncmp(line, label, strlen(label)) == 0)
            return true;
    }
    return false;
}

static enum err report_on_drawn(struct report *report, char *line)
{
    char *text = line + (report_skip_blanks(line) - line);
    report_trim_end(text);
    if (*text == '\0')
        return ERR_NONE;
    if (report->core->ended)
        return ERR_MESSAGE_TOTALS;
    if (report_is_bar(text))
        return report_on_row(report, text);
    if (report_is_box(text))
        return report->stage == REPORT_HEADING || report->stage == REPORT_ROWS ? ERR_NONE : ERR_MESSAGE_UNREADABLE;
    if (report_is_total(report, text))
        return report_on_total(report, text);
    const struct bank_code *code = report_title(report, text);
    if (code != NULL && (report->stage == REPORT_HEAD || report->stage == REPORT_TITLE))
        return report_on_title(report, code);
    if (report->stage == REPORT_HEAD && report_on_head(report, text))
        return ERR_NONE;
    return ERR_MESSAGE_UNREADABLE;
}

static enum err report_on_line(void *state, char *line)
{
    struct report *report = state;
    char *fields[MESSAGE_FIELDS_MAX];
    if (!report->begun) {
        char copy[BANK_LINE_BYTES_MAX + 1];
        memcpy(copy, line, strlen(line) + 1);
        size_t count = bank_format_split(report->core->format, copy, fields, MESSAGE_FIELDS_MAX);
        report->delimited =
            count != SIZE_MAX && bank_format_first(report->core->format, fields, count) != BANK_RECORD_COUNT;
        report->begun = true;
    }
    if (!report->delimited)
        return report_on_drawn(report, line);
    if (report->core->ended)
        return ERR_MESSAGE_TOTALS;
    size_t count = bank_format_split(report->core->format, line, fields, MESSAGE_FIELDS_MAX);
    if (count == SIZE_MAX)
        return ERR_MESSAGE_UNREADABLE;
    return message_record(report->core, &report->titles_due, fields, count);
}

static void *report_create(struct message_core *core)
{
    struct report *report = calloc(1, sizeof(*report));
    if (report != NULL) {
        report->core = core;
        report->lines = message_lines_init(core, report_on_line, report);
    }
    return report;
}

static void report_destroy(void *state)
{
    struct report *report = state;
    buffer_free(&report->lines.line);
    free(report);
}

static enum err report_text(void *state, const char *text, size_t length)
{
    struct report *report = state;
    return message_lines_feed(&report->lines, text, length);
}

static enum err report_finish(void *state)
{
    struct report *report = state;
    return message_lines_finish(&report->lines);
}

const struct message_dialect message_report = {report_create, report_destroy, report_text, report_finish};
