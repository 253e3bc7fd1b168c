#include "person_api.h"

#include "http.h"
#include "id_number.h"
#include "json_read.h"
#include "json_write.h"
#include "person.h"
#include "person_store.h"
#include "phone.h"
#include "register.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

enum { PERSON_TEXT_BYTES_MAX = 400, DIVISION_MIN = 100000000, DIVISION_MAX = 999999999 };

struct person_create_body {
    const char *name;
    const char *id_number;
    const char *phone;
    int64_t division;
};

static const struct json_field person_create_fields[] = {
    JSON_FIELD(struct person_create_body, name, JSON_TEXT, JSON_REQUIRED, 1, PERSON_TEXT_BYTES_MAX, NULL),
    JSON_FIELD(struct person_create_body, id_number, JSON_TEXT, JSON_REQUIRED, 1, PERSON_TEXT_BYTES_MAX, NULL),
    JSON_FIELD(struct person_create_body, phone, JSON_TEXT, JSON_NULLABLE, 1, PERSON_TEXT_BYTES_MAX, NULL),
    JSON_FIELD(struct person_create_body, division, JSON_INT, JSON_REQUIRED, DIVISION_MIN, DIVISION_MAX, NULL),
};

struct person_change_body {
    const char *name;
    const char *phone;
    int64_t division;
    struct date death_date;
};

static const struct json_field person_change_fields[] = {
    JSON_FIELD(struct person_change_body, name, JSON_TEXT, 0, 1, PERSON_TEXT_BYTES_MAX, NULL),
    JSON_FIELD(struct person_change_body, phone, JSON_TEXT, JSON_NULLABLE, 1, PERSON_TEXT_BYTES_MAX, NULL),
    JSON_FIELD(struct person_change_body, division, JSON_INT, 0, DIVISION_MIN, DIVISION_MAX, NULL),
    JSON_FIELD(struct person_change_body, death_date, JSON_DATE, JSON_NULLABLE, 0, 0, NULL),
};

struct person_search_body {
    const char *name;
    const char *id_number;
    int64_t division;
    const char *after; /* `next` of the page before */
    int64_t limit;
};

static const struct json_field person_search_fields[] = {
    JSON_FIELD(struct person_search_body, name, JSON_TEXT, 0, 1, PERSON_TEXT_BYTES_MAX, NULL),
    JSON_FIELD(struct person_search_body, id_number, JSON_TEXT, 0, 1, PERSON_TEXT_BYTES_MAX, NULL),
    JSON_FIELD(struct person_search_body, division, JSON_INT, 0, DIVISION_MIN, DIVISION_MAX, NULL),
    JSON_FIELD(struct person_search_body, after, JSON_TEXT, 0, 1, 19, NULL),
    JSON_FIELD(struct person_search_body, limit, JSON_INT, 0, 1, CALL_LIST_MAX, NULL),
};

/* A division that exists and that the token reaches. */
static enum err person_check_division(struct call *call, int64_t division)
{
    if (!principal_reaches_division(call->who, division))
        return call_field_error(call, "/division", ERR_OTHER_DIVISION);
    enum db_status status = person_store_division(call->db, call->who->district, division);
    if (status == DB_NONE)
        return call_field_error(call, "/division", ERR_UNKNOWN_DIVISION);
    return db_error(call->db, status);
}

enum err person_api_create(struct call *call)
{
    struct person_create_body body;
    struct id_number number;
    char name[PERSON_NAME_SIZE];
    char folded[PERSON_NAME_SIZE];
    char phone[PHONE_SIZE];
    char birth[DATE_TEXT_SIZE];
    enum err err = json_read_body(call, person_create_fields, 4, &body);
    if (err != ERR_NONE)
        return err;
    bool has_phone = body.phone != NULL && body.phone != json_read_null;
    bool good = register_field_ok(call, "/name", person_read_name(body.name, name, folded));
    good &= register_field_ok(call, "/id_number", id_number_check_typed(body.id_number, register_today(), &number));
    good &= !has_phone || register_field_ok(call, "/phone", phone_normalise(body.phone, phone));
    if (!good)
        return ERR_INVALID_FIELDS;
    struct person_row row = {.district = call->who->district,
                             .division = body.division,
                             .name = name,
                             .name_folded = folded,
                             .sex = number.sex == SEX_MALE ? "male" : "female",
                             .birth_date = birth};
    date_format(number.birth, birth);
    err = person_check_division(call, body.division);
    if (err != ERR_NONE)
        return err;
    struct sealed id_sealed;
    struct sealed phone_sealed;
    err = register_done(call, person_store_next_id(call->db, "person", &row.id));
    if (err == ERR_NONE)
        err = sealed_make(register_keyring(call), SEALED_ID_NUMBER, row.district, row.id, number.text, &id_sealed);
    if (err == ERR_NONE && has_phone)
        err = sealed_make(register_keyring(call), SEALED_PHONE, row.district, row.id, phone, &phone_sealed);
    if (err != ERR_NONE)
        return err;
    row.id_number = &id_sealed;
    row.phone = has_phone ? &phone_sealed : NULL;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = person_store_insert(call->db, &row, &result);
    return register_created(call, status, result, "/beneficiaries/persons");
}

