"""The catalogue over HTTP: what is in it, and how a standard comes into force."""
import csv
import itertools
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support.client import problem

SEED = Path(__file__).resolve().parents[2] / "sql" / "seed" / "340103"
NOTICE = {"rural-dibao": {("standard", 742000, "year")}, "orphan": {("dispersed", 126200, "month"), ("institution", 166200, "month"),
                                                                                ("unsupported", 126200, "month")},
          "disabled-living": {("grade-1-2", 80000, "year"), ("grade-3-4", 40000, "year")}, "disabled-care": {("severe", 6000, "month")},
          "tekun": set()}
YEARS = itertools.count(2030)  # each test has a year of its own: no standard of one stands in another's way


@pytest.fixture
def year():
    """A year that no other test uses."""
    return next(YEARS)


@pytest.fixture
def reader(client_for):
    """Somebody who only reads."""
    return client_for("reader", scopes=["programmes:read"])


def proposal(year, **changes):
    """A standard that can be proposed."""
    body = {"tier": "full-care", "amount_fen": 123456, "amount_per": "month", "valid_from": f"{year}-01-01",
            "valid_to": f"{year + 1}-01-01", "source": "民政部门文件，测试用", "confirmed": False, "gap_intended": True}
    body.update(changes)
    return {name: value for name, value in body.items() if value is not ...}


GAP = {"gap_intended": True}  # years of other tests lie apart


