-- Recompute and compare: what a run for a period would freeze.
drop function if exists payments.preview(integer, text, daterange), payments.changes(integer, text, daterange),
    payments.paid_elsewhere(integer, text, bigint, text, jsonb, bigint[]);

-- Whose money a unit's is: the survivor of a merged number; a household is a unit of its own.
create or replace function payments.survivor_of(p_district integer, p_item text, p_unit bigint) returns bigint
    language sql stable security definer set search_path = pg_catalog, payments as
$$
    select coalesce((select p.merged_into from beneficiaries.person p
                      where p.district = p_district and p.id = p_unit
                        and not exists (select from programmes.rule r where r.district = p_district and r.item_code = p_item
                                           and r.kind = 'household_topup' and r.state = 'APPROVED')), p_unit)
$$;

-- The units under which a survivor was paid: two numbers of one person are one.
create or replace function payments.same_units(p_district integer, p_item text, p_unit bigint) returns bigint[]
    language sql stable security definer set search_path = pg_catalog, payments as
$$
    select array_agg(u) from (
        select p_unit as u
        union
        select p.id from beneficiaries.person p where p.district = p_district and p.merged_into = p_unit
           and not exists (select from programmes.rule r where r.district = p_district and r.item_code = p_item
                              and r.kind = 'household_topup' and r.state = 'APPROVED')) x
$$;

-- What came back of the overpayments of an item, by unit (the survivor of a merge) and period: taken off later payments, paid back, given up.
drop function if exists payments.recovered(integer, text);
create function payments.recovered(p_district integer, p_item text)
returns table (unit_id bigint, period text, excess_fen bigint, netted_fen bigint, collected_fen bigint, written_off_fen bigint)
language sql stable as
$$
    select payments.survivor_of(p_district, p_item, o.unit_id), o.period, sum(o.amount_fen)::bigint, coalesce(sum(b.netted), 0)::bigint,
           coalesce(sum(b.collected), 0)::bigint, coalesce(sum(b.written_off), 0)::bigint
      from payments.overpayment o
      left join (select r.overpayment_id, coalesce(sum(r.amount_fen) filter (where r.kind = 'netting' and p.state <> 'CANCELLED'), 0) as netted,
                        coalesce(sum(r.amount_fen) filter (where r.kind = 'collection' and r.state = 'DONE'), 0) as collected,
                        coalesce(sum(r.amount_fen) filter (where r.kind = 'write_off' and r.state = 'DONE'), 0) as written_off
                   from payments.recovery r
                   left join payments.payment p on p.district = r.district and p.id = r.payment_id
                  where r.district = p_district group by r.overpayment_id) b on b.overpayment_id = o.id
     where o.district = p_district and o.item_code = p_item
     group by 1, 2
$$;

-- What the payments of an item come to, by unit and period. settled_fen: what is paid, under way, or failed and to be issued
-- again; received_fen: without what failed; paid_fen: only what the bank says was paid. What was taken off a payment for
-- overpayments counts in all three, and what came back of the period's own overpayment is taken off all three. They can be
-- negative: the person gave back what then failed at the bank after all. Two numbers of one person count as the survivor's.
drop function if exists payments.settled(integer, text, daterange, bigint);
create function payments.settled(p_district integer, p_item text, p_range daterange, p_unit bigint default null)
returns table (unit_id bigint, period text, person_id bigint, settled_fen bigint, received_fen bigint, paid_fen bigint,
               recovered_fen bigint, written_off_fen bigint, next_part integer, division integer, tier_code text)
language plpgsql stable rows 100000 set plan_cache_mode = force_custom_plan set jit = off as
$$
#variable_conflict use_column
declare
    v_households boolean := (select kind = 'household_topup' from programmes.rule where district = p_district
                              and item_code = p_item and state = 'APPROVED' and valid @> lower(p_range));
