#include "csv_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buffer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Events become text: "3:[a][b]" for a record that begins on line 3, "4!csv_quote" for a problem. */
struct transcript {
    struct buffer text;
    struct csv_reader *reader;
    bool expect_as_header;
    enum err stop_with;
};

static enum err take_record(void *context, const struct csv_record *record)
{
    struct transcript *transcript = context;
    buffer_printf(&transcript->text, "%" PRIu64 ":", record->line);
    for (size_t i = 0; i < record->field_count; i++)
        buffer_printf(&transcript->text, "[%s]", record->fields[i]);
    buffer_append_text(&transcript->text, " ");
    if (transcript->expect_as_header)
        csv_reader_expect_fields(transcript->reader, record->field_count);
    transcript->expect_as_header = false;
    return transcript->stop_with;
}

static enum err take_problem(void *context, uint64_t line, enum err problem)
{
    struct transcript *transcript = context;
    buffer_printf(&transcript->text, "%" PRIu64 "!%s ", line, err_info(problem)->code);
    return transcript->stop_with;
}

struct csv_case {
    const char *input;
    size_t length; /* 0: strlen */
    const char *events;
};

/* Feeds the bytes before `cut`, then the others in chunks of `chunk`; gives the error of finish. */
static enum err read_csv(const struct csv_case *csv, const struct csv_options *options, size_t cut, size_t chunk,
                         struct transcript *transcript)
{
    struct csv_handler handler = {take_record, take_problem, transcript};
    struct csv_reader *reader __attribute__((cleanup(csv_reader_cleanup))) = csv_reader_new(options, &handler);
    assert_non_null(reader);
    transcript->reader = reader;
    size_t length = csv->length == 0 ? strlen(csv->input) : csv->length;
    enum err err = csv_reader_feed(reader, csv->input, cut);
    for (size_t at = cut; at < length && err == ERR_NONE; at += chunk)
        err = csv_reader_feed(reader, csv->input + at, length - at < chunk ? length - at : chunk);
    return csv_reader_finish(reader);
}

static void check(const struct csv_case *csv, const struct csv_options *options, bool header)
{
    size_t length = csv->length == 0 ? strlen(csv->input) : csv->length;
    for (size_t cut = 0; cut <= length; cut++) {
        for (size_t chunk = 1; chunk <= length + 1; chunk = chunk < 4 ? chunk + 1 : length + chunk) {
            struct transcript transcript = {.text = buffer_init(1 << 16), .expect_as_header = header};
            buffer_append_text(&transcript.text, "");
            enum err err = read_csv(csv, options, cut, chunk, &transcript);
            if (err != ERR_NONE || strcmp(transcript.text.data, csv->events) != 0)
                fail_msg("%s, cut at %zu, chunks of %zu:\n%s\nexpected\n%s", csv->input, cut, chunk,
                         transcript.text.data, csv->events);
            buffer_free(&transcript.text);
        }
    }
}

