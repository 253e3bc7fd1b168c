#include "explanation.h"
#include "explanation_store.h"
#include "payments_routes.h"
#include "text.h"

#include <jansson.h>
#include <stdlib.h>

/* The document comes from SQL as JSON; here each line, payment and the whole get their sentences (`zh`, `en`). */

static const char *const explanation_members[] = {[EXPLANATION_ZH] = "zh", [EXPLANATION_EN] = "en"};

static const char *explanation_text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static int64_t explanation_int_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_integer(value) ? json_integer_value(value) : EXPLANATION_ABSENT;
}

static struct explanation_name explanation_name_of(const json_t *named)
{
    return (struct explanation_name){explanation_text_of(named, "name_zh"), explanation_text_of(named, "name_en")};
}

static bool explanation_read_less(struct arena *arena, const json_t *list, struct explanation_line *line)
{
    size_t count = json_array_size(list);
    struct explanation_less *less = arena_alloc(arena, (count + 1) * sizeof(*less));
    if (less == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_array_get(list, i);
        less[i] = (struct explanation_less){explanation_name_of(one), explanation_int_of(one, "month_fen")};
    }
    line->less = less;
    line->less_count = count;
    return true;
}

static bool explanation_read_line(struct arena *arena, const char *period, const json_t *json,
                                  struct explanation_line *ret_line)
{
    const json_t *rule = json_object_get(json, "rule");
    const json_t *standard = json_object_get(json, "standard");
    const json_t *basis = json_object_get(json, "basis");
    const char *kind = explanation_text_of(rule, "kind");
    const char *accrual = explanation_text_of(rule, "accrual");
    const char *rounding = explanation_text_of(rule, "rounding");
    *ret_line = (struct explanation_line){
        .period = period,
        .from = explanation_text_of(json, "from"),
        .months = explanation_int_of(json, "months"),
        .kind = kind != NULL ? kind : "",
        .accrual = accrual != NULL ? accrual : "",
        .rounding = rounding != NULL ? rounding : "",
        .tier = explanation_name_of(json_object_get(json, "tier")),
        .standard_fen = explanation_int_of(standard, "amount_fen"),
        .standard_per = explanation_text_of(standard, "amount_per"),
        .basis_points = explanation_int_of(standard, "basis_points"),
        .basis_item = explanation_name_of(json_object_get(basis, "item")),
        .basis_fen = explanation_int_of(basis, "amount_fen"),
        .basis_per = explanation_text_of(basis, "amount_per"),
        .source = explanation_text_of(standard, "source"),
        .version = explanation_int_of(standard, "version"),
        .confirmed = json_is_true(json_object_get(standard, "confirmed")),
        .income_fen = explanation_int_of(json_object_get(json, "income"), "per_head_year_fen"),
        .people = explanation_int_of(json, "people"),
        .quantity = explanation_int_of(json, "quantity"),
        .gross_fen = explanation_int_of(json, "gross_fen"),
        .amount_fen = explanation_int_of(json, "amount_fen"),
        .stop = explanation_text_of(json, "stop"),
        .suspended = explanation_text_of(json, "suspended"),
        .benefit = explanation_name_of(json_object_get(json, "benefit")),
        .open = explanation_text_of(json, "open"),
    };
    return explanation_read_less(arena, json_object_get(json, "less"), ret_line);
}

static bool explanation_set_text(json_t *object, enum explanation_language language, const struct buffer *text)
{
    return !text->failed &&
           json_object_set_new(object, explanation_members[language], json_stringn(text->data, text->length)) == 0;
}

/* Text in both languages, as it grows. */
struct explanation_whole {
    struct buffer text[2];
};

static struct explanation_whole explanation_whole_init(void)
{
    return (struct explanation_whole){
        {buffer_init(EXPLANATION_TEXT_BYTES_MAX), buffer_init(EXPLANATION_TEXT_BYTES_MAX)}};
}

