-- What an approver reads before signing: a run beside the period before, unit by unit, with the cause of each difference.
-- Nothing here writes.

-- The cause that stands for a reason why nothing is due.
create or replace function payments.stop_cause(p_stop text) returns text language sql immutable parallel safe as
$$ select case p_stop when 'dead' then 'died' when 'too_young' then 'age' when 'too_old' then 'age'
                      when 'wrong_certificate' then 'certificate' when 'lower' then 'excluded' when 'no_activity' then 'activity'
                      else p_stop end $$;

-- What the components of a line rest on, as sets that can be compared.
create or replace function payments.facts_of_line(p_facts jsonb)
returns table (stops text[], tiers text[], certificates text[], persons text[], incomes text[], standards text[], rules text[],
               less text[], months bigint, quantity bigint)
language sql stable as
$$
    select array_agg(distinct f ->> 'stop') filter (where f ? 'stop'),
           array_agg(distinct f ->> 'tier') filter (where not f ? 'stop'), array_agg(distinct f ->> 'certificate') filter (where not f ? 'stop'),
           array_agg(distinct coalesce(f -> 'persons', f -> 'people')::text) filter (where not f ? 'stop'),
           array_agg(distinct f ->> 'income') filter (where not f ? 'stop'),
           array_agg(distinct concat_ws('|', f ->> 'standard', f ->> 'basis')) filter (where not f ? 'stop'),
           array_agg(distinct f ->> 'rule') filter (where not f ? 'stop'),
           array_agg(distinct coalesce(f -> 'less', '[]')::text) filter (where not f ? 'stop'),
           sum(coalesce((f ->> 'months')::integer, 1)) filter (where not f ? 'stop'),
           sum((f ->> 'quantity')::integer) filter (where not f ? 'stop')
      from jsonb_array_elements(p_facts) f
$$;

-- Why a unit that is paid in both periods is paid differently for the period itself; the first that applies.
create or replace function payments.changed_cause(p_before jsonb, p_now jsonb) returns text language sql stable as
$$
    select case when n.stops is distinct from b.stops then
                     coalesce(payments.stop_cause((select s from unnest(n.stops) s where s <> all (coalesce(b.stops, '{}')) limit 1)), 'resumed')
                when n.persons is distinct from b.persons then 'household_changed'
                when n.tiers is distinct from b.tiers and n.certificates is distinct from b.certificates then 'certificate'
                when n.tiers is distinct from b.tiers then 'tier_changed'
                when n.less is distinct from b.less then 'other_benefit'
                when n.standards is distinct from b.standards then 'standard_changed'
                when n.incomes is distinct from b.incomes then 'income_changed'
                when n.rules is distinct from b.rules then 'rule_changed'
                when n.quantity is distinct from b.quantity then 'activity'
                when n.months > b.months then 'new_enrolment'
                when n.months < b.months then 'ended'
                else 'rounding' end
      from payments.facts_of_line(p_before) b, payments.facts_of_line(p_now) n
$$;

-- Which runs are compared: the regular runs of the run's period up to it, and those of the last period before that has any.
create or replace function payments.compared_runs(p_run bigint)
returns table (item_code text, period_range daterange, runs_now bigint[], period_before text, range_before daterange, runs_before bigint[],
               households boolean)
language sql stable as
$$
    select r.item_code, r.period_range,
           (select array_agg(o.id) from payments.run o where o.district = r.district and o.item_code = r.item_code and o.kind = 'REGULAR'
               and o.period = r.period and o.supplement <= r.supplement and o.state not in ('GENERATING', 'CANCELLED', 'FAILED')),
           b.period, b.period_range, b.runs,
           coalesce((select g.kind = 'household_topup' from programmes.rule g where g.district = r.district and g.item_code = r.item_code
                        and g.state = 'APPROVED' and g.valid @> lower(r.period_range)), false)
      from payments.run r
      left join lateral (
          select o.period, o.period_range, array_agg(o.id) as runs from payments.run o
           where o.district = r.district and o.item_code = r.item_code and o.kind = 'REGULAR'
             and lower(o.period_range) < lower(r.period_range) and o.state not in ('GENERATING', 'CANCELLED', 'FAILED')
           group by o.period, o.period_range order by lower(o.period_range) desc limit 1) b on true
     where r.district = app.district() and r.id = p_run
$$;

