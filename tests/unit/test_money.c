#include "money.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static const enum money_rounding roundings[] = {MONEY_FLOOR_FEN, MONEY_HALF_UP_FEN, MONEY_UP_JIAO, MONEY_UP_YUAN,
                                                MONEY_DOWN_YUAN};
enum { ROUNDINGS = sizeof(roundings) / sizeof(roundings[0]) };

static void test_arithmetic(void **state)
{
    int64_t fen = 7;
    (void)state;
    assert_true(money_add(1, 2, &fen));
    assert_int_equal(fen, 3);
    assert_true(money_add(INT64_MAX, INT64_MIN, &fen));
    assert_int_equal(fen, -1);
    assert_false(money_add(INT64_MAX, 1, &fen));
    assert_false(money_add(INT64_MIN, -1, &fen));
    assert_int_equal(fen, -1);
    assert_true(money_subtract(1, 2, &fen));
    assert_int_equal(fen, -1);
    assert_false(money_subtract(INT64_MIN, 1, &fen));
    assert_false(money_subtract(0, INT64_MIN, &fen));
    assert_true(money_multiply(6000, 3770, &fen));
    assert_int_equal(fen, 22620000);
    assert_false(money_multiply(INT64_MAX, 2, &fen));
    assert_false(money_multiply(INT64_MIN, -1, &fen));
    assert_int_equal(fen, 22620000);
}

static void test_parse(void **state)
{
    struct {
        const char *text;
        int64_t fen;
    } cases[] = {
        {"60", 6000},
        {"60.00", 6000},
        {"60.5", 6050},
        {"0", 0},
        {"0.01", 1},
        {"0.10", 10},
        {"1,262.00", 126200},
        {"1，262．00", 126200},
        {"１２６２", 126200},
        {"１，２６２．００", 126200},
        {"1262元", 126200},
        {"¥1262", 126200},
        {"￥1,262.50", 126250},
        {"RMB800", 80000},
        {"CNY800.00", 80000},
        {" 60 ", 6000},
        {"\u300060\u3000", 6000},
        {"\uFEFF60\t\r\n", 6000},
        {"\u00A060", 6000},
        {"'60", 6000},
        {"312.50", 31250},
        {"942,800.00", 94280000},
        {"1,000,000", 100000000},
        {"999999999999.99", MONEY_FEN_MAX},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t fen = -1;
        if (money_parse(cases[i].text, &fen) != ERR_NONE)
            fail_msg("%s", cases[i].text);
        assert_int_equal(fen, cases[i].fen);
    }
}

static void test_parse_refuses(void **state)
{
    static const char *const bad[] = {"",
                                      " ",
                                      "-60",
                                      "+60",
                                      "60.001",
                                      "12345.332",
                                      "60.000",
                                      "60.",
                                      ".50",
                                      "6E1",
                                      "6.0E+01",
                                      "1,26",
                                      "12,62",
                                      "1,2,62",
                                      ",262",
                                      "1,262,",
                                      "1262,00",
                                      "1,,262",
                                      "0,262",
                                      "12,345,67",
                                      "060",
                                      "00",
                                      "1 262",
                                      "1　262",
                                      "6\u200B0",
                                      "60元元",
                                      "元",
                                      "¥",
                                      "¥¥60",
                                      "¥60元",
                                      "¥ 60",
                                      "六十",
                                      "60-",
                                      "60 元",
                                      "$60",
                                      "0x60",
                                      "1,262.0,0",
                                      "60.5.5",
                                      "NaN",
                                      "1000000000000",
                                      "1,000,000,000,000.00",
                                      "99999999999999999999",
                                      "--60",
                                      "60\xFF",
                                      "''60",
                                      "60'",
                                      "60%"};
    int64_t fen = 77;
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (money_parse(bad[i], &fen) != ERR_BAD_AMOUNT)
            fail_msg("%s", bad[i]);
    }
    assert_int_equal(money_parse(NULL, &fen), ERR_BAD_AMOUNT);
    char longest[300];
    memset(longest, '1', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    assert_int_equal(money_parse(longest, &fen), ERR_BAD_AMOUNT);
    assert_int_equal(fen, 77);
}

