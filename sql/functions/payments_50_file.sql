-- Handing a file to the bank exactly once. The worker's transactions are: freeze (file_begin ... file_freeze: bytes,
-- lines, state FILED); then, holding the job's fence, the outbox is written and file_sent commits.

-- What messages call a file (column message_id).
create or replace function payments.file_message_id(p_unit text, p_agency text, p_date date, p_sequence integer)
returns text language sql immutable as
$$ select 'HM-' || p_unit || '-' || p_agency || '-' || to_char(p_date, 'YYYYMMDD') || '-' || lpad(p_sequence::text, 4, '0') $$;

-- Plans the next file of a released run: takes the next number of the bank's day and lists up to lines_max approved
-- payments in the session's table file_batch. Returns no row when everything is filed. Locks the run and the day.
drop function if exists payments.file_begin(bigint);
create function payments.file_begin(p_run bigint)
returns table (file_id bigint, agency_code text, unit_code text, format_code text, business_date date, sequence integer,
               lines bigint, amount_fen bigint, message_id text, account_number text, debtor text, bank_number text,
               created_at text)
language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_district integer := app.district();
    v_run payments.run%rowtype;
    v_agency payments.agency%rowtype;
    v_lines_max integer;
    v_lines bigint;
    v_amount bigint;
    v_sequence integer;
    v_today date := app.today();
begin
    select * into strict v_run from payments.run r where r.district = v_district and r.id = p_run for update;
    if v_run.state <> 'RELEASED' then
        perform app.refuse('wrong_state');
    end if;
    select * into strict v_agency from payments.agency a where a.district = v_district and a.code = v_run.agency_code;
    select f.lines_max into strict v_lines_max from payments.bank_format f where f.code = v_agency.format_code;
    insert into payments.bank_day as d (district, agency_code, business_date, last_sequence)
    values (v_district, v_agency.code, v_today, 0) on conflict do nothing;
    perform from payments.bank_day d where d.district = v_district and d.agency_code = v_agency.code
                                       and d.business_date = v_today for update;
    create temporary table file_batch on commit drop as
        with batch as (
            select p.id, p.account_index, p.amount_fen from payments.payment p
             where p.district = v_district and p.run_id = p_run and p.state = 'APPROVED' order by p.id limit v_lines_max
        ), earlier as (
            select y.account_index, count(*) as times from payments.payment y
              join payments.file f on f.district = y.district and f.id = y.file_id
             where y.district = v_district and f.agency_code = v_agency.code and f.business_date = v_today
             group by y.account_index
        )
        select b.id, b.amount_fen, row_number() over (order by b.id)::integer as line,
               (row_number() over (partition by b.account_index order by b.id) + coalesce(e.times, 0))::integer as occurrence
          from batch b left join earlier e on e.account_index = b.account_index;
    select count(*), coalesce(sum(b.amount_fen), 0) into v_lines, v_amount from pg_temp.file_batch b;
    if v_lines = 0 then
        return;
    end if;
    update payments.bank_day d set last_sequence = d.last_sequence + 1
     where d.district = v_district and d.agency_code = v_agency.code and d.business_date = v_today
     returning d.last_sequence into v_sequence;
    return query select nextval('payments.file_id_seq'), v_agency.code, v_agency.unit_code, v_agency.format_code, v_today,
                        v_sequence, v_lines, v_amount,
                        payments.file_message_id(v_agency.unit_code, v_agency.code, v_today, v_sequence),
                        v_agency.account_number,
                        v_agency.account_name,
                        coalesce(v_agency.bank_number, ''), app.time_text(now());
end
$$;

-- Lines of the planned file after a line number, with what the worker has to open. Reads the register as its owner.
drop function if exists payments.file_lines(integer, integer);
create function payments.file_lines(p_after integer, p_limit integer)
returns table (line integer, payment_id bigint, occurrence integer, amount_fen bigint, payee_name text,
               account_id bigint, account_sealed bytea, holder_id bigint, id_number_sealed bytea, bank_number text,
               remittance text)
