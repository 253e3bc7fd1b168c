#include "message_reader.h"

#include "message_dialect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct message_reader {
    struct message_core core;
    const struct message_dialect *dialect;
    void *state;
    struct charset_decoder *decoder;
    enum err err; /* the first one: an error is final */
};

static enum err message_on_text(void *context, const char *text, size_t length)
{
    struct message_reader *reader = context;
    return reader->dialect->text(reader->state, text, length);
}

static const struct message_dialect *message_dialect_of(enum bank_syntax syntax)
{
    switch (syntax) {
    case BANK_DELIMITED:
        return &message_delimited;
    case BANK_CSV:
        return &message_csv;
    case BANK_ISO20022:
        return &message_iso20022;
    case BANK_MT940:
        return &message_mt940;
    case BANK_REPORT:
        return &message_report;
    }
    return &message_delimited;
}

struct message_reader *message_reader_new(const struct bank_format *format, const struct message_handler *handler)
{
    struct message_reader *reader = calloc(1, sizeof(*reader));
    if (reader == NULL)
        return NULL;
    reader->core.format = format;
    reader->core.handler = *handler;
    reader->core.count_said = MESSAGE_UNSAID;
    reader->core.total_said_fen = MESSAGE_UNSAID;
    reader->core.opening_fen = MESSAGE_UNSAID;
    snprintf(reader->core.part, sizeof(reader->core.part), "1");
    snprintf(reader->core.parts, sizeof(reader->core.parts), "1");
    reader->dialect = message_dialect_of(format->syntax);
    reader->state = reader->dialect->create(&reader->core);
    reader->decoder = charset_decoder_new(format->gb18030 ? CHARSET_GB18030 : CHARSET_UTF8, message_on_text, reader);
    if (reader->decoder == NULL || reader->state == NULL) {
        message_reader_free(reader);
        return NULL;
    }
    return reader;
}

void message_reader_free(struct message_reader *reader)
{
    if (reader == NULL)
        return;
    charset_decoder_free(reader->decoder);
    if (reader->state != NULL)
        reader->dialect->destroy(reader->state);
    free(reader);
}

enum err message_feed(struct message_reader *reader, const void *bytes, size_t length)
{
    if (reader->err != ERR_NONE)
        return reader->err;
    enum err err = charset_decoder_feed(reader->decoder, bytes, length);
    reader->err = err == ERR_ENCODING ? ERR_MESSAGE_UNREADABLE : err;
    return reader->err;
}

static enum err message_end(struct message_core *core)
{
    if (core->handler.on_end == NULL || core->kind == MESSAGE_ACKNOWLEDGEMENT)
        return ERR_NONE;
    char count[24];
    char opening[MONEY_TEXT_SIZE];
    char total[MONEY_TEXT_SIZE];
    struct bank_values values = {.count = 0};
    snprintf(count, sizeof(count), "%lld", (long long)core->count);
    money_format(core->total_fen, total);
    bank_values_set(&values, "count", count);
    if (core->kind != MESSAGE_STATEMENT) {
        bank_values_set(&values, "total", total);
        return core->handler.on_end(core->handler.context, &values);
    }
    money_format(core->opening_fen, opening);
    bank_values_set(&values, "opening", opening);
    bank_values_set(&values, "closing", total);
    bank_values_set(&values, "date", core->date);
    bank_values_set(&values, "statement_no", core->statement_no);
    bank_values_set(&values, "part", core->part);
    bank_values_set(&values, "parts", core->parts);
    return core->handler.on_end(core->handler.context, &values);
}

static enum err message_check_whole(struct message_reader *reader)
{
    const struct message_core *core = &reader->core;
    enum err err = charset_decoder_finish(reader->decoder);
    if (err == ERR_ENCODING)
        return ERR_MESSAGE_TRUNCATED;
    if (err == ERR_NONE)
        err = reader->dialect->finish(reader->state);
    if (err != ERR_NONE)
        return err;
    if (core->kind == MESSAGE_NONE || !core->ended)
        return ERR_MESSAGE_TRUNCATED;
    if (core->kind == MESSAGE_ACKNOWLEDGEMENT)
        return ERR_NONE;
    /* A statement must say its closing balance; elsewhere the syntax itself may be the only sign of the end. */
    bool said = core->kind != MESSAGE_STATEMENT || core->total_said_fen != MESSAGE_UNSAID;
    bool agree = (core->count_said == MESSAGE_UNSAID || core->count == core->count_said) &&
                 (core->total_said_fen == MESSAGE_UNSAID || core->total_fen == core->total_said_fen);
    return said && agree ? ERR_NONE : ERR_MESSAGE_TOTALS;
}

enum err message_finish(struct message_reader *reader)
{
    if (reader->err == ERR_NONE)
        reader->err = message_check_whole(reader);
    if (reader->err == ERR_NONE)
        reader->err = message_end(&reader->core);
    return reader->err;
}

int64_t message_line(const struct message_reader *reader)
{
    return reader->core.line;
}

/* Stops at the header: nothing more is wanted. */
static enum err message_identify_header(void *context, enum message_kind kind, const struct bank_values *values)
{
    struct message_identity *identity = context;
    identity->kind = kind;
    snprintf(identity->file, sizeof(identity->file), "%s", bank_values_get(values, "file"));
    snprintf(identity->unit, sizeof(identity->unit), "%s", bank_values_get(values, "unit"));
    snprintf(identity->account, sizeof(identity->account), "%s", bank_values_get(values, "account"));
    return ERR_UNFIT;
}

static enum err message_identify_line(void *context, int64_t line, const struct bank_values *values)
{
    (void)context;
    (void)line;
    (void)values;
    return ERR_UNFIT;
}

bool message_identify(const struct bank_format *format, const void *bytes, size_t length,
                      struct message_identity *ret_identity)
{
    const struct message_handler handler = {message_identify_header, message_identify_line, NULL, ret_identity};
    memset(ret_identity, 0, sizeof(*ret_identity));
    struct message_reader *reader __attribute__((cleanup(message_reader_cleanup))) =
        message_reader_new(format, &handler);
    /* An acknowledgement in XML shows only at its end that it is one. */
    if (reader != NULL && message_feed(reader, bytes, length) == ERR_NONE)
        message_finish(reader);
    return ret_identity->kind != MESSAGE_NONE;
}
