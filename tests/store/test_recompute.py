"""Recompute and compare: what a run pays is what the facts say less what was paid before."""
import pytest

CARE = "disabled-care"
FEN = 6000  # of one line of the care subsidy


def test_a_second_run_of_a_period_pays_nothing(district):
    district.disabled(3, 1)
    run = district.released(CARE, "2020-06")
    assert "run_exists" in district.refuses("select payments.run_create('disabled-care', '2020-06', 0)", actor="maker")
    assert district.draft(CARE, "2020-06", 1)["lines"] == 0
    assert district.run(run)["lines"] == 3


def test_supplements_follow_each_other(district):
    district.disabled(1, 1)
    assert "supplement_too_early" in district.refuses("select payments.run_create('disabled-care', '2020-06', 1)", actor="maker")
    first = district.draft(CARE, "2020-06")["id"]
    assert "supplement_too_early" in district.refuses("select payments.run_create('disabled-care', '2020-06', 1)", actor="maker")
    district.approve(first)
    district.release(first)
    newcomer = district.disabled(1, 2)
    supplement = district.draft(CARE, "2020-06", 1)
    assert (supplement["lines"], supplement["supplement"]) == (1, 1)
    assert [payment["person_id"] for payment in district.payments(supplement["id"])] == newcomer
    assert "supplement_too_early" in district.refuses("select payments.run_create('disabled-care', '2020-06', 2)", actor="maker")
    district.cancel(supplement["id"])
    assert district.draft(CARE, "2020-06", 1)["lines"] == 1
    assert district.violations() == []


def test_a_cancelled_run_can_be_made_again(district):
    district.disabled(2, 1)
    first = district.draft(CARE, "2020-06")
    district.cancel(first["id"])
    assert district.states(first["id"]) == ["CANCELLED"] * 2
    again = district.draft(CARE, "2020-06")
    assert (again["lines"], again["amount_fen"]) == (first["lines"], first["amount_fen"])
    assert district.violations() == []


def test_a_late_death_gives_an_overpayment(district):
    dead, alive = district.disabled(2, 1)
    for period in ("2020-04", "2020-05", "2020-06"):
        district.released(CARE, period)
    district.died(dead, "2020-04-15")
    july = district.draft(CARE, "2020-07")
    assert [payment["person_id"] for payment in district.payments(july["id"])] == [alive]
    owed = district.rows("select person_id, period, amount_fen from payments.overpayment order by period")
    assert [(row["person_id"], row["period"], row["amount_fen"]) for row in owed] == [(dead, "2020-05", FEN), (dead, "2020-06", FEN)]
    assert july["overpaid_fen"] == 2 * FEN
    assert district.violations() == []


def test_months_added_later_are_paid_as_arrears(district):
    district.disabled(1, 1)
    for period in ("2020-03", "2020-04"):
        district.released(CARE, period)
    [late] = district.disabled(1, 2, since="2020-02-01")
    may = district.draft(CARE, "2020-05")
    mine = [(payment["period"], payment["part"], payment["amount_fen"]) for payment in district.payments(may["id"]) if payment["person_id"] == late]
    assert mine == [("2020-03", 0, FEN), ("2020-04", 0, FEN), ("2020-05", 0, FEN)]  # February was before this system's first run
    assert may["lines"] == 4 and may["people"] == 2
    assert district.violations() == []


def test_a_changed_grade_pays_the_difference_as_the_next_part(bare):
    district = bare
    district.bank()
    district.fund("disabled-living", 1_000_000)
    people = district.disabled(1, 3, "disabled-living")
    first = district.released("disabled-living", "2020-Q1")
    assert [payment["amount_fen"] for payment in district.payments(first)] == [10_000]
    district.certificates(people, 1, since="2020-02-01")
    second = district.draft("disabled-living", "2020-Q2")
    # One month of 10 000 and two of 20 000 fen a quarter, each cut to the fen: 3 333 + 13 333 - 10 000.
    assert [(payment["period"], payment["part"], payment["amount_fen"]) for payment in district.payments(second["id"])] == [
        ("2020-Q1", 1, 6_666), ("2020-Q2", 0, 20_000)]
    assert district.violations() == []


def test_a_run_that_a_later_one_counts_on_is_not_taken_back(bare):
    """The later run paid only the difference: without the earlier one it would be wrong."""
    district = bare
    district.bank()
    people = district.disabled(1, 3, "disabled-living")
    first = district.draft("disabled-living", "2020-Q1")["id"]
    district.certificates(people, 1, since="2020-02-01")
    second = district.draft("disabled-living", "2020-Q2")["id"]
    assert "later_run_counts_on_it" in district.refuses(f"select payments.run_cancel({first})", actor="maker")
    district.cancel(second)
    district.cancel(first)
    assert district.violations() == []


