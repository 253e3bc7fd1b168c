-- What is due: a pure function of the facts valid in a period. Nothing here writes.

create or replace function payments.cycle_months(cycle text) returns integer language sql immutable parallel safe as
$$ select case cycle when 'month' then 1 when 'quarter' then 3 when 'half' then 6 when 'year' then 12 end $$;

-- 2020-06, 2020-Q2, 2020-H1, 2020 as a range of days; NULL for anything else.
create or replace function payments.period_range(period text) returns daterange language plpgsql immutable parallel safe as
$$
declare
    v_first date;
    v_months integer;
begin
    if period ~ '^20[0-9]{2}-(0[1-9]|1[0-2])$' then
        v_months := 1;
        v_first := make_date(substr(period, 1, 4)::integer, substr(period, 6, 2)::integer, 1);
    elsif period ~ '^20[0-9]{2}-Q[1-4]$' then
        v_months := 3;
        v_first := make_date(substr(period, 1, 4)::integer, substr(period, 7, 1)::integer * 3 - 2, 1);
    elsif period ~ '^20[0-9]{2}-H[12]$' then
        v_months := 6;
        v_first := make_date(substr(period, 1, 4)::integer, substr(period, 7, 1)::integer * 6 - 5, 1);
    elsif period ~ '^20[0-9]{2}$' then
        v_months := 12;
        v_first := make_date(period::integer, 1, 1);
    else
        return null;
    end if;
    return daterange(v_first, (v_first + make_interval(months => v_months))::date);
end
$$;

create or replace function payments.period_text(cycle text, first_day date) returns text language sql immutable
    parallel safe as
$$ select case cycle
          when 'month' then to_char(first_day, 'YYYY-MM')
          when 'quarter' then to_char(first_day, 'YYYY-"Q"Q')
          when 'half' then to_char(first_day, 'YYYY-"H"') || ((extract(month from first_day)::integer + 5) / 6)
          when 'year' then to_char(first_day, 'YYYY') end $$;

-- Part `part` (1..parts) of a total: equal parts cut to the fen, the last one takes what is left, so that the parts
-- add up to the total (programmes.rule: rounding floor_fen, remainder last). The C twin is money_split_part().
create or replace function payments.split_part(total_fen bigint, parts integer, part integer) returns bigint
    language sql immutable parallel safe as
$$ select case when part = parts then total_fen - (parts - 1) * (total_fen / parts) else total_fen / parts end $$;

-- The periods that are open for a run: from the first period ever run for the item (earlier ones were paid before
-- this system took over), at most lookback_months back, up to the run's own; never back over a change of the rule,
-- because periods of another cycle would be paid a second time.
create or replace function payments.open_periods(p_district integer, p_item text, p_range daterange)
returns table (period text, first_day date, day_after date, parts integer, part integer)
language sql stable as
$$
    with rule as (
        select cycle, payments.cycle_months(cycle) as months, lookback_months, lower(valid) as in_force from programmes.rule
         where district = p_district and item_code = p_item and valid @> lower(p_range)
    ), bounds as (
        select rule.*, least(lower(p_range),
                             greatest(rule.in_force, (lower(p_range) - make_interval(months => rule.lookback_months))::date,
                                      coalesce((select min(lower(r.period_range)) from payments.run r
                                                 where r.district = p_district and r.item_code = p_item
                                                   and r.state not in ('CANCELLED', 'FAILED')), lower(p_range)))) as first_open
          from rule
    ), steps as (
        select b.cycle, b.months, (lower(p_range) - make_interval(months => b.months * n))::date as first_day
          from bounds b, generate_series(0, 120) n
         where (lower(p_range) - make_interval(months => b.months * n))::date >= b.first_open
    )
    select payments.period_text(cycle, first_day), first_day, (first_day + make_interval(months => months))::date,
           12 / months, (extract(month from first_day)::integer - 1) / months + 1
      from steps
$$;

-- Fixed amounts: the person's tier and the standard of each month, summed over the months of the period. A whole
-- period is exactly one part of the year; a piece of it is cut to the fen.
create or replace function payments.due_fixed(p_district integer, p_item text, p_range daterange)
returns table (unit_id bigint, person_id bigint, period text, amount_fen bigint, people integer, division integer,
               tier_code text, facts jsonb, held text)
