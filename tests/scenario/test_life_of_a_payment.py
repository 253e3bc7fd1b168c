"""One payment's life: registered, approved, paid, returned by the bank, reissued to a new card, paid, accounted for.

A story in chapters on one stack with the real programs behind the real gateway and the fake bank. After each chapter nothing is violated.
"""
import json
from datetime import datetime, timedelta

import pytest

from stack.bank import AGENCY, CHINA
from support.client import problem
from support.office import Office, digest, parsed_file, wait_for
from support.register import STREET, card, id_number

MONTH, ITEM, FEN = "2020-06", "orphan", 126_200
SANDBOX_FEN = 1_000_000


class Story(Office):
    """What the chapters hand on to each other."""

    def __init__(self, stack, client):
        super().__init__(client)
        self.stack = stack
        self.day = datetime.now(CHINA).date()
        # 䶮 is outside GBK; the second byte of 珅 is that of the delimiter; the dot is U+00B7.
        self.names = ("李䶮", "王珅", "阿依古丽·买买提")
        self.numbers = [id_number(2010) for _ in self.names]
        self.cards = [card() for _ in self.names]
        self.new_account = card()

    def scenario(self):
        """The bank pays the first two, and the first comes back at the end of the day; it refuses the third."""
        return {"description": "one returned, one refused", "lines": [
            {"match": {"account_suffix": self.cards[0][-8:]}, "action": "return", "days": 0, "code": "RJ09", "text": "已销户"},
            {"match": {"account_suffix": self.cards[2][-8:]}, "action": "fail", "code": "RJ02", "text": "户名不符,原户名为[{holder}]"}]}

    def date(self, days=0):
        """A business date as text."""
        return (self.day + timedelta(days=days)).isoformat()

    def settled(self, day):
        """The bank closes a day; returns when its statement is applied."""
        self.stack.bank.close_day(day)
        return wait_for(lambda: [message for message in self.get("payments/bank-messages", limit=500)["items"]
                                 if message["kind"] == "STATEMENT" and message["business_date"] == day], bool)


@pytest.fixture(scope="module")
def story(make_stack, clients):
    """A stack whose bank knows its part."""
    stack = make_stack()
    told = Story(stack, clients(stack))
    scenario = stack.paths.bank / "scenario.json"
    stack.account.write(scenario, json.dumps(told.scenario(), ensure_ascii=False))
    stack.bank.scenario = scenario
    stack.start()
    return told


def three_children_are_registered_and_their_applications_approved_by_another_person(story):
    story.people = [story.register(name, number=number, account=account, division=STREET)
                    for name, number, account in zip(story.names, story.numbers, story.cards)]
    clerk, reviewer = story.client("clerk"), story.client("reviewer")
    for person in story.people:
        body = {"person": person, "item": ITEM, "tier": "dispersed", "applied_on": "2020-05-20", "starts_on": "2020-06-01"}
        enrolment = clerk.post("beneficiaries/enrolments", body, expect=201).json()
        problem(clerk.post(f"beneficiaries/enrolments/{enrolment['id']}/approval", {}), 403, "forbidden")
        approved = reviewer.post(f"beneficiaries/enrolments/{enrolment['id']}/approval", {}, expect=200).json()
        assert (approved["state"], approved["applied_by"], approved["decided_by"]) == ("APPROVED", "clerk", "reviewer")


def the_standard_is_what_the_notice_says(story):
    standards = story.get(f"programmes/items/{ITEM}/standards")["items"]
    [dispersed] = [one for one in standards if one["tier"] == "dispersed"]
    assert (dispersed["amount_fen"], dispersed["amount_per"], dispersed["state"], dispersed["confirmed"]) == (FEN, "month", "APPROVED", True)
    assert "附件1" in dispersed["source"]


def finance_names_the_bank_and_puts_money_in_place(story):
    assert story.contract_bank()["id"] == AGENCY["code"]
    for source, share in (("central", 2 * FEN), ("district", SANDBOX_FEN - 2 * FEN)):
        story.fund(ITEM, share, f"皖财社〔2020〕{source}", source)
    budget = {row["source"]: row["balance_fen"] for row in story.get("payments/accounts", item=ITEM)["items"] if row["kind"] == "budget"}
    assert budget == {"central": 2 * FEN, "district": SANDBOX_FEN - 2 * FEN}


