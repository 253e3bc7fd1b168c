#include "explanation.h"

#include "money.h"
#include "period.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXPLANATION_NUMBER_SIZE = 24, EXPLANATION_PERCENT_DIVISOR = 100 };

#define EXPLANATION_VALUES(...)                                                                                        \
    (const struct explanation_value[]){__VA_ARGS__},                                                                   \
        sizeof((const struct explanation_value[]){__VA_ARGS__}) / sizeof(struct explanation_value)

static const char *const explanation_month_names[] = {"January",   "February", "March",    "April",
                                                      "May",       "June",     "July",     "August",
                                                      "September", "October",  "November", "December"};

/* Whole sentences and marks always have a text; only codes from the database may be unknown. */
static const char *explanation_known(enum explanation_language language, const char *group, const char *code)
{
    const char *text = explanation_text(language, group, code);
    if (text == NULL)
        abort();
    return text;
}

static const char *explanation_name_in(enum explanation_language language, struct explanation_name name)
{
    const char *text = language == EXPLANATION_ZH ? name.zh : name.en;
    return text != NULL ? text : "";
}

static void explanation_number(int64_t number, char ret_text[EXPLANATION_NUMBER_SIZE])
{
    snprintf(ret_text, EXPLANATION_NUMBER_SIZE, "%" PRId64, number);
}

/* Which words a period takes: its code in the group `when`. */
static const char *explanation_period_code(struct period period)
{
    switch (period.kind) {
    case PERIOD_MONTH:
        return "month";
    case PERIOD_QUARTER:
        return "quarter";
    case PERIOD_HALF:
        return period.index == 1 ? "half-1" : "half-2";
    case PERIOD_TERM:
        return period.index == 1 ? "term-1" : "term-2";
    case PERIOD_YEAR:
        break;
    }
    return "year";
}

static int64_t explanation_period_months(const char *text)
{
    struct period period;
    return period_parse(text, &period) ? period_kind_months(period.kind) : 1;
}

void explanation_write_period(struct buffer *out, enum explanation_language language, const char *text)
{
    struct period period;
    if (!period_parse(text, &period)) {
        buffer_append_text(out, text);
        return;
    }
    char year[EXPLANATION_NUMBER_SIZE];
    char number[EXPLANATION_NUMBER_SIZE];
    explanation_number(period.year, year);
    explanation_number(period.index, number);
    bool month = period.kind == PERIOD_MONTH;
    explanation_fill(out, explanation_known(language, "when", explanation_period_code(period)),
                     EXPLANATION_VALUES({"year", year}, {"number", number},
                                        {"name", month ? explanation_month_names[period.index - 1] : NULL}));
}

/* Months of a line need not follow each other, unless they fill the period. */
static void explanation_write_when(struct buffer *out, enum explanation_language language,
                                   const struct explanation_line *line)
{
    if (line->months == explanation_period_months(line->period)) {
        explanation_write_period(out, language, line->period);
        return;
    }
    if (line->months == 1) {
        explanation_write_period(out, language, line->from);
        return;
    }
    CLEANUP_BUFFER struct buffer from = buffer_init(EXPLANATION_TEXT_BYTES_MAX);
    char months[EXPLANATION_NUMBER_SIZE];
    explanation_write_period(&from, language, line->from);
    explanation_number(line->months, months);
    explanation_fill(out, explanation_known(language, "when", "some"),
                     EXPLANATION_VALUES({"from", from.data}, {"months", months}));
}

/* 13000 is 130, 12550 is 125.5. */
static void explanation_percent(int64_t basis_points, char ret_text[EXPLANATION_NUMBER_SIZE])
{
    int64_t whole = basis_points / EXPLANATION_PERCENT_DIVISOR;
    int64_t rest = basis_points % EXPLANATION_PERCENT_DIVISOR;
    if (rest == 0)
        snprintf(ret_text, EXPLANATION_NUMBER_SIZE, "%" PRId64, whole);
    else if (rest % 10 == 0)
        snprintf(ret_text, EXPLANATION_NUMBER_SIZE, "%" PRId64 ".%" PRId64, whole, rest / 10);
    else
        snprintf(ret_text, EXPLANATION_NUMBER_SIZE, "%" PRId64 ".%02" PRId64, whole, rest);
}