language sql stable as
$$
    with rule as (
        select tier_source, payments.cycle_months(cycle) as months from programmes.rule
         where district = p_district and item_code = p_item and valid @> lower(p_range)
    ), months as (
        select o.*, m::date as month from payments.open_periods(p_district, p_item, p_range) o,
               generate_series(o.first_day::timestamp, o.day_after - interval '1 day', interval '1 month') m
    ), entitled as (
        select e.person_id, e.id as enrolment_id, p.division, m.period, m.month, m.parts, m.part, c.id as certificate_id,
               case rule.tier_source
                    when 'enrolment' then e.tier_code
                    when 'disability_grade' then (select t.code from programmes.tier t
                                                   where t.district = p_district and t.item_code = p_item
                                                     and t.disability_grades @> array[c.disability_grade])
                    else (select min(t.code) from programmes.tier t
                           where t.district = p_district and t.item_code = p_item) end as tier_code,
               case when rule.tier_source = 'disability_grade' and c.id is null then 'no_certificate' end as held
          from rule
          cross join months m
          join beneficiaries.enrolment e on e.district = p_district and e.item_code = p_item and e.valid @> m.month
          join beneficiaries.person p on p.district = p_district and p.id = e.person_id
                                     and (p.death_date is null or m.month <= p.death_date)
          left join beneficiaries.certificate c on c.district = p_district and c.person_id = e.person_id
                                               and c.valid @> m.month and rule.tier_source = 'disability_grade'
    ), priced as (
        select t.person_id, t.period, t.tier_code, t.parts, t.part, s.id as standard_id, s.amount_fen, s.amount_per,
               count(*)::integer as covered, max(t.division) as division, max(t.enrolment_id) as enrolment_id,
               max(t.certificate_id) as certificate_id,
               max(coalesce(t.held, case when s.id is null then 'no_standard' end)) as held
          from entitled t
          left join programmes.standard s on s.district = p_district and s.item_code = p_item
                                         and s.tier_code = t.tier_code and s.state = 'APPROVED' and s.confirmed
                                         and s.valid @> t.month
         -- a grade outside every tier is no gap in the facts: the person is not entitled
         where t.tier_code is not null or t.held is not null
         group by t.person_id, t.period, t.tier_code, t.parts, t.part, s.id, s.amount_fen, s.amount_per
    ), parts as (
        select p.*, case when p.held is null then
                    (case p.amount_per when 'month' then p.amount_fen * rule.months
                                       else payments.split_part(p.amount_fen, p.parts, p.part) end)
                    * p.covered / rule.months end as part_fen
          from priced p, rule
    )
    select person_id, person_id, period, sum(part_fen)::bigint, 1, max(division),
           coalesce((array_agg(tier_code order by part_fen desc nulls last, tier_code))[1], ''),
           jsonb_agg(jsonb_build_object('enrolment', enrolment_id, 'certificate', certificate_id, 'tier', tier_code,
                                        'standard', standard_id, 'months', covered, 'amount_fen', part_fen)
                     order by tier_code, standard_id),
           max(held)
      from parts group by person_id, period
$$;

-- Households topped up to a standard per head (农村低保): for each month the sum over the covered members of standard
-- minus income per head, paid to the head.
create or replace function payments.due_household(p_district integer, p_item text, p_range daterange)
returns table (unit_id bigint, person_id bigint, period text, amount_fen bigint, people integer, division integer,
               tier_code text, facts jsonb, held text)
language sql stable as
$$
    with months as (
        select o.*, m::date as month, extract(month from m)::integer as month_no
          from payments.open_periods(p_district, p_item, p_range) o,
               generate_series(o.first_day::timestamp, o.day_after - interval '1 day', interval '1 month') m
    ), members as (
        select e.person_id, p.division as person_division, m.period, m.month, m.month_no, hm.household_id,
               head.person_id as head_id, h.division, i.id as income_id, s.id as standard_id,
               case s.amount_per when 'month' then s.amount_fen * 12 else s.amount_fen end as standard_fen,
               i.per_head_year_fen,
               case when hm.household_id is null then 'no_household'
                    when head.person_id is null then 'no_head'
                    when i.id is null then 'no_income'
                    when s.id is null then 'no_standard' end as held
          from months m
          join beneficiaries.enrolment e on e.district = p_district and e.item_code = p_item and e.valid @> m.month
          join beneficiaries.person p on p.district = p_district and p.id = e.person_id
                                     and (p.death_date is null or m.month <= p.death_date)
          left join beneficiaries.household_member hm on hm.district = p_district and hm.person_id = e.person_id
                                                     and hm.valid @> m.month
          left join beneficiaries.household h on h.district = p_district and h.id = hm.household_id
          left join lateral (
              select hh.person_id from beneficiaries.household_member hh
                join beneficiaries.person hp on hp.district = p_district and hp.id = hh.person_id
               where hh.district = p_district and hh.household_id = hm.household_id and hh.relation in ('01', '02')
                 and hh.valid @> m.month and (hp.death_date is null or m.month <= hp.death_date)) head on true
          left join beneficiaries.household_income i on i.district = p_district and i.household_id = hm.household_id
                                                    and i.valid @> m.month
          left join programmes.standard s on s.district = p_district and s.item_code = p_item and s.state = 'APPROVED'
                                         and s.confirmed and s.valid @> m.month
                                         and s.tier_code = (select min(t.code) from programmes.tier t
                                                             where t.district = p_district and t.item_code = p_item)
    ), per_month as (
        select head_id, household_id, period, month_no, max(division) as division, count(*)::integer as people,
               payments.split_part(sum(greatest(0, standard_fen - per_head_year_fen))::bigint, 12, month_no) as month_fen,
               max(income_id) as income_id, max(standard_id) as standard_id
          from members where held is null group by head_id, household_id, period, month_no
    )
    select household_id, (array_agg(head_id order by month_no desc))[1], period, sum(month_fen)::bigint, max(people),
           max(division), 'standard',
           jsonb_agg(jsonb_build_object('household', household_id, 'income', income_id, 'standard', standard_id,
                                        'people', people, 'month', month_no, 'amount_fen', month_fen)
                     order by month_no, household_id), null
      from per_month group by household_id, period having sum(month_fen) > 0
    union all
    select coalesce(household_id, -person_id), person_id, period, null, 1, max(person_division), 'standard', '[]'::jsonb, max(held)
      from members where held is not null group by coalesce(household_id, -person_id), person_id, period
