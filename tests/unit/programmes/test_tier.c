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

static void no_number_of_a_person_is_a_code_or_name(void **state)
{
    static const char *const codes[] = {"p13812345678",  "13812345678", "a-340103194910010015", "62284800-00000000-000",
                                        "138-1234-5678", "20200101001", "x12345678901y"};
    (void)state;
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        assert_int_equal(tier_check_code(codes[i]), ERR_PERSONAL_DATA);
    assert_int_equal(tier_check_code("t2020010100"), ERR_NONE);
    assert_int_equal(tier_check_name("甲档 1-80岁"), ERR_NONE);
    assert_int_equal(tier_check_name("王某 １３８ １２３４ ５６７８"), ERR_PERSONAL_DATA);
    assert_int_equal(tier_check_name("34010319491001001X"), ERR_PERSONAL_DATA);
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
        cmocka_unit_test(no_number_of_a_person_is_a_code_or_name),
        cmocka_unit_test(ages_are_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