static void test_records(void **state)
{
    static const struct csv_case cases[] = {
        {"", 0, ""},
        {"\n\r\n\n", 0, ""},
        {"a", 0, "1:[a] "},
        {"a,b\n", 0, "1:[a][b] "},
        {"a,b\r\nc,d\r\n", 0, "1:[a][b] 2:[c][d] "},
        {"a,b\nc,d", 0, "1:[a][b] 2:[c][d] "},
        {"a,b\r\nc,d\r", 0, "1:[a][b] 2:[c][d] "},
        {",\n", 0, "1:[][] "},
        {"a,\n,b\n", 0, "1:[a][] 2:[][b] "},
        {"a\n\n\r\nb\n", 0, "1:[a] 4:[b] "},
        {" a , b \n", 0, "1:[ a ][ b ] "},
        {"\"\"\n", 0, "1:[] "},
        {"\"\",\"\"\r\n", 0, "1:[][] "},
        {"\"a,b\",c\n", 0, "1:[a,b][c] "},
        {"\"a\"\"b\",\"\"\"\"\n", 0, "1:[a\"b][\"] "},
        {"\"a\"\"\"\"b\"\n", 0, "1:[a\"\"b] "},
        {"\"a\nb\",c\nd,e\n", 0, "1:[a\nb][c] 3:[d][e] "},
        {"\"a\r\n\r\nb\",c\r\nd,e\r\n", 0, "1:[a\r\n\r\nb][c] 4:[d][e] "},
        {"\"a\"", 0, "1:[a] "},
        {"\"a\"\r", 0, "1:[a] "},
        {"x,\"a\"", 0, "1:[x][a] "},
        {"a\"b,c\"\n", 0, "1:[a\"b][c\"] "},
        {"a\rb,c\n", 0, "1:[a\rb][c] "},
        {"姓名,金额\n阿不都·热西提,800.00\n𬭊,1\n", 0,
         "1:[姓名][金额] 2:[阿不都·热西提][800.00] 3:[𬭊][1] "},
        /* problems cost one line */
        {"\"a\"b,c\nd,e\n", 0, "1!csv_quote 2:[d][e] "},
        {"\"a\" ,c\nd,e\n", 0, "1!csv_quote 2:[d][e] "},
        {"\"a\"\rb\nd\n", 0, "1!csv_quote 2:[d] "},
        {"\"a,b\nc,d\ne,f\n", 0, "1!csv_quote 2:[c][d] 3:[e][f] "},
        {"x,\"a\nc,\"d\",e\nf\n", 0, "1!csv_quote 2:[c][d][e] 3:[f] "},
        {"\"a\n\"b\n\"c\nd\n", 0, "1!csv_quote 2!csv_quote 3!csv_quote 4:[d] "},
        {"\"", 0, "1!csv_quote "},
        {"a\n\"b", 0, "1:[a] 2!csv_quote "},
        {"a\n\"b\n\n\nc", 0, "1:[a] 2!csv_quote 5:[c] "},
        {"a,b,c,d,e\nf\n", 0, "1!csv_columns 2:[f] "},
        {"a,b,c,d,\nf\n", 0, "1!csv_columns 2:[f] "},
        {"a\n\0b\nc\n", 7, "1:[a] 2!bad_characters 3:[c] "},
        {"\"a\0\"\nc\n", 7, "1!bad_characters 2:[c] "},
    };
    static const struct csv_options options = {.delimiter = ',', .line_bytes_max = 200, .field_count_max = 4};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        check(&cases[i], &options, false);
}

static void test_delimiters(void **state)
{
    static const struct csv_case bar = {"a|b,c|\"d|e\"\n", 0, "1:[a][b,c][d|e] "};
    static const struct csv_case tab = {"a\tb\t\n", 0, "1:[a][b][] "};
    (void)state;
    check(&bar, &(struct csv_options){'|', 100, 8}, false);
    check(&tab, &(struct csv_options){'\t', 100, 8}, false);
}

static void test_expected_fields(void **state)
{
    static const struct csv_case cases[] = {
        {"a,b\n1,2\n1\n1,2,3\n\n4,5\n", 0, "1:[a][b] 2:[1][2] 3!csv_columns 4!csv_columns 6:[4][5] "},
        {"a\n1\n1,2\n2\n", 0, "1:[a] 2:[1] 3!csv_columns 4:[2] "},
    };
    static const struct csv_options options = {.delimiter = ',', .line_bytes_max = 100, .field_count_max = 8};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        check(&cases[i], &options, true);
}

/* Ten bytes for a record with its line end. */
static void test_line_limit(void **state)
{
    static const struct csv_case cases[] = {
        {"123456789\nb\n", 0, "1:[123456789] 2:[b] "},
        {"1234567890\nb\n", 0, "1!csv_line_too_long 2:[b] "},
        {"1234567890123456789012345678901234567890\nb\n", 0, "1!csv_line_too_long 2:[b] "},
        {"a\n1234567890123", 0, "1:[a] 2!csv_line_too_long "},
        {"a\n123456789", 0, "1:[a] 2:[123456789] "},
        {"\"1234567890\"\nb\n", 0, "1!csv_line_too_long 2:[b] "},
        {"\"12\n45\",xyz\nb\n", 0, "1!csv_line_too_long 3:[b] "},
        {"\"12\n45\",\"x\"y\nb\n", 0, "1!csv_quote 2!csv_quote 3:[b] "},
        {"\"a\nb\nc\nd\ne\nf\ng\n", 0, "1!csv_quote 2:[b] 3:[c] 4:[d] 5:[e] 6:[f] 7:[g] "},
        {"\"a\nb\n\"c\nd\ne\nf\ng\n", 0, "1!csv_quote 2:[b] 3!csv_quote 4:[d] 5:[e] 6:[f] 7:[g] "},
        {"\"a\n1234567890123\nb\n", 0, "1!csv_quote 2!csv_line_too_long 3:[b] "},
        {"\"a\n\n\n\n\n\n\n\n\n\n\nb\n", 0, "1!csv_quote 12:[b] "},
    };
    static const struct csv_options options = {.delimiter = ',', .line_bytes_max = 10, .field_count_max = 8};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        check(&cases[i], &options, false);
}

