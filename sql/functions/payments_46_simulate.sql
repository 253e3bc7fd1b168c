-- What a changed standard would cost over the register as it is. The standard is changed, computed with and taken back
-- within one call; nothing stays.

-- What an item costs in the months of one period: each component spread evenly over its months. The item's look-back must be
-- 0, so that the period stands alone.
create or replace function payments.month_costs(p_district integer, p_item text, p_range daterange)
returns table (month date, fen bigint, people bigint)
language sql stable as
$$
    select m.month, sum(c.amount_fen * (m.n + 1) / c.months - c.amount_fen * m.n / c.months)::bigint,
           sum(coalesce(cardinality(c.persons), 1))::bigint
      from payments.components(p_district, p_item, p_range) c
      join programmes.rule r on r.district = p_district and r.id = c.rule_id
      cross join lateral (
          select n, ((case r.accrual when 'each_month' then c.from_month else lower(p_range) end) + make_interval(months => n))::date as month
            from generate_series(0, c.months - 1) n) m
     where c.stop is null and c.open is null and c.amount_fen > 0
     group by m.month
$$;

-- The same for the periods of several months, which may begin within the first and end within the last: {"2020-06": [fen, people]}.
create or replace function payments.costs_of_months(p_item text, p_from date, p_until date) returns jsonb language plpgsql stable as
$$
declare
    v_costs jsonb := '{}';
    v_day date := p_from;
    v_range daterange;
begin
    while v_day < p_until loop
        select payments.period_range(payments.period_text(r.cycle, v_day)) into v_range from programmes.rule r
         where r.district = app.district() and r.item_code = p_item and r.state = 'APPROVED' and r.valid @> v_day;
        v_costs := v_costs || coalesce((select jsonb_object_agg(to_char(c.month, 'YYYY-MM'), jsonb_build_array(c.fen, c.people))
                                          from payments.month_costs(app.district(), p_item, v_range) c
                                         where c.month >= p_from and c.month < p_until), '{}');
        v_day := upper(v_range);
    end loop;
    return v_costs;
end
$$;

-- Puts a standard in the place of what is approved for a tier from a day on, until another. Only within what is taken back.
create or replace function payments.standard_change(p_item text, p_tier text, p_amount_fen bigint, p_basis_points integer,
                                                    p_amount_per text, p_from date, p_until date) returns void
    language plpgsql as
$$
declare
    v_old programmes.standard%rowtype;
    v_new programmes.standard%rowtype;
    v_piece daterange;
begin
    for v_old in select * from programmes.standard s where s.district = app.district() and s.item_code = p_item and s.tier_code = p_tier
                    and s.state = 'APPROVED' and s.valid && daterange(p_from, p_until) loop
        update programmes.standard s set state = 'REPLACED' where s.district = v_old.district and s.id = v_old.id;
        for v_piece in select p from unnest(datemultirange(v_old.valid) - datemultirange(daterange(p_from, p_until))) p loop
            insert into programmes.standard (district, item_code, tier_code, amount_fen, basis_points, amount_per, valid, source, confirmed,
                                             state, proposed_by, approved_by, approved_at)
            values (v_old.district, p_item, p_tier, v_old.amount_fen, v_old.basis_points, v_old.amount_per, v_piece, v_old.source,
                    v_old.confirmed, 'APPROVED', v_old.proposed_by, v_old.approved_by, v_old.approved_at);
        end loop;
    end loop;
    insert into programmes.standard (district, item_code, tier_code, amount_fen, basis_points, amount_per, valid, source, confirmed,
                                     state, proposed_by, approved_by, approved_at)
    values (app.district(), p_item, p_tier, p_amount_fen, p_basis_points, p_amount_per, daterange(p_from, p_until), 'simulation', true,
            'APPROVED', 'simulation', 'simulation:approval', now());
end
$$;

-- An amount in the proportion of what each source has put in place for an item; what does not divide is the district's. Empty
-- when nothing was put in place.
create or replace function payments.by_source(p_item text, p_now_fen bigint, p_then_fen bigint) returns jsonb language sql stable as
$$
    with given as (
        select t.source, sum(t.amount_fen)::numeric as fen, sum(sum(t.amount_fen)) over () as total
          from payments.transfer t where t.district = app.district() and t.item_code = p_item and t.cause = 'appropriation'
         group by t.source
        union all
        select 'district', 0, 0 where not exists (select from payments.transfer t where t.district = app.district() and t.item_code = p_item
                                                     and t.cause = 'appropriation' and t.source = 'district')
    ), shares as (
        select g.source, array_position(payments.sources(), g.source) as n,
               case when g.source <> 'district' then div(p_now_fen * g.fen, g.total) end as now_fen,
               case when g.source <> 'district' then div(p_then_fen * g.fen, g.total) end as then_fen
          from given g where exists (select from given t where t.total > 0)
    ), filled as (
        select s.source, s.n, coalesce(s.now_fen, p_now_fen - coalesce(sum(s.now_fen) over (), 0))::bigint as now_fen,
               coalesce(s.then_fen, p_then_fen - coalesce(sum(s.then_fen) over (), 0))::bigint as then_fen
          from shares s
    )
    select coalesce(jsonb_agg(jsonb_build_object('source', f.source, 'now_fen', f.now_fen, 'then_fen', f.then_fen,
                                                 'difference_fen', f.then_fen - f.now_fen) order by f.n), '[]'::jsonb) from filled f
