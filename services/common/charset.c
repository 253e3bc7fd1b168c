#include "charset.h"

#include "utf8.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

enum {
    DECODE_BYTES = 4096,
    CARRY_BYTES = 3, /* an unfinished character: every encoding here has at most 4 bytes */
    TEXT_BYTES = 2 * DECODE_BYTES + 16
};

static const char utf8_mark[] = "\xEF\xBB\xBF";

void charset_detector_init(struct charset_detector *detector)
{
    *detector = (struct charset_detector){0};
}

/* Tries one byte at the end of the unfinished character. */
static void detector_take(struct charset_detector *detector, unsigned char byte)
{
    uint32_t code_point;
    detector->tail[detector->tail_length++] = byte;
    int taken = utf8_decode((const char *)detector->tail, detector->tail_length, &code_point);
    if (taken < 0)
        detector->utf8_broken = true;
    if (taken != 0)
        detector->tail_length = 0;
}

void charset_detector_feed(struct charset_detector *detector, const void *bytes, size_t length)
{
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < length; i++) {
        if (detector->bytes_seen + i < sizeof(detector->start))
            detector->start[detector->bytes_seen + i] = byte[i];
        if (byte[i] == 0)
            detector->nul_seen = true;
        if (!detector->utf8_broken && (byte[i] >= 0x80 || detector->tail_length > 0))
            detector_take(detector, byte[i]);
    }
    detector->bytes_seen += length;
}

enum err charset_detector_finish(const struct charset_detector *detector, enum charset *ret_charset)
{
    const unsigned char *start = detector->start;
    if (detector->bytes_seen == 0)
        return ERR_EMPTY_FILE;
    if (detector->bytes_seen >= 2 && start[0] == 0xFF && start[1] == 0xFE) {
        *ret_charset = CHARSET_UTF16LE;
        return ERR_NONE;
    }
    if (detector->bytes_seen >= 2 && start[0] == 0xFE && start[1] == 0xFF) {
        *ret_charset = CHARSET_UTF16BE;
        return ERR_NONE;
    }
    bool marked = detector->bytes_seen >= 3 && memcmp(start, utf8_mark, 3) == 0;
    bool cut = !detector->utf8_broken && detector->tail_length > 0;
    if (detector->nul_seen || cut || (marked && detector->utf8_broken))
        return ERR_ENCODING;
    *ret_charset = detector->utf8_broken ? CHARSET_GB18030 : CHARSET_UTF8;
    return ERR_NONE;
}

struct charset_decoder {
    iconv_t converter; /* (iconv_t)-1 for UTF-8, which is checked and passed on */
    charset_sink sink;
    void *context;
    enum err failed;
    bool started;
    size_t carry_length;
    char input[CARRY_BYTES + DECODE_BYTES];
    char text[TEXT_BYTES];
};

static const iconv_t no_converter = (iconv_t)-1;

struct charset_decoder *charset_decoder_new(enum charset charset, charset_sink sink, void *context)
{
    static const char *const names[] = {
        [CHARSET_GB18030] = "GB18030", [CHARSET_UTF16LE] = "UTF-16LE", [CHARSET_UTF16BE] = "UTF-16BE"};
    struct charset_decoder *decoder = calloc(1, sizeof(*decoder));
    if (decoder == NULL)
        return NULL;
    decoder->sink = sink;
    decoder->context = context;
    decoder->converter = no_converter;
    if (charset != CHARSET_UTF8) {
        decoder->converter = iconv_open("UTF-8", names[charset]);
        if (decoder->converter == no_converter) {
            free(decoder);
            return NULL;
        }
    }
    return decoder;
}

void charset_decoder_free(struct charset_decoder *decoder)
{
    if (decoder == NULL)
        return;
    if (decoder->converter != no_converter)
        iconv_close(decoder->converter);
    free(decoder);
}

/* Hands out whole characters; the byte order mark, which every encoding decodes to U+FEFF, stays behind. */
static enum err hand_out(struct charset_decoder *decoder, const char *text, size_t length)
{
    if (length == 0)
        return ERR_NONE;
    if (!decoder->started && length >= 3 && memcmp(text, utf8_mark, 3) == 0) {
        text += 3;
        length -= 3;
    }
    decoder->started = true;
    const char *nul = memchr(text, '\0', length);
    size_t good = nul == NULL ? length : (size_t)(nul - text);
    enum err err = good == 0 ? ERR_NONE : decoder->sink(decoder->context, text, good);
    return err == ERR_NONE && nul != NULL ? ERR_ENCODING : err;
}

