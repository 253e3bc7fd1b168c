-- The night's reconciliation: approved lines, the bank's results and the bank's statements, to the fen.

-- Payments that the bank has not answered by the end of the day after their file: UNKNOWN, never taken as paid, never
-- paid again.
create or replace function payments.reconcile_late(p_date date) returns void
    language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
begin
    perform from payments.file where district = app.district() and business_date < p_date order by id for update;
    update payments.payment p set state = 'UNKNOWN', version = p.version + 1
      from payments.file f
     where p.district = app.district() and f.district = p.district and f.id = p.file_id and f.business_date < p_date
       and p.state in ('SENT', 'ACCEPTED');
    perform payments.break_open('late', 'payment ' || p.id, 'normal', p.id, p.file_id, null, p.amount_fen)
       from payments.payment p where p.district = app.district() and p.state = 'UNKNOWN' order by p.id;
    -- Released, but a day later some of it has not reached the bank.
    perform payments.break_open('late', 'run ' || r.id, 'critical', null, null, null, r.amount_fen)
       from payments.run r
      where r.district = app.district() and r.state = 'RELEASED'
        and (r.released_at at time zone 'Asia/Shanghai')::date < p_date
        and exists (select from payments.payment p where p.district = r.district and p.run_id = r.id
                       and p.state in ('APPROVED', 'FILED'));
    perform payments.break_close(b.id, 'sent') from payments.break b
      where b.district = app.district() and b.state = 'OPEN' and b.class = 'late' and b.key like 'run %'
        and not exists (select from payments.payment p where p.district = b.district
                           and 'run ' || p.run_id = b.key and p.state in ('APPROVED', 'FILED'));
    -- A message of the bank that nobody has managed to read is as late as one that never came.
    perform payments.break_open('late', 'inbound ' || i.id, 'critical', null, null, i.id, 0)
       from payments.inbound i where i.district = app.district() and i.state = 'RECEIVED' order by i.id;
    perform payments.break_close(b.id, 'inbound ' || b.inbound_id) from payments.break b
       join payments.inbound i on i.district = b.district and i.id = b.inbound_id and i.state = 'APPLIED'
      where b.district = app.district() and b.state = 'OPEN' and b.class = 'late' and b.key = 'inbound ' || b.inbound_id;
end
$$;

-- Per file: what the results say was paid against what the statements say was debited. A difference opens a break;
-- agreement closes the break that an earlier night opened, by the evidence of the statement.
create or replace function payments.reconcile_files() returns void
    language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_file record;
begin
    -- Answers that are being applied come first; what follows reads what they left.
    perform from payments.file where district = app.district() order by id for update;
    for v_file in
        select f.id, f.state,
               (select coalesce(sum(p.amount_fen), 0)::bigint from payments.payment p
                 where p.district = f.district and p.file_id = f.id and p.state in ('PAID', 'RETURNED')) as paid_fen,
               (select coalesce(sum(e.amount_fen), 0)::bigint from payments.statement_entry e
                 where e.district = f.district and e.file_id = f.id and e.direction = 'D') as debited_fen,
               exists (select from payments.payment p where p.district = f.district and p.file_id = f.id
                          and p.state in ('FILED', 'SENT', 'ACCEPTED', 'UNKNOWN')) as in_flight
          from payments.file f
         where f.district = app.district() and f.state not in ('FROZEN', 'WRITTEN') order by f.id loop
        if v_file.paid_fen = v_file.debited_fen then
            perform payments.break_close(b.id, 'statement') from payments.break b
              where b.district = app.district() and b.state = 'OPEN' and b.file_id = v_file.id
                and b.key = 'file ' || v_file.id and b.class in ('missing_at_bank', 'amount_differs', 'duplicate_at_bank');
            if v_file.state in ('ANSWERED', 'REFUSED') and not v_file.in_flight then
                update payments.file set state = 'RECONCILED', version = version + 1,
                       event_id = audit.write_event('reconcile', 'file', id::text,
                                                    jsonb_build_object('paid_fen', v_file.paid_fen))
                 where district = app.district() and id = v_file.id;
            end if;
        else
            perform payments.break_open(case when v_file.debited_fen = 0 then 'missing_at_bank'
                                             when v_file.debited_fen > v_file.paid_fen then 'duplicate_at_bank'
                                             else 'amount_differs' end,
                                        'file ' || v_file.id, 'critical', null, v_file.id, null,
                                        abs(v_file.paid_fen - v_file.debited_fen));
        end if;
    end loop;
    perform payments.break_open('returned_without_case', 'payment ' || e.payment_id, 'critical', e.payment_id, null, null,
                                e.amount_fen)
       from payments.statement_entry e where e.district = app.district() and e.outcome = 'return';
    perform payments.break_close(b.id, 'return') from payments.break b
      where b.district = app.district() and b.state = 'OPEN' and b.class = 'returned_without_case' and b.inbound_id is null
        and exists (select from payments.statement_entry e where e.district = b.district and e.payment_id = b.payment_id
                       and e.outcome = 'refunded');
end
$$;

-- Returned payments whose money is not on a statement by the day after.
create or replace function payments.reconcile_returns(p_date date) returns void
    language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
