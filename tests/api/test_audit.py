"""The event log over HTTP: found by entity, actor and time, checked with nothing but what it shows, and read-only."""
import datetime
import hashlib
import itertools
import json
import uuid

import pytest

from support.client import problem

YEARS = itertools.count(2150)  # not those of test_programmes.py
SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))


@pytest.fixture
def auditor(client_for):
    """Somebody who reads the log."""
    return client_for("auditor")


@pytest.fixture
def standard(client_for):
    """Three proposals of a person of their own, in a year of their own; returns the person and the proposals."""
    subject, year = f"p-{uuid.uuid4().hex[:16]}", next(YEARS)
    body = {"tier": "self-care", "amount_fen": 100, "amount_per": "month", "valid_from": f"{year}-01-01", "valid_to": f"{year}-02-01",
            "source": "x", "confirmed": False, "gap_intended": True}
    client = client_for(subject, scopes=["programmes:write"])
    made = [client.post("programmes/items/tekun/standards", body, expect=201).json() for _ in range(3)]
    return subject, made


def test_an_event_proves_itself(client_for, auditor, standard):
    subject, (one, *_) = standard
    [event] = auditor.get("audit/events", entity="standard", id=one["id"]).json()["items"]
    detail = auditor.get(f"audit/events/{event['id']}").json()
    assert {name: detail[name] for name in event} == event
    entry = json.loads(detail["entry"])
    assert hashlib.sha256(b"\x00" + detail["entry"].encode("utf-8")).hexdigest() == detail["leaf_hash"]
    assert detail["entry"] == json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert (entry["actor"], entry["act"], entry["ent"], entry["id"], entry["seq"], entry["svc"], entry["district"], entry["prev"]) == (
        subject, "propose", "standard", str(one["id"]), 1, "programmes", 340103, "")
    assert entry["data"] == {"amount_fen": 100, "amount_per": "month", "confirmed": False, "item": "tekun", "tier": "self-care",
                             "valid_from": one["valid_from"], "valid_to": one["valid_to"]}


def test_events_of_an_entity_are_chained(client_for, auditor, standard):
    _, (one, *_) = standard
    client_for("confirmer").post(f"programmes/standards/{one['id']}/approval", {"gap_intended": True}, expect=200)
    events = auditor.get("audit/events", entity="standard", id=one["id"]).json()["items"]
    details = [auditor.get(f"audit/events/{event['id']}").json() for event in events]
    assert [json.loads(detail["entry"])["seq"] for detail in details] == [1, 2]
    assert [json.loads(detail["entry"])["prev"] for detail in details] == ["", details[0]["leaf_hash"]]


def test_events_of_an_actor_page_by_page(auditor, standard):
    subject, made = standard
    events, after = [], {}
    while True:
        page = auditor.get("audit/events", actor=subject, limit=2, **after).json()
        events += page["items"]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert [event["entity_id"] for event in events] == [str(one["id"]) for one in made]
    assert {event["actor"] for event in events} == {subject}
    assert auditor.get("audit/events", actor=subject, entity="standard").json()["items"] == events
    assert auditor.get("audit/events", actor=subject, entity="person").json()["items"] == []


def test_events_of_a_day(auditor, standard):
    subject, made = standard
    days = {event["at"][:10] for event in auditor.get("audit/events", actor=subject).json()["items"]}
    first, last = min(days), max(days)
    assert abs((datetime.date.fromisoformat(last) - datetime.datetime.now(SHANGHAI).date()).days) <= 1
    after = (datetime.date.fromisoformat(last) + datetime.timedelta(days=1)).isoformat()
    before = (datetime.date.fromisoformat(first) - datetime.timedelta(days=1)).isoformat()

    def count(**query):
        return len(auditor.get("audit/events", actor=subject, **query).json()["items"])

    assert count(**{"from": first, "to": last}) == len(made)
    assert count(**{"from": first}) == count(to=last) == len(made)
    assert count(**{"from": after}) == count(to=before) == 0


@pytest.mark.parametrize("query, pointer, code", [
    ("id=5", "entity", "required"), ("from=yesterday", "from", "bad_date"), ("to=2020-02-30", "to", "bad_date"),
    ("limit=1000", "limit", "out_of_range"), ("actor=" + "x" * 65, "actor", "too_long"), ("person=5", None, None),
    ("entity=run&entity=file", None, None)])
def test_bad_queries(auditor, query, pointer, code):
    document = problem(auditor.get(f"audit/events?{query}", expect=400), 400, "bad_query")
    assert [(error["pointer"], error["code"]) for error in document.get("errors", [])] == ([(pointer, code)] if pointer else [])


@pytest.mark.parametrize("number", ["0", "-1", "x", "999999999999", "99999999999999999999"])
def test_events_that_are_not_there(auditor, number):
    problem(auditor.get(f"audit/events/{number}", expect=404), 404, "not_found")


def test_another_district_sees_nothing(client_for, auditor, standard):
    subject, (one, *_) = standard
    event = auditor.get("audit/events", entity="standard", id=one["id"]).json()["items"][0]
    abroad = client_for("abroad", scopes=["audit:read"], district=340104)
    assert abroad.get("audit/events", actor=subject).json() == {"items": [], "next": None}
    problem(abroad.get(f"audit/events/{event['id']}", expect=404), 404, "not_found")


def test_scopes(client_for):
    for path in ("audit/events", "audit/events/1"):
        problem(client_for(None).get(path, expect=401), 401, "unauthenticated")
        for person in ("clerk", "maker", "finance"):
            problem(client_for(person).get(path, expect=403), 403, "forbidden")
    client_for("supervisor").get("audit/events")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_is_written_here(client_for, auditor, method):
    for client in (auditor, client_for("supervisor")):
        for path in ("audit/events", "audit/events/1"):
            problem(client.call(method, path, {}), 405, "method_not_allowed")
