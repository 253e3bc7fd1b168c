-- What services share: idempotency keys, jobs for the worker, uploaded files.
create table ops.idempotency_key (
    district integer not null,
    actor text not null,
    key text not null check (key ~ '^[A-Za-z0-9_-]{8,64}$'),
    operation text not null,
    fingerprint bytea not null, -- SHA-256 of method, path and body
    status integer,             -- NULL only inside the transaction that makes the effect
    body text,
    location text,
    etag bigint,
    created_at timestamptz not null default now(),
    primary key (district, actor, key)
);
alter table ops.idempotency_key enable row level security;
create policy key_of_actor on ops.idempotency_key
    using (district = (select app.district()) and actor = (select app.actor()));

-- Long work. `claim` is a fencing number: a worker that was paused and wakes up after its lease finds another claim
-- and can commit nothing more.
create table ops.job (
    district integer not null,
    id bigint generated always as identity,
    kind text not null check (kind in ('import_people', 'import_enrolments', 'run_generate', 'file_write',
                                       'inbound_apply')),
    subject_id bigint not null,
    state text not null default 'QUEUED' check (state in ('QUEUED', 'RUNNING', 'DONE', 'FAILED')),
    actor text not null,
    request_id text not null,
    done bigint not null default 0 check (done >= 0),
    total bigint check (total >= 0),
    error_code text,
    attempts integer not null default 0,
    claim bigint not null default 0,
    lease_until timestamptz,
    not_before timestamptz not null default now(),
    created_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz,
    primary key (district, id)
);
create unique index job_one_open on ops.job (district, kind, subject_id) where state in ('QUEUED', 'RUNNING');
create index job_open on ops.job (created_at, id) where state in ('QUEUED', 'RUNNING');
alter table ops.job enable row level security;
create policy job_of_district on ops.job for all to huimin_beneficiaries, huimin_payments
    using (district = (select app.district()));
create policy job_of_worker on ops.job for all to huimin_worker using (true);

-- An uploaded file, sealed chunk by chunk (1 MiB of plain bytes each): it holds personal data.
create table ops.upload (
    district integer not null,
    id bigint generated always as identity,
    bytes bigint not null check (bytes >= 0),
    chunks integer not null check (chunks >= 0),
    sha256 bytea not null check (octet_length(sha256) = 32),
    actor text not null,
    created_at timestamptz not null default now(),
    primary key (district, id)
);
create table ops.upload_chunk (
    district integer not null,
    upload_id bigint not null,
    no integer not null check (no >= 0),
    sealed bytea not null,
    primary key (district, upload_id, no),
    foreign key (district, upload_id) references ops.upload (district, id)
);
alter table ops.upload enable row level security;
alter table ops.upload_chunk enable row level security;
create policy upload_of_district on ops.upload using (district = (select app.district()));
create policy upload_chunk_of_district on ops.upload_chunk using (district = (select app.district()));

grant usage on schema ops to huimin_beneficiaries, huimin_programmes, huimin_payments, huimin_audit, huimin_worker;
grant select, insert, update on ops.idempotency_key to huimin_beneficiaries, huimin_programmes, huimin_payments;
grant select, insert on ops.job to huimin_beneficiaries, huimin_payments;
grant select, insert, update on ops.job to huimin_worker;
grant select, insert on ops.upload, ops.upload_chunk to huimin_beneficiaries, huimin_payments, huimin_worker;
