-- A small district as the first release left it, for test_upgrade.py: a catalogue of five items, a register of thirteen people
-- and a household, three months of payments with their files, the bank's answers, a statement and the ledger.
-- Business day of everything sent: 2020-07-01. Accounts have the numbers of their persons.
begin;
select set_config('app.district', '340103', true), set_config('app.actor', 'maker', true), set_config('app.service', 'tests', true) \g /dev/null
select audit.write_event('seed', 'seed', 'first-release', '{}') as event \gset
create function pg_temp.events(p_entity text, p_id bigint, p_version integer) returns bigint language sql as -- of each version; the last
$$ select max(audit.write_event('step', p_entity, p_id::text, '{}')) from generate_series(1, p_version) $$;

-- The catalogue
insert into programmes.division values (340103, 340103100, '大杨镇', 'Dayang Town', '镇');
insert into programmes.item (district, code, sort, programme_no, programme_zh, programme_en, item_zh, item_en, lead_unit_zh, kind, indicator_zh,
                             indicator_en, target_op, target, unit, per_person_payment, remittance_zh)
select 340103, code, sort, 8, '困难人员救助暨困难职工帮扶', 'Assistance to people in difficulty', zh, en, '区民政局', 'subsidy', '人数', 'people', '=', 100,
       'person', 'yes', remittance
  from (values ('rural-dibao', 170, '农村居民最低生活保障', 'Rural minimum living guarantee (dibao)', '低保金'),
               ('tekun', 180, '特困人员供养', 'Support for destitute people (tekun)', '特困供养金'),
               ('orphan', 190, '孤儿基本生活保障', 'Basic living of orphans and de facto unsupported children', '孤儿生活费'),
               ('disabled-living', 200, '困难残疾人生活补贴', 'Living subsidy for disabled people in difficulty', '生活补贴'),
               ('disabled-care', 210, '重度残疾人护理补贴', 'Care subsidy for severely disabled people', '护理补贴')) i (code, sort, zh, en, remittance);
insert into programmes.tier values
    (340103, 'rural-dibao', 'standard', '标准', 'Standard', null), (340103, 'tekun', 'self-care', '全自理', 'Self-care', null),
    (340103, 'tekun', 'half-care', '半护理', 'Half care', null), (340103, 'orphan', 'dispersed', '散居', 'Living in society', null),
    (340103, 'disabled-living', 'grade-1-2', '一、二级', 'Grades 1 and 2', '{1,2}'),
    (340103, 'disabled-living', 'grade-3-4', '三、四级', 'Grades 3 and 4', '{3,4}'),
    (340103, 'disabled-care', 'severe', '重度', 'Severe (grades 1 and 2)', '{1,2}');
insert into programmes.rule (district, id, item_code, valid, kind, cycle, tier_source, rounding, remainder, entry_basis, exit_basis, lookback_months,
                             source, confirmed) overriding system value
values (340103, 1, 'rural-dibao', '[2020-01-01,2021-01-01)', 'household_topup', 'month', 'single', 'floor_fen', 'last', 'month_after_approval',
        'event_month_paid', 12, '附件1第8项', false),
       (340103, 2, 'tekun', '[2020-01-01,2021-01-01)', 'fixed', 'month', 'enrolment', 'floor_fen', 'last', 'month_after_approval',
        'event_month_paid', 12, '附件1第8项', false),
       (340103, 3, 'orphan', '[2020-01-01,2021-01-01)', 'fixed', 'month', 'enrolment', 'floor_fen', 'last', 'month_after_approval',
        'event_month_paid', 12, '附件1第8项', false),
       (340103, 4, 'disabled-living', '[2020-01-01,2021-01-01)', 'fixed', 'quarter', 'disability_grade', 'floor_fen', 'last', 'application_month',
        'event_month_paid', 12, '附件1第8项', false),
       (340103, 5, 'disabled-care', '[2020-01-01,2021-01-01)', 'fixed', 'month', 'disability_grade', 'floor_fen', 'last', 'application_month',
        'event_month_paid', 12, '附件1第8项', true);
insert into programmes.standard (district, id, item_code, tier_code, amount_fen, amount_per, valid, source, confirmed, state, proposed_by, approved_by,
                                 event_id) overriding system value
