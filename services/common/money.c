#include "money.h"

#include "text.h"
#include "utf8.h"

#include <stdio.h>
#include <string.h>

bool money_add(int64_t a_fen, int64_t b_fen, int64_t *ret_fen)
{
    int64_t sum;
    if (__builtin_add_overflow(a_fen, b_fen, &sum))
        return false;
    *ret_fen = sum;
    return true;
}

bool money_subtract(int64_t a_fen, int64_t b_fen, int64_t *ret_fen)
{
    int64_t difference;
    if (__builtin_sub_overflow(a_fen, b_fen, &difference))
        return false;
    *ret_fen = difference;
    return true;
}

bool money_multiply(int64_t amount_fen, int64_t count, int64_t *ret_fen)
{
    int64_t product;
    if (__builtin_mul_overflow(amount_fen, count, &product))
        return false;
    *ret_fen = product;
    return true;
}

static bool in_range(int64_t amount_fen)
{
    return amount_fen >= 0 && amount_fen <= MONEY_FEN_MAX;
}

/* Drops what may stand around an amount: a currency sign in front, 元 behind. */
static char *trim_currency(char *text)
{
    static const char *const signs[] = {"RMB", "CNY", "¥", "￥"};
    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        size_t length = strlen(signs[i]);
        if (strncmp(text, signs[i], length) == 0)
            return text + length;
    }
    static const char yuan[] = "元";
    size_t length = strlen(text);
    if (length > strlen(yuan) && strcmp(text + length - strlen(yuan), yuan) == 0)
        text[length - strlen(yuan)] = '\0';
    return text;
}

/* Copies `text` with blanks at both ends dropped (ASCII and U+3000, U+00A0, U+FEFF). */
static bool copy_trimmed(const char *text, char *ret_text, size_t size)
{
    static const char *const blanks[] = {" ", "\t", "\r", "\n", "\u3000", "\u00A0", "\uFEFF"};
    size_t length = strlen(text);
    for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]);) {
        size_t blank = strlen(blanks[i]);
        if (length >= blank && memcmp(text, blanks[i], blank) == 0)
            text += blank;
        else if (length < blank || memcmp(text + length - blank, blanks[i], blank) != 0) {
            i++;
            continue;
        }
        length -= blank;
        i = 0;
    }
    if (length >= size)
        return false;
    memcpy(ret_text, text, length);
    ret_text[length] = '\0';
    return true;
}

/* Whole yuan in front of `length` characters: digits without leading zeros, either plain or in groups of
 * three. */
static bool parse_yuan(const char *text, size_t length, int64_t *ret_yuan)
{
    char digits[16];
    size_t count = 0;
    bool grouped = memchr(text, ',', length) != NULL;
    for (size_t i = 0; i < length; i++) {
        bool separator_place = grouped && i > 0 && (length - i) % 4 == 0;
        if ((text[i] == ',') != separator_place)
            return false;
        if (text[i] == ',')
            continue;
        if (count + 1 == sizeof(digits))
            return false;
        digits[count++] = text[i];
    }
    digits[count] = '\0';
    return text_to_int64(digits, 0, MONEY_FEN_MAX / 100, ret_yuan);
}

/* The fen after the decimal point: one or two digits. */
static bool parse_decimals(const char *text, int64_t *ret_fen)
{
    if (!text_is_digits(text) || strlen(text) > 2)
        return false;
    *ret_fen = (text[0] - '0') * 10 + (text[1] == '\0' ? 0 : text[1] - '0');
    return true;
}

enum err money_parse(const char *text, int64_t *ret_fen)
{
    char trimmed[96];
    char folded[40];
    if (text == NULL || !copy_trimmed(text, trimmed, sizeof(trimmed)))
        return ERR_BAD_AMOUNT;
    char *amount = trim_currency(trimmed + (trimmed[0] == '\''));
    /* Folding must not close a gap inside the number: "1 262" may as well be two cells run together. */
    if (!text_fold_code(amount, folded, sizeof(folded)) || strlen(folded) != utf8_length_chars(amount))
        return ERR_BAD_AMOUNT;
    size_t whole = strcspn(folded, ".");
    int64_t yuan;
    int64_t fen = 0;
    if (!parse_yuan(folded, whole, &yuan) || (folded[whole] == '.' && !parse_decimals(folded + whole + 1, &fen)))
        return ERR_BAD_AMOUNT;
    *ret_fen = yuan * 100 + fen;
    return ERR_NONE;
}

void money_format(int64_t amount_fen, char ret_text[MONEY_TEXT_SIZE])
{
    uint64_t magnitude = amount_fen < 0 ? -(uint64_t)amount_fen : (uint64_t)amount_fen;
    snprintf(ret_text, MONEY_TEXT_SIZE, "%s%llu.%02llu", amount_fen < 0 ? "-" : "",
             (unsigned long long)(magnitude / 100), (unsigned long long)(magnitude % 100));
}

static const char *const word_digits[] = {"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"};

