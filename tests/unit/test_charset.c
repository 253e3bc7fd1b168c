#include "charset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "utf8.h"

#include <stdlib.h>
#include <string.h>

struct stream_case {
    const char *name;
    const char *bytes;
    size_t length;
    enum err verdict;
    enum charset charset;
    const char *text; /* NULL: the decoder refuses */
};

#define BYTES(literal) literal, sizeof(literal) - 1

static const struct stream_case streams[] = {
    {"ascii", BYTES("a,b\n1,2\n"), ERR_NONE, CHARSET_UTF8, "a,b\n1,2\n"},
    {"utf-8", BYTES("姓名\n李䶮\n𬭊·é\n"), ERR_NONE, CHARSET_UTF8, "姓名\n李䶮\n𬭊·é\n"},
    {"utf-8 with mark", BYTES("\xEF\xBB\xBF姓名\n"), ERR_NONE, CHARSET_UTF8, "姓名\n"},
    {"second mark is text", BYTES("\xEF\xBB\xBF\xEF\xBB\xBF姓"), ERR_NONE, CHARSET_UTF8, "\uFEFF姓"},
    {"only the utf-16 mark", BYTES("\xFF\xFE"), ERR_NONE, CHARSET_UTF16LE, ""},
    {"only the other utf-16 mark", BYTES("\xFE\xFF"), ERR_NONE, CHARSET_UTF16BE, ""},
    {"only the mark", BYTES("\xEF\xBB\xBF"), ERR_NONE, CHARSET_UTF8, ""},
    {"gb18030", BYTES("\xD5\xC5\xC8\xFD\n"), ERR_NONE, CHARSET_GB18030, "张三\n"},
    {"gb18030 middle dot", BYTES("\xB0\xA2\xB2\xBB\xB6\xBC\xA1\xA4\xC8\xC8\xCE\xF7\xCC\xE1"), ERR_NONE, CHARSET_GB18030,
     "阿不都·热西提"},
    {"gb18030 FE9F", BYTES("\xC0\xEE\xFE\x9F"), ERR_NONE, CHARSET_GB18030, "李䶮"},
    {"gb18030 four bytes", BYTES("\xCD\xF5\x82\x30\xB7\x31\x99\x33\xA8\x38\x99\x32\xA3\x38\x98\x38\xF5\x37\n"),
     ERR_NONE, CHARSET_GB18030, "王㛃𬭊𬘬𫖯\n"},
    {"gb18030 more rare ones", BYTES("\xCD\xF5\x98\x36\x8F\x39\x95\x32\xA6\x32\xFE\x94\x82\x31\x86\x39"), ERR_NONE,
     CHARSET_GB18030, "王𪟝𠅤䲠㧑"},
    {"gb18030 second byte is a bar", BYTES("\xAB\x7C|\xAC\x7C|\x96\x7C"), ERR_NONE, CHARSET_GB18030, "珅|瑋|東"},
    {"gb18030 second byte is a backslash", BYTES("\xAB\x5C\\"), ERR_NONE, CHARSET_GB18030, "玕\\"},
    {"gb18030 with its mark", BYTES("\x84\x31\x95\x33\xD5\xC5"), ERR_NONE, CHARSET_GB18030, "张"},
    {"gb18030 cut", BYTES("\xD5\xC5\xC8\xFD\xC8"), ERR_NONE, CHARSET_GB18030, NULL},
    {"gb18030 cut in four bytes", BYTES("\xD5\xC5\x82\x30\xB7"), ERR_NONE, CHARSET_GB18030, NULL},
    {"gbk euro", BYTES("\xD5\xC5\x80\n"), ERR_NONE, CHARSET_GB18030, NULL},
    {"neither",
     BYTES("a\xFF"
           "b\n"),
     ERR_NONE, CHARSET_GB18030, NULL},
    {"utf-16le", BYTES("\xFF\xFE\x20\x5F\x2C\x00\x09\x4E\x72\xD8\x4A\xDF\x0A\x00"), ERR_NONE, CHARSET_UTF16LE,
     "张,三\U0002CB4A\n"},
    {"utf-16be", BYTES("\xFE\xFF\x5F\x20\x00\x2C\x4E\x09\xD8\x72\xDF\x4A\x00\x0A"), ERR_NONE, CHARSET_UTF16BE,
     "张,三\U0002CB4A\n"},
    {"utf-16le cut", BYTES("\xFF\xFE\x20\x5F\x2C"), ERR_NONE, CHARSET_UTF16LE, NULL},
    {"utf-16le half of a pair", BYTES("\xFF\xFE\x72\xD8"), ERR_NONE, CHARSET_UTF16LE, NULL},
    {"utf-16le lone second half", BYTES("\xFF\xFE\x4A\xDF\x0A\x00"), ERR_NONE, CHARSET_UTF16LE, NULL},
    {"utf-16le nul", BYTES("\xFF\xFE\x41\x00\x00\x00\x42\x00"), ERR_NONE, CHARSET_UTF16LE, NULL},
    {"utf-16le without mark", BYTES("a\x00,\x00"), ERR_ENCODING, CHARSET_UTF8, NULL},
    {"nul", BYTES("a\0b"), ERR_ENCODING, CHARSET_UTF8, NULL},
    {"nul in gb18030", BYTES("\xD5\xC5\0"), ERR_ENCODING, CHARSET_UTF8, NULL},
    {"utf-8 cut after one byte", BYTES("姓名\n李\xE4"), ERR_ENCODING, CHARSET_UTF8, NULL},
    {"utf-8 cut after two bytes", BYTES("姓名\n李\xE4\xB6"), ERR_ENCODING, CHARSET_UTF8, NULL},
    {"utf-8 cut after three of four", BYTES("姓\xF0\xAC\xAD"), ERR_ENCODING, CHARSET_UTF8, NULL},
    {"utf-8 mark, then gb18030", BYTES("\xEF\xBB\xBF\xD5\xC5\xC8\xFD\n"), ERR_ENCODING, CHARSET_UTF8, NULL},
    {"part of the mark", BYTES("\xEF\xBB"), ERR_ENCODING, CHARSET_UTF8, NULL},
    {"empty", BYTES(""), ERR_EMPTY_FILE, CHARSET_UTF8, NULL},
};

