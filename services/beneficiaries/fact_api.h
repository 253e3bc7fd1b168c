/* What the handlers of monthly facts of a person share. */
#ifndef HUIMIN_FACT_API_H
#define HUIMIN_FACT_API_H

#include "call.h"
#include "date.h"

/* Locks the person of the path (ERR_NOT_FOUND) and notes what is wrong with a period of whole months from `from`
 * (required) until `until` (year 0: open), at /valid_from and /valid_until. The caller goes on, so that all faults are
 * named together, and then looks at call->field_error_count. A fact may begin in the month of the birth. */
enum err fact_api_begin(struct call *call, struct date from, struct date until, int64_t *ret_person);

/* Ends a create: 201 with the row; a period that covers part of another is ERR_OVERLAPS at /valid_from. list: the last
 * part of the list's path. */
enum err fact_api_created(struct call *call, enum db_status status, const struct db_result *result, int64_t person,
                          const char *list);

/* How a table of facts is read and ended: the row with its columns valid_from, valid_until and void; DB_NONE when it is
 * not there. until: YYYY-MM-DD. */
struct fact_table {
    enum db_status (*get)(struct db *db, int64_t district, int64_t person, int64_t id, struct db_result **ret_result);
    enum db_status (*end)(struct db *db, int64_t district, int64_t id, const char *until,
                          struct db_result **ret_result);
};

/* The handler of .../persons/{id}/<facts>/{fid}/end. */
enum err fact_api_end(struct call *call, const struct fact_table *table);

/* The handler of a list of a person's facts. */
typedef enum db_status fact_list(struct db *db, int64_t district, int64_t person, int64_t after, int64_t limit,
                                 struct db_result **ret_result);
enum err fact_api_list(struct call *call, fact_list *list);

#endif
