/* Public notices and the objections to what hangs there; conventions as in person_store.h. */
#ifndef HUIMIN_NOTICE_STORE_H
#define HUIMIN_NOTICE_STORE_H

#include "db.h"

#include <stdint.h>

struct notice_row {
    int64_t district;
    const char *item;
    int64_t division;
    const char *enrolments; /* array literal */
    const char *published_on;
    const char *place;
};

/* Locks the applications of the list that are of the item and division and may be put on notice: position in the list
 * (from 1), number, state, and the first day on which they could be published. */
enum { NOTICE_CANDIDATE_POSITION, NOTICE_CANDIDATE_ID, NOTICE_CANDIDATE_STATE, NOTICE_CANDIDATE_READY };
enum db_status notice_store_candidates(struct db *db, const struct notice_row *row, struct db_result **ret_result);

/* Publishes: the notice with its last day by the item's rule of today, and every application's step. Code
 * calendar_missing. Answers the number. DB_NONE when the rule wants no notice. */
enum db_status notice_store_insert(struct db *db, const struct notice_row *row, struct db_result **ret_result);
enum db_status notice_store_apply(struct db *db, const struct notice_row *row, int64_t notice,
                                  struct db_result **ret_result);

enum db_status notice_store_get(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);

struct notice_filter {
    int64_t district;
    const char *item; /* NULL: any */
    int64_t division; /* 0: any */
    int64_t after;
    int64_t limit;
};
enum db_status notice_store_list(struct db *db, const struct notice_filter *filter, struct db_result **ret_result);

/* What hangs there: enrolment, name (not masked yet), names of division, item and tier. */
enum {
    NOTICE_POSTED_ID,
    NOTICE_POSTED_NAME,
    NOTICE_POSTED_DIVISION_ZH,
    NOTICE_POSTED_DIVISION_EN,
    NOTICE_POSTED_ITEM_ZH,
    NOTICE_POSTED_ITEM_EN,
    NOTICE_POSTED_TIER_ZH,
    NOTICE_POSTED_TIER_EN
};
enum db_status notice_store_posted(struct db *db, int64_t district, int64_t id, int64_t after, int64_t limit,
                                   struct db_result **ret_result);

struct objection_row {
    int64_t district;
    int64_t id;
    int64_t notice;
    int64_t enrolment;
    const char *channel;
    const uint8_t *text; /* sealed for beneficiaries.objection, text_sealed */
    size_t text_length;
};

/* DB_NONE when the application is not on that notice. */
enum db_status objection_store_insert(struct db *db, const struct objection_row *row, struct db_result **ret_result);
enum db_status objection_store_list(struct db *db, int64_t district, int64_t notice, int64_t after, int64_t limit,
                                    struct db_result **ret_result);

/* The sealed text with what it is about, and an event that it was read. */
enum { OBJECTION_READ_TEXT, OBJECTION_READ_ENROLMENT, OBJECTION_READ_CHANNEL, OBJECTION_READ_STATE };
enum db_status objection_store_read(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);

/* Locks: state, received_by, its enrolment with state and applied_by. */
enum {
    OBJECTION_LOCKED_STATE,
    OBJECTION_LOCKED_RECEIVED_BY,
    OBJECTION_LOCKED_ENROLMENT,
    OBJECTION_LOCKED_ENROLMENT_STATE,
    OBJECTION_LOCKED_APPLIED_BY
};
enum db_status objection_store_lock(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);
/* state: UPHELD, DISMISSED. */
enum db_status objection_store_decide(struct db *db, int64_t district, int64_t id, const char *state,
                                      const char *evidence, struct db_result **ret_result);
enum db_status objection_store_get(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);

#endif
