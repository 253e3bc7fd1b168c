/* Idempotency keys (header Idempotency-Key), kept with the effect in the same transaction: a repeated call
 * gets the stored answer, another request under the same key is refused. Table ops.idempotency_key. */
#ifndef HUIMIN_IDEMPOTENCY_H
#define HUIMIN_IDEMPOTENCY_H

#include "call.h"
#include "crypto.h"

#include <stdbool.h>
#include <stdint.h>

/* True for 8 to 64 characters of A-Z a-z 0-9 _ -. */
bool idempotency_key_is_valid(const char *key);

/* SHA-256 over method, path with query, and body of a call. ERR_OUT_OF_MEMORY. */
enum err idempotency_fingerprint(const char *method, const char *path, const char *body, size_t body_length,
                                 uint8_t ret_fingerprint[static CRYPTO_DIGEST_BYTES]);

/* Claims the key of call in its open transaction. *ret_replay true: the call was made before, call holds its
 * answer (status, body, location, etag) and nothing more is to be done. ERR_IDEMPOTENCY_KEY_REUSED for
 * another request. Waits for a concurrent call with the same key to end. */
enum err idempotency_claim(struct call *call, const uint8_t fingerprint[static CRYPTO_DIGEST_BYTES], bool *ret_replay);

/* Stores the answer of call with its key, before the commit. */
enum err idempotency_store(struct call *call);

#endif
