-- The life of an enrolment: application, review by the street, public notice, approval by the lead unit, and what changes
-- it afterwards. Every step is a row of enrolment_step; what may follow what is enrolment_transition.
-- The guards: sql/functions/beneficiaries_10_enrolment.sql.

-- What may be done in which state: steps that change it, and steps that do not (from_state = to_state).
create table beneficiaries.enrolment_transition (
    from_state text not null,
    to_state text not null,
    step text not null,
    primary key (from_state, to_state, step)
);
insert into beneficiaries.enrolment_transition values
    ('NONE', 'APPLIED', 'applied'),
    ('APPLIED', 'REVIEWED', 'reviewed'),
    ('APPLIED', 'NOTICED', 'noticed'), ('REVIEWED', 'NOTICED', 'noticed'),
    ('APPLIED', 'APPROVED', 'approved'), ('REVIEWED', 'APPROVED', 'approved'), ('NOTICED', 'APPROVED', 'approved'),
    ('APPLIED', 'APPROVED', 'taken_over'), ('REVIEWED', 'APPROVED', 'taken_over'), ('NOTICED', 'APPROVED', 'taken_over'),
    ('APPLIED', 'REJECTED', 'rejected'), ('REVIEWED', 'REJECTED', 'rejected'), ('NOTICED', 'REJECTED', 'rejected'),
    ('RETURNED', 'REJECTED', 'rejected'),
    ('APPLIED', 'RETURNED', 'returned'), ('REVIEWED', 'RETURNED', 'returned'), ('NOTICED', 'RETURNED', 'returned'),
    ('APPROVED', 'RETURNED', 'returned'), -- approved by mistake: nothing of it was ever due
    ('RETURNED', 'APPLIED', 'submitted'),
    ('APPROVED', 'ENDED', 'ended'), ('ENDED', 'APPROVED', 'reopened'),
    -- Cases that were there before the procedure: written by a migration, never by a service.
    ('NONE', 'APPROVED', 'taken_over'), ('NONE', 'REJECTED', 'taken_over'), ('NONE', 'ENDED', 'taken_over');
insert into beneficiaries.enrolment_transition
select s, s, t.step from (values
    ('document', array['APPLIED', 'REVIEWED', 'NOTICED', 'RETURNED', 'APPROVED']),
    ('visited', array['APPLIED', 'REVIEWED', 'NOTICED', 'RETURNED', 'APPROVED']),
    ('checked', array['APPLIED', 'REVIEWED', 'NOTICED', 'RETURNED', 'APPROVED']),
    ('objected', array['NOTICED']), ('objection_decided', array['NOTICED', 'APPLIED', 'RETURNED', 'REJECTED', 'REVIEWED']),
    ('heard', array['APPROVED']), ('periodic_review', array['APPROVED']),
    ('suspended', array['APPROVED']), ('suspension_ended', array['APPROVED', 'ENDED']),
    ('suspension_withdrawn', array['APPROVED', 'ENDED']),
    ('change_proposed', array['APPROVED', 'ENDED']), ('change_rejected', array['APPROVED', 'ENDED', 'RETURNED']),
    ('tier_changed', array['APPROVED']),
    ('moved', array['APPLIED', 'REVIEWED', 'NOTICED', 'RETURNED', 'APPROVED'])) t(step, states), unnest(t.states) s;
grant select on beneficiaries.enrolment_transition to huimin_beneficiaries, huimin_worker, huimin_audit;

do $$ -- rules of the four states of 0005 that change
begin
    execute (select string_agg(format('alter table beneficiaries.enrolment drop constraint %I', conname), ';')
               from pg_constraint where conrelid = 'beneficiaries.enrolment'::regclass and contype = 'c'
                and (conname = 'enrolment_state_check'
                     or pg_get_constraintdef(oid) like 'CHECK (((state = ''APPLIED''::text) = %'
                     or pg_get_constraintdef(oid) like 'CHECK (((state = ANY (ARRAY[''APPLIED''::text, ''REJECTED''::text])) OR %'));
