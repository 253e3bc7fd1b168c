#include "rule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void days_begin_periods_of_the_cycle(void **state)
{
    static const struct {
        const char *cycle;
        unsigned months; /* bit m: the first of month m begins a period */
    } cases[] = {{"month", 0x1FFE}, {"quarter", 0x0492}, {"half", 0x0082}, {"term", 0x0104}, {"year", 0x0002}};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (int month = 1; month <= 12; month++) {
            bool begins = (cases[i].months >> month & 1) != 0;
            assert_int_equal(rule_check_day(cases[i].cycle, (struct date){2020, month, 1}),
                             begins ? ERR_NONE : ERR_CYCLE_DAY);
            assert_int_equal(rule_check_day(cases[i].cycle, (struct date){2020, month, 2}), ERR_BAD_VALUE);
        }
    }
}

/* A rule without faults; a case changes one thing. */
static struct rule_terms sound(void)
{
    return (struct rule_terms){.kind = "fixed",
                               .cycle = "month",
                               .tier_source = "single",
                               .accrual = "each_month",
                               .age_min = INT64_MIN,
                               .age_max = INT64_MIN,
                               .valid_from = {2020, 1, 1},
                               .valid_to = {2021, 1, 1}};
}

/* expected: `/pointer code` separated by commas. */
static void assert_faults(const struct rule_terms *terms, const char *expected)
{
    struct rule_fault faults[RULE_FAULTS_MAX];
    char text[256];
    size_t count = rule_find_faults(terms, faults);
    size_t seen = 0;
    assert_true(strlen(expected) < sizeof(text));
    memcpy(text, expected, strlen(expected) + 1);
    for (char *rest = text, *one; (one = strsep(&rest, ",")) != NULL && *one != '\0'; seen++) {
        char *code = strchr(one, ' ');
        assert_non_null(code);
        *code++ = '\0';
        assert_true(seen < count);
        assert_string_equal(faults[seen].pointer, one);
        assert_int_equal(faults[seen].err, err_by_code(code));
    }
    assert_int_equal(seen, count);
}

static void sound_rules_have_no_fault(void **state)
{
    (void)state;
    struct rule_terms terms = sound();
    assert_faults(&terms, "");
    terms.valid_to = (struct date){0};
    assert_faults(&terms, "");
    terms.age_min = 60;
    assert_faults(&terms, "");
    terms.age_max = 61;
    assert_faults(&terms, "");
    terms = sound();
    terms.kind = "percentage";
    terms.basis_item = "rural-dibao";
    terms.basis_tier = "standard";
    assert_faults(&terms, "");
    terms = sound();
    terms.kind = "per_term";
    terms.cycle = "term";
    terms.accrual = "first_month";
    terms.valid_from = (struct date){2020, 2, 1};
    terms.valid_to = (struct date){2020, 8, 1};
    assert_faults(&terms, "");
    terms = sound();
    terms.kind = "household_topup";
    terms.cycle = "quarter";
    assert_faults(&terms, "");
}

static void faults_are_named(void **state)
{
    (void)state;
    struct rule_terms terms = sound();
    terms.valid_from = (struct date){2020, 1, 15};
    terms.valid_to = (struct date){2020, 1, 1};
    assert_faults(&terms, "/valid_from bad_value,/valid_to out_of_range");
    terms = sound();
    terms.cycle = "quarter";
    terms.valid_from = (struct date){2020, 2, 1};
    terms.valid_to = (struct date){2020, 6, 1};
    assert_faults(&terms, "/valid_from cycle_day,/valid_to cycle_day");
    terms = sound();
    terms.kind = "per_term";
    assert_faults(&terms, "/cycle unfit");
    terms = sound();
    terms.cycle = "term";
    terms.valid_from = (struct date){2020, 2, 1};
    terms.valid_to = (struct date){0};
    assert_faults(&terms, "/cycle unfit");
    terms = sound();
    terms.kind = "household_topup";
    terms.tier_source = "enrolment";
    terms.accrual = "last_month";
    assert_faults(&terms, "/tier_source unfit,/accrual unfit");
    terms = sound();
    terms.kind = "percentage";
    assert_faults(&terms, "/basis_item required,/basis_tier required");
    terms = sound();
    terms.basis_item = "rural-dibao";
    terms.basis_tier = "standard";
    assert_faults(&terms, "/basis_item unfit,/basis_tier unfit");
    terms = sound();
    terms.age_min = 60;
    terms.age_max = 60;
    assert_faults(&terms, "/age_max out_of_range");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_begin_periods_of_the_cycle),
        cmocka_unit_test(sound_rules_have_no_fault),
        cmocka_unit_test(faults_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