static void test_smallest_limits(void **state)
{
    static const struct csv_case csv = {"\n\na\nb,\n\"\n", 0,
                                        "3!csv_line_too_long 4!csv_line_too_long 5!csv_line_too_long "};
    (void)state;
    check(&csv, &(struct csv_options){',', 1, 1}, false);
}

static void test_handler_stops(void **state)
{
    static const struct csv_case csvs[] = {
        {"a\nb\n", 0, "1:[a] "}, {"\"a\"x\nb\n", 0, "1!csv_quote "}, {"a", 0, "1:[a] "}};
    static const struct csv_options options = {.delimiter = ',', .line_bytes_max = 100, .field_count_max = 8};
    (void)state;
    for (size_t i = 0; i < sizeof(csvs) / sizeof(csvs[0]); i++) {
        struct transcript transcript = {.text = buffer_init(1000), .stop_with = ERR_CSV_HEADER};
        assert_int_equal(read_csv(&csvs[i], &options, 0, 100, &transcript), ERR_CSV_HEADER);
        assert_string_equal(transcript.text.data, csvs[i].events);
        buffer_free(&transcript.text);
    }
}

static void test_line(void **state)
{
    struct transcript transcript = {.text = buffer_init(1000)};
    struct csv_handler handler = {take_record, take_problem, &transcript};
    static const struct csv_options options = {.delimiter = ',', .line_bytes_max = 100, .field_count_max = 8};
    struct csv_reader *reader __attribute__((cleanup(csv_reader_cleanup))) = csv_reader_new(&options, &handler);
    (void)state;
    assert_int_equal(csv_reader_line(reader), 1);
    assert_int_equal(csv_reader_feed(reader, "a\nb\n\"c\nd\n", 9), ERR_NONE);
    assert_int_equal(csv_reader_line(reader), 3);
    assert_int_equal(csv_reader_feed(reader, "\"\n", 2), ERR_NONE);
    assert_int_equal(csv_reader_line(reader), 6);
    buffer_free(&transcript.text);
    csv_reader_free(NULL);
}

struct count {
    uint64_t records;
    uint64_t problems;
    uint64_t last_line;
};

static enum err count_record(void *context, const struct csv_record *record)
{
    struct count *count = context;
    assert_true(record->line > count->last_line);
    count->records++;
    count->last_line = record->line;
    return ERR_NONE;
}

static enum err count_problem(void *context, uint64_t line, enum err problem)
{
    struct count *count = context;
    (void)problem;
    assert_true(line > count->last_line);
    count->problems++;
    count->last_line = line;
    return ERR_NONE;
}

/* Random bytes of an alphabet of trouble: each line end is counted, each line reported at most once and in
 * order, whatever the chunks are. */
static void test_random_input(void **state)
{
    static const char alphabet[] = "\"\"\n\n\r,,ab";
    static const struct csv_options options = {.delimiter = ',', .line_bytes_max = 12, .field_count_max = 3};
    uint32_t seed = 20200630;
    (void)state;
    for (int round = 0; round < 3000; round++) {
        char input[120];
        struct count counts[2] = {0};
        uint64_t lines = 1;
        for (size_t i = 0; i < sizeof(input); i++) {
            seed = seed * 1664525 + 1013904223;
            input[i] = alphabet[(seed >> 16) % (sizeof(alphabet) - 1)];
            lines += input[i] == '\n';
        }
        for (int pass = 0; pass < 2; pass++) {
            struct csv_handler handler = {count_record, count_problem, &counts[pass]};
            struct csv_reader *reader __attribute__((cleanup(csv_reader_cleanup))) = csv_reader_new(&options, &handler);
            for (size_t at = 0, step = pass == 0 ? sizeof(input) : 1; at < sizeof(input); at += step)
                assert_int_equal(csv_reader_feed(reader, input + at, step), ERR_NONE);
            assert_int_equal(csv_reader_finish(reader), ERR_NONE);
            assert_int_equal(csv_reader_line(reader), lines);
        }
        assert_memory_equal(&counts[0], &counts[1], sizeof(counts[0]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_delimiters),
        cmocka_unit_test(test_expected_fields),
        cmocka_unit_test(test_line_limit),
        cmocka_unit_test(test_smallest_limits),
        cmocka_unit_test(test_handler_stops),
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_random_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
