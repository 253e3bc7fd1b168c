#include "decision_api.h"
#include "json_read.h"
#include "programmes_routes.h"
#include "rule.h"
#include "rule_store.h"

enum { CODE_BYTES_MAX = 39, WORD_BYTES_MAX = 20, SOURCE_BYTES_MAX = 4 * DECISION_SOURCE_CHARS_MAX };

#define RULE_KINDS "fixed,household_topup,benefit_topup,percentage,per_term,per_unit,per_case,once"
#define RULE_CYCLES "month,quarter,half,term,year"
#define RULE_TIER_SOURCES "single,enrolment,disability_grade,age"
#define RULE_ROUNDINGS "floor_fen,half_up_fen,up_jiao,up_yuan,down_yuan"
#define RULE_ENTRIES                                                                                                   \
    "application_month,approval_month,month_after_approval,birthday_month,month_after_birthday,year_end_age,semester"
#define RULE_EXITS "same_month,event_month_paid,month_after_event,end_of_notice"
#define RULE_DOCUMENTS "application,consent,identity,household_book,certificate,income,school,medical,other"
#define RULE_CHECKS "identity,age,exclusions,certificate,school,income,household_visit"

/* The body of a proposal. It is read to be checked; the statement takes the JSON as it came. */
struct rule_body {
    struct date valid_from;
    struct date valid_to;
    const char *kind;
    const char *cycle;
    const char *accrual;
    const char *tier_source;
    const char *rounding;
    const char *remainder;
    const char *entry_basis;
    const char *exit_basis;
    int64_t lookback_months;
    int64_t age_min;
    int64_t age_max;
    int age_max_at_school;
    struct json_int_list certificate_types;
    const char *basis_item;
    const char *basis_tier;
    int64_t months_max;
    int64_t grace_months_max;
    int64_t netting_cap_percent;
    int one_per_household;
    const char *once_per;
    int review_required;
    int64_t notice_days;
    const char *notice_day_kind;
    int hearing_required;
    struct json_text_list documents;
    struct json_text_list checks;
    const char *source;
    int confirmed;
    int64_t replaces;
    int gap_intended;
};

#define WORD(member, flags, values) JSON_FIELD(struct rule_body, member, JSON_TEXT, flags, 1, WORD_BYTES_MAX, values)
#define NUMBER(member, flags, min, max) JSON_FIELD(struct rule_body, member, JSON_INT, flags, min, max, NULL)
#define TRUTH(member, flags) JSON_FIELD(struct rule_body, member, JSON_BOOL, flags, 0, 0, NULL)

/* `required`: JSON_REQUIRED, or 0 for what another rule may complete. */
/* clang-format off */
#define RULE_FIELDS(required) \
    JSON_FIELD(struct rule_body, valid_from, JSON_DATE, required, 0, 0, NULL), \
    JSON_FIELD(struct rule_body, valid_to, JSON_DATE, JSON_NULLABLE, 0, 0, NULL), \
    WORD(kind, required, RULE_KINDS), \
    WORD(cycle, required, RULE_CYCLES), \
    WORD(accrual, 0, "each_month,first_month,last_month"), \
    WORD(tier_source, required, RULE_TIER_SOURCES), \
    WORD(rounding, required, RULE_ROUNDINGS), \
    WORD(remainder, required, "last,cumulative"), \
    WORD(entry_basis, required, RULE_ENTRIES), \
    WORD(exit_basis, required, RULE_EXITS), \
    NUMBER(lookback_months, required, 0, 120), \
    NUMBER(age_min, JSON_NULLABLE, 0, 150), \
    NUMBER(age_max, JSON_NULLABLE, 1, 150), \
    TRUTH(age_max_at_school, 0), \
    JSON_FIELD(struct rule_body, certificate_types, JSON_INT_LIST, JSON_NULLABLE, 1, 7, NULL), \
    JSON_FIELD(struct rule_body, basis_item, JSON_TEXT, JSON_NULLABLE, 1, CODE_BYTES_MAX, NULL), \
    JSON_FIELD(struct rule_body, basis_tier, JSON_TEXT, JSON_NULLABLE, 1, CODE_BYTES_MAX, NULL), \
    NUMBER(months_max, JSON_NULLABLE, 1, 600), \
    NUMBER(grace_months_max, 0, 0, 24), \
    NUMBER(netting_cap_percent, 0, 0, 90), \
    TRUTH(one_per_household, 0), \
    WORD(once_per, 0, "enrolment,year,lifetime"), \
    TRUTH(review_required, 0), \
    NUMBER(notice_days, 0, 0, 60), \
    WORD(notice_day_kind, 0, "calendar,working"), \
    TRUTH(hearing_required, 0), \
    JSON_FIELD(struct rule_body, documents, JSON_TEXT_LIST, 0, 1, WORD_BYTES_MAX, RULE_DOCUMENTS), \
    JSON_FIELD(struct rule_body, checks, JSON_TEXT_LIST, 0, 1, WORD_BYTES_MAX, RULE_CHECKS), \
    JSON_FIELD(struct rule_body, source, JSON_TEXT, required, 1, SOURCE_BYTES_MAX, NULL), \
    TRUTH(confirmed, required), \
    NUMBER(replaces, JSON_NULLABLE, 1, INT64_MAX), \
    TRUTH(gap_intended, 0)
