#include "utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

/* Every code point there is goes out and comes back; every shorter prefix is unfinished, none is wrong. */
static void test_round_trip_of_all(void **state)
{
    (void)state;
    for (uint32_t code_point = 0; code_point <= 0x110000; code_point++) {
        char bytes[UTF8_BYTES_MAX];
        uint32_t back = 0;
        size_t length = utf8_encode(code_point, bytes);
        bool encodable = code_point <= 0x10FFFF && (code_point < 0xD800 || code_point > 0xDFFF);
        size_t expected = !encodable             ? 0
                          : code_point < 0x80    ? 1
                          : code_point < 0x800   ? 2
                          : code_point < 0x10000 ? 3
                                                 : 4;
        if (length != expected)
            fail_msg("U+%04X: %zu bytes", code_point, length);
        for (size_t cut = 0; cut < length; cut++) {
            if (utf8_decode(bytes, cut, &back) != 0)
                fail_msg("U+%04X cut at %zu", code_point, cut);
        }
        if (length > 0 && (utf8_decode(bytes, length, &back) != (int)length || back != code_point))
            fail_msg("U+%04X came back as U+%04X", code_point, back);
    }
}

static void test_refuses(void **state)
{
    static const char *const bad[] = {
        "\x80",         "\xBF",         "\xC0\x80",         "\xC1\xBF",         "\xE0\x80\x80",     "\xE0\x9F\xBF",
        "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
        "\xFE",         "\xFF",         "\xC3\x28",         "\xE5\xBC\x28",     "\xE5\x28",         "\xF0\x9F\x98\x28"};
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        uint32_t code_point;
        if (utf8_decode(bad[i], strlen(bad[i]), &code_point) != -1)
            fail_msg("case %zu", i);
        assert_false(utf8_is_valid(bad[i], strlen(bad[i])));
    }
}

static void test_strings(void **state)
{
    uint32_t code_points[4];
    char text[8];
    (void)state;
    assert_true(utf8_is_valid("", 0));
    assert_true(utf8_is_valid("张\0三", strlen("张") + 1));
    assert_false(utf8_is_valid("张三", 5));
    assert_int_equal(utf8_length_chars(""), 0);
    assert_int_equal(utf8_length_chars("李䶮𬭊·"), 4);
    assert_true(utf8_length_chars("a\xFF") == SIZE_MAX);
    assert_int_equal(utf8_to_code_points("李䶮𬭊·", code_points, 4), 4);
    assert_int_equal(code_points[1], 0x4DAE);
    assert_int_equal(code_points[2], 0x2CB4A);
    assert_true(utf8_to_code_points("李䶮𬭊·a", code_points, 4) == SIZE_MAX);
    assert_true(utf8_to_code_points("\xE5", code_points, 4) == SIZE_MAX);
    assert_true(utf8_from_code_points(code_points, 2, text, sizeof(text)));
    assert_string_equal(text, "李䶮");
    assert_true(utf8_from_code_points(code_points + 1, 2, text, sizeof(text)));
    assert_false(utf8_from_code_points(code_points, 3, text, sizeof(text)));
    assert_string_equal(text, "");
    code_points[0] = 0xD800;
    assert_false(utf8_from_code_points(code_points, 1, text, sizeof(text)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip_of_all),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_strings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
