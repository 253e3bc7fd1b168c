-- What decides about rules, standards, exclusions and tiers: proposed by one person, approved by another, never overwritten.
-- Checks are made when something is proposed, and again when it is approved: the approval counts, and holds the item's row.

-- Holds the items until the transaction ends, in the order of their codes, so that of two approvals at once the later one
-- sees the earlier. Runs as the owner: the services may not change items.
create or replace function programmes.lock_items(p_items text[]) returns void language plpgsql security definer
    set search_path = pg_catalog, programmes, app as
$$
begin
    perform from programmes.item where district = app.district() and code = any (p_items) order by code for no key update;
end
$$;

-- A rule from JSON with the columns' names (and valid_from, valid_to); what is absent or null is as the table has it by
-- default. For proposals and for the catalogue's files.
create or replace function programmes.rule_of_json(p_given jsonb) returns programmes.rule language sql stable as
$$
    select jsonb_populate_record(
               jsonb_populate_record(null::programmes.rule,
                   '{"accrual": "each_month", "age_max_at_school": false, "grace_months_max": 0, "netting_cap_percent": 0,
                     "one_per_household": false, "once_per": "enrolment", "review_required": false, "notice_days": 0,
                     "notice_day_kind": "calendar", "hearing_required": false, "documents": [], "checks": []}'),
               jsonb_strip_nulls(p_given)
               || jsonb_build_object('valid', daterange((p_given->>'valid_from')::date, (p_given->>'valid_to')::date)))
$$;

-- What a rule says, as a proposal would say it.
create or replace function programmes.rule_terms(p_rule programmes.rule) returns jsonb language sql immutable as
$$
    select to_jsonb(p_rule) - array['district', 'id', 'item_code', 'valid', 'replaces', 'state', 'proposed_by', 'proposed_at',
                                    'approved_by', 'approved_at', 'version', 'event_id']
           || jsonb_build_object('valid_from', lower(p_rule.valid), 'valid_to', upper(p_rule.valid))
$$;

-- A proposal that replaces a rule of the item, with all that it leaves out as that rule has it. When it begins, its source
-- and whether it is confirmed are its own. No row when there is no such rule.
create or replace function programmes.rule_whole(p_item text, p_given jsonb) returns jsonb language sql stable as
$$
    select programmes.rule_terms(r) - array['valid_from', 'source', 'confirmed'] || p_given
      from programmes.rule r
     where r.district = app.district() and r.item_code = p_item and r.id = (p_given->>'replaces')::bigint
$$;

-- What a proposal would change of the rule that it replaces: [{field, from, to}]. Empty once it is decided.
create or replace function programmes.rule_changes(p_rule programmes.rule) returns jsonb language sql stable as
$$
    select coalesce(jsonb_agg(jsonb_build_object('field', n.key, 'from', o.value, 'to', n.value) order by n.key), '[]')
      from programmes.rule r
     cross join lateral jsonb_each(programmes.rule_terms(r)) o
      join jsonb_each(programmes.rule_terms(p_rule)) n on n.key = o.key and n.value <> o.value
     where r.district = p_rule.district and r.id = p_rule.replaces and p_rule.state = 'PROPOSED'
$$;

-- Whether a range leaves days without any among the approved ones (p_others, besides the replaced p_old, which is cut where
-- the new one begins): days beside it, or days of the replaced one that it does not take over.
drop function if exists programmes.check_time(datemultirange, daterange, daterange, boolean, text, text);
create or replace function programmes.check_gap(p_others datemultirange, p_old daterange, p_new daterange, p_gap_intended boolean,
                                                p_gap text) returns void language plpgsql as
$$
declare
    v_others datemultirange := coalesce(p_others, '{}');
    v_old datemultirange := coalesce(datemultirange(p_old), '{}');
    v_after datemultirange := v_others + datemultirange(p_new) + (v_old * datemultirange(daterange(null, lower(p_new))));
begin
    if not p_gap_intended
       and (not isempty(v_old - v_after)
            or exists (select from unnest(datemultirange(range_merge(v_after)) - v_after) as gap
                        where upper(gap) = lower(p_new) or lower(gap) = upper(p_new))) then
        perform app.refuse(p_gap);
    end if;
end
$$;

