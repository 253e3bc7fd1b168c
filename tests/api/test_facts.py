"""Facts that rules look at, over HTTP: other benefits, schools, what is counted; and periods that cannot be."""
import itertools

import pytest

from stack.bootstrap import DISTRICT
from stack.cluster import SUPERUSER
from support.client import problem
from support.register import BANK, STREET, TOWN, card, id_number

SCHOOL, OTHER_SCHOOL = "123401034850012389", "52340103MJA123454B"
REFERENCES = itertools.count(1)


def faults(response, status=400, code="invalid_fields"):
    """(pointer, code) of each wrong field."""
    return {(e["pointer"], e["code"]) for e in problem(response, status, code)["errors"]}


def taken_over(stack, person, item, since, until="infinity"):
    """An enrolment that was there before the procedure; returns its number."""
    return int(stack.cluster.psql(SUPERUSER, f"""
        begin; set local session_replication_role = replica;
        insert into beneficiaries.enrolment (district, person_id, division, item_code, state, applied_on, starts_on, valid, applied_by,
                                             decided_by, decided_at, event_id)
        select district, id, division, '{item}', 'APPROVED', '{since}', '{since}', daterange('{since}', nullif('{until}', 'infinity')::date),
               'clerk', 'reviewer', now(), event_id
          from beneficiaries.person where district = {DISTRICT} and id = {person} returning id;
        commit"""))


@pytest.fixture
def child(make_person):
    """Somebody of 1940; returns the number."""
    return make_person()["id"]


# ---- benefits that others pay

def test_other_benefits_hold_for_whole_months(clerk, street_clerk, child, client_for):
    path = f"beneficiaries/persons/{child}/other-benefits"
    body = {"benefit": "work-injury-care", "month_fen": 90000, "valid_from": "2020-03-01", "valid_until": "2020-06-01", "source": "人社局函 12"}
    answer = clerk.post(path, body, expect=201)
    made = answer.json()
    assert answer.headers["Location"] == f"/api/v1/{path}"
    assert {k: made[k] for k in body} == body and (made["person"], made["void"]) == (child, False)
    without = clerk.post(path, {"benefit": "employment", "valid_from": "2020-03-01", "source": "社保参保"}, expect=201).json()
    assert (without["month_fen"], without["valid_until"]) == (None, None)
    clerk.post(path, dict(body, valid_from="2020-06-01", valid_until="2020-07-01"), expect=201)
    assert [b["id"] for b in clerk.get(path, limit=2).json()["items"]] == [made["id"], without["id"]]
    problem(street_clerk.get(path, expect=404), 404, "not_found")
    problem(street_clerk.post(path, body), 404, "not_found")
    problem(client_for("reader", scopes=["beneficiaries:read"]).post(path, body), 403, "forbidden")
    events = client_for("auditor").get("audit/events", entity="other_benefit", id=made["id"]).json()["items"]
    assert [(e["act"], e["actor"]) for e in events] == [("create", "clerk")]


@pytest.mark.parametrize("changes, expected", [
    ({"valid_from": "2020-05-01", "valid_until": "2020-07-01"}, ("/valid_from", "overlaps")),
    ({"valid_from": "2020-01-01", "valid_until": None}, ("/valid_from", "overlaps")),
    ({"valid_from": "2020-08-01", "valid_until": "2020-07-01"}, ("/valid_until", "ends_before_start")),
    ({"valid_from": "2020-08-01", "valid_until": "2020-08-01"}, ("/valid_until", "ends_before_start")),
    ({"valid_from": "2020-08-15", "valid_until": None}, ("/valid_from", "not_first_of_month")),
    ({"valid_from": "2020-08-01", "valid_until": "2020-09-30"}, ("/valid_until", "not_first_of_month")),
    ({"valid_from": "1939-12-01", "valid_until": "1940-01-01"}, ("/valid_from", "before_birth")),
    ({"benefit": "lottery", "valid_from": "2020-08-01"}, ("/benefit", "unknown_benefit")),
    ({"source": "证号340103194910010017", "valid_from": "2020-08-01"}, ("/source", "personal_data")),
    ({"source": "长" * 201, "valid_from": "2020-08-01"}, ("/source", "too_long")),
    ({"month_fen": -1, "valid_from": "2020-08-01"}, ("/month_fen", "out_of_range")),
])
def test_what_cannot_be_is_refused_and_not_stored(clerk, child, changes, expected):
    path = f"beneficiaries/persons/{child}/other-benefits"
    body = {"benefit": "nursing-allowance", "month_fen": 1, "valid_from": "2020-03-01", "valid_until": "2020-06-01", "source": "名册"}
    clerk.post(path, body, expect=201)
    kept = clerk.get(path).json()
    changed = {k: v for k, v in {**body, "valid_until": "2020-09-01", **changes}.items() if v is not None}
    answer = clerk.post(path, changed)
    assert faults(answer) == {expected}
    assert "340103194910010017" not in answer.text and "名册" not in answer.text
    assert clerk.get(path).json() == kept


