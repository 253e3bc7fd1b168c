#include "enrolment_change_api.h"

#include "enrolment_change_store.h"
#include "enrolment_step.h"
#include "json_read.h"
#include "register.h"

#include <string.h>

enum { CHANGE_CODE_BYTES_MAX = 39 };

/* Records the step and the proposal. */
static enum err change_propose(struct call *call, const struct enrolment_change_row *row)
{
    int64_t event;
    int64_t seq;
    CLEANUP_RESULT struct db_result *next = NULL;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = enrolment_change_store_next_id(call->db, &next);
    if (status != DB_ROW)
        return db_error(call->db, status);
    int64_t id = db_value_int(next, 0, 0);
    const struct enrolment_note note = {
        .step = "change_proposed",
        .cause = row->cause,
        .evidence = row->evidence,
        .on = row->from,
        .data = arena_printf(call->arena, "{\"change\":%lld,\"kind\":\"%s\"}", (long long)id, row->kind)};
    enum err err = enrolment_step_note(call, row->enrolment, &note, &event, &seq);
    if (err != ERR_NONE)
        return err;
    status = enrolment_change_store_insert(call->db, id, row, &result);
    return register_listed(
        call, status, result,
        arena_printf(call->arena, "/beneficiaries/enrolments/%lld/changes", (long long)row->enrolment));
}

struct tier_body {
    const char *tier;
    struct date from;
    const char *cause;
    const char *evidence;
};

static const struct json_field tier_fields[] = {
    JSON_FIELD(struct tier_body, tier, JSON_TEXT, JSON_REQUIRED, 1, CHANGE_CODE_BYTES_MAX, NULL),
    JSON_FIELD(struct tier_body, from, JSON_DATE, JSON_REQUIRED, 0, 0, NULL),
    JSON_FIELD(struct tier_body, cause, JSON_TEXT, JSON_REQUIRED, 1, CHANGE_CODE_BYTES_MAX,
               "assessment,boarding,school,institution,income,other"),
    JSON_FIELD(struct tier_body, evidence, JSON_TEXT, JSON_REQUIRED, 1, ENROLMENT_EVIDENCE_BYTES_MAX, NULL),
};

/* Another tier belongs to an approved enrolment, within its months, of an item whose tier it names. */
static enum err tier_check(struct call *call, const struct tier_body *body, const struct db_result *locked)
{
    struct date starts_on;
    if (strcmp(db_value(locked, 0, ENROLMENT_LOCKED_STATE), "APPROVED") != 0)
        return ERR_WRONG_STATE;
    if (!date_parse(db_value(locked, 0, ENROLMENT_LOCKED_STARTS_ON), &starts_on))
        return ERR_INTERNAL;
    if (!register_field_ok(call, "/from", date_compare(body->from, starts_on) < 0 ? ERR_OUT_OF_RANGE : ERR_NONE))
        return ERR_INVALID_FIELDS;
    CLEANUP_RESULT struct db_result *rule = NULL;
    enum db_status status =
        enrolment_change_store_tier(call->db, call->who->district, db_value(locked, 0, ENROLMENT_LOCKED_ITEM),
                                    body->tier, register_date(call, body->from), &rule);
    if (status != DB_ROW)
        return db_error(call->db, status);
    if (!db_value_bool(rule, 0, ENROLMENT_CHANGE_NAMED))
        return ERR_WRONG_STATE;
    return db_value_bool(rule, 0, ENROLMENT_CHANGE_KNOWN) ? ERR_NONE
                                                          : call_field_error(call, "/tier", ERR_UNKNOWN_TIER);
}

