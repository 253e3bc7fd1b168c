#include "activity_api.h"

#include "activity.h"
#include "activity_store.h"
#include "fact.h"
#include "json_read.h"
#include "money.h"
#include "register.h"

enum { ACTIVITY_REFERENCE_BYTES_MAX = 256 };

struct activity_body {
    struct date month;
    int64_t quantity;
    int64_t amount_fen;
    const char *reference;
};

static const struct json_field activity_fields[] = {
    JSON_FIELD(struct activity_body, month, JSON_DATE, JSON_REQUIRED, 0, 0, NULL),
    JSON_FIELD(struct activity_body, quantity, JSON_INT, JSON_REQUIRED, 1, ACTIVITY_QUANTITY_MAX, NULL),
    JSON_FIELD(struct activity_body, amount_fen, JSON_INT, 0, 1, MONEY_FEN_MAX, NULL),
    JSON_FIELD(struct activity_body, reference, JSON_TEXT, JSON_REQUIRED, 1, ACTIVITY_REFERENCE_BYTES_MAX, NULL),
};

/* What the item's rule, its standard and the enrolment say about the month. */
static enum err activity_check(struct call *call, const struct activity_body *body, const struct db_result *found)
{
    const struct activity_month month = {.rule_kind = db_value(found, 0, ACTIVITY_RULE_KIND),
                                         .amount_per = db_value(found, 0, ACTIVITY_AMOUNT_PER),
                                         .enrolled = db_value_bool(found, 0, ACTIVITY_ENROLLED),
                                         .counted = db_value_int(found, 0, ACTIVITY_COUNTED),
                                         .once = db_value_bool(found, 0, ACTIVITY_ONCE)};
    bool has_amount = body->amount_fen != JSON_INT_ABSENT;
    bool good = register_field_ok(call, "/month", activity_check_month(&month, body->month, register_today()));
    good &= register_field_ok(call, "/reference", fact_check_reference(body->reference, FACT_REFERENCE_CHARS_MAX));
    if (!good)
        return ERR_INVALID_FIELDS;
    enum err err = activity_check_rule(&month);
    if (err != ERR_NONE)
        return err;
    good = register_field_ok(call, "/quantity", activity_check_quantity(&month, body->month, body->quantity));
    good &= register_field_ok(call, "/amount_fen", activity_check_amount(&month, has_amount));
    return good ? ERR_NONE : ERR_INVALID_FIELDS;
}

enum err activity_api_create(struct call *call)
{
    struct activity_body body;
    struct activity_row row = {.district = call->who->district};
    CLEANUP_RESULT struct db_result *found = NULL;
    enum err err = call_path_id(call, 0, &row.enrolment);
    if (err == ERR_NONE)
        err = json_read_body(call, activity_fields, 4, &body);
    if (err != ERR_NONE)
        return err;
    row.month = register_date(call, body.month);
    row.quantity = body.quantity;
    row.amount_fen = body.amount_fen != JSON_INT_ABSENT ? body.amount_fen : 0;
    row.reference = body.reference;
    err = register_done(call, activity_store_month(call->db, row.district, row.enrolment, row.month, &found));
    if (err == ERR_NONE)
        err = activity_check(call, &body, found);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = activity_store_insert(call->db, &row, &result);
    return register_listed(
        call, status, result,
        arena_printf(call->arena, "/beneficiaries/enrolments/%lld/activities", (long long)row.enrolment));
}

enum err activity_api_list(struct call *call)
{
    int64_t enrolment;
    int64_t after;
    int64_t limit;
    enum err err = call_path_id(call, 0, &enrolment);
    if (err == ERR_NONE)
        err = call_page(call, &after, &limit);
    if (err == ERR_NONE)
        err = register_done(call, activity_store_enrolment(call->db, call->who->district, enrolment));
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = activity_store_list(call->db, call->who->district, enrolment, after, limit, &result);
    return call_answer_list(call, status, result, limit);
}

enum err activity_api_void(struct call *call)
{
    int64_t enrolment;
    int64_t id;
    CLEANUP_RESULT struct db_result *locked = NULL;
    enum err err = json_read_body(call, NULL, 0, NULL);
    if (err == ERR_NONE)
        err = call_path_id(call, 0, &enrolment);
    if (err == ERR_NONE)
        err = call_path_id(call, 1, &id);
    if (err == ERR_NONE)
        err = register_done(call, activity_store_lock(call->db, call->who->district, enrolment, id, &locked));
    if (err != ERR_NONE)
        return err;
    if (db_value_bool(locked, 0, 0))
        return ERR_WRONG_STATE;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = activity_store_void(call->db, call->who->district, id, &result);
    return call_answer_row(call, status, result);
}
