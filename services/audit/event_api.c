#include "audit_routes.h"
#include "date.h"
#include "event_store.h"

#include <string.h>

enum { EVENT_NAME_BYTES_MAX = 64 };

static enum err event_refuse(struct call *call, const char *name, enum err err)
{
    call_field_error(call, name, err);
    return ERR_BAD_QUERY;
}

static enum err event_text(struct call *call, const char *name, const char **ret_text)
{
    *ret_text = call_query_value(call, name);
    if (*ret_text != NULL && strlen(*ret_text) > EVENT_NAME_BYTES_MAX)
        return event_refuse(call, name, ERR_TOO_LONG);
    return ERR_NONE;
}

static enum err event_day(struct call *call, const char *name, const char **ret_text)
{
    struct date day;
    *ret_text = call_query_value(call, name);
    if (*ret_text != NULL && !date_parse(*ret_text, &day))
        return event_refuse(call, name, ERR_BAD_DATE);
    return ERR_NONE;
}

static enum err event_read_filter(struct call *call, struct event_filter *ret_filter)
{
    enum err err = call_page(call, &ret_filter->after, &ret_filter->limit);
    if (err == ERR_NONE)
        err = event_text(call, "entity", &ret_filter->entity);
    if (err == ERR_NONE)
        err = event_text(call, "id", &ret_filter->entity_id);
    if (err == ERR_NONE)
        err = event_text(call, "actor", &ret_filter->actor);
    if (err == ERR_NONE)
        err = event_day(call, "from", &ret_filter->from);
    if (err == ERR_NONE)
        err = event_day(call, "to", &ret_filter->to);
    if (err == ERR_NONE && ret_filter->entity_id != NULL && ret_filter->entity == NULL)
        err = event_refuse(call, "entity", ERR_REQUIRED);
    return err;
}

enum err event_list(struct call *call)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    struct event_filter filter;
    enum err err = event_read_filter(call, &filter);
    if (err != ERR_NONE)
        return err;
    enum db_status status = event_store_list(call->db, call->who->district, &filter, &result);
    return call_answer_list(call, status, result, filter.limit);
}

enum err event_get(struct call *call)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    int64_t id;
    enum err err = call_path_id(call, 0, &id);
    if (err != ERR_NONE)
        return err;
    enum db_status status = event_store_get(call->db, call->who->district, id, &result);
    return call_answer_row(call, status, result);
}
