/* Applications and enrolments in the database; conventions as in person_store.h. Steps are refused by the guards of
 * sql/functions/beneficiaries_10_enrolment.sql too; each answers the row. */
#ifndef HUIMIN_ENROLMENT_STORE_H
#define HUIMIN_ENROLMENT_STORE_H

#include "db.h"

#include <stdint.h>

/* What applies to an item on the day: entry_basis, tier_source, whether the tier given (NULL: none) is one of its
 * tiers, age_min (-1: none). Items that are no subsidy, or that the token does not reach, are not there. An item
 * without a rule is taken by application month, its tier named when it has several that no grade decides. */
enum { ENROLMENT_ITEM_ENTRY, ENROLMENT_ITEM_TIER_SOURCE, ENROLMENT_ITEM_TIER_KNOWN, ENROLMENT_ITEM_AGE_MIN };
enum db_status enrolment_store_item(struct db *db, int64_t district, const char *item, const char *tier, const char *on,
                                    struct db_result **ret_result);

struct enrolment_row {
    int64_t district;
    int64_t person;
    const char *item;
    const char *tier;       /* NULL: none named */
    const char *applied_on; /* YYYY-MM-DD */
    const char *starts_on;  /* NULL: follows from the approval */
    const char *consent_on; /* NULL: no consent signed */
};

/* Applies, in the person's division; answers the row as the API shows it. DB_NONE when the person is enrolled
 * in the item already; 23505 when an application for it is open. The person is locked. */
enum db_status enrolment_store_insert(struct db *db, const struct enrolment_row *row, struct db_result **ret_result);

enum db_status enrolment_store_get(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);

struct enrolment_filter {
    int64_t district;
    int64_t person;   /* 0: any; the same for import */
    const char *item; /* NULL: any; the same for state */
    const char *state;
    int64_t import;
    int64_t after;
    int64_t limit; /* one more row is fetched */
};

enum db_status enrolment_store_list(struct db *db, const struct enrolment_filter *filter,
                                    struct db_result **ret_result);

/* The steps of an enrolment, from number `after` on. */
enum db_status enrolment_store_steps(struct db *db, int64_t district, int64_t id, int64_t after, int64_t limit,
                                     struct db_result **ret_result);

/* Locks an enrolment. Dates are NULL when they are not known, the day of death is that of all numbers of the person;
 * age_min -1 when the rule has none; lead: whether the item's rule of today wants the street's review, so that the lead
 * unit decides. */
enum {
    ENROLMENT_LOCKED_STATE,
    ENROLMENT_LOCKED_APPLIED_BY,
    ENROLMENT_LOCKED_APPLIED_ON,
    ENROLMENT_LOCKED_STARTS_ON,
    ENROLMENT_LOCKED_ENTRY,
    ENROLMENT_LOCKED_AGE_MIN,
    ENROLMENT_LOCKED_BIRTH,
    ENROLMENT_LOCKED_DEATH,
    ENROLMENT_LOCKED_LEAD,
    ENROLMENT_LOCKED_ITEM,
    ENROLMENT_LOCKED_TIER,
    ENROLMENT_LOCKED_CONSENT,
    ENROLMENT_LOCKED_REVIEWED_BY
};
enum db_status enrolment_store_lock(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);

/* How an item's enrolments end on the day: exit_basis, grace_months_max. Always one row. */
enum { ENROLMENT_EXIT_BASIS, ENROLMENT_EXIT_GRACE_MAX };
enum db_status enrolment_store_exit(struct db *db, int64_t district, const char *item, const char *on,
                                    struct db_result **ret_result);

/* What stands in the way of a step (applied, reviewed, noticed, approved) of an application in state `from`: code,
 * field, field_code, other_code, other_zh, other_en, in the order in which it is told. */
enum {
    ENROLMENT_OBSTACLE_CODE,
    ENROLMENT_OBSTACLE_FIELD,
    ENROLMENT_OBSTACLE_FIELD_CODE,
    ENROLMENT_OBSTACLE_OTHER,
    ENROLMENT_OBSTACLE_OTHER_ZH,
    ENROLMENT_OBSTACLE_OTHER_EN
};
enum db_status enrolment_store_obstacles(struct db *db, int64_t district, int64_t id, const char *from,
                                         const char *step, struct db_result **ret_result);

enum db_status enrolment_store_review(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);
/* 23P01 when the months of an approval overlap an earlier enrolment. */
enum db_status enrolment_store_approve(struct db *db, int64_t district, int64_t id, const char *starts_on,
                                       struct db_result **ret_result);
enum db_status enrolment_store_reject(struct db *db, int64_t district, int64_t id, const char *cause,
                                      struct db_result **ret_result);
/* evidence may be NULL. */
enum db_status enrolment_store_return(struct db *db, int64_t district, int64_t id, const char *cause,
                                      const char *evidence, struct db_result **ret_result);
/* Submits again what was returned; `row` without person and item. */
enum db_status enrolment_store_submit(struct db *db, int64_t id, const struct enrolment_row *row,
                                      struct db_result **ret_result);

struct enrolment_ending {
    const char *cause;
    const char *evidence;
    const char *ended_on;
    const char *notice_ends_on; /* NULL: none */
    int64_t grace_months;
    const char *exit_basis; /* of the rule of that day: which month is the last (beneficiaries.due_until()) */
};
enum db_status enrolment_store_end(struct db *db, int64_t district, int64_t id, const struct enrolment_ending *ending,
                                   struct db_result **ret_result);

struct enrolment_note {
    const char *step;     /* of beneficiaries.enrolment_note() */
    const char *cause;    /* NULL: none; the same for the others */
    const char *evidence; /* number of a document */
    const char *on;       /* YYYY-MM-DD */
    const char *data;     /* JSON of codes and counts */
};

/* Records a step that leaves the state as it is, and locks the enrolment: its event and number. Codes not_found,
 * wrong_state. */
enum { ENROLMENT_NOTED_EVENT, ENROLMENT_NOTED_SEQ };
enum db_status enrolment_store_note(struct db *db, int64_t id, const struct enrolment_note *note,
                                    struct db_result **ret_result);

/* The checks of an application: id, name, required, result, code. */
enum db_status enrolment_store_checks(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);

/* The results of the checks as {"age":"pass",...}, for the step that records them. */
enum db_status enrolment_store_check_data(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);

#endif
