-- One person under two numbers: merges with their guards, and the pairs that may be one person. A merge moves nothing
-- (payments_20_due.sql counts everything of the merged person as the survivor's), so that undoing it restores everything.

-- What stands in the way of a merge; returns when nothing does. Locks both people, the lower number first.
create or replace function beneficiaries.merge_check(p_survivor bigint, p_merged bigint, p_cause text) returns void
language plpgsql as
$$
declare
    v_survivor beneficiaries.person;
    v_merged beneficiaries.person;
begin
    perform from beneficiaries.person
      where district = app.district() and id in (p_survivor, p_merged) order by id for no key update;
    select * into v_survivor from beneficiaries.person where district = app.district() and id = p_survivor;
    select * into v_merged from beneficiaries.person where district = app.district() and id = p_merged;
    if v_survivor.id is null or v_merged.id is null then
        perform app.refuse('not_found');
    elsif v_survivor.merged_into is not null or v_merged.merged_into is not null then
        perform app.refuse('person_merged',
                           '/beneficiaries/persons/' || coalesce(v_survivor.merged_into, v_merged.merged_into));
    elsif beneficiaries.is_survivor(p_merged) then
        perform app.refuse('merge_chain');
    elsif p_cause <> 'number_corrected'
          and (v_survivor.sex, v_survivor.birth_date) is distinct from (v_merged.sex, v_merged.birth_date) then
        perform app.refuse('merge_differs');
    elsif exists (select from beneficiaries.person_difference
                   where district = app.district() and person_id = least(p_survivor, p_merged)
                     and other_id = greatest(p_survivor, p_merged) and state = 'KEPT') then
        perform app.refuse('judged_different');
    end if;
end
$$;

-- Whether somebody is merged into this person, in whatever division.
create or replace function beneficiaries.is_survivor(p_person bigint) returns boolean
language sql stable security definer set search_path = pg_catalog, beneficiaries, app as
$$ select exists (select from beneficiaries.person where district = (select app.district()) and merged_into = p_person) $$;

-- Proposes a merge; returns its number. Locks both people.
create or replace function beneficiaries.merge_propose(p_survivor bigint, p_merged bigint, p_cause text) returns bigint
language plpgsql as
$$
declare
    v_id bigint;
begin
    perform beneficiaries.merge_check(p_survivor, p_merged, p_cause);
    v_id := nextval('beneficiaries.person_merge_id_seq');
    insert into beneficiaries.person_merge (district, id, survivor_id, merged_id, cause, state, proposed_by, event_id)
    values (app.district(), v_id, p_survivor, p_merged, p_cause, 'PROPOSED', app.actor(),
            audit.write_event('propose', 'merge', v_id::text,
                jsonb_build_object('survivor', p_survivor, 'merged', p_merged, 'cause', p_cause)));
    return v_id;
end
$$;

-- The second person's word on a merge, or on undoing one. Locks the merge, then both people.
create or replace function beneficiaries.merge_decide(p_id bigint, p_approves boolean) returns void language plpgsql as
$$
declare
    v_merge beneficiaries.person_merge;
    v_undoing boolean;
begin
    select * into v_merge from beneficiaries.person_merge
      where district = app.district() and id = p_id for no key update;
    v_undoing := v_merge.state = 'DONE' and v_merge.undo_proposed_by is not null;
    if v_merge.id is null then
        perform app.refuse('not_found');
    elsif app.actor() = coalesce(v_merge.undo_proposed_by, v_merge.proposed_by) then
        perform app.refuse('same_person');
    elsif v_undoing then
        perform beneficiaries.merge_decide_undo(p_id, p_approves);
    elsif v_merge.state <> 'PROPOSED' then
        perform app.refuse('wrong_state');
    else
        if p_approves then
            perform beneficiaries.merge_check(v_merge.survivor_id, v_merge.merged_id, v_merge.cause);
        end if;
        update beneficiaries.person_merge
           set state = case when p_approves then 'DONE' else 'REJECTED' end, decided_by = app.actor(), decided_at = now(),
               version = version + 1,
               event_id = audit.write_event(case when p_approves then 'approve' else 'reject' end, 'merge', p_id::text, '{}')
         where district = app.district() and id = p_id;
    end if;
end
$$;

-- The second person's word on undoing a merge: it is undone, or the proposal to undo it is forgotten. The merge is locked.
create or replace function beneficiaries.merge_decide_undo(p_id bigint, p_approves boolean) returns void language plpgsql as
$$
begin
    if p_approves then
        update beneficiaries.person_merge
           set state = 'UNDONE', undone_by = app.actor(), undone_at = now(), version = version + 1,
               event_id = audit.write_event('undo_approve', 'merge', p_id::text, '{}')
         where district = app.district() and id = p_id;
    else
        update beneficiaries.person_merge
           set undo_cause = null, undo_proposed_by = null, undo_proposed_at = null, version = version + 1,
               event_id = audit.write_event('undo_reject', 'merge', p_id::text, '{}')
         where district = app.district() and id = p_id;
    end if;
end
$$;

-- Proposes that a merge is undone. Locks the merge.
create or replace function beneficiaries.merge_undo(p_id bigint, p_cause text) returns void language plpgsql as
$$
declare
    v_merge beneficiaries.person_merge;
begin
    select * into v_merge from beneficiaries.person_merge
      where district = app.district() and id = p_id for no key update;
    if v_merge.id is null then
        perform app.refuse('not_found');
    elsif v_merge.state <> 'DONE' or v_merge.undo_proposed_by is not null then
        perform app.refuse('wrong_state');
    end if;
    update beneficiaries.person_merge
       set undo_cause = p_cause, undo_proposed_by = app.actor(), undo_proposed_at = now(), version = version + 1,
           event_id = audit.write_event('propose_undo', 'merge', p_id::text, jsonb_build_object('cause', p_cause))
     where district = app.district() and id = p_id;
end
$$;

-- States of a merge go one way, each with its own version and event.
create or replace function beneficiaries.guard_merge() returns trigger language plpgsql as
$$
begin
    if tg_op = 'INSERT' then
        if new.state <> 'PROPOSED' or new.version <> 1 then
            raise exception 'a merge begins as a proposal';
        end if;
    elsif new.version <> old.version + 1 or new.event_id = old.event_id then
        raise exception 'a change of a merge is a new version with its own event';
    elsif (old.state, new.state) not in (('PROPOSED', 'DONE'), ('PROPOSED', 'REJECTED'), ('DONE', 'DONE'), ('DONE', 'UNDONE')) then
        raise exception 'a merge does not go from % to %', old.state, new.state;
    end if;
    if current_user = 'huimin_beneficiaries'
       and (case tg_op when 'INSERT' then new.proposed_by <> app.actor() or new.undo_proposed_by is not null
                       else (new.decided_by is distinct from old.decided_by and new.decided_by is distinct from app.actor())
                            or (new.undo_proposed_by <> old.undo_proposed_by)
                            or (old.undo_proposed_by is null and new.undo_proposed_by <> app.actor())
                            or (new.undone_by is distinct from old.undone_by and new.undone_by is distinct from app.actor()) end) then
        raise exception 'a merge is proposed and decided by who acts' using errcode = '42501';
    end if;
    return new;
end
$$;
create or replace trigger merge_guard before insert or update on beneficiaries.person_merge
    for each row execute function beneficiaries.guard_merge();

-- What a decided merge does to the merged person: the next version, with its own event.
create or replace function beneficiaries.apply_merge() returns trigger language plpgsql security definer
    set search_path = pg_catalog, beneficiaries, audit as
$$
begin
    update beneficiaries.person p
       set merged_into = case new.state when 'DONE' then new.survivor_id end, version = p.version + 1,
           event_id = audit.write_event(case new.state when 'DONE' then 'merge' else 'undo_merge' end, 'person', p.id::text,
                                        jsonb_build_object('merge', new.id, 'survivor', new.survivor_id))
     where p.district = new.district and p.id = new.merged_id;
    return null;
end
$$;
create or replace trigger merge_applies after update on beneficiaries.person_merge for each row
    when (old.state <> new.state and new.state in ('DONE', 'UNDONE')) execute function beneficiaries.apply_merge();

-- person.merged_into follows from a merge and from nothing else, and there are no chains.
create or replace function beneficiaries.guard_merged_into() returns trigger language plpgsql security definer
    set search_path = pg_catalog, beneficiaries as
$$
begin
    if not exists (select from beneficiaries.person_merge m
                    where m.district = new.district and m.merged_id = new.id and m.state = 'DONE'
                      and m.survivor_id = new.merged_into) and new.merged_into is not null
       or exists (select from beneficiaries.person_merge m
                   where m.district = new.district and m.merged_id = new.id and m.state = 'DONE') and new.merged_into is null then
        raise exception 'a person is merged by an approved merge only';
    end if;
    if new.merged_into is not null
       and exists (select from beneficiaries.person p
                    where p.district = new.district
                      and (p.merged_into = new.id or (p.id = new.merged_into and p.merged_into is not null))) then
        perform app.refuse('merge_chain');
    end if;
    return new;
end
$$;
create or replace trigger person_merged_into_guard before update of merged_into on beneficiaries.person for each row
    when (new.merged_into is distinct from old.merged_into) execute function beneficiaries.guard_merged_into();
create or replace trigger person_merged_into_guard_of_insert before insert on beneficiaries.person for each row
    when (new.merged_into is not null) execute function beneficiaries.guard_merged_into();

-- What is new belongs to the survivor: the refusal names it.
create or replace function beneficiaries.refuse_merged() returns trigger language plpgsql security definer
    set search_path = pg_catalog, beneficiaries as
$$
declare
    v_survivor bigint := (select p.merged_into from fresh f
                            join beneficiaries.person p on p.district = f.district and p.id = f.person_id
                           where p.merged_into is not null limit 1);
begin
    if v_survivor is not null then
        perform app.refuse('person_merged', '/beneficiaries/persons/' || v_survivor);
    end if;
    return null;
end
$$;
create or replace trigger enrolment_not_of_merged after insert on beneficiaries.enrolment
    referencing new table as fresh for each statement execute function beneficiaries.refuse_merged();
create or replace trigger account_not_of_merged after insert on beneficiaries.account
    referencing new table as fresh for each statement execute function beneficiaries.refuse_merged();
create or replace trigger household_member_not_of_merged after insert on beneficiaries.household_member
    referencing new table as fresh for each statement execute function beneficiaries.refuse_merged();

-- Pairs of people that may be one, with the reasons; other_id is the higher number. Within the caller's reach. Linear:
-- people are sorted by keys; who shares a key with at most nine others is paired with each of them, in larger groups only
-- with the next one. Merged people and pairs that were judged different are left out. Numbers that differ in one digit
-- cannot be told apart from any two numbers: the register keeps keyed indexes and masks of them.
create or replace function beneficiaries.duplicates() returns table (person_id bigint, other_id bigint, reasons text[])
language sql stable set jit = off set work_mem = '32MB' set enable_nestloop = off as
$$
    with people as materialized (
        select id, name_folded, sex, birth_date, phone_index, id_number_masked as masked from beneficiaries.person
         where district = (select app.district()) and merged_into is null
    ), keys as (
        select 'name_birth' as reason, name_folded || '/' || birth_date || '/' || sex as key, id from people
        union all
        select 'name_phone', name_folded || '/' || encode(phone_index, 'hex'), id from people where phone_index is not null
        union all -- a corrected birth date: the same name, county and sequence digits (the check digit follows the date)
        select 'name_number', name_folded || '/' || left(masked, 6) || substr(masked, 15, 3), id from people
         where masked ~ '^[0-9]{6}\*{8}[0-9]{3}[0-9X]$'
        union all -- an account has one holder
        select 'account', encode(a.number_index, 'hex'), p.id
          from beneficiaries.account a
          join people p on p.id = a.person_id
         where a.district = (select app.district()) and a.holder_person_id = a.person_id and a.valid @> (select app.today())
    ), shared as materialized (
        select * from (select reason, key, id, count(*) over (partition by reason, key) as size,
                              lead(id) over (partition by reason, key order by id) as next from keys) k
         where size > 1
    ), pairs as (
        select s.id as person_id, o.id as other_id, s.reason
          from shared s join shared o on o.reason = s.reason and o.key = s.key and o.id > s.id
         where s.size <= 10 and o.size <= 10
        union all
        select id, next, reason from shared where size > 10 and next is not null
        union all -- a certificate begins with its holder's number: here with another's
        select least(p.id, o.id), greatest(p.id, o.id), 'certificate'
          from beneficiaries.certificate c
          join people p on p.id = c.person_id and left(c.number_masked, 18) <> p.masked
          join people o on o.masked = left(c.number_masked, 18) and o.id <> p.id
                       and (o.name_folded = p.name_folded or o.birth_date = p.birth_date)
         where c.district = (select app.district())
    )
    select p.person_id, p.other_id, array_agg(distinct p.reason order by p.reason)
      from pairs p
      left join beneficiaries.person_difference d on d.district = (select app.district()) and d.person_id = p.person_id
                                                 and d.other_id = p.other_id and d.state = 'KEPT'
     where d.id is null
     group by p.person_id, p.other_id
$$;

revoke all on function beneficiaries.is_survivor(bigint) from public;
grant execute on function beneficiaries.is_survivor(bigint) to huimin_beneficiaries;
