#include "csv_reader.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum csv_state { CSV_FIELD_START, CSV_UNQUOTED, CSV_QUOTED, CSV_QUOTE_SEEN, CSV_RETURN_SEEN };

enum csv_step { CSV_GO_ON, CSV_RECORD_END, CSV_BROKEN };

/* The bytes data[start..length) are the record being read and what follows it; those before `scan` have been
 * looked at. */
struct csv_reader {
    struct csv_options options;
    struct csv_handler handler;
    size_t field_count_expected;
    uint64_t line;      /* physical line of data[start] */
    uint64_t line_ends; /* line ends inside the record, in quoted fields */
    size_t second_line; /* where the record's second physical line begins; 0 while there is none */
    enum csv_state state;
    bool skipping; /* what is left of the physical line is to be ignored */
    enum err failed;
    size_t start;
    size_t scan;
    size_t length;
    char *data; /* line_bytes_max bytes and one for a terminator */
    char **fields;
};

struct csv_reader *csv_reader_new(const struct csv_options *options, const struct csv_handler *handler)
{
    struct csv_reader *reader = calloc(1, sizeof(*reader));
    if (reader == NULL)
        return NULL;
    reader->options = *options;
    reader->handler = *handler;
    reader->line = 1;
    reader->data = malloc(options->line_bytes_max + 1);
    reader->fields = calloc(options->field_count_max, sizeof(*reader->fields));
    if (reader->data == NULL || reader->fields == NULL) {
        csv_reader_free(reader);
        return NULL;
    }
    return reader;
}

void csv_reader_free(struct csv_reader *reader)
{
    if (reader == NULL)
        return;
    free(reader->data);
    free(reader->fields);
    free(reader);
}

void csv_reader_expect_fields(struct csv_reader *reader, size_t field_count)
{
    reader->field_count_expected = field_count;
}

uint64_t csv_reader_line(const struct csv_reader *reader)
{
    return reader->line;
}

static void begin_record(struct csv_reader *reader, size_t at)
{
    reader->start = at;
    reader->scan = at;
    reader->state = CSV_FIELD_START;
    reader->line_ends = 0;
    reader->second_line = 0;
}

/* Takes quotes and doubled quotes away from one field, in place, and terminates it. Returns where the next
 * field begins; NULL after the last one. The state machine has found the quotes well placed. */
static char *cut_field(char *field, char delimiter, char **ret_text)
{
    *ret_text = field;
    if (*field != '"') {
        char *end = strchr(field, delimiter);
        if (end == NULL)
            return NULL;
        *end = '\0';
        return end + 1;
    }
    char *out = field;
    char *in = field + 1;
    while (*in != '"' || in[1] == '"') {
        in += *in == '"';
        *out++ = *in++;
    }
    in++;
    char *next = *in == delimiter ? in + 1 : NULL;
    *out = '\0';
    return next;
}

/* Splits a terminated record. False when it has more fields than allowed. */
static bool split(struct csv_reader *reader, char *record, size_t *ret_count)
{
    size_t count = 0;
    for (char *next = record; next != NULL; count++) {
        if (count == reader->options.field_count_max)
            return false;
        next = cut_field(next, reader->options.delimiter, &reader->fields[count]);
    }
    *ret_count = count;
    return true;
}

static enum err report(struct csv_reader *reader, uint64_t line, enum err problem)
{
    return reader->handler.on_problem(reader->handler.context, line, problem);
}

/* Hands out the record data[start..end), where `end` is behind its line end, if it has one, and begins the
 * next one. */
static enum err emit(struct csv_reader *reader, size_t end)
{
    char *record = reader->data + reader->start;
    size_t length = end - reader->start;
    struct csv_record result = {.line = reader->line, .fields = reader->fields};
    reader->line += reader->line_ends;
    if (length > 0 && record[length - 1] == '\n') {
        reader->line++;
        length--;
    }
    if (length > 0 && record[length - 1] == '\r')
        length--;
    begin_record(reader, end);
    if (length == 0)
        return ERR_NONE;
    if (memchr(record, '\0', length) != NULL)
        return report(reader, result.line, ERR_BAD_CHARACTERS);
    record[length] = '\0';
    if (!split(reader, record, &result.field_count) ||
        (reader->field_count_expected != 0 && result.field_count != reader->field_count_expected))
        return report(reader, result.line, ERR_CSV_COLUMNS);
    return reader->handler.on_record(reader->handler.context, &result);
}

/* Gives up the record up to the end of its first physical line. */
static enum err give_up_line(struct csv_reader *reader, enum err problem)
{
    uint64_t line = reader->line;
    if (reader->second_line > 0) {
        reader->line++;
        begin_record(reader, reader->second_line);
    } else {
        reader->skipping = true;
        begin_record(reader, reader->scan);
    }
    return report(reader, line, problem);
}

