"""Overpayments and how they come back: paid back into the ledger, taken off, given up, and what happens when facts change back."""
from support.session import Session

CARE = "disabled-care"
FEN = 6000  # of one month of the care subsidy


def paid(district, period, item=CARE):
    """A run of the period, paid by the bank."""
    run = district.released(item, period)
    district.answer(district.sent(run), [(payment["id"], "S") for payment in district.payments(run)])
    return run


def overpaid(district):
    """Somebody who was paid for April to June and had died in March; returns the person and the overpayments, oldest first."""
    [person] = district.disabled(1, 1)
    for period in ("2020-04", "2020-05", "2020-06"):
        paid(district, period)
    district.died(person, "2020-03-20")
    district.draft(CARE, "2020-07")
    return person, states(district)


def states(district):
    """The overpayments by period, as the payments service sees them."""
    return district.rows("select * from payments.overpayment_state order by period", "huimin_payments")


def collect(district, over, fen, reference="receipt 1", by="finance"):
    """Money came back; returns the recovery's number."""
    return district.value(f"select payments.overpayment_collect({over['id']}, {fen}, '{reference}')", "huimin_payments", actor=by)


def propose(district, over, fen, reference="decision 1", by="maker"):
    """A write-off that waits for another person."""
    return district.value(f"select payments.write_off_propose({over['id']}, {fen}, '{reference}')", "huimin_payments", actor=by)


def decide(recovery, approve=True):
    """The SQL of a decision."""
    return f"select payments.write_off_decide({recovery}, {approve})"


def test_what_is_paid_back_goes_into_the_budget_it_came_from(district):
    _, overs = overpaid(district)
    assert [(over["period"], over["amount_fen"], over["open_fen"]) for over in overs] == [
        ("2020-04", FEN, FEN), ("2020-05", FEN, FEN), ("2020-06", FEN, FEN)]
    budget = district.balance(CARE, "budget")
    collect(district, overs[0], 2000)
    assert (district.balance(CARE, "budget"), district.balance(CARE, "paid")) == (budget + 2000, 3 * FEN - 2000)
    [april, may, _] = states(district)
    assert (april["collected_fen"], april["open_fen"], may["open_fen"]) == (2000, FEN - 2000, FEN)
    [transfer] = district.rows("select * from payments.transfer where cause = 'collected'")
    assert (transfer["debit"], transfer["credit"], transfer["amount_fen"], transfer["actor"]) == ("paid", "budget", 2000, "finance")
    assert transfer["run_id"] == district.value("select run_id from payments.payment where period = '2020-04'")
    assert district.violations() == []


def test_never_more_comes_back_than_is_open(district):
    _, overs = overpaid(district)
    assert "more_than_open" in district.refuses(f"select payments.overpayment_collect({overs[0]['id']}, {FEN + 1}, 'r')", actor="finance")
    collect(district, overs[0], FEN - 1)
    assert "more_than_open" in district.refuses(f"select payments.overpayment_collect({overs[0]['id']}, 2, 'r')", actor="finance")
    assert "more_than_open" in district.refuses(f"select payments.write_off_propose({overs[0]['id']}, 2, 'r')", actor="maker")
    propose(district, overs[0], 1)
    assert "more_than_open" in district.refuses(f"select payments.overpayment_collect({overs[0]['id']}, 1, 'r')", actor="finance")
    assert states(district)[0]["open_fen"] == 1
    assert district.violations() == []


def test_a_receipt_counts_once(district):
    _, overs = overpaid(district)
    collect(district, overs[0], 10, "receipt 7")
    assert "recovery_collected_once" in district.refuses(f"select payments.overpayment_collect({overs[0]['id']}, 10, 'receipt 7')", actor="finance")
    collect(district, overs[1], 10, "receipt 7")  # one receipt may cover two months
    assert district.violations() == []


def test_money_under_way_cannot_come_back(district):
    [person] = district.disabled(1, 1)
    run = district.released(CARE, "2020-06")
    file = district.sent(run)
    district.died(person, "2020-03-20")
    district.draft(CARE, "2020-07")
    [over] = states(district)
    assert "not_received" in district.refuses(f"select payments.overpayment_collect({over['id']}, {FEN}, 'r')", actor="finance")
    assert district.value("select count(*) from payments.recovery") == 0
    district.answer(file, [(district.payments(run)[0]["id"], "S")])
    collect(district, over, FEN)
    assert district.violations() == []


