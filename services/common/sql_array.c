#include "sql_array.h"

#include "crypto.h"

#include <stdio.h>
#include <string.h>

void sql_array_begin(struct buffer *array)
{
    buffer_clear(array);
    buffer_append_char(array, '{');
}

static void sql_array_separate(struct buffer *array)
{
    if (array->length > 1)
        buffer_append_char(array, ',');
}

void sql_array_text(struct buffer *array, const char *text)
{
    if (text == NULL) {
        sql_array_null(array);
        return;
    }
    sql_array_separate(array);
    buffer_append_char(array, '"');
    while (*text != '\0') {
        size_t plain = strcspn(text, "\"\\");
        buffer_append(array, text, plain);
        text += plain;
        if (*text != '\0') {
            buffer_append_char(array, '\\');
            buffer_append_char(array, *text++);
        }
    }
    buffer_append_char(array, '"');
}

void sql_array_int(struct buffer *array, int64_t number)
{
    char digits[24];
    int length = snprintf(digits, sizeof(digits), "%lld", (long long)number);
    sql_array_separate(array);
    buffer_append(array, digits, (size_t)length);
}

void sql_array_null(struct buffer *array)
{
    sql_array_separate(array);
    buffer_append_text(array, "NULL");
}

void sql_array_bytes(struct buffer *array, const void *bytes, size_t length)
{
    enum { SLICE = 64 };
    char hex[2 * SLICE + 1];
    const unsigned char *next = bytes;
    if (bytes == NULL) {
        sql_array_null(array);
        return;
    }
    sql_array_separate(array);
    buffer_append_text(array, "\"\\\\x");
    while (length > 0) {
        size_t slice = length < SLICE ? length : SLICE;
        crypto_hex_encode(next, slice, hex);
        buffer_append(array, hex, 2 * slice);
        next += slice;
        length -= slice;
    }
    buffer_append_char(array, '"');
}

const char *sql_array_end(struct buffer *array)
{
    buffer_append_char(array, '}');
    return array->failed ? NULL : array->data;
}