/* An amount per month, year ... in words. */
static void explanation_write_per(struct buffer *out, enum explanation_language language, int64_t fen, const char *per)
{
    char amount[MONEY_TEXT_SIZE];
    const char *text = explanation_text(language, "how", per);
    money_format(fen, amount);
    if (text != NULL)
        explanation_fill(out, text, EXPLANATION_VALUES({"amount", amount}));
    else
        buffer_append_text(out, amount);
}

/* How the amount of a line comes about, by the rule's kind. Nothing when the standard is not known. */
static void explanation_write_how(struct buffer *out, enum explanation_language language,
                                  const struct explanation_line *line)
{
    CLEANUP_BUFFER struct buffer how = buffer_init(EXPLANATION_TEXT_BYTES_MAX);
    char number[EXPLANATION_NUMBER_SIZE];
    if (strcmp(line->kind, "percentage") == 0) {
        explanation_write_per(&how, language, line->basis_fen, line->basis_per);
        explanation_percent(line->basis_points, number);
        explanation_fill(out, explanation_known(language, "how", "percent"),
                         EXPLANATION_VALUES({"basis", explanation_name_in(language, line->basis_item)},
                                            {"how", how.data}, {"percent", number}));
        return;
    }
    explanation_write_per(&how, language, line->standard_fen,
                          strcmp(line->kind, "once") == 0 ? "once" : line->standard_per);
    if (strcmp(line->kind, "household_topup") == 0) {
        char income[MONEY_TEXT_SIZE];
        explanation_number(line->people, number);
        money_format(line->income_fen, income);
        explanation_fill(out, explanation_known(language, "how", "household"),
                         EXPLANATION_VALUES({"people", number}, {"income", income}, {"how", how.data}));
        return;
    }
    const char *counted = NULL;
    if (strcmp(line->kind, "per_case") == 0)
        counted = explanation_known(language, "how", "decided");
    else if (line->quantity != EXPLANATION_ABSENT)
        counted = explanation_text(language, "counted", line->standard_per);
    if (counted == NULL) {
        buffer_append_text(out, how.data);
        return;
    }
    explanation_number(line->quantity, number);
    explanation_fill(out, counted, EXPLANATION_VALUES({"how", how.data}, {"quantity", number}));
}

/* A clause of a line, behind a comma unless it is the first. */
static void explanation_clause(struct buffer *out, enum explanation_language language, const char *text,
                               const struct explanation_value *values, size_t count)
{
    if (out->length > 0)
        buffer_append_text(out, explanation_known(language, "mark", "comma"));
    explanation_fill(out, text, values, count);
}

static void explanation_clause_amount(struct buffer *out, enum explanation_language language, const char *group,
                                      const char *code, int64_t fen)
{
    char amount[MONEY_TEXT_SIZE];
    money_format(fen, amount);
    explanation_clause(out, language, explanation_known(language, group, code), EXPLANATION_VALUES({"amount", amount}));
}

static bool explanation_is_counted(const struct explanation_line *line)
{
    return strcmp(line->kind, "per_unit") == 0 || strcmp(line->kind, "per_case") == 0 ||
           strcmp(line->kind, "once") == 0;
}

/* Which part of the period counts, and how the amount was rounded, where either could matter. */
static void explanation_write_share(struct buffer *out, enum explanation_language language,
                                    const struct explanation_line *line)
{
    int64_t all = explanation_period_months(line->period);
    bool household = strcmp(line->kind, "household_topup") == 0;
    if (explanation_is_counted(line))
        return;
    if (all > 1 && !household && strcmp(line->accrual, "each_month") != 0) {
        const char *text = explanation_text(language, "clause", line->accrual);
        explanation_clause(out, language, text != NULL ? text : line->accrual, NULL, 0);
    }
    if (!household && line->months < all) {
        char months[EXPLANATION_NUMBER_SIZE];
        char period_months[EXPLANATION_NUMBER_SIZE];
        explanation_number(line->months, months);
        explanation_number(all, period_months);
        explanation_clause(out, language, explanation_known(language, "clause", "share"),
                           EXPLANATION_VALUES({"months", months}, {"all", period_months}));
    }
    bool monthly = line->standard_per != NULL && strcmp(line->standard_per, "month") == 0;
    const char *rounding = explanation_text(language, "rounding", line->rounding);
    if ((household || !monthly) && rounding != NULL)
        explanation_clause(out, language, rounding, NULL, 0);
}

