"""Payments over HTTP: what each role may do, what is refused, and that a refusal changes nothing.

The stack is the module's own and has no bank process: the tests are the bank and hand in its messages, so that each state can be held.
"""
import base64
import http.client
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from stack.bank import AGENCY
from support.client import problem
from support.office import Office, acknowledgement, answer, digest, parsed_file, statement, wait_for
from support.register import STREET, TOWN, card, id_number

ORPHAN_FEN = 126_200
ABROAD = {"district": 340104}
READS = ("agencies", "accounts", "transfers", "runs", "payments", "files", "bank-messages", "breaks", "reconciliations")


@pytest.fixture(scope="module")
def bankless(make_stack):
    """A stack whose bank is the test."""
    one = make_stack()
    one.services.start()
    one.gateway.start(one.services.ports)
    return one


@pytest.fixture(scope="module")
def client_for(bankless, clients):
    """Clients of this module's stack."""
    return clients(bankless)


class Payday(Office):
    """One released run of two orphans with its file, and a third person who is enrolled later."""

    def prepare(self):
        """Registers, funds, pays May; June is for the tests."""
        self.cards = [card(), card()]
        self.people = [self.register("李䶮", account=self.cards[0], number=id_number(2010)),
                       self.register("阿依古丽·买买提", division=STREET, account=self.cards[1], number=id_number(2010))]
        for person in self.people:
            self.enrol(person, "orphan", "dispersed")
        self.contract_bank()
        self.fund("orphan", 10 * ORPHAN_FEN, "拨2020-1")
        self.may, self.file = self.released("orphan", "2020-05")
        self.lines = {payment["person_id"]: payment for payment in self.payments(self.may["id"])}
        return self


@pytest.fixture(scope="module")
def office(client_for):
    """The people of this module's stack at work, with a released run."""
    return Payday(client_for).prepare()


@pytest.fixture
def draft(office):
    """A draft of June that ends cancelled."""
    run = office.draft("orphan", "2020-06")
    yield run
    if office.run(run["id"])["state"] in ("DRAFT", "APPROVED"):
        office.client("maker").post(f"payments/runs/{run['id']}/cancellation", {}, expect=200)


def faults(document):
    """The faults of a problem document as (pointer, code)."""
    return {(error["pointer"], error["code"]) for error in document["errors"]}


# Agent bank, money, ledger

def test_the_agent_bank_is_registered_once(office, client_for):
    assert office.get("payments/agencies")["items"] == [
        {"id": "AHLY", "name_zh": AGENCY["name_zh"], "unit_code": "0042", "account_number": AGENCY["account_number"],
         "account_name": "惠民补贴资金专户", "bank_number": None, "format": "agency-pipe-8", "answer_format": "agency-pipe-8",
         "statement_format": "agency-pipe-8"}]
    other = dict(AGENCY, code="OTHER", unit_code="0043")
    problem(client_for("finance").post("payments/agencies", other), 409, "already_exists")
    document = problem(client_for("finance").post("payments/agencies", dict(AGENCY, code="a-", unit_code="12x4", account_number="12345678x")),
                       400, "invalid_fields")
    assert faults(document) == {("/code", "bad_characters"), ("/unit_code", "bad_characters"), ("/account_number", "account_characters")}
    limited = client_for("finance-street", scopes=["payments:fund"], divisions=[STREET])
    problem(limited.post("payments/agencies", other), 403, "forbidden")


def test_money_in_place_is_noted_once_per_document(office, client_for):
    key = uuid.uuid4().hex
    body = {"item": "rural-dibao", "source": "central", "amount_fen": 500, "reference": "财社〔2020〕1号"}
    finance = client_for("finance")
    first = finance.post("payments/appropriations", body, key=key, expect=201)
    transfer = first.json()
    assert (transfer["debit"], transfer["credit"], transfer["amount_fen"], transfer["run_id"], transfer["actor"]) == (
        "appropriated", "budget", 500, None, "finance")
    again = finance.post("payments/appropriations", body, key=key, expect=201)
    assert again.json() == transfer and again.headers["Idempotency-Replayed"] == "true"
    problem(finance.post("payments/appropriations", dict(body, amount_fen=501), key=key), 422, "idempotency_key_reused")
    problem(finance.post("payments/appropriations", body), 409, "already_exists")
    assert office.get("payments/transfers", item="rural-dibao")["items"] == [transfer]
    balances = {(row["source"], row["kind"]): row["balance_fen"] for row in office.get("payments/accounts", item="rural-dibao")["items"]}
    assert balances == {("central", "appropriated"): -500, ("central", "budget"): 500}
    abroad = client_for("abroad", scopes=["payments:fund"], **ABROAD)
    assert faults(problem(abroad.post("payments/appropriations", body), 400, "invalid_fields")) == {("/item", "unknown_item")}
    limited = client_for("finance-tekun", scopes=["payments:fund"], programmes=["tekun"])
    problem(limited.post("payments/appropriations", body), 404, "not_found")


