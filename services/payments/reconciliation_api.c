#include "date.h"
#include "json_read.h"
#include "payments_routes.h"
#include "reconciliation_store.h"

enum err break_list(struct call *call)
{
    int64_t after;
    int64_t limit;
    const char *state;
    enum err err = call_page(call, &after, &limit);
    if (err == ERR_NONE)
        err = call_query_choice(call, "state", "OPEN,CLOSED", &state);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = break_store_list(call->db, call->who->district, state, after, limit, &result);
    return call_answer_list(call, status, result, limit);
}

struct closure_body {
    const char *evidence;
};

static const struct json_field closure_fields[] = {
    JSON_FIELD(struct closure_body, evidence, JSON_TEXT, JSON_REQUIRED, 5, 500, NULL),
};

enum err break_close(struct call *call)
{
    struct closure_body body;
    int64_t break_id;
    enum err err = call_path_id(call, 0, &break_id);
    if (err == ERR_NONE)
        err = json_read_body(call, closure_fields, 1, &body);
    if (err != ERR_NONE)
        return err;
    enum db_status status = break_store_close(call->db, break_id, body.evidence);
    if (status != DB_ROW)
        return db_error(call->db, status);
    CLEANUP_RESULT struct db_result *result = NULL;
    status = break_store_get(call->db, call->who->district, break_id, &result);
    return call_answer_row(call, status, result);
}

enum err reconciliation_list(struct call *call)
{
    int64_t after;
    int64_t limit;
    enum err err = call_page(call, &after, &limit);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = reconciliation_store_list(call->db, call->who->district, after, limit, &result);
    return call_answer_list(call, status, result, limit);
}

enum err reconciliation_get(struct call *call)
{
    struct date date;
    if (!date_parse(call->path_values[0], &date))
        return ERR_NOT_FOUND;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = reconciliation_store_get(call->db, call->who->district, call->path_values[0], &result);
    return call_answer_row(call, status, result);
}

enum err payments_job_get(struct call *call)
{
    int64_t job_id;
    enum err err = call_path_id(call, 0, &job_id);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = job_store_get(call->db, call->who->district, job_id, &result);
    return call_answer_row(call, status, result);
}
