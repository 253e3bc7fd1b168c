#include "idempotency.h"

#include <string.h>

bool idempotency_key_is_valid(const char *key)
{
    size_t length = strlen(key);
    size_t allowed = strspn(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");
    return length >= 8 && length <= 64 && allowed == length;
}

enum err idempotency_fingerprint(const char *method, const char *path, const char *body, size_t body_length,
                                 uint8_t ret_fingerprint[static CRYPTO_DIGEST_BYTES])
{
    struct sha256_stream *stream __attribute__((cleanup(sha256_stream_cleanup))) = sha256_stream_new();
    if (stream == NULL)
        return ERR_OUT_OF_MEMORY;
    /* The closing NULs keep method, path and body apart. */
    sha256_stream_add(stream, method, strlen(method) + 1);
    sha256_stream_add(stream, path, strlen(path) + 1);
    sha256_stream_add(stream, body, body_length);
    sha256_stream_finish(stream, ret_fingerprint);
    return ERR_NONE;
}