end $$;
drop index beneficiaries.enrolment_one_open;
alter table beneficiaries.enrolment
    add column consent_on date,       -- when the applicant signed that data may be checked with others
    add column visited_on date,       -- visit to the household before the decision
    add column visitors integer check (visitors between 2 and 9),
    add column reviewed_by text,
    add column reviewed_at timestamptz,
    add column notice_id bigint,      -- the last public notice
    add column return_cause text check (return_cause in ('documents', 'checks', 'facts', 'objection', 'mistake', 'other')),
    add column reopen_cause text check (reopen_cause in ('wrong_person', 'wrong_date', 'wrong_cause', 'appeal', 'other')),
    add column evidence text,         -- number of the document behind the last return, end or reopening
    add column notice_ends_on date,   -- exit basis end_of_notice: last day of the notice of the end
    add column grace_months integer not null default 0 check (grace_months between 0 and 24), -- 渐退期
    add column review_class text check (review_class in ('A', 'B', 'C')),
    add column review_due_on date,    -- NULL: never reviewed, and no class known
    add constraint enrolment_state check (state in ('APPLIED', 'REVIEWED', 'NOTICED', 'RETURNED', 'APPROVED', 'REJECTED', 'ENDED')),
    add constraint enrolment_decided check ((state in ('APPROVED', 'REJECTED', 'ENDED')) = (decided_by is not null)),
    add constraint enrolment_started check (state not in ('APPROVED', 'ENDED') or starts_on is not null),
    add constraint enrolment_returned check ((state = 'RETURNED') = (return_cause is not null)),
    add constraint enrolment_reviewed check (state <> 'REVIEWED' or reviewed_by is not null),
    add constraint enrolment_noticed check (state <> 'NOTICED' or notice_id is not null),
    add constraint enrolment_three_people check (reviewed_by <> applied_by and reviewed_by <> decided_by),
    add constraint enrolment_visit check ((visited_on is null) = (visitors is null)),
    add constraint enrolment_ends_after_start check (ended_on >= starts_on or isempty(valid)),
    add constraint enrolment_evidence check (char_length(evidence) between 1 and 64 and evidence !~ '[0-9]{15}');
create unique index enrolment_one_open on beneficiaries.enrolment (district, person_id, item_code)
    where state in ('APPLIED', 'REVIEWED', 'NOTICED', 'RETURNED');
create index enrolment_by_review on beneficiaries.enrolment (district, review_due_on) where state = 'APPROVED';

create table beneficiaries.enrolment_step (
    district integer not null,
    enrolment_id bigint not null,
    seq integer not null check (seq > 0), -- version of the enrolment that the step made
    step text not null,
    from_state text not null,
    to_state text not null,
    actor text not null,
    at timestamptz not null default now(),
    cause text,
    evidence text check (char_length(evidence) between 1 and 64 and evidence !~ '[0-9]{15}'),
    effective_on date,
    valid_before daterange, -- of steps that change the months: what they were, for a reopening
    data jsonb,             -- codes and counts, no personal data
    event_id bigint not null, -- as in the enrolment, which refers to audit.event: lists make many steps at once
    primary key (district, enrolment_id, seq),
    foreign key (from_state, to_state, step) references beneficiaries.enrolment_transition,
    foreign key (district, enrolment_id) references beneficiaries.enrolment (district, id)
);
insert into beneficiaries.enrolment_step (district, enrolment_id, seq, step, from_state, to_state, actor, at, cause, effective_on,
                                          event_id)
select district, id, version, case state when 'APPLIED' then 'applied' else 'taken_over' end, 'NONE', state,
       coalesce(decided_by, applied_by), coalesce(decided_at, created_at), coalesce(reject_cause, end_cause),
       coalesce(ended_on, starts_on, applied_on), event_id
  from beneficiaries.enrolment;

-- Documents of an application. The file lies sealed in ops.upload.
create table beneficiaries.enrolment_document (
    district integer not null,
    id bigint generated by default as identity,
    enrolment_id bigint not null,
    kind text not null check (kind in ('application', 'consent', 'identity', 'household_book', 'certificate', 'income', 'school',
                                       'medical', 'other')),
    media_type text not null check (media_type in ('application/pdf', 'image/jpeg', 'image/png')),
    upload_id bigint not null,
    sha256 bytea not null check (octet_length(sha256) = 32),
    bytes bigint not null check (bytes > 0),
    kept_by text not null,
    created_at timestamptz not null default now(),
    event_id bigint not null,
    primary key (district, id),
    foreign key (district, enrolment_id) references beneficiaries.enrolment (district, id),
    foreign key (district, upload_id) references ops.upload (district, id),
    foreign key (district, event_id) references audit.event (district, id)
);
create unique index enrolment_document_once on beneficiaries.enrolment_document (district, enrolment_id, kind, sha256);

