-- Steps that leave an enrolment in its state, and decisions of a second person about a running one. All run with their
-- owner's rights, check the caller's reach and lock the enrolment.

-- The enrolment, locked; not_found when it is beyond the caller's reach.
create or replace function beneficiaries.enrolment_locked(p_enrolment bigint) returns beneficiaries.enrolment
    language plpgsql security definer set search_path = pg_catalog, beneficiaries, app as
$$
declare
    v_row beneficiaries.enrolment;
begin
    select * into v_row from beneficiaries.enrolment
     where district = app.district() and id = p_enrolment
       and (app.divisions() is null or division = any (app.divisions()))
       and (app.programmes() is null or item_code = any (app.programmes()))
       for no key update;
    if v_row.id is null then
        perform app.refuse('not_found');
    end if;
    return v_row;
end
$$;
revoke all on function beneficiaries.enrolment_locked(bigint) from public;

-- All numbers under which a person is registered.
create or replace function beneficiaries.same_person(p_district integer, p_person bigint) returns setof bigint language sql stable as
$$
    with survivor as (
        select coalesce(merged_into, id) as id from beneficiaries.person where district = p_district and id = p_person
    )
    select id from survivor
    union all
    select o.id from survivor s join beneficiaries.person o on o.district = p_district and o.merged_into = s.id
$$;

-- The day on which a person died: the register's, of the person or of a number merged with it. NULL: none is on record.
create or replace function beneficiaries.death_of(p_district integer, p_person bigint) returns date language sql stable
    security definer set search_path = pg_catalog, beneficiaries as
$$
    select min(o.death_date) from beneficiaries.same_person(p_district, p_person) s(id)
      join beneficiaries.person o on o.district = p_district and o.id = s.id
$$;
revoke all on function beneficiaries.death_of(integer, bigint) from public;
grant execute on function beneficiaries.death_of(integer, bigint) to huimin_beneficiaries;

-- Whether somebody's own statement is among an enrolment's documents, and nothing has ended by it before.
create or replace function beneficiaries.statement_is_there(p_district integer, p_enrolment bigint, p_seq integer) returns boolean
    language sql stable as
$$
    select exists (
        select from beneficiaries.enrolment_document d
          join beneficiaries.enrolment_step s on s.district = d.district and s.enrolment_id = d.enrolment_id
                                             and s.event_id = d.event_id and s.seq < p_seq
         where d.district = p_district and d.enrolment_id = p_enrolment and d.kind = 'voluntary_statement'
           and not exists (select from beneficiaries.enrolment_step e where e.district = p_district and e.enrolment_id = p_enrolment
                              and e.seq > s.seq and e.seq < p_seq and e.step in ('ended', 'returned')))
$$;

-- Whether a step that reduces or ends lacks its hearing: where the rule of today demands one, there must be one that no
-- earlier reduction has used. None is needed for a death that the register holds, and on one's own wish: with the number of
-- the statement (p_evidence) and the statement itself on record. p_seq: steps before this one count.
drop function if exists beneficiaries.hearing_is_missing(integer, bigint, text, text, integer);
create or replace function beneficiaries.hearing_is_missing(p_district integer, p_enrolment bigint, p_item text, p_cause text,
                                                            p_seq integer, p_ended_on date, p_evidence text)
    returns boolean language sql stable as
$$
    select exists (select from beneficiaries.rule_of(p_district, p_item, app.today()) r where r.hearing_required)
       and not case p_cause
               when 'death' then exists (
                   select from beneficiaries.enrolment n where n.district = p_district and n.id = p_enrolment
                      and beneficiaries.death_of(n.district, n.person_id) = p_ended_on)
               when 'voluntary' then p_evidence is not null
                                     and beneficiaries.statement_is_there(p_district, p_enrolment, p_seq)
               else false end
       and not exists (
           select from beneficiaries.hearing h
            where h.district = p_district and h.enrolment_id = p_enrolment and h.seq < p_seq
              and not exists (select from beneficiaries.enrolment_step s
                               where s.district = p_district and s.enrolment_id = p_enrolment and s.seq > h.seq and s.seq < p_seq
                                 and (s.step in ('ended', 'suspended', 'reduced')
                                      or (s.step = 'returned' and s.from_state = 'APPROVED')
                                      or (s.step = 'tier_changed' and (s.data ->> 'lower')::boolean))))
