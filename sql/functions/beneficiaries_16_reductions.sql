-- Facts that lower what is due need the hearing that a step would need. What lowers is judged by the kind of the fact, not by
-- the amount that comes of it: an income per head above one that it replaces, for the households that an item tops up; a
-- benefit that others pay, for the items whose exclusions name it. Reductions that no hearing covers are refused; those that
-- one covers use it up, as a step of the enrolment (reduced).

-- The running enrolments of a household that a new income per head from p_from on (NULL: since ever) lowers.
create or replace function beneficiaries.income_lowers(p_household bigint, p_fen bigint, p_from date)
    returns table (enrolment_id bigint, item_code text) language sql stable as
$$
    select distinct n.id, n.item_code
      from beneficiaries.household_member m
     cross join lateral beneficiaries.same_person(m.district, m.person_id) s(id)
      join beneficiaries.enrolment n on n.district = m.district and n.person_id = s.id and n.state = 'APPROVED'
                                    and n.valid && daterange(p_from, null)
     where m.district = app.district() and m.household_id = p_household and m.valid && daterange(p_from, null)
       and exists (select from beneficiaries.household_income i where i.district = m.district and i.household_id = p_household
                      and i.valid && daterange(p_from, null) and i.per_head_year_fen < p_fen)
       and exists (select from beneficiaries.rule_of(n.district, n.item_code, app.today()) r
                    where r.kind = 'household_topup' and r.hearing_required)
$$;

-- The running enrolments of a person that a benefit of others lowers or stops.
create or replace function beneficiaries.benefit_lowers(p_person bigint, p_benefit text, p_from date, p_until date)
    returns table (enrolment_id bigint, item_code text) language sql stable as
$$
    select n.id, n.item_code
      from beneficiaries.same_person(app.district(), p_person) s(id)
      join beneficiaries.enrolment n on n.district = app.district() and n.person_id = s.id and n.state = 'APPROVED'
                                    and n.valid && daterange(p_from, p_until)
     where exists (select from programmes.exclusion x where x.district = n.district and x.item_code = n.item_code
                      and x.other_benefit = p_benefit and x.state = 'APPROVED' and x.valid && daterange(p_from, p_until))
       and exists (select from beneficiaries.rule_of(n.district, n.item_code, app.today()) r where r.hearing_required)
$$;

-- The one enrolment of each item whose hearing covers the reduction: a household is heard once, by whichever of its members.
-- NULL: none was heard.
create or replace function beneficiaries.heard_for(p_enrolments bigint[]) returns setof bigint language sql stable as
$$
    select min(n.id) filter (where not beneficiaries.hearing_is_missing(n.district, n.id, n.item_code, null, n.version + 1, null, null))
      from beneficiaries.enrolment n
     where n.district = app.district() and n.id = any (p_enrolments)
     group by n.item_code
$$;

-- The step of a reduction on each item's enrolment, with the hearing that it uses; hearing_missing without one.
create or replace function beneficiaries.reduce(p_enrolments bigint[], p_cause text, p_from date, p_data jsonb) returns void
    language plpgsql as
$$
declare
    v_row beneficiaries.enrolment;
    v_id bigint;
begin
    perform from beneficiaries.enrolment n where n.district = app.district() and n.id = any (p_enrolments)
      order by n.id for no key update;
    for v_id in select * from beneficiaries.heard_for(p_enrolments) loop
        if v_id is null then
            perform app.refuse('hearing_missing');
        end if;
        select * into v_row from beneficiaries.enrolment where district = app.district() and id = v_id;
        perform beneficiaries.step_write(v_row, 'reduced', p_cause, null, p_from, p_data);
    end loop;
end
$$;

-- Which incomes from p_from on (households and their new incomes, by position from 1) lower something unheard.
create or replace function beneficiaries.incomes_unheard(p_households bigint[], p_fens bigint[], p_from date)
    returns table (ord bigint) language sql stable security definer set search_path = pg_catalog, beneficiaries, app as
$$
    select u.ord from unnest(p_households, p_fens) with ordinality u(household, fen, ord)
     where exists (select from programmes.rule r where r.district = app.district() and r.state = 'APPROVED'
                      and r.kind = 'household_topup' and r.hearing_required) -- most districts' lists end here
       and exists (select from beneficiaries.heard_for(array(select enrolment_id from beneficiaries.income_lowers(u.household, u.fen,
                                                                                                                   p_from))) h(id)
                    where h.id is null)
     order by u.ord
$$;
revoke all on function beneficiaries.incomes_unheard(bigint[], bigint[], date) from public;
grant execute on function beneficiaries.incomes_unheard(bigint[], bigint[], date) to huimin_worker;

-- Before incomes are written: the hearings of those that lower something are used up. Locks these enrolments.
create or replace function beneficiaries.incomes_reduce(p_households bigint[], p_fens bigint[], p_from date) returns void
    language plpgsql security definer set search_path = pg_catalog, beneficiaries, app as
$$
declare
    u record;
begin
    if exists (select from programmes.rule r where r.district = app.district() and r.state = 'APPROVED'
                  and r.kind = 'household_topup' and r.hearing_required) then
        for u in select x.household, array(select enrolment_id from beneficiaries.income_lowers(x.household, x.fen, p_from)) as ids
                   from unnest(p_households, p_fens) x(household, fen) order by x.household loop
            perform beneficiaries.reduce(u.ids, 'income', p_from, jsonb_build_object('household', u.household));
        end loop;
    end if;
end
$$;
revoke all on function beneficiaries.incomes_reduce(bigint[], bigint[], date) from public;
grant execute on function beneficiaries.incomes_reduce(bigint[], bigint[], date) to huimin_beneficiaries, huimin_worker;

-- The same before a benefit of others is written.
create or replace function beneficiaries.benefit_reduce(p_person bigint, p_benefit text, p_from date, p_until date) returns void
    language sql security definer set search_path = pg_catalog, beneficiaries, app as
$$
    select beneficiaries.reduce(array(select enrolment_id from beneficiaries.benefit_lowers(p_person, p_benefit, p_from, p_until)),
                                'other_benefit', p_from, jsonb_build_object('benefit', p_benefit))
$$;
revoke all on function beneficiaries.benefit_reduce(bigint, text, date, date) from public;
grant execute on function beneficiaries.benefit_reduce(bigint, text, date, date) to huimin_beneficiaries;
