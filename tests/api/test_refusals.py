"""What nobody may bring in: numbers of people, bytes that are no text, numbers beyond JSON's, another's spelling, another's reach."""
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from stack.bootstrap import DISTRICT
from stack.cluster import SUPERUSER
from support.client import problem
from support.procedure import EVIDENCE
from support.register import STREET, TOWN

WRITE, APPROVE = ["programmes:write"], ["programmes:approve"]
STANDARD = {"tier": "dispersed", "amount_fen": 100, "amount_per": "month", "valid_from": "2160-01-01", "valid_to": "2161-01-01", "source": "测试",
            "confirmed": False, "gap_intended": True}
EXCLUSION = {"item": "free-venues", "kind": "take_higher", "other_item": "village-plays", "valid_from": "2170-01-01", "valid_to": "2171-01-01",
             "source": "测试", "confirmed": False}
GAP = {"gap_intended": True}
MOBILE, CARD = "13812345678", "6228480000000000018"


def faults(response):
    """The faults of the fields of a 400."""
    return {(e["pointer"], e["code"]) for e in problem(response, 400, "invalid_fields")["errors"]}


# ---- numbers of people

@pytest.mark.parametrize("changes, pointer", [
    ({"code": f"p{MOBILE}"}, "/code"), ({"code": "20200101001"}, "/code"), ({"code": "t34010319491001001x"}, "/code"),
    ({"name_zh": f"李某 {MOBILE}"}, "/name_zh"), ({"name_en": CARD}, "/name_en")])
def test_no_tier_is_named_by_a_person_s_number(client_for, stack, changes, pointer):
    body = {"code": "own", "name_zh": "甲", "name_en": "A", **changes}
    assert faults(client_for("proposer").post("programmes/items/free-venues/tiers", body)) == {(pointer, "personal_data")}
    assert stack.cluster.psql(SUPERUSER, f"select count(*) from payments.invariants_of_events({DISTRICT})") == "0"


@pytest.mark.parametrize("text", [f"电话{MOBILE}", "身份证 340103 19491001 0015", CARD, "１３８１２３４５６７８", "+86 138-1234-5678"])
def test_no_text_on_record_holds_a_person_s_number(client_for, clerk, make_person, text):
    proposer = client_for("proposer")
    assert ("/source", "personal_data") in faults(proposer.post("programmes/items/orphan/standards", dict(STANDARD, source=text)))
    assert faults(proposer.post("programmes/exclusions", dict(EXCLUSION, source=text))) == {("/source", "personal_data")}
    number = re.sub("[^0-9A-Za-z-]", "", text.translate({ord("０") + n: str(n) for n in range(10)}))
    assert faults(clerk.post("beneficiaries/households", {"number": f"H{number}", "division": TOWN})) == {("/number", "personal_data")}
    person = make_person()["id"]
    assert faults(clerk.post(f"beneficiaries/persons/{person}/other-benefits", {
        "benefit": "unemployment", "valid_from": "2020-01-01", "source": text})) == {("/source", "personal_data")}
    made = clerk.post("beneficiaries/enrolments", {"person": person, "item": "disabled-care"}, expect=201).json()["id"]
    assert faults(client_for("reviewer").post(f"beneficiaries/enrolments/{made}/return", {"cause": "facts", "evidence": text})) == {
        ("/evidence", "personal_data")}


# ---- bytes and numbers

@pytest.mark.parametrize("target, code", [
    ("programmes/items/%ff", "bad_path"), ("programmes/items/%C0%AF/standards", "bad_path"), ("programmes/exclusions?item=%ff", "bad_query"),
    ("programmes/exclusions?item=a%ed%a0%80", "bad_query"), ("programmes/items?kind=%e4%ba", "bad_query")])
def test_what_is_no_text_does_not_reach_the_database(client_for, target, code):
    reader = client_for("proposer")
    # Not by the client: it would compare the path with the documents.
    answer = requests.get(f"{reader.url}/api/v1/{target}", headers={"Authorization": f"Bearer {reader.token}"}, timeout=30)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize("number", [2**63 - 1, 2**53])