static enum err collect(void *context, const char *text, size_t length)
{
    assert_true(length > 0);
    assert_true(utf8_is_valid(text, length)); /* whole characters only */
    buffer_append(context, text, length);
    return ERR_NONE;
}

/* Feeds the bytes before `cut`, then the others in chunks of `chunk`. */
static enum err detect(const struct stream_case *stream, size_t cut, size_t chunk, enum charset *ret_charset)
{
    struct charset_detector detector;
    charset_detector_init(&detector);
    charset_detector_feed(&detector, stream->bytes, cut);
    for (size_t at = cut; at < stream->length; at += chunk) {
        size_t left = stream->length - at;
        charset_detector_feed(&detector, stream->bytes + at, left < chunk ? left : chunk);
    }
    return charset_detector_finish(&detector, ret_charset);
}

static enum err decode(const struct stream_case *stream, size_t cut, size_t chunk, struct buffer *out)
{
    struct charset_decoder *decoder __attribute__((cleanup(charset_decoder_cleanup))) =
        charset_decoder_new(stream->charset, collect, out);
    assert_non_null(decoder);
    enum err err = charset_decoder_feed(decoder, stream->bytes, cut);
    for (size_t at = cut; at < stream->length && err == ERR_NONE; at += chunk) {
        size_t left = stream->length - at;
        err = charset_decoder_feed(decoder, stream->bytes + at, left < chunk ? left : chunk);
    }
    if (err != ERR_NONE) {
        assert_int_equal(charset_decoder_feed(decoder, "a", 1), err);
        assert_int_equal(charset_decoder_finish(decoder), err);
    }
    return charset_decoder_finish(decoder);
}

