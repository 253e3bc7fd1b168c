"""What holds for any facts: years add up, order and repetition do not matter, a change and its reverse leave nothing, a dry run is the
run, and everybody at once is one by one. The facts are random, but the same in every run of the tests.
"""
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stack.bootstrap import DISTRICT
from support.court import Court, read_book
from support.facts import MAIN

BOOK = read_book()
PROGRAMMES, DEFAULTS = BOOK["programmes"], BOOK["defaults"]
ROUNDINGS = ("floor_fen", "half_up_fen", "up_jiao", "up_yuan", "down_yuan")
REMAINDERS = ("last", "cumulative")
PERIODS = {"month": [f"2020-{month:02d}" for month in range(1, 13)], "quarter": [f"2020-Q{n}" for n in range(1, 5)],
           "half": ["2020-H1", "2020-H2"], "year": ["2020"], "term": ["2020-T1", "2020-T2"]}
FIVE = PERIODS["month"][:5]


def bounded(examples):
    """The same examples every time, few enough for a minute."""
    return settings(max_examples=examples, derandomize=True, deadline=None, database=None,
                    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@pytest.fixture(scope="module")
def court(make_district):
    """The district that all examples share."""
    with Court(make_district()) as one:
        yield one


# Random facts, in the words of tests/support/facts.py

def months(first=1, last=6):
    """A month of 2020."""
    return st.integers(first, last).map(lambda month: f"2020-{month:02d}")


def days(first=1, last=6):
    """A day of 2020."""
    return st.tuples(months(first, last), st.integers(1, 28)).map(lambda pair: f"{pair[0]}-{pair[1]:02d}")


def spans(first=1, last=6):
    """Some months on end, with or without an end."""
    return st.tuples(months(first, last), st.one_of(st.just(""), st.integers(0, 3))).map(
        lambda pair: f"{pair[0]}.." if pair[1] == "" else f"{pair[0]}..2020-{int(pair[0][5:]) + pair[1]:02d}")


def sometimes(strategy):
    """A value or nothing, half and half."""
    return st.one_of(st.none(), strategy)


def filled(values):
    """A dictionary without its absent values."""
    return {name: value for name, value in values.items() if value is not None}


@st.composite
def people(draw, count, tiers=(None,), certificates=False):
    """People with stays, deaths, suspensions, tier changes, certificates and other benefits."""
    made = {}
    for name in "abcdef"[:count]:
        tier = draw(st.sampled_from(tiers))
        facts = {"enrolled": f"{draw(spans(1, 3))} {tier or ''}".strip(), "died": draw(sometimes(days(2, 6))),
                 "suspended": draw(sometimes(spans().map(lambda one: [one]))),
                 "benefits": draw(sometimes(st.tuples(st.sampled_from(("veteran-living", "work-injury-care")), st.integers(0, 9000), spans())
                                            .map(lambda one: [f"{one[0]} {one[1]} {one[2]}"]))),
                 "also": draw(sometimes(spans().map(lambda one: {"tekun": f"{one} half"})))}
        if tier:
            facts["tiers"] = draw(sometimes(st.tuples(st.sampled_from(tiers), spans()).map(lambda one: [" ".join(one)])))
        if certificates:
            change = draw(months(2, 6))
            facts["certificates"] = [f"{draw(st.integers(1, 4))} ..{change}-15"] + draw(st.sampled_from(
                ([], [f"{draw(st.integers(1, 4))} {change}-16.."], [f"{draw(st.integers(1, 4))} {change}-28.."])))
        made[name] = filled(facts)
    return made


EXCLUSIONS = ("main forbidden tekun", "main take_higher tekun", "main top_up tekun", "main forbidden benefit:work-injury-care",
              "main take_higher benefit:veteran-living", "main top_up benefit:veteran-living")
SHAPES = {"plain": {}, "two-tiers": {"tiers": ("high", "low")}, "living": {"certificates": True}, "care": {"certificates": True}}


@st.composite
def districts(draw, cycle=None):
    """A programme of persons with its rule, its exclusions, and up to four people."""
    programme = draw(st.sampled_from(sorted(SHAPES)))
    rule = {"rounding": draw(st.sampled_from(ROUNDINGS)), "remainder": draw(st.sampled_from(REMAINDERS)),
            "cycle": cycle or draw(st.sampled_from(("month", "quarter"))), "accrual": draw(st.sampled_from(("each_month", "first_month", "last_month"))),
            "exit_basis": draw(st.sampled_from(("event_month_paid", "same_month")))}
    exclusions = draw(st.lists(st.sampled_from(EXCLUSIONS), max_size=2, unique_by=lambda text: text.split()[2]))
    return {"programme": programme, "rule": rule, "also": ["tekun"], "exclusions": exclusions,
            "people": draw(people(draw(st.integers(1, 4)), **SHAPES[programme]))}


@st.composite
def households(draw, count=4):
    """The minimum living guarantee: two households, whose heads are not enrolled and do not die, with four members."""
    made = draw(people(count))
    homes = {name: draw(st.sampled_from("hk")) for name in made}
    heads = {"x": {"enrolled": "none"}, "y": {"enrolled": "none"}}
    return {"programme": "dibao", "also": ["tekun"], "exclusions": draw(st.lists(st.just("main forbidden tekun"), max_size=1)),
            "rule": {"rounding": draw(st.sampled_from(ROUNDINGS)), "remainder": draw(st.sampled_from(REMAINDERS))},
            "people": {**heads, **made},
            "households": {home: {"members": {head: "head", **{name: "son" for name, at in homes.items() if at == home}},
                                  "income": draw(st.lists(st.integers(0, 760_000), min_size=2, max_size=2).map(
                                      lambda pair: [f"{pair[0]} ..2020-02", f"{pair[1]} 2020-03.."]))}
                           for home, head in (("h", "x"), ("k", "y"))}}


anything = st.one_of(districts(cycle="month"), households())


# What is asked

def entered(court, case):
    """The facts of a case in the district."""
    facts, answer = court.open(case, PROGRAMMES, DEFAULTS)
    assert "ERROR" not in answer, answer
    return facts


def changed(court, facts, what):
    """What is learned later."""
    facts.change(what)
    answer = court.does(facts.take())
    assert "ERROR" not in answer, answer


def table(rows, value):
    """Rows as {(unit, period): sum of a value}, without zeroes."""
    sums = {}
    for row in rows:
        place = row["unit_id"], row["period"]
        sums[place] = sums.get(place, 0) + (row[value] or 0)
    return {place: fen for place, fen in sums.items() if fen}


def due(court, code, periods):
    """What is due, by unit and period."""
    return table(court.due(code, periods), "amount_fen")


def preview(court, code, period):
    """What a run would do."""
    return court.rows(f"select * from payments.preview({DISTRICT}, '{code}', payments.period_range('{period}'))")


def balance(court, code):
    """By unit and period: what was paid or taken off, less what came back or is still owed."""
    paid = court.rows(f"select unit_id, period, amount_fen + netted_fen as fen from payments.payment where district = {DISTRICT}"
                      f" and item_code = '{code}' and state <> 'CANCELLED'")
    back = court.rows(f"select unit_id, period, -(open_fen + netted_fen + collected_fen) as fen from payments.overpayment_state"
                      f" where district = {DISTRICT} and item_code = '{code}'")
    return table(paid + back, "fen")


def run(court, code, period, supplement=0):
    """A run, after the dry run that must say the same to the letter."""
    sql = f"select * from payments.dry_run('{code}', '{period}', 0, '', 100000)"
    dry = court.rows(sql)
    [totals] = court.rows(f"select * from payments.dry_run_totals('{code}', '{period}')")
    number, paid = court.run(code, period, supplement)
    names = ("person_id", "period", "part", "amount_fen", "netted_fen", "settled_before_fen", "people", "division", "tier_code", "facts")
    said = [[line[name] for name in names] for line in dry if line["held"] is None and line["amount_fen"] > 0]
    assert sorted(map(str, said)) == sorted(str([line[name] for name in names]) for line in paid)
    [made] = court.rows(f"select lines, people, amount_fen, netted_fen, held_lines, overpaid_fen, encode(lines_sha256, 'hex') as lines_sha256"
                        f" from payments.run where district = {DISTRICT} and id = {number}")
    assert made == {name: totals[name] for name in made}
    return number, paid


def settled_as_due(court, code, period):
    """After a run everything that can be paid agrees with what is due by the facts of now."""
    rows = preview(court, code, period)
    assert [row for row in rows if row["difference_fen"] > 0 and row["held"] is None] == []
    waiting = {(row["unit_id"], row["period"]) for row in rows if row["held"] or row["open"]}
    got = {place: fen for place, fen in balance(court, code).items() if place not in waiting}
    assert got == {place: fen for place, fen in due(court, code, FIVE[:FIVE.index(period) + 1]).items() if place not in waiting}


# Years

@given(st.integers(1, 2_000_000), st.sampled_from(sorted(PERIODS)), st.sampled_from(ROUNDINGS), st.sampled_from(REMAINDERS))
@bounded(40)
def test_the_periods_of_a_year_add_up_to_the_yearly_amount(court, fen, cycle, rounding, remainder):
    kind = {"kind": "per_term", "in_force": "2019-02..2024-01"} if cycle == "term" else {}
    facts = entered(court, {"programme": "plain", "rule": {**kind, "cycle": cycle, "rounding": rounding, "remainder": remainder},
                            "standards": {"one": f"{fen} year"}, "people": {"a": {}}})
    lines = court.due(facts.code(MAIN), PERIODS[cycle])
    assert all(line["amount_fen"] >= 0 for line in lines) and sum(line["amount_fen"] for line in lines) == fen


@given(st.lists(st.integers(0, 760_000), min_size=1, max_size=3), st.sampled_from(("month", "quarter", "half", "year")),
       st.sampled_from(ROUNDINGS), st.sampled_from(REMAINDERS))
@bounded(15)
def test_a_households_year_adds_up_to_its_yearly_top_up(court, incomes, cycle, rounding, remainder):
    facts = entered(court, {"programme": "dibao", "rule": {"cycle": cycle, "rounding": rounding, "remainder": remainder},
                            "people": {name: {} for name in "abc"[:len(incomes)]},
                            "households": {name + "-home": {"members": {name: "alone"}, "income": fen} for name, fen in zip("abc", incomes)}})
    sums = {}
    for (unit, _), fen in due(court, facts.code(MAIN), PERIODS[cycle]).items():
        sums[unit] = sums.get(unit, 0) + fen
    assert sums == {facts.households[name + "-home"]: 742_000 - fen for name, fen in zip("abc", incomes) if fen < 742_000}


# Everybody and each

@given(st.one_of(districts(), households()))
@bounded(10)
def test_all_at_once_is_one_by_one(court, case):
    facts = entered(court, case)
    code, cycle = facts.code(MAIN), case["rule"].get("cycle", "month")
    court.run(code, PERIODS[cycle][0])  # so that the runs after it look back
    when = f"payments.period_range('{PERIODS[cycle][3]}')"
    together = court.rows(f"select * from payments.due({DISTRICT}, '{code}', {when}) order by unit_id, period")
    units = [*facts.people.values(), *facts.households.values(), *(-person for person in facts.people.values())]
    single = court.rows(f"select d.* from unnest(array{units}::bigint[]) u, payments.due({DISTRICT}, '{code}', {when}, u) d order by d.unit_id, d.period")
    assert single == together and len(together) > 0


# Runs

@given(anything, st.permutations(FIVE[:4]))
@bounded(6)
def test_the_order_of_runs_does_not_matter(court, case, order):
    orderly, shuffled = entered(court, case), entered(court, case)
    for facts, periods in ((orderly, FIVE[:4]), (shuffled, order)):
        for period in periods:
            run(court, facts.code(MAIN), period)
    shift = shuffled.base - orderly.base
    late = max(FIVE[:4])
    assert {(unit + shift, period): fen for (unit, period), fen in balance(court, orderly.code(MAIN)).items()} == balance(court, shuffled.code(MAIN))
    for facts in (orderly, shuffled):
        settled_as_due(court, facts.code(MAIN), late)
    assert court.district.violations() == []


@given(anything, st.sampled_from((0, 30, 90)), st.data())
@bounded(8)
def test_whatever_is_learned_between_runs_each_run_settles_it(court, case, cap, data):
    case = {**case, "rule": {**case["rule"], "netting_cap_percent": cap}}
    facts = entered(court, case)
    code = facts.code(MAIN)
    for period in FIVE[:4]:
        number, _ = run(court, code, period)
        settled_as_due(court, code, period)
        changed(court, facts, data.draw(learned(case)))
    number, paid = run(court, code, FIVE[4])
    settled_as_due(court, code, FIVE[4])
    court.release(number)
    again, nothing = run(court, code, FIVE[4], 1)
    assert nothing == [], "a run made again pays nothing"
    assert court.district.violations() == []


@st.composite
def learned(draw, case):
    """Something learned later about one of the people, a household or the standard."""
    name = draw(st.sampled_from(sorted(name for name in case["people"] if name in "abcdef")))
    kinds = ["died", "enrolled"] + (["certificates"] if "certificates" in case["people"][name] else [])
    kinds += ["income", "moves"] if "households" in case else ["standards"] if case["programme"] == "plain" else []
    match draw(st.sampled_from(kinds)):
        case "died":
            return {name: {"died": draw(sometimes(days(1, 5)))}}
        case "enrolled":
            return {name: {"enrolled": draw(spans(1, 4))}}
        case "certificates":
            return {name: {"certificates": [f"{draw(st.integers(1, 4))} {draw(days(1, 5))}.."]}}
        case "income":
            return {"households": {draw(st.sampled_from("hk")): {"income": [f"{draw(st.integers(0, 760_000))} {draw(months(1, 5))}.."]}}}
        case "moves":
            return {"households": {draw(st.sampled_from("hk")): {"members": {name: f"son {draw(months(1, 5))}.."}}}}
        case _:
            return {"standards": {"one": f"{draw(st.integers(1, 9000))} month {draw(months(1, 5))}.."}}


# A change and its reverse: (programme, how the case differs, what is learned, how it is taken back)
A_AND_B = {"people": {"a": {}, "b": {}}}
HOMES = {"people": {"a": {}, "b": {}, "c": {}},
         "households": {"h": {"members": {"a": "head", "b": "son"}, "income": 100_000}, "k": {"members": {"c": "head"}, "income": 0}}}
REVERSALS = {
    "death": ("plain", A_AND_B, {"a": {"died": "2020-01-20"}}, {"a": {"died": None}}),
    "suspension": ("plain", A_AND_B, {"a": {"suspended": ["2020-02.."]}}, {"a": {"suspended": ["none 2020-02.."]}}),
    "stay": ("plain", A_AND_B, {"a": {"enrolled": "2020-01..2020-01"}}, {"a": {"enrolled": "2020-01.."}}),
    "merge": ("plain", A_AND_B, {"b": {"merged": "a"}}, {"b": {"merged": None}}),
    "standard": ("plain", A_AND_B, {"standards": {"one": "5000 month 2020-02.."}}, {"standards": {"one": "6000 month 2020-02.."}}),
    "tier": ("two-tiers", {"people": {"a": {"enrolled": "2020-01.. high"}}}, {"a": {"tiers": ["low 2020-01.."]}}, {"a": {"tiers": ["high 2020-01.."]}}),
    "grade": ("care", {"people": {"a": {"grade": 1}}}, {"a": {"certificates": ["3 2020-02-01.."]}}, {"a": {"certificates": ["1 2020-02-01.."]}}),
    "benefit": ("plain", {**A_AND_B, "exclusions": ["main top_up benefit:veteran-living"]}, {"a": {"benefits": ["veteran-living 2500 2020-02.."]}},
                {"a": {"benefits": ["veteran-living none 2020-02.."]}}),
    "income": ("dibao", HOMES, {"households": {"h": {"income": ["300000 2020-02.."]}}}, {"households": {"h": {"income": ["100000 2020-02.."]}}}),
    "member": ("dibao", HOMES, {"b": {"died": "2020-01-31"}}, {"b": {"died": None}}),
}


@pytest.mark.parametrize("cap", [0, 30])
@pytest.mark.parametrize("name", REVERSALS)
def test_a_change_and_its_reverse_net_to_nothing(court, name, cap):
    programme, more, change, back = REVERSALS[name]
    facts = entered(court, {"programme": programme, "rule": {"netting_cap_percent": cap}, **more})
    code = facts.code(MAIN)
    for period in FIVE[:3]:
        run(court, code, period)
    before = due(court, code, FIVE)
    changed(court, facts, change)
    assert due(court, code, FIVE) != before
    run(court, code, FIVE[3])
    changed(court, facts, back)
    run(court, code, FIVE[4])
    assert due(court, code, FIVE) == before == balance(court, code)
    paid = court.rows(f"select unit_id, sum(amount_fen)::bigint as fen from payments.payment where district = {DISTRICT} and item_code = '{code}'"
                      " group by 1 order by 1")
    units = itertools.groupby(sorted(before.items()), key=lambda entry: entry[0][0])
    assert {row["unit_id"]: row["fen"] for row in paid} == {unit: sum(fen for _, fen in entries) for unit, entries in units}
    assert court.rows(f"select id from payments.overpayment_state where district = {DISTRICT} and item_code = '{code}' and open_fen > 0") == []


@pytest.mark.parametrize("cap", [30, 90])
def test_a_move_and_its_reverse_net_to_nothing_when_the_other_household_has_given_back(court, cap):
    """The first household's month waits until the second one, which was paid for it, has given it back."""
    facts = entered(court, {"programme": "dibao", "rule": {"netting_cap_percent": cap}, **HOMES})
    code = facts.code(MAIN)
    for period in FIVE[:3]:
        court.outcome(run(court, code, period)[0], "S")
    changed(court, facts, {"households": {"k": {"members": {"b": "son 2020-02.."}}}})
    court.outcome(run(court, code, FIVE[3])[0], "S")
    changed(court, facts, {"households": {"h": {"members": {"b": "son 2020-02.."}}}})
    periods = PERIODS["month"][:4]
    while balance(court, code) != due(court, code, periods):
        period = PERIODS["month"][len(periods)]
        assert period < "2020-12", "it never comes to nothing"
        court.outcome(run(court, code, period)[0], "S")
        periods.append(period)
    assert len(periods) > 5, "what another household was paid for is paid again before it has given it back"


@given(anything, st.lists(st.tuples(st.integers(0, 3), st.integers(1, 28)), min_size=1, max_size=2))
@bounded(6)
def test_deaths_learned_and_unlearned_leave_nothing(court, case, deaths):
    """The same over random facts: whoever is said to have died, lives after all."""
    case = {**case, "people": {name: {key: value for key, value in facts.items() if key != "died"} for name, facts in case["people"].items()}}
    facts = entered(court, case)
    code = facts.code(MAIN)
    names = sorted(name for name in case["people"] if name in "abcdef")
    for period in FIVE[:3]:
        run(court, code, period)
    before = due(court, code, FIVE)
    who = {names[n % len(names)]: f"2020-01-{day:02d}" for n, day in deaths}
    changed(court, facts, {name: {"died": day} for name, day in who.items()})
    run(court, code, FIVE[3])
    changed(court, facts, {name: {"died": None} for name in who})
    run(court, code, FIVE[4])
    assert due(court, code, FIVE) == before == balance(court, code)


def received(court, code):
    """By unit: what the bank says was paid, in all."""
    rows = court.rows(f"select unit_id, sum(amount_fen) as fen from payments.payment where district = {DISTRICT} and item_code = '{code}'"
                      " and state = 'PAID' group by unit_id")
    return {row["unit_id"]: row["fen"] for row in rows if row["fen"]}


def by_unit(sums):
    """Sums by unit and period as sums by unit, without zeroes."""
    units = {}
    for (unit, _), fen in sums.items():
        units[unit] = units.get(unit, 0) + fen
    return {unit: fen for unit, fen in units.items() if fen}


def issue_again(court, code):
    """Issues again what failed and can be, as the bank's second try, which it pays."""
    for row in court.rows(f"select id from payments.payment p where district = {DISTRICT} and item_code = '{code}' and payments.replaceable(p)"):
        answer = court.does(f"select payments.reissue({row['id']}) as run \\gset\nselect :run", actor="maker")
        if "not_due" not in answer:
            court.outcome(int(answer.split()[-1]), "S")


@given(st.lists(st.tuples(st.sampled_from(("S", "F", "SR", "-")), st.sampled_from((None, "high", "low", "suspended", "running"))),
                min_size=4, max_size=4), st.sampled_from((0, 50, 90)))
@bounded(12)
def test_whatever_the_bank_says_people_receive_what_is_due(court, story, cap):
    """Runs that are paid, refused, returned or taken back, and facts that change in between: in the end the money is what is due and owed."""
    facts = entered(court, {"programme": "two-tiers", "rule": {"netting_cap_percent": cap}, "people": {"a": {"enrolled": "2020-01.. high"}}})
    code, person = facts.code(MAIN), facts.people["a"]
    learned = {"high": {"tiers": ["high 2020-01.."]}, "low": {"tiers": ["low 2020-01.."]}, "suspended": {"suspended": ["none 2020-02..", "2020-02..2020-03"]},
               "running": {"suspended": ["none 2020-02.."]}}
    court.outcome(run(court, code, "2020-01")[0], "S")
    for period, (outcome, news) in zip(FIVE[1:], story):
        if news:
            changed(court, facts, {"a": learned[news]})
        court.outcome(run(court, code, period)[0], outcome)
    issue_again(court, code)
    periods = PERIODS["month"][:5]
    for period in PERIODS["month"][5:8]:
        court.outcome(run(court, code, period)[0], "S")
        issue_again(court, code)
        periods.append(period)
    owed = sum(row["fen"] for row in court.rows("select open_fen as fen from payments.overpayment_state"
                                                f" where district = {DISTRICT} and item_code = '{code}'"))
    assert received(court, code).get(person, 0) == by_unit(due(court, code, periods)).get(person, 0) + owed


def test_nothing_is_violated_after_all_examples(court):
    assert court.district.violations() == []
