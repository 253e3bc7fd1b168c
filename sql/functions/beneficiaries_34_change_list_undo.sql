-- What follows when a change list has been applied: its applications are approved as a whole, or all of it is taken back.

-- Approves applications of a list that need nothing more (no review, notice, document or check that is missing): by somebody
-- who neither brought nor applied the list. The others (skipped) go their way one by one. Each application is looked at by
-- itself, so that a call takes the next p_limit; left_over: for the calls that follow.
create or replace function beneficiaries.change_list_approve(p_list bigint, p_limit integer)
returns table (approved bigint, skipped bigint, left_over bigint)
    language plpgsql security definer set search_path = pg_catalog, beneficiaries, app as
$$
declare
    v_list beneficiaries.change_list;
    v_lines bigint[];
    v_ready bigint[];
    v_event bigint;
begin
    select * into v_list from beneficiaries.change_list where district = app.district() and id = p_list for update;
    if app.actor() in (v_list.actor, v_list.applied_by) then
        perform app.refuse('same_person');
    elsif v_list.state <> 'APPLIED' then
        perform app.refuse('wrong_state');
    end if;
    v_lines := array(select line from beneficiaries.change_line where district = v_list.district and list_id = p_list
                        and state = 'APPLIED' and action = 'new' and result is null order by line limit p_limit);
    perform beneficiaries.change_list_lock(p_list, v_lines);
    v_event := audit.write_event('approve_lines', 'change_list', p_list::text, jsonb_build_object('lines', cardinality(v_lines)));
    with picked as materialized (
        select n.id, n.district, n.item_code, n.starts_on, l.line
          from beneficiaries.change_line l
          join beneficiaries.enrolment n on n.district = l.district and n.id = l.enrolment_id and n.state = 'APPLIED'
         where l.district = v_list.district and l.list_id = p_list and l.line = any (v_lines)
    ), open as materialized (
        select n.id, n.line, coalesce(n.starts_on, case r.entry_basis
                   when 'approval_month' then date_trunc('month', app.today())::date
                   when 'month_after_approval' then (date_trunc('month', app.today()) + interval '1 month')::date end) as starts_on
          from picked n
          left join lateral beneficiaries.rule_of(n.district, n.item_code, app.today()) r on true
         where not exists (select from beneficiaries.enrolment_obstacles(n.district, n.id, 'APPLIED', 'approved'))
    ), done as (
        update beneficiaries.enrolment n
           set state = 'APPROVED', decided_by = app.actor(), decided_at = now(), starts_on = o.starts_on,
               valid = daterange(o.starts_on, null), version = n.version + 1, event_id = v_event
          from open o
         where n.district = v_list.district and n.id = o.id and o.starts_on is not null
           and not exists (select from beneficiaries.enrolment x where x.district = n.district and x.person_id = n.person_id
                              and x.item_code = n.item_code and x.valid && daterange(o.starts_on, null))
        returning o.line
    )
    select array_agg(line) into v_ready from done;
    update beneficiaries.change_line
       set result = to_jsonb(case when line = any (v_ready) then 'approved' else 'skipped' end)
     where district = v_list.district and list_id = p_list and line = any (v_lines);
    approved := coalesce(cardinality(v_ready), 0);
    skipped := cardinality(v_lines) - approved;
    select count(*) into left_over from beneficiaries.change_line where district = v_list.district and list_id = p_list
       and state = 'APPLIED' and action = 'new' and result is null;
    update beneficiaries.change_list
       set approved_by = app.actor(), approved_at = now(), events = events || v_event, version = version + 1, event_id = v_event
     where district = v_list.district and id = p_list;
    return next;
end
$$;

