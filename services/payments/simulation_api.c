#include "comparison_store.h"
#include "json_read.h"
#include "payments_routes.h"

#include <string.h>

enum { SIMULATION_CODE_BYTES_MAX = 39, SIMULATION_MONTHS_MAX = 12, SIMULATION_POINTS_MAX = 100000 };

/* The largest standard, as for a proposed one: 1 million yuan. */
#define SIMULATION_FEN_MAX INT64_C(100000000)

struct simulation_body {
    const char *item;
    const char *tier;
    int64_t amount_fen;
    int64_t basis_points;
    const char *amount_per;
    struct date from;
    int64_t months;
};

static const struct json_field simulation_fields[] = {
    JSON_FIELD(struct simulation_body, item, JSON_TEXT, JSON_REQUIRED, 1, SIMULATION_CODE_BYTES_MAX, NULL),
    JSON_FIELD(struct simulation_body, tier, JSON_TEXT, JSON_REQUIRED, 1, SIMULATION_CODE_BYTES_MAX, NULL),
    JSON_FIELD(struct simulation_body, amount_fen, JSON_INT, 0, 1, SIMULATION_FEN_MAX, NULL),
    JSON_FIELD(struct simulation_body, basis_points, JSON_INT, 0, 1, SIMULATION_POINTS_MAX, NULL),
    JSON_FIELD(struct simulation_body, amount_per, JSON_TEXT, JSON_REQUIRED, 1, SIMULATION_CODE_BYTES_MAX,
               "month,year,term,day,case,percent"),
    JSON_FIELD(struct simulation_body, from, JSON_DATE, JSON_REQUIRED, 0, 0, NULL),
    JSON_FIELD(struct simulation_body, months, JSON_INT, JSON_REQUIRED, 1, SIMULATION_MONTHS_MAX, NULL),
};

/* A percentage has basis points and no amount, anything else the other way round; months are whole. */
static enum err simulation_check(struct call *call, const struct simulation_body *body)
{
    bool percent = strcmp(body->amount_per, "percent") == 0;
    enum err err = ERR_NONE;
    if ((body->amount_fen == JSON_INT_ABSENT) != percent)
        err = call_field_error(call, "/amount_fen", percent ? ERR_UNFIT : ERR_REQUIRED);
    if ((body->basis_points == JSON_INT_ABSENT) == percent)
        err = call_field_error(call, "/basis_points", percent ? ERR_REQUIRED : ERR_UNFIT);
    if (body->from.day != 1)
        err = call_field_error(call, "/from", ERR_BAD_VALUE);
    return err;
}

static const char *simulation_number(struct call *call, int64_t number)
{
    return number == JSON_INT_ABSENT ? NULL : arena_printf(call->arena, "%lld", (long long)number);
}

static enum err simulation_refusal(struct call *call, enum err err, const struct simulation_body *body)
{
    if (err == ERR_UNKNOWN_ITEM)
        return call_field_error(call, "/item", err);
    if (err == ERR_UNKNOWN_TIER)
        return call_field_error(call, "/tier", err);
    if (err == ERR_STANDARD_MISSING) {
        const char *pointer = arena_printf(call->arena, "/item/%s/rule", body->item);
        if (pointer != NULL)
            call_field_error(call, pointer, err);
    }
    return err;
}

enum err simulation_create(struct call *call)
{
    struct simulation_body body;
    enum err err = json_read_body(call, simulation_fields, 7, &body);
    if (err == ERR_NONE)
        err = simulation_check(call, &body);
    if (err != ERR_NONE)
        return err;
    char from[DATE_TEXT_SIZE];
    date_format(body.from, from);
    const struct simulation simulation = {
        .item = body.item,
        .tier = body.tier,
        .amount_fen = simulation_number(call, body.amount_fen),
        .basis_points = simulation_number(call, body.basis_points),
        .amount_per = body.amount_per,
        .from = from,
        .months = body.months,
    };
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = simulation_store_run(call->db, &simulation, &result);
    if (status != DB_ROW)
        return simulation_refusal(call, db_error(call->db, status), &body);
    return call_answer_row(call, status, result);
}
