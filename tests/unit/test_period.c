#include "period.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_texts(void **state)
{
    struct {
        const char *text;
        struct period period;
        struct date first;
        struct date after;
        const char *next;
        const char *previous;
    } cases[] = {
        {"2020-06", {PERIOD_MONTH, 2020, 6}, {2020, 6, 1}, {2020, 7, 1}, "2020-07", "2020-05"},
        {"2020-12", {PERIOD_MONTH, 2020, 12}, {2020, 12, 1}, {2021, 1, 1}, "2021-01", "2020-11"},
        {"2020-01", {PERIOD_MONTH, 2020, 1}, {2020, 1, 1}, {2020, 2, 1}, "2020-02", "2019-12"},
        {"2020-10", {PERIOD_MONTH, 2020, 10}, {2020, 10, 1}, {2020, 11, 1}, "2020-11", "2020-09"},
        {"2020-Q1", {PERIOD_QUARTER, 2020, 1}, {2020, 1, 1}, {2020, 4, 1}, "2020-Q2", "2019-Q4"},
        {"2020-Q2", {PERIOD_QUARTER, 2020, 2}, {2020, 4, 1}, {2020, 7, 1}, "2020-Q3", "2020-Q1"},
        {"2020-Q4", {PERIOD_QUARTER, 2020, 4}, {2020, 10, 1}, {2021, 1, 1}, "2021-Q1", "2020-Q3"},
        {"2020-H1", {PERIOD_HALF, 2020, 1}, {2020, 1, 1}, {2020, 7, 1}, "2020-H2", "2019-H2"},
        {"2020-H2", {PERIOD_HALF, 2020, 2}, {2020, 7, 1}, {2021, 1, 1}, "2021-H1", "2020-H1"},
        {"2020-T1", {PERIOD_TERM, 2020, 1}, {2020, 2, 1}, {2020, 8, 1}, "2020-T2", "2019-T2"},
        {"2020-T2", {PERIOD_TERM, 2020, 2}, {2020, 8, 1}, {2021, 2, 1}, "2021-T1", "2020-T1"},
        {"2020", {PERIOD_YEAR, 2020, 1}, {2020, 1, 1}, {2021, 1, 1}, "2021", "2019"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct period period;
        char text[PERIOD_TEXT_SIZE];
        assert_true(period_parse(cases[i].text, &period));
        assert_int_equal(period.kind, cases[i].period.kind);
        assert_int_equal(period_compare(period, cases[i].period), 0);
        period_format(period, text);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(date_compare(period_first_day(period), cases[i].first), 0);
        assert_int_equal(date_compare(period_day_after(period), cases[i].after), 0);
        period_format(period_next(period), text);
        assert_string_equal(text, cases[i].next);
        period_format(period_previous(period), text);
        assert_string_equal(text, cases[i].previous);
        assert_true(period_compare(period, period_next(period)) < 0);
        assert_true(period_compare(period, period_previous(period)) > 0);
        assert_true(period_contains(period, cases[i].first));
        assert_true(period_contains(period, date_add_days(cases[i].after, -1)));
        assert_false(period_contains(period, cases[i].after));
        assert_false(period_contains(period, date_add_days(cases[i].first, -1)));
    }
}

static void test_parse_refuses(void **state)
{
    static const char *const bad[] = {"",         "2",        "202",        "20201",   "2020-",   "2020-6",  "2020-00",
                                      "2020-13",  "2020-19",  "2020-20",    "2020-Q0", "2020-Q5", "2020-q2", "2020-H0",
                                      "2020-H3",  "2020-h1",  "2020-T0",    "2020-T3", "2020-t1", "2020Q2",  "2020-QX",
                                      "2020-06 ", " 2020-06", "2020-06-01", "1899-06", "2101",    "+202-06", "0200",
                                      "2020/06",  "２０２０", "2020-Q22",   "2020-0:", "2020-1/", "2020xQ2"};
    struct period period = {PERIOD_HALF, 7, 7};
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (period_parse(bad[i], &period))
            fail_msg("%s", bad[i]);
    }
    assert_false(period_parse(NULL, &period));
    assert_int_equal(period.year, 7);
}

static void test_valid(void **state)
{
    (void)state;
    assert_true(period_is_valid((struct period){PERIOD_QUARTER, 2020, 4}));
    assert_false(period_is_valid((struct period){PERIOD_QUARTER, 2020, 5}));
    assert_false(period_is_valid((struct period){PERIOD_MONTH, 2020, 0}));
    assert_true(period_is_valid((struct period){PERIOD_TERM, 2020, 2}));
    assert_false(period_is_valid((struct period){PERIOD_TERM, 2020, 3}));
    assert_false(period_is_valid((struct period){PERIOD_YEAR, 2020, 2}));
    assert_false(period_is_valid(period_next((struct period){PERIOD_YEAR, PERIOD_YEAR_MAX, 1})));
    assert_false(period_is_valid(period_previous((struct period){PERIOD_MONTH, PERIOD_YEAR_MIN, 1})));
}

/* For each kind, each day of two years lies in exactly the period that is found for it. */
static void test_of_date(void **state)
{
    static const enum period_kind kinds[] = {PERIOD_MONTH, PERIOD_QUARTER, PERIOD_HALF, PERIOD_TERM, PERIOD_YEAR};
    static const int parts[] = {12, 4, 2, 2, 1};
    (void)state;
    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        assert_int_equal(period_kind_parts(kinds[k]), parts[k]);
        assert_int_equal(period_kind_months(kinds[k]) * parts[k], 12);
        int changes = 0;
        struct period last = period_of_date(kinds[k], (struct date){2019, 12, 31});
        for (struct date day = {2020, 1, 1}; day.year < 2022; day = date_add_days(day, 1)) {
            struct period period = period_of_date(kinds[k], day);
            assert_true(period_contains(period, day));
            if (period_compare(period, last) != 0) {
                assert_int_equal(period_compare(period, period_next(last)), 0);
                changes++;
            }
            last = period;
        }
        assert_int_equal(changes, 2 * parts[k]);
    }
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

static void format_no_period(void)
{
    char text[PERIOD_TEXT_SIZE];
    period_format((struct period){PERIOD_QUARTER, 2020, 5}, text);
}

static void compare_two_kinds(void)
{
    period_compare((struct period){PERIOD_QUARTER, 2020, 1}, (struct period){PERIOD_MONTH, 2020, 1});
}

static void test_contracts(void **state)
{
    (void)state;
    assert_true(aborts(format_no_period));
    assert_true(aborts(compare_two_kinds));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),   cmocka_unit_test(test_parse_refuses), cmocka_unit_test(test_valid),
        cmocka_unit_test(test_of_date), cmocka_unit_test(test_contracts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
