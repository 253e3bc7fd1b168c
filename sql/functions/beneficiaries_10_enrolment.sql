-- The guards of an enrolment's life. They hold against direct SQL by any service: what may follow what, three people,
-- the procedure that the item's rule asks for, and a step for every change.

-- The approved rule of an item on a day; the latest one when none is in force.
create or replace function beneficiaries.rule_of(p_district integer, p_item text, p_on date) returns setof programmes.rule
    language sql stable as
$$
    select * from programmes.rule
     where district = p_district and item_code = p_item and state = 'APPROVED'
     order by valid @> p_on desc, lower(valid) desc limit 1
$$;

-- The first day for which nothing is due any more after an end: the first of a month. p_exit_basis: which month is the last
-- (NULL: the one of the event); a death ends with its month, whatever the basis, but for same_month. p_notice_ends_on: the
-- last day of the notice of the end, for end_of_notice; without it the answer is NULL. p_grace_months: paid beyond (渐退期).
create or replace function beneficiaries.due_until(p_exit_basis text, p_cause text, p_ended_on date, p_decided_on date,
                                                   p_notice_ends_on date, p_grace_months integer)
returns date language sql immutable as
$$
    select (date_trunc('month', case when p_exit_basis is null or p_cause = 'death' then p_ended_on
                                     when p_exit_basis = 'month_after_event' then greatest(p_ended_on, p_decided_on)
                                     when p_exit_basis = 'end_of_notice' then p_notice_ends_on
                                     else p_ended_on end)
            + make_interval(months => p_grace_months + case when p_exit_basis = 'same_month' then 0 else 1 end))::date
$$;

-- Every change of a row: a new version with its own event, nothing forged, and never without a step.
create or replace function beneficiaries.guard_enrolment() returns trigger language plpgsql as
$$
begin
    if new.version <> old.version + 1 or new.event_id = old.event_id then
        raise exception 'a change of an enrolment is a new version with its own event';
    end if;
    if new.state = old.state then
        if current_user in ('huimin_beneficiaries', 'huimin_worker') then
            raise exception 'a change of an enrolment is a step' using errcode = '42501';
        end if;
        return new;
    end if;
    if (new.decided_by is distinct from old.decided_by and new.decided_by <> app.actor())
       or (new.reviewed_by is distinct from old.reviewed_by and new.reviewed_by <> app.actor())
       or (new.applied_by <> old.applied_by and new.applied_by <> app.actor()) then
        raise exception 'a step is taken by who acts' using errcode = '42501';
    end if;
    if new.state not in ('APPLIED', 'APPROVED') and new.starts_on is distinct from old.starts_on then
        raise exception 'the start is set by the application or its approval';
    end if;
    if new.state = 'APPROVED' and old.state <> 'ENDED'
       and (new.starts_on <> old.starts_on or new.valid is distinct from daterange(new.starts_on, null)) then
        raise exception 'an approval is for all months from the start on' using errcode = '42501';
    elsif new.state = 'ENDED' and not (isempty(new.valid) or (lower(new.valid) = lower(old.valid) and new.valid <@ old.valid)) then
        raise exception 'an end takes months away from the end on' using errcode = '42501';
    end if;
    if old.state = 'ENDED' and current_user in ('huimin_beneficiaries', 'huimin_worker') then
        raise exception 'an end is taken back by two people' using errcode = '42501'; -- change_decide()
    end if;
    if new.state = 'APPROVED' and new.review_due_on is null then -- the shortest class, until a review finds another
        select c.class, (app.today() + make_interval(months => c.months))::date into new.review_class, new.review_due_on
          from programmes.review_class c where c.district = new.district and c.item_code = new.item_code
         order by c.months limit 1;
    end if;
    return new;
end
$$;
create or replace trigger enrolment_guard before update on beneficiaries.enrolment
    for each row execute function beneficiaries.guard_enrolment();

-- The steps of changed states, set-wise: a list of tens of thousands is approved in one statement. Without nested loops:
-- plans over transition tables are kept for the session, and one made for a single row would turn a list quadratic.
create or replace function beneficiaries.keep_enrolment_steps() returns trigger language plpgsql security definer
    set search_path = pg_catalog, beneficiaries, app set enable_nestloop = off as