begin
    return query
    with survivors as (
        select s.id, s.merged_into from beneficiaries.person s
         where s.district = p_district and s.merged_into is not null and not v_households
    ), paid as (
        select coalesce(s.merged_into, y.unit_id) as unit_id, y.period,
               (array_agg(coalesce(s.merged_into, y.person_id) order by y.id desc))[1] as person_id,
               coalesce(sum(y.netted_fen + case when y.replaced_by_run is null then y.amount_fen else 0 end) filter (where c.counts), 0) as settled,
               coalesce(sum(y.netted_fen + case when y.live then y.amount_fen else 0 end) filter (where c.counts), 0) as received,
               coalesce(sum(y.netted_fen + case when y.state = 'PAID' then y.amount_fen else 0 end) filter (where c.counts), 0) as paid,
               max(y.part) filter (where y.state <> 'CANCELLED') + 1 as next_part,
               max(y.division) as division, max(y.tier_code) as tier_code
          from payments.open_periods(p_district, p_item, p_range) o
          join payments.payment y on y.district = p_district and y.item_code = p_item and y.period = o.period
          left join survivors s on s.id = y.unit_id
         cross join lateral (select not y.superseded and y.state <> 'CANCELLED' as counts) c
         where p_unit is null or y.unit_id = p_unit or s.merged_into = p_unit
         group by 1, 2
    ), back as (
        select r.unit_id, r.period, r.netted_fen + r.collected_fen as fen, r.written_off_fen as written_off
          from payments.recovered(p_district, p_item) r
    )
    select p.unit_id, p.period, p.person_id, (p.settled - coalesce(b.fen, 0))::bigint, (p.received - coalesce(b.fen, 0))::bigint,
           (p.paid - coalesce(b.fen, 0))::bigint, coalesce(b.fen, 0)::bigint, coalesce(b.written_off, 0)::bigint, coalesce(p.next_part, 0),
           p.division, p.tier_code
      from paid p left join back b on b.unit_id = p.unit_id and b.period = p.period;
end
$$;

-- What a run would do about a unit and period (changes() says when): pay more than 0, note less than 0 as too much.
create or replace function payments.difference_fen(p_due bigint, p_settled bigint, p_received bigint, p_open text) returns bigint
    language sql immutable parallel safe as
$$ select case when p_due >= p_settled then p_due - p_settled
               when p_due > p_received then p_due - p_received -- what failed cannot be issued again as it was
               when p_open is not null then 0                  -- nobody knows whether it is too much
               else p_due - p_received end $$;

-- Where what is due and what is settled differ, or a fact is missing: due against settled, unit by unit and period by period.
-- Less due than what was settled, but more than what was received: what failed cannot be issued again as it was, so that a
-- line pays what is still due and takes its place (replaces); settled_fen is then what was received.
do $$
begin
    if to_regtype('payments.change') is null then
        create type payments.change as (
            unit_id bigint, period text, person_id bigint, part integer, due_fen bigint, settled_fen bigint, received_fen bigint,
            paid_fen bigint, recovered_fen bigint, written_off_fen bigint, difference_fen bigint, replaces boolean, people integer,
            division integer, tier_code text, facts jsonb, open text
        );
    end if;
