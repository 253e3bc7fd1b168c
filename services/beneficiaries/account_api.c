#include "account_api.h"

#include "account_number.h"
#include "account_store.h"
#include "bank_number.h"
#include "json_read.h"
#include "person_store.h"
#include "register.h"

enum { ACCOUNT_TEXT_BYTES_MAX = 100 };

struct account_body {
    const char *kind;
    const char *bank_number;
    const char *number;
    int64_t holder_person;
    struct date valid_from;
    int64_t replaces;
};

static const struct json_field account_fields[] = {
    JSON_FIELD(struct account_body, kind, JSON_TEXT, JSON_REQUIRED, 1, ACCOUNT_TEXT_BYTES_MAX,
               "card,legacy_card,passbook"),
    JSON_FIELD(struct account_body, bank_number, JSON_TEXT, JSON_REQUIRED, 1, ACCOUNT_TEXT_BYTES_MAX, NULL),
    JSON_FIELD(struct account_body, number, JSON_TEXT, JSON_REQUIRED, 1, ACCOUNT_TEXT_BYTES_MAX, NULL),
    JSON_FIELD(struct account_body, holder_person, JSON_INT, 0, 1, INT64_MAX, NULL),
    JSON_FIELD(struct account_body, valid_from, JSON_DATE, 0, 0, 0, NULL),
    JSON_FIELD(struct account_body, replaces, JSON_INT, 0, 1, INT64_MAX, NULL),
};

/* Canonical bank and account numbers of the body. */
static enum err account_check(struct call *call, const struct account_body *body, char ret_bank[BANK_NUMBER_SIZE],
                              char ret_number[ACCOUNT_NUMBER_SIZE])
{
    enum account_kind kind;
    if (!account_kind_parse(body->kind, &kind))
        return ERR_INTERNAL;
    bool good = register_field_ok(call, "/bank_number", bank_number_check(body->bank_number, ret_bank));
    good &= register_field_ok(call, "/number", account_number_check(kind, body->number));
    if (!good)
        return ERR_INVALID_FIELDS;
    return account_number_normalise(body->number, ret_number) ? ERR_NONE : ERR_INTERNAL;
}

/* Locks the person and looks for the holder, who is the person unless the body names another. */
static enum err account_people(struct call *call, const struct account_body *body, struct account_row *row)
{
    enum err err = register_done(call, person_store_lock(call->db, row->district, row->person, NULL));
    row->holder = body->holder_person == JSON_INT_ABSENT ? row->person : body->holder_person;
    if (err != ERR_NONE || row->holder == row->person)
        return err;
    enum db_status status = person_store_get(call->db, row->district, row->holder, NULL);
    return status == DB_NONE ? call_field_error(call, "/holder_person", ERR_UNKNOWN_PERSON)
                             : db_error(call->db, status);
}

static enum err account_check_later(struct call *call, const struct account_body *body, const struct account_row *row)
{
    CLEANUP_RESULT struct db_result *later = NULL;
    enum db_status status = account_store_later(call->db, row, body->replaces, &later);
    return register_check_later(call, status, later);
}

static enum err account_create(struct call *call, const struct account_body *body, struct account_row *row)
{
    char bank[BANK_NUMBER_SIZE];
    char number[ACCOUNT_NUMBER_SIZE];
    struct sealed sealed;
    row->from = register_date(call, body->valid_from);
    enum err err = account_check(call, body, bank, number);
    if (err == ERR_NONE)
        err = account_people(call, body, row);
    if (err == ERR_NONE)
        err = account_check_later(call, body, row);
    if (err == ERR_NONE)
        err = register_done(call, person_store_next_id(call->db, "account", &row->id));
    if (err == ERR_NONE)
        err = sealed_make(register_keyring(call), SEALED_ACCOUNT, row->district, row->id, number, &sealed);
    if (err != ERR_NONE)
        return err;
    row->kind = body->kind;
    row->bank_number = bank;
    row->number = &sealed;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = account_store_insert(call->db, row, &result);
    if (status == DB_NONE)
        return ERR_ALREADY_EXISTS;
    return register_listed(call, status, result,
                           arena_printf(call->arena, "/beneficiaries/persons/%lld/accounts", (long long)row->person));
}

enum err account_api_create(struct call *call)
{
    struct account_body body;
    struct account_row row = {.district = call->who->district};
    enum err err = call_path_id(call, 0, &row.person);
    if (err == ERR_NONE)
        err = json_read_body(call, account_fields, 6, &body);
    return err == ERR_NONE ? account_create(call, &body, &row) : err;
}

enum err account_api_list(struct call *call)
{
    int64_t person;
    int64_t after;
    int64_t limit;
    enum err err = call_path_id(call, 0, &person);
    if (err == ERR_NONE)
        err = call_page(call, &after, &limit);
    if (err == ERR_NONE)
        err = register_done(call, person_store_get(call->db, call->who->district, person, NULL));
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = account_store_list(call->db, call->who->district, person, after, limit, &result);
    return call_answer_list(call, status, result, limit);
}
