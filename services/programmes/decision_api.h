/* The way of a proposal and of a decision over HTTP: what rules, standards and exclusions have in common there. */
#ifndef HUIMIN_DECISION_API_H
#define HUIMIN_DECISION_API_H

#include "call.h"
#include "date.h"
#include "decision.h"

#include <stdbool.h>
#include <stdint.h>

/* Notes the fault at the pointer unless it is ERR_NONE. */
void decision_note(struct call *call, const char *pointer, enum err err);

/* Notes the faults of a validity and a source under /valid_from, /valid_to and /source. */
void decision_note_validity(struct call *call, struct date from, struct date to);
void decision_note_source(struct call *call, const char *source);

/* A date as parameter text in the call's arena; NULL for year 0 (absent) or below (null). */
const char *decision_date(struct call *call, struct date date);

/* The JSON of the body as parameter text in the call's arena: for statements that take the members which
 * json_read_body() has checked. NULL when out of memory. */
const char *decision_body(struct call *call);

/* What a failed insertion of a proposal means: ERR_REPLACED_MISSING when a foreign key fails, because whatever else is
 * named was looked up before; db_error() otherwise. */
enum err decision_error(const struct call *call, enum db_status status);

/* Whether the caller's token may change what is decided for an item. What is decided holds in the whole district: for a
 * token of some divisions ERR_FORBIDDEN; ERR_NOT_FOUND for an item beyond the token's programmes. */
enum err decision_reach(const struct call *call, const char *item);

/* ERR_NONE when the item exists, and decision_reach() lets the caller change it when `to_change`; ERR_NOT_FOUND when it
 * does not exist. */
enum err decision_item(struct call *call, const char *item, bool to_change);

enum { DECISION_LOCKED_ITEM, DECISION_LOCKED_PROPOSED_BY, DECISION_LOCKED_STATE };

/* The statements of one kind of thing. lock: its row until the transaction ends, columns as DECISION_LOCKED_...;
 * approve and reject: the step with its event; get: the answer. */
struct decision_noun {
    enum db_status (*lock)(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);
    enum db_status (*approve)(struct db *db, int64_t district, int64_t id, bool gap_intended);
    enum db_status (*reject)(struct db *db, int64_t district, int64_t id);
    enum db_status (*get)(struct db *db, int64_t district, int64_t id, struct db_result **ret_result);
    bool gaps;      /* the body of an approval may have gap_intended */
    int bound_item; /* column of lock() with another item that the row binds too, or NULL there; 0: none */
};

/* Handlers' bodies: the row of the path approved or rejected, and answered. */
enum err decision_approve(struct call *call, const struct decision_noun *noun);
enum err decision_reject(struct call *call, const struct decision_noun *noun);

/* Locks the row of the path for a caller who reaches its items (decision_reach()). */
enum err decision_lock(struct call *call, const struct decision_noun *noun, int64_t *ret_id,
                       struct db_result **ret_locked);

#endif
