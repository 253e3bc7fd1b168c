/* Periodic reviews (定期核查); conventions as in person_store.h. Each is written with its step. */
#ifndef HUIMIN_REVIEW_STORE_H
#define HUIMIN_REVIEW_STORE_H

#include "db.h"

#include <stdint.h>

/* The day of the next review of a class after a review on the day: one row. DB_NONE when the enrolment's item has no
 * such class, or there is no such enrolment. */
enum db_status review_store_next(struct db *db, int64_t district, int64_t enrolment, const char *class_code,
                                 const char *reviewed_on, struct db_result **ret_result);

struct review_row {
    int64_t district;
    int64_t enrolment;
    const char *class_code;
    const char *outcome;
    const char *reviewed_on;
    const char *next_due_on;
    int64_t event;
};

enum db_status review_store_insert(struct db *db, const struct review_row *row, struct db_result **ret_result);
enum db_status review_store_list(struct db *db, int64_t district, int64_t enrolment, int64_t after, int64_t limit,
                                 struct db_result **ret_result);

#endif
