#include "catalogue.h"

#include "csv_reader.h"
#include "date.h"
#include "json_write.h"
#include "text.h"

#include <string.h>

enum { CATALOGUE_FAULTS_MAX = 20 };

static const struct catalogue_column division_columns[] = {
    {"code", CATALOGUE_INT, CATALOGUE_REQUIRED},
    {"name_zh", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"name_en", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"kind_zh", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
};

static const struct catalogue_column item_columns[] = {
    {"code", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"sort", CATALOGUE_INT, CATALOGUE_REQUIRED},
    {"programme_no", CATALOGUE_INT, CATALOGUE_REQUIRED},
    {"programme_zh", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"programme_en", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"item_zh", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"item_en", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"lead_unit_zh", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"kind", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"indicator_zh", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"indicator_en", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"target_op", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"target", CATALOGUE_INT, CATALOGUE_REQUIRED},
    {"unit", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"per_person_payment", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"frequency", CATALOGUE_TEXT, CATALOGUE_NULL},
    {"standard_text", CATALOGUE_TEXT, CATALOGUE_NULL},
    {"note", CATALOGUE_TEXT, CATALOGUE_NULL},
    {"remittance_zh", CATALOGUE_TEXT, CATALOGUE_NULL},
};

static const struct catalogue_column tier_columns[] = {
    {"item_code", CATALOGUE_TEXT, CATALOGUE_REQUIRED},       {"code", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"name_zh", CATALOGUE_TEXT, CATALOGUE_REQUIRED},         {"name_en", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"disability_grades", CATALOGUE_GRADES, CATALOGUE_NULL}, {"age_from", CATALOGUE_INT, CATALOGUE_OPTIONAL},
    {"age_to", CATALOGUE_INT, CATALOGUE_OPTIONAL},
};

static const struct catalogue_column rule_columns[] = {
    {"item_code", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"valid_from", CATALOGUE_DATE, CATALOGUE_REQUIRED},
    {"valid_to", CATALOGUE_DATE, CATALOGUE_NULL},
    {"kind", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"cycle", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"tier_source", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"rounding", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"remainder", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"entry_basis", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"exit_basis", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"lookback_months", CATALOGUE_INT, CATALOGUE_REQUIRED},
    {"source", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"confirmed", CATALOGUE_BOOL, CATALOGUE_REQUIRED},
    {"accrual", CATALOGUE_TEXT, CATALOGUE_OPTIONAL},
    {"age_min", CATALOGUE_INT, CATALOGUE_OPTIONAL},
    {"age_max", CATALOGUE_INT, CATALOGUE_OPTIONAL},
    {"age_max_at_school", CATALOGUE_BOOL, CATALOGUE_OPTIONAL},
    {"certificate_types", CATALOGUE_TYPES, CATALOGUE_OPTIONAL},
    {"basis_item", CATALOGUE_TEXT, CATALOGUE_OPTIONAL},
    {"basis_tier", CATALOGUE_TEXT, CATALOGUE_OPTIONAL},
    {"months_max", CATALOGUE_INT, CATALOGUE_OPTIONAL},
    {"grace_months_max", CATALOGUE_INT, CATALOGUE_OPTIONAL},
    {"netting_cap_percent", CATALOGUE_INT, CATALOGUE_OPTIONAL},
    {"one_per_household", CATALOGUE_BOOL, CATALOGUE_OPTIONAL},
    {"once_per", CATALOGUE_TEXT, CATALOGUE_OPTIONAL},
    {"review_required", CATALOGUE_BOOL, CATALOGUE_OPTIONAL},
    {"notice_days", CATALOGUE_INT, CATALOGUE_OPTIONAL},
    {"notice_day_kind", CATALOGUE_TEXT, CATALOGUE_OPTIONAL},
    {"hearing_required", CATALOGUE_BOOL, CATALOGUE_OPTIONAL},
    {"documents", CATALOGUE_WORDS, CATALOGUE_OPTIONAL},
    {"checks", CATALOGUE_WORDS, CATALOGUE_OPTIONAL},
    {"proposed_by", CATALOGUE_TEXT, CATALOGUE_OPTIONAL},
    {"approved_by", CATALOGUE_TEXT, CATALOGUE_OPTIONAL},
};

static const struct catalogue_column standard_columns[] = {
    {"item_code", CATALOGUE_TEXT, CATALOGUE_REQUIRED},   {"tier_code", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"amount_fen", CATALOGUE_INT, CATALOGUE_NULL},       {"amount_per", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"valid_from", CATALOGUE_DATE, CATALOGUE_REQUIRED},  {"valid_to", CATALOGUE_DATE, CATALOGUE_NULL},
    {"source", CATALOGUE_TEXT, CATALOGUE_REQUIRED},      {"confirmed", CATALOGUE_BOOL, CATALOGUE_REQUIRED},
    {"proposed_by", CATALOGUE_TEXT, CATALOGUE_REQUIRED}, {"approved_by", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"basis_points", CATALOGUE_INT, CATALOGUE_OPTIONAL},
};

static const struct catalogue_column exclusion_columns[] = {
    {"item_code", CATALOGUE_TEXT, CATALOGUE_REQUIRED},   {"tier_code", CATALOGUE_TEXT, CATALOGUE_NULL},
    {"kind", CATALOGUE_TEXT, CATALOGUE_REQUIRED},        {"other_item_code", CATALOGUE_TEXT, CATALOGUE_NULL},
    {"other_tier_code", CATALOGUE_TEXT, CATALOGUE_NULL}, {"other_benefit", CATALOGUE_TEXT, CATALOGUE_NULL},
    {"valid_from", CATALOGUE_DATE, CATALOGUE_REQUIRED},  {"valid_to", CATALOGUE_DATE, CATALOGUE_NULL},
    {"source", CATALOGUE_TEXT, CATALOGUE_REQUIRED},      {"confirmed", CATALOGUE_BOOL, CATALOGUE_REQUIRED},
    {"proposed_by", CATALOGUE_TEXT, CATALOGUE_REQUIRED}, {"approved_by", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
};

static const struct catalogue_column review_class_columns[] = {
    {"item_code", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"class", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"months", CATALOGUE_INT, CATALOGUE_REQUIRED},
    {"source", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
};

static const struct catalogue_column calendar_columns[] = {
    {"day", CATALOGUE_DATE, CATALOGUE_REQUIRED},
    {"kind", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
    {"source", CATALOGUE_TEXT, CATALOGUE_REQUIRED},
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
    [CATALOGUE_EXCLUSIONS] = TABLE("exclusions.csv", exclusion_columns),
    [CATALOGUE_REVIEW_CLASSES] = TABLE("review_classes.csv", review_class_columns),
    [CATALOGUE_CALENDAR] = TABLE("calendar.csv", calendar_columns),
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
    size_t field_of[CATALOGUE_COLUMNS_MAX]; /* column -> its place in a line; the field count: absent */
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

/* Every column must be there once, but for those that may be left out, and no other; their order is free. */
static enum err catalogue_header(struct catalogue_reading *reading, const struct csv_record *record)
{
    const struct catalogue_table *table = reading->table;
    size_t found = 0;
    bool fits = true;
    for (size_t column = 0; column < table->column_count; column++) {
        reading->field_of[column] = catalogue_find_field(record, table->columns[column].name);
        if (reading->field_of[column] < record->field_count)
            found++;
        else
            fits = fits && table->columns[column].need == CATALOGUE_OPTIONAL;
    }
    fits = fits && found == record->field_count;
    if (!fits) {
        catalogue_fault(reading, record->line, NULL, ERR_CSV_HEADER);
        return ERR_CSV_HEADER;
    }
    reading->header_seen = true;
    csv_reader_expect_fields(reading->reader, record->field_count);
    return ERR_NONE;
}

/* Digits from 1 to `last` separated by one blank. */
static bool catalogue_write_digits(struct buffer *json, const char *text, char last)
{
    buffer_append_char(json, '[');
    for (const char *at = text; *at != '\0'; at++) {
        if (*at < '1' || *at > last || (at[1] != '\0' && (at[1] != ' ' || at[2] == '\0')))
            return false;
        json_separator(json);
        buffer_append_char(json, *at);
        at += at[1] == ' ';
    }
    buffer_append_char(json, ']');
    return true;
}

/* Words of lower-case letters and underscores separated by one blank. */
static bool catalogue_write_words(struct buffer *json, const char *text)
{
    buffer_append_char(json, '[');
    for (const char *at = text; *at != '\0';) {
        size_t length = strspn(at, "abcdefghijklmnopqrstuvwxyz_");
        const char *after = at + length;
        if (length == 0 || (*after != '\0' && (*after != ' ' || after[1] == '\0')))
            return false;
        json_separator(json);
        buffer_printf(json, "\"%.*s\"", (int)length, at);
        at = after + (*after == ' ');
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
        return catalogue_write_digits(json, text, '4') ? ERR_NONE : ERR_BAD_VALUE;
    case CATALOGUE_TYPES:
        return catalogue_write_digits(json, text, '7') ? ERR_NONE : ERR_BAD_VALUE;
    case CATALOGUE_WORDS:
        return catalogue_write_words(json, text) ? ERR_NONE : ERR_BAD_VALUE;
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
        size_t place = reading->field_of[i];
        const char *text = place < record->field_count ? record->fields[place] : "";
        enum err err = ERR_NONE;
        json_member(reading->json, column->name);
        if (*text != '\0')
            err = catalogue_write_value(reading->json, column->kind, text);
        else if (column->need == CATALOGUE_REQUIRED)
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
