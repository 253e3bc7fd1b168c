#include "reconciliation_store.h"

#define BREAK_COLUMNS                                                                                                  \
    "b.id, b.class, b.key, b.severity, b.payment_id, b.file_id, b.inbound_id as bank_message_id, b.amount_fen, "       \
    "b.state,"                                                                                                         \
    " b.opened_on::text, (app.today() - b.opened_on) as age_days, app.time_text(b.closed_at) as closed_at, "           \
    "b.closed_by,"                                                                                                     \
    " b.evidence, b.version"
#define RECONCILIATION_COLUMNS                                                                                         \
    "r.id, r.business_date::text, r.closed, r.approved_fen, r.paid_fen, r.returned_fen, r.rejected_fen, r.open_fen,"   \
    " r.statement_debits_fen, r.statement_credits_fen, r.difference_fen, r.breaks_open, r.violations,"                 \
    " app.time_text(r.at) as at"

DB_STATEMENT(break_select_list, "select " BREAK_COLUMNS " from payments.break b where b.district = $1::integer"
                                " and b.id > $2::bigint and ($3::text is null or b.state = $3::text)"
                                " order by b.id limit $4::bigint");
DB_STATEMENT(break_select, "select " BREAK_COLUMNS " from payments.break b"
                           " where b.district = $1::integer and b.id = $2::bigint");
DB_STATEMENT(break_update_close, "select payments.break_close($1::bigint, $2::text)");
DB_STATEMENT(reconciliation_select_list, "select " RECONCILIATION_COLUMNS " from payments.reconciliation r"
                                         " where r.district = $1::integer and r.id > $2::bigint order by r.id"
                                         " limit $3::bigint");
DB_STATEMENT(reconciliation_select, "select " RECONCILIATION_COLUMNS " from payments.reconciliation r"
                                    " where r.district = $1::integer and r.business_date = $2::date");
DB_STATEMENT(job_select, "select j.id, j.kind, j.subject_id, j.state, j.done, j.total, j.error_code, j.attempts,"
                         " app.time_text(j.created_at) as created_at, app.time_text(j.started_at) as started_at,"
                         " app.time_text(j.finished_at) as finished_at"
                         " from ops.job j where j.district = $1::integer and j.id = $2::bigint"
                         " and j.kind in ('run_generate', 'file_write', 'inbound_apply')");

enum db_status break_store_list(struct db *db, int64_t district, const char *state, int64_t after, int64_t limit,
                                struct db_result **ret_result)
{
    return db_exec(db, &break_select_list,
                   DB_PARAMS(db_int(district), db_int(after), db_text(state), db_int(limit + 1)), ret_result);
}

enum db_status break_store_get(struct db *db, int64_t district, int64_t break_id, struct db_result **ret_result)
{
    return db_exec(db, &break_select, DB_PARAMS(db_int(district), db_int(break_id)), ret_result);
}

enum db_status break_store_close(struct db *db, int64_t break_id, const char *evidence)
{
    return db_exec(db, &break_update_close, DB_PARAMS(db_int(break_id), db_text(evidence)), NULL);
}

enum db_status reconciliation_store_list(struct db *db, int64_t district, int64_t after, int64_t limit,
                                         struct db_result **ret_result)
{
    return db_exec(db, &reconciliation_select_list, DB_PARAMS(db_int(district), db_int(after), db_int(limit + 1)),
                   ret_result);
}

enum db_status reconciliation_store_get(struct db *db, int64_t district, const char *date,
                                        struct db_result **ret_result)
{
    return db_exec(db, &reconciliation_select, DB_PARAMS(db_int(district), db_text(date)), ret_result);
}

enum db_status job_store_get(struct db *db, int64_t district, int64_t job_id, struct db_result **ret_result)
{
    return db_exec(db, &job_select, DB_PARAMS(db_int(district), db_int(job_id)), ret_result);
}
