#include "idempotency.h"

#include "service.h"

DB_STATEMENT(idempotency_insert, "insert into ops.idempotency_key (district, actor, key, operation, fingerprint)"
                                 " values ($1::bigint, $2::text, $3::text, $4::text, $5::bytea)"
                                 " on conflict do nothing returning true");
DB_STATEMENT(idempotency_select, "select operation = $4::text and fingerprint = $5::bytea, status, body, location, etag"
                                 " from ops.idempotency_key"
                                 " where district = $1::bigint and actor = $2::text and key = $3::text");
DB_STATEMENT(idempotency_update,
             "update ops.idempotency_key set status = $4::int, body = $5::text, location = $6::text,"
             " etag = $7::bigint"
             " where district = $1::bigint and actor = $2::text and key = $3::text");

static enum err idempotency_replay(struct call *call, const struct db_result *result)
{
    if (!db_value_bool(result, 0, 0) || db_is_null(result, 0, 1))
        return ERR_IDEMPOTENCY_KEY_REUSED;
    call->status = (int)db_value_int(result, 0, 1);
    buffer_append_text(&call->out, db_value(result, 0, 2));
    call->location = arena_strdup(call->arena, db_value(result, 0, 3));
    call->etag = db_value_int(result, 0, 4);
    return ERR_NONE;
}

enum err idempotency_claim(struct call *call, const uint8_t fingerprint[static CRYPTO_DIGEST_BYTES], bool *ret_replay)
{
    const struct db_param params[] = {db_int(call->who->district), db_text(call->who->subject),
                                      db_text(call->idempotency_key), db_text(call->route->operation),
                                      db_bytes(fingerprint, CRYPTO_DIGEST_BYTES)};
    *ret_replay = false;
    enum db_status status = db_exec(call->db, &idempotency_insert, params, 5, NULL);
    if (status == DB_ROW)
        return ERR_NONE;
    if (status != DB_NONE)
        return db_error(call->db, status);
    CLEANUP_RESULT struct db_result *result = NULL;
    status = db_exec(call->db, &idempotency_select, params, 5, &result);
    if (status != DB_ROW)
        return status == DB_NONE ? ERR_CONFLICT_RETRY : db_error(call->db, status);
    *ret_replay = true;
    return idempotency_replay(call, result);
}

enum err idempotency_store(struct call *call)
{
    enum db_status status =
        db_exec(call->db, &idempotency_update,
                DB_PARAMS(db_int(call->who->district), db_text(call->who->subject), db_text(call->idempotency_key),
                          db_int(call->status), db_text(call->out.data != NULL ? call->out.data : ""),
                          db_text(call->location), db_int(call->etag)),
                NULL);
    return db_error(call->db, status);
}