-- Whether a run that counts has been filled since the list was applied with a payment for a person and item of the list,
-- or anything is on its way to an account that it made.
create or replace function beneficiaries.change_list_paid(p_list bigint) returns boolean language sql stable as
$$
    with since as (
        select min(e) as event from beneficiaries.change_list c, unnest(c.events) e where c.district = app.district() and c.id = p_list
    ), touched as (
        select distinct l.item_code, u.id as unit, u.household from beneficiaries.change_line l
          join beneficiaries.person p on p.district = l.district and p.id = l.person_id
         cross join lateral (
            select coalesce(p.merged_into, p.id), false union select p.id, false
            union select m.household_id, true from beneficiaries.household_member m
                   where m.district = l.district and m.person_id = p.id) u(id, household)
         where l.district = app.district() and l.list_id = p_list and l.state = 'APPLIED' and l.item_code is not null
    )
    select exists (
        select from touched t
          join programmes.item i on i.district = app.district() and i.code = t.item_code
          left join lateral beneficiaries.rule_of(app.district(), t.item_code, app.today()) r on true
          join payments.payment p on p.district = app.district() and p.item_code = t.item_code
                                 and ((t.household and r.kind = 'household_topup' and p.unit_id = t.unit)
                                      or (not t.household and p.person_id = t.unit))
          join payments.run n on n.district = p.district and n.id = p.run_id and n.state not in ('CANCELLED', 'FAILED')
          join audit.event e on e.district = n.district and e.entity = 'run' and e.entity_id = n.id::text and e.act = 'generate'
         where e.id > (select event from since))
    or exists (
        select from beneficiaries.change_line l
          join payments.payment p on p.district = l.district and p.person_id = l.person_id and p.account_id = l.account_id
          join payments.run n on n.district = p.district and n.id = p.run_id and n.state not in ('CANCELLED', 'FAILED')
         where l.district = app.district() and l.list_id = p_list and l.state = 'APPLIED' and l.action = 'card')
$$;

-- Whether somebody has changed since what the list changed.
create or replace function beneficiaries.change_list_changed(p_list bigint) returns boolean language sql stable as
$$
    with touched as (
        select l.*, c.events from beneficiaries.change_list c
          join beneficiaries.change_line l on l.district = c.district and l.list_id = c.id and l.state = 'APPLIED'
         where c.district = app.district() and c.id = p_list
    )
    select exists (select from touched l join beneficiaries.enrolment n on n.district = l.district and n.id = l.enrolment_id
                    where n.event_id <> all (l.events))
        or exists (select from touched l join beneficiaries.person p on p.district = l.district and p.id = l.person_id
                    where l.person_version is not null and p.event_id <> all (l.events))
        or exists (select from touched l
                    where l.action = 'card' and l.result is distinct from beneficiaries.change_list_accounts(l.district, l.person_id))
        or exists (select from touched l
                    where l.action = 'change' and l.result is not null
                      and l.result is distinct from beneficiaries.change_list_tiers(l.district, l.enrolment_id))
$$;

create or replace function beneficiaries.change_list_undo_new(p_list bigint, p_event bigint) returns void language sql as
$$
    update beneficiaries.enrolment n
       set state = case n.state when 'APPROVED' then 'ENDED' else 'REJECTED' end,
           decided_by = app.actor(), decided_at = now(),
           reject_cause = case n.state when 'APPROVED' then null else 'withdrawn' end,
           end_cause = case n.state when 'APPROVED' then 'other' end, ended_on = case n.state when 'APPROVED' then app.today() end,
           valid = case n.state when 'APPROVED' then 'empty'::daterange end,
           evidence = 'change list ' || p_list, version = n.version + 1, event_id = p_event
      from beneficiaries.change_line l
     where l.district = app.district() and l.list_id = p_list and l.state = 'APPLIED' and l.action = 'new'
       and n.district = l.district and n.id = l.enrolment_id and n.state in ('APPLIED', 'APPROVED')
$$;

