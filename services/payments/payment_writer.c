#include "payment_writer.h"

#include "charset.h"
#include "payment_writer_iso20022.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

enum { WRITER_LINES_PER_FLUSH = 256 };

struct payment_writer {
    const struct bank_format *format;
    struct buffer *out;
    struct charset_encoder *encoder; /* GB18030 */
    struct xml_writer *xml;          /* ISO 20022 */
    struct buffer line;              /* one record in UTF-8 */
    int64_t count_said;
    int64_t total_said_fen;
    int64_t count;
    int64_t total_fen;
};

struct payment_writer *payment_writer_new(const struct bank_format *format, struct buffer *out)
{
    struct payment_writer *writer = calloc(1, sizeof(*writer));
    if (writer == NULL)
        return NULL;
    writer->format = format;
    writer->out = out;
    writer->line = buffer_init(BANK_LINE_BYTES_MAX);
    bool xml = format->syntax == BANK_ISO20022;
    if (xml)
        writer->xml = xml_writer_new(out);
    else
        writer->encoder = charset_encoder_new();
    if (writer->xml == NULL && writer->encoder == NULL) {
        free(writer);
        return NULL;
    }
    return writer;
}

void payment_writer_free(struct payment_writer *writer)
{
    if (writer == NULL)
        return;
    charset_encoder_free(writer->encoder);
    xml_writer_free(writer->xml);
    buffer_free(&writer->line);
    free(writer);
}

/* A record in the bank's styles and encoding. An amount and a date among the values are brought into its styles. */
static enum err payment_writer_record(struct payment_writer *writer, enum bank_record_kind kind,
                                      const struct bank_values *values, const char *amount_name, int64_t amount_fen)
{
    struct date date;
    char amount[MONEY_TEXT_SIZE];
    char day[DATE_TEXT_SIZE];
    const struct bank_format *format = writer->format;
    struct bank_values styled = *values;
    bank_amount_format(format->amount_style, amount_fen, amount);
    bank_values_set(&styled, amount_name, amount);
    if (bank_values_find(values, "date") != NULL) {
        if (!date_parse_compact(bank_values_get(values, "date"), &date))
            return ERR_INTERNAL;
        bank_date_format(format->date_style, date, day);
        bank_values_set(&styled, "date", day);
    }
    buffer_clear(&writer->line);
    enum err err = bank_format_write(format, kind, &styled, &writer->line);
    if (err != ERR_NONE)
        return err;
    if (format->gb18030)
        return charset_encoder_append(writer->encoder, writer->line.data, writer->line.length, writer->out);
    buffer_append(writer->out, writer->line.data, writer->line.length);
    return writer->out->failed ? ERR_OUT_OF_MEMORY : ERR_NONE;
}

enum err payment_writer_header(struct payment_writer *writer, const struct bank_values *values)
{
    if (!text_to_int64(bank_values_get(values, "count"), 0, INT32_MAX, &writer->count_said) ||
        money_parse(bank_values_get(values, "total"), &writer->total_said_fen) != ERR_NONE)
        return ERR_INTERNAL;
    if (writer->xml != NULL)
        return iso20022_write_header(writer->xml, values);
    if (writer->format->records[BANK_FILE_HEADER].count == 0)
        return ERR_INTERNAL; /* a format that pays has one */
    if (writer->format->bom)
        buffer_append_text(writer->out, "\uFEFF");
    enum err err = payment_writer_record(writer, BANK_FILE_HEADER, values, "total", writer->total_said_fen);
    if (err == ERR_NONE && writer->format->records[BANK_FILE_TITLES].count > 0)
        err = payment_writer_record(writer, BANK_FILE_TITLES, values, "total", writer->total_said_fen);
    return err;
}

enum err payment_writer_line(struct payment_writer *writer, const struct bank_values *values)
{
    int64_t amount_fen;
    if (money_parse(bank_values_get(values, "amount"), &amount_fen) != ERR_NONE || amount_fen == 0 ||
        !money_add(writer->total_fen, amount_fen, &writer->total_fen))
        return ERR_INTERNAL;
    writer->count++;
    if (writer->xml == NULL)
        return payment_writer_record(writer, BANK_FILE_DETAIL, values, "amount", amount_fen);
    enum err err = iso20022_write_line(writer->xml, values);
    if (writer->count % WRITER_LINES_PER_FLUSH == 0)
        xml_writer_flush(writer->xml);
    return err;
}

enum err payment_writer_end(struct payment_writer *writer)
{
    /* The header was written first; the lines must say the same. */
    if (writer->count != writer->count_said || writer->total_fen != writer->total_said_fen)
        return ERR_INTERNAL;
    if (writer->xml != NULL)
        return iso20022_write_end(writer->xml);
    return writer->out->failed ? ERR_OUT_OF_MEMORY : ERR_NONE;
}
