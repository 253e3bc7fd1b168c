"""The cases worked out by hand (entitlement_cases.yaml) against the database: facts in, lines out."""
import csv
import itertools
import re
from pathlib import Path

import pytest

from stack.bootstrap import DISTRICT
from support.court import Court, read_book
from support.facts import MAIN, listed

SEED = Path(__file__).resolve().parents[2] / "sql" / "seed" / str(DISTRICT)
STOPS = {"dead", "suspended", "too_young", "too_old", "months_used_up", "no_activity", "wrong_certificate", "excluded", "lower"}
OPEN = {"no_certificate", "no_tier", "no_standard", "no_household", "no_head", "no_income"}
HELD = {"no_account", "holder_dead", "paid_in_other_household", "bank_evidence_awaited"}
CYCLES = {"month": 1, "quarter": 3, "half": 6, "term": 6, "year": 12}
STEPS = ("run", "change", "collect", "write_off", "answer", "take_back")


BOOK = read_book()
CASES, PROGRAMMES, DEFAULTS = BOOK["cases"], BOOK["programmes"], BOOK["defaults"]


# What a case says

def rules_of(case):
    """Every rule that a case has, complete, those of `also` included."""
    other = case.get("also", {})
    names = [(case["programme"], case)] + [(name, other[name] if isinstance(other, dict) else {}) for name in other]
    return [{**DEFAULTS["rule"], **PROGRAMMES[name].get("rule", {}), **changes.get("rule", {}), **rule}
            for name, changes in names for rule in changes.get("rules", [{}])]


def period_of(cycle, month):
    """The period of a cycle that begins in a month, 0 being January of the year 0."""
    year, n = divmod(month, 12)
    return {"month": f"{year}-{n + 1:02d}", "quarter": f"{year}-Q{n // 3 + 1}", "half": f"{year}-H{n // 6 + 1}", "year": f"{year}"}[cycle]


def first_month(period):
    """The first month of 2020-03, 2020-Q2, 2020-H1 or 2020 as a number."""
    year, _, part = period.partition("-")
    size = {"Q": 3, "H": 6}.get(part[:1], 1)
    return int(year) * 12 + (int(part.strip("QH")) - 1 if part else 0) * size


def cycle_of(period):
    """The cycle that a period's name belongs to."""
    return {"Q": "quarter", "H": "half", "T": "term"}.get(period[5:6], "month") if "-" in period else "year"


def periods(value):
    """A period, several, or first..last as a list."""
    if isinstance(value, list):
        return [str(period) for period in value]
    low, dots, high = str(value).partition("..")
    if not dots:
        return [low]
    cycle = cycle_of(low)
    return [period_of(cycle, month) for month in range(first_month(low), first_month(high) + 1, CYCLES[cycle])]


def repeated(value):
    """[6000 x 3, dead] as four values; one value as a list of one."""
    def times(one):
        match = re.fullmatch(r"(\S+) x (\d+)", str(one))
        word = match[1] if match else one
        return [int(word) if str(word).isdigit() else word] * (int(match[2]) if match else 1)
    return [one for part in listed(value) for one in times(part)]


@pytest.fixture(scope="module")
def court(make_district):
    """The district that all cases share."""
    with Court(make_district()) as one:
        yield one


def names_of(facts):
    """Who a number is: a person or household of the case; a person without a household as a unit has a minus."""
    names = {number: name for name, number in {**facts.people, **facts.households}.items()}
    return names | {-number: name for name, number in facts.people.items()}


# Lines that are due

def reason_of(expected, name, words):
    """What a line is expected to say: by a word, or among its details."""
    return expected.get(name) if isinstance(expected, dict) else expected if expected in words else None


def check_line(expected, line, facts, place):
    """One line as expected: an amount, a reason, or the details."""
    details = expected if isinstance(expected, dict) else {}
    fen = expected if isinstance(expected, int) else details.get("fen", 0)
    stop = reason_of(expected, "stop", STOPS)
    got = line or {"amount_fen": 0, "held": None, "facts": []}
    assert ((got["amount_fen"] or 0), got["held"]) == (fen, reason_of(expected, "held", OPEN)), f"{place}: {expected} expected, got {line}"
    if stop:
        assert {part.get("stop") for part in got["facts"]} == {stop}, f"{place}: {stop} expected, got {line}"
    check_details(details, got, facts, f"{place}: {line}")


def check_details(details, line, facts, place):
    """What a line must say besides its amount. Other programmes of the case are named as in the case."""
    names = {facts.code(name): name for name in PROGRAMMES}
    less = {entry["benefit"]: entry["fen"] for part in line["facts"] for entry in part.get("less") or []}
    payee = [name for name, number in facts.people.items() if number == line.get("person_id")]
    said = {
        "benefit": ", ".join({names.get(part.get("benefit"), part.get("benefit")) or "" for part in line["facts"]}),
        "people": line.get("people"),
        "payee": payee[0] if payee else None,
        "parts": [f"{part['from']} {part['months']} {part.get('tier')} {part['amount_fen']}" for part in line["facts"]],
        "less": {names.get(name, name): fen for name, fen in less.items()},
    }
    wanted = {name: value for name, value in details.items() if name in said}
    assert {name: said[name] for name in wanted} == wanted, place
    assert set(details) <= {*said, "fen", "stop", "held"}, f"{place}: unknown details"


