"""What no service can do to payments by SQL, what two at once cannot do, and what happens to money that goes astray."""
import pytest

from support.district import DISTRICT
from support.session import Session

CARE, ORPHAN = "disabled-care", "orphan"
WRITERS = ("huimin_payments", "huimin_worker", "huimin_reconcile")
FEN = 6000  # of one line of the care subsidy


@pytest.fixture(scope="module")
def running(make_district):
    """A district with a released run of two lines, one file and a draft, for tests that change nothing."""
    one = make_district()
    one.bank()
    one.fund(CARE, 1_000_000)
    one.disabled(2, 1)
    one.sent(one.released(CARE, "2020-05"))
    one.draft(CARE, "2020-06")
    return one


# Direct SQL

FORBIDDEN = (
    "update payments.payment set amount_fen = 1",
    "update payments.payment set state = 'PAID', version = version + 1",
    "delete from payments.payment",
    "insert into payments.payment select * from payments.payment",
    "insert into payments.payment_history (district, payment_id, seq, from_state, to_state, actor) values (340103, 1, 9, 'SENT', 'PAID', 'x')",
    "update payments.payment_history set to_state = 'PAID'",
    "delete from payments.payment_history",
    "update payments.run set state = 'CLOSED', version = version + 1",
    "insert into payments.transfer select * from payments.transfer",
    "update payments.transfer set amount_fen = 1",
    "delete from payments.transfer",
    "update payments.account set balance_fen = balance_fen + 1",
    "update payments.file set state = 'RECONCILED', version = version + 1",
    "delete from payments.file_chunk",
    "update payments.bank_day set last_sequence = 0",
    "update payments.break set state = 'CLOSED', closed_by = 'x', evidence = 'x'",
    "insert into payments.statement (district, agency_code, statement_no, business_date, opening_fen, closing_fen, entries, inbound_id)"
    " values (340103, 'AHLY', 1, '2020-07-01', 0, 0, 0, 1)",
    "update payments.agency set account_number = '99999999'",
    "insert into payments.payment_transition values ('SENT', 'RETURNED', false)",
    "delete from payments.reconciliation",
    "update payments.inbound_line set status = 'S'",
    "truncate payments.overpayment",
)


@pytest.mark.parametrize("role", WRITERS)
def test_no_service_changes_payments_by_hand(running, role):
    for sql in FORBIDDEN:
        assert "permission denied" in running.refuses(sql, role), sql


OWNERS_FUNCTIONS = ("payments.ledger_post('disabled-care', 'district', 'budget', 'paid', 1, 1, 'paid', 'x')",
                    "payments.ledger_move(1, 'transit', 'paid', 1, 'paid', 'x', false)", "payments.ledger_draw(1, 1)",
                    "payments.break_open('late', 'x', 'normal', 1, 1, 1, 1)", "payments.reconcile_late('2030-01-01')",
                    "payments.reconcile_runs()", "payments.settle_refunds('x')")


@pytest.mark.parametrize("role", WRITERS)
def test_inner_functions_are_closed_to_services(running, role):
    for call in OWNERS_FUNCTIONS:
        assert "permission denied for function" in running.refuses(f"select {call}", role), call


@pytest.mark.parametrize("role, call", [
    ("huimin_payments", "payments.run_fill(1)"), ("huimin_payments", "payments.file_sent(1)"),
    ("huimin_payments", "payments.inbound_apply(1, 'RESULT', 1, '2020-07-01')"),
    ("huimin_worker", "payments.run_create('disabled-care', '2020-07', 0)"), ("huimin_worker", "payments.run_approve(1, 1, 1)"),
    ("huimin_worker", "payments.run_release(1)"), ("huimin_worker", "payments.appropriate('disabled-care', 'city', 1, 'x')"),
    ("huimin_reconcile", "payments.run_release(1)"), ("huimin_reconcile", "payments.inbound_apply(1, 'RESULT', 1, '2020-07-01')"),
    ("huimin_reconcile", "payments.break_close(1, 'evidence')"), ("huimin_audit", "payments.reconcile('2020-07-01', true)")])
def test_each_role_has_its_own_functions(running, role, call):
    assert "permission denied for function" in running.refuses(f"select {call}", role)


