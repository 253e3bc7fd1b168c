"""Exclusions, benefits of others and the holiday calendar over HTTP."""
import csv
from pathlib import Path

import pytest

from support.client import problem

SEED = Path(__file__).resolve().parents[2] / "sql" / "seed" / "340103"


def seed(name):
    """The rows of a seed file."""
    with open(SEED / name, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def proposer(client_for):
    return client_for("proposer")


@pytest.fixture
def confirmer(client_for):
    return client_for("confirmer")


def exclusion(**changes):
    """An exclusion that can be proposed; nobody is paid by these items in such years."""
    body = {"item": "free-venues", "kind": "forbidden", "other_item": "village-plays", "valid_from": "2120-01-01", "valid_to": "2121-01-01",
            "source": "民政部门文件，测试用", "confirmed": False, **changes}
    return {name: value for name, value in body.items() if value is not ...}


def approved(proposer, confirmer, **changes):
    """Proposed and approved."""
    row = proposer.post("programmes/exclusions", exclusion(**changes), expect=201).json()
    return confirmer.post(f"programmes/exclusions/{row['id']}/approval", expect=200).json()


def test_the_pairs_of_the_reference(proposer):
    rows, after = [], {}
    while True:
        page = proposer.get("programmes/exclusions", limit=5, **after).json()
        rows += page["items"]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    keys = ("item", "tier", "kind", "other_item", "other_tier", "other_benefit", "valid_from", "source")
    shown = [tuple(row[key] or "" for key in keys) for row in rows if row["valid_from"] == "2020-01-01"]
    files = ("item_code", "tier_code", "kind", "other_item_code", "other_tier_code", "other_benefit", "valid_from", "source")
    assert sorted(shown) == sorted(tuple(row[key] for key in files) for row in seed("exclusions.csv")) and len(shown) == 22
    pairs = {(item, kind, other or benefit) for item, _, kind, other, _, benefit, *_ in shown}
    assert {("rural-dibao", "forbidden", "tekun"), ("disabled-living", "forbidden", "tekun"), ("disabled-care", "forbidden", "tekun"),
            ("orphan", "forbidden", "tekun"), ("disabled-living", "forbidden", "orphan"), ("orphan", "top_up", "rural-dibao"),
            ("orphan", "top_up", "disabled-living"), ("disabled-living", "forbidden", "work-injury-care"),
            ("disabled-care", "forbidden", "work-injury-care"), ("disabled-living", "take_higher", "veteran-living"),
            ("disabled-care", "take_higher", "nursing-allowance")} <= pairs
    of_care = proposer.get("programmes/exclusions", item="elderly-care").json()["items"]
    assert [(row["item"], row["kind"], row["other_item"]) for row in of_care] == [("disabled-care", "take_higher", "elderly-care")]
    for row in rows:
        if row["valid_from"] == "2020-01-01":
            assert row["state"] == "APPROVED" and row["approved_by"] != row["proposed_by"] and not row["confirmed"]


def test_from_proposal_to_its_end(proposer, confirmer, client_for):
    made = proposer.post("programmes/exclusions", exclusion(), expect=201)
    row = made.json()
    assert made.headers["Location"] == f"/api/v1/programmes/exclusions/{row['id']}" and row["state"] == "PROPOSED"
    assert proposer.get(made.headers["Location"]).json() == row
    problem(client_for("proposer", scopes=["programmes:approve"]).post(f"programmes/exclusions/{row['id']}/approval"), 403, "same_person")
    path = f"programmes/exclusions/{row['id']}"
    problem(confirmer.post(f"{path}/end", {"valid_to": "2120-06-01"}), 409, "wrong_state")
    done = confirmer.post(f"{path}/approval", expect=200).json()
    assert done == {**row, "state": "APPROVED", "version": 2, "approved_by": "confirmer", "approved_at": done["approved_at"]}
    problem(confirmer.post(f"{path}/approval"), 409, "wrong_state")
    problem(confirmer.post(f"{path}/end", {"valid_to": "2120-06-01"}), 403, "same_person")
    third = client_for("third", scopes=["programmes:approve"])
    for day, fault in (("2120-06-02", "bad_value"), ("2120-01-01", "out_of_range"), ("2121-01-01", "out_of_range"), ("2122-01-01", "out_of_range")):
        document = problem(third.post(f"{path}/end", {"valid_to": day}), 400, "invalid_fields")
        assert [(error["pointer"], error["code"]) for error in document["errors"]] == [("/valid_to", fault)]
    ended = third.post(f"{path}/end", {"valid_to": "2120-06-01"}, expect=200).json()
    assert ended == {**done, "valid_to": "2120-06-01", "version": 3}
    events = client_for("auditor").get("audit/events", entity="exclusion", id=row["id"]).json()["items"]
    assert [(event["act"], event["actor"]) for event in events] == [("propose", "proposer"), ("approve", "confirmer"), ("end", "third")]


def test_rejected(proposer, confirmer):
    row = proposer.post("programmes/exclusions", exclusion(valid_from="2150-01-01", valid_to=None), expect=201).json()
    assert confirmer.post(f"programmes/exclusions/{row['id']}/rejection", expect=200).json()["state"] == "REJECTED"
    for step in ("approval", "rejection"):
        problem(confirmer.post(f"programmes/exclusions/{row['id']}/{step}"), 409, "wrong_state")


@pytest.mark.parametrize("changes, faults", [
    ({"other_item": ...}, {("/other_item", "required")}),
    ({"other_benefit": "unemployment"}, {("/other_item", "unfit")}),
    ({"other_item": "free-venues"}, {("/other_item", "unfit")}),
    ({"other_item": None, "other_benefit": "unemployment", "other_tier": "x"}, {("/other_tier", "unfit")}),
    ({"item": "nothing"}, {("/item", "unknown_item")}),
    ({"item": "orphan", "tier": "golden"}, {("/tier", "unknown_tier")}),
    ({"other_item": "nothing"}, {("/other_item", "unknown_item")}),
    ({"other_item": "orphan", "other_tier": "golden"}, {("/other_tier", "unknown_tier")}),
    ({"other_item": ..., "other_benefit": "lottery"}, {("/other_benefit", "unknown_benefit")}),
    ({"kind": "sometimes"}, {("/kind", "bad_value")}),
    ({"valid_from": "2120-01-02", "valid_to": "2120-01-01"}, {("/valid_from", "bad_value"), ("/valid_to", "out_of_range")}),
    ({"source": " "}, {("/source", "too_short")}),
    ({"approved_by": "me"}, {("/approved_by", "unknown_field")})])
def test_faulty_proposals(proposer, changes, faults):
    before = proposer.get("programmes/exclusions", limit=500).json()
    document = problem(proposer.post("programmes/exclusions", exclusion(**changes)), 400, "invalid_fields")
    assert {(error["pointer"], error["code"]) for error in document["errors"]} == faults
    assert proposer.get("programmes/exclusions", limit=500).json() == before


def test_repeated_and_opposite_rows(proposer, confirmer):
    years = {"valid_from": "2130-01-01", "valid_to": "2131-01-01"}
    late = proposer.post("programmes/exclusions", exclusion(kind="top_up", **years), expect=201).json()
    opposite = proposer.post("programmes/exclusions", exclusion(item="village-plays", other_item="free-venues", **years), expect=201).json()
    approved(proposer, confirmer, **years)
    problem(proposer.post("programmes/exclusions", exclusion(kind="take_higher", **years)), 409, "exclusion_overlaps")
    problem(confirmer.post(f"programmes/exclusions/{late['id']}/approval"), 409, "exclusion_overlaps")
    problem(confirmer.post(f"programmes/exclusions/{opposite['id']}/approval"), 409, "exclusion_circular")
    problem(proposer.post("programmes/exclusions", exclusion(item="village-plays", other_item="free-venues", **years)), 409, "exclusion_circular")
    proposer.post("programmes/exclusions", exclusion(valid_from="2131-01-01", valid_to=None), expect=201)


def test_rows_of_tiers(proposer, confirmer):
    """A row without a tier is about all of them; rows of two tiers do not meet."""
    pair = {"item": "worker-school", "other_item": "worker-medical", "valid_from": "2130-01-01", "valid_to": "2131-01-01"}
    approved(proposer, confirmer, **pair, tier="deep", other_tier="accident")
    approved(proposer, confirmer, **pair, tier="accident", other_tier="accident", kind="top_up")
    for more in ({}, {"tier": "deep"}, {"other_tier": "accident"}):
        problem(proposer.post("programmes/exclusions", exclusion(**pair, **more)), 409, "exclusion_overlaps")
    other_way = {**pair, "item": "worker-medical", "other_item": "worker-school"}
    problem(proposer.post("programmes/exclusions", exclusion(**other_way, tier="accident", other_tier="deep")), 409, "exclusion_circular")
    proposer.post("programmes/exclusions", exclusion(**other_way, tier="deep", other_tier="deep"), expect=201)


def test_benefits(proposer):
    items = proposer.get("programmes/benefits").json()
    assert items["next"] is None and [entry["code"] for entry in items["items"]] == [
        "employee-pension", "employment", "inpatient-free", "nursing-allowance", "unemployment", "veteran-living", "work-injury-care"]


def test_calendar(proposer):
    days = proposer.get("programmes/calendar", year=2020).json()
    assert days["next"] is None
    assert [(day["day"], day["kind"]) for day in days["items"]] == [(row["day"], row["kind"]) for row in seed("calendar.csv")]
    assert proposer.get("programmes/calendar", year=2021).json() == {"items": [], "next": None}
    for query, fault in (("", "required"), ("?year=20", "out_of_range"), ("?year=x", "out_of_range")):
        document = problem(proposer.get(f"programmes/calendar{query}", expect=400), 400, "bad_query")
        assert [(error["pointer"], error["code"]) for error in document["errors"]] == [("year", fault)]


def test_who_may(proposer, confirmer, client_for):
    row = proposer.post("programmes/exclusions", exclusion(valid_from="2140-01-01", valid_to=None), expect=201).json()
    path = f"programmes/exclusions/{row['id']}"
    for read in ("programmes/exclusions", path, "programmes/benefits", "programmes/calendar?year=2020"):
        problem(client_for(None).get(read, expect=401), 401, "unauthenticated")
        problem(client_for("clerk").get(read, expect=403), 403, "forbidden")
    problem(confirmer.post("programmes/exclusions", exclusion()), 403, "forbidden")
    for step, body in (("approval", None), ("rejection", None), ("end", {"valid_to": "2141-01-01"})):
        problem(proposer.post(f"{path}/{step}", body), 403, "forbidden")
        problem(client_for("abroad", scopes=["programmes:approve"], district=340104).post(f"{path}/{step}", body), 404, "not_found")
        problem(client_for("limited", scopes=["programmes:approve"], programmes=("orphan",)).post(f"{path}/{step}", body), 404, "not_found")
    abroad = client_for("abroad", scopes=["programmes:read"], district=340104)
    assert abroad.get("programmes/exclusions").json() == {"items": [], "next": None}
    assert abroad.get("programmes/calendar", year=2020).json() == {"items": [], "next": None}
    problem(abroad.get(path, expect=404), 404, "not_found")
    limited = client_for("limited", scopes=["programmes:write"], programmes=("orphan",))
    document = problem(limited.post("programmes/exclusions", exclusion()), 400, "invalid_fields")
    assert [(error["pointer"], error["code"]) for error in document["errors"]] == [("/item", "unknown_item")]
    assert proposer.get(path).json() == row
