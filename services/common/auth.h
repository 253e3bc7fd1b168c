/* Access tokens (RFC 9068 JWT, RS256 or ES256): verification for the services, issuing for the command line.
 *
 * What is accepted: exactly one `Bearer` token of at most AUTH_TOKEN_BYTES_MAX; three strict base64url
 * segments; header typ `at+jwt`, kid of a key in the JWKS, that key's alg, none of crit, jku, jwk, x5u, x5c;
 * JSON without repeated names; iss equal to ours; aud equal to ours or an array that holds it; exp, iat (and
 * nbf if present) integers with AUTH_SKEW_S of tolerance and at most AUTH_LIFE_S_MAX from iat to exp; sub,
 * client_id, jti of 1..64 visible ASCII characters; scope, district, divisions, programmes as principal.h
 * says. The signature is checked after all of this, once per token: a cache keyed by SHA-256 of the token
 * answers for AUTH_CACHE_S_MAX at most and never past exp. Revoked jti are looked up every time. The JWKS
 * file is read again when it has changed, looked at when now_s moves, so at most once a second; while the new
 * file is unusable the old keys stay (see auth_stats). Changed keys empty the cache. All functions are
 * thread-safe except auth_free(). */
#ifndef HUIMIN_AUTH_H
#define HUIMIN_AUTH_H

#include "err.h"
#include "jwks.h"
#include "principal.h"
#include "scope.h"

#include <stddef.h>
#include <stdint.h>

enum {
    AUTH_TOKEN_BYTES_MAX = 8192,
    AUTH_SKEW_S = 30,
    AUTH_LIFE_S_MAX = 24 * 60 * 60,
    AUTH_CACHE_S_MAX = 60,
    AUTH_CACHE_ENTRIES = 1024,
    AUTH_REVOKED_MAX = 100000
};

struct auth;

struct auth_config {
    const char *issuer;    /* claim iss, compared byte for byte, 1..255 bytes */
    const char *audience;  /* claim aud, the same */
    const char *jwks_path; /* 1..4095 bytes */
};

/* Loads the keys; copies the texts. After a failure *ret_auth is NULL and ret_reason says why, in English:
 * ERR_KEY_FILE, ERR_INTERNAL for a configuration out of bounds, ERR_OUT_OF_MEMORY. */
enum err auth_new(const struct auth_config *config, struct auth **ret_auth, char ret_reason[static JWKS_REASON_BYTES]);

/* NULL is allowed. No other call may be running. */
void auth_free(struct auth *auth);

/* Verifies the value of an Authorization header (NULL: there was none). ERR_UNAUTHENTICATED;
 * ERR_TOKEN_EXPIRED for a token whose only fault so far is its exp (its signature is not looked at);
 * ERR_OUT_OF_MEMORY. Scopes are not judged here: that is scope_allows() and ERR_FORBIDDEN of the caller.
 * *ret_principal is zero after a failure. */
enum err auth_verify(struct auth *auth, const char *authorization_header, int64_t now_s,
                     struct principal *ret_principal);

/* Replaces the set of revoked token ids; takes effect with the next verification. ERR_INTERNAL for more than
 * AUTH_REVOKED_MAX or an id over 64 bytes, ERR_OUT_OF_MEMORY: the old set stays. */
enum err auth_revoke_replace(struct auth *auth, const char *const *token_ids, size_t count);

struct auth_stats {
    uint64_t cache_hits;
    uint64_t verifications; /* signatures looked at */
    uint64_t key_reloads;
    uint64_t key_reload_failures;
    size_t keys;
    char reload_reason[JWKS_REASON_BYTES]; /* why the last reload failed; empty after a good one */
};

void auth_stats(struct auth *auth, struct auth_stats *ret_stats);

/* What a token to issue says. NULL for divisions or programmes leaves the claim out (all of the district); a
 * count of 0 with a non-NULL pointer is an empty array (nothing). A NULL token_id gets 128 random bits. */
struct auth_request {
    const char *issuer;
    const char *audience;
    const char *subject;
    const char *client_id;
    const char *token_id;
    uint32_t scopes;
    int64_t district; /* 0 leaves the claim out */
    const int64_t *divisions;
    size_t division_count;
    const char *const *programmes;
    size_t programme_count;
    int64_t now_s;
    int64_t life_s; /* 1..AUTH_LIFE_S_MAX */
};

/* Issues an ES256 token that auth_verify() accepts. *ret_token is released with free(). ERR_INVALID_FIELDS
 * when the request would not verify (bad names, no district, more than a principal holds), ERR_FORBIDDEN when
 * scope_duties_conflict(), ERR_KEY_FILE when the key does not sign, ERR_OUT_OF_MEMORY. */
enum err auth_issue(const struct signing_key *key, const struct auth_request *request, char **ret_token);

#endif
