-- The ledger. All functions here run as their owner; services reach the ledger through them only.

-- The order in which sources are drawn; money that comes back goes the other way round.
create or replace function payments.sources() returns text[] language sql immutable parallel safe as
$$ select array['central', 'province', 'city', 'district'] $$;

-- Moves money between two accounts of an item and source. Locks both account rows in the order of their kinds.
-- An overdraft is refused by the check constraint of payments.account.
create or replace function payments.ledger_post(p_item text, p_source text, p_debit text, p_credit text, p_amount_fen bigint,
                                                p_run bigint, p_cause text, p_reference text)
returns void language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_district integer := app.district();
begin
    insert into payments.account (district, item_code, source, kind)
    select v_district, p_item, p_source, k from unnest(array[p_debit, p_credit]) k order by k
    on conflict do nothing;
    perform from payments.account where district = v_district and item_code = p_item and source = p_source
                                    and kind in (p_debit, p_credit) order by kind for update;
    update payments.account set balance_fen = balance_fen + case kind when p_credit then p_amount_fen else -p_amount_fen end
     where district = v_district and item_code = p_item and source = p_source and kind in (p_debit, p_credit);
    insert into payments.transfer (district, item_code, source, debit, credit, amount_fen, run_id, cause, reference, actor)
    values (v_district, p_item, p_source, p_debit, p_credit, p_amount_fen, p_run, p_cause, p_reference, app.actor());
end
$$;

-- What a run still has in an account of a source.
create or replace function payments.run_balance(p_run bigint, p_source text, p_kind text) returns bigint
    language sql stable as
$$ select coalesce(sum(case when credit = p_kind then amount_fen else -amount_fen end), 0)::bigint
     from payments.transfer where district = app.district() and run_id = p_run and source = p_source
      and p_kind in (debit, credit) $$;

-- Locks all accounts of an item, always in the same order, before any of them moves.
create or replace function payments.ledger_lock(p_item text) returns void language sql as
$$ select from payments.account where district = app.district() and item_code = p_item order by source, kind for update $$;

-- Moves money of a run between accounts, source after source (backwards when it comes back). Fails when the run does
-- not hold that much: then something was counted twice.
create or replace function payments.ledger_move(p_run bigint, p_debit text, p_credit text, p_amount_fen bigint,
                                                p_cause text, p_reference text, p_backwards boolean)
returns void language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_item text;
    v_left bigint := p_amount_fen;
    v_part bigint;
    v_source text;
begin
    select item_code into strict v_item from payments.run where district = app.district() and id = p_run for update;
    perform payments.ledger_lock(v_item);
    for v_source in select s from unnest(payments.sources()) with ordinality as t (s, n)
                     order by case when p_backwards then -n else n end loop
        exit when v_left = 0;
        v_part := least(v_left, payments.run_balance(p_run, v_source, p_debit));
        if v_part > 0 then
            perform payments.ledger_post(v_item, v_source, p_debit, p_credit, v_part, p_run, p_cause, p_reference);
            v_left := v_left - v_part;
        end if;
    end loop;
    if v_left <> 0 then
        raise exception 'run % does not hold the money that moves', p_run;
    end if;
end
$$;

-- Takes the money of a run from its item's budget, source after source. False when the sources do not cover it; two
-- runs racing for the last yuan meet at the row locks, and one of them gets false.
create or replace function payments.ledger_draw(p_run bigint, p_amount_fen bigint) returns boolean
    language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_item text;
    v_left bigint := p_amount_fen;
    v_part bigint;
    v_source text;
    v_balance bigint;
begin
    select item_code into strict v_item from payments.run where district = app.district() and id = p_run for update;
    perform payments.ledger_lock(v_item);
    foreach v_source in array payments.sources() loop
        exit when v_left = 0;
        select balance_fen into v_balance from payments.account
         where district = app.district() and item_code = v_item and source = v_source and kind = 'budget';
        v_part := least(v_left, coalesce(v_balance, 0));
        if v_part > 0 then
            perform payments.ledger_post(v_item, v_source, 'budget', 'transit', v_part, p_run, 'release', 'run ' || p_run);
            v_left := v_left - v_part;
        end if;
    end loop;
    return v_left = 0;
end
$$;

-- Money that a level of government has put in place. The same reference twice is a unique violation.
create or replace function payments.appropriate(p_item text, p_source text, p_amount_fen bigint, p_reference text)
returns bigint language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_id bigint;
begin
    perform payments.require_reach(p_item);
    if not exists (select from programmes.item where district = app.district() and code = p_item) then
        perform app.refuse('unknown_item');
    end if;
    perform payments.ledger_post(p_item, p_source, 'appropriated', 'budget', p_amount_fen, null, 'appropriation', p_reference);
    select id into strict v_id from payments.transfer
     where district = app.district() and item_code = p_item and source = p_source and cause = 'appropriation'
       and reference = p_reference;
    -- The reference is a person's text: the event holds its hash.
    perform audit.write_event('appropriate', 'transfer', v_id::text,
                              jsonb_build_object('item', p_item, 'source', p_source, 'amount_fen', p_amount_fen,
                                  'reference_sha256', encode(sha256(convert_to(p_reference, 'UTF8')), 'hex')));
    return v_id;
end
$$;
