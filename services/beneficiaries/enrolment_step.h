/* What the handlers of an enrolment's steps share. */
#ifndef HUIMIN_ENROLMENT_STEP_H
#define HUIMIN_ENROLMENT_STEP_H

#include "call.h"
#include "enrolment.h"
#include "enrolment_store.h"

/* Locks the enrolment of the path (enum ENROLMENT_LOCKED_...) and asks the rules whether the caller may take the step.
 */
enum err enrolment_step_begin(struct call *call, enum enrolment_step step, int64_t *ret_id,
                              struct db_result **ret_locked);

/* Whether this token may decide: where the item's rule wants the street's review first, the lead unit's scope is needed
 * (beneficiaries:approve). ERR_FORBIDDEN. lead: column ENROLMENT_LOCKED_LEAD. */
enum err enrolment_step_decider(const struct call *call, bool lead);

/* Whether the procedure allows the step (applied, reviewed, noticed, approved) from the state `from`. Notes which
 * documents or checks are missing, or which other benefit stands in the way. */
enum err enrolment_step_allowed(struct call *call, int64_t id, const char *from, const char *step);

/* Notes that the evidence of the body (NULL: none) is not fit at /evidence. */
bool enrolment_step_evidence_ok(struct call *call, const char *evidence);

/* The enrolment of the path, for lists below it: another's is not found, rather than empty. */
enum err enrolment_step_of_path(struct call *call, int64_t *ret_id);

/* Answers a page of what hangs on the enrolment of the path, as `list` reads it (its rows begin with their id). */
typedef enum db_status enrolment_list_reader(struct db *db, int64_t district, int64_t enrolment, int64_t after,
                                             int64_t limit, struct db_result **ret_result);
enum err enrolment_step_list(struct call *call, enrolment_list_reader *list);

/* Records a step that leaves the state as it is. *ret_event: its event, for the row that it is about. */
enum err enrolment_step_note(struct call *call, int64_t id, const struct enrolment_note *note, int64_t *ret_event,
                             int64_t *ret_seq);

/* Notes ERR_OUT_OF_RANGE at the pointer when a refusal of the database was that; anything else is handed through. */
enum err enrolment_step_range(struct call *call, enum err err, const char *pointer);

#endif
