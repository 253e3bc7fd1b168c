"""The fake bank as a process of the stack."""
import json
from datetime import datetime, timedelta, timezone

from .account import base_environment
from .errors import EXIT_JOB
from .process import Process, wait_until

# What the bank knows the district by; registered with the payments service, and told to the bank.
AGENCY = {"code": "AHLY", "name_zh": "模拟代理银行", "unit_code": "0042", "account_number": "9550880000000042"}
CHINA = timezone(timedelta(hours=8))


class FakeBank:
    """Serves `paths.bank`: takes files from outbox, puts answers into inbox, is told things through control."""

    def __init__(self, paths, account, scenario="clean"):
        self.paths = paths
        self.account = account
        self.scenario = scenario  # a name or a file, see tests/fakebank/README.md
        self.agency = AGENCY
        self.process = Process("fakebank", paths, account)

    def make_folders(self):
        """The exchange folders; only our own account may look into them."""
        for name in ("outbox", "inbox", "control"):
            self.account.make_dir(self.paths.bank / name)

    def command(self, verb, *arguments):
        """The command line of the bank's program."""
        return ["/usr/bin/python3", self.paths.share / "fakebank" / "fakebank", verb, "--dir", self.paths.bank, *arguments]

    def start(self):
        """Starts it when it does not run; returns when it has opened its ledger."""
        if self.process.pid() is None:
            agency = self.agency
            self.process.start(self.command("serve", "--scenario", self.scenario, "--unit", agency["unit_code"],
                                            "--account", agency["account_number"], "--bank", agency["code"]), base_environment())
            wait_until((self.paths.bank / "ledger.sqlite").exists, "fakebank", 20, [self.process])

    def stop(self):
        """Stops it."""
        self.process.stop()

    def control(self, order):
        """Gives an order and waits until the bank has carried it out."""
        self.process.require_alive()
        self.account.run(self.command("control", order), exit_code=EXIT_JOB)

    def close_day(self, day=None):
        """Closes the bank's day, today by default, so that it writes its statement; returns the day as YYYY-MM-DD."""
        day = day or datetime.now(CHINA).strftime("%Y-%m-%d")
        self.control("close-day-" + day.replace("-", ""))
        return day

    def ledger(self):
        """The bank's own books: files, credited_fen (less what came back), double_credits, lines and more."""
        return json.loads(self.account.run(self.command("ledger"), exit_code=EXIT_JOB).stdout)
