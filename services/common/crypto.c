#include "crypto.h"

#include <gcrypt.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(CRYPTO_INPUT_BYTES_MAX <= INT_MAX, "EVP counts in int");

/* libgcrypt wants to be set up before its first use and before threads start; this file is linked into every
 * program that uses it, so the programs need not know. */
__attribute__((constructor)) static void crypto_start(void)
{
    if (!gcry_check_version(GCRYPT_VERSION)) {
        abort();
    }
    if (!gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P)) {
        /* No locked pages: key material is wiped by its owners, and locked memory is scarce for services. */
        gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
        gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    }
}

void crypto_sha256(const void *bytes, size_t length, uint8_t ret_digest[static CRYPTO_DIGEST_BYTES])
{
    gcry_md_hash_buffer(GCRY_MD_SHA256, ret_digest, length ? bytes : "", length);
}

struct sha256_stream {
    gcry_md_hd_t handle;
};

struct sha256_stream *sha256_stream_new(void)
{
    struct sha256_stream *stream = malloc(sizeof *stream);
    if (stream && gcry_md_open(&stream->handle, GCRY_MD_SHA256, 0)) {
        free(stream);
        return NULL;
    }
    return stream;
}

void sha256_stream_add(struct sha256_stream *stream, const void *bytes, size_t length)
{
    if (length) {
        gcry_md_write(stream->handle, bytes, length);
    }
}

void sha256_stream_finish(struct sha256_stream *stream, uint8_t ret_digest[static CRYPTO_DIGEST_BYTES])
{
    const unsigned char *digest = gcry_md_read(stream->handle, GCRY_MD_SHA256);
    if (!digest) {
        abort();
    }
    memcpy(ret_digest, digest, CRYPTO_DIGEST_BYTES);
    gcry_md_reset(stream->handle);
}

void sha256_stream_free(struct sha256_stream *stream)
{
    if (stream) {
        gcry_md_close(stream->handle);
        free(stream);
    }
}

enum err crypto_hmac(enum crypto_hmac_algorithm algorithm, const void *key, size_t key_length, const void *bytes,
                     size_t length, uint8_t ret_mac[static CRYPTO_DIGEST_BYTES])
{
    gcry_mac_hd_t mac;
    if (gcry_mac_open(&mac, algorithm == CRYPTO_HMAC_SM3 ? GCRY_MAC_HMAC_SM3 : GCRY_MAC_HMAC_SHA256, 0, NULL)) {
        return ERR_OUT_OF_MEMORY;
    }
    size_t size = CRYPTO_DIGEST_BYTES;
    bool ok = !gcry_mac_setkey(mac, key_length ? key : "", key_length) &&
              !gcry_mac_write(mac, length ? bytes : "", length) && !gcry_mac_read(mac, ret_mac, &size);
    gcry_mac_close(mac);
    return ok ? ERR_NONE : ERR_OUT_OF_MEMORY;
}

size_t crypto_aead_key_bytes(enum crypto_aead_algorithm algorithm)
{
    return algorithm == CRYPTO_SM4_GCM ? 16 : 32;
}

/* The GCM modes are stream modes, so one routine of each library serves both directions. */
static enum err aes_gcm_run(const struct crypto_aead *in, bool seal, uint8_t *tag, uint8_t *ret_output)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (!context) {
        return ERR_OUT_OF_MEMORY;
    }
    int written = 0;
    uint8_t rest[EVP_MAX_BLOCK_LENGTH];
    enum err err = ERR_OUT_OF_MEMORY;
    if (EVP_CipherInit_ex(context, EVP_aes_256_gcm(), NULL, in->key, in->nonce, seal) == 1 &&
        (!in->ad_length || EVP_CipherUpdate(context, NULL, &written, in->ad, (int)in->ad_length) == 1) &&
        (!in->input_length || EVP_CipherUpdate(context, ret_output, &written, in->input, (int)in->input_length) == 1)) {
        if (seal) {
            bool ok = EVP_CipherFinal_ex(context, rest, &written) == 1 &&
                      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, CRYPTO_TAG_BYTES, tag) == 1;
            err = ok ? ERR_NONE : ERR_OUT_OF_MEMORY;
        } else if (EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, CRYPTO_TAG_BYTES, tag) == 1) {
            err = EVP_CipherFinal_ex(context, rest, &written) == 1 ? ERR_NONE : ERR_SEALED_VALUE_REFUSED;
        }
    }
    EVP_CIPHER_CTX_free(context);
    return err;
}

