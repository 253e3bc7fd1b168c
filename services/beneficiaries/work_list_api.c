#include "work_list_api.h"

#include "register.h"
#include "work_list.h"
#include "work_list_store.h"

#include <stdint.h>

enum err work_list_api_list(struct call *call)
{
    const char *kind;
    int64_t division;
    int64_t after;
    int64_t limit;
    enum err err = call_page(call, &after, &limit);
    if (err == ERR_NONE)
        err = register_query_division(call, &division);
    if (err == ERR_NONE)
        err = call_query_choice(call, "kind", WORK_LIST_KINDS, &kind);
    if (err != ERR_NONE)
        return err;
    if (kind == NULL) {
        call_field_error(call, "kind", ERR_REQUIRED);
        return ERR_BAD_QUERY;
    }
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = work_list_store_list(call->db, call->who->district, kind, division, after, limit, &result);
    return call_answer_list(call, status, result, limit);
}

enum err work_list_api_summary(struct call *call)
{
    int64_t division;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum err err = register_query_division(call, &division);
    if (err == ERR_NONE)
        err = db_error(call->db, work_list_store_summary(call->db, call->who->district, division, &result));
    /* Kinds times divisions: one page always holds it. */
    if (err == ERR_NONE)
        db_list_json(result, SIZE_MAX, "division", &call->out);
    return err;
}
