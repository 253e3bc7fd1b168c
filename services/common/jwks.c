#include "jwks.h"

#include "buffer.h"
#include "crypto.h"
#include "key_file.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <rhonabwy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RSA_BITS_MIN = 2048,
    RSA_BITS_MAX = 8192,
    SIGNING_FILE_BYTES_MAX = JWKS_PEM_BYTES - 1,
    COORDINATE_BYTES = 32,
    ES256_DER_BYTES = 80
};
_Static_assert((int)JWKS_REASON_BYTES >= (int)KEY_FILE_REASON_BYTES, "a reason is passed through");

/* An encrypted PEM must be refused; OpenSSL's own callback would ask on the terminal. */
static int no_passphrase(char *buffer, int size, int writing, void *context)
{
    (void)buffer;
    (void)size;
    (void)writing;
    (void)context;
    return -1;
}

static bool is_p256(const EVP_PKEY *key)
{
    char group[32];
    size_t length;
    return EVP_PKEY_get_id(key) == EVP_PKEY_EC && EVP_PKEY_get_group_name(key, group, sizeof group, &length) == 1 &&
           strcmp(group, "prime256v1") == 0;
}

/* A point that is not on the curve, or a key of another kind than its JWK says, must never verify anything.
 */
static bool key_fits(EVP_PKEY *parsed, enum jwks_alg alg)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(parsed, NULL);
    bool fits = context && EVP_PKEY_public_check(context) == 1;
    EVP_PKEY_CTX_free(context);
    if (alg == JWKS_ES256) {
        return fits && is_p256(parsed);
    }
    int bits = EVP_PKEY_get_bits(parsed);
    return fits && EVP_PKEY_get_id(parsed) == EVP_PKEY_RSA && bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX;
}

static EVP_PKEY *parse_public_key(const struct jwks_key *key)
{
    BIO *bio = BIO_new_mem_buf(key->pem, (int)key->pem_length);
    EVP_PKEY *parsed = bio ? PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL) : NULL;
    BIO_free(bio);
    if (parsed && !key_fits(parsed, key->alg)) {
        EVP_PKEY_free(parsed);
        parsed = NULL;
    }
    return parsed;
}

bool jwks_kid_valid(const char *kid)
{
    size_t length = strlen(kid);
    return length >= 1 && length < JWKS_KID_BYTES &&
           strspn(kid, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == length;
}

/* Certificates beside the key are dropped first: rhonabwy would read the key from them, or look for them
 * elsewhere. */
static bool export_pem(jwk_t *jwk, struct jwks_key *key)
{
    static const char *const foreign[] = {"x5u", "x5c", "x5t", "x5t#S256"};
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        r_jwk_delete_property_str(jwk, foreign[i]);
    }
    size_t length = sizeof key->pem - 1;
    if (r_jwk_export_to_pem_der(jwk, R_FORMAT_PEM, (unsigned char *)key->pem, &length, R_FLAG_IGNORE_REMOTE) !=
        RHN_OK) {
        return false;
    }
    key->pem[length] = '\0';
    key->pem_length = strlen(key->pem); /* some versions of gnutls count the NUL */
    return true;
}

/* The kid of a key for signatures in one of our two algorithms, or NULL for a key that is left out. */
static const char *usable_kid(jwk_t *jwk, enum jwks_alg *ret_alg)
{
    const char *kid = r_jwk_get_property_str(jwk, "kid");
    const char *use = r_jwk_get_property_str(jwk, "use");
    const char *alg = r_jwk_get_property_str(jwk, "alg");
    const char *kty = r_jwk_get_property_str(jwk, "kty");
    if (!kid || !alg || !kty || !jwks_kid_valid(kid) || (use && strcmp(use, "sig") != 0)) {
        return NULL;
    }
    bool es256 = strcmp(alg, "ES256") == 0 && strcmp(kty, "EC") == 0;
    *ret_alg = es256 ? JWKS_ES256 : JWKS_RS256;
    return es256 || (strcmp(alg, "RS256") == 0 && strcmp(kty, "RSA") == 0) ? kid : NULL;
}

/* NULL when the key was taken or left out, else why the whole set is refused. */
static const char *take_key(jwk_t *jwk, struct jwks *jwks)
{
    if (r_jwk_get_property_str(jwk, "d") || r_jwk_get_property_str(jwk, "k")) {
        return "a private or symmetric key in a public key set";
    }
    struct jwks_key *key = &jwks->keys[jwks->count];
    const char *kid = usable_kid(jwk, &key->alg);
    if (!kid) {
        return NULL;
    }
    if (jwks_find(jwks, kid)) {
        return "a kid is repeated";
    }
    snprintf(key->kid, sizeof key->kid, "%s", kid);
    key->handle = export_pem(jwk, key) ? parse_public_key(key) : NULL;
    if (key->handle) {
        jwks->count++;
    }
    return NULL;
}

