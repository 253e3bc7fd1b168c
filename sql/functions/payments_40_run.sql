-- The life of a run: created by the maker, filled by the worker, approved by the checker, released by the releaser.
-- Each changes the run's row under its lock and writes one audit event.

create or replace function payments.run_step(p_run bigint, p_act text, p_data jsonb) returns bigint language sql as
$$ select audit.write_event(p_act, 'run', p_run::text, p_data) $$;

-- Runs concern a whole district and one item: a token for some divisions only cannot touch them.
create or replace function payments.require_reach(p_item text) returns void language plpgsql stable as
$$
begin
    if app.divisions() is not null then
        perform app.refuse('forbidden');
    end if;
    if app.programmes() is not null and not p_item = any (app.programmes()) then
        perform app.refuse('not_found');
    end if;
end
$$;

-- The days of a run's period, when a run of the item for it can be made; refuses otherwise and says why.
create or replace function payments.run_range(p_item text, p_period text) returns daterange
    language plpgsql stable security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_range daterange := payments.period_range(p_period);
    v_cycle text;
begin
    perform payments.require_reach(p_item);
    if not exists (select from programmes.item where district = app.district() and code = p_item) then
        perform app.refuse('unknown_item');
    end if;
    select cycle into v_cycle from programmes.rule
     where district = app.district() and item_code = p_item and state = 'APPROVED' and valid @> lower(v_range);
    if v_range is null or (v_cycle is not null and payments.period_text(v_cycle, lower(v_range)) <> p_period) then
        perform app.refuse('bad_period');
    end if;
    if lower(v_range) > app.today() then
        perform app.refuse('period_in_future');
    end if;
    if exists (select from payments.missing_standards(app.district(), p_item, v_range)) then
        perform app.refuse('standard_missing');
    end if;
    return v_range;
end
$$;

create or replace function payments.run_create(p_item text, p_period text, p_supplement integer) returns bigint
    language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_range daterange;
    v_agency text;
    v_run bigint;
begin
    perform payments.item_lock(p_item); -- a rule that is being approved sees this run, or this run sees the rule
    v_range := payments.run_range(p_item, p_period);
    select code into v_agency from payments.agency where district = app.district();
    if v_agency is null then
        perform app.refuse('agency_missing');
    end if;
    if exists (select from payments.run where district = app.district() and item_code = p_item and period = p_period
                  and supplement = p_supplement and kind = 'REGULAR' and state not in ('CANCELLED', 'FAILED')) then
        perform app.refuse('run_exists');
    end if;
    if p_supplement > 0 and not exists (select from payments.run
                 where district = app.district() and item_code = p_item and period = p_period
                   and supplement = p_supplement - 1 and kind = 'REGULAR' and state in ('RELEASED', 'CLOSED')) then
        perform app.refuse('supplement_too_early');
    end if;
    v_run := nextval('payments.run_id_seq');
    insert into payments.run (district, id, kind, item_code, period, period_range, supplement, agency_code, state, maker, event_id)
    values (app.district(), v_run, 'REGULAR', p_item, p_period, v_range, p_supplement, v_agency, 'GENERATING', app.actor(),
            payments.run_step(v_run, 'create', jsonb_build_object('item', p_item, 'period', p_period,
                                                                  'supplement', p_supplement)));
    return v_run;
exception when unique_violation then
    perform app.refuse('run_exists'); -- two makers at once: the index let one through
    return null;
end
$$;

-- Fills, cancellations and reissues of one item follow each other: each must see what the one before left.
create or replace function payments.item_lock(p_item text) returns void language sql as
$$ select from programmes.item where district = app.district() and code = p_item for no key update $$;

-- SHA-256 over the frozen lines of a run in the order of their numbers.
create or replace function payments.run_manifest(p_district integer, p_run bigint) returns bytea language sql stable as
$$ select sha256(convert_to(coalesce(string_agg(format(E'%s|%s|%s|%s|%s|%s\n', id, person_id, period, part, amount_fen, account_id),
                                                '' order by id), ''), 'UTF8'))
     from payments.payment where district = p_district and run_id = p_run $$;

-- A register that was just loaded has no statistics until autovacuum comes by, and without them the joins of a fill are
-- planned for empty tables (measured: 6 s instead of 0.1 s for 1 400 lines). Analyses what has none, or has doubled since.
create or replace function payments.refresh_statistics() returns void
    language plpgsql security definer set search_path = pg_catalog, payments as
