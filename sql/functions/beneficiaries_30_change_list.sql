-- Change lists: what the lines of a list meet in the register (the preview). Set-wise over the lines of one list; what they
-- do is in beneficiaries_32_change_list_steps.sql. Functions that change something run as
-- their owner: whoever may act on a list acts on all of it.

-- One field of a preview: what it is and what it would be.
create or replace function beneficiaries.change_list_entry(p_field text, p_from text, p_to text) returns jsonb
    language sql immutable parallel safe as
$$ select jsonb_build_object('field', p_field, 'from', p_from, 'to', p_to) $$;

-- The entries that are there.
create or replace function beneficiaries.change_list_entries(variadic p_entries jsonb[]) returns jsonb
    language sql immutable parallel safe as
$$ select coalesce(jsonb_agg(e order by o), '[]') from unnest(p_entries) with ordinality u(e, o) where e is not null $$;

-- A fault of a column ('': of the whole line) as `column:code`.
create or replace function beneficiaries.change_list_fault(p_column text, p_code text) returns text
    language sql immutable parallel safe as
$$ select p_column || ':' || p_code $$;

-- The faults that a line of any action may have.
create or replace function beneficiaries.change_list_person_faults(p_list beneficiaries.change_list, p_line beneficiaries.change_line,
                                                              p_person beneficiaries.person) returns text[]
    language sql immutable parallel safe as
$$
    select array_remove(array[
        case when p_list.divisions is not null and p_person.division <> all (p_list.divisions)
             then beneficiaries.change_list_fault('id_number', 'other_division') end,
        case when p_person.merged_into is not null then beneficiaries.change_list_fault('id_number', 'person_merged') end,
        case when p_line.action in ('new', 'card') and p_person.death_date is not null
             then beneficiaries.change_list_fault('id_number', 'person_dead') end,
        case when p_line.action <> 'change' and p_line.name_folded <> p_person.name_folded
             then beneficiaries.change_list_fault('name', 'name_differs') end], null)
$$;

-- The good lines of a list (p_lines NULL: all of them) of one action, with their people.
create or replace function beneficiaries.change_list_picked(p_list bigint, p_lines bigint[], p_action text)
returns table (list beneficiaries.change_list, line beneficiaries.change_line, person beneficiaries.person)
language sql stable as
$$
    select c, l, p from beneficiaries.change_list c
      join beneficiaries.change_line l on l.district = c.district and l.list_id = c.id and l.state = 'GOOD'
                                      and l.action = p_action and (p_lines is null or l.line = any (p_lines))
      join beneficiaries.person p on p.district = l.district and p.id = l.person_id
     where c.district = app.district() and c.id = p_list
$$;

-- What lines meet and would do. image: the facts that a line depends on or replaces. changes: what a clerk sees of it.
-- faults: what stands against it.
create or replace function beneficiaries.change_list_look_new(p_list bigint, p_lines bigint[])
returns table (line bigint, enrolment_id bigint, image jsonb, changes jsonb, faults text[])
language sql stable as
$$
    with numbered as materialized (
        select (k.line).*, beneficiaries.change_list_person_faults(k.list, k.line, k.person) as faults,
               (k.line).person_id % (count(*) over () / 50 + 1) as batch -- excluded_lines() compares each line with each
          from beneficiaries.change_list_picked(p_list, p_lines, 'new') k
    ), picked as materialized (
        select n.*, row_number() over (partition by batch order by line) as ord from numbered n
    ), excluded as materialized (
        select a.batch, x.ord
          from (select batch, array_agg(person_id order by ord) as people, array_agg(item_code order by ord) as items,
                       array_agg(tier_code order by ord) as tiers,
                       array_agg(coalesce(starts_on, date_trunc('month', applied_on)::date) order by ord) as starts
                  from picked group by batch) a, beneficiaries.excluded_lines(a.people, a.items, a.tiers, a.starts) x
    )
    select l.line, null::bigint, jsonb_build_object('open', o.ids),
           beneficiaries.change_list_entries(beneficiaries.change_list_entry('item', null, l.item_code),
               case when l.tier_code is not null then beneficiaries.change_list_entry('tier', null, l.tier_code) end,
               beneficiaries.change_list_entry('applied_on', null, l.applied_on::text),
               case when l.starts_on is not null then beneficiaries.change_list_entry('starts_on', null, l.starts_on::text) end),
           l.faults || case when o.ids is not null then array[beneficiaries.change_list_fault('item', 'enrolled_already')]
                            when (l.batch, l.ord) in (select batch, ord from excluded)
                            then array[beneficiaries.change_list_fault('item', 'excluded')]
                            when beneficiaries.applies_too_early(l.district, l.person_id, l.item_code, l.applied_on)
                            then array[beneficiaries.change_list_fault('item', 'too_young')] else '{}' end
      from picked l
      left join lateral (select jsonb_agg(n.id order by n.id) as ids from beneficiaries.enrolment n
                          where n.district = l.district and n.person_id = l.person_id and n.item_code = l.item_code
                            and n.state not in ('REJECTED', 'ENDED')) o on true
