/* How an item is computed over time: what a rule may say. The rules of its members against each other; what it must be
 * beside the approved ones is decided in sql/functions/programmes_10_rules.sql. Pure. */
#ifndef HUIMIN_RULE_H
#define HUIMIN_RULE_H

#include "date.h"
#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The members that depend on each other. Texts are never NULL but for the basis; ages are negative when absent. */
struct rule_terms {
    const char *kind;
    const char *cycle;
    const char *tier_source;
    const char *accrual;
    const char *basis_item;
    const char *basis_tier;
    int64_t age_min;
    int64_t age_max;
    struct date valid_from;
    struct date valid_to; /* year 0: without an end */
};

struct rule_fault {
    const char *pointer; /* JSON pointer of the member */
    enum err err;
};

enum { RULE_FAULTS_MAX = 12 };

/* Whether a day begins a period of the cycle: month, quarter (January, April, July, October), half (January, July),
 * term (February, August), year (January). ERR_BAD_VALUE when it does not begin a month, ERR_CYCLE_DAY otherwise. */
enum err rule_check_day(const char *cycle, struct date day);

/* All faults of the terms; returns their number. */
size_t rule_find_faults(const struct rule_terms *terms, struct rule_fault ret_faults[static RULE_FAULTS_MAX]);

#endif