$$
declare
    v_table regclass;
begin
    for v_table in select c.oid::regclass from pg_class c
                    where c.relnamespace in ('beneficiaries'::regnamespace, 'payments'::regnamespace) and c.relkind = 'r'
                      and pg_relation_size(c.oid) / 8192 > 2 * greatest(case when c.reltuples < 0 then 0 else c.relpages end, 1)
                    order by c.oid loop
        execute format('analyze %s', v_table);
    end loop;
end
$$;

-- SHA-256 over what the lines of a preview say, in the order in which they are frozen. The same figure of a dry run and of
-- the run that is made of the same facts: nothing was changed in between.
create or replace function payments.line_sha256(unit_id bigint, person_id bigint, period text, part integer, amount_fen bigint,
                                                netted_fen bigint, people integer, division integer, tier_code text, facts jsonb,
                                                account_id bigint, payee_person_id bigint) returns bytea
    language sql immutable parallel safe as
$$ select sha256(convert_to(format('%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s', unit_id, person_id, period, part, amount_fen, netted_fen,
                                   people, division, tier_code, facts, account_id, payee_person_id), 'UTF8')) $$;

-- Freezes the lines of a run as one set operation. Waits for a run of the same item that is being filled, so that
-- both do not pay the same difference.
create or replace function payments.run_fill(p_run bigint) returns void
    language plpgsql security definer set search_path = pg_catalog, payments, app set work_mem = '128MB' as
$$
declare
    v_district integer := app.district();
    v_run payments.run%rowtype;
    v_totals record;
    v_manifest bytea;
begin
    perform payments.item_lock((select item_code from payments.run where district = v_district and id = p_run));
    select * into strict v_run from payments.run where district = v_district and id = p_run for update;
    if v_run.state <> 'GENERATING' then
        return; -- filled before by a worker whose commit was not seen
    end if;
    perform payments.refresh_statistics();
    create temporary table preview on commit drop as
        select * from payments.preview(v_district, v_run.item_code, v_run.period_range);
    analyze pg_temp.preview;
    insert into payments.payment (district, run_id, item_code, unit_id, person_id, period, part, amount_fen, netted_fen,
                                  settled_before_fen, people, division, tier_code, facts, account_id, account_index,
                                  payee_person_id, payee_name, state)
    select v_district, p_run, v_run.item_code, unit_id, person_id, period, part, difference_fen - netted_fen, netted_fen,
           settled_fen, people, division, tier_code, facts, account_id, account_index, payee_person_id, payee_name, 'CREATED'
      from pg_temp.preview where difference_fen > 0 and held is null
     order by division, person_id, period, unit_id;
    insert into payments.held_line (district, run_id, person_id, period, amount_fen, division, reason)
    select v_district, p_run, p.person_id, p.period, h.amount_fen, p.division, h.reason
      from pg_temp.preview p
      cross join lateral (values (p.held, p.difference_fen), (p.open, null)) as h (reason, amount_fen)
     where h.reason is not null
     order by p.division, p.person_id, p.period, h.reason;
    update payments.payment y set replaced_by_run = p_run
      from pg_temp.preview n
     where n.replaces and n.difference_fen > 0 and n.held is null and y.district = v_district and y.item_code = v_run.item_code
       and y.period = n.period and y.unit_id = any (payments.same_units(v_district, v_run.item_code, n.unit_id)) and payments.replaceable(y);
    v_manifest := payments.run_manifest(v_district, p_run);
    select count(*) filter (where difference_fen > 0 and held is null) as lines,
           coalesce(sum(people) filter (where difference_fen > 0 and held is null and period = v_run.period), 0) as people,
           coalesce(sum(difference_fen - netted_fen) filter (where difference_fen > 0 and held is null), 0) as amount_fen,
           coalesce(sum(netted_fen), 0) as netted_fen, count(held) + count(open) as held_lines,
           coalesce(sum(-difference_fen) filter (where difference_fen < 0), 0) as overpaid_fen,
           sha256(coalesce(string_agg(payments.line_sha256(unit_id, person_id, period, part, difference_fen - netted_fen, netted_fen,
                                                  people, division, tier_code, facts, account_id, payee_person_id), ''::bytea
                                      order by division, person_id, period, unit_id) filter (where difference_fen > 0 and held is null),
                           ''::bytea)) as sha256
      into v_totals from pg_temp.preview;
    update payments.run
       set state = 'DRAFT', lines = v_totals.lines, people = v_totals.people, amount_fen = v_totals.amount_fen,
           netted_fen = v_totals.netted_fen, held_lines = v_totals.held_lines, overpaid_fen = v_totals.overpaid_fen,
           manifest = v_manifest, lines_sha256 = v_totals.sha256, version = version + 1,
           event_id = payments.run_step(p_run, 'generate', jsonb_build_object('lines', v_totals.lines, 'people', v_totals.people,
               'amount_fen', v_totals.amount_fen, 'netted_fen', v_totals.netted_fen, 'held_lines', v_totals.held_lines,
               'overpaid_fen', v_totals.overpaid_fen, 'manifest_sha256', encode(v_manifest, 'hex'),
               'lines_sha256', encode(v_totals.sha256, 'hex')))
     where district = v_district and id = p_run;
    perform payments.run_note_overpayments(p_run);
    drop table pg_temp.preview;
