-- The event log: every business transaction writes its event here, in the same transaction. Rows are only ever
-- inserted, only through audit.write_event(); audit.pending is the outbox from which the transparency log is fed.
create table audit.event (
    district integer not null,
    id bigint generated always as identity,
    at timestamptz not null default clock_timestamp(),
    actor text not null,
    service text not null,
    act text not null,
    entity text not null,
    entity_id text not null,
    seq integer not null check (seq > 0), -- version of the entity, gapless
    request_id text,
    entry text not null check (octet_length(entry) <= 65535), -- canonical JSON, hashed exactly as stored
    leaf_hash bytea not null check (octet_length(leaf_hash) = 32), -- SHA-256(0x00 || entry), RFC 6962
    primary key (district, id),
    unique (district, entity, entity_id, seq)
);
create index event_by_actor on audit.event (district, actor, id);
create index event_by_time on audit.event (district, at, id);

create table audit.pending (
    district integer not null,
    event_id bigint not null,
    primary key (district, event_id),
    foreign key (district, event_id) references audit.event (district, id)
);

create function audit.refuse_change() returns trigger language plpgsql as
$$ begin raise exception 'audit.event is append-only' using errcode = '42501'; end $$;
create trigger event_is_append_only before update or delete on audit.event
    for each row execute function audit.refuse_change();
create trigger event_is_not_truncated before truncate on audit.event
    for each statement execute function audit.refuse_change();

alter table audit.event enable row level security;
-- The whole log is for those who reach the whole district; the register shows who changed a person it may show.
create policy event_of_district on audit.event to huimin_beneficiaries, huimin_reconcile
    using (district = (select app.district()));
create policy event_of_whole_district on audit.event to huimin_audit
    using (district = (select app.district()) and (select app.divisions()) is null and (select app.programmes()) is null);

grant usage on schema audit to huimin_beneficiaries, huimin_programmes, huimin_payments, huimin_audit, huimin_worker,
    huimin_reconcile;
grant select on audit.event to huimin_audit, huimin_reconcile;