@pytest.mark.parametrize("changes, expected", [
    ({"item": "nothing"}, {("/item", "unknown_item")}),
    ({"source": "town"}, {("/source", "bad_value")}),
    ({"amount_fen": 0}, {("/amount_fen", "out_of_range")}),
    ({"amount_fen": 10**12 + 1}, {("/amount_fen", "out_of_range")}),
    ({"amount_fen": 1.5}, {("/amount_fen", "wrong_type")}),
    ({"amount_fen": "1"}, {("/amount_fen", "wrong_type")}),
    ({"reference": ""}, {("/reference", "too_short")}),
    ({"reference": "x" * 101}, {("/reference", "too_long")}),
    ({"reference": None}, {("/reference", "wrong_type")}),
    ({"purpose": "x"}, {("/purpose", "unknown_field")})])
def test_faulty_appropriations(office, changes, expected):
    body = {"item": "orphan", "source": "city", "amount_fen": 1, "reference": "r", **changes}
    assert faults(problem(office.client("finance").post("payments/appropriations", body), 400, "invalid_fields")) == expected
    document = problem(office.client("finance").post("payments/appropriations", {}), 400, "invalid_fields")
    assert faults(document) == {(f"/{name}", "required") for name in ("item", "source", "amount_fen", "reference")}


# Dry runs

def test_a_dry_run_shows_what_a_run_would_pay(office, draft):
    dry = office.client("maker").post("payments/dry-runs", {"item": "orphan", "period": "2020-07"}, key=False, expect=200).json()
    assert len(dry["totals"].pop("lines_sha256")) == 64
    assert dry["totals"] == {"lines": 2, "people": 2, "amount_fen": 2 * ORPHAN_FEN, "netted_fen": 0, "held_lines": 0, "overpaid_fen": 0,
                             "rule_confirmed": False}
    assert {line["person_id"] for line in dry["items"]} == set(office.people) and dry["next"] is None
    pages, after = [], {}
    while True:
        page = office.client("maker").post("payments/dry-runs", {"item": "orphan", "period": "2020-07", "limit": 1, **after}, key=False, expect=200).json()
        pages += page["items"]
        if page["next"] is None:
            break
        after = page["next"]
    assert pages == dry["items"]
    limited = office.client("limited", scopes=["payments:read"], programmes=["tekun"])
    problem(limited.post("payments/dry-runs", {"item": "orphan", "period": "2020-07"}, key=False), 404, "not_found")
    document = problem(office.client("maker").post("payments/dry-runs", {"item": "tekun", "period": "2020-07", "limit": 501}, key=False),
                       400, "invalid_fields")
    assert faults(document) == {("/limit", "out_of_range")}
    problem(office.client("maker").post("payments/dry-runs", {"item": "tekun", "period": "2020-07"}, key=False), 409, "standard_missing")


# Runs

def test_a_run_is_made_filled_and_listed(office, draft):
    assert (draft["lines"], draft["people"], draft["amount_fen"], draft["open_fen"]) == (2, 2, 2 * ORPHAN_FEN, 2 * ORPHAN_FEN)
    assert (draft["maker"], draft["checker"], draft["releaser"], draft["kind"], draft["item_zh"]) == ("maker", None, None, "REGULAR", "孤儿基本生活保障")
    assert draft in office.get("payments/runs", item="orphan", period="2020-06", state="DRAFT")["items"]
    assert draft not in office.get("payments/runs", state="RELEASED")["items"]
    assert office.get(f"payments/runs/{draft['id']}/held") == {"items": [], "next": None}
    lines = office.payments(draft["id"])
    assert {line["person_id"] for line in lines} == set(office.people) and {line["state"] for line in lines} == {"CREATED"}
    first = office.get(f"payments/runs/{draft['id']}/payments", limit=1)
    assert first["items"] == lines[:1] and office.get(f"payments/runs/{draft['id']}/payments", after=first["next"])["items"] == lines[1:]
    assert office.get(f"payments/runs/{draft['id']}/payments", state="PAID")["items"] == []


