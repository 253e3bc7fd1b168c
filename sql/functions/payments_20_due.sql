-- What is due: a pure function of the facts valid in each month. ENTITLEMENTS.md is the text that this follows.
-- Nothing here writes.
drop function if exists payments.due(integer, text, daterange), payments.due_fixed(integer, text, daterange),
    payments.due_household(integer, text, daterange), payments.split_part(bigint, integer, integer);

-- Cases of a month: each its amount, at most the standard times its quantity. NULL without a standard.
create or replace function payments.case_fen(p_amounts bigint[], p_quantities integer[], p_standard_fen bigint) returns bigint
    language sql immutable parallel safe as
$$ select case when p_standard_fen is not null
               then (select sum(least(u.amount, p_standard_fen * u.quantity))::bigint from unnest(p_amounts, p_quantities) as u (amount, quantity)) end $$;

-- A month's share of an amount per month, term or year without looking at which month it is: for comparing amounts.
create or replace function payments.even_month_fen(p_amount_fen bigint, p_per text, p_rounding text) returns bigint
    language sql immutable parallel safe as
$$ select case p_per when 'year' then payments.round_fen(p_amount_fen, 12, p_rounding)
                     when 'term' then payments.round_fen(p_amount_fen, 6, p_rounding) else p_amount_fen end $$;

-- The share of a month in an amount per month, term or year.
create or replace function payments.month_fen(p_amount_fen bigint, p_per text, p_month date, p_rounding text, p_remainder text)
    returns bigint language sql immutable parallel safe as
$$ select case p_per when 'year' then payments.year_part(p_amount_fen, 12, extract(month from p_month)::integer, p_rounding, p_remainder)
                     when 'term' then payments.year_part(p_amount_fen, 6, (extract(month from p_month)::integer + 4) % 6 + 1, p_rounding, p_remainder)
                     else p_amount_fen end $$;

-- The tier of an item's rules with tier_source single: the one that was there first, whatever tiers came after those rules.
create or replace function payments.single_tier(p_district integer, p_item text) returns text language sql stable as
$$ select t.code from programmes.tier t where t.district = p_district and t.item_code = p_item and t.state = 'APPROVED'
    order by t.approved_at nulls first, t.code limit 1 $$;

-- Whether somebody's enrolment in an item is in a tier of it in a month. named_tier: the enrolment's own.
create or replace function payments.in_tier(p_district integer, p_item text, p_tier text, p_person bigint, p_named_tier text, p_month date)
    returns boolean language sql stable as
$$
    select case r.tier_source
                when 'single' then true
                when 'enrolment' then p_named_tier = p_tier
                when 'age' then (select payments.age(p.birth_date, payments.age_day(r.entry_basis, p_month)) >= coalesce(t.age_from, 0)
                                    and payments.age(p.birth_date, payments.age_day(r.entry_basis, p_month)) < coalesce(t.age_to, 1000)
                                   from beneficiaries.person p where p.district = p_district and p.id = p_person)
                else (select c.disability_grade = any (t.disability_grades) from beneficiaries.certificate c
                       where c.district = p_district and c.valid && daterange(p_month, (p_month + interval '1 month')::date)
                         and c.person_id in (select p_person union
                                             select k.id from beneficiaries.person p join beneficiaries.person k on k.district = p_district
                                                and coalesce(p.merged_into, p.id) in (k.id, k.merged_into)
                                              where p.district = p_district and p.id = p_person)
                       order by c.valid @> p_month desc, c.person_id <> p_person, lower(c.valid) limit 1) is true end
      from programmes.rule r
      join programmes.tier t on t.district = p_district and t.item_code = p_item and t.code = p_tier and t.state = 'APPROVED'
     where r.district = p_district and r.item_code = p_item and r.state = 'APPROVED' and r.valid @> p_month
$$;

