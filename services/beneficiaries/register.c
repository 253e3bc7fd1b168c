#include "register.h"

#include "service.h"

#include <time.h>

const struct keyring *register_keyring(const struct call *call)
{
    return call->service->keyring;
}

struct date register_today(void)
{
    return date_today_shanghai(time(NULL));
}

const char *register_date(struct call *call, struct date date)
{
    char text[DATE_TEXT_SIZE];
    if (date.year <= 0)
        return NULL;
    date_format(date, text);
    return arena_strdup(call->arena, text);
}

enum err register_answer(struct call *call, enum db_status status, const struct db_result *result)
{
    if (status == DB_ROW)
        call->etag = db_value_int(result, 0, 1);
    return call_answer_row(call, status, result);
}

enum err register_created(struct call *call, enum db_status status, const struct db_result *result,
                          const char *path_prefix)
{
    if (status == DB_ROW)
        call->etag = db_value_int(result, 0, 1);
    return call_answer_created(call, status, result, path_prefix);
}

enum err register_listed(struct call *call, enum db_status status, const struct db_result *result,
                         const char *list_path)
{
    enum err err = call_answer_row(call, status, result);
    call->status = 201;
    call->location = list_path;
    return err == ERR_NONE && list_path == NULL ? ERR_OUT_OF_MEMORY : err;
}

enum err register_done(struct call *call, enum db_status status)
{
    if (status == DB_NONE)
        return ERR_NOT_FOUND;
    return db_error(call->db, status);
}

bool register_field_ok(struct call *call, const char *pointer, enum err err)
{
    if (err == ERR_NONE)
        return true;
    call_field_error(call, pointer, err);
    return false;
}