# What holds even against the owner of the tables: (SQL, what the server says)
GUARDED = (
    ("update payments.payment set amount_fen = amount_fen + 1", "does not change"),
    ("update payments.payment set account_id = (select max(account_id) from payments.payment)", "does not change"),
    ("update payments.payment set payee_name = '别人'", "does not change"),
    ("update payments.payment set facts = '[]'", "does not change"),
    ("update payments.payment set version = version + 1", "new version"),
    ("update payments.payment set state = 'APPROVED' where state = 'CREATED'", "new version"),
    ("update payments.payment set state = 'FILED', version = version + 1 where state = 'CREATED'", "payment_history_from_state_to_state_fkey"),
    ("update payments.payment set state = 'PAID', version = version + 1 where state = 'CREATED'", "payment_history_from_state_to_state_fkey"),
    ("update payments.payment set state = 'PAID', version = version + 1 where state = 'SENT'", "needs a message of the bank"),
    ("update payments.payment set state = 'REJECTED', live = false, version = version + 1 where state = 'SENT'", "needs a message of the bank"),
    ("update payments.payment set state = 'REJECTED', version = version + 1 where state = 'SENT'", "payment_check"),
    ("delete from payments.payment", "append-only"),
    ("update payments.payment_history set actor = 'x'", "append-only"),
    ("delete from payments.payment_history", "append-only"),
    ("update payments.transfer set amount_fen = 1", "append-only"),
    ("delete from payments.transfer", "append-only"),
    ("update payments.file_chunk set sealed = 'y'", "append-only"),
    ("update payments.run set state = 'RELEASED', version = version + 1 where state = 'DRAFT'", "does not go from DRAFT to RELEASED"),
    ("update payments.run set state = 'CLOSED', version = version + 1 where state = 'DRAFT'", "does not go from DRAFT to CLOSED"),
    ("update payments.run set amount_fen = 1, version = version + 1, event_id = event_id + 1 where state = 'DRAFT'", "totals of a run are frozen"),
    ("update payments.run set checker = 'x' where state = 'DRAFT'", "new version with its own event"),
    ("update payments.file set amount_fen = 1", "a file is frozen"),
    ("update payments.file set state = 'RECONCILED', version = version + 1", "does not go from SENT to RECONCILED"),
    ("update payments.account set balance_fen = -1 where kind = 'budget'", "account_check"),
)


@pytest.mark.parametrize("sql, said", GUARDED)
def test_guards_hold_against_the_owner_too(running, sql, said):
    assert said in running.refuses(sql, "huimin_owner")
    assert running.violations() == []


def test_a_second_live_payment_of_an_entitlement_is_refused(running):
    copy = ("insert into payments.payment (district, run_id, item_code, unit_id, person_id, period, part, amount_fen, people, division, tier_code,"
            " facts, account_id, account_index, payee_person_id, payee_name, state) select district, run_id, item_code, unit_id, person_id, period,"
            " {}, amount_fen, people, division, tier_code, facts, account_id, account_index, payee_person_id, payee_name, {}"
            " from payments.payment order by id limit 1")
    assert "payment_one_live" in running.refuses(copy.format("part", "'CREATED'"), "huimin_owner")
    assert "begins as CREATED" in running.refuses(copy.format("part + 1", "'APPROVED'"), "huimin_owner")


@pytest.mark.parametrize("role", (*WRITERS, "huimin_audit"))
def test_rows_fail_closed(running, role):
    tables = ("run", "payment", "payment_history", "file", "file_chunk", "account", "transfer", "agency", "bank_day")
    for table in tables:
        count = f"select count(*) from payments.{table}"
        read = "begin;\n{}" + count + ";\ncommit;"
        assert running.database.psql(read.format(""), role) == "0", table
        assert running.value(count, role) > 0, table
        assert running.value(count, role, district=340104) == 0, table
    for settings in ({"programmes": ""}, {"programmes": "{orphan}"}):
        for table in ("run", "payment", "payment_history", "account", "transfer"):
            assert running.value(f"select count(*) from payments.{table}", role, **settings) == 0, (table, settings)
    own = running.value("select division from payments.payment order by id limit 1", role)
    total = running.value("select count(*) from payments.payment", role)
    assert running.value("select count(*) from payments.payment", role, divisions="") == 0
    assert 0 < running.value("select count(*) from payments.payment", role, divisions=f"{{{own}}}") < total


