/* Encodings of uploaded lists and of bank files. Chinese files are read as GB18030, never as GB2312 or GBK
 * (whose tables lose characters and turn the middle dot into another one). */
#ifndef HUIMIN_CHARSET_H
#define HUIMIN_CHARSET_H

#include "buffer.h"
#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum charset { CHARSET_UTF8, CHARSET_GB18030, CHARSET_UTF16LE, CHARSET_UTF16BE };

/* First pass: finds the encoding of a whole stream that is fed in chunks of any size. Private fields. */
struct charset_detector {
    uint64_t bytes_seen;
    unsigned char start[3]; /* first bytes, for the byte order mark */
    unsigned char tail[4];  /* the beginning of a UTF-8 character at the end of the last chunk */
    size_t tail_length;
    bool utf8_broken;
    bool nul_seen;
};

void charset_detector_init(struct charset_detector *detector);
void charset_detector_feed(struct charset_detector *detector, const void *bytes, size_t length);

/* The verdict after the last chunk: the byte order mark decides; else UTF-8 when the whole stream is strictly
 * valid; else GB18030. ERR_EMPTY_FILE for no bytes; ERR_ENCODING for a stream that is UTF-8 but is cut in its
 * last character, for a UTF-8 byte order mark before something else, and for NUL bytes outside UTF-16. A
 * GB18030 verdict is not proof: the decoder may still refuse. */
enum err charset_detector_finish(const struct charset_detector *detector, enum charset *ret_charset);

/* Second pass: decodes a stream to UTF-8 in bounded memory (about 12 KiB). */
struct charset_decoder;

/* Receives decoded text, always whole characters, not terminated, without the byte order mark. Anything but
 * ERR_NONE stops the decoder and comes back from charset_decoder_feed. */
typedef enum err (*charset_sink)(void *context, const char *text, size_t length);

/* NULL when out of memory. */
struct charset_decoder *charset_decoder_new(enum charset charset, charset_sink sink, void *context);

/* Feeds a chunk of any size. ERR_ENCODING when the bytes do not belong to the encoding, or decode to NUL; the
 * text before them has then been handed to the sink. After an error the decoder gives the same error again.
 */
enum err charset_decoder_feed(struct charset_decoder *decoder, const void *bytes, size_t length);

/* After the last chunk: ERR_ENCODING when the stream ended inside a character. */
enum err charset_decoder_finish(struct charset_decoder *decoder);

/* NULL is allowed. */
void charset_decoder_free(struct charset_decoder *decoder);

static inline void charset_decoder_cleanup(struct charset_decoder **decoder)
{
    charset_decoder_free(*decoder);
}

/* Encodes UTF-8 as GB18030, for bank files. No byte order mark, no replacement characters. */
struct charset_encoder;

/* NULL when out of memory. */
struct charset_encoder *charset_encoder_new(void);

/* Appends the GB18030 bytes of whole UTF-8 text to out. ERR_ENCODING when the text is not valid UTF-8 or has
 * no GB18030 form (out may then hold a part of it); ERR_OUT_OF_MEMORY when out is full. */
enum err charset_encoder_append(struct charset_encoder *encoder, const char *text, size_t length, struct buffer *out);

/* NULL is allowed. */
void charset_encoder_free(struct charset_encoder *encoder);

static inline void charset_encoder_cleanup(struct charset_encoder **encoder)
{
    charset_encoder_free(*encoder);
}

#endif