def test_a_run_made_twice_is_refused(office, draft):
    body = {"item": "orphan", "period": "2020-06"}
    problem(office.client("maker").post("payments/runs", body), 409, "run_exists")
    problem(office.client("maker").post("payments/runs", dict(body, supplement=1)), 409, "supplement_too_early")
    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(lambda n: office.client("maker").post("payments/runs", {"item": "disabled-care", "period": "2020-06"}).status_code, range(4)))
    assert sorted(codes) == [202, 409, 409, 409]


def test_a_repeated_call_makes_one_run(office, client_for):
    key, body = uuid.uuid4().hex, {"item": "disabled-living", "period": "2020-Q1"}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: client_for("maker").post("payments/runs", body, key=key, expect=202), range(4)))
    assert len({one.json()["id"] for one in answers}) == 1 and len({one.headers["Location"] for one in answers}) == 1
    assert sorted(one.headers.get("Idempotency-Replayed", "no") for one in answers) == ["no", "true", "true", "true"]
    problem(client_for("maker").post("payments/runs", dict(body, period="2020-Q2"), key=key), 422, "idempotency_key_reused")
    problem(client_for("maker").post("payments/runs", body, key=False), 400, "idempotency_key_required")
    problem(client_for("maker").post("payments/runs", body, key="short"), 400, "idempotency_key_required")
    run = answers[0].json()["id"]
    assert answers[0].headers["Location"] == f"/api/v1/payments/runs/{run}"
    assert wait_for(lambda: office.run(run), lambda now: now["state"] == "DRAFT")["lines"] == 0


def test_a_programme_without_a_standard_names_its_tiers(office):
    document = problem(office.client("maker").post("payments/runs", {"item": "tekun", "period": "2020-06"}), 409, "standard_missing")
    assert faults(document) == {(f"/item/tekun/{tier}", "standard_missing") for tier in ("full-care", "half-care", "self-care")}
    assert all(error["detail"] for error in document["errors"])
    document = problem(office.client("maker").post("payments/runs", {"item": "orphan", "period": "2021-01"}), 409, "standard_missing")
    assert ("/item/orphan/rule", "standard_missing") in faults(document)


@pytest.mark.parametrize("body, expected", [
    ({"item": "orphan", "period": "2020-13"}, {("/period", "bad_period")}),
    ({"item": "orphan", "period": "2020-Q2"}, {("/period", "bad_period")}),
    ({"item": "disabled-living", "period": "2020-06"}, {("/period", "bad_period")}),
    ({"item": "orphan", "period": "202006"}, {("/period", "bad_period")}),
    ({"item": "orphan", "period": "20"}, {("/period", "too_short")}),
    ({"item": "orphan", "period": "2020-06-01"}, {("/period", "too_long")}),
    ({"item": "nothing", "period": "2020-06"}, {("/item", "unknown_item")}),
    ({"item": "orphan"}, {("/period", "required")}),
    ({"item": "orphan", "period": "2020-08", "supplement": 100}, {("/supplement", "out_of_range")}),
    ({"item": "orphan", "period": "2020-08", "amount_fen": 1, "state": "RELEASED"}, {("/amount_fen", "unknown_field"), ("/state", "unknown_field")})])
def test_faulty_runs(office, body, expected):
    before = office.get("payments/runs", limit=500)
    assert faults(problem(office.client("maker").post("payments/runs", body), 400, "invalid_fields")) == expected
    assert office.get("payments/runs", limit=500) == before


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"item": "orphan", "item": "tekun", "period": "2020-08"}', b'"x"', b'{"item": "\xff"}', b"[" * 80])
def test_bodies_that_are_not_json_objects(office, body):
    problem(office.client("maker").post("payments/runs", body, headers={"Content-Type": "application/json"}), 400, "bad_json")
    problem(office.client("maker").post("payments/runs", b"a", headers={"Content-Type": "text/csv"}), 415, "unsupported_media_type")


