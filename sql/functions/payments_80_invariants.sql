-- What must always hold, one row per violation. Run after every test, every night and before every release, which it
-- blocks. tests/store/test_invariants.py seeds one corruption per invariant and expects exactly that one to fire.

-- Payments in themselves: entitlements, amounts, history, evidence.
create or replace function payments.invariants_of_payments(p_district integer)
returns table (invariant text, violation jsonb) language sql stable as
$$
    select 'one_live_payment', jsonb_build_object('item', item_code, 'unit', unit_id, 'period', period, 'part', part)
      from payments.payment where district = p_district and live
     group by item_code, unit_id, period, part having count(*) > 1
    union all
    select 'one_paid_payment', jsonb_build_object('item', item_code, 'unit', unit_id, 'period', period, 'part', part)
      from payments.payment where district = p_district and state = 'PAID'
     group by item_code, unit_id, period, part having count(*) > 1
    union all
    -- A month is paid in one period: after a change of cycle the old and the new ones do not overlap.
    select 'month_in_one_period', jsonb_build_object('item', a.item_code, 'unit', a.unit_id, 'period', a.period, 'other', b.period)
      from (select r.item_code, r.period, r.period_range from payments.run r
             where r.district = p_district and r.kind = 'REGULAR' and r.state not in ('CANCELLED', 'FAILED')) r
      join (select r.item_code, r.period, r.period_range from payments.run r
             where r.district = p_district and r.kind = 'REGULAR' and r.state not in ('CANCELLED', 'FAILED')) o
        on o.item_code = r.item_code and o.period > r.period and o.period_range && r.period_range
      join payments.payment a on a.district = p_district and a.item_code = r.item_code and a.period = r.period and a.live
      join payments.payment b on b.district = p_district and b.item_code = r.item_code and b.period = o.period and b.live
           and b.unit_id = a.unit_id
    union all
    -- What the facts of a line come to was settled before, is kept for an overpayment, or is paid by it.
    select 'amount_is_entitlement', jsonb_build_object('payment', p.id)
      from payments.payment p
     where p.district = p_district and p.state <> 'CANCELLED'
       and p.settled_before_fen + p.netted_fen + p.amount_fen
           <> (select coalesce(sum((f ->> 'amount_fen')::bigint), 0) from jsonb_array_elements(p.facts) f)
    union all
    -- Nothing that was paid before is forgotten: lines before a line, less what came back, were settled when it was made.
    select 'settled_before_counts_all', jsonb_build_object('payment', p.id)
      from (select id, item_code, unit_id, period, part, settled_before_fen,
                   coalesce(sum(netted_fen + case when replaced_by_run is null then amount_fen else 0 end)
                                over (partition by item_code, unit_id, period order by part, id
                                      rows between unbounded preceding and 1 preceding), 0) as before_fen
              from payments.payment
             where district = p_district and reissue_of is null and state <> 'CANCELLED') p
     where p.settled_before_fen < p.before_fen
       and p.settled_before_fen < p.before_fen - coalesce((
               select sum(r.amount_fen) from payments.overpayment o
                 join payments.recovery r on r.district = o.district and r.overpayment_id = o.id and r.state = 'DONE'
                      and r.kind <> 'write_off'
                where o.district = p_district and o.item_code = p.item_code and o.unit_id = p.unit_id and o.period = p.period), 0)
    union all
    select 'netting_is_noted', jsonb_build_object('payment', p.id)
      from payments.payment p
      left join (select payment_id, sum(amount_fen) as fen from payments.recovery
                  where district = p_district and kind = 'netting' group by payment_id) r on r.payment_id = p.id
     where p.district = p_district and p.reissue_of is null and p.netted_fen <> coalesce(r.fen, 0)
    union all
    select 'amount_is_entitlement', jsonb_build_object('payment', p.id)
      from payments.payment p join payments.payment o on o.district = p.district and o.id = p.reissue_of
     where p.district = p_district and (p.amount_fen, p.netted_fen, p.settled_before_fen)
           is distinct from (o.amount_fen, o.netted_fen, o.settled_before_fen)
    union all
    select 'state_is_last_history', jsonb_build_object('payment', p.id)
      from payments.payment p
      left join payments.payment_history h on h.district = p.district and h.payment_id = p.id and h.seq = p.version
     where p.district = p_district and h.to_state is distinct from p.state
    union all
    select 'history_is_a_path', jsonb_build_object('payment', h.payment_id, 'seq', h.seq)
      from (select district, payment_id, seq, from_state, to_state,
                   lag(to_state, 1, 'NONE') over w as before, row_number() over w as nth
              from payments.payment_history where district = p_district
            window w as (partition by payment_id order by seq)) h
      left join payments.payment_transition t on t.from_state = h.from_state and t.to_state = h.to_state
     where h.from_state <> h.before or h.seq <> h.nth or t.to_state is null
    union all
    select 'final_state_has_evidence', jsonb_build_object('payment', p.id)
      from payments.payment p
      left join payments.payment_history h on h.district = p.district and h.payment_id = p.id and h.seq = p.version
     where p.district = p_district and p.state in ('PAID', 'REJECTED', 'RETURNED') and h.to_state = p.state
       and not exists (select from payments.inbound i
                         left join payments.inbound_line l on l.district = i.district and l.inbound_id = i.id
                              and l.payment_id = p.id and l.amount_fen = p.amount_fen
                              and l.status = case p.state when 'PAID' then 'S' when 'REJECTED' then 'F' else 'R' end
                        where i.district = p.district and i.id = h.inbound_id and i.state = 'APPLIED'
                          and (l.line is not null or (i.kind = 'ACKNOWLEDGEMENT' and p.state = 'REJECTED')))
    union all
    select 'reissue_of_failed_payment', jsonb_build_object('payment', n.id)
      from payments.payment n join payments.payment o on o.district = n.district and o.id = n.reissue_of
     where n.district = p_district
       and (o.state not in ('REJECTED', 'RETURNED')
            or (o.item_code, o.unit_id, o.person_id, o.period, o.part)
               is distinct from (n.item_code, n.unit_id, n.person_id, n.period, n.part)
            or (n.state <> 'CANCELLED' and not o.superseded))