static const char *take_keys(const char *text, struct jwks *jwks)
{
    jwks_t *set = NULL;
    if (r_jwks_init(&set) != RHN_OK) {
        return "out of memory";
    }
    /* The import says "wrong parameter" also when it left out a key of a kind that it does not know, which
     * RFC 7517 section 5 asks for: what counts is which keys are there afterwards. */
    int imported = r_jwks_import_from_json_str(set, text);
    const char *why = imported == RHN_ERROR_MEMORY       ? "out of memory"
                      : r_jwks_size(set) > JWKS_KEYS_MAX ? "too many keys"
                                                         : NULL;
    for (size_t i = 0; !why && i < r_jwks_size(set); i++) {
        jwk_t *jwk = r_jwks_get_at(set, i);
        why = jwk ? take_key(jwk, jwks) : "out of memory";
        r_jwk_free(jwk);
    }
    r_jwks_free(set);
    if (!why && jwks->count == 0) {
        why = "not a JWKS, or no valid key in it for RS256 or ES256 signatures with a kid and an alg";
    }
    return why;
}

enum err jwks_load(const char *path, struct jwks *ret_jwks, char ret_reason[static JWKS_REASON_BYTES])
{
    ret_jwks->count = 0;
    char *text;
    size_t length;
    enum err err = key_file_read(path, JWKS_FILE_BYTES_MAX, false, &text, &length, ret_reason);
    if (err != ERR_NONE) {
        return err;
    }
    const char *why = memchr(text, '\0', length) ? "holds a NUL character" : take_keys(text, ret_jwks);
    free(text);
    if (!why) {
        return ERR_NONE;
    }
    snprintf(ret_reason, JWKS_REASON_BYTES, "%.160s: %s", path, why);
    jwks_release(ret_jwks);
    return strcmp(why, "out of memory") == 0 ? ERR_OUT_OF_MEMORY : ERR_KEY_FILE;
}

void jwks_release(struct jwks *jwks)
{
    for (size_t i = 0; i < jwks->count; i++) {
        EVP_PKEY_free(jwks->keys[i].handle);
    }
    jwks->count = 0;
}

/* JWS carries R and S side by side, OpenSSL wants them in DER. Returns the length, 0 for what cannot be a
 * signature. */
static size_t es256_to_der(const uint8_t *raw, size_t raw_length, uint8_t der[static ES256_DER_BYTES])
{
    if (raw_length != 2 * COORDINATE_BYTES) {
        return 0;
    }
    ECDSA_SIG *signature = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, COORDINATE_BYTES, NULL), *s = BN_bin2bn(raw + COORDINATE_BYTES, COORDINATE_BYTES, NULL);
    int length = 0;
    if (signature && r && s && ECDSA_SIG_set0(signature, r, s) == 1) {
        r = s = NULL; /* now the signature's */
        length = i2d_ECDSA_SIG(signature, &der);
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(signature);
    return length > 0 ? (size_t)length : 0;
}

enum err jwks_verify(const struct jwks_key *key, const void *bytes, size_t length, const uint8_t *signature,
                     size_t signature_length)
{
    uint8_t der[ES256_DER_BYTES];
    if (key->alg == JWKS_ES256) {
        signature_length = es256_to_der(signature, signature_length, der);
        signature = der;
    }
    if (signature_length == 0) {
        return ERR_UNAUTHENTICATED;
    }
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!context) {
        return ERR_OUT_OF_MEMORY;
    }
    /* PKCS#1 v1.5 is the default padding of an RSA key, which is what RS256 says. */
    bool ok = EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key->handle) == 1 &&
              EVP_DigestVerify(context, signature, signature_length, bytes, length) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return ok ? ERR_NONE : ERR_UNAUTHENTICATED;
}

const struct jwks_key *jwks_find(const struct jwks *jwks, const char *kid)
{
    for (size_t i = 0; i < jwks->count; i++) {
        if (strcmp(jwks->keys[i].kid, kid) == 0) {
            return &jwks->keys[i];
        }
    }
    return NULL;
}

enum err signing_key_generate(const char *path)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    BIO *bio = BIO_new(BIO_s_secmem());
    char *pem = NULL;
    enum err err = ERR_OUT_OF_MEMORY;
    if (key && bio && PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1) {
        long length = BIO_get_mem_data(bio, &pem);
        err = key_file_write(path, pem, (size_t)length, 0600, false);
    }
    BIO_free(bio); /* wipes: secmem */
    EVP_PKEY_free(key);
    return err;
}

static EVP_PKEY *parse_signing_key(const char *pem, size_t length)
{
    BIO *bio = BIO_new_mem_buf(pem, (int)length);
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
    BIO_free(bio);
    if (key && !is_p256(key)) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    return key;
}

/* Coordinates have 32 bytes with their leading zeros (RFC 7518 section 6.2.1.2): a shorter text would give
 * another thumbprint, and some verifiers refuse it. */
