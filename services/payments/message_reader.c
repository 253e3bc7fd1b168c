#include "message_reader.h"

#include "money.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

struct message_reader {
    const struct bank_format *format;
    struct message_handler handler;
    struct charset_decoder *decoder;
    struct buffer line;
    enum message_kind kind;
    enum bank_record_kind detail;
    enum bank_record_kind trailer;
    bool ended;
    int64_t lines_read;
    int64_t count;
    int64_t total_fen; /* sum of the lines; of a statement: opening plus credits minus debits */
    int64_t count_said;
    int64_t total_said_fen;
};

static enum err message_on_text(void *context, const char *text, size_t length);

struct message_reader *message_reader_new(const struct bank_format *format, const struct message_handler *handler)
{
    struct message_reader *reader = calloc(1, sizeof(*reader));
    if (reader == NULL)
        return NULL;
    reader->format = format;
    reader->handler = *handler;
    reader->line = buffer_init(BANK_LINE_BYTES_MAX);
    reader->decoder = charset_decoder_new(format->gb18030 ? CHARSET_GB18030 : CHARSET_UTF8, message_on_text, reader);
    if (reader->decoder == NULL) {
        free(reader);
        return NULL;
    }
    return reader;
}

void message_reader_free(struct message_reader *reader)
{
    if (reader == NULL)
        return;
    charset_decoder_free(reader->decoder);
    buffer_free(&reader->line);
    free(reader);
}

static bool message_number(const struct bank_values *values, const char *name, int64_t *ret_number)
{
    return text_to_int64(bank_values_get(values, name), 0, INT32_MAX, ret_number);
}

static bool message_amount(const struct bank_values *values, const char *name, int64_t *ret_fen)
{
    return money_parse(bank_values_get(values, name), ret_fen) == ERR_NONE;
}

static enum err message_read_header(struct message_reader *reader, char *line)
{
    struct bank_values values;
    enum bank_record_kind first = bank_format_first(reader->format, line);
    if (first == BANK_RECORD_COUNT || !bank_format_read(reader->format, first, line, &values))
        return ERR_MESSAGE_UNREADABLE;
    bool statement = first == BANK_STATEMENT_HEADER;
    reader->kind = statement                     ? MESSAGE_STATEMENT
                   : first == BANK_RESULT_HEADER ? MESSAGE_RESULT
                   : first == BANK_RETURN_HEADER ? MESSAGE_RETURN
                                                 : MESSAGE_ACKNOWLEDGEMENT;
    reader->detail = statement ? BANK_STATEMENT_ENTRY : BANK_ANSWER_DETAIL;
    reader->trailer = statement ? BANK_STATEMENT_TRAILER : BANK_ANSWER_TRAILER;
    reader->ended = first == BANK_ACKNOWLEDGEMENT;
    bool good = message_number(&values, "count", &reader->count_said) &&
                message_amount(&values, statement ? "closing" : "total", &reader->total_said_fen);
    if (statement)
        good = good && message_amount(&values, "opening", &reader->total_fen);
    return good ? reader->handler.on_header(reader->handler.context, reader->kind, &values) : ERR_MESSAGE_UNREADABLE;
}

static enum err message_read_trailer(struct message_reader *reader, const struct bank_values *values)
{
    int64_t count;
    int64_t total_fen;
    const char *name = reader->kind == MESSAGE_STATEMENT ? "closing" : "total";
    if (!message_number(values, "count", &count) || !message_amount(values, name, &total_fen))
        return ERR_MESSAGE_UNREADABLE;
    reader->ended = true;
    return count == reader->count_said && total_fen == reader->total_said_fen ? ERR_NONE : ERR_MESSAGE_TOTALS;
}

static enum err message_read_detail(struct message_reader *reader, const struct bank_values *values)
{
    int64_t amount_fen;
    if (!message_amount(values, "amount", &amount_fen) || amount_fen == 0)
        return ERR_MESSAGE_UNREADABLE;
    bool debit = reader->kind == MESSAGE_STATEMENT && strcmp(bank_values_get(values, "direction"), "D") == 0;
    bool fits = debit ? money_subtract(reader->total_fen, amount_fen, &reader->total_fen)
                      : money_add(reader->total_fen, amount_fen, &reader->total_fen);
    if (!fits)
        return ERR_MESSAGE_TOTALS;
    reader->count++;
    return reader->handler.on_line(reader->handler.context, reader->lines_read, values);
}

static enum err message_read_line(struct message_reader *reader)
{
    reader->lines_read++;
    if (reader->line.failed)
        return ERR_MESSAGE_UNREADABLE;
    if (reader->line.length > 0 && reader->line.data[reader->line.length - 1] == '\r')
        reader->line.data[--reader->line.length] = '\0';
    if (reader->line.length == 0)
        return ERR_NONE;
    if (reader->kind == MESSAGE_NONE)
        return message_read_header(reader, reader->line.data);
    if (reader->ended)
        return ERR_MESSAGE_TOTALS;
    /* A failed try at the trailer cuts the line at its delimiters, so that is tried on a copy. */
    char copy[BANK_LINE_BYTES_MAX + 1];
    memcpy(copy, reader->line.data, reader->line.length + 1);
    struct bank_values values;
    if (bank_format_read(reader->format, reader->trailer, copy, &values))
        return message_read_trailer(reader, &values);
    if (!bank_format_read(reader->format, reader->detail, reader->line.data, &values))
        return ERR_MESSAGE_UNREADABLE;
    return message_read_detail(reader, &values);
}

static enum err message_on_text(void *context, const char *text, size_t length)
{
    struct message_reader *reader = context;
    while (length > 0) {
        const char *end = memchr(text, '\n', length);
        size_t part = end != NULL ? (size_t)(end - text) : length;
        buffer_append(&reader->line, text, part);
        if (end == NULL)
            return reader->line.failed ? ERR_MESSAGE_UNREADABLE : ERR_NONE;
        enum err err = message_read_line(reader);
        buffer_clear(&reader->line);
        if (err != ERR_NONE)
            return err;
        text += part + 1;
        length -= part + 1;
    }
    return ERR_NONE;
}

enum err message_feed(struct message_reader *reader, const void *bytes, size_t length)
{
    enum err err = charset_decoder_feed(reader->decoder, bytes, length);
    return err == ERR_ENCODING ? ERR_MESSAGE_UNREADABLE : err;
}

enum err message_finish(struct message_reader *reader)
{
    enum err err = charset_decoder_finish(reader->decoder);
    if (err == ERR_NONE && reader->line.length > 0)
        err = message_read_line(reader);
    if (err != ERR_NONE)
        return err == ERR_ENCODING ? ERR_MESSAGE_TRUNCATED : err;
    if (reader->kind == MESSAGE_NONE || !reader->ended)
        return ERR_MESSAGE_TRUNCATED;
    if (reader->kind == MESSAGE_ACKNOWLEDGEMENT)
        return ERR_NONE;
    bool agree = reader->count == reader->count_said && reader->total_fen == reader->total_said_fen;
    return agree ? ERR_NONE : ERR_MESSAGE_TOTALS;
}

int64_t message_line(const struct message_reader *reader)
{
    return reader->lines_read;
}
