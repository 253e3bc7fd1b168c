#include "run_store.h"

#define RUN_COLUMNS                                                                                                    \
    "r.id, r.kind, r.item_code as item, i.item_zh, r.period, r.supplement, r.agency_code as agency, r.state, r.maker," \
    " r.checker, r.releaser, r.lines, r.people, r.amount_fen, r.netted_fen, r.held_lines, r.overpaid_fen,"             \
    " s.paid_fen, s.returned_fen, s.rejected_fen, s.open_fen, s.cancelled_fen,"                                        \
    " encode(r.manifest, 'hex') as manifest_sha256, encode(r.lines_sha256, 'hex') as lines_sha256,"                    \
    " r.error_code, app.time_text(r.created_at) as created_at, app.time_text(r.approved_at) as approved_at,"           \
    " app.time_text(r.released_at) as released_at, app.time_text(r.closed_at) as closed_at, r.version"

#define RUN_FROM                                                                                                       \
    " from payments.run r"                                                                                             \
    " join programmes.item i on i.district = r.district and i.code = r.item_code"                                      \
    " cross join lateral (select"                                                                                      \
    "  coalesce(sum(p.amount_fen) filter (where p.state = 'PAID'), 0)::bigint as paid_fen,"                            \
    "  coalesce(sum(p.amount_fen) filter (where p.state = 'RETURNED'), 0)::bigint as returned_fen,"                    \
    "  coalesce(sum(p.amount_fen) filter (where p.state = 'REJECTED'), 0)::bigint as rejected_fen,"                    \
    "  coalesce(sum(p.amount_fen) filter (where p.state = 'CANCELLED'), 0)::bigint as cancelled_fen,"                  \
    "  coalesce(sum(p.amount_fen) filter (where p.state not in"                                                        \
    "   ('PAID', 'RETURNED', 'REJECTED', 'CANCELLED')), 0)::bigint as open_fen"                                        \
    "  from payments.payment p where p.district = r.district and p.run_id = r.id) s"

DB_STATEMENT(run_insert, "select payments.run_create($1::text, $2::text, $3::integer) as id");
DB_STATEMENT(run_missing, "select payments.missing_standards($1::integer, $2::text, payments.period_range($3::text))");
DB_STATEMENT(run_select, "select " RUN_COLUMNS RUN_FROM " where r.district = $1::integer and r.id = $2::bigint");
DB_STATEMENT(run_select_list, "select " RUN_COLUMNS RUN_FROM " where r.district = $1::integer and r.id > $2::bigint"
                              " and ($3::text is null or r.item_code = $3::text)"
                              " and ($4::text is null or r.period = $4::text)"
                              " and ($5::text is null or r.state = $5::text) order by r.id limit $6::bigint");
DB_STATEMENT(run_select_held, "select h.id, h.person_id, h.period, h.amount_fen, h.division, h.reason"
                              " from payments.held_line h where h.district = $1::integer and h.run_id = $2::bigint"
                              " and h.id > $3::bigint order by h.id limit $4::bigint");
DB_STATEMENT(run_update_approve, "select payments.run_approve($1::bigint, $2::bigint, $3::bigint)");
DB_STATEMENT(run_update_release, "select payments.run_release($1::bigint)");
DB_STATEMENT(run_update_cancel, "select payments.run_cancel($1::bigint)");
DB_STATEMENT(run_select_dry_totals, "select lines, people, amount_fen, netted_fen, held_lines, overpaid_fen,"
                                    " lines_sha256, rule_confirmed from payments.dry_run_totals($1::text, $2::text)");
DB_STATEMENT(run_select_dry_lines,
             "select person_id, period, part, amount_fen, netted_fen, settled_before_fen, overpaid_fen, people,"
             " division, tier_code as tier, facts, held, open from payments.dry_run($1::text, $2::text, $3::bigint, "
             "$4::text, $5::integer)");
DB_STATEMENT(run_update_fill, "select payments.run_fill($1::bigint)");
DB_STATEMENT(run_update_fail, "select payments.run_fail($1::bigint, $2::text)");

enum db_status run_store_create(struct db *db, const char *item, const char *period, int64_t supplement,
                                struct db_result **ret_result)
{
    return db_exec(db, &run_insert, DB_PARAMS(db_text(item), db_text(period), db_int(supplement)), ret_result);
}

enum db_status run_store_missing(struct db *db, int64_t district, const char *item, const char *period,
                                 struct db_result **ret_result)
{
    return db_exec(db, &run_missing, DB_PARAMS(db_int(district), db_text(item), db_text(period)), ret_result);
}

enum db_status run_store_get(struct db *db, int64_t district, int64_t run_id, struct db_result **ret_result)
{
    return db_exec(db, &run_select, DB_PARAMS(db_int(district), db_int(run_id)), ret_result);
}

enum db_status run_store_list(struct db *db, int64_t district, const struct run_filter *filter,
                              struct db_result **ret_result)
{
    return db_exec(db, &run_select_list,
                   DB_PARAMS(db_int(district), db_int(filter->after), db_text(filter->item), db_text(filter->period),
                             db_text(filter->state), db_int(filter->limit + 1)),
                   ret_result);
}

enum db_status run_store_held(struct db *db, int64_t district, int64_t run_id, int64_t after, int64_t limit,
                              struct db_result **ret_result)
{
    return db_exec(db, &run_select_held, DB_PARAMS(db_int(district), db_int(run_id), db_int(after), db_int(limit + 1)),
                   ret_result);
}

enum db_status run_store_approve(struct db *db, int64_t run_id, int64_t lines, int64_t amount_fen)
{
    return db_exec(db, &run_update_approve, DB_PARAMS(db_int(run_id), db_int(lines), db_int(amount_fen)), NULL);
}

enum db_status run_store_release(struct db *db, int64_t run_id)
{
    return db_exec(db, &run_update_release, DB_PARAMS(db_int(run_id)), NULL);
}

enum db_status run_store_cancel(struct db *db, int64_t run_id)
{
    return db_exec(db, &run_update_cancel, DB_PARAMS(db_int(run_id)), NULL);
}

enum db_status run_store_dry_totals(struct db *db, const char *item, const char *period, struct db_result **ret_result)
{
    return db_exec(db, &run_select_dry_totals, DB_PARAMS(db_text(item), db_text(period)), ret_result);
}

enum db_status run_store_dry_lines(struct db *db, const char *item, const char *period, int64_t after_person,
                                   const char *after_period, int64_t limit, struct db_result **ret_result)
{
    return db_exec(
        db, &run_select_dry_lines,
        DB_PARAMS(db_text(item), db_text(period), db_int(after_person), db_text(after_period), db_int(limit)),
        ret_result);
}

enum db_status run_store_fill(struct db *db, int64_t run_id)
{
    return db_exec(db, &run_update_fill, DB_PARAMS(db_int(run_id)), NULL);
}

enum db_status run_store_fail(struct db *db, int64_t run_id, const char *code)
{
    return db_exec(db, &run_update_fail, DB_PARAMS(db_int(run_id), db_text(code)), NULL);
}
