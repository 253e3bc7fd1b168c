"""What one person with a service's own role may not do, whatever SQL it sends; and the first release's cases among the work lists."""
import pytest

from stack.bootstrap import DISTRICT
from stack.cluster import SUPERUSER

ROLE = "huimin_beneficiaries"
ITEM = "disabled-care"
SERVICE_ROLES = ("huimin_beneficiaries", "huimin_programmes", "huimin_payments", "huimin_worker", "huimin_reconcile")
APPROVE = "state = 'APPROVED', decided_by = app.actor(), decided_at = now()"
END = "state = 'ENDED', end_cause = 'other', ended_on = '2020-06-30', evidence = '1'"


@pytest.fixture
def open_rules(bare):
    """A district whose items demand nothing."""
    bare.database.psql("set session_replication_role = replica; update programmes.rule set review_required = false, notice_days = 0,"
                       " hearing_required = false, documents = '{}', checks = '{}'", SUPERUSER)
    return bare


def insert(person, actor="clerk", **more):
    """An application as the service writes it."""
    names = "".join(f", {name}" for name in more)
    values = "".join(f", {value}" for value in more.values())
    return (f"insert into beneficiaries.enrolment (district, person_id, division, item_code, state, applied_on, starts_on, applied_by, event_id{names})"
            f" select {DISTRICT}, id, division, '{ITEM}', 'APPLIED', '2020-03-01', '2020-03-01', '{actor}',"
            f" audit.write_event('apply', 'enrolment', 'new-{person}', '{{}}'){values} from beneficiaries.person where id = {person} returning id")


def change(values, enrolment):
    """An update as the service writes it: a new version with its event."""
    return (f"with e as materialized (select audit.write_event('test', 'enrolment', '{enrolment}', '{{}}') as id)"
            f" update beneficiaries.enrolment n set version = n.version + 1, event_id = e.id, {values} from e"
            f" where n.district = {DISTRICT} and n.id = {enrolment}")


# ---- enrolments

@pytest.mark.parametrize("values", ["valid = '[2010-01-01,)'", "valid = '[2020-03-01,2020-09-01)'", "valid = daterange(null, null)",
                                    "starts_on = '2010-01-01', valid = '[2010-01-01,)'"])
def test_an_approval_is_for_the_months_that_were_applied_for(open_rules, values):
    made = open_rules.value(insert(open_rules.people()[0]), ROLE, actor="clerk")
    assert "all months from the start" in open_rules.refuses(change(f"{APPROVE}, {values}", made), ROLE, actor="reviewer")
    open_rules.run_sql(change(f"{APPROVE}, valid = daterange(starts_on, null)", made), ROLE, actor="reviewer")


@pytest.mark.parametrize("valid", ["'[2019-01-01,2020-07-01)'", "'[2030-01-01,2031-01-01)'", "'[2020-04-01,2020-07-01)'", "daterange(null, '2020-07-01')"])
def test_an_end_adds_no_months(open_rules, valid):
    made = open_rules.value(insert(open_rules.people()[0]), ROLE, actor="clerk")
    open_rules.run_sql(change(f"{APPROVE}, valid = daterange(starts_on, null)", made), ROLE, actor="reviewer")
    assert "takes months away" in open_rules.refuses(change(f"{END}, valid = {valid}", made), ROLE, actor="clerk")
    open_rules.run_sql(change(f"{END}, valid = '[2020-03-01,2020-07-01)'", made), ROLE, actor="clerk")


def test_nobody_applies_in_another_s_name(open_rules):
    person = open_rules.people()[0]
    assert "row-level security" in open_rules.refuses(insert(person, actor="somebody"), ROLE, actor="clerk")
    open_rules.run_sql(insert(person), ROLE, actor="clerk")


def import_of(district, kind="enrolments", state="RUNNING", actor="clerk"):
    """An import in a state."""
    return district.value(f"""
        with u as (insert into ops.upload (district, sha256, bytes, chunks, actor) values
                       ({DISTRICT}, sha256('{kind}-{state}-{actor}'), 1, 1, '{actor}') returning id)
        insert into beneficiaries.import (district, kind, upload_id, sha256, state, actor, event_id)
        select {DISTRICT}, '{kind}', u.id, 'x', '{state}', '{actor}', audit.write_event('create', 'import', '{kind}-{state}-{actor}', '{{}}')
          from u returning id""")


@pytest.mark.parametrize("changes", [{"kind": "people"}, {"state": "DONE"}, {"state": "QUEUED"}, {"actor": "somebody"}])
def test_an_application_of_an_import_is_made_by_the_import(open_rules, changes):
    person = open_rules.people()[0]
    for role in (ROLE, "huimin_worker"):
        assert "row-level security" in open_rules.refuses(insert(person, import_id=import_of(open_rules, **changes)), role, actor="clerk")
    open_rules.run_sql(insert(person, import_id=import_of(open_rules)), "huimin_worker", actor="clerk")


