#include "hearing_store.h"

#include "register.h"

#define HEARING_CREATED_AT REGISTER_TIME("created_at", "created_at")
#define HEARING_COLUMNS                                                                                                \
    "id, enrolment_id as enrolment, heard_on::text as heard_on, written_notice_on::text as written_notice_on, reason," \
    " evidence, " HEARING_CREATED_AT

DB_STATEMENT(
    hearing_insert,
    "insert into beneficiaries.hearing (district, enrolment_id, seq, heard_on, written_notice_on, reason,"
    " evidence, event_id) values ($1::integer, $2::bigint, $3::integer, $4::date, $5::date, $6::text, $7::text,"
    " $8::bigint) returning " HEARING_COLUMNS);
DB_STATEMENT(hearing_list, "select " HEARING_COLUMNS " from beneficiaries.hearing where district = $1::integer"
                           " and enrolment_id = $2::bigint and id > $3::bigint order by id limit $4::bigint");

enum db_status hearing_store_insert(struct db *db, const struct hearing_row *row, struct db_result **ret_result)
{
    return db_exec(db, &hearing_insert,
                   DB_PARAMS(db_int(row->district), db_int(row->enrolment), db_int(row->seq), db_text(row->heard_on),
                             db_text(row->written_notice_on), db_text(row->reason), db_text(row->evidence),
                             db_int(row->event)),
                   ret_result);
}

enum db_status hearing_store_list(struct db *db, int64_t district, int64_t enrolment, int64_t after, int64_t limit,
                                  struct db_result **ret_result)
{
    return db_exec(db, &hearing_list, DB_PARAMS(db_int(district), db_int(enrolment), db_int(after), db_int(limit + 1)),
                   ret_result);
}
