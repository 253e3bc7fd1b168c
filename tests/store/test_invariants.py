"""payments.invariants(): silent through the whole life of runs and payments, and each of them fires for its own corruption alone."""
import re
from pathlib import Path

import pytest

from stack.cluster import SUPERUSER
from support.district import DISTRICT

SOURCE = Path(__file__).resolve().parents[2] / "sql" / "functions" / "payments_80_invariants.sql"
CARE, ORPHAN = "disabled-care", "orphan"
OPENING_FEN = 1_000_000_000


class Story:
    """One district through everything that happens to payments; `steps` keeps what the invariants said after each step."""

    def __init__(self, district):
        self.district = district
        self.steps = []

    def step(self, name):
        """Asks the invariants."""
        self.steps.append((name, self.district.violations()))

    def tell(self):
        """The whole story."""
        self.step("an empty district")
        self.people()
        self.care_run()
        self.file_and_answers()
        self.return_and_statement()
        self.night()
        self.late_answer()
        self.reissue()
        self.orphans()
        self.runs_under_way()
        return self

    def people(self):
        """Six people with a certificate, two of them orphans too; money for both programmes."""
        d = self.district
        d.bank()
        self.carers = d.disabled(6, 1)
        # Lines stand in the order of division and person: these two are `paid` and `lost`.
        d.enrol([self.carers[2], self.carers[1]], ORPHAN, "dispersed")
        d.fund(CARE, 60_000, "central")
        d.fund(CARE, 100_000)
        d.fund(ORPHAN, 3_000_000, "province")
        self.step("people and money")

    def care_run(self):
        """Made, filled, approved, released."""
        d = self.district
        self.run = d.create(CARE, "2020-06")
        self.step("a run is created")
        assert d.fill(self.run)["lines"] == 6
        self.step("a run is filled")
        d.approve(self.run)
        self.step("a run is approved")
        d.release(self.run)
        self.step("a run is released")
        self.paid, self.returned, self.refused, self.waits, self.lost, self.also = (p["id"] for p in d.payments(self.run))

    def file_and_answers(self):
        """Frozen, sent, acknowledged, answered; one line is in processing, one is missing."""
        d = self.district
        self.file = d.freeze(self.run)
        self.step("a file is frozen")
        d.send(self.file)
        self.step("a file is sent")
        d.acknowledge(self.file)
        self.step("a file is acknowledged")
        d.answer(self.file, [(self.paid, "S"), (self.returned, "S"), (self.refused, "F"), (self.waits, "W"), (self.also, "S")])
        assert d.states(self.run) == ["PAID", "PAID", "REJECTED", "ACCEPTED", "ACCEPTED", "PAID"]
        self.step("a file is answered")
        d.answer(self.file, [(self.paid, "S"), (self.paid, "F"), (self.also, "S", {"amount": "1"})])
        self.step("an answer contradicts")

    def return_and_statement(self):
        """Money comes back: first the message, then the statement."""
        d = self.district
        d.answer(self.file, [(self.returned, "R")], "RETURN")
        self.step("a payment is returned")
        name = d.file(self.file)["name"]
        self.closing = d.statement(1, d.today(), OPENING_FEN, [("D", 18_000, name)])
        self.step("a statement")
        self.closing = d.statement(2, d.today(1), self.closing, [("C", 6_000, f"P{self.returned}")])
        assert d.balance(CARE, "returned") == 0
        self.step("returned money is back")

    def night(self):
        """What has no answer is unknown."""
        d = self.district
        d.reconcile(d.today(1))
        assert d.states(self.run) == ["PAID", "RETURNED", "REJECTED", "UNKNOWN", "UNKNOWN", "PAID"]
        self.step("a night")

    def late_answer(self):
        """The answer to one of them comes, and a second person settles it."""
        d = self.district
        d.answer(self.file, [(self.waits, "S")])
        self.step("a late answer")
        d.run_sql(f"select payments.resolve_unknown({self.waits}, 'PAID')", "huimin_payments", actor="checker")
        assert d.payment(self.waits)["state"] == "PAID"
        self.step("an unknown payment is resolved")

    def reissue(self):
        """The returned payment goes to a new card; the refused one is reissued and the reissue taken back."""
        d = self.district
        d.card([d.payment(self.returned)["person_id"]], since="2020-07-01")
        again = d.value(f"select payments.reissue({self.returned})", "huimin_payments", actor="maker")
        self.step("a payment is reissued")
        d.approve(again)
        d.release(again)
        file = d.sent(again)
        [payment] = d.payments(again)
        d.answer(file, [(payment["id"], "S")])
        assert d.states(again) == ["PAID"]
        self.step("a reissue is paid")
        taken_back = d.value(f"select payments.reissue({self.refused})", "huimin_payments", actor="maker")
        d.cancel(taken_back)
        self.step("a reissue is taken back")

    def orphans(self):
        """Two people of a second programme: one is paid, one waits for the bank."""
        d = self.district
        self.orphan_run = d.released(ORPHAN, "2020-06")
        file = d.sent(self.orphan_run)
        first, _ = d.payments(self.orphan_run)
        d.answer(file, [(first["id"], "S")])
        assert d.states(self.orphan_run) == ["PAID", "SENT"]
        self.step("a second programme")

    def runs_under_way(self):
        """A draft, a run taken back, a run that failed, a run that waits, a file that was refused."""
        d = self.district
        d.run_sql("update programmes.standard set amount_fen = 7000 where item_code = 'disabled-care'")
        assert {line["part"] for line in d.payments(d.draft(CARE, "2020-07")["id"])} == {0, 1}
        self.step("a draft with arrears of a raised standard")
        d.cancel(d.draft(ORPHAN, "2020-07")["id"])
        self.step("a run is taken back")
        failed = d.create(ORPHAN, "2020-08")
        d.run_sql(f"select payments.run_fail({failed}, 'internal')", "huimin_worker", actor="maker")
        self.step("a run fails")
        run = d.released(ORPHAN, "2020-09")
        d.acknowledge(d.sent(run), False, code="H019", reason="OTHER")
        assert set(d.states(run)) == {"REJECTED"}
        self.step("a file is refused")