end
$$;

-- What is too much is what this run sees (pg_temp.preview): an excess that is gone becomes 0. Then what the run keeps of
-- its payments is noted against it.
create or replace function payments.run_note_overpayments(p_run bigint) returns void
    language plpgsql security definer set search_path = pg_catalog, payments, app set enable_nestloop = off as
$$
declare
    v_run payments.run%rowtype;
begin
    select * into strict v_run from payments.run where district = app.district() and id = p_run;
    update payments.overpayment o set amount_fen = 0, run_id = p_run
     where o.district = v_run.district and o.item_code = v_run.item_code and o.amount_fen > 0
       and o.period in (select p.period from payments.open_periods(v_run.district, v_run.item_code, v_run.period_range) p)
       and not exists (select from pg_temp.preview n where n.unit_id = o.unit_id and n.period = o.period
                          and (n.difference_fen < 0 or n.open is not null)); -- of a merged number too: it is the survivor's now
    insert into payments.overpayment as o (district, item_code, unit_id, person_id, period, amount_fen, run_id)
    select v_run.district, v_run.item_code, unit_id, person_id, period, excess_fen, p_run
      from pg_temp.preview where difference_fen < 0
    on conflict (district, item_code, unit_id, period) do update
       set amount_fen = excluded.amount_fen, person_id = excluded.person_id, run_id = excluded.run_id;
    insert into payments.recovery (district, overpayment_id, kind, amount_fen, payment_id, state, proposed_by, event_id)
    select v_run.district, o.id, 'netting', (k.value ->> 'fen')::bigint, y.id, 'DONE', v_run.maker,
           (select event_id from payments.run where district = v_run.district and id = p_run)
      from pg_temp.preview p
      cross join lateral jsonb_array_elements(p.netting) k
      join payments.payment y on y.district = v_run.district and y.run_id = p_run and y.unit_id = p.unit_id and y.period = p.period
      join lateral (select w.id from payments.overpayment w
                     where w.district = v_run.district and w.item_code = v_run.item_code and w.period = k.value ->> 'period'
                       and w.unit_id = any (payments.same_units(v_run.district, v_run.item_code, p.unit_id))
                     order by w.amount_fen desc, w.id limit 1) o on true
     where p.netted_fen > 0;
end
$$;

create or replace function payments.run_fail(p_run bigint, p_code text) returns void
    language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
begin
    update payments.run set state = 'FAILED', error_code = p_code, version = version + 1,
           event_id = payments.run_step(p_run, 'fail', jsonb_build_object('code', p_code))
     where district = app.district() and id = p_run and state = 'GENERATING';
end
$$;

-- Locks a run that must be in the given state; refuses otherwise.
create or replace function payments.run_lock(p_run bigint, p_state text) returns payments.run
    language plpgsql as
$$
declare
    v_run payments.run%rowtype;
begin
    select * into v_run from payments.run where district = app.district() and id = p_run for update;
    if not found then
        perform app.refuse('not_found');
    end if;
    perform payments.require_reach(v_run.item_code);
    if v_run.state <> p_state then
        perform app.refuse('wrong_state');
    end if;
    return v_run;
end
$$;

-- The checker signs the totals that were read: others than the run's are refused.
create or replace function payments.run_approve(p_run bigint, p_lines bigint, p_amount_fen bigint) returns void
    language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_run payments.run%rowtype;
