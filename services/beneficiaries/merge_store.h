/* Merges of two records of one person, in the database: sql/functions/beneficiaries_20_quality.sql decides. Conventions
 * as in person_store.h. */
#ifndef HUIMIN_MERGE_STORE_H
#define HUIMIN_MERGE_STORE_H

#include "db.h"

#include <stdbool.h>
#include <stdint.h>

/* Proposes a merge; *ret_id is its number. Refusals: ERR_PERSON_MERGED, ERR_MERGE_CHAIN, ERR_MERGE_DIFFERS,
 * ERR_JUDGED_DIFFERENT; 23505 when one of the merged person is open. Locks both people. */
enum db_status merge_store_propose(struct db *db, int64_t survivor, int64_t merged, const char *cause, int64_t *ret_id);

/* The second person's word on a merge, or on undoing it. Refusals as above, ERR_NOT_FOUND, ERR_SAME_PERSON and
 * ERR_WRONG_STATE. */
enum db_status merge_store_decide(struct db *db, int64_t id, bool approves);

/* Proposes that a merge is undone. ERR_NOT_FOUND, ERR_WRONG_STATE. */
enum db_status merge_store_undo(struct db *db, int64_t id, const char *cause);

enum db_status merge_store_get(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);

struct merge_filter {
    int64_t district;
    int64_t person;    /* survivor or merged; 0: any */
    const char *state; /* NULL: any */
    int64_t after;
    int64_t limit; /* one more row is fetched */
};

enum db_status merge_store_list(struct db *db, const struct merge_filter *filter, struct db_result **ret_result);

#endif
