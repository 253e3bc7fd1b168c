/* Applications and enrolments in the database; conventions as in person_store.h. */
#ifndef HUIMIN_ENROLMENT_STORE_H
#define HUIMIN_ENROLMENT_STORE_H

#include "db.h"

#include <stdint.h>

/* What applies to an item now: entry_basis, tier_source, and whether the tier given (NULL: none) is one of
 * its tiers. Items that are no subsidy, or that the token does not reach, are not there. An item without a
 * rule is taken by application month, its tier named when it has several that no grade decides. */
enum { ENROLMENT_ITEM_ENTRY, ENROLMENT_ITEM_TIER_SOURCE, ENROLMENT_ITEM_TIER_KNOWN };
enum db_status enrolment_store_item(struct db *db, int64_t district, const char *item, const char *tier,
                                    struct db_result **ret_result);

struct enrolment_row {
    int64_t district;
    int64_t person;
    const char *item;
    const char *tier;       /* NULL: none named */
    const char *applied_on; /* YYYY-MM-DD */
    const char *starts_on;  /* NULL: follows from the approval */
};

/* Applies, in the person's division; answers the row as the API shows it. DB_NONE when the person is enrolled
 * in the item already; 23505 when an application for it is open. The person is locked. */
enum db_status enrolment_store_insert(struct db *db, const struct enrolment_row *row, struct db_result **ret_result);

enum db_status enrolment_store_get(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);

struct enrolment_filter {
    int64_t district;
    int64_t person;   /* 0: any; the same for import */
    const char *item; /* NULL: any; the same for state */
    const char *state;
    int64_t import;
    int64_t after;
    int64_t limit; /* one more row is fetched */
};

enum db_status enrolment_store_list(struct db *db, const struct enrolment_filter *filter,
                                    struct db_result **ret_result);

/* Locks an enrolment: state, applied_by, applied_on, starts_on (or NULL), entry_basis of its item. */
enum {
    ENROLMENT_LOCKED_STATE,
    ENROLMENT_LOCKED_APPLIED_BY,
    ENROLMENT_LOCKED_APPLIED_ON,
    ENROLMENT_LOCKED_STARTS_ON,
    ENROLMENT_LOCKED_ENTRY
};
enum db_status enrolment_store_lock(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);

/* The three steps; each answers the row. 23P01 when the months of an approval overlap an earlier enrolment.
 * due_until: first day for which nothing is due. */
enum db_status enrolment_store_approve(struct db *db, int64_t district, int64_t id, const char *starts_on,
                                       struct db_result **ret_result);
enum db_status enrolment_store_reject(struct db *db, int64_t district, int64_t id, const char *cause,
                                      struct db_result **ret_result);
enum db_status enrolment_store_end(struct db *db, int64_t district, int64_t id, const char *cause, const char *ended_on,
                                   const char *due_until, struct db_result **ret_result);

#endif