static void explanation_whole_free(struct explanation_whole *whole)
{
    buffer_free(&whole->text[EXPLANATION_ZH]);
    buffer_free(&whole->text[EXPLANATION_EN]);
}

#define CLEANUP_WHOLE __attribute__((cleanup(explanation_whole_free)))

static bool explanation_set_whole(json_t *object, const struct explanation_whole *whole)
{
    return explanation_set_text(object, EXPLANATION_ZH, &whole->text[EXPLANATION_ZH]) &&
           explanation_set_text(object, EXPLANATION_EN, &whole->text[EXPLANATION_EN]);
}

/* Begins with the name of the item. */
static void explanation_say_item(const json_t *document, struct explanation_whole *whole)
{
    const char *names[] = {[EXPLANATION_ZH] = explanation_text_of(document, "item_zh"),
                           [EXPLANATION_EN] = explanation_text_of(document, "item_en")};
    for (int language = EXPLANATION_ZH; language <= EXPLANATION_EN; language++) {
        const struct explanation_value item = {"item", names[language]};
        explanation_fill(&whole->text[language], explanation_text(language, "mark", "item"), &item, 1);
    }
}

/* Gives each line its sentences, and appends them to the whole. */
static bool explanation_say_lines(struct arena *arena, const char *period, json_t *lines,
                                  struct explanation_whole *whole)
{
    for (size_t i = 0; i < json_array_size(lines); i++) {
        json_t *json = json_array_get(lines, i);
        struct explanation_line line;
        if (!explanation_read_line(arena, period, json, &line))
            return false;
        for (int language = EXPLANATION_ZH; language <= EXPLANATION_EN; language++) {
            CLEANUP_BUFFER struct buffer text = buffer_init(EXPLANATION_TEXT_BYTES_MAX);
            explanation_write_line(&text, language, &line);
            if (!explanation_set_text(json, language, &text))
                return false;
            buffer_append(&whole->text[language], text.data, text.length);
            buffer_append_text(&whole->text[language], explanation_text(language, "mark", "next"));
        }
    }
    return true;
}

/* What became of the payments for the period. What is left of the settled amount was taken off payments that another
 * has taken the place of, or came back. */
static void explanation_sum_payments(const json_t *document, struct explanation_sum *sum)
{
    const json_t *payments = json_object_get(document, "payments");
    for (size_t i = 0; i < json_array_size(payments); i++) {
        const json_t *payment = json_array_get(payments, i);
        const char *state = explanation_text_of(payment, "state");
        if (state != NULL && !json_is_true(json_object_get(payment, "superseded")))
            explanation_sum_payment(sum, state, explanation_int_of(payment, "amount_fen"),
                                    explanation_int_of(payment, "netted_fen"));
    }
    int64_t rest = json_integer_value(json_object_get(document, "settled_fen")) - sum->received_fen -
                   sum->under_way_fen - sum->unknown_fen - sum->failed_fen - sum->netted_fen;
    if (rest > 0)
        sum->netted_fen += rest;
    else
        sum->back_fen = -rest;
}

static bool explanation_say_calculation(struct arena *arena, const json_t *document)
{
    CLEANUP_WHOLE struct explanation_whole whole = explanation_whole_init();
    json_t *calculation = json_object_get(document, "calculation");
    json_t *lines = json_object_get(calculation, "lines");
    struct explanation_sum sum = {
        .lines = json_array_size(lines),
        .open = json_is_string(json_object_get(document, "open")),
        .due_fen = explanation_int_of(document, "due_fen"),
        .difference_fen = json_integer_value(json_object_get(document, "difference_fen")),
    };
    explanation_sum_payments(document, &sum);
    explanation_say_item(document, &whole);
    if (!explanation_say_lines(arena, explanation_text_of(document, "period"), lines, &whole))
        return false;
    explanation_write_sum(&whole.text[EXPLANATION_ZH], EXPLANATION_ZH, &sum);
    explanation_write_sum(&whole.text[EXPLANATION_EN], EXPLANATION_EN, &sum);
    return explanation_set_whole(calculation, &whole);
}

