/* Messages of every syntax (tests/golden/bank): the same whatever the chunks, an error and never a crash whatever the
 * bytes, and in bounded memory however long. */
#include "message_reader.h"
#include "syntax_format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

enum { MESSAGE_BYTES_MAX = 64 * 1024, MUTANTS = 1500, LONG_LINES = 60000, GROWTH_KIB_MAX = 8 * 1024 };

static const struct {
    const char *syntax;
    const char *file;
    enum message_kind kind;
} messages[] = {
    {"delimited", "agency-pipe-8/acknowledgement.txt", MESSAGE_ACKNOWLEDGEMENT},
    {"delimited", "agency-pipe-8/result.txt", MESSAGE_RESULT},
    {"delimited", "agency-pipe-8/return.txt", MESSAGE_RETURN},
    {"delimited", "agency-pipe-8/statement.txt", MESSAGE_STATEMENT},
    {"report", "agency-report/result.txt", MESSAGE_RESULT},
    {"report", "agency-report/acknowledgement.txt", MESSAGE_ACKNOWLEDGEMENT},
    {"mt940", "mt940/statement-part-1.sta", MESSAGE_STATEMENT},
    {"mt940", "mt940/statement-part-2.sta", MESSAGE_STATEMENT},
    {"iso20022", "iso20022/acknowledgement.xml", MESSAGE_ACKNOWLEDGEMENT},
    {"iso20022", "iso20022/refusal.xml", MESSAGE_ACKNOWLEDGEMENT},
    {"iso20022", "iso20022/result.xml", MESSAGE_RESULT},
    {"iso20022", "iso20022/statement.xml", MESSAGE_STATEMENT},
};
enum { MESSAGE_COUNT = sizeof(messages) / sizeof(messages[0]) };

/* Everything that the handler was told, as text. */
struct told {
    enum message_kind kind;
    struct buffer text;
};

static void tell(struct told *told, const char *what, int64_t line, const struct bank_values *values)
{
    buffer_printf(&told->text, "%s %lld:", what, (long long)line);
    for (size_t i = 0; i < values->count; i++)
        buffer_printf(&told->text, " %s=%s", values->names[i], values->values[i]);
    buffer_append_char(&told->text, '\n');
}

static enum err on_header(void *context, enum message_kind kind, const struct bank_values *values)
{
    ((struct told *)context)->kind = kind;
    tell(context, "header", 0, values);
    return ERR_NONE;
}

static enum err on_line(void *context, int64_t line, const struct bank_values *values)
{
    tell(context, "line", line, values);
    return ERR_NONE;
}

static enum err on_end(void *context, const struct bank_values *values)
{
    tell(context, "end", 0, values);
    return ERR_NONE;
}

static size_t read_golden(const char *file, char ret_bytes[MESSAGE_BYTES_MAX])
{
    char path[512];
    snprintf(path, sizeof(path), HUIMIN_TESTS_DIR "/golden/bank/%s", file);
    FILE *in = fopen(path, "rb");
    assert_non_null(in);
    size_t length = fread(ret_bytes, 1, MESSAGE_BYTES_MAX, in);
    fclose(in);
    assert_true(length > 0 && length < MESSAGE_BYTES_MAX);
    return length;
}

static enum err read_bytes(const struct bank_format *format, const char *bytes, size_t length, size_t chunk,
                           struct told *told)
{
    const struct message_handler handler = {on_header, on_line, on_end, told};
    struct message_reader *reader = message_reader_new(format, &handler);
    enum err err = ERR_NONE;
    for (size_t at = 0; err == ERR_NONE && at < length; at += chunk)
        err = message_feed(reader, bytes + at, length - at < chunk ? length - at : chunk);
    if (err == ERR_NONE)
        err = message_finish(reader);
    if (err != ERR_NONE)
        assert_int_equal(message_finish(reader), err); /* an error is final */
    message_reader_free(reader);
    return err;
}

