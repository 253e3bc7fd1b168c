#include "options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

struct values {
    const char *text;
    int64_t number;
    bool flag;
    struct option_list list;
};

static const struct option_rule rules[] = {
    {"text", OPTION_TEXT, offsetof(struct values, text), true, 0, 0},
    {"number", OPTION_INT, offsetof(struct values, number), false, -5, 100},
    {"flag", OPTION_FLAG, offsetof(struct values, flag), false, 0, 0},
    {"list", OPTION_LIST, offsetof(struct values, list), false, 0, 0},
};

/* Reads up to the NULL; *ret_message is the caller's to free. */
static bool read_arguments(const char *const *arguments, struct values *ret_values, char **ret_message)
{
    size_t count = 0;
    size_t length = 0;
    while (arguments[count] != NULL)
        count++;
    *ret_values = (struct values){.number = 7};
    FILE *errors = open_memstream(ret_message, &length);
    assert_non_null(errors);
    bool good = options_read(rules, sizeof(rules) / sizeof(rules[0]), arguments, count, ret_values, errors);
    fclose(errors);
    return good;
}

static void test_both_forms(void **state)
{
    (void)state;
    static const char *const forms[][8] = {
        {"--text", "a", "--number", "-5", "--flag", NULL},
        {"--text=a", "--number=-5", "--flag", NULL},
        {"--flag", "--number=-5", "--text", "a", NULL},
    };
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        struct values values;
        char *message;
        assert_true(read_arguments(forms[i], &values, &message));
        assert_string_equal(message, "");
        assert_string_equal(values.text, "a");
        assert_int_equal(values.number, -5);
        assert_true(values.flag);
        assert_int_equal(values.list.count, 0);
        free(message);
    }
}

static void test_absent_values_stay(void **state)
{
    (void)state;
    struct values values;
    char *message;
    assert_true(read_arguments((const char *const[]){"--text", "x=y", NULL}, &values, &message));
    assert_string_equal(values.text, "x=y");
    assert_int_equal(values.number, 7);
    assert_false(values.flag);
    free(message);
}

static void test_a_value_may_look_like_an_option(void **state)
{
    (void)state;
    struct values values;
    char *message;
    assert_true(read_arguments((const char *const[]){"--text=--flag", NULL}, &values, &message));
    assert_string_equal(values.text, "--flag");
    assert_false(values.flag);
    free(message);
}

static void test_lists(void **state)
{
    (void)state;
    const char *arguments[2 + 2 * (OPTION_LIST_MAX + 1) + 1] = {"--text", "a"};
    struct values values;
    char *message;
    for (size_t i = 0; i <= OPTION_LIST_MAX; i++) {
        arguments[2 + 2 * i] = "--list";
        arguments[3 + 2 * i] = "b";
    }
    assert_false(read_arguments(arguments, &values, &message));
    assert_non_null(strstr(message, "--list: "));
    free(message);
    arguments[2 + 2 * OPTION_LIST_MAX] = NULL;
    assert_true(read_arguments(arguments, &values, &message));
    assert_int_equal(values.list.count, OPTION_LIST_MAX);
    assert_string_equal(values.list.values[OPTION_LIST_MAX - 1], "b");
    free(message);
}

static void test_faults(void **state)
{
    (void)state;
    static const struct {
        const char *arguments[6];
        const char *says;
    } cases[] = {
        {{NULL}, "--text: 缺少此选项 / the option is missing"},
        {{"--flag", NULL}, "--text: 缺少此选项"},
        {{"--text", NULL}, "--text: 缺少值 / the value is missing"},
        {{"--text", "--flag", NULL}, "--text: 缺少值"},
        {{"--text=", NULL}, "--text: 值为空 / the value is empty"},
        {{"--text", "", NULL}, "--text: 值为空"},
        {{"--text", "a", "--text", "b", NULL}, "--text: 选项重复 / the option is repeated"},
        {{"--text", "a", "--flag", "--flag", NULL}, "--flag: 选项重复"},
        {{"--text", "a", "--flag=1", NULL}, "--flag: 此选项不带值 / takes no value"},
        {{"--text", "a", "--tex", "b", NULL}, "--tex: 未知选项 / unknown option"},
        {{"--text", "a", "--texts=b", NULL}, "--texts: 未知选项"},
        {{"--text", "a", "--", NULL}, "--: 未知选项"},
        {{"--text", "a", "b", NULL}, "b: 多余的参数 / unexpected argument"},
        {{"-text", "a", NULL}, "-text: 多余的参数"},
        {{"--text", "a", "--number", "101", NULL}, "--number: 应为 -5 至 100 的整数 / a whole number from -5 to 100"},
        {{"--text", "a", "--number", "-6", NULL}, "--number: "},
        {{"--text", "a", "--number", "5x", NULL}, "--number: "},
        {{"--text", "a", "--number", "05", NULL}, "--number: "},
        {{"--text", "a", "--number=", NULL}, "--number: "},
        {{"--text", "a", "--list=", NULL}, "--list: 值为空"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct values values;
        char *message;
        assert_false(read_arguments(cases[i].arguments, &values, &message));
        assert_non_null(strstr(message, cases[i].says));
        assert_ptr_equal(strchr(message, '\n'), message + strlen(message) - 1);
        free(message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_forms),
        cmocka_unit_test(test_absent_values_stay),
        cmocka_unit_test(test_a_value_may_look_like_an_option),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
