/* Verified access tokens by SHA-256 of their text: fixed size (about 2 MiB), thread-safe, never past its
 * time. */
#ifndef HUIMIN_AUTH_CACHE_H
#define HUIMIN_AUTH_CACHE_H

#include "crypto.h"
#include "principal.h"

#include <stdbool.h>
#include <stdint.h>

struct auth_cache;

/* NULL when out of memory. */
struct auth_cache *auth_cache_new(void);
void auth_cache_free(struct auth_cache *cache);

/* Copies the principal of a token that was put with the same generation of keys and whose time holds at
 * now_s. */
bool auth_cache_get(struct auth_cache *cache, const uint8_t digest[static CRYPTO_DIGEST_BYTES], uint64_t generation,
                    int64_t now_s, struct principal *ret_principal);

/* Remembers a verified token for AUTH_CACHE_S_MAX from now_s, not past its exp; drops the entry of its set
 * that ends first. */
void auth_cache_put(struct auth_cache *cache, const uint8_t digest[static CRYPTO_DIGEST_BYTES], uint64_t generation,
                    int64_t now_s, const struct principal *principal);

#endif