$$;

-- The step itself: a new version with its event. Returns the event.
create or replace function beneficiaries.step_write(p_row beneficiaries.enrolment, p_step text, p_cause text, p_evidence text,
                                                    p_on date, p_data jsonb) returns bigint language plpgsql security definer
    set search_path = pg_catalog, beneficiaries, audit, app as
$$
declare
    v_event bigint;
begin
    if not exists (select from beneficiaries.enrolment_transition t
                    where t.from_state = p_row.state and t.to_state = p_row.state and t.step = p_step) then
        perform app.refuse('wrong_state');
    end if;
    v_event := audit.write_event(p_step, 'enrolment', p_row.id::text,
        coalesce(p_data, '{}') || jsonb_strip_nulls(jsonb_build_object('cause', p_cause, 'on', p_on)));
    update beneficiaries.enrolment
       set version = version + 1, event_id = v_event,
           visited_on = case p_step when 'visited' then p_on else visited_on end,
           visitors = case p_step when 'visited' then (p_data ->> 'visitors')::integer else visitors end,
           review_class = case p_step when 'periodic_review' then p_data ->> 'class' else review_class end,
           review_due_on = case p_step when 'periodic_review' then (p_data ->> 'next_due_on')::date else review_due_on end
     where district = p_row.district and id = p_row.id;
    insert into beneficiaries.enrolment_step (district, enrolment_id, seq, step, from_state, to_state, actor, cause, evidence,
                                              effective_on, data, event_id)
    values (p_row.district, p_row.id, p_row.version + 1, p_step, p_row.state, p_row.state, app.actor(), p_cause, p_evidence, p_on,
            p_data, v_event);
    return v_event;
end
$$;
revoke all on function beneficiaries.step_write(beneficiaries.enrolment, text, text, text, date, jsonb) from public;

-- A step that only records: what it is about is written by the caller in the same transaction, with the event.
create or replace function beneficiaries.enrolment_note(p_enrolment bigint, p_step text, p_cause text, p_evidence text, p_on date,
                                                        p_data jsonb) returns table (event_id bigint, seq integer)
    language plpgsql security definer set search_path = pg_catalog, beneficiaries, app as
$$
declare
    v_row beneficiaries.enrolment := beneficiaries.enrolment_locked(p_enrolment);
begin
    if p_step not in ('document', 'visited', 'checked', 'heard', 'periodic_review', 'objected', 'objection_decided',
                      'change_proposed') then
        raise exception 'not a step that only records' using errcode = '42501';
    end if;
    return query select beneficiaries.step_write(v_row, p_step, p_cause, p_evidence, p_on, p_data), v_row.version + 1;
end
$$;
revoke all on function beneficiaries.enrolment_note(bigint, text, text, text, date, jsonb) from public;
grant execute on function beneficiaries.enrolment_note(bigint, text, text, text, date, jsonb) to huimin_beneficiaries, huimin_worker;

-- Nothing is due from p_from on (first day of a month) until p_until (NULL: while it lasts). Returns the suspension.
create or replace function beneficiaries.suspend(p_enrolment bigint, p_cause text, p_from date, p_until date, p_evidence text)
    returns bigint language plpgsql security definer set search_path = pg_catalog, beneficiaries, app as
$$
declare
    v_row beneficiaries.enrolment := beneficiaries.enrolment_locked(p_enrolment);
    v_id bigint := nextval('beneficiaries.suspension_id_seq');
    v_event bigint;
begin
    if v_row.state = 'APPROVED' and (not v_row.valid @> p_from or p_until <= p_from) then
        perform app.refuse('out_of_range');
    end if;
    if beneficiaries.hearing_is_missing(v_row.district, v_row.id, v_row.item_code, p_cause, v_row.version + 1, null, null) then
        perform app.refuse('hearing_missing');
    end if;
    v_event := beneficiaries.step_write(v_row, 'suspended', p_cause, p_evidence, p_from, jsonb_build_object('suspension', v_id));
    insert into beneficiaries.suspension (district, id, enrolment_id, cause, valid, event_id)
    values (v_row.district, v_id, v_row.id, p_cause, daterange(p_from, p_until), v_event);
    return v_id;
