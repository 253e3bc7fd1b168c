-- The catalogue: divisions, programme items, tiers, rules and effective-dated standards.
create table programmes.division (
    district integer not null,
    code integer not null check (code between 100000000 and 999999999), -- GB/T 10114, 9 digits
    name_zh text not null,
    name_en text not null,
    kind_zh text not null,
    primary key (district, code)
);

create table programmes.item (
    district integer not null,
    code text not null check (code ~ '^[a-z0-9-]{1,39}$'),
    sort integer not null,
    programme_no integer not null,
    programme_zh text not null,
    programme_en text not null,
    item_zh text not null,
    item_en text not null,
    lead_unit_zh text not null,
    kind text not null check (kind in ('subsidy', 'service', 'works')),
    indicator_zh text not null,
    indicator_en text not null,
    target_op text not null check (target_op in ('=', '>=')),
    target bigint not null,
    unit text not null,
    per_person_payment text not null,
    frequency text,
    standard_text text,
    note text,
    remittance_zh text check (char_length(remittance_zh) <= 8), -- 摘要 printed in the passbook
    primary key (district, code),
    unique (district, sort), -- the cursor of lists
    unique (district, item_zh)
);

-- Tiers of an item. disability_grades: the tier follows from digit 20 of the certificate, never from a typed field.
create table programmes.tier (
    district integer not null,
    item_code text not null,
    code text not null check (code ~ '^[a-z0-9-]{1,39}$'),
    name_zh text not null,
    name_en text not null,
    disability_grades integer[],
    primary key (district, item_code, code),
    foreign key (district, item_code) references programmes.item (district, code)
);

-- How an item is computed, in force over time.
create table programmes.rule (
    district integer not null,
    id bigint generated always as identity,
    item_code text not null,
    valid daterange not null check (not isempty(valid)),
    kind text not null check (kind in ('fixed', 'household_topup')),
    cycle text not null check (cycle in ('month', 'quarter', 'half', 'year')),
    tier_source text not null check (tier_source in ('single', 'enrolment', 'disability_grade')),
    rounding text not null check (rounding in ('floor_fen')),
    remainder text not null check (remainder in ('last')),
    entry_basis text not null check (entry_basis in ('application_month', 'approval_month', 'month_after_approval')),
    exit_basis text not null check (exit_basis in ('event_month_paid')),
    lookback_months integer not null check (lookback_months between 0 and 120),
    source text not null,
    confirmed boolean not null,
    primary key (district, id),
    foreign key (district, item_code) references programmes.item (district, code),
    exclude using gist (district with =, item_code with =, valid with &&)
);

create table programmes.standard (
    district integer not null,
    id bigint generated always as identity,
    item_code text not null,
    tier_code text not null,
    amount_fen bigint not null check (amount_fen > 0),
    amount_per text not null check (amount_per in ('month', 'year')),
    valid daterange not null check (not isempty(valid)),
    source text not null check (char_length(source) between 1 and 500),
    confirmed boolean not null,
    state text not null check (state in ('PROPOSED', 'APPROVED')),
    proposed_by text not null,
    proposed_at timestamptz not null default now(),
    approved_by text check (approved_by <> proposed_by),
    approved_at timestamptz,
    version integer not null default 1,
    event_id bigint,
    primary key (district, id),
    foreign key (district, item_code, tier_code) references programmes.tier (district, item_code, code),
    check ((state = 'APPROVED') = (approved_by is not null)),
    exclude using gist (district with =, item_code with =, tier_code with =, valid with &&) where (state = 'APPROVED')
);

do $$
declare
    name text;
begin
    foreach name in array array['division', 'item', 'tier', 'rule', 'standard'] loop
        execute format('alter table programmes.%I enable row level security', name);
        execute format('create policy %I on programmes.%I using (district = (select app.district()))',
                       name || '_of_district', name);
        execute format('grant select on programmes.%I to huimin_programmes, huimin_beneficiaries, huimin_payments,'
                       ' huimin_worker, huimin_audit, huimin_reconcile', name);
    end loop;
end
$$;
grant usage on schema programmes to huimin_programmes, huimin_beneficiaries, huimin_payments, huimin_worker,
    huimin_audit, huimin_reconcile;
grant insert on programmes.standard to huimin_programmes;
grant update (state, approved_by, approved_at, version, event_id) on programmes.standard to huimin_programmes;
-- A standard's number is taken first: its audit event names it.
grant usage on sequence programmes.standard_id_seq to huimin_programmes;
