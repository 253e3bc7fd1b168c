"""The life of an enrolment holds against SQL: what a service's role may not do, whatever its code says."""
import pytest

from stack.bootstrap import DISTRICT
from stack.cluster import SUPERUSER

ROLE = "huimin_beneficiaries"
ITEM, TIERED = "disabled-care", "tekun"


@pytest.fixture
def made(bare):
    """An application; returns (district, its number)."""
    bare.database.psql("set session_replication_role = replica; update programmes.rule set review_required = false, notice_days = 0,"
                       " hearing_required = false, documents = '{}', checks = '{}'", SUPERUSER)
    [person] = bare.people(1)
    return bare, apply(bare, person)


def apply(district, person, item=ITEM, tier="null", actor="clerk"):
    """An application as the service writes it."""
    return int(district.run_sql(f"""
        insert into beneficiaries.enrolment (district, person_id, division, item_code, tier_code, state, applied_on, starts_on, applied_by,
                                             event_id)
        select {DISTRICT}, id, division, '{item}', {tier}, 'APPLIED', '2020-03-01', '2020-03-01', '{actor}',
               audit.write_event('apply', 'enrolment', 'apply-{person}-{item}', '{{}}') from beneficiaries.person where id = {person}
        returning id""", ROLE, actor=actor)[0])


def change(values, enrolment, act="test"):
    """An update as the service writes it: a new version with its event."""
    return (f"with e as materialized (select audit.write_event('{act}', 'enrolment', '{enrolment}', '{{}}') as id)"
            f" update beneficiaries.enrolment n set version = n.version + 1, event_id = e.id, {values} from e"
            f" where n.district = {DISTRICT} and n.id = {enrolment}")


APPROVE = "state = 'APPROVED', decided_by = app.actor(), decided_at = now(), valid = daterange(starts_on, null)"
REVIEW = "state = 'REVIEWED', reviewed_by = app.actor(), reviewed_at = now()"


def approve(district, enrolment, actor="reviewer"):
    """The approval of an item without a procedure."""
    district.run_sql(change(APPROVE, enrolment), ROLE, actor=actor)


def rule(district, settings, item=ITEM):
    """The rule of an item as a test wants it."""
    district.database.psql(f"set session_replication_role = replica; update programmes.rule set {settings} where item_code = '{item}'", SUPERUSER)


def steps(district, enrolment):
    """The steps of an enrolment, in order."""
    return district.run_sql(f"select step from beneficiaries.enrolment_step where enrolment_id = {enrolment} order by seq")


def propose(district, enrolment, tier=None, *, since="2020-05-01", by=None, state="PROPOSED", refused=False):
    """A proposal of the clerk as the service writes it: another tier, or a reopening; its number, or what was refused."""
    decided = "'x', now()" if state != "PROPOSED" else "null, null"
    kind = f"'tier', item_code, '{tier}', '{since}'::date, 'assessment'" if tier else "'reopening', item_code, null, null, 'wrong_date'"
    sql = f"""insert into beneficiaries.enrolment_change (district, enrolment_id, kind, item_code, tier_code, from_on, cause, evidence, state, proposed_by,
                                                          decided_by, decided_at, event_id)
        select district, id, {kind}, 'x', '{state}', '{by or "clerk"}', {decided}, event_id from beneficiaries.enrolment where id = {enrolment} returning id"""
    return district.refuses(sql, ROLE, actor="clerk") if refused else district.value(sql, ROLE, actor="clerk")


def decide(district, proposal, *, by="reviewer", refused=False):
    """A proposal is approved; what was refused."""
    sql = f"select beneficiaries.change_decide({proposal}, true)"
    return district.refuses(sql, ROLE, actor=by) if refused else district.run_sql(sql, ROLE, actor=by)


