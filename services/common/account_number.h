/* Bank account numbers that benefits are paid to. */
#ifndef HUIMIN_ACCOUNT_NUMBER_H
#define HUIMIN_ACCOUNT_NUMBER_H

#include "err.h"

#include <stdbool.h>

enum account_kind {
    ACCOUNT_CARD,        /* ISO/IEC 7812 card (UnionPay), 13 to 19 digits, Luhn */
    ACCOUNT_LEGACY_CARD, /* card older than the common scheme, 13 to 19 digits, no check digit */
    ACCOUNT_PASSBOOK,    /* passbook or account without card (存折), 12 to 22 digits, no check digit */
    ACCOUNT_CORPORATE    /* account of an institution, 8 to 32 digits, no check digit */
};

enum { ACCOUNT_NUMBER_DIGITS_MAX = 32, ACCOUNT_NUMBER_SIZE = 33, ACCOUNT_KIND_COUNT = 4 };

/* The names used in the API, lists and the database: card, legacy_card, passbook, corporate. */
const char *account_kind_name(enum account_kind kind);
bool account_kind_parse(const char *name, enum account_kind *ret_kind);

/* Folds to ASCII (see text_fold_code) and drops hyphens between digit groups. False, with an empty result,
 * when it does not fit. Proves nothing: use account_number_check. */
bool account_number_normalise(const char *text, char ret_text[ACCOUNT_NUMBER_SIZE]);

/* Checks a number of that kind, after normalising. No bank is derived from the digits, and no prefix is
 * required. The errors, in order:
 * - ERR_ACCOUNT_EXCEL_DAMAGE: exponent form.
 * - ERR_ACCOUNT_CHARACTERS: anything but digits.
 * - ERR_ACCOUNT_LENGTH: wrong length for the kind.
 * - ERR_ACCOUNT_EXCEL_DAMAGE: at least 16 digits that end in 4 or more zeros, with zeros from the 16th digit
 * on: what a spreadsheet leaves of a long number. Not for a card whose Luhn digit is right.
 * - ERR_ACCOUNT_LUHN: wrong check digit (cards only). */
enum err account_number_check(enum account_kind kind, const char *text);

/* Whether the digits end in their Luhn check digit (ISO/IEC 7812-1 annex B). False for anything but digits.
 * It does not see 09 and 90 swapped. */
bool account_number_luhn_ok(const char *digits);

/* Stars for all but the last 4 characters of a normalised number; at most 4 characters become stars entirely.
 */
void account_number_mask(const char *number, char ret_text[ACCOUNT_NUMBER_SIZE]);

#endif
