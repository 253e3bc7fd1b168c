#include "activity.h"
#include "fact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct date absent = {0};

static void facts_hold_for_whole_months(void **state)
{
    (void)state;
    assert_int_equal(fact_check_month((struct date){2020, 2, 1}), ERR_NONE);
    assert_int_equal(fact_check_month((struct date){2020, 2, 2}), ERR_NOT_FIRST_OF_MONTH);
    assert_int_equal(fact_check_month(absent), ERR_NONE);
}

static void facts_end_or_are_void(void **state)
{
    (void)state;
    const struct date from = {2020, 3, 1};
    const struct date until = {2020, 6, 1};
    assert_int_equal(fact_check_end(from, absent, false, until), ERR_NONE);
    assert_int_equal(fact_check_end(from, absent, false, from), ERR_NONE);
    assert_int_equal(fact_check_end(from, absent, false, (struct date){2020, 2, 1}), ERR_ENDS_BEFORE_START);
    assert_int_equal(fact_check_end(from, until, false, (struct date){2020, 5, 1}), ERR_NONE);
    assert_int_equal(fact_check_end(from, until, false, until), ERR_OUT_OF_RANGE);
    assert_int_equal(fact_check_end(from, until, false, (struct date){2020, 7, 1}), ERR_OUT_OF_RANGE);
    assert_int_equal(fact_check_end(absent, absent, true, from), ERR_WRONG_STATE);
}

static void references_name_papers(void **state)
{
    (void)state;
    assert_int_equal(fact_check_reference("民政〔2020〕12号", 64), ERR_NONE);
    assert_int_equal(fact_check_reference("12345678901234", 64), ERR_NONE);
    assert_int_equal(fact_check_reference("123456789012345", 64), ERR_PERSONAL_DATA);
    assert_int_equal(fact_check_reference("电话13800138000", 64), ERR_PERSONAL_DATA);
    assert_int_equal(fact_check_reference("a\nb", 64), ERR_BAD_CHARACTERS);
    assert_int_equal(fact_check_reference("\xff", 64), ERR_BAD_CHARACTERS);
    assert_int_equal(fact_check_reference("四个汉字", 4), ERR_NONE);
    assert_int_equal(fact_check_reference("五个汉字吗", 4), ERR_TOO_LONG);
}

static void only_units_and_cases_are_counted(void **state)
{
    (void)state;
    const char *const kinds[] = {"fixed", "household_topup", "benefit_topup", "percentage", "per_term", "once", NULL};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        assert_int_equal(activity_check_rule(&(struct activity_month){.rule_kind = kinds[i]}),
                         ERR_ACTIVITY_NOT_COUNTED);
    assert_int_equal(activity_check_rule(&(struct activity_month){.rule_kind = "per_unit"}), ERR_NONE);
    assert_int_equal(activity_check_rule(&(struct activity_month){.rule_kind = "per_case"}), ERR_NONE);
    assert_int_equal(activity_check_amount(&(struct activity_month){.rule_kind = "per_case"}, true), ERR_NONE);
    assert_int_equal(activity_check_amount(&(struct activity_month){.rule_kind = "per_unit"}, false), ERR_NONE);
    assert_int_equal(activity_check_amount(&(struct activity_month){.rule_kind = "per_unit"}, true), ERR_BAD_VALUE);
}

static void what_is_counted_lies_in_the_enrolment(void **state)
{
    (void)state;
    const struct date today = {2020, 4, 15};
    const struct activity_month enrolled = {.enrolled = true};
    const struct activity_month outside = {.enrolled = false};
    assert_int_equal(activity_check_month(&enrolled, (struct date){2020, 4, 1}, today), ERR_NONE);
    assert_int_equal(activity_check_month(&enrolled, (struct date){2020, 5, 1}, today), ERR_PERIOD_IN_FUTURE);
    assert_int_equal(activity_check_month(&enrolled, (struct date){2020, 4, 2}, today), ERR_NOT_FIRST_OF_MONTH);
    assert_int_equal(activity_check_month(&outside, (struct date){2020, 4, 1}, today), ERR_OUT_OF_RANGE);
}

static void a_month_has_so_many_days(void **state)
{
    (void)state;
    const struct date february = {2020, 2, 1};
    struct activity_month month = {.rule_kind = "per_unit", .amount_per = "day", .counted = 20};
    assert_int_equal(activity_check_quantity(&month, february, 9), ERR_NONE);
    assert_int_equal(activity_check_quantity(&month, february, 10), ERR_OUT_OF_RANGE);
    assert_int_equal(activity_check_quantity(&month, (struct date){2020, 3, 1}, 11), ERR_NONE);
    month = (struct activity_month){.amount_per = "month"};
    assert_int_equal(activity_check_quantity(&month, february, 1), ERR_NONE);
    assert_int_equal(activity_check_quantity(&month, february, 2), ERR_OUT_OF_RANGE);
    month.counted = 1;
    assert_int_equal(activity_check_quantity(&month, february, 1), ERR_OUT_OF_RANGE);
    month.amount_per = "case";
    assert_int_equal(activity_check_quantity(&month, february, ACTIVITY_QUANTITY_MAX), ERR_NONE);
    month.amount_per = NULL;
    assert_int_equal(activity_check_quantity(&month, february, ACTIVITY_QUANTITY_MAX), ERR_NONE);
    month = (struct activity_month){.rule_kind = "per_case", .once = true};
    assert_int_equal(activity_check_quantity(&month, february, 1), ERR_NONE);
    assert_int_equal(activity_check_quantity(&month, february, 2), ERR_OUT_OF_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_hold_for_whole_months),
        cmocka_unit_test(facts_end_or_are_void),
        cmocka_unit_test(references_name_papers),
        cmocka_unit_test(only_units_and_cases_are_counted),
        cmocka_unit_test(what_is_counted_lies_in_the_enrolment),
        cmocka_unit_test(a_month_has_so_many_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
