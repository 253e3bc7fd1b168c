#include "suspension_store.h"

#include "register.h"

#define SUSPENSION_CREATED_AT REGISTER_TIME("created_at", "created_at")
#define SUSPENSION_COLUMNS "id, enrolment_id as enrolment, cause, " REGISTER_VALID ", " SUSPENSION_CREATED_AT

DB_STATEMENT(suspension_begin,
             "select beneficiaries.suspend($1::bigint, $2::text, $3::date, $4::date, $5::text) as id");
DB_STATEMENT(suspension_end, "select beneficiaries.suspension_end($1::bigint, $2::bigint, $3::date, $4::text)");
DB_STATEMENT(suspension_get, "select " SUSPENSION_COLUMNS " from beneficiaries.suspension"
                             " where district = $1::integer and enrolment_id = $2::bigint and id = $3::bigint");
DB_STATEMENT(suspension_list, "select " SUSPENSION_COLUMNS " from beneficiaries.suspension where district = $1::integer"
                              " and enrolment_id = $2::bigint and id > $3::bigint order by id limit $4::bigint");

enum db_status suspension_store_begin(struct db *db, int64_t enrolment, const char *cause, const char *from,
                                      const char *until, const char *evidence, struct db_result **ret_result)
{
    return db_exec(db, &suspension_begin,
                   DB_PARAMS(db_int(enrolment), db_text(cause), db_text(from), db_text(until), db_text(evidence)),
                   ret_result);
}

enum db_status suspension_store_end(struct db *db, int64_t enrolment, int64_t id, const char *until,
                                    const char *evidence, struct db_result **ret_result)
{
    return db_exec(db, &suspension_end, DB_PARAMS(db_int(enrolment), db_int(id), db_text(until), db_text(evidence)),
                   ret_result);
}

enum db_status suspension_store_get(struct db *db, int64_t district, int64_t enrolment, int64_t id,
                                    struct db_result **ret_result)
{
    return db_exec(db, &suspension_get, DB_PARAMS(db_int(district), db_int(enrolment), db_int(id)), ret_result);
}

enum db_status suspension_store_list(struct db *db, int64_t district, int64_t enrolment, int64_t after, int64_t limit,
                                     struct db_result **ret_result)
{
    return db_exec(db, &suspension_list,
                   DB_PARAMS(db_int(district), db_int(enrolment), db_int(after), db_int(limit + 1)), ret_result);
}