begin
    v_run := payments.run_lock(p_run, 'DRAFT');
    if v_run.maker = app.actor() then
        perform app.refuse('same_person');
    end if;
    if v_run.lines <> p_lines or v_run.amount_fen <> p_amount_fen then
        perform app.refuse('totals_differ');
    end if;
    update payments.payment set state = 'APPROVED', version = version + 1
     where district = app.district() and run_id = p_run and state = 'CREATED';
    update payments.run set state = 'APPROVED', checker = app.actor(), approved_at = now(), version = version + 1,
           event_id = payments.run_step(p_run, 'approve', jsonb_build_object('lines', p_lines, 'amount_fen', p_amount_fen,
               'manifest_sha256', encode(v_run.manifest, 'hex')))
     where district = app.district() and id = p_run;
end
$$;

-- The releaser lets the money go: the sources must cover the run, and no invariant may be violated.
create or replace function payments.run_release(p_run bigint) returns void
    language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_run payments.run%rowtype;
begin
    v_run := payments.run_lock(p_run, 'APPROVED');
    if app.actor() in (v_run.maker, v_run.checker) then
        perform app.refuse('same_person');
    end if;
    if exists (select from payments.invariants(app.district())) then
        perform app.refuse('invariants_violated');
    end if;
    perform payments.require_failed_for_good(o) from payments.payment p
       join payments.payment o on o.district = p.district and o.id = p.reissue_of
      where p.district = app.district() and p.run_id = p_run; -- the bank may have corrected itself since
    perform payments.require_failed_for_good(o) from payments.payment o where o.district = app.district() and o.replaced_by_run = p_run;
    if not payments.ledger_draw(p_run, v_run.amount_fen) then
        perform app.refuse('funds_missing');
    end if;
    update payments.run set state = 'RELEASED', releaser = app.actor(), released_at = now(), version = version + 1,
           event_id = payments.run_step(p_run, 'release', jsonb_build_object('lines', v_run.lines,
               'amount_fen', v_run.amount_fen, 'manifest_sha256', encode(v_run.manifest, 'hex')))
     where district = app.district() and id = p_run;
end
$$;

-- Takes a run back before its release. What it would have paid is due again.
create or replace function payments.run_cancel(p_run bigint) returns void
    language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_run payments.run%rowtype;
begin
    perform payments.item_lock((select item_code from payments.run where district = app.district() and id = p_run));
    select * into v_run from payments.run where district = app.district() and id = p_run for update;
    if not found then
        perform app.refuse('not_found');
    end if;
    perform payments.require_reach(v_run.item_code);
    if v_run.state not in ('GENERATING', 'DRAFT', 'APPROVED') then
        perform app.refuse('wrong_state');
    end if;
    if exists (select from payments.payment p
                 join payments.payment l on l.district = p.district and l.item_code = p.item_code and l.unit_id = p.unit_id
                      and l.period = p.period and l.part > p.part and l.state <> 'CANCELLED'
                where p.district = app.district() and p.run_id = p_run and p.reissue_of is null) then
        perform app.refuse('later_run_counts_on_it');
    end if;
    update payments.payment o set superseded = false from payments.payment n
     where n.district = app.district() and n.run_id = p_run and n.reissue_of = o.id and o.district = n.district;
    update payments.payment set replaced_by_run = null where district = app.district() and replaced_by_run = p_run;
    update payments.payment set state = 'CANCELLED', live = false, version = version + 1
     where district = app.district() and run_id = p_run;
    update payments.run set state = 'CANCELLED', version = version + 1,
           event_id = payments.run_step(p_run, 'cancel', jsonb_build_object('lines', v_run.lines))
     where district = app.district() and id = p_run;
end
$$;

-- Whether today's facts still come to all that was paid or failed for the payment's unit and period.
create or replace function payments.still_due(p_payment payments.payment) returns boolean language sql stable as
$$
    select exists (
        select from payments.due(p_payment.district, p_payment.item_code, payments.period_range(p_payment.period), u.id) d
          join payments.settled(p_payment.district, p_payment.item_code, payments.period_range(p_payment.period), u.id) s
            on s.unit_id = d.unit_id and s.period = d.period
         where d.unit_id = u.id and d.period = p_payment.period and d.amount_fen >= s.settled_fen)
      from (select coalesce((select p.merged_into from beneficiaries.person p
                              where p.district = p_payment.district and p.id = p_payment.unit_id
                                and not exists (select from programmes.rule r where r.district = p_payment.district
                                                   and r.item_code = p_payment.item_code and r.state = 'APPROVED'
                                                   and r.kind = 'household_topup'
                                                   and r.valid @> lower(payments.period_range(p_payment.period)))),
                            p_payment.unit_id) as id) u
