#!/usr/bin/python3
"""The main job as a container: the same steps as deploy/quickstart, against the gateway's container. See docker-compose.yml.

Environment: HUIMIN_URL (the gateway), HUIMIN_DISTRICT, HUIMIN_PEOPLE (size of the population, 1 = the notice's numbers), and what
huimin and huimin-reconcile read. Writes report.json into HUIMIN_REPORT_DIR. Exit codes: 0 all holds, 8 the job failed.
"""
import json
import os
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

from job.client import Api, ApiError
from job.main_job import JobError, MainJob
from job.principals import PRINCIPALS
from job.report import build_report, check_report, table_lines
from job.say import Speaker
from stack.bank import AGENCY, CHINA
from stack.errors import EXIT_JOB

SHARE = Path(__file__).resolve().parent
STATE = Path("/var/lib/huimin")
FAKEBANK = SHARE / "fakebank" / "fakebank"
GENERATE = SHARE / "population" / "generate"


class ContainerBank:
    """The fake bank of another container: both share its folder."""

    agency = AGENCY

    def close_day(self):
        """Closes the bank's day, so that it writes its statement; returns the day as YYYY-MM-DD."""
        day = datetime.now(CHINA).strftime("%Y-%m-%d")
        output_of(FAKEBANK, "close-day", "--dir", STATE / "bank", "--date", day.replace("-", ""))
        return day

    def ledger(self):
        """The bank's own books."""
        return json.loads(output_of(FAKEBANK, "ledger", "--dir", STATE / "bank"))


def output_of(*argv, ok=(0,)):
    """Runs a program and returns its standard output; an exit code outside `ok` is a JobError with its last words."""
    done = subprocess.run([str(arg) for arg in argv], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          encoding="utf-8", check=False, timeout=600)
    if done.returncode not in ok:
        raise JobError(f"{Path(argv[0]).name} ended with {done.returncode}:\n{done.stderr.strip()[-2000:]}")
    return done.stdout


def token_of(district):
    """A function that gives a person's access token, signed with the key that only this container holds."""
    return lambda person: output_of("huimin", "token", "--dir", STATE / "issuer", "--subject", person, "--scope",
                                    " ".join(PRINCIPALS[person]), "--district", district, "--ttl", 3600).strip()


def population(reports, factor):
    """The generated people, in the container's own memory; the size of an installation cannot change later."""
    size = reports / "people"
    if not size.exists():
        size.write_text(f"{factor}\n", encoding="ascii")
    if float(size.read_text(encoding="ascii")) != factor:
        raise JobError("人口倍数与此前不同 / made with another HUIMIN_PEOPLE: docker compose down --volumes first")
    output_of(GENERATE, "--people", factor, "--out", "/tmp/population")
    return Path("/tmp/population")


def do_job(speaker):
    """All of it; returns the report."""
    district, factor = os.environ["HUIMIN_DISTRICT"], float(os.environ["HUIMIN_PEOPLE"])
    reports = Path(os.environ["HUIMIN_REPORT_DIR"])
    bank = ContainerBank()
    job = MainJob(Api(os.environ["HUIMIN_URL"], token_of(district)), bank, speaker, factor)
    begin = time.monotonic()
    speaker.step("经接口导入人员", "importing the people through the API")
    job.load(population(reports, factor))
    loaded = time.monotonic()
    speaker.step("发放", "paying: maker, checker and releaser are different people")
    job.contract_bank()
    job.appropriate()
    job.pay()
    job.await_bank()
    day = job.settle()
    paid = time.monotonic()
    speaker.step("夜间对账", "the night's reconciliation")
    output_of("huimin-reconcile", "--district", district, "--date", day, ok=(0, 3))
    violations = json.loads(output_of("huimin", "invariants", "--district", district, "--json", ok=(0, 1)))["violations"]
    seconds = {"load": loaded - begin, "pay": paid - loaded, "reconcile": time.monotonic() - paid}
    report = build_report(job, day, ledger=bank.ledger(), violations=len(violations), seconds=seconds)
    draft = reports / "report.json.new"
    draft.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    draft.rename(reports / "report.json")
    return report


def main():
    """Prints the table of the report; every expected failure is a message, not a traceback."""
    speaker = Speaker()
    try:
        report = do_job(speaker)
    except (ApiError, JobError, subprocess.TimeoutExpired) as error:
        print(f"失败 / failed: {error}", file=sys.stderr)
        return EXIT_JOB
    for line in table_lines(report):
        speaker.line(line)
    wrong = check_report(report)
    for sentence in wrong:
        speaker.line(f"!! {sentence}")
    return EXIT_JOB if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