-- Who has, in which months, what forbids an item (or a tier of it): another item that runs, or a benefit that others pay.
-- An item of which somebody is past the age or the months does not run, whether or not its enrolment was ended.
create or replace function payments.forbidding(p_district integer, p_item text, p_from date, p_to date)
returns table (person_id bigint, month date, tier_code text, benefit text)
language sql stable as
$$
    with rows as (
        select x.*, m.month from programmes.exclusion x
          join (select g::date as month from generate_series(p_from::timestamp, p_to - interval '1 day', interval '1 month') g) m
            on x.valid @> m.month
         where x.district = p_district and x.item_code = p_item and x.kind = 'forbidden' and x.state = 'APPROVED'
    )
    select coalesce(p.merged_into, p.id), x.month, x.tier_code, x.other_item_code
      from rows x
      join beneficiaries.enrolment e on e.district = p_district and e.item_code = x.other_item_code and e.valid @> x.month
      join beneficiaries.person p on p.district = p_district and p.id = e.person_id
                                 and (p.death_date is null or p.death_date >= x.month)
      left join beneficiaries.suspension u on u.district = p_district and u.enrolment_id = e.id and u.valid @> x.month
      left join beneficiaries.tier_change tc on tc.district = p_district and tc.enrolment_id = e.id and tc.valid @> x.month
      left join programmes.rule r on r.district = p_district and r.item_code = x.other_item_code and r.state = 'APPROVED' and r.valid @> x.month
     where u.id is null
       and coalesce(r.age_min, 0) <= payments.age(p.birth_date, payments.age_day(r.entry_basis, x.month))
       and (coalesce(r.age_max, 1000) > payments.age(p.birth_date, payments.age_end_day(r.entry_basis, r.exit_basis, x.month))
            or (r.age_max_at_school and exists (select from beneficiaries.schooling l where l.district = p_district and l.person_id = p.id
                                                   and l.level <> 'preschool' and l.valid @> x.month)))
       and coalesce(x.month < lower(e.valid) + make_interval(months => r.months_max), true)
       and (x.other_tier_code is null
            or payments.in_tier(p_district, x.other_item_code, x.other_tier_code, p.id, coalesce(tc.tier_code, e.tier_code), x.month))
    union all
    select coalesce(p.merged_into, p.id), x.month, x.tier_code, x.other_benefit
      from rows x
      join beneficiaries.other_benefit b on b.district = p_district and b.benefit_code = x.other_benefit and b.valid @> x.month
      join beneficiaries.person p on p.district = p_district and p.id = b.person_id
$$;

-- The months of an item's enrolments in p_from <= month < p_to, for all people or those of p_people: each with the reason why nothing is due (stop, and by which benefit), the fact that is missing (open), or the month's amount.
-- amount_fen with amount_per: the standard's (or percentage's) amount, or what was counted in the month. Exclusions that
-- forbid are looked at here; those that compare amounts in payments.item_months().
create or replace function payments.months(p_district integer, p_item text, p_from date, p_to date, p_people bigint[])
returns table (person_id bigint, division integer, month date, enrolment_id bigint, rule_id bigint, tier_code text,
               certificate_id bigint, standard_id bigint, basis_id bigint, quantity integer, amount_per text,
               amount_fen bigint, stop text, benefit text, open text)
