#include "csv_writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "csv_reader.h"

#include <stdio.h>
#include <string.h>

static void test_fields(void **state)
{
    static const char *const cases[][2] = {
        {"", ""},
        {NULL, ""},
        {"张三", "张三"},
        {"a,b", "\"a,b\""},
        {"a\"b", "\"a\"\"b\""},
        {"\"\"", "\"\"\"\"\"\""},
        {"a\nb", "\"a\nb\""},
        {"a\r", "\"a\r\""},
        {" a", "\" a\""},
        {"a ", "\"a \""},
        {"=1+1", "'=1+1"},
        {"=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""},
        {"+86", "'+86"},
        {"-5", "'-5"},
        {"@SUM(A1)", "'@SUM(A1)"},
        {"\tx", "'\tx"},
        {"\rx", "\"'\rx\""},
        {"\nx", "\"'\nx\""},
        {"＝1", "'＝1"},
        {"＋1", "'＋1"},
        {"－1", "'－1"},
        {"＠x", "'＠x"},
        {"a=1", "a=1"},
        {"1-2", "1-2"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buffer out CLEANUP_BUFFER = buffer_init(1000);
        struct csv_writer writer = csv_writer_init(&out);
        csv_writer_text(&writer, "x");
        csv_writer_text(&writer, cases[i][0]);
        csv_writer_end_row(&writer);
        buffer_append_text(&out, "");
        char expected[200];
        snprintf(expected, sizeof(expected), "x,%s\r\n", cases[i][1]);
        assert_string_equal(out.data, expected);
    }
}

static void test_rows(void **state)
{
    struct buffer out CLEANUP_BUFFER = buffer_init(1000);
    struct csv_writer writer = csv_writer_init(&out);
    (void)state;
    csv_writer_bom(&writer);
    csv_writer_text(&writer, "姓名");
    csv_writer_text(&writer, "金额");
    csv_writer_end_row(&writer);
    csv_writer_int64(&writer, -7);
    csv_writer_yuan(&writer, 126250);
    csv_writer_yuan(&writer, -5);
    csv_writer_int64(&writer, INT64_MIN);
    csv_writer_end_row(&writer);
    assert_string_equal(out.data, "\xEF\xBB\xBF姓名,金额\r\n-7,1262.50,-0.05,-9223372036854775808\r\n");
    assert_false(out.failed);
}

static enum err compare_record(void *context, const struct csv_record *record)
{
    const char *const *expected = context;
    assert_int_equal(record->field_count, 4);
    for (size_t i = 0; i < record->field_count; i++)
        assert_string_equal(record->fields[i], expected[i]);
    return ERR_NONE;
}

static enum err no_problem(void *context, uint64_t line, enum err problem)
{
    (void)context;
    (void)line;
    (void)problem;
    fail();
    return ERR_NONE;
}

static void test_reader_understands(void **state)
{
    static const char *fields[] = {"a\"b,\"c\r\n\"\"", " 张三 ", "", "阿·热\n"};
    struct buffer out CLEANUP_BUFFER = buffer_init(1000);
    struct csv_writer writer = csv_writer_init(&out);
    (void)state;
    for (size_t i = 0; i < 4; i++)
        csv_writer_text(&writer, fields[i]);
    csv_writer_end_row(&writer);
    struct csv_options options = {.delimiter = ',', .line_bytes_max = 1000, .field_count_max = 10};
    struct csv_handler handler = {compare_record, no_problem, fields};
    struct csv_reader *reader __attribute__((cleanup(csv_reader_cleanup))) = csv_reader_new(&options, &handler);
    assert_int_equal(csv_reader_feed(reader, out.data, out.length), ERR_NONE);
    assert_int_equal(csv_reader_finish(reader), ERR_NONE);
    assert_int_equal(csv_reader_line(reader), 4);
}

static void test_full_buffer(void **state)
{
    struct buffer out CLEANUP_BUFFER = buffer_init(5);
    struct csv_writer writer = csv_writer_init(&out);
    (void)state;
    csv_writer_text(&writer, "abcdef");
    csv_writer_end_row(&writer);
    assert_true(out.failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_fields), cmocka_unit_test(test_rows),
                                       cmocka_unit_test(test_reader_understands), cmocka_unit_test(test_full_buffer)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
