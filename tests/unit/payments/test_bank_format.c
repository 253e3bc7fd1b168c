/* Bank formats as data: records, styles, limits. */
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
        char *fields[20];
        struct bank_values values;
        snprintf(line, sizeof(line), "%s", cases[i].line);
        size_t count = bank_format_split(&format, line, fields, 20);
        bool fits = count != SIZE_MAX && bank_format_match(&format, cases[i].kind, fields, count, &values);
        assert_int_equal(fits, cases[i].fits);
        if (cases[i].fits && cases[i].kind == BANK_ANSWER_DETAIL) {
            assert_string_equal(bank_values_get(&values, "name"), "张三");
            assert_string_equal(bank_values_get(&values, "code"), "");
            assert_string_equal(bank_values_get(&values, "absent"), "");
        }
    }
}

static enum bank_record_kind first_of(const struct bank_format *format, const char *text)
{
    char line[64];
    char *fields[20];
    snprintf(line, sizeof(line), "%s", text);
    size_t count = bank_format_split(format, line, fields, 20);
    return count == SIZE_MAX ? BANK_RECORD_COUNT : bank_format_first(format, fields, count);
}

static void the_first_line_tells_the_kind(void **state)
{
    (void)state;
    struct bank_format format = sample_format();
    assert_int_equal(first_of(&format, "ACK|V1|x|"), BANK_ACKNOWLEDGEMENT);
    assert_int_equal(first_of(&format, "RSLT|V1|"), BANK_RESULT_HEADER);
    assert_int_equal(first_of(&format, "RTRN|V1|"), BANK_RETURN_HEADER);
    assert_int_equal(first_of(&format, "STMT|V1|"), BANK_STATEMENT_HEADER);
    assert_int_equal(first_of(&format, "RSLTX|V1|"), BANK_RECORD_COUNT);
    assert_int_equal(first_of(&format, ""), BANK_RECORD_COUNT);
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
    assert_false(bank_format_set_styles(&format, "pdf", "point", "dash"));
    assert_false(bank_format_add_code(&format, "nothing", "S", "S"));
    assert_false(bank_format_add_code(&format, "line", "S", "a meaning too long"));
    assert_false(bank_format_add_reason(&format, "nothing", "x", "OTHER"));
    for (int i = 0; i < BANK_CODES_MAX; i++)
        assert_true(bank_format_add_code(&format, "line", "S", "S"));
    assert_false(bank_format_add_code(&format, "line", "S", "S"));
    for (int i = 0; i < BANK_REASONS_MAX; i++)
        assert_true(bank_format_add_reason(&format, "code", "x", "OTHER"));
    assert_false(bank_format_add_reason(&format, "code", "x", "OTHER"));
}

/* The same value in every style, there and back. */
static void amounts_and_dates_have_styles(void **state)
{
    static const struct {
        enum bank_amount_style style;
        int64_t fen;
        const char *text;
    } amounts[] = {
        {BANK_AMOUNT_POINT, 1, "0.01"},
        {BANK_AMOUNT_POINT, 2100000000, "21000000.00"},
        {BANK_AMOUNT_GROUPED, 1, "0.01"},
        {BANK_AMOUNT_GROUPED, 2100000000, "21,000,000.00"},
        {BANK_AMOUNT_GROUPED, 99900, "999.00"},
        {BANK_AMOUNT_GROUPED, 100000, "1,000.00"},
        {BANK_AMOUNT_COMMA, 1, "0,01"},
        {BANK_AMOUNT_COMMA, 2100000000, "21000000,00"},
        {BANK_AMOUNT_FEN, 1, "1"},
        {BANK_AMOUNT_FEN, 2100000000, "2100000000"},
        {BANK_AMOUNT_GROUPED, MONEY_FEN_MAX, "999,999,999,999.99"},
    };
    static const struct {
        enum bank_date_style style;
        const char *text;
    } dates[] = {{BANK_DATE_COMPACT, "20200630"},
                 {BANK_DATE_DASH, "2020-06-30"},
                 {BANK_DATE_SLASH, "2020/06/30"},
                 {BANK_DATE_SHORT, "200630"}};
    (void)state;
    for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++) {
        char text[MONEY_TEXT_SIZE];
        int64_t fen = -1;
        bank_amount_format(amounts[i].style, amounts[i].fen, text);
        assert_string_equal(text, amounts[i].text);
        assert_true(bank_amount_parse(amounts[i].style, text, &fen));
        assert_int_equal(fen, amounts[i].fen);
    }
    for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
        char text[DATE_TEXT_SIZE];
        struct date date = {0};
        bank_date_format(dates[i].style, (struct date){2020, 6, 30}, text);
        assert_string_equal(text, dates[i].text);
        assert_true(bank_date_parse(dates[i].style, text, &date));
        assert_int_equal(date_compare(date, (struct date){2020, 6, 30}), 0);
    }
}

static void amounts_and_dates_in_another_style_are_refused(void **state)
{
    static const struct {
        enum bank_amount_style style;
        const char *text;
    } amounts[] = {{BANK_AMOUNT_COMMA, "60.00"}, {BANK_AMOUNT_COMMA, "60"},     {BANK_AMOUNT_COMMA, ",50"},
                   {BANK_AMOUNT_COMMA, "6,000"}, {BANK_AMOUNT_COMMA, "1,2,3"},  {BANK_AMOUNT_COMMA, "-1,00"},
                   {BANK_AMOUNT_FEN, "60.00"},   {BANK_AMOUNT_FEN, "060"},      {BANK_AMOUNT_FEN, "-1"},
                   {BANK_AMOUNT_POINT, "60,00"}, {BANK_AMOUNT_POINT, "60.001"}, {BANK_AMOUNT_COMMA, "1234567890123,0"}};
    static const struct {
        enum bank_date_style style;
        const char *text;
    } dates[] = {{BANK_DATE_COMPACT, "2020-06-30"}, {BANK_DATE_DASH, "20200630"},    {BANK_DATE_SLASH, "2020-06-30"},
                 {BANK_DATE_SHORT, "20200630"},     {BANK_DATE_SHORT, "200631"},     {BANK_DATE_COMPACT, "20200631"},
                 {BANK_DATE_SLASH, "2020/6/30"},    {BANK_DATE_SLASH, "2020/06/301"}};
    (void)state;
    for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++) {
        int64_t fen;
        assert_false(bank_amount_parse(amounts[i].style, amounts[i].text, &fen));
    }
    for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
        struct date date;
        assert_false(bank_date_parse(dates[i].style, dates[i].text, &date));
    }
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
        cmocka_unit_test(amounts_and_dates_have_styles),
        cmocka_unit_test(amounts_and_dates_in_another_style_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
