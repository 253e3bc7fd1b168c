#include "item_store.h"
#include "programmes_routes.h"

#include <string.h>

static bool item_kind_valid(const char *kind)
{
    return kind == NULL || strcmp(kind, "subsidy") == 0 || strcmp(kind, "service") == 0 || strcmp(kind, "works") == 0;
}

/* Lists whose cursor is not a column named id. */
static enum err answer_list(struct call *call, enum db_status status, const struct db_result *result, int64_t limit,
                            const char *cursor)
{
    if (status == DB_HARD || status == DB_RETRY)
        return db_error(call->db, status);
    db_list_json(result, (size_t)limit, cursor, &call->out);
    return ERR_NONE;
}

enum err division_list(struct call *call)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    int64_t after, limit;
    enum err err = call_page(call, &after, &limit);
    if (err != ERR_NONE)
        return err;
    enum db_status status = division_store_list(call->db, call->who->district, after, limit, &result);
    return answer_list(call, status, result, limit, "code");
}

enum err item_list(struct call *call)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    int64_t after, limit;
    const char *kind = call_query_value(call, "kind");
    enum err err = call_page(call, &after, &limit);
    if (err != ERR_NONE)
        return err;
    if (!item_kind_valid(kind)) {
        call_field_error(call, "kind", ERR_BAD_VALUE);
        return ERR_BAD_QUERY;
    }
    enum db_status status = item_store_list(call->db, call->who->district, kind, after, limit, &result);
    return answer_list(call, status, result, limit, "sort");
}

enum err item_get(struct call *call)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = item_store_get(call->db, call->who->district, call->path_values[0], &result);
    return call_answer_row(call, status, result);
}
