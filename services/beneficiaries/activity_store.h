/* What is counted for enrolments, in the database; conventions as in person_store.h. */
#ifndef HUIMIN_ACTIVITY_STORE_H
#define HUIMIN_ACTIVITY_STORE_H

#include "db.h"

#include <stdint.h>

/* Locks the enrolment and answers what activity_month holds about the month, the first of a month as YYYY-MM-DD. */
enum { ACTIVITY_RULE_KIND, ACTIVITY_AMOUNT_PER, ACTIVITY_ENROLLED, ACTIVITY_COUNTED, ACTIVITY_ONCE };
enum db_status activity_store_month(struct db *db, int64_t district, int64_t enrolment, const char *month,
                                    struct db_result **ret_result);

/* Whether the enrolment is there. */
enum db_status activity_store_enrolment(struct db *db, int64_t district, int64_t enrolment);

struct activity_row {
    int64_t district;
    int64_t enrolment;
    const char *month; /* YYYY-MM-DD, first of the month */
    int64_t quantity;
    int64_t amount_fen; /* 0: none decided */
    const char *reference;
};

/* Inserts a row and answers it as the API shows it. The enrolment is locked. 23505 when the month has the reference. */
enum db_status activity_store_insert(struct db *db, const struct activity_row *row, struct db_result **ret_result);

/* Locks a row; column 0: whether the row is void already. DB_NONE when there is no such row. */
enum db_status activity_store_lock(struct db *db, int64_t district, int64_t enrolment, int64_t id,
                                   struct db_result **ret_result);

/* Voids a locked row and answers it. */
enum db_status activity_store_void(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);

/* An enrolment's rows, oldest first, void ones too. */
enum db_status activity_store_list(struct db *db, int64_t district, int64_t enrolment, int64_t after, int64_t limit,
                                   struct db_result **ret_result);

#endif
