/* Events of a district's log. The columns of a result are the members of the answer. */
#ifndef HUIMIN_EVENT_STORE_H
#define HUIMIN_EVENT_STORE_H

#include "db.h"

#include <stdint.h>

/* What to look for; NULL leaves a condition out. */
struct event_filter {
    const char *entity;
    const char *entity_id; /* only together with entity */
    const char *actor;
    const char *from; /* business day, YYYY-MM-DD */
    const char *to;   /* the last day that counts */
    int64_t after;
    int64_t limit;
};

/* Rows after the id in order of ids, one more than the limit. */
enum db_status event_store_list(struct db *db, int64_t district, const struct event_filter *filter,
                                struct db_result **ret_result);

/* One event with its entry, exactly as hashed, and its leaf hash in hex. */
enum db_status event_store_get(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);

#endif
