/* Suspensions of enrolments; conventions as in person_store.h. They are made and ended by beneficiaries.suspend() and
 * suspension_end(), which record the step; codes not_found, wrong_state, out_of_range, hearing_missing, 23P01. */
#ifndef HUIMIN_SUSPENSION_STORE_H
#define HUIMIN_SUSPENSION_STORE_H

#include "db.h"

#include <stdint.h>

/* from, until (NULL: while it lasts): first days of months. Answers the number. */
enum db_status suspension_store_begin(struct db *db, int64_t enrolment, const char *cause, const char *from,
                                      const char *until, const char *evidence, struct db_result **ret_result);

/* until: the first month that is due again; NULL: it never was. */
enum db_status suspension_store_end(struct db *db, int64_t enrolment, int64_t id, const char *until,
                                    const char *evidence, struct db_result **ret_result);
enum db_status suspension_store_get(struct db *db, int64_t district, int64_t enrolment, int64_t id,
                                    struct db_result **ret_result);
enum db_status suspension_store_list(struct db *db, int64_t district, int64_t enrolment, int64_t after, int64_t limit,
                                     struct db_result **ret_result);

#endif
