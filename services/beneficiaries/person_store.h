/* People in the database. Every function works in the caller's transaction; a change writes its audit event.
 * Rows outside the token's scope are not there: DB_NONE. */
#ifndef HUIMIN_PERSON_STORE_H
#define HUIMIN_PERSON_STORE_H

#include "db.h"
#include "sealed.h"

#include <stdbool.h>
#include <stdint.h>

/* The number of the next row of a table of the register ("person", "account", "certificate", "objection"), taken before
 * the row is written because sealed values are bound to it. */
enum db_status person_store_next_id(struct db *db, const char *table, int64_t *ret_id);

struct person_row {
    int64_t district;
    int64_t id;
    int64_t division;
    const char *name;
    const char *name_folded;
    const char *sex;        /* male, female */
    const char *birth_date; /* YYYY-MM-DD */
    const struct sealed *id_number;
    const struct sealed *phone; /* NULL: none */
};

/* Inserts a person and answers the row as the API shows it. DB_NONE when the division does not exist; 23505
 * when the identity number is registered. */
enum db_status person_store_insert(struct db *db, const struct person_row *row, struct db_result **ret_result);

/* The row as the API shows it: id, version, division, name, sex, birth_date, masks, death_date, merged_into, times. */
enum db_status person_store_get(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);

/* Locks the person until the transaction ends: version, birth_date, name, phone_index (hex), division,
 * death_date. */
enum {
    PERSON_LOCKED_VERSION,
    PERSON_LOCKED_BIRTH,
    PERSON_LOCKED_NAME,
    PERSON_LOCKED_PHONE,
    PERSON_LOCKED_DIVISION,
    PERSON_LOCKED_DEATH
};
enum db_status person_store_lock(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);

/* What a change sets; a member that is not set stays as it is. */
struct person_change {
    int64_t district;
    int64_t id;
    const char *name; /* NULL: unchanged */
    const char *name_folded;
    int64_t division; /* 0: unchanged */
    bool sets_phone;
    const struct sealed *phone; /* NULL: none any more */
    bool sets_death;
    const char *death_date; /* NULL: none */
    const char *changed;    /* names of the changed fields as a JSON array, for the audit event */
};

/* Makes the next version and answers it. DB_NONE when the new division does not exist. */
enum db_status person_store_update(struct db *db, const struct person_change *change, struct db_result **ret_result);

/* All versions from `after` on, oldest first, at most limit + 1. */
enum db_status person_store_history(struct db *db, int64_t district, int64_t id, int64_t after, int64_t limit,
                                    struct db_result **ret_result);

struct person_search {
    int64_t district;
    const char *name_part;    /* folded, or NULL */
    const uint8_t *id_number; /* blind index, or NULL; finds who has the number and into whom that person was merged */
    int64_t division;         /* 0: any */
    int64_t after;
    int64_t limit; /* one more row is fetched */
};

enum db_status person_store_search(struct db *db, const struct person_search *search, struct db_result **ret_result);

/* Whether a division of the district exists. */
enum db_status person_store_division(struct db *db, int64_t district, int64_t division);

/* The sealed values of a person with the account and the certificate in force today, and in the same
 * transaction the event clear_view with its purpose. */
enum {
    PERSON_CLEAR_NAME,
    PERSON_CLEAR_ID_NUMBER,
    PERSON_CLEAR_PHONE,
    PERSON_CLEAR_ACCOUNT_ID,
    PERSON_CLEAR_ACCOUNT_KIND,
    PERSON_CLEAR_ACCOUNT_BANK,
    PERSON_CLEAR_ACCOUNT,
    PERSON_CLEAR_ACCOUNT_HOLDER,
    PERSON_CLEAR_CERTIFICATE_ID,
    PERSON_CLEAR_CERTIFICATE
};
enum db_status person_store_clear(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);
enum db_status person_store_clear_event(struct db *db, int64_t id, const char *purpose);

/* The sealed identity number of a person, locked as person_store_lock() does. */
enum db_status person_store_id_number(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);

#endif
