/* Standards of a district's programme items. The columns of a result are the members of the answer. */
#ifndef HUIMIN_STANDARD_STORE_H
#define HUIMIN_STANDARD_STORE_H

#include "db.h"

#include <stdbool.h>
#include <stdint.h>

/* Rows of one item after the id, one more than the limit. */
enum db_status standard_store_list(struct db *db, int64_t district, const char *item, int64_t after, int64_t limit,
                                   struct db_result **ret_result);

enum db_status standard_store_get(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);

struct standard_proposal {
    const char *item;
    const char *tier;
    int64_t amount_fen; /* 0: basis_points instead */
    int64_t basis_points;
    const char *amount_per;
    const char *valid_from;
    const char *valid_to; /* NULL: without an end */
    const char *source;
    bool confirmed;
    int64_t replaces; /* 0: nothing */
};

/* Inserts a proposal with its audit event. DB_NONE: the item has no such tier. */
enum db_status standard_store_propose(struct db *db, int64_t district, const struct standard_proposal *proposal,
                                      struct db_result **ret_result);

/* DB_HARD with a code of db_error() when the standard does not go with the approved ones or the rules of its time. */
enum db_status standard_store_check(struct db *db, int64_t id, bool gap_intended);

/* The statements of struct decision_noun. */
enum db_status standard_store_lock(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);
enum db_status standard_store_approve(struct db *db, int64_t district, int64_t id, bool gap_intended);
enum db_status standard_store_reject(struct db *db, int64_t district, int64_t id);

#endif