language sql stable as
$$
    with months as (
        select r.id, r.kind, r.tier_source, r.rounding, r.entry_basis, r.exit_basis, r.age_min, r.age_max, r.age_max_at_school,
               r.certificate_types, r.months_max, r.once_per, r.basis_item, r.basis_tier, m.month, (m.month + interval '1 month')::date as next_month,
               r.tier_source = 'disability_grade' or r.certificate_types is not null as by_certificate,
               payments.single_tier(p_district, p_item) as single_tier
          from (select g::date as month from generate_series(p_from::timestamp, p_to - interval '1 day', interval '1 month') g) m
          join programmes.rule r on r.district = p_district and r.item_code = p_item and r.state = 'APPROVED' and r.valid @> m.month
    ), runs_besides as ( -- what forbids a tier, by person and month
        select f.person_id, f.month, t.code as tier_code, min(f.benefit) as benefit
          from payments.forbidding(p_district, p_item, p_from, p_to) f
          join programmes.tier t on t.district = p_district and t.item_code = p_item and t.code = coalesce(f.tier_code, t.code)
                                and t.state = 'APPROVED'
         group by f.person_id, f.month, t.code
    ), counted as ( -- of the items that count
        select v.enrolment_id, v.month, sum(v.quantity)::integer as quantity, array_agg(v.quantity order by v.id) as quantities,
               array_agg(v.amount_fen order by v.id) as amounts
          from beneficiaries.activity v
         where v.district = p_district and v.month >= p_from and v.month < p_to and not v.voided
           and exists (select from months m where m.kind in ('per_unit', 'per_case'))
         group by v.enrolment_id, v.month
    ), numbers as ( -- of people who have several
        select s.merged_into as survivor_id, s.id from beneficiaries.person s
         where s.district = p_district and s.merged_into is not null
        union
        select s.merged_into, s.merged_into from beneficiaries.person s where s.district = p_district and s.merged_into is not null
    ), kin as (
        select a.id as person_id, b.id as other_id from numbers a join numbers b on b.survivor_id = a.survivor_id and b.id <> a.id
    ), deaths as (
        select k.person_id, min(o.death_date) as death_date
          from kin k join beneficiaries.person o on o.district = p_district and o.id = k.other_id
         where o.death_date is not null group by k.person_id
    ), certificates as ( -- under the own number, else under another of the person
        select c.id, c.person_id, c.valid, c.disability_grade, c.disability_type from beneficiaries.certificate c
         where c.district = p_district and exists (select from months m where m.by_certificate)
        union all
        select c.id, k.person_id, c.valid, c.disability_grade, c.disability_type
          from kin k join beneficiaries.certificate c on c.district = p_district and c.person_id = k.other_id
         where not exists (select from beneficiaries.certificate o
                            where o.district = p_district and o.valid && c.valid
                              and (o.person_id = k.person_id
                                   or (o.person_id < k.other_id
                                       and o.person_id in (select f.other_id from kin f where f.person_id = k.person_id))))
    ), certificate_months as ( -- the one valid on the first day, else the first that begins within the month: one a month
        select distinct on (c.person_id, m.month) c.person_id, m.month, c.id, c.disability_grade, c.disability_type
          from months m
          join certificates c on c.valid && daterange(m.month, m.next_month)
         where m.by_certificate
         order by c.person_id, m.month, c.valid @> m.month desc, lower(c.valid), c.id
    ), schoolings as (
        select l.person_id, l.valid from beneficiaries.schooling l where l.district = p_district and l.level <> 'preschool'
        union all
        select k.person_id, l.valid
          from kin k join beneficiaries.schooling l on l.district = p_district and l.person_id = k.other_id and l.level <> 'preschool'
    ), people as (
        select m.*, e.id as enrolment_id, coalesce(s.id, p.id) as person_id, coalesce(s.division, p.division) as division,
               c.id as certificate_id, coalesce(tc.tier_code, e.tier_code) as named_tier, c.disability_grade, c.disability_type,
               case when least(p.death_date, d.death_date) < case m.exit_basis when 'same_month' then m.next_month else m.month end
                         then 'dead'
                    when u.id is not null then 'suspended'
                    when m.age_min > payments.age(p.birth_date, payments.age_day(m.entry_basis, m.month)) then 'too_young'
                    when m.age_max <= payments.age(p.birth_date, payments.age_end_day(m.entry_basis, m.exit_basis, m.month))
                         and not (m.age_max_at_school and exists (select from schoolings l where l.person_id = p.id and l.valid @> m.month))
                         then 'too_old'
                    when m.month >= lower(e.valid) + make_interval(months => m.months_max) then 'months_used_up'
                    when m.kind = 'once' and m.month <> lower(e.valid) then 'no_activity'
                    when m.kind = 'once' and exists ( -- given before, under another number of the person
                         select from kin k join beneficiaries.enrolment x on x.district = p_district and x.person_id = k.other_id
                                 and x.item_code = p_item and lower(x.valid) < lower(e.valid)
                          where k.person_id = p.id
                            and (m.once_per = 'lifetime' or (m.once_per = 'year' and date_trunc('year', lower(x.valid)) = date_trunc('year', m.month))))
                         then 'months_used_up' end as stop,
               case m.tier_source when 'age' then payments.age(p.birth_date, payments.age_day(m.entry_basis, m.month)) end as tier_age
          from months m
          join beneficiaries.enrolment e on e.district = p_district and e.item_code = p_item and e.valid @> m.month
          join beneficiaries.person p on p.district = p_district and p.id = e.person_id
          left join beneficiaries.person s on s.district = p_district and s.id = p.merged_into
          left join beneficiaries.suspension u on u.district = p_district and u.enrolment_id = e.id and u.valid @> m.month
          left join beneficiaries.tier_change tc on tc.district = p_district and tc.enrolment_id = e.id and tc.valid @> m.month
          left join deaths d on d.person_id = p.id
          left join certificate_months c on c.person_id = p.id and c.month = m.month
         where (p_people is null or p.id = any (p_people) or p.merged_into = any (p_people))
           -- one person under two numbers has a month once: the survivor's enrolment goes first
           and (p.merged_into is null
                or not exists (select from beneficiaries.person q
                                 join beneficiaries.enrolment x on x.district = p_district and x.person_id = q.id
                                      and x.item_code = p_item and x.valid @> m.month
                                where q.district = p_district
                                  and (q.id = p.merged_into or (q.merged_into = p.merged_into and q.id < p.id))))
        offset 0 -- each of these is worked out once, not wherever it is looked at
    ), tiered as (
        select p.*, t.code as tier_code,
               case when p.stop is not null then p.stop
                    when p.tier_source = 'age' and t.code is null then
                         case when exists (select from programmes.tier y where y.district = p_district and y.item_code = p_item and y.state = 'APPROVED'
                                              and y.age_from > p.tier_age) then 'too_young' else 'too_old' end
                    when p.certificate_id is null then null
                    when not p.disability_type = any (p.certificate_types) then 'wrong_certificate'
                    when p.tier_source = 'disability_grade' and t.code is null then 'wrong_certificate' end as stop_by_now
          from people p
          left join programmes.tier t on t.district = p_district and t.item_code = p_item and t.state = 'APPROVED'
               and case p.tier_source when 'single' then t.code = p.single_tier
                                      when 'enrolment' then t.code = p.named_tier
                                      when 'disability_grade' then p.disability_grade = any (t.disability_grades)
                                      else p.tier_age >= coalesce(t.age_from, 0) and p.tier_age < coalesce(t.age_to, 1000) end
    ), priced as (
        select t.*, s.id as standard_id, b.id as basis_id, a.quantity, k.benefit,
               case when t.kind = 'percentage' then b.amount_per when t.kind in ('per_unit', 'per_case', 'once') then 'month'
                    else s.amount_per end as per,
               case t.kind when 'percentage' then payments.round_fen(b.amount_fen * s.basis_points, 10000, t.rounding)
                           when 'per_unit' then s.amount_fen * a.quantity
                           when 'per_case' then payments.case_fen(a.amounts, a.quantities, s.amount_fen)
                           else s.amount_fen end as fen
          from tiered t
          left join programmes.standard s on s.district = p_district and s.item_code = p_item and s.tier_code = t.tier_code
               and s.state = 'APPROVED' and s.confirmed and s.valid @> t.month
          left join programmes.standard b on b.district = p_district and b.item_code = t.basis_item and b.tier_code = t.basis_tier
               and b.state = 'APPROVED' and b.confirmed and b.valid @> t.month
          left join runs_besides k on k.person_id = t.person_id and k.month = t.month and k.tier_code = t.tier_code
          left join counted a on a.enrolment_id = t.enrolment_id and a.month = t.month and t.kind in ('per_unit', 'per_case')
        offset 0
    ), judged as (
        select p.*, coalesce(p.stop_by_now,
                             case when p.kind in ('per_unit', 'per_case') and p.quantity is null then 'no_activity'
                                  when p.benefit is not null then 'excluded' end) as why,
               case when p.by_certificate and p.certificate_id is null then 'no_certificate'
                    when p.tier_code is null then 'no_tier'
                    when p.fen is null then 'no_standard' end as unknown
          from priced p
        offset 0
    )
    select person_id, division, month, enrolment_id, id, tier_code, certificate_id, standard_id, basis_id, quantity, per, fen, why, case when why = 'excluded' then benefit end, case when why is null then unknown end
      from judged
