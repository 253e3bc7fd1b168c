#include "json_write.h"

#include "utf8.h"

#include <string.h>

static void json_write_escape(struct buffer *out, unsigned char byte)
{
    switch (byte) {
    case '"':
        buffer_append_text(out, "\\\"");
        break;
    case '\\':
        buffer_append_text(out, "\\\\");
        break;
    case '\n':
        buffer_append_text(out, "\\n");
        break;
    case '\r':
        buffer_append_text(out, "\\r");
        break;
    case '\t':
        buffer_append_text(out, "\\t");
        break;
    default:
        buffer_printf(out, "\\u%04x", byte);
    }
}

void json_write_text_n(struct buffer *out, const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t start = 0;
    size_t i = 0;
    buffer_append_char(out, '"');
    while (i < length) {
        if (bytes[i] < 0x20 || bytes[i] == '"' || bytes[i] == '\\') {
            buffer_append(out, text + start, i - start);
            json_write_escape(out, bytes[i]);
            start = ++i;
            continue;
        }
        uint32_t code_point;
        int sequence = utf8_decode(text + i, length - i, &code_point);
        if (sequence < 1) {
            out->failed = true;
            return;
        }
        i += (size_t)sequence;
    }
    buffer_append(out, text + start, length - start);
    buffer_append_char(out, '"');
}

void json_write_text(struct buffer *out, const char *text)
{
    if (text == NULL)
        buffer_append_text(out, "null");
    else
        json_write_text_n(out, text, strlen(text));
}

void json_write_int(struct buffer *out, int64_t value)
{
    buffer_printf(out, "%lld", (long long)value);
}

void json_separator(struct buffer *out)
{
    if (out->length == 0)
        return;
    char last = out->data[out->length - 1];
    if (last != '{' && last != '[' && last != ':')
        buffer_append_char(out, ',');
}

void json_member(struct buffer *out, const char *name)
{
    json_separator(out);
    json_write_text(out, name);
    buffer_append_char(out, ':');
}

void json_member_text(struct buffer *out, const char *name, const char *text)
{
    json_member(out, name);
    json_write_text(out, text);
}

void json_member_int(struct buffer *out, const char *name, int64_t value)
{
    json_member(out, name);
    json_write_int(out, value);
}

void json_member_bool(struct buffer *out, const char *name, bool value)
{
    json_member(out, name);
    buffer_append_text(out, value ? "true" : "false");
}
