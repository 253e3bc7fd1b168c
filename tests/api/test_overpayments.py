"""Overpayments over HTTP: found by a run, paid back, given up by two people; who may do what; every figure adds up."""
import uuid

import pytest

from support.care import CARE, CARE_FEN, CareOffice
from support.client import problem
from support.register import STREET


@pytest.fixture(scope="module")
def client_for(bankless, clients):
    """Clients of this module's stack."""
    return clients(bankless)


@pytest.fixture(scope="module")
def office(client_for):
    """Three people who were paid for May and June; two of them had died in April."""
    one = CareOffice(client_for).open()
    one.people = [one.cared(), one.cared(2), one.cared()]
    one.paid("2020-05")
    one.paid("2020-06")
    for person in one.people[:2]:
        one.died(person, "2020-04-20")
    one.july = one.draft(CARE, "2020-07")
    return one


def open_ones(office):
    """What is open, oldest first."""
    return office.get("payments/overpayments", open="true", limit=500)["items"]


def collect(office, over, fen, reference=None, **more):
    """A collection by finance."""
    body = {"amount_fen": fen, "reference": reference or f"收据{uuid.uuid4().hex[:8]}"}
    return office.client("finance").post(f"payments/overpayments/{over['id']}/collections", body, **more)


def propose(office, over, fen, reference="核销1号", **more):
    """A write-off that the maker proposes."""
    return office.client("maker").post(f"payments/overpayments/{over['id']}/write-offs", {"amount_fen": fen, "reference": reference}, **more)


def detail(office, over):
    """One overpayment, whose figures must agree with its recoveries."""
    seen = office.get(f"payments/overpayments/{over['id']}")
    done = {kind: sum(one["amount_fen"] for one in seen["recoveries"] if (one["kind"], one["state"]) == (kind, "DONE"))
            for kind in ("netting", "collection", "write_off")}
    assert (seen["netted_fen"], seen["collected_fen"], seen["written_off_fen"]) == (done["netting"], done["collection"], done["write_off"])
    assert seen["proposed_fen"] == sum(one["amount_fen"] for one in seen["recoveries"] if one["state"] == "PROPOSED")
    assert seen["open_fen"] == max(0, seen["amount_fen"] - sum(done.values()))
    return seen


def faults(document):
    """The faults of a problem document."""
    return {(error["pointer"], error["code"]) for error in document["errors"]}


def test_a_run_finds_what_was_paid_too_much(office):
    assert office.july["overpaid_fen"] == 4 * CARE_FEN
    items = office.get("payments/overpayments", limit=500)["items"]
    assert sorted((one["person_id"], one["period"]) for one in items) == sorted((person, period) for person in office.people[:2] for period in ("2020-05", "2020-06"))
    assert {(one["item"], one["amount_fen"], one["run_id"]) for one in items} == {(CARE, CARE_FEN, office.july["id"])}
    assert {one["person_id"] for one in office.get("payments/overpayments", person=office.people[0])["items"]} == {office.people[0]}
    assert office.get("payments/overpayments", item="tekun")["items"] == [] == office.get("payments/overpayments", person=office.people[2])["items"]
    first = office.get("payments/overpayments", limit=3)
    assert first["items"] + office.get("payments/overpayments", limit=3, after=first["next"])["items"] == items
    problem(office.client("maker").get("payments/overpayments", open="maybe", expect=400), 400, "bad_query")


def test_money_that_is_paid_back_is_in_the_budget_again(office):
    over = open_ones(office)[0]
    before = {(row["source"], row["kind"]): row["balance_fen"] for row in office.get("payments/accounts", item=CARE)["items"]}
    key = uuid.uuid4().hex
    first = collect(office, over, 1000, "收据1", key=key, expect=201)
    assert {name: first.json()[name] for name in ("overpayment_id", "kind", "amount_fen", "reference", "state", "proposed_by", "approved_by")} == {
        "overpayment_id": over["id"], "kind": "collection", "amount_fen": 1000, "reference": "收据1", "state": "DONE", "proposed_by": "finance", "approved_by": None}
    again = collect(office, over, 1000, "收据1", key=key, expect=201)
    assert again.json() == first.json() and again.headers["Idempotency-Replayed"] == "true"
    problem(collect(office, over, 1000, "收据1"), 409, "already_exists")
    after = {(row["source"], row["kind"]): row["balance_fen"] for row in office.get("payments/accounts", item=CARE)["items"]}
    moved = {key: after[key] - before[key] for key in after if after[key] != before[key]}
    assert sum(moved.values()) == 0 and sum(fen for (_, kind), fen in moved.items() if kind == "budget") == 1000
    seen = detail(office, over)
    assert (seen["collected_fen"], seen["open_fen"], seen["recoveries"]) == (1000, CARE_FEN - 1000, [first.json()])
    problem(collect(office, over, CARE_FEN), 409, "more_than_open")
    collect(office, over, CARE_FEN - 1000, expect=201)
    assert detail(office, over)["open_fen"] == 0
    assert over["id"] not in [one["id"] for one in open_ones(office)]
    assert over["id"] in [one["id"] for one in office.get("payments/overpayments", open="false")["items"]]
    problem(collect(office, over, 1), 409, "more_than_open")