$$;

-- The approved enrolment of a person in an item, the latest one.
create or replace function beneficiaries.change_list_enrolment(p_district integer, p_person bigint, p_item text)
returns setof beneficiaries.enrolment language sql stable as
$$
    select * from beneficiaries.enrolment
     where district = p_district and person_id = p_person and item_code = p_item and state = 'APPROVED'
     order by lower(valid) desc limit 1
$$;

-- The tier changes of an enrolment that are in force some time, as [number, range].
create or replace function beneficiaries.change_list_tiers(p_district integer, p_enrolment bigint) returns jsonb language sql stable as
$$
    select jsonb_agg(jsonb_build_array(id, valid) order by id) from beneficiaries.tier_change
     where district = p_district and enrolment_id = p_enrolment and not isempty(valid)
$$;

-- The tier part of lines that change something: from which tier, and whether it differs at all.
create or replace function beneficiaries.change_list_look_tiers(p_list bigint, p_lines bigint[])
returns table (line bigint, enrolment_id bigint, image jsonb, entry jsonb, fault text)
language sql stable as
$$
    select (k.line).line, n.id,
           jsonb_build_object('enrolment', n.id, 'valid', n.valid, 'tier', n.tier_code,
                              'tiers', beneficiaries.change_list_tiers(n.district, n.id)),
           case when t.later or coalesce(t.tier, n.tier_code) <> (k.line).tier_code
                then beneficiaries.change_list_entry('tier', coalesce(t.tier, n.tier_code), (k.line).tier_code)
                     || jsonb_build_object('since', (k.line).starts_on) end,
           case when n.id is null then beneficiaries.change_list_fault('item', 'not_enrolled')
                when not n.valid @> (k.line).starts_on then beneficiaries.change_list_fault('starts', 'out_of_range')
                when exists (select from beneficiaries.enrolment_change h
                              where h.district = n.district and h.enrolment_id = n.id and h.kind = 'tier'
                                and h.state = 'PROPOSED') then beneficiaries.change_list_fault('item', 'change_proposed')
                when not coalesce(beneficiaries.tier_weight(n.district, n.item_code, (k.line).tier_code, (k.line).starts_on)
                                  >= beneficiaries.tier_weight(n.district, n.item_code, coalesce(t.tier, n.tier_code),
                                                               (k.line).starts_on), false)
                     and beneficiaries.hearing_is_missing(n.district, n.id, n.item_code, (k.line).cause, n.version + 1, null, null)
                then beneficiaries.change_list_fault('item', 'hearing_missing') end
      from beneficiaries.change_list_picked(p_list, p_lines, 'change') k
      left join lateral beneficiaries.change_list_enrolment((k.line).district, (k.line).person_id, (k.line).item_code) n on true
      left join lateral (select max(x.tier_code) filter (where x.valid @> (k.line).starts_on) as tier,
                                coalesce(bool_or(lower(x.valid) > (k.line).starts_on or upper(x.valid) > (k.line).starts_on),
                                         false) as later
                           from beneficiaries.tier_change x
                          where x.district = n.district and x.enrolment_id = n.id and not isempty(x.valid)) t on true
     where (k.line).item_code is not null
