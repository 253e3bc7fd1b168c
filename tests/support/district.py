"""A district made by SQL alone, for the store tests: its register, its bank, and every step of a payment's life.

Each step runs as the database role of the program that takes it in production. What the worker adds in C are only bytes: here a
file's body is a line of text, and a sealed value is no secret.
"""
import hashlib
import itertools
import json
from pathlib import Path

from stack.bootstrap import DISTRICT
from stack.cluster import SUPERUSER

ROLES_SQL = Path(__file__).resolve().parents[2] / "sql" / "roles.sql"

DIVISIONS = (340103001, 340103002, 340103100)
SERVICES = {"huimin_owner": "tests", "postgres": "tests", "huimin_programmes": "programmes", "huimin_payments": "payments", "huimin_worker": "worker",
            "huimin_reconcile": "reconcile", "huimin_audit": "audit", "huimin_beneficiaries": "beneficiaries"}


def quoted(value):
    """A value as an SQL literal."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def context(actor="tester", service="tests", district=DISTRICT, divisions="all", programmes="all"):
    """The settings of a transaction as services/common/db.c makes them; `district=None`: none at all."""
    if district is None:
        return ""
    values = {"district": district, "divisions": divisions, "programmes": programmes, "actor": actor, "service": service,
              "request_id": "request-1"}
    return "select " + ", ".join(f"set_config('app.{name}', {quoted(str(value))}, true)" for name, value in values.items()) + " \\g /dev/null\n"


def copies(database):
    """make() gives districts of their own, each a copy of a loaded database that nobody else uses: quicker than migrations."""
    numbers = itertools.count(1)

    def make():
        name = f"{database.name}_copy_{next(numbers)}"
        database.cluster.psql(SUPERUSER, f"create database {name} template {database.name}", database="postgres")
        copy = type(database)(database.cluster, database.program, name)
        copy.psql("", SUPERUSER, file=ROLES_SQL)  # rights and settings of a database are not copied
        return District(copy)

    return make


class District:
    """Steps on one database. Numbers are ints, lists are lists of dictionaries, a refusal is a StackError with its code."""

    def __init__(self, database):
        self.database = database
        self.numbers = itertools.count(1)

    # SQL

    def run_sql(self, sql, role="huimin_owner", **settings):
        """A transaction as a role; returns psql's lines."""
        settings.setdefault("service", SERVICES[role])
        return self.database.psql(f"begin read write;\n{context(**settings)}{sql.rstrip().rstrip(';')};\ncommit;", role).splitlines()

    def rows(self, sql, role="huimin_owner", **settings):
        """The rows of one query as dictionaries."""
        return [json.loads(line) for line in self.run_sql(f"select row_to_json(q) from ({sql}) q", role, **settings)]

    def row(self, sql, role="huimin_owner", **settings):
        """The only row of a query."""
        [row] = self.rows(sql, role, **settings)
        return row

    def value(self, sql, role="huimin_owner", **settings):
        """The only value of a query: an int when it looks like one."""
        [line] = self.run_sql(sql, role, **settings)
        return int(line) if line.lstrip("-").isdigit() else line

    def refuses(self, sql, role="huimin_payments", **settings):
        """SQL that must fail; returns the server's message."""
        settings.setdefault("service", SERVICES[role])
        return self.database.refuses(role, f"begin read write;\n{context(**settings)}{sql.rstrip().rstrip(';')};\ncommit;")

    def wipe(self):
        """An empty district again: everything but the catalogue and the bank's formats. Quicker than another database."""
        self.database.psql("""
            begin; set local session_replication_role = replica; set local client_min_messages = warning;
            do $$ begin execute (select 'truncate ' || string_agg(c.oid::regclass::text, ', ') || ' restart identity' from pg_class c
                join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and n.nspname in ('ops', 'audit', 'beneficiaries', 'payments')
                 and c.relname not in ('bank_format', 'bank_record', 'bank_status', 'bank_reason', 'reason') and right(c.relname, 11) <> '_transition'); end $$;
            commit""", SUPERUSER)

    def event(self, what="seed"):
        """The id of a fresh event that rows of the register can name."""
        return self.value(f"select audit.write_event('{what}', 'seed', '{what}-{next(self.numbers)}', '{{}}')")

    # The register

    def bank(self, code="AHLY", unit="0042"):
        """Registers the agent bank."""
        self.run_sql(f"select payments.agency_register('{code}', '模拟代理银行', '{unit}', '9550880000000042')", "huimin_payments",
                     actor="finance")

    def people(self, count=1, *, born="2010-05-01", account_since="2019-01-01"):
        """People with a card of their own; returns their numbers."""
        event, tag = self.event(), next(self.numbers)
        first, last = map(int, self.run_sql(f"""
            with made as (
                insert into beneficiaries.person (district, division, name, name_folded, sex, birth_date, id_number_sealed,
                                                  id_number_index, id_number_masked, event_id)
                select {DISTRICT}, (array{list(DIVISIONS)})[1 + n % {len(DIVISIONS)}], '测试', '测试', 'female', '{born}', 'x',
                       sha256(convert_to('id-{tag}-' || n, 'UTF8')), '3401**********0010', {event}
                  from generate_series(1, {count}) n returning id)
            select min(id) || '|' || max(id) from made""")[0].split("|"))
        people = list(range(first, last + 1))
        assert len(people) == count
        if account_since:
            self.card(people, since=account_since, event=event)
        return people

    def card(self, people, *, since="2019-01-01", holder=None, event=None):
        """A card for each of the people, on the holder's name or their own; the one before ends."""
        event, tag = event or self.event(), next(self.numbers)
        self.run_sql(f"""
            update beneficiaries.account set valid = daterange(lower(valid), '{since}') where district = {DISTRICT}
               and person_id = any ('{{{",".join(map(str, people))}}}') and valid @> '{since}'::date;
            insert into beneficiaries.account (district, person_id, holder_person_id, kind, bank_number, number_sealed, number_index,
                                               number_masked, valid, event_id)
            select {DISTRICT}, p, coalesce({quoted(holder)}, p), 'card', '319361000013', 'x',
                   sha256(convert_to('account-{tag}-' || p, 'UTF8')), '6217**********0004', '[{since},)', {event}
              from unnest('{{{",".join(map(str, people))}}}'::bigint[]) p""")

    def certificates(self, people, grade, *, since="2010-01-01"):
        """A disability certificate for each; the one before ends."""
        self.run_sql(f"""
            update beneficiaries.certificate set valid = daterange(lower(valid), '{since}') where district = {DISTRICT}
               and person_id = any ('{{{",".join(map(str, people))}}}') and valid @> '{since}'::date;
            insert into beneficiaries.certificate (district, person_id, number_sealed, number_index, number_masked, disability_type,
                                                   disability_grade, valid, event_id)
            select {DISTRICT}, p, 'x', sha256(convert_to('certificate-' || p, 'UTF8')), '3401****************43', 4, {grade},
                   daterange('{since}', null), {self.event()} from unnest('{{{",".join(map(str, people))}}}'::bigint[]) p""")

    def enrol(self, people, item, tier=None, *, since="2020-01-01", until=None):
        """An approved enrolment for each; returns nothing."""
        self.run_sql(f"""
            insert into beneficiaries.enrolment (district, person_id, division, item_code, tier_code, state, applied_on, starts_on, valid,
                                                 applied_by, decided_by, decided_at, event_id)
            select {DISTRICT}, p.id, p.division, '{item}', {quoted(tier)}, 'APPROVED', '{since}', '{since}',
                   daterange('{since}', {quoted(until)}), 'clerk', 'reviewer', now(), {self.event()}
              from beneficiaries.person p where p.district = {DISTRICT} and p.id = any ('{{{",".join(map(str, people))}}}')""")

    def disabled(self, count, grade, item="disabled-care", *, since="2020-01-01", until=None):
        """People of a grade who are enrolled in a programme for disabled people."""
        people = self.people(count)
        self.certificates(people, grade)
        self.enrol(people, item, since=since, until=until)
        return people

    def died(self, person, day):
        """A death that the register learns of."""
        self.run_sql(f"update beneficiaries.person set death_date = '{day}', version = version + 1, event_id = {self.event('death')}"
                     f" where district = {DISTRICT} and id = {person}")

    # Money and runs

    def fund(self, item, amount_fen, source="district"):
        """Money in place."""
        return self.value(f"select payments.appropriate('{item}', '{source}', {amount_fen}, 'doc {next(self.numbers)}')", "huimin_payments",
                          actor="finance")

    def create(self, item, period, supplement=0, *, by="maker"):
        """A run that waits for its lines."""
        return self.value(f"select payments.run_create('{item}', '{period}', {supplement})", "huimin_payments", actor=by)

    def fill(self, run):
        """The worker's part; returns the run."""
        self.run_sql(f"select payments.run_fill({run})", "huimin_worker", actor="maker")
        return self.run(run)

    def run(self, run):
        """The run's row."""
        return self.row(f"select * from payments.run where district = {DISTRICT} and id = {run}")

    def draft(self, item, period, supplement=0):
        """A run with its lines."""
        return self.fill(self.create(item, period, supplement))

    def approve(self, run, *, by="checker"):
        """The checker signs what the run says."""
        totals = self.run(run)
        self.run_sql(f"select payments.run_approve({run}, {totals['lines']}, {totals['amount_fen']})", "huimin_payments", actor=by)

    def release(self, run, *, by="releaser"):
        """The money may go."""
        self.run_sql(f"select payments.run_release({run})", "huimin_payments", actor=by)

    def released(self, item, period, supplement=0):
        """A run taken to its release."""
        run = self.draft(item, period, supplement)["id"]
        self.approve(run)
        self.release(run)
        return run

    def paid(self, item, period, supplement=0):
        """A run of which the bank says that every line was paid."""
        run = self.released(item, period, supplement)
        self.answer(self.sent(run), [(payment["id"], "S") for payment in self.payments(run)])
        return run

    def cancel(self, run, *, by="maker"):
        """The run is taken back."""
        self.run_sql(f"select payments.run_cancel({run})", "huimin_payments", actor=by)

    def payments(self, run):
        """The run's payments, by number."""
        return self.rows(f"select * from payments.payment where district = {DISTRICT} and run_id = {run} order by id")

    def payment(self, payment):
        """One payment."""
        return self.row(f"select * from payments.payment where district = {DISTRICT} and id = {payment}")

    def states(self, run):
        """The states of the run's payments, by number."""
        return [payment["state"] for payment in self.payments(run)]

    # The bank

    def freeze(self, run):
        """The next file of a run; returns its number."""
        body = f"file {next(self.numbers)}"
        sha256 = hashlib.sha256(body.encode()).hexdigest()
        return int(self.run_sql(f"""
            select file_id as file, sequence, to_char(business_date, 'YYYYMMDD') as day from payments.file_begin({run}) \\gset
            select count(*) from payments.file_lines(0, 1000) \\g /dev/null
            select payments.file_freeze(:file, {run}, :sequence, 'HM_AHLY_' || :'day' || '_' || lpad(:'sequence', 4, '0') || '_{sha256[:8]}.txt',
                                        {len(body)}, 1, '\\x{sha256}') \\g /dev/null
            select payments.file_keep_chunk(:file, 0, 'sealed') \\g /dev/null
            select :file""", "huimin_worker", actor="releaser")[-1])

    def send(self, file):
        """The file lies in the outbox."""
        self.run_sql(f"select payments.file_sent({file})", "huimin_worker", actor="releaser")

    def sent(self, run):
        """Freezes and sends the next file of a run."""
        file = self.freeze(run)
        self.send(file)
        return file

    def file(self, file):
        """The file's row."""
        return self.row(f"select * from payments.file where district = {DISTRICT} and id = {file}")

    def receive(self, body=None):
        """A message of the bank, not applied yet."""
        sha256 = hashlib.sha256((body or f"message {next(self.numbers)}").encode()).hexdigest()
        return self.value(f"""
            with kept as (insert into ops.upload (district, bytes, chunks, sha256, actor) values ({DISTRICT}, 1, 1, '\\x{sha256}', 'bank')
                          returning id)
            select payments.inbound_receive(id, 'message', '\\x{sha256}') from kept""", "huimin_worker", actor="bank")

    def acknowledge(self, file, accepted=True, *, duplicate=False, code="", reason=""):
        """The bank takes or refuses a file as a whole."""
        message = self.receive()
        self.run_sql(f"select payments.acknowledge({message}, {file}, {quoted(accepted)}, {quoted(duplicate)}, '{code}', '{reason}')",
                     "huimin_worker", actor="bank")
        return message

    def answer(self, file, lines, kind="RESULT", *, message=None, day="2020-07-01"):
        """A result or return: (payment, status) or (payment, status, changes of the line) each; returns the message's number."""
        message = message or self.receive()
        values = []
        for number, (payment, status, *changes) in enumerate(lines, 1):
            line = {"payment": quoted(payment), "amount": f"(select amount_fen from payments.payment where id = {payment})", "code": "",
                    "account": f"(select account_index from payments.payment where id = {payment})", **(changes[0] if changes else {})}
            reason = {"F": "'CLOSED'", "R": "'CLOSED'"}.get(status, "null")
            values.append(f"({DISTRICT}, {message}, {number}, {line['payment']}, {line['amount']}, {line['account']}, '{status}',"
                          f" '{line['code']}', {reason})")
        staged = ("insert into payments.inbound_line (district, inbound_id, line, payment_id, amount_fen, account_index, status,"
                  f" bank_code, reason) values {', '.join(values)};\n") if values else ""
        self.run_sql(f"{staged}select payments.inbound_apply({message}, '{kind}', {file}, '{day}')", "huimin_worker", actor="bank")
        return message

    def outcomes(self, message):
        """What was done with each line of a message."""
        return self.run_sql(f"select coalesce(outcome, '-') from payments.inbound_line where district = {DISTRICT} and inbound_id = {message}"
                            " order by line")

    def statement(self, number, day, opening_fen, entries):
        """A statement; entries are (direction, amount, our reference). Returns the closing balance."""
        closing = opening_fen + sum(amount if direction == "C" else -amount for direction, amount, _ in entries)
        columns = [",".join(str(entry[i]) for entry in entries) for i in range(3)]
        references = ",".join(f"B{number}-{i}" for i in range(1, len(entries) + 1))
        message = self.receive()
        self.run_sql(f"select payments.statement_apply({message}, 'AHLY', {number}, '{day}', {opening_fen}, {closing}, '{{{columns[0]}}}',"
                     f" '{{{columns[1]}}}', '{{{references}}}', '{{{columns[2]}}}')", "huimin_worker", actor="bank")
        return closing

    def reconcile(self, day, close=False):
        """One night; returns its totals."""
        return self.row(f"select * from payments.reconcile('{day}', {quoted(close)})", "huimin_reconcile", actor="reconcile")

    def breaks(self, state="OPEN"):
        """Breaks as (class, key), sorted."""
        return [tuple(line.split("|")) for line in self.run_sql(
            f"select class, key from payments.break where district = {DISTRICT} and state = '{state}' order by 1, 2")]

    def today(self, days=0):
        """A business date of the database, from today on."""
        return self.value(f"select (app.today() + {days})::text")

    def violations(self):
        """Names of the violated invariants, each once."""
        return self.run_sql(f"select distinct invariant from payments.invariants({DISTRICT}) order by 1")

    def balance(self, item, kind):
        """What an account kind of an item holds over all sources."""
        return self.value(f"select coalesce(sum(balance_fen), 0) from payments.account where district = {DISTRICT} and item_code = '{item}'"
                          f" and kind = '{kind}'")
