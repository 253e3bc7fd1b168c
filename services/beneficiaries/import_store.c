#include "import_store.h"

#include "register.h"

#include <stdio.h>
#include <stdlib.h>

#define IMPORT_ELAPSED_S "greatest(extract(epoch from coalesce(i.finished_at, now()) - i.started_at), 0.001)"
#define IMPORT_RATE                                                                                                    \
    "case when i.done_lines > 0 then round(i.done_lines / " IMPORT_ELAPSED_S ")::bigint end as rate_per_s"
#define IMPORT_LEFT_S "ceil((i.total_lines - i.done_lines) * " IMPORT_ELAPSED_S " / i.done_lines)::bigint"
#define IMPORT_APPROVED_AT REGISTER_TIME("i.approved_at", "approved_at")
#define IMPORT_CREATED_AT REGISTER_TIME("i.created_at", "created_at")
#define IMPORT_STARTED_AT REGISTER_TIME("i.started_at", "started_at")
#define IMPORT_FINISHED_AT REGISTER_TIME("i.finished_at", "finished_at")
#define IMPORT_COLUMNS                                                                                                 \
    "i.id, i.version, i.kind, i.state, i.done_lines, i.total_lines, i.new_lines, i.changed_lines,"                     \
    " i.unchanged_lines, i.bad_lines, i.error_code, " IMPORT_RATE ", case when i.state = 'RUNNING'"                    \
    " and i.done_lines > 0 then " IMPORT_LEFT_S " end as eta_s, i.actor, i.approved_by,"                               \
    " " IMPORT_APPROVED_AT ", " IMPORT_CREATED_AT ", " IMPORT_STARTED_AT ", " IMPORT_FINISHED_AT
/* An application that may be approved: nothing is due to the person under the item from its first month on. */
#define IMPORT_APPROVABLE                                                                                              \
    "n.district = $1::integer and n.import_id = $2::bigint and n.state = 'APPLIED' and not exists ("                   \
    " select from beneficiaries.enrolment o where o.district = n.district and o.person_id = n.person_id"               \
    "  and o.item_code = n.item_code and o.valid && daterange(n.starts_on, null))"

DB_STATEMENT(import_upload_insert, "insert into ops.upload (district, bytes, chunks, sha256, actor)"
                                   " values ($1::integer, $2::bigint, $3::integer, $4::bytea, app.actor())"
                                   " returning id");
DB_STATEMENT(import_chunk_insert, "insert into ops.upload_chunk (district, upload_id, no, sealed)"
                                  " values ($1::integer, $2::bigint, $3::integer, $4::bytea)");
DB_STATEMENT(import_chunk_get, "select sealed from ops.upload_chunk"
                               " where district = $1::integer and upload_id = $2::bigint and no = $3::integer");
DB_STATEMENT(import_insert,
             "with fresh as materialized (select nextval('beneficiaries.import_id_seq') as id),"
             " event as materialized (select audit.write_event('create', 'import', fresh.id::text,"
             "  jsonb_build_object('kind', $2::text, 'bytes', u.bytes, 'sha256', encode(u.sha256, 'hex'))) as id"
             "  from fresh, ops.upload u where u.district = $1::integer and u.id = $3::bigint)"
             " insert into beneficiaries.import as i (district, id, kind, upload_id, sha256, divisions, programmes,"
             "  actor, event_id)"
             " select $1::integer, fresh.id, $2::text, u.id, u.sha256, app.divisions(), app.programmes(),"
             "  app.actor(), event.id from fresh, event, ops.upload u"
             " where u.district = $1::integer and u.id = $3::bigint returning " IMPORT_COLUMNS);
DB_STATEMENT(import_get, "select " IMPORT_COLUMNS
                         " from beneficiaries.import i where i.district = $1::integer and i.id = $2::bigint");
DB_STATEMENT(import_list, "select " IMPORT_COLUMNS " from beneficiaries.import i"
                          " where i.district = $1::integer and i.id > $2::bigint order by i.id limit $3::bigint");
