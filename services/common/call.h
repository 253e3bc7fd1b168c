/* One HTTP call as a handler sees it: parsed request, verified principal, database in an open transaction,
 * and the answer under construction. No type of a web or JSON library appears here.
 *
 * A handler is the body of one transaction. It may be run again after a serialization failure, so it must
 * have no effect but through call->db and the answer, which dispatch clears before each run. The answer is
 * sent only after the commit. */
#ifndef HUIMIN_CALL_H
#define HUIMIN_CALL_H

#include "arena.h"
#include "buffer.h"
#include "db.h"
#include "err.h"
#include "principal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct service;
struct route;

enum {
    CALL_PATH_VALUES_MAX = 4,
    CALL_QUERY_MAX = 16,
    CALL_FIELD_ERRORS_MAX = 64,
    CALL_LIST_DEFAULT = 50,
    CALL_LIST_MAX = 500
};

struct call_field_error {
    const char *pointer; /* JSON pointer (RFC 6901) into the body, or the name of a query parameter */
    enum err code;
};

/* A programme item or another benefit that an error names. */
struct call_other {
    const char *code; /* NULL: none */
    const char *name_zh;
    const char *name_en;
};

struct call_query {
    const char *name;
    const char *value;
};

struct call {
    const struct service *service;
    const struct route *route;
    struct arena *arena;
    struct db *db;
    const struct principal *who;

    const char *path_values[CALL_PATH_VALUES_MAX]; /* decoded values of the {names} of the route, in order */
    struct call_query query[CALL_QUERY_MAX];
    size_t query_count;
    const char *body; /* body_length bytes, not terminated; "" when there is none */
    size_t body_length;
    const char *idempotency_key; /* NULL when absent */
    const char *if_match;
    const char *purpose;
    const char *request_id;
    bool chinese; /* language of texts in problem documents */

    int status;               /* 200 unless the handler sets another */
    const char *content_type; /* of the answer; NULL: application/json */
    struct buffer out;
    const char *location; /* path for the Location header, or NULL */
    int64_t etag;         /* row version for the ETag header, 0 for none */
    struct call_field_error field_errors[CALL_FIELD_ERRORS_MAX];
    size_t field_error_count;
    const char *see;         /* with an error: path of the record to go to instead, or NULL */
    struct call_other other; /* with an error: the benefit that stands in the way */
};

typedef enum err call_handler(struct call *call);

/* Value of a query parameter, or NULL. */
const char *call_query_value(const struct call *call, const char *name);

/* Notes a wrong field; further ones than CALL_FIELD_ERRORS_MAX are dropped. Returns ERR_INVALID_FIELDS. */
enum err call_field_error(struct call *call, const char *pointer, enum err code);

/* Path value `index` as a positive 64-bit id; ERR_NOT_FOUND when it is anything else. */
enum err call_path_id(struct call *call, size_t index, int64_t *ret_id);

/* Query parameters `after` (an id, 0 when absent) and `limit` (1..500, 50 when absent). */
enum err call_page(struct call *call, int64_t *ret_after, int64_t *ret_limit);

/* Query parameter as an id: 0 when absent, ERR_BAD_QUERY when malformed. */
enum err call_query_id(struct call *call, const char *name, int64_t *ret_id);

/* Query parameter that is one of the comma separated `allowed`: NULL when absent, ERR_BAD_QUERY when it is anything
 * else. */
enum err call_query_choice(struct call *call, const char *name, const char *allowed, const char **ret_value);

/* If-Match as a row version: ERR_IF_MATCH_REQUIRED when absent, ERR_VERSION_CONFLICT when not one of ours. */
enum err call_if_match(struct call *call, int64_t *ret_version);

/* Ends a call with one row as the answer: 200 (or 201 with `created_path` + the row's id) and the row as
 * JSON. DB_NONE is ERR_NOT_FOUND. */
enum err call_answer_row(struct call *call, enum db_status status, const struct db_result *result);
enum err call_answer_created(struct call *call, enum db_status status, const struct db_result *result,
                             const char *path_prefix);

/* Ends a call with a list: {"items": [...], "next": ...} with `id` as the cursor column. */
enum err call_answer_list(struct call *call, enum db_status status, const struct db_result *result, int64_t limit);

#endif
