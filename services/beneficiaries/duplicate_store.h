/* People who may be one, and pairs that were judged to be two, in the database; conventions as in person_store.h. */
#ifndef HUIMIN_DUPLICATE_STORE_H
#define HUIMIN_DUPLICATE_STORE_H

#include "db.h"

#include <stdint.h>

/* A page of people with the candidates whose number is higher; division 0: any, else one of the two lives there. One
 * more row is fetched. */
enum db_status duplicate_store_list(struct db *db, int64_t district, int64_t division, int64_t after, int64_t limit,
                                    struct db_result **ret_result);

/* Keeps that two people (person < other) are two and answers the row. DB_NONE when they are merged; 23505 when it is
 * kept already. Both are locked. */
enum db_status difference_store_insert(struct db *db, int64_t district, int64_t person, int64_t other,
                                       struct db_result **ret_result);

/* Judgements, those about one person (0: any), taken back ones too. One more row is fetched. */
enum db_status difference_store_list(struct db *db, int64_t district, int64_t person, int64_t after, int64_t limit,
                                     struct db_result **ret_result);

/* Locks a judgement; column 0: whether it is in force. */
enum db_status difference_store_lock(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);

/* Takes a locked judgement back and answers it. */
enum db_status difference_store_undo(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);

#endif