@pytest.mark.parametrize("basis, cause, ended, decided, notice, grace, until", [
    ("same_month", "moved", "2020-06-01", "2020-08-31", None, 0, "2020-06-01"),
    ("event_month_paid", "moved", "2020-06-01", "2020-08-31", None, 0, "2020-07-01"),
    ("month_after_event", "moved", "2020-06-01", "2020-08-31", None, 0, "2020-09-01"),
    ("end_of_notice", "moved", "2020-06-01", "2020-08-31", "2020-12-31", 0, "2021-01-01"),
    ("end_of_notice", "moved", "2020-06-01", "2020-08-31", None, 0, "open"),
    ("month_after_event", "moved", "2020-08-31", "2020-06-01", None, 0, "2020-09-01"),  # an event after its decision counts itself
    ("event_month_paid", "moved", "2020-02-29", "2020-08-31", None, 0, "2020-03-01"),
    ("event_month_paid", "moved", "2020-12-31", "2020-08-31", None, 0, "2021-01-01"),
    ("same_month", "moved", "2021-01-31", "2020-08-31", None, 0, "2021-01-01"),
    (None, "moved", "2020-06-30", "2020-08-31", None, 0, "2020-07-01"),  # an item without a rule
    ("event_month_paid", "death", "2020-06-30", "2020-09-01", None, 0, "2020-07-01"),
    ("month_after_event", "death", "2020-06-30", "2020-09-01", None, 0, "2020-07-01"),
    ("end_of_notice", "death", "2020-06-30", "2020-09-01", "2020-09-01", 0, "2020-07-01"),
    ("same_month", "death", "2020-06-30", "2020-09-01", None, 0, "2020-06-01"),
    ("event_month_paid", "income", "2020-06-30", "2020-09-01", None, 6, "2021-01-01"),
    ("same_month", "income", "2020-06-30", "2020-09-01", None, 6, "2020-12-01")])
def test_the_exit_basis_says_which_month_is_the_last(bare, basis, cause, ended, decided, notice, grace, until):
    words = ", ".join("null" if word is None else f"'{word}'" for word in (basis, cause, ended, decided, notice))
    assert bare.run_sql(f"select coalesce(beneficiaries.due_until({words}, {grace})::text, 'open')", ROLE) == [until]


STATES = {
    "APPLIED": "state = 'APPLIED', applied_by = 'x'", "REVIEWED": REVIEW, "RETURNED": "state = 'RETURNED', return_cause = 'facts',"
    " decided_by = null, valid = null", "APPROVED": APPROVE, "REJECTED": "state = 'REJECTED', reject_cause = 'other', decided_by = 'x'",
    "ENDED": "state = 'ENDED', end_cause = 'moved', ended_on = '2020-06-30', valid = daterange(starts_on, '2020-07-01')"}


@pytest.mark.parametrize("path, refused", [
    ([], ["ENDED"]), (["REVIEWED"], ["APPLIED", "ENDED"]), (["RETURNED"], ["REVIEWED", "APPROVED", "ENDED"]),
    (["APPROVED"], ["APPLIED", "REVIEWED", "REJECTED"]), (["REJECTED"], ["APPLIED", "REVIEWED", "RETURNED", "APPROVED", "ENDED"]),
    (["APPROVED", "ENDED"], ["APPLIED", "REVIEWED", "RETURNED", "REJECTED", "APPROVED"])])
def test_no_state_follows_but_as_the_table_says(made, path, refused):
    district, enrolment = made
    for actor, state in zip(("reviewer", "other"), path):
        district.run_sql(change(STATES[state].replace("'x'", f"'{actor}'"), enrolment), ROLE, actor=actor)
    before = steps(district, enrolment)
    for state in refused:
        tidy = {"REJECTED": ", reject_cause = null", "RETURNED": ", return_cause = null", "ENDED": ", end_cause = null, ended_on = null"}
        values = STATES[state].replace("'x'", "'third'")
        values += tidy.get((path or ["APPLIED"])[-1], "") if state != (path or [None])[-1] else ""
        if state in ("APPLIED", "REVIEWED"):
            values += ", decided_by = null, valid = null"
        elif state == "ENDED" and path != ["APPROVED"]:
            values += ", decided_by = 'third'"
        elif state == "REJECTED":
            values += ", valid = null"
        message = district.refuses(change(values, enrolment), ROLE, actor="third")
        assert "wrong_state" in message or "an end is taken back by two people" in message or "the start is set" in message, (state, message)
    assert steps(district, enrolment) == before


def test_a_service_begins_with_an_application(made):
    district, enrolment = made
    message = district.refuses(f"""insert into beneficiaries.enrolment (district, person_id, division, item_code, state, applied_on, starts_on,
        valid, applied_by, decided_by, event_id) select district, person_id, division, 'disabled-living', 'APPROVED', applied_on, starts_on,
        daterange(starts_on, null), 'clerk', 'reviewer', event_id from beneficiaries.enrolment where id = {enrolment}""", ROLE)
    assert "row-level security" in message


