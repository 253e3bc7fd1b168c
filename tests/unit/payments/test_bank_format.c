/* Bank formats as data, and the bank's reasons. */
#include "bank_reason.h"
#include "sample_format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void a_detail_line_is_written(void **state)
{
    (void)state;
    struct bank_format format = sample_format();
    struct buffer out = buffer_init(1000);
    struct bank_values values = {.count = 0};
    bank_values_set(&values, "reference", "P7");
    bank_values_set(&values, "name", "阿不都·热西提");
    bank_values_set(&values, "amount", "60.00");
    bank_values_set(&values, "account", "6217000000000000004");
    bank_values_set(&values, "unit", "0042");
    bank_values_set(&values, "id_number", "340199194002290018");
    bank_values_set(&values, "occurrence", "1");
    assert_int_equal(bank_format_write(&format, BANK_FILE_DETAIL, &values, &out), ERR_NONE);
    assert_string_equal(out.data, "P7|阿不都·热西提|60.00|6217000000000000004|0042|1|340199194002290018|1|\r\n");
    buffer_free(&out);
}

static void values_cannot_break_a_line(void **state)
{
    static const char *const bad[] = {"a|b", "a\nb", "a\rb", "a\tb", "\x7f"};
    (void)state;
    struct bank_format format = sample_format();
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct buffer out = buffer_init(1000);
        struct bank_values values = {.count = 0};
        bank_values_set(&values, "count", bad[i]);
        bank_values_set(&values, "total", "1.00");
        assert_int_equal(bank_format_write(&format, BANK_ANSWER_TRAILER, &values, &out), ERR_BAD_CHARACTERS);
        buffer_free(&out);
    }
}

static void a_missing_value_is_no_empty_field(void **state)
{
    (void)state;
    struct bank_format format = sample_format();
    struct buffer out = buffer_init(1000);
    struct bank_values values = {.count = 0};
    bank_values_set(&values, "count", "1");
    assert_int_equal(bank_format_write(&format, BANK_ANSWER_TRAILER, &values, &out), ERR_INTERNAL);
    buffer_free(&out);
}

static void records_are_read_back(void **state)
{
    static const struct {
        enum bank_record_kind kind;
        const char *line;
        bool fits;
    } cases[] = {
        {BANK_ANSWER_DETAIL, "P1|张三|60.00|62|S|||", true},   {BANK_ANSWER_DETAIL, "P1|张三|60.00|62|S||", false},
        {BANK_ANSWER_DETAIL, "P1|张三|60.00|62|S||||", false}, {BANK_ANSWER_DETAIL, "P1|张三|60.00|62|S||x", false},
        {BANK_ANSWER_TRAILER, "END|1|60.00|", true},           {BANK_ANSWER_TRAILER, "FIN|1|60.00|", false},
        {BANK_ANSWER_TRAILER, "END|1|60.00", false},           {BANK_ANSWER_TRAILER, "", false},
    };
    (void)state;
    struct bank_format format = sample_format();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char line[128];
        struct bank_values values;
        snprintf(line, sizeof(line), "%s", cases[i].line);
        assert_int_equal(bank_format_read(&format, cases[i].kind, line, &values), cases[i].fits);
        if (cases[i].fits && cases[i].kind == BANK_ANSWER_DETAIL) {
            assert_string_equal(bank_values_get(&values, "name"), "张三");
            assert_string_equal(bank_values_get(&values, "code"), "");
            assert_string_equal(bank_values_get(&values, "absent"), "");
        }
    }
}

static void the_first_line_tells_the_kind(void **state)
{
    (void)state;
    struct bank_format format = sample_format();
    assert_int_equal(bank_format_first(&format, "ACK|V1|x|"), BANK_ACKNOWLEDGEMENT);
    assert_int_equal(bank_format_first(&format, "RSLT|V1|"), BANK_RESULT_HEADER);
    assert_int_equal(bank_format_first(&format, "RTRN|V1|"), BANK_RETURN_HEADER);
    assert_int_equal(bank_format_first(&format, "STMT|V1|"), BANK_STATEMENT_HEADER);
    assert_int_equal(bank_format_first(&format, "RSLTX|V1|"), BANK_RECORD_COUNT);
    assert_int_equal(bank_format_first(&format, ""), BANK_RECORD_COUNT);
}

static void formats_have_limits(void **state)
{
    (void)state;
    struct bank_format format = {.delimiter = '|'};
    assert_false(bank_format_add(&format, "no_such_record", "x"));
    assert_false(bank_format_add(&format, "file_detail", "a name that is much too long to be kept as a field of ours"));
    for (int i = 0; i < BANK_FIELDS_MAX; i++)
        assert_true(bank_format_add(&format, "file_detail", "x"));
    assert_false(bank_format_add(&format, "file_detail", "x"));
}

static void reasons_are_normalised(void **state)
{
    static const struct {
        const char *code;
        const char *text;
        const char *reason;
    } cases[] = {
        {"RJ02", "", "NAME_MISMATCH"},
        {"RJ11", "账户已销户", "CLOSED"},
        {"RJ11", "状态异常", "STATUS"},
        {"", "户名不符,原户名为[张三]", "NAME_MISMATCH"},
        {"RJ01", "", "NO_ACCOUNT"},
        {"", "长期不动户请到柜台办理", "DORMANT"},
        {"RJ03", "付款户余额不足", "PAYER_FUNDS"},
        {"RJ99", "", "BANK_TECH"},
        {"RJ90", "其他", "OTHER"},
        {"XX", "", "OTHER"},
        {"", "已死亡", "DECEASED"},
        {"", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(bank_reason_normalise(cases[i].code, cases[i].text), cases[i].reason);
    assert_true(bank_reason_is_duplicate("H022", ""));
    assert_false(bank_reason_is_duplicate("H019", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_detail_line_is_written),
        cmocka_unit_test(values_cannot_break_a_line),
        cmocka_unit_test(a_missing_value_is_no_empty_field),
        cmocka_unit_test(records_are_read_back),
        cmocka_unit_test(the_first_line_tells_the_kind),
        cmocka_unit_test(formats_have_limits),
        cmocka_unit_test(reasons_are_normalised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
