#include "date.h"

#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const time_t shanghai_offset_seconds = 8 * 60 * 60;

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

bool date_is_valid(struct date date)
{
    return date.year >= DATE_YEAR_MIN && date.year <= DATE_YEAR_MAX && date.month >= 1 && date.month <= 12 &&
           date.day >= 1 && date.day <= days_in_month(date.year, date.month);
}

bool date_parse_compact(const char *text, struct date *ret_date)
{
    if (!text_is_digits(text) || strlen(text) != DATE_COMPACT_SIZE - 1)
        return false;
    int number = 0;
    for (const char *digit = text; *digit != '\0'; digit++)
        number = number * 10 + (*digit - '0');
    struct date date = {number / 10000, number / 100 % 100, number % 100};
    if (!date_is_valid(date))
        return false;
    *ret_date = date;
    return true;
}

bool date_parse(const char *text, struct date *ret_date)
{
    if (text == NULL || strlen(text) != DATE_TEXT_SIZE - 1 || text[4] != '-' || text[7] != '-')
        return false;
    char compact[DATE_COMPACT_SIZE];
    memcpy(compact, text, 4);
    memcpy(compact + 4, text + 5, 2);
    memcpy(compact + 6, text + 8, 3);
    return date_parse_compact(compact, ret_date);
}

static void write_digits(char *text, int number, int count)
{
    for (int i = count - 1; i >= 0; i--) {
        text[i] = (char)('0' + number % 10);
        number /= 10;
    }
}

void date_format_compact(struct date date, char ret_text[DATE_COMPACT_SIZE])
{
    if (!date_is_valid(date))
        abort();
    write_digits(ret_text, date.year * 10000 + date.month * 100 + date.day, 8);
    ret_text[8] = '\0';
}

void date_format(struct date date, char ret_text[DATE_TEXT_SIZE])
{
    char compact[DATE_COMPACT_SIZE];
    date_format_compact(date, compact);
    snprintf(ret_text, DATE_TEXT_SIZE, "%.4s-%.2s-%.2s", compact, compact + 4, compact + 6);
}

int date_compare(struct date a, struct date b)
{
    if (a.year != b.year)
        return a.year < b.year ? -1 : 1;
    if (a.month != b.month)
        return a.month < b.month ? -1 : 1;
    return (a.day > b.day) - (a.day < b.day);
}

/* Both conversions count in eras of 400 years that begin on 1 March of year 0, so that the leap day comes
 * last. */
enum { DAYS_PER_ERA = 146097, DAYS_TO_1970 = 719468 };

int32_t date_to_days(struct date date)
{
    int32_t year = date.month <= 2 ? date.year - 1 : date.year;
    int32_t era = year / 400;
    int32_t year_of_era = year - era * 400;
    int32_t month_from_march = (date.month + 9) % 12;
    int32_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
    int32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970;
}

struct date date_from_days(int32_t days)
{
    int32_t from_year_0 = days + DAYS_TO_1970;
    int32_t era = (from_year_0 >= 0 ? from_year_0 : from_year_0 - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
    int32_t day_of_era = from_year_0 - era * DAYS_PER_ERA;
    int32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / (DAYS_PER_ERA - 1)) / 365;
    int32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int32_t month_from_march = (5 * day_of_year + 2) / 153;
    int32_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    return (struct date){.year = era * 400 + year_of_era + (month <= 2),
                         .month = month,
                         .day = day_of_year - (153 * month_from_march + 2) / 5 + 1};
}

struct date date_add_days(struct date date, int32_t days)
{
    return date_from_days(date_to_days(date) + days);
}

struct date date_add_months_first(struct date date, int months)
{
    int number = date.year * 12 + date.month - 1 + months;
    return (struct date){.year = number / 12, .month = number % 12 + 1, .day = 1};
}

int date_age_years(struct date birth, struct date on)
{
    if (date_compare(on, birth) < 0)
        return -1;
    bool reached = on.month != birth.month ? on.month > birth.month : on.day >= birth.day;
    return on.year - birth.year - !reached;
}

struct date date_today_shanghai(time_t now)
{
    const time_t day_seconds = 24 * 60 * 60;
    time_t local = now + shanghai_offset_seconds;
    time_t days = local / day_seconds - (local % day_seconds < 0);
    return date_from_days((int32_t)days);
}
