-- What is given once: per year or in a lifetime (rule.once_per), to one person under all numbers, or to one member of a
-- household (rule.one_per_household).

-- An enrolment other than p_but that has used what a rule gives once to the people (all numbers of one person) in the year
-- of p_month, or ever: by itself (kind once), by what was counted under it, or by what was paid. NULL: none.
create or replace function beneficiaries.granted_by(p_rule programmes.rule, p_people bigint[], p_but bigint, p_month date)
returns bigint language sql stable as
$$
    select e.id
      from (select p_rule.*, extract(year from p_month) as year) r
      join beneficiaries.enrolment e on e.district = r.district and e.item_code = r.item_code and e.person_id = any (p_people)
                                    and e.id is distinct from p_but
     where r.once_per <> 'enrolment'
       and case
           when r.kind = 'once' then not isempty(e.valid) and (r.once_per = 'lifetime' or extract(year from lower(e.valid)) = r.year)
           when r.kind in ('per_case', 'per_unit') then exists (
               select from beneficiaries.activity a
                where a.district = r.district and a.enrolment_id = e.id and not a.voided
                  and (r.once_per = 'lifetime' or extract(year from a.month) = r.year))
           else not isempty(e.valid) and exists (
               select from payments.payment p
                where p.district = r.district and p.person_id = any (p_people) and p.item_code = r.item_code and p.live
                  and (r.once_per = 'lifetime' or left(p.period, 4) = r.year::text)) end
     order by e.id limit 1
$$;
revoke all on function beneficiaries.granted_by(programmes.rule, bigint[], bigint, date) from public;

-- All numbers of those who live in a household with one of the people in a month, but for the people themselves.
create or replace function beneficiaries.others_of_household(p_district integer, p_people bigint[], p_month date)
returns setof bigint language sql stable as
$$
    select n.id
      from beneficiaries.household_member m
      join beneficiaries.household_member x on x.district = p_district and x.household_id = m.household_id and x.valid @> p_month
      join beneficiaries.person p on p.district = p_district and p.id = x.person_id
      join beneficiaries.person n on n.district = p_district and coalesce(n.merged_into, n.id) = coalesce(p.merged_into, p.id)
     where m.district = p_district and m.person_id = any (p_people) and m.valid @> p_month and n.id <> all (p_people)
$$;
revoke all on function beneficiaries.others_of_household(integer, bigint[], date) from public;

-- A case is not counted a second time in the window of its rule: already_granted, with the way to the other. Locks the
-- person, and the household where one member's case is everybody's: two clerks count one after the other.
create or replace function beneficiaries.guard_activity() returns trigger language plpgsql security definer
    set search_path = pg_catalog, beneficiaries, app as
$$
declare
    v_rule programmes.rule;
    v_people bigint[];
    v_other bigint;
begin
    select r.* into v_rule
      from beneficiaries.enrolment e
      join programmes.rule r on r.district = e.district and r.item_code = e.item_code and r.state = 'APPROVED' and r.valid @> new.month
     where e.district = new.district and e.id = new.enrolment_id;
    if new.voided or v_rule.id is null or (v_rule.once_per = 'enrolment' and not v_rule.one_per_household) then
        return new;
    end if;
    v_people := array(select s from beneficiaries.enrolment e, beneficiaries.same_person(e.district, e.person_id) s
                       where e.district = new.district and e.id = new.enrolment_id);
    perform from beneficiaries.person where district = new.district and id = any (v_people) order by id for no key update;
    perform from beneficiaries.household h
      where h.district = new.district and v_rule.one_per_household
        and h.id in (select m.household_id from beneficiaries.household_member m
                      where m.district = new.district and m.person_id = any (v_people) and m.valid @> new.month)
      order by h.id for no key update;
    select a.enrolment_id into v_other
      from beneficiaries.enrolment e
      join beneficiaries.activity a on a.district = e.district and a.enrolment_id = e.id and not a.voided
     where e.district = new.district and e.item_code = v_rule.item_code
       and case v_rule.once_per when 'lifetime' then true
                                when 'year' then extract(year from a.month) = extract(year from new.month)
                                else a.month = new.month and e.person_id <> all (v_people) end
       and (e.person_id = any (v_people)
            or (v_rule.one_per_household
                and e.person_id in (select beneficiaries.others_of_household(new.district, v_people, new.month))))
     order by a.id limit 1;
    if v_other is not null then
        perform app.refuse('already_granted', format('/beneficiaries/enrolments/%s/activities', v_other));
    end if;
    return new;
end
$$;
create or replace trigger activity_once before insert on beneficiaries.activity
    for each row execute function beneficiaries.guard_activity();

-- Refuses (household_enrolled) when somebody who has joined a household has an item there that another member has too, and
-- that its rule gives to one of a household, in a month from p_from on in which both live there.
create or replace function beneficiaries.member_fits(p_household bigint, p_person bigint) returns void language plpgsql
    security definer set search_path = pg_catalog, beneficiaries, app as
$$
declare
    v_people bigint[] := array(select beneficiaries.same_person(app.district(), p_person));
begin
    if exists (
        select from beneficiaries.household_member m
          join beneficiaries.enrolment e on e.district = m.district and e.person_id = any (v_people)
                                        and not isempty(e.valid * m.valid)
         cross join lateral beneficiaries.rule_of(e.district, e.item_code, app.today()) r
          join beneficiaries.household_member x on x.district = m.district and x.household_id = m.household_id
                                               and x.person_id <> all (v_people)
          join beneficiaries.enrolment o on o.district = m.district and o.item_code = e.item_code
                                        and o.person_id in (select beneficiaries.same_person(m.district, x.person_id))
         where m.district = app.district() and m.household_id = p_household and m.person_id = p_person
           and r.one_per_household and not isempty(e.valid * m.valid * o.valid * x.valid)) then
        perform app.refuse('household_enrolled');
    end if;
end
$$;
revoke all on function beneficiaries.member_fits(bigint, bigint) from public;
grant execute on function beneficiaries.member_fits(bigint, bigint) to huimin_beneficiaries, huimin_worker;
