/* Payment files are whole or not at all. Their bytes are compared in tests/api/test_bank_formats.py. */
#include "payment_writer.h"
#include "syntax_format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const char *const header[][2] = {
    {"date", "20200930"}, {"unit", "0042"},           {"agency", "AHLY"},  {"sequence", "1"},
    {"count", "2"},       {"total", "60.01"},         {"file", "HM-1"},    {"created_at", "2020-09-30T09:00:00+08:00"},
    {"debtor", "民政局"}, {"account", "95508800042"}, {"bank_number", ""},
};

static struct bank_values header_values(const char *name, const char *value)
{
    struct bank_values values = {.count = 0};
    for (size_t i = 0; i < sizeof(header) / sizeof(header[0]); i++)
        bank_values_set(&values, header[i][0], header[i][1]);
    if (name != NULL)
        bank_values_set(&values, name, value);
    return values;
}

static struct bank_values line_values(const char *amount, const char *name, const char *value)
{
    struct bank_values values = {.count = 0};
    bank_values_set(&values, "reference", "P1");
    bank_values_set(&values, "name", "李䶮");
    bank_values_set(&values, "amount", amount);
    bank_values_set(&values, "account", "6217000000000000004");
    bank_values_set(&values, "unit", "0042");
    bank_values_set(&values, "id_number", "340103201202290127");
    bank_values_set(&values, "occurrence", "1");
    bank_values_set(&values, "bank_number", "319361000005");
    bank_values_set(&values, "remittance", "低保金");
    if (name != NULL)
        bank_values_set(&values, name, value);
    return values;
}

/* Writes a file of two lines, the second with the change. */
static enum err write_file(const char *syntax, const struct bank_values *head, const char *amount, const char *name,
                           const char *value, struct buffer *out)
{
    struct bank_format *format = syntax_format(syntax);
    struct payment_writer *writer = payment_writer_new(format, out);
    const struct bank_values first = line_values("60.00", NULL, NULL);
    const struct bank_values second = line_values(amount, name, value);
    enum err err = payment_writer_header(writer, head);
    if (err == ERR_NONE)
        err = payment_writer_line(writer, &first);
    if (err == ERR_NONE)
        err = payment_writer_line(writer, &second);
    if (err == ERR_NONE)
        err = payment_writer_end(writer);
    payment_writer_free(writer);
    free(format);
    return err;
}

static void lines_come_to_the_header(void **state)
{
    static const char *const syntaxes[] = {"delimited", "iso20022"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct buffer out = buffer_init(1 << 16);
        const struct bank_values good = header_values(NULL, NULL);
        assert_int_equal(write_file(syntaxes[i], &good, "0.01", NULL, NULL, &out), ERR_NONE);
        assert_int_equal(write_file(syntaxes[i], &good, "0.02", NULL, NULL, &out), ERR_INTERNAL);
        assert_int_equal(write_file(syntaxes[i], &good, "0.00", NULL, NULL, &out), ERR_INTERNAL);
        assert_int_equal(write_file(syntaxes[i], &good, "x", NULL, NULL, &out), ERR_INTERNAL);
        const struct bank_values count = header_values("count", "3");
        assert_int_equal(write_file(syntaxes[i], &count, "0.01", NULL, NULL, &out), ERR_INTERNAL);
        const struct bank_values date = header_values("date", "20200931");
        assert_int_equal(write_file(syntaxes[i], &date, "0.01", NULL, NULL, &out), ERR_INTERNAL);
        buffer_free(&out);
    }
}

static void what_a_message_cannot_hold_is_refused(void **state)
{
    static const struct {
        const char *name;
        const char *value;
        enum err err;
    } cases[] = {
        {"reference", "P1234567890123456789012345678901234", ERR_NONE},
        {"reference", "P12345678901234567890123456789012345", ERR_TOO_LONG},
        {"account", "123456789012345678901234567890123", ERR_TOO_LONG},
        {"name", "", ERR_INTERNAL},
        {"name", "\x01", ERR_BAD_CHARACTERS},
        {"name", "\xef\xbf\xbf", ERR_BAD_CHARACTERS}, /* U+FFFF */
        {"name", "\xff", ERR_ENCODING},
        {"bank_number", "", ERR_NONE},
        {"remittance", "", ERR_NONE},
    };
    (void)state;
    const struct bank_values good = header_values(NULL, NULL);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buffer out = buffer_init(1 << 16);
        assert_int_equal(write_file("iso20022", &good, "0.01", cases[i].name, cases[i].value, &out), cases[i].err);
        buffer_free(&out);
    }
}

static void a_full_buffer_is_an_error(void **state)
{
    static const char *const syntaxes[] = {"delimited", "iso20022"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct buffer out = buffer_init(100);
        const struct bank_values good = header_values(NULL, NULL);
        assert_int_equal(write_file(syntaxes[i], &good, "0.01", NULL, NULL, &out), ERR_OUT_OF_MEMORY);
        buffer_free(&out);
    }
}

/* The bank's number names it; without one its code does. */
static void the_agent_bank_is_named(void **state)
{
    (void)state;
    struct buffer out = buffer_init(1 << 16);
    const struct bank_values without = header_values(NULL, NULL);
    const struct bank_values with = header_values("bank_number", "319361000013");
    assert_int_equal(write_file("iso20022", &without, "0.01", NULL, NULL, &out), ERR_NONE);
    assert_non_null(strstr(out.data, "<Id>AHLY</Id>"));
    buffer_clear(&out);
    assert_int_equal(write_file("iso20022", &with, "0.01", NULL, NULL, &out), ERR_NONE);
    assert_non_null(strstr(out.data, "<MmbId>319361000013</MmbId>"));
    assert_null(strstr(out.data, "AHLY"));
    buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_come_to_the_header),
        cmocka_unit_test(what_a_message_cannot_hold_is_refused),
        cmocka_unit_test(a_full_buffer_is_an_error),
        cmocka_unit_test(the_agent_bank_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
