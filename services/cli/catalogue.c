#include "catalogue.h"

#include "csv_reader.h"
#include "date.h"
#include "json_write.h"
#include "text.h"

#include <string.h>

enum { CATALOGUE_FAULTS_MAX = 20 };

static const struct catalogue_column division_columns[] = {
    {"code", CATALOGUE_INT, true},
    {"name_zh", CATALOGUE_TEXT, true},
    {"name_en", CATALOGUE_TEXT, true},
    {"kind_zh", CATALOGUE_TEXT, true},
};

static const struct catalogue_column item_columns[] = {
    {"code", CATALOGUE_TEXT, true},
    {"sort", CATALOGUE_INT, true},
    {"programme_no", CATALOGUE_INT, true},
    {"programme_zh", CATALOGUE_TEXT, true},
    {"programme_en", CATALOGUE_TEXT, true},
    {"item_zh", CATALOGUE_TEXT, true},
    {"item_en", CATALOGUE_TEXT, true},
    {"lead_unit_zh", CATALOGUE_TEXT, true},
    {"kind", CATALOGUE_TEXT, true},
    {"indicator_zh", CATALOGUE_TEXT, true},
    {"indicator_en", CATALOGUE_TEXT, true},
    {"target_op", CATALOGUE_TEXT, true},
    {"target", CATALOGUE_INT, true},
    {"unit", CATALOGUE_TEXT, true},
    {"per_person_payment", CATALOGUE_TEXT, true},
    {"frequency", CATALOGUE_TEXT, false},
    {"standard_text", CATALOGUE_TEXT, false},
    {"note", CATALOGUE_TEXT, false},
    {"remittance_zh", CATALOGUE_TEXT, false},
};

static const struct catalogue_column tier_columns[] = {
    {"item_code", CATALOGUE_TEXT, true},
    {"code", CATALOGUE_TEXT, true},
    {"name_zh", CATALOGUE_TEXT, true},
    {"name_en", CATALOGUE_TEXT, true},
    {"disability_grades", CATALOGUE_GRADES, false},
};

static const struct catalogue_column rule_columns[] = {
    {"item_code", CATALOGUE_TEXT, true},      {"valid_from", CATALOGUE_DATE, true},
    {"valid_to", CATALOGUE_DATE, false},      {"kind", CATALOGUE_TEXT, true},
    {"cycle", CATALOGUE_TEXT, true},          {"tier_source", CATALOGUE_TEXT, true},
    {"rounding", CATALOGUE_TEXT, true},       {"remainder", CATALOGUE_TEXT, true},
    {"entry_basis", CATALOGUE_TEXT, true},    {"exit_basis", CATALOGUE_TEXT, true},
    {"lookback_months", CATALOGUE_INT, true}, {"source", CATALOGUE_TEXT, true},
    {"confirmed", CATALOGUE_BOOL, true},
};

static const struct catalogue_column standard_columns[] = {
    {"item_code", CATALOGUE_TEXT, true},   {"tier_code", CATALOGUE_TEXT, true},  {"amount_fen", CATALOGUE_INT, true},
    {"amount_per", CATALOGUE_TEXT, true},  {"valid_from", CATALOGUE_DATE, true}, {"valid_to", CATALOGUE_DATE, false},
    {"source", CATALOGUE_TEXT, true},      {"confirmed", CATALOGUE_BOOL, true},  {"proposed_by", CATALOGUE_TEXT, true},
    {"approved_by", CATALOGUE_TEXT, true},
};

#define TABLE(file, columns)                                                                                           \
    {                                                                                                                  \
        file, columns, sizeof(columns) / sizeof((columns)[0])                                                          \
    }

static const struct catalogue_table catalogue_tables[CATALOGUE_TABLES] = {
    [CATALOGUE_DIVISIONS] = TABLE("divisions.csv", division_columns),
    [CATALOGUE_ITEMS] = TABLE("catalogue.csv", item_columns),
    [CATALOGUE_TIERS] = TABLE("tiers.csv", tier_columns),
    [CATALOGUE_RULES] = TABLE("rules.csv", rule_columns),
    [CATALOGUE_STANDARDS] = TABLE("standards.csv", standard_columns),
};

const struct catalogue_table *catalogue_table(enum catalogue_table_no no)
{
    return &catalogue_tables[no];
}

/* One file on its way: CSV fields in, JSON out. */
struct catalogue_reading {
    const struct catalogue_table *table;
    struct csv_reader *reader;
    struct buffer *json;
    FILE *errors;
    size_t faults;
    bool header_seen;
    size_t field_of[CATALOGUE_COLUMNS_MAX]; /* column -> its place in a line */
};

static enum err catalogue_fault(struct catalogue_reading *reading, uint64_t line, const char *column, enum err err)
{
    fprintf(reading->errors, "huimin: %s:%llu: %s%s%s / %s\n", reading->table->file, (unsigned long long)line,
            column != NULL ? column : "", column != NULL ? ": " : "", err_title(err, true), err_title(err, false));
    return ++reading->faults < CATALOGUE_FAULTS_MAX ? ERR_NONE : ERR_INVALID_FIELDS;
}

