"""An installation of the first release, with data, becomes one of today by the command that an operator runs."""
import json
import shutil
from pathlib import Path

import pytest

from stack.bootstrap import DISTRICT
from stack.cluster import PROGRAMS, SUPERUSER
from support.district import District, context

SQL = Path(__file__).resolve().parents[2] / "sql"
FIRST = Path(__file__).resolve().parent / "first-release"
FIRST_MIGRATIONS = 6
SCHEMAS = "'ops', 'audit', 'programmes', 'beneficiaries', 'payments'"
CARE, LIVING, DIBAO, ORPHAN = "disabled-care", "disabled-living", "rural-dibao", "orphan"
PAID_FEN = 6000 * 12 + 20000 + 10000 + 6666 + 73666 + 8334 + 82000 + 126200  # what the bank paid, in the order of the runs
PAYMENTS_FEN = PAID_FEN + 6000 + 6666 + 2 * 6000 + 3 * 6000  # and what it refused, what was taken back, what waits


def shown(database):
    """Everything: {table: rows as dictionaries, in order}."""
    tables = database.psql(f"select c.oid::regclass from pg_class c where c.relkind = 'r' and c.relnamespace::regnamespace::text in ({SCHEMAS})"
                           " order by 1").splitlines()
    rows = {}
    for table in tables:
        rows[table] = [json.loads(line) for line in database.psql(f"select to_jsonb(t) from {table} t order by t::text collate \"C\"").splitlines()]
    return rows


def schema(database):
    """The whole schema as pg_dump writes it."""
    done = database.cluster.account.run([PROGRAMS / "pg_dump", "--schema-only", "-d", database.cluster.conninfo(SUPERUSER, database.name)])
    return [line for line in done.stdout.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))]


def first_release(database, folder):
    """The schema of then, the district, and then the functions that stood guard over it."""
    for name in ("migrations", "functions"):
        (folder / name).mkdir(parents=True)
    for path in sorted((SQL / "migrations").glob("*.sql"))[:FIRST_MIGRATIONS]:
        shutil.copy(path, folder / "migrations")
    shutil.copy(SQL / "functions" / "audit_write.sql", folder / "functions")
    database.huimin("migrate", "--sql", folder)
    database.psql("", file=FIRST / "district.sql")
    shutil.copy(FIRST / "functions.sql", folder / "functions")
    database.huimin("migrate", "--sql", folder)


class Upgraded:
    """What was there before, what is there now."""

    def __init__(self, database, folder):
        first_release(database, folder)
        self.database, self.district = database, District(database)
        self.before = shown(database)
        _, self.out, _ = database.huimin("migrate", "--sql", SQL)
        self.after = shown(database)

    def rows(self, sql):
        """The rows of a query as tuples of text."""
        return [tuple(line.split("|")) for line in self.database.psql(sql).splitlines()]

    def preview(self, item, period):
        """(unit, period, difference, reason why it is held) of what a run would see."""
        rows = self.district.rows(f"select * from payments.preview({DISTRICT}, '{item}', payments.period_range('{period}')) order by unit_id, period")
        return [(row["unit_id"], row["period"], row["difference_fen"], row["held"] or row["open"]) for row in rows]


@pytest.fixture(scope="module")
def upgraded(make_database, tmp_path_factory):
    """One upgrade, for the tests that only look."""
    return Upgraded(make_database(), tmp_path_factory.mktemp("first") / "sql")


@pytest.fixture
def copied(upgraded):
    """A copy of the upgraded database that the test may change."""
    name = f"{upgraded.database.name}_copy"
    database = type(upgraded.database)(upgraded.database.cluster, upgraded.database.program, name)
    database.cluster.psql(SUPERUSER, f"drop database if exists {name}", database="postgres")
    database.cluster.psql(SUPERUSER, f"create database {name} template {upgraded.database.name}", database="postgres")
    database.psql("", SUPERUSER, file=SQL / "roles.sql")  # rights of a database are not copied
    return District(database)


def test_each_later_migration_is_applied_once(upgraded):
    names = [path.stem for path in sorted((SQL / "migrations").glob("*.sql"))]
    assert [line.split("\t")[0] for line in upgraded.out.splitlines()] == [*names[FIRST_MIGRATIONS:], "migrations", "functions"]
    assert upgraded.out.splitlines()[-1].endswith("已更新 / applied")


SHIPPED = ("payments.bank_format", "payments.bank_record")