def test_a_case_is_taken_over_with_its_import_only(open_rules):
    """Approved by itself, it goes through the procedure."""
    number = import_of(open_rules)
    made = open_rules.value(insert(open_rules.people()[0], import_id=number), "huimin_worker", actor="clerk")
    open_rules.run_sql(f"update beneficiaries.import set state = 'DONE' where id = {number}")
    open_rules.database.psql(f"set session_replication_role = replica; update programmes.rule set review_required = true where item_code = '{ITEM}'", SUPERUSER)
    approve = f"{APPROVE}, valid = daterange(starts_on, null)"
    assert "wrong_state" in open_rules.refuses(change(approve, made), ROLE, actor="reviewer")
    of_import = f"with e as materialized (select audit.write_event('%s', 'import', '{number}', '{{}}') as id)"
    taking = (f" update beneficiaries.enrolment n set version = n.version + 1, event_id = (select event_id from beneficiaries.import"
              f" where id = {number}), {approve} where n.id = {made}")
    stamp = f" update beneficiaries.import i set %sversion = version + 1, event_id = e.id from e where i.id = {number};"
    for act, by in (("finish_import", "approved_by = app.actor(), approved_at = now(), "), ("approve_import", ""),
                    ("approve_import", "approved_by = 'another', approved_at = now(), ")):
        assert "wrong_state" in open_rules.refuses(of_import % act + stamp % by + taking, ROLE, actor="reviewer")
    open_rules.run_sql(of_import % "approve_import" + stamp % "approved_by = app.actor(), approved_at = now(), " + taking, ROLE, actor="reviewer")
    assert open_rules.run_sql(f"select step from beneficiaries.enrolment_step where enrolment_id = {made} order by seq") == ["applied", "taken_over"]


# ---- merges

def merge(one, other, by):
    """A proposal of a merge."""
    return (f"insert into beneficiaries.person_merge (district, survivor_id, merged_id, cause, state, proposed_by, event_id) values ({DISTRICT},"
            f" {one}, {other}, 'registered_twice', 'PROPOSED', '{by}', audit.write_event('propose', 'merge', '{one}-{other}', '{{}}')) returning id")


def test_a_merge_is_proposed_and_decided_by_who_acts(bare):
    one, other = bare.people(2)
    assert "by who acts" in bare.refuses(merge(one, other, "somebody"), ROLE, actor="clerk")
    made = bare.value(merge(one, other, "clerk"), ROLE, actor="clerk")

    def step(values):
        return (f"update beneficiaries.person_merge set version = version + 1, {values},"
                f" event_id = audit.write_event('x', 'merge', '{made}', '{{}}') where id = {made}")

    done = "state = 'DONE', decided_at = now(), decided_by = "
    assert "by who acts" in bare.refuses(step(done + "'somebody'"), ROLE, actor="clerk")
    bare.run_sql(step(done + "app.actor()"), ROLE, actor="reviewer")
    proposed = "undo_cause = 'two_people', undo_proposed_at = now(), undo_proposed_by = "
    assert "by who acts" in bare.refuses(step(proposed + "'somebody'"), ROLE, actor="clerk")
    bare.run_sql(step(proposed + "'clerk'"), ROLE, actor="clerk")
    assert "by who acts" in bare.refuses(step("undo_proposed_by = 'another'"), ROLE, actor="another")
    undone = "state = 'UNDONE', undone_at = now(), undone_by = "
    assert "by who acts" in bare.refuses(step(undone + "'somebody'"), ROLE, actor="clerk")
    bare.run_sql(step(undone + "'reviewer'"), ROLE, actor="reviewer")


# ---- events

def event(entity="run", data="{}"):
    """An event."""
    return f"select audit.write_event('x', '{entity}', 'direct', '{data}')"


@pytest.mark.parametrize("data", ["p13812345678", "电话13800138000。", "340103194910010015", "34010319491001001x", "6228480000000000", "123456789012"])
def test_no_event_holds_what_the_invariant_would_find(bare, data):
    for shape in (f'{{"code": "{data}"}}', f'{{"a": [1, {{"b": ["x", "{data}"]}}]}}', f'{{"a": "\\f{data}"}}', f'"{data}"'):
        for role in ("huimin_payments", "huimin_owner"):
            assert "personal_data" in bare.refuses(event("run", shape), role)
    bare.database.psql("set session_replication_role = replica; insert into audit.event (district, actor, service, act, entity, entity_id, seq, entry,"
                       f" leaf_hash) select {DISTRICT}, 'a', 's', 'x', 'run', '9', 1, x.entry, sha256('\\x00'::bytea || convert_to(x.entry, 'UTF8'))"
                       f" from (select '{{\"data\":{{\"code\":\"{data}\"}},\"prev\":\"\"}}' as entry) x", SUPERUSER)
    assert bare.run_sql(f"select invariant from payments.invariants_of_events({DISTRICT})") == ["no_personal_data_in_events"]


