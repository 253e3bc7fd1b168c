"""The month of a district: people and enrolments in, money appropriated, runs prepared, checked, released, answered, reconciled.

Every step first looks at what is there, and every POST carries an idempotency key made from the step: a job that was killed goes
on where it was, and a second job finds everything done.
"""
import hashlib
import time
from pathlib import Path

from .client import ApiError

# (item, period): June of the monthly programmes and the second quarter of the quarterly one.
PAYABLE = (("rural-dibao", "2020-06"), ("orphan", "2020-06"), ("disabled-care", "2020-06"), ("disabled-living", "2020-Q2"))
# Its 2020 standard is not known: the run must be refused, not guessed.
REFUSED = (("tekun", "2020-06"),)
REFUSAL_CODE = "standard_missing"

# Sandbox figures in fen for a population of factor 1, well above what the runs need. They are not the district's budget.
APPROPRIATIONS = {
    "rural-dibao": 100_000_000,
    "orphan": 10_000_000,
    "disabled-care": 50_000_000,
    "disabled-living": 50_000_000,
}
SOURCE_SHARES = (("central", 40), ("province", 30), ("city", 20), ("district", 10))  # per cent

JOB_SECONDS_MAX = 1800
BANK_SECONDS_MAX = 900
SETTLE_SECONDS_MAX = 120
POLL_S = 0.3


class JobError(Exception):
    """The job met a state that it cannot go on from."""