values (340103, 1, 'rural-dibao', 'standard', 742000, 'year', '[2020-01-01,2021-01-01)', '附件1第8项', true, 'APPROVED', 'finance', 'civil', null),
       (340103, 2, 'orphan', 'dispersed', 126200, 'month', '[2020-01-01,2021-01-01)', '附件1第8项', true, 'APPROVED', 'finance', 'civil', null),
       (340103, 4, 'disabled-living', 'grade-1-2', 80000, 'year', '[2020-01-01,2021-01-01)', '附件1第8项', true, 'APPROVED', 'finance', 'civil', null),
       (340103, 5, 'disabled-living', 'grade-3-4', 40000, 'year', '[2020-01-01,2021-01-01)', '附件1第8项', true, 'APPROVED', 'finance', 'civil', null),
       (340103, 6, 'disabled-care', 'severe', 6000, 'month', '[2020-01-01,2021-01-01)', '附件1第8项', true, 'APPROVED', 'finance', 'civil', null),
       (340103, 7, 'disabled-care', 'severe', 7000, 'month', '[2021-01-01,)', '草案', true, 'PROPOSED', 'finance', null,
        pg_temp.events('standard', 7, 1));

-- The register. 1 always there, 2 from February, 3 died in January, 4 without a card, 5 moved in February, 6 refused once by the bank,
-- 7 and 8 living subsidy, 9 an orphan, 10 and 11 a household, 12 destitute, applied for care too late, 13 rejected
insert into beneficiaries.person (district, id, division, name, name_folded, sex, birth_date, id_number_sealed, id_number_index, id_number_masked, event_id)
select 340103, n, 340103100, '测试', '测试', 'female', case n when 9 then '2012-05-01'::date else '1960-05-01' end, 'x',
       sha256(convert_to('id ' || n, 'UTF8')), '3401**********0010', :event from generate_series(1, 13) n;
update beneficiaries.person set death_date = '2020-01-20', version = 2, event_id = pg_temp.events('person', 3, 1) where id = 3;
insert into beneficiaries.account (district, id, person_id, holder_person_id, kind, bank_number, number_sealed, number_index, number_masked, valid, event_id)
select 340103, n, n, n, 'card', '319361000013', 'x', sha256(convert_to('account ' || n, 'UTF8')), '6217**********0004', '[2019-01-01,)', :event
  from generate_series(1, 13) n where n <> 4;
insert into beneficiaries.certificate (district, id, person_id, number_sealed, number_index, number_masked, disability_type, disability_grade, valid, event_id)
select 340103, id, person, 'x', sha256(convert_to('certificate ' || person, 'UTF8')), '3401****************43', 4, grade, valid::daterange, :event
  from (values (1, 1, 1, '[2010-01-01,)'), (2, 2, 2, '[2010-01-01,)'), (3, 3, 1, '[2010-01-01,)'), (4, 4, 1, '[2010-01-01,)'),
               (5, 5, 1, '[2010-01-01,)'), (6, 6, 2, '[2010-01-01,)'), (7, 7, 2, '[2010-01-01,)'),
               (8, 8, 3, '[2010-01-01,2020-02-01)'), (9, 8, 2, '[2020-02-01,)')) c (id, person, grade, valid);
insert into beneficiaries.household (district, id, division, number, event_id) values (340103, 1, 340103100, 'H1', :event);
insert into beneficiaries.household_member (district, id, household_id, person_id, relation, valid, event_id)
values (340103, 1, 1, 10, '02', '[2019-01-01,)', :event), (340103, 2, 1, 11, '10', '[2019-01-01,)', :event);
insert into beneficiaries.household_income (district, id, household_id, per_head_year_fen, valid, event_id)
values (340103, 1, 1, 300000, '[2019-01-01,2020-02-01)', :event), (340103, 2, 1, 250000, '[2020-02-01,)', :event);
insert into ops.upload (district, id, bytes, chunks, sha256, actor) overriding system value
select 340103, n, 1, 1, sha256(convert_to('upload ' || n, 'UTF8')), 'clerk' from generate_series(1, 10) n;
insert into beneficiaries.import (district, id, kind, upload_id, sha256, state, actor, done_lines, total_lines, new_lines, event_id)
values (340103, 1, 'enrolments', 10, sha256('list'), 'DONE', 'clerk', 1, 1, 1, :event);
insert into beneficiaries.enrolment (district, id, person_id, division, item_code, tier_code, state, applied_on, starts_on, valid, applied_by, decided_by,
                                     decided_at, reject_cause, end_cause, ended_on, import_id, version, event_id)
