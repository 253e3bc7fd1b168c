#include "tier.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void codes_are_plain(void **state)
{
    (void)state;
    assert_int_equal(tier_check_code("age-80-89"), ERR_NONE);
    assert_int_equal(tier_check_code("Age"), ERR_BAD_CHARACTERS);
    assert_int_equal(tier_check_code("a b"), ERR_BAD_CHARACTERS);
    assert_int_equal(tier_check_code("散居"), ERR_BAD_CHARACTERS);
}

static void ages_are_in_order(void **state)
{
    (void)state;
    assert_int_equal(tier_check_ages(80, 90), ERR_NONE);
    assert_int_equal(tier_check_ages(INT64_MIN, 90), ERR_NONE);
    assert_int_equal(tier_check_ages(100, INT64_MIN), ERR_NONE);
    assert_int_equal(tier_check_ages(90, 90), ERR_OUT_OF_RANGE);
    assert_int_equal(tier_check_ages(91, 90), ERR_OUT_OF_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_plain),
        cmocka_unit_test(ages_are_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
