#include "decision_api.h"
#include "json_read.h"
#include "programmes_routes.h"
#include "tier.h"
#include "tier_store.h"

struct tier_body {
    const char *code;
    const char *name_zh;
    const char *name_en;
    struct json_int_list disability_grades;
    int64_t age_from;
    int64_t age_to;
};

static const struct json_field tier_fields[] = {
    JSON_FIELD(struct tier_body, code, JSON_TEXT, JSON_REQUIRED, 1, TIER_CODE_BYTES_MAX, NULL),
    JSON_FIELD(struct tier_body, name_zh, JSON_TEXT, JSON_REQUIRED, 1, TIER_NAME_BYTES_MAX, NULL),
    JSON_FIELD(struct tier_body, name_en, JSON_TEXT, JSON_REQUIRED, 1, TIER_NAME_BYTES_MAX, NULL),
    JSON_FIELD(struct tier_body, disability_grades, JSON_INT_LIST, JSON_NULLABLE, 1, 4, NULL),
    JSON_FIELD(struct tier_body, age_from, JSON_INT, JSON_NULLABLE, 0, 150, NULL),
    JSON_FIELD(struct tier_body, age_to, JSON_INT, JSON_NULLABLE, 1, 150, NULL),
};

enum err tier_propose(struct call *call)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    const char *item = call->path_values[0];
    struct tier_body body;
    enum err err = decision_item(call, item, true);
    if (err == ERR_NONE)
        err = json_read_body(call, tier_fields, sizeof(tier_fields) / sizeof(tier_fields[0]), &body);
    if (err != ERR_NONE)
        return err;
    decision_note(call, "/code", tier_check_code(body.code));
    decision_note(call, "/name_zh", tier_check_name(body.name_zh));
    decision_note(call, "/name_en", tier_check_name(body.name_en));
    decision_note(call, "/age_to", tier_check_ages(body.age_from, body.age_to));
    if (body.disability_grades.values != NULL && body.disability_grades.count == 0)
        decision_note(call, "/disability_grades", ERR_TOO_SHORT);
    if (call->field_error_count > 0)
        return ERR_INVALID_FIELDS;
    const char *json = decision_body(call);
    if (json == NULL)
        return ERR_OUT_OF_MEMORY;
    enum db_status status = tier_store_propose(call->db, call->who->district, item, json, &result);
    if (status != DB_ROW)
        return db_error(call->db, status);
    status = tier_store_check(call->db, item, body.code);
    if (status != DB_ROW)
        return db_error(call->db, status);
    err = call_answer_row(call, DB_ROW, result);
    call->status = 201;
    call->location = arena_printf(call->arena, "/programmes/items/%s", item);
    return call->location != NULL ? err : ERR_OUT_OF_MEMORY;
}

static enum err tier_decide(struct call *call, bool approve)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    const char *item = call->path_values[0];
    const char *code = call->path_values[1];
    enum err err = json_read_body(call, NULL, 0, NULL);
    if (err == ERR_NONE)
        err = decision_item(call, item, true);
    if (err != ERR_NONE)
        return err;
    enum db_status status = tier_store_decide(call->db, item, code, approve);
    if (status != DB_ROW)
        return db_error(call->db, status);
    status = tier_store_get(call->db, call->who->district, item, code, &result);
    return call_answer_row(call, status, result);
}

enum err tier_approve(struct call *call)
{
    return tier_decide(call, true);
}

enum err tier_reject(struct call *call)
{
    return tier_decide(call, false);
}
