-- What the bank answers. A message is checked as a whole before (worker), then applied here in one transaction: each
-- line at most once; a line that does not fit opens a break and changes nothing.

create or replace function payments.inbound_receive(p_upload bigint, p_name text, p_sha256 bytea) returns bigint
    language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_id bigint;
begin
    if app.divisions() is not null or app.programmes() is not null then
        perform app.refuse('forbidden');
    end if;
    select id into v_id from payments.inbound where district = app.district() and sha256 = p_sha256;
    if found then
        -- The same bytes again: nothing to do, unless they were refused; then they are looked at once more.
        update payments.inbound set state = 'RECEIVED', error_code = null, error_line = null, version = version + 1,
               event_id = audit.write_event('receive_again', 'inbound', v_id::text, '{}')
         where district = app.district() and id = v_id and state = 'REFUSED';
        return v_id;
    end if;
    v_id := nextval('payments.inbound_id_seq');
    insert into payments.inbound (district, id, upload_id, name, sha256, actor, event_id)
    values (app.district(), v_id, p_upload, p_name, p_sha256, app.actor(),
            audit.write_event('receive', 'inbound', v_id::text, jsonb_build_object('sha256', encode(p_sha256, 'hex'))));
    return v_id;
end
$$;

-- The district whose bank sends a message: by the file it answers (name or message id), else by the unit's code, else
-- by the account that a statement is of.
drop function if exists payments.district_of_message(text, text);
create or replace function payments.district_of_message(p_file text, p_unit text, p_account text) returns integer
    language sql stable security definer set search_path = pg_catalog, payments as
$$ select coalesce((select district from payments.file where name = p_file),
                   (select district from payments.file where message_id = p_file),
                   (select min(district) from payments.agency where unit_code = p_unit having count(*) = 1),
                   (select min(district) from payments.agency where account_number = p_account having count(*) = 1)) $$;

-- A message that does not hold as a whole changes nothing and opens a break.
create or replace function payments.inbound_refuse(p_inbound bigint, p_code text, p_line integer) returns void
    language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
begin
    update payments.inbound set state = 'REFUSED', error_code = p_code, error_line = p_line, version = version + 1,
           event_id = audit.write_event('refuse', 'inbound', p_inbound::text,
                                        jsonb_build_object('code', p_code, 'line', coalesce(p_line, 0)))
     where district = app.district() and id = p_inbound and state = 'RECEIVED';
    if found then
        perform payments.break_open('unknown_at_bank', 'inbound ' || p_inbound, 'critical', null, null, p_inbound, 0);
    end if;
end
$$;

-- Opens a break, unless it is open already.
create or replace function payments.break_open(p_class text, p_key text, p_severity text, p_payment bigint, p_file bigint,
                                               p_inbound bigint, p_amount_fen bigint)
returns void language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_id bigint;
begin
    if exists (select from payments.break where district = app.district() and class = p_class and key = p_key
                  and state = 'OPEN') then
        return;
    end if;
    v_id := nextval('payments.break_id_seq');
    insert into payments.break (district, id, class, key, severity, payment_id, file_id, inbound_id, amount_fen, opened_on, event_id)
    values (app.district(), v_id, p_class, p_key, p_severity, p_payment, p_file, p_inbound, p_amount_fen, app.today(),
            audit.write_event('open', 'break', v_id::text,
                              jsonb_build_object('class', p_class, 'key', p_key, 'amount_fen', p_amount_fen)));
end
$$;

