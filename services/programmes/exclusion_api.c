#include "decision_api.h"
#include "exclusion.h"
#include "exclusion_store.h"
#include "json_read.h"
#include "programmes_routes.h"

#include <string.h>

enum { CODE_BYTES_MAX = 39, BENEFITS_MAX = 500, SOURCE_BYTES_MAX = 4 * DECISION_SOURCE_CHARS_MAX };

struct exclusion_body {
    const char *item;
    const char *tier;
    const char *kind;
    const char *other_item;
    const char *other_tier;
    const char *other_benefit;
    struct date valid_from;
    struct date valid_to;
    const char *source;
    int confirmed;
};

#define CODE(member, flags) JSON_FIELD(struct exclusion_body, member, JSON_TEXT, flags, 1, CODE_BYTES_MAX, NULL)

static const struct json_field exclusion_fields[] = {
    CODE(item, JSON_REQUIRED),
    CODE(tier, JSON_NULLABLE),
    JSON_FIELD(struct exclusion_body, kind, JSON_TEXT, JSON_REQUIRED, 1, CODE_BYTES_MAX,
               "forbidden,take_higher,top_up"),
    CODE(other_item, JSON_NULLABLE),
    CODE(other_tier, JSON_NULLABLE),
    CODE(other_benefit, JSON_NULLABLE),
    JSON_FIELD(struct exclusion_body, valid_from, JSON_DATE, JSON_REQUIRED, 0, 0, NULL),
    JSON_FIELD(struct exclusion_body, valid_to, JSON_DATE, JSON_NULLABLE, 0, 0, NULL),
    JSON_FIELD(struct exclusion_body, source, JSON_TEXT, JSON_REQUIRED, 1, SOURCE_BYTES_MAX, NULL),
    JSON_FIELD(struct exclusion_body, confirmed, JSON_BOOL, JSON_REQUIRED, 0, 0, NULL),
};

static const struct decision_noun exclusion_noun = {
    exclusion_store_lock,       exclusion_store_approve, exclusion_store_reject, exclusion_store_get, false,
    EXCLUSION_LOCKED_BOUND_ITEM};

enum err exclusion_list(struct call *call)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    int64_t after, limit;
    enum err err = call_page(call, &after, &limit);
    if (err != ERR_NONE)
        return err;
    enum db_status status =
        exclusion_store_list(call->db, call->who->district, call_query_value(call, "item"), after, limit, &result);
    return call_answer_list(call, status, result, limit);
}

enum err exclusion_get(struct call *call)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    int64_t id;
    enum err err = call_path_id(call, 0, &id);
    if (err != ERR_NONE)
        return err;
    enum db_status status = exclusion_store_get(call->db, call->who->district, id, &result);
    return call_answer_row(call, status, result);
}

static enum err exclusion_check_body(struct call *call, const struct exclusion_proposal *proposal,
                                     const struct exclusion_body *body)
{
    static const struct {
        const char *pointer;
        enum err err;
    } names[EXCLUSION_NAMES] = {[EXCLUSION_ITEM] = {"/item", ERR_UNKNOWN_ITEM},
                                [EXCLUSION_TIER] = {"/tier", ERR_UNKNOWN_TIER},
                                [EXCLUSION_OTHER_ITEM] = {"/other_item", ERR_UNKNOWN_ITEM},
                                [EXCLUSION_OTHER_TIER] = {"/other_tier", ERR_UNKNOWN_TIER},
                                [EXCLUSION_OTHER_BENEFIT] = {"/other_benefit", ERR_UNKNOWN_BENEFIT}};
    CLEANUP_RESULT struct db_result *known = NULL;
    decision_note_validity(call, body->valid_from, body->valid_to);
    decision_note_source(call, body->source);
    decision_note(call, "/other_item",
                  exclusion_check_other_item(proposal->item, proposal->other_item, proposal->other_benefit));
    decision_note(call, "/other_tier", exclusion_check_other_tier(proposal->other_item, proposal->other_tier));
    if (call->field_error_count > 0)
        return ERR_INVALID_FIELDS;
    enum db_status status = exclusion_store_known(call->db, call->who->district, proposal, &known);
    if (status != DB_ROW)
        return db_error(call->db, status);
    for (int name = 0; name < EXCLUSION_NAMES; name++)
        if (!db_value_bool(known, 0, name))
            call_field_error(call, names[name].pointer, names[name].err);
    return call->field_error_count == 0 ? ERR_NONE : ERR_INVALID_FIELDS;
}

static const char *exclusion_text(const char *value)
{
    return value == json_read_null ? NULL : value;
}

/* The items that the row would bind must be within reach; to the caller, one that is not does not exist. */
static enum err exclusion_check_reach(struct call *call, const struct exclusion_proposal *proposal)
{
    enum err err = decision_reach(call, proposal->item);
    if (err == ERR_NOT_FOUND)
        return call_field_error(call, "/item", ERR_UNKNOWN_ITEM);
    if (err != ERR_NONE || proposal->other_item == NULL || !exclusion_binds_both(proposal->kind))
        return err;
    err = decision_reach(call, proposal->other_item);
    return err == ERR_NOT_FOUND ? call_field_error(call, "/other_item", ERR_UNKNOWN_ITEM) : err;
}

