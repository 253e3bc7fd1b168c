"""A run beside the period before: every unit has its change and its cause, and all sums agree."""
import pytest

CARE, LIVING, DIBAO = "disabled-care", "disabled-living", "rural-dibao"
FEN = 6000  # of one month of the care subsidy
COMPARED = "huimin_payments"


def opened(district):
    """A bank and money."""
    district.bank()
    for item in (CARE, LIVING, DIBAO):
        district.fund(item, 100_000_000)
    return district


@pytest.fixture
def office(bare):
    """A district with the rules of the catalogue."""
    return opened(bare)


@pytest.fixture
def lawgiver(make_district):
    """A district of the test's own, whose rules may change."""
    return opened(make_district())


def page(district, run, **reach):
    """The comparison that an approver reads; all its sums must agree."""
    seen = district.row(f"select * from payments.comparison_page({run['id']})", COMPARED, **reach)
    lines = compared(district, run, **reach)
    assert seen["units"] == len(lines) == sum(change["units"] for change in seen["changes"])
    for name in ("before_fen", "now_fen", "difference_fen"):
        assert seen[name] == sum(change[name] for change in seen["changes"]) == sum(part[name] for part in seen["divisions"])
        assert seen[name] == sum(line[name] for line in lines)
        assert sum(cause[name] for cause in seen["causes"]) == sum(line[name] for line in lines if line["cause"])
    assert seen["difference_fen"] == seen["now_fen"] - seen["before_fen"]
    assert all(line["cause"] for line in lines if line["change"] != "unchanged")
    return seen


def compared(district, run, change=None, cause=None, **reach):
    """The lines of a comparison, read in pages of two."""
    lines, after = [], 0
    literal = lambda text: f"'{text}'" if text else "null"  # noqa: E731
    while True:
        more = district.rows(f"select * from payments.comparison_lines({run['id']}, {literal(change)}, {literal(cause)}, {after}, 2)", COMPARED, **reach)
        lines += more
        if len(more) < 2:
            return lines
        after = more[-1]["unit"]


def causes(district, run, **reach):
    """{unit: (change, cause)} of what is not simply the same."""
    return {line["unit"]: (line["change"], line["cause"]) for line in compared(district, run, **reach) if (line["change"], line["cause"]) != ("unchanged", None)}


def enrolment_of(district, person):
    """The number of a person's only enrolment."""
    return district.value(f"select id from beneficiaries.enrolment where person_id = {person}")


def suspend(district, person, valid, cause="prison"):
    """A suspension of a person's only enrolment."""
    district.run_sql(f"insert into beneficiaries.suspension (district, enrolment_id, cause, valid, event_id)"
                     f" values (340103, {enrolment_of(district, person)}, '{cause}', '{valid}', {district.event()})")


def end(district, person, cause, until):
    """The end of a person's only enrolment: nothing from `until` on."""
    number = enrolment_of(district, person)
    district.run_sql(f"update beneficiaries.enrolment set state = 'ENDED', valid = daterange(lower(valid), '{until}'), end_cause = '{cause}',"
                     f" ended_on = '{until}', version = version + 1, event_id = {district.event('end')} where id = {number}")


def test_the_first_run_is_all_new(office):
    office.disabled(3, 1)
    run = office.draft(CARE, "2020-06")
    seen = page(office, run)
    assert (seen["period_before"], seen["before_fen"], seen["now_fen"], seen["run_fen"]) == (None, 0, 3 * FEN, run["amount_fen"])
    assert set(causes(office, run).values()) == {("new", "new_enrolment")}


