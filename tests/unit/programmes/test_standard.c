#include "standard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void test_day(void **state)
{
    (void)state;
    assert_int_equal(standard_check_day((struct date){2020, 1, 1}), ERR_NONE);
    assert_int_equal(standard_check_day((struct date){2020, 2, 1}), ERR_NONE);
    assert_int_equal(standard_check_day((struct date){2020, 1, 2}), ERR_BAD_VALUE);
    assert_int_equal(standard_check_day((struct date){2020, 2, 29}), ERR_BAD_VALUE);
}

static void test_validity(void **state)
{
    (void)state;
    const struct date january = {2020, 1, 1};
    assert_int_equal(standard_check_validity(january, (struct date){0}), ERR_NONE);
    assert_int_equal(standard_check_validity(january, (struct date){2020, 2, 1}), ERR_NONE);
    assert_int_equal(standard_check_validity(january, january), ERR_OUT_OF_RANGE);
    assert_int_equal(standard_check_validity(january, (struct date){2019, 12, 1}), ERR_OUT_OF_RANGE);
}

static void test_source(void **state)
{
    (void)state;
    char text[3 * (STANDARD_SOURCE_CHARS_MAX + 1) + 1] = "";
    assert_int_equal(standard_check_source("附件1"), ERR_NONE);
    assert_int_equal(standard_check_source(""), ERR_TOO_SHORT);
    assert_int_equal(standard_check_source(" \t\n"), ERR_TOO_SHORT);
    for (size_t i = 0; i < STANDARD_SOURCE_CHARS_MAX; i++)
        memcpy(text + 3 * i, "文", 4);
    assert_int_equal(standard_check_source(text), ERR_NONE);
    memcpy(text + 3 * STANDARD_SOURCE_CHARS_MAX, "x", 2);
    assert_int_equal(standard_check_source(text), ERR_TOO_LONG);
}

static void test_approval(void **state)
{
    (void)state;
    assert_int_equal(standard_check_approval(false, "a", "b"), ERR_NONE);
    assert_int_equal(standard_check_approval(false, "a", "a"), ERR_SAME_PERSON);
    assert_int_equal(standard_check_approval(true, "a", "b"), ERR_WRONG_STATE);
    assert_int_equal(standard_check_approval(true, "a", "a"), ERR_SAME_PERSON);
    assert_int_equal(standard_check_approval(false, "a", "A"), ERR_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_day),
        cmocka_unit_test(test_validity),
        cmocka_unit_test(test_source),
        cmocka_unit_test(test_approval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
