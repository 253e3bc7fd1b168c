-- Numbers of people whose folded name holds the given part, in order, from after p_after on. Row-level security keeps an
-- index on names from being used (the operators are not leakproof), so this function runs as the owner and applies the
-- same scope itself. p_part is folded (services/common/person_name.h) and not empty.
create or replace function beneficiaries.find_people(p_part text, p_division integer, p_after bigint, p_limit bigint)
returns setof bigint language sql stable security definer set search_path = pg_catalog, beneficiaries, app as
$$
    select p.id from beneficiaries.person p
     where p.district = (select app.district())
       and ((select app.divisions()) is null or p.division = any ((select app.divisions())::integer[]))
       and (p_division is null or p.division = p_division)
       and string_to_array(p.name_folded, null) @> string_to_array(p_part, null)
       and position(p_part in p.name_folded) > 0
       and p.id > p_after
     order by p.id limit p_limit
$$;
revoke all on function beneficiaries.find_people(text, integer, bigint, bigint) from public;
grant execute on function beneficiaries.find_people(text, integer, bigint, bigint) to huimin_beneficiaries;
