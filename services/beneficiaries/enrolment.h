/* The rules of enrolments: from which month on something is due, until when, and who may take which step.
 * Pure. */
#ifndef HUIMIN_ENROLMENT_H
#define HUIMIN_ENROLMENT_H

#include "date.h"
#include "err.h"

#include <stdbool.h>

enum enrolment_state { ENROLMENT_APPLIED, ENROLMENT_APPROVED, ENROLMENT_REJECTED, ENROLMENT_ENDED };

/* Entry basis of an item (programmes.rule.entry_basis): the first month that counts. */
enum enrolment_entry {
    ENROLMENT_APPLICATION_MONTH,   /* 自递交申请当月计发 */
    ENROLMENT_APPROVAL_MONTH,      /* 批准当月 */
    ENROLMENT_MONTH_AFTER_APPROVAL /* 批准次月 */
};

/* Where an item's tier comes from (programmes.rule.tier_source). */
enum enrolment_tier_source {
    ENROLMENT_TIER_SINGLE,     /* the item has one tier: none is named */
    ENROLMENT_TIER_NAMED,      /* the enrolment names it */
    ENROLMENT_TIER_CERTIFICATE /* the disability certificate's grade decides, never a typed field */
};

enum enrolment_step { ENROLMENT_APPROVE, ENROLMENT_REJECT, ENROLMENT_END };

/* Read the database's names. False for any other text (NULL too). */
bool enrolment_state_parse(const char *name, enum enrolment_state *ret_state);
bool enrolment_entry_parse(const char *name, enum enrolment_entry *ret_entry);
bool enrolment_tier_source_parse(const char *name, enum enrolment_tier_source *ret_source);

/* The first month for which something is due, as its first day. *ret_starts_on is year 0 while that is not
 * known: approved_on has year 0 and the entry basis depends on it. */
void enrolment_starts_on(enum enrolment_entry entry, struct date applied_on, struct date approved_on,
                         struct date *ret_starts_on);

/* Whether a start that the application names may stand: the first day of a month, not before the month of the
 * application. ERR_BAD_DATE or ERR_OUT_OF_RANGE otherwise. */
enum err enrolment_check_start(struct date applied_on, struct date starts_on);

/* Whether an application may bear this date: not after today. ERR_OUT_OF_RANGE otherwise. */
enum err enrolment_check_applied(struct date applied_on, struct date today);

/* Exit basis event_month_paid: the month of the event is still paid. Returns the first day for which nothing
 * is due. */
struct date enrolment_due_until(struct date ended_on);

/* Whether an application must, may not, or need not name a tier: ERR_REQUIRED, ERR_BAD_VALUE, ERR_NONE.
 * Whether the named tier exists is another question. */
enum err enrolment_check_tier(enum enrolment_tier_source source, const char *tier);

/* Whether the actor may take the step. Approving and rejecting need an open application and another person
 * than the one who applied; ending needs an approved enrolment. ERR_SAME_PERSON comes before ERR_WRONG_STATE.
 */
enum err enrolment_check_step(enum enrolment_step step, enum enrolment_state state, const char *applied_by,
                              const char *actor);

#endif