-- Why the months of some units in a period were (or are) not due, by today's facts: the reason of the first month, else how the
-- enrolment ended; NULL when something was due.
create or replace function payments.absence_causes(p_item text, p_households boolean, p_range daterange, p_units bigint[])
returns table (unit_id bigint, enrolled boolean, cause text)
language plpgsql stable rows 1000 set plan_cache_mode = force_custom_plan set jit = off set enable_nestloop = on as
$$
declare
    v_district integer := app.district();
    v_members bigint[] := p_units;
begin
    if p_households then
        select coalesce(array_agg(m.person_id), '{}') into v_members from beneficiaries.household_member m
         where m.district = v_district and m.household_id = any (p_units);
    end if;
    return query
    with months as (
        select m.person_id as unit_id, m.month, m.stop, m.open
          from payments.item_months(v_district, p_item, lower(p_range), upper(p_range), v_members) m where not p_households
        union all
        select m.household_id, m.month, m.stop, m.open
          from payments.member_months(v_district, p_item, lower(p_range), upper(p_range), v_members) m where p_households
    ), units as (
        select u.unit_id, true as any_month, bool_or(u.stop is null and u.open is null) as due,
               (array_agg(coalesce('held:' || u.open, payments.stop_cause(u.stop)) order by u.month, u.open, u.stop)
                    filter (where coalesce(u.open, u.stop) is not null))[1] as cause
          from months u group by u.unit_id
    ), ends as (
        select distinct on (w.unit_id) w.unit_id, case e.end_cause when 'death' then 'died' else 'ended:' || e.end_cause end as cause
          from (select p as unit_id, p as person_id from unnest(p_units) p where not p_households
                union all
                select m.household_id, m.person_id from beneficiaries.household_member m
                 where p_households and m.district = v_district and m.household_id = any (p_units)) w
          join beneficiaries.enrolment e on e.district = v_district and e.person_id = w.person_id and e.item_code = p_item
               and e.state = 'ENDED'
         order by w.unit_id, e.ended_on desc
    )
    select u, coalesce(x.any_month, false),
           case when x.due then null else coalesce(x.cause, d.cause, case when p_households then 'household_changed' else 'other' end) end
      from unnest(p_units) u
      left join units x on x.unit_id = u
      left join ends d on d.unit_id = u;
end
$$;

-- The comparison, one row per unit that is paid in one of the two periods. own: what the run settles for its own period
-- (paid or taken off for an overpayment); what it pays for earlier periods is arrears. A token for some divisions sees theirs.
-- Without nested loops: a run was just frozen, and without statistics its lines would be joined one by one.
create or replace function payments.comparison(p_run bigint)
returns table (unit_id bigint, person_id bigint, change text, cause text, before_fen bigint, now_fen bigint,
               division_before integer, division integer)
language plpgsql stable security definer rows 100000
    set search_path = pg_catalog, payments, app set plan_cache_mode = force_custom_plan set jit = off set enable_nestloop = off as
$$
declare
    v_district integer := app.district();
    v record;