def test_functions_reach_no_other_district(running):
    run = running.value("select id from payments.run where state = 'DRAFT'")
    before = running.run(run)
    for call in (f"payments.run_approve({run}, 2, 12000)", f"payments.run_cancel({run})", f"payments.run_release({run})"):
        assert "not_found" in running.refuses(f"select {call}", actor="checker", district=340104)
        assert "not_found" in running.refuses(f"select {call}", actor="checker", programmes="{orphan}")
        assert "forbidden" in running.refuses(f"select {call}", actor="checker", divisions="{340103001}")
        assert "not_found" in running.refuses(f"select {call}", actor="checker", district="")
    assert running.run(run) == before


# Duties

def test_maker_checker_and_releaser_are_three_people(district):
    district.disabled(2, 1)
    run = district.draft(CARE, "2020-06")["id"]
    assert "same_person" in district.refuses(f"select payments.run_approve({run}, 2, {2 * FEN})", actor="maker")
    assert "totals_differ" in district.refuses(f"select payments.run_approve({run}, 2, {2 * FEN + 1})", actor="checker")
    assert "totals_differ" in district.refuses(f"select payments.run_approve({run}, 1, {2 * FEN})", actor="checker")
    assert "wrong_state" in district.refuses(f"select payments.run_release({run})", actor="releaser")
    district.approve(run)
    assert "wrong_state" in district.refuses(f"select payments.run_approve({run}, 2, {2 * FEN})", actor="checker")
    for person in ("maker", "checker"):
        assert "same_person" in district.refuses(f"select payments.run_release({run})", actor=person)
    district.release(run)
    assert "wrong_state" in district.refuses(f"select payments.run_release({run})", actor="releaser")
    assert "wrong_state" in district.refuses(f"select payments.run_cancel({run})", actor="maker")
    assert district.states(run) == ["APPROVED", "APPROVED"]
    assert district.balance(CARE, "transit") == 2 * FEN


def test_a_run_that_the_money_does_not_cover_is_not_released(district):
    people = district.people(1)
    district.enrol(people, ORPHAN, "dispersed")
    run = district.draft(ORPHAN, "2020-06")["id"]
    district.approve(run)
    assert "funds_missing" in district.refuses(f"select payments.run_release({run})", actor="releaser")
    district.fund(ORPHAN, 126_199, "central")
    assert "funds_missing" in district.refuses(f"select payments.run_release({run})", actor="releaser")
    assert district.balance(ORPHAN, "budget") == 126_199
    district.fund(ORPHAN, 1, "city")
    district.release(run)
    assert (district.balance(ORPHAN, "budget"), district.balance(ORPHAN, "transit")) == (0, 126_200)
    assert district.violations() == []


# Two at once

def test_of_two_releases_racing_for_the_last_yuan_one_wins(bare):
    district = bare
    district.bank()
    district.disabled(1, 1)
    district.fund(CARE, FEN)
    runs = [district.draft(CARE, period)["id"] for period in ("2020-05", "2020-06")]
    for run in runs:
        district.approve(run)
    with Session(district.database, "huimin_payments") as first, Session(district.database, "huimin_payments") as second:
        first.begin("releaser")
        second.begin("releaser-2")
        assert "ERROR" not in first.ask(f"select payments.run_release({runs[0]})")
        second.send(f"select payments.run_release({runs[1]})")
        second.wait_until_blocked()
        first.ask("commit")
        assert "funds_missing" in second.answer()
        second.ask("rollback")
    assert [district.run(run)["state"] for run in runs] == ["RELEASED", "APPROVED"]
    assert (district.balance(CARE, "budget"), district.balance(CARE, "transit")) == (0, FEN)
    assert district.violations() == []


def test_the_loser_of_a_race_wins_when_the_winner_rolls_back(bare):
    district = bare
    district.bank()
    district.disabled(1, 1)
    district.fund(CARE, FEN)
    runs = [district.draft(CARE, period)["id"] for period in ("2020-05", "2020-06")]
    for run in runs:
        district.approve(run)
    with Session(district.database, "huimin_payments") as first, Session(district.database, "huimin_payments") as second:
        first.begin("releaser")
        second.begin("releaser-2")
        first.ask(f"select payments.run_release({runs[0]})")
        second.send(f"select payments.run_release({runs[1]})")
        second.wait_until_blocked()
        first.ask("rollback")
        assert "ERROR" not in second.answer()
        second.ask("commit")
    assert [district.run(run)["state"] for run in runs] == ["APPROVED", "RELEASED"]


