-- Work lists of the streets: what should be looked at, computed from what the register holds now. Within the caller's
-- reach. Each row: the person whom somebody should see about it, perhaps the enrolment, and what is the matter.

-- The birthday on which somebody reaches an age; who was born on 29 February has it on 1 March in common years.
create or replace function beneficiaries.birthday(p_born date, p_age integer) returns date
language sql immutable parallel safe as
$$
    select d + (extract(day from d) <> extract(day from p_born))::integer
      from (select (p_born + make_interval(years => p_age))::date as d) x
$$;

-- Held lines of the last run of each item: what payments could not pay. Runs as the owner, because
-- payments belong to another service; who and which items are seen is the caller's reach.
create or replace function beneficiaries.held_lines() returns table (person_id bigint, item_code text, reason text)
language sql stable security definer set search_path = pg_catalog, payments, app as
$$
    select h.person_id, r.item_code, min(h.reason)
      from (select distinct on (item_code) district, id, item_code from payments.run
             where district = (select app.district()) and state not in ('CANCELLED', 'FAILED', 'GENERATING')
             order by item_code, id desc) r
      join payments.held_line h on h.district = r.district and h.run_id = r.id
     where ((select app.programmes()) is null or r.item_code = any ((select app.programmes())::text[]))
       and ((select app.divisions()) is null or exists (
               select from beneficiaries.person p where p.district = r.district and p.id = h.person_id
                  and p.division = any ((select app.divisions())::integer[])))
     group by h.person_id, r.item_code
$$;
revoke all on function beneficiaries.held_lines() from public;
grant execute on function beneficiaries.held_lines() to huimin_beneficiaries;

-- Enrolments for which something is or will be due, with the person that counts: the survivor of a merge. What nobody has
-- reviewed yet falls due as if it had been approved into the item's shortest class when it began.
create or replace function beneficiaries.running_enrolments()
returns table (enrolment_id bigint, person_id bigint, item_code text, review_due_on date) language sql stable as
$$
    select n.id, coalesce(p.merged_into, p.id), n.item_code,
           coalesce(n.review_due_on, (lower(n.valid) + make_interval(months => (
               select min(c.months) from programmes.review_class c where c.district = n.district and c.item_code = n.item_code)))::date)
      from beneficiaries.enrolment n
      join beneficiaries.person p on p.district = n.district and p.id = n.person_id and p.death_date is null
     where n.district = (select app.district()) and n.state = 'APPROVED'
       and (upper_inf(n.valid) or upper(n.valid) > (select app.today()))
$$;

-- Phones. A phone that serves more than three beneficiaries is hardly theirs.
create or replace function beneficiaries.work_phones(p_kind text)
returns table (kind text, person_id bigint, enrolment_id bigint, item_code text, what text, due_on date, number integer)
language sql stable as
$$
    with people as materialized (
        select p.id, p.phone_index, p.phone_masked from beneficiaries.person p
         where p.district = (select app.district()) and p.death_date is null
           and p.id in (select r.person_id from beneficiaries.running_enrolments() r)
    )
    select 'phone_missing', id, null::bigint, null::text, null::text, null::date, null::integer
      from people where p_kind = 'phone_missing' and phone_index is null
    union all
    select 'phone_invalid', id, null, null, null, null, null
      from people where p_kind = 'phone_invalid' and phone_masked !~ '^(1[3-9][0-9]\*{4}[0-9]{4}|0[0-9]{2,3}-\*{4}[0-9]{4})$'
    union all
    select 'phone_shared', id, null, null, null, null, size
      from (select id, count(*) over (partition by phone_index)::integer as size from people where phone_index is not null) s
     where p_kind = 'phone_shared' and size > 3
$$;

-- Accounts. Households are paid to their head. An account may serve one person, or one household.
create or replace function beneficiaries.work_accounts(p_kind text)
returns table (kind text, person_id bigint, enrolment_id bigint, item_code text, what text, due_on date, number integer)
language sql stable as
$$
    with running as materialized (
        select * from beneficiaries.running_enrolments()
    ), kinds as ( -- by the last rule: between two years there is often none
        select distinct on (item_code) item_code, kind from programmes.rule
         where district = (select app.district()) and state = 'APPROVED' and lower(valid) <= (select app.today())
         order by item_code, lower(valid) desc
    ), members as materialized (
        select m.person_id, m.household_id, m.relation from beneficiaries.household_member m
         where m.district = (select app.district()) and m.valid @> (select app.today())
    ), accounts as materialized (
        select a.person_id, a.number_index from beneficiaries.account a
         where a.district = (select app.district()) and a.valid @> (select app.today())
    ), payees as (
        select r.enrolment_id, r.item_code, case when u.kind = 'household_topup' then h.person_id else r.person_id end as person_id
          from running r
          left join kinds u on u.item_code = r.item_code
          left join members m on u.kind = 'household_topup' and m.person_id = r.person_id
          left join members h on h.household_id = m.household_id and h.relation in ('01', '02')
    ), used as (
        select a.person_id, a.number_index, coalesce(m.household_id, -a.person_id) as household_id
          from accounts a left join members m on m.person_id = a.person_id
         where a.person_id in (select r.person_id from running r)
    )
    select 'account_missing', y.person_id, y.enrolment_id, y.item_code, null::text, null::date, null::integer
      from payees y
      left join accounts a on a.person_id = y.person_id
     where p_kind = 'account_missing' and y.person_id is not null and a.person_id is null
    union all
    select 'account_shared', u.person_id, null, null, null, null, g.people
      from (select number_index, count(*)::integer as people from used
             group by number_index having count(distinct household_id) > 1) g
      join used u on u.number_index = g.number_index
     where p_kind = 'account_shared'
