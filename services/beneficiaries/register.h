/* What the handlers of the register share: column texts of their statements, and answers that carry a row
 * version. Statements select the row's number first and its version, where it has one, second. */
#ifndef HUIMIN_REGISTER_H
#define HUIMIN_REGISTER_H

#include "call.h"
#include "date.h"
#include "keyring.h"

#include <stdint.h>

/* A time of the district as RFC 3339 text. */
#define REGISTER_TIME(column, name)                                                                                    \
    "to_char(" column " at time zone 'Asia/Shanghai', 'YYYY-MM-DD\"T\"HH24:MI:SS\"+08:00\"') as " name

/* A fact's range: first day (null: since before the register knew it), first day after (null: still), and
 * whether it was replaced before it ever was in force. */
#define REGISTER_VALID "lower(valid)::text as valid_from, upper(valid)::text as valid_until, isempty(valid) as void"

/* Ends what held for an owner from the day $3 on: rows that began earlier are cut, later ones are void. */
#define REGISTER_CLOSE(table, owner)                                                                                   \
    "update beneficiaries." table " set valid = case when lower(valid) >= $3::date then 'empty'::daterange"            \
    " else daterange(lower(valid), $3::date) end"                                                                      \
    " where district = $1::integer and " owner " = $2::bigint and not isempty(valid)"                                  \
    " and (upper_inf(valid) or upper(valid) > $3::date)"

/* Whether a row of the owner $2 begins after the day $3 (today when NULL) and before $5 (NULL: whenever) and is not the
 * row $4; and whether the row $4, when one is given, is one of these. */
#define REGISTER_LATER(table, owner)                                                                                   \
    "select coalesce(bool_or(id is distinct from $4::bigint), false), $4::bigint is null or coalesce(bool_or(id = "    \
    "$4::bigint),"                                                                                                     \
    " false) from beneficiaries." table " where district = $1::integer and " owner " = $2::bigint"                     \
    " and lower(valid) > coalesce($3::date, app.today()) and ($5::date is null or lower(valid) < $5::date)"

const struct keyring *register_keyring(const struct call *call);

/* Today's business date. */
struct date register_today(void);

/* A date as parameter text in the call's arena; NULL for year 0 (absent) or below (null). */
const char *register_date(struct call *call, struct date date);

/* call_answer_row() and call_answer_created() with the ETag from column 1. */
enum err register_answer(struct call *call, enum db_status status, const struct db_result *result);
enum err register_created(struct call *call, enum db_status status, const struct db_result *result,
                          const char *path_prefix);

/* 201 for a row that is reached through a list only: Location is the list. */
enum err register_listed(struct call *call, enum db_status status, const struct db_result *result,
                         const char *list_path);

/* ERR_NONE for a statement that must have changed something: DB_NONE is ERR_NOT_FOUND. */
enum err register_done(struct call *call, enum db_status status);

/* Query parameter `division`: 0 when absent; ERR_BAD_QUERY when it is no code of a division. */
enum err register_query_division(struct call *call, int64_t *ret_division);

/* What begins now takes the place of what held before, but of nothing that begins later, unless the request names that
 * (`replaces`): then it becomes void. Takes the answer of a statement made with REGISTER_LATER and notes ERR_OVERLAPS
 * at /valid_from or ERR_BAD_VALUE at /replaces. */
enum err register_check_later(struct call *call, enum db_status status, const struct db_result *later);

/* The number that a request gives in `replaces`, or SQL NULL. */
struct db_param register_replaces(int64_t replaces);

/* Whether a period that is reported can be: notes ERR_BEFORE_BIRTH at /valid_from when it begins before the birth, and
 * ERR_ENDS_BEFORE_START at /valid_until when it does not end after it begins (today when from is absent). Absent dates
 * have year 0. */
bool register_period_ok(struct call *call, struct date birth, struct date from, struct date until);

/* Notes the error at the pointer unless it is ERR_NONE. Returns whether it is ERR_NONE. */
bool register_field_ok(struct call *call, const char *pointer, enum err err);

#endif