static bool explanation_read_netted(struct arena *arena, const json_t *list, struct explanation_payment *payment)
{
    size_t count = json_array_size(list);
    struct explanation_netted *netted = arena_alloc(arena, (count + 1) * sizeof(*netted));
    if (netted == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_array_get(list, i);
        netted[i] =
            (struct explanation_netted){explanation_text_of(one, "period"), explanation_int_of(one, "amount_fen")};
    }
    payment->netted = netted;
    payment->netted_count = count;
    return true;
}

static bool explanation_say_payment(struct arena *arena, const json_t *document, json_t *json)
{
    CLEANUP_WHOLE struct explanation_whole whole = explanation_whole_init();
    struct explanation_payment payment = {
        .state = explanation_text_of(json, "state"),
        .superseded = json_is_true(json_object_get(json, "superseded")),
        .due_fen = explanation_int_of(json, "due_at_the_time_fen"),
        .settled_before_fen = explanation_int_of(json, "settled_before_fen"),
        .amount_fen = explanation_int_of(json, "amount_fen"),
    };
    explanation_say_item(document, &whole);
    if (!explanation_read_netted(arena, json_object_get(json, "netted"), &payment) ||
        !explanation_say_lines(arena, explanation_text_of(document, "period"), json_object_get(json, "lines"), &whole))
        return false;
    explanation_write_payment(&whole.text[EXPLANATION_ZH], EXPLANATION_ZH, &payment);
    explanation_write_payment(&whole.text[EXPLANATION_EN], EXPLANATION_EN, &payment);
    return explanation_set_whole(json, &whole);
}

/* only: the number of the one payment to show, 0 for all. */
static bool explanation_say_payments(struct arena *arena, const json_t *document, int64_t only)
{
    json_t *payments = json_object_get(document, "payments");
    for (size_t i = json_array_size(payments); i-- > 0;) {
        json_t *json = json_array_get(payments, i);
        if (only != 0 && explanation_int_of(json, "id") != only) {
            if (json_array_remove(payments, i) != 0)
                return false;
        } else if (!explanation_say_payment(arena, document, json)) {
            return false;
        }
    }
    return true;
}

static enum err explanation_answer(struct call *call, const char *item, int64_t unit, const char *period, int64_t only)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = explanation_store_get(call->db, item, unit, period, &result);
    if (status != DB_ROW) {
        enum err err = db_error(call->db, status);
        return err == ERR_BAD_PERIOD ? call_field_error(call, "/period", err) : err;
    }
    json_t *document = json_loadb(db_value(result, 0, 0), db_value_length(result, 0, 0), 0, NULL);
    char *text = NULL;
    if (document != NULL && explanation_say_calculation(call->arena, document) &&
        explanation_say_payments(call->arena, document, only))
        text = json_dumps(document, JSON_COMPACT);
    if (text != NULL)
        buffer_append_text(&call->out, text);
    free(text);
    json_decref(document);
    return text != NULL ? ERR_NONE : ERR_OUT_OF_MEMORY;
}

enum err explanation_get(struct call *call)
{
    int64_t unit;
    if (!text_to_int64(call->path_values[1], -INT64_MAX, INT64_MAX, &unit))
        return ERR_NOT_FOUND;
    return explanation_answer(call, call->path_values[0], unit, call->path_values[2], 0);
}

enum err explanation_get_payment(struct call *call)
{
    int64_t payment_id;
    enum err err = call_path_id(call, 0, &payment_id);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = explanation_store_payment(call->db, call->who->district, payment_id, &result);
    if (status != DB_ROW)
        return status == DB_NONE ? ERR_NOT_FOUND : db_error(call->db, status);
    return explanation_answer(call, db_value(result, 0, db_column(result, "item")),
                              db_value_int(result, 0, db_column(result, "unit")),
                              db_value(result, 0, db_column(result, "period")), payment_id);
}
