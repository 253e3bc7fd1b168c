#include "review_store.h"

#include "register.h"

#define REVIEW_CREATED_AT REGISTER_TIME("created_at", "created_at")
#define REVIEW_COLUMNS                                                                                                 \
    "id, enrolment_id as enrolment, class, outcome, reviewed_on::text as reviewed_on, next_due_on::text as "           \
    "next_due_on,"                                                                                                     \
    " reviewed_by, " REVIEW_CREATED_AT

DB_STATEMENT(review_next, "select ($4::date + make_interval(months => c.months))::date::text"
                          " from beneficiaries.enrolment n join programmes.review_class c on c.district = n.district"
                          "  and c.item_code = n.item_code and c.class = $3::text"
                          " where n.district = $1::integer and n.id = $2::bigint");
DB_STATEMENT(review_insert,
             "insert into beneficiaries.enrolment_review (district, enrolment_id, class, outcome, reviewed_on,"
             " next_due_on, reviewed_by, event_id) values ($1::integer, $2::bigint, $3::text, $4::text, $5::date,"
             " $6::date, app.actor(), $7::bigint) returning " REVIEW_COLUMNS);
DB_STATEMENT(review_list, "select " REVIEW_COLUMNS " from beneficiaries.enrolment_review where district = $1::integer"
                          " and enrolment_id = $2::bigint and id > $3::bigint order by id limit $4::bigint");

enum db_status review_store_next(struct db *db, int64_t district, int64_t enrolment, const char *class_code,
                                 const char *reviewed_on, struct db_result **ret_result)
{
    return db_exec(db, &review_next,
                   DB_PARAMS(db_int(district), db_int(enrolment), db_text(class_code), db_text(reviewed_on)),
                   ret_result);
}

enum db_status review_store_insert(struct db *db, const struct review_row *row, struct db_result **ret_result)
{
    return db_exec(db, &review_insert,
                   DB_PARAMS(db_int(row->district), db_int(row->enrolment), db_text(row->class_code),
                             db_text(row->outcome), db_text(row->reviewed_on), db_text(row->next_due_on),
                             db_int(row->event)),
                   ret_result);
}

enum db_status review_store_list(struct db *db, int64_t district, int64_t enrolment, int64_t after, int64_t limit,
                                 struct db_result **ret_result)
{
    return db_exec(db, &review_list, DB_PARAMS(db_int(district), db_int(enrolment), db_int(after), db_int(limit + 1)),
                   ret_result);
}
