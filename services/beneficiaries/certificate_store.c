#include "certificate_store.h"

#include "register.h"

#define CERTIFICATE_COLUMNS "id, person_id as person, number_masked, disability_type, disability_grade, " REGISTER_VALID

DB_STATEMENT(certificate_from, "select coalesce($3::date, case when exists (select from beneficiaries.certificate"
                               "  where district = $1::integer and person_id = $2::bigint and not isempty(valid))"
                               "  then app.today() end)::text"
                               " where not exists (select from beneficiaries.certificate where district = $1::integer"
                               "  and person_id = $2::bigint and upper_inf(valid) and number_index = $4::bytea)");
DB_STATEMENT(certificate_later, REGISTER_LATER("certificate", "person_id"));
DB_STATEMENT(certificate_close,
             REGISTER_CLOSE("certificate",
                            "person_id") " and ($4::date is null or lower(valid) is null or lower(valid) < $4::date)");
DB_STATEMENT(certificate_insert,
             "with event as materialized (select audit.write_event('create', 'certificate', $2::text,"
             "  jsonb_build_object('person', $3::bigint, 'type', $7::integer, 'grade', $8::integer)) as id)"
             " insert into beneficiaries.certificate (district, id, person_id, number_sealed, number_index,"
             "  number_masked, disability_type, disability_grade, valid, event_id)"
             " select $1::integer, $2::bigint, $3::bigint, $4::bytea, $5::bytea, $6::text, $7::integer,"
             "  $8::integer, daterange($9::date, $10::date), event.id from event returning " CERTIFICATE_COLUMNS);
DB_STATEMENT(certificate_list, "select " CERTIFICATE_COLUMNS " from beneficiaries.certificate"
                               " where district = $1::integer and person_id = $2::bigint and id > $3::bigint"
                               " order by id limit $4::bigint");

enum db_status certificate_store_insert(struct db *db, const struct certificate_row *row, struct db_result **ret_result)
{
    CLEANUP_RESULT struct db_result *from = NULL;
    const struct sealed *number = row->number;
    enum db_status status = db_exec(db, &certificate_from,
                                    DB_PARAMS(db_int(row->district), db_int(row->person), db_text(row->from),
                                              db_bytes(number->index, sizeof(number->index))),
                                    &from);
    if (status != DB_ROW)
        return status;
    struct db_param first_day = db_text(db_value(from, 0, 0));
    status = db_exec(db, &certificate_close,
                     DB_PARAMS(db_int(row->district), db_int(row->person), first_day, db_text(row->until)), NULL);
    if (status == DB_HARD || status == DB_RETRY)
        return status;
    return db_exec(db, &certificate_insert,
                   DB_PARAMS(db_int(row->district), db_int(row->id), db_int(row->person),
                             db_bytes(number->bytes, number->length), db_bytes(number->index, sizeof(number->index)),
                             db_text(number->masked), db_int(row->type), db_int(row->grade), first_day,
                             db_text(row->until)),
                   ret_result);
}

enum db_status certificate_store_later(struct db *db, const struct certificate_row *row, int64_t replaces,
                                       struct db_result **ret_result)
{
    return db_exec(db, &certificate_later,
                   DB_PARAMS(db_int(row->district), db_int(row->person), db_text(row->from),
                             register_replaces(replaces), db_text(row->until)),
                   ret_result);
}

enum db_status certificate_store_list(struct db *db, int64_t district, int64_t person, int64_t after, int64_t limit,
                                      struct db_result **ret_result)
{
    return db_exec(db, &certificate_list, DB_PARAMS(db_int(district), db_int(person), db_int(after), db_int(limit + 1)),
                   ret_result);
}
