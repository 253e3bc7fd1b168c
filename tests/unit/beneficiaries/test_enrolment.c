#include "enrolment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void assert_date(struct date date, int year, int month, int day)
{
    assert_int_equal(date.year, year);
    assert_int_equal(date.month, month);
    assert_int_equal(date.day, day);
}

static void the_first_month_follows_the_entry_basis(void **state)
{
    (void)state;
    struct date start;
    const struct date unknown = {0};
    const struct date applied = {2019, 12, 31};
    const struct date approved = {2020, 12, 1};
    enrolment_starts_on(ENROLMENT_APPLICATION_MONTH, applied, unknown, &start);
    assert_date(start, 2019, 12, 1);
    enrolment_starts_on(ENROLMENT_APPLICATION_MONTH, applied, approved, &start);
    assert_date(start, 2019, 12, 1);
    enrolment_starts_on(ENROLMENT_APPROVAL_MONTH, applied, unknown, &start);
    assert_int_equal(start.year, 0);
    enrolment_starts_on(ENROLMENT_APPROVAL_MONTH, applied, approved, &start);
    assert_date(start, 2020, 12, 1);
    enrolment_starts_on(ENROLMENT_MONTH_AFTER_APPROVAL, applied, unknown, &start);
    assert_int_equal(start.year, 0);
    enrolment_starts_on(ENROLMENT_MONTH_AFTER_APPROVAL, applied, approved, &start);
    assert_date(start, 2021, 1, 1);
}

static void the_month_of_the_event_is_still_paid(void **state)
{
    (void)state;
    assert_date(enrolment_due_until((struct date){2020, 6, 1}), 2020, 7, 1);
    assert_date(enrolment_due_until((struct date){2020, 2, 29}), 2020, 3, 1);
    assert_date(enrolment_due_until((struct date){2020, 12, 31}), 2021, 1, 1);
}

static void a_start_is_a_first_day_not_before_the_application_month(void **state)
{
    (void)state;
    const struct date applied = {2020, 3, 15};
    assert_int_equal(enrolment_check_start(applied, (struct date){2020, 3, 1}), ERR_NONE);
    assert_int_equal(enrolment_check_start(applied, (struct date){2020, 4, 1}), ERR_NONE);
    assert_int_equal(enrolment_check_start(applied, (struct date){2020, 2, 1}), ERR_OUT_OF_RANGE);
    assert_int_equal(enrolment_check_start(applied, (struct date){2020, 3, 2}), ERR_BAD_DATE);
    assert_int_equal(enrolment_check_applied(applied, applied), ERR_NONE);
    assert_int_equal(enrolment_check_applied((struct date){2020, 3, 16}, applied), ERR_OUT_OF_RANGE);
}

static void tiers_are_named_where_the_rule_wants_them(void **state)
{
    (void)state;
    assert_int_equal(enrolment_check_tier(ENROLMENT_TIER_NAMED, "dispersed"), ERR_NONE);
    assert_int_equal(enrolment_check_tier(ENROLMENT_TIER_NAMED, NULL), ERR_REQUIRED);
    assert_int_equal(enrolment_check_tier(ENROLMENT_TIER_NAMED, ""), ERR_REQUIRED);
    assert_int_equal(enrolment_check_tier(ENROLMENT_TIER_SINGLE, NULL), ERR_NONE);
    assert_int_equal(enrolment_check_tier(ENROLMENT_TIER_SINGLE, "standard"), ERR_BAD_VALUE);
    assert_int_equal(enrolment_check_tier(ENROLMENT_TIER_CERTIFICATE, "grade-1-2"), ERR_BAD_VALUE);
    assert_int_equal(enrolment_check_tier(ENROLMENT_TIER_CERTIFICATE, ""), ERR_NONE);
}

static void steps_need_their_state_and_two_people(void **state)
{
    (void)state;
    static const enum enrolment_state states[] = {ENROLMENT_APPLIED, ENROLMENT_APPROVED, ENROLMENT_REJECTED,
                                                  ENROLMENT_ENDED};
    for (size_t i = 0; i < 4; i++) {
        enum err decision = states[i] == ENROLMENT_APPLIED ? ERR_NONE : ERR_WRONG_STATE;
        enum err end = states[i] == ENROLMENT_APPROVED ? ERR_NONE : ERR_WRONG_STATE;
        assert_int_equal(enrolment_check_step(ENROLMENT_APPROVE, states[i], "clerk", "reviewer"), decision);
        assert_int_equal(enrolment_check_step(ENROLMENT_REJECT, states[i], "clerk", "reviewer"), decision);
        assert_int_equal(enrolment_check_step(ENROLMENT_APPROVE, states[i], "clerk", "clerk"), ERR_SAME_PERSON);
        assert_int_equal(enrolment_check_step(ENROLMENT_REJECT, states[i], "clerk", "clerk"), ERR_SAME_PERSON);
        assert_int_equal(enrolment_check_step(ENROLMENT_END, states[i], "clerk", "clerk"), end);
    }
}

static void names_of_the_database_are_read(void **state)
{
    (void)state;
    enum enrolment_state enrolment;
    enum enrolment_entry entry;
    enum enrolment_tier_source source;
    assert_true(enrolment_state_parse("ENDED", &enrolment));
    assert_int_equal(enrolment, ENROLMENT_ENDED);
    assert_false(enrolment_state_parse("ended", &enrolment));
    assert_false(enrolment_state_parse(NULL, &enrolment));
    assert_true(enrolment_entry_parse("month_after_approval", &entry));
    assert_int_equal(entry, ENROLMENT_MONTH_AFTER_APPROVAL);
    assert_false(enrolment_entry_parse("birthday_month", &entry));
    assert_true(enrolment_tier_source_parse("disability_grade", &source));
    assert_int_equal(source, ENROLMENT_TIER_CERTIFICATE);
    assert_false(enrolment_tier_source_parse("", &source));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_month_follows_the_entry_basis),
        cmocka_unit_test(the_month_of_the_event_is_still_paid),
        cmocka_unit_test(a_start_is_a_first_day_not_before_the_application_month),
        cmocka_unit_test(tiers_are_named_where_the_rule_wants_them),
        cmocka_unit_test(steps_need_their_state_and_two_people),
        cmocka_unit_test(names_of_the_database_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