static void test_format(void **state)
{
    struct {
        int64_t fen;
        const char *text;
    } cases[] = {
        {0, "0.00"},
        {5, "0.05"},
        {-5, "-0.05"},
        {126200, "1262.00"},
        {31250, "312.50"},
        {-61833, "-618.33"},
        {INT64_MAX, "92233720368547758.07"},
        {INT64_MIN, "-92233720368547758.08"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[MONEY_TEXT_SIZE];
        money_format(cases[i].fen, text);
        assert_string_equal(text, cases[i].text);
    }
    for (int64_t fen = 0; fen < 200000; fen += 7) {
        char text[MONEY_TEXT_SIZE];
        int64_t back;
        money_format(fen, text);
        assert_int_equal(money_parse(text, &back), ERR_NONE);
        assert_int_equal(back, fen);
    }
}

static void test_words(void **state)
{
    struct {
        int64_t fen;
        const char *words;
    } cases[] = {
        {94280000, "人民币玖拾肆万贰仟捌佰元整"},
        {22620000, "人民币贰拾贰万陆仟贰佰元整"},
        {31250, "人民币叁佰壹拾贰元伍角整"},
        {1050005, "人民币壹万零伍佰元零伍分"},
        {61833, "人民币陆佰壹拾捌元叁角叁分"},
        {10000110, "人民币壹拾万零壹元壹角整"},
        {100000000001, "人民币壹拾亿元零壹分"},
        {5, "人民币伍分"},
        {0, "人民币零元整"},
        {10, "人民币壹角整"},
        {15, "人民币壹角伍分"},
        {1000, "人民币壹拾元整"},
        {1100, "人民币壹拾壹元整"},
        {100100, "人民币壹仟零壹元整"},
        {101000, "人民币壹仟零壹拾元整"},
        {100040000, "人民币壹佰万零肆佰元整"},
        {10001000000, "人民币壹亿零壹万元整"},
        {12000050000, "人民币壹亿贰仟万零伍佰元整"},
        {10000000100, "人民币壹亿零壹元整"},
        {1000001001, "人民币壹仟万零壹拾元零壹分"},
        {MONEY_FEN_MAX, "人民币玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"},
    };
    char text[MONEY_WORDS_SIZE];
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_true(money_words(cases[i].fen, text));
        assert_string_equal(text, cases[i].words);
    }
    assert_false(money_words(-1, text));
    assert_string_equal(text, "");
    assert_false(money_words(MONEY_FEN_MAX + 1, text));
    assert_true(strlen("人民币玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分") < MONEY_WORDS_SIZE);
}

static void test_scale(void **state)
{
    struct {
        int64_t fen;
        int numerator;
        int denominator;
        int64_t results[ROUNDINGS];
    } cases[] = {
        {742000, 1, 12, {61833, 61833, 61840, 61900, 61800}},
        {80000, 1, 12, {6666, 6667, 6670, 6700, 6600}},
        {40000, 1, 12, {3333, 3333, 3340, 3400, 3300}},
        {742000, 13, 120, {80383, 80383, 80390, 80400, 80300}},
        {62500, 1, 2, {31250, 31250, 31250, 31300, 31200}},
        {1, 1, 2, {0, 1, 10, 0, 0}},
        {31205, 1, 1, {31205, 31205, 31210, 31200, 31200}},
        {31210, 1, 1, {31210, 31210, 31210, 31300, 31200}},
        {6000, 0, 1, {0, 0, 0, 0, 0}},
        {6000, 1, 1, {6000, 6000, 6000, 6000, 6000}},
    };
    int64_t fen = 0;
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (int r = 0; r < ROUNDINGS; r++) {
            assert_true(money_scale(cases[i].fen, cases[i].numerator, cases[i].denominator, roundings[r], &fen));
            if (fen != cases[i].results[r])
                fail_msg("case %zu, rounding %d: %lld", i, r, (long long)fen);
        }
    }
    fen = 9;
    assert_false(money_scale(-1, 1, 1, MONEY_FLOOR_FEN, &fen));
    assert_false(money_scale(MONEY_FEN_MAX + 1, 1, 1, MONEY_FLOOR_FEN, &fen));
    assert_false(money_scale(1, -1, 1, MONEY_FLOOR_FEN, &fen));
    assert_false(money_scale(1, 1, 0, MONEY_FLOOR_FEN, &fen));
    assert_false(money_scale(1, 1, MONEY_RATIO_MAX + 1, MONEY_FLOOR_FEN, &fen));
    assert_false(money_scale(1, MONEY_RATIO_MAX + 1, 1, MONEY_FLOOR_FEN, &fen));
    assert_false(money_scale(MONEY_FEN_MAX, 2, 1, MONEY_FLOOR_FEN, &fen));
    assert_int_equal(fen, 9);
    assert_true(money_scale(MONEY_FEN_MAX, MONEY_RATIO_MAX, MONEY_RATIO_MAX, MONEY_HALF_UP_FEN, &fen));
    assert_int_equal(fen, MONEY_FEN_MAX);
}