def test_approval_takes_the_totals_and_another_person(office, draft):
    path = f"payments/runs/{draft['id']}/approval"
    good = {"lines": 2, "amount_fen": 2 * ORPHAN_FEN}
    for wrong in ({"lines": 3}, {"amount_fen": 2 * ORPHAN_FEN - 1}):
        problem(office.client("checker").post(path, dict(good, **wrong)), 409, "totals_differ")
    problem(office.client("maker", scopes=["payments:approve"]).post(path, good), 403, "same_person")
    assert faults(problem(office.client("checker").post(path, {"lines": 2}), 400, "invalid_fields")) == {("/amount_fen", "required")}
    problem(office.client("checker").post(f"payments/runs/{draft['id']}/release", {}), 403, "forbidden")
    problem(office.client("releaser").post(f"payments/runs/{draft['id']}/release", {}), 409, "wrong_state")
    assert office.run(draft["id"]) == draft
    key = uuid.uuid4().hex
    approved = office.client("checker").post(path, good, key=key, expect=200)
    assert (approved.json()["state"], approved.json()["checker"]) == ("APPROVED", "checker")
    assert office.client("checker").post(path, good, key=key, expect=200).headers["Idempotency-Replayed"] == "true"
    problem(office.client("checker").post(path, good), 409, "wrong_state")


def test_release_is_by_a_third_person_and_within_the_money(office, client_for, draft):
    office.approve(draft)
    path = f"payments/runs/{draft['id']}/release"
    for person in ("maker", "checker"):
        problem(client_for(person, scopes=["payments:release"]).post(path, {}), 403, "same_person")
    assert faults(problem(client_for("releaser").post(path, {"amount_fen": 1}), 400, "invalid_fields")) == {("/amount_fen", "unknown_field")}
    assert office.run(draft["id"])["state"] == "APPROVED"


def test_a_run_that_the_money_does_not_cover_is_not_released(office):
    person = office.register()
    office.client("clerk").post(f"beneficiaries/persons/{person}/certificates", {"number": office.client("viewer").get(
        f"beneficiaries/persons/{person}/clear", headers={"Purpose": "certificate of a test"}).json()["id_number"] + "41"}, expect=201)
    office.enrol(person, "disabled-living", since="2020-07-01")
    run = office.draft("disabled-living", "2020-Q3")
    assert run["amount_fen"] == 20_000
    office.approve(run)
    path = f"payments/runs/{run['id']}/release"
    problem(office.client("releaser").post(path, {}), 409, "funds_missing")
    office.fund("disabled-living", 19_999, "拨2020-2", "city")
    problem(office.client("releaser").post(path, {}), 409, "funds_missing")
    office.client("maker").post(f"payments/runs/{run['id']}/cancellation", {}, expect=200)
    assert office.run(run["id"])["state"] == "CANCELLED"


def test_cancellation_before_release_only(office, client_for):
    run = office.draft("orphan", "2020-11")
    path = f"payments/runs/{run['id']}/cancellation"
    problem(client_for("checker").post(path, {}), 403, "forbidden")
    cancelled = client_for("maker").post(path, {}, expect=200).json()
    assert (cancelled["state"], cancelled["cancelled_fen"], cancelled["open_fen"]) == ("CANCELLED", run["amount_fen"], 0)
    problem(client_for("maker").post(path, {}), 409, "wrong_state")
    problem(client_for("maker").post(f"payments/runs/{office.may['id']}/cancellation", {}), 409, "wrong_state")


# Files, payments

def test_a_file_holds_what_was_released(office, bankless):
    file = office.get(f"payments/files/{office.file['id']}")
    assert file in office.get("payments/files", run=office.may["id"])["items"]
    body = (bankless.paths.bank / "outbox" / file["name"]).read_bytes()
    assert (digest(body), len(body), digest(body)[:8]) == (file["sha256"], file["bytes"], file["name"][-12:-4])
    header, lines = parsed_file(body)
    assert header == ["HEAD", "V1", file["business_date"].replace("-", ""), "0042", "AHLY", str(file["sequence"]), "2", "2524.00"]
    by_reference = {line[0]: line for line in lines}
    for person, account, name in zip(office.people, office.cards, ("李䶮", "阿依古丽·买买提")):
        line = by_reference[f"P{office.lines[person]['id']}"]
        assert (line[1], line[2], line[3], line[5], line[7]) == (name, "1262.00", account, "1", "1")


