#include "bank_number.h"
#include "json_read.h"
#include "ledger_store.h"
#include "payments_routes.h"
#include "utf8.h"

#include <string.h>

enum { AGENCY_NAME_CHARS_MAX = 60 };

struct agency_body {
    const char *code;
    const char *name_zh;
    const char *unit_code;
    const char *account_number;
    const char *format_code;
    const char *answer_format_code;
    const char *statement_format_code;
    const char *bank_number;
    const char *account_name;
};

enum { AGENCY_FORMAT_BYTES_MAX = 39 };

static const struct json_field agency_fields[] = {
    JSON_FIELD(struct agency_body, code, JSON_TEXT, JSON_REQUIRED, 2, 8, NULL),
    JSON_FIELD(struct agency_body, name_zh, JSON_TEXT, JSON_REQUIRED, 1, 180, NULL),
    JSON_FIELD(struct agency_body, unit_code, JSON_TEXT, JSON_REQUIRED, 4, 4, NULL),
    JSON_FIELD(struct agency_body, account_number, JSON_TEXT, JSON_REQUIRED, 8, 32, NULL),
    JSON_FIELD(struct agency_body, format_code, JSON_TEXT, 0, 1, AGENCY_FORMAT_BYTES_MAX, NULL),
    JSON_FIELD(struct agency_body, answer_format_code, JSON_TEXT, 0, 1, AGENCY_FORMAT_BYTES_MAX, NULL),
    JSON_FIELD(struct agency_body, statement_format_code, JSON_TEXT, 0, 1, AGENCY_FORMAT_BYTES_MAX, NULL),
    JSON_FIELD(struct agency_body, bank_number, JSON_TEXT, 0, 12, 12, NULL),
    JSON_FIELD(struct agency_body, account_name, JSON_TEXT, 0, 1, 180, NULL),
};

static enum err agency_check(struct call *call, const struct agency_body *body)
{
    enum err err = ERR_NONE;
    if (strspn(body->code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != strlen(body->code))
        err = call_field_error(call, "/code", ERR_BAD_CHARACTERS);
    if (utf8_length_chars(body->name_zh) > AGENCY_NAME_CHARS_MAX)
        err = call_field_error(call, "/name_zh", ERR_TOO_LONG);
    if (strspn(body->unit_code, "0123456789") != strlen(body->unit_code))
        err = call_field_error(call, "/unit_code", ERR_BAD_CHARACTERS);
    if (strspn(body->account_number, "0123456789") != strlen(body->account_number))
        err = call_field_error(call, "/account_number", ERR_ACCOUNT_CHARACTERS);
    if (body->bank_number != NULL && bank_number_check(body->bank_number, NULL) != ERR_NONE)
        err = call_field_error(call, "/bank_number", ERR_BANK_NUMBER);
    if (body->account_name != NULL && utf8_length_chars(body->account_name) > AGENCY_NAME_CHARS_MAX)
        err = call_field_error(call, "/account_name", ERR_TOO_LONG);
    return err;
}

/* Which field a format that cannot do its work came in; the code of payment files when none was named for answers. */
static enum err agency_refusal(struct call *call, enum err err, const struct agency_body *body)
{
    if (err == ERR_FORMAT_CANNOT_PAY)
        return call_field_error(call, "/format_code", err);
    if (err == ERR_FORMAT_CANNOT_ANSWER)
        return call_field_error(call, body->answer_format_code != NULL ? "/answer_format_code" : "/format_code", err);
    if (err == ERR_FORMAT_CANNOT_STATE)
        return call_field_error(call, body->statement_format_code != NULL ? "/statement_format_code" : "/format_code",
                                err);
    return err;
}

enum err agency_create(struct call *call)
{
    struct agency_body body;
    enum err err = json_read_body(call, agency_fields, sizeof(agency_fields) / sizeof(agency_fields[0]), &body);
    if (err == ERR_NONE)
        err = agency_check(call, &body);
    if (err != ERR_NONE)
        return err;
    const struct agency agency = {.code = body.code,
                                  .name_zh = body.name_zh,
                                  .unit_code = body.unit_code,
                                  .account_number = body.account_number,
                                  .format_code = body.format_code,
                                  .answer_format_code = body.answer_format_code,
                                  .statement_format_code = body.statement_format_code,
                                  .bank_number = body.bank_number,
                                  .account_name = body.account_name};
    enum db_status status = ledger_store_agency_register(call->db, &agency);
    if (status != DB_ROW)
        return agency_refusal(call, db_error(call->db, status), &body);
    CLEANUP_RESULT struct db_result *result = NULL;
    status = ledger_store_agencies(call->db, call->who->district, &result);
    err = call_answer_row(call, status, result);
    call->status = 201;
    return err;
}

enum err agency_list(struct call *call)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = ledger_store_agencies(call->db, call->who->district, &result);
    return call_answer_list(call, status, result, CALL_LIST_MAX);
}

struct appropriation_body {
    const char *item;
    const char *source;
    int64_t amount_fen;
    const char *reference;
};

/* Largest entry: 10 billion yuan, far above a district's year. */
#define APPROPRIATION_FEN_MAX INT64_C(1000000000000)

static const struct json_field appropriation_fields[] = {
    JSON_FIELD(struct appropriation_body, item, JSON_TEXT, JSON_REQUIRED, 1, 39, NULL),
    JSON_FIELD(struct appropriation_body, source, JSON_TEXT, JSON_REQUIRED, 1, 8, "central,province,city,district"),
    JSON_FIELD(struct appropriation_body, amount_fen, JSON_INT, JSON_REQUIRED, 1, APPROPRIATION_FEN_MAX, NULL),
    JSON_FIELD(struct appropriation_body, reference, JSON_TEXT, JSON_REQUIRED, 1, 100, NULL),
};

enum err appropriation_create(struct call *call)
{
    struct appropriation_body body;
    enum err err = json_read_body(call, appropriation_fields, 4, &body);
    if (err != ERR_NONE)
        return err;
    if (!principal_reaches_programme(call->who, body.item) || call->who->divisions_limited)
        return ERR_NOT_FOUND;
    CLEANUP_RESULT struct db_result *created = NULL;
    enum db_status status =
        ledger_store_appropriate(call->db, body.item, body.source, body.amount_fen, body.reference, &created);
    if (status != DB_ROW) {
        err = db_error(call->db, status);
        return err == ERR_UNKNOWN_ITEM ? call_field_error(call, "/item", err) : err;
    }
    CLEANUP_RESULT struct db_result *result = NULL;
    status = ledger_store_transfer(call->db, call->who->district, db_value_int(created, 0, 0), &result);
    err = call_answer_row(call, status, result);
    call->status = 201;
    return err;
}

enum err ledger_account_list(struct call *call)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status =
        ledger_store_accounts(call->db, call->who->district, call_query_value(call, "item"), &result);
    if (status == DB_HARD || status == DB_RETRY)
        return db_error(call->db, status);
    db_list_json(result, db_row_count(result), "item", &call->out);
    return ERR_NONE;
}

enum err transfer_list(struct call *call)
{
    struct transfer_filter filter = {.item = call_query_value(call, "item")};
    enum err err = call_page(call, &filter.after, &filter.limit);
    if (err == ERR_NONE)
        err = call_query_id(call, "run", &filter.run_id);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = ledger_store_transfers(call->db, call->who->district, &filter, &result);
    return call_answer_list(call, status, result, filter.limit);
}