-- What each line of an answer means for its payment.
create or replace function payments.inbound_judge(p_inbound bigint, p_file bigint)
returns table (line integer, payment_id bigint, run_id bigint, outcome text) language sql stable as
$$
    with lines as (
        select l.line, l.payment_id, l.amount_fen, l.account_index, l.status,
               row_number() over (partition by l.payment_id order by l.line) as nth,
               sum(l.amount_fen) filter (where l.status = 'R') over (partition by q.run_id order by l.line) as returned_fen
          from payments.inbound_line l
          left join payments.payment q on q.district = l.district and q.id = l.payment_id
         where l.district = app.district() and l.inbound_id = p_inbound
    ), held as ( -- what the runs of returned lines still hold as paid: what was collected from people is no longer theirs
        select r.run_id, sum(payments.run_balance(r.run_id, s.source, 'paid')) as fen
          from (select distinct q.run_id from lines l
                  join payments.payment q on q.district = app.district() and q.id = l.payment_id where l.status = 'R') r
         cross join unnest(payments.sources()) as s (source)
         group by r.run_id
    )
    select l.line, l.payment_id, p.run_id,
           case when p.id is null or p.file_id is distinct from p_file then 'unknown'
                when l.nth > 1 then 'duplicate'
                when p.amount_fen <> l.amount_fen then 'amount_differs'
                when l.status = 'S' and p.state in ('SENT', 'ACCEPTED') then 'PAID'
                when l.status = 'S' and p.state in ('PAID', 'RETURNED') then 'same'
                when l.status = 'F' and p.state in ('SENT', 'ACCEPTED') then 'REJECTED'
                when l.status = 'F' and p.state = 'REJECTED' then 'same'
                when l.status = 'W' and p.state = 'SENT' then 'ACCEPTED'
                when l.status = 'W' and p.state in ('ACCEPTED', 'UNKNOWN', 'PAID', 'REJECTED', 'RETURNED') then 'same'
                when l.status = 'R' and p.state = 'PAID' and l.returned_fen <= h.fen then 'RETURNED'
                when l.status = 'R' and p.state = 'PAID' then 'contradiction' -- the person has paid it back already
                when l.status = 'R' and p.state = 'RETURNED' then 'same'
                when l.status in ('S', 'F') and p.state = 'UNKNOWN' then 'awaits_second_person'
                when l.status = 'R' then 'returned_without_case'
                else 'contradiction' end
           || case when p.account_index is distinct from l.account_index and p.id is not null and p.file_id = p_file
                   then '+account_differs' else '' end
      from lines l
      left join payments.payment p on p.district = app.district() and p.id = l.payment_id
      left join held h on h.run_id = p.run_id
$$;

-- Applies a result or return file whose lines are staged in payments.inbound_line.
create or replace function payments.inbound_apply(p_inbound bigint, p_kind text, p_file bigint, p_date date) returns void
    language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_district integer := app.district();
    v_row record;
begin
    perform from payments.inbound where district = v_district and id = p_inbound and state = 'RECEIVED' for update;
    if not found then
        return; -- applied before by a worker whose commit was not seen
    end if;
    perform payments.file_sent(p_file); -- an answer proves that the bank has it, whatever we managed to note
    perform from payments.file where district = v_district and id = p_file for update;
    if exists (select from payments.inbound_line l
                 join payments.payment p on p.district = l.district and p.id = l.payment_id and p.file_id = p_file
                where l.district = v_district and l.inbound_id = p_inbound and l.status = 'R'
                  and p.state in ('SENT', 'ACCEPTED', 'UNKNOWN')) then
        perform app.refuse('result_awaited'); -- a return before its result waits for it; nothing is lost
    end if;
    perform set_config('app.inbound', p_inbound::text, true);
    -- Through a table with statistics: freshly staged lines have none, and a join on guesses turns quadratic.
    create temporary table judged on commit drop as
        select j.line, j.outcome from payments.inbound_judge(p_inbound, p_file) j;
    analyze pg_temp.judged;
    update payments.inbound_line l set outcome = j.outcome
      from pg_temp.judged j
     where l.district = v_district and l.inbound_id = p_inbound and l.line = j.line;
    drop table pg_temp.judged;
    update payments.payment p
       set state = split_part(l.outcome, '+', 1), live = split_part(l.outcome, '+', 1) not in ('REJECTED', 'RETURNED'),
           version = p.version + 1, reason = l.reason, bank_code = nullif(l.bank_code, '')
      from payments.inbound_line l
     where l.district = v_district and l.inbound_id = p_inbound and p.district = v_district and p.id = l.payment_id
       and split_part(l.outcome, '+', 1) in ('PAID', 'REJECTED', 'ACCEPTED', 'RETURNED');
    for v_row in select p.run_id, split_part(l.outcome, '+', 1) as state, sum(l.amount_fen)::bigint as amount_fen
                   from payments.inbound_line l
                   join payments.payment p on p.district = v_district and p.id = l.payment_id
                  where l.district = v_district and l.inbound_id = p_inbound
                    and split_part(l.outcome, '+', 1) in ('PAID', 'REJECTED', 'RETURNED')
                  group by 1, 2 order by 1, 2 loop
        perform payments.ledger_move(v_row.run_id,
            case v_row.state when 'RETURNED' then 'paid' else 'transit' end,
            case v_row.state when 'PAID' then 'paid' when 'REJECTED' then 'budget' else 'returned' end,
            v_row.amount_fen, lower(v_row.state), 'inbound ' || p_inbound, v_row.state <> 'PAID');
    end loop;
    perform payments.settle_refunds('inbound ' || p_inbound);
    perform payments.inbound_open_breaks(p_inbound, p_file);
    perform payments.inbound_close(p_inbound, p_kind, p_file, p_date);