static void check_stream(const struct stream_case *stream, size_t cut, size_t chunk)
{
    struct buffer out CLEANUP_BUFFER = buffer_init(1024);
    enum charset charset = CHARSET_UTF8;
    enum err err = detect(stream, cut, chunk, &charset);
    if (err != stream->verdict || (err == ERR_NONE && charset != stream->charset))
        fail_msg("%s, cut at %zu: detected %s %d", stream->name, cut, err_info(err)->code, charset);
    if (err != ERR_NONE)
        return;
    err = decode(stream, cut, chunk, &out);
    if (stream->text == NULL) {
        if (err != ERR_ENCODING)
            fail_msg("%s, cut at %zu: not refused", stream->name, cut);
        return;
    }
    size_t length = strlen(stream->text);
    if (err != ERR_NONE || out.length != length || (length > 0 && memcmp(out.data, stream->text, length) != 0))
        fail_msg("%s, cut at %zu: %s, %s", stream->name, cut, err_info(err)->code, out.data);
}

/* The answer does not depend on where the stream is cut into chunks. */
static void test_streams_cut_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
        for (size_t cut = 0; cut <= streams[i].length; cut++) {
            check_stream(&streams[i], cut, streams[i].length + 1);
            for (size_t chunk = 1; chunk <= 5; chunk++)
                check_stream(&streams[i], cut, chunk);
        }
    }
}