def test_each_source_gets_back_the_district_first(bare):
    district = bare
    district.bank()
    district.fund(CARE, 4000, "central")
    district.fund(CARE, 2000, "district")
    [person] = district.disabled(1, 1)
    paid(district, "2020-06")
    district.died(person, "2020-03-20")
    district.draft(CARE, "2020-07")
    [over] = states(district)
    collect(district, over, 3000)
    back = district.rows("select source, amount_fen from payments.transfer where cause = 'collected' order by id")
    assert back == [{"source": "district", "amount_fen": 2000}, {"source": "central", "amount_fen": 1000}]
    assert district.violations() == []


def test_what_came_back_is_due_again_when_the_facts_change_back(district):
    person, overs = overpaid(district)
    collect(district, overs[0], FEN)
    write_off = propose(district, overs[1], FEN)
    district.run_sql(decide(write_off), "huimin_payments", actor="checker")
    district.run_sql(f"update beneficiaries.person set death_date = null, version = version + 1, event_id = {district.event('correction')}"
                     f" where id = {person}")
    august = district.draft(CARE, "2020-08")
    again = {payment["period"]: payment["amount_fen"] for payment in district.payments(august["id"])}
    assert again == {"2020-04": FEN, "2020-07": FEN, "2020-08": FEN}  # May was given up, June was never given back
    assert [over["amount_fen"] for over in states(district)] == [0, 0, 0]
    assert district.violations() == []


def test_another_person_decides_a_write_off(district):
    _, overs = overpaid(district)
    first, second = propose(district, overs[0], 1000), propose(district, overs[0], 500, "decision 2")
    assert [states(district)[0][name] for name in ("proposed_fen", "written_off_fen", "open_fen")] == [1500, 0, FEN]
    assert "same_person" in district.refuses(decide(first), actor="maker")
    assert "same_person" in district.refuses(decide(first, False), actor="maker")
    district.run_sql(decide(first), "huimin_payments", actor="checker")
    district.run_sql(decide(second, False), "huimin_payments", actor="checker")
    assert [states(district)[0][name] for name in ("proposed_fen", "written_off_fen", "open_fen")] == [0, 1000, FEN - 1000]
    for recovery in (first, second):
        assert "wrong_state" in district.refuses(decide(recovery), actor="checker")
    assert "not_found" in district.refuses(decide(999), actor="checker")
    collected = collect(district, overs[0], 10)
    assert "not_found" in district.refuses(decide(collected), actor="checker")
    assert district.rows(f"select version, state, approved_by from payments.recovery where id in ({first}, {second}) order by id") == [
        {"version": 2, "state": "DONE", "approved_by": "checker"}, {"version": 2, "state": "REJECTED", "approved_by": "checker"}]
    acts = district.run_sql(f"select act from audit.event where entity = 'recovery' and entity_id = '{first}' order by seq")
    assert acts == ["propose", "approve"]
    assert district.violations() == []