/* The place of a column in the header; the field count when it is missing or repeated. */
static size_t catalogue_find_field(const struct csv_record *record, const char *name)
{
    size_t place = record->field_count;
    for (size_t field = 0; field < record->field_count; field++) {
        if (strcmp(record->fields[field], name) != 0)
            continue;
        if (place != record->field_count)
            return record->field_count;
        place = field;
    }
    return place;
}

/* Every column must be there once, and no other; their order is free. */
static enum err catalogue_header(struct catalogue_reading *reading, const struct csv_record *record)
{
    const struct catalogue_table *table = reading->table;
    bool fits = record->field_count == table->column_count;
    for (size_t column = 0; column < table->column_count; column++) {
        reading->field_of[column] = catalogue_find_field(record, table->columns[column].name);
        fits = fits && reading->field_of[column] < record->field_count;
    }
    if (!fits) {
        catalogue_fault(reading, record->line, NULL, ERR_CSV_HEADER);
        return ERR_CSV_HEADER;
    }
    reading->header_seen = true;
    csv_reader_expect_fields(reading->reader, record->field_count);
    return ERR_NONE;
}

static bool catalogue_write_grades(struct buffer *json, const char *text)
{
    buffer_append_char(json, '[');
    for (const char *at = text; *at != '\0'; at++) {
        if (*at < '1' || *at > '4' || (at[1] != '\0' && (at[1] != ' ' || at[2] == '\0')))
            return false;
        json_separator(json);
        buffer_append_char(json, *at);
        at += at[1] == ' ';
    }
    buffer_append_char(json, ']');
    return true;
}

static enum err catalogue_write_value(struct buffer *json, enum catalogue_kind kind, const char *text)
{
    int64_t number;
    struct date date;
    switch (kind) {
    case CATALOGUE_INT:
        if (!text_to_int64(text, 0, INT64_MAX, &number))
            return ERR_OUT_OF_RANGE;
        json_write_int(json, number);
        return ERR_NONE;
    case CATALOGUE_DATE:
        if (!date_parse(text, &date))
            return ERR_BAD_DATE;
        json_write_text(json, text);
        return ERR_NONE;
    case CATALOGUE_BOOL:
        if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
            return ERR_BAD_VALUE;
        buffer_append_text(json, text);
        return ERR_NONE;
    case CATALOGUE_GRADES:
        return catalogue_write_grades(json, text) ? ERR_NONE : ERR_BAD_VALUE;
    default:
        json_write_text(json, text);
        return ERR_NONE;
    }
}

static enum err catalogue_record(void *context, const struct csv_record *record)
{
    struct catalogue_reading *reading = context;
    if (!reading->header_seen)
        return catalogue_header(reading, record);
    json_separator(reading->json);
    buffer_append_char(reading->json, '{');
    enum err stop = ERR_NONE;
    for (size_t i = 0; i < reading->table->column_count && stop == ERR_NONE; i++) {
        const struct catalogue_column *column = &reading->table->columns[i];
        const char *text = record->fields[reading->field_of[i]];
        enum err err = ERR_NONE;
        json_member(reading->json, column->name);
        if (*text != '\0')
            err = catalogue_write_value(reading->json, column->kind, text);
        else if (column->required)
            err = ERR_REQUIRED;
        else
            buffer_append_text(reading->json, "null");
        if (err != ERR_NONE)
            stop = catalogue_fault(reading, record->line, column->name, err);
    }
    buffer_append_char(reading->json, '}');
    return stop;
}

static enum err catalogue_problem(void *context, uint64_t line, enum err problem)
{
    return catalogue_fault(context, line, NULL, problem);
}

bool catalogue_read(const struct catalogue_table *table, const char *text, size_t length, struct buffer *ret_json,
                    FILE *errors)
{
    static const char bom[] = "\xEF\xBB\xBF";
    *ret_json = buffer_init(CATALOGUE_JSON_BYTES_MAX);
    struct catalogue_reading reading = {.table = table, .json = ret_json, .errors = errors};
    const struct csv_options options = {
        .delimiter = ',', .line_bytes_max = CATALOGUE_LINE_BYTES_MAX, .field_count_max = CATALOGUE_COLUMNS_MAX};
    const struct csv_handler handler = {catalogue_record, catalogue_problem, &reading};
    reading.reader = csv_reader_new(&options, &handler);
    if (reading.reader == NULL) {
        fprintf(errors, "huimin: %s: 内存不足 / out of memory\n", table->file);
        return false;
    }
    size_t skipped = length >= 3 && memcmp(text, bom, 3) == 0 ? 3 : 0;
    buffer_append_char(ret_json, '[');
    enum err err = csv_reader_feed(reading.reader, text + skipped, length - skipped);
    if (err == ERR_NONE)
        err = csv_reader_finish(reading.reader);
    buffer_append_char(ret_json, ']');
    csv_reader_free(reading.reader);
    if (err == ERR_NONE && !reading.header_seen)
        catalogue_fault(&reading, 1, NULL, ERR_EMPTY_FILE);
    else if (err == ERR_NONE && ret_json->failed)
        catalogue_fault(&reading, 1, NULL, ERR_ENCODING);
    return reading.faults == 0;
}
