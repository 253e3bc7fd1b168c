/* Divisions and programme items of a district. The columns of a result are the members of the answer. */
#ifndef HUIMIN_ITEM_STORE_H
#define HUIMIN_ITEM_STORE_H

#include "db.h"

#include <stdint.h>

/* Rows after the division code, one more than the limit: a further row says that there is a next page. */
enum db_status division_store_list(struct db *db, int64_t district, int64_t after, int64_t limit,
                                   struct db_result **ret_result);

/* Rows after the sort number, one more than the limit; kind NULL: all kinds. */
enum db_status item_store_list(struct db *db, int64_t district, const char *kind, int64_t after, int64_t limit,
                               struct db_result **ret_result);

/* One item with its tiers, its approved rules and its review classes. */
enum db_status item_store_get(struct db *db, int64_t district, const char *code, struct db_result **ret_result);

/* DB_ROW when the item exists. */
enum db_status item_store_exists(struct db *db, int64_t district, const char *code);

#endif
