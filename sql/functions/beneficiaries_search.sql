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

-- Who has the identity number with this index, and into whom that person was merged: an old number leads to the survivor,
-- also where the merged person lies out of reach. Runs as the owner; who is told of is left to the caller's own reach.
create or replace function beneficiaries.find_number(p_index bytea) returns table (person_id bigint)
language sql stable security definer set search_path = pg_catalog, beneficiaries, app as
$$
    select unnest(array[p.id, p.merged_into]) from beneficiaries.person p
     where p.district = (select app.district()) and p.id_number_index = p_index
$$;
revoke all on function beneficiaries.find_number(bytea) from public;
grant execute on function beneficiaries.find_number(bytea) to huimin_beneficiaries;
