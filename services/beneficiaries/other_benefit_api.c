#include "other_benefit_api.h"

#include "fact.h"
#include "fact_api.h"
#include "json_read.h"
#include "money.h"
#include "other_benefit_store.h"
#include "register.h"

enum { OTHER_BENEFIT_CODE_BYTES_MAX = 39, OTHER_BENEFIT_SOURCE_BYTES_MAX = 800 };

struct other_benefit_body {
    const char *benefit;
    int64_t month_fen;
    struct date valid_from;
    struct date valid_until;
    const char *source;
};

static const struct json_field other_benefit_fields[] = {
    JSON_FIELD(struct other_benefit_body, benefit, JSON_TEXT, JSON_REQUIRED, 1, OTHER_BENEFIT_CODE_BYTES_MAX, NULL),
    JSON_FIELD(struct other_benefit_body, month_fen, JSON_INT, 0, 0, MONEY_FEN_MAX, NULL),
    JSON_FIELD(struct other_benefit_body, valid_from, JSON_DATE, JSON_REQUIRED, 0, 0, NULL),
    JSON_FIELD(struct other_benefit_body, valid_until, JSON_DATE, 0, 0, 0, NULL),
    JSON_FIELD(struct other_benefit_body, source, JSON_TEXT, JSON_REQUIRED, 1, OTHER_BENEFIT_SOURCE_BYTES_MAX, NULL),
};

static enum err other_benefit_check(struct call *call, const struct other_benefit_body *body)
{
    enum db_status status = other_benefit_store_known(call->db, body->benefit);
    if (status == DB_HARD || status == DB_RETRY)
        return db_error(call->db, status);
    register_field_ok(call, "/benefit", status == DB_NONE ? ERR_UNKNOWN_BENEFIT : ERR_NONE);
    register_field_ok(call, "/source", fact_check_reference(body->source, FACT_SOURCE_CHARS_MAX));
    return call->field_error_count == 0 ? ERR_NONE : ERR_INVALID_FIELDS;
}

enum err other_benefit_api_create(struct call *call)
{
    struct other_benefit_body body;
    struct other_benefit_row row = {.district = call->who->district};
    enum err err = json_read_body(call, other_benefit_fields, 5, &body);
    if (err == ERR_NONE)
        err = fact_api_begin(call, body.valid_from, body.valid_until, &row.person);
    if (err == ERR_NONE)
        err = other_benefit_check(call, &body);
    if (err != ERR_NONE)
        return err;
    row.benefit = body.benefit;
    row.month_fen = body.month_fen != JSON_INT_ABSENT ? body.month_fen : -1;
    row.source = body.source;
    row.from = register_date(call, body.valid_from);
    row.until = register_date(call, body.valid_until);
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = other_benefit_store_insert(call->db, &row, &result);
    return fact_api_created(call, status, result, row.person, "other-benefits");
}

enum err other_benefit_api_list(struct call *call)
{
    return fact_api_list(call, other_benefit_store_list);
}

enum err other_benefit_api_end(struct call *call)
{
    static const struct fact_table table = {other_benefit_store_get, other_benefit_store_end};
    return fact_api_end(call, &table);
}
