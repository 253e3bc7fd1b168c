"""Comparisons and simulations over HTTP: what an approver reads before signing, and what a changed standard would cost."""
import pytest

from support.care import CARE, CARE_FEN, CareOffice
from support.client import problem
from support.register import STREET, TOWN


@pytest.fixture(scope="module")
def client_for(bankless, clients):
    """Clients of this module's stack."""
    return clients(bankless)


@pytest.fixture(scope="module")
def office(client_for):
    """May and a draft of June: one died, one is new, one has arrears, two stay as they were."""
    one = CareOffice(client_for).open()
    one.same, one.dead, one.street = one.cared(), one.cared(), one.cared(2, division=STREET)
    one.may = one.paid("2020-05")
    one.died(one.dead, "2020-05-20")
    one.new, one.late = one.cared(since="2020-06-01"), one.cared(since="2020-05-01")
    one.june = one.draft(CARE, "2020-06")
    return one


def compare(office, run, who="checker"):
    """A comparison whose lists all come to the same sums."""
    seen = office.client(who).get(f"payments/runs/{run['id']}/comparison").json()
    lines = office.client(who).get(f"payments/runs/{run['id']}/comparison/lines", limit=500).json()["items"]
    for name in ("before_fen", "now_fen", "difference_fen"):
        assert seen[name] == sum(one[name] for one in seen["changes"]) == sum(one[name] for one in seen["divisions"]) == sum(line[name] for line in lines)
        assert sum(one[name] for one in seen["causes"]) == sum(line[name] for line in lines if line["cause"])
    assert seen["units"] == len(lines) == sum(one["units"] for one in seen["changes"])
    assert all(line["difference_fen"] == line["now_fen"] - line["before_fen"] for line in lines)
    return seen, lines


def test_the_approver_reads_what_has_changed_and_why(office):
    seen, lines = compare(office, office.june)
    assert (seen["item"], seen["period"], seen["period_before"], seen["run_fen"]) == (CARE, "2020-06", "2020-05", office.june["amount_fen"])
    assert (seen["before_fen"], seen["now_fen"]) == (office.may["amount_fen"], office.june["amount_fen"]) == (3 * CARE_FEN, 5 * CARE_FEN)
    assert {line["unit"]: (line["change"], line["cause"]) for line in lines} == {
        office.same: ("unchanged", None), office.street: ("unchanged", None), office.dead: ("gone", "died"), office.new: ("new", "new_enrolment"),
        office.late: ("new", "new_enrolment")}
    assert [(one["change"], one["units"], one["difference_fen"]) for one in seen["changes"]] == [
        ("new", 2, 3 * CARE_FEN), ("gone", 1, -CARE_FEN), ("changed", 0, 0), ("unchanged", 2, 0)]
    divisions = {one["division"]: (one["units_before"], one["units_now"], one["name_zh"]) for one in seen["divisions"]}
    assert divisions == {STREET: (1, 1, "亳州路街道"), TOWN: (2, 3, "大杨镇")}


def test_lines_by_change_cause_and_page(office):
    path = f"payments/runs/{office.june['id']}/comparison/lines"
    new = office.get(path, change="new")["items"]
    assert {line["unit"] for line in new} == {office.new, office.late} and office.get(path, cause="died")["items"][0]["unit"] == office.dead
    assert office.get(path, change="gone", cause="new_enrolment")["items"] == []
    everything, after, pages = office.get(path)["items"], 0, []
    while after is not None:
        one = office.get(path, limit=2, after=after)
        pages, after = pages + one["items"], one["next"]
    assert pages == everything and len(everything) == 5
    problem(office.client("maker").get(path, change="other", expect=400), 400, "bad_query")


def test_the_first_run_has_nothing_before_it(office):
    seen, lines = compare(office, office.may)
    assert seen["period_before"] is None and {line["change"] for line in lines} == {"new"}


def test_who_reads_a_comparison(office, client_for):
    path = f"payments/runs/{office.june['id']}/comparison"
    mine = client_for("street-checker", scopes=["payments:read", "payments:approve"], divisions=[STREET]).get(path).json()
    assert (mine["units"], mine["now_fen"], [one["division"] for one in mine["divisions"]]) == (1, CARE_FEN, [STREET])
    for reach in ({"programmes": ["tekun"]}, {"district": 340104}):
        other = client_for("other-checker", scopes=["payments:read"], **reach)
        for place in (path, f"{path}/lines"):
            problem(other.get(place, expect=404), 404, "not_found")
    problem(client_for("clerk").get(path, expect=403), 403, "forbidden")
    problem(client_for("maker").get("payments/runs/999999/comparison", expect=404), 404, "not_found")


