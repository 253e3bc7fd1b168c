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

/* The statements of struct decision_noun; approval has no gaps to be meant. The locked row has approved_by, valid_from
 * and valid_to besides. */
enum { EXCLUSION_LOCKED_APPROVED_BY = 3, EXCLUSION_LOCKED_VALID_FROM, EXCLUSION_LOCKED_VALID_TO };
enum db_status exclusion_store_lock(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);
enum db_status exclusion_store_approve(struct db *db, int64_t district, int64_t id, bool gap_intended);
enum db_status exclusion_store_reject(struct db *db, int64_t district, int64_t id);

/* Ends a locked row before the day valid_to, with its audit event. */
enum db_status exclusion_store_end(struct db *db, int64_t district, int64_t id, const char *valid_to,
                                   struct db_result **ret_result);

/* All benefits that others pay and exclusions can name. */
enum db_status benefit_store_list(struct db *db, struct db_result **ret_result);

#endif
