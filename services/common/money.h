/* Money in integer fen (1 yuan = 10 jiao = 100 fen). No floating point anywhere. Amounts handled here lie in
 * 0..MONEY_FEN_MAX (999 999 999 999.99 yuan); only money_add, money_subtract and money_format take any
 * int64_t. */
#ifndef HUIMIN_MONEY_H
#define HUIMIN_MONEY_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MONEY_FEN_MAX INT64_C(99999999999999)

enum { MONEY_TEXT_SIZE = 24, MONEY_WORDS_SIZE = 160, MONEY_RATIO_MAX = 36600 };

enum money_rounding {
    /* Cut to the fen (截断到分). */
    MONEY_FLOOR_FEN,
    /* To the nearest fen, half upwards (四舍五入到分). */
    MONEY_HALF_UP_FEN,
    /* Any part of a jiao counts as a whole one (见分进角). */
    MONEY_UP_JIAO,
    /* From one jiao on, up to the whole yuan; less than a jiao is dropped (见角进元). */
    MONEY_UP_YUAN,
    /* Cut to the yuan (整元). */
    MONEY_DOWN_YUAN
};

enum money_remainder {
    /* Equal parts; what rounding left over or took ahead is settled in the last part. */
    MONEY_REMAINDER_LAST,
    /* After each part, the sum so far is the rounded share of the total. */
    MONEY_REMAINDER_CUMULATIVE
};

/* Sum, difference and product; false, and *ret_fen untouched, when the result does not fit into int64_t. */
bool money_add(int64_t a_fen, int64_t b_fen, int64_t *ret_fen);
bool money_subtract(int64_t a_fen, int64_t b_fen, int64_t *ret_fen);
bool money_multiply(int64_t amount_fen, int64_t count, int64_t *ret_fen);

/* Reads an amount in yuan as lists write it: "60", "60.00", "1,262.00", full-width forms, an optional ¥ (￥,
 * RMB, CNY) in front or 元 behind, blanks around, a leading apostrophe. ERR_BAD_AMOUNT, and *ret_fen
 * untouched, for everything else: empty, signs, more than two decimals (even zeros), misplaced thousands
 * separators, leading zeros, blanks inside, exponent form, above MONEY_FEN_MAX. */
enum err money_parse(const char *text, int64_t *ret_fen);

/* Writes yuan with two decimals and no separators: 126200 becomes "1262.00", -5 becomes "-0.05". */
void money_format(int64_t amount_fen, char ret_text[MONEY_TEXT_SIZE]);

/* The words of payment vouchers (支付结算办法, annex 1): 31250 becomes 人民币叁佰壹拾贰元伍角整. UTF-8.
 * False, with an empty text, outside 0..MONEY_FEN_MAX. */
bool money_words(int64_t amount_fen, char ret_text[MONEY_WORDS_SIZE]);

/* amount * numerator / denominator, rounded. False, and *ret_fen untouched, unless the amount lies in
 * 0..MONEY_FEN_MAX, the numerator in 0..MONEY_RATIO_MAX, the denominator in 1..MONEY_RATIO_MAX and the result
 * in 0..MONEY_FEN_MAX. */
bool money_scale(int64_t amount_fen, int numerator, int denominator, enum money_rounding rounding, int64_t *ret_fen);

/* Part number `part` (1..parts) of a total paid in `parts` parts, at most MONEY_RATIO_MAX. The parts are
 * never negative and add up to the total exactly, whatever the rounding: when rounding up uses up the total
 * early, later parts are 0. False, and *ret_fen untouched, when an argument is out of range. */
bool money_split_part(int64_t total_fen, int parts, int part, enum money_rounding rounding,
                      enum money_remainder remainder, int64_t *ret_fen);

/* The share of an amount for `covered` of `of` days or months (0 <= covered <= of <= MONEY_RATIO_MAX),
 * rounded. Never more than the amount, and the amount itself, unrounded, when all is covered. False, and
 * *ret_fen untouched, when an argument is out of range. */
bool money_prorate(int64_t amount_fen, int covered, int of, enum money_rounding rounding, int64_t *ret_fen);

#endif
