"""A district in which cases are entered and judged, one after the other, each with items and people of its own."""
import itertools
import json
from pathlib import Path

import yaml

from stack.bootstrap import DISTRICT
from support.district import context, quoted
from support.facts import facts_of
from support.session import Session

BOOK = Path(__file__).resolve().parents[1] / "store" / "entitlement_cases.yaml"


class Loader(yaml.SafeLoader):
    """YAML whose dates stay text."""


Loader.yaml_implicit_resolvers = {first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith("timestamp")]
                                  for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}


def read_book():
    """The cases worked out by hand."""
    return yaml.load(BOOK.read_text(encoding="utf-8"), Loader)


class Court:
    """One connection on which all is entered and asked: quicker than a process for each step."""

    def __init__(self, district):
        district.bank()
        self.district = district
        self.session = Session(district.database, "huimin_owner")
        self.numbers = itertools.count(1)
        self.statements, self.balance_fen = itertools.count(1), 0

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.session.__exit__(*what)

    def open(self, case, programmes, defaults):
        """Enters a case; returns its facts and what the database said."""
        facts = facts_of(next(self.numbers), case, programmes, defaults)
        return facts, self.does(facts.take())

    def does(self, sql, actor="tester"):
        """One transaction; returns what it said."""
        return self.session.ask(f"begin;\n{context(actor=actor)}{sql.rstrip().rstrip(';')};\ncommit")

    def rows(self, sql):
        """The rows of one query as dictionaries."""
        answer = self.does(f"select row_to_json(q) from ({sql}) q")
        assert "ERROR" not in answer, answer
        return [json.loads(line) for line in answer.splitlines()]

    def due(self, code, asked):
        """Lines of several periods, each computed by itself."""
        names = ", ".join(quoted(period) for period in asked)
        return self.rows(f"select d.* from unnest(array[{names}]) with ordinality as p (period, n), lateral payments.due({DISTRICT}, '{code}',"
                         " payments.period_range(p.period)) d where d.period = p.period order by p.n, d.unit_id")

    def run(self, code, period, supplement=0):
        """A run with its lines; returns its number and its payments."""
        answer = self.does(f"select payments.run_create('{code}', '{period}', {supplement}) as run \\gset\n"
                           "select payments.run_fill(:run);\nselect :run", actor="maker")
        assert "ERROR" not in answer, answer
        number = int(answer.split()[-1])
        return number, self.rows(f"select * from payments.payment where district = {DISTRICT} and run_id = {number} order by id")

    def statement(self, entries):
        """The bank's next statement; entries are (direction, amount, our reference)."""
        self.balance_fen = self.district.statement(next(self.statements), "2020-07-01", self.balance_fen, entries)

    def answer(self, number, status):
        """What the bank says of a run that was sent: S, F, or that it all came back: R with the money on a statement, r without."""
        payments = self.district.payments(number)
        [file] = {payment["file_id"] for payment in payments}
        self.district.answer(file, [(payment["id"], status.upper()) for payment in payments], "RETURN" if status in "Rr" else "RESULT")
        if status == "R":
            self.statement([("C", payment["amount_fen"], f"P{payment['id']}") for payment in payments])

    def outcome(self, number, statuses):
        """What becomes of a draft: - is taken back, else it is released and the bank answers one status after the other."""
        if statuses == "-":
            self.district.cancel(number)
        elif self.district.payments(number):
            self.release(number)
            self.district.sent(number)
            for status in statuses:
                self.answer(number, status)

    def release(self, number):
        """Takes a run to its release, with the money that it needs."""
        totals = self.district.run(number)
        if totals["amount_fen"]:
            self.district.fund(totals["item_code"], totals["amount_fen"])
        self.district.approve(number)
        self.district.release(number)