-- A wrong end is taken back by two people: who brought the list, and who undoes it.
create or replace function beneficiaries.change_list_undo_stop(p_list bigint, p_event bigint) returns void language plpgsql as
$$
begin
    insert into beneficiaries.enrolment_change (district, enrolment_id, kind, item_code, cause, evidence, state, proposed_by,
                                                decided_by, decided_at, event_id)
    select l.district, l.enrolment_id, 'reopening', l.item_code, 'other', 'change list ' || p_list, 'APPROVED', c.actor, app.actor(),
           now(), p_event
      from beneficiaries.change_list c
      join beneficiaries.change_line l on l.district = c.district and l.list_id = c.id and l.state = 'APPLIED' and l.action = 'stop'
     where c.district = app.district() and c.id = p_list order by l.line;
    update beneficiaries.enrolment n
       set state = 'APPROVED', valid = (l.image ->> 'valid')::daterange, end_cause = null, ended_on = null, reopen_cause = 'other',
           evidence = 'change list ' || p_list, version = n.version + 1, event_id = p_event
      from beneficiaries.change_line l
     where l.district = app.district() and l.list_id = p_list and l.state = 'APPLIED' and l.action = 'stop'
       and n.district = l.district and n.id = l.enrolment_id;
end
$$;

create or replace function beneficiaries.change_list_undo_tiers(p_list bigint, p_event bigint) returns void language plpgsql as
$$
declare
    v_district integer := app.district();
begin
    perform beneficiaries.change_list_tier_steps(array_agg(l.enrolment_id), array_agg(e ->> 'from'), array_agg('other'::text),
                                                 array_agg(l.starts_on), array_agg(false), p_event)
       from beneficiaries.change_line l, jsonb_array_elements(l.changes) e
      where l.district = v_district and l.list_id = p_list and l.state = 'APPLIED' and l.action = 'change' and l.result is not null
        and e ->> 'field' = 'tier';
    update beneficiaries.tier_change t set valid = 'empty'
      from beneficiaries.change_line l
     where l.district = v_district and l.list_id = p_list and l.state = 'APPLIED' and l.action = 'change' and l.result is not null
       and t.district = l.district and t.enrolment_id = l.enrolment_id and t.event_id in (
           select unnest(events) from beneficiaries.change_list where district = v_district and id = p_list);
    update beneficiaries.tier_change t set valid = (o ->> 1)::daterange
      from beneficiaries.change_line l, jsonb_array_elements(case jsonb_typeof(l.image -> 'tiers') when 'array' then l.image -> 'tiers'
                                                             else '[]' end) o
     where l.district = v_district and l.list_id = p_list and l.state = 'APPLIED' and l.action = 'change' and l.result is not null
       and t.district = l.district and t.id = (o ->> 0)::bigint and t.valid <> (o ->> 1)::daterange;
end
$$;

create or replace function beneficiaries.change_list_undo_card(p_list bigint) returns void language plpgsql as
$$
declare
    v_district integer := app.district();
begin
    update beneficiaries.account a set valid = 'empty'
      from beneficiaries.change_line l
     where l.district = v_district and l.list_id = p_list and l.state = 'APPLIED' and l.action = 'card'
       and a.district = l.district and a.id = l.account_id;
    update beneficiaries.account a set valid = (o ->> 1)::daterange
      from beneficiaries.change_line l, jsonb_array_elements(case jsonb_typeof(l.image -> 'accounts') when 'array'
                                                             then l.image -> 'accounts' else '[]' end) o
     where l.district = v_district and l.list_id = p_list and l.state = 'APPLIED' and l.action = 'card'
       and a.district = l.district and a.id = (o ->> 0)::bigint and a.valid <> (o ->> 1)::daterange;
end
$$;

-- The version that the line replaced comes back as the next one.
create or replace function beneficiaries.change_list_undo_person(p_list bigint, p_event bigint) returns void language sql as
$$
    update beneficiaries.person p
       set name = h.name, name_folded = coalesce(l.image ->> 'folded', p.name_folded), division = h.division,
           phone_sealed = h.phone_sealed, phone_index = h.phone_index, phone_masked = h.phone_masked,
           version = p.version + 1, event_id = p_event
      from beneficiaries.change_line l
      join beneficiaries.person_history h on h.district = l.district and h.person_id = l.person_id and h.version = l.person_version
     where l.district = app.district() and l.list_id = p_list and l.state = 'APPLIED' and l.person_version is not null
       and p.district = l.district and p.id = l.person_id
