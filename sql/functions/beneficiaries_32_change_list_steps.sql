-- What the lines of a change list do to the register, and how a list is taken back. A batch of lines is one event, which the
-- rows bear; change_list.events are the events of a list that changed something: a row whose last event is none of them
-- has been changed by somebody since. Locks: the list, its people, their enrolments.

-- A second person lets the list be applied; the worker goes on with it.
create or replace function beneficiaries.change_list_begin(p_list bigint, p_mode text) returns void
    language plpgsql security definer set search_path = pg_catalog, beneficiaries, app as
$$
declare
    v_list beneficiaries.change_list;
begin
    select * into v_list from beneficiaries.change_list where district = app.district() and id = p_list for update;
    if v_list.actor = app.actor() then
        perform app.refuse('same_person');
    elsif v_list.state <> 'CHECKED' then
        perform app.refuse('wrong_state');
    elsif not exists (select from beneficiaries.change_line l
                       where l.district = v_list.district and l.list_id = p_list and l.state = 'GOOD') then
        perform app.refuse('bad_lines');
    elsif p_mode = 'all' and exists (select from beneficiaries.change_line l where l.district = v_list.district
                                        and l.list_id = p_list and l.state = 'BAD') then
        perform app.refuse('bad_lines');
    end if;
    update beneficiaries.change_list
       set state = 'APPLYING', mode = p_mode, applied_by = app.actor(), done_lines = 0, error_code = null,
           total_lines = (select count(*) from beneficiaries.change_line l where l.district = v_list.district
                             and l.list_id = p_list and l.state = 'GOOD'),
           version = version + 1, event_id = audit.write_event('begin_list', 'change_list', p_list::text,
                                                               jsonb_build_object('mode', p_mode))
     where district = v_list.district and id = p_list;
end
$$;

-- The items of those who may be paid into the accounts of a list's card lines: of the people and of those who live with them.
create or replace function beneficiaries.change_list_card_items(p_list bigint) returns setof text language sql stable as
$$
    with holder as materialized (
        select distinct s.id from beneficiaries.change_line l, beneficiaries.same_person(l.district, l.person_id) s(id)
         where l.district = app.district() and l.list_id = p_list and l.action = 'card' and l.state in ('GOOD', 'APPLIED')
    ), paid as (
        select id from holder
        union
        select o.person_id from holder h
          join beneficiaries.household_member m on m.district = app.district() and m.person_id = h.id
          join beneficiaries.household_member o on o.district = m.district and o.household_id = m.household_id
    )
    select distinct n.item_code from paid p
      join beneficiaries.enrolment n on n.district = app.district() and n.person_id = p.id and n.state <> 'REJECTED'
$$;

-- The people of lines, their enrolments in force or under way, and the items: a run that is being filled for one of them
-- has been seen or will see all of it.
create or replace function beneficiaries.change_list_lock(p_list bigint, p_lines bigint[]) returns void
    language plpgsql as
$$
begin
    perform from programmes.item i where i.district = app.district() and i.code in (
        select item_code from beneficiaries.change_line where district = app.district() and list_id = p_list
        union select * from beneficiaries.change_list_card_items(p_list))
      order by i.code for no key update;
    perform from beneficiaries.person p where p.district = app.district() and p.id in (
        select person_id from beneficiaries.change_line
         where district = app.district() and list_id = p_list and line = any (p_lines)) order by p.id for no key update;
    perform from beneficiaries.enrolment n where n.district = app.district() and n.person_id in (
        select person_id from beneficiaries.change_line
         where district = app.district() and list_id = p_list and line = any (p_lines)) order by n.id for no key update;
end
$$;

-- Lines that do not meet what they met when they were checked are bad now. Returns how many.
create or replace function beneficiaries.change_list_recheck(p_list bigint, p_lines bigint[]) returns bigint
    language sql as
$$
    with met as materialized (
        select m.line from beneficiaries.change_list_look(p_list, p_lines) m
          join beneficiaries.change_line l on l.district = app.district() and l.list_id = p_list and l.line = m.line
         where array_remove(m.faults, beneficiaries.change_list_fault('name', 'name_differs')) <> '{}'
            or (m.image, m.enrolment_id) is distinct from (l.image, l.enrolment_id)
    ), told as (
        insert into beneficiaries.change_error (district, list_id, line, column_key, code)
        select app.district(), p_list, line, '', 'changed_meanwhile' from met order by line
    ), marked as (
        update beneficiaries.change_line l set state = 'BAD' from met
         where l.district = app.district() and l.list_id = p_list and l.line = met.line returning 1
    )
    select count(*) from marked