static void test_split_vectors(void **state)
{
    struct {
        int64_t total;
        int parts;
        enum money_rounding rounding;
        enum money_remainder remainder;
        int64_t first;
        int64_t second;
        int64_t last;
    } cases[] = {
        {80000, 4, MONEY_FLOOR_FEN, MONEY_REMAINDER_LAST, 20000, 20000, 20000},
        {40000, 4, MONEY_FLOOR_FEN, MONEY_REMAINDER_LAST, 10000, 10000, 10000},
        {80000, 12, MONEY_FLOOR_FEN, MONEY_REMAINDER_LAST, 6666, 6666, 6674},
        {80000, 12, MONEY_HALF_UP_FEN, MONEY_REMAINDER_LAST, 6667, 6667, 6663},
        {80000, 12, MONEY_UP_JIAO, MONEY_REMAINDER_LAST, 6670, 6670, 6630},
        {80000, 12, MONEY_DOWN_YUAN, MONEY_REMAINDER_LAST, 6600, 6600, 7400},
        {80000, 12, MONEY_HALF_UP_FEN, MONEY_REMAINDER_CUMULATIVE, 6667, 6666, 6667},
        {742000, 12, MONEY_FLOOR_FEN, MONEY_REMAINDER_LAST, 61833, 61833, 61837},
        {742000, 12, MONEY_FLOOR_FEN, MONEY_REMAINDER_CUMULATIVE, 61833, 61833, 61834},
        {1, 12, MONEY_UP_JIAO, MONEY_REMAINDER_LAST, 1, 0, 0},
        {1, 12, MONEY_FLOOR_FEN, MONEY_REMAINDER_LAST, 0, 0, 1},
        {62500, 2, MONEY_FLOOR_FEN, MONEY_REMAINDER_LAST, 31250, 31250, 31250},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t parts[3];
        int numbers[3] = {1, 2, cases[i].parts};
        for (int p = 0; p < 3; p++)
            assert_true(money_split_part(cases[i].total, cases[i].parts, numbers[p], cases[i].rounding,
                                         cases[i].remainder, &parts[p]));
        if (parts[0] != cases[i].first || parts[1] != cases[i].second || parts[2] != cases[i].last)
            fail_msg("case %zu: %lld %lld %lld", i, (long long)parts[0], (long long)parts[1], (long long)parts[2]);
    }
}

/* Whatever the total, the number of parts, the rounding and the rule: the parts are not negative and add up.
 */
static void test_split_adds_up(void **state)
{
    static const int64_t totals[] = {0,     1,     9,      10,     11,       99,      100,      101,          1000,
                                     40000, 80000, 742000, 964600, 22620001, 9999999, 31250017, MONEY_FEN_MAX};
    (void)state;
    for (size_t t = 0; t < sizeof(totals) / sizeof(totals[0]); t++) {
        for (int parts = 1; parts <= 24; parts++) {
            for (int rule = 0; rule < 2 * ROUNDINGS; rule++) {
                enum money_remainder remainder = rule % 2 ? MONEY_REMAINDER_CUMULATIVE : MONEY_REMAINDER_LAST;
                int64_t sum = 0;
                for (int part = 1; part <= parts; part++) {
                    int64_t fen;
                    assert_true(money_split_part(totals[t], parts, part, roundings[rule / 2], remainder, &fen));
                    assert_true(fen >= 0);
                    sum += fen;
                }
                assert_int_equal(sum, totals[t]);
            }
        }
    }
}

