/* What the tests of access tokens share: a folder with a signing key and its JWKS, and tokens put together
 * from any header and claims text, so that forgeries are possible that no library would write. */
#ifndef HUIMIN_AUTH_FIXTURE_H
#define HUIMIN_AUTH_FIXTURE_H

#include "auth.h"
#include "crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define ISSUER "https://id.example.cn/"
#define AUDIENCE "huimin"
enum { NOW_S = 1593561600, HEADER_BYTES = 16384 };

struct fixture {
    char folder[64];
    char key_path[96];
    char jwks_path[96];
    struct signing_key key;
    struct auth *auth;
};

static inline void fixture_open(struct fixture *fixture)
{
    char reason[JWKS_REASON_BYTES];
    memset(fixture, 0, sizeof *fixture);
    snprintf(fixture->folder, sizeof fixture->folder, "%s/huimin-auth-XXXXXX", P_tmpdir);
    assert_non_null(mkdtemp(fixture->folder));
    snprintf(fixture->key_path, sizeof fixture->key_path, "%s/key.pem", fixture->folder);
    snprintf(fixture->jwks_path, sizeof fixture->jwks_path, "%s/jwks.json", fixture->folder);
    assert_int_equal(signing_key_generate(fixture->key_path), ERR_NONE);
    assert_int_equal(signing_key_load(fixture->key_path, &fixture->key), ERR_NONE);
    assert_int_equal(jwks_write(&fixture->key, 1, fixture->jwks_path), ERR_NONE);
    const struct auth_config config = {ISSUER, AUDIENCE, fixture->jwks_path};
    assert_int_equal(auth_new(&config, &fixture->auth, reason), ERR_NONE);
}

static inline void fixture_close(struct fixture *fixture)
{
    auth_free(fixture->auth);
    unlink(fixture->key_path);
    unlink(fixture->jwks_path);
    assert_int_equal(rmdir(fixture->folder), 0);
}

/* A second signing key; its file is removed again. */
static inline void fixture_other_key(const struct fixture *fixture, struct signing_key *ret_key)
{
    char path[128];
    snprintf(path, sizeof path, "%s/other.pem", fixture->folder);
    assert_int_equal(signing_key_generate(path), ERR_NONE);
    assert_int_equal(signing_key_load(path, ret_key), ERR_NONE);
    unlink(path);
}

static inline struct auth_request fixture_request(void)
{
    return (struct auth_request){.issuer = ISSUER,
                                 .audience = AUDIENCE,
                                 .subject = "zhang.san",
                                 .client_id = "console",
                                 .scopes = SCOPE_BENEFICIARIES_READ | SCOPE_PAYMENTS_PREPARE,
                                 .district = 340103,
                                 .now_s = NOW_S,
                                 .life_s = 600};
}

/* Writes "Bearer <token>" of a request that must be issued. */
static inline void issue_bearer(const struct signing_key *key, const struct auth_request *request,
                                char bearer[static HEADER_BYTES])
{
    char *token;
    assert_int_equal(auth_issue(key, request, &token), ERR_NONE);
    assert_true(snprintf(bearer, HEADER_BYTES, "Bearer %s", token) < HEADER_BYTES);
    free(token);
}

/* Writes "Bearer <header>.<claims>" and returns its length; the signed part starts at byte 7. */
static inline size_t forge_unsigned(const char *header, const char *claims, char bearer[static HEADER_BYTES])
{
    memcpy(bearer, "Bearer ", 8);
    crypto_base64url_encode(header, strlen(header), bearer + 7);
    size_t length = strlen(bearer);
    bearer[length++] = '.';
    assert_true(length + CRYPTO_BASE64URL_LENGTH(strlen(claims)) + JWKS_SIGNATURE_CHARS + 1 < HEADER_BYTES);
    crypto_base64url_encode(claims, strlen(claims), bearer + length);
    return strlen(bearer);
}

/* The same with a true ES256 signature of `key`. */
static inline void forge_bearer(const struct signing_key *key, const char *header, const char *claims,
                                char bearer[static HEADER_BYTES])
{
    size_t length = forge_unsigned(header, claims, bearer);
    assert_int_equal(signing_key_sign(key, bearer + 7, length - 7, bearer + length + 1), ERR_NONE);
    bearer[length] = '.';
}

/* A good header of the key, and good claims with the text `more` added (",\"x\":1" or ""). */
static inline void good_header(const struct signing_key *key, char text[static 256])
{
    snprintf(text, 256, "{\"typ\":\"at+jwt\",\"alg\":\"ES256\",\"kid\":\"%s\"}", key->kid);
}

#define TIMES "\"iat\":1593561600,\"exp\":1593562200"
#define NAMES "\"sub\":\"zhang.san\",\"client_id\":\"console\",\"jti\":\"t1\""
#define PARTIES "\"iss\":\"" ISSUER "\",\"aud\":\"" AUDIENCE "\""
#define RIGHTS "\"scope\":\"payments:read\",\"district\":340103"

#endif