/* Inside quotes everything is text but a quote; line ends are counted, so that a stray quote can be given up. */
static void step_quoted(struct csv_reader *reader, char byte)
{
    if (byte == '"')
        reader->state = CSV_QUOTE_SEEN;
    if (byte == '\n' && reader->line_ends++ == 0)
        reader->second_line = reader->scan;
}

/* After a quote inside quotes: a second one is text, else the field has ended. */
static enum csv_step step_quote_seen(struct csv_reader *reader, char byte)
{
    switch (byte) {
    case '"':
        reader->state = CSV_QUOTED;
        return CSV_GO_ON;
    case '\r':
        reader->state = CSV_RETURN_SEEN;
        return CSV_GO_ON;
    case '\n':
        return CSV_RECORD_END;
    default:
        reader->state = CSV_FIELD_START;
        return byte == reader->options.delimiter ? CSV_GO_ON : CSV_BROKEN;
    }
}

static enum csv_step step(struct csv_reader *reader, char byte)
{
    switch (reader->state) {
    case CSV_QUOTED:
        step_quoted(reader, byte);
        return CSV_GO_ON;
    case CSV_QUOTE_SEEN:
        return step_quote_seen(reader, byte);
    case CSV_RETURN_SEEN:
        return byte == '\n' ? CSV_RECORD_END : CSV_BROKEN;
    case CSV_FIELD_START:
    case CSV_UNQUOTED:
        break;
    }
    if (byte == '\n')
        return CSV_RECORD_END;
    if (reader->state == CSV_FIELD_START && byte == '"')
        reader->state = CSV_QUOTED;
    else
        reader->state = byte == reader->options.delimiter ? CSV_FIELD_START : CSV_UNQUOTED;
    return CSV_GO_ON;
}

/* Looks at all bytes in the buffer. */
static enum err scan(struct csv_reader *reader)
{
    enum err err = ERR_NONE;
    while (reader->scan < reader->length && err == ERR_NONE) {
        char byte = reader->data[reader->scan++];
        if (reader->skipping) {
            if (byte == '\n') {
                reader->skipping = false;
                reader->line++;
            }
            begin_record(reader, reader->scan);
            continue;
        }
        enum csv_step result = step(reader, byte);
        if (result == CSV_RECORD_END)
            err = emit(reader, reader->scan);
        else if (result == CSV_BROKEN)
            err = give_up_line(reader, ERR_CSV_QUOTE);
    }
    return err;
}

/* The buffer is full and the record has not ended: either a quote was left open on its first line, or it is
 * too long. */
static enum err overflow(struct csv_reader *reader)
{
    if (reader->state == CSV_QUOTED && reader->second_line > 0)
        return give_up_line(reader, ERR_CSV_QUOTE);
    uint64_t line = reader->line;
    reader->line += reader->line_ends;
    reader->skipping = true;
    begin_record(reader, reader->length);
    return report(reader, line, ERR_CSV_LINE_TOO_LONG);
}

static void compact(struct csv_reader *reader)
{
    memmove(reader->data, reader->data + reader->start, reader->length - reader->start);
    reader->length -= reader->start;
    reader->scan -= reader->start;
    if (reader->second_line > 0)
        reader->second_line -= reader->start;
    reader->start = 0;
}

enum err csv_reader_feed(struct csv_reader *reader, const char *text, size_t length)
{
    while (length > 0 && reader->failed == ERR_NONE) {
        size_t room = reader->options.line_bytes_max - reader->length;
        size_t slice = length < room ? length : room;
        memcpy(reader->data + reader->length, text, slice);
        reader->length += slice;
        text += slice;
        length -= slice;
        reader->failed = scan(reader);
        if (reader->failed != ERR_NONE)
            break;
        compact(reader);
        while (reader->length == reader->options.line_bytes_max && reader->failed == ERR_NONE) {
            reader->failed = overflow(reader);
            if (reader->failed == ERR_NONE)
                reader->failed = scan(reader);
            compact(reader);
        }
    }
    return reader->failed;
}

enum err csv_reader_finish(struct csv_reader *reader)
{
    while (reader->failed == ERR_NONE && reader->start < reader->length) {
        if (reader->state == CSV_QUOTED) {
            reader->failed = give_up_line(reader, ERR_CSV_QUOTE);
            if (reader->failed == ERR_NONE)
                reader->failed = scan(reader);
        } else {
            reader->failed = emit(reader, reader->length);
        }
    }
    return reader->failed;
}
