#include "auth.h"

#include "auth_cache.h"
#include "json_claims.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { NAME_BYTES_MAX = 255, CLOCK_BACK_S = 5 };

/* Which version of the JWKS file was read last. The change time also tells a file that was rewritten with an
 * old mtime. */
struct file_stamp {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
    struct timespec changed;
};

struct revoked {
    size_t count;
    char ids[][PRINCIPAL_NAME_BYTES]; /* sorted */
};

struct auth {
    char issuer[NAME_BYTES_MAX + 1];
    char audience[NAME_BYTES_MAX + 1];
    char jwks_path[PATH_MAX];
    struct auth_cache *cache;

    pthread_mutex_t reload_lock; /* held while the file is looked at: stamp; checked_at_s is written under it */
    struct file_stamp stamp;
    _Atomic int64_t checked_at_s;

    pthread_rwlock_t keys_lock; /* keys, reload_reason; generation is written under it */
    struct jwks *keys;
    char reload_reason[JWKS_REASON_BYTES];
    _Atomic uint64_t generation;

    pthread_rwlock_t revoked_lock;
    struct revoked *revoked; /* NULL: none */

    _Atomic uint64_t cache_hits;
    _Atomic uint64_t verifications;
    _Atomic uint64_t key_reloads;
    _Atomic uint64_t key_reload_failures;
};

static void read_stamp(const char *path, struct file_stamp *ret_stamp)
{
    struct stat status;
    memset(ret_stamp, 0, sizeof *ret_stamp);
    if (stat(path, &status) == 0) {
        ret_stamp->device = status.st_dev;
        ret_stamp->inode = status.st_ino;
        ret_stamp->size = status.st_size;
        ret_stamp->modified = status.st_mtim;
        ret_stamp->changed = status.st_ctim;
    }
}

static bool copy_text(char *target, size_t size, const char *text)
{
    size_t length = text ? strlen(text) : 0;
    if (length < 1 || length >= size) {
        return false;
    }
    memcpy(target, text, length + 1);
    return true;
}

/* Verifications hold the lock for reading, one after the other without a gap under load: new keys must not
 * wait for a gap. */
static void init_keys_lock(pthread_rwlock_t *lock)
{
    pthread_rwlockattr_t attributes;
    pthread_rwlockattr_init(&attributes);
    pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(lock, &attributes);
    pthread_rwlockattr_destroy(&attributes);
}

static void free_keys(struct jwks *keys)
{
    if (keys) {
        jwks_release(keys);
        free(keys);
    }
}

enum err auth_new(const struct auth_config *config, struct auth **ret_auth, char ret_reason[static JWKS_REASON_BYTES])
{
    *ret_auth = NULL;
    snprintf(ret_reason, JWKS_REASON_BYTES, "out of memory");
    struct auth *auth = calloc(1, sizeof *auth);
    if (!auth) {
        return ERR_OUT_OF_MEMORY;
    }
    pthread_mutex_init(&auth->reload_lock, NULL);
    init_keys_lock(&auth->keys_lock);
    pthread_rwlock_init(&auth->revoked_lock, NULL);
    auth->cache = auth_cache_new();
    auth->keys = calloc(1, sizeof *auth->keys);
    enum err err = ERR_OUT_OF_MEMORY;
    if (auth->cache && auth->keys) {
        if (!copy_text(auth->issuer, sizeof auth->issuer, config->issuer) ||
            !copy_text(auth->audience, sizeof auth->audience, config->audience) ||
            !copy_text(auth->jwks_path, sizeof auth->jwks_path, config->jwks_path)) {
            snprintf(ret_reason, JWKS_REASON_BYTES, "issuer, audience or JWKS path is empty or too long");
            err = ERR_INTERNAL;
        } else {
            /* The stamp is taken before the reading: a change in between is read again, never missed. */
            read_stamp(auth->jwks_path, &auth->stamp);
            err = jwks_load(auth->jwks_path, auth->keys, ret_reason);
        }
    }
    if (err != ERR_NONE) {
        auth_free(auth);
        return err;
    }
    *ret_auth = auth;
    return ERR_NONE;
}