enum err person_api_get(struct call *call)
{
    int64_t id;
    enum err err = call_path_id(call, 0, &id);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = person_store_get(call->db, call->who->district, id, &result);
    return register_answer(call, status, result);
}

/* A change under construction: the texts that struct person_change points to. */
struct person_draft {
    char name[PERSON_NAME_SIZE];
    char folded[PERSON_NAME_SIZE];
    struct sealed phone;
    struct buffer changed;
};

static void person_draft_note(struct person_draft *draft, const char *field)
{
    json_separator(&draft->changed);
    json_write_text(&draft->changed, field);
}

static enum err person_draft_name(struct call *call, const char *text, const struct db_result *old,
                                  struct person_draft *draft, struct person_change *change)
{
    if (text == NULL)
        return ERR_NONE;
    if (!register_field_ok(call, "/name", person_read_name(text, draft->name, draft->folded)))
        return ERR_INVALID_FIELDS;
    if (strcmp(draft->name, db_value(old, 0, PERSON_LOCKED_NAME)) == 0)
        return ERR_NONE;
    change->name = draft->name;
    change->name_folded = draft->folded;
    person_draft_note(draft, "name");
    return ERR_NONE;
}

static enum err person_draft_phone(struct call *call, const char *text, const struct db_result *old,
                                   struct person_draft *draft, struct person_change *change)
{
    char phone[PHONE_SIZE];
    char hex[2 * KEYRING_INDEX_BYTES + 1];
    const char *held = db_value(old, 0, PERSON_LOCKED_PHONE);
    if (text == NULL || (text == json_read_null && held == NULL))
        return ERR_NONE;
    if (text != json_read_null) {
        if (!register_field_ok(call, "/phone", phone_normalise(text, phone)))
            return ERR_INVALID_FIELDS;
        enum err err =
            sealed_make(register_keyring(call), SEALED_PHONE, change->district, change->id, phone, &draft->phone);
        if (err != ERR_NONE)
            return err;
        crypto_hex_encode(draft->phone.index, sizeof(draft->phone.index), hex);
        if (held != NULL && strcmp(hex, held) == 0)
            return ERR_NONE;
        change->phone = &draft->phone;
    }
    change->sets_phone = true;
    person_draft_note(draft, "phone");
    return ERR_NONE;
}

static enum err person_draft_division(struct call *call, int64_t division, const struct db_result *old,
                                      struct person_draft *draft, struct person_change *change)
{
    if (division == JSON_INT_ABSENT || division == db_value_int(old, 0, PERSON_LOCKED_DIVISION))
        return ERR_NONE;
    enum err err = person_check_division(call, division);
    if (err != ERR_NONE)
        return err;
    change->division = division;
    person_draft_note(draft, "division");
    return ERR_NONE;
}

static enum err person_draft_death(struct call *call, struct date death, const struct db_result *old,
                                   struct person_draft *draft, struct person_change *change)
{
    struct date birth;
    const char *held = db_value(old, 0, PERSON_LOCKED_DEATH);
    const char *text = register_date(call, death);
    if (death.year == 0 || (text == NULL && held == NULL) || (text != NULL && held != NULL && strcmp(text, held) == 0))
        return ERR_NONE;
    if (text != NULL) {
        if (!date_parse(db_value(old, 0, PERSON_LOCKED_BIRTH), &birth))
            return ERR_INTERNAL;
        if (!register_field_ok(call, "/death_date", person_check_death(death, birth, register_today())))
            return ERR_INVALID_FIELDS;
    }
    change->sets_death = true;
    change->death_date = text;
    person_draft_note(draft, "death_date");
    return ERR_NONE;
}