def test_a_payment_shows_its_facts_and_history_and_no_account(office):
    payment = office.payment(office.lines[office.people[0]]["id"])
    assert [(step["from"], step["to"], step["actor"]) for step in payment["history"]][:4] == [
        ("NONE", "CREATED", "maker"), ("CREATED", "APPROVED", "checker"), ("APPROVED", "FILED", "releaser"), ("FILED", "SENT", "releaser")]
    assert [(fact["tier"], fact["months"], fact["amount_fen"]) for fact in payment["facts"]] == [("dispersed", 1, ORPHAN_FEN)]
    text = json.dumps(payment, ensure_ascii=False)
    assert office.cards[0] not in text and "李䶮" not in text and payment["account_masked"].endswith(office.cards[0][-4:])
    mine = office.get("payments/payments", person=office.people[0])["items"]
    assert payment["id"] in [one["id"] for one in mine] and {one["person_id"] for one in mine} == {office.people[0]}


def test_a_clerk_of_a_street_sees_its_payments_alone(office, client_for):
    street = client_for("street-reader", scopes=["payments:read"], divisions=[STREET])
    seen = street.get(f"payments/runs/{office.may['id']}/payments").json()["items"]
    assert [one["person_id"] for one in seen] == [office.people[1]] and {one["division"] for one in seen} == {STREET}
    problem(street.get(f"payments/payments/{office.lines[office.people[0]]['id']}", expect=404), 404, "not_found")
    town = client_for("town-maker", scopes=["payments:prepare"], divisions=[TOWN])
    problem(town.post("payments/runs", {"item": "orphan", "period": "2020-12"}), 403, "forbidden")
    other = client_for("tekun-reader", scopes=["payments:read"], programmes=["tekun"])
    for path in (f"runs/{office.may['id']}", f"files/{office.file['id']}", f"payments/{office.lines[office.people[0]]['id']}"):
        problem(other.get(f"payments/{path}", expect=404), 404, "not_found")
    assert other.get("payments/runs").json()["items"] == [] == other.get("payments/transfers").json()["items"]


# The bank's messages, one payment's end

def test_messages_that_do_not_hold_change_nothing(office):
    first, second = (office.lines[person] for person in office.people)
    rows = [(first["id"], ORPHAN_FEN, office.cards[0], "S"), (second["id"], ORPHAN_FEN, office.cards[1], "S")]
    before = office.payments(office.may["id"])
    for body, code in (
            (b"HELLO|V1|\r\n", "message_unreadable"), (b"\xff\xff\xff\r\n", "message_unreadable"),
            (answer(office.file, rows, end=False), "message_truncated"), (answer(office.file, rows)[:-20], "message_unreadable"),
            (answer(office.file, rows, count=3), "message_totals"), (answer(office.file, rows, total_fen=1), "message_totals"),
            (answer(office.file, rows) + answer(office.file, rows), "message_totals"),
            (answer(dict(office.file, name="HM_AHLY_20200101_0001_00000000.txt"), rows), "message_file_unknown"),
            (answer(office.file, [(first["id"], ORPHAN_FEN, office.cards[0], "X")]), "message_unreadable"),
            (acknowledgement(office.file, sha256="0" * 64), "message_hash"),
            (acknowledgement(dict(office.file, lines=3)), "message_totals"),
            (acknowledgement(office.file, verdict="MAYBE"), "message_unreadable"),
            (statement(1, "20200630", 100, []).replace(AGENCY["account_number"].encode(), b"95508800"), "message_file_unknown")):
        refused = office.message(body, expect="REFUSED")
        assert refused["error_code"] == code, (body, refused)
        assert [one["key"] for one in office.get("payments/breaks", limit=500)["items"] if one["bank_message_id"] == refused["id"]] == [
            f"inbound {refused['id']}"]
    assert office.payments(office.may["id"]) == before


def test_messages_need_a_body_of_text_and_their_scope(office, client_for):
    banker = client_for("banker")
    problem(banker.post("payments/bank-messages", b"", headers={"Content-Type": "text/plain"}), 400, "empty_file")
    problem(banker.post("payments/bank-messages", b"{}", headers={"Content-Type": "application/json"}), 415, "unsupported_media_type")
    problem(banker.post("payments/bank-messages", b"x", headers={"Content-Type": "text/plain"}, key=False), 400, "idempotency_key_required")
    problem(client_for("maker").post("payments/bank-messages", b"x", headers={"Content-Type": "text/plain"}), 403, "forbidden")
    limited = client_for("street-banker", scopes=["payments:bank"], divisions=[STREET])
    problem(limited.post("payments/bank-messages", b"x", headers={"Content-Type": "text/plain"}), 403, "forbidden")


