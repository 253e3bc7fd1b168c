#include "exclusion.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void the_other_side_is_one_thing(void **state)
{
    (void)state;
    assert_int_equal(exclusion_check_other_item("a", "b", NULL), ERR_NONE);
    assert_int_equal(exclusion_check_other_item("a", NULL, "x"), ERR_NONE);
    assert_int_equal(exclusion_check_other_item("a", NULL, NULL), ERR_REQUIRED);
    assert_int_equal(exclusion_check_other_item("a", "b", "x"), ERR_UNFIT);
    assert_int_equal(exclusion_check_other_item("a", "a", NULL), ERR_UNFIT);
    assert_int_equal(exclusion_check_other_tier("b", "t"), ERR_NONE);
    assert_int_equal(exclusion_check_other_tier("b", NULL), ERR_NONE);
    assert_int_equal(exclusion_check_other_tier(NULL, NULL), ERR_NONE);
    assert_int_equal(exclusion_check_other_tier(NULL, "t"), ERR_UNFIT);
}

static void an_end_lies_within(void **state)
{
    (void)state;
    const struct date from = {2020, 3, 1};
    const struct date to = {2020, 6, 1};
    assert_int_equal(exclusion_check_end(from, to, (struct date){2020, 4, 1}), ERR_NONE);
    assert_int_equal(exclusion_check_end(from, to, (struct date){2020, 5, 1}), ERR_NONE);
    assert_int_equal(exclusion_check_end(from, to, (struct date){2020, 4, 2}), ERR_BAD_VALUE);
    assert_int_equal(exclusion_check_end(from, to, from), ERR_NONE); /* withdrawn */
    assert_int_equal(exclusion_check_end(from, to, (struct date){2020, 2, 1}), ERR_OUT_OF_RANGE);
    assert_int_equal(exclusion_check_end(from, to, to), ERR_OUT_OF_RANGE);
    assert_int_equal(exclusion_check_end(from, (struct date){0}, (struct date){2190, 1, 1}), ERR_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_other_side_is_one_thing),
        cmocka_unit_test(an_end_lies_within),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
