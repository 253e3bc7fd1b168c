-- Guards of the state machines. They hold against direct SQL by any role, not only against our own functions.

-- History of payments, written set-wise: one statement over a million payments costs one insert. The foreign key to
-- payments.payment_transition refuses every path that is not allowed.
-- Without nested loops: plans over transition tables are kept for the session, and one made for a single line would turn
-- a later statement over a million quadratic.
create or replace function payments.keep_payment_history() returns trigger language plpgsql security definer
    set search_path = pg_catalog, payments, app set enable_nestloop = off as
$$
begin
    if tg_op = 'INSERT' then
        if exists (select from new_rows where state <> 'CREATED' or version <> 1) then
            raise exception 'a payment begins as CREATED';
        end if;
        insert into payments.payment_history (district, payment_id, seq, from_state, to_state, actor)
        select district, id, 1, 'NONE', 'CREATED', coalesce(app.actor(), session_user) from new_rows;
        return null;
    end if;
    if exists (select from new_rows n join old_rows o using (district, id)
                where (n.run_id, n.item_code, n.unit_id, n.person_id, n.period, n.part, n.amount_fen, n.people, n.division, n.tier_code,
                       n.facts, n.account_id, n.account_index, n.payee_person_id, n.payee_name, n.netted_fen, n.settled_before_fen)
                      is distinct from
                      (o.run_id, o.item_code, o.unit_id, o.person_id, o.period, o.part, o.amount_fen, o.people, o.division, o.tier_code,
                       o.facts, o.account_id, o.account_index, o.payee_person_id, o.payee_name, o.netted_fen, o.settled_before_fen)
                   or n.reissue_of is distinct from o.reissue_of
                   or (n.state <> o.state and n.version <> o.version + 1)
                   or (n.state = o.state and n.version <> o.version)) then
        raise exception 'what a payment froze does not change, and a change of state is a new version';
    end if;
    insert into payments.payment_history (district, payment_id, seq, from_state, to_state, actor, inbound_id)
    select n.district, n.id, n.version, o.state, n.state, coalesce(app.actor(), session_user),
           nullif(current_setting('app.inbound', true), '')::bigint
      from new_rows n join old_rows o using (district, id)
     where n.state <> o.state;
    if exists (select from new_rows n join old_rows o using (district, id)
                 join payments.payment_transition t on t.from_state = o.state and t.to_state = n.state
                where t.needs_evidence and coalesce(current_setting('app.inbound', true), '') = '') then
        raise exception 'this change of state needs a message of the bank';
    end if;
    return null;
end
$$;
create or replace trigger payment_history_of_insert after insert on payments.payment
    referencing new table as new_rows for each statement execute function payments.keep_payment_history();
create or replace trigger payment_history_of_update after update on payments.payment
    referencing old table as old_rows new table as new_rows
    for each statement execute function payments.keep_payment_history();

create or replace function payments.refuse_change() returns trigger language plpgsql as
$$ begin raise exception '% is append-only', tg_table_name using errcode = '42501'; end $$;
create or replace trigger payment_is_not_deleted before delete on payments.payment
    for each statement execute function payments.refuse_change();
create or replace trigger history_is_append_only before update or delete on payments.payment_history
    for each statement execute function payments.refuse_change();
create or replace trigger transfer_is_append_only before update or delete on payments.transfer
    for each statement execute function payments.refuse_change();
create or replace trigger file_chunk_is_append_only before update or delete on payments.file_chunk
    for each statement execute function payments.refuse_change();

create or replace function payments.guard_run() returns trigger language plpgsql as
$$
begin
    if tg_op = 'INSERT' then
        if new.state <> 'GENERATING' then
            raise exception 'a run begins as GENERATING';
        end if;
        return new;
    end if;
    if new.state <> old.state and not exists (select from payments.run_transition
                                               where from_state = old.state and to_state = new.state) then
        raise exception 'a run does not go from % to %', old.state, new.state;
    end if;
    if new.version <> old.version + 1 or new.event_id = old.event_id then
        raise exception 'a change of a run is a new version with its own event';
    end if;
    if old.state <> 'GENERATING' and (new.lines, new.people, new.amount_fen, new.netted_fen, new.manifest, new.lines_sha256)
           is distinct from (old.lines, old.people, old.amount_fen, old.netted_fen, old.manifest, old.lines_sha256) then
        raise exception 'the totals of a run are frozen';
    end if;
    return new;
end
$$;
create or replace trigger run_guard before insert or update on payments.run
    for each row execute function payments.guard_run();

create or replace function payments.guard_file() returns trigger language plpgsql as
$$
begin
    if (new.run_id, new.agency_code, new.business_date, new.sequence, new.name, new.bytes, new.chunks, new.sha256,
        new.lines, new.amount_fen, new.message_id)
       is distinct from
       (old.run_id, old.agency_code, old.business_date, old.sequence, old.name, old.bytes, old.chunks, old.sha256,
        old.lines, old.amount_fen, old.message_id) then
        raise exception 'a file is frozen';
    end if;
    if not ((old.state, new.state) in (('FROZEN', 'WRITTEN'), ('WRITTEN', 'SENT'), ('SENT', 'ACKNOWLEDGED'),
                                       ('SENT', 'REFUSED'), ('SENT', 'ANSWERED'), ('ACKNOWLEDGED', 'ANSWERED'),
                                       ('ANSWERED', 'RECONCILED'), ('REFUSED', 'RECONCILED'))) then
        raise exception 'a file does not go from % to %', old.state, new.state;
    end if;
    if new.version <> old.version + 1 or new.event_id = old.event_id then
        raise exception 'a change of a file is a new version with its own event';
    end if;
    return new;
end
$$;
create or replace trigger file_guard before update on payments.file
    for each row execute function payments.guard_file();
