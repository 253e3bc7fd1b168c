#include "auth_cache.h"

#include "auth.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { WAYS = 4, SETS = AUTH_CACHE_ENTRIES / WAYS, LOCKS = 16 };

struct entry {
    uint8_t digest[CRYPTO_DIGEST_BYTES];
    uint64_t generation;
    int64_t from_s;
    int64_t until_s; /* exclusive; 0: empty */
    struct principal principal;
};

struct auth_cache {
    pthread_mutex_t locks[LOCKS]; /* lock i guards the sets whose number is i modulo LOCKS */
    struct entry entries[SETS][WAYS];
};

struct auth_cache *auth_cache_new(void)
{
    struct auth_cache *cache = calloc(1, sizeof *cache);
    for (size_t i = 0; cache && i < LOCKS; i++) {
        pthread_mutex_init(&cache->locks[i], NULL);
    }
    return cache;
}

void auth_cache_free(struct auth_cache *cache)
{
    for (size_t i = 0; cache && i < LOCKS; i++) {
        pthread_mutex_destroy(&cache->locks[i]);
    }
    free(cache);
}

static size_t set_of(const uint8_t *digest)
{
    return (size_t)(digest[0] | digest[1] << 8) % SETS;
}

bool auth_cache_get(struct auth_cache *cache, const uint8_t digest[static CRYPTO_DIGEST_BYTES], uint64_t generation,
                    int64_t now_s, struct principal *ret_principal)
{
    size_t set = set_of(digest);
    bool found = false;
    pthread_mutex_lock(&cache->locks[set % LOCKS]);
    for (size_t i = 0; !found && i < WAYS; i++) {
        const struct entry *entry = &cache->entries[set][i];
        /* from_s: after the clock was set back, nbf and iat have to be judged again. */
        found = entry->generation == generation && entry->from_s <= now_s && now_s < entry->until_s &&
                memcmp(entry->digest, digest, CRYPTO_DIGEST_BYTES) == 0;
        if (found) {
            *ret_principal = entry->principal;
        }
    }
    pthread_mutex_unlock(&cache->locks[set % LOCKS]);
    return found;
}

void auth_cache_put(struct auth_cache *cache, const uint8_t digest[static CRYPTO_DIGEST_BYTES], uint64_t generation,
                    int64_t now_s, const struct principal *principal)
{
    int64_t until_s = now_s + AUTH_CACHE_S_MAX;
    if (until_s > principal->expires_at_s) {
        until_s = principal->expires_at_s;
    }
    if (until_s <= now_s) {
        return;
    }
    size_t set = set_of(digest);
    pthread_mutex_lock(&cache->locks[set % LOCKS]);
    struct entry *victim = cache->entries[set];
    for (size_t i = 0; i < WAYS; i++) {
        struct entry *entry = &cache->entries[set][i];
        if (entry->until_s && memcmp(entry->digest, digest, CRYPTO_DIGEST_BYTES) == 0) {
            victim = entry;
            break;
        }
        if (entry->until_s < victim->until_s) {
            victim = entry;
        }
    }
    memcpy(victim->digest, digest, CRYPTO_DIGEST_BYTES);
    victim->generation = generation;
    victim->from_s = now_s;
    victim->until_s = until_s;
    victim->principal = *principal;
    pthread_mutex_unlock(&cache->locks[set % LOCKS]);
}