$$;

create or replace function beneficiaries.change_list_look_facts(p_list bigint, p_lines bigint[])
returns table (line bigint, enrolment_id bigint, image jsonb, changes jsonb, faults text[])
language sql stable as
$$
    with met as (
        select (k.line).line, t.enrolment_id, t.fault, beneficiaries.change_list_person_faults(k.list, k.line, k.person) as faults,
               coalesce(t.image, '{}')
               || case when (k.line).name is not null then jsonb_build_object('name', (k.person).name, 'folded', (k.person).name_folded)
                       else '{}' end
               || case when (k.line).phone_index is not null
                       then jsonb_build_object('phone', encode((k.person).phone_index, 'hex')) else '{}' end
               || case when (k.line).division is not null then jsonb_build_object('division', (k.person).division) else '{}' end
               as image,
               beneficiaries.change_list_entries(
                   case when (k.line).name <> (k.person).name
                        then beneficiaries.change_list_entry('name', (k.person).name, (k.line).name) end,
                   case when (k.line).phone_index is not null and (k.line).phone_index is distinct from (k.person).phone_index
                        then beneficiaries.change_list_entry('phone', (k.person).phone_masked, (k.line).phone_masked) end,
                   case when (k.line).division <> (k.person).division
                        then beneficiaries.change_list_entry('division', (k.person).division::text, (k.line).division::text) end,
                   t.entry) as changes
          from beneficiaries.change_list_picked(p_list, p_lines, 'change') k
          left join beneficiaries.change_list_look_tiers(p_list, p_lines) t on t.line = (k.line).line
    )
    select line, enrolment_id, image, changes,
           faults || case when fault is not null then array[fault]
                          when changes = '[]' then array[beneficiaries.change_list_fault('', 'no_change')] else '{}' end
      from met
$$;

-- due_until() for an end by list. NULL: the months depend on a notice of the end, which has to be given for each person by
-- itself.
create or replace function beneficiaries.change_list_until(p_district integer, p_item text, p_cause text, p_ended_on date)
returns date language sql stable as
$$
    select beneficiaries.due_until(r.exit_basis, p_cause, p_ended_on, app.today(), null, 0)
      from (select 1) one
      left join beneficiaries.rule_of(p_district, p_item, p_ended_on) r on true
$$;

create or replace function beneficiaries.change_list_look_stop(p_list bigint, p_lines bigint[])
returns table (line bigint, enrolment_id bigint, image jsonb, changes jsonb, faults text[])
language sql stable as
$$
    select (k.line).line, n.id,
           jsonb_build_object('enrolment', n.id, 'valid', n.valid),
           beneficiaries.change_list_entries(beneficiaries.change_list_entry('state', n.state, 'ENDED'),
               beneficiaries.change_list_entry('valid_until', upper(n.valid)::text, u.until::text),
               beneficiaries.change_list_entry('cause', null, (k.line).cause)),
           beneficiaries.change_list_person_faults(k.list, k.line, k.person)
           || case when n.id is null then array[beneficiaries.change_list_fault('item', 'not_enrolled')]
                   when (k.line).ended_on < n.starts_on then array[beneficiaries.change_list_fault('ended_on', 'ends_before_start')]
                   when u.until is null then array[beneficiaries.change_list_fault('item', 'not_by_list')]
                   when (k.line).cause = 'death'
                        and beneficiaries.death_of(n.district, n.person_id) is distinct from (k.line).ended_on
                   then array[beneficiaries.change_list_fault('cause', 'death_not_recorded')]
                   when beneficiaries.hearing_is_missing(n.district, n.id, n.item_code, (k.line).cause, n.version + 1,
                                                         (k.line).ended_on, (k.line).evidence)
                   then array[beneficiaries.change_list_fault('item', 'hearing_missing')] else '{}' end
      from beneficiaries.change_list_picked(p_list, p_lines, 'stop') k
      left join lateral beneficiaries.change_list_enrolment((k.line).district, (k.line).person_id, (k.line).item_code) n on true
      cross join lateral beneficiaries.change_list_until((k.line).district, (k.line).item_code, (k.line).cause, (k.line).ended_on) u(until)
