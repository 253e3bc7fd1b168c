-- Rules as data: every kind of subsidy, its ways in and out, exclusions, the procedure of an application, terms and the
-- holiday calendar. Rules, exclusions and standards are proposed by one person and approved by another; an approved row
-- never changes but for its end. What is computed from them: sql/functions/payments_20_due.sql.

-- Benefits that others pay, as far as our rules look at them.
create table programmes.benefit (
    code text primary key check (code ~ '^[a-z0-9-]{1,39}$'),
    name_zh text not null,
    name_en text not null
);
insert into programmes.benefit values
    ('work-injury-care', '工伤保险生活护理费', 'Work injury insurance: living care'),
    ('veteran-living', '离休、老年、因公致残等生活类津贴', 'Living allowances for veterans, the aged, disabled on duty'),
    ('nursing-allowance', '护理类津贴、养老护理补贴', 'Nursing allowances'),
    ('unemployment', '失业保险金', 'Unemployment benefit'),
    ('employee-pension', '城镇职工基本养老保险待遇', 'Basic pension for urban employees'),
    ('employment', '劳动合同或单位参保', 'Employment contract or insurance by an employer'),
    ('inpatient-free', '免费住院治疗', 'Free inpatient treatment');
grant select on programmes.benefit to huimin_programmes, huimin_beneficiaries, huimin_payments, huimin_worker,
    huimin_audit, huimin_reconcile;

-- A tier by age: from age_from, below age_to (completed years; NULL: no bound).
alter table programmes.tier
    add column age_from integer check (age_from between 0 and 150),
    add column age_to integer check (age_to between 1 and 150),
    add check (age_from < age_to);

alter table programmes.rule
    drop constraint rule_kind_check, drop constraint rule_cycle_check, drop constraint rule_tier_source_check,
    drop constraint rule_rounding_check, drop constraint rule_remainder_check,
    drop constraint rule_entry_basis_check, drop constraint rule_exit_basis_check;
do $$ -- the exclusion constraint looks at approved rules only from now on
begin
    execute (select format('alter table programmes.rule drop constraint %I', conname) from pg_constraint
              where conrelid = 'programmes.rule'::regclass and contype = 'x');