begin
    select * into v from payments.compared_runs(p_run);
    return query
    with lines as (
        select y.*, y.run_id = any (v.runs_now) as now,
               y.period = case when y.run_id = any (v.runs_now) then (select r.period from payments.run r where r.district = v_district and r.id = p_run)
                               else v.period_before end as own
          from payments.payment y
         where y.district = v_district and y.run_id = any (v.runs_now || coalesce(v.runs_before, '{}')) and y.state <> 'CANCELLED'
           and y.reissue_of is null
           and (app.divisions() is null or y.division = any (app.divisions()))
    ), units as materialized (
        select l.unit_id, (array_agg(l.person_id order by l.now desc, l.id desc))[1] as person_id,
               sum(l.amount_fen) filter (where not l.now) as fen_before, sum(l.amount_fen) filter (where l.now) as fen_now,
               sum(l.amount_fen + l.netted_fen) filter (where not l.now and l.own) as own_before,
               sum(l.amount_fen + l.netted_fen) filter (where l.now and l.own) as own_now,
               sum(l.amount_fen + l.netted_fen) filter (where not l.now and not l.own) as arrears_before,
               sum(l.amount_fen + l.netted_fen) filter (where l.now and not l.own) as arrears_now,
               (array_agg(l.facts order by l.part desc) filter (where not l.now and l.own))[1] as facts_before,
               (array_agg(l.facts order by l.part desc) filter (where l.now and l.own))[1] as facts_now,
               max(l.division) filter (where not l.now) as division_before, max(l.division) filter (where l.now) as division_now
          from lines l group by l.unit_id
    ), held as (
        select h.run_id = any (v.runs_now) as now,
               case when v.households then (select m.household_id from beneficiaries.household_member m
                                             where m.district = v_district and m.person_id = h.person_id
                                               and m.valid @> (upper(v.period_range) - 1) limit 1)
                    else h.person_id end as unit_id, min(h.reason) as reason
          from payments.held_line h
         where h.district = v_district and h.run_id = any (v.runs_now || coalesce(v.runs_before, '{}'))
         group by 1, 2
    ), gone as (
        select * from payments.absence_causes(v.item_code, v.households, v.period_range,
            array(select u.unit_id from units u where u.own_before is not null and u.own_now is null))
    ), come as (
        select * from payments.absence_causes(v.item_code, v.households, v.range_before,
            array(select u.unit_id from units u where u.own_before is null and u.own_now is not null and v.range_before is not null))
    )
    select u.unit_id, u.person_id,
           case when u.fen_before is null then 'new' when u.fen_now is null then 'gone'
                when u.fen_before = u.fen_now then 'unchanged' else 'changed' end,
           case when u.own_before is not null and u.own_now is null then coalesce('held:' || h.reason, g.cause, 'settled')
                when u.own_now is not null and u.own_before is null then
                     coalesce('held:' || b.reason, case when not c.enrolled or c.cause is null then 'new_enrolment'
                                                        when c.cause = 'suspended' then 'resumed' else c.cause end, 'new_enrolment')
                when u.own_before <> u.own_now then payments.changed_cause(u.facts_before, u.facts_now)
                when u.arrears_before is distinct from u.arrears_now then 'arrears'
                when u.fen_before <> u.fen_now then 'netting'
                when u.division_before <> u.division_now then 'moved' end,
           coalesce(u.fen_before, 0)::bigint, coalesce(u.fen_now, 0)::bigint, u.division_before, u.division_now
      from units u
      left join held h on h.unit_id = u.unit_id and h.now
      left join held b on b.unit_id = u.unit_id and not b.now
      left join gone g on g.unit_id = u.unit_id
      left join come c on c.unit_id = u.unit_id;
end
$$;

-- The run that is compared, when the caller reaches it and it has lines.
create or replace function payments.compared_run(p_run bigint) returns payments.run
    language plpgsql stable security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_run payments.run%rowtype;
begin
    select * into v_run from payments.run where district = app.district() and id = p_run
        and (app.programmes() is null or item_code = any (app.programmes()));
    if not found then
        perform app.refuse('not_found');
    end if;
    if v_run.kind <> 'REGULAR' or v_run.state in ('GENERATING', 'CANCELLED', 'FAILED') then
        perform app.refuse('wrong_state');
    end if;
    return v_run;
end
$$;

-- What of a run's ground is not confirmed yet: rules and standards that its lines name, exclusions of the item.
create or replace function payments.unconfirmed(p_runs bigint[]) returns jsonb
    language sql stable security definer set search_path = pg_catalog, payments, app as
$$
    with named as (
        select distinct (f ->> 'rule')::bigint as rule_id, (f ->> 'standard')::bigint as standard_id, (f ->> 'basis')::bigint as basis_id
          from payments.payment y, jsonb_array_elements(y.facts) f
         where y.district = app.district() and y.run_id = any (p_runs) and y.state <> 'CANCELLED'
    )
    select coalesce(jsonb_agg(jsonb_build_object('kind', x.kind, 'id', x.id, 'version', x.version, 'source', x.source)
                              order by x.kind, x.id), '[]'::jsonb)
      from (select 'rule' as kind, r.id, r.version, r.source from programmes.rule r
             where r.district = app.district() and not r.confirmed and r.id in (select rule_id from named)
            union all
            select 'standard', s.id, s.version, s.source from programmes.standard s
             where s.district = app.district() and not s.confirmed
               and s.id in (select standard_id from named union select basis_id from named)
            union all
            select 'exclusion', e.id, e.version, e.source from programmes.exclusion e
              join payments.run r on r.district = e.district and r.item_code = e.item_code and r.id = p_runs[1]
             where e.district = app.district() and not e.confirmed and e.state = 'APPROVED' and e.valid && r.period_range) x
$$;

-- The page that an approver reads. Sums of all lists agree with each other: now_fen is what the runs of the period up to this
-- one pay, run_fen what this one pays of it.
create or replace function payments.comparison_page(p_run bigint)
returns table (id bigint, item text, period text, period_before text, run_fen bigint, units integer, before_fen bigint, now_fen bigint,
               difference_fen bigint, changes jsonb, causes jsonb, divisions jsonb, held jsonb, unconfirmed jsonb)