end
$$;
revoke all on function beneficiaries.suspend(bigint, text, date, date, text) from public;
grant execute on function beneficiaries.suspend(bigint, text, date, date, text) to huimin_beneficiaries, huimin_worker;

-- Ends a suspension on p_until (the first month that is due again), or takes it back when p_until is NULL: it never was.
create or replace function beneficiaries.suspension_end(p_enrolment bigint, p_suspension bigint, p_until date, p_evidence text)
    returns void language plpgsql security definer set search_path = pg_catalog, beneficiaries, app as
$$
declare
    v_row beneficiaries.enrolment := beneficiaries.enrolment_locked(p_enrolment);
    v_valid daterange;
begin
    select valid into v_valid from beneficiaries.suspension
     where district = v_row.district and id = p_suspension and enrolment_id = v_row.id for no key update;
    if v_valid is null then
        perform app.refuse('not_found');
    elsif isempty(v_valid) then
        perform app.refuse('wrong_state');
    elsif p_until <= lower(v_valid) or p_until > upper(v_valid) then
        perform app.refuse('out_of_range');
    end if;
    perform beneficiaries.step_write(v_row, case when p_until is null then 'suspension_withdrawn' else 'suspension_ended' end, null,
                                     p_evidence, p_until, jsonb_build_object('suspension', p_suspension));
    update beneficiaries.suspension
       set valid = case when p_until is null then 'empty'::daterange else daterange(lower(v_valid), p_until) end
     where district = v_row.district and id = p_suspension;
end
$$;
revoke all on function beneficiaries.suspension_end(bigint, bigint, date, text) from public;
grant execute on function beneficiaries.suspension_end(bigint, bigint, date, text) to huimin_beneficiaries, huimin_worker;

-- The standard of a tier in a month, as a month's amount times 12, to compare tiers.
create or replace function beneficiaries.tier_weight(p_district integer, p_item text, p_tier text, p_month date) returns bigint
    language sql stable as
$$
    select coalesce(s.basis_points, s.amount_fen * case s.amount_per when 'month' then 12 when 'term' then 2 else 1 end)
      from programmes.standard s
     where s.district = p_district and s.item_code = p_item and s.tier_code = p_tier and s.state = 'APPROVED' and s.confirmed
       and s.valid @> p_month
$$;

-- Another tier from p_from on (first day of a month), decided by another than p_proposed_by: for change_decide(), which knows
-- who that is. A lower one, or one of which nobody knows that it is not lower, needs its hearing.
create or replace function beneficiaries.tier_change_apply(p_enrolment bigint, p_tier text, p_from date, p_cause text,
    p_evidence text, p_proposed_by text) returns bigint language plpgsql security definer
    set search_path = pg_catalog, beneficiaries, app as
$$
declare
    v_row beneficiaries.enrolment := beneficiaries.enrolment_locked(p_enrolment);
    v_id bigint := nextval('beneficiaries.tier_change_id_seq');
    v_old text;
    v_lower boolean;
    v_event bigint;
begin
    if p_proposed_by = app.actor() then
        perform app.refuse('same_person');
    elsif v_row.state <> 'APPROVED' or not exists (select from beneficiaries.rule_of(v_row.district, v_row.item_code, p_from) r
                                                   where r.tier_source = 'enrolment') then
        perform app.refuse('wrong_state');
    elsif not v_row.valid @> p_from then
        perform app.refuse('out_of_range');
    end if;
    v_old := coalesce((select t.tier_code from beneficiaries.tier_change t
                        where t.district = v_row.district and t.enrolment_id = v_row.id and t.valid @> p_from), v_row.tier_code);
    if v_old = p_tier then
        perform app.refuse('already_exists');
    end if;
    v_lower := not coalesce(beneficiaries.tier_weight(v_row.district, v_row.item_code, p_tier, p_from)
                            >= beneficiaries.tier_weight(v_row.district, v_row.item_code, v_old, p_from), false);
    if v_lower
       and beneficiaries.hearing_is_missing(v_row.district, v_row.id, v_row.item_code, p_cause, v_row.version + 1, null, null) then
        perform app.refuse('hearing_missing');
    end if;
    v_event := beneficiaries.step_write(v_row, 'tier_changed', p_cause, p_evidence, p_from,
        jsonb_build_object('tier', p_tier, 'before', v_old, 'lower', v_lower));
    update beneficiaries.tier_change
       set valid = case when lower(valid) >= p_from then 'empty'::daterange else daterange(lower(valid), p_from) end
     where district = v_row.district and enrolment_id = v_row.id and not isempty(valid) and (upper_inf(valid) or upper(valid) > p_from);
    insert into beneficiaries.tier_change (district, id, enrolment_id, item_code, tier_code, valid, cause, event_id)
    values (v_row.district, v_id, v_row.id, v_row.item_code, p_tier, daterange(p_from, null), p_cause, v_event);
    return v_id;