void auth_free(struct auth *auth)
{
    if (!auth) {
        return;
    }
    pthread_mutex_destroy(&auth->reload_lock);
    pthread_rwlock_destroy(&auth->keys_lock);
    pthread_rwlock_destroy(&auth->revoked_lock);
    auth_cache_free(auth->cache);
    free_keys(auth->keys);
    free(auth->revoked);
    free(auth);
}

static void swap_keys(struct auth *auth, struct jwks **keys, const char *reason)
{
    pthread_rwlock_wrlock(&auth->keys_lock);
    snprintf(auth->reload_reason, sizeof auth->reload_reason, "%s", reason);
    if (*keys) {
        struct jwks *old = auth->keys;
        auth->keys = *keys;
        *keys = old;
        atomic_fetch_add(&auth->generation, 1); /* what was verified with the old keys is verified again */
    }
    pthread_rwlock_unlock(&auth->keys_lock);
}

/* A file that could not be used leaves the stamp as it was, so it is tried again with the next second. */
static void reload_keys(struct auth *auth)
{
    struct file_stamp stamp;
    read_stamp(auth->jwks_path, &stamp);
    if (memcmp(&stamp, &auth->stamp, sizeof stamp) == 0) {
        return;
    }
    char reason[JWKS_REASON_BYTES] = "out of memory";
    struct jwks *keys = calloc(1, sizeof *keys);
    if (keys && jwks_load(auth->jwks_path, keys, reason) == ERR_NONE) {
        memcpy(&auth->stamp, &stamp, sizeof stamp); /* padding too: stamps are compared as bytes */
        atomic_fetch_add(&auth->key_reloads, 1);
        swap_keys(auth, &keys, "");
    } else {
        atomic_fetch_add(&auth->key_reload_failures, 1);
        swap_keys(auth, &(struct jwks *){NULL}, reason);
    }
    free_keys(keys);
}

/* Threads whose clocks differ by a second must not look at the file in turns, but a clock set back must not
 * end the looking. */
static bool check_due(struct auth *auth, int64_t now_s)
{
    int64_t checked_at_s = atomic_load(&auth->checked_at_s);
    return now_s > checked_at_s || checked_at_s - now_s > CLOCK_BACK_S;
}

static void refresh_keys(struct auth *auth, int64_t now_s)
{
    if (!check_due(auth, now_s)) {
        return;
    }
    pthread_mutex_lock(&auth->reload_lock);
    if (check_due(auth, now_s)) {
        reload_keys(auth);
        atomic_store(&auth->checked_at_s, now_s);
    }
    pthread_mutex_unlock(&auth->reload_lock);
}

/* The token of the header, which ends the header: a second token, a comma, white space or padding is refused.
 */
static const char *parse_header(const char *header, size_t *ret_length)
{
    static const char scheme[] = "Bearer ";
    if (!header || strncasecmp(header, scheme, sizeof scheme - 1) != 0) {
        return NULL;
    }
    const char *token = header + sizeof scheme - 1;
    size_t length = strnlen(token, AUTH_TOKEN_BYTES_MAX + 1);
    if (length < 1 || length > AUTH_TOKEN_BYTES_MAX) {
        return NULL;
    }
    *ret_length = length;
    return token;
}

struct token_parts {
    uint8_t header[CRYPTO_BASE64URL_BYTES(AUTH_TOKEN_BYTES_MAX)];
    uint8_t payload[CRYPTO_BASE64URL_BYTES(AUTH_TOKEN_BYTES_MAX)];
    uint8_t signature[CRYPTO_BASE64URL_BYTES(AUTH_TOKEN_BYTES_MAX)];
    size_t header_length;
    size_t payload_length;
    size_t signature_length;
    size_t signed_length; /* characters of header and payload with the point between them */
};

