#include "enrolment_step.h"

#include "register.h"
#include "scope.h"

#include <string.h>

enum err enrolment_step_begin(struct call *call, enum enrolment_step step, int64_t *ret_id,
                              struct db_result **ret_locked)
{
    enum enrolment_state state;
    enum err err = call_path_id(call, 0, ret_id);
    if (err == ERR_NONE)
        err = register_done(call, enrolment_store_lock(call->db, call->who->district, *ret_id, ret_locked));
    if (err != ERR_NONE)
        return err;
    if (!enrolment_state_parse(db_value(*ret_locked, 0, ENROLMENT_LOCKED_STATE), &state))
        return ERR_INTERNAL;
    return enrolment_check_step(step, state, db_value(*ret_locked, 0, ENROLMENT_LOCKED_APPLIED_BY), call->who->subject);
}

enum err enrolment_step_decider(const struct call *call, bool lead)
{
    uint32_t any = lead ? SCOPE_BENEFICIARIES_APPROVE : SCOPE_BENEFICIARIES_APPROVE | SCOPE_BENEFICIARIES_REVIEW;
    return (call->who->scopes & any) != 0 ? ERR_NONE : ERR_FORBIDDEN;
}

static enum err step_note_obstacle(struct call *call, const struct db_result *rows, size_t row)
{
    const char *other = db_value(rows, row, ENROLMENT_OBSTACLE_OTHER);
    const char *field = db_value(rows, row, ENROLMENT_OBSTACLE_FIELD);
    if (other != NULL && call->other.code == NULL) {
        call->other.code = arena_strdup(call->arena, other);
        call->other.name_zh = arena_strdup(call->arena, db_value(rows, row, ENROLMENT_OBSTACLE_OTHER_ZH));
        call->other.name_en = arena_strdup(call->arena, db_value(rows, row, ENROLMENT_OBSTACLE_OTHER_EN));
    }
    if (field == NULL)
        return ERR_NONE;
    bool document = strcmp(db_value(rows, row, ENROLMENT_OBSTACLE_CODE), "documents_missing") == 0;
    const char *pointer = arena_printf(call->arena, "/%s/%s", document ? "documents" : "checks", field);
    if (pointer == NULL)
        return ERR_OUT_OF_MEMORY;
    call_field_error(call, pointer, err_by_code(db_value(rows, row, ENROLMENT_OBSTACLE_FIELD_CODE)));
    return ERR_NONE;
}

enum err enrolment_step_allowed(struct call *call, int64_t id, const char *from, const char *step)
{
    CLEANUP_RESULT struct db_result *rows = NULL;
    enum db_status status = enrolment_store_obstacles(call->db, call->who->district, id, from, step, &rows);
    if (status == DB_NONE)
        return ERR_NONE;
    if (status != DB_ROW && status != DB_ROWS)
        return db_error(call->db, status);
    const char *first = db_value(rows, 0, ENROLMENT_OBSTACLE_CODE);
    for (size_t row = 0; row < db_row_count(rows); row++) {
        if (strcmp(db_value(rows, row, ENROLMENT_OBSTACLE_CODE), first) != 0)
            break;
        enum err err = step_note_obstacle(call, rows, row);
        if (err != ERR_NONE)
            return err;
    }
    return err_by_code(first);
}

bool enrolment_step_evidence_ok(struct call *call, const char *evidence)
{
    return evidence == NULL || register_field_ok(call, "/evidence", enrolment_check_evidence(evidence));
}

enum err enrolment_step_of_path(struct call *call, int64_t *ret_id)
{
    enum err err = call_path_id(call, 0, ret_id);
    return err == ERR_NONE ? register_done(call, enrolment_store_get(call->db, call->who->district, *ret_id, NULL))
                           : err;
}

enum err enrolment_step_note(struct call *call, int64_t id, const struct enrolment_note *note, int64_t *ret_event,
                             int64_t *ret_seq)
{
    CLEANUP_RESULT struct db_result *noted = NULL;
    enum db_status status = enrolment_store_note(call->db, id, note, &noted);
    if (status != DB_ROW)
        return status == DB_NONE ? ERR_INTERNAL : db_error(call->db, status);
    *ret_event = db_value_int(noted, 0, ENROLMENT_NOTED_EVENT);
    *ret_seq = db_value_int(noted, 0, ENROLMENT_NOTED_SEQ);
    return ERR_NONE;
}

enum err enrolment_step_range(struct call *call, enum err err, const char *pointer)
{
    return err == ERR_OUT_OF_RANGE ? call_field_error(call, pointer, err) : err;
}

enum err enrolment_step_list(struct call *call, enrolment_list_reader *list)
{
    int64_t id;
    int64_t after;
    int64_t limit;
    enum err err = call_page(call, &after, &limit);
    if (err == ERR_NONE)
        err = enrolment_step_of_path(call, &id);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = list(call->db, call->who->district, id, after, limit, &result);
    return call_answer_list(call, status, result, limit);
}
