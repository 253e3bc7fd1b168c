-- Periods, rounding, ages: the arithmetic that everything due is computed with (ENTITLEMENTS.md). Nothing here writes.

create or replace function payments.cycle_months(cycle text) returns integer language sql immutable parallel safe as
$$ select case cycle when 'month' then 1 when 'quarter' then 3 when 'half' then 6 when 'term' then 6 when 'year' then 12 end $$;

-- 2020-06, 2020-Q2, 2020-H1, 2020-T1 (spring term, February to July), 2020-T2 (August to January), 2020 as a range of days;
-- NULL for anything else. The C twin is period_parse().
create or replace function payments.period_range(period text) returns daterange language plpgsql immutable parallel safe as
$$
declare
    v_first date;
    v_months integer;
begin
    if period ~ '^20[0-9]{2}-(0[1-9]|1[0-2])$' then
        v_months := 1;
        v_first := make_date(substr(period, 1, 4)::integer, substr(period, 6, 2)::integer, 1);
    elsif period ~ '^20[0-9]{2}-Q[1-4]$' then
        v_months := 3;
        v_first := make_date(substr(period, 1, 4)::integer, substr(period, 7, 1)::integer * 3 - 2, 1);
    elsif period ~ '^20[0-9]{2}-H[12]$' then
        v_months := 6;
        v_first := make_date(substr(period, 1, 4)::integer, substr(period, 7, 1)::integer * 6 - 5, 1);
    elsif period ~ '^20[0-9]{2}-T[12]$' then
        v_months := 6;
        v_first := make_date(substr(period, 1, 4)::integer, substr(period, 7, 1)::integer * 6 - 4, 1);
    elsif period ~ '^20[0-9]{2}$' then
        v_months := 12;
        v_first := make_date(period::integer, 1, 1);
    else
        return null;
    end if;
    return daterange(v_first, (v_first + make_interval(months => v_months))::date);
end
$$;

-- The period of a cycle that holds a day.
drop function if exists payments.period_text(text, date);
create function payments.period_text(cycle text, day date) returns text language sql immutable parallel safe as
$$ select case cycle
          when 'month' then to_char(day, 'YYYY-MM')
          when 'quarter' then to_char(day, 'YYYY-"Q"Q')
          when 'half' then to_char(day, 'YYYY-"H"') || ((extract(month from day)::integer + 5) / 6)
          when 'term' then to_char(day - interval '1 month', 'YYYY-"T"') || ((extract(month from day - interval '1 month')::integer + 5) / 6)
          when 'year' then to_char(day, 'YYYY') end $$;

-- numerator / denominator fen, rounded (programmes.rule.rounding). The C twin is in money.c.
create or replace function payments.round_fen(numerator bigint, denominator bigint, rounding text) returns bigint
    language sql immutable parallel safe as
$$ select case rounding
          when 'floor_fen' then numerator / denominator
          when 'half_up_fen' then (2 * numerator + denominator) / (2 * denominator)
          when 'up_jiao' then (numerator + 10 * denominator - 1) / (10 * denominator) * 10
          when 'up_yuan' then (numerator / (10 * denominator) + 9) / 10 * 100
          when 'down_yuan' then numerator / (100 * denominator) * 100 end $$;

-- Part `part` (1..parts) of a total; the parts add up to it whatever the rounding. last: the rounded n-th part, never more
-- than is left, and the last takes what is left. cumulative: the sum so far is the rounded share. The C twin is
-- money_split_part().
create or replace function payments.year_part(total_fen bigint, parts integer, part integer, rounding text, remainder text)
    returns bigint language sql immutable parallel safe as
$$ select case when parts = 1 then total_fen
               when remainder = 'last' and part = parts
                    then total_fen - least(total_fen, (parts - 1) * payments.round_fen(total_fen, parts, rounding))
               when remainder = 'last'
                    then least(payments.round_fen(total_fen, parts, rounding),
                               total_fen - least(total_fen, (part - 1) * payments.round_fen(total_fen, parts, rounding)))
               else (case when part = parts then total_fen
                          else least(total_fen, payments.round_fen(total_fen * part, parts, rounding)) end)
                    - least(total_fen, payments.round_fen(total_fen * (part - 1), parts, rounding)) end $$;

-- Completed years on a day; who was born on 29 February is a year older on 1 March of common years.
create or replace function payments.age(birth date, day date) returns integer language sql immutable parallel safe as
$$ select extract(year from day)::integer - extract(year from birth)::integer
          - (extract(month from day) * 100 + extract(day from day) < extract(month from birth) * 100 + extract(day from birth))::integer $$;

-- The day on which an age must be reached so that a month counts as of that age (rule.entry_basis).
create or replace function payments.age_day(entry_basis text, month date) returns date language sql immutable parallel safe as
$$ select case entry_basis when 'month_after_birthday' then month - 1
                           when 'year_end_age' then make_date(extract(year from month)::integer, 12, 31)
                           else (month + interval '1 month')::date - 1 end $$;

-- The day on which age_max must not be reached yet so that a month is due: its last month is the birthday's, or the one
-- before (same_month).
create or replace function payments.age_end_day(entry_basis text, exit_basis text, month date) returns date
    language sql immutable parallel safe as
$$ select case when entry_basis = 'year_end_age' then make_date(extract(year from month)::integer, 12, 31)
               when exit_basis = 'same_month' then (month + interval '1 month')::date - 1
               else month - 1 end $$;

-- The periods that are open for a run: its own and those before it, back to the first period ever run for the item
-- (earlier ones were paid before this system took over), to the look-back of the rule, and to a month without an approved
-- rule of the same cycle and for the same unit, person or household (another cycle would pay periods a second time).
drop function if exists payments.open_periods(integer, text, daterange);
create function payments.open_periods(p_district integer, p_item text, p_range daterange)
returns table (period text, first_day date, day_after date, parts integer, part integer, rule_id bigint, accrual text,
               rounding text, remainder text)
language sql stable as
$$
    with rule as (
        select *, payments.cycle_months(cycle) as months from programmes.rule
         where district = p_district and item_code = p_item and state = 'APPROVED' and valid @> lower(p_range)
    ), bounds as (
        select rule.*, least(lower(p_range),
                             greatest((lower(p_range) - make_interval(months => rule.lookback_months))::date,
                                      coalesce((select min(lower(r.period_range)) from payments.run r
                                                 where r.district = p_district and r.item_code = p_item
                                                   and r.state not in ('CANCELLED', 'FAILED')), lower(p_range)))) as first_open
          from rule
    ), steps as (
        select d.first_day, b.cycle, b.months, r.id as rule_id, r.accrual, r.rounding, r.remainder,
               bool_and(r.id is not null) over (order by d.first_day desc) as unbroken
          from bounds b
          cross join generate_series(0, 120) n
          cross join lateral (select (lower(p_range) - make_interval(months => b.months * n))::date as first_day) d
          left join programmes.rule r on r.district = p_district and r.item_code = p_item and r.state = 'APPROVED'
               and r.valid @> d.first_day and r.cycle = b.cycle
               and (r.kind = 'household_topup') = (b.kind = 'household_topup')
         where d.first_day >= b.first_open
    )
    select payments.period_text(cycle, first_day), first_day, (first_day + make_interval(months => months))::date,
           12 / months, (extract(month from first_day)::integer - case cycle when 'term' then 2 else 1 end) / months + 1,
           rule_id, accrual, rounding, remainder
      from steps where unbroken
$$;