-- Public notice (公示) of applications of one item and division. ends_on: the last day on which it hangs.
create table beneficiaries.notice (
    district integer not null,
    id bigint generated by default as identity,
    item_code text not null,
    division integer not null,
    published_on date not null,
    days integer not null check (days between 1 and 60),
    day_kind text not null check (day_kind in ('calendar', 'working')),
    ends_on date not null,
    place text not null check (char_length(place) between 1 and 100 and place !~ '[0-9]{11}'),
    published_by text not null,
    created_at timestamptz not null default now(),
    version integer not null default 1,
    event_id bigint not null,
    primary key (district, id),
    check (ends_on > published_on),
    foreign key (district, item_code) references programmes.item (district, code),
    foreign key (district, division) references programmes.division (district, code),
    foreign key (district, event_id) references audit.event (district, id)
);
create table beneficiaries.notice_enrolment (
    district integer not null,
    notice_id bigint not null,
    enrolment_id bigint not null,
    primary key (district, notice_id, enrolment_id),
    foreign key (district, notice_id) references beneficiaries.notice (district, id),
    foreign key (district, enrolment_id) references beneficiaries.enrolment (district, id)
);
alter table beneficiaries.enrolment add foreign key (district, notice_id) references beneficiaries.notice (district, id);

-- What somebody says against an application on notice. The text is sealed: it is about people.
create table beneficiaries.objection (
    district integer not null,
    id bigint generated by default as identity,
    notice_id bigint not null,
    enrolment_id bigint not null,
    channel text not null check (channel in ('visit', 'phone', 'letter', 'online', 'other')),
    text_sealed bytea not null,
    received_by text not null,
    received_at timestamptz not null default now(),
    state text not null default 'OPEN' check (state in ('OPEN', 'UPHELD', 'DISMISSED')),
    decided_by text check (decided_by <> received_by),
    decided_at timestamptz,
    evidence text check (char_length(evidence) between 1 and 64 and evidence !~ '[0-9]{15}'),
    version integer not null default 1,
    event_id bigint not null,
    primary key (district, id),
    check ((state = 'OPEN') = (decided_by is null) and (decided_by is null) = (decided_at is null)),
    foreign key (district, notice_id, enrolment_id) references beneficiaries.notice_enrolment (district, notice_id, enrolment_id),
    foreign key (district, event_id) references audit.event (district, id)
);
create index objection_by_notice on beneficiaries.objection (district, notice_id);
create index objection_by_enrolment on beneficiaries.objection (district, enrolment_id);

-- Hearing of the recipient and written notice before a reduction or an end (社会救助法, article 48). seq: its step; one
-- hearing serves one reduction.
create table beneficiaries.hearing (
    district integer not null,
    id bigint generated by default as identity,
    enrolment_id bigint not null,
    seq integer not null,
    heard_on date not null,
    written_notice_on date not null check (written_notice_on >= heard_on),
    reason text not null check (reason in ('income', 'age', 'moved', 'certificate', 'prison', 'school', 'assessment', 'boarding',
                                           'institution', 'missing', 'review', 'account', 'other')),
    evidence text check (char_length(evidence) between 1 and 64 and evidence !~ '[0-9]{15}'),
    event_id bigint not null,
    created_at timestamptz not null default now(),
    primary key (district, id),
    foreign key (district, enrolment_id, seq) references beneficiaries.enrolment_step (district, enrolment_id, seq),
    foreign key (district, event_id) references audit.event (district, id)
);
create index hearing_by_enrolment on beneficiaries.hearing (district, enrolment_id);

-- Periodic reviews (定期核查).
create table beneficiaries.enrolment_review (
    district integer not null,
    id bigint generated by default as identity,
    enrolment_id bigint not null,
    class text not null check (class in ('A', 'B', 'C')),
    outcome text not null check (outcome in ('unchanged', 'changed', 'ended')),
    reviewed_on date not null,
    next_due_on date not null,
    reviewed_by text not null,
    event_id bigint not null,
    created_at timestamptz not null default now(),
    primary key (district, id),
    foreign key (district, enrolment_id) references beneficiaries.enrolment (district, id),
    foreign key (district, event_id) references audit.event (district, id)
);
create index enrolment_review_by_enrolment on beneficiaries.enrolment_review (district, enrolment_id);