static void explanation_write_source(struct buffer *out, enum explanation_language language,
                                     const struct explanation_line *line)
{
    if (line->source == NULL)
        return;
    char version[EXPLANATION_NUMBER_SIZE];
    explanation_number(line->version, version);
    explanation_clause(out, language, explanation_known(language, "clause", line->confirmed ? "source" : "unconfirmed"),
                       EXPLANATION_VALUES({"source", line->source}, {"version", version}));
}

static void explanation_write_less(struct buffer *out, enum explanation_language language,
                                   const struct explanation_line *line)
{
    if (line->less_count == 0)
        return;
    explanation_clause_amount(out, language, "clause", "gross", line->gross_fen);
    for (size_t i = 0; i < line->less_count; i++) {
        char amount[MONEY_TEXT_SIZE];
        money_format(line->less[i].month_fen, amount);
        explanation_clause(
            out, language, explanation_known(language, "clause", "less"),
            EXPLANATION_VALUES({"benefit", explanation_name_in(language, line->less[i].benefit)}, {"amount", amount}));
    }
}

static void explanation_write_reason(struct buffer *out, enum explanation_language language,
                                     const struct explanation_line *line)
{
    const char *code = line->open != NULL ? line->open : line->stop;
    const char *text = explanation_text(language, line->open != NULL ? "open" : "stop", code);
    const char *cause = explanation_text(language, "suspended", line->suspended);
    if (line->open == NULL && cause != NULL)
        text = cause;
    explanation_fill(out, text != NULL ? text : code,
                     EXPLANATION_VALUES({"benefit", explanation_name_in(language, line->benefit)}));
}

static void explanation_write_clauses(struct buffer *out, enum explanation_language language,
                                      const struct explanation_line *line)
{
    CLEANUP_BUFFER struct buffer how = buffer_init(EXPLANATION_TEXT_BYTES_MAX);
    const char *tier = explanation_name_in(language, line->tier);
    if (tier[0] != '\0' && strcmp(line->kind, "household_topup") != 0)
        explanation_clause(out, language, "{tier}", EXPLANATION_VALUES({"tier", tier}));
    if (line->standard_fen != EXPLANATION_ABSENT || line->basis_fen != EXPLANATION_ABSENT) {
        explanation_write_how(&how, language, line);
        explanation_clause(out, language, "{how}", EXPLANATION_VALUES({"how", how.data}));
    }
    explanation_write_source(out, language, line);
    explanation_write_share(out, language, line);
    explanation_write_less(out, language, line);
    explanation_clause_amount(out, language, "clause", "amount", line->amount_fen);
}

void explanation_write_line(struct buffer *out, enum explanation_language language, const struct explanation_line *line)
{
    CLEANUP_BUFFER struct buffer when = buffer_init(EXPLANATION_TEXT_BYTES_MAX);
    CLEANUP_BUFFER struct buffer words = buffer_init(EXPLANATION_TEXT_BYTES_MAX);
    explanation_write_when(&when, language, line);
    const char *code = "due";
    if (line->stop != NULL || line->open != NULL) {
        code = line->open != NULL ? "open" : "stop";
        explanation_write_reason(&words, language, line);
    } else {
        explanation_write_clauses(&words, language, line);
    }
    explanation_fill(out, explanation_known(language, "line", code),
                     EXPLANATION_VALUES({"when", when.data}, {"clauses", words.data}, {"reason", words.data}));
    out->failed = out->failed || when.failed || words.failed;
}

void explanation_sum_payment(struct explanation_sum *sum, const char *state, int64_t amount_fen, int64_t netted_fen)
{
    if (strcmp(state, "CANCELLED") == 0)
        return;
    if (strcmp(state, "PAID") == 0)
        sum->received_fen += amount_fen;
    else if (strcmp(state, "UNKNOWN") == 0)
        sum->unknown_fen += amount_fen;
    else if (strcmp(state, "REJECTED") == 0 || strcmp(state, "RETURNED") == 0)
        sum->failed_fen += amount_fen;
    else
        sum->under_way_fen += amount_fen;
    sum->netted_fen += netted_fen;
}