/* Compares the body with the locked row and makes the change of what differs. */
static enum err person_make_change(struct call *call, const struct person_change_body *body,
                                   const struct db_result *old, struct person_draft *draft,
                                   struct person_change *change)
{
    enum err err = person_draft_name(call, body->name, old, draft, change);
    if (err == ERR_NONE)
        err = person_draft_phone(call, body->phone, old, draft, change);
    if (err == ERR_NONE)
        err = person_draft_division(call, body->division, old, draft, change);
    if (err == ERR_NONE)
        err = person_draft_death(call, body->death_date, old, draft, change);
    return err;
}

static enum err person_store_change(struct call *call, const struct person_change_body *body,
                                    const struct db_result *old, struct person_change *change)
{
    struct person_draft *draft = arena_alloc(call->arena, sizeof(*draft));
    if (draft == NULL)
        return ERR_OUT_OF_MEMORY;
    draft->changed = buffer_init(256);
    buffer_append_char(&draft->changed, '[');
    enum err err = person_make_change(call, body, old, draft, change);
    bool any = draft->changed.length > 1;
    buffer_append_char(&draft->changed, ']');
    change->changed = draft->changed.data;
    CLEANUP_RESULT struct db_result *result = NULL;
    if (err == ERR_NONE) {
        enum db_status status = any ? person_store_update(call->db, change, &result)
                                    : person_store_get(call->db, change->district, change->id, &result);
        err = register_answer(call, status, result);
    }
    buffer_free(&draft->changed);
    return err;
}

enum err person_api_change(struct call *call)
{
    struct person_change_body body;
    struct person_change change = {.district = call->who->district};
    int64_t version;
    enum err err = call_path_id(call, 0, &change.id);
    if (err == ERR_NONE)
        err = call_if_match(call, &version);
    if (err == ERR_NONE)
        err = json_read_body(call, person_change_fields, 4, &body);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *old = NULL;
    err = register_done(call, person_store_lock(call->db, change.district, change.id, &old));
    if (err != ERR_NONE)
        return err;
    if (db_value_int(old, 0, PERSON_LOCKED_VERSION) != version)
        return ERR_VERSION_CONFLICT;
    return person_store_change(call, &body, old, &change);
}

enum err person_api_history(struct call *call)
{
    int64_t id;
    int64_t after;
    int64_t limit;
    enum err err = call_path_id(call, 0, &id);
    if (err == ERR_NONE)
        err = call_page(call, &after, &limit);
    if (err != ERR_NONE)
        return err;
    err = register_done(call, person_store_get(call->db, call->who->district, id, NULL));
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = person_store_history(call->db, call->who->district, id, after, limit, &result);
    if (status == DB_HARD || status == DB_RETRY)
        return db_error(call->db, status);
    db_list_json(result, (size_t)limit, "version", &call->out);
    return ERR_NONE;
}

enum err person_api_search(struct call *call)
{
    struct person_search_body body;
    struct id_number number;
    uint8_t index[KEYRING_INDEX_BYTES];
    char name[PERSON_NAME_SIZE];
    char folded[PERSON_NAME_SIZE];
    enum err err = json_read_body(call, person_search_fields, 5, &body);
    if (err != ERR_NONE)
        return err;
    bool good = body.name == NULL || register_field_ok(call, "/name", person_read_name(body.name, name, folded));
    good &= body.id_number == NULL ||
            register_field_ok(call, "/id_number", id_number_check_sought(body.id_number, register_today(), &number));
    int64_t after = 0;
    good &=
        body.after == NULL ||
        register_field_ok(call, "/after", text_to_int64(body.after, 0, INT64_MAX, &after) ? ERR_NONE : ERR_BAD_VALUE);
    if (!good)
        return ERR_INVALID_FIELDS;
    struct person_search search = {.district = call->who->district,
                                   .name_part = body.name != NULL ? folded : NULL,
                                   .division = body.division != JSON_INT_ABSENT ? body.division : 0,
                                   .after = after,
                                   .limit = body.limit != JSON_INT_ABSENT ? body.limit : CALL_LIST_DEFAULT};
    if (body.id_number != NULL) {
        err = sealed_index(register_keyring(call), SEALED_ID_NUMBER, search.district, number.text, index);
        if (err != ERR_NONE)
            return err;
        search.id_number = index;
    }
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = person_store_search(call->db, &search, &result);
    return call_answer_list(call, status, result, search.limit);
}

