#include "file_bytes.h"

#include "file_store.h"

#include <stdio.h>
#include <stdlib.h>

void file_chunk_context(int64_t district, int64_t file_id, int64_t no, int64_t chunks,
                        char ret_context[static FILE_CONTEXT_BYTES])
{
    snprintf(ret_context, FILE_CONTEXT_BYTES, "bank_file|%lld|%lld|%lld|%s", (long long)district, (long long)file_id,
             (long long)no, no == chunks - 1 ? "last" : "more");
}

static enum err file_bytes_chunk(struct db *db, const struct keyring *keyring, int64_t district, int64_t file_id,
                                 int64_t no, const char *place, char *ret_plain, size_t *ret_length)
{
    CLEANUP_RESULT struct db_result *row = NULL;
    enum db_status status = file_store_chunk(db, district, file_id, no, &row);
    if (status != DB_ROW)
        return status == DB_NONE ? ERR_INTERNAL : db_error(db, status);
    unsigned char *sealed = NULL;
    size_t length = 0;
    enum err err = ERR_SEALED_VALUE_REFUSED;
    if (db_value_bytes(row, 0, 0, &sealed, &length) && length <= FILE_CHUNK_BYTES + KEYRING_OVERHEAD_BYTES)
        err = keyring_open_chunk(keyring, place, sealed, length, ret_plain, ret_length);
    free(sealed);
    return err;
}

enum err file_bytes_read(struct db *db, const struct keyring *keyring, int64_t district, int64_t file_id,
                         int64_t chunks, file_bytes_sink *sink, void *context)
{
    char *plain = malloc(FILE_CHUNK_BYTES + KEYRING_OVERHEAD_BYTES + 1);
    enum err err = plain != NULL ? ERR_NONE : ERR_OUT_OF_MEMORY;
    for (int64_t no = 0; err == ERR_NONE && no < chunks; no++) {
        char place[FILE_CONTEXT_BYTES];
        size_t length = 0;
        file_chunk_context(district, file_id, no, chunks, place);
        err = file_bytes_chunk(db, keyring, district, file_id, no, place, plain, &length);
        if (err == ERR_NONE)
            err = sink(context, plain, length);
    }
    free(plain);
    return err;
}
