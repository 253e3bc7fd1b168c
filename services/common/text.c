#include "text.h"

#include "utf8.h"

#include <string.h>

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

bool text_to_int64(const char *text, int64_t min, int64_t max, int64_t *ret_value)
{
    if (text == NULL)
        return false;
    bool negative = text[0] == '-';
    const char *digit = text + negative;
    if (!is_digit(digit[0]) || (digit[0] == '0' && (negative || digit[1] != '\0')))
        return false;
    /* Counted downwards: only there is room for INT64_MIN. */
    int64_t value = 0;
    for (; *digit != '\0'; digit++) {
        if (!is_digit(*digit) || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, *digit - '0', &value))
            return false;
    }
    if (!negative && __builtin_sub_overflow((int64_t)0, value, &value))
        return false;
    if (value < min || value > max)
        return false;
    *ret_value = value;
    return true;
}

bool text_is_listed(const char *list, const char *text)
{
    size_t length = strlen(text);
    while (list != NULL && *list != '\0') {
        size_t item = strcspn(list, ",");
        if (item == length && memcmp(list, text, length) == 0)
            return true;
        list += item + (list[item] == ',');
    }
    return false;
}

bool text_is_digits(const char *text)
{
    if (text == NULL || text[0] == '\0')
        return false;
    return text[strspn(text, "0123456789")] == '\0';
}

bool text_is_exponent(const char *text)
{
    if (text == NULL || !is_digit(text[0]))
        return false;
    text += strspn(text, "0123456789");
    if (*text == '.')
        text += 1 + strspn(text + 1, "0123456789");
    if (*text != 'E' && *text != 'e')
        return false;
    text++;
    if (*text == '+' || *text == '-')
        text++;
    return text_is_digits(text);
}

/* Ranges of characters outside ASCII that hand-typed codes contain: dropped, or read as a hyphen. */
static const struct {
    uint32_t first;
    uint32_t last;
    char stands_for;
} fold_ranges[] = {
    {0x00A0, 0x00A0, '\0'}, /* no-break space */
    {0x00AD, 0x00AD, '\0'}, /* soft hyphen */
    {0x2000, 0x200F, '\0'}, /* spaces of all widths, zero-width characters */
    {0x2010, 0x2014, '-'},  /* hyphens and dashes */
    {0x202A, 0x202F, '\0'}, /* writing direction, narrow no-break space */
    {0x205F, 0x2060, '\0'}, /* mathematical space, word joiner */
    {0x2212, 0x2212, '-'},  /* minus sign */
    {0x3000, 0x3000, '\0'}, /* ideographic space */
    {0xFEFF, 0xFEFF, '\0'}, /* byte order mark */
};

/* What a code point of a hand-typed code stands for: an ASCII character, or '\0' to drop it. */
static char fold_code_point(uint32_t code_point)
{
    if (code_point >= 0xFF01 && code_point <= 0xFF5E)
        return (char)(code_point - 0xFEE0);
    if (code_point > 0x20 && code_point < 0x7F)
        return (char)code_point;
    if (code_point == ' ' || code_point == '\t' || code_point == '\n' || code_point == '\r')
        return '\0';
    for (size_t i = 0; i < sizeof(fold_ranges) / sizeof(fold_ranges[0]); i++)
        if (code_point >= fold_ranges[i].first && code_point <= fold_ranges[i].last)
            return fold_ranges[i].stands_for;
    return '?';
}

bool text_fold_code(const char *text, char *ret_folded, size_t size)
{
    size_t length = text == NULL ? 0 : strlen(text);
    size_t written = 0;
    bool first = true;
    ret_folded[0] = '\0';
    for (size_t at = 0; at < length;) {
        uint32_t code_point;
        int bytes = utf8_decode(text + at, length - at, &code_point);
        if (bytes <= 0) {
            ret_folded[0] = '\0';
            return false;
        }
        at += (size_t)bytes;
        char folded = fold_code_point(code_point);
        if (folded == '\0')
            continue;
        bool apostrophe = first && (folded == '\'' || code_point == 0x2018 || code_point == 0x2019);
        first = false;
        if (apostrophe)
            continue;
        if (written + 1 >= size) {
            ret_folded[0] = '\0';
            return false;
        }
        ret_folded[written++] = folded;
    }
    ret_folded[written] = '\0';
    return true;
}

static bool is_personal_run(const char *digits, size_t count)
{
    enum { MOBILE_DIGITS = 11, IDENTITY_DIGITS_MIN = 15 };
    if (count == MOBILE_DIGITS + 2 && digits[0] == '8' && digits[1] == '6')
        return is_personal_run(digits + 2, MOBILE_DIGITS);
    return count >= IDENTITY_DIGITS_MIN || (count == MOBILE_DIGITS && digits[0] == '1' && digits[1] >= '3');
}

bool text_holds_personal_number(const char *text)
{
    char folded[TEXT_PERSONAL_BYTES_MAX + 1];
    char digits[TEXT_PERSONAL_BYTES_MAX + 1];
    size_t count = 0;
    if (!text_fold_code(text, folded, sizeof(folded)))
        return true;
    for (const char *at = folded; *at != '\0'; at++) {
        if (is_digit(*at)) {
            digits[count++] = *at;
        } else if (*at != '-') {
            if (is_personal_run(digits, count))
                return true;
            count = 0;
        }
    }
    return is_personal_run(digits, count);
}

bool text_code_is_personal(const char *code)
{
    enum { DIGITS_MAX = 10 };
    size_t count = 0;
    for (; *code != '\0' && count <= DIGITS_MAX; code++)
        count = is_digit(*code) ? count + 1 : 0;
    return count > DIGITS_MAX;
}