def test_of_two_runs_made_at_once_one_exists(district):
    district.disabled(1, 1)
    create = "select payments.run_create('disabled-care', '2020-06', 0)"
    with Session(district.database, "huimin_payments") as first, Session(district.database, "huimin_payments") as second:
        first.begin("maker")
        second.begin("maker-2")
        assert first.ask(create).isdigit()
        second.send(create)
        second.wait_until_blocked()
        first.ask("commit")
        assert "run_exists" in second.answer()
        second.ask("rollback")
    assert district.value("select count(*) from payments.run") == 1
    assert "run_exists" in district.refuses(create, actor="maker-3")


def test_two_fills_of_one_item_do_not_pay_the_same_month_twice(district):
    """June is filled while July, whose look-back covers June, waits to be filled."""
    district.disabled(3, 1)
    june, july = district.create(CARE, "2020-06"), district.create(CARE, "2020-07")
    with Session(district.database, "huimin_worker") as first, Session(district.database, "huimin_worker") as second:
        first.begin("maker")
        second.begin("maker")
        first.ask(f"select payments.run_fill({july})")
        second.send(f"select payments.run_fill({june})")
        second.wait_until_blocked()
        first.ask("commit")
        assert "ERROR" not in second.answer()
        second.ask("commit")
    lines = district.rows("select person_id, period, sum(amount_fen) as fen, count(*) as n from payments.payment group by 1, 2")
    assert sorted((line["period"], line["fen"], line["n"]) for line in lines) == [("2020-06", FEN, 1)] * 3 + [("2020-07", FEN, 1)] * 3
    assert district.run(june)["lines"] == 0
    assert district.violations() == []


def test_a_run_is_filled_once(district):
    district.disabled(2, 1)
    run = district.draft(CARE, "2020-06")
    assert district.fill(run["id"]) == run
    assert len(district.payments(run["id"])) == 2


def test_two_workers_apply_a_message_once(district):
    district.disabled(1, 1)
    run = district.released(CARE, "2020-06")
    file = district.sent(run)
    [payment] = district.payments(run)
    message = district.receive()
    apply = (f"insert into payments.inbound_line values ({DISTRICT}, {message}, 1, {payment['id']}, {FEN}, '{payment['account_index']}', 'S', '', null, null)"
             f" on conflict do nothing; select payments.inbound_apply({message}, 'RESULT', {file}, '2020-07-01')")
    with Session(district.database, "huimin_worker") as first, Session(district.database, "huimin_worker") as second:
        first.begin("bank")
        second.begin("bank")
        assert "ERROR" not in first.ask(apply)
        second.send(apply)
        second.wait_until_blocked()
        first.ask("commit")
        assert "ERROR" not in second.answer()
        second.ask("commit")
    assert district.states(run) == ["PAID"]
    assert district.value("select count(*) from payments.transfer where cause = 'paid'") == 1
    assert district.violations() == []


# The bank's answers

@pytest.fixture
def sent(district):
    """A released run of three lines whose file was sent."""
    district.disabled(3, 1)
    district.the_run = district.released(CARE, "2020-06")
    district.the_file = district.sent(district.the_run)
    district.ids = [payment["id"] for payment in district.payments(district.the_run)]
    return district


def test_a_result_applied_twice_changes_nothing(sent):
    answer = [(one, "S") for one in sent.ids]
    first = sent.answer(sent.the_file, answer)
    before = (sent.payments(sent.the_run), sent.balance(CARE, "paid"), sent.run_sql("select count(*) from payments.transfer"))
    sent.run_sql(f"select payments.inbound_apply({first}, 'RESULT', {sent.the_file}, '2020-07-01')", "huimin_worker", actor="bank")
    again = sent.answer(sent.the_file, answer)
    assert sent.outcomes(again) == ["same"] * 3
    assert (sent.payments(sent.the_run), sent.balance(CARE, "paid"), sent.run_sql("select count(*) from payments.transfer")) == before
    assert (before[1], sent.breaks(), sent.violations()) == (3 * FEN, [], [])


def test_the_same_bytes_are_one_message(sent):
    assert sent.receive("the same") == sent.receive("the same") != sent.receive("others")