def test_a_benefit_ends_or_is_void(clerk, street_clerk, child, client_for):
    path = f"beneficiaries/persons/{child}/other-benefits"
    body = {"benefit": "unemployment", "valid_from": "2020-03-01", "source": "名册"}
    made = clerk.post(path, body, expect=201).json()
    end = f"{path}/{made['id']}/end"
    assert faults(clerk.post(end, {"valid_until": "2020-02-01"})) == {("/valid_until", "ends_before_start")}
    assert faults(clerk.post(end, {"valid_until": "2020-06-15"})) == {("/valid_until", "not_first_of_month")}
    problem(street_clerk.post(end, {"valid_until": "2020-06-01"}), 404, "not_found")
    problem(clerk.post(f"{path}/{made['id'] + 1000}/end", {"valid_until": "2020-06-01"}), 404, "not_found")
    ended = clerk.post(end, {"valid_until": "2020-06-01"}, expect=200).json()
    assert (ended["valid_from"], ended["valid_until"], ended["void"]) == ("2020-03-01", "2020-06-01", False)
    assert faults(clerk.post(end, {"valid_until": "2020-07-01"})) == {("/valid_until", "out_of_range")}
    void = clerk.post(end, {"valid_until": "2020-03-01"}, expect=200).json()
    assert (void["valid_from"], void["valid_until"], void["void"]) == (None, None, True)
    problem(clerk.post(end, {"valid_until": "2020-03-01"}), 409, "wrong_state")
    events = client_for("auditor").get("audit/events", entity="other_benefit", id=made["id"]).json()["items"]
    assert [(e["act"], e["seq"]) for e in events] == [("create", 1), ("end", 2), ("end", 3)]
    clerk.post(path, body, expect=201)


# ---- schools

def test_a_pupil_has_one_school_at_a_time(clerk, street_clerk, child):
    path = f"beneficiaries/persons/{child}/schoolings"
    body = {"school": SCHOOL.lower(), "level": "junior", "boarding": False, "valid_from": "2019-09-01"}
    made = clerk.post(path, body, expect=201).json()
    assert (made["school"], made["level"], made["boarding"], made["valid_until"]) == (SCHOOL, "junior", False, None)
    other = dict(body, school=OTHER_SCHOOL, boarding=True, valid_from="2020-02-01")
    assert faults(clerk.post(path, other)) == {("/valid_from", "overlaps")}
    assert faults(clerk.post(path, dict(other, school="123401034850012388"))) == {("/school", "credit_code")}
    assert faults(clerk.post(path, dict(other, level="kindergarten", valid_from="2020-02-30"))) == {
        ("/level", "bad_value"), ("/valid_from", "bad_date")}
    assert [s["id"] for s in clerk.get(path).json()["items"]] == [made["id"]]
    clerk.post(f"{path}/{made['id']}/end", {"valid_until": "2020-02-01"}, expect=200)
    moved = clerk.post(path, other, expect=201).json()
    assert [(s["id"], s["valid_from"], s["valid_until"]) for s in clerk.get(path).json()["items"]] == [
        (made["id"], "2019-09-01", "2020-02-01"), (moved["id"], "2020-02-01", None)]
    problem(street_clerk.get(path, expect=404), 404, "not_found")
    problem(street_clerk.post(f"{path}/{moved['id']}/end", {"valid_until": "2020-03-01"}), 404, "not_found")


# ---- what is counted

def test_days_and_cases_are_counted_once(stack, clerk, street_clerk, child, client_for):
    enrolment = taken_over(stack, child, "medical-aid", "2020-03-01", "2020-09-01")
    path = f"beneficiaries/enrolments/{enrolment}/activities"
    body = {"month": "2020-04-01", "quantity": 2, "amount_fen": 123456, "reference": "救助 2020-17"}
    answer = clerk.post(path, body, expect=201)
    made = answer.json()
    assert answer.headers["Location"] == f"/api/v1/{path}"
    assert {k: made[k] for k in body} == body and (made["enrolment"], made["void"]) == (enrolment, False)
    problem(clerk.post(path, dict(body, quantity=1)), 409, "already_exists")
    clerk.post(path, dict(body, month="2020-05-01"), expect=201)
    problem(street_clerk.get(path, expect=404), 404, "not_found")
    problem(street_clerk.post(path, dict(body, reference="x")), 404, "not_found")
    problem(street_clerk.post(f"{path}/{made['id']}/void"), 404, "not_found")
    void = clerk.post(f"{path}/{made['id']}/void", {}, expect=200).json()
    assert void == dict(made, void=True)
    problem(clerk.post(f"{path}/{made['id']}/void", {}), 409, "wrong_state")
    clerk.post(path, body, expect=201)
    assert [a["void"] for a in clerk.get(path).json()["items"]] == [True, False, False]
    events = client_for("auditor").get("audit/events", entity="activity", id=made["id"]).json()["items"]
    assert [(e["act"], e["seq"]) for e in events] == [("create", 1), ("void", 2)]


