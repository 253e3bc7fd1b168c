"""A whole year of payments: what the notice of 2020 promises is what the runs of the year pay, to the fen."""
import pytest

from support.district import DISTRICT

MONTHS = [f"2020-{month:02d}" for month in range(1, 13)]
QUARTERS = [f"2020-Q{quarter}" for quarter in range(1, 5)]
DIBAO_STANDARD_FEN = 742_000


@pytest.fixture(scope="module")
def year(make_district):
    """The disabled people of the notice, and the sixteen runs of 2020: created, filled, approved. Gives (district, runs)."""
    district = make_district()
    district.bank()
    severe = district.disabled(957, 1, "disabled-living")
    district.disabled(443, 4, "disabled-living")
    district.enrol(severe, "disabled-care")
    district.disabled(3770 - 957, 2, "disabled-care")
    runs = []
    for item, periods in (("disabled-living", QUARTERS), ("disabled-care", MONTHS)):
        for period in periods:
            run = district.draft(item, period)
            district.approve(run["id"])
            runs.append(run)
    return district, runs


def total(district, where):
    """Sum and number of payments, as text and int."""
    return district.row(f"select coalesce(sum(amount_fen), 0)::text as fen, count(*) as lines, count(distinct person_id) as people"
                        f" from payments.payment where district = {DISTRICT} and state = 'APPROVED' and {where}")


def test_four_quarters_of_the_living_subsidy(year):
    district, runs = year
    assert total(district, "item_code = 'disabled-living'") == {"fen": "94280000", "lines": 5600, "people": 1400}
    quarters = [run for run in runs if run["item_code"] == "disabled-living"]
    assert [(run["period"], run["lines"], run["people"], run["amount_fen"]) for run in quarters] == [
        (period, 1400, 1400, 23_570_000) for period in QUARTERS]
    for tier, people, fen in (("grade-1-2", 957, 957 * 80_000), ("grade-3-4", 443, 443 * 40_000)):
        assert total(district, f"item_code = 'disabled-living' and tier_code = '{tier}'") == {
            "fen": str(fen), "lines": 4 * people, "people": people}


def test_twelve_months_of_the_care_subsidy(year):
    district, runs = year
    assert total(district, "item_code = 'disabled-care'") == {"fen": "271440000", "lines": 45_240, "people": 3770}
    months = [run for run in runs if run["item_code"] == "disabled-care"]
    assert [(run["period"], run["lines"], run["amount_fen"]) for run in months] == [(period, 3770, 22_620_000) for period in MONTHS]


def test_sixteen_runs_pay_nobody_twice_and_violate_nothing(year):
    district, runs = year
    assert len(runs) == 16 and sum(run["amount_fen"] for run in runs) == 94_280_000 + 271_440_000
    assert district.value("select count(*) from payments.payment where part > 0") == 0
    assert district.value("select count(*) from payments.held_line") + district.value("select count(*) from payments.overpayment") == 0
    assert district.violations() == []


def household(district, size, income_fen, *, since="2020-01-01"):
    """A household on the minimum living guarantee; returns its head."""
    people = district.people(size)
    event = district.event()
    district.run_sql(f"""
        with made as (insert into beneficiaries.household (district, division, number, event_id)
                      values ({DISTRICT}, 340103100, 'H{people[0]}', {event}) returning id),
             lives as (insert into beneficiaries.household_member (district, household_id, person_id, relation, valid, event_id)
                       select {DISTRICT}, made.id, p, case when p = {people[0]} then '02' else '20' end, '[,)', {event}
                         from made, unnest('{{{",".join(map(str, people))}}}'::bigint[]) p)
        insert into beneficiaries.household_income (district, household_id, per_head_year_fen, valid, event_id)
        select {DISTRICT}, id, {income_fen}, '[,)', {event} from made""")
    district.enrol(people, "rural-dibao", since=since)
    return people[0]


# (people, income per head and year in fen): sums that do not divide by twelve, none, an income at and above the standard
HOUSEHOLDS = ((1, 0), (1, 741_999), (2, 123_456), (3, 700_001), (4, 1), (5, 500_003), (1, 742_000), (2, 800_000))


def test_twelve_months_of_dibao_are_the_years_top_up(make_district):
    district = make_district()
    district.bank()
    heads = {household(district, size, income): size * max(0, DIBAO_STANDARD_FEN - income) for size, income in HOUSEHOLDS}
    for month in MONTHS:
        district.approve(district.draft("rural-dibao", month)["id"])
    paid = district.rows("select person_id, sum(amount_fen)::text as fen, count(*) as n, max(people) as people, count(distinct amount_fen) as amounts"
                         " from payments.payment group by 1")
    expected = {head: fen for head, fen in heads.items() if fen > 0}
    assert {row["person_id"]: int(row["fen"]) for row in paid} == expected
    # A fen that the months of a year cannot share evenly is in December: eleven months alike, and never a month without.
    for row in paid:
        assert row["n"] == (12 if expected[row["person_id"]] >= 12 else 1)
        assert row["amounts"] == 1 + (expected[row["person_id"]] % 12 != 0 and expected[row["person_id"]] >= 12)
    run = district.row("select lines, people, amount_fen from payments.run where period = '2020-01'")
    assert run["people"] == sum(size for size, income in HOUSEHOLDS if DIBAO_STANDARD_FEN * size - income * size >= 12)
    assert district.violations() == []


def test_a_household_that_enters_in_may_gets_eight_parts_of_the_year(make_district):
    district = make_district()
    district.bank()
    head = household(district, 3, 700_001, since="2020-05-01")
    for month in MONTHS:
        district.draft("rural-dibao", month)
    year_fen = 3 * (DIBAO_STANDARD_FEN - 700_001)
    [row] = district.rows("select person_id, sum(amount_fen)::text as fen, count(*) as n from payments.payment group by 1")
    assert (row["person_id"], row["n"]) == (head, 8)
    assert int(row["fen"]) == year_fen - 4 * (year_fen // 12)
    assert district.violations() == []