class MainJob:
    """One pass of the job. `bank` is asked to close its day and for its ledger; `speaker` hears what happens; `watch` is called
    while the job waits, and raises when what it waits for has died."""

    def __init__(self, api, bank, speaker, factor=1.0, watch=lambda: None):
        self.api = api
        self.bank = bank
        self.speaker = speaker
        self.factor = factor
        self.watch = watch
        self.refused = []  # (item, period, code)
        self.imports = {}  # kind -> the finished import
        self.found = 0     # runs that were there before

    def load(self, folder):
        """Imports people and enrolments, as clerk; the lead unit approves the enrolments: some items hang out a notice first."""
        self._import("people", Path(folder) / "people.csv")
        enrolments = self._import("enrolments", Path(folder) / "enrolments.csv")
        answer = self.api.post("lead", f"beneficiaries/imports/{enrolments['id']}/approval", {},
                               key_of("approve-import", enrolments["id"]))
        self.speaker.line(f"   审批通过 / approved by the lead unit: {answer['approved']:,}")

    def _import(self, kind, path):
        body = path.read_bytes()
        job = self.api.post("clerk", f"beneficiaries/imports?kind={kind}", body, key_of("import", kind, digest(body)),
                            "text/csv")
        before = self.api.replayed
        progress = self.speaker.progress({"people": "导入人员 / people", "enrolments": "导入享受资格 / enrolments"}[kind])
        job = self._poll("clerk", f"beneficiaries/imports/{job['id']}", ("QUEUED", "RUNNING"),
                         lambda now: progress(now["done_lines"], now["total_lines"] or now["done_lines"],
                                              rate(now.get("rate_per_s"), now.get("eta_s"))))
        progress.end()
        if job["state"] != "DONE":
            raise JobError(f"导入失败 / the import failed: {kind} {job['id']} {job['state']}")
        if before:
            self.speaker.line("   此前已导入，本次未改变任何数据；当时的结果 / imported before, nothing changes; its result was")
        self.speaker.line(f"   新增 / new {job['new_lines']:,}, 变更 / changed {job['changed_lines']:,}, "
                          f"未变 / unchanged {job['unchanged_lines']:,}, 错误 / bad {job['bad_lines']:,}")
        if job["bad_lines"]:
            first = self.api.get("clerk", f"beneficiaries/imports/{job['id']}/errors")["items"][:5]
            raise JobError("\n".join([f"{kind}.csv:"] + [f"  {e['line']}:{e['column']} {e['code']} {e['message']}" for e in first]))
        self.imports[kind] = job
        return job

    def _poll(self, person, path, waiting, show=lambda now: None):
        """Reads a resource until its state is none of `waiting`."""
        deadline = time.monotonic() + JOB_SECONDS_MAX
        while True:
            now = self.api.get(person, path)
            show(now)
            if now["state"] not in waiting:
                return now
            if time.monotonic() > deadline:
                raise JobError(f"{path}: {now['state']} after {JOB_SECONDS_MAX} s")
            self._pause()

    def contract_bank(self):
        """Registers the agent bank once, as finance."""
        agency = self.bank.agency
        if not any(one["id"] == agency["code"] for one in self.api.items("finance", "payments/agencies")):
            self.api.post("finance", "payments/agencies", agency, key_of("agency", agency["code"]))

    def _pause(self):
        self.watch()
        time.sleep(POLL_S)

    def appropriate(self):
        """Money for the items that are still to be paid, by source, as finance; the key makes a repeated call do nothing."""
        scale = max(1, -int(-self.factor // 1))
        for item, period in PAYABLE:
            run = self.run_of(item, period)
            if run and run["state"] in ("RELEASED", "CLOSED"):
                continue
            total = APPROPRIATIONS[item]
            for source, share in SOURCE_SHARES:
                amount = total * scale * share // 100
                self.api.post("finance", "payments/appropriations", {
                    "item": item, "source": source, "amount_fen": amount, "reference": f"2020-{item}-{source}"},
                    key_of("appropriate", item, source, amount))

    def pay(self):
        """Takes every run to its release; returns the runs. A run that exists is found, not made again."""
        runs = []
        for item, period in PAYABLE:
            run = self.run_of(item, period) or self._create(item, period)
            runs.append(self._advance(run))
        for item, period in REFUSED:
            self._expect_refusal(item, period)
        return runs

    def run_of(self, item, period):
        """The live regular run of an item and period, or None."""
        runs = [run for run in self.api.items("maker", "payments/runs", item=item, period=period)
                if run["kind"] == "REGULAR" and not run["supplement"] and run["state"] not in ("CANCELLED", "FAILED")]
        return runs[0] if runs else None

    def _create(self, item, period):
        return self.api.post("maker", "payments/runs", {"item": item, "period": period}, key_of("run", item, period))

    def _advance(self, run):
        """GENERATING -> DRAFT by the worker, APPROVED by the checker with the totals it read, RELEASED by a third person."""
        address, label = f"payments/runs/{run['id']}", f"{run['item']} {run['period']}"
        if run["state"] in ("RELEASED", "CLOSED"):
            self.found += 1
            self.speaker.line(f"   {label}: 已存在，不重复发放 / exists already, nothing is paid twice ({run['state']})")
            return run
        run = self._poll("checker", address, ("GENERATING",))
        if run["state"] == "DRAFT":
            run = self.api.post("checker", f"{address}/approval", {"lines": run["lines"], "amount_fen": run["amount_fen"]},
                                key_of("approve-run", run["id"]))
            run = self.api.get("releaser", address)
        if run["state"] == "APPROVED":
            self.api.post("releaser", f"{address}/release", {}, key_of("release-run", run["id"]))
            run = self.api.get("releaser", address)
        if run["state"] not in ("RELEASED", "CLOSED"):
            raise JobError(f"{label}: {run['state']}")
        self.speaker.line(f"   {label}: 编制、复核、放款 / prepared, checked, released: {run['lines']:,}")
        return run

    def _expect_refusal(self, item, period):
        try:
            self.api.post("maker", "payments/runs", {"item": item, "period": period}, key_of("run", item, period))
        except ApiError as error:
            if (error.status, error.code) != (409, REFUSAL_CODE):
                raise
            self.refused.append((item, period, error.code))
            return
        raise JobError(f"{item} {period}: a run without a confirmed standard was not refused")

    def await_bank(self):
        """Waits until the bank has answered every line of the runs, showing how far it is."""
        progress = self.speaker.progress("银行回盘 / the bank answers")
        deadline = time.monotonic() + BANK_SECONDS_MAX
        while True:
            runs = self.runs()
            total = sum(run["amount_fen"] for run in runs)
            open_fen = sum(run["open_fen"] for run in runs)
            progress((total - open_fen) // 100, total // 100, "元 / yuan")
            if open_fen == 0 or time.monotonic() > deadline:
                break
            self._pause()
        progress.end()
        if open_fen:
            self.speaker.line(f"   银行未全部答复 / the bank has not answered all: {open_fen} fen")

    def runs(self):
        """The runs of the job as they are now, in the order of PAYABLE."""
        found = [self.run_of(item, period) for item, period in PAYABLE]
        return [self.api.get("maker", f"payments/runs/{run['id']}") for run in found if run]

    def released_runs(self):
        """All runs of the district whose money has left, the job's own first: others may have made some since."""
        own = self.runs()
        known = {run["id"] for run in own}
        return own + [run for run in self.api.items("maker", "payments/runs")
                      if run["state"] in ("RELEASED", "CLOSED") and run["id"] not in known]

    def settle(self):
        """The bank closes its day; waits until its statement and all other messages are worked off. Returns the day."""
        day = self.bank.close_day()
        progress = self.speaker.progress("银行对账单 / statement")
        deadline = time.monotonic() + SETTLE_SECONDS_MAX
        while True:
            messages = list(self.api.items("banker", "payments/bank-messages"))
            done = sum(1 for message in messages if message["state"] != "RECEIVED")
            progress(done, len(messages))
            if done == len(messages) and self._is_settled(messages, day):
                break
            if time.monotonic() > deadline:
                self.speaker.line("   银行与本系统尚未一致，见对账 / bank and payments do not agree yet: see the reconciliation")
                break
            self._pause()
        progress.end()
        return day

    def _is_settled(self, messages, day):
        """Whether the day's statement is in and what we hold as paid is what the bank's books say."""
        stated = any(message["kind"] == "STATEMENT" and message["business_date"] == day for message in messages)
        return stated and sum(run["paid_fen"] for run in self.released_runs()) == self.bank.ledger()["credited_fen"]


def key_of(*parts):
    """The idempotency key of a step: the same for the same step in every call of the job."""
    return "job-" + hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()[:40]


def digest(body):
    """SHA-256 of a file, hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def rate(per_second, eta_s):
    """Speed and estimate of an import, when it gives them."""
    if not per_second:
        return ""
    return f"{per_second:,.0f}/s" + (f", {eta_s:.0f} s" if eta_s else "")
