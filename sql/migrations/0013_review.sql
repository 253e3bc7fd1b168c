-- What a review of the first releases found, by schema. The functions that go with it: sql/functions.

-- beneficiaries ---------------------------------------------------------------------------------------------------------

-- The statement of somebody who ends a benefit on the own wish.
alter table beneficiaries.enrolment_document drop constraint enrolment_document_kind_check,
    add constraint enrolment_document_kind check (kind in ('application', 'consent', 'identity', 'household_book', 'certificate',
                                                           'income', 'school', 'medical', 'voluntary_statement', 'other'));

-- A fact that lowers what is due is a step of the enrolment: it uses up a hearing.
insert into beneficiaries.enrolment_transition values ('APPROVED', 'APPROVED', 'reduced');

-- A proposal falls (WITHDRAWN) when the enrolment is returned: nobody decides it.
alter table beneficiaries.enrolment_change drop constraint enrolment_change_state_check, drop constraint enrolment_change_check3,
    add constraint enrolment_change_state check (state in ('PROPOSED', 'APPROVED', 'REJECTED', 'WITHDRAWN')),
    add constraint enrolment_change_decided check ((state in ('PROPOSED', 'WITHDRAWN')) = (decided_by is null)
                                                   and (decided_by is null) = (decided_at is null));
-- Who proposes is who acts, and a decision is change_decide()'s alone.
create policy enrolment_change_begins_proposed on beneficiaries.enrolment_change as restrictive for insert
    with check (state = 'PROPOSED' and proposed_by = (select app.actor()));
revoke update (state, decided_by, decided_at, version, event_id) on beneficiaries.enrolment_change from huimin_beneficiaries;

-- An application is the one's who acts; one of an import is made while the import of its kind runs, for who brought it.
create policy enrolment_begins_own on beneficiaries.enrolment as restrictive for insert with check (
    applied_by = (select app.actor())
    and (import_id is null or exists (select from beneficiaries.import i
                                       where i.district = enrolment.district and i.id = import_id and i.kind = 'enrolments'
                                         and i.state = 'RUNNING' and i.actor = applied_by)));

-- ---- payments

-- What is still due of a unit and period when payments failed and less is due now: a run pays it and takes their place.
-- settled_before_fen is negative when a person gave back what then failed at the bank after all.
alter table payments.payment
    add column replaced_by_run bigint, -- the run whose line took the place of this failed payment
    add foreign key (district, replaced_by_run) references payments.run (district, id),
    add check (replaced_by_run is null or state in ('REJECTED', 'RETURNED')),
    drop constraint payment_settled_before_fen_check;
create index payment_replaced on payments.payment (district, replaced_by_run) where replaced_by_run is not null;

alter table payments.held_line drop constraint held_line_reason,
    add constraint held_line_reason check (reason in ('no_account', 'holder_dead', 'no_certificate', 'no_household', 'no_head', 'no_income',
                                                      'no_standard', 'no_tier', 'paid_in_other_household', 'bank_evidence_awaited'));

-- programmes ------------------------------------------------------------------------------------------------------------

-- Tiers are proposed by one person and approved by another; only approved ones are computed with. Those of before were the
-- catalogue's or one person's.
alter table programmes.tier
    add column state text not null default 'APPROVED' check (state in ('PROPOSED', 'APPROVED', 'REJECTED')),
    add column proposed_by text not null default 'seed:finance',
    add column proposed_at timestamptz not null default now(),
    add column approved_by text default 'seed:civil-affairs' check (approved_by <> proposed_by),
    add column approved_at timestamptz, -- NULL: there before there were approvals
    add column version integer not null default 1,
    add column event_id bigint,
    add constraint tier_decided check (state in ('PROPOSED', 'REJECTED') or approved_by is not null);
update programmes.tier t set proposed_by = e.actor, proposed_at = e.at, approved_by = 'migration:0013', event_id = e.id
  from audit.event e
 where e.district = t.district and e.entity = 'tier' and e.entity_id = t.item_code || '/' || t.code and e.seq = 1;
alter table programmes.tier alter column state set default 'PROPOSED', alter column proposed_by drop default,
    alter column approved_by drop default;
-- Who computes or registers with tiers sees the approved ones only.
create policy tier_approved on programmes.tier as restrictive for select
    to huimin_beneficiaries, huimin_payments, huimin_worker, huimin_reconcile using (state = 'APPROVED');

-- The end of an approved exclusion is proposed and approved, too. end_to: the first day that would no longer be covered; the
-- row's own first day withdraws it as a whole. While it waits, it has no end_approved_by.
alter table programmes.exclusion
    drop constraint exclusion_state_check,
    add constraint exclusion_state check (state in ('PROPOSED', 'APPROVED', 'REJECTED', 'WITHDRAWN')),
    add column end_to date check (extract(day from end_to) = 1),
    add column end_source text check (char_length(end_source) between 1 and 500),
    add column end_proposed_by text,
    add column end_proposed_at timestamptz,
    add column end_approved_by text check (end_approved_by <> end_proposed_by),
    add column end_approved_at timestamptz,
    add constraint exclusion_end_proposed check (num_nulls(end_to, end_source, end_proposed_by, end_proposed_at) in (0, 4)),
    add constraint exclusion_end_approved check (num_nulls(end_approved_by, end_approved_at) in (0, 2)
                                                 and (end_approved_by is null or end_proposed_by is not null)),
    add constraint exclusion_withdrawn check (state <> 'WITHDRAWN' or (end_approved_by is not null and end_to = lower(valid)));

-- No service moves the time of a row by itself: the functions of programmes_10_rules.sql and programmes_15_people.sql do.
revoke update (valid) on programmes.rule, programmes.standard, programmes.exclusion from huimin_programmes;