@pytest.mark.parametrize("values", ["consent_on = '2020-01-01'", "valid = null", "review_due_on = null"])
def test_nothing_changes_without_a_step(made, values):
    district, enrolment = made
    assert "a change of an enrolment is a step" in district.refuses(change(values, enrolment), ROLE)
    approve(district, enrolment)
    assert "a change of an enrolment is a step" in district.refuses(change("valid = daterange('2019-01-01', null)", enrolment), ROLE)
    assert "is a new version" in district.refuses(
        f"update beneficiaries.enrolment set state = 'RETURNED', return_cause = 'other' where id = {enrolment}", ROLE)


def test_nobody_acts_in_anothers_name_or_twice(made):
    district, enrolment = made
    forged = APPROVE.replace("app.actor()", "'reviewer'")
    assert "taken by who acts" in district.refuses(change(forged, enrolment), ROLE, actor="clerk")
    assert "violates check constraint" in district.refuses(change(APPROVE, enrolment), ROLE, actor="clerk")
    district.run_sql(change(REVIEW, enrolment), ROLE, actor="reviewer")
    assert "enrolment_three_people" in district.refuses(change(APPROVE, enrolment), ROLE, actor="reviewer")
    # Sent back and submitted again by another: the first clerk still applied.
    district.run_sql(change("state = 'RETURNED', return_cause = 'facts', reviewed_by = null, reviewed_at = null", enrolment), ROLE, actor="lead")
    district.run_sql(change("state = 'APPLIED', return_cause = null, applied_by = app.actor()", enrolment), ROLE, actor="clerk-2")
    assert "same_person" in district.refuses(change(REVIEW, enrolment), ROLE, actor="clerk")
    assert "same_person" in district.refuses(change(APPROVE, enrolment), ROLE, actor="clerk")


@pytest.mark.parametrize("settings, code", [
    ("review_required = true", "wrong_state"), ("notice_days = 7", "wrong_state"), ("documents = '{consent}'", "documents_missing"),
    ("checks = '{household_visit}'", "check_failed")])
def test_an_approval_without_the_procedure_is_refused(made, settings, code):
    district, enrolment = made
    rule(district, settings)
    assert code in district.refuses(change(APPROVE, enrolment), ROLE, actor="lead")


def test_a_running_notice_and_an_open_objection_hold_the_approval(made):
    district, enrolment = made
    rule(district, "notice_days = 7")
    division = district.value(f"select division from beneficiaries.enrolment where id = {enrolment}")
    notice = int(district.run_sql(f"""insert into beneficiaries.notice (district, item_code, division, published_on, days, day_kind, ends_on, place,
        published_by, event_id) values ({DISTRICT}, '{ITEM}', {division}, app.today(), 7, 'calendar', app.today() + 7, 'x', 'reviewer',
        (select event_id from beneficiaries.enrolment where id = {enrolment})) returning id""", ROLE)[0])
    district.run_sql(f"insert into beneficiaries.notice_enrolment values ({DISTRICT}, {notice}, {enrolment})", ROLE)
    district.run_sql(change(f"state = 'NOTICED', notice_id = {notice}", enrolment), ROLE, actor="reviewer")
    assert "notice_running" in district.refuses(change(APPROVE, enrolment), ROLE, actor="lead")
    assert "permission denied" in district.refuses(f"update beneficiaries.notice set ends_on = published_on + 1 where id = {notice}", ROLE)
    assert "append-only" in district.refuses(f"update beneficiaries.notice set ends_on = published_on + 1 where id = {notice}", "huimin_owner")
    district.database.psql(f"set session_replication_role = replica; update beneficiaries.notice set published_on = published_on - 8,"
                           f" ends_on = ends_on - 8 where id = {notice}", SUPERUSER)
    district.run_sql(f"""insert into beneficiaries.objection (district, notice_id, enrolment_id, channel, text_sealed, received_by, event_id)
        values ({DISTRICT}, {notice}, {enrolment}, 'visit', 'x', 'clerk', {district.event()})""", ROLE)
    assert "objection_open" in district.refuses(change(APPROVE, enrolment), ROLE, actor="lead")
    decided = "update beneficiaries.objection set state = 'DISMISSED', decided_by = '{}', decided_at = now()"
    assert "violates check constraint" in district.refuses(decided.format("clerk"), ROLE)
    district.run_sql(decided.format("lead"), ROLE)
    approve(district, enrolment, "lead")
    assert steps(district, enrolment) == ["applied", "noticed", "approved"]


