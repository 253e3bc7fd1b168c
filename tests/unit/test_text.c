#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

struct number_case {
    const char *text;
    int64_t min;
    int64_t max;
    bool ok;
    int64_t value;
};

static void test_int64(void **state)
{
    static const struct number_case cases[] = {
        {"0", 0, 10, true, 0},
        {"7", 0, 10, true, 7},
        {"10", 0, 10, true, 10},
        {"11", 0, 10, false, 0},
        {"-1", 0, 10, false, 0},
        {"-1", -1, 10, true, -1},
        {"9223372036854775807", INT64_MIN, INT64_MAX, true, INT64_MAX},
        {"9223372036854775808", INT64_MIN, INT64_MAX, false, 0},
        {"-9223372036854775808", INT64_MIN, INT64_MAX, true, INT64_MIN},
        {"-9223372036854775809", INT64_MIN, INT64_MAX, false, 0},
        {"99999999999999999999999", INT64_MIN, INT64_MAX, false, 0},
        {"", INT64_MIN, INT64_MAX, false, 0},
        {"-", INT64_MIN, INT64_MAX, false, 0},
        {"+1", INT64_MIN, INT64_MAX, false, 0},
        {"--1", INT64_MIN, INT64_MAX, false, 0},
        {"-0", INT64_MIN, INT64_MAX, false, 0},
        {"00", INT64_MIN, INT64_MAX, false, 0},
        {"01", INT64_MIN, INT64_MAX, false, 0},
        {"-01", INT64_MIN, INT64_MAX, false, 0},
        {" 1", INT64_MIN, INT64_MAX, false, 0},
        {"1 ", INT64_MIN, INT64_MAX, false, 0},
        {"1.0", INT64_MIN, INT64_MAX, false, 0},
        {"1e2", INT64_MIN, INT64_MAX, false, 0},
        {"0x10", INT64_MIN, INT64_MAX, false, 0},
        {"１", INT64_MIN, INT64_MAX, false, 0},
        {NULL, INT64_MIN, INT64_MAX, false, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t value = 4711;
        if (text_to_int64(cases[i].text, cases[i].min, cases[i].max, &value) != cases[i].ok)
            fail_msg("case %zu: %s", i, cases[i].text == NULL ? "NULL" : cases[i].text);
        assert_int_equal(value, cases[i].ok ? cases[i].value : 4711);
    }
}

static void test_digits(void **state)
{
    (void)state;
    assert_true(text_is_digits("0"));
    assert_true(text_is_digits("0123456789"));
    assert_false(text_is_digits(""));
    assert_false(text_is_digits(NULL));
    assert_false(text_is_digits("12a"));
    assert_false(text_is_digits("-1"));
    assert_false(text_is_digits("１"));
}

static void test_exponent(void **state)
{
    static const char *const yes[] = {"3.40103E+17", "3.40103e17", "6E18", "6.E+18", "1e-5"};
    static const char *const no[] = {"", "E+17", "340103E", "3.4.0E5", "12345", "1.5", "1E+", "3E4X", "-3E4"};
    (void)state;
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
        assert_true(text_is_exponent(yes[i]));
    for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
        assert_false(text_is_exponent(no[i]));
    assert_false(text_is_exponent(NULL));
}

static void test_fold_code(void **state)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"abc-123", "abc-123"},
        {"３４０１０３　１９４９Ｘ", "3401031949X"},
        {"'340103", "340103"},
        {"’340103", "340103"},
        {" \t'340103\r\n", "340103"},
        {"\uFEFF'340103", "340103"},
        {"34'01", "34'01"},
        {"''34", "'34"},
        {"34\u00A001\u200B03\u200E\u2060\u202C\u3000", "340103"},
        {"0551–62345678", "0551-62345678"},
        {"1\u20002\u200F3\u202A4\u202E5", "12345"},
        {"1\u20282", "1?2"},
        {"１，２６２．００", "1,262.00"},
        {"三41é", "?41?"},
        {"1\x01\x7F", "1??"},
    };
    char folded[64];
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_true(text_fold_code(cases[i][0], folded, sizeof(folded)));
        assert_string_equal(folded, cases[i][1]);
    }
    assert_true(text_fold_code(NULL, folded, sizeof(folded)));
    assert_string_equal(folded, "");
}

static void test_fold_code_refuses(void **state)
{
    char folded[5];
    (void)state;
    assert_true(text_fold_code("1234", folded, sizeof(folded)));
    assert_string_equal(folded, "1234");
    assert_true(text_fold_code("1 2 3 4 ", folded, sizeof(folded)));
    assert_false(text_fold_code("12345", folded, sizeof(folded)));
    assert_string_equal(folded, "");
    assert_false(text_fold_code("12\xFF", folded, sizeof(folded)));
    assert_string_equal(folded, "");
    assert_false(text_fold_code("12\xE5\xBC", folded, sizeof(folded)));
}

static void test_personal_number(void **state)
{
    static const struct {
        const char *text;
        bool holds;
    } cases[] = {
        {"", false},
        {"庐民决〔2020〕17号", false},
        {"20200601000123", false}, /* 14 digits */
        {"12812345678", false},
        {"138123456789", false},
        {"1381234567", false},
        {"13812345678", true},
        {"p13812345678x", true},
        {"+86 138 1234 5678", true},
        {"１３８１２３４５６７８", true},
        {"2020-06-01/13812345678", true},
        {"340103194910010", true},
        {"340103-19491001-001X", true},
        {"6228480000000000", true},
        {"\xff", true},
    };
    char long_text[TEXT_PERSONAL_BYTES_MAX + 2];
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(text_holds_personal_number(cases[i].text), cases[i].holds);
    memset(long_text, 'a', sizeof(long_text));
    long_text[TEXT_PERSONAL_BYTES_MAX] = '\0';
    assert_false(text_holds_personal_number(long_text));
    long_text[TEXT_PERSONAL_BYTES_MAX] = 'a';
    long_text[TEXT_PERSONAL_BYTES_MAX + 1] = '\0';
    assert_true(text_holds_personal_number(long_text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_int64),
        cmocka_unit_test(test_digits),
        cmocka_unit_test(test_exponent),
        cmocka_unit_test(test_fold_code),
        cmocka_unit_test(test_fold_code_refuses),
        cmocka_unit_test(test_personal_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
