/* The frozen bytes of an outgoing file: kept sealed in chunks (payments.file_chunk), read back to be handed over or
 * checked. */
#ifndef HUIMIN_FILE_BYTES_H
#define HUIMIN_FILE_BYTES_H

#include "db.h"
#include "keyring.h"

#include <stddef.h>
#include <stdint.h>

enum { FILE_CHUNK_BYTES = 1024 * 1024, FILE_CONTEXT_BYTES = 96 };

/* Associated data of a chunk: file, number, and whether it is the last. */
void file_chunk_context(int64_t district, int64_t file_id, int64_t no, int64_t chunks,
                        char ret_context[static FILE_CONTEXT_BYTES]);

/* Takes each chunk in order; anything but ERR_NONE stops the reading and comes back. */
typedef enum err file_bytes_sink(void *context, const char *bytes, size_t length);

/* Reads all chunks of a file in an open transaction. ERR_SEALED_VALUE_REFUSED when one was changed, ERR_INTERNAL when
 * one is missing. */
enum err file_bytes_read(struct db *db, const struct keyring *keyring, int64_t district, int64_t file_id,
                         int64_t chunks, file_bytes_sink *sink, void *context);

#endif
