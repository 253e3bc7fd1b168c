#include "rule.h"

#include "decision.h"
#include "period.h"

#include <string.h>

static enum period_kind rule_period_kind(const char *cycle)
{
    static const struct {
        const char *cycle;
        enum period_kind kind;
    } kinds[] = {{"quarter", PERIOD_QUARTER}, {"half", PERIOD_HALF}, {"term", PERIOD_TERM}, {"year", PERIOD_YEAR}};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kinds[i].cycle, cycle) == 0)
            return kinds[i].kind;
    return PERIOD_MONTH;
}

enum err rule_check_day(const char *cycle, struct date day)
{
    enum err err = decision_check_day(day);
    if (err != ERR_NONE)
        return err;
    struct date first = period_first_day(period_of_date(rule_period_kind(cycle), day));
    return date_compare(first, day) == 0 ? ERR_NONE : ERR_CYCLE_DAY;
}

struct rule_faults {
    struct rule_fault *list;
    size_t count;
};

static void rule_note(struct rule_faults *faults, const char *pointer, enum err err)
{
    if (err != ERR_NONE && faults->count < RULE_FAULTS_MAX)
        faults->list[faults->count++] = (struct rule_fault){pointer, err};
}

static void rule_note_unless(struct rule_faults *faults, bool fits, const char *pointer)
{
    rule_note(faults, pointer, fits ? ERR_NONE : ERR_UNFIT);
}

static void rule_find_time_faults(const struct rule_terms *terms, struct rule_faults *faults)
{
    rule_note(faults, "/valid_from", rule_check_day(terms->cycle, terms->valid_from));
    if (terms->valid_to.year > 0)
        rule_note(faults, "/valid_to", rule_check_day(terms->cycle, terms->valid_to));
    rule_note(faults, "/valid_to", decision_check_validity(terms->valid_from, terms->valid_to));
}

static void rule_find_basis_faults(const struct rule_terms *terms, struct rule_faults *faults)
{
    const struct {
        const char *value;
        const char *pointer;
    } bases[] = {{terms->basis_item, "/basis_item"}, {terms->basis_tier, "/basis_tier"}};
    bool percentage = strcmp(terms->kind, "percentage") == 0;
    for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
        if (percentage && bases[i].value == NULL)
            rule_note(faults, bases[i].pointer, ERR_REQUIRED);
        else
            rule_note_unless(faults, percentage || bases[i].value == NULL, bases[i].pointer);
    }
}

size_t rule_find_faults(const struct rule_terms *terms, struct rule_fault ret_faults[static RULE_FAULTS_MAX])
{
    struct rule_faults faults = {ret_faults, 0};
    rule_find_time_faults(terms, &faults);
    rule_note_unless(&faults, (strcmp(terms->kind, "per_term") == 0) == (strcmp(terms->cycle, "term") == 0), "/cycle");
    if (strcmp(terms->kind, "household_topup") == 0) {
        rule_note_unless(&faults, strcmp(terms->tier_source, "single") == 0, "/tier_source");
        rule_note_unless(&faults, strcmp(terms->accrual, "each_month") == 0, "/accrual");
    }
    rule_find_basis_faults(terms, &faults);
    if (terms->age_min >= 0 && terms->age_max >= 0 && terms->age_min >= terms->age_max)
        rule_note(&faults, "/age_max", ERR_OUT_OF_RANGE);
    return faults.count;
}