select 340103, id, person, 340103100, item, tier, state, '2020-01-01', starts::date, valid::daterange, 'clerk', decided,
       case when decided is not null then '2020-01-02 09:00+08'::timestamptz end, reject, cause, ended::date, import, version, :event
  from (values (1, 1, 'disabled-care', null, 'APPROVED', '2020-01-01', '[2020-01-01,)', 'reviewer', null, null, null, null, 2),
               (2, 2, 'disabled-care', null, 'APPROVED', '2020-02-01', '[2020-02-01,)', 'reviewer', null, null, null, null, 2),
               (3, 3, 'disabled-care', null, 'APPROVED', '2020-01-01', '[2020-01-01,)', 'reviewer', null, null, null, null, 2),
               (4, 4, 'disabled-care', null, 'APPROVED', '2020-01-01', '[2020-01-01,)', 'reviewer', null, null, null, null, 2),
               (5, 5, 'disabled-care', null, 'ENDED', '2020-01-01', '[2020-01-01,2020-03-01)', 'reviewer', null, 'moved', '2020-02-10', null, 3),
               (6, 6, 'disabled-care', null, 'APPROVED', '2020-01-01', '[2020-01-01,)', 'reviewer', null, null, null, null, 2),
               (7, 7, 'disabled-living', null, 'APPROVED', '2020-01-01', '[2020-01-01,)', 'reviewer', null, null, null, null, 2),
               (8, 8, 'disabled-living', null, 'APPROVED', '2020-01-01', '[2020-01-01,)', 'reviewer', null, null, null, null, 2),
               (9, 9, 'orphan', 'dispersed', 'APPROVED', '2020-01-01', '[2020-01-01,)', 'reviewer', null, null, null, null, 2),
               (10, 10, 'rural-dibao', null, 'APPROVED', '2020-01-01', '[2020-01-01,)', 'reviewer', null, null, null, null, 2),
               (11, 11, 'rural-dibao', null, 'APPROVED', '2020-01-01', '[2020-01-01,)', 'reviewer', null, null, null, null, 2),
               (12, 12, 'tekun', 'self-care', 'APPROVED', '2020-01-01', '[2020-01-01,)', 'reviewer', null, null, null, null, 2),
               (13, 13, 'tekun', 'half-care', 'ENDED', '2020-05-01', 'empty', 'reviewer', null, 'voluntary', '2020-04-15', null, 3),
               (14, 13, 'disabled-care', null, 'REJECTED', null, null, 'reviewer', 'not_eligible', null, null, null, 2),
               (15, 12, 'disabled-care', null, 'APPLIED', null, null, null, null, null, null, 1, 1))
       e (id, person, item, tier, state, starts, valid, decided, reject, cause, ended, import, version);

-- Runs: care January to March, the March one made twice, and April waits for the checker; 5 and 9 pay again what the bank refused
insert into payments.agency values (340103, 'AHLY', '模拟代理银行', '0042', '9550880000000042', 'agency-pipe-8', pg_temp.events('agency', 1, 1));
insert into payments.run (district, id, kind, item_code, period, period_range, supplement, agency_code, state, maker, checker, releaser, held_lines,
                          overpaid_fen, version, event_id)
select 340103, id, kind, item, period, range::daterange, supplement, 'AHLY', state, 'maker', case when state = 'CLOSED' then 'checker' end,
       case when state = 'CLOSED' then 'releaser' end, held, overpaid, v, pg_temp.events('run', id, v)
  from (values (1, 'REGULAR', 'disabled-care', '2020-01', '[2020-01-01,2020-02-01)', 0, 'CLOSED', 1, 0, 5),
               (2, 'REGULAR', 'disabled-care', '2020-02', '[2020-02-01,2020-03-01)', 0, 'CLOSED', 2, 0, 5),
               (3, 'REGULAR', 'disabled-care', '2020-03', '[2020-03-01,2020-04-01)', 0, 'CANCELLED', 3, 6000, 3),
               (4, 'REGULAR', 'disabled-care', '2020-03', '[2020-03-01,2020-04-01)', 0, 'CLOSED', 3, 6000, 5),
               (5, 'REISSUE', 'disabled-care', '2020-02', '[2020-02-01,2020-03-01)', 0, 'CLOSED', 0, 0, 5),
               (6, 'REGULAR', 'disabled-care', '2020-04', '[2020-04-01,2020-05-01)', 0, 'DRAFT', 4, 6000, 2),
               (7, 'REGULAR', 'disabled-living', '2020-Q1', '[2020-01-01,2020-04-01)', 0, 'CLOSED', 0, 0, 5),
               (8, 'REGULAR', 'disabled-living', '2020-Q1', '[2020-01-01,2020-04-01)', 1, 'CLOSED', 0, 0, 5),
               (9, 'REISSUE', 'disabled-living', '2020-Q1', '[2020-01-01,2020-04-01)', 0, 'CLOSED', 0, 0, 5),
               (10, 'REGULAR', 'rural-dibao', '2020-02', '[2020-02-01,2020-03-01)', 0, 'CLOSED', 0, 0, 5),
               (11, 'REGULAR', 'rural-dibao', '2020-03', '[2020-03-01,2020-04-01)', 0, 'CLOSED', 0, 0, 5),
               (12, 'REGULAR', 'orphan', '2020-01', '[2020-01-01,2020-02-01)', 0, 'CLOSED', 0, 0, 5))
       r (id, kind, item, period, range, supplement, state, held, overpaid, v);