/* clang-format on */

static const struct json_field rule_fields[] = {RULE_FIELDS(JSON_REQUIRED)};
static const struct json_field rule_given_fields[] = {RULE_FIELDS(0)};

enum { RULE_FIELD_COUNT = sizeof(rule_fields) / sizeof(rule_fields[0]) };

static const struct decision_noun rule_noun = {
    rule_store_lock, rule_store_approve, rule_store_reject, rule_store_get, true, 0};

enum err rule_list(struct call *call)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    int64_t after, limit;
    const char *item = call->path_values[0];
    enum err err = call_page(call, &after, &limit);
    if (err == ERR_NONE)
        err = decision_item(call, item, false);
    if (err != ERR_NONE)
        return err;
    enum db_status status = rule_store_list(call->db, call->who->district, item, after, limit, &result);
    return call_answer_list(call, status, result, limit);
}

enum err rule_get(struct call *call)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    int64_t id;
    enum err err = call_path_id(call, 0, &id);
    if (err != ERR_NONE)
        return err;
    enum db_status status = rule_store_get(call->db, call->who->district, id, &result);
    return call_answer_row(call, status, result);
}

static const char *rule_text(const char *value)
{
    return value == json_read_null ? NULL : value;
}

static enum err rule_check_body(struct call *call, const struct rule_body *body)
{
    struct rule_fault faults[RULE_FAULTS_MAX];
    const struct rule_terms terms = {.kind = body->kind,
                                     .cycle = body->cycle,
                                     .tier_source = body->tier_source,
                                     .accrual = body->accrual != NULL ? body->accrual : "each_month",
                                     .basis_item = rule_text(body->basis_item),
                                     .basis_tier = rule_text(body->basis_tier),
                                     .age_min = body->age_min,
                                     .age_max = body->age_max,
                                     .valid_from = body->valid_from,
                                     .valid_to = body->valid_to};
    size_t count = rule_find_faults(&terms, faults);
    for (size_t i = 0; i < count; i++)
        call_field_error(call, faults[i].pointer, faults[i].err);
    if (body->certificate_types.values != NULL && body->certificate_types.count == 0)
        call_field_error(call, "/certificate_types", ERR_TOO_SHORT);
    decision_note_source(call, body->source);
    return call->field_error_count == 0 ? ERR_NONE : ERR_INVALID_FIELDS;
}

/* The same members as those of `whole`, which is read in place of the request's body. */
static enum err rule_read_whole(struct call *call, const char *whole, size_t length, struct rule_body *ret_body)
{
    const char *given = call->body;
    size_t given_length = call->body_length;
    call->body = whole;
    call->body_length = length;
    enum err err = json_read_body(call, rule_fields, RULE_FIELD_COUNT, ret_body);
    call->body = given;
    call->body_length = given_length;
    return err;
}

/* A proposal with all its members: what it leaves out is as the rule that it replaces has it. ret_json is the arena's.
 */
static enum err rule_read(struct call *call, const char *item, struct rule_body *ret_body, const char **ret_json)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    enum err err = json_read_body(call, rule_given_fields, RULE_FIELD_COUNT, ret_body);
    *ret_json = err == ERR_BAD_JSON ? "" : decision_body(call);
    if (*ret_json == NULL)
        return ERR_OUT_OF_MEMORY;
    if (ret_body->replaces <= 0) {
        call->field_error_count = 0; /* all faults at once, what is missing among them */
        return json_read_body(call, rule_fields, RULE_FIELD_COUNT, ret_body);
    }
    if (err != ERR_NONE)
        return err;
    enum db_status status = rule_store_whole(call->db, item, *ret_json, &result);
    if (status != DB_ROW)
        return status == DB_NONE ? ERR_REPLACED_MISSING : db_error(call->db, status);
    *ret_json = arena_strndup(call->arena, db_value(result, 0, 0), db_value_length(result, 0, 0));
    if (*ret_json == NULL)
        return ERR_OUT_OF_MEMORY;
    return rule_read_whole(call, *ret_json, db_value_length(result, 0, 0), ret_body);
}

enum err rule_propose(struct call *call)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    const char *item = call->path_values[0];
    const char *json = NULL;
    struct rule_body body;
    enum err err = decision_item(call, item, true);
    if (err == ERR_NONE)
        err = rule_read(call, item, &body, &json);
    if (err == ERR_NONE)
        err = rule_check_body(call, &body);
    if (err != ERR_NONE)
        return err;
    enum db_status status = rule_store_propose(call->db, call->who->district, item, json, &result);
    if (status == DB_NONE)
        return call_field_error(call, "/basis_tier", ERR_UNKNOWN_TIER);
    if (status != DB_ROW)
        return decision_error(call, status);
    status = rule_store_check(call->db, db_value_int(result, 0, 0), body.gap_intended == 1);
    if (status != DB_ROW)
        return db_error(call->db, status);
    return call_answer_created(call, DB_ROW, result, "/programmes/rules");
}

enum err rule_approve(struct call *call)
{
    return decision_approve(call, &rule_noun);
}

enum err rule_reject(struct call *call)
{
    return decision_reject(call, &rule_noun);
}