static void chunks_make_no_difference(void **state)
{
    static char bytes[MESSAGE_BYTES_MAX];
    static const size_t chunks[] = {1, 2, 3, 7, 61, 1024};
    (void)state;
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        struct bank_format *format = syntax_format(messages[i].syntax);
        size_t length = read_golden(messages[i].file, bytes);
        struct told whole = {.text = buffer_init(1 << 20)};
        assert_int_equal(read_bytes(format, bytes, length, length, &whole), ERR_NONE);
        assert_int_equal(whole.kind, messages[i].kind);
        for (size_t j = 0; j < sizeof(chunks) / sizeof(chunks[0]); j++) {
            struct told told = {.text = buffer_init(1 << 20)};
            assert_int_equal(read_bytes(format, bytes, length, chunks[j], &told), ERR_NONE);
            assert_string_equal(told.text.data, whole.text.data);
            buffer_free(&told.text);
        }
        buffer_free(&whole.text);
        free(format);
    }
}

/* xorshift64*: the same mutants in every run. */
static uint64_t random_next(uint64_t *seed)
{
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return *seed * UINT64_C(2685821657736338717);
}

/* Changes, removes, doubles or moves a few bytes. */
static size_t mutate(const char *bytes, size_t length, uint64_t *seed, char *ret_mutant)
{
    memcpy(ret_mutant, bytes, length);
    for (uint64_t changes = 1 + random_next(seed) % 4; changes > 0 && length > 64; changes--) {
        size_t at = random_next(seed) % (length - 32);
        size_t part = 1 + random_next(seed) % 31;
        switch (random_next(seed) % 4) {
        case 0:
            ret_mutant[at] = (char)random_next(seed);
            break;
        case 1:
            memmove(ret_mutant + at, ret_mutant + at + part, length - at - part);
            length -= part;
            break;
        case 2:
            if (length + part < MESSAGE_BYTES_MAX) {
                memmove(ret_mutant + at + part, ret_mutant + at, length - at);
                length += part;
            }
            break;
        default:
            ret_mutant[at] = ret_mutant[random_next(seed) % length];
        }
    }
    return length;
}

static void any_bytes_give_an_answer(void **state)
{
    static char bytes[MESSAGE_BYTES_MAX];
    static char mutant[MESSAGE_BYTES_MAX];
    uint64_t seed = 20200630;
    (void)state;
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        struct bank_format *format = syntax_format(messages[i].syntax);
        size_t length = read_golden(messages[i].file, bytes);
        int refused = 0;
        for (int no = 0; no < MUTANTS; no++) {
            struct told told = {.text = buffer_init(1 << 20)};
            size_t size = mutate(bytes, length, &seed, mutant);
            enum err err = read_bytes(format, mutant, size, 1 + random_next(&seed) % 200, &told);
            assert_true(err == ERR_NONE || err == ERR_MESSAGE_UNREADABLE || err == ERR_MESSAGE_TOTALS ||
                        err == ERR_MESSAGE_TRUNCATED);
            refused += err != ERR_NONE;
            buffer_free(&told.text);
        }
        assert_true(refused > MUTANTS / 4); /* a change of a name or a text is not seen, most others are */
        free(format);
    }
}

/* Messages of other syntaxes and noise are not taken for ours. */
static void every_syntax_knows_its_own(void **state)
{
    static char bytes[MESSAGE_BYTES_MAX];
    (void)state;
    for (size_t i = 0; i < MESSAGE_COUNT; i++)
        for (size_t j = 0; j < MESSAGE_COUNT; j++) {
            struct message_identity identity;
            struct bank_format *format = syntax_format(messages[i].syntax);
            size_t length = read_golden(messages[j].file, bytes);
            bool same = strcmp(messages[i].syntax, messages[j].syntax) == 0 ||
                        /* lines are read by both: a report's bank acknowledges in lines */
                        (strcmp(messages[i].syntax, "report") == 0 && strcmp(messages[j].syntax, "delimited") == 0) ||
                        (strcmp(messages[i].syntax, "delimited") == 0 && messages[j].kind == MESSAGE_ACKNOWLEDGEMENT &&
                         strcmp(messages[j].syntax, "report") == 0);
            assert_int_equal(message_identify(format, bytes, length, &identity), same);
            free(format);
        }
}

