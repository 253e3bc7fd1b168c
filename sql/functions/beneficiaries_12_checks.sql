-- What is checked before an application is reviewed and approved. Pure: nothing here writes. Each check answers with a code
-- of api-spec/errors.yaml, NULL when it passes; no_household, no_income and no_standard say that nobody knows.

-- The age that counts in a month (ENTITLEMENTS.md, "Age"). Born on 29 February: the birthday is 1 March in common years.
create or replace function beneficiaries.age_counted(p_birth date, p_month date, p_basis text) returns integer
    language sql immutable parallel safe as
$$
    select case p_basis
        when 'year_end_age' then extract(year from p_month)::integer - extract(year from p_birth)::integer
        when 'month_after_birthday' then extract(year from age(p_month - 1, p_birth))::integer
        else extract(year from age((p_month + interval '1 month - 1 day')::date, p_birth))::integer end
$$;

create or replace function beneficiaries.check_age(p_rule programmes.rule, p_person bigint, p_month date) returns text
    language sql stable as
$$
    select case
        when r.age_min > beneficiaries.age_counted(p.birth_date, p_month, r.entry_basis) then 'too_young'
        when r.age_max <= case when r.entry_basis = 'year_end_age' or r.exit_basis = 'same_month'
                               then beneficiaries.age_counted(p.birth_date, p_month,
                                                              case r.entry_basis when 'year_end_age' then r.entry_basis end)
                               else beneficiaries.age_counted(p.birth_date, p_month, 'month_after_birthday') end
             and not (r.age_max_at_school
                      and exists (select from beneficiaries.schooling s where s.district = p.district and s.person_id = p.id
                                     and s.valid @> p_month and s.level <> 'preschool')) then 'too_old' end
      from (select p_rule.*) r, beneficiaries.person p where p.district = r.district and p.id = p_person
$$;

-- Whether somebody applies far too early: below the item's age even twelve months after the application.
create or replace function beneficiaries.applies_too_early(p_district integer, p_person bigint, p_item text, p_applied_on date)
returns boolean language sql stable as
$$
    select coalesce(bool_or(beneficiaries.check_age(r, p_person, (date_trunc('month', p_applied_on) + interval '12 months')::date)
                            = 'too_young'), false)
      from beneficiaries.rule_of(p_district, p_item, p_applied_on) r
$$;

-- The certificate of a month: the one valid on its first day, else the first that begins within it.
create or replace function beneficiaries.check_certificate(p_rule programmes.rule, p_person bigint, p_month date) returns text
    language sql stable as
$$
    select case
        when c.id is null then 'no_certificate'
        when c.disability_type <> all (r.certificate_types) then 'wrong_certificate'
        when r.tier_source = 'disability_grade'
             and not exists (select from programmes.tier t where t.district = r.district and t.item_code = r.item_code and t.state = 'APPROVED'
                                and t.disability_grades @> array[c.disability_grade]) then 'wrong_certificate' end
      from (select p_rule.*) r
      left join lateral (select c.id, c.disability_type, c.disability_grade from beneficiaries.certificate c
                          where c.district = r.district and c.person_id = p_person
                            and c.valid && daterange(p_month, (p_month + interval '1 month')::date)
                          order by lower(c.valid) nulls first limit 1) c on true
$$;

-- The household's income per head against the item's standard of the month.
create or replace function beneficiaries.check_income(p_rule programmes.rule, p_person bigint, p_month date) returns text
    language sql stable as
$$
    select case when m.id is null then 'no_household'
                when i.id is null then 'no_income'
                when s.year_fen is null then 'no_standard'
                when i.per_head_year_fen >= s.year_fen then 'income_too_high' end
      from (select p_rule.*) r
      left join beneficiaries.household_member m on m.district = r.district and m.person_id = p_person and m.valid @> p_month
      left join beneficiaries.household_income i on i.district = r.district and i.household_id = m.household_id
                                                and i.valid @> p_month
      left join lateral (
          select case s.amount_per when 'month' then s.amount_fen * 12 when 'year' then s.amount_fen end as year_fen
            from programmes.standard s
           where s.district = r.district and s.item_code = r.item_code and s.state = 'APPROVED' and s.confirmed
             and s.valid @> p_month
           order by s.tier_code limit 1) s on true
$$;

-- The tier that an application would have: the one it names, else by the certificate's grade.
create or replace function beneficiaries.tier_of(p_district integer, p_person bigint, p_item text, p_tier text, p_on date)
returns text language sql stable as
$$
    select coalesce(p_tier, (
        select t.code from beneficiaries.certificate c
          join programmes.tier t on t.district = p_district and t.item_code = p_item and t.state = 'APPROVED'
                                and t.disability_grades @> array[c.disability_grade]
         where c.district = p_district and c.person_id = p_person and c.valid @> p_on limit 1))
