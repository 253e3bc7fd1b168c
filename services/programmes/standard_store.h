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
    int64_t amount_fen;
    const char *amount_per;
    const char *valid_from;
    const char *valid_to; /* NULL: without an end */
    const char *source;
    bool confirmed;
};

/* Inserts a proposal with its audit event. DB_NONE: the item has no such tier. */
enum db_status standard_store_propose(struct db *db, int64_t district, const struct standard_proposal *proposal,
                                      struct db_result **ret_result);

/* Locks the row until the transaction ends: item, proposed_by, approved. */
enum db_status standard_store_lock(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);

/* Approves a locked proposal with its audit event. DB_HARD with SQLSTATE 23P01: another approved standard of
 * the tier covers part of its time. */
enum db_status standard_store_approve(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);

#endif