@pytest.mark.parametrize("changes, expected", [
    ({"month": "2020-04-02"}, ("/month", "not_first_of_month")),
    ({"month": "2020-02-01"}, ("/month", "out_of_range")),
    ({"month": "2020-09-01"}, ("/month", "out_of_range")),
    ({"month": "2199-01-01"}, ("/month", "period_in_future")),
    ({"quantity": 0}, ("/quantity", "out_of_range")),
    ({"quantity": 367}, ("/quantity", "out_of_range")),
    ({"amount_fen": 100}, ("/amount_fen", "bad_value")),
    ({"reference": "6217001234567890123"}, ("/reference", "personal_data")),
])
def test_faults_of_what_is_counted(stack, clerk, child, changes, expected):
    enrolment = taken_over(stack, child, "welfare-post", "2020-03-01", "2020-09-01")
    path = f"beneficiaries/enrolments/{enrolment}/activities"
    assert expected in faults(clerk.post(path, {"month": "2020-04-01", "quantity": 20, "reference": "考勤 4", **changes}))
    assert clerk.get(path).json()["items"] == []


def test_programmes_that_count_nothing_take_no_activity(stack, clerk, child):
    enrolment = taken_over(stack, child, "disabled-care", "2020-03-01")
    path = f"beneficiaries/enrolments/{enrolment}/activities"
    problem(clerk.post(path, {"month": "2020-04-01", "quantity": 1, "reference": "x"}), 409, "activity_not_counted")
    problem(clerk.get("beneficiaries/enrolments/999999999/activities", expect=404), 404, "not_found")


def test_a_month_has_no_more_days_than_it_has(stack, clerk, child):
    """The item's standard is per day in April 2020 and per month in May."""
    stack.cluster.psql(SUPERUSER, f"""
        insert into programmes.standard (district, item_code, tier_code, amount_fen, amount_per, valid, source, confirmed, state, proposed_by,
                                         approved_by, approved_at)
        select {DISTRICT}, 'welfare-post', (select min(code) from programmes.tier where district = {DISTRICT} and item_code = 'welfare-post'),
               5000, per, daterange(day, (day + interval '1 month')::date), '测试', true, 'APPROVED', 'proposer', 'confirmer', now()
          from (values ('day', '2020-04-01'::date), ('month', '2020-05-01')) v(per, day)""")
    try:
        path = f"beneficiaries/enrolments/{taken_over(stack, child, 'welfare-post', '2020-03-01')}/activities"
        body = {"month": "2020-04-01", "quantity": 20, "reference": "上旬"}
        clerk.post(path, body, expect=201)
        assert faults(clerk.post(path, dict(body, quantity=11, reference="下旬"))) == {("/quantity", "out_of_range")}
        clerk.post(path, dict(body, quantity=10, reference="下旬"), expect=201)
        clerk.post(path, dict(body, quantity=1, month="2020-05-01"), expect=201)
        assert faults(clerk.post(path, dict(body, quantity=1, month="2020-05-01", reference="补"))) == {("/quantity", "out_of_range")}
    finally:
        stack.cluster.psql(SUPERUSER, "delete from programmes.standard where item_code = 'welfare-post' and proposed_by = 'proposer'")


# ---- periods of certificates, accounts and households

def ranges(rows):
    """(from, until, void) of each row."""
    return [(r["valid_from"], r["valid_until"], r["void"]) for r in rows]


