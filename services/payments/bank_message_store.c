#include "bank_message_store.h"

#define MESSAGE_COLUMNS                                                                                                \
    "m.id, m.name, m.kind, m.state, m.file_id, m.business_date::text, m.lines, m.amount_fen, m.error_code,"            \
    " m.error_line, encode(m.sha256, 'hex') as sha256, m.actor, app.time_text(m.received_at) as received_at,"          \
    " app.time_text(m.applied_at) as applied_at, m.version"

DB_STATEMENT(message_insert, "select payments.inbound_receive($1::bigint, $2::text, $3::bytea) as id");
DB_STATEMENT(message_select_list, "select " MESSAGE_COLUMNS " from payments.inbound m where m.district = $1::integer"
                                  " and m.id > $2::bigint order by m.id limit $3::bigint");
DB_STATEMENT(message_select,
             "select " MESSAGE_COLUMNS ","
             " (select coalesce(jsonb_object_agg(o.outcome, o.n), '{}') from"
             "  (select coalesce(l.outcome, 'none') as outcome, count(*) as n from payments.inbound_line l"
             "    where l.district = m.district and l.inbound_id = m.id group by 1) o) as outcomes"
             " from payments.inbound m where m.district = $1::integer and m.id = $2::bigint");
DB_STATEMENT(message_select_source, "select upload_id, state from payments.inbound"
                                    " where district = $1::integer and id = $2::bigint");
DB_STATEMENT(message_select_file, "select id, encode(sha256, 'hex'), lines, amount_fen from payments.file"
                                  " where district = $1::integer and $2::text in (name, message_id)");
DB_STATEMENT(message_select_agency, "select code, account_number, coalesce(answer_format_code, format_code),"
                                    " coalesce(statement_format_code, format_code) from payments.agency"
                                    " where district = $1::integer");
DB_STATEMENT(message_select_district, "select payments.district_of_message($1::text, $2::text, $3::text)");
DB_STATEMENT(message_update_refuse, "select payments.inbound_refuse($1::bigint, $2::text, $3::integer)");
DB_STATEMENT(message_update_apply, "select payments.inbound_apply($1::bigint, $2::text, $3::bigint, $4::date)");
DB_STATEMENT(message_update_acknowledge, "select payments.acknowledge($1::bigint, $2::bigint, $3::boolean, $4::boolean,"
                                         " $5::text, $6::text)");
DB_STATEMENT(message_update_statement, "select payments.statement_apply($1::bigint, $2::text, $3::integer, $4::date,"
                                       " $5::bigint, $6::bigint, $7::text[], $8::bigint[], $9::text[], $10::text[])");

DB_STATEMENT(message_insert_lines,
             "insert into payments.inbound_line (district, inbound_id, line, payment_id, amount_fen, account_index,"
             " status, bank_code, reason)"
             " select $1::integer, $2::bigint, u.* from unnest($3::integer[], $4::bigint[], $5::bigint[], $6::bytea[],"
             " $7::text[], $8::text[], $9::text[]) u");
DB_STATEMENT(message_select_formats, "select code from payments.bank_format order by code");

enum db_status bank_message_store_receive(struct db *db, int64_t upload_id, const char *name,
                                          const unsigned char *sha256, struct db_result **ret_result)
{
    return db_exec(db, &message_insert, DB_PARAMS(db_int(upload_id), db_text(name), db_bytes(sha256, 32)), ret_result);
}

enum db_status bank_message_store_list(struct db *db, int64_t district, int64_t after, int64_t limit,
                                       struct db_result **ret_result)
{
    return db_exec(db, &message_select_list, DB_PARAMS(db_int(district), db_int(after), db_int(limit + 1)), ret_result);
}

enum db_status bank_message_store_get(struct db *db, int64_t district, int64_t message_id,
                                      struct db_result **ret_result)
{
    return db_exec(db, &message_select, DB_PARAMS(db_int(district), db_int(message_id)), ret_result);
}

enum db_status bank_message_store_source(struct db *db, int64_t district, int64_t message_id,
                                         struct db_result **ret_result)
{
    return db_exec(db, &message_select_source, DB_PARAMS(db_int(district), db_int(message_id)), ret_result);
}

enum db_status bank_message_store_file(struct db *db, int64_t district, const char *name, struct db_result **ret_result)
{
    return db_exec(db, &message_select_file, DB_PARAMS(db_int(district), db_text(name)), ret_result);
}

enum db_status bank_message_store_agency(struct db *db, int64_t district, struct db_result **ret_result)
{
    return db_exec(db, &message_select_agency, DB_PARAMS(db_int(district)), ret_result);
}

enum db_status bank_message_store_district(struct db *db, const char *file, const char *unit, const char *account,
                                           struct db_result **ret_result)
{
    return db_exec(db, &message_select_district, DB_PARAMS(db_text(file), db_text(unit), db_text(account)), ret_result);
}

enum db_status bank_message_store_refuse(struct db *db, int64_t message_id, const char *code, int64_t line)
{
    return db_exec(db, &message_update_refuse, DB_PARAMS(db_int(message_id), db_text(code), db_int(line)), NULL);
}

enum db_status bank_message_store_apply(struct db *db, int64_t message_id, const char *kind, int64_t file_id,
                                        const char *date)
{
    return db_exec(db, &message_update_apply,
                   DB_PARAMS(db_int(message_id), db_text(kind), db_int(file_id), db_text(date)), NULL);
}

enum db_status bank_message_store_acknowledge(struct db *db, int64_t message_id, int64_t file_id, bool accepted,
                                              bool duplicate, const char *code, const char *reason)
{
    return db_exec(db, &message_update_acknowledge,
                   DB_PARAMS(db_int(message_id), db_int(file_id), db_bool(accepted), db_bool(duplicate), db_text(code),
                             db_text(reason)),
                   NULL);
}

enum db_status bank_message_store_statement(struct db *db, const struct bank_statement *statement)
{
    return db_exec(db, &message_update_statement,
                   DB_PARAMS(db_int(statement->message_id), db_text(statement->agency_code),
                             db_int(statement->statement_no), db_text(statement->date), db_int(statement->opening_fen),
                             db_int(statement->closing_fen), db_text(statement->directions),
                             db_text(statement->amounts), db_text(statement->bank_references),
                             db_text(statement->our_references)),
                   NULL);
}

enum db_status bank_message_store_lines(struct db *db, const struct db_param *params, size_t count)
{
    return db_exec(db, &message_insert_lines, params, count, NULL);
}

enum db_status bank_message_store_formats(struct db *db, struct db_result **ret_result)
{
    return db_exec(db, &message_select_formats, DB_NO_PARAMS, ret_result);
}