-- Whether a day begins a period of a cycle. Runs as the owner: the programmes service does not reach the payments' functions.
create or replace function programmes.begins_period(p_cycle text, p_day date) returns boolean language sql immutable security definer
    set search_path = pg_catalog, payments as
$$ select p_day = lower(payments.period_range(payments.period_text(p_cycle, p_day))) $$;

-- Whether months of a rule's time were paid, or are about to be, by periods of another cycle or to the other unit (person,
-- household): they would be paid a second time. Runs as the owner: the programmes service does not see runs.
create or replace function programmes.paid_otherwise(p_rule programmes.rule) returns boolean language sql stable security definer
    set search_path = pg_catalog, programmes, payments, app as
$$
    select exists (
        select from payments.run n
         where n.district = p_rule.district and n.item_code = p_rule.item_code and n.kind = 'REGULAR'
           and n.state not in ('CANCELLED', 'FAILED') and n.period_range && p_rule.valid
           and (payments.period_text(p_rule.cycle, lower(n.period_range)) <> n.period
                or exists (select from programmes.rule r
                            where r.district = n.district and r.item_code = n.item_code and r.state = 'APPROVED'
                              and r.id <> p_rule.id and r.valid @> lower(n.period_range)
                              and (r.kind = 'household_topup') <> (p_rule.kind = 'household_topup'))))
$$;

-- What no rule may be, whoever writes it, the loader of the catalogue too: cut within a period of its own cycle, beginning
-- in months that were paid otherwise, or the item's last word that there is one tier when there are several.
create or replace function programmes.guard_rule() returns trigger language plpgsql as
$$
begin
    if not programmes.begins_period(new.cycle, lower(new.valid))
       or not coalesce(programmes.begins_period(new.cycle, upper(new.valid)), true) then
        perform app.refuse('cycle_day');
    end if;
    if tg_op = 'UPDATE' and old.state = new.state and old.valid @> new.valid then
        return new;
    end if;
    if programmes.paid_otherwise(new) then
        perform app.refuse('cycle_paid');
    end if;
    if new.tier_source = 'single'
       and (select count(*) from programmes.tier t
             where t.district = new.district and t.item_code = new.item_code and t.state = 'APPROVED') > 1
       and not exists (select from programmes.rule r
                        where r.district = new.district and r.item_code = new.item_code and r.state = 'APPROVED'
                          and lower(r.valid) > lower(new.valid)) then
        perform app.refuse('single_tier');
    end if;
    return new;
end
$$;
create or replace trigger rule_guard before insert or update of state, valid, cycle, tier_source on programmes.rule
    for each row when (new.state in ('PROPOSED', 'APPROVED')) execute function programmes.guard_rule();

-- Refuses a rule that does not go with the approved ones.
create or replace function programmes.rule_check(p_id bigint, p_gap_intended boolean) returns void language plpgsql as
$$
declare
    v programmes.rule;
    v_old daterange;
    v_cycle text;
    v_in_the_way bigint;
begin
    select * into strict v from programmes.rule where district = app.district() and id = p_id;
    if v.replaces is not null then
        select r.valid, r.cycle into v_old, v_cycle from programmes.rule r
         where r.district = v.district and r.id = v.replaces and r.item_code = v.item_code and r.state = 'APPROVED'
           and r.valid && v.valid;
        if not found then
            perform app.refuse('replaced_missing');
        end if;
        if lower(v.valid) > lower(v_old) and not programmes.begins_period(v_cycle, lower(v.valid)) then
            perform app.refuse('cycle_day');
        end if;
    end if;
    select r.id into v_in_the_way from programmes.rule r
     where r.district = v.district and r.item_code = v.item_code and r.state = 'APPROVED' and r.id is distinct from v.replaces
       and r.valid && v.valid
     order by r.valid limit 1;
    if found then
        perform app.refuse('rule_overlaps', '/programmes/rules/' || v_in_the_way);
    end if;
    perform programmes.check_gap(
        (select range_agg(r.valid) from programmes.rule r
          where r.district = v.district and r.item_code = v.item_code and r.state = 'APPROVED' and r.id is distinct from v.replaces),
        v_old, v.valid, p_gap_intended, 'rule_gap');
    if v.kind = 'percentage' and (v.basis_item = v.item_code
            or exists (select from programmes.rule r where r.district = v.district and r.state = 'APPROVED' and r.kind = 'percentage'
                          and r.id is distinct from v.replaces and r.valid && v.valid
                          and (r.item_code = v.basis_item or r.basis_item = v.item_code))) then
        perform app.refuse('basis_circular');
    end if;
    if programmes.paid_otherwise(v) then
        perform app.refuse('cycle_paid');
    end if;
