#include "activity.h"

#include <stddef.h>
#include <string.h>

static bool activity_is(const char *text, const char *name)
{
    return text != NULL && strcmp(text, name) == 0;
}

enum err activity_check_rule(const struct activity_month *month)
{
    bool counts = activity_is(month->rule_kind, "per_unit") || activity_is(month->rule_kind, "per_case");
    return counts ? ERR_NONE : ERR_ACTIVITY_NOT_COUNTED;
}

enum err activity_check_month(const struct activity_month *month, struct date day, struct date today)
{
    if (day.day != 1)
        return ERR_NOT_FIRST_OF_MONTH;
    if (date_compare(day, today) > 0)
        return ERR_PERIOD_IN_FUTURE;
    return month->enrolled ? ERR_NONE : ERR_OUT_OF_RANGE;
}

enum err activity_check_quantity(const struct activity_month *month, struct date day, int64_t quantity)
{
    int64_t most = INT64_MAX;
    if (month->once && activity_is(month->rule_kind, "per_case") && quantity > 1)
        return ERR_OUT_OF_RANGE;
    if (activity_is(month->amount_per, "day"))
        most = date_to_days(date_add_months_first(day, 1)) - date_to_days(date_add_months_first(day, 0));
    else if (activity_is(month->amount_per, "month"))
        most = 1;
    return quantity <= most - month->counted ? ERR_NONE : ERR_OUT_OF_RANGE;
}

enum err activity_check_amount(const struct activity_month *month, bool has_amount)
{
    return has_amount && !activity_is(month->rule_kind, "per_case") ? ERR_BAD_VALUE : ERR_NONE;
}
