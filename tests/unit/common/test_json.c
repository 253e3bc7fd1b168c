/* The checked JSON writer and the reader of declared fields. */
#include "call.h"
#include "json_read.h"
#include "json_write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void texts_are_escaped(void **state)
{
    static const char *const cases[][2] = {
        {"", "\"\""},
        {"惠民", "\"惠民\""},
        {"a\"b\\c", "\"a\\\"b\\\\c\""},
        {"\n\r\t", "\"\\n\\r\\t\""},
        {"\x01", "\"\\u0001\""},
        {"𬭊·李", "\"𬭊·李\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buffer out = buffer_init(1000);
        json_write_text(&out, cases[i][0]);
        assert_false(out.failed);
        assert_string_equal(out.data, cases[i][1]);
        buffer_free(&out);
    }
}

static void bad_utf8_fails_the_answer(void **state)
{
    static const char *const cases[] = {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\xe4\xba", "\x80"};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buffer out = buffer_init(1000);
        json_write_text(&out, cases[i]);
        assert_true(out.failed);
        buffer_free(&out);
    }
}

static void members_are_separated(void **state)
{
    (void)state;
    struct buffer out = buffer_init(1000);
    buffer_append_char(&out, '{');
    json_member_text(&out, "a", NULL);
    json_member_int(&out, "b", INT64_MIN);
    json_member_bool(&out, "c", true);
    json_member(&out, "d");
    buffer_append_char(&out, '[');
    json_separator(&out);
    json_write_int(&out, 1);
    buffer_append_text(&out, "]}");
    assert_string_equal(out.data, "{\"a\":null,\"b\":-9223372036854775808,\"c\":true,\"d\":[1]}");
    buffer_free(&out);
}

struct sample {
    const char *name;
    int64_t amount_fen;
    int urgent;
    struct date from;
    struct json_int_list ids;
    const char *kind;
    struct json_text_list words;
};

static const struct json_field sample_fields[] = {
    JSON_FIELD(struct sample, name, JSON_TEXT, JSON_REQUIRED, 1, 6, NULL),
    JSON_FIELD(struct sample, amount_fen, JSON_INT, 0, 1, 1000, NULL),
    JSON_FIELD(struct sample, urgent, JSON_BOOL, 0, 0, 0, NULL),
    JSON_FIELD(struct sample, from, JSON_DATE, JSON_NULLABLE, 0, 0, NULL),
    JSON_FIELD(struct sample, ids, JSON_INT_LIST, 0, 1, 9, NULL),
    JSON_FIELD(struct sample, kind, JSON_TEXT, JSON_NULLABLE, 0, 9, "card,passbook"),
    JSON_FIELD(struct sample, words, JSON_TEXT_LIST, JSON_NULLABLE, 1, 9, "red,green"),
};

static enum err read_sample(struct call *call, const char *body, struct sample *ret_sample)
{
    call->body = body;
    call->body_length = strlen(body);
    call->field_error_count = 0;
    return json_read_body(call, sample_fields, sizeof(sample_fields) / sizeof(sample_fields[0]), ret_sample);
}

static void good_bodies_are_read(void **state)
{
    (void)state;
    struct call call = {.arena = arena_new(1 << 16)};
    struct sample sample;
    assert_int_equal(read_sample(&call, "{\"name\":\"张三\"}", &sample), ERR_NONE);
    assert_string_equal(sample.name, "张三");
    assert_true(sample.amount_fen == JSON_INT_ABSENT);
    assert_int_equal(sample.urgent, -1);
    assert_int_equal(sample.from.year, 0);
    assert_null(sample.ids.values);
    assert_null(sample.kind);
    assert_null(sample.words.values);
    assert_int_equal(read_sample(&call,
                                 "{\"name\":\"a\",\"amount_fen\":1000,\"urgent\":false,\"from\":\"2020-02-29\","
                                 "\"ids\":[1,9],\"kind\":null,\"words\":[\"green\",\"red\"]}",
                                 &sample),
                     ERR_NONE);
    assert_int_equal(sample.amount_fen, 1000);
    assert_int_equal(sample.urgent, 0);
    assert_int_equal(sample.from.day, 29);
    assert_int_equal(sample.ids.count, 2);
    assert_ptr_equal(sample.kind, json_read_null);
    assert_int_equal(sample.words.count, 2);
    assert_string_equal(sample.words.values[0], "green");
    assert_string_equal(sample.words.values[1], "red");
    assert_int_equal(read_sample(&call, "{\"name\":\"a\",\"words\":null}", &sample), ERR_NONE);
    assert_null(sample.words.values);
    assert_int_equal(read_sample(&call, "{\"name\":\"a\",\"words\":[]}", &sample), ERR_NONE);
    assert_non_null(sample.words.values);
    assert_int_equal(sample.words.count, 0);
    arena_free(call.arena);
}

static void wrong_fields_are_named(void **state)
{
    static const struct {
        const char *body;
        const char *pointer;
        enum err code;
    } cases[] = {
        {"{}", "/name", ERR_REQUIRED},
        {"", "/name", ERR_REQUIRED},
        {"{\"name\":null}", "/name", ERR_WRONG_TYPE},
        {"{\"name\":1}", "/name", ERR_WRONG_TYPE},
        {"{\"name\":\"\"}", "/name", ERR_TOO_SHORT},
        {"{\"name\":\"1234567\"}", "/name", ERR_TOO_LONG},
        {"{\"name\":\"a\\u0000b\"}", NULL, ERR_BAD_JSON},
        {"{\"name\":\"a\",\"amount_fen\":0}", "/amount_fen", ERR_OUT_OF_RANGE},
        {"{\"name\":\"a\",\"amount_fen\":1e2}", "/amount_fen", ERR_WRONG_TYPE},
        {"{\"name\":\"a\",\"amount_fen\":10.0}", "/amount_fen", ERR_WRONG_TYPE},
        {"{\"name\":\"a\",\"amount_fen\":\"10\"}", "/amount_fen", ERR_WRONG_TYPE},
        {"{\"name\":\"a\",\"amount_fen\":4294967297}", "/amount_fen", ERR_OUT_OF_RANGE},
        {"{\"name\":\"a\",\"from\":\"2021-02-29\"}", "/from", ERR_BAD_DATE},
        {"{\"name\":\"a\",\"ids\":[0]}", "/ids", ERR_OUT_OF_RANGE},
        {"{\"name\":\"a\",\"words\":[\"red\",\"blue\"]}", "/words", ERR_BAD_VALUE},
        {"{\"name\":\"a\",\"words\":[1]}", "/words", ERR_WRONG_TYPE},
        {"{\"name\":\"a\",\"words\":\"red\"}", "/words", ERR_WRONG_TYPE},
        {"{\"name\":\"a\",\"words\":[\"\"]}", "/words", ERR_TOO_SHORT},
        {"{\"name\":\"a\",\"kind\":\"cash\"}", "/kind", ERR_BAD_VALUE},
        {"{\"name\":\"a\",\"kind\":\"card,passbook\"}", "/kind", ERR_TOO_LONG},
        {"{\"name\":\"a\",\"extra\":1}", "/extra", ERR_UNKNOWN_FIELD},
        {"{\"name\":\"a\",\"张三\":1}", "", ERR_UNKNOWN_FIELD},
        {"{\"name\":\"a\",\"name\":\"b\"}", NULL, ERR_BAD_JSON},
        {"[]", NULL, ERR_BAD_JSON},
        {"{\"name\":\"a\"} x", NULL, ERR_BAD_JSON},
        {"{\"name\":\"\xff\"}", NULL, ERR_BAD_JSON},
        {"[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", NULL, ERR_BAD_JSON},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct call call = {.arena = arena_new(1 << 16)};
        struct sample sample;
        enum err err = read_sample(&call, cases[i].body, &sample);
        if (cases[i].pointer == NULL) {
            assert_int_equal(err, cases[i].code);
        } else {
            assert_int_equal(err, ERR_INVALID_FIELDS);
            assert_int_equal(call.field_error_count, 1);
            assert_string_equal(call.field_errors[0].pointer, cases[i].pointer);
            assert_int_equal(call.field_errors[0].code, cases[i].code);
        }
        arena_free(call.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_escaped),      cmocka_unit_test(bad_utf8_fails_the_answer),
        cmocka_unit_test(members_are_separated),  cmocka_unit_test(good_bodies_are_read),
        cmocka_unit_test(wrong_fields_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