static bool split_token(const char *token, size_t length, struct token_parts *parts)
{
    const char *end = token + length;
    const char *first = memchr(token, '.', length);
    const char *second = first ? memchr(first + 1, '.', (size_t)(end - first - 1)) : NULL;
    if (!second) {
        return false;
    }
    parts->signed_length = (size_t)(second - token);
    return crypto_base64url_decode(token, (size_t)(first - token), parts->header, &parts->header_length) &&
           crypto_base64url_decode(first + 1, (size_t)(second - first - 1), parts->payload, &parts->payload_length) &&
           crypto_base64url_decode(second + 1, (size_t)(end - second - 1), parts->signature, &parts->signature_length);
}

/* The key says which algorithm is used; the header's alg only has to agree. OpenSSL and not libjwt does this:
 * libjwt 1.10 refuses every typ but "JWT", and RFC 9068 section 4 demands another. */
static enum err verify_signature(struct auth *auth, const char *token, const struct token_parts *parts,
                                 const struct claims_header *header, uint64_t *ret_generation)
{
    enum err err = ERR_UNAUTHENTICATED;
    pthread_rwlock_rdlock(&auth->keys_lock);
    const struct jwks_key *key = jwks_find(auth->keys, header->kid);
    if (key && key->alg == header->alg) {
        *ret_generation = atomic_load(&auth->generation);
        atomic_fetch_add(&auth->verifications, 1);
        err = jwks_verify(key, token, parts->signed_length, parts->signature, parts->signature_length);
    }
    pthread_rwlock_unlock(&auth->keys_lock);
    return err;
}

static enum err verify_token(struct auth *auth, const char *token, size_t length, int64_t now_s,
                             struct principal *ret_principal, uint64_t *ret_generation)
{
    struct token_parts parts;
    struct claims_header header;
    if (!split_token(token, length, &parts) ||
        claims_read_header((const char *)parts.header, parts.header_length, &header) != ERR_NONE) {
        return ERR_UNAUTHENTICATED;
    }
    const struct claims_expected expected = {auth->issuer, auth->audience, now_s};
    enum err err = claims_read((const char *)parts.payload, parts.payload_length, &expected, ret_principal);
    return err == ERR_NONE ? verify_signature(auth, token, &parts, &header, ret_generation) : err;
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(a, b);
}

static bool is_revoked(struct auth *auth, const char *token_id)
{
    pthread_rwlock_rdlock(&auth->revoked_lock);
    const struct revoked *set = auth->revoked;
    bool found = set && bsearch(token_id, set->ids, set->count, sizeof *set->ids, compare_ids);
    pthread_rwlock_unlock(&auth->revoked_lock);
    return found;
}

enum err auth_verify(struct auth *auth, const char *authorization_header, int64_t now_s,
                     struct principal *ret_principal)
{
    memset(ret_principal, 0, sizeof *ret_principal);
    size_t length;
    const char *token = parse_header(authorization_header, &length);
    if (!token) {
        return ERR_UNAUTHENTICATED;
    }
    uint8_t digest[CRYPTO_DIGEST_BYTES];
    crypto_sha256(token, length, digest);
    refresh_keys(auth, now_s);
    enum err err = ERR_NONE;
    if (auth_cache_get(auth->cache, digest, atomic_load(&auth->generation), now_s, ret_principal)) {
        atomic_fetch_add(&auth->cache_hits, 1);
    } else {
        uint64_t generation;
        err = verify_token(auth, token, length, now_s, ret_principal, &generation);
        if (err == ERR_NONE) {
            auth_cache_put(auth->cache, digest, generation, now_s, ret_principal);
        }
    }
    if (err == ERR_NONE && is_revoked(auth, ret_principal->token_id)) {
        err = ERR_UNAUTHENTICATED;
    }
    if (err != ERR_NONE) {
        memset(ret_principal, 0, sizeof *ret_principal);
    }
    return err;
}

