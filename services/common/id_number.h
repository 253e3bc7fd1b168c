/* Citizen identity numbers (公民身份号码, GB 11643-1999, check character ISO 7064 MOD 11-2), with the numbers
 * of the same layout: residence permits for Hong Kong, Macao and Taiwan residents (81/82/83 0000) and the
 * 18-character permanent residence permit for foreigners (9, province of application, ISO 3166-1 numeric
 * nationality). */
#ifndef HUIMIN_ID_NUMBER_H
#define HUIMIN_ID_NUMBER_H

#include "date.h"
#include "err.h"

#include <stdbool.h>

enum { ID_NUMBER_LENGTH = 18, ID_NUMBER_SIZE = 19, ID_NUMBER_NORMAL_SIZE = 40, ID_NUMBER_AGE_YEARS_MAX = 120 };

/* GB/T 2261.1 */
enum sex { SEX_UNKNOWN = 0, SEX_MALE = 1, SEX_FEMALE = 2 };

enum id_number_kind { ID_NUMBER_CITIZEN, ID_NUMBER_HK_MACAO_TAIWAN, ID_NUMBER_FOREIGNER };

struct id_number {
    char text[ID_NUMBER_SIZE]; /* canonical: 17 digits, then a digit or 'X' */
    enum id_number_kind kind;  /* other than CITIZEN: no local household registration */
    struct date birth;
    enum sex sex;
};

/* Folds what people type into the canonical alphabet: full-width characters, x, × and Cyrillic Х or х become
 * ASCII and 'X'; blanks, a leading apostrophe, no-break and zero-width characters and byte order marks go.
 * Other characters outside ASCII become '?'. Proves nothing: use id_number_check. False, with an empty
 * result, when the text is longer than ID_NUMBER_NORMAL_SIZE - 1 afterwards or not UTF-8. */
bool id_number_normalise(const char *text, char ret_text[ID_NUMBER_NORMAL_SIZE]);

/* Checks a number as lists and imports bring it, after normalising. The birth must not lie after
 * reference_date nor more than ID_NUMBER_AGE_YEARS_MAX years before it. ret_number (may be NULL) is set on
 * success only. The errors, in order:
 * - ERR_ID_NUMBER_EXCEL_DAMAGE: exponent form.
 * - ERR_ID_NUMBER_LENGTH: not 18 characters (first-generation numbers of 15 digits too), or not UTF-8.
 * - ERR_ID_NUMBER_CHARACTERS: not 17 digits followed by a digit or X.
 * - ERR_ID_NUMBER_EXCEL_DAMAGE: ends in 000, because a spreadsheet keeps 15 digits only.
 * - ERR_ID_NUMBER_PROVINCE: no such province. Unknown counties are accepted: people keep abolished codes for
 * life.
 * - ERR_ID_NUMBER_BIRTH_DATE: no such day, in the future, or too long ago.
 * - ERR_ID_NUMBER_CHECK_DIGIT: wrong check character.
 *
 * An ending of 000 is refused even when the check digit is right, because one in eleven damaged numbers
 * passes it. About one genuine number in a thousand ends so: these people are entered one by one, with
 * id_number_check_typed. */
enum err id_number_check(const char *text, struct date reference_date, struct id_number *ret_number);

/* The same for a number that a person typed for one other person: an ending of 000 is
 * ERR_ID_NUMBER_EXCEL_DAMAGE only when the check digit is wrong. */
enum err id_number_check_typed(const char *text, struct date reference_date, struct id_number *ret_number);

/* The same for a number by which somebody is looked for, of 18 characters or of the first generation's 15 digits, which
 * are converted. For looking only: 15 digits carry no check digit, so nothing is registered by them. */
enum err id_number_check_sought(const char *text, struct date reference_date, struct id_number *ret_number);

/* The check character for the first 17 digits; '\0' when one of them is not a digit. */
char id_number_check_character(const char *digits);

/* Converts a first-generation number of 15 digits (normalised first): 19 is inserted after the county (18 for
 * the sequence numbers 996 to 999, kept for centenarians) and the check character appended. False when it
 * does not have 15 digits. The result still has to pass id_number_check. */
bool id_number_from_15(const char *text, char ret_text[ID_NUMBER_SIZE]);

/* Masks a canonical number: 340103********0015. Anything else becomes 18 stars. */
void id_number_mask(const char *canonical, char ret_text[ID_NUMBER_SIZE]);

#endif