/* Passes on the valid part of the input. *ret_taken: its length; what is left is unfinished. */
static enum err decode_utf8(struct charset_decoder *decoder, size_t length, size_t *ret_taken)
{
    uint32_t code_point;
    size_t at = 0;
    int taken = 1;
    while (at < length && taken > 0) {
        taken = utf8_decode(decoder->input + at, length - at, &code_point);
        if (taken > 0)
            at += (size_t)taken;
    }
    *ret_taken = at;
    enum err err = hand_out(decoder, decoder->input, at);
    return err == ERR_NONE && taken < 0 ? ERR_ENCODING : err;
}

static enum err decode_iconv(struct charset_decoder *decoder, size_t length, size_t *ret_taken)
{
    char *in = decoder->input;
    char *out = decoder->text;
    size_t in_left = length;
    size_t out_left = sizeof(decoder->text);
    /* The text buffer holds any decoding of the input, so E2BIG cannot come; EINVAL is an unfinished
     * character. */
    bool broken = iconv(decoder->converter, &in, &in_left, &out, &out_left) == (size_t)-1 && errno != EINVAL;
    *ret_taken = length - in_left;
    enum err err = hand_out(decoder, decoder->text, sizeof(decoder->text) - out_left);
    return err == ERR_NONE && (broken || in_left > CARRY_BYTES) ? ERR_ENCODING : err;
}

enum err charset_decoder_feed(struct charset_decoder *decoder, const void *bytes, size_t length)
{
    const char *next = bytes;
    while (length > 0 && decoder->failed == ERR_NONE) {
        size_t slice = length < DECODE_BYTES ? length : DECODE_BYTES;
        size_t taken;
        memcpy(decoder->input + decoder->carry_length, next, slice);
        next += slice;
        length -= slice;
        size_t filled = decoder->carry_length + slice;
        if (decoder->converter == no_converter)
            decoder->failed = decode_utf8(decoder, filled, &taken);
        else
            decoder->failed = decode_iconv(decoder, filled, &taken);
        if (decoder->failed != ERR_NONE)
            break;
        decoder->carry_length = filled - taken;
        memmove(decoder->input, decoder->input + taken, decoder->carry_length);
    }
    return decoder->failed;
}

enum err charset_decoder_finish(struct charset_decoder *decoder)
{
    if (decoder->failed == ERR_NONE && decoder->carry_length > 0)
        decoder->failed = ERR_ENCODING;
    return decoder->failed;
}

struct charset_encoder {
    iconv_t converter;
};

struct charset_encoder *charset_encoder_new(void)
{
    struct charset_encoder *encoder = malloc(sizeof(*encoder));
    if (encoder == NULL)
        return NULL;
    encoder->converter = iconv_open("GB18030", "UTF-8");
    if (encoder->converter == no_converter) {
        free(encoder);
        return NULL;
    }
    return encoder;
}

void charset_encoder_free(struct charset_encoder *encoder)
{
    if (encoder == NULL)
        return;
    iconv_close(encoder->converter);
    free(encoder);
}

enum err charset_encoder_append(struct charset_encoder *encoder, const char *text, size_t length, struct buffer *out)
{
    /* glibc is laxer than RFC 3629 in places. */
    if (!utf8_is_valid(text, length))
        return ERR_ENCODING;
    iconv(encoder->converter, NULL, NULL, NULL, NULL);
    while (length > 0) {
        /* iconv wants char ** but never writes through it; copying keeps the constness honest. */
        char input[1024];
        char encoded[2 * sizeof(input)];
        size_t slice = length < sizeof(input) ? length : sizeof(input);
        memcpy(input, text, slice);
        char *in = input;
        char *at = encoded;
        size_t in_left = slice;
        size_t room = sizeof(encoded);
        size_t converted = iconv(encoder->converter, &in, &in_left, &at, &room);
        if (converted == (size_t)-1 && (errno != EINVAL || in_left == slice))
            return ERR_ENCODING;
        buffer_append(out, encoded, sizeof(encoded) - room);
        if (out->failed)
            return ERR_OUT_OF_MEMORY;
        text += slice - in_left;
        length -= slice - in_left;
    }
    return ERR_NONE;
}
