#include "period.h"

#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int period_kind_months(enum period_kind kind)
{
    static const int months[] = {
        [PERIOD_MONTH] = 1, [PERIOD_QUARTER] = 3, [PERIOD_HALF] = 6, [PERIOD_TERM] = 6, [PERIOD_YEAR] = 12};
    return months[kind];
}

/* Terms begin in February and August: everything is counted as if the year began that much later. */
static int period_kind_shift(enum period_kind kind)
{
    return kind == PERIOD_TERM ? 1 : 0;
}

int period_kind_parts(enum period_kind kind)
{
    return 12 / period_kind_months(kind);
}

bool period_is_valid(struct period period)
{
    return period.kind >= PERIOD_MONTH && period.kind <= PERIOD_YEAR && period.year >= PERIOD_YEAR_MIN &&
           period.year <= PERIOD_YEAR_MAX && period.index >= 1 && period.index <= period_kind_parts(period.kind);
}

/* Kind and index from what follows the year: "", "-06", "-Q2", "-H1", "-T1". An index of 0 marks other text. */
static struct period parse_part(const char *part)
{
    size_t length = strlen(part);
    if (length == 0)
        return (struct period){.kind = PERIOD_YEAR, .index = 1};
    if (length != 3 || part[0] != '-' || part[2] < '0' || part[2] > '9')
        return (struct period){.index = 0};
    int unit = part[2] - '0';
    switch (part[1]) {
    case 'Q':
        return (struct period){.kind = PERIOD_QUARTER, .index = unit};
    case 'H':
        return (struct period){.kind = PERIOD_HALF, .index = unit};
    case 'T':
        return (struct period){.kind = PERIOD_TERM, .index = unit};
    case '0':
    case '1':
        return (struct period){.kind = PERIOD_MONTH, .index = (part[1] - '0') * 10 + unit};
    default:
        return (struct period){.index = 0};
    }
}

bool period_parse(const char *text, struct period *ret_period)
{
    char year_text[5];
    int64_t year;
    if (text == NULL || strlen(text) < 4)
        return false;
    memcpy(year_text, text, 4);
    year_text[4] = '\0';
    if (!text_to_int64(year_text, PERIOD_YEAR_MIN, PERIOD_YEAR_MAX, &year))
        return false;
    struct period period = parse_part(text + 4);
    period.year = (int)year;
    if (!period_is_valid(period))
        return false;
    *ret_period = period;
    return true;
}

void period_format(struct period period, char ret_text[PERIOD_TEXT_SIZE])
{
    static const char letters[] = {[PERIOD_QUARTER] = 'Q', [PERIOD_HALF] = 'H', [PERIOD_TERM] = 'T'};
    if (!period_is_valid(period))
        abort();
    char text[32];
    if (period.kind == PERIOD_YEAR)
        snprintf(text, sizeof(text), "%04d", period.year);
    else if (period.kind == PERIOD_MONTH)
        snprintf(text, sizeof(text), "%04d-%02d", period.year, period.index);
    else
        snprintf(text, sizeof(text), "%04d-%c%d", period.year, letters[period.kind], period.index);
    memcpy(ret_text, text, strlen(text) + 1);
}

struct date period_first_day(struct period period)
{
    return (struct date){.year = period.year,
                         .month =
                             (period.index - 1) * period_kind_months(period.kind) + 1 + period_kind_shift(period.kind),
                         .day = 1};
}

struct date period_day_after(struct period period)
{
    return date_add_months_first(period_first_day(period), period_kind_months(period.kind));
}

struct period period_next(struct period period)
{
    return period_of_date(period.kind, period_day_after(period));
}

struct period period_previous(struct period period)
{
    return period_of_date(period.kind,
                          date_add_months_first(period_first_day(period), -period_kind_months(period.kind)));
}

int period_compare(struct period a, struct period b)
{
    if (a.kind != b.kind)
        abort();
    if (a.year != b.year)
        return a.year < b.year ? -1 : 1;
    return (a.index > b.index) - (a.index < b.index);
}

bool period_contains(struct period period, struct date date)
{
    return date_compare(date, period_first_day(period)) >= 0 && date_compare(date, period_day_after(period)) < 0;
}

struct period period_of_date(enum period_kind kind, struct date date)
{
    struct date shifted = date_add_months_first(date, -period_kind_shift(kind));
    return (struct period){
        .kind = kind, .year = shifted.year, .index = (shifted.month - 1) / period_kind_months(kind) + 1};
}
