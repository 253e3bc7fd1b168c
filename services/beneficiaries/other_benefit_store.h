/* Benefits that others pay in the database; conventions as in person_store.h. */
#ifndef HUIMIN_OTHER_BENEFIT_STORE_H
#define HUIMIN_OTHER_BENEFIT_STORE_H

#include "db.h"

#include <stdbool.h>
#include <stdint.h>

struct other_benefit_row {
    int64_t district;
    int64_t person;
    const char *benefit; /* programmes.benefit */
    int64_t month_fen;   /* negative: only its being there counts */
    const char *source;
    const char *from;  /* YYYY-MM-DD, first of a month */
    const char *until; /* the first day on which it does not hold any more; NULL: it goes on */
};

/* Inserts a row and answers it as the API shows it. The person is locked. 23P01 when it overlaps another of the same
 * benefit. Code hearing_missing when it lowers what the person gets and nobody was heard about it. */
enum db_status other_benefit_store_insert(struct db *db, const struct other_benefit_row *row,
                                          struct db_result **ret_result);

/* One row of a person, as the API shows it. */
enum db_status other_benefit_store_get(struct db *db, int64_t district, int64_t person, int64_t id,
                                       struct db_result **ret_result);

/* Lets a row end; it is void when that is the day it begins. The person is locked. Answers the row. */
enum db_status other_benefit_store_end(struct db *db, int64_t district, int64_t id, const char *until,
                                       struct db_result **ret_result);

/* A person's rows, oldest first, past and void ones too. */
enum db_status other_benefit_store_list(struct db *db, int64_t district, int64_t person, int64_t after, int64_t limit,
                                        struct db_result **ret_result);

/* Whether there is a benefit with this code: DB_NONE when not. */
enum db_status other_benefit_store_known(struct db *db, const char *benefit);

#endif