static bool coordinate_text(const EVP_PKEY *key, const char *name,
                            char text[static CRYPTO_BASE64URL_LENGTH(COORDINATE_BYTES) + 1])
{
    BIGNUM *number = NULL;
    uint8_t bytes[COORDINATE_BYTES];
    bool ok = EVP_PKEY_get_bn_param(key, name, &number) == 1 &&
              BN_bn2binpad(number, bytes, sizeof bytes) == (int)sizeof bytes;
    if (ok) {
        crypto_base64url_encode(bytes, sizeof bytes, text);
    }
    BN_free(number);
    return ok;
}

struct public_point {
    char x[CRYPTO_BASE64URL_LENGTH(COORDINATE_BYTES) + 1];
    char y[CRYPTO_BASE64URL_LENGTH(COORDINATE_BYTES) + 1];
};

static bool read_point(const char *pem, size_t length, struct public_point *ret_point)
{
    EVP_PKEY *key = parse_signing_key(pem, length);
    bool ok = key && coordinate_text(key, OSSL_PKEY_PARAM_EC_PUB_X, ret_point->x) &&
              coordinate_text(key, OSSL_PKEY_PARAM_EC_PUB_Y, ret_point->y);
    EVP_PKEY_free(key);
    return ok;
}

enum err signing_key_load(const char *path, struct signing_key *ret_key)
{
    char reason[KEY_FILE_REASON_BYTES];
    char *text;
    memset(ret_key, 0, sizeof *ret_key);
    enum err err = key_file_read(path, SIGNING_FILE_BYTES_MAX, true, &text, &ret_key->pem_length, reason);
    if (err != ERR_NONE) {
        return err;
    }
    memcpy(ret_key->pem, text, ret_key->pem_length);
    crypto_wipe(text, ret_key->pem_length);
    free(text);
    struct public_point point;
    if (!read_point(ret_key->pem, ret_key->pem_length, &point)) {
        signing_key_wipe(ret_key);
        return ERR_KEY_FILE;
    }
    char members[256]; /* RFC 7638 section 3: the required members in lexical order, without white space */
    int length = snprintf(members, sizeof members, "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}",
                          point.x, point.y);
    uint8_t digest[CRYPTO_DIGEST_BYTES];
    crypto_sha256(members, (size_t)length, digest);
    crypto_base64url_encode(digest, sizeof digest, ret_key->kid);
    return ERR_NONE;
}

void signing_key_wipe(struct signing_key *key)
{
    crypto_wipe(key, sizeof *key);
}

enum err jwks_write(const struct signing_key *keys, size_t count, const char *path)
{
    if (count < 1 || count > JWKS_KEYS_MAX) {
        return ERR_INTERNAL;
    }
    CLEANUP_BUFFER struct buffer json = buffer_init(JWKS_FILE_BYTES_MAX);
    buffer_append_text(&json, "{\"keys\":[");
    for (size_t i = 0; i < count; i++) {
        struct public_point point;
        if (!read_point(keys[i].pem, keys[i].pem_length, &point)) {
            return ERR_KEY_FILE;
        }
        buffer_printf(&json,
                      "%s\n{\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"sig\",\"alg\":\"ES256\",\"kid\":\"%s\","
                      "\"x\":\"%s\",\"y\":\"%s\"}",
                      i ? "," : "", keys[i].kid, point.x, point.y);
    }
    buffer_append_text(&json, "\n]}\n");
    return json.failed ? ERR_OUT_OF_MEMORY : key_file_write(path, json.data, json.length, 0644, true);
}

enum err signing_key_sign(const struct signing_key *key, const void *bytes, size_t length,
                          char ret_signature[static JWKS_SIGNATURE_CHARS])
{
    uint8_t der[ES256_DER_BYTES], raw[2 * COORDINATE_BYTES];
    size_t der_length = sizeof der;
    ECDSA_SIG *signature = NULL;
    EVP_PKEY *parsed = parse_signing_key(key->pem, key->pem_length);
    EVP_MD_CTX *context = parsed ? EVP_MD_CTX_new() : NULL;
    if (context && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, parsed) == 1 &&
        EVP_DigestSign(context, der, &der_length, bytes, length) == 1) {
        const uint8_t *in = der;
        signature = d2i_ECDSA_SIG(NULL, &in, (long)der_length);
    }
    /* JWS wants R and S side by side, 32 bytes each (RFC 7518 section 3.4). */
    bool ok = signature && BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw, COORDINATE_BYTES) > 0 &&
              BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw + COORDINATE_BYTES, COORDINATE_BYTES) > 0;
    if (ok) {
        crypto_base64url_encode(raw, sizeof raw, ret_signature);
    }
    ECDSA_SIG_free(signature);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(parsed);
    return ok ? ERR_NONE : ERR_KEY_FILE;
}
