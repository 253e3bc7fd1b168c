#include "account_number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

struct account_case {
    enum account_kind kind;
    const char *text;
    enum err err;
};

static const struct account_case cases[] = {
    {ACCOUNT_CARD, "6217000000000000004", ERR_NONE},
    {ACCOUNT_CARD, "6228480000000000000", ERR_NONE},
    {ACCOUNT_CARD, "6212260000000000018", ERR_NONE},
    {ACCOUNT_CARD, "6217990000000000121", ERR_NONE},
    {ACCOUNT_CARD, "623660000000000000", ERR_NONE},
    {ACCOUNT_CARD, "621483000000000017", ERR_NONE},
    {ACCOUNT_CARD, "6221880000000005", ERR_NONE},
    {ACCOUNT_CARD, "6216610000000003", ERR_NONE},
    {ACCOUNT_CARD, "6217 0000 0000 0000 004", ERR_NONE},
    {ACCOUNT_CARD, "6217-0000-0000-0000-004", ERR_NONE},
    {ACCOUNT_CARD, "'６２１７００００００００００００００４\u3000", ERR_NONE},
    {ACCOUNT_CARD, "\uFEFF6221880000000005\u200B\u00A0\r", ERR_NONE},
    {ACCOUNT_CARD, "4222222222222", ERR_NONE},
    /* the last digit changed */
    {ACCOUNT_CARD, "6217000000000000005", ERR_ACCOUNT_LUHN},
    {ACCOUNT_CARD, "6228480000000000001", ERR_ACCOUNT_LUHN},
    {ACCOUNT_CARD, "6212260000000000019", ERR_ACCOUNT_LUHN},
    {ACCOUNT_CARD, "6217990000000000122", ERR_ACCOUNT_LUHN},
    {ACCOUNT_CARD, "623660000000000001", ERR_ACCOUNT_LUHN},
    {ACCOUNT_CARD, "621483000000000018", ERR_ACCOUNT_LUHN},
    {ACCOUNT_CARD, "6221880000000006", ERR_ACCOUNT_LUHN},
    {ACCOUNT_CARD, "6216610000000004", ERR_ACCOUNT_LUHN},
    /* cut by a spreadsheet */
    {ACCOUNT_CARD, "6217001234567890000", ERR_ACCOUNT_EXCEL_DAMAGE},
    {ACCOUNT_CARD, "6.217E+18", ERR_ACCOUNT_EXCEL_DAMAGE},
    {ACCOUNT_CARD, "6.217001234567E18", ERR_ACCOUNT_EXCEL_DAMAGE},
    {ACCOUNT_LEGACY_CARD, "9558801234567890000", ERR_ACCOUNT_EXCEL_DAMAGE},
    {ACCOUNT_PASSBOOK, "1234567890123450000", ERR_ACCOUNT_EXCEL_DAMAGE},
    {ACCOUNT_PASSBOOK, "1234567890123450000000", ERR_ACCOUNT_EXCEL_DAMAGE},
    {ACCOUNT_PASSBOOK, "6228480000000000000", ERR_ACCOUNT_EXCEL_DAMAGE},
    {ACCOUNT_CORPORATE, "1.2E+19", ERR_ACCOUNT_EXCEL_DAMAGE},
    {ACCOUNT_CORPORATE, "34010000123400000000", ERR_ACCOUNT_EXCEL_DAMAGE},
    /* zeros that no spreadsheet made */
    {ACCOUNT_PASSBOOK, "123456789010000", ERR_NONE},
    {ACCOUNT_PASSBOOK, "1234567890123000", ERR_NONE},
    {ACCOUNT_PASSBOOK, "12345678901234560000", ERR_NONE},
    {ACCOUNT_CARD, "6217001234560000", ERR_ACCOUNT_EXCEL_DAMAGE},
    {ACCOUNT_CARD, "6217001234561000", ERR_ACCOUNT_LUHN},
    /* kinds without check digit */
    {ACCOUNT_LEGACY_CARD, "9558801234567890123", ERR_NONE},
    {ACCOUNT_LEGACY_CARD, "9559912345678", ERR_NONE},
    {ACCOUNT_LEGACY_CARD, "955991234567", ERR_ACCOUNT_LENGTH},
    {ACCOUNT_LEGACY_CARD, "95599123456789012345", ERR_ACCOUNT_LENGTH},
    {ACCOUNT_PASSBOOK, "123456789012", ERR_NONE},
    {ACCOUNT_PASSBOOK, "1234567890123456789012", ERR_NONE},
    {ACCOUNT_PASSBOOK, "12345678901", ERR_ACCOUNT_LENGTH},
    {ACCOUNT_PASSBOOK, "12345678901234567890123", ERR_ACCOUNT_LENGTH},
    {ACCOUNT_CORPORATE, "12345678", ERR_NONE},
    {ACCOUNT_CORPORATE, "12345678901234567890123456789012", ERR_NONE},
    {ACCOUNT_CORPORATE, "1234567", ERR_ACCOUNT_LENGTH},
    {ACCOUNT_CORPORATE, "123456789012345678901234567890123", ERR_ACCOUNT_LENGTH},
    /* neither length nor characters */
    {ACCOUNT_CARD, "", ERR_ACCOUNT_LENGTH},
    {ACCOUNT_CARD, NULL, ERR_ACCOUNT_LENGTH},
    {ACCOUNT_CARD, "622188000005", ERR_ACCOUNT_LENGTH},
    {ACCOUNT_CARD, "62170000000000000040", ERR_ACCOUNT_LENGTH},
    {ACCOUNT_CARD, "622188000000000O", ERR_ACCOUNT_CHARACTERS},
    {ACCOUNT_CARD, "-6221880000000005", ERR_ACCOUNT_CHARACTERS},
    {ACCOUNT_CARD, "6221880000000005-", ERR_ACCOUNT_CHARACTERS},
    {ACCOUNT_CARD, "6221--880000000005", ERR_ACCOUNT_CHARACTERS},
    {ACCOUNT_CARD, "6221880000000005.0", ERR_ACCOUNT_CHARACTERS},
    {ACCOUNT_CARD, "六二二一", ERR_ACCOUNT_CHARACTERS},
    {ACCOUNT_CARD, "6221880000000005\xFF", ERR_ACCOUNT_LENGTH},
};