end $$;
alter table programmes.rule
    -- fixed: an amount per tier and month or year. household_topup: sum over the members of standard - income per head.
    -- benefit_topup: fixed, less other benefits (exclusions of kind top_up). percentage: of another item's standard.
    -- per_term: once per school term. per_unit: per day or month worked. per_case: the case's amount up to the standard.
    -- once: one time.
    add constraint rule_kind check (kind in ('fixed', 'household_topup', 'benefit_topup', 'percentage', 'per_term',
                                             'per_unit', 'per_case', 'once')),
    add constraint rule_cycle check (cycle in ('month', 'quarter', 'half', 'term', 'year')),
    add constraint rule_tier_source check (tier_source in ('single', 'enrolment', 'disability_grade', 'age')),
    add constraint rule_rounding check (rounding in ('floor_fen', 'half_up_fen', 'up_jiao', 'up_yuan', 'down_yuan')),
    add constraint rule_remainder check (remainder in ('last', 'cumulative')),
    add constraint rule_entry_basis check (entry_basis in ('application_month', 'approval_month', 'month_after_approval',
                                                           'birthday_month', 'month_after_birthday', 'year_end_age',
                                                           'semester')),
    add constraint rule_exit_basis check (exit_basis in ('same_month', 'event_month_paid', 'month_after_event',
                                                         'end_of_notice')),
    -- each_month: a period is the sum of its months. first_month, last_month: the whole period, by the facts of the first
    -- or last month in which the person is entitled.
    add column accrual text not null default 'each_month' check (accrual in ('each_month', 'first_month', 'last_month')),
    add column age_min integer check (age_min between 0 and 150),     -- completed years, from this age on
    add column age_max integer check (age_max between 1 and 150),     -- until this age is reached
    add column age_max_at_school boolean not null default false,      -- beyond age_max while at school
    add column certificate_types integer[] check (certificate_types <@ array[1, 2, 3, 4, 5, 6, 7]), -- NULL: any or none
    add column basis_item text,
    add column basis_tier text,
    add column months_max integer check (months_max between 1 and 600), -- at most so many months from the start
    add column grace_months_max integer not null default 0 check (grace_months_max between 0 and 24), -- 渐退期
    add column netting_cap_percent integer not null default 0 check (netting_cap_percent between 0 and 90),
    add column one_per_household boolean not null default false,
    add column once_per text not null default 'enrolment' check (once_per in ('enrolment', 'year', 'lifetime')),
    add column review_required boolean not null default false,
    add column notice_days integer not null default 0 check (notice_days between 0 and 60),
    add column notice_day_kind text not null default 'calendar' check (notice_day_kind in ('calendar', 'working')),
    add column hearing_required boolean not null default false, -- before a reduction or an end (社会救助法, article 48)
    add column documents text[] not null default '{}',
    add column checks text[] not null default '{}',
    add column replaces bigint, -- the approved rule that ends (or gives way) when this one is approved
    add column state text not null default 'APPROVED' check (state in ('PROPOSED', 'APPROVED', 'REPLACED', 'REJECTED')),
    add column proposed_by text not null default 'seed:finance',
    add column proposed_at timestamptz not null default now(),
    add column approved_by text default 'seed:civil-affairs' check (approved_by <> proposed_by),
    add column approved_at timestamptz,
    add column version integer not null default 1,
    add column event_id bigint,
    add constraint rule_dates_of_months check (extract(day from lower(valid)) = 1
                                               and (upper(valid) is null or extract(day from upper(valid)) = 1)),
    add constraint rule_no_overlap exclude using gist (district with =, item_code with =, valid with &&)
        where (state = 'APPROVED'),
    add foreign key (district, basis_item, basis_tier) references programmes.tier (district, item_code, code),
    add foreign key (district, replaces) references programmes.rule (district, id),
    add constraint rule_term check ((kind = 'per_term') = (cycle = 'term')),
    add constraint rule_household check (kind <> 'household_topup' or (cycle in ('month', 'quarter', 'half', 'year')
                                                                       and tier_source = 'single' and accrual = 'each_month')),
    add constraint rule_basis check ((kind = 'percentage') = (basis_item is not null and basis_tier is not null)),
    add constraint rule_ages check (age_min < age_max),
    add constraint rule_procedure check (documents <@ array['application', 'consent', 'identity', 'household_book',
            'certificate', 'income', 'school', 'medical', 'other']
        and checks <@ array['identity', 'age', 'exclusions', 'certificate', 'school', 'income', 'household_visit']),
    add constraint rule_decided check (state in ('PROPOSED', 'REJECTED') or approved_by is not null);
alter table programmes.rule alter column state set default 'PROPOSED', alter column proposed_by drop default,
    alter column approved_by drop default;

alter table programmes.standard
    drop constraint standard_amount_per_check, drop constraint standard_state_check,
    alter column amount_fen drop not null,
    add column basis_points integer check (basis_points between 1 and 100000), -- of the basis standard: 13000 is 130 %
    add column replaces bigint,
    add constraint standard_amount_per check (amount_per in ('month', 'year', 'term', 'day', 'case', 'percent')),
    add constraint standard_amount check ((amount_per = 'percent') = (basis_points is not null)
                                          and (basis_points is null) <> (amount_fen is null)),
    add constraint standard_state check (state in ('PROPOSED', 'APPROVED', 'REPLACED', 'REJECTED')),
    add constraint standard_dates_of_months check (extract(day from lower(valid)) = 1
                                                   and (upper(valid) is null or extract(day from upper(valid)) = 1)),
    add foreign key (district, replaces) references programmes.standard (district, id);
