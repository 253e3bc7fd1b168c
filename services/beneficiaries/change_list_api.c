#include "change_list_api.h"

#include "change_list.h"
#include "change_list_store.h"
#include "job.h"
#include "json_read.h"
#include "json_write.h"
#include "register.h"
#include "upload.h"

#include <string.h>

enum { APPROVE_LINES_MAX = 100 /* each takes 20 to 60 ms of a call that may take 10 s */ };

struct change_list_body {
    const char *mode;
};

static const struct json_field change_list_fields[] = {
    JSON_FIELD(struct change_list_body, mode, JSON_TEXT, JSON_REQUIRED, 1, 10, "all,good"),
};

/* Line feeds are no part of another character in any encoding that a list may have but UTF-16, whose lists the worker
 * counts again. */
static bool change_list_is_too_long(const char *body, size_t length)
{
    size_t lines = 0;
    const char *end = body + length;
    for (const char *at = body; at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++)
        lines++;
    return lines > CHANGE_LIST_LINES_MAX + 1;
}

/* The same bytes are one list. The one that is there is named, when it is within reach. */
static enum err change_list_check_known(struct call *call, const uint8_t sha256[static CRYPTO_DIGEST_BYTES])
{
    CLEANUP_RESULT struct db_result *known = NULL;
    enum db_status status = change_list_store_known(call->db, call->who->district, sha256, &known);
    if (status != DB_ROW)
        return db_error(call->db, status);
    call->see = arena_printf(call->arena, "/beneficiaries/change-lists/%s", db_value(known, 0, 0));
    return call->see != NULL ? ERR_ALREADY_EXISTS : ERR_OUT_OF_MEMORY;
}

enum err change_list_api_create(struct call *call)
{
    int64_t upload_id;
    uint8_t sha256[CRYPTO_DIGEST_BYTES];
    if (call->body_length > CHANGE_LIST_BYTES_MAX)
        return ERR_PAYLOAD_TOO_LARGE;
    if (change_list_is_too_long(call->body, call->body_length))
        return ERR_TOO_MANY_LINES;
    enum err err = upload_keep(call->db, register_keyring(call), call->who->district, call->body, call->body_length,
                               sha256, &upload_id);
    if (err == ERR_NONE)
        err = change_list_check_known(call, sha256);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = change_list_store_insert(call->db, call->who->district, upload_id, &result);
    if (status != DB_ROW)
        return status == DB_NONE ? ERR_INTERNAL : db_error(call->db, status);
    err = job_enqueue(call->db, "change_list_check", db_value_int(result, 0, 0));
    if (err == ERR_NONE)
        err = register_created(call, status, result, "/beneficiaries/change-lists");
    call->status = 202;
    return err;
}

enum err change_list_api_list(struct call *call)
{
    int64_t after;
    int64_t limit;
    enum err err = call_page(call, &after, &limit);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = change_list_store_list(call->db, call->who->district, after, limit, &result);
    return call_answer_list(call, status, result, limit);
}

/* Answers the list as it is now. */
static enum err change_list_answer(struct call *call, int64_t id)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = change_list_store_get(call->db, call->who->district, id, &result);
    return register_answer(call, status, result);
}

enum err change_list_api_get(struct call *call)
{
    int64_t id;
    enum err err = call_path_id(call, 0, &id);
    return err == ERR_NONE ? change_list_answer(call, id) : err;
}

/* The list of the path, which must be within reach. */
static enum err change_list_find(struct call *call, int64_t *ret_id)
{
    enum err err = call_path_id(call, 0, ret_id);
    if (err == ERR_NONE)
        err = register_done(call, change_list_store_get(call->db, call->who->district, *ret_id, NULL));
    return err;
}

enum err change_list_api_lines(struct call *call)
{
    int64_t id;
    int64_t after;
    int64_t limit;
    const char *state;
    enum err err = change_list_find(call, &id);
    if (err == ERR_NONE)
        err = call_page(call, &after, &limit);
    if (err == ERR_NONE)
        err = call_query_choice(call, "state", "GOOD,BAD,APPLIED,UNDONE", &state);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = change_list_store_lines(call->db, call->who->district, id, state, after, limit, &result);
    if (status == DB_HARD || status == DB_RETRY)
        return db_error(call->db, status);
    db_list_json(result, (size_t)limit, "line", &call->out);
    return ERR_NONE;
}

