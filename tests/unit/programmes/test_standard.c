#include "standard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void shares_have_points_and_amounts_fen(void **state)
{
    static const char *const amounts[] = {"month", "year", "term", "day", "case"};
    (void)state;
    for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++) {
        assert_int_equal(standard_check_amount(amounts[i], true), ERR_NONE);
        assert_int_equal(standard_check_amount(amounts[i], false), ERR_REQUIRED);
        assert_int_equal(standard_check_basis_points(amounts[i], false), ERR_NONE);
        assert_int_equal(standard_check_basis_points(amounts[i], true), ERR_UNFIT);
    }
    assert_int_equal(standard_check_amount("percent", true), ERR_UNFIT);
    assert_int_equal(standard_check_amount("percent", false), ERR_NONE);
    assert_int_equal(standard_check_basis_points("percent", true), ERR_NONE);
    assert_int_equal(standard_check_basis_points("percent", false), ERR_REQUIRED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_have_points_and_amounts_fen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
