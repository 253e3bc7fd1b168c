#include "merge_api.h"

#include "json_read.h"
#include "merge_store.h"
#include "person_store.h"
#include "register.h"

enum { MERGE_CAUSE_BYTES_MAX = 39 };

struct merge_body {
    int64_t survivor;
    int64_t merged;
    const char *cause;
};

static const struct json_field merge_fields[] = {
    JSON_FIELD(struct merge_body, survivor, JSON_INT, JSON_REQUIRED, 1, INT64_MAX, NULL),
    JSON_FIELD(struct merge_body, merged, JSON_INT, JSON_REQUIRED, 1, INT64_MAX, NULL),
    JSON_FIELD(struct merge_body, cause, JSON_TEXT, JSON_REQUIRED, 1, MERGE_CAUSE_BYTES_MAX,
               "registered_twice,number_corrected"),
};

struct merge_undo_body {
    const char *cause;
};

static const struct json_field merge_undo_fields[] = {
    JSON_FIELD(struct merge_undo_body, cause, JSON_TEXT, JSON_REQUIRED, 1, MERGE_CAUSE_BYTES_MAX,
               "two_people,wrong_survivor,other"),
};

/* Notes a person that is not there, or out of reach, at the pointer. */
static enum err merge_check_person(struct call *call, int64_t person, const char *pointer)
{
    enum db_status status = person_store_get(call->db, call->who->district, person, NULL);
    if (status == DB_HARD || status == DB_RETRY)
        return db_error(call->db, status);
    register_field_ok(call, pointer, status == DB_NONE ? ERR_UNKNOWN_PERSON : ERR_NONE);
    return ERR_NONE;
}

static enum err merge_check_people(struct call *call, const struct merge_body *body)
{
    enum err err = merge_check_person(call, body->survivor, "/survivor");
    if (err == ERR_NONE)
        err = merge_check_person(call, body->merged, "/merged");
    if (err != ERR_NONE)
        return err;
    if (body->survivor == body->merged)
        call_field_error(call, "/merged", ERR_MERGE_ITSELF);
    return call->field_error_count == 0 ? ERR_NONE : ERR_INVALID_FIELDS;
}

static enum err merge_answer(struct call *call, int64_t id, bool created)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = merge_store_get(call->db, call->who->district, id, &result);
    return created ? register_created(call, status, result, "/beneficiaries/merges")
                   : register_answer(call, status, result);
}

enum err merge_api_propose(struct call *call)
{
    struct merge_body body;
    int64_t id;
    enum err err = json_read_body(call, merge_fields, 3, &body);
    if (err == ERR_NONE)
        err = merge_check_people(call, &body);
    if (err == ERR_NONE)
        err = register_done(call, merge_store_propose(call->db, body.survivor, body.merged, body.cause, &id));
    return err == ERR_NONE ? merge_answer(call, id, true) : err;
}

enum err merge_api_list(struct call *call)
{
    struct merge_filter filter = {.district = call->who->district};
    enum err err = call_page(call, &filter.after, &filter.limit);
    if (err == ERR_NONE)
        err = call_query_id(call, "person", &filter.person);
    if (err == ERR_NONE)
        err = call_query_choice(call, "state", "PROPOSED,DONE,UNDONE,REJECTED", &filter.state);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = merge_store_list(call->db, &filter, &result);
    return call_answer_list(call, status, result, filter.limit);
}

enum err merge_api_get(struct call *call)
{
    int64_t id;
    enum err err = call_path_id(call, 0, &id);
    return err == ERR_NONE ? merge_answer(call, id, false) : err;
}

static enum err merge_decide(struct call *call, bool approves)
{
    int64_t id;
    enum err err = json_read_body(call, NULL, 0, NULL);
    if (err == ERR_NONE)
        err = call_path_id(call, 0, &id);
    if (err == ERR_NONE)
        err = register_done(call, merge_store_decide(call->db, id, approves));
    return err == ERR_NONE ? merge_answer(call, id, false) : err;
}

enum err merge_api_approve(struct call *call)
{
    return merge_decide(call, true);
}

enum err merge_api_reject(struct call *call)
{
    return merge_decide(call, false);
}

enum err merge_api_undo(struct call *call)
{
    struct merge_undo_body body;
    int64_t id;
    enum err err = json_read_body(call, merge_undo_fields, 1, &body);
    if (err == ERR_NONE)
        err = call_path_id(call, 0, &id);
    if (err == ERR_NONE)
        err = register_done(call, merge_store_undo(call->db, id, body.cause));
    return err == ERR_NONE ? merge_answer(call, id, false) : err;
}
