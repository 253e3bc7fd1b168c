/* An entitlement in plain sentences that a clerk can read to the person: what is due for a period and why, and what
 * each payment was made of. Pure: facts in, UTF-8 text out. The rules: ENTITLEMENTS.md. */
#ifndef HUIMIN_EXPLANATION_H
#define HUIMIN_EXPLANATION_H

#include "buffer.h"
#include "explanation_text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Amounts are fen. EXPLANATION_ABSENT: an amount, count or version that does not apply; amounts are never negative. */
enum { EXPLANATION_ABSENT = -1, EXPLANATION_TEXT_BYTES_MAX = 65536 };

struct explanation_name {
    const char *zh; /* NULL: none */
    const char *en;
};

struct explanation_less {
    struct explanation_name benefit;
    int64_t month_fen;
};

/* One component of what is due for a period. Texts are not owned; NULL when they do not apply. */
struct explanation_line {
    const char *period; /* 2020-06, 2020-Q2, 2020-H1, 2020-T1, 2020 */
    const char *from;   /* first month, 2020-06 */
    int64_t months;
    const char *kind; /* programmes.rule: kind, accrual, rounding */
    const char *accrual;
    const char *rounding;
    struct explanation_name tier;
    int64_t standard_fen;
    const char *standard_per; /* month, year, term, day, case, percent */
    int64_t basis_points;     /* of the basis: 13000 is 130 % */
    struct explanation_name basis_item;
    int64_t basis_fen;
    const char *basis_per;
    const char *source; /* of the standard */
    int64_t version;
    bool confirmed;
    int64_t income_fen; /* per head and year */
    int64_t people;
    int64_t quantity;
    int64_t gross_fen;
    const struct explanation_less *less;
    size_t less_count;
    int64_t amount_fen;
    const char *stop;                /* why nothing is due, or NULL */
    const char *suspended;           /* stop suspended: its cause */
    struct explanation_name benefit; /* stop excluded, lower: the other benefit */
    const char *open;                /* the fact that is missing, or NULL */
};

/* "2020年6月：一、二级，每月60.00元，依据……（第1版），应发60.00元。" */
void explanation_write_line(struct buffer *out, enum explanation_language language,
                            const struct explanation_line *line);

/* The period in words: 2020年第2季度, quarter 2 of 2020. A text that is no period is written as it is. */
void explanation_write_period(struct buffer *out, enum explanation_language language, const char *period);

/* What the lines come to, and what became of the payments for the period: settled = received + under way + unknown +
 * failed + netted - back. Cancelled payments and those that another has taken the place of do not count. */
struct explanation_sum {
    size_t lines;
    bool open; /* a fact is missing: some month is not known yet */
    int64_t due_fen;
    int64_t received_fen;   /* PAID */
    int64_t under_way_fen;  /* CREATED to ACCEPTED */
    int64_t unknown_fen;    /* UNKNOWN */
    int64_t failed_fen;     /* REJECTED, RETURNED */
    int64_t netted_fen;     /* taken off these payments for other periods */
    int64_t back_fen;       /* given back of what was too much, or taken off other payments */
    int64_t difference_fen; /* below zero: too much was paid */
};

/* Counts a payment of that state. */
void explanation_sum_payment(struct explanation_sum *sum, const char *state, int64_t amount_fen, int64_t netted_fen);

void explanation_write_sum(struct buffer *out, enum explanation_language language, const struct explanation_sum *sum);

struct explanation_netted {
    const char *period; /* that was overpaid */
    int64_t fen;
};

/* One payment: what was due when it was computed, less earlier payments, less what was taken off; and what became of
 * it. Only PAID is spoken of as paid. */
struct explanation_payment {
    const char *state; /* payments.payment */
    bool superseded;   /* another has taken its place */
    int64_t due_fen;
    int64_t settled_before_fen;
    const struct explanation_netted *netted;
    size_t netted_count;
    int64_t amount_fen;
};
void explanation_write_payment(struct buffer *out, enum explanation_language language,
                               const struct explanation_payment *payment);

#endif
