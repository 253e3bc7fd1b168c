#include "bank_format.h"

#include "text.h"

#include <stdio.h>
#include <string.h>

/* Reads `digits[,digits]` of SWIFT: the comma must be there, at most two decimals behind it. */
static bool bank_comma_parse(const char *text, int64_t *ret_fen)
{
    const char *comma = strchr(text, ',');
    size_t whole = comma != NULL ? (size_t)(comma - text) : 0;
    size_t decimals = comma != NULL ? strlen(comma + 1) : 0;
    if (comma == NULL || whole == 0 || whole > 12 || decimals > 2 || strspn(text, "0123456789") != whole ||
        strspn(comma + 1, "0123456789") != decimals)
        return false;
    char plain[32];
    snprintf(plain, sizeof(plain), "%.*s.%s%s", (int)whole, text, comma + 1, &"00"[decimals]);
    return money_parse(plain, ret_fen) == ERR_NONE;
}

bool bank_amount_parse(enum bank_amount_style style, const char *text, int64_t *ret_fen)
{
    switch (style) {
    case BANK_AMOUNT_POINT:
    case BANK_AMOUNT_GROUPED:
        return money_parse(text, ret_fen) == ERR_NONE;
    case BANK_AMOUNT_COMMA:
        return bank_comma_parse(text, ret_fen);
    case BANK_AMOUNT_FEN:
        return text_to_int64(text, 0, MONEY_FEN_MAX, ret_fen);
    }
    return false;
}

void bank_amount_format(enum bank_amount_style style, int64_t amount_fen, char ret_text[MONEY_TEXT_SIZE])
{
    char plain[MONEY_TEXT_SIZE];
    money_format(amount_fen, plain);
    size_t whole = strcspn(plain, ".");
    switch (style) {
    case BANK_AMOUNT_POINT:
        memcpy(ret_text, plain, sizeof(plain));
        break;
    case BANK_AMOUNT_COMMA:
        plain[whole] = ',';
        memcpy(ret_text, plain, sizeof(plain));
        break;
    case BANK_AMOUNT_FEN:
        snprintf(ret_text, MONEY_TEXT_SIZE, "%lld", (long long)amount_fen);
        break;
    case BANK_AMOUNT_GROUPED: {
        size_t length = 0;
        for (size_t i = 0; plain[i] != '\0' && length + 2 < MONEY_TEXT_SIZE; i++) {
            if (i > 0 && i < whole && (whole - i) % 3 == 0)
                ret_text[length++] = ',';
            ret_text[length++] = plain[i];
        }
        ret_text[length] = '\0';
        break;
    }
    }
}

bool bank_date_parse(enum bank_date_style style, const char *text, struct date *ret_date)
{
    char plain[DATE_TEXT_SIZE];
    size_t length = strlen(text);
    switch (style) {
    case BANK_DATE_COMPACT:
        return date_parse_compact(text, ret_date);
    case BANK_DATE_DASH:
        return date_parse(text, ret_date);
    case BANK_DATE_SLASH:
        if (length != DATE_TEXT_SIZE - 1 || text[4] != '/' || text[7] != '/')
            return false;
        memcpy(plain, text, DATE_TEXT_SIZE);
        plain[4] = plain[7] = '-';
        return date_parse(plain, ret_date);
    case BANK_DATE_SHORT:
        if (length != 6)
            return false;
        snprintf(plain, sizeof(plain), "20%.6s", text);
        return date_parse_compact(plain, ret_date);
    }
    return false;
}

void bank_date_format(enum bank_date_style style, struct date date, char ret_text[DATE_TEXT_SIZE])
{
    if (style == BANK_DATE_COMPACT || style == BANK_DATE_SHORT) {
        char plain[DATE_COMPACT_SIZE];
        date_format_compact(date, plain);
        snprintf(ret_text, DATE_TEXT_SIZE, "%s", style == BANK_DATE_SHORT ? plain + 2 : plain);
        return;
    }
    date_format(date, ret_text);
    if (style == BANK_DATE_SLASH)
        ret_text[4] = ret_text[7] = '/';
}
