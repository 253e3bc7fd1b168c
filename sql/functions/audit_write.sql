-- Canonical JSON for log entries: names sorted by bytes, no white space, integers only. Floats are refused, because
-- their text form is not stable between writers.
create or replace function audit.canonical(value jsonb) returns text language plpgsql immutable parallel safe as
$$
begin
    case jsonb_typeof(value)
    when 'object' then
        return '{' || coalesce((select string_agg(to_json(m.key)::text || ':' || audit.canonical(m.value), ','
                                                  order by m.key collate "C")
                                from jsonb_each(value) m), '') || '}';
    when 'array' then
        return '[' || coalesce((select string_agg(audit.canonical(m.value), ',' order by m.ordinality)
                                from jsonb_array_elements(value) with ordinality m), '') || ']';
    when 'number' then
        if value::text !~ '^-?[0-9]{1,16}$' then
            raise exception 'log entries hold whole numbers only';
        end if;
        return value::text;
    else
        return value::text;
    end case;
end
$$;

-- What looks like the number of a person in one text of an event's data: identity, account and mobile numbers. Hashes run on
-- in letters. For audit.write_event() and the invariant no_personal_data_in_events.
create or replace function audit.event_number_pattern() returns text language sql immutable parallel safe as
$$ select '(^|[^0-9a-f])([1-9][0-9]{16}[0-9Xx]|[0-9]{12,19}|1[3-9][0-9]{9})([^0-9a-f]|$)' $$;

-- Whether the data of an event hold a number of a person in one of their texts; amounts are no texts. The first look is
-- the cheap one: most events have no eleven digits in a row.
create or replace function audit.event_holds_number(p_data jsonb) returns boolean language sql immutable parallel safe as
$$
    select p_data::text ~ '[0-9]{11}'
       and exists (select from jsonb_path_query(p_data, 'strict $.** ? (@.type() == "string")') as t (value)
                    where t.value #>> '{}' ~ audit.event_number_pattern())
$$;

-- Of which entities a role of a service writes events. NULL: of any (the owner: migrations, the catalogue's loader).
create or replace function audit.entities_of(p_role name) returns text[] language sql immutable parallel safe as
$$
    select case p_role
        when 'huimin_programmes' then array['rule', 'standard', 'tier', 'exclusion']
        when 'huimin_beneficiaries' then register
        when 'huimin_payments' then money
        when 'huimin_reconcile' then money
        when 'huimin_worker' then register || money end
      from (select array['person', 'household', 'certificate', 'account', 'enrolment', 'enrolment_change', 'enrolment_document',
                         'activity', 'other_benefit', 'schooling', 'import', 'change_list', 'merge', 'difference', 'notice',
                         'objection', 'objection_text'] as register,
                   array['run', 'payment', 'file', 'inbound', 'break', 'transfer', 'reconciliation', 'recovery', 'agency'] as money) x
$$;

-- Writes the event of the running transaction and puts it into the outbox; returns its id. The caller has locked or
-- just created the entity, so that seq is gapless; two writers of one entity at once end in a unique violation.
-- data: no personal data, ever: what looks like a number of a person is refused (personal_data), because the log cannot
-- be corrected. A service speaks under its own name and about its own entities. Locks: none beyond the inserted rows.
create or replace function audit.write_event(p_act text, p_entity text, p_entity_id text, p_data jsonb)
returns bigint language plpgsql security definer set search_path = pg_catalog, audit, app as
$$
declare
    v_district integer := app.district();
    v_actor text := app.actor();
    v_service text := case when audit.entities_of(session_user) is null then app.service() else substr(session_user, 8) end;
    v_at timestamptz := clock_timestamp();
    v_seq integer;
    v_prev bytea;
    v_entry text;
    v_id bigint;
begin
    if v_district is null or v_actor is null or v_service is null then
        raise exception 'an event needs district, actor and service';
    elsif p_entity <> all (audit.entities_of(session_user)) then
        raise exception '% writes no events of %', session_user, p_entity using errcode = '42501';
    elsif audit.event_holds_number(p_data) then
        perform app.refuse('personal_data');
    end if;
    select e.seq, e.leaf_hash into v_seq, v_prev from audit.event e
     where e.district = v_district and e.entity = p_entity and e.entity_id = p_entity_id
     order by e.seq desc limit 1;
    v_seq := coalesce(v_seq, 0) + 1;
    v_entry := '{"act":' || to_json(p_act) || ',"actor":' || to_json(v_actor)
        || ',"at":"' || to_char(v_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+08:00"'
        || ',"data":' || audit.canonical(coalesce(p_data, '{}')) || ',"district":' || v_district
        || ',"ent":' || to_json(p_entity) || ',"id":' || to_json(p_entity_id) || ',"pii":{}'
        || ',"prev":"' || coalesce(encode(v_prev, 'hex'), '') || '","req":' || to_json(coalesce(app.request_id(), ''))
        || ',"seq":' || v_seq || ',"svc":' || to_json(v_service) || ',"v":1}';
    insert into audit.event (district, at, actor, service, act, entity, entity_id, seq, request_id, entry, leaf_hash)
    values (v_district, v_at, v_actor, v_service, p_act, p_entity, p_entity_id, v_seq, app.request_id(), v_entry,
            sha256('\x00'::bytea || convert_to(v_entry, 'UTF8')))
    returning id into v_id;
    insert into audit.pending (district, event_id) values (v_district, v_id);
    return v_id;
end
$$;
revoke all on function audit.write_event(text, text, text, jsonb) from public;
grant execute on function audit.write_event(text, text, text, jsonb) to huimin_beneficiaries, huimin_programmes,
    huimin_payments, huimin_worker, huimin_reconcile;