def a_run_passes_three_people_and_its_file_is_in_the_outbox(story):
    dry = story.client("maker").post("payments/dry-runs", {"item": ITEM, "period": MONTH}, key=False, expect=200).json()
    run = story.draft(ITEM, MONTH)
    assert dry["totals"].pop("rule_confirmed") is False  # the month in which an orphan enters is not known
    assert {name: run[name] for name in dry["totals"]} == dry["totals"] and run["amount_fen"] == 3 * FEN
    assert sorted(line["person_id"] for line in dry["items"]) == sorted(story.people)
    problem(story.client("maker").post(f"payments/runs/{run['id']}/approval", {"lines": 3, "amount_fen": 3 * FEN}), 403, "forbidden")
    story.approve(run)
    problem(story.client("checker").post(f"payments/runs/{run['id']}/release", {}), 403, "forbidden")
    file = story.release(run)
    body = (story.stack.paths.bank / "outbox" / file["name"]).read_bytes()
    assert file["name"] == f"HM_AHLY_{file['business_date'].replace('-', '')}_0001_{digest(body)[:8]}.txt"
    assert (file["sha256"], file["bytes"], file["lines"], file["amount_fen"]) == (digest(body), len(body), 3, 3 * FEN)
    header, lines = parsed_file(body)
    assert header == ["HEAD", "V1", file["business_date"].replace("-", ""), "0042", "AHLY", "1", "3", "3786.00"]
    story.lines = {line["person_id"]: line for line in story.payments(run["id"])}
    assert sorted(lines) == sorted(
        [f"P{story.lines[person]['id']}", name, "1262.00", account, "0042", "1", number, "1"]
        for person, name, account, number in zip(story.people, story.names, story.cards, story.numbers))
    assert b"\xc0\xee\xfe\x9f|" in body and b"\xcd\xf5\xab\x7c|" in body and not body.startswith(b"\x84\x31\x95\x33")
    assert not list((story.stack.paths.bank / "outbox").glob("*.tmp"))
    story.run_id, story.file_id = run["id"], file["id"]


def the_bank_acknowledges_pays_two_and_refuses_one(story):
    run = wait_for(lambda: story.run(story.run_id), lambda now: now["open_fen"] == 0)
    assert (run["paid_fen"], run["rejected_fen"], run["returned_fen"]) == (2 * FEN, FEN, 0)
    first, second, third = (story.payment(story.lines[person]["id"]) for person in story.people)
    assert [step["to"] for step in first["history"]] == ["CREATED", "APPROVED", "FILED", "SENT", "ACCEPTED", "PAID"]
    assert [step["actor"] for step in first["history"]] == ["maker", "checker", "releaser", "releaser", "bank", "bank"]
    assert (second["state"], third["state"], third["reason"], third["bank_code"]) == ("PAID", "REJECTED", "NAME_MISMATCH", "RJ02")
    messages = story.get("payments/bank-messages")["items"]
    assert [(message["kind"], message["state"], message["file_id"]) for message in messages] == [
        ("ACKNOWLEDGEMENT", "APPLIED", story.file_id), ("RESULT", "APPLIED", story.file_id)]
    assert story.get(f"payments/files/{story.file_id}")["state"] == "ANSWERED"
    assert not list((story.stack.paths.bank / "inbox").glob("*.txt"))


def the_first_payment_comes_back_and_the_statement_says_so(story):
    story.settled(story.date())
    first = wait_for(lambda: story.payment(story.lines[story.people[0]]["id"]), lambda now: now["state"] == "RETURNED")
    assert (first["reason"], first["bank_code"], first["history"][-1]["from"]) == ("CLOSED", "RJ09", "PAID")
    kinds = [message["kind"] for message in story.get("payments/bank-messages")["items"]]
    assert sorted(kinds) == ["ACKNOWLEDGEMENT", "RESULT", "RETURN", "STATEMENT"]
    balances = {}
    for row in story.get("payments/accounts", item=ITEM)["items"]:
        balances[row["kind"]] = balances.get(row["kind"], 0) + row["balance_fen"]
    assert (balances["paid"], balances["transit"], balances["returned"], balances["budget"]) == (FEN, 0, 0, SANDBOX_FEN - FEN)
    assert sum(balances.values()) == 0


def the_night_agrees_to_the_fen(story):
    report = story.stack.reconcile(story.date())
    assert (report["files_checked"], report["files_damaged"], report["breaks"], report["violations"]) == (1, 0, [], [])
    night = story.get(f"payments/reconciliations/{story.date()}")
    assert (night["approved_fen"], night["paid_fen"], night["returned_fen"], night["rejected_fen"], night["open_fen"]) == (
        3 * FEN, FEN, FEN, FEN, 0)
    assert (night["statement_debits_fen"], night["statement_credits_fen"]) == (2 * FEN, FEN)
    assert (night["difference_fen"], night["breaks_open"], night["violations"]) == (0, 0, 0)
    assert story.run(story.run_id)["state"] == "CLOSED" and story.get(f"payments/files/{story.file_id}")["state"] == "RECONCILED"
    story.stack.reconcile(story.date())
    again = story.get(f"payments/reconciliations/{story.date()}")
    assert {name: again[name] for name in night if name != "at"} == {name: night[name] for name in night if name != "at"}


