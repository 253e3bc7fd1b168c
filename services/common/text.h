/* Strict reading of short ASCII values, and the folding of hand-typed codes (identity, account, phone, bank
 * numbers, amounts) into ASCII. Never for names: see person_name.h. */
#ifndef HUIMIN_TEXT_H
#define HUIMIN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads a whole string `-?(0|[1-9][0-9]*)` into *ret_value. False, and *ret_value untouched, for anything
 * else (NULL, empty, blanks, plus sign, leading zeros, "-0") and for a value outside min..max. */
bool text_to_int64(const char *text, int64_t min, int64_t max, int64_t *ret_value);

/* Whether the text is one of the comma separated items of `list` (NULL: an empty list). */
bool text_is_listed(const char *list, const char *text);

/* Whether the text is not empty and holds ASCII digits only. */
bool text_is_digits(const char *text);

/* Whether the text is a number in exponent form as spreadsheets write it ("3.40103E+17", "6e18"). */
bool text_is_exponent(const char *text);

/* Folds the UTF-8 text of a code into printable ASCII: full-width forms become ASCII; blanks of every width,
 * tabs, line ends, no-break spaces, zero-width characters and byte order marks go; one leading apostrophe
 * (the spreadsheets' mark of text) goes; each other character outside ASCII becomes '?', so that lengths
 * still count characters. ret_folded holds `size` bytes and is always terminated. Returns false, with an
 * empty ret_folded, when the result does not fit or the text is not valid UTF-8. NULL is read as empty. */
bool text_fold_code(const char *text, char *ret_folded, size_t size);

enum { TEXT_PERSONAL_BYTES_MAX = 2048 };

/* Whether a text holds what looks like the number of a person: a mobile number (1, then 3 to 9, then nine digits, alone
 * or after 86), or 15 or more digits in a row (identity, card and certificate numbers). Full-width digits count; blanks
 * and hyphens between digits do not part them. True for a text that is not UTF-8 or longer than the maximum. The same
 * rule in SQL: app.holds_personal_number(). */
bool text_holds_personal_number(const char *text);

/* Whether a code holds 11 or more digits in a row, as long as a mobile number: no code of ours does. */
bool text_code_is_personal(const char *code);

#endif
