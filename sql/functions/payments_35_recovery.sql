-- Overpayments and how they come back: taken off later payments (payments_40_run.sql), paid back, or given up with a
-- second person's approval. Each step here locks the item, so that no run is being filled meanwhile, and the overpayment.

create or replace view payments.overpayment_state with (security_invoker = true) as
    select o.district, o.id, o.item_code, o.unit_id, o.person_id, o.period, o.run_id, o.amount_fen, r.netted_fen, r.collected_fen,
           r.written_off_fen, r.proposed_fen,
           case when o.id = g.chief then greatest(0, g.amount_fen - g.back_fen) else 0 end as open_fen
      from payments.overpayment o
      cross join lateral (
          select coalesce(sum(v.amount_fen) filter (where v.kind = 'netting' and p.state <> 'CANCELLED'), 0)::bigint as netted_fen,
                 coalesce(sum(v.amount_fen) filter (where v.kind = 'collection' and v.state = 'DONE'), 0)::bigint as collected_fen,
                 coalesce(sum(v.amount_fen) filter (where v.kind = 'write_off' and v.state = 'DONE'), 0)::bigint as written_off_fen,
                 coalesce(sum(v.amount_fen) filter (where v.kind = 'write_off' and v.state = 'PROPOSED'), 0)::bigint as proposed_fen
            from payments.recovery v
            left join payments.payment p on p.district = v.district and p.id = v.payment_id
           where v.district = o.district and v.overpayment_id = o.id) r
      cross join lateral ( -- two numbers of one person have one debt: it is open at the row that holds it
          select (array_agg(w.id order by w.amount_fen desc, w.id))[1] as chief, sum(w.amount_fen)::bigint as amount_fen,
                 (select coalesce(sum(v.amount_fen), 0)::bigint from payments.recovery v
                    left join payments.payment p on p.district = v.district and p.id = v.payment_id
                   where v.district = o.district and v.overpayment_id = any (array_agg(w.id)) and v.state = 'DONE'
                     and (v.kind <> 'netting' or p.state <> 'CANCELLED')) as back_fen
            from payments.overpayment w
           where w.district = o.district and w.item_code = o.item_code and w.period = o.period
             and w.unit_id = any (payments.same_units(o.district, o.item_code, payments.survivor_of(o.district, o.item_code, o.unit_id)))) g;
grant select on payments.overpayment_state to huimin_payments, huimin_worker, huimin_reconcile, huimin_audit;

-- Locks an overpayment and its item; refuses what the caller does not reach. Returns it as it stands then.
create or replace function payments.overpayment_lock(p_overpayment bigint) returns payments.overpayment_state
    language plpgsql as
$$
declare
    v_item text;
    v_state payments.overpayment_state%rowtype;
begin
    select item_code into v_item from payments.overpayment where district = app.district() and id = p_overpayment;
    if v_item is null then
        perform app.refuse('not_found');
    end if;
    perform payments.require_reach(v_item);
    perform payments.item_lock(v_item);
    perform from payments.overpayment where district = app.district() and id = p_overpayment for update;
    select * into strict v_state from payments.overpayment_state where district = app.district() and id = p_overpayment;
    return v_state;
end
$$;

create or replace function payments.recovery_step(p_recovery bigint, p_act text, p_data jsonb) returns bigint language sql as
$$ select audit.write_event(p_act, 'recovery', p_recovery::text, p_data) $$;

-- The money of a collection goes back the way it came, from the runs that paid the unit: those of the overpaid period first,
-- latest part first. Of a run comes back at most what it paid to the unit and has not come back. Locks these runs in the
-- order of their numbers before any money moves.
create or replace function payments.collect_money(p_over payments.overpayment_state, p_recovery bigint, p_amount_fen bigint)
    returns void language plpgsql as
$$
declare
    v_left bigint := p_amount_fen;
    v_units bigint[] := payments.same_units(p_over.district, p_over.item_code, p_over.unit_id);
    v_source record;
