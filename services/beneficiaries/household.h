/* Rules about households that need no database. */
#ifndef HUIMIN_HOUSEHOLD_H
#define HUIMIN_HOUSEHOLD_H

#include "err.h"

#include <stdbool.h>

enum { HOUSEHOLD_NUMBER_CHARS_MAX = 32, HOUSEHOLD_NUMBER_SIZE = 33, HOUSEHOLD_RELATION_SIZE = 3 };

/* Folds a household number (户编号) to 1 to 32 characters of A-Z a-z 0-9 - _ /. ERR_REQUIRED, ERR_TOO_LONG,
 * ERR_BAD_CHARACTERS, ERR_PERSONAL_DATA (text_holds_personal_number()): the number stands in addresses. */
enum err household_read_number(const char *text, char ret_number[HOUSEHOLD_NUMBER_SIZE]);

/* Folds the relation to the head of household (GB/T 4761: 01 alone, 02 head, 1x spouse, 2x son, 3x daughter
 * ...) to two digits; a single digit has lost its leading zero to a spreadsheet. ERR_REQUIRED, ERR_BAD_VALUE.
 */
enum err household_read_relation(const char *text, char ret_relation[HOUSEHOLD_RELATION_SIZE]);

/* Whether the relation is that of the head, or of a person living alone: one of them at a time in a
 * household. */
bool household_is_head(const char *relation);

#endif
