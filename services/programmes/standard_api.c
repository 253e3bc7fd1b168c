#include "item_store.h"
#include "json_read.h"
#include "programmes_routes.h"
#include "standard.h"
#include "standard_store.h"

#include <string.h>

enum { CODE_BYTES_MAX = 39, SOURCE_BYTES_MAX = 4 * STANDARD_SOURCE_CHARS_MAX };

struct standard_body {
    const char *tier;
    int64_t amount_fen;
    const char *amount_per;
    struct date valid_from;
    struct date valid_to;
    const char *source;
    int confirmed;
};

static const struct json_field standard_fields[] = {
    JSON_FIELD(struct standard_body, tier, JSON_TEXT, JSON_REQUIRED, 1, CODE_BYTES_MAX, NULL),
    JSON_FIELD(struct standard_body, amount_fen, JSON_INT, JSON_REQUIRED, 1, STANDARD_AMOUNT_FEN_MAX, NULL),
    JSON_FIELD(struct standard_body, amount_per, JSON_TEXT, JSON_REQUIRED, 1, CODE_BYTES_MAX, "month,year"),
    JSON_FIELD(struct standard_body, valid_from, JSON_DATE, JSON_REQUIRED, 0, 0, NULL),
    JSON_FIELD(struct standard_body, valid_to, JSON_DATE, JSON_NULLABLE, 0, 0, NULL),
    JSON_FIELD(struct standard_body, source, JSON_TEXT, JSON_REQUIRED, 1, SOURCE_BYTES_MAX, NULL),
    JSON_FIELD(struct standard_body, confirmed, JSON_BOOL, JSON_REQUIRED, 0, 0, NULL),
};

static enum err standard_item(struct call *call, const char *item)
{
    enum db_status status = item_store_exists(call->db, call->who->district, item);
    return status == DB_NONE ? ERR_NOT_FOUND : db_error(call->db, status);
}

enum err standard_list(struct call *call)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    int64_t after, limit;
    const char *item = call->path_values[0];
    enum err err = call_page(call, &after, &limit);
    if (err == ERR_NONE)
        err = standard_item(call, item);
    if (err != ERR_NONE)
        return err;
    enum db_status status = standard_store_list(call->db, call->who->district, item, after, limit, &result);
    return call_answer_list(call, status, result, limit);
}

enum err standard_get(struct call *call)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    int64_t id;
    enum err err = call_path_id(call, 0, &id);
    if (err != ERR_NONE)
        return err;
    enum db_status status = standard_store_get(call->db, call->who->district, id, &result);
    return call_answer_row(call, status, result);
}

static void standard_note(struct call *call, const char *pointer, enum err err)
{
    if (err != ERR_NONE)
        call_field_error(call, pointer, err);
}

/* All faults of a body at once; *ret_ends is false for a standard without an end. */
static enum err standard_check_body(struct call *call, struct standard_body *body, bool *ret_ends)
{
    *ret_ends = body->valid_to.year > 0;
    if (!*ret_ends)
        body->valid_to = (struct date){0};
    standard_note(call, "/valid_from", standard_check_day(body->valid_from));
    if (*ret_ends)
        standard_note(call, "/valid_to", standard_check_day(body->valid_to));
    standard_note(call, "/valid_to", standard_check_validity(body->valid_from, body->valid_to));
    standard_note(call, "/source", standard_check_source(body->source));
    return call->field_error_count == 0 ? ERR_NONE : ERR_INVALID_FIELDS;
}

enum err standard_propose(struct call *call)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    const char *item = call->path_values[0];
    struct standard_body body;
    bool ends;
    if (!principal_reaches_programme(call->who, item))
        return ERR_NOT_FOUND;
    enum err err = standard_item(call, item);
    if (err == ERR_NONE)
        err = json_read_body(call, standard_fields, sizeof(standard_fields) / sizeof(standard_fields[0]), &body);
    if (err == ERR_NONE)
        err = standard_check_body(call, &body, &ends);
    if (err != ERR_NONE)
        return err;
    char valid_from[DATE_TEXT_SIZE];
    char valid_to[DATE_TEXT_SIZE];
    date_format(body.valid_from, valid_from);
    if (ends)
        date_format(body.valid_to, valid_to);
    const struct standard_proposal proposal = {.item = item,
                                               .tier = body.tier,
                                               .amount_fen = body.amount_fen,
                                               .amount_per = body.amount_per,
                                               .valid_from = valid_from,
                                               .valid_to = ends ? valid_to : NULL,
                                               .source = body.source,
                                               .confirmed = body.confirmed == 1};
    enum db_status status = standard_store_propose(call->db, call->who->district, &proposal, &result);
    if (status == DB_NONE)
        return call_field_error(call, "/tier", ERR_UNKNOWN_TIER);
    return call_answer_created(call, status, result, "/programmes/standards");
}

static enum err standard_may_approve(struct call *call, int64_t id)
{
    CLEANUP_RESULT struct db_result *locked = NULL;
    enum db_status status = standard_store_lock(call->db, call->who->district, id, &locked);
    if (status != DB_ROW)
        return status == DB_NONE ? ERR_NOT_FOUND : db_error(call->db, status);
    if (!principal_reaches_programme(call->who, db_value(locked, 0, 0)))
        return ERR_NOT_FOUND;
    return standard_check_approval(db_value_bool(locked, 0, 2), db_value(locked, 0, 1), call->who->subject);
}

enum err standard_approve(struct call *call)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    int64_t id;
    enum err err = call_path_id(call, 0, &id);
    if (err == ERR_NONE)
        err = json_read_body(call, NULL, 0, NULL);
    if (err == ERR_NONE)
        err = standard_may_approve(call, id);
    if (err != ERR_NONE)
        return err;
    enum db_status status = standard_store_approve(call->db, call->who->district, id, &result);
    if (status == DB_HARD && strcmp(db_sqlstate(call->db), "23P01") == 0)
        return ERR_STANDARD_OVERLAPS;
    return call_answer_row(call, status, result);
}