static void test_split_refuses(void **state)
{
    int64_t fen = 5;
    (void)state;
    assert_false(money_split_part(-1, 12, 1, MONEY_FLOOR_FEN, MONEY_REMAINDER_LAST, &fen));
    assert_false(money_split_part(MONEY_FEN_MAX + 1, 12, 1, MONEY_FLOOR_FEN, MONEY_REMAINDER_LAST, &fen));
    assert_false(money_split_part(100, 0, 1, MONEY_FLOOR_FEN, MONEY_REMAINDER_LAST, &fen));
    assert_false(money_split_part(100, 12, 0, MONEY_FLOOR_FEN, MONEY_REMAINDER_LAST, &fen));
    assert_false(money_split_part(100, 12, 13, MONEY_FLOOR_FEN, MONEY_REMAINDER_LAST, &fen));
    assert_false(money_split_part(100, MONEY_RATIO_MAX + 1, 1, MONEY_FLOOR_FEN, MONEY_REMAINDER_LAST, &fen));
    assert_int_equal(fen, 5);
}

/* The year's payments of the notice: 957 people at 800 and 443 at 400 by the quarter; 3 770 at 60 a month. */
static void test_notice_totals(void **state)
{
    int64_t living = 0;
    int64_t care = 0;
    (void)state;
    for (int quarter = 1; quarter <= 4; quarter++) {
        int64_t heavy, light;
        assert_true(money_split_part(80000, 4, quarter, MONEY_FLOOR_FEN, MONEY_REMAINDER_LAST, &heavy));
        assert_true(money_split_part(40000, 4, quarter, MONEY_FLOOR_FEN, MONEY_REMAINDER_LAST, &light));
        assert_int_equal(957 * heavy + 443 * light, 23570000);
        living += 957 * heavy + 443 * light;
    }
    for (int month = 1; month <= 12; month++) {
        int64_t fen;
        assert_true(money_split_part(72000, 12, month, MONEY_FLOOR_FEN, MONEY_REMAINDER_LAST, &fen));
        care += 3770 * fen;
    }
    assert_int_equal(living, 94280000);
    assert_int_equal(care, 271440000);
}

static void test_prorate(void **state)
{
    int64_t fen = 0;
    (void)state;
    assert_true(money_prorate(126200, 10, 30, MONEY_FLOOR_FEN, &fen));
    assert_int_equal(fen, 42066);
    assert_true(money_prorate(126200, 10, 30, MONEY_HALF_UP_FEN, &fen));
    assert_int_equal(fen, 42067);
    assert_true(money_prorate(6, 29, 30, MONEY_UP_JIAO, &fen));
    assert_int_equal(fen, 6);
    for (int r = 0; r < ROUNDINGS; r++) {
        assert_true(money_prorate(61833, 30, 30, roundings[r], &fen));
        assert_int_equal(fen, 61833);
        assert_true(money_prorate(61833, 0, 30, roundings[r], &fen));
        assert_int_equal(fen, 0);
        for (int covered = 0, before = 0; covered <= 31; covered++) {
            assert_true(money_prorate(61833, covered, 31, roundings[r], &fen));
            assert_true(fen >= before && fen <= 61833);
            before = (int)fen;
        }
    }
    fen = 3;
    assert_false(money_prorate(100, 31, 30, MONEY_FLOOR_FEN, &fen));
    assert_false(money_prorate(100, -1, 30, MONEY_FLOOR_FEN, &fen));
    assert_false(money_prorate(100, 0, 0, MONEY_FLOOR_FEN, &fen));
    assert_false(money_prorate(-1, 1, 30, MONEY_FLOOR_FEN, &fen));
    assert_int_equal(fen, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arithmetic),    cmocka_unit_test(test_parse),
        cmocka_unit_test(test_parse_refuses), cmocka_unit_test(test_format),
        cmocka_unit_test(test_words),         cmocka_unit_test(test_scale),
        cmocka_unit_test(test_split_vectors), cmocka_unit_test(test_split_adds_up),
        cmocka_unit_test(test_split_refuses), cmocka_unit_test(test_notice_totals),
        cmocka_unit_test(test_prorate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