$$;

-- The accounts of a person that are in force some time, as [number, range].
create or replace function beneficiaries.change_list_accounts(p_district integer, p_person bigint) returns jsonb language sql stable as
$$
    select jsonb_agg(jsonb_build_array(id, valid) order by id) from beneficiaries.account
     where district = p_district and person_id = p_person and not isempty(valid)
$$;

create or replace function beneficiaries.change_list_look_card(p_list bigint, p_lines bigint[])
returns table (line bigint, enrolment_id bigint, image jsonb, changes jsonb, faults text[])
language sql stable as
$$
    select (k.line).line, null::bigint,
           jsonb_build_object('accounts', h.rows),
           beneficiaries.change_list_entries(
               beneficiaries.change_list_entry('account', a.number_masked, (k.line).number_masked),
               case when (k.line).account_kind is distinct from a.kind
                    then beneficiaries.change_list_entry('account_kind', a.kind, (k.line).account_kind) end,
               case when (k.line).bank_number is distinct from a.bank_number
                    then beneficiaries.change_list_entry('bank_number', a.bank_number, (k.line).bank_number) end,
               case when (k.line).holder_id is distinct from a.holder_person_id
                    then beneficiaries.change_list_entry('holder_person', a.holder_person_id::text, (k.line).holder_id::text) end,
               case when f.first_day is not null then beneficiaries.change_list_entry('valid_from', null, f.first_day::text) end),
           beneficiaries.change_list_person_faults(k.list, k.line, k.person)
           || case when f.first_day < (k.person).birth_date then array[beneficiaries.change_list_fault('valid_from', 'before_birth')]
                   when (a.number_index, a.kind, a.bank_number, a.holder_person_id)
                        = ((k.line).number_index, (k.line).account_kind, (k.line).bank_number, (k.line).holder_id)
                   then array[beneficiaries.change_list_fault('', 'no_change')]
                   when exists (select from beneficiaries.account x where x.district = (k.line).district
                                   and x.person_id = (k.line).person_id and lower(x.valid) > f.first_day)
                   then array[beneficiaries.change_list_fault('valid_from', 'overlaps')] else '{}' end
      from beneficiaries.change_list_picked(p_list, p_lines, 'card') k
      left join lateral beneficiaries.change_list_accounts((k.line).district, (k.line).person_id) h(rows) on true
     -- a new account counts from the day stated; else from today, or since ever for somebody who had none
     cross join lateral (select coalesce((k.line).valid_from, case when h.rows is not null then app.today() end)) f(first_day)
      left join lateral (select * from beneficiaries.account x where x.district = (k.line).district
                            and x.person_id = (k.line).person_id and upper_inf(x.valid) limit 1) a on true
$$;

create or replace function beneficiaries.change_list_look(p_list bigint, p_lines bigint[])
returns table (line bigint, enrolment_id bigint, image jsonb, changes jsonb, faults text[])
language sql stable as
$$
    select * from beneficiaries.change_list_look_new(p_list, p_lines)
    union all select * from beneficiaries.change_list_look_facts(p_list, p_lines)
    union all select * from beneficiaries.change_list_look_stop(p_list, p_lines)
    union all select * from beneficiaries.change_list_look_card(p_list, p_lines)
$$;

-- Lines of a list that are about the same matter contradict each other: which one is meant, nobody knows. The item's lines
-- of a person, the account's, and those about the person.
create or replace function beneficiaries.change_list_duplicates(p_list bigint) returns setof bigint language sql stable as
$$
    with matter as (
        select l.line, l.person_id, m.matter from beneficiaries.change_line l
         cross join lateral (values (case when l.action <> 'card' then 'item ' || l.item_code end),
             (case when l.action = 'card' then 'account' end),
             (case when l.action = 'change' and (l.item_code is null or l.name is not null or l.phone_index is not null
                                                 or l.division is not null) then 'person' end)) m(matter)
         where l.district = app.district() and l.list_id = p_list and l.person_id is not null and m.matter is not null
    )
    select distinct line from (select line, count(*) over (partition by person_id, matter) as times from matter) c where times > 1
