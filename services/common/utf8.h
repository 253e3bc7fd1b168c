/* UTF-8 as of RFC 3629, strict: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef HUIMIN_UTF8_H
#define HUIMIN_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UTF8_BYTES_MAX = 4 };

/* Reads the first character of length bytes. Returns how many bytes it takes (1 to 4) and sets
 * *ret_code_point; 0 when the bytes end before the character does (also for length 0); -1 when they cannot be
 * UTF-8. */
int utf8_decode(const char *bytes, size_t length, uint32_t *ret_code_point);

/* Writes a character, without terminator, and returns its length in bytes; 0 for a surrogate or a value above
 * U+10FFFF. */
size_t utf8_encode(uint32_t code_point, char ret_bytes[UTF8_BYTES_MAX]);

bool utf8_is_valid(const char *bytes, size_t length);

/* Characters (code points) of a terminated string; SIZE_MAX when it is not valid UTF-8. */
size_t utf8_length_chars(const char *text);

/* Decodes a terminated string into at most `count_max` code points. Returns their number; SIZE_MAX when the
 * text is not valid UTF-8 or has more. */
size_t utf8_to_code_points(const char *text, uint32_t *ret_code_points, size_t count_max);

/* Encodes code points into a terminated string of at most size - 1 bytes. False, with an empty string, when
 * that does not fit or a code point cannot be encoded. */
bool utf8_from_code_points(const uint32_t *code_points, size_t count, char *ret_text, size_t size);

#endif