-- What one person proposes and another decides: another tier from a month on, or that an end was wrong.
create table beneficiaries.enrolment_change (
    district integer not null,
    id bigint generated by default as identity,
    enrolment_id bigint not null,
    kind text not null check (kind in ('tier', 'reopening')),
    item_code text not null,
    tier_code text,
    from_on date check (extract(day from from_on) = 1),
    cause text not null check (case kind
        when 'tier' then cause in ('assessment', 'boarding', 'school', 'institution', 'income', 'other')
        else cause in ('wrong_person', 'wrong_date', 'wrong_cause', 'appeal', 'other') end),
    evidence text not null check (char_length(evidence) between 1 and 64 and evidence !~ '[0-9]{15}'),
    state text not null default 'PROPOSED' check (state in ('PROPOSED', 'APPROVED', 'REJECTED')),
    proposed_by text not null,
    proposed_at timestamptz not null default now(),
    decided_by text check (decided_by <> proposed_by),
    decided_at timestamptz,
    version integer not null default 1,
    event_id bigint not null,
    primary key (district, id),
    check ((kind = 'tier') = (tier_code is not null and from_on is not null)),
    check ((state = 'PROPOSED') = (decided_by is null) and (decided_by is null) = (decided_at is null)),
    foreign key (district, enrolment_id) references beneficiaries.enrolment (district, id),
    foreign key (district, item_code, tier_code) references programmes.tier (district, item_code, code),
    foreign key (district, event_id) references audit.event (district, id)
);
create unique index enrolment_change_one_open on beneficiaries.enrolment_change (district, enrolment_id, kind)
    where state = 'PROPOSED';

do $$
declare
    name text;
begin
    foreach name in array array['enrolment_step', 'enrolment_document', 'hearing', 'enrolment_review', 'enrolment_change',
                                'notice_enrolment', 'objection'] loop
        execute format('alter table beneficiaries.%I enable row level security', name);
        execute format('create policy %I on beneficiaries.%I using (district = (select app.district()) and exists'
                       ' (select from beneficiaries.enrolment n where n.district = %I.district and n.id = enrolment_id))',
                       name || '_of_scope', name, name);
        execute format('grant select on beneficiaries.%I to huimin_beneficiaries, huimin_worker', name);
    end loop;
    foreach name in array array['enrolment_document', 'hearing', 'enrolment_review', 'enrolment_change', 'notice_enrolment',
                                'objection'] loop
        execute format('grant insert on beneficiaries.%I to huimin_beneficiaries', name);
    end loop;
    -- Rows that come with a step are written with it: in its transaction.
    foreach name in array array['enrolment_document', 'hearing', 'enrolment_review'] loop
        execute format('create policy %I on beneficiaries.%I as restrictive for insert with check (exists'
                       ' (select from beneficiaries.enrolment_step s where s.district = %I.district'
                       ' and s.enrolment_id = %I.enrolment_id and s.event_id = %I.event_id and s.at = now()))',
                       name || '_is_a_step', name, name, name, name);
    end loop;
end
$$;
alter table beneficiaries.notice enable row level security;
create policy notice_of_scope on beneficiaries.notice using (district = (select app.district())
    and ((select app.divisions()) is null or division = any ((select app.divisions())::integer[]))
    and ((select app.programmes()) is null or item_code = any ((select app.programmes())::text[])));
grant select, insert on beneficiaries.notice to huimin_beneficiaries;
grant select on beneficiaries.notice to huimin_worker;
-- A service begins an enrolment as an application; what else is there at once was there before (migrations).
create policy enrolment_begins_applied on beneficiaries.enrolment as restrictive for insert with check (state = 'APPLIED');
grant update (state, decided_by, decided_at, evidence, version, event_id) on beneficiaries.objection to huimin_beneficiaries;
grant update (state, decided_by, decided_at, version, event_id) on beneficiaries.enrolment_change to huimin_beneficiaries;
grant update (tier_code, applied_on, applied_by, consent_on, reviewed_by, reviewed_at, notice_id, return_cause, reopen_cause,
              evidence, notice_ends_on, grace_months, review_class, review_due_on)
    on beneficiaries.enrolment to huimin_beneficiaries, huimin_worker;
-- Suspensions and changes of the tier are steps: only through the functions that check and record them.
revoke insert, update on beneficiaries.suspension, beneficiaries.tier_change from huimin_beneficiaries, huimin_worker;
revoke update (valid) on beneficiaries.suspension, beneficiaries.tier_change from huimin_beneficiaries, huimin_worker;
grant usage on all sequences in schema beneficiaries to huimin_beneficiaries, huimin_worker;