DB_STATEMENT(import_errors, "select id, line, column_name, code from beneficiaries.import_error"
                            " where district = $1::integer and import_id = $2::bigint and id > $3::bigint"
                            " order by id limit $4::bigint");
DB_STATEMENT(import_lock, "select kind, state, actor from beneficiaries.import"
                          " where district = $1::integer and id = $2::bigint for no key update");
DB_STATEMENT(import_approvable, "select (select count(*) from beneficiaries.enrolment n where " IMPORT_APPROVABLE "),"
                                " (select count(*) from beneficiaries.enrolment n where n.district = $1::integer"
                                "  and n.import_id = $2::bigint and n.state = 'APPLIED')");
DB_STATEMENT(import_approve_event,
             "with event as materialized (select audit.write_event('approve_import', 'import', $2::text,"
             "  jsonb_build_object('approved', $3::bigint, 'skipped', $4::bigint)) as id)"
             " update beneficiaries.import i set approved_by = app.actor(), approved_at = now(),"
             "  version = i.version + 1, event_id = event.id from event"
             " where i.district = $1::integer and i.id = $2::bigint returning i.event_id");
DB_STATEMENT(import_approve,
             "with approved as (update beneficiaries.enrolment n set state = 'APPROVED', decided_by = app.actor(),"
             "  decided_at = now(), valid = daterange(n.starts_on, null), version = n.version + 1,"
             "  event_id = $3::bigint where " IMPORT_APPROVABLE " returning 1) select count(*) from approved");

/* Names the file, the chunk and whether it is the last: a chunk opens nowhere else. */
static void import_chunk_context(int64_t district, int64_t upload_id, int64_t no, int64_t chunks, char *ret_text,
                                 size_t size)
{
    snprintf(ret_text, size, "upload|%lld|%lld|%lld|%s", (long long)district, (long long)upload_id, (long long)no,
             no + 1 == chunks ? "last" : "more");
}

static enum err import_store_chunks(struct db *db, const struct keyring *keyring, int64_t district, int64_t upload_id,
                                    const char *bytes, size_t length)
{
    char context[128];
    int64_t chunks = (int64_t)((length + IMPORT_CHUNK_BYTES - 1) / IMPORT_CHUNK_BYTES);
    uint8_t *sealed = malloc(IMPORT_CHUNK_BYTES + KEYRING_OVERHEAD_BYTES);
    if (sealed == NULL)
        return ERR_OUT_OF_MEMORY;
    enum err err = ERR_NONE;
    for (int64_t no = 0; no < chunks && err == ERR_NONE; no++) {
        size_t begin = (size_t)no * IMPORT_CHUNK_BYTES;
        size_t slice = length - begin < IMPORT_CHUNK_BYTES ? length - begin : IMPORT_CHUNK_BYTES;
        import_chunk_context(district, upload_id, no, chunks, context, sizeof(context));
        err = keyring_seal_chunk(keyring, context, bytes + begin, slice, sealed);
        if (err == ERR_NONE)
            err = db_error(db, db_exec(db, &import_chunk_insert,
                                       DB_PARAMS(db_int(district), db_int(upload_id), db_int(no),
                                                 db_bytes(sealed, slice + KEYRING_OVERHEAD_BYTES)),
                                       NULL));
    }
    free(sealed);
    return err;
}

enum err import_store_upload(struct db *db, const struct keyring *keyring, int64_t district, const char *bytes,
                             size_t length, int64_t *ret_id)
{
    uint8_t digest[CRYPTO_DIGEST_BYTES];
    CLEANUP_RESULT struct db_result *result = NULL;
    crypto_sha256(bytes, length, digest);
    int64_t chunks = (int64_t)((length + IMPORT_CHUNK_BYTES - 1) / IMPORT_CHUNK_BYTES);
    enum db_status status =
        db_exec(db, &import_upload_insert,
                DB_PARAMS(db_int(district), db_int((int64_t)length), db_int(chunks), db_bytes(digest, sizeof(digest))),
                &result);
    if (status != DB_ROW)
        return db_error(db, status);
    *ret_id = db_value_int(result, 0, 0);
    return import_store_chunks(db, keyring, district, *ret_id, bytes, length);
}

