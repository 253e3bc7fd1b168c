/* Uploaded files (tables ops.upload, ops.upload_chunk): sealed in chunks of 1 MiB, because they hold personal data, and
 * read back chunk by chunk in bounded memory. */
#ifndef HUIMIN_UPLOAD_H
#define HUIMIN_UPLOAD_H

#include "crypto.h"
#include "db.h"
#include "keyring.h"

#include <stddef.h>
#include <stdint.h>

enum { UPLOAD_CHUNK_BYTES = 1024 * 1024 };

/* Stores a file in the caller's open transaction; actor is the one of the transaction. ERR_EMPTY_FILE for no bytes. */
enum err upload_keep(struct db *db, const struct keyring *keyring, int64_t district, const char *bytes, size_t length,
                     uint8_t ret_sha256[static CRYPTO_DIGEST_BYTES], int64_t *ret_upload_id);

/* Number of chunks of an upload. ERR_NOT_FOUND. */
enum err upload_chunk_count(struct db *db, int64_t district, int64_t upload_id, int64_t *ret_chunks);

/* Reads chunk `no` (0-based) of `chunks` into ret_bytes (UPLOAD_CHUNK_BYTES + KEYRING_OVERHEAD_BYTES + 1 bytes of
 * room). ERR_SEALED_VALUE_REFUSED when it was changed. */
enum err upload_read(struct db *db, const struct keyring *keyring, int64_t district, int64_t upload_id, int64_t no,
                     int64_t chunks, char *ret_bytes, size_t *ret_length);

#endif