-- Payments. Facts as they were kept then: neither rule nor first month, households by the number of the month
create temporary table line (id bigint, run bigint, item text, unit bigint, person bigint, period text, part integer, fen bigint, tier text, facts jsonb,
                             state text, superseded boolean, reissue_of bigint) on commit drop;
insert into line
select id, run, 'disabled-care', person, person, period, 0, 6000, 'severe',
       jsonb_build_array(jsonb_build_object('enrolment', person, 'certificate', person, 'tier', 'severe', 'standard', 6, 'months', 1, 'amount_fen', 6000)),
       state, superseded, reissue_of
  from (values (1, 1, 1, '2020-01', 'PAID', false, null), (2, 1, 3, '2020-01', 'PAID', false, null), (3, 1, 5, '2020-01', 'PAID', false, null),
               (4, 1, 6, '2020-01', 'PAID', false, null), (5, 2, 1, '2020-02', 'PAID', false, null), (6, 2, 2, '2020-02', 'PAID', false, null),
               (7, 2, 3, '2020-02', 'PAID', false, null), (8, 2, 5, '2020-02', 'PAID', false, null), (9, 2, 6, '2020-02', 'REJECTED', true, null),
               (10, 3, 1, '2020-03', 'CANCELLED', false, null), (11, 3, 2, '2020-03', 'CANCELLED', false, null),
               (12, 4, 1, '2020-03', 'PAID', false, null), (13, 4, 2, '2020-03', 'PAID', false, null), (14, 4, 6, '2020-03', 'PAID', false, null),
               (15, 5, 6, '2020-02', 'PAID', false, 9), (16, 6, 1, '2020-04', 'CREATED', false, null), (17, 6, 2, '2020-04', 'CREATED', false, null),
               (18, 6, 6, '2020-04', 'CREATED', false, null)) c (id, run, person, period, state, superseded, reissue_of);
insert into line values
    (19, 7, 'disabled-living', 7, 7, '2020-Q1', 0, 20000, 'grade-1-2',
     '[{"tier": "grade-1-2", "months": 3, "standard": 4, "enrolment": 7, "amount_fen": 20000, "certificate": 7}]', 'PAID', false, null),
    (20, 7, 'disabled-living', 8, 8, '2020-Q1', 0, 10000, 'grade-3-4',
     '[{"tier": "grade-3-4", "months": 3, "standard": 5, "enrolment": 8, "amount_fen": 10000, "certificate": 8}]', 'PAID', false, null),
    (21, 8, 'disabled-living', 8, 8, '2020-Q1', 1, 6666, 'grade-1-2',
     '[{"tier": "grade-1-2", "months": 2, "standard": 4, "enrolment": 8, "amount_fen": 13333, "certificate": 9},
       {"tier": "grade-3-4", "months": 1, "standard": 5, "enrolment": 8, "amount_fen": 3333, "certificate": 8}]', 'REJECTED', true, null),
    (23, 10, 'rural-dibao', 1, 10, '2020-02', 0, 73666, 'standard',
     '[{"month": 2, "income": 1, "people": 2, "standard": 1, "household": 1, "amount_fen": 73666}]', 'PAID', false, null),
    (24, 11, 'rural-dibao', 1, 10, '2020-02', 1, 8334, 'standard',
     '[{"month": 2, "income": 2, "people": 2, "standard": 1, "household": 1, "amount_fen": 82000}]', 'PAID', false, null),
    (25, 11, 'rural-dibao', 1, 10, '2020-03', 0, 82000, 'standard',
     '[{"month": 3, "income": 2, "people": 2, "standard": 1, "household": 1, "amount_fen": 82000}]', 'PAID', false, null),
    (26, 12, 'orphan', 9, 9, '2020-01', 0, 126200, 'dispersed',
     '[{"tier": "dispersed", "months": 1, "standard": 2, "enrolment": 9, "amount_fen": 126200}]', 'PAID', false, null);