begin
    perform from payments.run r
      where r.district = p_over.district and r.id in (select y.run_id from payments.payment y where y.district = p_over.district
                and y.item_code = p_over.item_code and y.unit_id = any (v_units) and y.state = 'PAID')
      order by r.id for update;
    for v_source in
        select y.run_id, sum(y.amount_fen)::bigint - (
                   select coalesce(sum(t.amount_fen), 0)::bigint from payments.transfer t
                     join payments.recovery r on t.reference = 'recovery ' || r.id
                     join payments.overpayment o on o.district = r.district and o.id = r.overpayment_id
                    where t.district = p_over.district and t.run_id = y.run_id and t.cause = 'collected'
                      and r.district = p_over.district and o.item_code = p_over.item_code and o.unit_id = any (v_units)) as fen
          from payments.payment y
         where y.district = p_over.district and y.item_code = p_over.item_code and y.unit_id = any (v_units) and y.state = 'PAID'
         group by y.run_id
         order by bool_or(y.period = p_over.period) desc, max(y.part) filter (where y.period = p_over.period) desc, y.run_id desc
    loop
        exit when v_left = 0;
        continue when v_source.fen <= 0;
        perform payments.ledger_move(v_source.run_id, 'paid', 'budget', least(v_left, v_source.fen), 'collected',
                                     'recovery ' || p_recovery, true);
        v_left := v_left - least(v_left, v_source.fen);
    end loop;
    if v_left > 0 then
        perform app.refuse('not_received'); -- part of it is still under way at the bank
    end if;
end
$$;

-- Money that was paid back to the district's account; returns the recovery.
create or replace function payments.overpayment_collect(p_overpayment bigint, p_amount_fen bigint, p_reference text) returns bigint
    language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_over payments.overpayment_state%rowtype := payments.overpayment_lock(p_overpayment);
    v_id bigint;
begin
    if p_amount_fen > v_over.open_fen - v_over.proposed_fen then
        perform app.refuse('more_than_open');
    end if;
    v_id := nextval('payments.recovery_id_seq');
    -- The reference is a person's text: the event holds its hash.
    insert into payments.recovery (district, id, overpayment_id, kind, amount_fen, reference, state, proposed_by, event_id)
    values (app.district(), v_id, p_overpayment, 'collection', p_amount_fen, p_reference, 'DONE', app.actor(),
            payments.recovery_step(v_id, 'collect', jsonb_build_object('overpayment', p_overpayment, 'amount_fen', p_amount_fen,
                'reference_sha256', encode(sha256(convert_to(p_reference, 'UTF8')), 'hex'))));
    perform payments.collect_money(v_over, v_id, p_amount_fen);
    return v_id;
end
$$;

-- Proposes to give up a part of what is open; returns the recovery.
create or replace function payments.write_off_propose(p_overpayment bigint, p_amount_fen bigint, p_reference text) returns bigint
    language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_over payments.overpayment_state%rowtype := payments.overpayment_lock(p_overpayment);
    v_id bigint;
begin
    if p_amount_fen > v_over.open_fen - v_over.proposed_fen then
        perform app.refuse('more_than_open');
    end if;
    v_id := nextval('payments.recovery_id_seq');
    insert into payments.recovery (district, id, overpayment_id, kind, amount_fen, reference, state, proposed_by, event_id)
    values (app.district(), v_id, p_overpayment, 'write_off', p_amount_fen, p_reference, 'PROPOSED', app.actor(),
            payments.recovery_step(v_id, 'propose', jsonb_build_object('overpayment', p_overpayment, 'amount_fen', p_amount_fen,
                'reference_sha256', encode(sha256(convert_to(p_reference, 'UTF8')), 'hex'))));
    return v_id;
end
$$;

-- Another person decides a proposed write-off. What was netted since it was proposed may have left less open.
create or replace function payments.write_off_decide(p_recovery bigint, p_approve boolean) returns void
    language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_overpayment bigint;
    v_over payments.overpayment_state%rowtype;
    v_row payments.recovery%rowtype;
begin
    select overpayment_id into v_overpayment from payments.recovery
     where district = app.district() and id = p_recovery and kind = 'write_off';
    if v_overpayment is null then
        perform app.refuse('not_found');
    end if;
    v_over := payments.overpayment_lock(v_overpayment);
    select * into strict v_row from payments.recovery where district = app.district() and id = p_recovery for update;
    if v_row.state <> 'PROPOSED' then
        perform app.refuse('wrong_state');
    end if;
    if v_row.proposed_by = app.actor() then
        perform app.refuse('same_person');
    end if;
    if p_approve and v_row.amount_fen > v_over.open_fen then
        perform app.refuse('more_than_open');
    end if;
    update payments.recovery
       set state = case when p_approve then 'DONE' else 'REJECTED' end, approved_by = app.actor(), version = version + 1,
           event_id = payments.recovery_step(p_recovery, case when p_approve then 'approve' else 'reject' end,
               jsonb_build_object('overpayment', v_overpayment, 'amount_fen', v_row.amount_fen))
     where district = app.district() and id = p_recovery;
end
$$;