$$;

-- What has a date: reviews within 30 days, everything else within 60; notices that have hung long enough.
create or replace function beneficiaries.work_dates(p_kind text)
returns table (kind text, person_id bigint, enrolment_id bigint, item_code text, what text, due_on date, number integer)
language sql stable as
$$
    with running as (
        select * from beneficiaries.running_enrolments()
    )
    select 'review_due', person_id, enrolment_id, item_code, null::text, review_due_on, null::integer
      from running where p_kind = 'review_due' and review_due_on <= (select app.today()) + 30
    union all
    select 'certificate_expiring', r.person_id, r.enrolment_id, r.item_code, null, upper(c.valid), c.disability_grade
      from beneficiaries.certificate c
      join running r on r.person_id = c.person_id
     where p_kind = 'certificate_expiring' and c.district = (select app.district())
       and upper(c.valid) > (select app.today()) and upper(c.valid) <= (select app.today()) + 60
       and not exists (select from beneficiaries.certificate n where n.district = c.district and n.person_id = c.person_id
                          and lower(n.valid) = upper(c.valid))
    union all
    select 'grace_ending', n.person_id, n.id, n.item_code, n.end_cause, upper(n.valid), n.grace_months
      from beneficiaries.enrolment n
     where p_kind = 'grace_ending' and n.district = (select app.district()) and n.state = 'ENDED' and n.grace_months > 0
       and upper(n.valid) > (select app.today()) and upper(n.valid) <= (select app.today()) + 60
    union all
    select 'notice_ended', n.person_id, n.id, n.item_code, null, o.ends_on, null
      from beneficiaries.enrolment n
      join beneficiaries.notice o on o.district = n.district and o.id = n.notice_id and o.ends_on < (select app.today())
     where p_kind = 'notice_ended' and n.district = (select app.district()) and n.state = 'NOTICED'
       and not exists (select from beneficiaries.objection x where x.district = n.district and x.notice_id = n.notice_id
                          and x.enrolment_id = n.id and x.state = 'OPEN')
$$;

-- Birthdays within 60 days that begin an entitlement (somebody who has not applied), change its tier or end it, as the
-- approved rules and tiers say. number: the age.
create or replace function beneficiaries.work_ages()
returns table (kind text, person_id bigint, enrolment_id bigint, item_code text, what text, due_on date, number integer)
language sql stable as
$$
    with rules as (
        select * from programmes.rule
         where district = (select app.district()) and state = 'APPROVED' and valid @> (select app.today())
           and ((select app.programmes()) is null or item_code = any ((select app.programmes())::text[]))
    ), turns as (
        select item_code, 'begin' as what, age_min as age from rules
         where age_min > 0 and entry_basis in ('birthday_month', 'month_after_birthday', 'year_end_age')
        union all
        select item_code, 'end', age_max from rules where age_max is not null
        union all
        select r.item_code, 'tier', t.age_from from rules r
          join programmes.tier t on t.district = r.district and t.item_code = r.item_code and t.state = 'APPROVED'
         where r.tier_source = 'age' and t.age_from > coalesce(r.age_min, 0)
    ), coming as (
        select p.id, t.item_code, t.what, t.age, beneficiaries.birthday(p.birth_date, t.age) as birthday
          from turns t
          join beneficiaries.person p
            on p.birth_date between ((select app.today()) - make_interval(years => t.age))::date - 1
                                and ((select app.today()) - make_interval(years => t.age))::date + 61
         where p.district = (select app.district()) and p.death_date is null and p.merged_into is null
    )
    select 'age_coming', c.id, r.enrolment_id, c.item_code, c.what, c.birthday, c.age
      from coming c
      left join beneficiaries.running_enrolments() r on r.person_id = c.id and r.item_code = c.item_code
     where c.birthday between (select app.today()) and (select app.today()) + 60
       and case when c.what = 'begin'
                then not exists (select from beneficiaries.enrolment n
                                  where n.district = (select app.district()) and n.person_id = c.id
                                    and n.item_code = c.item_code and n.state not in ('REJECTED', 'ENDED'))
                else r.enrolment_id is not null end
$$;

-- The rows of one kind. other: the possible duplicate.
create or replace function beneficiaries.work_rows(p_kind text)
returns table (kind text, person_id bigint, enrolment_id bigint, item_code text, what text, due_on date, number integer, other bigint)
language plpgsql stable set jit = off as
$$
begin
    case
    when p_kind like 'phone_%' then return query select w.*, null::bigint from beneficiaries.work_phones(p_kind) w;
    when p_kind like 'account_%' then return query select w.*, null::bigint from beneficiaries.work_accounts(p_kind) w;
    when p_kind = 'age_coming' then return query select w.*, null::bigint from beneficiaries.work_ages() w;
    when p_kind = 'duplicate' then
        return query
            select p_kind, x.one, null::bigint, null::text, array_to_string(d.reasons, ','), null::date, null::integer, x.two
              from beneficiaries.duplicates() d
             cross join lateral (values (d.person_id, d.other_id), (d.other_id, d.person_id)) x(one, two);
    when p_kind = 'held' then
        return query select p_kind, h.person_id, null::bigint, h.item_code, h.reason, null::date, null::integer, null::bigint
                       from beneficiaries.held_lines() h;
    else return query select w.*, null::bigint from beneficiaries.work_dates(p_kind) w;
    end case;
end
$$;
