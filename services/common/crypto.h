/* Cryptographic primitives and the two text encodings of bytes. No key management here: see keyring.h and
 * jwks.h. Sources: FIPS 180-4 (SHA-256), RFC 2104 (HMAC), GB/T 32905 (SM3), NIST SP 800-38D (GCM), GB/T 32907
 * (SM4), RFC 4648 sections 5 and 8 (base64url, hex). AES-GCM and randomness come from OpenSSL; hashes,
 * HMACs and SM4-GCM, which OpenSSL 3.0 does not have, from libgcrypt. All functions are thread-safe; a stream
 * belongs to one thread at a time. */
#ifndef HUIMIN_CRYPTO_H
#define HUIMIN_CRYPTO_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CRYPTO_DIGEST_BYTES = 32, /* SHA-256, HMAC-SHA-256 and HMAC-SM3 */
    CRYPTO_NONCE_BYTES = 12,
    CRYPTO_TAG_BYTES = 16,
    CRYPTO_KEY_BYTES_MAX = 32,
    CRYPTO_INPUT_BYTES_MAX = 1 << 30 /* of one call of the AEAD functions */
};

/* SHA-256 of `length` bytes (bytes may be NULL when length is 0). Cannot fail. */
void crypto_sha256(const void *bytes, size_t length, uint8_t ret_digest[static CRYPTO_DIGEST_BYTES]);

/* SHA-256 of data that comes in pieces. new: NULL when out of memory. finish writes the digest of all that
 * was added and makes the stream empty again, ready for the next message. free: NULL is allowed. */
struct sha256_stream;
struct sha256_stream *sha256_stream_new(void);
void sha256_stream_add(struct sha256_stream *stream, const void *bytes, size_t length);
void sha256_stream_finish(struct sha256_stream *stream, uint8_t ret_digest[static CRYPTO_DIGEST_BYTES]);
void sha256_stream_free(struct sha256_stream *stream);

static inline void sha256_stream_cleanup(struct sha256_stream **stream)
{
    sha256_stream_free(*stream);
}

enum crypto_hmac_algorithm { CRYPTO_HMAC_SHA_256, CRYPTO_HMAC_SM3 };

/* HMAC of `length` bytes. ERR_OUT_OF_MEMORY is the only failure. */
enum err crypto_hmac(enum crypto_hmac_algorithm algorithm, const void *key, size_t key_length, const void *bytes,
                     size_t length, uint8_t ret_mac[static CRYPTO_DIGEST_BYTES]);

/* The values are stored in sealed data: never renumber. */
enum crypto_aead_algorithm { CRYPTO_AES_256_GCM = 1, CRYPTO_SM4_GCM = 2 };

/* 32 for AES-256-GCM, 16 for SM4-GCM. */
size_t crypto_aead_key_bytes(enum crypto_aead_algorithm algorithm);

/* One AEAD operation. `key` has crypto_aead_key_bytes(). `input`, `ad` and `ret_output` hold what their
 * lengths say, at most CRYPTO_INPUT_BYTES_MAX each; either length may be 0. The output is as long as the
 * input and may not overlap it. A nonce must never repeat under one key. */
struct crypto_aead {
    enum crypto_aead_algorithm algorithm;
    const uint8_t *key;
    const uint8_t *nonce; /* CRYPTO_NONCE_BYTES */
    const void *ad;       /* associated data: authenticated, not encrypted */
    size_t ad_length;
    const void *input;
    size_t input_length;
};

/* ERR_OUT_OF_MEMORY, or ERR_INTERNAL when an input is too long. */
enum err crypto_aead_seal(const struct crypto_aead *in, uint8_t *ret_output, uint8_t ret_tag[static CRYPTO_TAG_BYTES]);

/* ERR_SEALED_VALUE_REFUSED when the tag does not fit; the output is then wiped. Otherwise as
 * crypto_aead_seal(). */
enum err crypto_aead_open(const struct crypto_aead *in, const uint8_t tag[static CRYPTO_TAG_BYTES],
                          uint8_t *ret_output);

/* Fills with bytes of the operating system's seeded generator. ERR_INTERNAL when it has none: use nothing
 * then. */
enum err crypto_random(void *ret_bytes, size_t length);

/* Compares in a time that depends on the length only. */
bool crypto_equal(const void *a, const void *b, size_t length);

/* Overwrites key material in a way that the compiler keeps. NULL with length 0 is allowed. */
void crypto_wipe(void *bytes, size_t length);

/* Lower-case hex with a closing NUL: ret_text has 2 * length + 1 bytes. */
void crypto_hex_encode(const void *bytes, size_t length, char *ret_text);

/* Decodes exactly 2 * length hex digits of either case. False when the text has another length or other
 * characters. */
bool crypto_hex_decode(const char *text, size_t text_length, uint8_t *ret_bytes, size_t length);

/* Characters of the base64url form of `length` bytes without padding, and room for the bytes of `text_length`
 * characters. */
#define CRYPTO_BASE64URL_LENGTH(length) (((length) / 3) * 4 + ((length) % 3 * 4 + 2) / 3)
#define CRYPTO_BASE64URL_BYTES(text_length) ((text_length) / 4 * 3 + 2)

/* Writes CRYPTO_BASE64URL_LENGTH(length) characters and a closing NUL. */
void crypto_base64url_encode(const void *bytes, size_t length, char *ret_text);

/* Strict: only A-Z a-z 0-9 - _, no padding, no white space, no length of 4n + 1, and unused trailing bits are
 * zero, so that every byte string has exactly one text. ret_bytes has CRYPTO_BASE64URL_BYTES(text_length).
 * False otherwise. */
bool crypto_base64url_decode(const char *text, size_t text_length, uint8_t *ret_bytes, size_t *ret_length);

#endif