$$;

-- Who has what household and share of it: the months of a household_topup item, member by member. share_fen: standard less
-- income per head and year.
create or replace function payments.member_months(p_district integer, p_item text, p_from date, p_to date, p_people bigint[])
returns table (person_id bigint, person_division integer, month date, household_id bigint, division integer, head_id bigint,
               rule_id bigint, income_id bigint, standard_id bigint, share_fen bigint, stop text, benefit text, open text)
language sql stable as
$$
    with numbers as ( -- of people who have several
        select coalesce(s.merged_into, s.id) as survivor_id, s.id from beneficiaries.person s
         where s.district = p_district
           and (s.merged_into is not null or s.id in (select x.merged_into from beneficiaries.person x where x.district = p_district))
    ), kin_members as ( -- households that somebody belongs to under another number
        select distinct on (a.id, g.month) a.id as person_id, g.month::date as month, m.household_id
          from numbers a
          join numbers b on b.survivor_id = a.survivor_id and b.id <> a.id
          join beneficiaries.household_member m on m.district = p_district and m.person_id = b.id
          join generate_series(p_from::timestamp, p_to - interval '1 day', interval '1 month') g (month) on m.valid @> g.month::date
         order by a.id, g.month, m.person_id
    )
    select b.person_id, b.division, b.month, u.household_id, h.division, head.person_id, b.rule_id, i.id, b.standard_id,
           greatest(0, case b.amount_per when 'month' then b.amount_fen * 12 else b.amount_fen end - i.per_head_year_fen),
           b.stop, b.benefit,
           case when b.stop is not null then null
                when u.household_id is null then 'no_household'
                when head.person_id is null then 'no_head'
                when i.id is null then 'no_income'
                else b.open end
      from payments.months(p_district, p_item, p_from, p_to, p_people) b
      join beneficiaries.enrolment e on e.district = p_district and e.id = b.enrolment_id
      left join beneficiaries.household_member m on m.district = p_district and m.person_id = e.person_id and m.valid @> b.month
      left join kin_members k on k.person_id = e.person_id and k.month = b.month
     cross join lateral (select coalesce(m.household_id, k.household_id) as household_id) u
      left join beneficiaries.household h on h.district = p_district and h.id = u.household_id
      left join lateral (
          select hm.person_id from beneficiaries.household_member hm
            join beneficiaries.person hp on hp.district = p_district and hp.id = hm.person_id
           where hm.district = p_district and hm.household_id = u.household_id and hm.relation in ('01', '02')
             and hm.valid @> b.month and (hp.death_date is null or b.month <= hp.death_date)) head on true
      left join beneficiaries.household_income i on i.district = p_district and i.household_id = u.household_id
                                                and i.valid @> b.month
