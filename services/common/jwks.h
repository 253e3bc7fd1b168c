/* Signature keys: public key sets (JWKS, RFC 7517) that verify access tokens, and the local ES256 key that
 * signs them. Nothing is ever fetched: x5u and jku are not followed. */
#ifndef HUIMIN_JWKS_H
#define HUIMIN_JWKS_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    JWKS_KEYS_MAX = 16,
    JWKS_FILE_BYTES_MAX = 64 * 1024,
    JWKS_KID_BYTES = 65, /* [A-Za-z0-9_-]{1,64} and the closing NUL */
    JWKS_PEM_BYTES = 4096,
    JWKS_REASON_BYTES = 256,
    JWKS_SIGNATURE_CHARS = 87 /* base64url of 64 bytes and the closing NUL */
};

enum jwks_alg { JWKS_RS256, JWKS_ES256 };

struct evp_pkey_st; /* OpenSSL's EVP_PKEY */

struct jwks_key {
    char kid[JWKS_KID_BYTES];
    enum jwks_alg alg;
    struct evp_pkey_st *handle; /* parsed once: parsing costs several times a verification */
    size_t pem_length;          /* without the closing NUL */
    char pem[JWKS_PEM_BYTES];   /* SubjectPublicKeyInfo */
};

struct jwks {
    size_t count;
    struct jwks_key keys[JWKS_KEYS_MAX];
};

/* Reads a JWKS file of at most JWKS_FILE_BYTES_MAX and JWKS_KEYS_MAX keys. Left out: keys for another use
 * than "sig", without a kid of the form above, of another alg than RS256 (2048 to 8192 bits) and ES256
 * (P-256), or malformed. Refused as a whole (ERR_KEY_FILE): a file that holds a private or symmetric key,
 * repeats a kid or has no usable key. After a failure ret_reason says why, in English, and *ret_jwks has no
 * key. ERR_OUT_OF_MEMORY. */
enum err jwks_load(const char *path, struct jwks *ret_jwks, char ret_reason[static JWKS_REASON_BYTES]);

/* Frees what the keys hold; the set is empty then. */
void jwks_release(struct jwks *jwks);

/* Whether `signature` (raw bytes as in RFC 7518 sections 3.3 and 3.4) of `length` bytes is this key's, in the
 * key's own algorithm. ERR_UNAUTHENTICATED when not, ERR_OUT_OF_MEMORY. Any number of threads may use one
 * key. */
enum err jwks_verify(const struct jwks_key *key, const void *bytes, size_t length, const uint8_t *signature,
                     size_t signature_length);

/* Whether a kid has the form [A-Za-z0-9_-]{1,64}. */
bool jwks_kid_valid(const char *kid);

/* The key of that kid, or NULL. */
const struct jwks_key *jwks_find(const struct jwks *jwks, const char *kid);

/* A private ES256 key (PKCS#8 PEM) and its kid, the RFC 7638 SHA-256 thumbprint. Wipe it after use. */
struct signing_key {
    char kid[JWKS_KID_BYTES];
    size_t pem_length;
    char pem[JWKS_PEM_BYTES];
};

/* Writes a fresh P-256 key of mode 0600, on disk when it returns. ERR_ALREADY_EXISTS when the path exists (it
 * is not touched), ERR_KEY_FILE when it cannot be written. */
enum err signing_key_generate(const char *path);

/* Reads a private P-256 key in PEM form. ERR_KEY_FILE when it cannot be read, gives any right to group or
 * others, or is something else. */
enum err signing_key_load(const char *path, struct signing_key *ret_key);

/* The JWS signature (ES256, RFC 7518 section 3.4) of `length` bytes, in base64url. ERR_KEY_FILE when the key
 * does not sign. */
enum err signing_key_sign(const struct signing_key *key, const void *bytes, size_t length,
                          char ret_signature[static JWKS_SIGNATURE_CHARS]);

/* Overwrites the key. */
void signing_key_wipe(struct signing_key *key);

/* Writes the public JWKS of 1..JWKS_KEYS_MAX signing keys with mode 0644, replacing the file in one step
 * (readers see the old set or the new one). ERR_KEY_FILE when it cannot be written. */
enum err jwks_write(const struct signing_key *keys, size_t count, const char *path);

#endif