$$;

-- The first month of an application that states none, where it is known before the approval.
create or replace function beneficiaries.change_list_starts(p_entry text, p_applied_on date) returns date language sql immutable as
$$ select case coalesce(p_entry, 'application_month') when 'application_month' then date_trunc('month', p_applied_on)::date end $$;

create or replace function beneficiaries.change_list_apply_new(p_list bigint, p_lines bigint[], p_event bigint) returns void
    language sql as
$$
    with picked as materialized (
        select k.line as l, k.list as c, k.person as p, nextval('beneficiaries.enrolment_id_seq') as id, r.entry_basis
          from beneficiaries.change_list_picked(p_list, p_lines, 'new') k
          left join lateral beneficiaries.rule_of((k.line).district, (k.line).item_code, app.today()) r on true
    ), made as (
        insert into beneficiaries.enrolment (district, id, person_id, division, item_code, tier_code, state, applied_on, starts_on,
                                             applied_by, change_list_id, event_id)
        select (l).district, id, (p).id, (p).division, (l).item_code, (l).tier_code, 'APPLIED', (l).applied_on,
               coalesce((l).starts_on, beneficiaries.change_list_starts(entry_basis, (l).applied_on)), (c).actor, p_list, p_event
          from picked order by (l).line
    )
    update beneficiaries.change_line x set enrolment_id = k.id from picked k
     where x.district = (k.l).district and x.list_id = p_list and x.line = (k.l).line
$$;

create or replace function beneficiaries.change_list_apply_person(p_list bigint, p_lines bigint[], p_event bigint) returns void
    language sql as
$$
    with changed as (
        update beneficiaries.person p
           set name = coalesce(l.name, p.name), name_folded = coalesce(l.name_folded, p.name_folded),
               division = coalesce(l.division, p.division), phone_sealed = coalesce(l.phone_sealed, p.phone_sealed),
               phone_index = coalesce(l.phone_index, p.phone_index), phone_masked = coalesce(l.phone_masked, p.phone_masked),
               version = p.version + 1, event_id = p_event
          from beneficiaries.change_line l
         where l.district = app.district() and l.list_id = p_list and l.line = any (p_lines) and l.state = 'GOOD'
           and l.action = 'change' and p.district = l.district and p.id = l.person_id
           and (l.name <> p.name or l.division <> p.division
                or (l.phone_index is not null and l.phone_index is distinct from p.phone_index))
        returning l.line, p.version
    )
    update beneficiaries.change_line l set person_version = c.version - 1 from changed c
     where l.district = app.district() and l.list_id = p_list and l.line = c.line
$$;

-- A step that leaves the state: a new version with the list's event.
create or replace function beneficiaries.change_list_tier_steps(p_enrolments bigint[], p_tiers text[], p_causes text[],
    p_from date[], p_lower boolean[], p_event bigint) returns void language sql as
$$
    with stepped as (
        update beneficiaries.enrolment n set version = n.version + 1, event_id = p_event
         where n.district = app.district() and n.id = any (p_enrolments)
        returning n.id, n.version, n.state
    )
    insert into beneficiaries.enrolment_step (district, enrolment_id, seq, step, from_state, to_state, actor, cause, effective_on,
                                              data, event_id)
    select app.district(), s.id, s.version, 'tier_changed', s.state, s.state, app.actor(), u.cause, u.from_on,
           jsonb_build_object('tier', u.tier, 'lower', u.lower), p_event
      from stepped s join unnest(p_enrolments, p_tiers, p_causes, p_from, p_lower) u(id, tier, cause, from_on, lower) on u.id = s.id
$$;

create or replace function beneficiaries.change_list_apply_tiers(p_list bigint, p_lines bigint[], p_event bigint) returns void
    language plpgsql as
$$
declare
    v_district integer := app.district();
