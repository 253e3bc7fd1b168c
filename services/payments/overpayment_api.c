#include "json_read.h"
#include "overpayment_store.h"
#include "payments_routes.h"

/* Largest amount of one step: 10 billion yuan, far above what one unit is ever paid. */
#define RECOVERY_FEN_MAX INT64_C(1000000000000)

enum err overpayment_list(struct call *call)
{
    struct overpayment_filter filter = {.item = call_query_value(call, "item")};
    enum err err = call_page(call, &filter.after, &filter.limit);
    if (err == ERR_NONE)
        err = call_query_id(call, "person", &filter.person_id);
    if (err == ERR_NONE)
        err = call_query_choice(call, "open", "true,false", &filter.open);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = overpayment_store_list(call->db, call->who->district, &filter, &result);
    return call_answer_list(call, status, result, filter.limit);
}

enum err overpayment_get(struct call *call)
{
    int64_t overpayment_id;
    enum err err = call_path_id(call, 0, &overpayment_id);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = overpayment_store_get(call->db, call->who->district, overpayment_id, &result);
    return call_answer_row(call, status, result);
}

struct recovery_body {
    int64_t amount_fen;
    const char *reference;
};

static const struct json_field recovery_fields[] = {
    JSON_FIELD(struct recovery_body, amount_fen, JSON_INT, JSON_REQUIRED, 1, RECOVERY_FEN_MAX, NULL),
    JSON_FIELD(struct recovery_body, reference, JSON_TEXT, JSON_REQUIRED, 1, 100, NULL),
};

static enum err recovery_answer(struct call *call, int64_t recovery_id)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = overpayment_store_recovery(call->db, call->who->district, recovery_id, &result);
    return call_answer_row(call, status, result);
}

typedef enum db_status recovery_maker(struct db *db, int64_t overpayment_id, int64_t amount_fen, const char *reference,
                                      struct db_result **ret_result);

static enum err recovery_create(struct call *call, recovery_maker *make)
{
    struct recovery_body body;
    int64_t overpayment_id;
    enum err err = call_path_id(call, 0, &overpayment_id);
    if (err == ERR_NONE)
        err = json_read_body(call, recovery_fields, 2, &body);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *created = NULL;
    enum db_status status = make(call->db, overpayment_id, body.amount_fen, body.reference, &created);
    if (status != DB_ROW)
        return db_error(call->db, status);
    err = recovery_answer(call, db_value_int(created, 0, 0));
    call->status = 201;
    return err;
}

enum err overpayment_collect(struct call *call)
{
    return recovery_create(call, overpayment_store_collect);
}

enum err overpayment_write_off(struct call *call)
{
    return recovery_create(call, overpayment_store_propose);
}

static enum err write_off_decide(struct call *call, bool approve)
{
    int64_t recovery_id;
    enum err err = call_path_id(call, 0, &recovery_id);
    if (err == ERR_NONE)
        err = json_read_body(call, NULL, 0, NULL);
    if (err != ERR_NONE)
        return err;
    enum db_status status = overpayment_store_decide(call->db, recovery_id, approve);
    return status == DB_ROW ? recovery_answer(call, recovery_id) : db_error(call->db, status);
}

enum err write_off_approve(struct call *call)
{
    return write_off_decide(call, true);
}

enum err write_off_reject(struct call *call)
{
    return write_off_decide(call, false);
}
