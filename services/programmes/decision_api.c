#include "decision_api.h"
#include "item_store.h"
#include "json_read.h"

#include <string.h>

void decision_note(struct call *call, const char *pointer, enum err err)
{
    if (err != ERR_NONE)
        call_field_error(call, pointer, err);
}

void decision_note_validity(struct call *call, struct date from, struct date to)
{
    decision_note(call, "/valid_from", decision_check_day(from));
    if (to.year > 0)
        decision_note(call, "/valid_to", decision_check_day(to));
    decision_note(call, "/valid_to", decision_check_validity(from, to));
}

void decision_note_source(struct call *call, const char *source)
{
    decision_note(call, "/source", decision_check_source(source));
}

const char *decision_date(struct call *call, struct date date)
{
    char text[DATE_TEXT_SIZE];
    if (date.year <= 0)
        return NULL;
    date_format(date, text);
    return arena_strdup(call->arena, text);
}

const char *decision_body(struct call *call)
{
    return arena_strndup(call->arena, call->body, call->body_length);
}

enum err decision_error(const struct call *call, enum db_status status)
{
    if (status == DB_HARD && strcmp(db_sqlstate(call->db), "23503") == 0)
        return ERR_REPLACED_MISSING;
    return db_error(call->db, status);
}

enum err decision_reach(const struct call *call, const char *item)
{
    if (call->who->divisions_limited)
        return ERR_FORBIDDEN;
    return principal_reaches_programme(call->who, item) ? ERR_NONE : ERR_NOT_FOUND;
}

enum err decision_item(struct call *call, const char *item, bool to_change)
{
    enum err err = to_change ? decision_reach(call, item) : ERR_NONE;
    if (err != ERR_NONE)
        return err;
    enum db_status status = item_store_exists(call->db, call->who->district, item);
    return status == DB_NONE ? ERR_NOT_FOUND : db_error(call->db, status);
}

enum err decision_lock(struct call *call, const struct decision_noun *noun, int64_t *ret_id,
                       struct db_result **ret_locked)
{
    enum err err = call_path_id(call, 0, ret_id);
    if (err != ERR_NONE)
        return err;
    enum db_status status = noun->lock(call->db, call->who->district, *ret_id, ret_locked);
    if (status != DB_ROW)
        return status == DB_NONE ? ERR_NOT_FOUND : db_error(call->db, status);
    err = decision_reach(call, db_value(*ret_locked, 0, DECISION_LOCKED_ITEM));
    if (err == ERR_NONE && noun->bound_item > 0 && !db_is_null(*ret_locked, 0, noun->bound_item))
        err = decision_reach(call, db_value(*ret_locked, 0, noun->bound_item));
    return err;
}

static enum err decision_answer(struct call *call, const struct decision_noun *noun, int64_t id, enum db_status taken)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    if (taken == DB_HARD || taken == DB_RETRY)
        return db_error(call->db, taken);
    enum db_status status = noun->get(call->db, call->who->district, id, &result);
    return call_answer_row(call, status, result);
}

struct decision_body {
    int gap_intended;
};

static const struct json_field decision_fields[] = {
    JSON_FIELD(struct decision_body, gap_intended, JSON_BOOL, 0, 0, 0, NULL),
};

enum err decision_approve(struct call *call, const struct decision_noun *noun)
{
    CLEANUP_RESULT struct db_result *locked = NULL;
    struct decision_body body;
    int64_t id;
    enum err err = json_read_body(call, decision_fields, noun->gaps ? 1 : 0, &body);
    if (err == ERR_NONE)
        err = decision_lock(call, noun, &id, &locked);
    if (err == ERR_NONE)
        err = decision_check_approval(db_value(locked, 0, DECISION_LOCKED_STATE),
                                      db_value(locked, 0, DECISION_LOCKED_PROPOSED_BY), call->who->subject);
    if (err != ERR_NONE)
        return err;
    bool gap_intended = noun->gaps && body.gap_intended == 1;
    return decision_answer(call, noun, id, noun->approve(call->db, call->who->district, id, gap_intended));
}

enum err decision_reject(struct call *call, const struct decision_noun *noun)
{
    CLEANUP_RESULT struct db_result *locked = NULL;
    int64_t id;
    enum err err = json_read_body(call, NULL, 0, NULL);
    if (err == ERR_NONE)
        err = decision_lock(call, noun, &id, &locked);
    if (err == ERR_NONE)
        err = decision_check_rejection(db_value(locked, 0, DECISION_LOCKED_STATE));
    if (err != ERR_NONE)
        return err;
    return decision_answer(call, noun, id, noun->reject(call->db, call->who->district, id));
}