$$
begin
    if tg_op = 'INSERT' then
        insert into beneficiaries.enrolment_step (district, enrolment_id, seq, step, from_state, to_state, actor, effective_on, event_id)
        select district, id, version, case state when 'APPLIED' then 'applied' else 'taken_over' end, 'NONE', state,
               coalesce(app.actor(), session_user), coalesce(starts_on, applied_on), event_id from new_rows;
        return null;
    end if;
    if exists (select from new_rows n join old_rows o using (district, id)
                where n.state <> o.state and (o.state, n.state) not in (select from_state, to_state
                                                                          from beneficiaries.enrolment_transition)) then
        perform app.refuse('wrong_state');
    end if;
    insert into beneficiaries.enrolment_step (district, enrolment_id, seq, step, from_state, to_state, actor, cause, evidence,
                                              effective_on, valid_before, event_id)
    select n.district, n.id, n.version,
           (select t.step from beneficiaries.enrolment_transition t
             where t.from_state = o.state and t.to_state = n.state
               and (t.step = 'taken_over') = (n.state = 'APPROVED' and o.state <> 'ENDED' and exists (
                   select from beneficiaries.import i -- the import's own approval, which is happening
                     join audit.event v on v.district = i.district and v.id = i.event_id and v.act = 'approve_import'
                    where i.district = n.district and i.id = n.import_id and i.event_id = n.event_id
                      and i.approved_by = app.actor() and i.approved_at = now()))),
           o.state, n.state, coalesce(app.actor(), session_user),
           -- the cause of what the state is now: each state has at most one of them
           coalesce(n.return_cause, n.reject_cause, n.end_cause, case when o.state = 'ENDED' then n.reopen_cause end),
           case when n.state in ('RETURNED', 'ENDED') or o.state = 'ENDED' then n.evidence end,
           case n.state when 'ENDED' then n.ended_on when 'APPROVED' then n.starts_on when 'APPLIED' then n.applied_on end,
           o.valid, n.event_id
      from new_rows n join old_rows o using (district, id)
     where n.state <> o.state;
    return null;
end
$$;
create or replace trigger enrolment_steps_of_insert after insert on beneficiaries.enrolment
    referencing new table as new_rows for each statement execute function beneficiaries.keep_enrolment_steps();
create or replace trigger enrolment_steps_1_of_update after update on beneficiaries.enrolment
    referencing old table as old_rows new table as new_rows
    for each statement execute function beneficiaries.keep_enrolment_steps();

create or replace function beneficiaries.refuse_step_change() returns trigger language plpgsql as
$$ begin raise exception '% is append-only', tg_table_name using errcode = '42501'; end $$;
create or replace trigger enrolment_step_is_append_only before update or delete on beneficiaries.enrolment_step
    for each statement execute function beneficiaries.refuse_step_change();
create or replace trigger notice_is_append_only before update or delete on beneficiaries.notice
    for each statement execute function beneficiaries.refuse_step_change();
create or replace trigger hearing_is_append_only before update or delete on beneficiaries.hearing
    for each statement execute function beneficiaries.refuse_step_change();

-- What the procedure demands of the steps that were just written; the first that is missing is the refusal.
-- Cases taken over from lists, as a whole, have been through it elsewhere: of them only that nothing forbids them is
-- asked. One of a list that is decided by itself goes the way of every application.
create or replace function beneficiaries.guard_procedure() returns trigger language plpgsql security definer
    set search_path = pg_catalog, beneficiaries, app as
$$
declare
    r record;
    v_code text;