do $$ -- (state = 'APPROVED') = (approved_by is not null) no longer holds: a replaced row keeps its approver
begin
    execute (select string_agg(format('alter table programmes.standard drop constraint %I', conname), ';')
               from pg_constraint where conrelid = 'programmes.standard'::regclass and contype = 'c'
                and pg_get_constraintdef(oid) like '%approved_by IS NOT NULL%');
end $$;
alter table programmes.standard add constraint standard_decided check (state in ('PROPOSED', 'REJECTED') or approved_by is not null);

-- Programmes that do not go together. item_code (of tier_code, when given) is what yields; the other is an item (of a tier)
-- or a benefit that others pay.
-- forbidden: nothing is due in a month in which the other runs. take_higher: due only when it is not less than the other.
-- top_up: due less the other.
create table programmes.exclusion (
    district integer not null,
    id bigint generated always as identity,
    item_code text not null,
    tier_code text,
    kind text not null check (kind in ('forbidden', 'take_higher', 'top_up')),
    other_item_code text,
    other_tier_code text,
    other_benefit text references programmes.benefit (code),
    valid daterange not null check (not isempty(valid)),
    source text not null check (char_length(source) between 1 and 500),
    confirmed boolean not null,
    state text not null check (state in ('PROPOSED', 'APPROVED', 'REJECTED')),
    proposed_by text not null,
    proposed_at timestamptz not null default now(),
    approved_by text check (approved_by <> proposed_by),
    approved_at timestamptz,
    version integer not null default 1,
    event_id bigint,
    primary key (district, id),
    foreign key (district, item_code) references programmes.item (district, code),
    foreign key (district, item_code, tier_code) references programmes.tier (district, item_code, code),
    foreign key (district, other_item_code) references programmes.item (district, code),
    foreign key (district, other_item_code, other_tier_code) references programmes.tier (district, item_code, code),
    check ((other_item_code is null) <> (other_benefit is null)),
    check (other_item_code is null or other_item_code <> item_code),
    check (other_tier_code is null or other_item_code is not null),
    check (state in ('PROPOSED', 'REJECTED') or approved_by is not null),
    exclude using gist (item_code with =, coalesce(tier_code, '') with =,
                        coalesce(other_item_code, other_benefit) with =, coalesce(other_tier_code, '') with =,
                        valid with &&, district with =) where (state = 'APPROVED')
);

-- How often an enrolment is reviewed (定期核查): months between reviews by class, A the steadiest.
create table programmes.review_class (
    district integer not null,
    item_code text not null,
    class text not null check (class in ('A', 'B', 'C')),
    months integer not null check (months between 1 and 60),
    source text not null,
    primary key (district, item_code, class),
    foreign key (district, item_code) references programmes.item (district, code)
);

-- Days that differ from the week: public holidays on weekdays, and weekends that are worked (调休). A year is known when
-- it has rows.
create table programmes.calendar_day (
    district integer not null,
    day date not null,
    kind text not null check (kind in ('holiday', 'workday')),
    source text not null,
    primary key (district, day)
);

do $$
declare
    name text;
begin
    foreach name in array array['exclusion', 'review_class', 'calendar_day'] loop
        execute format('alter table programmes.%I enable row level security', name);
        execute format('create policy %I on programmes.%I using (district = (select app.district()))',
                       name || '_of_district', name);
        execute format('grant select on programmes.%I to huimin_programmes, huimin_beneficiaries, huimin_payments,'
                       ' huimin_worker, huimin_audit, huimin_reconcile', name);
    end loop;
end
$$;
grant insert on programmes.rule, programmes.exclusion, programmes.tier to huimin_programmes;
grant update (state, approved_by, approved_at, version, event_id, valid) on programmes.rule, programmes.standard to huimin_programmes;
grant update (state, approved_by, approved_at, version, event_id, valid) on programmes.exclusion to huimin_programmes;
grant usage on all sequences in schema programmes to huimin_programmes;