$$;

-- What somebody gets in a month from an item (or one tier of it) or from a benefit that others pay. even_fen: the same for
-- every month of a year. open: a fact is missing, nobody knows how much it is.
drop function if exists payments.benefit_months(integer, text, text, text, date, date, bigint[]);
create function payments.benefit_months(p_district integer, p_item text, p_tier text, p_benefit text, p_from date, p_to date,
                                        p_people bigint[])
returns table (person_id bigint, month date, month_fen bigint, even_fen bigint, open text)
language plpgsql stable rows 10000 set plan_cache_mode = force_custom_plan as
$$
#variable_conflict use_column
begin
    if p_benefit is not null then
        return query
        select coalesce(p.merged_into, p.id), g::date, coalesce(b.month_fen, 0), coalesce(b.month_fen, 0), null::text
          from generate_series(p_from::timestamp, p_to - interval '1 day', interval '1 month') g
          join beneficiaries.other_benefit b on b.district = p_district and b.benefit_code = p_benefit and b.valid @> g::date
          join beneficiaries.person p on p.district = p_district and p.id = b.person_id
         where p_people is null or p.id = any (p_people) or p.merged_into = any (p_people);
    elsif exists (select from programmes.rule r where r.district = p_district and r.item_code = p_item
                     and r.state = 'APPROVED' and r.kind = 'household_topup' and r.valid && daterange(p_from, p_to)) then
        return query
        select m.person_id, m.month, payments.year_part(m.share_fen, 12, extract(month from m.month)::integer, r.rounding, r.remainder),
               payments.even_month_fen(m.share_fen, 'year', r.rounding), m.open
          from payments.member_months(p_district, p_item, p_from, p_to, p_people) m
          join programmes.rule r on r.district = p_district and r.id = m.rule_id
         where m.stop is null;
    else
        return query
        select m.person_id, m.month, payments.month_fen(m.amount_fen, m.amount_per, m.month, r.rounding, r.remainder),
               payments.even_month_fen(m.amount_fen, m.amount_per, r.rounding), m.open
          from payments.months(p_district, p_item, p_from, p_to, p_people) m
          join programmes.rule r on r.district = p_district and r.id = m.rule_id
         where m.stop is null and (p_tier is null or m.tier_code is null or m.tier_code = p_tier);
    end if;
