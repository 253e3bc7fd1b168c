#include "enrolment.h"

#include <stddef.h>
#include <string.h>

static bool enrolment_name_find(const char *const *names, size_t count, const char *name, size_t *ret_index)
{
    for (size_t i = 0; name != NULL && i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

bool enrolment_state_parse(const char *name, enum enrolment_state *ret_state)
{
    static const char *const names[] = {"APPLIED", "APPROVED", "REJECTED", "ENDED"};
    size_t index;
    if (!enrolment_name_find(names, sizeof(names) / sizeof(names[0]), name, &index))
        return false;
    *ret_state = (enum enrolment_state)index;
    return true;
}

bool enrolment_entry_parse(const char *name, enum enrolment_entry *ret_entry)
{
    static const char *const names[] = {"application_month", "approval_month", "month_after_approval"};
    size_t index;
    if (!enrolment_name_find(names, sizeof(names) / sizeof(names[0]), name, &index))
        return false;
    *ret_entry = (enum enrolment_entry)index;
    return true;
}

bool enrolment_tier_source_parse(const char *name, enum enrolment_tier_source *ret_source)
{
    static const char *const names[] = {"single", "enrolment", "disability_grade"};
    size_t index;
    if (!enrolment_name_find(names, sizeof(names) / sizeof(names[0]), name, &index))
        return false;
    *ret_source = (enum enrolment_tier_source)index;
    return true;
}

void enrolment_starts_on(enum enrolment_entry entry, struct date applied_on, struct date approved_on,
                         struct date *ret_starts_on)
{
    *ret_starts_on = (struct date){0};
    if (entry == ENROLMENT_APPLICATION_MONTH)
        *ret_starts_on = date_add_months_first(applied_on, 0);
    else if (approved_on.year != 0)
        *ret_starts_on = date_add_months_first(approved_on, entry == ENROLMENT_MONTH_AFTER_APPROVAL ? 1 : 0);
}

enum err enrolment_check_start(struct date applied_on, struct date starts_on)
{
    if (starts_on.day != 1)
        return ERR_BAD_DATE;
    return date_compare(starts_on, date_add_months_first(applied_on, 0)) < 0 ? ERR_OUT_OF_RANGE : ERR_NONE;
}

enum err enrolment_check_applied(struct date applied_on, struct date today)
{
    return date_compare(applied_on, today) > 0 ? ERR_OUT_OF_RANGE : ERR_NONE;
}

struct date enrolment_due_until(struct date ended_on)
{
    return date_add_months_first(ended_on, 1);
}

enum err enrolment_check_tier(enum enrolment_tier_source source, const char *tier)
{
    bool named = tier != NULL && tier[0] != '\0';
    if (source == ENROLMENT_TIER_NAMED)
        return named ? ERR_NONE : ERR_REQUIRED;
    return named ? ERR_BAD_VALUE : ERR_NONE;
}

enum err enrolment_check_step(enum enrolment_step step, enum enrolment_state state, const char *applied_by,
                              const char *actor)
{
    if (step == ENROLMENT_END)
        return state == ENROLMENT_APPROVED ? ERR_NONE : ERR_WRONG_STATE;
    if (strcmp(applied_by, actor) == 0)
        return ERR_SAME_PERSON;
    return state == ENROLMENT_APPLIED ? ERR_NONE : ERR_WRONG_STATE;
}
