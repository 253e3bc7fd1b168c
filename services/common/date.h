/* Business dates: days of the proleptic Gregorian calendar, without time or zone. The business day is that of
 * Asia/Shanghai. */
#ifndef HUIMIN_DATE_H
#define HUIMIN_DATE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct date {
    int year;
    int month; /* 1..12 */
    int day;   /* 1..31 */
};

enum { DATE_YEAR_MIN = 1800, DATE_YEAR_MAX = 2199, DATE_TEXT_SIZE = 11, DATE_COMPACT_SIZE = 9 };

/* Whether the day exists in the calendar and its year lies in DATE_YEAR_MIN..DATE_YEAR_MAX. */
bool date_is_valid(struct date date);

/* Read exactly YYYY-MM-DD, or exactly YYYYMMDD (the form inside identity numbers and bank files). False, and
 * *ret_date untouched, for any other text (NULL too) and for a day that is not valid. */
bool date_parse(const char *text, struct date *ret_date);
bool date_parse_compact(const char *text, struct date *ret_date);

/* Write YYYY-MM-DD, or YYYYMMDD. The date must be valid; anything else aborts. */
void date_format(struct date date, char ret_text[DATE_TEXT_SIZE]);
void date_format_compact(struct date date, char ret_text[DATE_COMPACT_SIZE]);

/* Negative, 0 or positive as a is before, equal to or after b. */
int date_compare(struct date a, struct date b);

/* Days since 1970-01-01, and back. Any valid date; results outside the valid years are the caller's to check.
 */
int32_t date_to_days(struct date date);
struct date date_from_days(int32_t days);

struct date date_add_days(struct date date, int32_t days);

/* The first day of the month that lies `months` (may be negative) after the month of the date. */
struct date date_add_months_first(struct date date, int months);

/* Completed years of life on the day `on`; -1 when `on` is before the birth. A birthday of 29 February is
 * reached on 1 March in common years. Birthdays count from their own day (on the day itself the person has
 * the new age). */
int date_age_years(struct date birth, struct date on);

/* The day it is in Asia/Shanghai at that time: UTC+8 all year. (Summer time was kept there only from 1986 to
 * 1991.) */
struct date date_today_shanghai(time_t now);

#endif