begin
    perform beneficiaries.change_list_tier_steps(array_agg(l.enrolment_id), array_agg(l.tier_code), array_agg(l.cause),
                                                 array_agg(l.starts_on), array_agg(l.lower), p_event)
       from (select x.*, not coalesce(beneficiaries.tier_weight(x.district, x.item_code, x.tier_code, x.starts_on)
                                      >= beneficiaries.tier_weight(x.district, x.item_code, e ->> 'from', x.starts_on), false) as lower
               from beneficiaries.change_line x, jsonb_array_elements(x.changes) e
              where x.district = v_district and x.list_id = p_list and x.line = any (p_lines) and x.state = 'GOOD'
                and x.action = 'change' and e ->> 'field' = 'tier') l;
    update beneficiaries.tier_change t
       set valid = case when lower(t.valid) >= l.starts_on then 'empty'::daterange else daterange(lower(t.valid), l.starts_on) end
      from beneficiaries.change_line l
     where l.district = v_district and l.list_id = p_list and l.line = any (p_lines) and l.state = 'GOOD' and l.action = 'change'
       and l.changes @> '[{"field": "tier"}]' and t.district = l.district and t.enrolment_id = l.enrolment_id
       and not isempty(t.valid) and (upper_inf(t.valid) or upper(t.valid) > l.starts_on);
    insert into beneficiaries.tier_change (district, enrolment_id, item_code, tier_code, valid, cause, event_id)
    select l.district, l.enrolment_id, l.item_code, l.tier_code, daterange(l.starts_on, null), l.cause, p_event
      from beneficiaries.change_line l
     where l.district = v_district and l.list_id = p_list and l.line = any (p_lines) and l.state = 'GOOD' and l.action = 'change'
       and l.changes @> '[{"field": "tier"}]'
     order by l.line;
    update beneficiaries.change_line l set result = beneficiaries.change_list_tiers(l.district, l.enrolment_id)
     where l.district = v_district and l.list_id = p_list and l.line = any (p_lines) and l.state = 'GOOD' and l.action = 'change'
       and l.changes @> '[{"field": "tier"}]';
end
$$;

create or replace function beneficiaries.change_list_apply_stop(p_list bigint, p_lines bigint[], p_event bigint) returns void
    language sql as
$$
    update beneficiaries.enrolment n
       set state = 'ENDED', end_cause = l.cause, ended_on = l.ended_on, evidence = l.evidence,
           valid = n.valid * daterange(null, u.until), version = n.version + 1, event_id = p_event
      from beneficiaries.change_line l
     cross join lateral beneficiaries.change_list_until(l.district, l.item_code, l.cause, l.ended_on) u(until)
     where l.district = app.district() and l.list_id = p_list and l.line = any (p_lines) and l.state = 'GOOD' and l.action = 'stop'
       and n.district = l.district and n.id = l.enrolment_id
$$;

create or replace function beneficiaries.change_list_apply_card(p_list bigint, p_lines bigint[], p_event bigint) returns void
    language plpgsql as
$$
declare
    v_district integer := app.district();
begin
    update beneficiaries.change_line l
       set valid_from = coalesce(l.valid_from, case when l.image -> 'accounts' <> 'null' then app.today() end)
     where l.district = v_district and l.list_id = p_list and l.line = any (p_lines) and l.state = 'GOOD' and l.action = 'card';
    update beneficiaries.account a
       set valid = case when lower(a.valid) >= l.valid_from then 'empty'::daterange else daterange(lower(a.valid), l.valid_from) end
      from beneficiaries.change_line l
     where l.district = v_district and l.list_id = p_list and l.line = any (p_lines) and l.state = 'GOOD' and l.action = 'card'
       and a.district = l.district and a.person_id = l.person_id and not isempty(a.valid)
       and (upper_inf(a.valid) or upper(a.valid) > l.valid_from);
    insert into beneficiaries.account (district, id, person_id, holder_person_id, kind, bank_number, number_sealed, number_index,
                                       number_masked, valid, event_id)
    select l.district, l.account_id, l.person_id, l.holder_id, l.account_kind, l.bank_number, l.number_sealed, l.number_index,
           l.number_masked, daterange(l.valid_from, null), p_event
      from beneficiaries.change_line l
     where l.district = v_district and l.list_id = p_list and l.line = any (p_lines) and l.state = 'GOOD' and l.action = 'card'
     order by l.line;
    update beneficiaries.change_line l set result = beneficiaries.change_list_accounts(l.district, l.person_id)
     where l.district = v_district and l.list_id = p_list and l.line = any (p_lines) and l.state = 'GOOD' and l.action = 'card';
end
$$;