def test_a_write_off_that_no_longer_fits_is_not_approved(make_district):
    """What later payments kept since it was proposed leaves less open."""
    district = make_district()
    district.bank()
    district.fund(CARE, 1_000_000)
    district.run_sql(f"update programmes.rule set netting_cap_percent = 50 where item_code = '{CARE}'")
    [person] = district.disabled(1, 1)
    paid(district, "2020-05")
    district.run_sql(f"""insert into beneficiaries.suspension (district, enrolment_id, cause, valid, event_id)
        select district, id, 'prison', '[2020-05-01,2020-06-01)', event_id from beneficiaries.enrolment where person_id = {person}""")
    paid(district, "2020-06")  # keeps half of June for May
    [over] = states(district)
    assert (over["amount_fen"], over["netted_fen"], over["open_fen"]) == (FEN, FEN // 2, FEN // 2)
    write_off = propose(district, over, FEN // 2)
    paid(district, "2020-07")
    assert states(district)[0]["open_fen"] == 0
    assert "more_than_open" in district.refuses(decide(write_off), actor="checker")
    district.run_sql(decide(write_off, False), "huimin_payments", actor="checker")
    assert district.violations() == []


def test_netted_money_that_turns_out_not_due_can_be_paid_back(make_district):
    """June was paid in part with money that May had received: it comes back from May's run when June's own is used up."""
    district = make_district()
    district.bank()
    district.fund(CARE, 1_000_000)
    district.run_sql(f"update programmes.rule set netting_cap_percent = 50 where item_code = '{CARE}'")
    [person] = district.disabled(1, 1)
    may = paid(district, "2020-05")
    district.run_sql(f"""insert into beneficiaries.suspension (district, enrolment_id, cause, valid, event_id)
        select district, id, 'prison', '[2020-05-01,2020-06-01)', event_id from beneficiaries.enrolment where person_id = {person}""")
    june = paid(district, "2020-06")
    district.died(person, "2020-05-20")
    district.draft(CARE, "2020-07")
    over = {one["period"]: one for one in states(district)}
    assert {period: one["open_fen"] for period, one in over.items()} == {"2020-05": FEN // 2, "2020-06": FEN}
    collect(district, over["2020-06"], FEN)
    back = district.rows("select run_id, amount_fen from payments.transfer where cause = 'collected' order by id")
    assert back == [{"run_id": june, "amount_fen": FEN // 2}, {"run_id": may, "amount_fen": FEN // 2}]
    collect(district, over["2020-05"], FEN // 2)
    assert [one["open_fen"] for one in states(district)] == [0, 0] and district.balance(CARE, "paid") == 0
    assert district.violations() == []


def test_one_person_under_two_numbers_pays_back_what_either_was_paid(district):
    old, new = district.disabled(2, 1)
    paid(district, "2020-06")
    district.run_sql(f"""
        insert into beneficiaries.person_merge (district, survivor_id, merged_id, cause, state, proposed_by, event_id)
        values (340103, {new}, {old}, 'registered_twice', 'PROPOSED', 'clerk', {district.event('merge')});
        update beneficiaries.person_merge set state = 'DONE', decided_by = 'reviewer', decided_at = now(), version = version + 1,
               event_id = {district.event('merged')};
        update beneficiaries.person set merged_into = {new}, version = version + 1, event_id = {district.event('merged')} where id = {old}""")
    district.draft(CARE, "2020-07")
    [over] = states(district)
    assert (over["unit_id"], over["amount_fen"]) == (new, FEN)
    collect(district, over, FEN)
    assert states(district)[0]["open_fen"] == 0
    assert district.violations() == []


def test_only_who_reaches_the_item_and_the_whole_district(district):
    _, overs = overpaid(district)
    write_off = propose(district, overs[0], 100)
    for reach, code in (({"programmes": "{tekun}"}, "not_found"), ({"divisions": "{340103001}"}, "forbidden"), ({"district": 340104}, "not_found")):
        for sql in (f"select payments.overpayment_collect({overs[0]['id']}, 1, 'r')", f"select payments.write_off_propose({overs[0]['id']}, 1, 'r')",
                    decide(write_off), decide(write_off, False)):
            assert code in district.refuses(sql, actor="other", **reach)
        assert district.rows("select id from payments.overpayment_state", "huimin_payments", **reach) == []


def test_a_service_does_not_write_recoveries_itself(district):
    _, overs = overpaid(district)
    write_off = propose(district, overs[0], 100)
    assert "permission denied" in district.refuses(f"update payments.recovery set state = 'DONE', approved_by = 'x' where id = {write_off}")
    assert "permission denied" in district.refuses("insert into payments.recovery (district, overpayment_id, kind, amount_fen, reference, state,"
                                                   f" proposed_by, event_id) values (340103, {overs[0]['id']}, 'collection', 1, 'r', 'DONE', 'x', 1)")
    assert "permission denied" in district.refuses(f"select payments.collect_money(null, {write_off}, 1)")


def test_two_collections_at_once_follow_each_other(district):
    _, overs = overpaid(district)
    with Session(district.database, "huimin_payments") as one, Session(district.database, "huimin_payments") as other:
        one.begin("finance")
        assert one.ask(f"select payments.overpayment_collect({overs[0]['id']}, {FEN}, 'receipt 1') > 0") == "t"
        other.begin("finance-2")
        other.send(f"select payments.overpayment_collect({overs[0]['id']}, {FEN}, 'receipt 2')")
        other.wait_until_blocked()
        one.ask("commit")
        assert "more_than_open" in other.answer()
        other.ask("rollback")
    assert states(district)[0]["collected_fen"] == FEN
    assert district.violations() == []
