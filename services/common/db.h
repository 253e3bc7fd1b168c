/* PostgreSQL (libpq) behind one module. One `struct db` is one connection and belongs to one thread.
 * Statements are named constants that are prepared on first use; db_check_statements() prepares them all for
 * the lint.
 *
 * Outcomes at this edge are enum db_status; db_error() turns one into enum err for everything above. */
#ifndef HUIMIN_DB_H
#define HUIMIN_DB_H

#include "buffer.h"
#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum db_status {
    DB_HARD,  /* failed for good: constraint, permission, lost connection; see db_error() */
    DB_RETRY, /* 40001 or 40P01: run the whole transaction again */
    DB_NONE,  /* done, no row */
    DB_ROW,   /* done, exactly one row */
    DB_ROWS   /* done, several rows */
};

struct db;
struct db_result;

struct db_statement {
    const char *name;
    const char *sql;
};

/* Defines a statement; the section lets db_check_statements() find all of a program. */
#define DB_STATEMENT(variable, text)                                                                                   \
    static const struct db_statement variable                                                                          \
        __attribute__((section("db_statements"), used, aligned(8))) = {#variable, text}

enum db_param_kind { DB_PARAM_NULL, DB_PARAM_TEXT, DB_PARAM_INT, DB_PARAM_BYTES };

struct db_param {
    enum db_param_kind kind;
    const char *text;
    size_t length;
    int64_t number;
};

static inline struct db_param db_text(const char *text)
{
    return (struct db_param){text != NULL ? DB_PARAM_TEXT : DB_PARAM_NULL, text, 0, 0};
}

static inline struct db_param db_int(int64_t number)
{
    return (struct db_param){DB_PARAM_INT, NULL, 0, number};
}

static inline struct db_param db_bool(bool value)
{
    return (struct db_param){DB_PARAM_TEXT, value ? "t" : "f", 0, 0};
}

/* bytes NULL means SQL NULL. */
static inline struct db_param db_bytes(const void *bytes, size_t length)
{
    return (struct db_param){bytes != NULL ? DB_PARAM_BYTES : DB_PARAM_NULL, (const char *)bytes, length, 0};
}

static inline struct db_param db_null(void)
{
    return (struct db_param){DB_PARAM_NULL, NULL, 0, 0};
}

enum { DB_PARAM_MAX = 40 };

/* Parameters of db_exec() as one argument pair: DB_PARAMS(db_int(1), db_text("x")). */
#define DB_PARAMS(...)                                                                                                 \
    (const struct db_param[]){__VA_ARGS__}, sizeof((const struct db_param[]){__VA_ARGS__}) / sizeof(struct db_param)
#define DB_NO_PARAMS NULL, 0

/* Whose rows a transaction may see and who acts; row-level security reads it (sql: app.*). Texts are not
 * owned. */
struct db_context {
    int64_t district;
    const char *divisions;  /* "all" or an array literal such as {340103001} */
    const char *programmes; /* "all" or an array literal of item codes */
    const char *actor;
    const char *service;
    const char *request_id;
};

enum db_mode { DB_READ, DB_WRITE };

/* Opens a connection; NULL only when out of memory. A connection that failed is tried again at db_begin(). */
struct db *db_open(const char *conninfo, const char *application_name);
void db_close(struct db *db);

/* True when the server answers a trivial query within its deadline (/readyz). */
bool db_ping(struct db *db);

/* Starts a transaction and sets its context in one round trip. */
enum db_status db_begin(struct db *db, enum db_mode mode, const struct db_context *context);

/* COMMIT. DB_HARD with a lost connection means the outcome is unknown: the idempotency key decides. */
enum db_status db_commit(struct db *db);

/* Ends any open transaction without effect. Safe to call at any time. */
void db_rollback(struct db *db);

/* Runs one prepared statement. *ret_result (may be NULL) is owned by the caller: db_result_free(). */
enum db_status db_exec(struct db *db, const struct db_statement *statement, const struct db_param *params, size_t count,
                       struct db_result **ret_result);

/* Runs a script of several commands without parameters (migrations); stops at the first failure. */
enum db_status db_script(struct db *db, const char *sql);

/* COPY ... FROM STDIN with a constant command; feed bytes, then end. */
enum db_status db_copy_begin(struct db *db, const char *copy_sql);
enum db_status db_copy_put(struct db *db, const char *bytes, size_t length);
enum db_status db_copy_end(struct db *db);

/* What the last status means above the SQL edge. A refusal raised in SQL with SQLSTATE HM001 and a code of
 * errors.yaml as message comes back as that code; 23505 is ERR_ALREADY_EXISTS. */
enum err db_error(const struct db *db, enum db_status status);

/* SQLSTATE and constraint of the last failure, "" when none. Safe for logs: no values. */
const char *db_sqlstate(const struct db *db);
const char *db_constraint(const struct db *db);

/* What a refusal raised in SQL names as the record to go to instead (app.refuse(code, see)): a path of the API below
 * /api/v1, "" when none. */
const char *db_see(const struct db *db);

/* Primary message of the last failure. May hold data: for command-line tools only, never for logs or answers.
 */
const char *db_message(const struct db *db);

void db_result_free(struct db_result **result);
#define CLEANUP_RESULT __attribute__((cleanup(db_result_free)))

/* Number of a column by its name; aborts when there is none: a statement and its reader belong together. */
int db_column(const struct db_result *result, const char *name);
size_t db_row_count(const struct db_result *result);
bool db_is_null(const struct db_result *result, size_t row, int column);
/* Text of a value; NULL for SQL NULL. Valid until the result is freed. */
const char *db_value(const struct db_result *result, size_t row, int column);
size_t db_value_length(const struct db_result *result, size_t row, int column);
/* Whole number of a value; aborts when the column is not an integer: a statement and its reader belong
 * together. */
int64_t db_value_int(const struct db_result *result, size_t row, int column);
bool db_value_bool(const struct db_result *result, size_t row, int column);
/* Decodes a bytea value; *ret_bytes is malloc'ed, owned by the caller (free). False for NULL or bad text. */
bool db_value_bytes(const struct db_result *result, size_t row, int column, unsigned char **ret_bytes,
                    size_t *ret_length);

/* Writes a row as a JSON object: the columns' names are the members' names, integers are numbers, booleans
 * are booleans, json and jsonb are passed through, everything else is text; SQL NULL is null. */
void db_row_json(const struct db_result *result, size_t row, struct buffer *out);

/* {"items":[...],"next":...}: at most limit rows; when there are more, next is the value of column
 * `cursor_column` of the last row written. */
void db_list_json(const struct db_result *result, size_t limit, const char *cursor_column, struct buffer *out);

/* Prepares every statement of the program; one line per failure to out. True when all are accepted. */
bool db_check_statements(const char *conninfo, FILE *out);

#endif
