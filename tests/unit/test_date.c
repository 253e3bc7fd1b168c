#include "date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* All days from 1800 to 2199 in order: text, days and calendar agree with counting on the fingers. */
static void test_every_day(void **state)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int32_t number = -62091; /* 1800-01-01 */
    (void)state;
    for (int year = 1800; year <= 2199; year++) {
        bool leap = (year % 4 == 0 && year % 100 != 0) || year == 2000;
        for (int month = 1; month <= 12; month++) {
            int last = days[month - 1] + (month == 2 && leap);
            for (int day = 1; day <= last; day++, number++) {
                struct date date = {year, month, day};
                struct date parsed;
                char text[DATE_TEXT_SIZE];
                char compact[DATE_COMPACT_SIZE];
                assert_true(date_is_valid(date));
                assert_int_equal(date_to_days(date), number);
                assert_int_equal(date_compare(date_from_days(number), date), 0);
                date_format(date, text);
                assert_true(date_parse(text, &parsed));
                assert_int_equal(date_compare(parsed, date), 0);
                date_format_compact(date, compact);
                assert_true(date_parse_compact(compact, &parsed));
                assert_int_equal(date_compare(parsed, date), 0);
            }
            assert_false(date_is_valid((struct date){year, month, last + 1}));
            assert_false(date_is_valid((struct date){year, month, 0}));
        }
    }
}

static void test_parse_refuses(void **state)
{
    static const char *const bad[] = {
        "",           "2020-6-01",  "2020-06-1",  "2020-06-00", "2020-06-31",     "2020-13-01",  "2020-00-10",
        "2019-02-29", "1900-02-29", "20200601",   "2020/06/01", " 2020-06-01",    "2020-06-01 ", "2020-06-01T",
        "+020-06-01", "2020--6-01", "1799-12-31", "2200-01-01", "２０２０-06-01", "2020-06- 1",  "2020_06_01"};
    static const char *const bad_compact[] = {"",         "2020-06-01", "2020060",  "202006011", "20200631",
                                              "19000229", "1949O101",   "-2020601", "00000000",  "17991231"};
    struct date date = {1, 2, 3};
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (date_parse(bad[i], &date))
            fail_msg("%s", bad[i]);
    }
    for (size_t i = 0; i < sizeof(bad_compact) / sizeof(bad_compact[0]); i++) {
        if (date_parse_compact(bad_compact[i], &date))
            fail_msg("%s", bad_compact[i]);
    }
    assert_false(date_parse(NULL, &date));
    assert_false(date_parse_compact(NULL, &date));
    assert_int_equal(date.year, 1);
    assert_true(date_parse("2000-02-29", &date));
    assert_true(date_parse_compact("19400229", &date));
    assert_int_equal(date.day, 29);
}

static void test_format_text(void **state)
{
    char text[DATE_TEXT_SIZE];
    char compact[DATE_COMPACT_SIZE];
    (void)state;
    date_format((struct date){2020, 6, 9}, text);
    assert_string_equal(text, "2020-06-09");
    date_format_compact((struct date){2020, 6, 9}, compact);
    assert_string_equal(compact, "20200609");
}

static void test_compare(void **state)
{
    struct date june = {2020, 6, 15};
    (void)state;
    assert_int_equal(date_compare(june, june), 0);
    assert_true(date_compare(june, (struct date){2020, 6, 16}) < 0);
    assert_true(date_compare(june, (struct date){2020, 7, 1}) < 0);
    assert_true(date_compare(june, (struct date){2021, 1, 1}) < 0);
    assert_true(date_compare(june, (struct date){2020, 6, 14}) > 0);
    assert_true(date_compare(june, (struct date){2020, 5, 30}) > 0);
    assert_true(date_compare(june, (struct date){2019, 12, 31}) > 0);
}

static void test_add(void **state)
{
    struct {
        struct date from;
        int months;
        struct date to;
    } cases[] = {
        {{2020, 1, 31}, 0, {2020, 1, 1}},  {{2020, 1, 31}, 1, {2020, 2, 1}},  {{2020, 12, 5}, 1, {2021, 1, 1}},
        {{2020, 6, 30}, 12, {2021, 6, 1}}, {{2020, 1, 1}, -1, {2019, 12, 1}}, {{2020, 6, 1}, -6, {2019, 12, 1}},
        {{2020, 6, 1}, -25, {2018, 5, 1}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(date_compare(date_add_months_first(cases[i].from, cases[i].months), cases[i].to), 0);
    assert_int_equal(date_compare(date_add_days((struct date){2020, 2, 28}, 2), (struct date){2020, 3, 1}), 0);
    assert_int_equal(date_compare(date_add_days((struct date){2020, 3, 1}, -366), (struct date){2019, 3, 1}), 0);
}

static void test_age(void **state)
{
    struct {
        struct date birth;
        struct date on;
        int age;
    } cases[] = {
        {{1940, 2, 29}, {2020, 2, 28}, 79}, {{1940, 2, 29}, {2020, 2, 29}, 80}, {{1940, 2, 29}, {2021, 2, 28}, 80},
        {{1940, 2, 29}, {2021, 3, 1}, 81},  {{1920, 1, 1}, {2019, 12, 31}, 99}, {{1920, 1, 1}, {2020, 1, 1}, 100},
        {{2020, 6, 1}, {2020, 6, 1}, 0},    {{2020, 6, 2}, {2020, 6, 1}, -1},   {{2002, 7, 15}, {2020, 7, 14}, 17},
        {{2002, 7, 15}, {2020, 7, 15}, 18}, {{2002, 7, 15}, {2020, 8, 1}, 18},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(date_age_years(cases[i].birth, cases[i].on), cases[i].age);
}

static void test_today_shanghai(void **state)
{
    struct {
        time_t now;
        struct date today;
    } cases[] = {
        {0, {1970, 1, 1}},          {1593532799, {2020, 6, 30}},
        {1593532800, {2020, 7, 1}}, {1577807999, {2019, 12, 31}},
        {1577808000, {2020, 1, 1}}, {-28801, {1969, 12, 31}},
        {-28800, {1970, 1, 1}},     {-115201, {1969, 12, 30}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(date_compare(date_today_shanghai(cases[i].now), cases[i].today), 0);
}

/* Whether a broken contract ends the process, in release builds too. */
static bool aborts(void (*broken)(void))
{
    pid_t child = fork();
    if (child == 0) {
        broken();
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void format_no_date(void)
{
    char text[DATE_TEXT_SIZE];
    date_format((struct date){2019, 2, 29}, text);
}

static void test_format_contract(void **state)
{
    (void)state;
    assert_true(aborts(format_no_date));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_day),
        cmocka_unit_test(test_parse_refuses),
        cmocka_unit_test(test_format_text),
        cmocka_unit_test(test_compare),
        cmocka_unit_test(test_add),
        cmocka_unit_test(test_age),
        cmocka_unit_test(test_today_shanghai),
        cmocka_unit_test(test_format_contract),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
