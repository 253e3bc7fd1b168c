#include "enrolment_step.h"
#include "json_read.h"
#include "json_write.h"
#include "notice_api.h"
#include "notice_store.h"
#include "person_store.h"
#include "register.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

enum { OBJECTION_CODE_BYTES_MAX = 39, OBJECTION_TEXT_CHARS_MAX = 2000, OBJECTION_TEXT_BYTES_MAX = 8000 };

struct objection_body {
    int64_t enrolment;
    const char *channel;
    const char *text;
};

static const struct json_field objection_fields[] = {
    JSON_FIELD(struct objection_body, enrolment, JSON_INT, JSON_REQUIRED, 1, INT64_MAX, NULL),
    JSON_FIELD(struct objection_body, channel, JSON_TEXT, JSON_REQUIRED, 1, OBJECTION_CODE_BYTES_MAX,
               "visit,phone,letter,online,other"),
    JSON_FIELD(struct objection_body, text, JSON_TEXT, JSON_REQUIRED, 1, OBJECTION_TEXT_BYTES_MAX, NULL),
};

static struct keyring_place objection_place(const struct call *call, int64_t id)
{
    return (struct keyring_place){"beneficiaries.objection", "text_sealed", call->who->district, id};
}

static enum err objection_keep(struct call *call, const struct objection_body *body, struct objection_row *row)
{
    int64_t event;
    int64_t seq;
    uint8_t sealed[OBJECTION_TEXT_BYTES_MAX + KEYRING_OVERHEAD_BYTES];
    size_t length = strlen(body->text);
    struct keyring_place place = objection_place(call, row->id);
    enum err err = keyring_seal(register_keyring(call), &place, body->text, length, sealed);
    if (err != ERR_NONE)
        return err;
    row->text = sealed;
    row->text_length = length + KEYRING_OVERHEAD_BYTES;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = objection_store_insert(call->db, row, &result);
    if (status == DB_NONE)
        return call_field_error(call, "/enrolment", ERR_UNKNOWN_ENROLMENT);
    const struct enrolment_note note = {.step = "objected",
                                        .data = arena_printf(call->arena, "{\"objection\":%lld}", (long long)row->id)};
    if (status == DB_ROW)
        err = enrolment_step_note(call, row->enrolment, &note, &event, &seq);
    return err == ERR_NONE ? register_created(call, status, result, "/beneficiaries/objections") : err;
}

enum err objection_api_create(struct call *call)
{
    struct objection_body body;
    struct objection_row row = {.district = call->who->district};
    enum err err = json_read_body(call, objection_fields, 3, &body);
    if (err == ERR_NONE &&
        !register_field_ok(call, "/text",
                           utf8_length_chars(body.text) > OBJECTION_TEXT_CHARS_MAX ? ERR_TOO_LONG : ERR_NONE))
        err = ERR_INVALID_FIELDS;
    if (err == ERR_NONE)
        err = call_path_id(call, 0, &row.notice);
    if (err == ERR_NONE)
        err = register_done(call, notice_store_get(call->db, row.district, row.notice, NULL));
    if (err == ERR_NONE)
        err = register_done(call, person_store_next_id(call->db, "objection", &row.id));
    if (err != ERR_NONE)
        return err;
    row.enrolment = body.enrolment;
    row.channel = body.channel;
    return objection_keep(call, &body, &row);
}

enum err objection_api_list(struct call *call)
{
    int64_t id;
    int64_t after;
    int64_t limit;
    enum err err = call_page(call, &after, &limit);
    if (err == ERR_NONE)
        err = call_path_id(call, 0, &id);
    if (err == ERR_NONE)
        err = register_done(call, notice_store_get(call->db, call->who->district, id, NULL));
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = objection_store_list(call->db, call->who->district, id, after, limit, &result);
    return call_answer_list(call, status, result, limit);
}

/* Opens the text and writes it as a member of the answer. */
static enum err objection_write_text(struct call *call, int64_t id, const struct db_result *read)
{
    char text[OBJECTION_TEXT_BYTES_MAX + KEYRING_OVERHEAD_BYTES + 1];
    unsigned char *bytes = NULL;
    size_t length = 0;
    struct keyring_place place = objection_place(call, id);
    if (!db_value_bytes(read, 0, OBJECTION_READ_TEXT, &bytes, &length))
        return ERR_INTERNAL;
    enum err err = length < sizeof(text) ? keyring_open(register_keyring(call), &place, bytes, length, text, &length)
                                         : ERR_SEALED_VALUE_REFUSED;
    free(bytes);
    if (err == ERR_NONE)
        json_member_text(&call->out, "text", text);
    crypto_wipe(text, sizeof(text));
    return err;
}