end
$$;
revoke all on function beneficiaries.tier_change_apply(bigint, text, date, text, text, text)
    from public, huimin_beneficiaries, huimin_worker;

-- A wrong end is taken back: the months are again what they were before it.
create or replace function beneficiaries.reopen(p_row beneficiaries.enrolment, p_cause text, p_evidence text) returns void
    language plpgsql security definer set search_path = pg_catalog, beneficiaries, audit, app as
$$
declare
    v_valid daterange := coalesce((select s.valid_before from beneficiaries.enrolment_step s
                                    where s.district = p_row.district and s.enrolment_id = p_row.id and s.step = 'ended'
                                    order by s.seq desc limit 1), daterange(p_row.starts_on, null));
begin
    update beneficiaries.enrolment
       set state = 'APPROVED', valid = v_valid, end_cause = null, ended_on = null, notice_ends_on = null, grace_months = 0,
           reopen_cause = p_cause, evidence = p_evidence, version = version + 1,
           event_id = audit.write_event('reopened', 'enrolment', p_row.id::text, jsonb_build_object('cause', p_cause))
     where district = p_row.district and id = p_row.id;
exception when exclusion_violation then -- the months belong to another enrolment by now
    perform app.refuse('enrolled_again');
end
$$;
revoke all on function beneficiaries.reopen(beneficiaries.enrolment, text, text) from public;

-- Another person's decision on a proposed change of an enrolment.
create or replace function beneficiaries.change_decide(p_change bigint, p_approve boolean) returns void language plpgsql
    security definer set search_path = pg_catalog, beneficiaries, audit, app as
$$
declare
    c beneficiaries.enrolment_change;
    v_row beneficiaries.enrolment;
begin
    select * into c from beneficiaries.enrolment_change where district = app.district() and id = p_change;
    if c.id is null then
        perform app.refuse('not_found');
    end if;
    v_row := beneficiaries.enrolment_locked(c.enrolment_id);
    select * into c from beneficiaries.enrolment_change where district = app.district() and id = p_change for no key update;
    if c.proposed_by = app.actor() then
        perform app.refuse('same_person');
    elsif c.state <> 'PROPOSED' or (p_approve and v_row.state <> case c.kind when 'tier' then 'APPROVED' else 'ENDED' end) then
        perform app.refuse('wrong_state');
    end if;
    update beneficiaries.enrolment_change
       set state = case when p_approve then 'APPROVED' else 'REJECTED' end, decided_by = app.actor(), decided_at = now(),
           version = version + 1, event_id = audit.write_event(case when p_approve then 'approve' else 'reject' end,
               'enrolment_change', c.id::text, jsonb_build_object('enrolment', c.enrolment_id, 'kind', c.kind))
     where district = c.district and id = c.id;
    if not p_approve then
        perform beneficiaries.step_write(v_row, 'change_rejected', c.cause, c.evidence, null, jsonb_build_object('change', c.id));
    elsif c.kind = 'tier' then
        perform beneficiaries.tier_change_apply(c.enrolment_id, c.tier_code, c.from_on, c.cause, c.evidence, c.proposed_by);
    else
        perform beneficiaries.reopen(v_row, c.cause, c.evidence);
    end if;
end
$$;
revoke all on function beneficiaries.change_decide(bigint, boolean) from public;
grant execute on function beneficiaries.change_decide(bigint, boolean) to huimin_beneficiaries;