@pytest.mark.parametrize("first, then", [("S", "F"), ("F", "S"), ("F", "R")])
def test_evidence_against_a_final_state_changes_nothing_and_opens_one_break(sent, first, then):
    one = sent.ids[0]
    sent.answer(sent.the_file, [(one, first)])
    before = sent.payment(one)
    for _ in range(2):
        sent.answer(sent.the_file, [(one, then)], "RETURN" if then == "R" else "RESULT")
    assert sent.payment(one) == before
    [found] = sent.rows("select class, severity, payment_id, state from payments.break")
    expected = "returned_without_case" if then == "R" else "contradiction"
    assert (found["class"], found["payment_id"], found["state"]) == (expected, one, "OPEN")
    assert found["severity"] == ("normal" if then == "R" else "critical")
    assert sent.violations() == []


def test_lines_that_do_not_fit_open_breaks_and_are_never_dropped(sent):
    a, b, c = sent.ids
    message = sent.answer(sent.the_file, [(a, "S", {"amount": "5999"}), (b, "S"), (b, "S"), (c, "S", {"account": "sha256('other')"}),
                                          (999, "S", {"amount": "1", "account": "sha256('x')"}),
                                          (None, "S", {"amount": "1", "account": "sha256('x')"})])
    assert sent.outcomes(message) == ["amount_differs", "PAID", "duplicate", "PAID+account_differs", "unknown", "unknown"]
    assert sent.states(sent.the_run) == ["SENT", "PAID", "PAID"]
    assert {name for name, _ in sent.breaks()} == {"amount_differs", "duplicate_at_bank", "account_differs", "unknown_at_bank"}
    assert len(sent.breaks()) == 5
    assert sent.violations() == []


def test_an_answer_to_another_file_moves_nothing(sent):
    other = sent.released(CARE, "2020-07")
    file = sent.sent(other)
    message = sent.answer(file, [(sent.ids[0], "S")])
    assert sent.outcomes(message) == ["unknown"] and sent.payment(sent.ids[0])["state"] == "SENT"


def test_a_missing_line_is_unknown_and_never_paid_again_by_a_run(sent):
    lost = sent.ids[2]
    sent.answer(sent.the_file, [(one, "S") for one in sent.ids[:2]])
    sent.reconcile(sent.today())
    assert sent.payment(lost)["state"] == "SENT"
    night = sent.reconcile(sent.today(1))
    assert sent.payment(lost)["state"] == "UNKNOWN" and ("late", f"payment {lost}") in sent.breaks()
    assert night["open_fen"] == FEN
    later = sent.draft(CARE, "2020-07")
    assert {payment["period"] for payment in sent.payments(later["id"])} == {"2020-07"}
    assert sent.violations() == []


def test_unknown_is_resolved_by_evidence_and_another_person_alone(sent):
    lost, refused, _ = sent.ids
    sent.answer(sent.the_file, [(sent.ids[2], "S")])
    sent.reconcile(sent.today(1))
    for state in ("PAID", "REJECTED"):
        assert "evidence_missing" in sent.refuses(f"select payments.resolve_unknown({lost}, '{state}')", actor="checker")
    sent.answer(sent.the_file, [(lost, "S"), (refused, "F")])
    assert sent.payment(lost)["state"] == sent.payment(refused)["state"] == "UNKNOWN"
    assert "evidence_missing" in sent.refuses(f"select payments.resolve_unknown({lost}, 'REJECTED')", actor="checker")
    for person in ("maker", "releaser"):
        assert "same_person" in sent.refuses(f"select payments.resolve_unknown({lost}, 'PAID')", actor=person)
    sent.run_sql(f"select payments.resolve_unknown({lost}, 'PAID')", "huimin_payments", actor="checker")
    sent.run_sql(f"select payments.resolve_unknown({refused}, 'REJECTED')", "huimin_payments", actor="checker")
    assert sent.states(sent.the_run) == ["PAID", "REJECTED", "PAID"]
    assert "wrong_state" in sent.refuses(f"select payments.resolve_unknown({lost}, 'PAID')", actor="checker")
    assert [key for name, key in sent.breaks("CLOSED") if name == "late"] == [f"payment {lost}", f"payment {refused}"]
    assert (sent.balance(CARE, "paid"), sent.balance(CARE, "transit"), sent.balance(CARE, "budget")) == (2 * FEN, 0, 1_000_000 - 2 * FEN)
    assert sent.violations() == []


