#include "bank_message_store.h"
#include "job.h"
#include "payments_routes.h"
#include "upload.h"

static enum err bank_message_answer(struct call *call, int64_t message_id)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = bank_message_store_get(call->db, call->who->district, message_id, &result);
    return call_answer_row(call, status, result);
}

/* Takes a message as raw text; the worker reads and applies it. The same bytes again lead to the first message. */
enum err bank_message_create(struct call *call)
{
    uint8_t sha256[CRYPTO_DIGEST_BYTES];
    int64_t upload_id;
    enum err err = upload_keep(call->db, call->service->keyring, call->who->district, call->body, call->body_length,
                               sha256, &upload_id);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *received = NULL;
    enum db_status status = bank_message_store_receive(call->db, upload_id, "upload", sha256, &received);
    if (status != DB_ROW)
        return db_error(call->db, status);
    int64_t message_id = db_value_int(received, 0, 0);
    err = job_enqueue(call->db, "inbound_apply", message_id);
    if (err == ERR_NONE)
        err = bank_message_answer(call, message_id);
    call->status = 202;
    call->location = arena_printf(call->arena, "/payments/bank-messages/%lld", (long long)message_id);
    return err;
}

enum err bank_message_list(struct call *call)
{
    int64_t after;
    int64_t limit;
    enum err err = call_page(call, &after, &limit);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = bank_message_store_list(call->db, call->who->district, after, limit, &result);
    return call_answer_list(call, status, result, limit);
}

enum err bank_message_get(struct call *call)
{
    int64_t message_id;
    enum err err = call_path_id(call, 0, &message_id);
    return err == ERR_NONE ? bank_message_answer(call, message_id) : err;
}
