#include "csv_writer.h"

#include "money.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct csv_writer csv_writer_init(struct buffer *out)
{
    return (struct csv_writer){.out = out};
}

void csv_writer_bom(struct csv_writer *writer)
{
    buffer_append_text(writer->out, "\uFEFF");
}

static void begin_field(struct csv_writer *writer, char delimiter)
{
    if (writer->in_row)
        buffer_append_char(writer->out, delimiter);
    writer->in_row = true;
}

/* Whether a spreadsheet would take the text for a formula or a command. */
static bool begins_formula(const char *text)
{
    static const char *const starts[] = {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"};
    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        if (strncmp(text, starts[i], strlen(starts[i])) == 0)
            return true;
    }
    return false;
}

static bool needs_quotes(const char *text, char delimiter)
{
    size_t length = strlen(text);
    return strpbrk(text, "\"\r\n") != NULL || strchr(text, delimiter) != NULL ||
           (length > 0 && (text[0] == ' ' || text[length - 1] == ' '));
}

static void write_text(struct csv_writer *writer, const char *text, char delimiter, bool defuse)
{
    bool quotes = needs_quotes(text, delimiter);
    if (quotes)
        buffer_append_char(writer->out, '"');
    if (defuse && begins_formula(text))
        buffer_append_char(writer->out, '\'');
    while (*text != '\0') {
        size_t plain = strcspn(text, "\"");
        buffer_append(writer->out, text, plain);
        text += plain;
        if (*text == '"') {
            buffer_append_text(writer->out, "\"\"");
            text++;
        }
    }
    if (quotes)
        buffer_append_char(writer->out, '"');
}

void csv_writer_text(struct csv_writer *writer, const char *text)
{
    begin_field(writer, ',');
    if (text != NULL)
        write_text(writer, text, ',', true);
}

void csv_writer_field(struct csv_writer *writer, const char *text, char delimiter)
{
    begin_field(writer, delimiter);
    write_text(writer, text, delimiter, false);
}

void csv_writer_int64(struct csv_writer *writer, int64_t value)
{
    begin_field(writer, ',');
    buffer_printf(writer->out, "%" PRId64, value);
}

void csv_writer_yuan(struct csv_writer *writer, int64_t amount_fen)
{
    char text[MONEY_TEXT_SIZE];
    money_format(amount_fen, text);
    begin_field(writer, ',');
    buffer_append_text(writer->out, text);
}

void csv_writer_end_row(struct csv_writer *writer)
{
    buffer_append_text(writer->out, "\r\n");
    writer->in_row = false;
}