$$;

-- What forbids each of some lines (person, item, tier, first month; own: an enrolment that is the line itself): another
-- item that runs or is under way for the same person in a month, in either direction of the exclusion, or a benefit that
-- others pay. p_among: lines also forbid later ones of the same list.
create or replace function beneficiaries.forbidden_lines(p_district integer, p_people bigint[], p_items text[], p_tiers text[],
                                                         p_starts date[], p_own bigint[], p_among boolean)
returns table (ord bigint, code text, name_zh text, name_en text) language sql stable as
$$
    with line as (
        select u.ord, p.id as person_id, coalesce(p.merged_into, p.id) as survivor, u.item, u.tier, coalesce(u.own, 0) as own,
               daterange(coalesce(u.start, date_trunc('month', app.today())::date), null) as months,
               greatest(u.start, app.today()) as day -- on which its tier is looked at
          from unnest(p_people, p_items, p_tiers, p_starts, p_own) with ordinality u(person, item, tier, start, own, ord)
          join beneficiaries.person p on p.district = p_district and p.id = u.person
    ), pair as (
        select item_code as item, tier_code as tier, other_item_code as other, other_tier_code as other_tier,
               other_benefit as benefit, valid
          from programmes.exclusion where district = p_district and kind = 'forbidden' and state = 'APPROVED'
        union all
        select other_item_code, other_tier_code, item_code, tier_code, null, valid
          from programmes.exclusion where district = p_district and kind = 'forbidden' and state = 'APPROVED'
           and other_item_code is not null
    ), holder as materialized ( -- materialized: what follows is looked up by person, whatever the planner believes
        select l.*, l.survivor as holder from line l
        union all
        select l.*, p.id from line l join beneficiaries.person p on p.district = p_district and p.merged_into = l.survivor
    ), met as materialized (
        select l.*, x.other, x.other_tier, x.benefit, l.months * x.valid as shared
          from holder l join pair x on x.item = l.item
                                   and (x.tier is null
                                        or x.tier = beneficiaries.tier_of(p_district, l.person_id, l.item, l.tier, l.day))
    ), found as (
        select m.ord, e.item_code as item, null as benefit
          from met m
          join beneficiaries.enrolment e on e.district = p_district and e.person_id = m.holder and e.item_code = m.other
                                        and e.state <> 'REJECTED' and e.id <> m.own
         where not isempty(m.shared * coalesce(e.valid, daterange(coalesce(e.starts_on, date_trunc('month', app.today())::date), null)))
           and (m.other_tier is null or m.other_tier = coalesce(
                   (select t.tier_code from beneficiaries.tier_change t
                     where t.district = p_district and t.enrolment_id = e.id and t.valid @> app.today()),
                   beneficiaries.tier_of(p_district, e.person_id, e.item_code, e.tier_code, app.today())))
        union all
        select m.ord, o.item, null
          from met m join line o on o.survivor = m.survivor and o.item = m.other and o.ord < m.ord
         where p_among and not isempty(m.shared * o.months)
           and (m.other_tier is null or m.other_tier = beneficiaries.tier_of(p_district, o.person_id, o.item, o.tier, o.day))
        union all
        select m.ord, null, m.benefit
          from met m
          join beneficiaries.other_benefit b on b.district = p_district and b.person_id = m.holder and b.benefit_code = m.benefit
         where m.benefit is not null and not isempty(m.shared * b.valid)
    )
    select f.ord, i.code, i.item_zh, i.item_en from found f
      join programmes.item i on i.district = p_district and i.code = f.item
    union
    select f.ord, b.code, b.name_zh, b.name_en from found f join programmes.benefit b on b.code = f.benefit
$$;