def test_every_way_in_and_out_has_its_cause(office):
    people = office.disabled(10, 1)
    same, dead, prison, income, moved_away, downgraded, no_card, moved, back, nursed = people
    suspend(office, back, "[2020-05-01,2020-06-01)")
    office.released(CARE, "2020-05")
    office.released(CARE, "2020-06")
    office.died(dead, "2020-06-10")
    suspend(office, prison, "[2020-07-01,)")
    end(office, income, "income", "2020-07-01")
    end(office, moved_away, "moved", "2020-07-01")
    office.certificates([downgraded], 3, since="2020-07-01")
    office.run_sql(f"update beneficiaries.account set valid = daterange(lower(valid), '2020-02-01') where person_id = {no_card}")
    office.run_sql(f"insert into beneficiaries.other_benefit (district, person_id, benefit_code, valid, source, event_id)"
                   f" values (340103, {nursed}, 'work-injury-care', '[2020-07-01,)', 'test', {office.event()})")
    street = office.value(f"select min(code) from programmes.division where code <> (select division from beneficiaries.person where id = {moved})")
    office.run_sql(f"update beneficiaries.person set division = {street}, version = version + 1, event_id = {office.event('move')} where id = {moved}")
    [new] = office.disabled(1, 2, since="2020-07-01")
    [late] = office.disabled(1, 2, since="2020-06-01")
    run = office.draft(CARE, "2020-07")
    seen = page(office, run)
    assert causes(office, run) == {
        dead: ("gone", "died"), prison: ("gone", "suspended"), income: ("gone", "ended:income"), moved_away: ("gone", "ended:moved"),
        downgraded: ("gone", "certificate"), no_card: ("gone", "held:no_account"), nursed: ("gone", "excluded"), moved: ("unchanged", "moved"),
        new: ("new", "new_enrolment"), late: ("new", "new_enrolment")}
    assert {change["change"]: change["units"] for change in seen["changes"]} == {"new": 2, "gone": 7, "changed": 0, "unchanged": 3}
    assert (seen["before_fen"], seen["now_fen"], seen["run_fen"]) == (10 * FEN, 6 * FEN, run["amount_fen"])
    assert {fact["kind"] for fact in seen["unconfirmed"]} == {"exclusion"}  # the catalogue's; rule and standard are confirmed
    assert seen["held"] == [{"reason": "no_account", "lines": 1}]
    assert compared(office, run, "gone", "died") == [line for line in compared(office, run) if line["unit"] == dead]
    assert same not in causes(office, run)


def test_who_comes_back_is_resumed(office):
    [person] = office.disabled(1, 1)
    [other] = office.disabled(1, 1)
    suspend(office, person, "[2020-05-01,2020-06-01)")
    office.released(CARE, "2020-05")
    run = office.draft(CARE, "2020-06")
    page(office, run)
    assert causes(office, run) == {person: ("new", "resumed")} and other not in causes(office, run)


def test_arrears_and_netting_are_causes_of_their_own(lawgiver):
    office = lawgiver
    office.run_sql(f"update programmes.rule set netting_cap_percent = 50 where item_code = '{CARE}'")
    people = office.disabled(3, 1)
    held, overpaid, same = people
    office.run_sql(f"update beneficiaries.account set valid = daterange(lower(valid), '2020-02-01') where person_id = {held}")
    office.paid(CARE, "2020-05")
    office.card([held], since="2020-03-01")
    suspend(office, overpaid, "[2020-05-01,2020-06-01)")
    june = office.released(CARE, "2020-06")
    assert causes(office, office.run(june)) == {held: ("new", "held:no_account"), overpaid: ("changed", "netting")}
    july = office.draft(CARE, "2020-07")
    page(office, july)
    assert causes(office, july) == {held: ("changed", "arrears")}  # July keeps the second half of May
    assert same not in causes(office, july)


def test_a_raised_standard_and_another_grade(lawgiver):
    office = lawgiver
    raised, regraded = office.disabled(2, 3, LIVING)
    office.released(LIVING, "2020-Q1")
    office.certificates([regraded], 1, since="2020-03-31")
    office.run_sql("""
        update programmes.standard set valid = '[2020-01-01,2020-04-01)' where item_code = 'disabled-living' and tier_code = 'grade-3-4';
        insert into programmes.standard (district, item_code, tier_code, amount_fen, amount_per, valid, source, confirmed, state, proposed_by, approved_by)
        values (340103, 'disabled-living', 'grade-3-4', 60000, 'year', '[2020-04-01,2021-01-01)', 'test', true, 'APPROVED', 'a', 'b')""")
    run = office.draft(LIVING, "2020-Q2")
    seen = page(office, run)
    assert causes(office, run) == {raised: ("changed", "standard_changed"), regraded: ("changed", "certificate")}
    assert (seen["before_fen"], seen["now_fen"]) == (20_000, 15_000 + 20_000)
    assert [fact["kind"] for fact in seen["unconfirmed"] if fact["kind"] != "exclusion"] == ["rule"]  # quarters wait for confirmation


