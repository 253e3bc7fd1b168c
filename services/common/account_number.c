#include "account_number.h"

#include "text.h"

#include <string.h>

struct account_rule {
    const char *name;
    size_t digits_min;
    size_t digits_max;
};

static const struct account_rule rules[ACCOUNT_KIND_COUNT] = {
    [ACCOUNT_CARD] = {"card", 13, 19},
    [ACCOUNT_LEGACY_CARD] = {"legacy_card", 13, 19},
    [ACCOUNT_PASSBOOK] = {"passbook", 12, 22},
    [ACCOUNT_CORPORATE] = {"corporate", 8, ACCOUNT_NUMBER_DIGITS_MAX},
};

/* A double holds 15 decimal digits: a spreadsheet writes zeros for the rest. */
enum { SPREADSHEET_DIGITS = 15, SUSPECT_ZEROS_MIN = 4 };

const char *account_kind_name(enum account_kind kind)
{
    return rules[kind].name;
}

bool account_kind_parse(const char *name, enum account_kind *ret_kind)
{
    for (int kind = 0; name != NULL && kind < ACCOUNT_KIND_COUNT; kind++) {
        if (strcmp(name, rules[kind].name) == 0) {
            *ret_kind = (enum account_kind)kind;
            return true;
        }
    }
    return false;
}

/* Folds into a buffer that also holds hyphens, then drops those between two digits. */
static bool normalise(const char *text, char *ret_text, size_t size)
{
    char folded[2 * ACCOUNT_NUMBER_SIZE];
    size_t written = 0;
    ret_text[0] = '\0';
    if (!text_fold_code(text, folded, sizeof(folded)))
        return false;
    for (const char *at = folded; *at != '\0'; at++) {
        bool between_digits = at > folded && at[-1] >= '0' && at[-1] <= '9' && at[1] >= '0' && at[1] <= '9';
        if (*at == '-' && between_digits)
            continue;
        if (written + 1 == size) {
            ret_text[0] = '\0';
            return false;
        }
        ret_text[written++] = *at;
    }
    ret_text[written] = '\0';
    return true;
}

bool account_number_normalise(const char *text, char ret_text[ACCOUNT_NUMBER_SIZE])
{
    return normalise(text, ret_text, ACCOUNT_NUMBER_SIZE);
}

bool account_number_luhn_ok(const char *digits)
{
    if (!text_is_digits(digits))
        return false;
    size_t length = strlen(digits);
    int sum = 0;
    for (size_t i = 0; i < length; i++) {
        int digit = digits[length - 1 - i] - '0';
        if (i % 2 == 1)
            digit = digit > 4 ? 2 * digit - 9 : 2 * digit;
        sum += digit;
    }
    return sum % 10 == 0;
}

static bool looks_cut_by_spreadsheet(const char *digits)
{
    size_t length = strlen(digits);
    size_t kept = length;
    while (kept > 0 && digits[kept - 1] == '0')
        kept--;
    return length > SPREADSHEET_DIGITS && length - kept >= SUSPECT_ZEROS_MIN && kept <= SPREADSHEET_DIGITS;
}

enum err account_number_check(enum account_kind kind, const char *text)
{
    const struct account_rule *rule = &rules[kind];
    char number[ACCOUNT_NUMBER_SIZE];
    if (!account_number_normalise(text, number))
        return ERR_ACCOUNT_LENGTH;
    if (text_is_exponent(number))
        return ERR_ACCOUNT_EXCEL_DAMAGE;
    if (number[0] != '\0' && !text_is_digits(number))
        return ERR_ACCOUNT_CHARACTERS;
    size_t length = strlen(number);
    if (length < rule->digits_min || length > rule->digits_max)
        return ERR_ACCOUNT_LENGTH;
    bool proven = kind == ACCOUNT_CARD && account_number_luhn_ok(number);
    if (!proven && looks_cut_by_spreadsheet(number))
        return ERR_ACCOUNT_EXCEL_DAMAGE;
    return kind == ACCOUNT_CARD && !proven ? ERR_ACCOUNT_LUHN : ERR_NONE;
}

void account_number_mask(const char *number, char ret_text[ACCOUNT_NUMBER_SIZE])
{
    size_t length = number == NULL ? 0 : strlen(number);
    if (length > ACCOUNT_NUMBER_DIGITS_MAX) {
        number += length - ACCOUNT_NUMBER_DIGITS_MAX;
        length = ACCOUNT_NUMBER_DIGITS_MAX;
    }
    size_t shown = length > 4 ? 4 : 0;
    memset(ret_text, '*', length - shown);
    if (shown > 0)
        memcpy(ret_text + length - shown, number + length - shown, shown);
    ret_text[length] = '\0';
}