def test_from_acknowledgement_to_a_closed_break(office, client_for):
    """The rest of May's life: one is paid and comes back, one is refused, a night passes, a break is closed."""
    first, second = (office.lines[person] for person in office.people)
    taken = office.message(acknowledgement(office.file))
    assert (taken["kind"], taken["file_id"], taken["outcomes"]) == ("ACKNOWLEDGEMENT", office.file["id"], {})
    body = answer(office.file, [(first["id"], ORPHAN_FEN, office.cards[0], "S"),
                                (second["id"], ORPHAN_FEN, office.cards[1], "F", "RJ02", "户名不符,原户名为[别人]"),
                                (99_999_999, 100, "6217000000000000004", "S")])
    applied = office.message(body)
    assert (applied["kind"], applied["lines"], applied["outcomes"]) == ("RESULT", 3, {"PAID": 1, "REJECTED": 1, "unknown": 1})
    assert office.message(body)["id"] == applied["id"]
    assert applied["id"] in [one["id"] for one in office.get("payments/bank-messages", limit=500)["items"]]
    refused = office.payment(second["id"])
    assert (refused["state"], refused["reason"], refused["bank_code"]) == ("REJECTED", "NAME_MISMATCH", "RJ02")
    assert "别人" not in json.dumps(refused, ensure_ascii=False)
    run = office.run(office.may["id"])
    assert (run["paid_fen"], run["rejected_fen"], run["open_fen"]) == (ORPHAN_FEN, ORPHAN_FEN, 0)

    problem(client_for("maker").post(f"payments/payments/{first['id']}/reissue", {}), 409, "wrong_state")
    problem(client_for("checker").post(f"payments/payments/{second['id']}/reissue", {}), 403, "forbidden")
    reissue = client_for("maker").post(f"payments/payments/{second['id']}/reissue", {}, expect=201)
    assert (reissue.json()["kind"], reissue.json()["state"], reissue.json()["lines"]) == ("REISSUE", "DRAFT", 1)
    assert reissue.headers["Location"] == f"/api/v1/payments/runs/{reissue.json()['id']}"
    problem(client_for("maker").post(f"payments/payments/{second['id']}/reissue", {}), 409, "already_reissued")
    client_for("maker").post(f"payments/runs/{reissue.json()['id']}/cancellation", {}, expect=200)
    problem(client_for("checker").post(f"payments/payments/{first['id']}/resolution", {"state": "PAID"}), 409, "wrong_state")
    assert faults(problem(client_for("checker").post(f"payments/payments/{first['id']}/resolution", {"state": "RETURNED"}),
                          400, "invalid_fields")) == {("/state", "bad_value")}

    [found] = [one for one in office.get("payments/breaks", state="OPEN")["items"] if one["bank_message_id"] == applied["id"]]
    assert (found["class"], found["severity"], found["amount_fen"]) == ("unknown_at_bank", "critical", 100)
    path = f"payments/breaks/{found['id']}/closure"
    problem(client_for("maker").post(path, {"evidence": "a letter"}), 403, "forbidden")
    assert faults(problem(client_for("checker").post(path, {"evidence": "x"}), 400, "invalid_fields")) == {("/evidence", "too_short")}
    closed = client_for("checker").post(path, {"evidence": "银行来函：误报，编号20200701"}, expect=200).json()
    assert (closed["state"], closed["closed_by"], closed["version"]) == ("CLOSED", "checker", 2)
    problem(client_for("checker").post(path, {"evidence": "a letter"}), 409, "wrong_state")
    assert found["id"] not in [one["id"] for one in office.get("payments/breaks", state="OPEN")["items"]]