end
$$;

-- Returned payments whose money is back on the statement: the money is in the budget again. The bank's return message
-- and the statement may come in either order, so both call this.
create or replace function payments.settle_refunds(p_reference text) returns void
    language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_row record;
begin
    for v_row in
        with settled as (
            update payments.statement_entry e set outcome = 'refunded'
              from payments.payment p
             where e.district = app.district() and e.outcome = 'return' and p.district = e.district
               and p.id = e.payment_id and p.state = 'RETURNED'
            returning p.run_id, e.amount_fen)
        select run_id, sum(amount_fen)::bigint as amount_fen from settled group by run_id order by run_id loop
        perform payments.ledger_move(v_row.run_id, 'returned', 'budget', v_row.amount_fen, 'refunded', p_reference, true);
    end loop;
end
$$;

-- Breaks for the lines that did not fit.
create or replace function payments.inbound_open_breaks(p_inbound bigint, p_file bigint) returns void language sql as
$$
    select payments.break_open(
               case b.what when 'unknown' then 'unknown_at_bank' when 'duplicate' then 'duplicate_at_bank'
                           when 'awaits_second_person' then 'late' else b.what end,
               case when l.payment_id is null then 'inbound ' || p_inbound || ' line ' || l.line
                    else 'payment ' || l.payment_id end,
               case when b.what in ('contradiction', 'amount_differs', 'account_differs', 'duplicate', 'unknown') then 'critical' else 'normal' end,
               case when b.what = 'unknown' then null else l.payment_id end, p_file, p_inbound, l.amount_fen)
      from payments.inbound_line l, unnest(string_to_array(l.outcome, '+')) as b (what)
     where l.district = app.district() and l.inbound_id = p_inbound
       and b.what not in ('PAID', 'REJECTED', 'ACCEPTED', 'RETURNED', 'same')
     order by l.line
$$;

-- The message is applied: one event with its counts, and the file it answers moves on.
create or replace function payments.inbound_close(p_inbound bigint, p_kind text, p_file bigint, p_date date) returns void
    language plpgsql as
$$
declare
    v_counts jsonb;
    v_lines integer;
    v_amount bigint;
