#include "utf8.h"

#include <string.h>

/* How many bytes a first byte announces; 0 when it cannot begin a character. */
static size_t announced_bytes(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first <= 0xDF)
        return 2;
    if (first >= 0xE0 && first <= 0xEF)
        return 3;
    return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

/* The second byte excludes overlong forms, surrogates and what lies above U+10FFFF. */
static bool second_byte_ok(unsigned char first, unsigned char second)
{
    unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    return second >= low && second <= high;
}

int utf8_decode(const char *bytes, size_t length, uint32_t *ret_code_point)
{
    if (length == 0)
        return 0;
    unsigned char first = (unsigned char)bytes[0];
    size_t announced = announced_bytes(first);
    if (announced == 0)
        return -1;
    uint32_t code_point = announced == 1 ? first : first & (0x7FU >> announced);
    for (size_t i = 1; i < announced; i++) {
        if (i == length)
            return 0;
        unsigned char next = (unsigned char)bytes[i];
        if ((next & 0xC0) != 0x80 || (i == 1 && !second_byte_ok(first, next)))
            return -1;
        code_point = code_point << 6 | (next & 0x3F);
    }
    *ret_code_point = code_point;
    return (int)announced;
}

size_t utf8_encode(uint32_t code_point, char ret_bytes[UTF8_BYTES_MAX])
{
    if (code_point < 0x80) {
        ret_bytes[0] = (char)code_point;
        return 1;
    }
    if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF))
        return 0;
    size_t bytes = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (size_t i = bytes - 1; i > 0; i--) {
        ret_bytes[i] = (char)(0x80 | (code_point & 0x3F));
        code_point >>= 6;
    }
    ret_bytes[0] = (char)((0xF00U >> bytes & 0xFF) | code_point);
    return bytes;
}

bool utf8_is_valid(const char *bytes, size_t length)
{
    uint32_t code_point;
    for (size_t at = 0; at < length;) {
        int taken = utf8_decode(bytes + at, length - at, &code_point);
        if (taken <= 0)
            return false;
        at += (size_t)taken;
    }
    return true;
}

size_t utf8_length_chars(const char *text)
{
    size_t length = strlen(text);
    if (!utf8_is_valid(text, length))
        return SIZE_MAX;
    size_t chars = 0;
    for (size_t i = 0; i < length; i++)
        chars += ((unsigned char)text[i] & 0xC0) != 0x80;
    return chars;
}

size_t utf8_to_code_points(const char *text, uint32_t *ret_code_points, size_t count_max)
{
    size_t length = strlen(text);
    size_t count = 0;
    for (size_t at = 0; at < length; count++) {
        uint32_t code_point;
        int taken = utf8_decode(text + at, length - at, &code_point);
        if (taken <= 0 || count == count_max)
            return SIZE_MAX;
        ret_code_points[count] = code_point;
        at += (size_t)taken;
    }
    return count;
}

bool utf8_from_code_points(const uint32_t *code_points, size_t count, char *ret_text, size_t size)
{
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        char bytes[UTF8_BYTES_MAX];
        size_t taken = utf8_encode(code_points[i], bytes);
        if (taken == 0 || length + taken >= size) {
            ret_text[0] = '\0';
            return false;
        }
        memcpy(ret_text + length, bytes, taken);
        length += taken;
    }
    ret_text[length] = '\0';
    return true;
}