def test_a_late_answer_is_settled_by_a_second_person(office, client_for, bankless):
    people = dict(zip(office.people, office.cards))
    run, file = office.released("orphan", "2020-09")
    lines = office.payments(run["id"])
    day = bankless.cluster.psql("huimin_owner", "select app.today() + 1")
    bankless.reconcile(day)
    assert {line["state"] for line in office.payments(run["id"])} == {"UNKNOWN"}
    assert office.get(f"payments/reconciliations/{day}") in office.get("payments/reconciliations")["items"]
    one = lines[0]
    path = f"payments/payments/{one['id']}/resolution"
    problem(client_for("checker").post(path, {"state": "PAID"}), 409, "evidence_missing")
    message = office.message(answer(file, [(one["id"], one["amount_fen"], people[one["person_id"]], "S")]))
    assert message["outcomes"] == {"awaits_second_person": 1}
    problem(client_for("maker", scopes=["payments:approve"]).post(path, {"state": "PAID"}), 403, "same_person")
    settled = client_for("checker").post(path, {"state": "PAID"}, expect=200).json()
    assert (settled["state"], settled["history"][-1]["bank_message"], settled["history"][-1]["actor"]) == ("PAID", message["id"], "checker")
    applied = office.message(statement(1, day.replace("-", ""), 10_000_000, []))
    assert (applied["kind"], applied["lines"], applied["business_date"]) == ("STATEMENT", 0, day)


def test_the_jobs_of_a_run_are_seen(office, bankless, client_for):
    job = bankless.cluster.psql("postgres", "select min(id) from ops.job where kind = 'file_write'")
    seen = office.get(f"payments/jobs/{job}")
    assert (seen["kind"], seen["subject_id"], seen["state"], seen["error_code"]) == ("file_write", office.may["id"], "DONE", None)
    problem(client_for("abroad", scopes=["payments:read"], **ABROAD).get(f"payments/jobs/{job}", expect=404), 404, "not_found")


# Who may, and what is not there

def every_post(office):
    """Every POST of the service with a body that would be good."""
    run, payment = office.may["id"], office.lines[office.people[0]]["id"]
    return {"agencies": AGENCY, "appropriations": {"item": "orphan", "source": "city", "amount_fen": 1, "reference": "x"},
            "runs": {"item": "orphan", "period": "2020-10"}, f"runs/{run}/approval": {"lines": 2, "amount_fen": 2 * ORPHAN_FEN},
            f"runs/{run}/release": {}, f"runs/{run}/cancellation": {}, f"payments/{payment}/reissue": {},
            f"payments/{payment}/resolution": {"state": "PAID"}, "bank-messages": b"x", "breaks/1/closure": {"evidence": "a letter"}}


def test_the_supervisor_reads_everything_and_writes_nothing(office, client_for):
    supervisor = client_for("supervisor")
    run, payment = office.may["id"], office.lines[office.people[0]]["id"]
    for path in (*READS, f"runs/{run}", f"runs/{run}/payments", f"runs/{run}/held", f"payments/{payment}", f"files/{office.file['id']}"):
        supervisor.get(f"payments/{path}")
    supervisor.post("payments/dry-runs", {"item": "orphan", "period": "2020-12"}, key=False, expect=200)
    for path, body in every_post(office).items():
        headers = {"Content-Type": "text/plain"} if isinstance(body, bytes) else None
        problem(supervisor.post(f"payments/{path}", body, headers=headers), 403, "forbidden")


