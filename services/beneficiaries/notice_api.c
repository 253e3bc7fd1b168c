#include "notice_api.h"

#include "enrolment_step.h"
#include "json_read.h"
#include "json_write.h"
#include "notice_store.h"
#include "person_name.h"
#include "register.h"
#include "sql_array.h"
#include "utf8.h"

enum {
    NOTICE_CODE_BYTES_MAX = 39,
    NOTICE_PLACE_CHARS_MAX = 100,
    NOTICE_ENROLMENTS_MAX = 500,
    NOTICE_ARRAY_BYTES_MAX = 16384
};

struct notice_body {
    const char *item;
    int64_t division;
    struct json_int_list enrolments;
    struct date published_on;
    const char *place;
};

static const struct json_field notice_fields[] = {
    JSON_FIELD(struct notice_body, item, JSON_TEXT, JSON_REQUIRED, 1, NOTICE_CODE_BYTES_MAX, NULL),
    JSON_FIELD(struct notice_body, division, JSON_INT, JSON_REQUIRED, 1, INT32_MAX, NULL),
    JSON_FIELD(struct notice_body, enrolments, JSON_INT_LIST, JSON_REQUIRED, 1, INT64_MAX, NULL),
    JSON_FIELD(struct notice_body, published_on, JSON_DATE, JSON_REQUIRED, 0, 0, NULL),
    JSON_FIELD(struct notice_body, place, JSON_TEXT, JSON_REQUIRED, 1, 4 * NOTICE_PLACE_CHARS_MAX, NULL),
};

static bool notice_place_ok(struct call *call, const char *place)
{
    enum err err = utf8_length_chars(place) > NOTICE_PLACE_CHARS_MAX ? ERR_TOO_LONG : ERR_NONE;
    size_t digits = 0;
    for (const char *at = place; err == ERR_NONE && *at != '\0'; at++) {
        digits = *at >= '0' && *at <= '9' ? digits + 1 : 0;
        if ((unsigned char)*at < ' ')
            err = ERR_BAD_CHARACTERS;
        else if (digits > 10)
            err = ERR_PERSONAL_DATA;
    }
    return register_field_ok(call, "/place", err);
}

/* The numbers as an array literal; each once. */
static enum err notice_array(struct call *call, const struct json_int_list *list, struct buffer *array,
                             const char **ret_array)
{
    if (list->count == 0 || list->count > NOTICE_ENROLMENTS_MAX)
        return call_field_error(call, "/enrolments", ERR_OUT_OF_RANGE);
    sql_array_begin(array);
    for (size_t i = 0; i < list->count; i++) {
        for (size_t k = 0; k < i; k++)
            if (list->values[k] == list->values[i])
                return call_field_error(call, arena_printf(call->arena, "/enrolments/%zu", i), ERR_BAD_VALUE);
        sql_array_int(array, list->values[i]);
    }
    *ret_array = sql_array_end(array);
    return *ret_array != NULL ? ERR_NONE : ERR_OUT_OF_MEMORY;
}

/* Every application of the list is there, ready, and was so on the day of the publication; what the procedure wants of
 * each is asked before anything is written. */
static enum err notice_check(struct call *call, const struct notice_body *body, const struct notice_row *row)
{
    struct date ready;
    CLEANUP_RESULT struct db_result *found = NULL;
    enum db_status status = notice_store_candidates(call->db, row, &found);
    if (status == DB_HARD || status == DB_RETRY)
        return db_error(call->db, status);
    size_t rows = db_row_count(found);
    for (size_t i = 0, at = 0; i < body->enrolments.count; i++) {
        if (at < rows && db_value_int(found, at, NOTICE_CANDIDATE_POSITION) == (int64_t)i + 1)
            at++;
        else
            call_field_error(call, arena_printf(call->arena, "/enrolments/%zu", i), ERR_UNKNOWN_ENROLMENT);
    }
    if (rows < body->enrolments.count)
        return ERR_INVALID_FIELDS;
    for (size_t at = 0; at < rows; at++) {
        if (!date_parse(db_value(found, at, NOTICE_CANDIDATE_READY), &ready))
            return ERR_INTERNAL;
        if (date_compare(body->published_on, ready) < 0)
            return call_field_error(call, "/published_on", ERR_OUT_OF_RANGE);
        enum err err = enrolment_step_allowed(call, db_value_int(found, at, NOTICE_CANDIDATE_ID),
                                              db_value(found, at, NOTICE_CANDIDATE_STATE), "noticed");
        if (err != ERR_NONE)
            return err;
    }
    return ERR_NONE;
}