def check_sums(line):
    """The parts of a line add up to it, and a part that is due is what is left of it."""
    assert sum(part["amount_fen"] or 0 for part in line["facts"]) == (line["amount_fen"] or 0), line
    for part in line["facts"]:
        less = sum(entry["fen"] for entry in part.get("less") or [])
        assert part.get("stop") or part.get("gross_fen") is None or part["amount_fen"] == max(0, part["gross_fen"] - less), line


def check_due(court, case, facts):
    """The lines of the periods that the case asks for."""
    asked = periods(case["due"])
    names = names_of(facts)
    lines = {(names[line["unit_id"]], line["period"]): line for line in court.due(facts.code(MAIN), asked)}
    for line in lines.values():
        check_sums(line)
    for name, values in case["lines"].items():
        values = repeated(values) if isinstance(values, list) else [values] * len(asked)
        assert len(values) == len(asked), f"{name}: {len(values)} values for {len(asked)} periods"
        for period, expected in zip(asked, values):
            check_line(expected, lines.pop((name, period), None), facts, f"{name} {period}")
    assert not [line for line in lines.values() if line["amount_fen"] or line["held"]], f"lines that nobody asked for: {lines}"


# Runs

def nested(rows, names, value):
    """Rows with unit_id and period as {unit: {period: value}}."""
    table = {}
    for row in rows:
        table.setdefault(names[row["unit_id"]], {})[row["period"]] = row[value]
    return table


def owed(court, code, names):
    """What is still owed back, by unit and period."""
    return nested(court.rows(f"select unit_id, period, open_fen from payments.overpayment_state where district = {DISTRICT}"
                             f" and item_code = '{code}' and open_fen > 0"), names, "open_fen")


def run(court, step, facts):
    """One run as the step says; checks what it froze."""
    code, names = facts.code(MAIN), names_of(facts)
    for period in periods(step["run"]):
        number, paid = court.run(code, period, step.get("supplement", 0))
        facts.runs[period] = number
        for payment in paid:
            assert payment["amount_fen"] + payment["netted_fen"] + payment["settled_before_fen"] == sum(
                part["amount_fen"] or 0 for part in payment["facts"]), payment
        expected = {name: {period: fen} for name, fen in step["each"].items()} if "each" in step else step["pays"]
        assert nested(paid, names, "amount_fen") == expected, f"payments of {period}"
        if "nets" in step:
            assert nested([one for one in paid if one["netted_fen"]], names, "netted_fen") == step["nets"], f"netting of {period}"
        if "holds" in step:
            check_held(court, number, step["holds"], facts)
        if "owes" in step:
            assert owed(court, code, names) == step["owes"], f"owed after {period}"
        finish(court, number, step)


def check_held(court, number, expected, facts):
    """The held lines of a run; a line of a household names its head or a member."""
    rows = court.rows(f"select h.person_id, h.period, h.reason, (select m.household_id from beneficiaries.household_member m"
                      f" where m.district = h.district and m.person_id = h.person_id order by m.valid desc limit 1) as household_id"
                      f" from payments.held_line h where h.district = {DISTRICT} and h.run_id = {number}")
    names = names_of(facts)
    got = {}
    for row in rows:
        got.setdefault(names[row["household_id"] or row["person_id"]], {})[row["period"]] = row["reason"]
    assert got == expected, "held lines"


def finish(court, number, step):
    """Takes a run back, releases it, or lets the bank answer, as the step says."""
    district = court.district
    if step.get("cancel"):
        district.cancel(number)
    if step.get("release") or "bank" in step:
        court.release(number)
    if "bank" in step:
        district.sent(number)
        court.answer(number, step["bank"])


def recover(court, step, facts, kind):
    """Money paid back or given up for an overpayment."""
    code = facts.code(MAIN)
    for name, amounts in step[kind].items():
        for period, fen in amounts.items():
            [over] = court.rows(f"select id from payments.overpayment where district = {DISTRICT} and item_code = '{code}' and period = '{period}'"
                                f" and unit_id = {({**facts.people, **facts.households})[name]}")
            if kind == "collect":
                answer = court.does(f"select payments.overpayment_collect({over['id']}, {fen}, 'receipt {over['id']}')", actor="cashier")
            else:
                answer = court.does(f"select payments.write_off_propose({over['id']}, {fen}, 'decision {over['id']}') as recovery \\gset\n"
                                    "select :recovery", actor="clerk")
                answer += court.does(f"select payments.write_off_decide({answer.split()[-1]}, true)", actor="chief")
            assert "ERROR" not in answer, answer
    assert owed(court, code, names_of(facts)) == step.get("owes", {}), f"owed after {kind}"


