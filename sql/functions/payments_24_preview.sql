-- Recompute and compare: what a run for a period would freeze.
drop function if exists payments.preview(integer, text, daterange);

-- What came back of each overpayment of an item: taken off later payments, paid back, given up.
create or replace function payments.recovered(p_district integer, p_item text)
returns table (overpayment_id bigint, unit_id bigint, period text, excess_fen bigint, netted_fen bigint, collected_fen bigint,
               written_off_fen bigint)
language sql stable as
$$
    select o.id, o.unit_id, o.period, o.amount_fen,
           coalesce(sum(r.amount_fen) filter (where r.kind = 'netting' and p.state <> 'CANCELLED'), 0)::bigint,
           coalesce(sum(r.amount_fen) filter (where r.kind = 'collection' and r.state = 'DONE'), 0)::bigint,
           coalesce(sum(r.amount_fen) filter (where r.kind = 'write_off' and r.state = 'DONE'), 0)::bigint
      from payments.overpayment o
      left join payments.recovery r on r.district = o.district and r.overpayment_id = o.id
      left join payments.payment p on p.district = r.district and p.id = r.payment_id
     where o.district = p_district and o.item_code = p_item
     group by o.id, o.unit_id, o.period, o.amount_fen
$$;

-- What the payments of an item come to, by unit and period: settled_fen counts what is paid, under way, refused or returned
-- (until a reissue takes its place) and what was taken off for overpayments; received_fen only what was or will be
-- received. Both less what came back. Two numbers of one person count as the survivor's.
create or replace function payments.settled(p_district integer, p_item text, p_range daterange, p_unit bigint default null)
returns table (unit_id bigint, period text, person_id bigint, settled_fen bigint, received_fen bigint, written_off_fen bigint,
               next_part integer, division integer, tier_code text)
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
               coalesce(sum(y.amount_fen + y.netted_fen) filter (where not y.superseded and y.state <> 'CANCELLED'), 0) as settled,
               coalesce(sum(y.netted_fen + case when y.live then y.amount_fen else 0 end)
                        filter (where not y.superseded and y.state <> 'CANCELLED'), 0) as received,
               max(y.part) filter (where y.state <> 'CANCELLED') + 1 as next_part,
               max(y.division) as division, max(y.tier_code) as tier_code
          from payments.open_periods(p_district, p_item, p_range) o
          join payments.payment y on y.district = p_district and y.item_code = p_item and y.period = o.period
          left join survivors s on s.id = y.unit_id
         where p_unit is null or y.unit_id = p_unit or s.merged_into = p_unit
         group by 1, 2
    ), back as (
        select coalesce(s.merged_into, r.unit_id) as unit_id, r.period, sum(r.netted_fen + r.collected_fen) as fen,
               sum(r.written_off_fen) as written_off
          from payments.recovered(p_district, p_item) r
          left join survivors s on s.id = r.unit_id
         group by 1, 2
    )
    select p.unit_id, p.period, p.person_id, (p.settled - coalesce(b.fen, 0))::bigint, (p.received - coalesce(b.fen, 0))::bigint,
           coalesce(b.written_off, 0)::bigint, coalesce(p.next_part, 0), p.division, p.tier_code
      from paid p left join back b on b.unit_id = p.unit_id and b.period = p.period;
end
$$;

-- Where what is due and what is settled differ, or a fact is missing: due against settled, unit by unit and period by period.
create or replace function payments.changes(p_district integer, p_item text, p_range daterange)
returns table (unit_id bigint, period text, person_id bigint, part integer, due_fen bigint, settled_fen bigint, received_fen bigint,
               written_off_fen bigint, difference_fen bigint, people integer, division integer, tier_code text, facts jsonb, open text)
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
               coalesce(d.person_id, s.person_id) as person_id, coalesce(s.next_part, 0) as part,
               coalesce(d.fen, 0) as due_fen, coalesce(s.settled_fen, 0) as settled_fen, s.received_fen,
               coalesce(s.written_off_fen, 0) as written_off_fen,
               case when coalesce(d.fen, 0) >= coalesce(s.settled_fen, 0) then coalesce(d.fen, 0) - coalesce(s.settled_fen, 0)
                    when d.open is not null then 0 -- nobody knows whether it is too much
                    else least(0, coalesce(d.fen, 0) - s.received_fen) end as difference_fen,
               coalesce(d.people, 1) as people, coalesce(d.division, s.division) as division, s.tier_code, d.open
          from due d
          full join payments.settled(p_district, p_item, p_range) s on s.unit_id = d.unit_id and s.period = d.period
    ), shown as ( -- only what is shown is put into words
        select x.unit_id, x.period,
               jsonb_agg(payments.component_json(row(x.*)::payments.component) order by x.from_month, x.tier_code, x.amount_fen) as facts,
               (array_agg(x.tier_code order by x.amount_fen desc, x.tier_code))[1] as tier_code
          from components x
          join compared n on n.unit_id = x.unit_id and n.period = x.period and (n.difference_fen <> 0 or n.open is not null)
         group by x.unit_id, x.period
    )
    select c.unit_id, c.period, c.person_id, c.part, c.due_fen, c.settled_fen, c.received_fen, c.written_off_fen, c.difference_fen, c.people,
           c.division, coalesce(f.tier_code, c.tier_code, ''), coalesce(f.facts, '[]'::jsonb), c.open
      from compared c
      left join shown f on f.unit_id = c.unit_id and f.period = c.period
     where c.difference_fen <> 0 or c.open is not null;