$$;

-- How many lines of each action are good, bad and applied.
create or replace function beneficiaries.change_list_counts(p_list bigint) returns jsonb language sql stable as
$$
    select jsonb_object_agg(a.action, jsonb_build_object('good', coalesce(n.good, 0), 'bad', coalesce(n.bad, 0),
                                                         'applied', coalesce(n.applied, 0)))
      from unnest(array['new', 'change', 'stop', 'card', 'unknown']) a(action)
      left join (select coalesce(l.action, 'unknown') as action, count(*) filter (where l.state <> 'BAD') as good,
                        count(*) filter (where l.state = 'BAD') as bad, count(*) filter (where l.state = 'APPLIED') as applied
                   from beneficiaries.change_line l where l.district = app.district() and l.list_id = p_list group by 1) n
        on n.action = a.action
$$;

-- Figures for the planner: without them a list looks like one line, and joins with it turn quadratic. Does not wait for
-- somebody else who is at it.
create or replace function beneficiaries.change_list_figures() returns void
    language plpgsql security definer set search_path = pg_catalog, beneficiaries set lock_timeout = '200ms' as
$$
begin
    analyze beneficiaries.change_line;
    perform payments.refresh_statistics();
exception when lock_not_available then
    null;
end
$$;

-- The end of the check: every line has been taken in; what contradicts the register or another line is bad.
create or replace function beneficiaries.change_list_check(p_list bigint) returns void
    language plpgsql security definer set search_path = pg_catalog, beneficiaries, app as
$$
declare
    v_district integer := app.district();
    v_counts jsonb;
begin
    perform from beneficiaries.change_list where district = v_district and id = p_list and state = 'CHECKING' for update;
    if not found then
        return; -- checked before by a worker whose commit was not seen
    end if;
    perform beneficiaries.change_list_figures();
    with twice as (
        select d.line from beneficiaries.change_list_duplicates(p_list) d(line)
    ), told as (
        insert into beneficiaries.change_error (district, list_id, line, column_key, code)
        select v_district, p_list, line, '', 'duplicate_line' from twice order by line
    )
    update beneficiaries.change_line l set state = 'BAD' from twice
     where l.district = v_district and l.list_id = p_list and l.line = twice.line;
    with met as materialized (
        select * from beneficiaries.change_list_look(p_list, null)
    ), told as (
        insert into beneficiaries.change_error (district, list_id, line, column_key, code)
        select v_district, p_list, m.line, split_part(f, ':', 1), split_part(f, ':', 2)
          from met m, unnest(m.faults) f order by m.line
    )
    update beneficiaries.change_line l
       set enrolment_id = m.enrolment_id, image = m.image, changes = m.changes,
           state = case when m.faults = '{}' then 'GOOD' else 'BAD' end
      from met m where l.district = v_district and l.list_id = p_list and l.line = m.line;
    v_counts := beneficiaries.change_list_counts(p_list);
    update beneficiaries.change_list
       set state = 'CHECKED', counts = v_counts, checked_at = now(), version = version + 1,
           event_id = audit.write_event('check_list', 'change_list', p_list::text, v_counts)
     where district = v_district and id = p_list;
end
$$;

-- A list that cannot be read: nothing of it stays but what was wrong.
create or replace function beneficiaries.change_list_fail(p_list bigint, p_code text, p_tell boolean) returns void
    language plpgsql security definer set search_path = pg_catalog, beneficiaries, app as
$$
declare
    v_district integer := app.district();
begin
    delete from beneficiaries.change_line where district = v_district and list_id = p_list
       and exists (select from beneficiaries.change_list where district = v_district and id = p_list and state = 'CHECKING');
    insert into beneficiaries.change_error (district, list_id, line, column_key, code)
    select v_district, p_list, 1, '', p_code where p_tell;
    update beneficiaries.change_list
       set state = 'FAILED', error_code = p_code, done_lines = 0, version = version + 1,
           event_id = audit.write_event('fail_list', 'change_list', p_list::text, jsonb_build_object('code', p_code))
     where district = v_district and id = p_list and state = 'CHECKING';
end
$$;
