/* Rules of a district's programme items. The columns of a result are the members of the answer. */
#ifndef HUIMIN_RULE_STORE_H
#define HUIMIN_RULE_STORE_H

#include "db.h"

#include <stdbool.h>
#include <stdint.h>

/* The members of a rule in answers. `r` is an alias, of the whole row. */
#define RULE_COLUMNS(r)                                                                                                \
    r ".id, " r ".item_code as item, lower(" r ".valid)::text as valid_from, upper(" r ".valid)::text as valid_to, " r \
      ".kind, " r ".cycle, " r ".accrual, " r ".tier_source, " r ".rounding, " r ".remainder, " r ".entry_basis, " r   \
      ".exit_basis, " r ".lookback_months, " r ".age_min, " r ".age_max, " r ".age_max_at_school, to_jsonb(" r         \
      ".certificate_types) as certificate_types, " r ".basis_item, " r ".basis_tier, " r ".months_max, " r             \
      ".grace_months_max, " r ".netting_cap_percent, " r ".one_per_household, " r ".once_per, " r                      \
      ".review_required, " r ".notice_days, " r ".notice_day_kind, " r ".hearing_required, to_jsonb(" r                \
      ".documents) as documents, to_jsonb(" r ".checks) as checks, " r ".source, " r ".confirmed, " r ".replaces, " r  \
      ".state, " r ".proposed_by, app.time_text(" r ".proposed_at) as proposed_at, " r                                 \
      ".approved_by, app.time_text(" r ".approved_at) as approved_at, " r ".version, programmes.rule_changes(" r       \
      ") as changes"

/* Rows of one item after the id, one more than the limit. */
enum db_status rule_store_list(struct db *db, int64_t district, const char *item, int64_t after, int64_t limit,
                               struct db_result **ret_result);

enum db_status rule_store_get(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);

/* The JSON of a proposal that replaces a rule, with what it leaves out as that rule has it. DB_NONE: the item has no
 * such rule. */
enum db_status rule_store_whole(struct db *db, const char *item, const char *body, struct db_result **ret_result);

/* Inserts a proposal with its audit event. `body` is the JSON of the request, whose members were checked; what it
 * leaves out is as the table has it by default. DB_NONE: the basis has no such tier. */
enum db_status rule_store_propose(struct db *db, int64_t district, const char *item, const char *body,
                                  struct db_result **ret_result);

/* DB_HARD with a code of db_error() when the rule does not go with the approved ones. */
enum db_status rule_store_check(struct db *db, int64_t id, bool gap_intended);

/* The statements of struct decision_noun. */
enum db_status rule_store_lock(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);
enum db_status rule_store_approve(struct db *db, int64_t district, int64_t id, bool gap_intended);
enum db_status rule_store_reject(struct db *db, int64_t district, int64_t id);

#endif
