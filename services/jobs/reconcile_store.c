#include "reconcile_store.h"

#define SUMS_BY_STATE                                                                                                  \
    " count(*) as lines, sum(p.people)::bigint as people, sum(p.amount_fen)::bigint as amount_fen,"                    \
    " coalesce(sum(p.amount_fen) filter (where p.state = 'PAID'), 0)::bigint as paid_fen,"                             \
    " coalesce(sum(p.amount_fen) filter (where p.state = 'RETURNED'), 0)::bigint as returned_fen,"                     \
    " coalesce(sum(p.amount_fen) filter (where p.state = 'REJECTED'), 0)::bigint as rejected_fen,"                     \
    " coalesce(sum(p.amount_fen) filter (where p.state not in ('PAID', 'RETURNED', 'REJECTED')), 0)::bigint as "       \
    "open_fen"                                                                                                         \
    " from payments.payment p join payments.run r on r.district = p.district and r.id = p.run_id"                      \
    " and r.state in ('RELEASED', 'CLOSED')"

DB_STATEMENT(reconcile_day,
             "select business_date::text, closed, approved_fen, paid_fen, returned_fen, rejected_fen, open_fen,"
             " statement_debits_fen, statement_credits_fen, difference_fen, breaks_open, violations"
             " from payments.reconcile($1::date, $2::boolean)");
DB_STATEMENT(reconcile_by_programme,
             "select p.item_code as item, i.item_zh, i.item_en, p.period," SUMS_BY_STATE
             " join programmes.item i on i.district = p.district and i.code = p.item_code"
             " where p.district = $1::integer group by p.item_code, i.item_zh, i.item_en, p.period"
             " order by p.period, p.item_code");
DB_STATEMENT(reconcile_by_division, "select p.division, d.name_zh, d.name_en," SUMS_BY_STATE
                                    " join programmes.division d on d.district = p.district and d.code = p.division"
                                    " where p.district = $1::integer group by p.division, d.name_zh, d.name_en"
                                    " order by p.division");
DB_STATEMENT(
    reconcile_by_bank,
    "select a.code as agency, a.name_zh,"
    " (select count(*) from payments.file f where f.district = a.district and f.agency_code = a.code) as files,"
    " (select coalesce(sum(f.amount_fen), 0)::bigint from payments.file f"
    "   where f.district = a.district and f.agency_code = a.code) as amount_fen,"
    " (select coalesce(sum(e.amount_fen), 0)::bigint from payments.statement_entry e join payments.statement s"
    "   on s.district = e.district and s.id = e.statement_id and s.agency_code = a.code"
    "   where e.district = a.district and e.direction = 'D') as debits_fen,"
    " (select coalesce(sum(e.amount_fen), 0)::bigint from payments.statement_entry e join payments.statement s"
    "   on s.district = e.district and s.id = e.statement_id and s.agency_code = a.code"
    "   where e.district = a.district and e.direction = 'C') as credits_fen"
    " from payments.agency a where a.district = $1::integer order by a.code");
DB_STATEMENT(reconcile_open_breaks, "select b.id, b.class, b.key, b.severity, b.amount_fen, b.opened_on::text,"
                                    " (app.today() - b.opened_on) as age_days from payments.break b"
                                    " where b.district = $1::integer and b.state = 'OPEN' order by b.opened_on, b.id"
                                    " limit 1000");
DB_STATEMENT(reconcile_violations, "select invariant, violation from payments.invariants($1::integer) limit 1000");
DB_STATEMENT(reconcile_files, "select id, name, chunks, encode(sha256, 'hex') as sha256, bytes from payments.file"
                              " where district = $1::integer order by id");

enum db_status reconcile_store_run(struct db *db, const char *date, bool close, struct db_result **ret_result)
{
    return db_exec(db, &reconcile_day, DB_PARAMS(db_text(date), db_bool(close)), ret_result);
}

enum db_status reconcile_store_programmes(struct db *db, int64_t district, struct db_result **ret_result)
{
    return db_exec(db, &reconcile_by_programme, DB_PARAMS(db_int(district)), ret_result);
}

enum db_status reconcile_store_divisions(struct db *db, int64_t district, struct db_result **ret_result)
{
    return db_exec(db, &reconcile_by_division, DB_PARAMS(db_int(district)), ret_result);
}

enum db_status reconcile_store_banks(struct db *db, int64_t district, struct db_result **ret_result)
{
    return db_exec(db, &reconcile_by_bank, DB_PARAMS(db_int(district)), ret_result);
}

enum db_status reconcile_store_breaks(struct db *db, int64_t district, struct db_result **ret_result)
{
    return db_exec(db, &reconcile_open_breaks, DB_PARAMS(db_int(district)), ret_result);
}

enum db_status reconcile_store_violations(struct db *db, int64_t district, struct db_result **ret_result)
{
    return db_exec(db, &reconcile_violations, DB_PARAMS(db_int(district)), ret_result);
}

enum db_status reconcile_store_files(struct db *db, int64_t district, struct db_result **ret_result)
{
    return db_exec(db, &reconcile_files, DB_PARAMS(db_int(district)), ret_result);
}
