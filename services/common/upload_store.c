#include "upload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

DB_STATEMENT(upload_insert, "insert into ops.upload (district, bytes, chunks, sha256, actor)"
                            " values ($1::integer, $2::bigint, $3::integer, $4::bytea, app.actor()) returning id");
DB_STATEMENT(upload_insert_chunk, "insert into ops.upload_chunk (district, upload_id, no, sealed)"
                                  " values ($1::integer, $2::bigint, $3::integer, $4::bytea)");
DB_STATEMENT(upload_select, "select chunks from ops.upload where district = $1::integer and id = $2::bigint");
DB_STATEMENT(upload_select_chunk, "select sealed from ops.upload_chunk"
                                  " where district = $1::integer and upload_id = $2::bigint and no = $3::integer");

enum { UPLOAD_CONTEXT_BYTES = 96 };

/* Names the file, the chunk's number and whether it is the last: chunks cannot be exchanged, repeated or cut off. */
static void upload_context(int64_t district, int64_t upload_id, int64_t no, int64_t chunks,
                           char ret_context[static UPLOAD_CONTEXT_BYTES])
{
    snprintf(ret_context, UPLOAD_CONTEXT_BYTES, "upload|%lld|%lld|%lld|%s", (long long)district, (long long)upload_id,
             (long long)no, no == chunks - 1 ? "last" : "more");
}

static enum err upload_keep_chunks(struct db *db, const struct keyring *keyring, int64_t district, int64_t upload_id,
                                   const char *bytes, size_t length, int64_t chunks)
{
    uint8_t *sealed = malloc(UPLOAD_CHUNK_BYTES + KEYRING_OVERHEAD_BYTES);
    enum err err = sealed != NULL ? ERR_NONE : ERR_OUT_OF_MEMORY;
    for (int64_t no = 0; err == ERR_NONE && no < chunks; no++) {
        char context[UPLOAD_CONTEXT_BYTES];
        size_t start = (size_t)no * UPLOAD_CHUNK_BYTES;
        size_t part = length - start < UPLOAD_CHUNK_BYTES ? length - start : UPLOAD_CHUNK_BYTES;
        upload_context(district, upload_id, no, chunks, context);
        err = keyring_seal_chunk(keyring, context, bytes + start, part, sealed);
        if (err != ERR_NONE)
            break;
        enum db_status status = db_exec(
            db, &upload_insert_chunk,
            DB_PARAMS(db_int(district), db_int(upload_id), db_int(no), db_bytes(sealed, part + KEYRING_OVERHEAD_BYTES)),
            NULL);
        err = db_error(db, status);
    }
    free(sealed);
    return err;
}

enum err upload_keep(struct db *db, const struct keyring *keyring, int64_t district, const char *bytes, size_t length,
                     uint8_t ret_sha256[static CRYPTO_DIGEST_BYTES], int64_t *ret_upload_id)
{
    if (length == 0)
        return ERR_EMPTY_FILE;
    crypto_sha256(bytes, length, ret_sha256);
    int64_t chunks = (int64_t)((length + UPLOAD_CHUNK_BYTES - 1) / UPLOAD_CHUNK_BYTES);
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = db_exec(
        db, &upload_insert,
        DB_PARAMS(db_int(district), db_int((int64_t)length), db_int(chunks), db_bytes(ret_sha256, CRYPTO_DIGEST_BYTES)),
        &result);
    if (status != DB_ROW)
        return db_error(db, status);
    *ret_upload_id = db_value_int(result, 0, 0);
    return upload_keep_chunks(db, keyring, district, *ret_upload_id, bytes, length, chunks);
}

enum err upload_chunk_count(struct db *db, int64_t district, int64_t upload_id, int64_t *ret_chunks)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = db_exec(db, &upload_select, DB_PARAMS(db_int(district), db_int(upload_id)), &result);
    if (status != DB_ROW)
        return status == DB_NONE ? ERR_NOT_FOUND : db_error(db, status);
    *ret_chunks = db_value_int(result, 0, 0);
    return ERR_NONE;
}

enum err upload_read(struct db *db, const struct keyring *keyring, int64_t district, int64_t upload_id, int64_t no,
                     int64_t chunks, char *ret_bytes, size_t *ret_length)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status =
        db_exec(db, &upload_select_chunk, DB_PARAMS(db_int(district), db_int(upload_id), db_int(no)), &result);
    if (status != DB_ROW)
        return status == DB_NONE ? ERR_NOT_FOUND : db_error(db, status);
    unsigned char *sealed = NULL;
    size_t length = 0;
    if (!db_value_bytes(result, 0, 0, &sealed, &length) || length > UPLOAD_CHUNK_BYTES + KEYRING_OVERHEAD_BYTES) {
        free(sealed);
        return ERR_SEALED_VALUE_REFUSED;
    }
    char context[UPLOAD_CONTEXT_BYTES];
    upload_context(district, upload_id, no, chunks, context);
    enum err err = keyring_open_chunk(keyring, context, sealed, length, ret_bytes, ret_length);
    free(sealed);
    return err;
}