static enum err notice_publish(struct call *call, const struct notice_body *body, struct notice_row *row)
{
    CLEANUP_RESULT struct db_result *made = NULL;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum err err = notice_check(call, body, row);
    if (err != ERR_NONE)
        return err;
    enum db_status status = notice_store_insert(call->db, row, &made);
    if (status != DB_ROW)
        return status == DB_NONE ? ERR_WRONG_STATE : db_error(call->db, status);
    int64_t id = db_value_int(made, 0, 0);
    err = db_error(call->db, notice_store_apply(call->db, row, id, NULL));
    if (err != ERR_NONE)
        return err;
    status = notice_store_get(call->db, row->district, id, &result);
    return register_created(call, status, result, "/beneficiaries/notices");
}

enum err notice_api_create(struct call *call)
{
    struct notice_body body;
    struct notice_row row = {.district = call->who->district};
    CLEANUP_BUFFER struct buffer array = buffer_init(NOTICE_ARRAY_BYTES_MAX);
    enum err err = json_read_body(call, notice_fields, 5, &body);
    if (err != ERR_NONE)
        return err;
    bool good = register_field_ok(call, "/published_on", enrolment_check_applied(body.published_on, register_today()));
    good &= notice_place_ok(call, body.place);
    err = notice_array(call, &body.enrolments, &array, &row.enrolments);
    if (err != ERR_NONE || !good)
        return err != ERR_NONE ? err : ERR_INVALID_FIELDS;
    row.item = body.item;
    row.division = body.division;
    row.published_on = register_date(call, body.published_on);
    row.place = body.place;
    return notice_publish(call, &body, &row);
}

enum err notice_api_list(struct call *call)
{
    struct notice_filter filter = {.district = call->who->district, .item = call_query_value(call, "item")};
    enum err err = call_page(call, &filter.after, &filter.limit);
    if (err == ERR_NONE)
        err = call_query_id(call, "division", &filter.division);
    if (err == ERR_NONE && filter.division > INT32_MAX) {
        call_field_error(call, "division", ERR_OUT_OF_RANGE);
        err = ERR_BAD_QUERY;
    }
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = notice_store_list(call->db, &filter, &result);
    return call_answer_list(call, status, result, filter.limit);
}

enum err notice_api_get(struct call *call)
{
    int64_t id;
    enum err err = call_path_id(call, 0, &id);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = notice_store_get(call->db, call->who->district, id, &result);
    return register_answer(call, status, result);
}

static void notice_write_line(struct buffer *out, const struct db_result *rows, size_t row)
{
    char name[PERSON_NAME_SIZE];
    person_name_mask(db_value(rows, row, NOTICE_POSTED_NAME), name);
    json_separator(out);
    buffer_append_char(out, '{');
    json_member_int(out, "id", db_value_int(rows, row, NOTICE_POSTED_ID));
    json_member_text(out, "name", name);
    json_member_text(out, "division_zh", db_value(rows, row, NOTICE_POSTED_DIVISION_ZH));
    json_member_text(out, "division_en", db_value(rows, row, NOTICE_POSTED_DIVISION_EN));
    json_member_text(out, "item_zh", db_value(rows, row, NOTICE_POSTED_ITEM_ZH));
    json_member_text(out, "item_en", db_value(rows, row, NOTICE_POSTED_ITEM_EN));
    json_member_text(out, "tier_zh", db_value(rows, row, NOTICE_POSTED_TIER_ZH));
    json_member_text(out, "tier_en", db_value(rows, row, NOTICE_POSTED_TIER_EN));
    buffer_append_char(out, '}');
}

enum err notice_api_posted(struct call *call)
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
    CLEANUP_RESULT struct db_result *rows = NULL;
    enum db_status status = notice_store_posted(call->db, call->who->district, id, after, limit, &rows);
    if (status == DB_HARD || status == DB_RETRY)
        return db_error(call->db, status);
    size_t count = db_row_count(rows);
    size_t shown = count < (size_t)limit ? count : (size_t)limit;
    buffer_append_text(&call->out, "{\"items\":[");
    for (size_t row = 0; row < shown; row++)
        notice_write_line(&call->out, rows, row);
    buffer_append_text(&call->out, "]");
    json_member(&call->out, "next");
    json_write_text(&call->out, count > shown ? db_value(rows, shown - 1, NOTICE_POSTED_ID) : NULL);
    buffer_append_char(&call->out, '}');
    return ERR_NONE;
}
