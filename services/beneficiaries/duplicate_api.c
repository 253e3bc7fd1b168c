#include "duplicate_api.h"

#include "duplicate_store.h"
#include "json_read.h"
#include "person_store.h"
#include "register.h"

struct difference_body {
    int64_t person;
    int64_t other;
};

static const struct json_field difference_fields[] = {
    JSON_FIELD(struct difference_body, person, JSON_INT, JSON_REQUIRED, 1, INT64_MAX, NULL),
    JSON_FIELD(struct difference_body, other, JSON_INT, JSON_REQUIRED, 1, INT64_MAX, NULL),
};

enum err duplicate_api_list(struct call *call)
{
    int64_t division;
    int64_t after;
    int64_t limit;
    enum err err = call_page(call, &after, &limit);
    if (err == ERR_NONE)
        err = register_query_division(call, &division);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = duplicate_store_list(call->db, call->who->district, division, after, limit, &result);
    return call_answer_list(call, status, result, limit);
}

/* Locks a person; who is not there, or out of reach, is noted at the pointer. */
static enum err difference_lock_person(struct call *call, int64_t person, const char *pointer)
{
    enum db_status status = person_store_lock(call->db, call->who->district, person, NULL);
    return status == DB_NONE ? call_field_error(call, pointer, ERR_UNKNOWN_PERSON) : db_error(call->db, status);
}

enum err duplicate_api_judge(struct call *call)
{
    struct difference_body body;
    enum err err = json_read_body(call, difference_fields, 2, &body);
    if (err != ERR_NONE)
        return err;
    if (body.person == body.other)
        return call_field_error(call, "/other", ERR_MERGE_ITSELF);
    /* Always in the same order, so that two judgements cannot wait for each other. */
    bool ordered = body.person < body.other;
    int64_t lower = ordered ? body.person : body.other;
    int64_t higher = ordered ? body.other : body.person;
    err = difference_lock_person(call, lower, ordered ? "/person" : "/other");
    if (err == ERR_NONE)
        err = difference_lock_person(call, higher, ordered ? "/other" : "/person");
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = difference_store_insert(call->db, call->who->district, lower, higher, &result);
    if (status == DB_NONE)
        return ERR_WRONG_STATE;
    err = register_listed(call, status, result, "/beneficiaries/duplicates/differences");
    if (err == ERR_NONE)
        call->etag = db_value_int(result, 0, 1);
    return err;
}

enum err duplicate_api_judgements(struct call *call)
{
    int64_t person;
    int64_t after;
    int64_t limit;
    enum err err = call_page(call, &after, &limit);
    if (err == ERR_NONE)
        err = call_query_id(call, "person", &person);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = difference_store_list(call->db, call->who->district, person, after, limit, &result);
    return call_answer_list(call, status, result, limit);
}

enum err duplicate_api_take_back(struct call *call)
{
    int64_t id;
    CLEANUP_RESULT struct db_result *locked = NULL;
    enum err err = json_read_body(call, NULL, 0, NULL);
    if (err == ERR_NONE)
        err = call_path_id(call, 0, &id);
    if (err == ERR_NONE)
        err = register_done(call, difference_store_lock(call->db, call->who->district, id, &locked));
    if (err != ERR_NONE)
        return err;
    if (!db_value_bool(locked, 0, 0))
        return ERR_WRONG_STATE;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = difference_store_undo(call->db, call->who->district, id, &result);
    return register_answer(call, status, result);
}