def test_tokens_without_the_scope_and_without_truth(office, client_for, bankless):
    good = client_for("maker").token
    header, claims, signature = good.split(".")
    def encoded(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
    changed = json.loads(base64.urlsafe_b64decode(claims + "=="))
    forged = [f"{header}.{encoded(dict(changed, scope='payments:read payments:release'))}.{signature}",
              f"{encoded({'alg': 'none', 'typ': 'at+jwt'})}.{claims}.", f"{encoded({'alg': 'HS256', 'typ': 'at+jwt'})}.{claims}.{signature}",
              f"{header}.{claims}.{signature[:-8]}AAAAAAAA", "not-a-token", ""]
    for path in READS:
        problem(client_for("clerk").get(f"payments/{path}", expect=403), 403, "forbidden")
        problem(client_for(None).get(f"payments/{path}", expect=401), 401, "unauthenticated")
        for token in forged:
            problem(client_for(None).get(f"payments/{path}", expect=401, headers={"Authorization": f"Bearer {token}"}), 401, "unauthenticated")
    for path, body in every_post(office).items():
        headers = {"Content-Type": "text/plain"} if isinstance(body, bytes) else {}
        problem(client_for("clerk").post(f"payments/{path}", body, headers=headers), 403, "forbidden")
        problem(client_for(None).post(f"payments/{path}", body, headers=headers), 401, "unauthenticated")
        problem(client_for(None).post(f"payments/{path}", body, headers={**headers, "Authorization": f"Bearer {forged[0]}"}), 401, "unauthenticated")
    assert office.get("payments/runs", item="orphan", period="2020-10")["items"] == []


def test_another_districts_things_are_not_there(office, client_for):
    abroad = client_for("abroad-reader", scopes=["payments:read"], **ABROAD)
    run, payment = office.may["id"], office.lines[office.people[0]]["id"]
    for path in READS:
        assert abroad.get(f"payments/{path}").json() == {"items": [], "next": None}
    for path in (f"runs/{run}", f"runs/{run}/payments", f"runs/{run}/held", f"payments/{payment}", f"files/{office.file['id']}",
                 "bank-messages/1", "reconciliations/2020-06-30"):
        problem(abroad.get(f"payments/{path}", expect=404), 404, "not_found")
    for scope, path, body in (("approve", f"runs/{run}/approval", {"lines": 2, "amount_fen": 2 * ORPHAN_FEN}), ("release", f"runs/{run}/release", {}),
                              ("prepare", f"runs/{run}/cancellation", {}), ("prepare", f"payments/{payment}/reissue", {}),
                              ("approve", f"payments/{payment}/resolution", {"state": "PAID"}),
                              ("approve", "breaks/1/closure", {"evidence": "a letter"})):
        problem(client_for(f"abroad-{scope}", scopes=[f"payments:{scope}"], **ABROAD).post(f"payments/{path}", body), 404, "not_found")


@pytest.mark.parametrize("path", ["runs/0", "runs/x", "runs/999999999", "runs/-1", "runs/99999999999999999999", "payments/999999999", "files/999999999",
                                  "bank-messages/999999999", "runs/999999999/payments", "runs/999999999/held", "reconciliations/2020-02-30",
                                  "reconciliations/yesterday", "reconciliations/1999-01-01", "jobs/999999999"])
def test_what_is_not_there(client_for, path):
    problem(client_for("maker").get(f"payments/{path}", expect=404), 404, "not_found")


@pytest.mark.parametrize("query, pointer", [
    ("runs?state=PAID", "state"), ("runs?state=DRAFT,APPROVED", "state"), ("payments?state=paid", "state"), ("breaks?state=GONE", "state"),
    ("payments?person=x", "person"), ("files?run=-1", "run"), ("runs?limit=501", "limit"), ("runs?limit=0", "limit"), ("transfers?after=x", "after"),
    ("runs?state=DRAFT&state=DRAFT", None), ("runs?colour=red", None), ("agencies?after=1", None), ("accounts?item=", None)])
def test_bad_queries(client_for, query, pointer):
    document = problem(client_for("maker").get(f"payments/{query}", expect=400), 400, "bad_query")
    assert [error["pointer"] for error in document.get("errors", [])] == ([pointer] if pointer else [])


def test_a_body_that_is_too_large(office, client_for, bankless):
    problem(client_for("maker").post("payments/runs", b'{"item": "' + b"x" * 1_100_000 + b'"}', headers={"Content-Type": "application/json"}),
            413, "payload_too_large")
    problem(client_for("banker").post("payments/bank-messages", b"x" * (33 * 1024 * 1024), headers={"Content-Type": "text/plain"}),
            413, "payload_too_large")


@pytest.mark.parametrize("person, path, media, size", [("maker", "runs", "application/json", 1_100_000),
                                                       ("banker", "bank-messages", "text/plain", 33 * 1024 * 1024)])
def test_a_chunked_body_that_is_too_large(client_for, bankless, person, path, media, size):
    address = urlsplit(bankless.url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
    headers = {"Authorization": f"Bearer {client_for(person).token}", "Content-Type": media, "Idempotency-Key": uuid.uuid4().hex, "Accept-Language": "en"}
    try:
        connection.request("POST", f"/api/v1/payments/{path}", body=iter([b"x" * 65_536] * (size // 65_536 + 1)), headers=headers, encode_chunked=True)
    except (BrokenPipeError, ConnectionResetError):
        pass  # the gateway may answer and close before it has read all of it
    response = connection.getresponse()
    assert (response.status, json.loads(response.read())["code"]) == (413, "payload_too_large")
    connection.close()


def test_nothing_is_violated_in_the_end(office, bankless):
    assert bankless.violations() == 0