$$;

-- The inverse of every line; nothing is deleted, versions go up.
create or replace function beneficiaries.change_list_invert(p_list bigint) returns bigint[] language plpgsql as
$$
declare
    v_event bigint := audit.write_event('undo_lines', 'change_list', p_list::text, '{}');
    v_people bigint;
begin
    perform beneficiaries.change_list_undo_card(p_list);
    perform beneficiaries.change_list_undo_tiers(p_list, v_event);
    perform beneficiaries.change_list_undo_stop(p_list, v_event);
    perform beneficiaries.change_list_undo_new(p_list, v_event);
    v_people := audit.write_event('undo_people', 'change_list', p_list::text, '{}');
    perform beneficiaries.change_list_undo_person(p_list, v_people);
    return array[v_event, v_people];
exception when exclusion_violation or unique_violation then -- something else has taken the place of what was
    perform app.refuse('changed_since');
    return null;
end
$$;

-- Takes a list back: a checked one, of which nothing was applied, by anybody who may; else by a second person, as long as
-- nothing of it is in a run and nobody has changed since what it changed.
create or replace function beneficiaries.change_list_undo(p_list bigint) returns void
    language plpgsql security definer set search_path = pg_catalog, beneficiaries, app as
$$
declare
    v_list beneficiaries.change_list;
    v_lines bigint[];
    v_events bigint[] := '{}';
begin
    select * into v_list from beneficiaries.change_list where district = app.district() and id = p_list for update;
    if v_list.state not in ('CHECKED', 'APPLIED') then
        perform app.refuse('wrong_state');
    end if;
    v_lines := array(select line from beneficiaries.change_line where district = v_list.district and list_id = p_list
                        and state = 'APPLIED' order by line);
    if cardinality(v_lines) > 0 then
        perform beneficiaries.change_list_figures();
        if v_list.actor = app.actor() then
            perform app.refuse('same_person');
        end if;
        perform beneficiaries.change_list_lock(p_list, v_lines);
        if beneficiaries.change_list_paid(p_list) then
            perform app.refuse('already_paid');
        elsif beneficiaries.change_list_changed(p_list) then
            perform app.refuse('changed_since');
        end if;
        v_events := beneficiaries.change_list_invert(p_list);
        update beneficiaries.change_line set state = 'UNDONE'
         where district = v_list.district and list_id = p_list and state = 'APPLIED';
    end if;
    update beneficiaries.change_list
       set state = 'UNDONE', undone_by = app.actor(), undone_at = now(), events = events || v_events,
           counts = beneficiaries.change_list_counts(p_list), version = version + 1,
           event_id = audit.write_event('undo_list', 'change_list', p_list::text,
                                        jsonb_build_object('lines', cardinality(v_lines)))
     where district = v_list.district and id = p_list;
end
$$;

do $$
declare
    name text;
begin
    for name in select p.oid::regprocedure from pg_proc p
                 where p.pronamespace = 'beneficiaries'::regnamespace and p.proname like 'change\_list\_%' loop
        execute format('revoke all on function %s from public', name);
    end loop;
end
$$;
grant execute on function beneficiaries.change_list_check(bigint), beneficiaries.change_list_fail(bigint, text, boolean),
    beneficiaries.change_list_apply(bigint, integer), beneficiaries.change_list_halt(bigint, text) to huimin_worker;
grant execute on function beneficiaries.change_list_begin(bigint, text), beneficiaries.change_list_approve(bigint, integer),
    beneficiaries.change_list_undo(bigint) to huimin_beneficiaries;
