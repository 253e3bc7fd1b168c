/* Tiers of a district's programme items. The columns of a result are the members of the answer. */
#ifndef HUIMIN_TIER_STORE_H
#define HUIMIN_TIER_STORE_H

#include "db.h"

#include <stdbool.h>
#include <stdint.h>

/* The members of a tier in answers. */
#define TIER_COLUMNS(t)                                                                                                \
    t ".code, " t ".name_zh, " t ".name_en, to_jsonb(" t ".disability_grades) as disability_grades, " t                \
      ".age_from, " t ".age_to, " t ".state, " t ".proposed_by, app.time_text(" t ".proposed_at) as proposed_at, " t   \
      ".approved_by, app.time_text(" t ".approved_at) as approved_at, " t ".version"

enum db_status tier_store_get(struct db *db, int64_t district, const char *item, const char *code,
                              struct db_result **ret_result);

/* Inserts a proposal with its audit event. `body` is the JSON of the request, whose members were checked. DB_HARD with
 * 23505: the item has a tier of that code; with a code of db_error(): its rule takes a single tier. */
enum db_status tier_store_propose(struct db *db, int64_t district, const char *item, const char *body,
                                  struct db_result **ret_result);

/* DB_HARD with a code of db_error() when another tier has some of its ages or grades. Locks the item. */
enum db_status tier_store_check(struct db *db, const char *item, const char *code);

/* Approves or rejects a proposal, with its audit event. DB_HARD with a code of db_error() when that may not be. */
enum db_status tier_store_decide(struct db *db, const char *item, const char *code, bool approve);

#endif