def test_nothing_is_lost_and_nothing_is_rewritten(upgraded):
    assert sum(len(rows) for rows in upgraded.before.values()) > 400
    for table, rows in upgraded.before.items():
        columns = rows[0].keys() if rows else []
        now = [json.dumps({name: row[name] for name in columns}) for row in upgraded.after[table]]
        if table in SHIPPED:  # more of them come with a release
            now = [row for row in now if row in set(map(json.dumps, rows))]
        assert sorted(now) == sorted(map(json.dumps, rows)), table


def test_the_money_is_the_same(upgraded):
    assert upgraded.rows("select count(*), sum(amount_fen), sum(amount_fen) filter (where state = 'PAID') from payments.payment") == [
        ("26", str(PAYMENTS_FEN), str(PAID_FEN))]
    assert upgraded.rows("select kind, sum(balance_fen) from payments.account group by 1 order by 1") == [
        ("appropriated", "-4000000"), ("budget", str(4_000_000 - PAID_FEN)), ("paid", str(PAID_FEN)), ("transit", "0")]
    assert upgraded.rows("select -sum(amount_fen) + 1000000000 - (select closing_fen from payments.statement) from payments.statement_entry") == [("0",)]


def test_new_columns_say_what_was_so(upgraded):
    # what was settled when a later difference was computed; a reissue has what the payment had whose place it takes
    assert upgraded.rows("select id, settled_before_fen from payments.payment where settled_before_fen <> 0 order by 1") == [
        ("21", "10000"), ("22", "10000"), ("24", "73666")]
    assert upgraded.rows("select sum(netted_fen) from payments.payment union all select sum(netted_fen) from payments.run") == [("0",), ("0",)]
    assert upgraded.rows("select distinct state, accrual, proposed_by, approved_by, version, event_id is null, notice_days, documents, checks,"
                         " certificate_types is null, netting_cap_percent from programmes.rule") == [
        ("APPROVED", "each_month", "seed:finance", "seed:civil-affairs", "1", "t", "0", "{}", "{}", "t", "0")]
    assert upgraded.rows("select id, state, approved_by, replaces is null, basis_points is null from programmes.standard where id > 5 order by id") == [
        ("6", "APPROVED", "civil", "t", "t"), ("7", "PROPOSED", "", "t", "t")]
    assert upgraded.rows("select count(*) from beneficiaries.person where merged_into is null") == [("13",)]
    assert upgraded.rows("select lines_sha256 is null, count(*) from payments.run group by 1") == [("t", "12")]


def test_the_life_of_each_enrolment_begins_with_what_it_was(upgraded):
    steps = upgraded.rows("select enrolment_id, seq, step, from_state, to_state, actor, cause, effective_on, count(*) over () from"
                          " beneficiaries.enrolment_step where enrolment_id in (1, 5, 13, 14, 15) order by 1")
    assert steps == [("1", "2", "taken_over", "NONE", "APPROVED", "reviewer", "", "2020-01-01", "5"),
                     ("5", "3", "taken_over", "NONE", "ENDED", "reviewer", "moved", "2020-02-10", "5"),
                     ("13", "3", "taken_over", "NONE", "ENDED", "reviewer", "voluntary", "2020-04-15", "5"),
                     ("14", "2", "taken_over", "NONE", "REJECTED", "reviewer", "not_eligible", "2020-01-01", "5"),
                     ("15", "1", "applied", "NONE", "APPLIED", "clerk", "", "2020-01-01", "5")]
    assert upgraded.rows("select count(*), bool_and(s.event_id = e.event_id and s.seq = e.version and s.at = coalesce(e.decided_at, e.created_at))"
                         " from beneficiaries.enrolment_step s join beneficiaries.enrolment e on e.id = s.enrolment_id") == [("15", "t")]


def test_the_schema_is_that_of_a_new_installation(upgraded, loaded):
    assert schema(upgraded.database) == schema(loaded)


def test_no_invariant_is_violated(upgraded):
    assert upgraded.district.violations() == []
    assert upgraded.database.huimin("invariants", "--district", DISTRICT)[0] == 0


def test_the_next_period_pays_no_old_month_again(upgraded):
    waits = [(4, f"2020-0{month}", 6000, "no_account") for month in range(1, 6)]
    assert upgraded.preview(CARE, "2020-05") == [(1, "2020-05", 6000, None), (2, "2020-05", 6000, None), (3, "2020-02", -6000, None), *waits,
                                                 (6, "2020-05", 6000, None)]
    assert upgraded.preview(LIVING, "2020-Q1") == [] and upgraded.preview(DIBAO, "2020-03") == []
    assert upgraded.preview(LIVING, "2020-Q2") == [(7, "2020-Q2", 20000, None), (8, "2020-Q2", 20000, None)]
    assert upgraded.preview(DIBAO, "2020-04") == [(1, "2020-04", 82000, None)]
    assert upgraded.preview(ORPHAN, "2020-02") == [(9, "2020-02", 126200, None)]


