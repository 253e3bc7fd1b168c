#include "file_store.h"
#include "payments_routes.h"

enum err file_list(struct call *call)
{
    int64_t after;
    int64_t limit;
    int64_t run_id;
    enum err err = call_page(call, &after, &limit);
    if (err == ERR_NONE)
        err = call_query_id(call, "run", &run_id);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = file_store_list(call->db, call->who->district, run_id, after, limit, &result);
    return call_answer_list(call, status, result, limit);
}

enum err file_get(struct call *call)
{
    int64_t file_id;
    enum err err = call_path_id(call, 0, &file_id);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = file_store_get(call->db, call->who->district, file_id, &result);
    return call_answer_row(call, status, result);
}
