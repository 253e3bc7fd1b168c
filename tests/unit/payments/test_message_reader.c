/* A bank's message is taken as a whole or not at all, whatever the chunks it comes in. */
#include "charset.h"
#include "message_reader.h"
#include "sample_format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct seen {
    enum message_kind kind;
    int lines;
    int64_t last_line;
    char last_name[64];
    enum err refuse; /* what on_line answers */
};

static enum err on_header(void *context, enum message_kind kind, const struct bank_values *values)
{
    (void)values;
    ((struct seen *)context)->kind = kind;
    return ERR_NONE;
}

static enum err on_line(void *context, int64_t line, const struct bank_values *values)
{
    struct seen *seen = context;
    seen->lines++;
    seen->last_line = line;
    snprintf(seen->last_name, sizeof(seen->last_name), "%s", bank_values_get(values, "name"));
    return seen->refuse;
}

/* Encodes text as GB18030 and reads it in pieces of `chunk` bytes. */
static enum err read_message(const char *text, size_t chunk, struct seen *seen)
{
    struct bank_format format = sample_format();
    const struct message_handler handler = {on_header, on_line, NULL, seen};
    struct message_reader *reader = message_reader_new(&format, &handler);
    struct charset_encoder *encoder = charset_encoder_new();
    struct buffer bytes = buffer_init(1 << 20);
    assert_int_equal(charset_encoder_append(encoder, text, strlen(text), &bytes), ERR_NONE);
    enum err err = ERR_NONE;
    for (size_t at = 0; err == ERR_NONE && at < bytes.length; at += chunk)
        err = message_feed(reader, bytes.data + at, bytes.length - at < chunk ? bytes.length - at : chunk);
    if (err == ERR_NONE)
        err = message_finish(reader);
    buffer_free(&bytes);
    charset_encoder_free(encoder);
    message_reader_free(reader);
    return err;
}

static const char good_result[] = "RSLT|V1|20200630|0042|HM.txt|2|120.00|\r\n"
                                  "P1|東方珅|60.00|6217000000000000004|S|||\r\n"
                                  "P2|李䶮|60.00|6217000000000000012|F|RJ02|户名不符|\r\n"
                                  "END|2|120.00|\r\n";

static void a_result_is_read_at_every_chunk_size(void **state)
{
    (void)state;
    for (size_t chunk = 1; chunk < sizeof(good_result); chunk++) {
        struct seen seen = {.refuse = ERR_NONE};
        assert_int_equal(read_message(good_result, chunk, &seen), ERR_NONE);
        assert_int_equal(seen.kind, MESSAGE_RESULT);
        assert_int_equal(seen.lines, 2);
        assert_int_equal(seen.last_line, 3);
        assert_string_equal(seen.last_name, "李䶮");
    }
}

static void faults_refuse_the_whole_message(void **state)
{
#define HEAD "RSLT|V1|20200630|0042|HM.txt|2|120.00|\r\n"
#define ONE "P1|张三|60.00|62|S|||\r\n"
#define TWO "P2|李四|60.00|63|S|||\r\n"
    static const struct {
        const char *text;
        enum err err;
    } cases[] = {
        {HEAD ONE TWO "END|2|120.00|\r\n", ERR_NONE},
        {HEAD ONE TWO "END|2|120.00|", ERR_NONE}, /* the last line end may be missing */
        {HEAD ONE TWO, ERR_MESSAGE_TRUNCATED},
        {HEAD ONE "P2|李四|60.0", ERR_MESSAGE_UNREADABLE},
        {HEAD ONE "END|1|60.00|\r\n", ERR_MESSAGE_TOTALS},
        {HEAD ONE "END|2|120.00|\r\n", ERR_MESSAGE_TOTALS},
        {HEAD ONE TWO "END|2|121.00|\r\n", ERR_MESSAGE_TOTALS},
        {HEAD ONE TWO "END|2|120.00|\r\n" TWO, ERR_MESSAGE_TOTALS},
        {HEAD ONE "P2|李四|61.00|63|S|||\r\nEND|2|120.00|\r\n", ERR_MESSAGE_TOTALS},
        {HEAD ONE "P2|李四|0.00|63|S|||\r\nEND|2|120.00|\r\n", ERR_MESSAGE_UNREADABLE},
        {HEAD ONE "P2|李四|-60.00|63|S|||\r\nEND|2|120.00|\r\n", ERR_MESSAGE_UNREADABLE},
        {HEAD ONE "P2|李四|60.00|63|S||\r\nEND|2|120.00|\r\n", ERR_MESSAGE_UNREADABLE},
        {"RSLT|V2|20200630|0042|HM.txt|0|0.00|\r\nEND|0|0.00|\r\n", ERR_MESSAGE_UNREADABLE},
        {"hello\r\n", ERR_MESSAGE_UNREADABLE},
        {"", ERR_MESSAGE_TRUNCATED},
        {"\r\n\r\n", ERR_MESSAGE_TRUNCATED},
        {"ACK|V1|HM.txt|ab|2|120.00|OK|||\r\n", ERR_NONE},
        {"ACK|V1|HM.txt|ab|2|120.00|OK|||\r\n" ONE, ERR_MESSAGE_TOTALS},
        {"STMT|V1|20200630|0042|955|1|1000.00|900.00|2|\r\n1|D|120.00|b1|HM.txt|x|\r\n2|C|20.00|b2|P1|x|\r\n"
         "END|2|900.00|\r\n",
         ERR_NONE},
        {"STMT|V1|20200630|0042|955|1|1000.00|901.00|2|\r\n1|D|120.00|b1|HM.txt|x|\r\n2|C|20.00|b2|P1|x|\r\n"
         "END|2|901.00|\r\n",
         ERR_MESSAGE_TOTALS},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (size_t chunk = 1; chunk < 200; chunk += 37) {
            struct seen seen = {.refuse = ERR_NONE};
            assert_int_equal(read_message(cases[i].text, chunk, &seen), cases[i].err);
        }
}

static void a_line_too_long_is_refused(void **state)
{
    (void)state;
    static char text[3 * BANK_LINE_BYTES_MAX];
    struct seen seen = {.refuse = ERR_NONE};
    memset(text, 'x', sizeof(text) - 1);
    assert_int_equal(read_message(text, 1000, &seen), ERR_MESSAGE_UNREADABLE);
}

static void what_the_handler_refuses_comes_back(void **state)
{
    (void)state;
    struct seen seen = {.refuse = ERR_MESSAGE_FILE_UNKNOWN};
    assert_int_equal(read_message(good_result, 10, &seen), ERR_MESSAGE_FILE_UNKNOWN);
    assert_int_equal(seen.lines, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_result_is_read_at_every_chunk_size),
        cmocka_unit_test(faults_refuse_the_whole_message),
        cmocka_unit_test(a_line_too_long_is_refused),
        cmocka_unit_test(what_the_handler_refuses_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
