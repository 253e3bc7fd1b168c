#include "phone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void test_accepts(void **state)
{
    static const char *const cases[][2] = {
        {"13812345678", "13812345678"},
        {"19912345678", "19912345678"},
        {"138 1234 5678", "13812345678"},
        {"138-1234-5678", "13812345678"},
        {"+8613812345678", "13812345678"},
        {"+86 138-1234-5678", "13812345678"},
        {"008613812345678", "13812345678"},
        {"8613812345678", "13812345678"},
        {"'１３８１２３４５６７８", "13812345678"},
        {"\u200B13812345678\u3000", "13812345678"},
        {"0551-62345678", "0551-62345678"},
        {"055162345678", "0551-62345678"},
        {"(0551)62345678", "0551-62345678"},
        {"（0551）6234 5678", "0551-62345678"},
        {"+86 551 62345678", "0551-62345678"},
        {"0551－85345678", "0551-85345678"},
        {"010-62345678", "010-62345678"},
        {"02162345678", "021-62345678"},
        {"0559-2345678", "0559-2345678"},
        {"+861062345678", "010-62345678"},
        {"0311-85345678", "0311-85345678"},
        {"0086-0551-62345678", "0551-62345678"},
        {"0551—62345678", "0551-62345678"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char phone[PHONE_SIZE];
        char again[PHONE_SIZE];
        if (phone_normalise(cases[i][0], phone) != ERR_NONE)
            fail_msg("%s", cases[i][0]);
        assert_string_equal(phone, cases[i][1]);
        assert_int_equal(phone_normalise(phone, again), ERR_NONE);
        assert_string_equal(again, phone);
    }
}

static void test_refuses(void **state)
{
    static const char *const bad[] = {"",
                                      "12812345678",
                                      "11012345678",
                                      "1381234567",
                                      "138123456789",
                                      "62345678",
                                      "0551-12345678",
                                      "0551-92345678",
                                      "0551-6234567890",
                                      "021-2345678",
                                      "0051-62345678",
                                      "0151-62345678",
                                      "551-62345678",
                                      "1.38123E+10",
                                      "1381234567a",
                                      "无",
                                      "-",
                                      "+1 2025550123",
                                      "+86",
                                      "13812345678/13912345678",
                                      "0551-62345678-801",
                                      "0551",
                                      "0551-",
                                      "00861381234567",
                                      "1381234\xFF",
                                      "()",
                                      "+86+8613812345678"};
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char phone[PHONE_SIZE] = "kept";
        if (phone_normalise(bad[i], phone) != ERR_BAD_PHONE)
            fail_msg("%s: %s", bad[i], phone);
        assert_string_equal(phone, "");
    }
    char phone[PHONE_SIZE];
    assert_int_equal(phone_normalise(NULL, phone), ERR_BAD_PHONE);
}

static void test_mask(void **state)
{
    static const char *const cases[][2] = {{"13812345678", "138****5678"},
                                           {"0551-62345678", "0551-****5678"},
                                           {"0559-2345678", "0559-***5678"},
                                           {"010-62345678", "010-****5678"},
                                           {"62345678", "****"},
                                           {"", "****"},
                                           {"0551-5678", "****"},
                                           {"0551-623456789012345", "****"}};
    char text[PHONE_SIZE];
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        phone_mask(cases[i][0], text);
        assert_string_equal(text, cases[i][1]);
    }
    phone_mask(NULL, text);
    assert_string_equal(text, "****");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_accepts), cmocka_unit_test(test_refuses),
                                       cmocka_unit_test(test_mask)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
