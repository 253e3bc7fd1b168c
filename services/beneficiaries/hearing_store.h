/* Hearings before a reduction; conventions as in person_store.h. Each is written with its step. */
#ifndef HUIMIN_HEARING_STORE_H
#define HUIMIN_HEARING_STORE_H

#include "db.h"

#include <stdint.h>

struct hearing_row {
    int64_t district;
    int64_t enrolment;
    int64_t seq; /* of the step */
    const char *heard_on;
    const char *written_notice_on;
    const char *reason;
    const char *evidence; /* NULL: none */
    int64_t event;
};

enum db_status hearing_store_insert(struct db *db, const struct hearing_row *row, struct db_result **ret_result);
enum db_status hearing_store_list(struct db *db, int64_t district, int64_t enrolment, int64_t after, int64_t limit,
                                  struct db_result **ret_result);

#endif
