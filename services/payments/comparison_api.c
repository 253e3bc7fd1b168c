#include "comparison_store.h"
#include "payments_routes.h"

enum err comparison_get(struct call *call)
{
    int64_t run_id;
    enum err err = call_path_id(call, 0, &run_id);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = comparison_store_get(call->db, run_id, &result);
    return call_answer_row(call, status, result);
}

enum err comparison_line_list(struct call *call)
{
    struct comparison_filter filter = {.cause = call_query_value(call, "cause")};
    int64_t run_id;
    enum err err = call_path_id(call, 0, &run_id);
    if (err == ERR_NONE)
        err = call_page(call, &filter.after, &filter.limit);
    if (err == ERR_NONE)
        err = call_query_choice(call, "change", "new,gone,changed,unchanged", &filter.change);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = comparison_store_lines(call->db, run_id, &filter, &result);
    if (status == DB_HARD || status == DB_RETRY)
        return db_error(call->db, status);
    db_list_json(result, (size_t)filter.limit, "unit", &call->out);
    return ERR_NONE;
}
