/* Programmes that do not go together: which of two yields. Proposed, approved and never overwritten as decision.h says;
 * what a row must be beside the approved ones is decided in sql/functions/programmes_10_rules.sql. Pure. */
#ifndef HUIMIN_EXCLUSION_H
#define HUIMIN_EXCLUSION_H

#include "date.h"
#include "err.h"

#include <stdbool.h>

/* Whether the other side is one thing: an item (with or without a tier) that is not the item itself, or a benefit that
 * others pay. Each returns the fault of its member: ERR_REQUIRED, ERR_UNFIT or ERR_NONE. Texts are NULL when absent. */
enum err exclusion_check_other_item(const char *item, const char *other_item, const char *other_benefit);
enum err exclusion_check_other_tier(const char *other_item, const char *other_tier);

/* Whether a row of the kind says something about the other item too: people of either cannot have, or lose, the other
 * (forbidden, take_higher); top_up makes less of its own item only. */
bool exclusion_binds_both(const char *kind);

/* Whether a row in force from..to (year 0: without an end) may end before `end`: the first day of a month in its time.
 * Its own first day withdraws it as a whole. ERR_BAD_VALUE or ERR_OUT_OF_RANGE otherwise. */
enum err exclusion_check_end(struct date from, struct date to, struct date end);

#endif