enum err exclusion_propose(struct call *call)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    struct exclusion_body body;
    enum err err =
        json_read_body(call, exclusion_fields, sizeof(exclusion_fields) / sizeof(exclusion_fields[0]), &body);
    if (err != ERR_NONE)
        return err;
    const struct exclusion_proposal proposal = {.item = body.item,
                                                .tier = exclusion_text(body.tier),
                                                .kind = body.kind,
                                                .other_item = exclusion_text(body.other_item),
                                                .other_tier = exclusion_text(body.other_tier),
                                                .other_benefit = exclusion_text(body.other_benefit),
                                                .valid_from = decision_date(call, body.valid_from),
                                                .valid_to = decision_date(call, body.valid_to),
                                                .source = body.source,
                                                .confirmed = body.confirmed == 1};
    err = exclusion_check_body(call, &proposal, &body);
    if (err == ERR_NONE)
        err = exclusion_check_reach(call, &proposal);
    if (err != ERR_NONE)
        return err;
    enum db_status status = exclusion_store_propose(call->db, call->who->district, &proposal, &result);
    if (status != DB_ROW)
        return db_error(call->db, status);
    status = exclusion_store_check(call->db, db_value_int(result, 0, 0));
    if (status != DB_ROW)
        return db_error(call->db, status);
    return call_answer_created(call, DB_ROW, result, "/programmes/exclusions");
}

enum err exclusion_approve(struct call *call)
{
    return decision_approve(call, &exclusion_noun);
}

enum err exclusion_reject(struct call *call)
{
    return decision_reject(call, &exclusion_noun);
}

struct exclusion_end_body {
    struct date valid_to;
    const char *source;
};

static const struct json_field exclusion_end_fields[] = {
    JSON_FIELD(struct exclusion_end_body, valid_to, JSON_DATE, JSON_REQUIRED, 0, 0, NULL),
    JSON_FIELD(struct exclusion_end_body, source, JSON_TEXT, JSON_REQUIRED, 1, SOURCE_BYTES_MAX, NULL),
};

static enum err exclusion_may_end(struct call *call, const struct db_result *locked, struct date end)
{
    struct date from = {0};
    struct date to = {0};
    if (strcmp(db_value(locked, 0, DECISION_LOCKED_STATE), "APPROVED") != 0)
        return ERR_WRONG_STATE;
    if (!date_parse(db_value(locked, 0, EXCLUSION_LOCKED_VALID_FROM), &from))
        return ERR_INTERNAL;
    if (!db_is_null(locked, 0, EXCLUSION_LOCKED_VALID_TO) &&
        !date_parse(db_value(locked, 0, EXCLUSION_LOCKED_VALID_TO), &to))
        return ERR_INTERNAL;
    enum err err = exclusion_check_end(from, to, end);
    return err == ERR_NONE ? ERR_NONE : call_field_error(call, "/valid_to", err);
}

static enum err exclusion_answer(struct call *call, int64_t id, enum db_status taken)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    if (taken != DB_ROW)
        return db_error(call->db, taken);
    enum db_status status = exclusion_store_get(call->db, call->who->district, id, &result);
    return call_answer_row(call, status, result);
}

enum err exclusion_end_propose(struct call *call)
{
    CLEANUP_RESULT struct db_result *locked = NULL;
    struct exclusion_end_body body;
    int64_t id;
    enum err err = json_read_body(call, exclusion_end_fields,
                                  sizeof(exclusion_end_fields) / sizeof(exclusion_end_fields[0]), &body);
    if (err == ERR_NONE)
        err = decision_lock(call, &exclusion_noun, &id, &locked);
    if (err == ERR_NONE)
        err = exclusion_may_end(call, locked, body.valid_to);
    if (err != ERR_NONE)
        return err;
    decision_note_source(call, body.source);
    if (call->field_error_count > 0)
        return ERR_INVALID_FIELDS;
    return exclusion_answer(call, id,
                            exclusion_store_end_propose(call->db, id, decision_date(call, body.valid_to), body.source));
}

static enum err exclusion_end_decide(struct call *call, bool approve)
{
    CLEANUP_RESULT struct db_result *locked = NULL;
    int64_t id;
    enum err err = json_read_body(call, NULL, 0, NULL);
    if (err == ERR_NONE)
        err = decision_lock(call, &exclusion_noun, &id, &locked);
    return err != ERR_NONE ? err : exclusion_answer(call, id, exclusion_store_end_decide(call->db, id, approve));
}

enum err exclusion_end_approve(struct call *call)
{
    return exclusion_end_decide(call, true);
}

enum err exclusion_end_reject(struct call *call)
{
    return exclusion_end_decide(call, false);
}

enum err benefit_list(struct call *call)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = benefit_store_list(call->db, &result);
    if (status == DB_HARD || status == DB_RETRY)
        return db_error(call->db, status);
    db_list_json(result, BENEFITS_MAX, "code", &call->out);
    return ERR_NONE;
}
