"""An installation whose rules a test sets as it likes, for the tests of an enrolment's life."""
import itertools
import time

from stack.bootstrap import DISTRICT
from stack.cluster import SUPERUSER
from support.client import problem
from support.register import TOWN, id_number, table

ITEM = "disabled-care"  # tier by the certificate's grade
TIERED = "orphan"       # tier named; dispersed is the lower one
EVIDENCE = "庐民决〔2020〕17号"
PDF = b"%PDF-1.4\n1 0 obj\n"
NUMBERS = itertools.count(1)
IMPORT_SECONDS_MAX = 60
OPEN_RULE = {"review_required": False, "notice_days": 0, "notice_day_kind": "calendar", "hearing_required": False, "documents": [],
             "checks": [], "one_per_household": False, "grace_months_max": 0}


def fields(response, code, status=409):
    """The faults that a refusal names."""
    return [(e["pointer"], e["code"]) for e in problem(response, status, code)["errors"]]


def literal(value):
    """A value as SQL, lists as arrays of text."""
    if isinstance(value, list):
        return "array[" + ", ".join(f"'{v}'" for v in value) + "]::text[]"
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, (bool, int)) else f"'{value}'"


class Procedure:
    """The people of a stack, and shortcuts through the life of an enrolment."""

    def __init__(self, stack, client):
        self.stack, self.client = stack, client
        self.clerk, self.reviewer, self.lead = (client(name) for name in ("clerk", "reviewer", "lead"))

    # Behind the API: what a test cannot wait for

    def sql(self, sql):
        """SQL as superuser with the guards off: rules as the test wants them, days that have passed."""
        return self.stack.cluster.psql(SUPERUSER, f"set session_replication_role = replica;\n{sql}")

    def rule(self, item, **settings):
        """All rules of an item: an open procedure but for the settings."""
        values = ", ".join(f"{name} = {literal(value)}" for name, value in {**OPEN_RULE, **settings}.items())
        self.sql(f"update programmes.rule set {values} where district = {DISTRICT} and item_code = '{item}'")

    def open_rules(self):
        """Items that demand nothing."""
        for item in (ITEM, TIERED, "tekun", "disabled-living", "rural-dibao"):
            self.rule(item)

    def imported(self, kind, header, rows):
        """A list by the clerk, when the worker has ended with it; and its faults as (line, column, code)."""
        made = self.clerk.post(f"beneficiaries/imports?kind={kind}", table(header, rows).encode("utf-8"),
                               headers={"Content-Type": "text/csv"}, expect=202).json()["id"]
        deadline = time.monotonic() + IMPORT_SECONDS_MAX
        while (done := self.clerk.get(f"beneficiaries/imports/{made}").json())["state"] in ("QUEUED", "RUNNING"):
            assert time.monotonic() < deadline, done
            time.sleep(0.05)
        faults = self.clerk.get(f"beneficiaries/imports/{made}/errors").json()["items"]
        return done, [(fault["line"], fault["column"], fault["code"]) for fault in faults]

    def days_pass(self, notice, days):
        """A notice, and all that came before it, is so many days older."""
        self.sql(f"""update beneficiaries.notice set published_on = published_on - {days}, ends_on = ends_on - {days} where id = {notice};
                     update beneficiaries.enrolment_step set at = at - interval '{days} days' where enrolment_id in
                            (select enrolment_id from beneficiaries.notice_enrolment where notice_id = {notice})""")

    # What people do

    def person(self, **more):
        """Somebody new; returns the number."""
        body = {"name": "王小明", "id_number": id_number(), "division": TOWN, **more}
        return self.clerk.post("beneficiaries/persons", body, expect=201).json()["id"]

    def apply(self, item, person=None, expect=201, **more):
        """An application by the clerk; returns the answer's body."""
        body = {"person": person or self.person(), "item": item, **more}
        return self.clerk.post("beneficiaries/enrolments", body, expect=expect).json()

    def step(self, enrolment, step, body=None, by="reviewer", expect=None):
        """A step of an enrolment; returns the response."""
        return self.client(by).post(f"beneficiaries/enrolments/{enrolment}/{step}", body, expect=expect)

    def approved(self, item, person=None, **more):
        """An application that is approved at once; returns the enrolment's number."""
        made = self.apply(item, person, **{"applied_on": "2020-03-10", "starts_on": "2020-03-01", **more})
        self.step(made["id"], "approval", {}, expect=200)
        return made["id"]

    def document(self, enrolment, kind, data=None, *, media="application/pdf", by="clerk", expect=201):
        """A document of the application."""
        return self.client(by).call("POST", f"beneficiaries/enrolments/{enrolment}/documents", data or PDF + str(next(NUMBERS)).encode(),
                                    params={"kind": kind}, expect=expect,
                                    headers={"Content-Type": media, "Idempotency-Key": f"document-{next(NUMBERS):08d}"})

    def publish(self, enrolments, item, *, by="reviewer", expect=201, published_on=None, division=TOWN, place="大杨镇政府公示栏"):
        """A public notice of today; returns the response."""
        body = {"item": item, "division": division, "enrolments": enrolments, "place": place, "published_on": published_on or self.today()}
        return self.client(by).post("beneficiaries/notices", body, expect=expect)

    def on_notice(self, item):
        """An application on a notice that has ended, and the notice."""
        self.rule(item, notice_days=7)
        made = self.apply(item)["id"]
        notice = self.publish([made], item).json()["id"]
        self.days_pass(notice, 8)
        return made, notice

    def today(self, days=0):
        """The business date."""
        return self.stack.cluster.psql("huimin_owner", f"select (app.today() + {days})::text").strip()

    def get(self, enrolment, below=""):
        """The enrolment, or a list below it."""
        answer = self.clerk.get(f"beneficiaries/enrolments/{enrolment}{below}").json()
        return answer["items"] if below else answer

    def steps(self, enrolment):
        """The names of the steps, in order."""
        return [step["step"] for step in self.get(enrolment, "/steps")]
