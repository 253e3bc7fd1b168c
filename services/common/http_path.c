#include "http.h"

#include "utf8.h"

#include <string.h>

static int http_hex(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

/* Decodes percent-encoding; forbids control bytes and what is no UTF-8, which the database refuses, and '/' where it
 * would change the path's structure. */
static char *http_decode(struct arena *arena, const char *text, size_t length, bool plus_is_space, bool slash_allowed)
{
    char *decoded = arena_alloc(arena, length + 1);
    if (decoded == NULL)
        return NULL;
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte == '%') {
            if (length - i < 3 || http_hex(text[i + 1]) < 0 || http_hex(text[i + 2]) < 0)
                return NULL;
            byte = (unsigned char)(http_hex(text[i + 1]) * 16 + http_hex(text[i + 2]));
            i += 2;
            if (byte == '/' && !slash_allowed)
                return NULL;
        } else if (byte == '+' && plus_is_space) {
            byte = ' ';
        }
        if (byte < 0x20 || byte == 0x7f)
            return NULL;
        decoded[used++] = (char)byte;
    }
    return utf8_is_valid(decoded, used) ? decoded : NULL;
}

char *http_query_decode(struct arena *arena, const char *text, size_t length)
{
    return http_decode(arena, text, length, true, true);
}

bool http_path_split(struct arena *arena, const char *path, char **ret_segments, size_t max, size_t *ret_count)
{
    *ret_count = 0;
    if (*path != '/')
        return false;
    while (*path == '/') {
        path++;
        size_t length = strcspn(path, "/");
        if (length == 0 || *ret_count == max)
            return false;
        char *segment = http_decode(arena, path, length, false, false);
        if (segment == NULL || strcmp(segment, ".") == 0 || strcmp(segment, "..") == 0)
            return false;
        ret_segments[(*ret_count)++] = segment;
        path += length;
    }
    return true;
}

bool http_path_match(const char *pattern, char *const *segments, size_t segment_count, const char **ret_values,
                     size_t values_max)
{
    size_t values = 0;
    size_t segment = 0;
    while (*pattern == '/') {
        pattern++;
        size_t length = strcspn(pattern, "/");
        if (segment == segment_count)
            return false;
        const char *text = segments[segment++];
        if (*pattern == '{') {
            if (values == values_max)
                return false;
            ret_values[values++] = text;
        } else if (strlen(text) != length || memcmp(text, pattern, length) != 0) {
            return false;
        }
        pattern += length;
    }
    return segment == segment_count;
}