def test_old_payments_are_explained(upgraded):
    """Lines kept before they named rule and month find them all the same."""
    documents = upgraded.district.rows("select distinct unit_id, period, payments.explanation(item_code, unit_id, period) as it from payments.payment")
    payments = {one["id"]: one for document in documents for one in document["it"]["payments"]}
    assert len(payments) == 26
    for one in payments.values():
        assert one["amount_fen"] + one["settled_before_fen"] == one["due_at_the_time_fen"] == sum(line["amount_fen"] for line in one["lines"])
        assert all(line["rule"] and line["standard"] for line in one["lines"])
    assert [line["from"] for line in payments[24]["lines"]] == ["2020-02"] and payments[24]["lines"][0]["rule"]["kind"] == "household_topup"


def test_a_second_time_changes_nothing(upgraded):
    files = len(list((SQL / "migrations").glob("*.sql"))), len(list((SQL / "functions").glob("*.sql")))
    before = shown(upgraded.database), schema(upgraded.database), upgraded.rows("select * from app.migration order by 1")
    _, out, _ = upgraded.database.huimin("migrate", "--sql", SQL)
    assert out.splitlines() == [f"migrations\t{files[0]}\t已是最新 / up to date", f"functions\t{files[1]}\t无变化 / unchanged"]
    assert (shown(upgraded.database), schema(upgraded.database), upgraded.rows("select * from app.migration order by 1")) == before


def test_work_goes_on(copied):
    """What waited is signed and paid, the next month follows, and what the first release overpaid can be let go."""
    copied.approve(6)
    copied.release(6)
    file = copied.sent(6)
    copied.answer(file, [(payment["id"], "S") for payment in copied.payments(6)])
    assert copied.states(6) == ["PAID"] * 3
    may = copied.draft(CARE, "2020-05")
    assert [(row["person_id"], row["period"], row["part"], row["amount_fen"]) for row in copied.payments(may["id"])] == [
        (person, "2020-05", 0, 6000) for person in (1, 2, 6)]
    assert (may["held_lines"], may["overpaid_fen"]) == (5, 6000)
    written_off = copied.value("select payments.write_off_propose(1, 6000, 'decision 1')", "huimin_payments", actor="maker")
    copied.run_sql(f"select payments.write_off_decide({written_off}, true)", "huimin_payments", actor="checker")
    assert copied.row("select * from payments.overpayment_state")["open_fen"] == 0
    copied.database.psql(f"begin read write;\n{context('confirmer', 'programmes')}select programmes.standard_approve(7, false);\ncommit;", "huimin_programmes")
    assert copied.value("select state from programmes.standard where id = 7") == "APPROVED"
    assert copied.violations() == []


def test_a_month_that_was_paid_to_the_old_household_is_not_paid_to_the_new_one(copied):
    """Payments of then do not name the members that they were for."""
    event = copied.event()
    copied.run_sql(f"""
        update beneficiaries.household_member set valid = '[2019-01-01,2020-02-01)' where person_id = 11;
        insert into beneficiaries.household (district, id, division, number, event_id) values ({DISTRICT}, 2, 340103100, 'H2', {event});
        insert into beneficiaries.household_member (district, household_id, person_id, relation, valid, event_id)
        values ({DISTRICT}, 2, 11, '01', '[2020-02-01,)', {event});
        insert into beneficiaries.household_income (district, household_id, per_head_year_fen, valid, event_id)
        values ({DISTRICT}, 2, 250000, '[2020-02-01,)', {event})""")
    rows = copied.rows(f"select unit_id, period, difference_fen, held from payments.preview({DISTRICT}, '{DIBAO}', payments.period_range('2020-04'))"
                       " order by 1, 2")
    assert [tuple(row.values()) for row in rows] == [
        (1, "2020-02", -41000, None), (1, "2020-03", -41000, None), (1, "2020-04", 41000, None),
        (2, "2020-02", 41000, "paid_in_other_household"), (2, "2020-03", 41000, "paid_in_other_household"), (2, "2020-04", 41000, None)]