/* Opens column `column` and writes it as a member; SQL NULL is null. */
static enum err person_clear_member(struct call *call, const struct db_result *result, int column,
                                    enum sealed_kind kind, int64_t row_id, const char *name)
{
    char text[SEALED_TEXT_SIZE];
    unsigned char *bytes = NULL;
    size_t length = 0;
    if (!db_value_bytes(result, 0, column, &bytes, &length)) {
        json_member_text(&call->out, name, NULL);
        return ERR_NONE;
    }
    enum err err = sealed_open(register_keyring(call), kind, call->who->district, row_id, bytes, length, text);
    free(bytes);
    if (err == ERR_NONE)
        json_member_text(&call->out, name, text);
    crypto_wipe(text, sizeof(text));
    return err;
}

static enum err person_clear_account(struct call *call, const struct db_result *result)
{
    json_member(&call->out, "account");
    if (db_is_null(result, 0, PERSON_CLEAR_ACCOUNT_ID)) {
        buffer_append_text(&call->out, "null");
        return ERR_NONE;
    }
    int64_t id = db_value_int(result, 0, PERSON_CLEAR_ACCOUNT_ID);
    buffer_append_char(&call->out, '{');
    json_member_int(&call->out, "id", id);
    json_member_text(&call->out, "kind", db_value(result, 0, PERSON_CLEAR_ACCOUNT_KIND));
    json_member_text(&call->out, "bank_number", db_value(result, 0, PERSON_CLEAR_ACCOUNT_BANK));
    json_member_int(&call->out, "holder_person", db_value_int(result, 0, PERSON_CLEAR_ACCOUNT_HOLDER));
    enum err err = person_clear_member(call, result, PERSON_CLEAR_ACCOUNT, SEALED_ACCOUNT, id, "number");
    buffer_append_char(&call->out, '}');
    return err;
}

static enum err person_clear_certificate(struct call *call, const struct db_result *result)
{
    json_member(&call->out, "certificate");
    if (db_is_null(result, 0, PERSON_CLEAR_CERTIFICATE_ID)) {
        buffer_append_text(&call->out, "null");
        return ERR_NONE;
    }
    int64_t id = db_value_int(result, 0, PERSON_CLEAR_CERTIFICATE_ID);
    buffer_append_char(&call->out, '{');
    json_member_int(&call->out, "id", id);
    enum err err = person_clear_member(call, result, PERSON_CLEAR_CERTIFICATE, SEALED_CERTIFICATE, id, "number");
    buffer_append_char(&call->out, '}');
    return err;
}

static enum err person_clear_answer(struct call *call, int64_t id, const struct db_result *result)
{
    buffer_append_char(&call->out, '{');
    json_member_int(&call->out, "id", id);
    json_member_text(&call->out, "name", db_value(result, 0, PERSON_CLEAR_NAME));
    enum err err = person_clear_member(call, result, PERSON_CLEAR_ID_NUMBER, SEALED_ID_NUMBER, id, "id_number");
    if (err == ERR_NONE)
        err = person_clear_member(call, result, PERSON_CLEAR_PHONE, SEALED_PHONE, id, "phone");
    if (err == ERR_NONE)
        err = person_clear_account(call, result);
    if (err == ERR_NONE)
        err = person_clear_certificate(call, result);
    buffer_append_char(&call->out, '}');
    return err;
}

/* Header values are ASCII for most clients, so a purpose may be percent-encoded. */
static const char *person_purpose(struct call *call)
{
    const char *sent = call->purpose;
    const char *decoded = sent != NULL ? http_query_decode(call->arena, sent, strlen(sent)) : NULL;
    return decoded != NULL ? decoded : sent;
}

enum err person_api_clear(struct call *call)
{
    int64_t id;
    const char *purpose = person_purpose(call);
    if (!person_purpose_is_valid(purpose))
        return ERR_PURPOSE_REQUIRED;
    enum err err = call_path_id(call, 0, &id);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    err = register_done(call, person_store_clear(call->db, call->who->district, id, &result));
    if (err == ERR_NONE)
        err = register_done(call, person_store_clear_event(call->db, id, purpose));
    return err == ERR_NONE ? person_clear_answer(call, id, result) : err;
}