end $$;
create or replace function payments.changes(p_district integer, p_item text, p_range daterange) returns setof payments.change
language plpgsql stable rows 10000 set plan_cache_mode = force_custom_plan set jit = off as
$$
#variable_conflict use_column
begin
    return query
    with components as materialized (
        select * from payments.components(p_district, p_item, p_range)
    ), due as (
        select c.unit_id, c.period, min(c.person_id) as person_id, sum(c.amount_fen)::bigint as fen, max(c.open) as open,
               coalesce(max(cardinality(c.persons)) filter (where c.stop is null and c.open is null), 1) as people,
               max(c.division) as division
          from components c group by c.unit_id, c.period
    ), compared as (
        select coalesce(d.unit_id, s.unit_id) as unit_id, coalesce(d.period, s.period) as period,
               coalesce(d.person_id, s.person_id) as person_id, coalesce(s.next_part, 0) as part, f.due,
               case when f.replaces then f.received else f.settled end as settled_fen, f.received,
               coalesce(s.paid_fen, 0) as paid_fen, coalesce(s.recovered_fen, 0) as recovered_fen,
               coalesce(s.written_off_fen, 0) as written_off_fen, f.replaces,
               payments.difference_fen(f.due, f.settled, f.received, d.open) as difference_fen,
               coalesce(d.people, 1) as people, coalesce(d.division, s.division) as division, s.tier_code, d.open
          from due d
          full join payments.settled(p_district, p_item, p_range) s on s.unit_id = d.unit_id and s.period = d.period
         cross join lateral (select coalesce(d.fen, 0) as due, coalesce(s.settled_fen, 0) as settled, coalesce(s.received_fen, 0) as received,
                                    coalesce(d.fen, 0) < s.settled_fen and coalesce(d.fen, 0) > s.received_fen is true as replaces) f
    ), shown as ( -- only what is shown is put into words
        select x.unit_id, x.period,
               jsonb_agg(payments.component_json(row(x.*)::payments.component) order by x.from_month, x.tier_code, x.amount_fen) as facts,
               (array_agg(x.tier_code order by x.amount_fen desc, x.tier_code))[1] as tier_code
          from components x
          join compared n on n.unit_id = x.unit_id and n.period = x.period and (n.difference_fen <> 0 or n.open is not null)
         group by x.unit_id, x.period
    )
    select c.unit_id, c.period, c.person_id, c.part, c.due, c.settled_fen, c.received, c.paid_fen, c.recovered_fen, c.written_off_fen,
           c.difference_fen, coalesce(c.replaces, false), c.people, c.division, coalesce(f.tier_code, c.tier_code, ''),
           coalesce(f.facts, '[]'::jsonb), c.open
      from compared c
      left join shown f on f.unit_id = c.unit_id and f.period = c.period
     where c.difference_fen <> 0 or c.open is not null;
end
$$;

-- The units and periods whose money another household still holds: it was paid for a member in months that this one claims
-- now. Lines name whom they counted, month by month (those of the first release did not: then all who were ever in the
-- household). It is held as long as less came back of that household's period than the shares of who left, and it has more
-- than is due to it; nobody knows of one with an open fact.
create or replace function payments.paid_elsewhere(p_district integer, p_item text, p_changes payments.change[])
returns table (unit_id bigint, period text) language sql stable as
$$
    with changed as (
        select * from unnest(p_changes)
    ), claims as (
        select c.unit_id, c.period, g.value ->> 'from' as month, m.value::bigint as person_id
          from changed c, jsonb_array_elements(c.facts) g, jsonb_array_elements(g.value -> 'persons') m
         where c.difference_fen > 0 and not g.value ? 'stop' and not g.value ? 'open'
    ), holders as (
        select distinct on (y.unit_id, y.period) y.unit_id, y.period, y.facts, c.recovered_fen + c.written_off_fen as back_fen
          from changed c
          join payments.payment y on y.district = p_district and y.item_code = p_item and y.unit_id = c.unit_id and y.period = c.period and y.live
         where c.received_fen - c.due_fen - c.written_off_fen > 0
         order by y.unit_id, y.period, y.part desc
    ), counted as (
        select h.unit_id, h.period, h.back_fen, f.value ->> 'from' as month, p.person_id,
               (f.value ->> 'amount_fen')::bigint / greatest(1, (f.value ->> 'people')::integer) as fen
          from holders h, jsonb_array_elements(h.facts) f
         cross join lateral (
             select m.value::bigint as person_id from jsonb_array_elements(f.value -> 'persons') m
             union
             select b.person_id from beneficiaries.household_member b
              where not f.value ? 'persons' and b.district = p_district and b.household_id = h.unit_id) p
         where not f.value ? 'stop'
    )
    select distinct cl.unit_id, cl.period
      from (select distinct unit_id, period, month, person_id from claims) cl
      join counted n on n.period = cl.period and n.person_id = cl.person_id and n.unit_id <> cl.unit_id
                    and (n.month = cl.month or n.month is null)
     group by cl.unit_id, cl.period, n.unit_id
    having sum(n.fen) > max(n.back_fen)