def test_no_id_is_beyond_the_numbers_of_json(client_for, clerk, number):
    proposer = client_for("proposer")
    assert faults(proposer.post("programmes/items/orphan/standards", dict(STANDARD, replaces=number))) == {("/replaces", "out_of_range")}
    assert faults(clerk.post("beneficiaries/enrolments", {"person": number, "item": "disabled-care"})) == {("/person", "out_of_range")}
    assert ("/enrolments", "out_of_range") in faults(client_for("reviewer").post("beneficiaries/notices", {
        "item": "disabled-care", "division": TOWN, "enrolments": [number], "published_on": "2020-01-01", "place": "栏"}))


# ---- who

def test_one_person_under_two_spellings_is_one_person(client_for):
    made = client_for("eve", scopes=WRITE).post("programmes/items/orphan/standards", STANDARD, expect=201).json()
    assert made["proposed_by"] == "eve"
    for name in ("eve", "EVE", "Eve"):
        problem(client_for(name, scopes=APPROVE).post(f"programmes/standards/{made['id']}/approval", GAP), 403, "same_person")
    exclusion = client_for("Eve", scopes=WRITE).post("programmes/exclusions", EXCLUSION, expect=201).json()
    assert exclusion["proposed_by"] == "eve"
    problem(client_for("eve", scopes=APPROVE).post(f"programmes/exclusions/{exclusion['id']}/approval"), 403, "same_person")
    client_for("confirmer").post(f"programmes/exclusions/{exclusion['id']}/rejection", expect=200)


def test_a_token_of_some_divisions_decides_nothing_for_the_district(client_for):
    years = {"valid_from": "2180-01-01", "valid_to": "2181-01-01"}
    proposer = client_for("proposer")
    standard = proposer.post("programmes/items/orphan/standards", dict(STANDARD, **years), expect=201).json()["id"]
    exclusion = proposer.post("programmes/exclusions", dict(EXCLUSION, **years), expect=201).json()["id"]
    writer = client_for("street", scopes=WRITE, divisions=[STREET])
    for path, body in (("items/orphan/standards", dict(STANDARD, **years)), ("exclusions", dict(EXCLUSION, **years)),
                       ("items/free-venues/tiers", {"code": "street", "name_zh": "甲", "name_en": "A"})):
        problem(writer.post(f"programmes/{path}", body), 403, "forbidden")
    decider = client_for("street2", scopes=APPROVE, divisions=[STREET])
    for path in (f"standards/{standard}", f"exclusions/{exclusion}"):
        for step in ("approval", "rejection"):
            problem(decider.post(f"programmes/{path}/{step}"), 403, "forbidden")
    proposer.get(f"programmes/standards/{standard}")
    client_for("confirmer").post(f"programmes/exclusions/{exclusion}/rejection", expect=200)


@pytest.mark.parametrize("kind, own, other", [("take_higher", 403, 404), ("forbidden", 403, 404), ("top_up", 201, 404)])
def test_a_row_that_binds_two_items_needs_both_in_reach(client_for, kind, own, other):
    body = dict(EXCLUSION, kind=kind, valid_from="2190-01-01", valid_to="2191-01-01")
    one_item = client_for("one", scopes=WRITE, programmes=("free-venues",))
    refused = one_item.post("programmes/exclusions", body)
    if own == 201:
        assert refused.status_code == 201
        made = refused.json()["id"]
    else:
        assert faults(refused) == {("/other_item", "unknown_item")}
        made = client_for("both", scopes=WRITE, programmes=("free-venues", "village-plays")).post("programmes/exclusions", body, expect=201).json()["id"]
    path = f"programmes/exclusions/{made}"
    problem(client_for("two", scopes=APPROVE, programmes=("village-plays",)).post(f"{path}/rejection"), other, "not_found")
    if own != 201:
        problem(client_for("two", scopes=APPROVE, programmes=("free-venues",)).post(f"{path}/rejection"), 404, "not_found")
    client_for("two", scopes=APPROVE, programmes=("free-venues", "village-plays")).post(f"{path}/rejection", expect=200)


# ---- what is given once

CASES = "disabled-care"  # made an item of cases here


