/* What rules, standards and exclusions have in common: proposed by one person, decided by another, in force over time
 * and never overwritten. Pure but for decision_api.c, which is the way of a decision over HTTP. */
#ifndef HUIMIN_DECISION_H
#define HUIMIN_DECISION_H

#include "date.h"
#include "err.h"

enum { DECISION_SOURCE_CHARS_MAX = 500 };

/* Whether a day may begin or end a validity: entitlements count whole months, so only the first day of a month.
 * ERR_BAD_VALUE otherwise. */
enum err decision_check_day(struct date day);

/* Whether the validity from..to (the first day that is no longer covered) is not empty. to.year 0 or below: without an
 * end. ERR_OUT_OF_RANGE otherwise. */
enum err decision_check_validity(struct date from, struct date to);

/* Whether a text can be a source: 1 to DECISION_SOURCE_CHARS_MAX characters, not blanks alone, and
 * without a number of a person. ERR_TOO_SHORT, ERR_TOO_LONG or ERR_PERSONAL_DATA. */
enum err decision_check_source(const char *source);

/* Whether the actor may approve what `proposed_by` has proposed. ERR_SAME_PERSON comes before ERR_WRONG_STATE (it is
 * not PROPOSED any more). */
enum err decision_check_approval(const char *state, const char *proposed_by, const char *actor);

/* Whether something can still be rejected: ERR_WRONG_STATE when it is not PROPOSED any more. The proposer may. */
enum err decision_check_rejection(const char *state);

#endif