$$;

-- Where money goes today, by person; a survivor of a merge who has no account is paid into that of the merged number.
create or replace function payments.accounts_of_today(p_district integer)
returns table (person_id bigint, account_id bigint, number_index bytea, holder_person_id bigint) language sql stable as
$$
    select a.person_id, a.id, a.number_index, a.holder_person_id from beneficiaries.account a
     where a.district = p_district and a.valid @> app.today()
    union all
    (select distinct on (s.merged_into) s.merged_into, a.id, a.number_index, a.holder_person_id
       from beneficiaries.person s
       join beneficiaries.account a on a.district = p_district and a.person_id = s.id and a.valid @> app.today()
      where s.district = p_district and s.merged_into is not null
        and not exists (select from beneficiaries.account o where o.district = p_district and o.person_id = s.merged_into
                           and o.valid @> app.today())
      order by s.merged_into, lower(a.valid) desc, a.id desc)
$$;

-- Whether a payment of a unit and period failed, but not for good: nothing can take its place yet.
create or replace function payments.awaits_bank(p_district integer, p_item text, p_unit bigint, p_period text) returns boolean
    language plpgsql stable as
$$
begin
    return exists (select from payments.payment y where y.district = p_district and y.item_code = p_item and y.period = p_period
                      and y.unit_id = any (payments.same_units(p_district, p_item, p_unit))
                      and payments.replaceable(y) and payments.failed_for_good(y) is not null);
end
$$;

-- One row per unit and period where something is to be done or shown.
-- difference_fen > 0: due and not settled; held says why it cannot be paid. Of a payable difference netted_fen is kept for
-- open overpayments (netting: [{"period", "fen"}]), the rest is paid. difference_fen < 0: received, but not due: an
-- overpayment; excess_fen is what it comes to before anything came back. open: a fact is missing for some month.
create or replace function payments.preview(p_district integer, p_item text, p_range daterange)
returns table (unit_id bigint, person_id bigint, period text, part integer, due_fen bigint, settled_fen bigint,
               difference_fen bigint, replaces boolean, netted_fen bigint, netting jsonb, excess_fen bigint, people integer, division integer,
               tier_code text, facts jsonb, account_id bigint, account_index bytea, payee_person_id bigint, payee_name text,
               held text, open text)
language plpgsql stable rows 10000 set plan_cache_mode = force_custom_plan set jit = off as
$$
#variable_conflict use_column
declare
    v_cap integer;
    v_households boolean;
    v_changes payments.change[];