def seed(name):
    """The rows of a seed file."""
    with open(SEED / name, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def pages(client, path, limit, **query):
    """All entries of a list, page by page; every page but the last is full."""
    entries, after = [], {}
    while True:
        page = client.get(path, limit=limit, **query, **after).json()
        entries += page["items"]
        if page["next"] is None:
            return entries
        assert len(page["items"]) == limit
        after = {"after": page["next"]}


# Divisions and items

def test_divisions(reader):
    everything = reader.get("programmes/divisions").json()
    assert everything["next"] is None
    assert [(str(entry["code"]), entry["name_zh"]) for entry in everything["items"]] == [
        (row["code"], row["name_zh"]) for row in seed("divisions.csv")]
    assert len(everything["items"]) == 11
    for limit in (1, 4, 11):
        assert pages(reader, "programmes/divisions", limit) == everything["items"]


def test_items_are_those_of_the_notice(reader):
    items = reader.get("programmes/items").json()["items"]
    rows = seed("catalogue.csv")
    assert len(items) == len(rows) == 44
    for item, row in zip(items, rows):
        assert {name: "" if value is None else str(value) for name, value in item.items()} == row
    for limit in (1, 7, 44, 500):
        assert pages(reader, "programmes/items", limit) == items


@pytest.mark.parametrize("kind", ["subsidy", "service", "works"])
def test_items_of_a_kind(reader, kind):
    items = pages(reader, "programmes/items", 5, kind=kind)
    assert [item["code"] for item in items] == [row["code"] for row in seed("catalogue.csv") if row["kind"] == kind] and items


@pytest.mark.parametrize("query, pointer", [("kind=gift", "kind"), ("limit=0", "limit"), ("limit=501", "limit"), ("after=x", "after"),
                                            ("after=-1", "after"), ("limit=5&limit=6", None), ("colour=red", None), ("kind=", None)])
def test_bad_queries(reader, query, pointer):
    document = problem(reader.get(f"programmes/items?{query}", expect=400), 400, "bad_query")
    assert [error["pointer"] for error in document.get("errors", [])] == ([pointer] if pointer else [])


def test_an_item_with_tiers_and_rules(reader):
    item = reader.get("programmes/items/disabled-living").json()
    assert item["item_zh"] == "困难残疾人生活补贴" and item["remittance_zh"] == "生活补贴"
    assert [(tier["code"], tier["disability_grades"]) for tier in item["tiers"]] == [("grade-1-2", [1, 2]), ("grade-3-4", [3, 4])]
    [rule] = item["rules"]
    assert (rule["kind"], rule["cycle"], rule["tier_source"], rule["entry_basis"]) == (
        "fixed", "quarter", "disability_grade", "application_month")
    assert (rule["valid_from"], rule["valid_to"], rule["confirmed"]) == ("2020-01-01", "2021-01-01", False)
    assert (rule["state"], rule["accrual"], rule["netting_cap_percent"], rule["checks"]) == ("APPROVED", "each_month", 0, ["identity", "exclusions"])
    old_age = reader.get("programmes/items/old-age").json()
    assert [(tier["age_from"], tier["age_to"]) for tier in old_age["tiers"]] == [(100, None), (80, 90), (90, 100)]
    assert [(rule["valid_from"], rule["cycle"]) for rule in old_age["rules"]] == [
        ("2016-01-01", "year"), ("2020-01-01", "month"), ("2023-07-01", "month")]
    empty = reader.get("programmes/items/smart-home-care").json()
    assert (empty["tiers"], empty["rules"], empty["review_classes"]) == ([], [], [])
    classes = reader.get("programmes/items/rural-dibao").json()["review_classes"]
    assert [(entry["class"], entry["months"]) for entry in classes] == [("A", 12), ("B", 6), ("C", 3)]


@pytest.mark.parametrize("path", ["programmes/items/nothing", "programmes/items/nothing/standards", "programmes/items/%E7%89%B9%E5%9B%B0",
                                  "programmes/standards/999999999", "programmes/standards/0", "programmes/standards/x"])
def test_what_is_not_there(reader, path):
    problem(reader.get(path, expect=404), 404, "not_found")


def test_other_methods_are_refused(reader):
    response = reader.call("DELETE", "programmes/items/tekun", expect=405)
    problem(response, 405, "method_not_allowed")
    assert response.headers["Allow"] == "GET"


# Standards

@pytest.mark.parametrize("item", NOTICE)
def test_standards_of_the_notice_and_no_other(reader, item):
    standards = [entry for entry in pages(reader, f"programmes/items/{item}/standards", 2) if entry["valid_from"] == "2020-01-01"]
    assert {(entry["tier"], entry["amount_fen"], entry["amount_per"]) for entry in standards} == NOTICE[item]
    for entry in standards:
        assert entry["state"] == "APPROVED" and entry["confirmed"] and entry["valid_to"] == "2021-01-01"
        assert "附件1" in entry["source"] and entry["approved_by"] != entry["proposed_by"]


def test_from_proposal_to_approval(client_for, reader, year):
    created = client_for("proposer").post("programmes/items/tekun/standards", proposal(year), expect=201)
    standard = created.json()
    assert (standard["state"], standard["version"], standard["proposed_by"], standard["approved_by"]) == ("PROPOSED", 1, "proposer", None)
    assert created.headers["Location"] == f"/api/v1/programmes/standards/{standard['id']}"
    assert reader.get(created.headers["Location"]).json() == standard
    approved = client_for("confirmer").post(f"programmes/standards/{standard['id']}/approval", GAP, expect=200).json()
    assert approved == dict(standard, state="APPROVED", version=2, approved_by="confirmer", approved_at=approved["approved_at"])
    assert approved in pages(reader, "programmes/items/tekun/standards", 50)
    events = client_for("auditor").get("audit/events", entity="standard", id=standard["id"]).json()["items"]
    assert [(event["act"], event["actor"], event["seq"]) for event in events] == [
        ("propose", "proposer", 1), ("approve", "confirmer", 2)]


def test_a_standard_without_an_end(client_for, reader):
    for absent in (None, ...):
        body = proposal(2190, valid_to=absent)
        standard = client_for("proposer").post("programmes/items/tekun/standards", body, expect=201).json()
        assert standard["valid_to"] is None


def test_the_same_call_again_makes_nothing_new(client_for, reader, year):
    key, body = uuid.uuid4().hex, proposal(year)
    proposer = client_for("proposer")
    first = proposer.post("programmes/items/tekun/standards", body, key=key, expect=201)
    again = proposer.post("programmes/items/tekun/standards", body, key=key, expect=201)
    assert again.json() == first.json() and again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    problem(proposer.post("programmes/items/tekun/standards", dict(body, amount_fen=1), key=key), 422, "idempotency_key_reused")
    made = [entry for entry in pages(reader, "programmes/items/tekun/standards", 50) if entry["valid_from"] == f"{year}-01-01"]
    assert made == [first.json()]


@pytest.mark.parametrize("key", [False, "short", "x" * 65, "with blank 12"])
def test_a_key_is_required(client_for, year, key):
    problem(client_for("proposer").post("programmes/items/tekun/standards", proposal(year), key=key), 400, "idempotency_key_required")


@pytest.mark.parametrize("changes, faults", [
    ({"tier": "golden"}, {("/tier", "unknown_tier")}),
    ({"tier": ..., "confirmed": ...}, {("/tier", "required"), ("/confirmed", "required")}),
    ({"amount_fen": 0}, {("/amount_fen", "out_of_range")}),
    ({"amount_fen": 100000001}, {("/amount_fen", "out_of_range")}),
    ({"amount_fen": 12.5}, {("/amount_fen", "wrong_type")}),
    ({"amount_fen": "100"}, {("/amount_fen", "wrong_type")}),
    ({"amount_per": "week"}, {("/amount_per", "bad_value")}),
    ({"amount_fen": ...}, {("/amount_fen", "required")}),
    ({"amount_per": "percent"}, {("/amount_fen", "unfit"), ("/basis_points", "required")}),
    ({"basis_points": 13000}, {("/basis_points", "unfit")}),
    ({"basis_points": 100001}, {("/basis_points", "out_of_range")}),
    ({"replaces": "1"}, {("/replaces", "wrong_type")}),
    ({"replaces": 0}, {("/replaces", "out_of_range")}),
    ({"valid_from": "2030-02-30"}, {("/valid_from", "bad_date")}),
    ({"valid_from": "2030-01-15"}, {("/valid_from", "bad_value")}),
    ({"valid_from": None}, {("/valid_from", "wrong_type")}),
    ({"valid_from": "2030-01-01", "valid_to": "2030-01-01"}, {("/valid_to", "out_of_range")}),
    ({"valid_from": "2030-02-01", "valid_to": "2030-01-01"}, {("/valid_to", "out_of_range")}),
    ({"source": " "}, {("/source", "too_short")}),
    ({"source": "文" * 501}, {("/source", "too_long")}),
    ({"source": "x" * 2001}, {("/source", "too_long")}),
    ({"confirmed": "yes"}, {("/confirmed", "wrong_type")}),
    ({"approved_by": "me"}, {("/approved_by", "unknown_field")})])
def test_faulty_proposals(client_for, reader, year, changes, faults):
    before = pages(reader, "programmes/items/tekun/standards", 500)
    document = problem(client_for("proposer").post("programmes/items/tekun/standards", proposal(year, **changes)), 400, "invalid_fields")
    assert {(error["pointer"], error["code"]) for error in document["errors"]} == faults
    assert pages(reader, "programmes/items/tekun/standards", 500) == before


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"tier": "a", "tier": "b"}', b'{"tier": "\xff"}', b"null", b"[" * 100 + b"]" * 100])
def test_bodies_that_are_not_json_objects(client_for, body):
    response = client_for("proposer").post("programmes/items/tekun/standards", body, headers={"Content-Type": "application/json"})
    problem(response, 400, "bad_json")


