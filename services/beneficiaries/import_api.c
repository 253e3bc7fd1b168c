#include "import_api.h"

#include "enrolment_step.h"
#include "import_store.h"
#include "job.h"
#include "json_read.h"
#include "json_write.h"
#include "register.h"
#include "upload.h"

#include <string.h>

/* Whether the parameter `kind` names one; notes the fault. */
static enum err import_kind(struct call *call, const char **ret_kind)
{
    *ret_kind = call_query_value(call, "kind");
    if (*ret_kind != NULL && (strcmp(*ret_kind, "people") == 0 || strcmp(*ret_kind, "enrolments") == 0))
        return ERR_NONE;
    call_field_error(call, "kind", *ret_kind == NULL ? ERR_REQUIRED : ERR_BAD_VALUE);
    return ERR_BAD_QUERY;
}

enum err import_api_create(struct call *call)
{
    const char *kind;
    int64_t upload_id;
    uint8_t sha256[CRYPTO_DIGEST_BYTES];
    enum err err = import_kind(call, &kind);
    if (err == ERR_NONE)
        err = upload_keep(call->db, register_keyring(call), call->who->district, call->body, call->body_length, sha256,
                          &upload_id);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = import_store_insert(call->db, call->who->district, kind, upload_id, &result);
    if (status != DB_ROW)
        return status == DB_HARD || status == DB_RETRY ? db_error(call->db, status) : ERR_INTERNAL;
    err = job_enqueue(call->db, strcmp(kind, "people") == 0 ? "import_people" : "import_enrolments",
                      db_value_int(result, 0, 0));
    if (err == ERR_NONE)
        err = register_created(call, status, result, "/beneficiaries/imports");
    call->status = 202;
    return err;
}

enum err import_api_list(struct call *call)
{
    int64_t after;
    int64_t limit;
    enum err err = call_page(call, &after, &limit);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = import_store_list(call->db, call->who->district, after, limit, &result);
    return call_answer_list(call, status, result, limit);
}

enum err import_api_get(struct call *call)
{
    int64_t id;
    enum err err = call_path_id(call, 0, &id);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = import_store_get(call->db, call->who->district, id, &result);
    return register_answer(call, status, result);
}

static void import_write_errors(struct call *call, const struct db_result *result, size_t limit)
{
    size_t rows = db_row_count(result);
    size_t shown = rows < limit ? rows : limit;
    struct buffer *out = &call->out;
    buffer_append_text(out, "{\"items\":[");
    for (size_t row = 0; row < shown; row++) {
        const char *code = db_value(result, row, IMPORT_ERROR_CODE);
        json_separator(out);
        buffer_append_char(out, '{');
        json_member_int(out, "line", db_value_int(result, row, IMPORT_ERROR_LINE));
        json_member_text(out, "column", db_value(result, row, IMPORT_ERROR_COLUMN));
        json_member_text(out, "code", code);
        json_member_text(out, "message", err_title(err_by_code(code), call->chinese));
        buffer_append_char(out, '}');
    }
    buffer_append_text(out, "]");
    json_member(out, "next");
    if (rows > shown)
        json_write_text(out, db_value(result, shown - 1, IMPORT_ERROR_ID));
    else
        buffer_append_text(out, "null");
    buffer_append_char(out, '}');
}

enum err import_api_errors(struct call *call)
{
    int64_t id;
    int64_t after;
    int64_t limit;
    enum err err = call_path_id(call, 0, &id);
    if (err == ERR_NONE)
        err = call_page(call, &after, &limit);
    if (err == ERR_NONE)
        err = register_done(call, import_store_get(call->db, call->who->district, id, NULL));
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = import_store_errors(call->db, call->who->district, id, after, limit, &result);
    if (status == DB_HARD || status == DB_RETRY)
        return db_error(call->db, status);
    import_write_errors(call, result, (size_t)limit);
    return ERR_NONE;
}

/* Who imported does not review; only finished imports of enrolments can be approved; what a rule keeps for the lead
 * unit stays with it. */
static enum err import_check_approval(struct call *call, int64_t id)
{
    CLEANUP_RESULT struct db_result *locked = NULL;
    enum err err = register_done(call, import_store_lock(call->db, call->who->district, id, &locked));
    if (err != ERR_NONE)
        return err;
    if (strcmp(db_value(locked, 0, IMPORT_LOCKED_ACTOR), call->who->subject) == 0)
        return ERR_SAME_PERSON;
    bool finished = strcmp(db_value(locked, 0, IMPORT_LOCKED_STATE), "DONE") == 0;
    bool enrolments = strcmp(db_value(locked, 0, IMPORT_LOCKED_KIND), "enrolments") == 0;
    return finished && enrolments ? enrolment_step_decider(call, db_value_bool(locked, 0, IMPORT_LOCKED_LEAD))
                                  : ERR_WRONG_STATE;
}

enum err import_api_approve(struct call *call)
{
    int64_t id;
    int64_t approved = 0;
    int64_t skipped = 0;
    enum err err = call_path_id(call, 0, &id);
    if (err == ERR_NONE)
        err = json_read_body(call, NULL, 0, NULL);
    if (err == ERR_NONE)
        err = import_check_approval(call, id);
    if (err == ERR_NONE)
        err = db_error(call->db, import_store_approve(call->db, call->who->district, id, &approved, &skipped));
    if (err != ERR_NONE)
        return err;
    buffer_append_char(&call->out, '{');
    json_member_int(&call->out, "approved", approved);
    json_member_int(&call->out, "skipped", skipped);
    buffer_append_char(&call->out, '}');
    return ERR_NONE;
}