enum err auth_revoke_replace(struct auth *auth, const char *const *token_ids, size_t count)
{
    if (count > AUTH_REVOKED_MAX) {
        return ERR_INTERNAL;
    }
    struct revoked *set = malloc(sizeof *set + count * sizeof *set->ids);
    if (!set) {
        return ERR_OUT_OF_MEMORY;
    }
    set->count = count;
    for (size_t i = 0; i < count; i++) {
        if (!copy_text(set->ids[i], sizeof set->ids[i], token_ids[i])) {
            free(set);
            return ERR_INTERNAL;
        }
    }
    qsort(set->ids, count, sizeof *set->ids, compare_ids);
    pthread_rwlock_wrlock(&auth->revoked_lock);
    struct revoked *old = auth->revoked;
    auth->revoked = set;
    pthread_rwlock_unlock(&auth->revoked_lock);
    free(old);
    return ERR_NONE;
}

void auth_stats(struct auth *auth, struct auth_stats *ret_stats)
{
    ret_stats->cache_hits = atomic_load(&auth->cache_hits);
    ret_stats->verifications = atomic_load(&auth->verifications);
    ret_stats->key_reloads = atomic_load(&auth->key_reloads);
    ret_stats->key_reload_failures = atomic_load(&auth->key_reload_failures);
    pthread_rwlock_rdlock(&auth->keys_lock);
    ret_stats->keys = auth->keys->count;
    memcpy(ret_stats->reload_reason, auth->reload_reason, sizeof ret_stats->reload_reason);
    pthread_rwlock_unlock(&auth->keys_lock);
}

/* Put together here because libjwt's encoder overwrites typ with "JWT". */
static enum err sign_claims(const struct signing_key *key, const char *claims, char **ret_token)
{
    char header[128];
    int header_length =
        snprintf(header, sizeof header, "{\"typ\":\"at+jwt\",\"alg\":\"ES256\",\"kid\":\"%s\"}", key->kid);
    size_t claims_length = strlen(claims);
    size_t signed_length = CRYPTO_BASE64URL_LENGTH((size_t)header_length) + 1 + CRYPTO_BASE64URL_LENGTH(claims_length);
    size_t size = signed_length + 1 + JWKS_SIGNATURE_CHARS;
    if (size > AUTH_TOKEN_BYTES_MAX) {
        return ERR_INVALID_FIELDS;
    }
    char *token = malloc(size);
    if (!token) {
        return ERR_OUT_OF_MEMORY;
    }
    char *end = token + CRYPTO_BASE64URL_LENGTH((size_t)header_length);
    crypto_base64url_encode(header, (size_t)header_length, token);
    *end++ = '.';
    crypto_base64url_encode(claims, claims_length, end);
    enum err err = signing_key_sign(key, token, signed_length, token + signed_length + 1);
    token[signed_length] = '.';
    if (err != ERR_NONE) {
        free(token);
        return err;
    }
    *ret_token = token;
    return ERR_NONE;
}

enum err auth_issue(const struct signing_key *key, const struct auth_request *request, char **ret_token)
{
    *ret_token = NULL;
    if (scope_duties_conflict(request->scopes)) {
        return ERR_FORBIDDEN;
    }
    struct auth_request complete = *request;
    char token_id[PRINCIPAL_NAME_BYTES];
    if (!complete.token_id) {
        uint8_t bits[16];
        if (crypto_random(bits, sizeof bits) != ERR_NONE) {
            return ERR_INTERNAL;
        }
        crypto_hex_encode(bits, sizeof bits, token_id);
        complete.token_id = token_id;
    }
    char *claims = NULL;
    enum err err = claims_write(&complete, &claims);
    if (err == ERR_NONE) {
        err = sign_claims(key, claims, ret_token);
    }
    free(claims);
    return err;
}
