/* The rules of what is counted for an enrolment in a month: days or months worked, cases. Pure. */
#ifndef HUIMIN_ACTIVITY_H
#define HUIMIN_ACTIVITY_H

#include "date.h"
#include "err.h"

#include <stdbool.h>
#include <stdint.h>

enum { ACTIVITY_QUANTITY_MAX = 366 };

/* What the month says: kind of the item's rule (NULL: none in force), what its standard is per (NULL: not known),
 * whether the enrolment holds the month, how much of it is counted already, and whether the item is given once in a
 * year or lifetime. */
struct activity_month {
    const char *rule_kind;
    const char *amount_per;
    bool enrolled;
    int64_t counted;
    bool once;
};

/* Whether the rule counts anything: ERR_ACTIVITY_NOT_COUNTED for other kinds than per_unit and per_case. */
enum err activity_check_rule(const struct activity_month *month);

/* Whether something can be counted in the month: ERR_NOT_FIRST_OF_MONTH, ERR_PERIOD_IN_FUTURE, ERR_OUT_OF_RANGE when
 * the enrolment does not hold it. */
enum err activity_check_month(const struct activity_month *month, struct date day, struct date today);

/* Whether the month has room for so many more: a month has its days, and is worked once; cases have no such limit,
 * but what is given once is one case. ERR_OUT_OF_RANGE. */
enum err activity_check_quantity(const struct activity_month *month, struct date day, int64_t quantity);

/* Whether an amount fits: it is decided for cases only. ERR_BAD_VALUE. */
enum err activity_check_amount(const struct activity_month *month, bool has_amount);

#endif