/* Appends to a text that MONEY_WORDS_SIZE is large enough for by construction. */
static void append(char *text, const char *words)
{
    size_t length = strlen(text);
    snprintf(text + length, MONEY_WORDS_SIZE - length, "%s", words);
}

/* Whole yuan, at most 12 digits. Any run of zeros between digits is read once, those at the end of a group of
 * four not at all. */
static void append_yuan(char *text, int64_t yuan)
{
    static const char *const places[] = {"", "拾", "佰", "仟"};
    static const char *const groups[] = {"", "万", "亿"};
    bool zero_pending = false;
    bool written = false;
    int64_t unit = INT64_C(100000000000);
    bool group_written = false;
    for (int place = 11; place >= 0; place--, unit /= 10) {
        int digit = (int)(yuan / unit % 10);
        if (digit == 0) {
            zero_pending = written;
        } else {
            if (zero_pending)
                append(text, word_digits[0]);
            append(text, word_digits[digit]);
            append(text, places[place % 4]);
            zero_pending = false;
            written = true;
            group_written = true;
        }
        if (place % 4 == 0) {
            if (group_written)
                append(text, groups[place / 4]);
            group_written = false;
        }
    }
}

bool money_words(int64_t amount_fen, char ret_text[MONEY_WORDS_SIZE])
{
    ret_text[0] = '\0';
    if (!in_range(amount_fen))
        return false;
    int64_t yuan = amount_fen / 100;
    int jiao = (int)(amount_fen / 10 % 10);
    int fen = (int)(amount_fen % 10);
    append(ret_text, "人民币");
    if (yuan > 0) {
        append_yuan(ret_text, yuan);
        append(ret_text, "元");
    } else if (jiao == 0 && fen == 0) {
        append(ret_text, "零元");
    }
    if (jiao > 0) {
        append(ret_text, word_digits[jiao]);
        append(ret_text, "角");
    } else if (fen > 0 && yuan > 0) {
        append(ret_text, word_digits[0]);
    }
    if (fen > 0) {
        append(ret_text, word_digits[fen]);
        append(ret_text, "分");
    } else {
        append(ret_text, "整");
    }
    return true;
}

/* numerator / denominator fen, rounded. The numerator is at most MONEY_FEN_MAX * MONEY_RATIO_MAX, well inside
 * int64_t. */
static int64_t divide_rounded(int64_t numerator, int64_t denominator, enum money_rounding rounding)
{
    int64_t fen = numerator / denominator;
    bool exact = numerator % denominator == 0;
    switch (rounding) {
    case MONEY_HALF_UP_FEN:
        return fen + (numerator % denominator >= denominator - numerator % denominator);
    case MONEY_UP_JIAO:
        return (fen + (exact ? 9 : 10)) / 10 * 10;
    case MONEY_UP_YUAN:
        return (fen + 90) / 100 * 100;
    case MONEY_DOWN_YUAN:
        return fen / 100 * 100;
    case MONEY_FLOOR_FEN:
        break;
    }
    return fen;
}

_Static_assert(MONEY_FEN_MAX < INT64_MAX / MONEY_RATIO_MAX, "a scaled amount must fit into int64_t");

bool money_scale(int64_t amount_fen, int numerator, int denominator, enum money_rounding rounding, int64_t *ret_fen)
{
    if (!in_range(amount_fen) || numerator < 0 || numerator > MONEY_RATIO_MAX || denominator < 1 ||
        denominator > MONEY_RATIO_MAX)
        return false;
    int64_t result = divide_rounded(amount_fen * numerator, denominator, rounding);
    if (!in_range(result))
        return false;
    *ret_fen = result;
    return true;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* What is paid up to and including a part: never more than the total, and all of it at the end. */
static int64_t paid_after(int64_t total_fen, int parts, int part, enum money_rounding rounding,
                          enum money_remainder remainder)
{
    if (part == parts)
        return total_fen;
    int64_t paid = remainder == MONEY_REMAINDER_LAST ? divide_rounded(total_fen, parts, rounding) * part
                                                     : divide_rounded(total_fen * part, parts, rounding);
    return smaller(paid, total_fen);
}

bool money_split_part(int64_t total_fen, int parts, int part, enum money_rounding rounding,
                      enum money_remainder remainder, int64_t *ret_fen)
{
    if (!in_range(total_fen) || parts < 1 || parts > MONEY_RATIO_MAX || part < 1 || part > parts)
        return false;
    *ret_fen = paid_after(total_fen, parts, part, rounding, remainder) -
               paid_after(total_fen, parts, part - 1, rounding, remainder);
    return true;
}

bool money_prorate(int64_t amount_fen, int covered, int of, enum money_rounding rounding, int64_t *ret_fen)
{
    if (!in_range(amount_fen) || of < 1 || of > MONEY_RATIO_MAX || covered < 0 || covered > of)
        return false;
    int64_t share = divide_rounded(amount_fen * covered, of, rounding);
    *ret_fen = covered == of ? amount_fen : smaller(share, amount_fen);
    return true;
}