$$;

-- Runs and files: totals, numbers, duties.
create or replace function payments.invariants_of_files(p_district integer)
returns table (invariant text, violation jsonb) language sql stable as
$$
    select 'filed_in_one_line', jsonb_build_object('payment', p.id)
      from payments.payment p
     where p.district = p_district
       and (p.file_id is null or p.file_line is null or p.occurrence is null)
           <> (p.state in ('CREATED', 'APPROVED', 'CANCELLED'))
    union all
    select 'file_totals', jsonb_build_object('file', f.id)
      from payments.file f
      left join (select file_id, count(*) as lines, sum(amount_fen) as amount_fen, max(file_line) as last_line
                   from payments.payment where district = p_district and file_id is not null group by file_id) s
             on s.file_id = f.id
     where f.district = p_district
       and (f.lines, f.amount_fen, f.lines) is distinct from (s.lines::integer, s.amount_fen::bigint, s.last_line)
    union all
    select 'file_bytes_are_kept', jsonb_build_object('file', f.id)
      from payments.file f
     where f.district = p_district
       and (f.chunks <> (select count(*) from payments.file_chunk c where c.district = f.district and c.file_id = f.id)
            or position(substr(encode(f.sha256, 'hex'), 1, 8) in f.name) = 0)
    union all
    select 'file_numbers_gapless', jsonb_build_object('agency', d.agency_code, 'date', d.business_date)
      from payments.bank_day d
     where d.district = p_district
       and d.last_sequence <> (select count(*) from payments.file f
                                where f.district = d.district and f.agency_code = d.agency_code
                                  and f.business_date = d.business_date and f.sequence <= d.last_sequence)
    union all
    select 'run_totals', jsonb_build_object('run', r.id)
      from payments.run r
      left join (select run_id, count(*) as lines, sum(amount_fen) as amount_fen from payments.payment
                  where district = p_district group by run_id) s on s.run_id = r.id
     where r.district = p_district and r.state not in ('GENERATING', 'FAILED')
       and (r.lines, r.amount_fen) is distinct from (coalesce(s.lines, 0)::integer, coalesce(s.amount_fen, 0)::bigint)
    union all
    select 'run_manifest', jsonb_build_object('run', r.id)
      from payments.run r
     where r.district = p_district and r.manifest is not null
       and r.manifest <> payments.run_manifest(r.district, r.id)
    union all
    select 'run_state_of_payments', jsonb_build_object('payment', p.id, 'run', r.id)
      from payments.payment p join payments.run r on r.district = p.district and r.id = p.run_id
     where p.district = p_district
       and case r.state when 'DRAFT' then p.state <> 'CREATED' when 'APPROVED' then p.state <> 'APPROVED'
                        when 'CANCELLED' then p.state <> 'CANCELLED' when 'GENERATING' then true when 'FAILED' then true
                        else p.state in ('CREATED', 'CANCELLED') end
    union all
    select 'separate_duties', jsonb_build_object('run', r.id)
      from payments.run r
     where r.district = p_district
       and (r.checker = r.maker or r.releaser in (r.maker, r.checker)
            or (r.state in ('APPROVED', 'RELEASED', 'CLOSED') and r.checker is null)
            or (r.state in ('RELEASED', 'CLOSED') and r.releaser is null))
