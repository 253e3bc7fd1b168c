/* The rules of facts that hold for whole months: benefits that others pay, and schools. Pure. */
#ifndef HUIMIN_FACT_H
#define HUIMIN_FACT_H

#include "date.h"
#include "err.h"

#include <stdbool.h>

/* Whether the day is the first of a month: ERR_NOT_FIRST_OF_MONTH otherwise. Year 0 (absent) is none: ERR_NONE. */
enum err fact_check_month(struct date day);

/* Whether a fact that holds from `from` until `held_until` (year 0: still; is_void: never held) may end at `until`, the
 * first day on which it does not hold any more; `until` = `from` voids it. ERR_ENDS_BEFORE_START, ERR_OUT_OF_RANGE when
 * that would not shorten it, ERR_WRONG_STATE when it is void. */
enum err fact_check_end(struct date from, struct date held_until, bool is_void, struct date until);

enum { FACT_REFERENCE_CHARS_MAX = 64, FACT_SOURCE_CHARS_MAX = 200 };

/* Whether a text may be kept as a reference or source: UTF-8 of at most chars_max characters without control characters
 * and without a number of a person (text_holds_personal_number()): it names a paper. ERR_TOO_LONG, ERR_BAD_CHARACTERS,
 * ERR_PERSONAL_DATA. */
enum err fact_check_reference(const char *text, size_t chars_max);

#endif