def test_a_refused_file_gives_all_its_money_back(sent):
    sent.acknowledge(sent.the_file, False, duplicate=True, code="H022", reason="DUP")
    assert sent.states(sent.the_run) == ["SENT"] * 3
    sent.acknowledge(sent.the_file, False, code="H019", reason="OTHER")
    assert sent.states(sent.the_run) == ["REJECTED"] * 3 and sent.balance(CARE, "budget") == 1_000_000
    sent.acknowledge(sent.the_file, False, code="H019", reason="OTHER")
    assert sent.breaks() == [("contradiction", f"file {sent.the_file}")]
    assert sent.violations() == []


# Money that comes back

def test_a_returned_payment_is_reissued_and_paid_exactly_once(sent):
    one = sent.ids[0]
    sent.answer(sent.the_file, [(payment, "S") for payment in sent.ids])
    sent.answer(sent.the_file, [(one, "R")], "RETURN")
    assert (sent.balance(CARE, "returned"), sent.balance(CARE, "paid")) == (FEN, 2 * FEN)
    assert "wrong_state" in sent.refuses(f"select payments.reissue({sent.ids[1]})", actor="maker")
    assert "refund_awaited" in sent.refuses(f"select payments.reissue({one})", actor="maker")
    name = sent.value(f"select name from payments.file where id = {sent.the_file}")
    sent.statement(1, "2020-07-01", 10**9, [("D", 3 * FEN, name), ("C", FEN, f"P{one}")])
    again = sent.value(f"select payments.reissue({one})", "huimin_payments", actor="maker")
    assert "already_reissued" in sent.refuses(f"select payments.reissue({one})", actor="maker-2")
    [payment] = sent.payments(again)
    assert (payment["reissue_of"], payment["part"], payment["period"], payment["amount_fen"]) == (one, 0, "2020-06", FEN)
    assert "same_person" in sent.refuses(f"select payments.run_approve({again}, 1, {FEN})", actor="maker")
    sent.approve(again)
    sent.release(again)
    sent.answer(sent.sent(again), [(payment["id"], "S")])
    assert sent.draft(CARE, "2020-06", 1)["lines"] == 0
    assert "already_reissued" in sent.refuses(f"select payments.reissue({one})", actor="maker")
    person = payment["person_id"]
    assert sent.value(f"select count(*) from payments.payment where person_id = {person} and state = 'PAID'") == 1
    assert sent.violations() == []


def test_a_reissue_goes_to_the_card_of_today(sent):
    one = sent.ids[0]
    old = sent.payment(one)
    sent.answer(sent.the_file, [(one, "F")])
    sent.card([old["person_id"]], since="2020-07-01")
    run = sent.value(f"select payments.reissue({one})", "huimin_payments", actor="maker")
    [payment] = sent.payments(run)
    assert payment["account_id"] != old["account_id"] and payment["account_index"] != old["account_index"]
    sent.cancel(run)
    assert sent.payment(one)["superseded"] is False
    assert sent.value(f"select payments.reissue({one})", "huimin_payments", actor="maker") != run
    assert sent.violations() == []


def test_a_bank_that_corrects_itself_is_not_paid_twice(sent):
    """F, then S for the same payment: no reissue, and one that was made before is not released."""
    one, two = sent.ids[0], sent.ids[1]
    sent.answer(sent.the_file, [(one, "F"), (two, "F"), (sent.ids[2], "S")])
    early = sent.value(f"select payments.reissue({one})", "huimin_payments", actor="maker")
    sent.approve(early)
    sent.answer(sent.the_file, [(one, "S"), (two, "S")])
    assert "evidence_contradicts" in sent.refuses(f"select payments.reissue({two})", actor="maker")
    assert "evidence_contradicts" in sent.refuses(f"select payments.run_release({early})", actor="releaser")
    assert sent.violations() == []


def test_a_refusal_after_the_night_is_evidence_for_a_second_person(sent):
    """The file's refusal comes when its payments are UNKNOWN already: they can still be settled, and reissued."""
    sent.reconcile("2100-01-01")
    assert sent.states(sent.the_run) == ["UNKNOWN"] * 3
    sent.acknowledge(sent.the_file, False, code="H019", reason="OTHER")
    one = sent.ids[0]
    assert "evidence_missing" in sent.refuses(f"select payments.resolve_unknown({one}, 'PAID')", actor="checker")
    sent.run_sql(f"select payments.resolve_unknown({one}, 'REJECTED')", "huimin_payments", actor="checker")
    assert sent.payment(one)["state"] == "REJECTED"
    assert sent.value(f"select payments.reissue({one})", "huimin_payments", actor="maker")
    assert sent.violations() == []


