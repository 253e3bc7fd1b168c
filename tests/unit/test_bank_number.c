#include "bank_number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static const char *const good[] = {"319361000013", "402361018886", "102100099996", "103100000026",
                                   "104100000004", "105100000017", "403100000004", "308584000013",
                                   "319361000005", "319361001231", "102361000007"};

static void test_accepts(void **state)
{
    char number[BANK_NUMBER_SIZE];
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(bank_number_check(good[i], number), ERR_NONE);
        assert_string_equal(number, good[i]);
        assert_int_equal(bank_number_check(good[i], NULL), ERR_NONE);
    }
    assert_int_equal(bank_number_check("'３１９３ 6100 0013\t", number), ERR_NONE);
    assert_string_equal(number, "319361000013");
}

/* The check digit finds each wrong digit. */
static void test_single_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        for (size_t at = 0; at < BANK_NUMBER_LENGTH; at++) {
            char text[BANK_NUMBER_SIZE];
            memcpy(text, good[i], sizeof(text));
            for (char digit = '0'; digit <= '9'; digit++) {
                text[at] = digit;
                assert_int_equal(bank_number_check(text, NULL), digit == good[i][at] ? ERR_NONE : ERR_BANK_NUMBER);
            }
        }
    }
}

static void test_refuses(void **state)
{
    static const char *const bad[] = {"",
                                      "319361000014",
                                      "31936100001",
                                      "3193610000130",
                                      "31936100001X",
                                      "3.19361E+11",
                                      "319-361000013",
                                      "六一九三六一",
                                      "319361000013\xFF"};
    char number[BANK_NUMBER_SIZE] = "kept";
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(bank_number_check(bad[i], number), ERR_BANK_NUMBER);
    assert_int_equal(bank_number_check(NULL, number), ERR_BANK_NUMBER);
    assert_string_equal(number, "kept");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_accepts), cmocka_unit_test(test_single_mistakes),
                                       cmocka_unit_test(test_refuses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