begin
    select coalesce(jsonb_object_agg(outcome, n), '{}'), coalesce(sum(n), 0), coalesce(sum(amount_fen), 0)
      into v_counts, v_lines, v_amount
      from (select outcome, count(*) as n, sum(amount_fen) as amount_fen from payments.inbound_line
             where district = app.district() and inbound_id = p_inbound group by outcome) c;
    update payments.inbound set state = 'APPLIED', kind = p_kind, file_id = p_file, business_date = p_date, lines = v_lines,
           amount_fen = v_amount, applied_at = now(), version = version + 1,
           event_id = audit.write_event('apply', 'inbound', p_inbound::text,
                                        jsonb_build_object('kind', p_kind, 'file', p_file, 'lines', v_lines,
                                                           'amount_fen', v_amount, 'outcomes', v_counts))
     where district = app.district() and id = p_inbound;
    update payments.file set state = 'ANSWERED', answered_at = now(), version = version + 1,
           event_id = audit.write_event('answer', 'file', p_file::text, jsonb_build_object('inbound', p_inbound))
     where district = app.district() and id = p_file and p_kind = 'RESULT' and state in ('SENT', 'ACKNOWLEDGED');
end
$$;

-- The bank has taken the file (OK: every line ACCEPTED) or refused it as a whole (every line REJECTED). A refusal as
-- a duplicate changes nothing: the bank has the file, and its first answer counts. One that contradicts an earlier
-- answer opens a critical break.
create or replace function payments.acknowledge(p_inbound bigint, p_file bigint, p_accepted boolean, p_duplicate boolean,
                                                p_code text, p_reason text)
returns void language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_district integer := app.district();
    v_state text;
    v_row record;
begin
    perform from payments.inbound where district = v_district and id = p_inbound and state = 'RECEIVED' for update;
    if not found then
        return;
    end if;
    perform payments.file_sent(p_file);
    perform set_config('app.inbound', p_inbound::text, true);
    select state into strict v_state from payments.file where district = v_district and id = p_file for update;
    if p_accepted and v_state = 'SENT' then
        update payments.payment set state = 'ACCEPTED', version = version + 1
         where district = v_district and file_id = p_file and state = 'SENT';
        update payments.file set state = 'ACKNOWLEDGED', version = version + 1,
               event_id = audit.write_event('acknowledge', 'file', p_file::text, jsonb_build_object('inbound', p_inbound))
         where district = v_district and id = p_file;
    elsif not p_accepted and not p_duplicate and v_state = 'SENT' then
        for v_row in select run_id, sum(amount_fen)::bigint as amount_fen from payments.payment
                      where district = v_district and file_id = p_file and state = 'SENT' group by run_id loop
            perform payments.ledger_move(v_row.run_id, 'transit', 'budget', v_row.amount_fen, 'rejected',
                                         'inbound ' || p_inbound, true);
        end loop;
        update payments.payment set state = 'REJECTED', live = false, version = version + 1, reason = p_reason,
               bank_code = p_code
         where district = v_district and file_id = p_file and state = 'SENT';
        update payments.file set state = 'REFUSED', version = version + 1,
               event_id = audit.write_event('refuse', 'file', p_file::text,
                                            jsonb_build_object('inbound', p_inbound, 'code', p_code))
         where district = v_district and id = p_file;
    elsif not p_accepted and not p_duplicate then
        perform payments.break_open('contradiction', 'file ' || p_file, 'critical', null, p_file, p_inbound, 0);
    end if;
    perform payments.inbound_close(p_inbound, 'ACKNOWLEDGEMENT', p_file, app.today());
end
$$;

-- A statement of the agency's account, already checked in itself (opening + entries = closing). Entries come in the
-- order of their numbers. A gap in numbers or balances opens a break; entries find their file or payment by reference.
create or replace function payments.statement_apply(p_inbound bigint, p_agency text, p_no integer, p_date date,
    p_opening_fen bigint, p_closing_fen bigint, p_directions text[], p_amounts bigint[], p_bank_references text[],
    p_our_references text[])
returns void language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_district integer := app.district();
    v_statement bigint := nextval('payments.statement_id_seq');
    v_last record;