def test_certificates_do_not_overlap(clerk, make_person):
    number = id_number()
    path = f"beneficiaries/persons/{make_person(id_number=number)['id']}/certificates"
    assert faults(clerk.post(path, {"number": number + "43", "valid_from": "1939-05-01"})) == {("/valid_from", "before_birth")}
    for until in ("2020-05-01", "2020-04-30"):
        assert faults(clerk.post(path, {"number": number + "43", "valid_from": "2020-05-01", "valid_until": until})) == {
            ("/valid_until", "ends_before_start")}
    assert clerk.get(path).json()["items"] == []
    clerk.post(path, {"number": number + "43", "valid_from": "2015-01-01", "valid_until": "2025-01-01"}, expect=201)
    later = clerk.post(path, {"number": number + "42", "valid_from": "2020-06-01", "valid_until": "2030-06-01"}, expect=201).json()
    kept = clerk.get(path).json()["items"]
    assert ranges(kept) == [("2015-01-01", "2020-06-01", False), ("2020-06-01", "2030-06-01", False)]
    # What begins before a later one must name it, or end before it begins.
    for until in ({}, {"valid_until": "2020-06-02"}):
        body = {"number": number + "41", "valid_from": "2020-03-01", **until}
        assert faults(clerk.post(path, body)) == {("/valid_from", "overlaps")}
        assert ("/replaces", "bad_value") in faults(clerk.post(path, dict(body, replaces=later["id"] + 1000)))
    assert clerk.get(path).json()["items"] == kept
    clerk.post(path, {"number": number + "41", "valid_from": "2020-03-01", "valid_until": "2020-06-01"}, expect=201)
    assert ranges(clerk.get(path).json()["items"]) == [
        ("2015-01-01", "2020-03-01", False), ("2020-06-01", "2030-06-01", False), ("2020-03-01", "2020-06-01", False)]
    clerk.post(path, {"number": number + "31", "valid_from": "2020-04-01", "replaces": later["id"]}, expect=201)
    assert ranges(clerk.get(path).json()["items"]) == [
        ("2015-01-01", "2020-03-01", False), (None, None, True), ("2020-03-01", "2020-04-01", False), ("2020-04-01", None, False)]


def test_accounts_do_not_overlap(clerk, make_person):
    path = f"beneficiaries/persons/{make_person()['id']}/accounts"
    first = clerk.post(path, {"kind": "card", "bank_number": BANK, "number": card(), "valid_from": "2020-05-01"}, expect=201).json()
    body = {"kind": "card", "bank_number": BANK, "number": card(), "valid_from": "2020-04-01"}
    assert faults(clerk.post(path, body)) == {("/valid_from", "overlaps")}
    assert clerk.get(path).json()["items"] == [first]
    clerk.post(path, dict(body, replaces=first["id"]), expect=201)
    assert ranges(clerk.get(path).json()["items"]) == [(None, None, True), ("2020-04-01", None, False)]
    problem(clerk.post(path, dict(body, number=card(), valid_from="2020-06-01", replaces=first["id"])), 400, "invalid_fields")


def test_memberships_and_incomes_do_not_overlap(clerk, make_person):
    person = make_person()["id"]
    old, new = (clerk.post("beneficiaries/households", {"number": f"F-{person}-{n}", "division": TOWN}, expect=201).json()["id"]
                for n in (1, 2))
    clerk.post(f"beneficiaries/households/{new}/members", {"person": person, "relation": "01", "valid_from": "2020-05-01"}, expect=201)
    body = {"person": person, "relation": "01", "valid_from": "2020-03-01"}
    assert faults(clerk.post(f"beneficiaries/households/{old}/members", body)) == {("/valid_from", "overlaps")}
    assert faults(clerk.post(f"beneficiaries/households/{old}/members", dict(body, valid_from="1900-01-01"))) == {
        ("/valid_from", "before_birth")}
    assert clerk.get(f"beneficiaries/households/{old}").json()["members"] == []
    [member] = clerk.get(f"beneficiaries/households/{new}").json()["members"]
    clerk.post(f"beneficiaries/households/{old}/members", dict(body, replaces=member["id"]), expect=201)
    assert ranges(clerk.get(f"beneficiaries/households/{new}").json()["members"]) == [(None, None, True)]
    path = f"beneficiaries/households/{old}/incomes"
    income = clerk.post(path, {"per_head_year_fen": 100, "valid_from": "2020-05-01"}, expect=201).json()["incomes"][0]["id"]
    assert faults(clerk.post(path, {"per_head_year_fen": 200, "valid_from": "2020-04-01"})) == {("/valid_from", "overlaps")}
    household = clerk.post(path, {"per_head_year_fen": 200, "valid_from": "2020-04-01", "replaces": income}, expect=201).json()
    assert ranges(household["incomes"]) == [(None, None, True), ("2020-04-01", None, False)]


def test_a_death_before_the_birth_is_refused(clerk, make_person):
    person = make_person()
    path = f"beneficiaries/persons/{person['id']}"
    assert faults(clerk.patch(path, {"death_date": "1939-12-31"}, etag='"1"', expect=400)) == {("/death_date", "before_birth")}
    assert faults(clerk.patch(path, {"death_date": "2199-01-01"}, etag='"1"', expect=400)) == {("/death_date", "out_of_range")}
    assert clerk.get(path).json() == person


def test_divisions_of_queries_are_codes(clerk):
    for path in ("duplicates", "work-lists/summary", "households"):
        problem(clerk.get(f"beneficiaries/{path}", expect=400, division=STREET * 10), 400, "bad_query")
