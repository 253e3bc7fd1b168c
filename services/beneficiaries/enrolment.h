/* The rules of enrolments: from which month on something is due, until when, and who may take which step. What an item
 * demands are rows of programmes.rule; what follows from them is described in ENTITLEMENTS.md ("A month").
 * Pure. */
#ifndef HUIMIN_ENROLMENT_H
#define HUIMIN_ENROLMENT_H

#include "date.h"
#include "err.h"

#include <stdbool.h>
#include <stddef.h>

enum enrolment_state {
    ENROLMENT_APPLIED,
    ENROLMENT_REVIEWED, /* by the street */
    ENROLMENT_NOTICED,  /* on public notice, or that has ended */
    ENROLMENT_RETURNED, /* sent back with a cause, to be corrected and submitted again */
    ENROLMENT_APPROVED,
    ENROLMENT_REJECTED,
    ENROLMENT_ENDED
};

/* Entry basis of an item (programmes.rule.entry_basis): the first month that counts. */
enum enrolment_entry {
    ENROLMENT_APPLICATION_MONTH,    /* 自递交申请当月计发 */
    ENROLMENT_APPROVAL_MONTH,       /* 批准当月 */
    ENROLMENT_MONTH_AFTER_APPROVAL, /* 批准次月 */
    ENROLMENT_BIRTHDAY_MONTH,       /* 年满当月 */
    ENROLMENT_MONTH_AFTER_BIRTHDAY, /* 年满次月 */
    ENROLMENT_YEAR_END_AGE,         /* 当年12月31日前年满 */
    ENROLMENT_SEMESTER              /* 按学期 */
};

/* Exit basis (programmes.rule.exit_basis): the last month that is still due. */
enum enrolment_exit {
    ENROLMENT_SAME_MONTH,        /* the month before the event: 当月停发 */
    ENROLMENT_EVENT_MONTH_PAID,  /* the month of the event: 次月停发 */
    ENROLMENT_MONTH_AFTER_EVENT, /* the month of the decision, when that is later: 自决定次月起停发 */
    ENROLMENT_END_OF_NOTICE      /* the month in which the notice of the end runs out */
};

/* Where an item's tier comes from (programmes.rule.tier_source). */
enum enrolment_tier_source {
    ENROLMENT_TIER_SINGLE,      /* the item has one tier: none is named */
    ENROLMENT_TIER_NAMED,       /* the enrolment names it */
    ENROLMENT_TIER_CERTIFICATE, /* the disability certificate's grade decides, never a typed field */
    ENROLMENT_TIER_AGE          /* the age decides */
};

enum enrolment_step {
    ENROLMENT_REVIEW,
    ENROLMENT_NOTICE,
    ENROLMENT_APPROVE,
    ENROLMENT_REJECT,
    ENROLMENT_RETURN,
    ENROLMENT_SUBMIT,
    ENROLMENT_END
};

/* Read the database's names. False for any other text (NULL too). */
bool enrolment_state_parse(const char *name, enum enrolment_state *ret_state);
bool enrolment_entry_parse(const char *name, enum enrolment_entry *ret_entry);
bool enrolment_exit_parse(const char *name, enum enrolment_exit *ret_exit);
bool enrolment_tier_source_parse(const char *name, enum enrolment_tier_source *ret_source);

/* What the first month follows from. approved_on: year 0 while not approved. age_min: -1 when the rule has none. */
struct enrolment_start {
    enum enrolment_entry entry;
    struct date applied_on;
    struct date approved_on;
    struct date birth;
    int age_min;
};

/* The first month for which something is due, as its first day. *ret_starts_on is year 0 while that is not known:
 * approved_on has year 0 and the entry basis depends on it. Born on 29 February: the birthday is 1 March in common
 * years. Terms: February to July, August to January. */
void enrolment_starts_on(const struct enrolment_start *start, struct date *ret_starts_on);

/* The first month that an application may name as its start: that of the application; January of its year
 * (year_end_age), the first of its term (semester). */
struct date enrolment_earliest_start(enum enrolment_entry entry, struct date applied_on);

/* Whether a start that the application names may stand: the first day of a month, not before the month of the
 * application. ERR_BAD_DATE or ERR_OUT_OF_RANGE otherwise. enrolment_check_start_of() knows the entry basis. */
enum err enrolment_check_start(struct date applied_on, struct date starts_on);
enum err enrolment_check_start_of(enum enrolment_entry entry, struct date applied_on, struct date starts_on);

/* Whether an application may bear this date: not after today. ERR_OUT_OF_RANGE otherwise. */
enum err enrolment_check_applied(struct date applied_on, struct date today);

/* An end: the day of the event, of the decision, and (year 0: none) the last day of the notice of the end. Which month
 * is the last that is paid follows from them in beneficiaries.due_until(). */
struct enrolment_end {
    enum enrolment_exit exit;
    bool death;
    struct date ended_on;
    struct date decided_on;
    struct date notice_ends_on;
};

/* Whether an end can be: ERR_OUT_OF_RANGE when it lies before the start or more than a year ahead, or a death lies
 * ahead. */
enum err enrolment_check_end(const struct enrolment_end *end, struct date starts_on);

/* Whether the notice of the end is as the exit basis wants: ERR_REQUIRED when it is missing, ERR_BAD_VALUE when none
 * belongs here (a death has none), ERR_OUT_OF_RANGE when it runs out before the event. */
enum err enrolment_check_end_notice(const struct enrolment_end *end);

/* Whether so many months of grace may be given: for the cause `income` only, 0 to months_max. ERR_OUT_OF_RANGE. */
enum err enrolment_check_grace(const char *cause, int64_t months, int64_t months_max);

/* Whether an application must, may not, or need not name a tier: ERR_REQUIRED, ERR_BAD_VALUE, ERR_NONE.
 * Whether the named tier exists is another question. */
enum err enrolment_check_tier(enum enrolment_tier_source source, const char *tier);

enum { ENROLMENT_EVIDENCE_CHARS_MAX = 64, ENROLMENT_EVIDENCE_BYTES_MAX = 4 * ENROLMENT_EVIDENCE_CHARS_MAX };

/* Whether a text may stand as the number of a document (庐民决〔2020〕17号): 1 to 64 characters without control
 * characters, and without a number of a person (text_holds_personal_number()). ERR_TOO_LONG, ERR_BAD_CHARACTERS,
 * ERR_PERSONAL_DATA. */
enum err enrolment_check_evidence(const char *text);

/* Whether the actor may take the step. Deciding needs another person than the one who applied; ERR_SAME_PERSON comes
 * before ERR_WRONG_STATE. What else the item's rule demands: beneficiaries.enrolment_obstacles(). */
enum err enrolment_check_step(enum enrolment_step step, enum enrolment_state state, const char *applied_by,
                              const char *actor);

/* The media type of a document by its first bytes: application/pdf, image/jpeg, image/png; NULL for anything else. */
const char *enrolment_document_type(const char *bytes, size_t length);

#endif