@pytest.mark.parametrize("first, last, item", [("app.today() - 8", "app.today() - 1", ITEM), ("app.today()", "app.today() + 6", ITEM),
                                               ("app.today()", "app.today() + 7", TIERED)], ids=["early", "short", "of another item"])
def test_a_notice_that_is_not_as_the_rule_wants_counts_for_nothing(made, first, last, item):
    district, enrolment = made
    rule(district, "notice_days = 7")
    notice = int(district.run_sql(f"""insert into beneficiaries.notice (district, item_code, division, published_on, days, day_kind, ends_on, place,
        published_by, event_id) select {DISTRICT}, '{item}', division, {first}, 7, 'calendar', {last}, 'x', 'reviewer', event_id
        from beneficiaries.enrolment where id = {enrolment} returning id""", ROLE)[0])
    assert "wrong_state" in district.refuses(change(f"state = 'NOTICED', notice_id = {notice}", enrolment), ROLE, actor="reviewer")


def test_reductions_need_their_hearing(made):
    district, enrolment = made
    approve(district, enrolment)
    rule(district, "hearing_required = true")
    ended = "state = 'ENDED', end_cause = '{}', ended_on = '2020-06-30', valid = daterange('2020-03-01', '2020-07-01')"
    assert "hearing_missing" in district.refuses(change(ended.format("income"), enrolment), ROLE)
    assert "hearing_missing" in district.refuses(
        change("state = 'RETURNED', return_cause = 'mistake', decided_by = null, valid = null", enrolment), ROLE)
    assert "hearing_missing" in district.refuses(f"select beneficiaries.suspend({enrolment}, 'income', '2020-05-01', null, 'x')", ROLE)
    assert "hearing_missing" in district.refuses(change(ended.format("voluntary") + ", evidence = 'x'", enrolment), ROLE)
    death = change(ended.format("death"), enrolment)
    assert "death_not_recorded" in district.refuses(death, ROLE)
    person = district.value(f"select person_id from beneficiaries.enrolment where id = {enrolment}")
    district.died(person, "2020-06-29")
    assert "death_not_recorded" in district.refuses(death, ROLE)
    district.died(person, "2020-06-30")
    district.run_sql(death, ROLE)
    assert steps(district, enrolment)[-1] == "ended"


def test_a_wish_counts_with_its_number_and_its_statement(made):
    district, enrolment = made
    approve(district, enrolment)
    rule(district, "hearing_required = true")
    upload = district.value(f"insert into ops.upload (district, bytes, chunks, sha256, actor) values ({DISTRICT}, 1, 0, sha256('x'), 'clerk') returning id")
    district.run_sql(f"""select from beneficiaries.enrolment_note({enrolment}, 'document', null, null, null, null);
        insert into beneficiaries.enrolment_document (district, enrolment_id, kind, media_type, upload_id, sha256, bytes, kept_by, event_id)
        select district, id, 'voluntary_statement', 'application/pdf', {upload}, sha256('x'), 1, 'clerk', event_id
          from beneficiaries.enrolment where id = {enrolment}""", ROLE)
    ended = "state = 'ENDED', end_cause = 'voluntary', ended_on = '2020-06-30', valid = daterange('2020-03-01', '2020-07-01')"
    assert "hearing_missing" in district.refuses(change(ended, enrolment), ROLE)
    district.run_sql(change(ended + ", evidence = '声明 1'", enrolment), ROLE)
    assert steps(district, enrolment)[-1] == "ended"


def test_a_return_empties_what_was_decided_since(made):
    district, _ = made
    [person] = district.people(1)
    enrolment = apply(district, person, TIERED, "'self-care'")
    rule(district, "notice_days = 0", TIERED)
    approve(district, enrolment)
    decide(district, propose(district, enrolment, "half-care"))
    district.run_sql(f"select beneficiaries.suspend({enrolment}, 'other', '2020-06-01', null, 'x')", ROLE)
    propose(district, enrolment, "full-care")
    district.run_sql(change("state = 'RETURNED', return_cause = 'mistake', decided_by = null, decided_at = null, valid = null", enrolment), ROLE)
    for table, what in (("tier_change", "c.valid"), ("suspension", "c.valid"), ("enrolment_change", "c.state")):
        rows = district.rows(f"select {what}::text as what, c.event_id = n.event_id as fell from beneficiaries.{table} c"
                             " join beneficiaries.enrolment n on n.district = c.district and n.id = c.enrolment_id order by c.id")
        assert [(r["what"], r["fell"]) for r in rows] == ([("APPROVED", False), ("WITHDRAWN", True)] if table == "enrolment_change" else [("empty", True)])