begin
    perform from payments.inbound where district = v_district and id = p_inbound and state = 'RECEIVED' for update;
    if not found then
        return;
    end if;
    select statement_no, closing_fen into v_last from payments.statement
     where district = v_district and agency_code = p_agency order by statement_no desc limit 1;
    if found and (v_last.statement_no <> p_no - 1 or v_last.closing_fen <> p_opening_fen) then
        perform payments.break_open('statement_gap', 'statement ' || p_no, 'critical', null, null, p_inbound,
                                    abs(p_opening_fen - v_last.closing_fen));
    end if;
    insert into payments.statement (district, id, agency_code, statement_no, business_date, opening_fen, closing_fen, entries,
                                    inbound_id)
    values (v_district, v_statement, p_agency, p_no, p_date, p_opening_fen, p_closing_fen, cardinality(p_amounts), p_inbound);
    insert into payments.statement_entry (district, statement_id, entry_no, direction, amount_fen, bank_reference,
                                          our_reference, file_id, payment_id, outcome)
    select v_district, v_statement, e.n, e.direction, e.amount_fen, e.bank_reference, e.our_reference, f.id, p.id,
           case when e.direction = 'D' and f.id is not null then 'file'
                when e.direction = 'C' and p.id is not null then 'return'
                when e.direction = 'C' and e.nth = 1 and exists (select from payments.transfer t
                      where t.district = v_district and t.cause = 'appropriation' and t.reference = e.our_reference
                        and t.amount_fen = e.amount_fen
                        and not exists (select from payments.statement_entry x where x.district = v_district
                                           and x.outcome = 'funds' and x.our_reference = e.our_reference)) then 'funds'
                else 'unknown' end
      from (select u.*, row_number() over (partition by u.direction, u.our_reference, u.amount_fen order by u.n) as nth
              from unnest(p_directions, p_amounts, p_bank_references, p_our_references) with ordinality
                       as u (direction, amount_fen, bank_reference, our_reference, n)) e
      left join payments.file f on f.district = v_district and e.our_reference in (f.name, f.message_id)
           and e.direction = 'D'
           -- the same return twice in one statement: the second is not ours
      left join payments.payment p on p.district = v_district and e.direction = 'C' and e.nth = 1
           and p.id = case when e.our_reference ~ '^P[0-9]{1,18}$' then substr(e.our_reference, 2)::bigint end
           and p.file_id is not null and p.amount_fen = e.amount_fen -- its result and return may still be on their way
           and not exists (select from payments.statement_entry x where x.district = v_district and x.payment_id = p.id);
    perform payments.settle_refunds('inbound ' || p_inbound);
    perform payments.break_open('unknown_at_bank', 'statement ' || p_no || ' entry ' || entry_no, 'critical', null, null,
                                p_inbound, amount_fen)
       from payments.statement_entry where district = v_district and statement_id = v_statement and outcome = 'unknown';
    update payments.inbound set state = 'APPLIED', kind = 'STATEMENT', business_date = p_date,
           lines = cardinality(p_amounts), applied_at = now(), version = version + 1,
           event_id = audit.write_event('apply', 'inbound', p_inbound::text,
                                        jsonb_build_object('kind', 'STATEMENT', 'statement_no', p_no,
                                                           'entries', cardinality(p_amounts)))
     where district = v_district and id = p_inbound;
exception when unique_violation then
    perform app.refuse('statement_known'); -- another message under a number that is taken
end
$$;

-- The bank's message that settles an UNKNOWN payment as p_state: a line that waits for a second person, or the refusal
-- of the whole file. Lines that say both are no evidence, nor is a message that the deciding person brought in.
create or replace function payments.evidence_for(p_payment payments.payment, p_state text) returns bigint
    language plpgsql stable as
$$
declare
    v_paid bigint;
    v_failed bigint;
    v_found bigint;