language plpgsql stable security definer set search_path = pg_catalog, payments, app set plan_cache_mode = force_custom_plan set jit = off as
$$
declare
    v_run payments.run%rowtype := payments.compared_run(p_run);
    v_runs record;
begin
    select * into v_runs from payments.compared_runs(p_run);
    return query
    with lines as materialized (
        select * from payments.comparison(p_run)
    ), changes as (
        select l.change, count(*) as units, sum(l.before_fen) as before_fen, sum(l.now_fen) as now_fen from lines l group by l.change
    ), causes as (
        select l.change, l.cause, count(*) as units, sum(l.before_fen) as before_fen, sum(l.now_fen) as now_fen
          from lines l where l.cause is not null group by l.change, l.cause
    ), divisions as (
        select s.division, count(*) filter (where s.was) as units_before, count(*) filter (where not s.was) as units_now,
               sum(s.before_fen) as before_fen, sum(s.now_fen) as now_fen
          from (select l.division_before as division, true as was, l.before_fen, 0 as now_fen from lines l where l.division_before is not null
                union all
                select l.division, false, 0, l.now_fen from lines l where l.division is not null) s
         group by s.division
    )
    select v_run.id, v_run.item_code, v_run.period, v_runs.period_before,
           coalesce((select sum(y.amount_fen) from payments.payment y where y.district = v_run.district and y.run_id = v_run.id
                        and y.state <> 'CANCELLED' and (app.divisions() is null or y.division = any (app.divisions()))), 0)::bigint,
           (select count(*) from lines)::integer,
           coalesce((select sum(l.before_fen) from lines l), 0)::bigint, coalesce((select sum(l.now_fen) from lines l), 0)::bigint,
           coalesce((select sum(l.now_fen - l.before_fen) from lines l), 0)::bigint,
           (select coalesce(jsonb_agg(jsonb_build_object('change', k.change, 'units', coalesce(c.units, 0),
                'before_fen', coalesce(c.before_fen, 0)::bigint, 'now_fen', coalesce(c.now_fen, 0)::bigint,
                'difference_fen', coalesce(c.now_fen - c.before_fen, 0)::bigint) order by k.n), '[]'::jsonb)
              from unnest(array['new', 'gone', 'changed', 'unchanged']) with ordinality k (change, n) left join changes c on c.change = k.change),
           (select coalesce(jsonb_agg(jsonb_build_object('change', c.change, 'cause', c.cause, 'units', c.units,
                'before_fen', c.before_fen::bigint, 'now_fen', c.now_fen::bigint, 'difference_fen', (c.now_fen - c.before_fen)::bigint)
                order by c.change, c.cause), '[]'::jsonb) from causes c),
           (select coalesce(jsonb_agg(jsonb_build_object('division', d.division, 'name_zh', v.name_zh, 'name_en', v.name_en,
                'units_before', d.units_before, 'units_now', d.units_now, 'before_fen', d.before_fen::bigint,
                'now_fen', d.now_fen::bigint, 'difference_fen', (d.now_fen - d.before_fen)::bigint) order by d.division), '[]'::jsonb)
              from divisions d left join programmes.division v on v.district = v_run.district and v.code = d.division),
           (select coalesce(jsonb_agg(jsonb_build_object('reason', h.reason, 'lines', h.lines) order by h.reason), '[]'::jsonb)
              from (select x.reason, count(*) as lines from payments.held_line x
                     where x.district = v_run.district and x.run_id = p_run
                       and (app.divisions() is null or x.division = any (app.divisions())) group by x.reason) h),
           payments.unconfirmed(v_runs.runs_now);
end
$$;

create or replace function payments.comparison_lines(p_run bigint, p_change text, p_cause text, p_after bigint, p_limit integer)
returns table (unit bigint, person_id bigint, change text, cause text, before_fen bigint, now_fen bigint, difference_fen bigint,
               division_before integer, division integer)
language plpgsql stable security definer set search_path = pg_catalog, payments, app as
$$
begin
    perform payments.compared_run(p_run);
    return query
    select c.unit_id, c.person_id, c.change, c.cause, c.before_fen, c.now_fen, c.now_fen - c.before_fen, c.division_before, c.division
      from payments.comparison(p_run) c
     where (p_change is null or c.change = p_change) and (p_cause is null or c.cause = p_cause) and c.unit_id > p_after
     order by c.unit_id limit p_limit;
end
$$;
