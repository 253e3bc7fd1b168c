/* The JSON of access tokens, read strictly: repeated names, trailing text, NUL characters, floats where
 * integers belong and wrong types are refused. Pure: no signature is looked at here. Source: RFC 7515, RFC
 * 7519, RFC 9068. */
#ifndef HUIMIN_JSON_CLAIMS_H
#define HUIMIN_JSON_CLAIMS_H

#include "auth.h"

#include <stddef.h>
#include <stdint.h>

struct claims_header {
    char kid[JWKS_KID_BYTES];
    enum jwks_alg alg;
};

/* Reads a token's header: typ `at+jwt` or `application/at+jwt` in any case, alg RS256 or ES256, kid, and none
 * of crit, jku, jwk, x5u, x5c; others are ignored. ERR_UNAUTHENTICATED. */
enum err claims_read_header(const char *json, size_t length, struct claims_header *ret_header);

struct claims_expected {
    const char *issuer;
    const char *audience;
    int64_t now_s;
};

/* Reads a token's claims by the rules in auth.h and principal.h. ERR_TOKEN_EXPIRED when exp is the only
 * fault, else ERR_UNAUTHENTICATED. *ret_principal is zero after a failure. */
enum err claims_read(const char *json, size_t length, const struct claims_expected *expected,
                     struct principal *ret_principal);

/* Writes the claims of a request whose token_id is set; *ret_json is released with free(). ERR_INVALID_FIELDS
 * when claims_read() would refuse them, ERR_OUT_OF_MEMORY. */
enum err claims_write(const struct auth_request *request, char **ret_json);

#endif