insert into line select 22, 9, item, unit, person, period, part, fen, tier, facts, 'PAID', false, 21 from line where id = 21;

-- One file, one result and one line of the statement for each run that was released
insert into payments.file (district, id, run_id, agency_code, business_date, sequence, name, bytes, chunks, sha256, lines, amount_fen, state, sent_at,
                           answered_at, version, event_id)
select 340103, n, id, 'AHLY', '2020-07-01', n, format('HM_AHLY_20200701_%s_%s.txt', lpad(n::text, 4, '0'), left(encode(sha, 'hex'), 8)), 1, 1, sha, lines, fen,
       'RECONCILED', now(), now(), 5, pg_temp.events('file', n, 5)
  from (select r.id, row_number() over (order by r.id) as n, sha256(convert_to('file ' || r.id, 'UTF8')) as sha, count(*) as lines, sum(l.fen) as fen
          from payments.run r join line l on l.run = r.id where r.state = 'CLOSED' group by r.id) f;
insert into payments.file_chunk select 340103, id, 0, 'x' from payments.file;
insert into payments.bank_day values (340103, 'AHLY', '2020-07-01', (select max(sequence) from payments.file));
insert into payments.payment (district, id, run_id, item_code, unit_id, person_id, period, part, amount_fen, people, division, tier_code, facts, account_id,
                              account_index, payee_person_id, payee_name, reissue_of, state, live, superseded, version, file_id, file_line, occurrence, reason)
select 340103, l.id, l.run, l.item, l.unit, l.person, l.period, l.part, l.fen, case l.item when 'rural-dibao' then 2 else 1 end, 340103100, l.tier, l.facts,
       a.id, a.number_index, l.person, '测试', l.reissue_of, l.state, l.state not in ('REJECTED', 'CANCELLED'), l.superseded,
       case l.state when 'CREATED' then 1 when 'CANCELLED' then 2 else 5 end, f.id,
       case when f.id is not null then row_number() over (partition by l.run order by l.id) end,
       case when f.id is not null then row_number() over (partition by f.id is null, a.id order by l.id) end, case l.state when 'REJECTED' then 'CLOSED' end
  from line l join beneficiaries.account a on a.id = l.person left join payments.file f on f.run_id = l.run
 order by l.reissue_of is not null, l.id;
insert into payments.inbound (district, id, upload_id, name, sha256, kind, state, file_id, business_date, lines, amount_fen, actor, applied_at, version, event_id)
select 340103, id, least(id, 9), 'result ' || id, sha256(convert_to('result ' || id, 'UTF8')), 'RESULT', 'APPLIED', id, '2020-07-01', lines, amount_fen, 'bank',
       now(), 2, pg_temp.events('inbound', id, 2) from payments.file;
insert into payments.inbound_line
select 340103, p.file_id, p.file_line, p.id, p.amount_fen, p.account_index, case p.state when 'PAID' then 'S' else 'F' end, '', p.reason, p.state
  from payments.payment p where p.file_id is not null;
insert into payments.payment_history (district, payment_id, seq, from_state, to_state, actor, inbound_id)
select 340103, p.id, s.seq, coalesce(lag(s.state) over (partition by p.id order by s.seq), 'NONE'), s.state, 'maker',
       case when s.seq = 5 then p.file_id end
  from payments.payment p
 cross join lateral unnest(case when p.version < 5 then array['CREATED', 'CANCELLED'] else array['CREATED', 'APPROVED', 'FILED', 'SENT', p.state] end)
       with ordinality s (state, seq) where s.seq <= p.version;
update payments.run r set lines = s.lines, people = s.people, amount_fen = s.fen, manifest = s.manifest
  from (select run_id, count(*) as lines, sum(people) as people, sum(amount_fen) as fen,
               sha256(convert_to(string_agg(format(E'%s|%s|%s|%s|%s|%s\n', id, person_id, period, part, amount_fen, account_id), '' order by id), 'UTF8')) as manifest
          from payments.payment group by run_id) s where s.run_id = r.id;