$$;

create or replace function payments.simulation_check(p_item text, p_tier text, p_amount_per text, p_from date, p_until date) returns void
    language plpgsql stable as
$$
begin
    perform payments.require_reach(p_item);
    if not exists (select from programmes.item where district = app.district() and code = p_item) then
        perform app.refuse('unknown_item');
    end if;
    if not exists (select from programmes.tier
                    where district = app.district() and item_code = p_item and code = p_tier and state = 'APPROVED') then
        perform app.refuse('unknown_tier');
    end if;
    if exists (select from generate_series(p_from::timestamp, p_until - interval '1 day', interval '1 month') m
                where not exists (select from programmes.rule r where r.district = app.district() and r.item_code = p_item
                                     and r.state = 'APPROVED' and r.valid @> m::date)) then
        perform app.refuse('standard_missing'); -- no rule: nothing can be computed
    end if;
    if exists (select from programmes.rule r where r.district = app.district() and r.item_code = p_item and r.state = 'APPROVED'
                  and r.valid && daterange(p_from, p_until) and not programmes.amount_fits(r.kind, p_amount_per)) then
        perform app.refuse('amount_per_unfit');
    end if;
end
$$;

-- The cost of each month with the standards as they are and with a tier's standard changed from p_from on.
create or replace function payments.simulate(p_item text, p_tier text, p_amount_fen bigint, p_basis_points integer, p_amount_per text,
                                             p_from date, p_months integer)
returns table (months jsonb, now_fen bigint, then_fen bigint, difference_fen bigint, sources jsonb)
language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_until date := (p_from + make_interval(months => p_months))::date;
    v_last date;
    v_now jsonb;
    v_then jsonb;
begin
    perform payments.simulation_check(p_item, p_tier, p_amount_per, p_from, v_until);
    select upper(payments.period_range(payments.period_text(r.cycle, v_until - 1))) into v_last from programmes.rule r
     where r.district = app.district() and r.item_code = p_item and r.state = 'APPROVED' and r.valid @> v_until - 1;
    begin
        update programmes.rule set lookback_months = 0 where district = app.district() and item_code = p_item and state = 'APPROVED';
        v_now := payments.costs_of_months(p_item, p_from, v_until);
        perform payments.standard_change(p_item, p_tier, p_amount_fen, p_basis_points, p_amount_per, p_from, v_last);
        v_then := payments.costs_of_months(p_item, p_from, v_until);
        raise exception 'taken back' using errcode = 'HM000';
    exception when sqlstate 'HM000' then
        null; -- all that was changed is as it was; the figures stay
    end;
    return query
    with costs as (
        select to_char(m, 'YYYY-MM') as month, coalesce((v_now -> to_char(m, 'YYYY-MM') ->> 0)::bigint, 0) as now_fen,
               coalesce((v_then -> to_char(m, 'YYYY-MM') ->> 0)::bigint, 0) as then_fen,
               coalesce((v_now -> to_char(m, 'YYYY-MM') ->> 1)::bigint, 0) as people_now,
               coalesce((v_then -> to_char(m, 'YYYY-MM') ->> 1)::bigint, 0) as people_then
          from generate_series(p_from::timestamp, v_until - interval '1 day', interval '1 month') m
    )
    select jsonb_agg(jsonb_build_object('month', c.month, 'now_fen', c.now_fen, 'then_fen', c.then_fen,
                         'difference_fen', c.then_fen - c.now_fen, 'people_now', c.people_now, 'people_then', c.people_then,
                         'sources', payments.by_source(p_item, c.now_fen, c.then_fen)) order by c.month),
           sum(c.now_fen)::bigint, sum(c.then_fen)::bigint, sum(c.then_fen - c.now_fen)::bigint,
           payments.by_source(p_item, sum(c.now_fen)::bigint, sum(c.then_fen)::bigint)
      from costs c;
end
$$;
