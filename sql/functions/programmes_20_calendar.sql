-- The last day of a period of p_days that begins the day after p_from (民法总则, article 201: the day itself is not
-- counted). p_kind calendar: every day counts. working: Monday to Friday but public holidays, and the weekend days that are
-- worked instead (programmes.calendar_day); a year without any row there is not known, and refused (calendar_missing).
create or replace function programmes.add_days(p_district integer, p_from date, p_days integer, p_kind text) returns date
    language plpgsql stable as
$$
declare
    v_day date := p_from;
    v_left integer := p_days;
    v_known integer; -- the year that has been looked at
    v_exception text;
begin
    if p_kind = 'calendar' then
        return p_from + p_days;
    end if;
    while v_left > 0 loop
        v_day := v_day + 1;
        if v_known is distinct from extract(year from v_day)::integer then
            v_known := extract(year from v_day);
            if not exists (select from programmes.calendar_day
                            where district = p_district and day between make_date(v_known, 1, 1) and make_date(v_known, 12, 31)) then
                perform app.refuse('calendar_missing');
            end if;
        end if;
        select kind into v_exception from programmes.calendar_day where district = p_district and day = v_day;
        if coalesce(v_exception = 'workday', extract(isodow from v_day) < 6) then
            v_left := v_left - 1;
        end if;
    end loop;
    return v_day;
end
$$;
revoke all on function programmes.add_days(integer, date, integer, text) from public;
grant execute on function programmes.add_days(integer, date, integer, text) to huimin_programmes, huimin_beneficiaries,
    huimin_payments, huimin_worker;