def test_what_cannot_be_paid_yet_is_held_and_paid_when_it_can(district):
    [no_card] = district.people(1, account_since=None)
    district.certificates([no_card], 1)
    [no_certificate] = district.people(1)
    [dead_holder, heir] = district.people(2)
    district.certificates([heir], 2)
    district.card([heir], since="2019-06-01", holder=dead_holder)
    district.died(dead_holder, "2020-01-15")
    district.enrol([no_card, no_certificate, heir], CARE)
    run = district.draft(CARE, "2020-06")
    held = {row["person_id"]: row["reason"] for row in district.rows("select person_id, reason from payments.held_line")}
    assert held == {no_card: "no_account", no_certificate: "no_certificate", heir: "holder_dead"}
    assert (run["lines"], run["held_lines"]) == (0, 3)
    district.card([no_card, heir], since="2020-06-01")
    july = district.draft(CARE, "2020-07")
    assert sorted((payment["person_id"], payment["period"]) for payment in district.payments(july["id"])) == sorted(
        (person, period) for person in (no_card, heir) for period in ("2020-06", "2020-07"))
    assert district.violations() == []


def test_a_dry_run_is_what_a_run_freezes_and_writes_nothing(district):
    district.disabled(4, 1)
    no_card = district.people(1, account_since=None)
    district.certificates(no_card, 2)
    district.enrol(no_card, CARE)
    lines = district.rows("select * from payments.dry_run('disabled-care', '2020-06', 0, '', 500)", "huimin_payments")
    totals = district.row("select * from payments.dry_run_totals('disabled-care', '2020-06')", "huimin_payments")
    assert district.value("select (select count(*) from payments.payment) + (select count(*) from payments.run)") == 0
    run = district.draft(CARE, "2020-06")
    names = ("person_id", "period", "part", "amount_fen", "netted_fen", "settled_before_fen", "people", "division", "tier_code", "facts")
    frozen = [tuple(str(payment[name]) for name in names) for payment in district.payments(run["id"])]
    assert sorted(tuple(str(line[name]) for name in names) for line in lines if line["amount_fen"] > 0 and line["held"] is None) == sorted(frozen)
    same = ("lines", "people", "amount_fen", "netted_fen", "held_lines", "overpaid_fen")
    assert totals == {name: run[name] for name in same} | {"lines_sha256": run["lines_sha256"].removeprefix("\\x"), "rule_confirmed": True}
    assert (totals["lines"], totals["held_lines"]) == (4, 1)


@pytest.mark.parametrize("item, period, code", [
    ("disabled-care", "2020-13", "bad_period"), ("disabled-care", "2020-Q2", "bad_period"), ("disabled-living", "2020-06", "bad_period"),
    ("disabled-care", "1999-06", "bad_period"), ("nothing", "2020-06", "unknown_item"), ("tekun", "2020-06", "standard_missing"),
    ("disabled-care", "2021-01", "standard_missing"), ("old-age", "2020-06", "standard_missing")])
def test_runs_that_cannot_be_made(district, item, period, code):
    assert code in district.refuses(f"select payments.run_create('{item}', '{period}', 0)", actor="maker")
    assert district.value("select count(*) from payments.run") == 0


def test_without_an_agent_bank_there_is_no_run(bare):
    district = bare
    assert "agency_missing" in district.refuses("select payments.run_create('disabled-care', '2020-06', 0)", actor="maker")


def test_what_takes_the_place_of_a_failed_payment_is_paid_once(bare):
    """Refused, then less is due: the run that pays the rest takes the place; taken back itself, the place is free again."""
    bare.bank()
    [person] = bare.disabled(1, 1)
    bare.fund(CARE, 100_000)
    first = bare.released(CARE, "2020-05")
    [failed] = bare.payments(first)
    bare.answer(bare.sent(first), [(failed["id"], "F")])
    bare.run_sql(f"update programmes.standard set amount_fen = {FEN - 1000} where item_code = '{CARE}'")
    assert "not_due" in bare.refuses(f"select payments.reissue({failed['id']})", actor="maker")
    draft = bare.draft(CARE, "2020-06")
    assert {line["period"]: (line["amount_fen"], line["settled_before_fen"]) for line in bare.payments(draft["id"])} == {
        "2020-05": (FEN - 1000, 0), "2020-06": (FEN - 1000, 0)}
    assert bare.payment(failed["id"])["replaced_by_run"] == draft["id"]
    assert "already_reissued" in bare.refuses(f"select payments.reissue({failed['id']})", actor="maker")
    bare.cancel(draft["id"])
    assert bare.payment(failed["id"])["replaced_by_run"] is None
    again = bare.draft(CARE, "2020-06")
    assert again["amount_fen"] == 2 * (FEN - 1000)
    # The bank says after all that it has paid: the run that took the place is not released.
    bare.approve(again["id"])
    bare.answer(failed["file_id"] or bare.payment(failed["id"])["file_id"], [(failed["id"], "S")])
    assert "evidence_contradicts" in bare.refuses(f"select payments.run_release({again['id']})", actor="releaser")
    assert bare.violations() == []
