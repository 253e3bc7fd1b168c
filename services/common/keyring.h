/* The keys that protect personal data at rest: sealing of columns and file chunks, and blind indexes.
 *
 * Key file (ASCII text, at most 16 KiB, mode 0600 or stricter: any right for group or others is refused). One
 * record a line, fields separated by one space, nothing else but empty lines and lines that start with `#`:
 *     field <version 1..65535> <aes-256-gcm|sm4-gcm> <hex key> <active|old>
 *     index <version 1..65535> <hmac-sha-256|hmac-sm3> <hex key of 32 bytes>
 * Exactly one field key is active (it seals; all open), at most KEYRING_FIELD_KEYS_MAX, versions are unique.
 * Exactly one index key: with two, a person indexed under one would not be found under the other; changing it
 * means computing all indexes anew with two keyrings at hand.
 *
 * Sealed layout: 1 byte format version (1), 1 byte algorithm (enum crypto_aead_algorithm), 2 bytes key
 * version big-endian, 12 bytes random nonce, ciphertext, 16 bytes tag; KEYRING_OVERHEAD_BYTES more than the
 * plaintext. The first 16 bytes are bound through key and nonce, the place through the associated data.
 * Random nonces: give a field key its successor before 2^32 values (NIST SP 800-38D section 8.3).
 *
 * A keyring does not change after loading: any number of threads may use it. */
#ifndef HUIMIN_KEYRING_H
#define HUIMIN_KEYRING_H

#include "crypto.h"
#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    KEYRING_OVERHEAD_BYTES = 32,
    KEYRING_FIELD_KEYS_MAX = 16,
    KEYRING_PLAIN_BYTES_MAX = 64 * 1024 * 1024,
    KEYRING_INDEX_BYTES = CRYPTO_DIGEST_BYTES,
    KEYRING_CONTEXT_BYTES_MAX = 512, /* associated data of a chunk */
    KEYRING_TEXT_BYTES_MAX = 512,    /* text of a blind index */
    KEYRING_REASON_BYTES = 256
};

struct keyring;

/* Loads a key file. ERR_KEY_FILE when it cannot be read, is open to others or is malformed;
 * ERR_OUT_OF_MEMORY. *ret_keyring is NULL after a failure and is freed with keyring_free() otherwise. */
enum err keyring_load(const char *path, struct keyring **ret_keyring);

/* The same, and after a failure ret_reason (KEYRING_REASON_BYTES) says why, with the line, in English and
 * without key material: made for a startup message. It is empty after success. */
enum err keyring_load_explained(const char *path, struct keyring **ret_keyring,
                                char ret_reason[static KEYRING_REASON_BYTES]);

/* Wipes the keys and frees. NULL is allowed. */
void keyring_free(struct keyring *keyring);

/* Writes a new key file of mode 0600 with one fresh AES-256-GCM key and one fresh HMAC-SHA-256 key, on disk
 * when it returns. ERR_ALREADY_EXISTS when the path exists (it is not touched), ERR_KEY_FILE when it cannot
 * be written. */
enum err keyring_generate(const char *path);

/* The place of a value in the database: table and column are SQL names ([a-z0-9_.]{1,63}). A sealed value
 * opens only at its place, so a row's number must be known before its values are sealed. */
struct keyring_place {
    const char *table;
    const char *column;
    int64_t district;
    int64_t row_id;
};

/* Seals with the active key; associated data is `table|column|district|row_id`. ret_sealed has plain_length +
 * KEYRING_OVERHEAD_BYTES. ERR_OUT_OF_MEMORY, or ERR_INTERNAL for a bad place, a plaintext over
 * KEYRING_PLAIN_BYTES_MAX or no random bytes. */
enum err keyring_seal(const struct keyring *keyring, const struct keyring_place *place, const void *plain,
                      size_t plain_length, uint8_t *ret_sealed);

/* Opens what keyring_seal() made for the same place. ret_plain has sealed_length bytes (room for the
 * plaintext and a closing NUL, which is always written); *ret_length is sealed_length -
 * KEYRING_OVERHEAD_BYTES. ERR_SEALED_VALUE_REFUSED when the value was changed, cut, moved or sealed with a
 * key that is not in the file; ret_plain is then empty. */
enum err keyring_open(const struct keyring *keyring, const struct keyring_place *place, const uint8_t *sealed,
                      size_t sealed_length, char *ret_plain, size_t *ret_length);

/* The same layout and rules for a chunk of a file. `context` (NUL-terminated, 1..KEYRING_CONTEXT_BYTES_MAX)
 * is the associated data and must name the file, the chunk's number and whether it is the last, e.g.
 * `bank_file|340103|77|3|last`; else chunks could be exchanged, repeated or cut off unseen. It never fits a
 * column's place: it is prefixed inside. */
enum err keyring_seal_chunk(const struct keyring *keyring, const char *context, const void *plain, size_t plain_length,
                            uint8_t *ret_sealed);
enum err keyring_open_chunk(const struct keyring *keyring, const char *context, const uint8_t *sealed,
                            size_t sealed_length, char *ret_plain, size_t *ret_length);

/* Blind index of a canonical text (the caller normalises: upper-case X, digits only, and so on): HMAC of
 * `domain|district|text` under the index key. The same text gives unlinkable values in two domains
 * ([a-z0-9_]{1,63}, e.g. "id_number") or two districts. ERR_INTERNAL for a bad domain or a text over
 * KEYRING_TEXT_BYTES_MAX; ERR_OUT_OF_MEMORY. */
enum err keyring_index(const struct keyring *keyring, const char *domain, int64_t district, const char *text,
                       uint8_t ret_index[static KEYRING_INDEX_BYTES]);

static inline void keyring_cleanup(struct keyring **keyring)
{
    keyring_free(*keyring);
}

#endif