end
$$;

-- One row per unit and period where something is to be done or shown.
-- difference_fen > 0: due and not settled; held says why it cannot be paid. Of a payable difference netted_fen is kept for
-- open overpayments (netting: [{"period", "fen"}]), the rest is paid. difference_fen < 0: received, but not due: an
-- overpayment; excess_fen is what it comes to before anything came back. open: a fact is missing for some month.
create or replace function payments.preview(p_district integer, p_item text, p_range daterange)
returns table (unit_id bigint, person_id bigint, period text, part integer, due_fen bigint, settled_fen bigint,
               difference_fen bigint, netted_fen bigint, netting jsonb, excess_fen bigint, people integer, division integer,
               tier_code text, facts jsonb, account_id bigint, account_index bytea, payee_person_id bigint, payee_name text,
               held text, open text)
language plpgsql stable rows 10000 set plan_cache_mode = force_custom_plan set jit = off as
$$
#variable_conflict use_column
declare
    v_cap integer := (select netting_cap_percent from programmes.rule where district = p_district and item_code = p_item
                         and state = 'APPROVED' and valid @> lower(p_range));
begin
    return query
    with changed as materialized (
        select * from payments.changes(p_district, p_item, p_range)
    ), overpaid as (
        select period, array_agg(unit_id) as units from changed where -difference_fen > written_off_fen group by period
    ), payable as (
        select c.*, a.id as account_id, a.number_index, a.holder_person_id, h.name,
               case when c.difference_fen <= 0 then null
                    when payments.paid_elsewhere(p_district, p_item, c.unit_id, c.period, c.facts, x.units)
                         then 'paid_in_other_household'
                    when a.id is null then 'no_account'
                    when h.death_date is not null then 'holder_dead' end as held
          from changed c
          left join overpaid x on x.period = c.period
          left join beneficiaries.account a on a.district = p_district and a.person_id = c.person_id and a.valid @> app.today()
          left join beneficiaries.person h on h.district = p_district and h.id = a.holder_person_id
    ), offers as ( -- what may be kept of each payment, one after another
        select p.unit_id, p.period, f.fen, sum(f.fen) over (partition by p.unit_id order by p.period) as upto
          from payable p cross join lateral (select p.difference_fen * v_cap / 100 as fen) f
         where p.difference_fen > 0 and p.held is null and f.fen > 0
    ), debts as ( -- what is open, oldest first
        select d.unit_id, d.period, d.fen, sum(d.fen) over (partition by d.unit_id order by d.period) as upto
          from (select c.unit_id, c.period, -c.difference_fen - c.written_off_fen as fen from changed c where c.difference_fen < 0
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
    select p.unit_id, p.person_id, p.period, p.part, p.due_fen, p.settled_fen, p.difference_fen, coalesce(k.fen, 0)::bigint, k.netting,
           case when p.difference_fen < 0 then (p.received_fen - p.due_fen + coalesce(b.fen, 0))::bigint end, p.people, p.division,
           p.tier_code, p.facts, p.account_id, p.number_index, p.holder_person_id, p.name, p.held, p.open
      from payable p
      left join kept k on k.unit_id = p.unit_id and k.period = p.period
      left join lateral (select r.netted_fen + r.collected_fen as fen from payments.recovered(p_district, p_item) r
                          where p.difference_fen < 0 and r.unit_id = p.unit_id and r.period = p.period) b on true;
end
$$;

-- Whether a member of a household was paid for a period in another one that has not given it back.
create or replace function payments.paid_elsewhere(p_district integer, p_item text, p_unit bigint, p_period text, p_facts jsonb,
                                                   p_overpaid bigint[]) returns boolean
language sql stable as
$$
    select p_overpaid is not null and exists (
        select from payments.payment y, jsonb_array_elements(y.facts) f, jsonb_array_elements(f.value -> 'persons') m,
                    jsonb_array_elements(p_facts) g
         where y.district = p_district and y.item_code = p_item and y.unit_id = any (p_overpaid) and y.unit_id <> p_unit
           and y.period = p_period and y.live and g.value -> 'persons' @> m.value and not f.value ? 'stop' and not g.value ? 'stop')
$$;

-- What stands in the way of a run: 'rule' when no rule is in force, else the tiers without a confirmed and approved
-- standard for every month of the period ('standard' when the item has no tiers). Empty: nothing.
create or replace function payments.missing_standards(p_district integer, p_item text, p_range daterange)
returns setof text language sql stable as
$$
    select 'rule' where not exists (select from programmes.rule where district = p_district and item_code = p_item
                                     and state = 'APPROVED' and valid @> lower(p_range))
    union all
    select 'standard' where not exists (select from programmes.tier where district = p_district and item_code = p_item)
    union all
    select t.code from programmes.tier t
     where t.district = p_district and t.item_code = p_item
       and exists (select from generate_series(lower(p_range)::timestamp, upper(p_range) - interval '1 day',
                                               interval '1 month') m
                    where not exists (select from programmes.standard s
                                       where s.district = p_district and s.item_code = p_item and s.tier_code = t.code
                                         and s.state = 'APPROVED' and s.confirmed and s.valid @> m::date))
$$;