static enum err import_open_chunk(const struct keyring *keyring, const char *context, const struct db_result *result,
                                  char **ret_bytes, size_t *ret_length)
{
    unsigned char *sealed = NULL;
    size_t sealed_length = 0;
    if (!db_value_bytes(result, 0, 0, &sealed, &sealed_length))
        return ERR_INTERNAL;
    char *plain = malloc(sealed_length + 1);
    enum err err = plain != NULL ? keyring_open_chunk(keyring, context, sealed, sealed_length, plain, ret_length)
                                 : ERR_OUT_OF_MEMORY;
    free(sealed);
    if (err == ERR_NONE)
        *ret_bytes = plain;
    else
        free(plain);
    return err;
}

enum err import_store_chunk(struct db *db, const struct keyring *keyring, int64_t district, int64_t upload_id,
                            int64_t no, int64_t chunks, char **ret_bytes, size_t *ret_length)
{
    char context[128];
    CLEANUP_RESULT struct db_result *result = NULL;
    *ret_bytes = NULL;
    enum db_status status =
        db_exec(db, &import_chunk_get, DB_PARAMS(db_int(district), db_int(upload_id), db_int(no)), &result);
    if (status != DB_ROW)
        return status == DB_NONE ? ERR_NOT_FOUND : db_error(db, status);
    import_chunk_context(district, upload_id, no, chunks, context, sizeof(context));
    return import_open_chunk(keyring, context, result, ret_bytes, ret_length);
}

enum db_status import_store_insert(struct db *db, int64_t district, const char *kind, int64_t upload_id,
                                   struct db_result **ret_result)
{
    return db_exec(db, &import_insert, DB_PARAMS(db_int(district), db_text(kind), db_int(upload_id)), ret_result);
}

enum db_status import_store_get(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &import_get, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}

enum db_status import_store_list(struct db *db, int64_t district, int64_t after, int64_t limit,
                                 struct db_result **ret_result)
{
    return db_exec(db, &import_list, DB_PARAMS(db_int(district), db_int(after), db_int(limit + 1)), ret_result);
}

enum db_status import_store_errors(struct db *db, int64_t district, int64_t id, int64_t after, int64_t limit,
                                   struct db_result **ret_result)
{
    return db_exec(db, &import_errors, DB_PARAMS(db_int(district), db_int(id), db_int(after), db_int(limit + 1)),
                   ret_result);
}

enum db_status import_store_lock(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &import_lock, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}

enum db_status import_store_approve(struct db *db, int64_t district, int64_t id, int64_t *ret_approved,
                                    int64_t *ret_skipped)
{
    CLEANUP_RESULT struct db_result *counts = NULL;
    CLEANUP_RESULT struct db_result *event = NULL;
    CLEANUP_RESULT struct db_result *approved = NULL;
    enum db_status status = db_exec(db, &import_approvable, DB_PARAMS(db_int(district), db_int(id)), &counts);
    if (status != DB_ROW)
        return status;
    *ret_approved = db_value_int(counts, 0, 0);
    *ret_skipped = db_value_int(counts, 0, 1) - *ret_approved;
    status = db_exec(db, &import_approve_event,
                     DB_PARAMS(db_int(district), db_int(id), db_int(*ret_approved), db_int(*ret_skipped)), &event);
    if (status != DB_ROW)
        return status;
    status = db_exec(db, &import_approve, DB_PARAMS(db_int(district), db_int(id), db_int(db_value_int(event, 0, 0))),
                     &approved);
    /* Applications are decided one at a time too: when one was in between, the counts of the event are not
     * true. */
    if (status == DB_ROW && db_value_int(approved, 0, 0) != *ret_approved)
        return DB_RETRY;
    return status;
}