def test_another_content_type(client_for, year):
    response = client_for("proposer").post("programmes/items/tekun/standards", b"a,b", headers={"Content-Type": "text/csv"})
    problem(response, 415, "unsupported_media_type")


def test_nobody_approves_an_own_proposal(client_for, reader, year):
    created = client_for("both", scopes=["programmes:write"]).post("programmes/items/tekun/standards", proposal(year), expect=201).json()
    own = client_for("both", scopes=["programmes:approve"]).post(f"programmes/standards/{created['id']}/approval")
    problem(own, 403, "same_person")
    assert reader.get(f"programmes/standards/{created['id']}").json() == created


def test_approved_once(client_for, year):
    created = client_for("proposer").post("programmes/items/tekun/standards", proposal(year), expect=201).json()
    path = f"programmes/standards/{created['id']}/approval"
    client_for("confirmer").post(path, GAP, expect=200)
    problem(client_for("confirmer").post(path), 409, "wrong_state")
    problem(client_for("proposer2", scopes=["programmes:approve"]).post(path), 409, "wrong_state")


def test_approved_standards_of_a_tier_do_not_overlap(client_for, reader, year):
    first = client_for("proposer").post("programmes/items/tekun/standards", proposal(year), expect=201).json()
    second = client_for("proposer").post("programmes/items/tekun/standards", proposal(year, valid_from=f"{year}-12-01"), expect=201).json()
    other_tier = client_for("proposer").post("programmes/items/tekun/standards", proposal(year, tier="half-care"), expect=201).json()
    client_for("confirmer").post(f"programmes/standards/{first['id']}/approval", GAP, expect=200)
    problem(client_for("confirmer").post(f"programmes/standards/{second['id']}/approval", GAP), 409, "standard_overlaps")
    assert reader.get(f"programmes/standards/{second['id']}").json() == second
    events = client_for("auditor").get("audit/events", entity="standard", id=second["id"]).json()["items"]
    assert [event["act"] for event in events] == ["propose"]
    client_for("confirmer").post(f"programmes/standards/{other_tier['id']}/approval", GAP, expect=200)