-- What stands against an application whatever its item demands: a forbidden benefit, an item given once, an item for one
-- member of a household.
create or replace function beneficiaries.enrolment_clashes(p_district integer, p_enrolment bigint)
returns table (code text, other_code text, other_zh text, other_en text) language sql stable as
$$
    with own as (
        select e.*, coalesce(e.starts_on, date_trunc('month', app.today())::date) as month
          from beneficiaries.enrolment e where e.district = p_district and e.id = p_enrolment
    ), same as (
        select p.id from own o join beneficiaries.person s on s.district = p_district and s.id = o.person_id
          join beneficiaries.person p on p.district = p_district
                                     and (p.id = coalesce(s.merged_into, s.id) or p.merged_into = coalesce(s.merged_into, s.id))
    )
    select 'excluded', f.code, f.name_zh, f.name_en
      from own o, beneficiaries.forbidden_lines(p_district, array[o.person_id], array[o.item_code], array[o.tier_code],
                                                array[o.starts_on], array[o.id], false) f
    union all
    select 'already_granted', null, null, null
      from own o, beneficiaries.rule_of(p_district, o.item_code, app.today()) r
     where beneficiaries.granted_by(r, array(select id from same), o.id, o.month) is not null
    union all
    select 'household_enrolled', null, null, null
      from own o, beneficiaries.rule_of(p_district, o.item_code, app.today()) r
     where r.one_per_household
       and exists (select from beneficiaries.household_member m
                     join beneficiaries.household_member x on x.district = p_district and x.household_id = m.household_id
                                                          and x.person_id <> m.person_id and x.valid @> o.month
                     join beneficiaries.enrolment e on e.district = p_district and e.person_id = x.person_id
                                                   and e.item_code = o.item_code and e.state <> 'REJECTED'
                    where m.district = p_district and m.person_id = o.person_id and m.valid @> o.month
                      and x.person_id not in (select id from same)
                      and coalesce(e.valid, daterange(o.month, null)) && daterange(o.month, null))
$$;

-- All checks of an application, in the order in which they are shown. Owner's rights: a clerk of one programme or street
-- is told what stands against an application, wherever it is.
create or replace function beneficiaries.enrolment_checks(p_district integer, p_enrolment bigint)
returns table (id bigint, name text, required boolean, result text, code text) language sql stable security definer
    set search_path = pg_catalog, beneficiaries, app as
$$
    select c.ord, c.name, coalesce(c.name = any (r.checks), false),
           case when c.code is null then 'pass'
                when c.name <> 'exclusions' and not coalesce(c.name = any (r.checks), false) then 'not_needed' -- exclusions always forbid
                when c.code in ('no_household', 'no_income', 'no_standard') then 'unknown'
                else 'fail' end, c.code
      from (select e.*, coalesce(e.starts_on, date_trunc('month', app.today())::date) as month
              from beneficiaries.enrolment e where e.district = p_district and e.id = p_enrolment) e
      join beneficiaries.person p on p.district = p_district and p.id = e.person_id
      left join lateral beneficiaries.rule_of(p_district, e.item_code, app.today()) r on true
     cross join lateral (values
        -- Residence permits of Hong Kong, Macao, Taiwan (81 to 83) and of foreigners (9) are no household registration.
        (1, 'identity', case when p.id_number_masked ~ '^(81|82|83|9)' then 'not_registered_here' end),
        (2, 'age', beneficiaries.check_age(r, p.id, e.month)),
        (3, 'exclusions', (select 'excluded' from beneficiaries.enrolment_clashes(p_district, e.id) x where x.code = 'excluded'
                            limit 1)),
        (4, 'certificate', beneficiaries.check_certificate(r, p.id, e.month)),
        (5, 'school', case when not exists (select from beneficiaries.schooling s where s.district = p_district
                                               and s.person_id = p.id
                                               and s.valid && daterange(e.month, (e.month + interval '1 month')::date))
                           then 'no_school' end),
        (6, 'income', beneficiaries.check_income(r, p.id, e.month)),
        (7, 'household_visit', case when e.visited_on is null then 'no_visit' end)) c(ord, name, code)
     order by c.ord
$$;
revoke all on function beneficiaries.enrolment_checks(integer, bigint) from public;
grant execute on function beneficiaries.enrolment_checks(integer, bigint) to huimin_beneficiaries;

-- Whether the notice of an application is one of its item and division, published when the application was ready for it,
-- and for as many days as the rule wants. In plpgsql, because the calendar's functions are applied later.
create or replace function beneficiaries.notice_fits(p_district integer, p_enrolment bigint, p_days integer, p_day_kind text)
    returns boolean language plpgsql stable as
$$
begin
    return exists (
        select from beneficiaries.enrolment e
          join beneficiaries.notice n on n.district = p_district and n.id = e.notice_id and n.item_code = e.item_code
                                     and n.division = e.division
         where e.district = p_district and e.id = p_enrolment
           and n.published_on >= (select max(s.at at time zone 'Asia/Shanghai')::date from beneficiaries.enrolment_step s
                                   where s.district = p_district and s.enrolment_id = p_enrolment
                                     and s.step in ('applied', 'submitted', 'reviewed'))
           and n.ends_on >= programmes.add_days(p_district, n.published_on, p_days, p_day_kind));
end
$$;