$$;

create or replace function payments.due(p_district integer, p_item text, p_range daterange)
returns table (unit_id bigint, person_id bigint, period text, amount_fen bigint, people integer, division integer,
               tier_code text, facts jsonb, held text)
language plpgsql stable as
$$
begin
    case (select kind from programmes.rule
           where district = p_district and item_code = p_item and valid @> lower(p_range))
    when 'fixed' then
        return query select * from payments.due_fixed(p_district, p_item, p_range);
    when 'household_topup' then
        return query select * from payments.due_household(p_district, p_item, p_range);
    end case;
end
$$;

-- Recompute and compare: what a run for this period would freeze. difference_fen is what is due less what was paid or
-- is under way for the same unit and period; negative: an overpayment. A refused or returned payment still counts as
-- settled until a reissue takes its place, so that money which came back is never sent out again by a run; but it was
-- not received, so it makes no overpayment.
-- held: due, but it cannot be paid (yet).
create or replace function payments.preview(p_district integer, p_item text, p_range daterange)
returns table (unit_id bigint, person_id bigint, period text, part integer, difference_fen bigint, people integer,
               division integer, tier_code text, facts jsonb, account_id bigint, account_index bytea,
               payee_person_id bigint, payee_name text, held text)
language sql stable as
$$
    with due as (
        select * from payments.due(p_district, p_item, p_range)
    ), settled as (
        select y.unit_id, (array_agg(y.person_id order by y.id desc))[1] as person_id, y.period,
               coalesce(sum(y.amount_fen) filter (where not y.superseded and y.state <> 'CANCELLED'), 0) as amount_fen,
               coalesce(sum(y.amount_fen) filter (where y.live), 0) as live_fen,
               max(y.part) filter (where y.state <> 'CANCELLED') + 1 as next_part,
               max(y.division) as division, max(y.tier_code) as tier_code
          from payments.payment y
          join payments.open_periods(p_district, p_item, p_range) o on o.period = y.period
         where y.district = p_district and y.item_code = p_item
         group by y.unit_id, y.period
    ), compared as (
        select coalesce(d.unit_id, s.unit_id) as unit_id, coalesce(d.person_id, s.person_id) as person_id,
               coalesce(d.period, s.period) as period,
               coalesce(s.next_part, 0) as part,
               case when d.held is not null then null
                    when coalesce(d.amount_fen, 0) >= coalesce(s.amount_fen, 0)
                         then coalesce(d.amount_fen, 0) - coalesce(s.amount_fen, 0)
                    -- nobody has received what was refused or returned: only the rest can be too much
                    else least(0, coalesce(d.amount_fen, 0) - s.live_fen) end as difference_fen,
               coalesce(d.people, 1) as people, coalesce(d.division, s.division) as division,
               coalesce(d.tier_code, s.tier_code) as tier_code, coalesce(d.facts, '[]'::jsonb) as facts, d.held
          from due d full join settled s on s.unit_id = d.unit_id and s.period = d.period
    )
    select c.unit_id, c.person_id, c.period, c.part, c.difference_fen, c.people, c.division, c.tier_code, c.facts, a.id,
           a.number_index, a.holder_person_id, h.name,
           case when c.held is not null then c.held
                when c.difference_fen <= 0 then null
                when a.id is null then 'no_account'
                when h.death_date is not null then 'holder_dead' end
      from compared c
      left join beneficiaries.account a on a.district = p_district and a.person_id = c.person_id
                                       and a.valid @> app.today()
      left join beneficiaries.person h on h.district = p_district and h.id = a.holder_person_id
     where c.difference_fen <> 0 or c.held is not null
$$;

-- What stands in the way of a run: 'rule' when no rule is in force, else the tiers without a confirmed and approved
-- standard for every month of the period ('standard' when the item has no tiers). Empty: nothing.
create or replace function payments.missing_standards(p_district integer, p_item text, p_range daterange)
returns setof text language sql stable as
$$
    select 'rule' where not exists (select from programmes.rule where district = p_district and item_code = p_item
                                     and valid @> lower(p_range))
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