language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
begin
    return query
        select b.line, b.id, b.occurrence, b.amount_fen, p.payee_name, a.id, a.number_sealed, h.id, h.id_number_sealed,
               a.bank_number, coalesce(i.remittance_zh, '')
          from pg_temp.file_batch b
          join payments.payment p on p.district = app.district() and p.id = b.id
          join beneficiaries.account a on a.district = p.district and a.id = p.account_id
          join beneficiaries.person h on h.district = p.district and h.id = p.payee_person_id
          join programmes.item i on i.district = p.district and i.code = p.item_code
         where b.line > p_after order by b.line limit p_limit;
end
$$;

-- Freezes the planned file: its identity, and each payment in exactly one line of it.
create or replace function payments.file_freeze(p_file bigint, p_run bigint, p_sequence integer, p_name text, p_bytes bigint,
                                                p_chunks integer, p_sha256 bytea)
returns void language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_district integer := app.district();
    v_lines integer;
    v_amount bigint;
begin
    select count(*), sum(amount_fen) into v_lines, v_amount from pg_temp.file_batch;
    insert into payments.file (district, id, run_id, agency_code, business_date, sequence, name, bytes, chunks, sha256,
                               lines, amount_fen, state, message_id, event_id)
    select v_district, p_file, p_run, r.agency_code, app.today(), p_sequence, p_name, p_bytes, p_chunks, p_sha256, v_lines,
           v_amount, 'FROZEN', payments.file_message_id(a.unit_code, a.code, app.today(), p_sequence),
           audit.write_event('freeze', 'file', p_file::text,
                             jsonb_build_object('run', p_run, 'name', p_name, 'bytes', p_bytes, 'lines', v_lines,
                                                'amount_fen', v_amount, 'sha256', encode(p_sha256, 'hex')))
      from payments.run r join payments.agency a on a.district = r.district and a.code = r.agency_code
     where r.district = v_district and r.id = p_run;
    update payments.payment p
       set state = 'FILED', version = p.version + 1, file_id = p_file, file_line = b.line, occurrence = b.occurrence
      from pg_temp.file_batch b where p.district = v_district and p.id = b.id;
    drop table pg_temp.file_batch;
end
$$;

create or replace function payments.file_keep_chunk(p_file bigint, p_no integer, p_sealed bytea) returns void
    language sql security definer set search_path = pg_catalog, payments, app as
$$ insert into payments.file_chunk (district, file_id, no, sealed) values (app.district(), p_file, p_no, p_sealed) $$;

-- The bytes are in the outbox under their name: the bank may have them from now on.
create or replace function payments.file_sent(p_file bigint) returns void
    language plpgsql security definer set search_path = pg_catalog, payments, app as
$$
declare
    v_district integer := app.district();
begin
    update payments.file set state = 'WRITTEN', version = version + 1,
           event_id = audit.write_event('write', 'file', p_file::text, '{}')
     where district = v_district and id = p_file and state = 'FROZEN';
    if not found then
        return; -- sent before by a worker whose commit was not seen
    end if;
    update payments.file set state = 'SENT', sent_at = now(), version = version + 1,
           event_id = audit.write_event('send', 'file', p_file::text, '{}')
     where district = v_district and id = p_file;
    update payments.payment set state = 'SENT', version = version + 1
     where district = v_district and file_id = p_file and state = 'FILED';
end
$$;

-- Queues the hand-over of released runs that have not reached the bank and that no open job works on: after a job that
-- failed for a cause since removed. Called by each worker when it starts, over all districts.
create or replace function payments.file_requeue() returns void
    language sql security definer set search_path = pg_catalog, payments, app as
$$
    insert into ops.job (district, kind, subject_id, actor, request_id)
    select r.district, 'file_write', r.id, r.releaser, 'worker-start'
      from payments.run r
     where r.state = 'RELEASED' and exists (select from payments.payment p where p.district = r.district and p.run_id = r.id
                                               and p.state in ('APPROVED', 'FILED'))
    on conflict (district, kind, subject_id) where state in ('QUEUED', 'RUNNING') do nothing
$$;