static void a_header_says_whom_it_concerns(void **state)
{
    static char bytes[MESSAGE_BYTES_MAX];
    struct message_identity identity;
    (void)state;
    struct bank_format *format = syntax_format("iso20022");
    size_t length = read_golden("iso20022/result.xml", bytes);
    assert_true(message_identify(format, bytes, length / 2, &identity)); /* the beginning is enough */
    assert_string_equal(identity.file, "HM-0042-AHLY-20200930-0001");
    free(format);
    format = syntax_format("mt940");
    length = read_golden("mt940/statement-part-1.sta", bytes);
    assert_true(message_identify(format, bytes, 150, &identity));
    assert_string_equal(identity.account, "9550880000000042");
    assert_int_equal(identity.kind, MESSAGE_STATEMENT);
    assert_false(message_identify(format, bytes, 20, &identity));
    free(format);
    assert_true(length > 150);
}

static enum err count_header(void *context, enum message_kind kind, const struct bank_values *values)
{
    (void)context;
    (void)values;
    return kind == MESSAGE_RESULT ? ERR_NONE : ERR_INTERNAL;
}

static enum err count_line(void *context, int64_t line, const struct bank_values *values)
{
    (void)line;
    (void)values;
    ++*(int *)context;
    return ERR_NONE;
}

static long resident_kib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/* pain.002 as long as the largest banks send it: the parser's memory stays where it was. */
static void a_long_message_takes_no_more_memory(void **state)
{
    static const char head[] =
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><GrpHdr><MsgId>1</MsgId>"
        "<CreDtTm>2020-09-30T18:30:00+08:00</CreDtTm></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>M</OrgnlMsgId>"
        "<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts>"
        "<OrgnlPmtInfId>M</OrgnlPmtInfId>";
    static const char tail[] = "</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>";
    int lines = 0;
    (void)state;
    struct bank_format *format = syntax_format("iso20022");
    const struct message_handler handler = {count_header, count_line, NULL, &lines};
    struct message_reader *reader = message_reader_new(format, &handler);
    assert_int_equal(message_feed(reader, head, sizeof(head) - 1), ERR_NONE);
    long before = 0;
    for (int i = 0; i < LONG_LINES; i++) {
        char line[512];
        int length = snprintf(line, sizeof(line),
                              "<TxInfAndSts><OrgnlEndToEndId>P%d</OrgnlEndToEndId><TxSts>ACSC</TxSts><OrgnlTxRef><Amt>"
                              "<InstdAmt Ccy=\"CNY\">60.00</InstdAmt></Amt><CdtrAcct><Id><Othr><Id>%d</Id></Othr></Id>"
                              "</CdtrAcct></OrgnlTxRef></TxInfAndSts>\n",
                              i, i);
        assert_int_equal(message_feed(reader, line, (size_t)length), ERR_NONE);
        if (i == LONG_LINES / 10)
            before = resident_kib();
    }
    assert_int_equal(message_feed(reader, tail, sizeof(tail) - 1), ERR_NONE);
    assert_int_equal(message_finish(reader), ERR_NONE);
    assert_int_equal(lines, LONG_LINES);
    assert_true(resident_kib() - before < GROWTH_KIB_MAX);
    message_reader_free(reader);
    free(format);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_message_takes_no_more_memory),
        cmocka_unit_test(chunks_make_no_difference),
        cmocka_unit_test(any_bytes_give_an_answer),
        cmocka_unit_test(every_syntax_knows_its_own),
        cmocka_unit_test(a_header_says_whom_it_concerns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
