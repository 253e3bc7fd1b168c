-- The functions of the first release as far as an upgrade meets them: their arguments and results, and the guards that fire when a
-- migration touches a payment.
create function beneficiaries.find_people(p_part text, p_division integer, p_after bigint, p_limit bigint) returns setof bigint language plpgsql as $$ begin end $$;
create function payments.acknowledge(p_inbound bigint, p_file bigint, p_accepted boolean, p_duplicate boolean, p_code text, p_reason text) returns void language plpgsql as $$ begin end $$;
create function payments.agency_register(p_code text, p_name_zh text, p_unit_code text, p_account_number text) returns void language plpgsql as $$ begin end $$;
create function payments.appropriate(p_item text, p_source text, p_amount_fen bigint, p_reference text) returns bigint language plpgsql as $$ begin end $$;
create function payments.break_close(p_break bigint, p_evidence text) returns void language plpgsql as $$ begin end $$;
create function payments.break_open(p_class text, p_key text, p_severity text, p_payment bigint, p_file bigint, p_inbound bigint, p_amount_fen bigint) returns void language plpgsql as $$ begin end $$;
create function payments.cycle_months(cycle text) returns integer language plpgsql as $$ begin end $$;
create function payments.district_of_message(p_file_name text, p_unit text) returns integer language plpgsql as $$ begin end $$;
create function payments.dry_run(p_item text, p_period text, p_after_person bigint, p_after_period text, p_limit integer) returns table(person_id bigint, period text, part integer, amount_fen bigint, people integer, division integer, tier_code text, facts jsonb, held text) language plpgsql as $$ begin end $$;
create function payments.dry_run_totals(p_item text, p_period text) returns table(lines integer, people integer, amount_fen bigint, held_lines integer, overpaid_fen bigint) language plpgsql as $$ begin end $$;
create function payments.due(p_district integer, p_item text, p_range daterange) returns table(unit_id bigint, person_id bigint, period text, amount_fen bigint, people integer, division integer, tier_code text, facts jsonb, held text) language plpgsql as $$ begin end $$;
create function payments.due_fixed(p_district integer, p_item text, p_range daterange) returns table(unit_id bigint, person_id bigint, period text, amount_fen bigint, people integer, division integer, tier_code text, facts jsonb, held text) language plpgsql as $$ begin end $$;
create function payments.due_household(p_district integer, p_item text, p_range daterange) returns table(unit_id bigint, person_id bigint, period text, amount_fen bigint, people integer, division integer, tier_code text, facts jsonb, held text) language plpgsql as $$ begin end $$;
create function payments.evidence_for(p_payment payments.payment, p_state text) returns bigint language plpgsql as $$ begin end $$;
create function payments.file_begin(p_run bigint) returns table(file_id bigint, agency_code text, unit_code text, format_code text, business_date date, sequence integer, lines bigint, amount_fen bigint) language plpgsql as $$ begin end $$;
create function payments.file_freeze(p_file bigint, p_run bigint, p_sequence integer, p_name text, p_bytes bigint, p_chunks integer, p_sha256 bytea) returns void language plpgsql as $$ begin end $$;
create function payments.file_keep_chunk(p_file bigint, p_no integer, p_sealed bytea) returns void language plpgsql as $$ begin end $$;
create function payments.file_lines(p_after integer, p_limit integer) returns table(line integer, payment_id bigint, occurrence integer, amount_fen bigint, payee_name text, account_id bigint, account_sealed bytea, holder_id bigint, id_number_sealed bytea) language plpgsql as $$ begin end $$;
create function payments.file_requeue() returns void language plpgsql as $$ begin end $$;
create function payments.file_sent(p_file bigint) returns void language plpgsql as $$ begin end $$;
create function payments.inbound_apply(p_inbound bigint, p_kind text, p_file bigint, p_date date) returns void language plpgsql as $$ begin end $$;
create function payments.inbound_close(p_inbound bigint, p_kind text, p_file bigint, p_date date) returns void language plpgsql as $$ begin end $$;
create function payments.inbound_judge(p_inbound bigint, p_file bigint) returns table(line integer, payment_id bigint, run_id bigint, outcome text) language plpgsql as $$ begin end $$;
create function payments.inbound_open_breaks(p_inbound bigint, p_file bigint) returns void language plpgsql as $$ begin end $$;
create function payments.inbound_receive(p_upload bigint, p_name text, p_sha256 bytea) returns bigint language plpgsql as $$ begin end $$;
create function payments.inbound_refuse(p_inbound bigint, p_code text, p_line integer) returns void language plpgsql as $$ begin end $$;
create function payments.invariants(p_district integer) returns table(invariant text, violation jsonb) language plpgsql as $$ begin end $$;
create function payments.invariants_of_events(p_district integer) returns table(invariant text, violation jsonb) language plpgsql as $$ begin end $$;
create function payments.invariants_of_files(p_district integer) returns table(invariant text, violation jsonb) language plpgsql as $$ begin end $$;
create function payments.invariants_of_money(p_district integer) returns table(invariant text, violation jsonb) language plpgsql as $$ begin end $$;
create function payments.invariants_of_payments(p_district integer) returns table(invariant text, violation jsonb) language plpgsql as $$ begin end $$;
create function payments.item_lock(p_item text) returns void language plpgsql as $$ begin end $$;
create function payments.ledger_draw(p_run bigint, p_amount_fen bigint) returns boolean language plpgsql as $$ begin end $$;
create function payments.ledger_lock(p_item text) returns void language plpgsql as $$ begin end $$;
create function payments.ledger_move(p_run bigint, p_debit text, p_credit text, p_amount_fen bigint, p_cause text, p_reference text, p_backwards boolean) returns void language plpgsql as $$ begin end $$;
create function payments.ledger_post(p_item text, p_source text, p_debit text, p_credit text, p_amount_fen bigint, p_run bigint, p_cause text, p_reference text) returns void language plpgsql as $$ begin end $$;
create function payments.missing_standards(p_district integer, p_item text, p_range daterange) returns setof text language plpgsql as $$ begin end $$;
create function payments.open_periods(p_district integer, p_item text, p_range daterange) returns table(period text, first_day date, day_after date, parts integer, part integer) language plpgsql as $$ begin end $$;
create function payments.period_range(period text) returns daterange language plpgsql as $$ begin end $$;
create function payments.period_text(cycle text, first_day date) returns text language plpgsql as $$ begin end $$;
create function payments.preview(p_district integer, p_item text, p_range daterange) returns table(unit_id bigint, person_id bigint, period text, part integer, difference_fen bigint, people integer, division integer, tier_code text, facts jsonb, account_id bigint, account_index bytea, payee_person_id bigint, payee_name text, held text) language plpgsql as $$ begin end $$;
create function payments.reconcile(p_date date, p_close boolean) returns payments.reconciliation language plpgsql as $$ begin end $$;
create function payments.reconcile_files() returns void language plpgsql as $$ begin end $$;
create function payments.reconcile_late(p_date date) returns void language plpgsql as $$ begin end $$;
create function payments.reconcile_returns(p_date date) returns void language plpgsql as $$ begin end $$;
create function payments.reconcile_runs() returns void language plpgsql as $$ begin end $$;
create function payments.reconcile_totals(p_date date) returns table(approved_fen bigint, paid_fen bigint, returned_fen bigint, rejected_fen bigint, open_fen bigint, statement_debits_fen bigint, statement_credits_fen bigint, difference_fen bigint) language plpgsql as $$ begin end $$;
create function payments.refresh_statistics() returns void language plpgsql as $$ begin end $$;
create function payments.reissue(p_payment bigint) returns bigint language plpgsql as $$ begin end $$;
create function payments.require_failed_for_good(p_old payments.payment) returns void language plpgsql as $$ begin end $$;
create function payments.require_reach(p_item text) returns void language plpgsql as $$ begin end $$;
create function payments.resolve_unknown(p_payment bigint, p_state text) returns void language plpgsql as $$ begin end $$;
create function payments.run_approve(p_run bigint, p_lines bigint, p_amount_fen bigint) returns void language plpgsql as $$ begin end $$;
create function payments.run_balance(p_run bigint, p_source text, p_kind text) returns bigint language plpgsql as $$ begin end $$;
create function payments.run_cancel(p_run bigint) returns void language plpgsql as $$ begin end $$;
create function payments.run_create(p_item text, p_period text, p_supplement integer) returns bigint language plpgsql as $$ begin end $$;
create function payments.run_fail(p_run bigint, p_code text) returns void language plpgsql as $$ begin end $$;
create function payments.run_fill(p_run bigint) returns void language plpgsql as $$ begin end $$;
create function payments.run_lock(p_run bigint, p_state text) returns payments.run language plpgsql as $$ begin end $$;
create function payments.run_manifest(p_district integer, p_run bigint) returns bytea language plpgsql as $$ begin end $$;
create function payments.run_range(p_item text, p_period text) returns daterange language plpgsql as $$ begin end $$;
create function payments.run_release(p_run bigint) returns void language plpgsql as $$ begin end $$;
create function payments.run_step(p_run bigint, p_act text, p_data jsonb) returns bigint language plpgsql as $$ begin end $$;
create function payments.settle_refunds(p_reference text) returns void language plpgsql as $$ begin end $$;
create function payments.sources() returns text[] language plpgsql as $$ begin end $$;
create function payments.split_part(total_fen bigint, parts integer, part integer) returns bigint language plpgsql as $$ begin end $$;
create function payments.statement_apply(p_inbound bigint, p_agency text, p_no integer, p_date date, p_opening_fen bigint, p_closing_fen bigint, p_directions text[], p_amounts bigint[], p_bank_references text[], p_our_references text[]) returns void language plpgsql as $$ begin end $$;
create function payments.still_due(p_payment payments.payment) returns boolean language plpgsql as $$ begin end $$;