def test_a_wrong_end_stays_when_the_months_have_another_enrolment(made):
    district, enrolment = made
    approve(district, enrolment)
    district.run_sql(change("state = 'ENDED', end_cause = 'moved', ended_on = '2020-03-01', valid = 'empty'", enrolment), ROLE)
    approve(district, apply(district, district.value(f"select person_id from beneficiaries.enrolment where id = {enrolment}")))
    proposal = propose(district, enrolment)
    assert "enrolled_again" in decide(district, proposal, refused=True)


def test_a_list_takes_over_what_runs_already(made):
    district, enrolment = made
    imported = district.value(f"""with u as (insert into ops.upload (district, bytes, chunks, sha256, actor) values ({DISTRICT}, 1, 0, sha256('x'), 'clerk')
            returning *) insert into beneficiaries.import (district, kind, upload_id, sha256, actor, created_at)
        select {DISTRICT}, 'enrolments', id, sha256, 'clerk', '2020-02-29 15:59:59Z' from u returning id""")
    district.database.psql(f"set session_replication_role = replica; update beneficiaries.enrolment set import_id = {imported} where id = {enrolment}",
                           SUPERUSER)
    take_over = f"""with e as materialized (select audit.write_event('approve_import', 'import', '{imported}', '{{}}') as id)
            update beneficiaries.import i set approved_by = app.actor(), approved_at = now(), version = version + 1, event_id = e.id from e
             where i.id = {imported};
        update beneficiaries.enrolment n set {APPROVE}, version = n.version + 1, event_id = i.event_id from beneficiaries.import i
         where n.id = {enrolment} and i.id = {imported}"""
    assert "begins_later" in district.refuses(take_over, ROLE, actor="lead")
    district.database.psql(f"update beneficiaries.import set created_at = '2020-02-29 16:00:00Z' where id = {imported}", SUPERUSER)
    district.run_sql(take_over, ROLE, actor="lead")
    assert steps(district, enrolment) == ["applied", "taken_over"]


def test_an_end_before_the_start_cannot_be_stored(made):
    district, enrolment = made
    approve(district, enrolment)
    assert "enrolment_ends_after_start" in district.refuses(
        change("state = 'ENDED', end_cause = 'moved', ended_on = '2020-02-29', valid = daterange('2020-03-01', '2020-04-01')", enrolment), ROLE)


def test_steps_and_what_comes_with_them_are_written_by_functions_only(made):
    district, enrolment = made
    approve(district, enrolment)
    for sql, message in (
            (f"insert into beneficiaries.enrolment_step select district, enrolment_id, 99, step, from_state, to_state, actor, at, cause, evidence,"
             f" effective_on, valid_before, data, event_id from beneficiaries.enrolment_step where enrolment_id = {enrolment} limit 1",
             "permission denied"),
            ("update beneficiaries.enrolment_step set actor = 'x'", "permission denied"), ("delete from beneficiaries.enrolment_step", "permission denied"),
            (f"insert into beneficiaries.suspension (district, enrolment_id, cause, valid, event_id) values ({DISTRICT}, {enrolment}, 'other',"
             " '[2020-05-01,)', 1)", "permission denied"),
            (f"insert into beneficiaries.tier_change (district, enrolment_id, item_code, tier_code, valid, cause, event_id) values ({DISTRICT},"
             f" {enrolment}, '{TIERED}', 'self-care', '[2020-05-01,)', 'other', 1)", "permission denied"),
            (f"insert into beneficiaries.hearing (district, enrolment_id, seq, heard_on, written_notice_on, reason, event_id) select {DISTRICT},"
             f" {enrolment}, 1, '2020-01-01', '2020-01-01', 'income', event_id from beneficiaries.enrolment where id = {enrolment}",
             "row-level security"),
            (f"select beneficiaries.enrolment_note({enrolment}, 'tier_changed', null, null, null, null)", "not a step that only records"),
            (f"select beneficiaries.enrolment_note({enrolment}, 'objected', null, null, null, null)", "wrong_state"),
            (f"select beneficiaries.reopen(n, 'other', 'x') from beneficiaries.enrolment n where id = {enrolment}", "permission denied"),
            (f"select beneficiaries.step_write(n, 'heard', null, null, null, null) from beneficiaries.enrolment n where id = {enrolment}",
             "permission denied")):
        assert message in district.refuses(sql, ROLE), sql
    for sql in ("update beneficiaries.enrolment_step set actor = 'x'", "delete from beneficiaries.enrolment_step"):
        assert "append-only" in district.refuses(sql, "huimin_owner")


