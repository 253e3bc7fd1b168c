#include "exclusion.h"

#include "decision.h"

#include <string.h>

enum err exclusion_check_other_item(const char *item, const char *other_item, const char *other_benefit)
{
    if (other_item == NULL)
        return other_benefit != NULL ? ERR_NONE : ERR_REQUIRED;
    return other_benefit == NULL && strcmp(item, other_item) != 0 ? ERR_NONE : ERR_UNFIT;
}

enum err exclusion_check_other_tier(const char *other_item, const char *other_tier)
{
    return other_tier == NULL || other_item != NULL ? ERR_NONE : ERR_UNFIT;
}

bool exclusion_binds_both(const char *kind)
{
    return strcmp(kind, "top_up") != 0;
}

enum err exclusion_check_end(struct date from, struct date to, struct date end)
{
    enum err err = decision_check_day(end);
    if (err != ERR_NONE)
        return err;
    bool within = date_compare(end, from) >= 0 && (to.year == 0 || date_compare(end, to) < 0);
    return within ? ERR_NONE : ERR_OUT_OF_RANGE;
}
