/* Programmes that do not go together. The columns of a result are the members of the answer. */
#ifndef HUIMIN_EXCLUSION_STORE_H
#define HUIMIN_EXCLUSION_STORE_H

#include "db.h"

#include <stdbool.h>
#include <stdint.h>

/* Rows after the id in which the item stands on either side (NULL: all), one more than the limit. */
enum db_status exclusion_store_list(struct db *db, int64_t district, const char *item, int64_t after, int64_t limit,
                                    struct db_result **ret_result);

enum db_status exclusion_store_get(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);

struct exclusion_proposal {
    const char *item;
    const char *tier; /* NULL: all tiers */
    const char *kind;
    const char *other_item; /* NULL: other_benefit */
    const char *other_tier;
    const char *other_benefit;
    const char *valid_from;
    const char *valid_to; /* NULL: without an end */
    const char *source;
    bool confirmed;
};

/* Whether each name that the proposal gives is known: one row of five booleans in the order of enum exclusion_name. */
enum exclusion_name {
    EXCLUSION_ITEM,
    EXCLUSION_TIER,
    EXCLUSION_OTHER_ITEM,
    EXCLUSION_OTHER_TIER,
    EXCLUSION_OTHER_BENEFIT,
    EXCLUSION_NAMES
};
enum db_status exclusion_store_known(struct db *db, int64_t district, const struct exclusion_proposal *proposal,
                                     struct db_result **ret_result);

/* Inserts a proposal with its audit event. */
enum db_status exclusion_store_propose(struct db *db, int64_t district, const struct exclusion_proposal *proposal,
                                       struct db_result **ret_result);

/* DB_HARD with a code of db_error() when the row does not go with the approved ones. */
enum db_status exclusion_store_check(struct db *db, int64_t id);

/* The statements of struct decision_noun; approval has no gaps to be meant. The locked row has besides
 * valid_from, valid_to and the other item that the row binds too (exclusion_binds_both()). */
enum { EXCLUSION_LOCKED_VALID_FROM = 3, EXCLUSION_LOCKED_VALID_TO, EXCLUSION_LOCKED_BOUND_ITEM };
enum db_status exclusion_store_lock(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);
enum db_status exclusion_store_approve(struct db *db, int64_t district, int64_t id, bool gap_intended);
enum db_status exclusion_store_reject(struct db *db, int64_t district, int64_t id);

/* Proposes that a row ends before the day valid_to, and decides about that, each with its audit event. DB_HARD with a
 * code of db_error() when that may not be. */
enum db_status exclusion_store_end_propose(struct db *db, int64_t id, const char *valid_to, const char *source);
enum db_status exclusion_store_end_decide(struct db *db, int64_t id, bool approve);

/* All benefits that others pay and exclusions can name. */
enum db_status benefit_store_list(struct db *db, struct db_result **ret_result);

#endif
