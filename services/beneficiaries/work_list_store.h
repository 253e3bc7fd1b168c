/* Work lists in the database; conventions as in person_store.h. */
#ifndef HUIMIN_WORK_LIST_STORE_H
#define HUIMIN_WORK_LIST_STORE_H

#include "db.h"

#include <stdint.h>

/* A page of the people of one kind with their entries; division 0: any. One more row is fetched. */
enum db_status work_list_store_list(struct db *db, int64_t district, const char *kind, int64_t division, int64_t after,
                                    int64_t limit, struct db_result **ret_result);

/* How many people each kind (WORK_LIST_KINDS) has in each division; division 0: all. */
enum db_status work_list_store_summary(struct db *db, int64_t district, int64_t division,
                                       struct db_result **ret_result);

#endif
