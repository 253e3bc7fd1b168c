#include "decision.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void days_begin_months(void **state)
{
    (void)state;
    assert_int_equal(decision_check_day((struct date){2020, 1, 1}), ERR_NONE);
    assert_int_equal(decision_check_day((struct date){2020, 2, 1}), ERR_NONE);
    assert_int_equal(decision_check_day((struct date){2020, 1, 2}), ERR_BAD_VALUE);
    assert_int_equal(decision_check_day((struct date){2020, 2, 29}), ERR_BAD_VALUE);
}

static void validities_are_not_empty(void **state)
{
    (void)state;
    const struct date january = {2020, 1, 1};
    assert_int_equal(decision_check_validity(january, (struct date){0}), ERR_NONE);
    assert_int_equal(decision_check_validity(january, (struct date){.year = -1}), ERR_NONE);
    assert_int_equal(decision_check_validity(january, (struct date){2020, 2, 1}), ERR_NONE);
    assert_int_equal(decision_check_validity(january, january), ERR_OUT_OF_RANGE);
    assert_int_equal(decision_check_validity(january, (struct date){2019, 12, 1}), ERR_OUT_OF_RANGE);
}

static void sources_have_a_text(void **state)
{
    (void)state;
    char text[3 * (DECISION_SOURCE_CHARS_MAX + 1) + 1] = "";
    assert_int_equal(decision_check_source("附件1"), ERR_NONE);
    assert_int_equal(decision_check_source(""), ERR_TOO_SHORT);
    assert_int_equal(decision_check_source(" \t\n"), ERR_TOO_SHORT);
    for (size_t i = 0; i < DECISION_SOURCE_CHARS_MAX; i++)
        memcpy(text + 3 * i, "文", 4);
    assert_int_equal(decision_check_source(text), ERR_NONE);
    memcpy(text + 3 * DECISION_SOURCE_CHARS_MAX, "x", 2);
    assert_int_equal(decision_check_source(text), ERR_TOO_LONG);
}

static void another_person_decides_once(void **state)
{
    (void)state;
    assert_int_equal(decision_check_approval("PROPOSED", "a", "b"), ERR_NONE);
    assert_int_equal(decision_check_approval("PROPOSED", "a", "a"), ERR_SAME_PERSON);
    assert_int_equal(decision_check_approval("APPROVED", "a", "b"), ERR_WRONG_STATE);
    assert_int_equal(decision_check_approval("REJECTED", "a", "b"), ERR_WRONG_STATE);
    assert_int_equal(decision_check_approval("REPLACED", "a", "b"), ERR_WRONG_STATE);
    assert_int_equal(decision_check_approval("APPROVED", "a", "a"), ERR_SAME_PERSON);
    assert_int_equal(decision_check_approval("PROPOSED", "a", "A"), ERR_NONE);
    assert_int_equal(decision_check_rejection("PROPOSED"), ERR_NONE);
    assert_int_equal(decision_check_rejection("APPROVED"), ERR_WRONG_STATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_begin_months),
        cmocka_unit_test(validities_are_not_empty),
        cmocka_unit_test(sources_have_a_text),
        cmocka_unit_test(another_person_decides_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