begin
    select r.netting_cap_percent, r.kind = 'household_topup' into v_cap, v_households from programmes.rule r
     where r.district = p_district and r.item_code = p_item and r.state = 'APPROVED' and r.valid @> lower(p_range);
    if v_households then
        v_changes := array(select c from payments.changes(p_district, p_item, p_range) c);
    end if;
    return query
    with changed as materialized (
        select * from payments.changes(p_district, p_item, p_range) where not v_households
        union all
        select * from unnest(v_changes)
    ), elsewhere as materialized (
        select * from payments.paid_elsewhere(p_district, p_item, v_changes) where v_households
    ), payable as (
        select c.*, coalesce(heir.person_id, c.person_id) as payee_id, a.account_id, a.number_index, a.holder_person_id, h.name,
               case when c.difference_fen <= 0 then null
                    when c.replaces and payments.awaits_bank(p_district, p_item, c.unit_id, c.period) then 'bank_evidence_awaited'
                    when e.unit_id is not null then 'paid_in_other_household'
                    when a.account_id is null then 'no_account'
                    when h.death_date is not null then 'holder_dead' end as held
          from changed c
          left join elsewhere e on e.unit_id = c.unit_id and e.period = c.period
          left join lateral ( -- what is due to a household whose head has died goes to the head of today
              select m.person_id from beneficiaries.person p
                join beneficiaries.household_member m on m.district = p_district and m.household_id = c.unit_id and m.valid @> app.today()
                     and m.relation in ('01', '02')
               where v_households and p.district = p_district and p.id = c.person_id and p.death_date is not null limit 1) heir on true
          left join payments.accounts_of_today(p_district) a on a.person_id = coalesce(heir.person_id, c.person_id)
          left join beneficiaries.person h on h.district = p_district and h.id = a.holder_person_id
    ), offers as ( -- what may be kept of each payment, one after another
        select p.unit_id, p.period, f.fen, sum(f.fen) over (partition by p.unit_id order by p.period) as upto
          from payable p cross join lateral (select p.difference_fen * v_cap / 100 as fen) f
         where p.difference_fen > 0 and p.held is null and f.fen > 0
    ), debts as ( -- what is open of what the bank says was paid, oldest first
        select d.unit_id, d.period, d.fen, sum(d.fen) over (partition by d.unit_id order by d.period) as upto
          from (select c.unit_id, c.period, least(-c.difference_fen, c.paid_fen - c.due_fen) - c.written_off_fen as fen
                  from changed c where c.difference_fen < 0
                union all
                select r.unit_id, r.period, r.excess_fen - r.netted_fen - r.collected_fen - r.written_off_fen
                  from payments.recovered(p_district, p_item) r
                 where r.period not in (select o.period from payments.open_periods(p_district, p_item, p_range) o)) d
         where d.fen > 0
    ), kept as (
        select o.unit_id, o.period, sum(m.fen)::bigint as fen,
               jsonb_agg(jsonb_build_object('period', d.period, 'fen', m.fen) order by d.period) as netting
          from offers o
          join debts d on d.unit_id = o.unit_id and d.upto - d.fen < o.upto and o.upto - o.fen < d.upto
          cross join lateral (select least(o.upto, d.upto) - greatest(o.upto - o.fen, d.upto - d.fen) as fen) m
         group by o.unit_id, o.period
    )
    select p.unit_id, p.payee_id, p.period, p.part, p.due_fen, p.settled_fen, p.difference_fen, p.replaces, coalesce(k.fen, 0)::bigint,
           k.netting, case when p.difference_fen < 0 then p.received_fen - p.due_fen + p.recovered_fen end, p.people, p.division,
           p.tier_code, p.facts, p.account_id, p.number_index, p.holder_person_id, p.name, p.held, p.open
      from payable p
      left join kept k on k.unit_id = p.unit_id and k.period = p.period;
end
$$;

-- What stands in the way of a run: 'rule' when no rule is in force, else the tiers without a confirmed and approved
-- standard for every month of the period ('standard' when the item has no tiers). Empty: nothing.
create or replace function payments.missing_standards(p_district integer, p_item text, p_range daterange)
returns setof text language sql stable as
$$
    select 'rule' where not exists (select from programmes.rule where district = p_district and item_code = p_item
                                     and state = 'APPROVED' and valid @> lower(p_range))
    union all
    select 'standard' where not exists (select from programmes.tier where district = p_district and item_code = p_item and state = 'APPROVED')
    union all
    select t.code from programmes.tier t
     where t.district = p_district and t.item_code = p_item and t.state = 'APPROVED'
       and exists (select from generate_series(lower(p_range)::timestamp, upper(p_range) - interval '1 day',
                                               interval '1 month') m
                    where not exists (select from programmes.standard s
                                       where s.district = p_district and s.item_code = p_item and s.tier_code = t.code
                                         and s.state = 'APPROVED' and s.confirmed and s.valid @> m::date)
                      and (t.code = payments.single_tier(p_district, p_item) -- other tiers came after the rules without any
                           or not exists (select from programmes.rule r
                                           where r.district = p_district and r.item_code = p_item and r.state = 'APPROVED'
                                             and r.valid @> m::date and r.tier_source = 'single')))
$$;
