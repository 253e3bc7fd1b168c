-- The second person for tiers and for the end of an exclusion. These functions run as the owner: the programmes service
-- inserts proposals, but changes no row of these by itself.

-- Whether the item's last approved rule, or one that is proposed, takes its only tier: another tier would change what is due,
-- or stop the item for want of a standard.
create or replace function programmes.takes_single_tier(p_district integer, p_item text) returns boolean language sql stable as
$$
    select exists (
        select from programmes.rule r
         where r.district = p_district and r.item_code = p_item and r.tier_source = 'single'
           and (r.state = 'PROPOSED'
                or (r.state = 'APPROVED'
                    and not exists (select from programmes.rule l
                                     where l.district = p_district and l.item_code = p_item and l.state = 'APPROVED'
                                       and lower(l.valid) > lower(r.valid)))))
$$;

create or replace function programmes.guard_tier() returns trigger language plpgsql as
$$
begin
    if programmes.takes_single_tier(new.district, new.item_code)
       and exists (select from programmes.tier t
                    where t.district = new.district and t.item_code = new.item_code and t.code <> new.code and t.state = 'APPROVED') then
        perform app.refuse('single_tier');
    end if;
    return new;
end
$$;
create or replace trigger tier_guard before insert on programmes.tier
    for each row when (new.state <> 'REJECTED') execute function programmes.guard_tier();
create or replace trigger tier_guard_of_approval before update on programmes.tier
    for each row when (new.state = 'APPROVED' and old.state <> 'APPROVED') execute function programmes.guard_tier();
create or replace trigger tier_decision before insert or update on programmes.tier
    for each row execute function programmes.guard_decision();

-- Decides about a proposed tier. Refuses not_found, same_person (approval of one's own), wrong_state, tier_overlaps,
-- single_tier.
create or replace function programmes.tier_decide(p_item text, p_code text, p_approve boolean) returns void language plpgsql
    security definer set search_path = pg_catalog, programmes, app as
$$
declare
    v programmes.tier;
begin
    perform programmes.lock_items(array[p_item]);
    select * into v from programmes.tier where district = app.district() and item_code = p_item and code = p_code for update;
    if not found then
        perform app.refuse('not_found');
    end if;
    if p_approve then
        perform programmes.require_other(v.state, v.proposed_by);
        perform programmes.tier_check(p_item, p_code);
    elsif v.state <> 'PROPOSED' then
        perform app.refuse('wrong_state');
    end if;
    update programmes.tier
       set state = case when p_approve then 'APPROVED' else 'REJECTED' end, version = version + 1,
           approved_by = case when p_approve then app.actor() end, approved_at = case when p_approve then now() end,
           event_id = audit.write_event(case when p_approve then 'approve' else 'reject' end, 'tier', p_item || '/' || p_code,
                                        jsonb_build_object('item', p_item, 'proposed_by', v.proposed_by))
     where district = v.district and item_code = p_item and code = p_code;
end
$$;

-- The locked exclusion; not_found when there is none.
create or replace function programmes.exclusion_locked(p_id bigint) returns programmes.exclusion language plpgsql as
$$
declare
    v programmes.exclusion;
begin
    select * into v from programmes.exclusion where district = app.district() and id = p_id for update;
    if not found then
        perform app.refuse('not_found');
    end if;
    return v;
end
$$;

-- Whether an approved exclusion may end before a day: the first of a month, in its time, or its own first day, which
-- withdraws it as a whole.
create or replace function programmes.may_end(p_exclusion programmes.exclusion, p_to date) returns boolean language sql immutable as
$$ select (p_exclusion).state = 'APPROVED' and (p_exclusion).valid @> p_to and extract(day from p_to) = 1 $$;

-- Proposes the end of an approved exclusion. Refuses not_found, wrong_state (not approved, not of its time, or one waits).
create or replace function programmes.exclusion_end_propose(p_id bigint, p_to date, p_source text) returns void language plpgsql
    security definer set search_path = pg_catalog, programmes, app as
$$
declare
    v programmes.exclusion := programmes.exclusion_locked(p_id);
begin
    if not programmes.may_end(v, p_to) or (v.end_proposed_by is not null and v.end_approved_by is null) then
        perform app.refuse('wrong_state');
    end if;
    update programmes.exclusion
       set end_to = p_to, end_source = p_source, end_proposed_by = app.actor(), end_proposed_at = now(), end_approved_by = null,
           end_approved_at = null, version = version + 1,
           event_id = audit.write_event('end_propose', 'exclusion', p_id::text,
                                        jsonb_build_object('item', v.item_code, 'valid_to', p_to::text))
     where district = v.district and id = p_id;
end
$$;

-- Decides about the end that waits. Refuses not_found, wrong_state, same_person (approval of one's own).
create or replace function programmes.exclusion_end_decide(p_id bigint, p_approve boolean) returns void language plpgsql
    security definer set search_path = pg_catalog, programmes, app as
$$
declare
    v programmes.exclusion := programmes.exclusion_locked(p_id);
    v_whole boolean;
begin
    if v.end_proposed_by is null or v.end_approved_by is not null then
        perform app.refuse('wrong_state');
    end if;
    if not p_approve then
        update programmes.exclusion
           set end_to = null, end_source = null, end_proposed_by = null, end_proposed_at = null, version = version + 1,
               event_id = audit.write_event('end_reject', 'exclusion', p_id::text, jsonb_build_object(
                              'item', v.item_code, 'valid_to', v.end_to::text, 'proposed_by', v.end_proposed_by))
         where district = v.district and id = p_id;
        return;
    end if;
    perform programmes.require_other('PROPOSED', v.end_proposed_by);
    perform programmes.lock_items(array[v.item_code, v.other_item_code]);
    if not programmes.may_end(v, v.end_to) then
        perform app.refuse('wrong_state');
    end if;
    v_whole := v.end_to = lower(v.valid);
    update programmes.exclusion
       set state = case when v_whole then 'WITHDRAWN' else state end,
           valid = case when v_whole then valid else daterange(lower(valid), end_to) end, -- a withdrawn row's time is a record
           end_approved_by = app.actor(), end_approved_at = now(), version = version + 1,
           event_id = audit.write_event(case when v_whole then 'withdraw' else 'end' end, 'exclusion', p_id::text, jsonb_build_object(
                          'item', v.item_code, 'valid_to', v.end_to::text, 'proposed_by', v.end_proposed_by))
     where district = v.district and id = p_id;
end
$$;

revoke all on function programmes.takes_single_tier(integer, text), programmes.guard_tier(),
    programmes.tier_decide(text, text, boolean), programmes.exclusion_locked(bigint), programmes.may_end(programmes.exclusion, date),
    programmes.exclusion_end_propose(bigint, date, text), programmes.exclusion_end_decide(bigint, boolean) from public;
grant execute on function programmes.takes_single_tier(integer, text), programmes.tier_decide(text, text, boolean),
    programmes.exclusion_end_propose(bigint, date, text), programmes.exclusion_end_decide(bigint, boolean) to huimin_programmes;