enum err enrolment_change_api_tier(struct call *call)
{
    int64_t id;
    struct tier_body body;
    CLEANUP_RESULT struct db_result *locked = NULL;
    enum err err = json_read_body(call, tier_fields, 4, &body);
    if (err == ERR_NONE) {
        bool good = register_field_ok(call, "/from", body.from.day == 1 ? ERR_NONE : ERR_NOT_FIRST_OF_MONTH);
        err = enrolment_step_evidence_ok(call, body.evidence) && good ? ERR_NONE : ERR_INVALID_FIELDS;
    }
    if (err == ERR_NONE)
        err = call_path_id(call, 0, &id);
    if (err == ERR_NONE)
        err = register_done(call, enrolment_store_lock(call->db, call->who->district, id, &locked));
    if (err == ERR_NONE)
        err = tier_check(call, &body, locked);
    if (err != ERR_NONE)
        return err;
    const struct enrolment_change_row row = {.district = call->who->district,
                                             .enrolment = id,
                                             .kind = "tier",
                                             .tier = body.tier,
                                             .from = register_date(call, body.from),
                                             .cause = body.cause,
                                             .evidence = body.evidence};
    return change_propose(call, &row);
}

enum err enrolment_change_api_tiers(struct call *call)
{
    return enrolment_step_list(call, enrolment_change_store_tiers);
}

struct reopening_body {
    const char *cause;
    const char *evidence;
};

static const struct json_field reopening_fields[] = {
    JSON_FIELD(struct reopening_body, cause, JSON_TEXT, JSON_REQUIRED, 1, CHANGE_CODE_BYTES_MAX,
               "wrong_person,wrong_date,wrong_cause,appeal,other"),
    JSON_FIELD(struct reopening_body, evidence, JSON_TEXT, JSON_REQUIRED, 1, ENROLMENT_EVIDENCE_BYTES_MAX, NULL),
};

enum err enrolment_change_api_reopening(struct call *call)
{
    struct reopening_body body;
    struct enrolment_change_row row = {.district = call->who->district, .kind = "reopening"};
    CLEANUP_RESULT struct db_result *locked = NULL;
    enum err err = json_read_body(call, reopening_fields, 2, &body);
    if (err == ERR_NONE && !enrolment_step_evidence_ok(call, body.evidence))
        err = ERR_INVALID_FIELDS;
    if (err == ERR_NONE)
        err = call_path_id(call, 0, &row.enrolment);
    if (err == ERR_NONE)
        err = register_done(call, enrolment_store_lock(call->db, row.district, row.enrolment, &locked));
    if (err != ERR_NONE)
        return err;
    if (strcmp(db_value(locked, 0, ENROLMENT_LOCKED_STATE), "ENDED") != 0)
        return ERR_WRONG_STATE;
    row.cause = body.cause;
    row.evidence = body.evidence;
    return change_propose(call, &row);
}

enum err enrolment_change_api_list(struct call *call)
{
    return enrolment_step_list(call, enrolment_change_store_list);
}

static enum err change_decide(struct call *call, bool approve)
{
    int64_t enrolment;
    int64_t id;
    CLEANUP_RESULT struct db_result *locked = NULL;
    CLEANUP_RESULT struct db_result *decided = NULL;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum err err = json_read_body(call, NULL, 0, NULL);
    if (err == ERR_NONE)
        err = call_path_id(call, 0, &enrolment);
    if (err == ERR_NONE)
        err = call_path_id(call, 1, &id);
    if (err == ERR_NONE)
        err = register_done(call, enrolment_store_lock(call->db, call->who->district, enrolment, &locked));
    if (err == ERR_NONE)
        err = register_done(call, enrolment_change_store_get(call->db, call->who->district, enrolment, id, NULL));
    if (err == ERR_NONE)
        err = enrolment_step_decider(call, db_value_bool(locked, 0, ENROLMENT_LOCKED_LEAD));
    if (err != ERR_NONE)
        return err;
    enum db_status status = enrolment_change_store_decide(call->db, id, approve, &decided);
    if (status != DB_ROW) {
        err = db_error(call->db, status);
        return err == ERR_OUT_OF_RANGE ? ERR_WRONG_STATE : err; /* the enrolment's months have changed since */
    }
    status = enrolment_change_store_get(call->db, call->who->district, enrolment, id, &result);
    return register_answer(call, status, result);
}

enum err enrolment_change_api_approve(struct call *call)
{
    return change_decide(call, true);
}

enum err enrolment_change_api_reject(struct call *call)
{
    return change_decide(call, false);
}