/* What was read before a wrong byte reaches the sink, so that a report can name the line. */
static void test_text_before_error(void **state)
{
    static const struct stream_case cases[] = {
        {"utf-8", BYTES("张三\n\xFF"), ERR_NONE, CHARSET_UTF8, "张三\n"},
        {"gb18030", BYTES("\xD5\xC5\xC8\xFD\n\xFF\n"), ERR_NONE, CHARSET_GB18030, "张三\n"},
        {"nul", BYTES("\xFE\xFF\x5F\x20\x00\x00\x00\x0A"), ERR_NONE, CHARSET_UTF16BE, "张"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buffer out CLEANUP_BUFFER = buffer_init(1024);
        assert_int_equal(decode(&cases[i], 0, 1, &out), ERR_ENCODING);
        assert_string_equal(out.data, cases[i].text);
    }
}

/* A wrong byte is refused at once, not carried along until the end. */
static void test_error_at_once(void **state)
{
    static const enum charset charsets[] = {CHARSET_UTF8, CHARSET_GB18030};
    (void)state;
    for (size_t i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++) {
        struct buffer out CLEANUP_BUFFER = buffer_init(1024);
        struct charset_decoder *decoder __attribute__((cleanup(charset_decoder_cleanup))) =
            charset_decoder_new(charsets[i], collect, &out);
        assert_int_equal(charset_decoder_feed(decoder, "abc\xFF", 4), ERR_ENCODING);
        assert_string_equal(out.data, "abc");
    }
}

static enum err refuse(void *context, const char *text, size_t length)
{
    int *calls = context;
    (void)text;
    (void)length;
    ++*calls;
    return ERR_CSV_HEADER;
}

static void test_sink_stops(void **state)
{
    int calls = 0;
    struct charset_decoder *decoder __attribute__((cleanup(charset_decoder_cleanup))) =
        charset_decoder_new(CHARSET_UTF8, refuse, &calls);
    (void)state;
    assert_int_equal(charset_decoder_feed(decoder, "abc", 3), ERR_CSV_HEADER);
    assert_int_equal(charset_decoder_feed(decoder, "abc", 3), ERR_CSV_HEADER);
    assert_int_equal(charset_decoder_finish(decoder), ERR_CSV_HEADER);
    assert_int_equal(calls, 1);
}

static size_t append_all_code_points(struct buffer *text)
{
    size_t count = 0;
    for (uint32_t code_point = 1; code_point <= 0x10FFFF; code_point++) {
        char bytes[UTF8_BYTES_MAX];
        size_t length = utf8_encode(code_point, bytes);
        buffer_append(text, bytes, length);
        count += length > 0;
    }
    assert_false(text->failed);
    return count;
}

/* 4.4 million bytes, larger than any buffer inside: everything there is in Unicode survives GB18030 and back,
 * or is refused; the refused ones are the private-use code points that the 2005 table gave up. */
static void test_everything_round_trips(void **state)
{
    struct buffer text CLEANUP_BUFFER = buffer_init(8 << 20);
    struct buffer encoded CLEANUP_BUFFER = buffer_init(8 << 20);
    struct buffer back CLEANUP_BUFFER = buffer_init(8 << 20);
    struct charset_encoder *encoder __attribute__((cleanup(charset_encoder_cleanup))) = charset_encoder_new();
    (void)state;
    assert_int_equal(append_all_code_points(&text), 0x10FFFF - 0x800);
    struct buffer kept CLEANUP_BUFFER = buffer_init(8 << 20);
    int refused = 0;
    for (size_t at = 0; at < text.length;) {
        uint32_t code_point;
        int length = utf8_decode(text.data + at, text.length - at, &code_point);
        enum err err = charset_encoder_append(encoder, text.data + at, (size_t)length, &encoded);
        if (err == ERR_NONE)
            buffer_append(&kept, text.data + at, (size_t)length);
        else if (code_point < 0xE000 || code_point > 0xF8FF)
            fail_msg("U+%04X refused", code_point);
        refused += err != ERR_NONE;
        at += (size_t)length;
    }
    assert_in_range(refused, 0, 25);
    const struct stream_case stream = {"all", encoded.data, encoded.length, ERR_NONE, CHARSET_GB18030, NULL};
    assert_int_equal(decode(&stream, 1, 4093, &back), ERR_NONE);
    assert_int_equal(back.length, kept.length);
    assert_memory_equal(back.data, kept.data, kept.length);
    struct buffer whole CLEANUP_BUFFER = buffer_init(8 << 20);
    assert_int_equal(charset_encoder_append(encoder, kept.data, kept.length, &whole), ERR_NONE);
    assert_int_equal(whole.length, encoded.length);
    assert_memory_equal(whole.data, encoded.data, encoded.length);
}

static void test_encoder(void **state)
{
    static const struct {
        const char *text;
        const char *bytes;
    } cases[] = {
        {"张三", "\xD5\xC5\xC8\xFD"},
        {"阿不都·热西提", "\xB0\xA2\xB2\xBB\xB6\xBC\xA1\xA4\xC8\xC8\xCE\xF7\xCC\xE1"},
        {"李䶮", "\xC0\xEE\xFE\x9F"},
        {"㛃𬭊𬘬𫖯𪟝𠅤䲠㧑", "\x82\x30\xB7\x31\x99\x33\xA8\x38\x99\x32\xA3\x38\x98\x38\xF5\x37"
                                          "\x98\x36\x8F\x39\x95\x32\xA6\x32\xFE\x94"
                                          "\x82\x31\x86\x39"},
        {"€", "\xA2\xE3"},
        {"P0001|66.66\r\n", "P0001|66.66\r\n"},
    };
    struct charset_encoder *encoder __attribute__((cleanup(charset_encoder_cleanup))) = charset_encoder_new();
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buffer out CLEANUP_BUFFER = buffer_init(100);
        assert_int_equal(charset_encoder_append(encoder, cases[i].text, strlen(cases[i].text), &out), ERR_NONE);
        assert_string_equal(out.data, cases[i].bytes);
    }
    struct buffer out CLEANUP_BUFFER = buffer_init(3);
    assert_int_equal(charset_encoder_append(encoder, "", 0, &out), ERR_NONE);
    assert_int_equal(out.length, 0);
    assert_int_equal(charset_encoder_append(encoder, "张\xFF", 4, &out), ERR_ENCODING);
    assert_int_equal(charset_encoder_append(encoder, "张三", 5, &out), ERR_ENCODING);
    assert_int_equal(charset_encoder_append(encoder, "\xED\xA0\x80", 3, &out), ERR_ENCODING);
    assert_int_equal(charset_encoder_append(encoder, "张三", 6, &out), ERR_OUT_OF_MEMORY);
}

static void test_null_is_freed(void **state)
{
    (void)state;
    charset_decoder_free(NULL);
    charset_encoder_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_streams_cut_anywhere),   cmocka_unit_test(test_text_before_error),
        cmocka_unit_test(test_error_at_once),          cmocka_unit_test(test_sink_stops),
        cmocka_unit_test(test_everything_round_trips), cmocka_unit_test(test_encoder),
        cmocka_unit_test(test_null_is_freed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