begin
    perform payments.break_open('missing_at_bank', 'return ' || p.id, 'critical', p.id, p.file_id, null, p.amount_fen)
       from payments.payment p
       join payments.payment_history h on h.district = p.district and h.payment_id = p.id and h.seq = p.version
      where p.district = app.district() and p.state = 'RETURNED'
        and (h.at at time zone 'Asia/Shanghai')::date < p_date
        and not exists (select from payments.statement_entry e where e.district = p.district and e.payment_id = p.id);
    perform payments.break_close(b.id, 'statement') from payments.break b
      where b.district = app.district() and b.state = 'OPEN' and b.class = 'missing_at_bank' and b.key like 'return %'
        and exists (select from payments.statement_entry e where e.district = b.district and e.payment_id = b.payment_id);
end
$$;

-- Runs whose every payment is final and whose every file is reconciled are closed.
create or replace function payments.reconcile_runs() returns void
    language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
begin
    update payments.run r set state = 'CLOSED', closed_at = now(), version = r.version + 1,
           event_id = payments.run_step(r.id, 'close', '{}')
     where r.district = app.district() and r.state = 'RELEASED'
       and not exists (select from payments.payment p where p.district = r.district and p.run_id = r.id
                          and p.state not in ('PAID', 'REJECTED', 'RETURNED'))
       and not exists (select from payments.file f where f.district = r.district and f.run_id = r.id
                          and f.state <> 'RECONCILED');
end
$$;

-- Totals to date. difference_fen: approved against the sum of the states, results against debits, returns against
-- credits; 0 when everything ties.
create or replace function payments.reconcile_totals(p_date date)
returns table (approved_fen bigint, paid_fen bigint, returned_fen bigint, rejected_fen bigint, open_fen bigint,
               statement_debits_fen bigint, statement_credits_fen bigint, difference_fen bigint)
language sql stable security definer set search_path = pg_catalog, payments, app as
$$
    with approved as (
        select coalesce(sum(amount_fen), 0)::bigint as fen from payments.run
         where district = app.district() and state in ('RELEASED', 'CLOSED')
    ), states as (
        select coalesce(sum(p.amount_fen) filter (where p.state = 'PAID'), 0)::bigint as paid,
               coalesce(sum(p.amount_fen) filter (where p.state = 'RETURNED'), 0)::bigint as returned,
               coalesce(sum(p.amount_fen) filter (where p.state = 'REJECTED'), 0)::bigint as rejected,
               coalesce(sum(p.amount_fen) filter (where p.state in ('APPROVED', 'FILED', 'SENT', 'ACCEPTED', 'UNKNOWN')), 0)::bigint
                   as open
          from payments.payment p
          join payments.run r on r.district = p.district and r.id = p.run_id and r.state in ('RELEASED', 'CLOSED')
         where p.district = app.district()
    ), bank as (
        select coalesce(sum(e.amount_fen) filter (where e.direction = 'D'), 0)::bigint as debits,
               coalesce(sum(e.amount_fen) filter (where e.outcome in ('return', 'refunded')), 0)::bigint as credits
          from payments.statement_entry e
          join payments.statement s on s.district = e.district and s.id = e.statement_id and s.business_date <= p_date
         where e.district = app.district()
    )
    select a.fen, s.paid, s.returned, s.rejected, s.open, b.debits, b.credits,
           abs(a.fen - s.paid - s.returned - s.rejected - s.open) + abs(s.paid + s.returned - b.debits)
               + abs(s.returned - b.credits)
      from approved a, states s, bank b
$$;

-- One night, in one transaction. Running it twice gives the same result; a closed day keeps its totals. Holds the locks
-- of the district's bank and files until it ends: answers wait for it.
create or replace function payments.reconcile(p_date date, p_close boolean) returns payments.reconciliation
    language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_result payments.reconciliation%rowtype;
    v_breaks integer;
    v_violations integer;
begin
    -- One night at a time: a second job waits here and then sees what the first one did.
    perform from payments.agency where district = app.district() for no key update;
    select * into v_result from payments.reconciliation
     where district = app.district() and business_date = p_date for update;
    if found and v_result.closed then
        return v_result;
    end if;
    perform payments.settle_refunds('reconciliation ' || p_date);
    perform payments.reconcile_late(p_date);
    perform payments.reconcile_files();
    perform payments.reconcile_returns(p_date);
    perform payments.reconcile_runs();
    select count(*) into v_breaks from payments.break where district = app.district() and state = 'OPEN';
    select count(*) into v_violations from payments.invariants(app.district());
    insert into payments.reconciliation as r (district, business_date, closed, approved_fen, paid_fen, returned_fen, rejected_fen,
                                              open_fen, statement_debits_fen, statement_credits_fen, difference_fen,
                                              breaks_open, violations, event_id)
    select app.district(), p_date, p_close, t.*, v_breaks, v_violations,
           audit.write_event(case when p_close then 'close_day' else 'reconcile' end, 'reconciliation', p_date::text,
                             to_jsonb(t) || jsonb_build_object('breaks_open', v_breaks, 'violations', v_violations))
      from payments.reconcile_totals(p_date) t
    on conflict (district, business_date) do update
       set closed = excluded.closed, approved_fen = excluded.approved_fen, paid_fen = excluded.paid_fen,
           returned_fen = excluded.returned_fen, rejected_fen = excluded.rejected_fen, open_fen = excluded.open_fen,
           statement_debits_fen = excluded.statement_debits_fen, statement_credits_fen = excluded.statement_credits_fen,
           difference_fen = excluded.difference_fen, breaks_open = excluded.breaks_open, violations = excluded.violations,
           at = now(), event_id = excluded.event_id
    returning * into v_result;
    return v_result;
end
$$;