def test_lines_that_say_both_settle_nothing(sent):
    sent.reconcile("2100-01-01")
    one = sent.ids[0]
    sent.answer(sent.the_file, [(one, "F")])
    sent.answer(sent.the_file, [(one, "S")])
    for state in ("PAID", "REJECTED"):
        assert "evidence_contradicts" in sent.refuses(f"select payments.resolve_unknown({one}, '{state}')", actor="checker")
    assert sent.payment(one)["state"] == "UNKNOWN" and sent.violations() == []


def test_a_debit_for_a_refused_file_is_seen(sent):
    """Refused as a whole and reconciled; then the bank debits it all the same."""
    sent.acknowledge(sent.the_file, False, code="H019", reason="OTHER")
    assert sent.reconcile(sent.value("select app.today()"))["difference_fen"] == 0
    name = sent.value(f"select name from payments.file where id = {sent.the_file}")
    sent.statement(1, "2020-07-01", 10**9, [("D", 3 * FEN, name)])
    assert sent.reconcile(sent.value("select app.today()"))["difference_fen"] == 3 * FEN
    assert ("duplicate_at_bank", f"file {sent.the_file}") in sent.breaks()


def test_money_that_came_back_is_not_sent_out_by_a_run(sent):
    sent.answer(sent.the_file, [(sent.ids[0], "F"), (sent.ids[1], "S"), (sent.ids[2], "S")])
    sent.answer(sent.the_file, [(sent.ids[1], "R")], "RETURN")
    run = sent.draft(CARE, "2020-07")
    assert [payment["period"] for payment in sent.payments(run["id"])] == ["2020-07"] * 3


def test_a_return_and_its_credit_come_in_either_order(sent):
    name = sent.file(sent.the_file)["name"]
    sent.answer(sent.the_file, [(payment, "S") for payment in sent.ids])
    sent.answer(sent.the_file, [(sent.ids[0], "R")], "RETURN")
    closing = sent.statement(1, sent.today(), 100_000, [("D", 3 * FEN, name), ("C", FEN, f"P{sent.ids[0]}"), ("C", FEN, f"P{sent.ids[1]}")])
    assert closing == 100_000 - FEN
    assert sent.balance(CARE, "returned") == 0 and sent.payment(sent.ids[1])["state"] == "PAID"
    night = sent.reconcile(sent.today())
    assert ("returned_without_case", f"payment {sent.ids[1]}") in sent.breaks() and night["difference_fen"] == FEN
    sent.answer(sent.the_file, [(sent.ids[1], "R")], "RETURN")
    assert sent.balance(CARE, "budget") == 1_000_000 - FEN
    assert sent.reconcile(sent.today())["difference_fen"] == 0
    assert sent.violations() == []


def test_a_return_credited_twice_in_one_statement_is_a_break_and_no_refusal(sent):
    name = sent.file(sent.the_file)["name"]
    sent.answer(sent.the_file, [(payment, "S") for payment in sent.ids])
    sent.answer(sent.the_file, [(sent.ids[0], "R")], "RETURN")
    sent.statement(1, sent.today(), 100_000, [("D", 3 * FEN, name), ("C", FEN, f"P{sent.ids[0]}"), ("C", FEN, f"P{sent.ids[0]}")])
    assert sent.breaks() == [("unknown_at_bank", "statement 1 entry 3")]
    assert sent.balance(CARE, "returned") == 0
    assert sent.violations() == []


def test_a_statement_gap_is_a_break(sent):
    closing = sent.statement(1, sent.today(), 100_000, [])
    sent.statement(3, sent.today(), closing, [])
    sent.statement(4, sent.today(), closing - 5, [])
    assert sent.breaks() == [("statement_gap", "statement 3"), ("statement_gap", "statement 4")]
    message = sent.receive()
    assert "statement_known" in sent.refuses(
        f"select payments.statement_apply({message}, 'AHLY', 4, '2020-07-01', 0, 0, '{{}}', '{{}}', '{{}}', '{{}}')", "huimin_worker", actor="bank")
    assert sent.violations() == []