static enum err sm4_gcm_run(const struct crypto_aead *in, bool seal, uint8_t *tag, uint8_t *ret_output)
{
    gcry_cipher_hd_t cipher;
    if (gcry_cipher_open(&cipher, GCRY_CIPHER_SM4, GCRY_CIPHER_MODE_GCM, 0)) {
        return ERR_OUT_OF_MEMORY;
    }
    enum err err = ERR_OUT_OF_MEMORY;
    if (!gcry_cipher_setkey(cipher, in->key, crypto_aead_key_bytes(CRYPTO_SM4_GCM)) &&
        !gcry_cipher_setiv(cipher, in->nonce, CRYPTO_NONCE_BYTES) &&
        (!in->ad_length || !gcry_cipher_authenticate(cipher, in->ad, in->ad_length)) && !gcry_cipher_final(cipher)) {
        size_t length = in->input_length;
        if (seal) {
            bool ok = (!length || !gcry_cipher_encrypt(cipher, ret_output, length, in->input, length)) &&
                      !gcry_cipher_gettag(cipher, tag, CRYPTO_TAG_BYTES);
            err = ok ? ERR_NONE : ERR_OUT_OF_MEMORY;
        } else if (!length || !gcry_cipher_decrypt(cipher, ret_output, length, in->input, length)) {
            err = gcry_cipher_checktag(cipher, tag, CRYPTO_TAG_BYTES) ? ERR_SEALED_VALUE_REFUSED : ERR_NONE;
        }
    }
    gcry_cipher_close(cipher);
    return err;
}

static enum err aead_run(const struct crypto_aead *in, bool seal, uint8_t *tag, uint8_t *ret_output)
{
    if (in->input_length > CRYPTO_INPUT_BYTES_MAX || in->ad_length > CRYPTO_INPUT_BYTES_MAX) {
        return ERR_INTERNAL;
    }
    enum err err = in->algorithm == CRYPTO_SM4_GCM ? sm4_gcm_run(in, seal, tag, ret_output)
                                                   : aes_gcm_run(in, seal, tag, ret_output);
    if (err != ERR_NONE) {
        crypto_wipe(ret_output, in->input_length);
    }
    return err;
}

enum err crypto_aead_seal(const struct crypto_aead *in, uint8_t *ret_output, uint8_t ret_tag[static CRYPTO_TAG_BYTES])
{
    return aead_run(in, true, ret_tag, ret_output);
}

enum err crypto_aead_open(const struct crypto_aead *in, const uint8_t tag[static CRYPTO_TAG_BYTES], uint8_t *ret_output)
{
    uint8_t copy[CRYPTO_TAG_BYTES]; /* EVP wants to be able to write to it */
    memcpy(copy, tag, sizeof copy);
    return aead_run(in, false, copy, ret_output);
}

enum err crypto_random(void *ret_bytes, size_t length)
{
    return length <= INT_MAX && RAND_bytes(ret_bytes, (int)length) == 1 ? ERR_NONE : ERR_INTERNAL;
}

bool crypto_equal(const void *a, const void *b, size_t length)
{
    return CRYPTO_memcmp(a, b, length) == 0;
}

void crypto_wipe(void *bytes, size_t length)
{
    if (length) {
        OPENSSL_cleanse(bytes, length);
    }
}

void crypto_hex_encode(const void *bytes, size_t length, char *ret_text)
{
    const uint8_t *in = bytes;
    for (size_t i = 0; i < length; i++) {
        *ret_text++ = "0123456789abcdef"[in[i] >> 4];
        *ret_text++ = "0123456789abcdef"[in[i] & 15];
    }
    *ret_text = '\0';
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool crypto_hex_decode(const char *text, size_t text_length, uint8_t *ret_bytes, size_t length)
{
    if (text_length / 2 != length || text_length % 2) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        ret_bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

void crypto_base64url_encode(const void *bytes, size_t length, char *ret_text)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const uint8_t *in = bytes;
    uint32_t bits = 0;
    unsigned bit_count = 0;
    for (size_t i = 0; i < length; i++) {
        bits = (bits << 8 | in[i]) & 0xffff;
        for (bit_count += 8; bit_count >= 6; bit_count -= 6) {
            *ret_text++ = alphabet[bits >> (bit_count - 6) & 63];
        }
    }
    if (bit_count) {
        *ret_text++ = alphabet[bits << (6 - bit_count) & 63];
    }
    *ret_text = '\0';
}

static int base64url_digit(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool crypto_base64url_decode(const char *text, size_t text_length, uint8_t *ret_bytes, size_t *ret_length)
{
    if (text_length % 4 == 1) {
        return false;
    }
    uint32_t bits = 0;
    unsigned bit_count = 0;
    size_t length = 0;
    for (size_t i = 0; i < text_length; i++) {
        int digit = base64url_digit(text[i]);
        if (digit < 0) {
            return false;
        }
        bits = (bits << 6 | (uint32_t)digit) & 0xffff;
        bit_count += 6;
        if (bit_count >= 8) {
            bit_count -= 8;
            ret_bytes[length++] = (uint8_t)(bits >> bit_count);
        }
    }
    if (bits & ((1u << bit_count) - 1)) {
        return false;
    }
    *ret_length = length;
    return true;
}