end
$$;

-- Which amounts a kind of rule can be computed with (ENTITLEMENTS.md, "The amount of a month").
create or replace function programmes.amount_fits(p_kind text, p_amount_per text) returns boolean language sql immutable
    parallel safe as
$$ select p_amount_per = any (case p_kind when 'percentage' then array['percent']
                                          when 'per_term' then array['term', 'year']
                                          when 'per_unit' then array['day', 'month', 'case']
                                          when 'per_case' then array['case']
                                          when 'once' then array['case', 'year']
                                          else array['month', 'year'] end) $$;

-- Refuses a standard that does not go with the approved ones of its tier, or with the rules of its time.
create or replace function programmes.standard_check(p_id bigint, p_gap_intended boolean) returns void language plpgsql as
$$
declare
    v programmes.standard;
    v_old daterange;
    v_confirmed boolean;
    v_in_the_way bigint;
begin
    select * into strict v from programmes.standard where district = app.district() and id = p_id;
    if v.replaces is not null then
        select s.valid, s.confirmed into v_old, v_confirmed from programmes.standard s
         where s.district = v.district and s.id = v.replaces and s.item_code = v.item_code and s.tier_code = v.tier_code
           and s.state = 'APPROVED' and s.valid && v.valid;
        if not found then
            perform app.refuse('replaced_missing');
        end if;
        if v_confirmed and not v.confirmed then -- nobody would be paid from then on
            perform app.refuse('unconfirmed_replaces_confirmed');
        end if;
    end if;
    select s.id into v_in_the_way from programmes.standard s
     where s.district = v.district and s.item_code = v.item_code and s.tier_code = v.tier_code and s.state = 'APPROVED'
       and s.id is distinct from v.replaces and s.valid && v.valid
     order by s.valid limit 1;
    if found then
        perform app.refuse('standard_overlaps', '/programmes/standards/' || v_in_the_way);
    end if;
    perform programmes.check_gap(
        (select range_agg(s.valid) from programmes.standard s
          where s.district = v.district and s.item_code = v.item_code and s.tier_code = v.tier_code and s.state = 'APPROVED'
            and s.id is distinct from v.replaces),
        v_old, v.valid, p_gap_intended, 'standard_gap');
    if exists (select from programmes.rule r where r.district = v.district and r.item_code = v.item_code and r.state = 'APPROVED'
                  and r.valid && v.valid and not programmes.amount_fits(r.kind, v.amount_per))
       or (v.amount_per in ('percent', 'term')
           and not exists (select from programmes.rule r where r.district = v.district and r.item_code = v.item_code
                              and r.state = 'APPROVED' and r.valid && v.valid)) then
        perform app.refuse('amount_per_unfit');
    end if;
end
$$;

create or replace function programmes.tiers_meet(p_one text, p_other text) returns boolean language sql immutable parallel safe as
$$ select p_one is null or p_other is null or p_one = p_other $$;

-- Refuses an exclusion that says again what an approved one says (a row without a tier is about all of them), or the
-- opposite: two that yield to each other would both be gone.
create or replace function programmes.exclusion_check(p_id bigint) returns void language plpgsql as
$$
declare
    v programmes.exclusion;
begin
    select * into strict v from programmes.exclusion where district = app.district() and id = p_id;
    if exists (select from programmes.exclusion x where x.district = v.district and x.state = 'APPROVED' and x.id <> v.id
                  and x.valid && v.valid and x.item_code = v.item_code and programmes.tiers_meet(x.tier_code, v.tier_code)
                  and (x.other_benefit = v.other_benefit
                       or (x.other_item_code = v.other_item_code
                           and programmes.tiers_meet(x.other_tier_code, v.other_tier_code)))) then
        perform app.refuse('exclusion_overlaps');
    end if;
    if exists (select from programmes.exclusion x where x.district = v.district and x.state = 'APPROVED' and x.valid && v.valid
                  and x.item_code = v.other_item_code and programmes.tiers_meet(x.tier_code, v.other_tier_code)
                  and x.other_item_code = v.item_code and programmes.tiers_meet(x.other_tier_code, v.tier_code)) then
        perform app.refuse('exclusion_circular');
    end if;
    -- A household's amount is no person's: what compares amounts cannot take from it. (take_higher takes from either side.)
    if v.kind <> 'forbidden'
       and exists (select from programmes.rule r where r.district = v.district and r.state = 'APPROVED' and r.kind = 'household_topup'
                      and r.valid && v.valid
                      and (r.item_code = v.item_code or (v.kind = 'take_higher' and r.item_code = v.other_item_code))) then
        perform app.refuse('exclusion_of_household');
    end if;