# Breaks

def test_a_break_is_closed_once_and_a_late_one_not_before_its_payment_is_settled(sent):
    sent.answer(sent.the_file, [(sent.ids[0], "S"), (None, "S", {"amount": "1", "account": "sha256('x')"})])
    sent.reconcile(sent.today(1))
    breaks = {row["class"]: row["id"] for row in sent.rows("select id, class from payments.break order by id")}
    assert "wrong_state" in sent.refuses(f"select payments.break_close({breaks['late']}, 'a letter of the bank')", actor="checker")
    close = f"select payments.break_close({breaks['unknown_at_bank']}, 'a letter of the bank, 13912345678')"
    assert "forbidden" in sent.refuses(close, actor="checker", divisions="{340103001}")
    sent.run_sql(close, "huimin_payments", actor="checker")
    assert "wrong_state" in sent.refuses(close, actor="checker")
    assert "not_found" in sent.refuses("select payments.break_close(999999, 'a letter of the bank')", actor="checker")
    assert sent.violations() == []


def test_what_people_write_cannot_stop_the_releases(district):
    """References and evidence may hold long numbers: they stay in their rows and out of the events."""
    district.run_sql("select payments.appropriate('orphan', 'city', 5, '拨款单 202006300001')", "huimin_payments", actor="13912345678")
    district.run_sql("select payments.appropriate('orphan', 'city', 5, '34019919900307123X')", "huimin_payments",
                     actor="6f9b2c1e-0000-4000-8000-446655440000")
    assert district.violations() == []


# Nights

def test_a_night_twice_gives_the_same_and_a_closed_day_stays(sent):
    sent.answer(sent.the_file, [(payment, "S") for payment in sent.ids])
    sent.statement(1, sent.today(), 100_000, [("D", 3 * FEN, sent.file(sent.the_file)["name"])])
    def figures(night):
        return {name: value for name, value in night.items() if name not in ("at", "event_id")}
    first = figures(sent.reconcile(sent.today()))
    assert figures(sent.reconcile(sent.today())) == first
    assert (first["paid_fen"], first["difference_fen"], first["breaks_open"], first["violations"]) == (3 * FEN, 0, 0, 0)
    assert (sent.file(sent.the_file)["state"], sent.run(sent.the_run)["state"]) == ("RECONCILED", "CLOSED")
    closed = sent.reconcile(sent.today(), True)
    sent.released(CARE, "2020-07")
    assert sent.reconcile(sent.today()) == closed
    assert sent.violations() == []


def test_a_file_that_the_statement_does_not_show_is_a_break_until_it_does(sent):
    sent.answer(sent.the_file, [(payment, "S") for payment in sent.ids])
    assert sent.reconcile(sent.today())["difference_fen"] == 3 * FEN
    assert sent.breaks() == [("missing_at_bank", f"file {sent.the_file}")]
    sent.statement(1, sent.today(), 100_000, [("D", 3 * FEN, sent.file(sent.the_file)["name"])])
    assert sent.reconcile(sent.today())["breaks_open"] == 0
    assert sent.breaks("CLOSED") == [("missing_at_bank", f"file {sent.the_file}")]


# Files

def test_file_numbers_of_a_day_have_no_gap_and_a_second_payment_to_a_card_is_counted(district):
    people = district.disabled(2, 1)
    head = people[0]
    district.card([people[1]], since="2020-02-01", holder=head)
    runs = [district.released(CARE, period) for period in ("2020-05", "2020-06")]
    files = [district.file(district.sent(run)) for run in runs]
    assert [file["sequence"] for file in files] == [1, 2]
    occurrences = {run: [payment["occurrence"] for payment in district.payments(run)] for run in runs}
    assert occurrences == {runs[0]: [1, 1], runs[1]: [2, 2]}
    assert district.violations() == []


def test_a_frozen_file_that_is_rolled_back_leaves_no_number_behind(district):
    district.disabled(1, 1)
    run = district.released(CARE, "2020-06")
    district.refuses(f"select * from payments.file_begin({run}); select 1 / 0", "huimin_worker")
    assert district.file(district.sent(run))["sequence"] == 1
    assert district.run_sql(f"select * from payments.file_begin({run})", "huimin_worker") == []
    assert district.violations() == []
