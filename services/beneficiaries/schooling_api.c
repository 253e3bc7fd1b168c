#include "schooling_api.h"

#include "credit_code.h"
#include "fact_api.h"
#include "json_read.h"
#include "register.h"
#include "schooling_store.h"

enum { SCHOOLING_TEXT_BYTES_MAX = 100 };

struct schooling_body {
    const char *school;
    const char *level;
    int boarding;
    struct date valid_from;
    struct date valid_until;
};

static const struct json_field schooling_fields[] = {
    JSON_FIELD(struct schooling_body, school, JSON_TEXT, JSON_REQUIRED, 1, SCHOOLING_TEXT_BYTES_MAX, NULL),
    JSON_FIELD(struct schooling_body, level, JSON_TEXT, JSON_REQUIRED, 1, SCHOOLING_TEXT_BYTES_MAX,
               "preschool,primary,junior,senior,vocational,university"),
    JSON_FIELD(struct schooling_body, boarding, JSON_BOOL, JSON_REQUIRED, 0, 0, NULL),
    JSON_FIELD(struct schooling_body, valid_from, JSON_DATE, JSON_REQUIRED, 0, 0, NULL),
    JSON_FIELD(struct schooling_body, valid_until, JSON_DATE, 0, 0, 0, NULL),
};

enum err schooling_api_create(struct call *call)
{
    struct schooling_body body;
    char school[CREDIT_CODE_SIZE];
    struct schooling_row row = {.district = call->who->district};
    enum err err = json_read_body(call, schooling_fields, 5, &body);
    if (err == ERR_NONE)
        err = fact_api_begin(call, body.valid_from, body.valid_until, &row.person);
    if (err != ERR_NONE)
        return err;
    register_field_ok(call, "/school", credit_code_check(body.school, school));
    if (call->field_error_count > 0)
        return ERR_INVALID_FIELDS;
    row.school = school;
    row.level = body.level;
    row.boarding = body.boarding == 1;
    row.from = register_date(call, body.valid_from);
    row.until = register_date(call, body.valid_until);
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = schooling_store_insert(call->db, &row, &result);
    return fact_api_created(call, status, result, row.person, "schoolings");
}

enum err schooling_api_list(struct call *call)
{
    return fact_api_list(call, schooling_store_list);
}

enum err schooling_api_end(struct call *call)
{
    static const struct fact_table table = {schooling_store_get, schooling_store_end};
    return fact_api_end(call, &table);
}