create function payments.guard_file() returns trigger language plpgsql as
$$
begin
    if (new.run_id, new.agency_code, new.business_date, new.sequence, new.name, new.bytes, new.chunks, new.sha256,
        new.lines, new.amount_fen)
       is distinct from
       (old.run_id, old.agency_code, old.business_date, old.sequence, old.name, old.bytes, old.chunks, old.sha256,
        old.lines, old.amount_fen) then
        raise exception 'a file is frozen';
    end if;
    if not ((old.state, new.state) in (('FROZEN', 'WRITTEN'), ('WRITTEN', 'SENT'), ('SENT', 'ACKNOWLEDGED'),
                                       ('SENT', 'REFUSED'), ('SENT', 'ANSWERED'), ('ACKNOWLEDGED', 'ANSWERED'),
                                       ('ANSWERED', 'RECONCILED'), ('REFUSED', 'RECONCILED'))) then
        raise exception 'a file does not go from % to %', old.state, new.state;
    end if;
    if new.version <> old.version + 1 or new.event_id = old.event_id then
        raise exception 'a change of a file is a new version with its own event';
    end if;
    return new;
end
$$;
create function payments.guard_run() returns trigger language plpgsql as
$$
begin
    if tg_op = 'INSERT' then
        if new.state <> 'GENERATING' then
            raise exception 'a run begins as GENERATING';
        end if;
        return new;
    end if;
    if new.state <> old.state and not exists (select from payments.run_transition
                                               where from_state = old.state and to_state = new.state) then
        raise exception 'a run does not go from % to %', old.state, new.state;
    end if;
    if new.version <> old.version + 1 or new.event_id = old.event_id then
        raise exception 'a change of a run is a new version with its own event';
    end if;
    if old.state <> 'GENERATING' and (new.lines, new.people, new.amount_fen, new.manifest)
                                     is distinct from (old.lines, old.people, old.amount_fen, old.manifest) then
        raise exception 'the totals of a run are frozen';
    end if;
    return new;