end
$$;

-- Refuses ages or grades that another approved tier of the item has.
create or replace function programmes.tier_check(p_item text, p_code text) returns void language plpgsql as
$$
begin
    perform programmes.lock_items(array[p_item]);
    if exists (select from programmes.tier n
                 join programmes.tier t on t.district = n.district and t.item_code = n.item_code and t.code <> n.code
                where n.district = app.district() and n.item_code = p_item and n.code = p_code and t.state = 'APPROVED'
                  and (t.disability_grades && n.disability_grades
                       or (coalesce(n.age_from, n.age_to) is not null and coalesce(t.age_from, t.age_to) is not null
                           and int4range(n.age_from, n.age_to) && int4range(t.age_from, t.age_to)))) then
        perform app.refuse('tier_overlaps');
    end if;
end
$$;

-- A new state with its event. p_entity: rule, standard or exclusion. The caller has locked the row.
create or replace function programmes.decide(p_entity text, p_id bigint, p_act text, p_state text, p_data jsonb) returns void
    language plpgsql as
$$
begin
    execute format('update programmes.%I set state = $1, version = version + 1, event_id = $2,'
                   ' approved_by = case $1 when ''APPROVED'' then app.actor() else approved_by end,'
                   ' approved_at = case $1 when ''APPROVED'' then now() else approved_at end'
                   ' where district = app.district() and id = $3', p_entity)
      using p_state, audit.write_event(p_act, p_entity, p_id::text, jsonb_strip_nulls(p_data)), p_id;
end
$$;

-- The approved row that gives way to a new one: it ends where that one begins, or is replaced as a whole; then its time stays
-- as a record.
create or replace function programmes.give_way(p_entity text, p_id bigint, p_old daterange, p_by bigint, p_from date) returns void
    language plpgsql as
$$
begin
    if p_from <= lower(p_old) then
        perform programmes.decide(p_entity, p_id, 'replace', 'REPLACED', jsonb_build_object('by', p_by));
        return;
    end if;
    execute format('update programmes.%I set valid = daterange(lower(valid), $1), version = version + 1, event_id = $2'
                   ' where district = app.district() and id = $3', p_entity)
      using p_from, audit.write_event('cut', p_entity, p_id::text, jsonb_build_object('by', p_by, 'valid_to', p_from::text)), p_id;
end
$$;

-- Refuses the approval of what is decided already, or was proposed by who acts.
create or replace function programmes.require_other(p_state text, p_proposed_by text) returns void language plpgsql as
$$
begin
    if coalesce(app.actor() = p_proposed_by, true) then
        perform app.refuse('same_person');
    end if;
    if p_state <> 'PROPOSED' then
        perform app.refuse('wrong_state');
    end if;
end
$$;

-- Approvals. They lock the items concerned. Those of rules and standards run as the owner, because no service may cut what
-- is approved: that only happens here, together with the approval of the successor.
create or replace function programmes.rule_approve(p_id bigint, p_gap_intended boolean) returns void language plpgsql
    security definer set search_path = pg_catalog, programmes, app as
$$
declare
    v programmes.rule;
    v_old daterange;
begin
    select * into strict v from programmes.rule where district = app.district() and id = p_id for update;
    perform programmes.require_other(v.state, v.proposed_by);
    perform programmes.lock_items(array[v.item_code, v.basis_item]);
    perform programmes.rule_check(p_id, p_gap_intended);
    if v.replaces is not null then
        select valid into strict v_old from programmes.rule where district = v.district and id = v.replaces;
        perform programmes.give_way('rule', v.replaces, v_old, p_id, lower(v.valid));
    end if;
    perform programmes.decide('rule', p_id, 'approve', 'APPROVED', jsonb_build_object(
        'item', v.item_code, 'kind', v.kind, 'cycle', v.cycle, 'valid_from', lower(v.valid)::text, 'valid_to', upper(v.valid)::text,
        'confirmed', v.confirmed, 'replaces', v.replaces, 'proposed_by', v.proposed_by));
