#include "account_store.h"

#include "register.h"

#define ACCOUNT_COLUMNS                                                                                                \
    "id, person_id as person, holder_person_id as holder_person, kind, bank_number, number_masked,"                    \
    " " REGISTER_VALID ", " REGISTER_TIME("created_at", "created_at")

DB_STATEMENT(account_from, "select coalesce($3::date, case when exists (select from beneficiaries.account"
                           "  where district = $1::integer and person_id = $2::bigint and not isempty(valid))"
                           "  then app.today() end)::text"
                           " where not exists (select from beneficiaries.account where district = $1::integer"
                           "  and person_id = $2::bigint and upper_inf(valid) and number_index = $4::bytea"
                           "  and holder_person_id = $5::bigint and kind = $6::text and bank_number = $7::text)");
DB_STATEMENT(account_later, REGISTER_LATER("account", "person_id"));
DB_STATEMENT(account_close, REGISTER_CLOSE("account", "person_id"));
DB_STATEMENT(account_insert,
             "with event as materialized (select audit.write_event('create', 'account', $2::text,"
             "  jsonb_build_object('person', $3::bigint, 'holder', $4::bigint, 'kind', $5::text)) as id)"
             " insert into beneficiaries.account (district, id, person_id, holder_person_id, kind, bank_number,"
             "  number_sealed, number_index, number_masked, valid, event_id)"
             " select $1::integer, $2::bigint, $3::bigint, $4::bigint, $5::text, $6::text, $7::bytea, $8::bytea,"
             "  $9::text, daterange($10::date, null), event.id from event returning " ACCOUNT_COLUMNS);
DB_STATEMENT(account_list, "select " ACCOUNT_COLUMNS " from beneficiaries.account"
                           " where district = $1::integer and person_id = $2::bigint and id > $3::bigint"
                           " order by id limit $4::bigint");

enum db_status account_store_insert(struct db *db, const struct account_row *row, struct db_result **ret_result)
{
    CLEANUP_RESULT struct db_result *from = NULL;
    const struct sealed *number = row->number;
    struct db_param district = db_int(row->district);
    struct db_param person = db_int(row->person);
    struct db_param index = db_bytes(number->index, sizeof(number->index));
    enum db_status status = db_exec(db, &account_from,
                                    DB_PARAMS(district, person, db_text(row->from), index, db_int(row->holder),
                                              db_text(row->kind), db_text(row->bank_number)),
                                    &from);
    if (status != DB_ROW)
        return status;
    struct db_param first_day = db_text(db_value(from, 0, 0));
    status = db_exec(db, &account_close, DB_PARAMS(district, person, first_day), NULL);
    if (status == DB_HARD || status == DB_RETRY)
        return status;
    return db_exec(db, &account_insert,
                   DB_PARAMS(district, db_int(row->id), person, db_int(row->holder), db_text(row->kind),
                             db_text(row->bank_number), db_bytes(number->bytes, number->length), index,
                             db_text(number->masked), first_day),
                   ret_result);
}

enum db_status account_store_later(struct db *db, const struct account_row *row, int64_t replaces,
                                   struct db_result **ret_result)
{
    return db_exec(db, &account_later,
                   DB_PARAMS(db_int(row->district), db_int(row->person), db_text(row->from),
                             register_replaces(replaces), db_null()),
                   ret_result);
}

enum db_status account_store_list(struct db *db, int64_t district, int64_t person, int64_t after, int64_t limit,
                                  struct db_result **ret_result)
{
    return db_exec(db, &account_list, DB_PARAMS(db_int(district), db_int(person), db_int(after), db_int(limit + 1)),
                   ret_result);
}