@pytest.fixture(scope="module")
def story(make_district):
    """The story, told once for this module."""
    return Story(make_district()).tell()


def test_nothing_is_violated_at_any_step(story):
    assert len(story.steps) == 25
    assert [(name, found) for name, found in story.steps if found] == []


# One corruption for each invariant: SQL that a superuser runs with triggers, keys and checks out of the way.
FIRST = "(select min(id) from payments.payment where {})"
# Lines that fit each other, so that one in the wrong place is not found by its amounts.
FITTING = """; update payments.payment p set settled_before_fen = b.fen, facts = jsonb_build_array(jsonb_build_object('amount_fen', p.amount_fen + b.fen))
  from (select id, coalesce(sum(amount_fen) over (partition by item_code, unit_id, period order by part, id
                                                    rows between unbounded preceding and 1 preceding), 0) as fen
          from payments.payment where reissue_of is null and state <> 'CANCELLED') b
 where b.id = p.id and b.fen <> p.settled_before_fen"""
MUTATIONS = {
    "one_live_payment": (
        "update payments.payment set item_code = 'disabled-care' where item_code = 'orphan' and state = 'SENT'" + FITTING),
    "month_in_one_period": (
        "update payments.payment set period = '2020-Q3' where period = '2020-07' and item_code = 'disabled-care'; update payments.run r"
        " set period = '2020-Q3', period_range = '[2020-06-01,2020-10-01)', manifest = payments.run_manifest(r.district, r.id)"
        " where period = '2020-07' and item_code = 'disabled-care' and state = 'DRAFT'"),
    "one_paid_payment": (
        "update payments.payment set item_code = 'disabled-care', live = false where item_code = 'orphan' and state = 'PAID'" + FITTING),
    "amount_is_entitlement": (
        f"update payments.payment set facts = jsonb_set(facts, '{{0,amount_fen}}', '1') where id = {FIRST.format('true')}"),
    "settled_before_counts_all": (
        "update payments.payment set settled_before_fen = 0, facts = jsonb_build_array(jsonb_build_object('amount_fen', amount_fen))"
        f" where id = {FIRST.format('part = 1')}"),
    "netting_is_noted": (
        "update payments.payment set netted_fen = 1, facts = jsonb_build_array(jsonb_build_object('amount_fen', amount_fen + 1))"
        f" where id = {FIRST.format('''item_code = 'orphan' ''')}"),
    "collections_tie_to_ledger": (
        "do $$ begin perform set_config('app.district', '340103', true), set_config('app.actor', 'nobody', true),"
        "  set_config('app.service', 'tests', true);"
        " insert into payments.overpayment (district, id, item_code, unit_id, person_id, period, amount_fen, run_id)"
        " select 340103, 1000, 'orphan', 1, 1, '2020-01', 100, min(id) from payments.run;"
        " insert into payments.recovery (district, id, overpayment_id, kind, amount_fen, reference, state, proposed_by, event_id)"
        " values (340103, 1000, 1000, 'collection', 100, 'r', 'DONE', 'nobody', audit.write_event('collect', 'recovery', '1000', '{}'));"
        " end $$"),
    "state_is_last_history": (
        f"update payments.payment set state = 'ACCEPTED' where id = {FIRST.format('''state = 'SENT' ''')}"),
    "history_is_a_path": (
        f"update payments.payment_history set from_state = 'APPROVED' where seq = 1 and payment_id = {FIRST.format('true')}"),
    "final_state_has_evidence": (
        f"update payments.payment_history set inbound_id = null where to_state = 'PAID' and payment_id = {FIRST.format('''state = 'PAID' ''')}"),
    "reissue_of_failed_payment": "update payments.payment set superseded = false where superseded",
    "filed_in_one_line": f"update payments.payment set occurrence = null where id = {FIRST.format('file_id is not null')}",
    "file_totals": "update payments.file set amount_fen = amount_fen + 1 where id = (select min(id) from payments.file)",
    "file_bytes_are_kept": "delete from payments.file_chunk where file_id = (select min(id) from payments.file)",
    "file_numbers_gapless": "update payments.bank_day set last_sequence = last_sequence + 1",
    "run_totals": "update payments.run set lines = lines + 1 where id = (select min(id) from payments.run)",
    "run_manifest": "update payments.run set manifest = sha256('x') where id = (select min(id) from payments.run)",
    "run_state_of_payments": (
        "insert into payments.payment_history (district, payment_id, seq, from_state, to_state, actor)"
        " select district, id, 2, 'CREATED', 'APPROVED', 'nobody' from payments.payment where state = 'CREATED' order by id limit 1;"
        f" update payments.payment set state = 'APPROVED', version = 2 where id = {FIRST.format('''state = 'CREATED' ''')}"),
    "separate_duties": "update payments.run set checker = maker where id = (select min(id) from payments.run where state = 'RELEASED')",
    "inbound_line_applied_or_break": (
        "update payments.inbound_line set outcome = null where outcome = 'PAID' and inbound_id = (select min(inbound_id) from payments.inbound_line)"
        " and line = 1"),
    "unknown_has_break": (
        "delete from payments.break where class = 'late' and payment_id = (select id from payments.payment where state = 'UNKNOWN')"),
    "account_is_sum_of_transfers": (
        "update payments.account set balance_fen = balance_fen + 1 where item_code = 'orphan' and source = 'province' and kind = 'budget'"),
    "no_overdraft": (
        "insert into payments.account (district, item_code, source, kind) values (340103, 'orphan', 'province', 'receivable');"
        " insert into payments.transfer (district, item_code, source, debit, credit, amount_fen, cause, reference, actor)"
        " values (340103, 'orphan', 'province', 'budget', 'receivable', 50000000, 'appropriation', 'nothing', 'nobody');"
        " update payments.account set balance_fen = balance_fen + case kind when 'budget' then -50000000 else 50000000 end"
        " where item_code = 'orphan' and source = 'province' and kind in ('budget', 'receivable')"),
    "ledger_ties_to_payments": (
        "insert into payments.transfer (district, item_code, source, debit, credit, amount_fen, run_id, cause, reference, actor)"
        " select 340103, item_code, 'province', 'budget', 'transit', 1, id, 'release', 'nothing', 'nobody' from payments.run"
        " where item_code = 'orphan' and state = 'RELEASED' order by id limit 1;"
        " update payments.account set balance_fen = balance_fen + case kind when 'budget' then -1 else 1 end"
        " where item_code = 'orphan' and source = 'province' and kind in ('budget', 'transit')"),
    "statements_follow_each_other": "update payments.statement set statement_no = 3 where statement_no = 2",
    "statement_adds_up": "update payments.statement set entries = entries + 1 where statement_no = 2",
    "version_has_event": "update payments.file set version = version + 1 where id = (select min(id) from payments.file)",
    "merged_as_decided": (
        "update beneficiaries.person set merged_into = (select max(id) from beneficiaries.person) where id = (select min(id) from beneficiaries.person)"),
    "event_numbers_gapless": "delete from audit.event where entity = 'run' and seq = 1 and entity_id = (select min(id)::text from payments.run)",
    "event_hash": "update audit.event set leaf_hash = sha256('x') where id = (select max(id) from audit.event)",
    "event_chain": (
        "update audit.event set entry = regexp_replace(entry, '\"prev\":\"[0-9a-f]+\"', '\"prev\":\"00\"')"
        " where id = (select max(id) from audit.event where seq > 1);"
        " update audit.event set leaf_hash = sha256('\\x00'::bytea || convert_to(entry, 'UTF8'))"),
    "no_personal_data_in_events": (
        "update audit.event set entry = replace(entry, '\"data\":{}', '\"data\":{\"note\":\"身份证34019919900307123X\"}') where entity = 'seed';"
        " update audit.event set leaf_hash = sha256('\\x00'::bytea || convert_to(entry, 'UTF8'))"),
}
# What stands in the way of a corruption, and comes back with the rollback.
WITHOUT_GUARDS = """
begin;
set local session_replication_role = replica;
do $$ declare one record; begin
    for one in select conrelid::regclass as relation, conname from pg_constraint
                where contype = 'c' and connamespace = 'payments'::regnamespace loop
        execute format('alter table %s drop constraint %I', one.relation, one.conname);
    end loop;
end $$;
drop index payments.payment_one_live;
"""