end
$$;

create or replace function programmes.standard_approve(p_id bigint, p_gap_intended boolean) returns void language plpgsql
    security definer set search_path = pg_catalog, programmes, app as
$$
declare
    v programmes.standard;
    v_old daterange;
begin
    select * into strict v from programmes.standard where district = app.district() and id = p_id for update;
    perform programmes.require_other(v.state, v.proposed_by);
    perform programmes.lock_items(array[v.item_code]);
    perform programmes.standard_check(p_id, p_gap_intended);
    if v.replaces is not null then
        select valid into strict v_old from programmes.standard where district = v.district and id = v.replaces;
        perform programmes.give_way('standard', v.replaces, v_old, p_id, lower(v.valid));
    end if;
    perform programmes.decide('standard', p_id, 'approve', 'APPROVED', jsonb_build_object(
        'item', v.item_code, 'tier', v.tier_code, 'amount_fen', v.amount_fen, 'amount_per', v.amount_per,
        'basis_points', v.basis_points, 'valid_from', lower(v.valid)::text, 'valid_to', upper(v.valid)::text,
        'confirmed', v.confirmed, 'replaces', v.replaces, 'proposed_by', v.proposed_by));
end
$$;

create or replace function programmes.exclusion_approve(p_id bigint) returns void language plpgsql as
$$
declare
    v programmes.exclusion;
begin
    select * into strict v from programmes.exclusion where district = app.district() and id = p_id;
    perform programmes.lock_items(array[v.item_code, v.other_item_code]);
    perform programmes.exclusion_check(p_id);
    perform programmes.decide('exclusion', p_id, 'approve', 'APPROVED', jsonb_build_object(
        'item', v.item_code, 'tier', v.tier_code, 'kind', v.kind, 'other_item', v.other_item_code, 'other_tier', v.other_tier_code,
        'other_benefit', v.other_benefit, 'valid_from', lower(v.valid)::text, 'valid_to', upper(v.valid)::text,
        'confirmed', v.confirmed, 'proposed_by', v.proposed_by));
end
$$;

-- Beside programmes.guard_decision() (who decides, and in which order): each change by a service is a version with its event,
-- and nothing but the state and the decision changes.
create or replace function programmes.guard_version() returns trigger language plpgsql as
$$
begin
    if new.version <> old.version + 1 or new.event_id is not distinct from old.event_id then
        raise exception 'a change is a new version with its event' using errcode = '42501';
    end if;
    if new.valid <> old.valid
       or (old.state = 'APPROVED' and (new.approved_by, new.approved_at) is distinct from (old.approved_by, old.approved_at)) then
        raise exception 'an approved row changes with its successor only' using errcode = '42501';
    end if;
    return new;
end
$$;
create or replace trigger rule_version before update on programmes.rule
    for each row when (current_user <> 'huimin_owner') execute function programmes.guard_version();
create or replace trigger standard_version before update on programmes.standard
    for each row when (current_user <> 'huimin_owner') execute function programmes.guard_version();
create or replace trigger exclusion_version before update on programmes.exclusion
    for each row when (current_user <> 'huimin_owner') execute function programmes.guard_version();

revoke all on all functions in schema programmes from public, huimin_programmes;
grant execute on function programmes.lock_items(text[]), programmes.rule_of_json(jsonb),
    programmes.rule_terms(programmes.rule), programmes.rule_whole(text, jsonb), programmes.rule_changes(programmes.rule),
    programmes.check_gap(datemultirange, daterange, daterange, boolean, text), programmes.rule_check(bigint, boolean),
    programmes.amount_fits(text, text), programmes.standard_check(bigint, boolean), programmes.tiers_meet(text, text),
    programmes.exclusion_check(bigint), programmes.tier_check(text, text),
    programmes.decide(text, bigint, text, text, jsonb), programmes.begins_period(text, date), programmes.paid_otherwise(programmes.rule),
    programmes.rule_approve(bigint, boolean), programmes.standard_approve(bigint, boolean), programmes.exclusion_approve(bigint)
    to huimin_programmes;