$$;

-- What stands in the way of paying what failed once more: the bank contradicts itself about the payment (an answer of success
-- for a refused one, an open critical break), or returned money has not come back on a statement. NULL: nothing.
create or replace function payments.failed_for_good(p_old payments.payment) returns text language sql stable as
$$
    select case when exists (select from payments.break b where b.district = p_old.district and b.payment_id = p_old.id
                                and b.state = 'OPEN' and b.severity = 'critical')
                     or (p_old.state = 'REJECTED' and exists (select from payments.inbound_line l
                           where l.district = p_old.district and l.payment_id = p_old.id and l.status in ('S', 'R')))
                then 'evidence_contradicts'
                when p_old.state = 'RETURNED' and not exists (select from payments.statement_entry e
                           where e.district = p_old.district and e.payment_id = p_old.id and e.outcome = 'refunded')
                then 'refund_awaited' end
$$;

-- Refuses with that code: it would be paid a second time.
create or replace function payments.require_failed_for_good(p_old payments.payment) returns void language plpgsql stable as
$$
declare
    v_code text := payments.failed_for_good(p_old);
begin
    if v_code is not null then
        perform app.refuse(v_code);
    end if;
end
$$;

-- Whether a payment failed and nothing has taken its place.
create or replace function payments.replaceable(p_old payments.payment) returns boolean language sql immutable as
$$ select p_old.state in ('REJECTED', 'RETURNED') and not p_old.superseded and p_old.replaced_by_run is null $$;

-- A new payment for a refused or returned one, to the account that is valid now, as a run of one line that goes
-- through approval and release like any other.
create or replace function payments.reissue(p_payment bigint) returns bigint
    language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_district integer := app.district();
    v_old payments.payment%rowtype;
    v_account record;
    v_run bigint;
    v_manifest bytea;
begin
    perform payments.item_lock((select item_code from payments.payment where district = v_district and id = p_payment));
    select * into v_old from payments.payment where district = v_district and id = p_payment for update;
    if not found then
        perform app.refuse('not_found');
    end if;
    perform payments.require_reach(v_old.item_code);
    if v_old.state not in ('REJECTED', 'RETURNED') then
        perform app.refuse('wrong_state');
    end if;
    if v_old.superseded or v_old.replaced_by_run is not null then
        perform app.refuse('already_reissued');
    end if;
    perform payments.require_failed_for_good(v_old);
    if not payments.still_due(v_old) then
        perform app.refuse('not_due');
    end if;
    select a.id, a.number_index, a.holder_person_id, h.name into v_account
      from beneficiaries.account a
      join beneficiaries.person h on h.district = v_district and h.id = a.holder_person_id and h.death_date is null
     where a.district = v_district and a.person_id = v_old.person_id and a.valid @> app.today();
    if not found then
        perform app.refuse('account_missing');
    end if;
    v_run := nextval('payments.run_id_seq');
    insert into payments.run (district, id, kind, item_code, period, period_range, agency_code, state, maker, event_id)
    select v_district, v_run, 'REISSUE', v_old.item_code, v_old.period, payments.period_range(v_old.period), r.agency_code,
           'GENERATING', app.actor(), payments.run_step(v_run, 'create', jsonb_build_object('reissue_of', p_payment))
      from payments.run r where r.district = v_district and r.id = v_old.run_id;
    update payments.payment set superseded = true where district = v_district and id = p_payment;
    insert into payments.payment (district, run_id, item_code, unit_id, person_id, period, part, amount_fen, netted_fen,
                                  settled_before_fen, people, division, tier_code, facts, account_id, account_index,
                                  payee_person_id, payee_name, reissue_of, state)
    values (v_district, v_run, v_old.item_code, v_old.unit_id, v_old.person_id, v_old.period, v_old.part, v_old.amount_fen,
            v_old.netted_fen, v_old.settled_before_fen, v_old.people, v_old.division, v_old.tier_code, v_old.facts, v_account.id, v_account.number_index, v_account.holder_person_id,
            v_account.name, p_payment, 'CREATED');
    v_manifest := payments.run_manifest(v_district, v_run);
    update payments.run set state = 'DRAFT', lines = 1, people = v_old.people, amount_fen = v_old.amount_fen,
           manifest = v_manifest, version = version + 1,
           event_id = payments.run_step(v_run, 'generate', jsonb_build_object('lines', 1, 'amount_fen', v_old.amount_fen,
               'manifest_sha256', encode(v_manifest, 'hex')))
     where district = v_district and id = v_run;
    return v_run;