$$;

-- The bank's messages, breaks and the ledger.
create or replace function payments.invariants_of_money(p_district integer)
returns table (invariant text, violation jsonb) language sql stable as
$$
    select 'inbound_line_applied_or_break', jsonb_build_object('inbound', l.inbound_id, 'line', l.line)
      from payments.inbound_line l
      join payments.inbound i on i.district = l.district and i.id = l.inbound_id and i.state = 'APPLIED'
     where l.district = p_district
       and (l.outcome is null
            or (l.outcome not in ('PAID', 'REJECTED', 'ACCEPTED', 'RETURNED', 'same')
                and not exists (select from payments.break b where b.district = l.district
                                   and (b.inbound_id = l.inbound_id or b.payment_id = l.payment_id))))
    union all
    select 'unknown_has_break', jsonb_build_object('payment', p.id)
      from payments.payment p
     where p.district = p_district and p.state = 'UNKNOWN'
       and not exists (select from payments.break b where b.district = p.district and b.payment_id = p.id
                          and b.class = 'late' and b.state = 'OPEN')
    union all
    select 'account_is_sum_of_transfers', jsonb_build_object('item', a.item_code, 'source', a.source, 'kind', a.kind)
      from payments.account a
     where a.district = p_district
       and a.balance_fen <> (select coalesce(sum(case when t.credit = a.kind then t.amount_fen else -t.amount_fen end), 0)
                               from payments.transfer t
                              where t.district = a.district and t.item_code = a.item_code and t.source = a.source
                                and a.kind in (t.debit, t.credit))
    union all
    select 'no_overdraft', jsonb_build_object('item', item_code, 'source', source, 'kind', kind)
      from payments.account where district = p_district and kind <> 'appropriated' and balance_fen < 0
    union all
    select 'ledger_ties_to_payments', jsonb_build_object('run', r.id, 'kind', k.kind)
      from payments.run r
      cross join (values ('transit'), ('paid'), ('returned')) as k (kind)
     where r.district = p_district
       and (select coalesce(sum(case when t.credit = k.kind then t.amount_fen else -t.amount_fen end), 0)
              from payments.transfer t where t.district = r.district and t.run_id = r.id and k.kind in (t.debit, t.credit))
              + case k.kind when 'paid' then (select coalesce(sum(t.amount_fen), 0) from payments.transfer t
                                               where t.district = r.district and t.run_id = r.id and t.cause = 'collected')
                            else 0 end
           <> (select coalesce(sum(p.amount_fen), 0) from payments.payment p
                where p.district = r.district and p.run_id = r.id and r.state in ('RELEASED', 'CLOSED')
                  and case k.kind when 'transit' then p.state in ('APPROVED', 'FILED', 'SENT', 'ACCEPTED', 'UNKNOWN')
                                  when 'paid' then p.state = 'PAID'
                                  else p.state = 'RETURNED' and not exists (select from payments.statement_entry e
                                       where e.district = p.district and e.payment_id = p.id and e.outcome = 'refunded') end)
    union all
    select 'collections_tie_to_ledger', jsonb_build_object('item', i.code)
      from programmes.item i
     where i.district = p_district
       and (select coalesce(sum(t.amount_fen), 0) from payments.transfer t
             where t.district = i.district and t.item_code = i.code and t.cause = 'collected')
           <> (select coalesce(sum(r.amount_fen), 0) from payments.recovery r
                 join payments.overpayment o on o.district = r.district and o.id = r.overpayment_id and o.item_code = i.code
                where r.district = i.district and r.kind = 'collection' and r.state = 'DONE')
    union all
    select 'statements_follow_each_other', jsonb_build_object('statement', s.statement_no)
      from (select s.*, lag(statement_no) over w as no_before, lag(closing_fen) over w as closing_before
              from payments.statement s where s.district = p_district
            window w as (partition by agency_code order by statement_no)) s
     where (s.no_before <> s.statement_no - 1 or s.closing_before <> s.opening_fen)
       and not exists (select from payments.break b where b.district = s.district and b.class = 'statement_gap'
                          and b.key = 'statement ' || s.statement_no)
    union all
    select 'statement_adds_up', jsonb_build_object('statement', s.statement_no)
      from payments.statement s
      cross join lateral (select coalesce(sum(case e.direction when 'C' then e.amount_fen else -e.amount_fen end), 0) as fen,
                                 count(*) as entries
                            from payments.statement_entry e
                           where e.district = s.district and e.statement_id = s.id) x
     where s.district = p_district and (s.closing_fen - s.opening_fen <> x.fen or s.entries <> x.entries)
