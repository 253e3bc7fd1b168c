-- From months to periods: the components that a line is made of (ENTITLEMENTS.md, "A period" and "Components").

do $$
begin
    if to_regtype('payments.component') is null then
        create type payments.component as (
            unit_id bigint,      -- person or household; -person: a household is needed and there is none
            person_id bigint,    -- the payee: the person, or the head
            period text,
            from_month date,
            months integer,
            division integer,
            rule_id bigint,
            enrolment_id bigint,
            household_id bigint,
            persons bigint[],    -- household: the members counted, or stopped
            tier_code text,
            certificate_id bigint,
            standard_id bigint,
            basis_id bigint,
            income_id bigint,
            quantity integer,
            gross_fen bigint,
            less jsonb,
            amount_fen bigint,
            stop text,
            benefit text,
            open text
        );
    end if;
end $$;

-- How a component is kept with a payment.
create or replace function payments.component_json(c payments.component) returns jsonb language sql stable as
$$ select jsonb_strip_nulls(jsonb_build_object(
       'from', to_char(c.from_month, 'YYYY-MM'), 'months', c.months, 'rule', c.rule_id, 'enrolment', c.enrolment_id,
       'household', c.household_id, 'people', cardinality(c.persons), 'persons', to_jsonb(c.persons), 'tier', c.tier_code,
       'standard', c.standard_id, 'basis', c.basis_id, 'certificate', c.certificate_id, 'income', c.income_id,
       'quantity', c.quantity, 'gross_fen', c.gross_fen, 'less', c.less, 'amount_fen', c.amount_fen, 'stop', c.stop,
       'benefit', c.benefit, 'open', c.open)) $$;

-- An amount per month, term or year for `covered` of the months of a period.
create or replace function payments.covered_fen(p_amount_fen bigint, p_per text, p_covered integer, p_parts integer, p_part integer,
                                                p_rounding text, p_remainder text) returns bigint
    language sql immutable parallel safe as
$$ select case p_per
          when 'month' then p_amount_fen * p_covered
          when 'term' then payments.round_fen(p_amount_fen * p_covered, 6, p_rounding)
          else case when p_covered * p_parts = 12 then payments.year_part(p_amount_fen, p_parts, p_part, p_rounding, p_remainder)
                    else payments.round_fen(payments.year_part(p_amount_fen, p_parts, p_part, p_rounding, p_remainder)
                                            * p_covered * p_parts, 12, p_rounding) end end $$;

-- Deductions of one month, for all months of a component.
create or replace function payments.less_of_months(p_less jsonb, p_months integer) returns jsonb language sql immutable parallel safe as
$$ select case when p_less is not null
               then (select jsonb_agg(jsonb_build_object('benefit', l.value ->> 'benefit', 'fen', (l.value ->> 'fen')::bigint * p_months)
                                      order by l.value ->> 'benefit') from jsonb_array_elements(p_less) l) end $$;

drop function if exists payments.open_months(integer, text, daterange);
create function payments.open_months(p_district integer, p_item text, p_range daterange)
returns table (period text, month date, parts integer, part integer, accrual text, rounding text, remainder text)
language sql stable as
$$
    select o.period, g::date, o.parts, o.part, o.accrual, o.rounding, o.remainder
      from payments.open_periods(p_district, p_item, p_range) o,
           generate_series(o.first_day::timestamp, o.day_after - interval '1 day', interval '1 month') g
$$;

-- A period as the sum of its months.
create or replace function payments.components_by_month(p_district integer, p_item text, p_range daterange, p_from date, p_to date,
                                                        p_people bigint[])
returns setof payments.component language sql stable as
$$
    with grouped as (
        select m.person_id, o.period, m.rule_id, m.tier_code, m.standard_id, m.basis_id, m.amount_per, m.amount_fen, m.stop,
               m.benefit, m.open, m.less_fen, m.less, o.parts, o.part, o.rounding, o.remainder, max(m.division) as division,
               min(m.month) as from_month, count(*)::integer as months, max(m.enrolment_id) as enrolment_id,
               max(m.certificate_id) as certificate_id, sum(m.quantity)::integer as quantity
          from payments.open_months(p_district, p_item, p_range) o
          join payments.item_months(p_district, p_item, p_from, p_to, p_people) m on m.month = o.month
         where o.accrual = 'each_month'
         group by m.person_id, o.period, m.rule_id, m.tier_code, m.standard_id, m.basis_id, m.amount_per, m.amount_fen, m.stop,
                  m.benefit, m.open, m.less_fen, m.less, o.parts, o.part, o.rounding, o.remainder
    ), placed as ( -- months of one amount add up to what they come to together, also where a row of it replaced another
        select g.*, sum(months) over (partition by person_id, period, tier_code, amount_per, amount_fen, stop is null and open is null
                                      order by from_month, rule_id, standard_id rows unbounded preceding)::integer as upto
          from grouped g
    ), amounts as (
        select g.*, case when stop is null and open is null
                         then payments.covered_fen(amount_fen, amount_per, upto, parts, part, rounding, remainder)
                              - payments.covered_fen(amount_fen, amount_per, upto - months, parts, part, rounding, remainder) end as fen
          from placed g
    )
    select person_id, person_id, period, from_month, months, division, rule_id, enrolment_id, null::bigint, null::bigint[], tier_code,
           certificate_id, standard_id, basis_id, null::bigint, quantity, fen,
           payments.less_of_months(less, months), coalesce(greatest(0, fen - less_fen * months), 0), stop, benefit, open
      from amounts
$$;

-- A whole period by the facts of its first or last due month.
create or replace function payments.components_whole(p_district integer, p_item text, p_range daterange, p_from date, p_to date,
                                                     p_people bigint[])