@pytest.mark.parametrize("data", ['{"amount_fen": 1234567890123456}', '{"sha256": "%s"}' % ("a13812345678b" * 4), '{"reference": "20200601"}', '{}'])
def test_amounts_and_hashes_are_no_numbers_of_people(bare, data):
    bare.run_sql(event("run", data), "huimin_payments")
    assert bare.run_sql(f"select invariant from payments.invariants_of_events({DISTRICT})") == []


def test_a_service_writes_events_under_its_own_name_and_of_its_own_entities(bare):
    own = {"huimin_beneficiaries": "person", "huimin_programmes": "rule", "huimin_payments": "run", "huimin_worker": "run",
           "huimin_reconcile": "reconciliation"}
    others = {"huimin_beneficiaries": ("run", "rule", "seed"), "huimin_programmes": ("run", "person", "seed"), "huimin_payments": ("person", "rule"),
              "huimin_worker": ("rule", "tier", "seed"), "huimin_reconcile": ("person", "standard")}
    for role in SERVICE_ROLES:
        number = bare.value(event(own[role]), role, service="payments" if role != "huimin_payments" else "cli")
        assert bare.value(f"select service from audit.event where id = {number}") == role.removeprefix("huimin_")
        for entity in others[role]:
            assert "writes no events of" in bare.refuses(event(entity), role, service="tests")
    assert bare.value(f"select service from audit.event where id = {bare.value(event('seed'), service='cli')}") == "cli"


# ---- texts

@pytest.mark.parametrize("text", ["13812345678", "340103-19491001-001X", "６２２８４８００００００００００００"])
def test_no_service_stores_a_person_s_number_as_a_text(bare, text):
    person = bare.people()[0]
    made = bare.value(insert(person), ROLE, actor="clerk")
    bare.database.psql(f"set session_replication_role = replica; update beneficiaries.enrolment set state = 'APPROVED', valid = '[2020-03-01,)',"
                       f" decided_by = 'x', decided_at = now(), evidence = 'alt 13812345678' where id = {made}", SUPERUSER)
    event_id = bare.event()
    for sql in (f"insert into beneficiaries.household (district, division, number, event_id) values ({DISTRICT}, 340103100, '{text}', {event_id})",
                f"insert into beneficiaries.activity (district, enrolment_id, month, quantity, reference, event_id) values ({DISTRICT}, {made},"
                f" '2020-03-01', 1, '{text}', {event_id})",
                f"insert into beneficiaries.other_benefit (district, person_id, benefit_code, valid, source, event_id) values ({DISTRICT}, {person},"
                f" 'unemployment', '[2020-01-01,)', '{text}', {event_id})",
                change(f"{END.replace(chr(39) + '1' + chr(39), chr(39) + text + chr(39))}, valid = '[2020-03-01,2020-07-01)'", made)):
        assert "personal_data" in bare.refuses(sql, ROLE, actor="clerk")
    # What an older release let in does not stop the row's life.
    bare.run_sql(change("state = 'RETURNED', return_cause = 'mistake', valid = null, decided_by = null, decided_at = null, evidence = '2'", made), ROLE, actor="lead")


# ---- work lists

def test_a_case_of_the_first_release_is_reviewed(open_rules):
    """Its class is unknown: it falls due as the shortest one since it began."""
    made = open_rules.value(insert(open_rules.people()[0]), ROLE, actor="clerk")
    item = open_rules.value(f"select min(item_code) from programmes.review_class where district = {DISTRICT}")
    months = open_rules.value(f"select min(months) from programmes.review_class where district = {DISTRICT} and item_code = '{item}'")
    open_rules.database.psql(f"set session_replication_role = replica; update beneficiaries.enrolment set item_code = '{item}', state = 'APPROVED',"
                             f" valid = '[2020-03-01,)', decided_by = 'x', decided_at = now() where id = {made}", SUPERUSER)
    [due] = open_rules.rows("select enrolment_id, due_on from beneficiaries.work_dates('review_due')", ROLE)
    assert due == {"enrolment_id": made, "due_on": open_rules.value(f"select (date '2020-03-01' + interval '{months} months')::date::text")}
    open_rules.database.psql("set session_replication_role = replica; update beneficiaries.enrolment set review_due_on = app.today() + 90", SUPERUSER)
    assert open_rules.rows("select enrolment_id from beneficiaries.work_dates('review_due')", ROLE) == []