static void test_check(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        enum err err = account_number_check(cases[i].kind, cases[i].text);
        if (err != cases[i].err)
            fail_msg("%s %s: %s", account_kind_name(cases[i].kind), cases[i].text, err_info(err)->code);
    }
}

/* Luhn finds each wrong digit and each swap of neighbours but 09 and 90. */
static void test_luhn(void **state)
{
    static const char good[] = "6217993409181234561";
    char text[sizeof(good)];
    (void)state;
    memcpy(text, good, sizeof(good));
    for (char digit = '0'; digit <= '9' && !account_number_luhn_ok(text); digit++)
        text[sizeof(good) - 2] = digit;
    assert_true(account_number_luhn_ok(text));
    for (size_t at = 0; at + 1 < sizeof(good); at++) {
        char kept = text[at];
        for (char digit = '0'; digit <= '9'; digit++) {
            text[at] = digit;
            assert_int_equal(account_number_luhn_ok(text), digit == kept);
        }
        text[at] = kept;
        if (at + 2 < sizeof(good)) {
            bool blind = (text[at] == '0' && text[at + 1] == '9') || (text[at] == '9' && text[at + 1] == '0') ||
                         text[at] == text[at + 1];
            text[at] = text[at + 1];
            text[at + 1] = kept;
            assert_int_equal(account_number_luhn_ok(text), blind);
            text[at + 1] = text[at];
            text[at] = kept;
        }
    }
    assert_false(account_number_luhn_ok(""));
    assert_false(account_number_luhn_ok("62218800000000O5"));
}

static void test_kinds(void **state)
{
    static const char *const names[ACCOUNT_KIND_COUNT] = {"card", "legacy_card", "passbook", "corporate"};
    enum account_kind kind = ACCOUNT_CORPORATE;
    (void)state;
    for (int i = 0; i < ACCOUNT_KIND_COUNT; i++) {
        assert_string_equal(account_kind_name((enum account_kind)i), names[i]);
        assert_true(account_kind_parse(names[i], &kind));
        assert_int_equal(kind, i);
    }
    assert_false(account_kind_parse("Card", &kind));
    assert_false(account_kind_parse("", &kind));
    assert_false(account_kind_parse(NULL, &kind));
    assert_int_equal(kind, ACCOUNT_CORPORATE);
}

static void test_normalise(void **state)
{
    char text[ACCOUNT_NUMBER_SIZE];
    (void)state;
    assert_true(account_number_normalise(" 6217 0000-0000 0000004\t", text));
    assert_string_equal(text, "6217000000000000004");
    assert_true(account_number_normalise("9-0-0-9", text));
    assert_string_equal(text, "9009");
    assert_true(account_number_normalise("-1-2-", text));
    assert_string_equal(text, "-12-");
    assert_false(account_number_normalise("123456789012345678901234567890123", text));
    assert_string_equal(text, "");
}

static void test_mask(void **state)
{
    static const char *const masks[][2] = {{"6217000000000000004", "***************0004"},
                                           {"12345", "*2345"},
                                           {"1234", "****"},
                                           {"", ""},
                                           {"123456789012345678901234567890123", "****************************0123"}};
    char text[ACCOUNT_NUMBER_SIZE];
    (void)state;
    for (size_t i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
        account_number_mask(masks[i][0], text);
        assert_string_equal(text, masks[i][1]);
    }
    account_number_mask(NULL, text);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check),     cmocka_unit_test(test_luhn), cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_normalise), cmocka_unit_test(test_mask),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
