-- Which service may call what. Functions that change something run as their owner and check the caller's reach.
revoke all on all functions in schema payments from public;
grant execute on function payments.run_create(text, text, integer), payments.run_approve(bigint, bigint, bigint),
    payments.run_release(bigint), payments.run_cancel(bigint), payments.reissue(bigint),
    payments.resolve_unknown(bigint, text), payments.appropriate(text, text, bigint, text),
    payments.agency_register(text, text, text, text, text, text, text, text, text), payments.inbound_receive(bigint, text, bytea),
    payments.break_close(bigint, text), payments.dry_run(text, text, bigint, text, integer),
    payments.dry_run_totals(text, text), payments.missing_standards(integer, text, daterange),
    payments.single_tier(integer, text), payments.period_range(text), payments.invariants(integer)
    to huimin_payments;
grant execute on function payments.explanation(text, bigint, text), payments.overpayment_collect(bigint, bigint, text),
    payments.write_off_propose(bigint, bigint, text), payments.write_off_decide(bigint, boolean),
    payments.comparison_page(bigint), payments.comparison_lines(bigint, text, text, bigint, integer),
    payments.simulate(text, text, bigint, integer, text, date, integer)
    to huimin_payments;
grant execute on function payments.run_fill(bigint), payments.run_fail(bigint, text), payments.file_begin(bigint),
    payments.file_lines(integer, integer), payments.file_freeze(bigint, bigint, integer, text, bigint, integer, bytea),
    payments.file_keep_chunk(bigint, integer, bytea), payments.file_sent(bigint), payments.file_requeue(),
    payments.inbound_receive(bigint, text, bytea), payments.inbound_refuse(bigint, text, integer),
    payments.inbound_apply(bigint, text, bigint, date),
    payments.acknowledge(bigint, bigint, boolean, boolean, text, text),
    payments.statement_apply(bigint, text, integer, date, bigint, bigint, text[], bigint[], text[], text[]),
    payments.district_of_message(text, text, text), payments.invariants(integer)
    to huimin_worker;
grant execute on function payments.reconcile(date, boolean), payments.reconcile_totals(date),
    payments.invariants(integer)
    to huimin_reconcile;
grant execute on function payments.invariants(integer) to huimin_audit;
grant execute on function payments.single_tier(integer, text) to huimin_payments, huimin_worker, huimin_reconcile, huimin_audit;
-- of the view payments.overpayment_state
grant execute on function payments.survivor_of(integer, text, bigint), payments.same_units(integer, text, bigint)
    to huimin_payments, huimin_worker, huimin_reconcile, huimin_audit;