@pytest.fixture
def cases(life):
    """An item of cases, once a year for one member of a household."""
    valid = life.stack.cluster.psql(SUPERUSER, f"select valid from programmes.rule where district = {DISTRICT} and item_code = '{CASES}' limit 1")
    life.rule(CASES, kind="per_case", once_per="year", one_per_household=True, valid="[2020-01-01,)")
    yield life
    life.rule(CASES, kind="fixed", once_per="enrolment", valid=valid)


def case(life, enrolment, month="2020-04-01", **more):
    body = {"month": month, "quantity": 1, "reference": f"救助 {month}", **more}
    return life.clerk.post(f"beneficiaries/enrolments/{enrolment}/activities", body)


def household(life, *people):
    house = life.clerk.post("beneficiaries/households", {"number": f"R{people[0]}", "division": TOWN}, expect=201).json()["id"]
    for n, person in enumerate(people):
        life.clerk.post(f"beneficiaries/households/{house}/members", {"person": person, "relation": "10" if n else "02"}, expect=201)
    return house


def test_a_case_is_counted_once_a_year(cases):
    made = cases.approved(CASES)
    assert faults(case(cases, made, quantity=2)) == {("/quantity", "out_of_range")}
    first = case(cases, made)
    assert first.status_code == 201
    document = problem(case(cases, made, "2020-12-01"), 409, "already_granted")
    assert document["see"] == f"/api/v1/beneficiaries/enrolments/{made}/activities"
    assert case(cases, made, "2021-01-01").status_code == 201
    cases.clerk.post(f"beneficiaries/enrolments/{made}/activities/{first.json()['id']}/void", {}, expect=200)
    assert case(cases, made, "2020-12-01").status_code == 201
    cases.rule(CASES, kind="per_case", once_per="lifetime")
    problem(case(cases, made, "2022-01-01"), 409, "already_granted")
    cases.rule(CASES, kind="per_case", once_per="enrolment")
    assert case(cases, made, "2020-11-01").status_code == 201


def test_of_two_clerks_who_count_at_once_one_counts(cases):
    made = cases.approved(CASES)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: case(cases, made, f"2020-0{n + 4}-01").status_code, range(4)))
    assert sorted(answers) == [201, 409, 409, 409]


def test_another_enrolment_of_the_year_is_refused_only_when_something_was_counted(cases):
    person = cases.person()
    first = cases.approved(CASES, person)
    cases.step(first, "end", {"cause": "other", "ended_on": "2020-04-30", "evidence": EVIDENCE}, by="clerk", expect=200)
    second = cases.apply(CASES, person, applied_on="2020-06-01", starts_on="2020-06-01")["id"]
    assert case(cases, first).status_code == 201
    problem(cases.step(second, "approval", {}), 409, "already_granted")
    [counted] = cases.get(first, "/activities")
    cases.clerk.post(f"beneficiaries/enrolments/{first}/activities/{counted['id']}/void", {}, expect=200)
    cases.step(second, "approval", {}, expect=200)
    assert case(cases, second, "2020-06-01").status_code == 201
    problem(case(cases, first), 409, "already_granted")


def test_a_household_has_one_case_and_takes_no_second_enrolment(cases):
    one, two, three = (cases.person() for _ in range(3))
    house = household(cases, one)
    made, other = cases.approved(CASES, one), cases.approved(CASES, two)
    path = f"beneficiaries/households/{house}/members"
    problem(cases.clerk.post(path, {"person": two, "relation": "10"}), 409, "household_enrolled")
    assert [m["person"] for m in cases.clerk.get(f"beneficiaries/households/{house}").json()["members"]] == [one]
    cases.clerk.post(path, {"person": three, "relation": "10"}, expect=201)
    cases.rule(CASES, kind="per_case", once_per="year")
    cases.clerk.post(path, {"person": two, "relation": "11"}, expect=201)
    cases.rule(CASES, kind="per_case", once_per="year", one_per_household=True)
    assert case(cases, made).status_code == 201
    document = problem(case(cases, other, "2020-05-01"), 409, "already_granted")
    assert document["see"] == f"/api/v1/beneficiaries/enrolments/{made}/activities"
    assert case(cases, other, "2021-05-01").status_code == 201