returns setof payments.component language sql stable as
$$
    with deciding as (
        select distinct on (m.person_id, o.period) m.*, o.period, o.parts, o.part, o.rounding, o.remainder, 12 / o.parts as months
          from payments.open_months(p_district, p_item, p_range) o
          join payments.item_months(p_district, p_item, p_from, p_to, p_people) m on m.month = o.month
         where o.accrual <> 'each_month'
         order by m.person_id, o.period, m.stop is null and m.open is null desc, m.open is not null desc,
                  case o.accrual when 'last_month' then p_from - m.month else m.month - p_from end
    ), amounts as (
        select d.*, case when stop is null and open is null
                         then payments.covered_fen(amount_fen, amount_per, months, parts, part, rounding, remainder) end as fen
          from deciding d
    )
    select person_id, person_id, period, month, months, division, rule_id, enrolment_id, null::bigint, null::bigint[], tier_code,
           certificate_id, standard_id, basis_id, null::bigint, quantity, fen,
           payments.less_of_months(less, months), coalesce(greatest(0, fen - less_fen * months), 0), stop, benefit, open
      from amounts
$$;

-- Households, month by month: paid to the head of the period's last month.
create or replace function payments.components_of_households(p_district integer, p_item text, p_range daterange, p_from date,
                                                             p_to date, p_people bigint[])
returns setof payments.component language sql stable as
$$
    with members as (
        select m.*, o.period, o.rounding, o.remainder, coalesce(m.household_id, -m.person_id) as unit_id
          from payments.open_months(p_district, p_item, p_range) o
          join payments.member_months(p_district, p_item, p_from, p_to, p_people) m on m.month = o.month
    ), grouped as (
        select unit_id, household_id, period, month, stop, benefit, open, max(head_id) as head_id,
               max(coalesce(division, person_division)) as division, max(rule_id) as rule_id,
               array_agg(person_id order by person_id) as persons, max(income_id) as income_id, max(standard_id) as standard_id,
               sum(share_fen)::bigint as share_fen, min(rounding) as rounding, min(remainder) as remainder
          from members group by unit_id, household_id, period, month, stop, benefit, open
    ), amounts as (
        select g.*, case when stop is null and open is null
                         then payments.year_part(share_fen, 12, extract(month from month)::integer, rounding, remainder) end as fen,
               first_value(coalesce(head_id, persons[1]))
                   over (partition by unit_id, period order by open is not null or stop is not null, month desc) as payee_id
          from grouped g
    )
    select unit_id, payee_id, period, month, 1, division, rule_id, null::bigint, household_id, persons, 'standard', null::bigint,
           standard_id, null::bigint, income_id, null::integer, fen, null::jsonb, coalesce(fen, 0), stop, benefit, open
      from amounts
$$;

-- The components of every open period of an item up to p_range's, of all units or of one.
create or replace function payments.components(p_district integer, p_item text, p_range daterange, p_unit bigint default null)
returns setof payments.component
language plpgsql stable rows 100000 set plan_cache_mode = force_custom_plan set jit = off
    set enable_nestloop = on set enable_mergejoin = on as
$$
#variable_conflict use_column
declare
    v_rule programmes.rule%rowtype;
    v_from date;
    v_to date;
    v_people bigint[];
begin
    if p_unit is null then -- everybody: whole tables meet, and the planner guesses far too few rows where months meet ranges
        perform set_config('enable_nestloop', 'off', true), set_config('enable_mergejoin', 'off', true); -- until the function ends
    end if;
    select * into v_rule from programmes.rule
     where district = p_district and item_code = p_item and state = 'APPROVED' and valid @> lower(p_range);
    select min(first_day), max(day_after) into v_from, v_to from payments.open_periods(p_district, p_item, p_range);
    if v_rule.kind = 'household_topup' then
        if p_unit is not null then
            select coalesce(array_agg(person_id), array[-p_unit]) into v_people from beneficiaries.household_member
             where district = p_district and household_id = p_unit;
        end if;
        return query select * from payments.components_of_households(p_district, p_item, p_range, v_from, v_to, v_people) c
                      where p_unit is null or c.unit_id = p_unit;
    else -- accrual may change within the look-back
        v_people := case when p_unit is not null then array[p_unit] end;
        if exists (select from payments.open_periods(p_district, p_item, p_range) o where o.accrual = 'each_month') then
            return query select * from payments.components_by_month(p_district, p_item, p_range, v_from, v_to, v_people);
        end if;
        if exists (select from payments.open_periods(p_district, p_item, p_range) o where o.accrual <> 'each_month') then
            return query select * from payments.components_whole(p_district, p_item, p_range, v_from, v_to, v_people);
        end if;
    end if;
end
$$;

-- What is due for every open period up to p_range's, of all units or of one. held: a fact is missing for some month.
create or replace function payments.due(p_district integer, p_item text, p_range daterange, p_unit bigint default null)
returns table (unit_id bigint, person_id bigint, period text, amount_fen bigint, people integer, division integer,
               tier_code text, facts jsonb, held text)
language sql stable rows 100000 as
$$
    select c.unit_id, min(c.person_id), c.period, sum(c.amount_fen)::bigint,
           coalesce(max(cardinality(c.persons)) filter (where c.stop is null and c.open is null), 1), max(c.division),
           coalesce((array_agg(c.tier_code order by c.amount_fen desc, c.tier_code))[1], ''),
           jsonb_agg(payments.component_json(c) order by c.from_month, c.tier_code, c.amount_fen), max(c.open)
      from payments.components(p_district, p_item, p_range, p_unit) c
     group by c.unit_id, c.period
$$;