def household(district, people, income_fen, number):
    """A household of people, the first its head; returns its number."""
    event = district.event()
    relations = ["02"] + ["20"] * (len(people) - 1)
    members = ", ".join(f"(340103, (select id from h), {person}, '{relation}', '[2020-01-01,)', {event})" for person, relation in zip(people, relations))
    return district.value(f"""
        with h as (insert into beneficiaries.household (district, division, number, event_id)
                   select 340103, division, '{number}', {event} from beneficiaries.person where id = {people[0]} returning id),
        m as (insert into beneficiaries.household_member (district, household_id, person_id, relation, valid, event_id) values {members}),
        i as (insert into beneficiaries.household_income (district, household_id, per_head_year_fen, valid, event_id)
              select 340103, id, {income_fen}, '[2020-01-01,)', {event} from h)
        select id from h""")


def test_households_change_with_their_members_and_income(office):
    people = office.people(8)
    office.enrol(people, DIBAO)
    smaller, poorer, same, dead = (household(office, people[n * 2:n * 2 + 2], 200_000, f"H{n}") for n in range(4))
    office.released(DIBAO, "2020-05")
    office.died(people[1], "2020-05-10")
    office.run_sql(f"""
        update beneficiaries.household_income set valid = '[2020-01-01,2020-06-01)' where household_id = {poorer};
        insert into beneficiaries.household_income (district, household_id, per_head_year_fen, valid, event_id)
        values (340103, {poorer}, 100000, '[2020-06-01,)', {office.event()})""")
    for person in people[6:]:
        office.died(person, "2020-05-20")
    run = office.draft(DIBAO, "2020-06")
    page(office, run)
    assert causes(office, run) == {smaller: ("changed", "died"), poorer: ("changed", "income_changed"), dead: ("gone", "died")}
    assert same not in causes(office, run)


def test_a_supplement_is_read_with_the_run_before_it(office):
    office.disabled(2, 1)
    office.released(CARE, "2020-05")
    base = office.released(CARE, "2020-06")
    [late] = office.disabled(1, 1, since="2020-06-01")
    supplement = office.draft(CARE, "2020-06", 1)
    seen = page(office, supplement)
    assert (seen["now_fen"], seen["run_fen"], seen["before_fen"]) == (3 * FEN, FEN, 2 * FEN)
    assert causes(office, supplement) == {late: ("new", "new_enrolment")}
    assert page(office, office.run(base))["now_fen"] == 2 * FEN


def test_a_cancelled_run_is_not_what_a_run_is_compared_with(office):
    office.disabled(2, 1)
    office.released(CARE, "2020-04")
    cancelled = office.draft(CARE, "2020-05")
    office.cancel(cancelled["id"])
    run = office.draft(CARE, "2020-06")
    assert page(office, run)["period_before"] == "2020-04"
    assert "wrong_state" in office.refuses(f"select * from payments.comparison_page({cancelled['id']})")
    assert "wrong_state" in office.refuses(f"select * from payments.comparison_lines({cancelled['id']}, null, null, 0, 10)")


def test_who_sees_a_comparison(office):
    people = office.disabled(6, 1)
    office.released(CARE, "2020-05")
    run = office.draft(CARE, "2020-06")
    mine = office.value(f"select division from beneficiaries.person where id = {people[0]}")
    seen = page(office, run, divisions=f"{{{mine}}}")
    assert [part["division"] for part in seen["divisions"]] == [mine] and seen["now_fen"] == seen["run_fen"] == 2 * FEN
    assert "not_found" in office.refuses(f"select * from payments.comparison_page({run['id']})", programmes="{tekun}")
    assert "not_found" in office.refuses(f"select * from payments.comparison_page({run['id']})", district=340104)
    assert "not_found" in office.refuses("select * from payments.comparison_page(999)")
    assert "permission denied" in office.refuses(f"select * from payments.comparison({run['id']})")