def take_step(court, step, facts):
    """One step of a case."""
    if "run" in step:
        run(court, step, facts)
    elif "answer" in step:
        for period, status in step["answer"].items():
            court.answer(facts.runs[period], status)
    elif "take_back" in step:
        court.district.cancel(facts.runs[step["take_back"]])
    elif "change" in step:
        facts.change(step["change"])
        answer = court.does(facts.take())
        assert "ERROR" not in answer, answer
    else:
        recover(court, step, facts, "collect" if "collect" in step else "write_off")


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case(court, case):
    facts, answer = court.open(case, PROGRAMMES, DEFAULTS)
    if "refused" in case:
        assert "ERROR" in answer and case["refused"] in answer, answer or "it was taken"
        return
    assert "ERROR" not in answer, answer
    if "due" in case:
        check_due(court, case, facts)
    for step in case.get("steps", []):
        take_step(court, step, facts)


def test_nothing_is_violated_after_all_cases(court):
    assert court.district.violations() == []


# What the cases cover

def test_every_case_is_complete():
    assert len(CASES) >= 140 and len({case["id"] for case in CASES}) == len(CASES)
    for case in CASES:
        assert case["because"] and " / " in case["title"], case["id"]
        assert ("due" in case and case["lines"]) or case.get("steps") or case.get("refused"), case["id"]
        assert all(sum(name in step for name in STEPS) == 1 for step in case.get("steps", [])), case["id"]


def settings(name):
    """Every value of a setting that the rules of all cases have."""
    return {rule.get(name) for case in CASES if "refused" not in case for rule in rules_of(case)}


def words_of(value):
    """Every word in a nested value."""
    if isinstance(value, dict):
        return set().union(*map(words_of, value.values())) if value else set()
    if isinstance(value, list):
        return set().union(*map(words_of, value)) if value else set()
    return set(str(value).split())


def expected_words():
    """Every word that some line or step expects."""
    return set().union(*(words_of(case.get("lines", {})) | words_of(case.get("steps", [])) for case in CASES))


@pytest.mark.parametrize("name, table", [
    ("kind", "rule_kind"), ("cycle", "rule_cycle"), ("tier_source", "rule_tier_source"), ("rounding", "rule_rounding"),
    ("remainder", "rule_remainder"), ("entry_basis", "rule_entry_basis"), ("exit_basis", "rule_exit_basis"), ("accrual", "rule_accrual_check")])
def test_every_value_of_a_rule_has_a_case(court, name, table):
    """The database itself says which values there are."""
    [row] = court.rows(f"select pg_get_constraintdef(oid) as text from pg_constraint where conname = '{table}'")
    allowed = set(re.findall(r"'([a-z_]+)'::text", row["text"]))
    assert len(allowed) > 1 and settings(name) == allowed


def test_every_rounding_meets_every_remainder():
    pairs = {(rule["rounding"], rule["remainder"]) for case in CASES for rule in rules_of(case)}
    assert pairs == set(itertools.product(settings("rounding"), settings("remainder")))


def test_every_exclusion_kind_and_benefit_has_a_case(court):
    texts = [text.split() for case in CASES for text in case.get("exclusions", [])]
    assert {words[1] for words in texts} == {"forbidden", "take_higher", "top_up"}
    benefits = {row["code"] for row in court.rows("select code from programmes.benefit")}
    assert {words[2].removeprefix("benefit:") for words in texts if words[2].startswith("benefit:")} == benefits


def test_every_exclusion_of_the_catalogue_has_a_case():
    """Each pair of programmes that the catalogue says do not go together has a case with a row of that kind."""
    covered = {}
    for case in CASES:
        covered |= {text: {row.split()[1] for row in case["exclusions"]} for text in case.get("covers", [])}
    with open(SEED / "exclusions.csv", encoding="utf-8-sig", newline="") as file:
        rows = [f"{row['item_code']}/{row['tier_code']}".rstrip("/") + f" {row['kind']} "
                + (f"benefit:{row['other_benefit']}" if row["other_benefit"] else f"{row['other_item_code']}/{row['other_tier_code']}".rstrip("/"))
                for row in csv.DictReader(file)]
    assert len(rows) > 10 and set(rows) == set(covered)
    assert all(text.split()[1] in kinds for text, kinds in covered.items())


def test_every_reason_has_a_case():
    assert STOPS | OPEN | HELD <= expected_words()


def test_the_reasons_are_those_of_the_database(court):
    [row] = court.rows("select pg_get_constraintdef(oid) as text from pg_constraint where conname = 'held_line_reason'")
    assert set(re.findall(r"'([a-z_]+)'::text", row["text"])) == OPEN | HELD


def test_every_recovery_has_a_case():
    steps = [step for case in CASES for step in case.get("steps", [])]
    assert all(any(name in step for step in steps) for name in STEPS)
    assert any(step.get("nets") for step in steps) and {0, 30, 90} <= settings("netting_cap_percent")