-- Applies lines that have been looked at again in the same transaction. The event commits to what was done by the hash of
-- the lines' numbers, actions and targets.
create or replace function beneficiaries.change_list_apply_lines(p_list bigint, p_lines bigint[]) returns bigint
    language plpgsql as
$$
declare
    v_district integer := app.district();
    v_people bigint; -- its own event: a division that changes moves enrolments, which other lines change too
    v_event bigint;
    v_hash text;
    v_count bigint;
begin
    select count(*), encode(sha256(convert_to(string_agg(concat_ws('|', line, action, person_id, item_code, changes::text), E'\n'
                                                         order by line), 'UTF8')), 'hex')
      into v_count, v_hash from beneficiaries.change_line
     where district = v_district and list_id = p_list and line = any (p_lines) and state = 'GOOD';
    if v_count = 0 then
        return 0;
    end if;
    if exists (select from beneficiaries.change_line where district = v_district and list_id = p_list and line = any (p_lines)
                  and state = 'GOOD' and action = 'change' and (name is not null or phone_index is not null or division is not null)) then
        v_people := audit.write_event('apply_people', 'change_list', p_list::text, '{}');
        perform beneficiaries.change_list_apply_person(p_list, p_lines, v_people);
    end if;
    v_event := audit.write_event('apply_lines', 'change_list', p_list::text,
                                 jsonb_build_object('lines', v_count, 'lines_sha256', v_hash));
    perform beneficiaries.change_list_apply_new(p_list, p_lines, v_event);
    perform beneficiaries.change_list_apply_tiers(p_list, p_lines, v_event);
    perform beneficiaries.change_list_apply_stop(p_list, p_lines, v_event);
    perform beneficiaries.change_list_apply_card(p_list, p_lines, v_event);
    update beneficiaries.change_line set state = 'APPLIED'
     where district = v_district and list_id = p_list and line = any (p_lines) and state = 'GOOD';
    update beneficiaries.change_list
       set done_lines = done_lines + v_count, events = array_remove(events || v_people || v_event, null),
           version = version + 1, event_id = v_event
     where district = v_district and id = p_list;
    return v_count;
end
$$;

-- The worker's part: the next lines (mode all: every line, or none when one of them has changed since the check). True while
-- there is more to do.
create or replace function beneficiaries.change_list_apply(p_list bigint, p_limit integer) returns boolean
    language plpgsql security definer set search_path = pg_catalog, beneficiaries, app as
$$
declare
    v_list beneficiaries.change_list;
    v_lines bigint[];
    v_stale bigint;
begin
    select * into v_list from beneficiaries.change_list where district = app.district() and id = p_list for update;
    if v_list.state is distinct from 'APPLYING' then
        return false; -- done by a worker whose commit was not seen
    end if;
    perform beneficiaries.change_list_figures();
    v_lines := array(select line from beneficiaries.change_line where district = v_list.district and list_id = p_list
                        and state = 'GOOD' order by line limit case when v_list.mode = 'good' then p_limit end);
    if cardinality(v_lines) > 0 then
        perform beneficiaries.change_list_lock(p_list, v_lines);
        v_stale := beneficiaries.change_list_recheck(p_list, v_lines);
        if v_list.mode = 'all' and v_stale > 0 then
            perform beneficiaries.change_list_halt(p_list, 'changed_meanwhile');
            return false;
        end if;
        perform beneficiaries.change_list_apply_lines(p_list, v_lines);
        return true;
    end if;
    update beneficiaries.change_list
       set state = 'APPLIED', applied_at = now(), counts = beneficiaries.change_list_counts(p_list), version = version + 1,
           event_id = audit.write_event('apply_list', 'change_list', p_list::text, beneficiaries.change_list_counts(p_list))
     where district = v_list.district and id = p_list;
    return false;
end
$$;

-- The application ends early: what was applied stays, the rest waits for somebody to begin again.
create or replace function beneficiaries.change_list_halt(p_list bigint, p_code text) returns void
    language sql security definer set search_path = pg_catalog, beneficiaries, app as
$$
    update beneficiaries.change_list
       set state = 'CHECKED', error_code = p_code, counts = beneficiaries.change_list_counts(p_list), version = version + 1,
           event_id = audit.write_event('halt_list', 'change_list', p_list::text, jsonb_build_object('code', p_code))
     where district = app.district() and id = p_list and state = 'APPLYING'
$$;