end
$$;
create function payments.keep_payment_history() returns trigger language plpgsql security definer
    set search_path = pg_catalog, payments, app set enable_nestloop = off as
$$
begin
    if tg_op = 'INSERT' then
        if exists (select from new_rows where state <> 'CREATED' or version <> 1) then
            raise exception 'a payment begins as CREATED';
        end if;
        insert into payments.payment_history (district, payment_id, seq, from_state, to_state, actor)
        select district, id, 1, 'NONE', 'CREATED', coalesce(app.actor(), session_user) from new_rows;
        return null;
    end if;
    if exists (select from new_rows n join old_rows o using (district, id)
                where (n.run_id, n.item_code, n.unit_id, n.person_id, n.period, n.part, n.amount_fen, n.people, n.division, n.tier_code,
                       n.facts, n.account_id, n.account_index, n.payee_person_id, n.payee_name)
                      is distinct from
                      (o.run_id, o.item_code, o.unit_id, o.person_id, o.period, o.part, o.amount_fen, o.people, o.division, o.tier_code,
                       o.facts, o.account_id, o.account_index, o.payee_person_id, o.payee_name)
                   or n.reissue_of is distinct from o.reissue_of
                   or (n.state <> o.state and n.version <> o.version + 1)
                   or (n.state = o.state and n.version <> o.version)) then
        raise exception 'what a payment froze does not change, and a change of state is a new version';
    end if;
    insert into payments.payment_history (district, payment_id, seq, from_state, to_state, actor, inbound_id)
    select n.district, n.id, n.version, o.state, n.state, coalesce(app.actor(), session_user),
           nullif(current_setting('app.inbound', true), '')::bigint
      from new_rows n join old_rows o using (district, id)
     where n.state <> o.state;
    if exists (select from new_rows n join old_rows o using (district, id)
                 join payments.payment_transition t on t.from_state = o.state and t.to_state = n.state
                where t.needs_evidence and coalesce(current_setting('app.inbound', true), '') = '') then
        raise exception 'this change of state needs a message of the bank';
    end if;
    return null;
end
$$;
create function payments.refuse_change() returns trigger language plpgsql
as
$$ begin raise exception '% is append-only', tg_table_name using errcode = '42501'; end $$;
create trigger file_guard before update on payments.file for each row execute function payments.guard_file();
create trigger file_chunk_is_append_only before delete or update on payments.file_chunk for each statement execute function payments.refuse_change();
create trigger payment_history_of_insert after insert on payments.payment referencing new table as new_rows for each statement execute function payments.keep_payment_history();
create trigger payment_history_of_update after update on payments.payment referencing old table as old_rows new table as new_rows for each statement execute function payments.keep_payment_history();
create trigger payment_is_not_deleted before delete on payments.payment for each statement execute function payments.refuse_change();
create trigger history_is_append_only before delete or update on payments.payment_history for each statement execute function payments.refuse_change();
create trigger run_guard before insert or update on payments.run for each row execute function payments.guard_run();
create trigger transfer_is_append_only before delete or update on payments.transfer for each statement execute function payments.refuse_change();