end
$$;

-- payments.months() after the exclusions that compare amounts. less_fen: what is taken off the month, less: from which
-- benefits. take_higher holds both ways: what a row names as the other stops when it is not more.
create or replace function payments.item_months(p_district integer, p_item text, p_from date, p_to date, p_people bigint[])
returns table (person_id bigint, division integer, month date, enrolment_id bigint, rule_id bigint, tier_code text,
               certificate_id bigint, standard_id bigint, basis_id bigint, quantity integer, amount_per text,
               amount_fen bigint, stop text, benefit text, open text, less_fen bigint, less jsonb)
language sql stable as
$$
    with compared as (
        select x.kind, x.tier_code, x.valid, coalesce(x.other_item_code, x.other_benefit) as benefit, b.*, b.even_fen as least_fen
          from programmes.exclusion x
          cross join lateral payments.benefit_months(p_district, x.other_item_code, x.other_tier_code, x.other_benefit,
                                                     p_from, p_to, p_people) b
         where x.district = p_district and x.item_code = p_item and x.kind <> 'forbidden' and x.state = 'APPROVED'
        union all
        select x.kind, x.other_tier_code, x.valid, x.item_code, b.*, b.even_fen + 1
          from programmes.exclusion x
          cross join lateral payments.benefit_months(p_district, x.item_code, x.tier_code, null, p_from, p_to, p_people) b
         where x.district = p_district and x.other_item_code = p_item and x.kind = 'take_higher' and x.state = 'APPROVED'
    ), besides as ( -- by person, month and tier
        select c.person_id, c.month, t.code as tier_code, max(c.open) as open,
               sum(c.month_fen) filter (where c.kind = 'top_up') as less_fen,
               jsonb_agg(jsonb_build_object('benefit', c.benefit, 'fen', c.month_fen) order by c.benefit)
                   filter (where c.kind = 'top_up' and c.month_fen > 0) as less,
               max(c.least_fen) filter (where c.kind = 'take_higher') as least_fen,
               (array_agg(c.benefit order by c.least_fen desc nulls last, c.benefit) filter (where c.kind = 'take_higher'))[1] as higher
          from compared c
          join programmes.tier t on t.district = p_district and t.item_code = p_item and t.code = coalesce(c.tier_code, t.code)
                                and t.state = 'APPROVED'
         where c.valid @> c.month group by c.person_id, c.month, t.code
    )
    select m.person_id, m.division, m.month, m.enrolment_id, m.rule_id, m.tier_code, m.certificate_id, m.standard_id, m.basis_id,
           m.quantity, m.amount_per, m.amount_fen, case when l.lower then 'lower' else m.stop end,
           case when l.lower then b.higher else m.benefit end,
           case when m.stop is null and not l.lower then coalesce(m.open, b.open) end, coalesce(b.less_fen, 0)::bigint, b.less
      from payments.months(p_district, p_item, p_from, p_to, p_people) m
      left join besides b on b.person_id = m.person_id and b.month = m.month and b.tier_code = m.tier_code
      left join programmes.rule r on r.district = p_district and r.id = m.rule_id and b.least_fen is not null
      cross join lateral (select coalesce(b.least_fen is not null and m.stop is null and m.open is null
                                          and payments.even_month_fen(m.amount_fen, m.amount_per, r.rounding) < b.least_fen,
                                          false) as lower) l
$$;
