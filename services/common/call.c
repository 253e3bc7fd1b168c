#include "call.h"

#include "text.h"

#include <string.h>

const char *call_query_value(const struct call *call, const char *name)
{
    for (size_t i = 0; i < call->query_count; i++)
        if (strcmp(call->query[i].name, name) == 0)
            return call->query[i].value;
    return NULL;
}

enum err call_field_error(struct call *call, const char *pointer, enum err code)
{
    if (call->field_error_count < CALL_FIELD_ERRORS_MAX)
        call->field_errors[call->field_error_count++] = (struct call_field_error){pointer, code};
    return ERR_INVALID_FIELDS;
}

enum err call_path_id(struct call *call, size_t index, int64_t *ret_id)
{
    return text_to_int64(call->path_values[index], 1, INT64_MAX, ret_id) ? ERR_NONE : ERR_NOT_FOUND;
}

enum err call_query_id(struct call *call, const char *name, int64_t *ret_id)
{
    const char *text = call_query_value(call, name);
    *ret_id = 0;
    if (text == NULL || text_to_int64(text, 0, INT64_MAX, ret_id))
        return ERR_NONE;
    call_field_error(call, name, ERR_OUT_OF_RANGE);
    return ERR_BAD_QUERY;
}

enum err call_query_choice(struct call *call, const char *name, const char *allowed, const char **ret_value)
{
    const char *value = call_query_value(call, name);
    *ret_value = value;
    if (value == NULL || text_is_listed(allowed, value))
        return ERR_NONE;
    call_field_error(call, name, ERR_BAD_VALUE);
    return ERR_BAD_QUERY;
}

enum err call_page(struct call *call, int64_t *ret_after, int64_t *ret_limit)
{
    const char *limit = call_query_value(call, "limit");
    *ret_limit = CALL_LIST_DEFAULT;
    if (limit != NULL && !text_to_int64(limit, 1, CALL_LIST_MAX, ret_limit)) {
        call_field_error(call, "limit", ERR_OUT_OF_RANGE);
        return ERR_BAD_QUERY;
    }
    return call_query_id(call, "after", ret_after);
}

enum err call_if_match(struct call *call, int64_t *ret_version)
{
    if (call->if_match == NULL)
        return ERR_IF_MATCH_REQUIRED;
    size_t length = strlen(call->if_match);
    if (length < 3 || call->if_match[0] != '"' || call->if_match[length - 1] != '"')
        return ERR_VERSION_CONFLICT;
    char *digits = arena_strndup(call->arena, call->if_match + 1, length - 2);
    if (digits == NULL)
        return ERR_OUT_OF_MEMORY;
    return text_to_int64(digits, 1, INT64_MAX, ret_version) ? ERR_NONE : ERR_VERSION_CONFLICT;
}

enum err call_answer_row(struct call *call, enum db_status status, const struct db_result *result)
{
    if (status == DB_NONE)
        return ERR_NOT_FOUND;
    if (status != DB_ROW)
        return status == DB_ROWS ? ERR_INTERNAL : db_error(call->db, status);
    db_row_json(result, 0, &call->out);
    return ERR_NONE;
}

enum err call_answer_created(struct call *call, enum db_status status, const struct db_result *result,
                             const char *path_prefix)
{
    enum err err = call_answer_row(call, status, result);
    if (err != ERR_NONE)
        return err;
    call->status = 201;
    call->location = arena_printf(call->arena, "%s/%s", path_prefix, db_value(result, 0, 0));
    return call->location != NULL ? ERR_NONE : ERR_OUT_OF_MEMORY;
}

enum err call_answer_list(struct call *call, enum db_status status, const struct db_result *result, int64_t limit)
{
    if (status == DB_HARD || status == DB_RETRY)
        return db_error(call->db, status);
    db_list_json(result, (size_t)limit, "id", &call->out);
    return ERR_NONE;
}
