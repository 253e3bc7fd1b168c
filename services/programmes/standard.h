/* The rules of standards: what may be proposed and who may approve it. A standard says what a tier of a
 * programme item is worth over time; it is proposed by one person, approved by another, and never
 * overwritten. Pure. */
#ifndef HUIMIN_STANDARD_H
#define HUIMIN_STANDARD_H

#include "date.h"
#include "err.h"

#include <stdbool.h>

enum { STANDARD_SOURCE_CHARS_MAX = 500 };

/* The ceiling of one amount, 1 million yuan: a typing slip must not pass for a rate. */
#define STANDARD_AMOUNT_FEN_MAX 100000000

/* Whether a day may begin or end a standard's validity: entitlements count whole months, so only the first
 * day of a month. ERR_BAD_VALUE otherwise. */
enum err standard_check_day(struct date day);

/* Whether the validity from..to (the first day that is no longer covered) is not empty. to.year 0: without an
 * end. ERR_OUT_OF_RANGE otherwise. */
enum err standard_check_validity(struct date from, struct date to);

/* Whether a text can be the source of a standard: 1 to STANDARD_SOURCE_CHARS_MAX characters, not blanks
 * alone. ERR_TOO_SHORT or ERR_TOO_LONG. */
enum err standard_check_source(const char *source);

/* Whether the actor may approve a standard that `proposed_by` has proposed. ERR_SAME_PERSON comes before
 * ERR_WRONG_STATE (it is approved already). */
enum err standard_check_approval(bool approved, const char *proposed_by, const char *actor);

#endif