end
$$;

-- A dry run: exactly the lines that a run would freeze, one page after a person and period. Writes nothing.
drop function if exists payments.dry_run(text, text, bigint, text, integer);
create function payments.dry_run(p_item text, p_period text, p_after_person bigint, p_after_period text, p_limit integer)
returns table (person_id bigint, period text, part integer, amount_fen bigint, netted_fen bigint, settled_before_fen bigint,
               people integer, division integer, tier_code text, facts jsonb, held text, open text, overpaid_fen bigint)
language sql stable security definer set search_path = pg_catalog, payments, app as
$$
    select v.person_id, v.period, v.part, case when v.difference_fen > 0 then v.difference_fen - v.netted_fen else 0 end, v.netted_fen,
           v.settled_fen, v.people, v.division, v.tier_code, v.facts, v.held, v.open, greatest(0, -v.difference_fen)
      from payments.preview(app.district(), p_item, payments.run_range(p_item, p_period)) v
     where (v.person_id, v.period) > (p_after_person, p_after_period)
     order by v.person_id, v.period limit p_limit
$$;
drop function if exists payments.dry_run_totals(text, text);
create function payments.dry_run_totals(p_item text, p_period text)
returns table (lines integer, people integer, amount_fen bigint, netted_fen bigint, held_lines integer, overpaid_fen bigint,
               lines_sha256 text, rule_confirmed boolean)
language sql stable security definer set search_path = pg_catalog, payments, app as
$$
    select (count(*) filter (where difference_fen > 0 and held is null))::integer,
           coalesce(sum(people) filter (where difference_fen > 0 and held is null and period = p_period), 0)::integer,
           coalesce(sum(difference_fen - netted_fen) filter (where difference_fen > 0 and held is null), 0)::bigint,
           coalesce(sum(netted_fen), 0)::bigint, (count(held) + count(open))::integer,
           coalesce(sum(-difference_fen) filter (where difference_fen < 0), 0)::bigint,
           encode(sha256(coalesce(string_agg(payments.line_sha256(unit_id, person_id, period, part, difference_fen - netted_fen,
                                        netted_fen, people, division, tier_code, facts, account_id, payee_person_id), ''::bytea
                                    order by division, person_id, period, unit_id)
                                    filter (where difference_fen > 0 and held is null), ''::bytea)), 'hex'),
           (select r.confirmed from programmes.rule r where r.district = app.district() and r.item_code = p_item
              and r.state = 'APPROVED' and r.valid @> lower(payments.period_range(p_period)))
      from payments.preview(app.district(), p_item, payments.run_range(p_item, p_period))
$$;

-- Registers the district's agent bank, once.
-- Registers the bank account that pays. A format must be able to do what it is named for.
drop function if exists payments.agency_register(text, text, text, text);
create or replace function payments.agency_register(p_code text, p_name_zh text, p_unit_code text, p_account_number text,
    p_format text default null, p_answer_format text default null, p_statement_format text default null,
    p_bank_number text default null, p_account_name text default null)
returns void language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_format text := coalesce(p_format, 'agency-pipe-8');
begin
    if app.divisions() is not null or app.programmes() is not null then
        perform app.refuse('forbidden');
    end if;
    if not exists (select from payments.bank_format where code = v_format and pays) then
        perform app.refuse('format_cannot_pay');
    elsif not exists (select from payments.bank_format where code = coalesce(p_answer_format, v_format) and answers) then
        perform app.refuse('format_cannot_answer');
    elsif not exists (select from payments.bank_format where code = coalesce(p_statement_format, v_format) and states) then
        perform app.refuse('format_cannot_state');
    end if;
    insert into payments.agency (district, code, name_zh, unit_code, account_number, format_code, answer_format_code,
                                 statement_format_code, bank_number, event_id)
    values (app.district(), p_code, p_name_zh, p_unit_code, p_account_number, v_format, p_answer_format,
            p_statement_format, p_bank_number,
            audit.write_event('register', 'agency', p_code,
                              jsonb_build_object('unit', p_unit_code, 'format', v_format,
                                                 'answer_format', coalesce(p_answer_format, v_format),
                                                 'statement_format', coalesce(p_statement_format, v_format))));
    update payments.agency set account_name = p_account_name
     where district = app.district() and code = p_code and p_account_name is not null;
end
$$;
