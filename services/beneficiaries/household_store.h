/* Households, their members and incomes in the database. As person_store.h: the caller's transaction, audit
 * events written, rows outside the scope not there. Every change is the household's next version. */
#ifndef HUIMIN_HOUSEHOLD_STORE_H
#define HUIMIN_HOUSEHOLD_STORE_H

#include "db.h"

#include <stdint.h>

/* Inserts a household and answers it. DB_NONE when the division does not exist; 23505 when the number is
 * taken. */
enum db_status household_store_insert(struct db *db, int64_t district, int64_t division, const char *number,
                                      struct db_result **ret_result);

/* One household with all its members and incomes, past ones too. */
enum db_status household_store_get(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);

struct household_filter {
    int64_t district;
    const char *number; /* NULL: any */
    int64_t division;   /* 0: any */
    int64_t person;     /* 0: any; else households this person belongs or belonged to */
    int64_t after;
    int64_t limit; /* one more row is fetched */
};

enum db_status household_store_list(struct db *db, const struct household_filter *filter,
                                    struct db_result **ret_result);

/* Makes the household's next version with an event of this act and locks it. *ret_event_id is the event. */
enum db_status household_store_change(struct db *db, int64_t district, int64_t id, const char *act,
                                      int64_t *ret_event_id);

/* What begins: from the day given; without one, from today when it follows on something, else open. A person
 * leaves the household of before. 23P01 on constraint household_one_head: there is another head. */
struct household_fact {
    int64_t district;
    int64_t household;
    int64_t person;       /* members */
    const char *relation; /* members */
    int64_t income_fen;   /* incomes: per head and year */
    const char *from;     /* YYYY-MM-DD or NULL */
    int64_t event_id;
};

enum db_status household_store_add_member(struct db *db, const struct household_fact *fact);
/* Code hearing_missing when the income lowers what the household gets and nobody was heard about it. */
enum db_status household_store_add_income(struct db *db, const struct household_fact *fact);

/* What begins after the fact's first day, of the person (a membership: relation is given) or of the household (an
 * income): see register_check_later(). */
enum db_status household_store_later(struct db *db, const struct household_fact *fact, int64_t replaces,
                                     struct db_result **ret_result);

#endif