def test_functions_stay_within_the_callers_reach(made):
    district, enrolment = made
    approve(district, enrolment)
    call = f"select beneficiaries.suspend({enrolment}, 'other', '2020-05-01', null, 'x')"
    for reach in ({"district": 340104}, {"divisions": "{340103400}"}, {"divisions": "{}"}, {"programmes": "{tekun}"}):
        assert "not_found" in district.refuses(call, ROLE, **reach)
    assert district.value(call, ROLE) > 0


def test_a_tier_is_changed_by_another_than_proposed_it(made):
    district, _ = made
    [person] = district.people(1)
    enrolment = apply(district, person, TIERED, "'self-care'")
    rule(district, "notice_days = 0", TIERED)
    approve(district, enrolment)
    for role in (ROLE, "huimin_worker"):
        assert "permission denied" in district.refuses(
            f"select beneficiaries.tier_change_apply({enrolment}, 'half-care', '2020-05-01', 'assessment', 'x', 'somebody')", role)
    for forged in ({"by": "somebody"}, {"state": "APPROVED"}):
        assert "row-level security" in propose(district, enrolment, "half-care", refused=True, **forged)
    proposal = propose(district, enrolment, "half-care")
    assert "permission denied" in district.refuses(
        f"update beneficiaries.enrolment_change set state = 'APPROVED', decided_by = 'x', decided_at = now() where id = {proposal}", ROLE)
    assert "same_person" in decide(district, proposal, by="clerk", refused=True)
    decide(district, proposal)
    assert district.run_sql(f"select tier_code || ' ' || valid from beneficiaries.tier_change where enrolment_id = {enrolment}") == [
        "half-care [2020-05-01,)"]
    # Earlier again: what was to come later is void.
    decide(district, propose(district, enrolment, "full-care", since="2020-04-01"))
    assert district.run_sql(f"select tier_code || ' ' || valid from beneficiaries.tier_change where enrolment_id = {enrolment} order by id") == [
        "half-care empty", "full-care [2020-04-01,)"]


def test_an_excluded_pair_is_refused_whatever_the_service_does(made):
    district, enrolment = made
    person = district.value(f"select person_id from beneficiaries.enrolment where id = {enrolment}")
    district.enrol([person], TIERED, "self-care")
    assert "excluded" in district.refuses(change(APPROVE, enrolment), ROLE, actor="lead")
    # A merge makes two people one: the survivor's benefit counts for what the merged one applies for.
    [other] = district.people(1)
    second = apply(district, other)
    district.database.psql(f"set session_replication_role = replica; update beneficiaries.person set merged_into = {person} where id = {other}",
                           SUPERUSER)
    assert "excluded" in district.refuses(change(APPROVE, second), ROLE, actor="lead")


def test_every_version_has_its_step_and_its_event(made):
    district, enrolment = made
    approve(district, enrolment)
    district.run_sql(f"select beneficiaries.suspend({enrolment}, 'other', '2020-05-01', null, 'x')", ROLE, actor="clerk")
    rows = district.rows(f"""select s.seq, s.step, s.actor, e.entity, e.entity_id from beneficiaries.enrolment_step s join audit.event e
        on e.district = s.district and e.id = s.event_id where s.enrolment_id = {enrolment} order by s.seq""")
    version = district.value(f"select version from beneficiaries.enrolment where id = {enrolment}")
    assert [row["seq"] for row in rows] == list(range(1, version + 1))
    assert [(row["step"], row["actor"]) for row in rows] == [("applied", "clerk"), ("approved", "reviewer"), ("suspended", "clerk")]
    assert [(row["entity"], row["entity_id"]) for row in rows[1:]] == [("enrolment", str(enrolment))] * 2
