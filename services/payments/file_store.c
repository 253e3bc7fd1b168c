#include "file_store.h"

#define FILE_COLUMNS                                                                                                   \
    "f.id, f.run_id, f.agency_code as agency, f.business_date::text, f.sequence, f.name, f.bytes,"                     \
    " encode(f.sha256, 'hex') as sha256, f.lines, f.amount_fen, f.state, app.time_text(f.frozen_at) as frozen_at,"     \
    " app.time_text(f.sent_at) as sent_at, app.time_text(f.answered_at) as answered_at, f.version"

DB_STATEMENT(file_select_list,
             "select " FILE_COLUMNS " from payments.file f where f.district = $1::integer"
             " and f.id > $2::bigint and ($3::bigint = 0 or f.run_id = $3::bigint)"
             " and exists (select from payments.run r where r.district = f.district and r.id = f.run_id)"
             " order by f.id limit $4::bigint");
DB_STATEMENT(file_select, "select " FILE_COLUMNS " from payments.file f where f.district = $1::integer"
                          " and f.id = $2::bigint"
                          " and exists (select from payments.run r where r.district = f.district and r.id = f.run_id)");
DB_STATEMENT(file_plan,
             "select file_id, agency_code, unit_code, format_code, to_char(business_date, 'YYYYMMDD'), sequence,"
             " lines, amount_fen, message_id, account_number, debtor, bank_number, created_at"
             " from payments.file_begin($1::bigint)");
DB_STATEMENT(file_plan_lines, "select line, payment_id, occurrence, amount_fen, payee_name, account_id, account_sealed,"
                              " holder_id, id_number_sealed, bank_number, remittance"
                              " from payments.file_lines($1::integer, $2::integer)");
DB_STATEMENT(file_freeze_plan, "select payments.file_freeze($1::bigint, $2::bigint, $3::integer, $4::text, $5::bigint,"
                               " $6::integer, $7::bytea)");
DB_STATEMENT(file_insert_chunk, "select payments.file_keep_chunk($1::bigint, $2::integer, $3::bytea)");
DB_STATEMENT(file_select_frozen,
             "select id, name, chunks, bytes, encode(sha256, 'hex') from payments.file"
             " where district = $1::integer and run_id = $2::bigint and state = 'FROZEN' order by id");
DB_STATEMENT(file_select_chunk, "select sealed from payments.file_chunk"
                                " where district = $1::integer and file_id = $2::bigint and no = $3::integer");
DB_STATEMENT(file_requeue, "select payments.file_requeue()");
DB_STATEMENT(file_update_sent, "select payments.file_sent($1::bigint)");

enum db_status file_store_list(struct db *db, int64_t district, int64_t run_id, int64_t after, int64_t limit,
                               struct db_result **ret_result)
{
    return db_exec(db, &file_select_list, DB_PARAMS(db_int(district), db_int(after), db_int(run_id), db_int(limit + 1)),
                   ret_result);
}

enum db_status file_store_get(struct db *db, int64_t district, int64_t file_id, struct db_result **ret_result)
{
    return db_exec(db, &file_select, DB_PARAMS(db_int(district), db_int(file_id)), ret_result);
}

enum db_status file_store_begin(struct db *db, int64_t run_id, struct db_result **ret_result)
{
    return db_exec(db, &file_plan, DB_PARAMS(db_int(run_id)), ret_result);
}

enum db_status file_store_lines(struct db *db, int64_t after_line, int64_t limit, struct db_result **ret_result)
{
    return db_exec(db, &file_plan_lines, DB_PARAMS(db_int(after_line), db_int(limit)), ret_result);
}

enum db_status file_store_freeze(struct db *db, const struct file_identity *file)
{
    return db_exec(db, &file_freeze_plan,
                   DB_PARAMS(db_int(file->file_id), db_int(file->run_id), db_int(file->sequence), db_text(file->name),
                             db_int(file->bytes), db_int(file->chunks), db_bytes(file->sha256, 32)),
                   NULL);
}

enum db_status file_store_keep_chunk(struct db *db, int64_t file_id, int64_t no, const unsigned char *sealed,
                                     size_t length)
{
    return db_exec(db, &file_insert_chunk, DB_PARAMS(db_int(file_id), db_int(no), db_bytes(sealed, length)), NULL);
}

enum db_status file_store_frozen(struct db *db, int64_t district, int64_t run_id, struct db_result **ret_result)
{
    return db_exec(db, &file_select_frozen, DB_PARAMS(db_int(district), db_int(run_id)), ret_result);
}

enum db_status file_store_chunk(struct db *db, int64_t district, int64_t file_id, int64_t no,
                                struct db_result **ret_result)
{
    return db_exec(db, &file_select_chunk, DB_PARAMS(db_int(district), db_int(file_id), db_int(no)), ret_result);
}

enum db_status file_store_sent(struct db *db, int64_t file_id)
{
    return db_exec(db, &file_update_sent, DB_PARAMS(db_int(file_id)), NULL);
}

enum db_status file_store_requeue(struct db *db)
{
    return db_exec(db, &file_requeue, DB_NO_PARAMS, NULL);
}