/* The words of a list, one after the other. */
static const char *change_list_join(struct arena *arena, const char *const *words, size_t count, const char *comma)
{
    const char *joined = words[0];
    for (size_t i = 1; i < count && joined != NULL; i++)
        joined = arena_printf(arena, "%s%s%s", joined, comma, words[i]);
    return joined;
}

/* A fault in words: its title, and what could stand there. Nothing of the file. */
static const char *change_list_fault_text(struct arena *arena, const struct db_result *result, size_t row, bool chinese)
{
    const char *code = db_value(result, row, CHANGE_ERROR_CODE);
    const char *title = err_title(err_by_code(code), chinese);
    const char *allowed = db_value(result, row, chinese ? CHANGE_ERROR_TIERS_ZH : CHANGE_ERROR_TIERS_EN);
    const struct import_words *words =
        change_list_allowed(db_value(result, row, CHANGE_ERROR_ACTION), db_value(result, row, CHANGE_ERROR_KEY));
    if (strcmp(code, "bad_value") != 0)
        return title;
    if (words != NULL)
        allowed = change_list_join(arena, chinese ? words->zh : words->en, words->count, chinese ? "、" : ", ");
    const char *text = allowed != NULL ? arena_printf(arena, chinese ? "%s：%s" : "%s: %s", title, allowed) : title;
    return text != NULL ? text : title;
}

static void change_list_write_errors(struct arena *arena, struct buffer *out, const struct db_result *result,
                                     size_t limit)
{
    size_t rows = db_row_count(result);
    size_t shown = rows < limit ? rows : limit;
    buffer_append_text(out, "{\"items\":[");
    for (size_t row = 0; row < shown; row++) {
        const char *code = db_value(result, row, CHANGE_ERROR_CODE);
        json_separator(out);
        buffer_append_char(out, '{');
        json_member_int(out, "line", db_value_int(result, row, CHANGE_ERROR_LINE));
        json_member_text(out, "column", db_value(result, row, CHANGE_ERROR_COLUMN));
        json_member_text(out, "code", code);
        json_member_text(out, "zh", change_list_fault_text(arena, result, row, true));
        json_member_text(out, "en", change_list_fault_text(arena, result, row, false));
        buffer_append_char(out, '}');
    }
    buffer_append_text(out, "]");
    json_member(out, "next");
    json_write_text(out, rows > shown ? db_value(result, shown - 1, CHANGE_ERROR_ID) : NULL);
    buffer_append_char(out, '}');
}

enum err change_list_api_errors(struct call *call)
{
    int64_t id;
    int64_t after;
    int64_t limit;
    enum err err = change_list_find(call, &id);
    if (err == ERR_NONE)
        err = call_page(call, &after, &limit);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = change_list_store_errors(call->db, call->who->district, id, after, limit, &result);
    if (status == DB_HARD || status == DB_RETRY)
        return db_error(call->db, status);
    change_list_write_errors(call->arena, &call->out, result, (size_t)limit);
    return ERR_NONE;
}

enum err change_list_api_apply(struct call *call)
{
    int64_t id;
    struct change_list_body body;
    enum err err = json_read_body(call, change_list_fields, 1, &body);
    if (err == ERR_NONE)
        err = change_list_find(call, &id);
    if (err == ERR_NONE)
        err = db_error(call->db, change_list_store_apply(call->db, id, body.mode));
    if (err == ERR_NONE)
        err = job_enqueue(call->db, "change_list_apply", id);
    if (err == ERR_NONE)
        err = change_list_answer(call, id);
    call->status = 202;
    return err;
}

enum err change_list_api_approve(struct call *call)
{
    int64_t id;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum err err = json_read_body(call, NULL, 0, NULL);
    if (err == ERR_NONE)
        err = change_list_find(call, &id);
    if (err != ERR_NONE)
        return err;
    enum db_status status = change_list_store_approve(call->db, id, APPROVE_LINES_MAX, &result);
    return call_answer_row(call, status, result);
}

enum err change_list_api_undo(struct call *call)
{
    int64_t id;
    enum err err = json_read_body(call, NULL, 0, NULL);
    if (err == ERR_NONE)
        err = change_list_find(call, &id);
    if (err == ERR_NONE)
        err = db_error(call->db, change_list_store_undo(call->db, id));
    return err == ERR_NONE ? change_list_answer(call, id) : err;
}
