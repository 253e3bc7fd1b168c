/* Pay periods: `2020-06` (month), `2020-Q2` (quarter), `2020-H1` (half-year), `2020-T1` (spring term, February to
 * July), `2020-T2` (autumn term, August to January of the next year), `2020` (year). */
#ifndef HUIMIN_PERIOD_H
#define HUIMIN_PERIOD_H

#include "date.h"

#include <stdbool.h>

enum period_kind { PERIOD_MONTH, PERIOD_QUARTER, PERIOD_HALF, PERIOD_TERM, PERIOD_YEAR };

struct period {
    enum period_kind kind;
    int year;
    int index; /* 1-based part of the year: 1..12, 1..4, 1..2, 1..2, 1 */
};

enum { PERIOD_YEAR_MIN = 1900, PERIOD_YEAR_MAX = 2100, PERIOD_TEXT_SIZE = 8 };

bool period_is_valid(struct period period);

/* Reads exactly one of the five forms. False, and *ret_period untouched, for anything else (NULL too). */
bool period_parse(const char *text, struct period *ret_period);

/* Writes the form that period_parse reads. The period must be valid; anything else aborts. */
void period_format(struct period period, char ret_text[PERIOD_TEXT_SIZE]);

/* Months in one period of the kind: 1, 3, 6, 6, 12; and how many of them make a year: 12, 4, 2, 2, 1. */
int period_kind_months(enum period_kind kind);
int period_kind_parts(enum period_kind kind);

/* The first day, and the first day after the period (a half-open range, as daterange in PostgreSQL). */
struct date period_first_day(struct period period);
struct date period_day_after(struct period period);

/* The neighbours of the same kind. Past PERIOD_YEAR_MIN..PERIOD_YEAR_MAX the result is not valid. */
struct period period_next(struct period period);
struct period period_previous(struct period period);

/* Negative, 0 or positive in order of time. Both must be of the same kind; anything else aborts. */
int period_compare(struct period a, struct period b);

bool period_contains(struct period period, struct date date);

/* The period of that kind in which the date lies. */
struct period period_of_date(enum period_kind kind, struct date date);

#endif