begin
    for r in select n.*, s.step, s.from_state from new_rows n
               join beneficiaries.enrolment_step s on s.district = n.district and s.enrolment_id = n.id and s.seq = n.version
              where s.from_state <> s.to_state and s.step in ('reviewed', 'noticed', 'approved', 'ended', 'returned') loop
        v_code := null;
        case r.step
        when 'reviewed', 'noticed', 'approved' then
            if exists (select from beneficiaries.enrolment_step a where a.district = r.district and a.enrolment_id = r.id
                          and a.step in ('applied', 'submitted') and r.step <> 'noticed' and a.actor = app.actor()) then
                v_code := 'same_person';
            else
                v_code := (select o.code from beneficiaries.enrolment_obstacles(r.district, r.id, r.from_state, r.step) o limit 1);
            end if;
        when 'ended', 'returned' then
            if r.end_cause = 'death' and beneficiaries.death_of(r.district, r.person_id) is distinct from r.ended_on then
                v_code := 'death_not_recorded';
            -- what a list brought and nobody was paid goes as it came when the list is taken back (change_list_undo())
            elsif r.from_state = 'APPROVED'
               and not (isempty(r.valid) and exists (select from audit.event e where e.id = r.event_id and e.act = 'undo_lines'))
               and beneficiaries.hearing_is_missing(r.district, r.id, r.item_code, r.end_cause, r.version, r.ended_on, r.evidence) then
                v_code := 'hearing_missing';
            end if;
        end case;
        if v_code is not null then
            perform app.refuse(v_code);
        end if;
    end loop;
    if exists (select from beneficiaries.forbidden_lines(app.district(),
                   (select array_agg(n.person_id order by n.id) from new_rows n where n.import_id is not null and n.state = 'APPROVED'),
                   (select array_agg(n.item_code order by n.id) from new_rows n where n.import_id is not null and n.state = 'APPROVED'),
                   (select array_agg(n.tier_code order by n.id) from new_rows n where n.import_id is not null and n.state = 'APPROVED'),
                   (select array_agg(n.starts_on order by n.id) from new_rows n where n.import_id is not null and n.state = 'APPROVED'),
                   (select array_agg(n.id order by n.id) from new_rows n where n.import_id is not null and n.state = 'APPROVED'), false)) then
        perform app.refuse('excluded');
    end if;
    if exists (select from new_rows n
                 join beneficiaries.enrolment_step s on s.district = n.district and s.enrolment_id = n.id and s.seq = n.version
                                                    and s.step = 'taken_over'
                 join beneficiaries.import i on i.district = n.district and i.id = n.import_id
                where n.starts_on > beneficiaries.import_month(i.created_at)) then
        perform app.refuse('begins_later');
    end if;
    return null;
end
$$;
create or replace trigger enrolment_steps_2_of_update after update on beneficiaries.enrolment
    referencing new table as new_rows for each statement execute function beneficiaries.guard_procedure();

-- The last first month of the cases that an import takes over: those run already.
create or replace function beneficiaries.import_month(p_created_at timestamptz) returns date language sql stable as
$$ select date_trunc('month', p_created_at at time zone 'Asia/Shanghai')::date $$;

-- An approval that is taken back takes with it what was decided about the enrolment since: other tiers, suspensions, and what
-- somebody has proposed. What is approved again begins anew.
create or replace function beneficiaries.drop_what_was_returned() returns trigger language plpgsql security definer
    set search_path = pg_catalog, beneficiaries as
$$
begin
    update beneficiaries.tier_change set valid = 'empty', event_id = new.event_id
     where district = new.district and enrolment_id = new.id and not isempty(valid);
    update beneficiaries.suspension set valid = 'empty', event_id = new.event_id
     where district = new.district and enrolment_id = new.id and not isempty(valid);
    update beneficiaries.enrolment_change set state = 'WITHDRAWN', version = version + 1, event_id = new.event_id
     where district = new.district and enrolment_id = new.id and state = 'PROPOSED';
    return null;
end
$$;
create or replace trigger enrolment_returned after update on beneficiaries.enrolment for each row
    when (old.state = 'APPROVED' and new.state = 'RETURNED') execute function beneficiaries.drop_what_was_returned();

-- Every version of a person that was is kept (0005); what is under way or runs moves with the person, as a step.
create or replace function beneficiaries.keep_person_version() returns trigger language plpgsql security definer
    set search_path = pg_catalog, beneficiaries as
$$
begin
    if new.version <> old.version + 1 or new.event_id = old.event_id then
        raise exception 'a change of a person is a new version with its own event';
    end if;
    insert into beneficiaries.person_history (district, person_id, version, division, name, phone_sealed, phone_index,
                                              phone_masked, death_date, event_id, valid_from, valid_to)
    values (old.district, old.id, old.version, old.division, old.name, old.phone_sealed, old.phone_index,
            old.phone_masked, old.death_date, old.event_id, old.updated_at, now());
    if new.division <> old.division then
        with moved as (
            update beneficiaries.enrolment
               set division = new.division, version = version + 1, event_id = new.event_id
             where district = new.district and person_id = new.id
               and state in ('APPLIED', 'REVIEWED', 'NOTICED', 'RETURNED', 'APPROVED')
            returning id, version, state
        )
        insert into beneficiaries.enrolment_step (district, enrolment_id, seq, step, from_state, to_state, actor, event_id)
        select new.district, id, version, 'moved', state, state, coalesce(app.actor(), session_user), new.event_id from moved;
    end if;
    new.updated_at := now();
    return new;
end
$$;