def test_of_two_at_once_one_wins(client_for, year):
    paths = [f"programmes/standards/{client_for('proposer').post('programmes/items/tekun/standards', proposal(year), expect=201).json()['id']}"
             "/approval" for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(lambda path: client_for("confirmer").post(path, GAP).status_code, paths))
    assert statuses == [200, 409, 409, 409]


def test_approval_takes_no_members(client_for, year):
    created = client_for("proposer").post("programmes/items/tekun/standards", proposal(year), expect=201).json()
    response = client_for("confirmer").post(f"programmes/standards/{created['id']}/approval", {"amount_fen": 5})
    assert [error["code"] for error in problem(response, 400, "invalid_fields")["errors"]] == ["unknown_field"]
    problem(client_for("confirmer").post("programmes/standards/999999999/approval"), 404, "not_found")


# Who may

def test_scopes(client_for, reader, year):
    for path in ("programmes/divisions", "programmes/items", "programmes/items/tekun", "programmes/items/tekun/standards",
                 "programmes/standards/1"):
        problem(client_for(None).get(path, expect=401), 401, "unauthenticated")
        problem(client_for("clerk").get(path, expect=403), 403, "forbidden")
        client_for("supervisor").get(path)
    created = client_for("proposer").post("programmes/items/tekun/standards", proposal(year), expect=201).json()
    for person in ("supervisor", "confirmer", "clerk"):
        problem(client_for(person).post("programmes/items/tekun/standards", proposal(year)), 403, "forbidden")
    for person in ("supervisor", "proposer", "clerk"):
        problem(client_for(person).post(f"programmes/standards/{created['id']}/approval"), 403, "forbidden")
    problem(reader.post("programmes/items/tekun/standards", proposal(year)), 403, "forbidden")


def test_another_district_is_not_there(client_for, year):
    created = client_for("proposer").post("programmes/items/tekun/standards", proposal(year), expect=201).json()
    abroad = client_for("abroad", scopes=["programmes:read"], district=340104)
    assert abroad.get("programmes/divisions").json() == {"items": [], "next": None}
    assert abroad.get("programmes/items").json() == {"items": [], "next": None}
    for path in ("programmes/items/tekun", "programmes/items/tekun/standards", f"programmes/standards/{created['id']}"):
        problem(abroad.get(path, expect=404), 404, "not_found")
    problem(client_for("abroad", scopes=["programmes:write"], district=340104).post("programmes/items/tekun/standards", proposal(year)),
            404, "not_found")
    problem(client_for("abroad", scopes=["programmes:approve"], district=340104).post(f"programmes/standards/{created['id']}/approval"),
            404, "not_found")


def test_a_token_for_other_programmes_changes_nothing_here(client_for, year):
    limited = client_for("limited", scopes=["programmes:write"], programmes=("orphan",))
    problem(limited.post("programmes/items/tekun/standards", proposal(year)), 404, "not_found")
    limited.post("programmes/items/orphan/standards", proposal(year, tier="dispersed"), expect=201)
    created = client_for("proposer").post("programmes/items/tekun/standards", proposal(year), expect=201).json()
    problem(client_for("limited2", scopes=["programmes:approve"], programmes=("orphan",)).post(
        f"programmes/standards/{created['id']}/approval"), 404, "not_found")


def test_problem_documents_speak_chinese(client_for):
    client = client_for("reader", scopes=["programmes:read"])
    assert client.get("programmes/items/nothing", expect=404, headers={"Accept-Language": "zh-CN"}).json()["title"] == "资源不存在"
    assert client.get("programmes/items/nothing", expect=404).json()["title"] == "No such resource"
