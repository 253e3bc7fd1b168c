#include "json_read.h"
#include "payment_store.h"
#include "payments_routes.h"
#include "run_store.h"

enum err payment_list(struct call *call)
{
    struct payment_filter filter = {0};
    enum err err = call_page(call, &filter.after, &filter.limit);
    if (err == ERR_NONE)
        err = call_query_choice(call, "state", PAYMENT_STATES, &filter.state);
    if (err == ERR_NONE)
        err = call_query_id(call, "person", &filter.person_id);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = payment_store_list(call->db, call->who->district, &filter, &result);
    return call_answer_list(call, status, result, filter.limit);
}

static enum err payment_answer(struct call *call, int64_t payment_id)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = payment_store_get(call->db, call->who->district, payment_id, &result);
    return call_answer_row(call, status, result);
}

enum err payment_get(struct call *call)
{
    int64_t payment_id;
    enum err err = call_path_id(call, 0, &payment_id);
    return err == ERR_NONE ? payment_answer(call, payment_id) : err;
}

enum err payment_reissue(struct call *call)
{
    int64_t payment_id;
    enum err err = call_path_id(call, 0, &payment_id);
    if (err == ERR_NONE)
        err = json_read_body(call, NULL, 0, NULL);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *created = NULL;
    enum db_status status = payment_store_reissue(call->db, payment_id, &created);
    if (status != DB_ROW)
        return db_error(call->db, status);
    CLEANUP_RESULT struct db_result *run = NULL;
    status = run_store_get(call->db, call->who->district, db_value_int(created, 0, 0), &run);
    return call_answer_created(call, status, run, "/payments/runs");
}

struct resolution_body {
    const char *state;
};

static const struct json_field resolution_fields[] = {
    JSON_FIELD(struct resolution_body, state, JSON_TEXT, JSON_REQUIRED, 1, 8, "PAID,REJECTED"),
};

enum err payment_resolve(struct call *call)
{
    struct resolution_body body;
    int64_t payment_id;
    enum err err = call_path_id(call, 0, &payment_id);
    if (err == ERR_NONE)
        err = json_read_body(call, resolution_fields, 1, &body);
    if (err != ERR_NONE)
        return err;
    enum db_status status = payment_store_resolve(call->db, payment_id, body.state);
    return status == DB_ROW ? payment_answer(call, payment_id) : db_error(call->db, status);
}