begin
    select max(l.inbound_id) filter (where l.status = 'S'), max(l.inbound_id) filter (where l.status = 'F')
      into v_paid, v_failed
      from payments.inbound_line l
     where l.district = p_payment.district and l.payment_id = p_payment.id and l.outcome = 'awaits_second_person';
    if v_failed is null then
        select max(i.id) into v_failed from payments.inbound i
          join payments.file f on f.district = i.district and f.id = i.file_id and f.state in ('REFUSED', 'RECONCILED')
         where i.district = p_payment.district and i.file_id = p_payment.file_id and i.kind = 'ACKNOWLEDGEMENT'
           and i.state = 'APPLIED'
           and exists (select from audit.event e where e.district = i.district and e.entity = 'file'
                          and e.entity_id = f.id::text and e.act = 'refuse');
    end if;
    if v_paid is not null and v_failed is not null then
        perform app.refuse('evidence_contradicts');
    end if;
    v_found := case p_state when 'PAID' then v_paid else v_failed end;
    if v_found is null then
        perform app.refuse('evidence_missing');
    end if;
    if exists (select from payments.inbound where district = p_payment.district and id = v_found
                  and actor = app.actor()) then
        perform app.refuse('same_person');
    end if;
    return v_found;
end
$$;

-- A second person settles a payment whose answer came too late, on the evidence of the bank's line.
create or replace function payments.resolve_unknown(p_payment bigint, p_state text) returns void
    language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_district integer := app.district();
    v_payment payments.payment%rowtype;
    v_inbound bigint;
begin
    perform from payments.file f join payments.payment p on p.district = f.district and p.file_id = f.id
      where p.district = v_district and p.id = p_payment for update of f; -- as an answer would
    select * into v_payment from payments.payment where district = v_district and id = p_payment for update;
    if not found then
        perform app.refuse('not_found');
    end if;
    perform payments.require_reach(v_payment.item_code);
    if v_payment.state <> 'UNKNOWN' then
        perform app.refuse('wrong_state');
    end if;
    if exists (select from payments.run where district = v_district and id = v_payment.run_id
                  and app.actor() in (maker, releaser)) then
        perform app.refuse('same_person');
    end if;
    v_inbound := payments.evidence_for(v_payment, p_state);
    perform set_config('app.inbound', v_inbound::text, true);
    update payments.payment set state = p_state, live = (p_state = 'PAID'), version = version + 1
     where district = v_district and id = p_payment;
    perform payments.ledger_move(v_payment.run_id, 'transit', case p_state when 'PAID' then 'paid' else 'budget' end,
                                 v_payment.amount_fen, lower(p_state), 'inbound ' || v_inbound, p_state <> 'PAID');
    perform audit.write_event('resolve', 'payment', p_payment::text,
                              jsonb_build_object('state', p_state, 'inbound', v_inbound));
    perform payments.break_close(id, 'inbound ' || v_inbound) from payments.break
      where district = v_district and class = 'late' and payment_id = p_payment and state = 'OPEN';
end
$$;

-- Closes a break by evidence. A payment whose answer is late keeps its break until it is settled. The evidence is a
-- person's text and may name people: the event holds its hash.
create or replace function payments.break_close(p_break bigint, p_evidence text) returns void
    language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_break payments.break%rowtype;
begin
    if app.divisions() is not null or app.programmes() is not null then
        perform app.refuse('forbidden');
    end if;
    select * into v_break from payments.break where district = app.district() and id = p_break for update;
    if not found then
        perform app.refuse('not_found');
    end if;
    if v_break.state <> 'OPEN'
       or (v_break.class = 'late' and exists (select from payments.payment where district = v_break.district
                                                 and id = v_break.payment_id and state = 'UNKNOWN')) then
        perform app.refuse('wrong_state');
    end if;
    update payments.break set state = 'CLOSED', closed_at = now(), closed_by = app.actor(), evidence = p_evidence,
           version = version + 1,
           event_id = audit.write_event('close', 'break', p_break::text,
               jsonb_build_object('evidence_sha256', encode(sha256(convert_to(p_evidence, 'UTF8')), 'hex')))
     where district = app.district() and id = p_break;
end
$$;
