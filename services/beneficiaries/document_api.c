#include "document_api.h"

#include "document_store.h"
#include "enrolment_step.h"
#include "register.h"
#include "upload.h"

#include <stdlib.h>

enum { DOCUMENT_BYTES_MAX = 8 * 1024 * 1024 };

static const char *const document_kinds =
    "application,consent,identity,household_book,certificate,income,school,medical,voluntary_statement,other";

static enum err document_check(struct call *call, const char **ret_kind, const char **ret_type)
{
    enum err err = call_query_choice(call, "kind", document_kinds, ret_kind);
    if (err != ERR_NONE)
        return err;
    if (*ret_kind == NULL) {
        call_field_error(call, "kind", ERR_REQUIRED);
        return ERR_BAD_QUERY;
    }
    if (call->body_length == 0)
        return ERR_EMPTY_FILE;
    if (call->body_length > DOCUMENT_BYTES_MAX)
        return ERR_PAYLOAD_TOO_LARGE;
    *ret_type = enrolment_document_type(call->body, call->body_length);
    return *ret_type != NULL ? ERR_NONE : ERR_UNSUPPORTED_MEDIA_TYPE;
}

enum err document_api_create(struct call *call)
{
    int64_t seq;
    uint8_t sha256[CRYPTO_DIGEST_BYTES];
    struct document_row row = {.district = call->who->district, .sha256 = sha256, .bytes = (int64_t)call->body_length};
    enum err err = document_check(call, &row.kind, &row.media_type);
    if (err == ERR_NONE)
        err = enrolment_step_of_path(call, &row.enrolment);
    if (err != ERR_NONE)
        return err;
    const struct enrolment_note note = {.step = "document",
                                        .data = arena_printf(call->arena, "{\"kind\":\"%s\"}", row.kind)};
    err = enrolment_step_note(call, row.enrolment, &note, &row.event, &seq);
    if (err == ERR_NONE)
        err = upload_keep(call->db, register_keyring(call), row.district, call->body, call->body_length, sha256,
                          &row.upload);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = document_store_insert(call->db, &row, &result);
    return register_listed(
        call, status, result,
        arena_printf(call->arena, "/beneficiaries/enrolments/%lld/documents", (long long)row.enrolment));
}

enum err document_api_list(struct call *call)
{
    return enrolment_step_list(call, document_store_list);
}

static enum err document_write(struct call *call, int64_t upload)
{
    int64_t chunks;
    size_t length;
    enum err err = upload_chunk_count(call->db, call->who->district, upload, &chunks);
    char *chunk = malloc(UPLOAD_CHUNK_BYTES + KEYRING_OVERHEAD_BYTES + 1);
    if (err == ERR_NONE && chunk == NULL)
        err = ERR_OUT_OF_MEMORY;
    for (int64_t no = 0; err == ERR_NONE && no < chunks; no++) {
        err = upload_read(call->db, register_keyring(call), call->who->district, upload, no, chunks, chunk, &length);
        if (err == ERR_NONE)
            buffer_append(&call->out, chunk, length);
    }
    if (chunk != NULL)
        crypto_wipe(chunk, UPLOAD_CHUNK_BYTES);
    free(chunk);
    return err;
}

enum err document_api_view(struct call *call)
{
    int64_t enrolment;
    int64_t id;
    CLEANUP_RESULT struct db_result *viewed = NULL;
    enum err err = call_path_id(call, 0, &enrolment);
    if (err == ERR_NONE)
        err = call_path_id(call, 1, &id);
    if (err == ERR_NONE)
        err = register_done(call, document_store_view(call->db, call->who->district, enrolment, id, &viewed));
    if (err == ERR_NONE)
        err = document_write(call, db_value_int(viewed, 0, DOCUMENT_VIEWED_UPLOAD));
    if (err == ERR_NONE)
        call->content_type = arena_strdup(call->arena, db_value(viewed, 0, DOCUMENT_VIEWED_TYPE));
    return err;
}