def test_a_cancelled_run_is_not_compared(office):
    run = office.draft(CARE, "2020-07")
    office.client("maker").post(f"payments/runs/{run['id']}/cancellation", {}, expect=200)
    for place in ("comparison", "comparison/lines"):
        problem(office.client("maker").get(f"payments/runs/{run['id']}/{place}", expect=409), 409, "wrong_state")


SIMULATION = {"item": CARE, "tier": "severe", "amount_fen": 7000, "amount_per": "month", "from": "2020-08-01", "months": 2}


def simulate(office, expect=200, who="maker", **changes):
    """A simulation; None takes a field away."""
    body = {name: value for name, value in {**SIMULATION, **changes}.items() if value is not None}
    return office.client(who).post("payments/simulations", body, key=False, expect=expect)


def test_a_simulation_adds_up_and_stores_nothing(office):
    before = office.client("maker").get(f"programmes/items/{CARE}/standards").json(), office.get("payments/runs", limit=500)
    seen = simulate(office).json()
    assert [(month["month"], month["now_fen"], month["then_fen"], month["people_now"], month["people_then"]) for month in seen["months"]] == [
        ("2020-08", 4 * CARE_FEN, 28_000, 4, 4), ("2020-09", 4 * CARE_FEN, 28_000, 4, 4)]
    for name in ("now_fen", "then_fen", "difference_fen"):
        assert seen[name] == sum(month[name] for month in seen["months"]) == sum(source[name] for source in seen["sources"])
        assert all(month[name] == sum(source[name] for source in month["sources"]) for month in seen["months"])
    # Both sources have put the same in place.
    assert (seen["basis"], [(one["source"], one["difference_fen"]) for one in seen["sources"]]) == ("appropriations", [("central", 4000), ("district", 4000)])
    assert (office.client("maker").get(f"programmes/items/{CARE}/standards").json(), office.get("payments/runs", limit=500)) == before


def test_without_money_in_place_there_are_no_sources(office):
    seen = simulate(office, item="disabled-living", tier="grade-1-2", amount_fen=90_000, amount_per="year").json()
    assert (seen["basis"], seen["sources"], seen["now_fen"]) == (None, [], 0)


@pytest.mark.parametrize("changes, expected", [
    ({"item": "nothing"}, {("/item", "unknown_item")}), ({"tier": "nothing"}, {("/tier", "unknown_tier")}),
    ({"amount_fen": 0}, {("/amount_fen", "out_of_range")}), ({"amount_fen": None}, {("/amount_fen", "required")}),
    ({"basis_points": 13_000}, {("/basis_points", "unfit")}), ({"amount_per": "week"}, {("/amount_per", "bad_value")}),
    ({"amount_per": "percent"}, {("/amount_fen", "unfit"), ("/basis_points", "required")}), ({"from": "2020-08-02"}, {("/from", "bad_value")}),
    ({"from": "2020-13-01"}, {("/from", "bad_date")}), ({"months": 13}, {("/months", "out_of_range")}), ({"months": 0}, {("/months", "out_of_range")}),
    ({"source": "x"}, {("/source", "unknown_field")})])
def test_faulty_simulations(office, changes, expected):
    document = problem(simulate(office, 400, **changes), 400, "invalid_fields")
    assert {(error["pointer"], error["code"]) for error in document["errors"]} == expected


def test_what_cannot_be_simulated(office, client_for):
    document = problem(simulate(office, 409, **{"from": "2020-12-01"}), 409, "standard_missing")
    assert [(error["pointer"], error["code"]) for error in document["errors"]] == [(f"/item/{CARE}/rule", "standard_missing")]
    problem(simulate(office, 409, amount_per="case"), 409, "amount_per_unfit")
    problem(simulate(office, 403, who="checker"), 403, "forbidden")
    for reach, status, code in (({"programmes": ["tekun"]}, 404, "not_found"), ({"divisions": [STREET]}, 403, "forbidden")):
        other = client_for("other-maker", scopes=["payments:prepare"], **reach)
        problem(other.post("payments/simulations", SIMULATION, key=False), status, code)
