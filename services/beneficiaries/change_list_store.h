/* Change lists in the database; conventions as in person_store.h. What a list does to the register is done by SQL
 * functions, which refuse with a code of errors.yaml. */
#ifndef HUIMIN_CHANGE_LIST_STORE_H
#define HUIMIN_CHANGE_LIST_STORE_H

#include "crypto.h"
#include "db.h"

#include <stdint.h>

/* The list of these bytes that neither failed nor was taken back, as far as it is within reach: its id. */
enum db_status change_list_store_known(struct db *db, int64_t district,
                                       const uint8_t sha256[static CRYPTO_DIGEST_BYTES], struct db_result **ret_result);

/* Inserts a list of an upload with the reach of the token; answers it as the API shows it. 23505 when the same bytes
 * are a list already. */
enum db_status change_list_store_insert(struct db *db, int64_t district, int64_t upload_id,
                                        struct db_result **ret_result);
enum db_status change_list_store_get(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);
enum db_status change_list_store_list(struct db *db, int64_t district, int64_t after, int64_t limit,
                                      struct db_result **ret_result);

/* Lines of a list after a line, in a state (NULL: any); at most limit + 1. */
enum db_status change_list_store_lines(struct db *db, int64_t district, int64_t id, const char *state, int64_t after,
                                       int64_t limit, struct db_result **ret_result);

/* Faults of a list in the order of their numbers, at most limit + 1: id, line, column, code, English name of the
 * column, the line's action (or NULL), names of the tiers to choose from when the tier is a wrong one. */
enum {
    CHANGE_ERROR_ID,
    CHANGE_ERROR_LINE,
    CHANGE_ERROR_COLUMN,
    CHANGE_ERROR_CODE,
    CHANGE_ERROR_KEY,
    CHANGE_ERROR_ACTION,
    CHANGE_ERROR_TIERS_ZH,
    CHANGE_ERROR_TIERS_EN
};
enum db_status change_list_store_errors(struct db *db, int64_t district, int64_t id, int64_t after, int64_t limit,
                                        struct db_result **ret_result);

/* The steps of a second person; the list is then read with change_list_store_get(). apply: the worker goes on with it.
 * approve: of the next `limit` applications, how many were approved and how many were not, and how many are left. */
enum db_status change_list_store_apply(struct db *db, int64_t id, const char *mode);
enum db_status change_list_store_undo(struct db *db, int64_t id);
enum db_status change_list_store_approve(struct db *db, int64_t id, int64_t limit, struct db_result **ret_result);

#endif