enum err objection_api_get(struct call *call)
{
    int64_t id;
    CLEANUP_RESULT struct db_result *read = NULL;
    enum err err = call_path_id(call, 0, &id);
    if (err == ERR_NONE)
        err = register_done(call, objection_store_read(call->db, call->who->district, id, &read));
    if (err != ERR_NONE)
        return err;
    buffer_append_char(&call->out, '{');
    json_member_int(&call->out, "id", id);
    json_member_int(&call->out, "enrolment", db_value_int(read, 0, OBJECTION_READ_ENROLMENT));
    json_member_text(&call->out, "channel", db_value(read, 0, OBJECTION_READ_CHANNEL));
    json_member_text(&call->out, "state", db_value(read, 0, OBJECTION_READ_STATE));
    err = objection_write_text(call, id, read);
    buffer_append_char(&call->out, '}');
    return err;
}

struct objection_decision_body {
    const char *outcome;
    const char *evidence;
};

static const struct json_field objection_decision_fields[] = {
    JSON_FIELD(struct objection_decision_body, outcome, JSON_TEXT, JSON_REQUIRED, 1, OBJECTION_CODE_BYTES_MAX,
               "upheld,dismissed"),
    JSON_FIELD(struct objection_decision_body, evidence, JSON_TEXT, JSON_REQUIRED, 1, ENROLMENT_EVIDENCE_BYTES_MAX,
               NULL),
};

/* An objection that is upheld sends an application that is still under way back; otherwise the decision is noted. */
static enum err objection_follow(struct call *call, int64_t id, bool upheld, const char *evidence,
                                 const struct db_result *locked)
{
    int64_t event;
    int64_t seq;
    enum enrolment_state state;
    int64_t enrolment = db_value_int(locked, 0, OBJECTION_LOCKED_ENROLMENT);
    if (!enrolment_state_parse(db_value(locked, 0, OBJECTION_LOCKED_ENROLMENT_STATE), &state))
        return ERR_INTERNAL;
    bool under_way = state == ENROLMENT_APPLIED || state == ENROLMENT_REVIEWED || state == ENROLMENT_NOTICED;
    if (upheld && under_way)
        return db_error(call->db,
                        enrolment_store_return(call->db, call->who->district, enrolment, "objection", evidence, NULL));
    const struct enrolment_note note = {.step = "objection_decided",
                                        .cause = upheld ? "upheld" : "dismissed",
                                        .evidence = evidence,
                                        .data = arena_printf(call->arena, "{\"objection\":%lld}", (long long)id)};
    return enrolment_step_note(call, enrolment, &note, &event, &seq);
}

/* Neither who took it down nor who applied decides. */
static enum err objection_check(const struct call *call, const struct db_result *locked)
{
    if (strcmp(db_value(locked, 0, OBJECTION_LOCKED_RECEIVED_BY), call->who->subject) == 0 ||
        strcmp(db_value(locked, 0, OBJECTION_LOCKED_APPLIED_BY), call->who->subject) == 0)
        return ERR_SAME_PERSON;
    return strcmp(db_value(locked, 0, OBJECTION_LOCKED_STATE), "OPEN") == 0 ? ERR_NONE : ERR_WRONG_STATE;
}

enum err objection_api_decide(struct call *call)
{
    int64_t id;
    struct objection_decision_body body;
    CLEANUP_RESULT struct db_result *locked = NULL;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum err err = json_read_body(call, objection_decision_fields, 2, &body);
    if (err == ERR_NONE && !enrolment_step_evidence_ok(call, body.evidence))
        err = ERR_INVALID_FIELDS;
    if (err == ERR_NONE)
        err = call_path_id(call, 0, &id);
    if (err == ERR_NONE)
        err = register_done(call, objection_store_lock(call->db, call->who->district, id, &locked));
    if (err == ERR_NONE)
        err = objection_check(call, locked);
    if (err != ERR_NONE)
        return err;
    bool upheld = strcmp(body.outcome, "upheld") == 0;
    enum db_status status =
        objection_store_decide(call->db, call->who->district, id, upheld ? "UPHELD" : "DISMISSED", body.evidence, NULL);
    if (status != DB_ROW)
        return db_error(call->db, status);
    err = objection_follow(call, id, upheld, body.evidence, locked);
    if (err != ERR_NONE)
        return err;
    status = objection_store_get(call->db, call->who->district, id, &result);
    return register_answer(call, status, result);
}
