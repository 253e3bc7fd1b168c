#include "decision_api.h"
#include "json_read.h"
#include "programmes_routes.h"
#include "standard.h"
#include "standard_store.h"

enum { CODE_BYTES_MAX = 39, SOURCE_BYTES_MAX = 4 * DECISION_SOURCE_CHARS_MAX };

struct standard_body {
    const char *tier;
    int64_t amount_fen;
    int64_t basis_points;
    const char *amount_per;
    struct date valid_from;
    struct date valid_to;
    const char *source;
    int confirmed;
    int64_t replaces;
    int gap_intended;
};

static const struct json_field standard_fields[] = {
    JSON_FIELD(struct standard_body, tier, JSON_TEXT, JSON_REQUIRED, 1, CODE_BYTES_MAX, NULL),
    JSON_FIELD(struct standard_body, amount_fen, JSON_INT, 0, 1, STANDARD_AMOUNT_FEN_MAX, NULL),
    JSON_FIELD(struct standard_body, basis_points, JSON_INT, 0, 1, STANDARD_BASIS_POINTS_MAX, NULL),
    JSON_FIELD(struct standard_body, amount_per, JSON_TEXT, JSON_REQUIRED, 1, CODE_BYTES_MAX,
               "month,year,term,day,case,percent"),
    JSON_FIELD(struct standard_body, valid_from, JSON_DATE, JSON_REQUIRED, 0, 0, NULL),
    JSON_FIELD(struct standard_body, valid_to, JSON_DATE, JSON_NULLABLE, 0, 0, NULL),
    JSON_FIELD(struct standard_body, source, JSON_TEXT, JSON_REQUIRED, 1, SOURCE_BYTES_MAX, NULL),
    JSON_FIELD(struct standard_body, confirmed, JSON_BOOL, JSON_REQUIRED, 0, 0, NULL),
    JSON_FIELD(struct standard_body, replaces, JSON_INT, JSON_NULLABLE, 1, INT64_MAX, NULL),
    JSON_FIELD(struct standard_body, gap_intended, JSON_BOOL, 0, 0, 0, NULL),
};

static const struct decision_noun standard_noun = {
    standard_store_lock, standard_store_approve, standard_store_reject, standard_store_get, true, 0};

enum err standard_list(struct call *call)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    int64_t after, limit;
    const char *item = call->path_values[0];
    enum err err = call_page(call, &after, &limit);
    if (err == ERR_NONE)
        err = decision_item(call, item, false);
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

/* All faults of a body at once. */
static enum err standard_check_body(struct call *call, const struct standard_body *body)
{
    decision_note(call, "/amount_fen", standard_check_amount(body->amount_per, body->amount_fen > 0));
    decision_note(call, "/basis_points", standard_check_basis_points(body->amount_per, body->basis_points > 0));
    decision_note_validity(call, body->valid_from, body->valid_to);
    decision_note_source(call, body->source);
    return call->field_error_count == 0 ? ERR_NONE : ERR_INVALID_FIELDS;
}

enum err standard_propose(struct call *call)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    const char *item = call->path_values[0];
    struct standard_body body;
    enum err err = decision_item(call, item, true);
    if (err == ERR_NONE)
        err = json_read_body(call, standard_fields, sizeof(standard_fields) / sizeof(standard_fields[0]), &body);
    if (err == ERR_NONE)
        err = standard_check_body(call, &body);
    if (err != ERR_NONE)
        return err;
    const struct standard_proposal proposal = {.item = item,
                                               .tier = body.tier,
                                               .amount_fen = body.amount_fen,
                                               .basis_points = body.basis_points,
                                               .amount_per = body.amount_per,
                                               .valid_from = decision_date(call, body.valid_from),
                                               .valid_to = decision_date(call, body.valid_to),
                                               .source = body.source,
                                               .confirmed = body.confirmed == 1,
                                               .replaces = body.replaces};
    enum db_status status = standard_store_propose(call->db, call->who->district, &proposal, &result);
    if (status == DB_NONE)
        return call_field_error(call, "/tier", ERR_UNKNOWN_TIER);
    if (status != DB_ROW)
        return decision_error(call, status);
    status = standard_store_check(call->db, db_value_int(result, 0, 0), body.gap_intended == 1);
    if (status != DB_ROW)
        return db_error(call->db, status);
    return call_answer_created(call, DB_ROW, result, "/programmes/standards");
}

enum err standard_approve(struct call *call)
{
    return decision_approve(call, &standard_noun);
}

enum err standard_reject(struct call *call)
{
    return decision_reject(call, &standard_noun);
}