-- What stands in the way of a step (applied, reviewed, noticed, approved) of an application that is in state p_from, in the
-- order in which it is told. field, field_code: of which document or check.
create or replace function beneficiaries.enrolment_obstacles(p_district integer, p_enrolment bigint, p_from text, p_step text)
returns table (code text, field text, field_code text, other_code text, other_zh text, other_en text)
language sql stable security definer set search_path = pg_catalog, beneficiaries, app as
$$
    with own as (
        select e.*, coalesce(r.review_required, false) as to_review, coalesce(r.notice_days, 0) as to_notice,
               r.notice_day_kind as day_kind,
               coalesce(r.documents, '{}') as documents
          from beneficiaries.enrolment e
          left join lateral beneficiaries.rule_of(p_district, e.item_code, app.today()) r on true
         where e.district = p_district and e.id = p_enrolment
    ), full_checks as (
        select from own where p_step in ('reviewed', 'noticed', 'approved')
    ), found as (
        select 1 as ord, 'wrong_state' as code, null as field, null as field_code, null as o1, null as o2, null as o3 from own
         where p_step in ('approved', 'noticed')
           and ((to_review and reviewed_by is null) or (p_step = 'approved' and to_notice > 0 and p_from <> 'NOTICED')
                or (p_step = 'noticed' and to_notice = 0))
        union all -- a notice that is not this application's, hung too early, or not as long as the rule wants
        select 1, 'wrong_state', null, null, null, null, null
          from own
         where p_step = 'noticed' and own.state = 'NOTICED'
           and not beneficiaries.notice_fits(p_district, p_enrolment, own.to_notice, own.day_kind)
        union all
        select 2, 'notice_running', null, null, null, null, null
          from own join beneficiaries.notice n on n.district = p_district and n.id = own.notice_id
         where p_step = 'approved' and p_from = 'NOTICED' and n.ends_on >= app.today()
        union all
        select 3, 'objection_open', null, null, null, null, null
         where p_step = 'approved' and exists (select from beneficiaries.objection o where o.district = p_district
                                                  and o.enrolment_id = p_enrolment and o.state = 'OPEN')
        union all
        select 4, c.code, null, null, c.other_code, c.other_zh, c.other_en
          from beneficiaries.enrolment_clashes(p_district, p_enrolment) c
        union all
        select 4, 'too_young', null, null, null, null, null
          from own where p_step = 'applied' and beneficiaries.applies_too_early(p_district, person_id, item_code, applied_on)
        union all
        select 5, 'documents_missing', d.kind, 'required', null, null, null
          from own, full_checks, unnest(own.documents) d(kind)
         where not (d.kind = 'consent' and own.consent_on is not null)
           and not exists (select from beneficiaries.enrolment_document x where x.district = p_district
                              and x.enrolment_id = p_enrolment and x.kind = d.kind)
        union all
        select 6, 'check_failed', c.name, c.code, null, null, null
          from full_checks, beneficiaries.enrolment_checks(p_district, p_enrolment) c
         where c.required and c.result <> 'pass'
    )
    select code, field, field_code, o1, o2, o3 from found order by ord, field, o1
$$;
revoke all on function beneficiaries.enrolment_obstacles(integer, bigint, text, text) from public;
grant execute on function beneficiaries.enrolment_obstacles(integer, bigint, text, text) to huimin_beneficiaries, huimin_worker;

-- The lines of a list that a forbidden pair makes bad, for imports: see forbidden_lines().
create or replace function beneficiaries.excluded_lines(p_people bigint[], p_items text[], p_tiers text[], p_starts date[])
returns table (ord bigint) language sql stable security definer set search_path = pg_catalog, beneficiaries, app as
$$
    select distinct ord from beneficiaries.forbidden_lines(app.district(), p_people, p_items, p_tiers, p_starts, null, true)
     order by ord
$$;
revoke all on function beneficiaries.excluded_lines(bigint[], text[], text[], date[]) from public;
grant execute on function beneficiaries.excluded_lines(bigint[], text[], text[], date[]) to huimin_beneficiaries, huimin_worker;

-- The open applications of an import that another benefit forbids by now.
create or replace function beneficiaries.import_excluded(p_import bigint) returns setof bigint
    language sql stable security definer set search_path = pg_catalog, beneficiaries, app as
$$
    with own as (
        select array_agg(n.id order by n.id) as ids, array_agg(n.person_id order by n.id) as people,
               array_agg(n.item_code order by n.id) as items, array_agg(n.tier_code order by n.id) as tiers,
               array_agg(n.starts_on order by n.id) as starts
          from beneficiaries.enrolment n
         where n.district = app.district() and n.import_id = p_import and n.state = 'APPLIED'
    )
    select distinct o.ids[f.ord]
      from own o, beneficiaries.forbidden_lines(app.district(), o.people, o.items, o.tiers, o.starts, o.ids, false) f
$$;
revoke all on function beneficiaries.import_excluded(bigint) from public;
grant execute on function beneficiaries.import_excluded(bigint) to huimin_beneficiaries;