insert into payments.held_line (district, run_id, person_id, period, amount_fen, division, reason)
select 340103, r.id, 4, to_char(m, 'YYYY-MM'), 6000, 340103100, 'no_account'
  from payments.run r, generate_series('2020-01-01'::timestamp, lower(r.period_range), interval '1 month') m
 where r.item_code = 'disabled-care' and r.kind = 'REGULAR';
insert into payments.overpayment values (340103, 1, 'disabled-care', 3, 3, '2020-02', 6000, 6);

-- The ledger, the statement and a closed day
create temporary table moved on commit drop as
select row_number() over (order by n, run_id) as id, * from (
    select 1 as n, null::bigint as run_id, i.code as item, 'appropriated' as debit, 'budget' as credit, 1000000 as fen, 'appropriation' as cause
      from programmes.item i where i.code <> 'tekun'
    union all select 2, id, item_code, 'budget', 'transit', amount_fen, 'release' from payments.run where state = 'CLOSED'
    union all select 3, run_id, item_code, 'transit', case state when 'PAID' then 'paid' else 'budget' end, sum(amount_fen), lower(state)
                from payments.payment where file_id is not null group by run_id, item_code, state) m;
insert into payments.account (district, item_code, source, kind, balance_fen)
select 340103, m.item, 'district', k.kind, sum(case k.kind when m.credit then m.fen else -m.fen end)
  from moved m cross join lateral (values (m.debit), (m.credit)) k (kind) group by m.item, k.kind;
insert into payments.transfer (district, id, item_code, source, debit, credit, amount_fen, run_id, cause, reference, actor)
select 340103, id, item, 'district', debit, credit, fen, run_id, cause, coalesce('run ' || run_id, 'doc 1'), 'maker' from moved;
insert into payments.inbound (district, id, upload_id, name, sha256, kind, state, business_date, lines, actor, applied_at, version, event_id)
select 340103, 100, 9, 'statement', sha256('statement'), 'STATEMENT', 'APPLIED', '2020-07-01', count(*), 'bank', now(), 2, pg_temp.events('inbound', 100, 2)
  from moved where cause = 'paid';
insert into payments.statement
select 340103, 1, 'AHLY', 1, '2020-07-01', 1000000000, 1000000000 - sum(fen), count(*), 100 from moved where cause = 'paid';
insert into payments.statement_entry (district, statement_id, entry_no, direction, amount_fen, bank_reference, our_reference, file_id, outcome)
select 340103, 1, row_number() over (order by f.id), 'D', m.fen, 'B1-' || f.id, f.name, f.id, 'file'
  from moved m join payments.file f on f.run_id = m.run_id where m.cause = 'paid';
insert into payments.reconciliation (district, business_date, id, closed, approved_fen, paid_fen, returned_fen, rejected_fen, open_fen, statement_debits_fen,
                                     statement_credits_fen, difference_fen, breaks_open, violations, event_id)
select 340103, '2020-07-01', 1, true, sum(fen) filter (where cause = 'release'), sum(fen) filter (where cause = 'paid'), 0,
       sum(fen) filter (where cause = 'rejected'), 0, sum(fen) filter (where cause = 'paid'), 0, 0, 0, 0, pg_temp.events('reconciliation', 1, 1) from moved;
insert into payments.break (district, class, key, severity, amount_fen, state, opened_on, closed_at, closed_by, evidence, version, event_id)
values (340103, 'statement_gap', 'statement 1', 'normal', 0, 'CLOSED', '2020-07-01', now(), 'finance', 'letter 1', 1, pg_temp.events('break', 1, 1));

-- What services share
insert into ops.job (district, kind, subject_id, state, actor, request_id) values (340103, 'run_generate', 1, 'DONE', 'maker', 'request-1'),
                                                                                  (340103, 'import_enrolments', 1, 'DONE', 'clerk', 'request-2');
insert into ops.idempotency_key (district, actor, key, operation, fingerprint, status, body)
values (340103, 'maker', 'first-release-1', 'createRun', sha256('x'), 202, '{}');

-- Numbers go on after those given here
select setval(pg_get_serial_sequence(format('%I.%I', table_schema, table_name), 'id'), 1000)
  from information_schema.columns
 where column_name = 'id' and is_identity = 'YES' and table_schema in ('programmes', 'beneficiaries', 'payments', 'ops') \g /dev/null
commit;
