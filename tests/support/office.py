"""What the people of a district do over HTTP, for tests of payments, and messages as a bank writes them."""
import hashlib
import time

from stack.bank import AGENCY
from support.register import BANK, TOWN, card, id_number

DEADLINE_S = 60
POLL_S = 0.05


def wait_for(read, done):
    """Reads until `done` accepts what was read; gives it back."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        seen = read()
        if done(seen):
            return seen
        assert time.monotonic() < deadline, f"not within {DEADLINE_S} s: {seen}"
        time.sleep(POLL_S)


class Office:
    """The people of one stack at work. `client` is what the fixture client_for is."""

    def __init__(self, client):
        self.client = client

    def get(self, path, **query):
        """The JSON of a GET, as the maker sees it."""
        return self.client("maker").get(path, **query).json()

    # Register

    def register(self, name="王小明", *, division=TOWN, number=None, account=None):
        """A person with a card, registered by the clerk; returns the person's number."""
        clerk = self.client("clerk")
        person = clerk.post("beneficiaries/persons", {"name": name, "id_number": number or id_number(), "division": division}, expect=201).json()
        self.new_card(person["id"], account)
        return person["id"]

    def new_card(self, person, account=None, since=None):
        """A card that is valid from today or `since` on."""
        body = {"kind": "card", "bank_number": BANK, "number": account or card(), **({"valid_from": since} if since else {})}
        self.client("clerk").post(f"beneficiaries/persons/{person}/accounts", body, expect=201)

    def enrol(self, person, item, tier=None, since="2020-01-01"):
        """An application by the clerk, approved by the reviewer."""
        body = {"person": person, "item": item, "applied_on": since, "starts_on": since, **({"tier": tier} if tier else {})}
        enrolment = self.client("clerk").post("beneficiaries/enrolments", body, expect=201).json()
        return self.client("reviewer").post(f"beneficiaries/enrolments/{enrolment['id']}/approval", {}, expect=200).json()

    # Money and runs

    def contract_bank(self):
        """Finance registers the agent bank."""
        return self.client("finance").post("payments/agencies", AGENCY, expect=201).json()

    def fund(self, item, amount_fen, reference, source="district"):
        """Finance notes money in place."""
        body = {"item": item, "source": source, "amount_fen": amount_fen, "reference": reference}
        return self.client("finance").post("payments/appropriations", body, expect=201).json()

    def run(self, run):
        """The run as it is now."""
        return self.get(f"payments/runs/{run}")

    def draft(self, item, period, **more):
        """A run by the maker, when the worker has filled it."""
        run = self.client("maker").post("payments/runs", {"item": item, "period": period, **more}, expect=202).json()
        return wait_for(lambda: self.run(run["id"]), lambda now: now["state"] == "DRAFT")

    def approve(self, run):
        """The checker signs the totals."""
        body = {"lines": run["lines"], "amount_fen": run["amount_fen"]}
        return self.client("checker").post(f"payments/runs/{run['id']}/approval", body, expect=200).json()

    def release(self, run):
        """The releaser lets the money go; returns when the run's file is sent."""
        self.client("releaser").post(f"payments/runs/{run['id']}/release", {}, expect=200)
        return self.sent_file(run["id"])

    def sent_file(self, run):
        """The run's only file, once it lies in the outbox."""
        files = wait_for(lambda: self.get("payments/files", run=run)["items"], lambda files: files and files[0]["state"] not in ("FROZEN", "WRITTEN"))
        [file] = files
        return file

    def released(self, item, period, **more):
        """A run from its making to its file; returns both."""
        run = self.draft(item, period, **more)
        self.approve(run)
        file = self.release(run)
        return self.run(run["id"]), file

    def payments(self, run):
        """The run's payments."""
        return self.get(f"payments/runs/{run}/payments", limit=500)["items"]

    def payment(self, payment):
        """One payment with its history."""
        return self.get(f"payments/payments/{payment}")

    # The bank's messages

    def message(self, body, *, expect="APPLIED"):
        """The banker hands in a message; returns it when the worker has dealt with it."""
        posted = self.client("banker").post("payments/bank-messages", body, headers={"Content-Type": "text/plain"}, expect=202).json()
        seen = wait_for(lambda: self.get(f"payments/bank-messages/{posted['id']}"), lambda now: now["state"] != "RECEIVED")
        assert seen["state"] == expect, seen
        return seen


def record(*fields):
    """One line of the bank's format."""
    return "|".join(map(str, fields)) + "|\r\n"


def yuan(fen):
    """An amount as the bank writes it."""
    return f"{fen // 100}.{fen % 100:02d}"


def acknowledgement(file, *, verdict="OK", code="", text="", sha256=None):
    """ACK of a file."""
    return record("ACK", "V1", file["name"], sha256 or file["sha256"], file["lines"], yuan(file["amount_fen"]), verdict, code, text).encode("gb18030")


def answer(file, lines, *, kind="RSLT", count=None, total_fen=None, end=True):
    """A result or return: lines are (payment, amount, account, status) and more columns."""
    count = len(lines) if count is None else count
    total = yuan(sum(line[1] for line in lines) if total_fen is None else total_fen)
    text = record(kind, "V1", "20200630", AGENCY["unit_code"], file["name"], count, total)
    text += "".join(record(f"P{payment}", "王小明", yuan(fen), account, status, code, words)
                    for payment, fen, account, status, code, words in (tuple(line) + ("", "")[len(line) - 4:] for line in lines))
    return (text + (record("END", count, total) if end else "")).encode("gb18030")


def statement(number, day, opening_fen, entries):
    """A statement: entries are (direction, amount, our reference)."""
    closing = opening_fen + sum(fen if direction == "C" else -fen for direction, fen, _ in entries)
    text = record("STMT", "V1", day, AGENCY["unit_code"], AGENCY["account_number"], number, yuan(opening_fen), yuan(closing), len(entries))
    text += "".join(record(n, direction, yuan(fen), f"B{number}-{n}", reference, "代发") for n, (direction, fen, reference) in enumerate(entries, 1))
    return (text + record("END", len(entries), yuan(closing))).encode("gb18030")


def parsed_file(body):
    """A payment file of ours: (header fields, lines of fields); each line ends in | and CRLF."""
    text = body.decode("gb18030")
    assert text.endswith("|\r\n") and "\n" not in text.replace("\r\n", "") and "\r" not in text.replace("\r\n", "")
    rows = [line.split("|")[:-1] for line in text.split("\r\n")[:-1]]
    return rows[0], rows[1:]


def digest(body):
    """SHA-256 of a file, hexadecimal."""
    return hashlib.sha256(body).hexdigest()
