#include "register.h"

#include "service.h"

#include <time.h>

enum { REGISTER_DIVISION_MAX = 999999999 };

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

enum err register_check_later(struct call *call, enum db_status status, const struct db_result *later)
{
    if (status != DB_ROW)
        return status == DB_NONE ? ERR_INTERNAL : db_error(call->db, status);
    bool good = register_field_ok(call, "/valid_from", db_value_bool(later, 0, 0) ? ERR_OVERLAPS : ERR_NONE);
    good &= register_field_ok(call, "/replaces", db_value_bool(later, 0, 1) ? ERR_NONE : ERR_BAD_VALUE);
    return good ? ERR_NONE : ERR_INVALID_FIELDS;
}

struct db_param register_replaces(int64_t replaces)
{
    return replaces > 0 ? db_int(replaces) : db_null();
}

bool register_period_ok(struct call *call, struct date birth, struct date from, struct date until)
{
    struct date start = from.year > 0 ? from : register_today();
    bool unborn = birth.year > 0 && from.year > 0 && date_compare(from, birth) < 0;
    bool backwards = until.year > 0 && date_compare(until, start) <= 0;
    bool good = register_field_ok(call, "/valid_from", unborn ? ERR_BEFORE_BIRTH : ERR_NONE);
    good &= register_field_ok(call, "/valid_until", backwards ? ERR_ENDS_BEFORE_START : ERR_NONE);
    return good;
}

enum err register_query_division(struct call *call, int64_t *ret_division)
{
    enum err err = call_query_id(call, "division", ret_division);
    if (err != ERR_NONE || *ret_division <= REGISTER_DIVISION_MAX)
        return err;
    call_field_error(call, "division", ERR_OUT_OF_RANGE);
    return ERR_BAD_QUERY;
}
