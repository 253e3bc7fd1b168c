#include "credit_code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static const char *const good[] = {"91440300708461136T", "91110108551385082Q", "91350100M000100Y43",
                                   "11340103002990001D", "52340103MJA123454B", "123401034850012389"};

static void test_accepts(void **state)
{
    char code[CREDIT_CODE_SIZE];
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        if (credit_code_check(good[i], code) != ERR_NONE)
            fail_msg("%s", good[i]);
        assert_string_equal(code, good[i]);
        assert_int_equal(credit_code_check(good[i], NULL), ERR_NONE);
    }
    assert_int_equal(credit_code_check("'52340103ｍja1 2345 4b\r\n", code), ERR_NONE);
    assert_string_equal(code, "52340103MJA123454B");
}

/* No single wrong character passes both check characters. */
static void test_single_mistakes(void **state)
{
    static const char characters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*?";
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        for (size_t at = 0; at < CREDIT_CODE_LENGTH; at++) {
            char text[CREDIT_CODE_SIZE];
            memcpy(text, good[i], sizeof(text));
            for (const char *wrong = characters; *wrong != '\0'; wrong++) {
                text[at] = *wrong;
                enum err expected = *wrong == good[i][at] ? ERR_NONE : ERR_CREDIT_CODE;
                if (credit_code_check(text, NULL) != expected)
                    fail_msg("%s", text);
            }
        }
    }
}

static void test_refuses(void **state)
{
    static const char *const bad[] = {"",        "91440300708461136",   "91440300708461136TT",
                                      "9.1E+17", "91440300708461136Ｉ", "91440300708461136T\xFF"};
    char code[CREDIT_CODE_SIZE] = "kept";
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(credit_code_check(bad[i], code), ERR_CREDIT_CODE);
    assert_int_equal(credit_code_check(NULL, code), ERR_CREDIT_CODE);
    assert_string_equal(code, "kept");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_accepts), cmocka_unit_test(test_single_mistakes),
                                       cmocka_unit_test(test_refuses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