static int64_t explanation_sum_settled(const struct explanation_sum *sum)
{
    return sum->received_fen + sum->under_way_fen + sum->unknown_fen + sum->failed_fen + sum->netted_fen -
           sum->back_fen;
}

static void explanation_write_difference(struct buffer *clauses, enum explanation_language language,
                                         const struct explanation_sum *sum)
{
    int64_t fen = sum->difference_fen;
    if (fen != 0)
        explanation_clause_amount(clauses, language, "sum", fen > 0 ? "more" : "less", fen > 0 ? fen : -fen);
    else if (sum->under_way_fen + sum->unknown_fen + sum->failed_fen == 0)
        explanation_clause(clauses, language, explanation_known(language, "sum", "even"), NULL, 0);
}

/* What was received comes first, then all that is not in the person's hands. */
static void explanation_write_settled(struct buffer *out, enum explanation_language language,
                                      const struct explanation_sum *sum)
{
    CLEANUP_BUFFER struct buffer clauses = buffer_init(EXPLANATION_TEXT_BYTES_MAX);
    bool failed_is_due = sum->due_fen >= explanation_sum_settled(sum);
    const struct {
        const char *code;
        int64_t fen;
    } parts[] = {
        {"under_way", sum->under_way_fen},
        {"unknown", sum->unknown_fen},
        {failed_is_due ? "failed" : "failed_not_due", sum->failed_fen},
        {"netted", sum->netted_fen},
        {"back", sum->back_fen},
    };
    explanation_clause_amount(&clauses, language, "sum", "received", sum->received_fen);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (parts[i].fen > 0)
            explanation_clause_amount(&clauses, language, "sum", parts[i].code, parts[i].fen);
    explanation_write_difference(&clauses, language, sum);
    buffer_append(out, clauses.data, clauses.length);
    buffer_append_text(out, explanation_known(language, "mark", "end"));
    out->failed = out->failed || clauses.failed;
}

void explanation_write_sum(struct buffer *out, enum explanation_language language, const struct explanation_sum *sum)
{
    char due[MONEY_TEXT_SIZE];
    money_format(sum->due_fen, due);
    if (sum->lines == 0)
        buffer_append_text(out, explanation_known(language, "sum", "none"));
    else
        explanation_fill(out, explanation_known(language, "sum", "total"), EXPLANATION_VALUES({"due", due}));
    if (sum->open) {
        buffer_append_text(out, explanation_known(language, "mark", "next"));
        buffer_append_text(out, explanation_known(language, "sum", "open"));
    }
    if (sum->lines == 0 && explanation_sum_settled(sum) == 0)
        return;
    buffer_append_text(out, explanation_known(language, "mark", "next"));
    explanation_write_settled(out, language, sum);
}

void explanation_write_payment(struct buffer *out, enum explanation_language language,
                               const struct explanation_payment *payment)
{
    CLEANUP_BUFFER struct buffer clauses = buffer_init(EXPLANATION_TEXT_BYTES_MAX);
    explanation_clause_amount(&clauses, language, "paid", "due", payment->due_fen);
    if (payment->settled_before_fen > 0)
        explanation_clause_amount(&clauses, language, "paid", "before", payment->settled_before_fen);
    for (size_t i = 0; i < payment->netted_count; i++) {
        CLEANUP_BUFFER struct buffer period = buffer_init(EXPLANATION_TEXT_BYTES_MAX);
        char amount[MONEY_TEXT_SIZE];
        explanation_write_period(&period, language, payment->netted[i].period);
        money_format(payment->netted[i].fen, amount);
        explanation_clause(&clauses, language, explanation_known(language, "paid", "netted"),
                           EXPLANATION_VALUES({"period", period.data}, {"amount", amount}));
    }
    const char *group = payment->superseded ? "again" : "state";
    if (explanation_text(language, group, payment->state) != NULL)
        explanation_clause_amount(&clauses, language, group, payment->state, payment->amount_fen);
    else
        explanation_clause_amount(&clauses, language, "paid", "amount", payment->amount_fen);
    buffer_append(out, clauses.data, clauses.length);
    buffer_append_text(out, explanation_known(language, "mark", "end"));
    out->failed = out->failed || clauses.failed;
}
