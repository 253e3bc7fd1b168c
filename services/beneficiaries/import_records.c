#include "import_records.h"

#include <string.h>

enum { LINE_BYTES_MAX = 16 * 1024, FIELDS_MAX = 64 };

struct records {
    const struct import_records_handler *handler;
    struct csv_reader *reader; /* made when the first text shows the delimiter */
    bool header_read;
};

static enum err records_on_record(void *context, const struct csv_record *record)
{
    struct records *records = context;
    if (records->header_read)
        return records->handler->on_record(records->handler->context, record);
    enum err err = records->handler->on_header(records->handler->context, record);
    records->header_read = true;
    csv_reader_expect_fields(records->reader, record->field_count);
    return err;
}

static enum err records_on_problem(void *context, uint64_t line, enum err problem)
{
    struct records *records = context;
    return records->header_read ? records->handler->on_problem(records->handler->context, line, problem)
                                : ERR_CSV_HEADER;
}

/* Spreadsheets' "Unicode text" separates columns by tabs. */
static char records_delimiter(const char *text, size_t length)
{
    const char *end = memchr(text, '\n', length);
    size_t header = end != NULL ? (size_t)(end - text) : length;
    bool tabs = memchr(text, '\t', header) != NULL && memchr(text, ',', header) == NULL;
    return tabs ? '\t' : ',';
}

static enum err records_on_text(void *context, const char *text, size_t length)
{
    struct records *records = context;
    if (records->reader == NULL) {
        const struct csv_options options = {records_delimiter(text, length), LINE_BYTES_MAX, FIELDS_MAX};
        const struct csv_handler handler = {records_on_record, records_on_problem, records};
        records->reader = csv_reader_new(&options, &handler);
        if (records->reader == NULL)
            return ERR_OUT_OF_MEMORY;
    }
    return csv_reader_feed(records->reader, text, length);
}

enum err import_records_read(const struct import_source *source, const struct import_records_handler *handler)
{
    struct records records = {.handler = handler};
    enum err err = import_source_read(source, records_on_text, &records);
    if (err == ERR_NONE && records.reader != NULL)
        err = csv_reader_finish(records.reader);
    csv_reader_free(records.reader);
    return err == ERR_NONE && !records.header_read ? ERR_CSV_HEADER : err;
}