def no_run_sends_the_money_out_again(story):
    run = story.client("maker").post("payments/runs", {"item": ITEM, "period": MONTH, "supplement": 1}, expect=202).json()
    assert wait_for(lambda: story.run(run["id"]), lambda now: now["state"] == "DRAFT")["lines"] == 0
    story.client("maker").post(f"payments/runs/{run['id']}/cancellation", {}, expect=200)


def a_new_card_a_reissue_and_this_time_it_arrives(story):
    person = story.people[0]
    returned = story.lines[person]["id"]
    story.new_card(person, story.new_account, since=story.date())
    reissue = story.client("maker").post(f"payments/payments/{returned}/reissue", {}, expect=201).json()
    assert (reissue["kind"], reissue["lines"], reissue["amount_fen"], reissue["period"]) == ("REISSUE", 1, FEN, MONTH)
    problem(story.client("maker").post(f"payments/payments/{returned}/reissue", {}), 409, "already_reissued")
    story.approve(reissue)
    file = story.release(reissue)
    _, [line] = parsed_file((story.stack.paths.bank / "outbox" / file["name"]).read_bytes())
    assert (line[1], line[2], line[3], file["sequence"]) == (story.names[0], "1262.00", story.new_account, 2)
    run = wait_for(lambda: story.run(reissue["id"]), lambda now: now["open_fen"] == 0)
    assert run["paid_fen"] == FEN
    [payment] = story.payments(reissue["id"])
    assert (payment["state"], payment["reissue_of"]) == ("PAID", returned) and story.payment(returned)["superseded"]
    states = sorted((one["state"], one["period"]) for one in story.get("payments/payments", person=person)["items"])
    assert states == [("PAID", MONTH), ("RETURNED", MONTH)]


def the_last_night_and_the_banks_own_books(story):
    story.settled(story.date(1))
    report = story.stack.reconcile(story.date(1), close=True)
    assert (report["files_checked"], report["totals"]["paid_fen"]) == (2, 2 * FEN)
    night = story.get(f"payments/reconciliations/{story.date(1)}")
    assert (night["closed"], night["paid_fen"], night["difference_fen"], night["breaks_open"], night["violations"]) == (True, 2 * FEN, 0, 0, 0)
    ledger = story.stack.bank.ledger()
    assert (ledger["credited_fen"], ledger["double_credits"], ledger["files"]) == (2 * FEN, 0, 2)
    assert ledger["returned_fen"] == FEN


def the_supervisor_reads_who_did_what_and_no_personal_data(story):
    supervisor = story.client("supervisor")
    events = supervisor.get("audit/events", entity="run", id=story.run_id).json()["items"]
    assert [(event["act"], event["actor"], event["seq"]) for event in events] == [
        ("create", "maker", 1), ("generate", "maker", 2), ("approve", "checker", 3), ("release", "releaser", 4), ("close", events[4]["actor"], 5)]
    assert events[4]["actor"] not in ("maker", "checker", "releaser")
    entries = [supervisor.get(f"audit/events/{event['id']}").json()["entry"] for event in events]
    assert json.loads(entries[2])["data"]["amount_fen"] == 3 * FEN
    everything, after = "", {}
    while True:
        page = supervisor.get("audit/events", limit=500, **after).json()
        everything += "".join(supervisor.get(f"audit/events/{event['id']}").json()["entry"] for event in page["items"])
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    for secret in (*story.numbers, *story.cards, story.new_account, *story.names):
        assert secret not in everything
    logs = "".join(path.read_text(encoding="utf-8", errors="replace") for path in story.stack.paths.logs.iterdir())
    for secret in (*story.numbers, *story.cards, story.new_account, *story.names):
        assert secret not in logs
    problem(supervisor.post("payments/runs", {"item": ITEM, "period": "2020-07"}), 403, "forbidden")


CHAPTERS = (
    three_children_are_registered_and_their_applications_approved_by_another_person,
    the_standard_is_what_the_notice_says,
    finance_names_the_bank_and_puts_money_in_place,
    a_run_passes_three_people_and_its_file_is_in_the_outbox,
    the_bank_acknowledges_pays_two_and_refuses_one,
    the_first_payment_comes_back_and_the_statement_says_so,
    the_night_agrees_to_the_fen,
    no_run_sends_the_money_out_again,
    a_new_card_a_reissue_and_this_time_it_arrives,
    the_last_night_and_the_banks_own_books,
    the_supervisor_reads_who_did_what_and_no_personal_data,
)


def test_the_life_of_a_payment(story):
    for chapter in CHAPTERS:
        chapter(story)
        assert story.stack.violations() == 0, chapter.__name__