$$;

-- The event log: every version of a row has its event, gapless, hashed, without personal data.
create or replace function payments.invariants_of_events(p_district integer)
returns table (invariant text, violation jsonb) language sql stable as
$$
    select 'version_has_event', jsonb_build_object('entity', v.entity, 'id', v.id)
      from (select 'run' as entity, id, version, event_id from payments.run where district = p_district
            union all select 'file', id, version, event_id from payments.file where district = p_district
            union all select 'inbound', id, version, event_id from payments.inbound where district = p_district
            union all select 'break', id, version, event_id from payments.break where district = p_district
            union all select 'recovery', id, version, event_id from payments.recovery
                       where district = p_district and kind <> 'netting') v
      left join audit.event e on e.district = p_district and e.id = v.event_id
     where (e.entity, e.entity_id, e.seq) is distinct from (v.entity, v.id::text, v.version)
    union all
    select 'event_numbers_gapless', jsonb_build_object('entity', entity, 'id', entity_id)
      from audit.event where district = p_district group by entity, entity_id having count(*) <> max(seq)
    union all
    select 'event_hash', jsonb_build_object('event', id)
      from audit.event
     where district = p_district and leaf_hash <> sha256('\x00'::bytea || convert_to(entry, 'UTF8'))
    union all
    -- Each entry names the leaf hash of its entity's entry before: a rewritten event no longer fits its successor.
    select 'event_chain', jsonb_build_object('event', e.id)
      from audit.event e
      left join audit.event b on b.district = e.district and b.entity = e.entity and b.entity_id = e.entity_id
                             and b.seq = e.seq - 1
     where e.district = p_district and (e.seq = 1 or b.id is not null)
       and e.entry::jsonb ->> 'prev' <> coalesce(encode(b.leaf_hash, 'hex'), '')
    union all
    select 'no_personal_data_in_events', jsonb_build_object('event', id)
      from audit.event
     where district = p_district
       -- What audit.write_event() refuses. Only the data: an actor's name or a request's id may well be a long number.
       and exists (select from jsonb_path_query(entry::jsonb -> 'data', 'strict $.** ? (@.type() == "string")') as t (value)
                    where t.value #>> '{}' ~ audit.event_number_pattern())
$$;

-- Planned for the district at hand: a plan for any district is several times slower.
-- Who counts as whom: the pointer of a person follows from the one merge of it that stands, and leads to nobody merged.
create or replace function payments.invariants_of_register(p_district integer)
returns table (invariant text, violation jsonb) language sql stable as
$$
    select 'merged_as_decided', jsonb_build_object('person', coalesce(p.id, m.merged_id))
      from (select * from beneficiaries.person where district = p_district and merged_into is not null) p
      full join (select * from beneficiaries.person_merge where district = p_district and state = 'DONE') m on m.merged_id = p.id
     where p.merged_into is distinct from m.survivor_id
        or exists (select from beneficiaries.person s where s.district = p_district and s.id = p.merged_into and s.merged_into is not null)
$$;

create or replace function payments.invariants(p_district integer)
returns table (invariant text, violation jsonb) language plpgsql stable security definer
    set search_path = pg_catalog, payments set plan_cache_mode = force_custom_plan as
$$
begin
    -- A mistyped district must not look like a clean one.
    if (app.district() is not null and app.district() <> p_district)
       or not exists (select from programmes.division where district = p_district) then
        perform app.refuse('not_found');
    end if;
    return query select * from payments.invariants_of_payments(p_district);
    return query select * from payments.invariants_of_files(p_district);
    return query select * from payments.invariants_of_money(p_district);
    return query select * from payments.invariants_of_events(p_district);
    return query select * from payments.invariants_of_register(p_district);
end
$$;