def declared():
    """The names of the invariants in the SQL file."""
    return re.findall(r"select '([a-z_]+)', jsonb_build_object", SOURCE.read_text(encoding="utf-8"))


def test_every_invariant_has_its_corruption():
    names = set(declared())
    assert len(names) > 20
    assert set(MUTATIONS) == names


@pytest.mark.parametrize("invariant", MUTATIONS)
def test_a_corruption_is_found_by_its_invariant_alone(story, invariant):
    found = story.district.database.psql(
        f"{WITHOUT_GUARDS}{MUTATIONS[invariant]};\nselect distinct invariant from payments.invariants({DISTRICT});\nrollback;", SUPERUSER)
    assert found.splitlines() == [invariant]
    assert story.district.violations() == []


def test_a_violation_stops_every_release(story):
    """The file's total is not true: nothing is released, of whatever run."""
    d = story.district
    run = next(row["id"] for row in d.rows("select id from payments.run where state = 'DRAFT'"))
    d.approve(run)
    d.database.psql("begin; set local session_replication_role = replica; " + MUTATIONS["file_totals"] + "; commit;", SUPERUSER)
    try:
        assert "invariants_violated" in d.refuses(f"select payments.run_release({run})", actor="releaser")
    finally:
        d.database.psql("begin; set local session_replication_role = replica; "
                        + MUTATIONS["file_totals"].replace("+ 1", "- 1") + "; commit;", SUPERUSER)
    d.release(run)
    assert d.violations() == []
