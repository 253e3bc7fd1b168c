#include "certificate_api.h"

#include "certificate_number.h"
#include "certificate_store.h"
#include "id_number.h"
#include "json_read.h"
#include "person_store.h"
#include "register.h"

#include <stdlib.h>

enum { CERTIFICATE_TEXT_BYTES_MAX = 100 };

struct certificate_body {
    const char *number;
    struct date valid_from;
    struct date valid_until;
    int64_t replaces;
};

static const struct json_field certificate_fields[] = {
    JSON_FIELD(struct certificate_body, number, JSON_TEXT, JSON_REQUIRED, 1, CERTIFICATE_TEXT_BYTES_MAX, NULL),
    JSON_FIELD(struct certificate_body, valid_from, JSON_DATE, 0, 0, 0, NULL),
    JSON_FIELD(struct certificate_body, valid_until, JSON_DATE, 0, 0, 0, NULL),
    JSON_FIELD(struct certificate_body, replaces, JSON_INT, 0, 1, INT64_MAX, NULL),
};

/* The holder's identity number, which a certificate's number begins with. Locks the person. */
static enum err certificate_holder(struct call *call, int64_t person, char ret_number[static SEALED_TEXT_SIZE])
{
    CLEANUP_RESULT struct db_result *result = NULL;
    unsigned char *bytes = NULL;
    size_t length = 0;
    enum err err = register_done(call, person_store_id_number(call->db, call->who->district, person, &result));
    if (err != ERR_NONE)
        return err;
    if (!db_value_bytes(result, 0, 0, &bytes, &length))
        return ERR_INTERNAL;
    err = sealed_open(register_keyring(call), SEALED_ID_NUMBER, call->who->district, person, bytes, length, ret_number);
    free(bytes);
    return err;
}

static enum err certificate_check_later(struct call *call, int64_t replaces, const struct certificate_row *row)
{
    CLEANUP_RESULT struct db_result *later = NULL;
    enum db_status status = certificate_store_later(call->db, row, replaces, &later);
    return register_check_later(call, status, later);
}

static enum err certificate_create(struct call *call, const struct certificate_body *body,
                                   const struct certificate_number *number, struct certificate_row *row)
{
    struct sealed sealed;
    row->type = (int)number->type;
    row->grade = number->grade;
    row->from = register_date(call, body->valid_from);
    row->until = register_date(call, body->valid_until);
    row->number = &sealed;
    enum err err = certificate_check_later(call, body->replaces, row);
    if (err == ERR_NONE)
        err = register_done(call, person_store_next_id(call->db, "certificate", &row->id));
    if (err == ERR_NONE)
        err = sealed_make(register_keyring(call), SEALED_CERTIFICATE, row->district, row->id, number->text, &sealed);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = certificate_store_insert(call->db, row, &result);
    if (status == DB_NONE)
        return ERR_ALREADY_EXISTS;
    return register_listed(
        call, status, result,
        arena_printf(call->arena, "/beneficiaries/persons/%lld/certificates", (long long)row->person));
}

enum err certificate_api_create(struct call *call)
{
    struct certificate_body body;
    struct certificate_number number;
    char holder[SEALED_TEXT_SIZE];
    struct certificate_row row = {.district = call->who->district};
    enum err err = call_path_id(call, 0, &row.person);
    if (err == ERR_NONE)
        err = json_read_body(call, certificate_fields, 4, &body);
    if (err == ERR_NONE)
        err = certificate_holder(call, row.person, holder);
    if (err != ERR_NONE)
        return err;
    struct id_number id = {0};
    bool good =
        register_field_ok(call, "/number", certificate_number_check(body.number, holder, register_today(), &number));
    id_number_check_typed(holder, register_today(), &id);
    good &= register_period_ok(call, id.birth, body.valid_from, body.valid_until);
    if (!good)
        return ERR_INVALID_FIELDS;
    return certificate_create(call, &body, &number, &row);
}

enum err certificate_api_list(struct call *call)
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
    enum db_status status = certificate_store_list(call->db, call->who->district, person, after, limit, &result);
    return call_answer_list(call, status, result, limit);
}
