/* Disability certificates in the database; conventions as in person_store.h. */
#ifndef HUIMIN_CERTIFICATE_STORE_H
#define HUIMIN_CERTIFICATE_STORE_H

#include "db.h"
#include "sealed.h"

#include <stdint.h>

struct certificate_row {
    int64_t district;
    int64_t id; /* taken with person_store_next_id() */
    int64_t person;
    const struct sealed *number;
    int type;          /* GB/T 26341: 1..7 */
    int grade;         /* 1..4 */
    const char *from;  /* YYYY-MM-DD; NULL: from today when one was known before, else open */
    const char *until; /* the first day on which it is not valid any more; NULL: none known */
};

/* Closes the certificate of before and inserts this one; answers it as the API shows it. The person is
 * locked. DB_NONE when the certificate in force has the same number. */
enum db_status certificate_store_insert(struct db *db, const struct certificate_row *row,
                                        struct db_result **ret_result);

/* What begins after the certificate's first day and before its end: see register_check_later(). */
enum db_status certificate_store_later(struct db *db, const struct certificate_row *row, int64_t replaces,
                                       struct db_result **ret_result);

/* A person's certificates, oldest first, past ones too. */
enum db_status certificate_store_list(struct db *db, int64_t district, int64_t person, int64_t after, int64_t limit,
                                      struct db_result **ret_result);

#endif