def test_two_people_give_up_what_is_open(office, client_for):
    over = open_ones(office)[0]
    write_off = propose(office, over, 2000, expect=201).json()
    assert (write_off["kind"], write_off["state"], write_off["proposed_by"], write_off["approved_by"], write_off["version"]) == (
        "write_off", "PROPOSED", "maker", None, 1)
    assert (detail(office, over)["proposed_fen"], detail(office, over)["open_fen"]) == (2000, CARE_FEN)
    problem(collect(office, over, CARE_FEN - 1999), 409, "more_than_open")
    problem(propose(office, over, CARE_FEN - 1999), 409, "more_than_open")
    path = f"payments/write-offs/{write_off['id']}"
    for step in ("approval", "rejection"):
        problem(client_for("maker", scopes=["payments:approve"]).post(f"{path}/{step}", {}), 403, "same_person")
        problem(client_for("maker").post(f"{path}/{step}", {}), 403, "forbidden")
    approved = client_for("checker").post(f"{path}/approval", {}, expect=200).json()
    assert (approved["state"], approved["approved_by"], approved["version"]) == ("DONE", "checker", 2)
    for step in ("approval", "rejection"):
        problem(client_for("checker").post(f"{path}/{step}", {}), 409, "wrong_state")
    assert (detail(office, over)["written_off_fen"], detail(office, over)["open_fen"]) == (2000, CARE_FEN - 2000)


def test_a_write_off_that_is_rejected_changes_nothing(office, client_for):
    over = open_ones(office)[-1]
    write_off = propose(office, over, 500, expect=201).json()
    rejected = client_for("checker").post(f"payments/write-offs/{write_off['id']}/rejection", {}, expect=200).json()
    assert (rejected["state"], rejected["approved_by"]) == ("REJECTED", "checker")
    seen = detail(office, over)
    assert (seen["proposed_fen"], seen["written_off_fen"], seen["open_fen"]) == (0, 0, over["open_fen"])
    events = client_for("auditor").get("audit/events", entity="recovery", id=write_off["id"]).json()["items"]
    assert [event["act"] for event in events] == ["propose", "reject"]


def test_who_may_recover(office, client_for):
    over = open_ones(office)[-1]
    body = {"amount_fen": 1, "reference": "x"}
    collections, write_offs = f"payments/overpayments/{over['id']}/collections", f"payments/overpayments/{over['id']}/write-offs"
    problem(client_for("maker").post(collections, body), 403, "forbidden")
    problem(client_for("finance").post(write_offs, body), 403, "forbidden")
    problem(client_for("checker").post(write_offs, body), 403, "forbidden")
    write_off = propose(office, over, 1, "核销9号", expect=201).json()["id"]
    for reach, status, code in (({"programmes": ["tekun"]}, 404, "not_found"), ({"divisions": [STREET]}, 403, "forbidden"), ({"district": 340104}, 404, "not_found")):
        problem(client_for("other-finance", scopes=["payments:fund"], **reach).post(collections, body), status, code)
        problem(client_for("other-maker", scopes=["payments:prepare"], **reach).post(write_offs, body), status, code)
        for step in ("approval", "rejection"):
            problem(client_for("other-checker", scopes=["payments:approve"], **reach).post(f"payments/write-offs/{write_off}/{step}", {}), status, code)
        reader = client_for("other-reader", scopes=["payments:read"], **reach)
        assert reader.get("payments/overpayments").json()["items"] == []
        problem(reader.get(f"payments/overpayments/{over['id']}", expect=404), 404, "not_found")
    client_for("checker").post(f"payments/write-offs/{write_off}/rejection", {}, expect=200)


@pytest.mark.parametrize("changes, expected", [
    ({"amount_fen": 0}, {("/amount_fen", "out_of_range")}), ({"amount_fen": -1}, {("/amount_fen", "out_of_range")}),
    ({"amount_fen": 1.5}, {("/amount_fen", "wrong_type")}), ({"reference": ""}, {("/reference", "too_short")}),
    ({"reference": "x" * 101}, {("/reference", "too_long")}), ({"state": "DONE"}, {("/state", "unknown_field")})])
def test_faulty_recoveries(office, changes, expected):
    over = open_ones(office)[-1]
    before = detail(office, over)
    for person, kind in (("finance", "collections"), ("maker", "write-offs")):
        client = office.client(person)
        path = f"payments/overpayments/{over['id']}/{kind}"
        assert faults(problem(client.post(path, {"amount_fen": 1, "reference": "r", **changes}), 400, "invalid_fields")) == expected
        assert faults(problem(client.post(path, {}), 400, "invalid_fields")) == {("/amount_fen", "required"), ("/reference", "required")}
        problem(client.post(f"payments/overpayments/999999/{kind}", {"amount_fen": 1, "reference": "r"}), 404, "not_found")
        problem(client.post(path, {"amount_fen": 1, "reference": "r"}, key=False), 400, "idempotency_key_required")
    problem(office.client("checker").post("payments/write-offs/999999/approval", {}), 404, "not_found")
    assert detail(office, over) == before
