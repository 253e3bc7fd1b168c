/* Changes of running enrolments that one person proposes and another decides; conventions as in person_store.h. */
#ifndef HUIMIN_ENROLMENT_CHANGE_STORE_H
#define HUIMIN_ENROLMENT_CHANGE_STORE_H

#include "db.h"

#include <stdbool.h>
#include <stdint.h>

struct enrolment_change_row {
    int64_t district;
    int64_t enrolment;
    const char *kind; /* tier, reopening */
    const char *tier; /* NULL for a reopening; the same for from */
    const char *from; /* first day of a month */
    const char *cause;
    const char *evidence;
};

/* Proposes; its number is taken first, for the step (enrolment_store_note()). 23505 when one of the kind is open.
 * Answers the row. */
enum db_status enrolment_change_store_next_id(struct db *db, struct db_result **ret_result);
enum db_status enrolment_change_store_insert(struct db *db, int64_t id, const struct enrolment_change_row *row,
                                             struct db_result **ret_result);
enum db_status enrolment_change_store_get(struct db *db, int64_t district, int64_t enrolment, int64_t id,
                                          struct db_result **ret_result);
enum db_status enrolment_change_store_list(struct db *db, int64_t district, int64_t enrolment, int64_t after,
                                           int64_t limit, struct db_result **ret_result);

/* beneficiaries.change_decide(): codes same_person, wrong_state, out_of_range, already_exists, hearing_missing. */
enum db_status enrolment_change_store_decide(struct db *db, int64_t id, bool approve, struct db_result **ret_result);

/* Whether the item's rule on the day takes the tier from the enrolment, and has the tier. One row. */
enum { ENROLMENT_CHANGE_NAMED, ENROLMENT_CHANGE_KNOWN };
enum db_status enrolment_change_store_tier(struct db *db, int64_t district, const char *item, const char *tier,
                                           const char *on, struct db_result **ret_result);

/* The tiers that an enrolment had and has. */
enum db_status enrolment_change_store_tiers(struct db *db, int64_t district, int64_t enrolment, int64_t after,
                                            int64_t limit, struct db_result **ret_result);

#endif
