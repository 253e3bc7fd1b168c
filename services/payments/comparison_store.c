#include "comparison_store.h"

DB_STATEMENT(comparison_select,
             "select c.id, c.item, c.period, c.period_before, c.run_fen, c.units, c.before_fen, c.now_fen,"
             " c.difference_fen, c.changes, c.causes, c.divisions, c.held, c.unconfirmed"
             " from payments.comparison_page($1::bigint) c");
DB_STATEMENT(comparison_select_lines,
             "select c.unit, c.person_id, c.change, c.cause, c.before_fen, c.now_fen, c.difference_fen,"
             " c.division_before, c.division"
             " from payments.comparison_lines($1::bigint, $2::text, $3::text, $4::bigint, $5::integer) c");
DB_STATEMENT(simulation_select,
             "select $1::text as item, $2::text as tier, $3::bigint as amount_fen, $4::integer as basis_points,"
             " $5::text as amount_per, $6::date::text as from, s.now_fen, s.then_fen, s.difference_fen, s.sources,"
             " case when s.sources <> '[]'::jsonb then 'appropriations' end as basis, s.months"
             " from payments.simulate($1::text, $2::text, $3::bigint, $4::integer, $5::text, $6::date, $7::integer) s");

enum db_status comparison_store_get(struct db *db, int64_t run_id, struct db_result **ret_result)
{
    return db_exec(db, &comparison_select, DB_PARAMS(db_int(run_id)), ret_result);
}

enum db_status comparison_store_lines(struct db *db, int64_t run_id, const struct comparison_filter *filter,
                                      struct db_result **ret_result)
{
    return db_exec(db, &comparison_select_lines,
                   DB_PARAMS(db_int(run_id), db_text(filter->change), db_text(filter->cause), db_int(filter->after),
                             db_int(filter->limit + 1)),
                   ret_result);
}

enum db_status simulation_store_run(struct db *db, const struct simulation *simulation, struct db_result **ret_result)
{
    return db_exec(db, &simulation_select,
                   DB_PARAMS(db_text(simulation->item), db_text(simulation->tier), db_text(simulation->amount_fen),
                             db_text(simulation->basis_points), db_text(simulation->amount_per),
                             db_text(simulation->from), db_int(simulation->months)),
                   ret_result);
}
