"""Exclusions, what they mean for people, benefits of others and the holiday calendar over HTTP."""
import csv
from pathlib import Path

import pytest

from stack.bootstrap import DISTRICT
from support.client import problem
from support.procedure import Procedure
from support.register import TOWN, id_number

SEED = Path(__file__).resolve().parents[2] / "sql" / "seed" / "340103"


def seed(name):
    """The rows of a seed file."""
    with open(SEED / name, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def proposer(client_for):
    return client_for("proposer")


@pytest.fixture
def confirmer(client_for):
    return client_for("confirmer")


def exclusion(**changes):
    """An exclusion that can be proposed; nobody is paid by these items in such years."""
    body = {"item": "free-venues", "kind": "forbidden", "other_item": "village-plays", "valid_from": "2120-01-01", "valid_to": "2121-01-01",
            "source": "民政部门文件，测试用", "confirmed": False, **changes}
    return {name: value for name, value in body.items() if value is not ...}


def approved(proposer, confirmer, **changes):
    """Proposed and approved."""
    row = proposer.post("programmes/exclusions", exclusion(**changes), expect=201).json()
    return confirmer.post(f"programmes/exclusions/{row['id']}/approval", expect=200).json()


def test_the_pairs_of_the_reference(proposer):
    rows, after = [], {}
    while True:
        page = proposer.get("programmes/exclusions", limit=5, **after).json()
        rows += page["items"]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    keys = ("item", "tier", "kind", "other_item", "other_tier", "other_benefit", "valid_from", "source")
    shown = [tuple(row[key] or "" for key in keys) for row in rows if row["valid_from"] == "2020-01-01"]
    files = ("item_code", "tier_code", "kind", "other_item_code", "other_tier_code", "other_benefit", "valid_from", "source")
    assert sorted(shown) == sorted(tuple(row[key] for key in files) for row in seed("exclusions.csv")) and len(shown) == 23
    pairs = {(item, kind, other or benefit) for item, _, kind, other, _, benefit, *_ in shown}
    assert {("rural-dibao", "forbidden", "tekun"), ("disabled-living", "forbidden", "tekun"), ("disabled-care", "forbidden", "tekun"),
            ("orphan", "forbidden", "tekun"), ("disabled-living", "forbidden", "orphan"), ("orphan", "top_up", "rural-dibao"),
            ("orphan", "top_up", "disabled-living"), ("disabled-living", "forbidden", "work-injury-care"),
            ("disabled-care", "forbidden", "work-injury-care"), ("disabled-living", "take_higher", "veteran-living"),
            ("disabled-care", "take_higher", "nursing-allowance")} <= pairs
    of_care = proposer.get("programmes/exclusions", item="elderly-care").json()["items"]
    assert [(row["item"], row["kind"], row["other_item"]) for row in of_care] == [("disabled-care", "take_higher", "elderly-care")]
    for row in rows:
        if row["valid_from"] == "2020-01-01":
            assert row["state"] == "APPROVED" and row["approved_by"] != row["proposed_by"] and not row["confirmed"]


def test_from_proposal_to_its_end(proposer, confirmer, client_for):
    made = proposer.post("programmes/exclusions", exclusion(), expect=201)
    row = made.json()
    assert made.headers["Location"] == f"/api/v1/programmes/exclusions/{row['id']}" and row["state"] == "PROPOSED"
    assert proposer.get(made.headers["Location"]).json() == row
    problem(client_for("proposer", scopes=["programmes:approve"]).post(f"programmes/exclusions/{row['id']}/approval"), 403, "same_person")
    path = f"programmes/exclusions/{row['id']}"
    end = {"valid_to": "2120-06-01", "source": "民发〔2120〕1号，测试用"}
    problem(proposer.post(f"{path}/end", end), 409, "wrong_state")
    done = confirmer.post(f"{path}/approval", expect=200).json()
    assert done == {**row, "state": "APPROVED", "version": 2, "approved_by": "confirmer", "approved_at": done["approved_at"]}
    problem(confirmer.post(f"{path}/approval"), 409, "wrong_state")
    for change, fault in (({"valid_to": "2120-06-02"}, ("/valid_to", "bad_value")), ({"valid_to": "2119-12-01"}, ("/valid_to", "out_of_range")),
                          ({"valid_to": "2121-01-01"}, ("/valid_to", "out_of_range")), ({"valid_to": "2122-01-01"}, ("/valid_to", "out_of_range")),
                          ({"source": " "}, ("/source", "too_short")), ({"source": None}, ("/source", "wrong_type"))):
        document = problem(proposer.post(f"{path}/end", {**end, **change}), 400, "invalid_fields")
        assert [(error["pointer"], error["code"]) for error in document["errors"]] == [fault]
    for step in ("approval", "rejection"):
        problem(confirmer.post(f"{path}/end/{step}"), 409, "wrong_state")
    waiting = proposer.post(f"{path}/end", end, expect=200).json()
    assert waiting == {**done, "version": 3, "end_to": "2120-06-01", "end_source": end["source"], "end_proposed_by": "proposer",
                       "end_proposed_at": waiting["end_proposed_at"]}
    problem(proposer.post(f"{path}/end", {**end, "valid_to": "2120-05-01"}), 409, "wrong_state")
    problem(client_for("proposer", scopes=["programmes:approve"]).post(f"{path}/end/approval"), 403, "same_person")
    assert proposer.get(path).json() == waiting
    rejected = confirmer.post(f"{path}/end/rejection", expect=200).json()
    assert rejected == {**done, "version": 4}
    proposer.post(f"{path}/end", {**end, "valid_to": "2120-08-01"}, expect=200)
    ended = confirmer.post(f"{path}/end/approval", expect=200).json()
    assert ended == {**waiting, "valid_to": "2120-08-01", "end_to": "2120-08-01", "version": 6, "end_proposed_at": ended["end_proposed_at"],
                     "end_approved_by": "confirmer", "end_approved_at": ended["end_approved_at"]}
    problem(confirmer.post(f"{path}/end/approval"), 409, "wrong_state")
    proposer.post(f"{path}/end", end, expect=200)  # still earlier, later on
    assert confirmer.post(f"{path}/end/approval", expect=200).json()["valid_to"] == "2120-06-01"
    events = client_for("auditor").get("audit/events", entity="exclusion", id=row["id"]).json()["items"]
    assert [(event["act"], event["actor"]) for event in events] == [
        ("propose", "proposer"), ("approve", "confirmer"), ("end_propose", "proposer"), ("end_reject", "confirmer"), ("end_propose", "proposer"),
        ("end", "confirmer"), ("end_propose", "proposer"), ("end", "confirmer")]


def test_withdrawn_as_a_whole(proposer, confirmer, client_for):
    years = {"other_item": "village-sports", "valid_from": "2160-01-01", "valid_to": None}
    row = approved(proposer, confirmer, **years)
    path = f"programmes/exclusions/{row['id']}"
    proposer.post(f"{path}/end", {"valid_to": "2160-01-01", "source": "误录，测试用"}, expect=200)
    problem(proposer.post("programmes/exclusions", exclusion(**years)), 409, "exclusion_overlaps")  # until another person agrees
    gone = confirmer.post(f"{path}/end/approval", expect=200).json()
    assert (gone["state"], gone["valid_from"], gone["valid_to"], gone["end_approved_by"]) == ("WITHDRAWN", "2160-01-01", None, "confirmer")
    for step, body in (("approval", None), ("rejection", None), ("end/approval", None)):
        problem(confirmer.post(f"{path}/{step}", body), 409, "wrong_state")
    problem(proposer.post(f"{path}/end", {"valid_to": "2160-02-01", "source": "x"}), 409, "wrong_state")
    assert approved(proposer, confirmer, **years)["state"] == "APPROVED"
    events = client_for("auditor").get("audit/events", entity="exclusion", id=row["id"]).json()["items"]
    assert [event["act"] for event in events] == ["propose", "approve", "end_propose", "withdraw"]


def test_rejected(proposer, confirmer):
    row = proposer.post("programmes/exclusions", exclusion(valid_from="2150-01-01", valid_to=None), expect=201).json()
    assert confirmer.post(f"programmes/exclusions/{row['id']}/rejection", expect=200).json()["state"] == "REJECTED"
    for step in ("approval", "rejection"):
        problem(confirmer.post(f"programmes/exclusions/{row['id']}/{step}"), 409, "wrong_state")


@pytest.mark.parametrize("changes, faults", [
    ({"other_item": ...}, {("/other_item", "required")}),
    ({"other_benefit": "unemployment"}, {("/other_item", "unfit")}),
    ({"other_item": "free-venues"}, {("/other_item", "unfit")}),
    ({"other_item": None, "other_benefit": "unemployment", "other_tier": "x"}, {("/other_tier", "unfit")}),
    ({"item": "nothing"}, {("/item", "unknown_item")}),
    ({"item": "orphan", "tier": "golden"}, {("/tier", "unknown_tier")}),
    ({"other_item": "nothing"}, {("/other_item", "unknown_item")}),
    ({"other_item": "orphan", "other_tier": "golden"}, {("/other_tier", "unknown_tier")}),
    ({"other_item": ..., "other_benefit": "lottery"}, {("/other_benefit", "unknown_benefit")}),
    ({"kind": "sometimes"}, {("/kind", "bad_value")}),
    ({"valid_from": "2120-01-02", "valid_to": "2120-01-01"}, {("/valid_from", "bad_value"), ("/valid_to", "out_of_range")}),
    ({"source": " "}, {("/source", "too_short")}),
    ({"approved_by": "me"}, {("/approved_by", "unknown_field")})])
def test_faulty_proposals(proposer, changes, faults):
    before = proposer.get("programmes/exclusions", limit=500).json()
    document = problem(proposer.post("programmes/exclusions", exclusion(**changes)), 400, "invalid_fields")
    assert {(error["pointer"], error["code"]) for error in document["errors"]} == faults
    assert proposer.get("programmes/exclusions", limit=500).json() == before


def test_repeated_and_opposite_rows(proposer, confirmer):
    years = {"valid_from": "2130-01-01", "valid_to": "2131-01-01"}
    late = proposer.post("programmes/exclusions", exclusion(kind="top_up", **years), expect=201).json()
    opposite = proposer.post("programmes/exclusions", exclusion(item="village-plays", other_item="free-venues", **years), expect=201).json()
    approved(proposer, confirmer, **years)
    problem(proposer.post("programmes/exclusions", exclusion(kind="take_higher", **years)), 409, "exclusion_overlaps")
    problem(confirmer.post(f"programmes/exclusions/{late['id']}/approval"), 409, "exclusion_overlaps")
    problem(confirmer.post(f"programmes/exclusions/{opposite['id']}/approval"), 409, "exclusion_circular")
    problem(proposer.post("programmes/exclusions", exclusion(item="village-plays", other_item="free-venues", **years)), 409, "exclusion_circular")
    proposer.post("programmes/exclusions", exclusion(valid_from="2131-01-01", valid_to=None), expect=201)


def test_rows_of_tiers(proposer, confirmer):
    """A row without a tier is about all of them; rows of two tiers do not meet."""
    pair = {"item": "worker-school", "other_item": "worker-medical", "valid_from": "2130-01-01", "valid_to": "2131-01-01"}
    approved(proposer, confirmer, **pair, tier="deep", other_tier="accident")
    approved(proposer, confirmer, **pair, tier="accident", other_tier="accident", kind="top_up")
    for more in ({}, {"tier": "deep"}, {"other_tier": "accident"}):
        problem(proposer.post("programmes/exclusions", exclusion(**pair, **more)), 409, "exclusion_overlaps")
    other_way = {**pair, "item": "worker-medical", "other_item": "worker-school"}
    problem(proposer.post("programmes/exclusions", exclusion(**other_way, tier="accident", other_tier="deep")), 409, "exclusion_circular")
    proposer.post("programmes/exclusions", exclusion(**other_way, tier="deep", other_tier="deep"), expect=201)


def test_a_household_yields_to_no_amount(proposer):
    """An amount of a household is nobody's own: rows that compare amounts are refused, whichever side pays households."""
    years = {"valid_from": "2020-01-01", "valid_to": None}
    for row in ({"item": "rural-dibao", "other_item": "village-plays", "kind": "take_higher"},
                {"item": "rural-dibao", "other_item": "village-plays", "kind": "top_up"},
                {"item": "village-plays", "other_item": "rural-dibao", "kind": "take_higher"}):
        problem(proposer.post("programmes/exclusions", exclusion(**years, **row)), 409, "exclusion_of_household")


def test_benefits(proposer):
    items = proposer.get("programmes/benefits").json()
    assert items["next"] is None and [entry["code"] for entry in items["items"]] == [
        "employee-pension", "employment", "inpatient-free", "nursing-allowance", "unemployment", "veteran-living", "work-injury-care"]


def test_calendar(proposer):
    days = proposer.get("programmes/calendar", year=2020).json()
    assert days["next"] is None
    assert [(day["day"], day["kind"]) for day in days["items"]] == [(row["day"], row["kind"]) for row in seed("calendar.csv")]
    assert proposer.get("programmes/calendar", year=2021).json() == {"items": [], "next": None}
    for query, fault in (("", "required"), ("?year=20", "out_of_range"), ("?year=x", "out_of_range")):
        document = problem(proposer.get(f"programmes/calendar{query}", expect=400), 400, "bad_query")
        assert [(error["pointer"], error["code"]) for error in document["errors"]] == [("year", fault)]


def test_who_may(proposer, confirmer, client_for):
    row = proposer.post("programmes/exclusions", exclusion(valid_from="2140-01-01", valid_to=None), expect=201).json()
    path = f"programmes/exclusions/{row['id']}"
    for read in ("programmes/exclusions", path, "programmes/benefits", "programmes/calendar?year=2020"):
        problem(client_for(None).get(read, expect=401), 401, "unauthenticated")
        problem(client_for("clerk").get(read, expect=403), 403, "forbidden")
    problem(confirmer.post("programmes/exclusions", exclusion()), 403, "forbidden")
    end = {"valid_to": "2141-01-01", "source": "x"}
    problem(confirmer.post(f"{path}/end", end), 403, "forbidden")
    problem(client_for("abroad", scopes=["programmes:write"], district=340104).post(f"{path}/end", end), 404, "not_found")
    problem(client_for("limited", scopes=["programmes:write"], programmes=("orphan",)).post(f"{path}/end", end), 404, "not_found")
    for step, body in (("approval", None), ("rejection", None), ("end/approval", None), ("end/rejection", None)):
        problem(proposer.post(f"{path}/{step}", body), 403, "forbidden")
        problem(client_for("abroad", scopes=["programmes:approve"], district=340104).post(f"{path}/{step}", body), 404, "not_found")
        problem(client_for("limited", scopes=["programmes:approve"], programmes=("orphan",)).post(f"{path}/{step}", body), 404, "not_found")
    abroad = client_for("abroad", scopes=["programmes:read"], district=340104)
    assert abroad.get("programmes/exclusions").json() == {"items": [], "next": None}
    assert abroad.get("programmes/calendar", year=2020).json() == {"items": [], "next": None}
    problem(abroad.get(path, expect=404), 404, "not_found")
    limited = client_for("limited", scopes=["programmes:write"], programmes=("orphan",))
    document = problem(limited.post("programmes/exclusions", exclusion()), 400, "invalid_fields")
    assert [(error["pointer"], error["code"]) for error in document["errors"]] == [("/item", "unknown_item")]
    assert proposer.get(path).json() == row


# What each row of the seed means for people

ROWS = seed("exclusions.csv")
NAMED_TIERS = {row["item_code"] for row in seed("rules.csv") if row["tier_source"] == "enrolment"}
# Standards that nobody knows yet, so that there is something to compare: fen a month until June, and from July.
GUESSED = {("tekun", "self-care"): (100_000, 100_000), ("elderly-care", "standard"): (8_000, 5_000)}
PERIODS = {"disabled-living": "2020-Q2"}  # 2020-06 of the others
OTHER_FEN = {"veteran-living": (6_667, 6_666), "nursing-allowance": (6_001, 6_000)}  # a month: what is higher, and what is not
# By hand. rural-dibao: (7420.00 - 3820.00) / 12 = 300.00. disabled-living: 800.00 / 12 = 66.66 a month, 200.00 a quarter.
LESS_FEN = {("orphan", "rural-dibao"): (126_200, 30_000), ("orphan", "tekun"): (126_200, 100_000), ("orphan", "disabled-living"): (126_200, 6_666)}
OWN_FEN = {"disabled-living": 20_000, "disabled-care": 6_000}


def named(row):
    """A row in words, as the name of its test."""
    return " ".join("-".join(filter(None, part)) for part in ((row["item_code"], row["tier_code"]), (row["kind"],),
                                                              (row["other_item_code"], row["other_tier_code"], row["other_benefit"])))


def of_kind(kind, **columns):
    """The rows of a kind, with or without a benefit, as parameters."""
    rows = [row for row in ROWS if row["kind"] == kind and all(bool(row[name]) == wanted for name, wanted in columns.items())]
    return pytest.mark.parametrize("row", rows, ids=named)


class Pairs(Procedure):
    """People with two benefits each, in an installation whose procedure demands nothing, and where every standard is known."""

    def prepare(self):
        """Open rules, guessed standards."""
        for item in {row[side] for row in ROWS for side in ("item_code", "other_item_code")} - {""} | {"old-age"}:
            self.rule(item, age_min=None, age_max=None)  # one child applies for all of them
        for (item, tier), (first, later) in GUESSED.items():
            for fen, months in ((first, "[2020-01-01,2020-07-01)"), (later, "[2020-07-01,2021-01-01)")):
                self.sql(f"""insert into programmes.standard (district, item_code, tier_code, amount_fen, amount_per, valid, source, confirmed, state,
                                 proposed_by, approved_by) values ({DISTRICT}, '{item}', '{tier}', {fen}, 'month', '{months}', 'x', true, 'APPROVED', 'a', 'b')""")
        return self

    def child(self):
        """A child of grade 1, head of a household with an income of 3820.00 a year; returns person and household."""
        number = id_number(2012)
        person = self.person(id_number=number)
        self.clerk.post(f"beneficiaries/persons/{person}/certificates", {"number": number + "41", "valid_from": "2020-01-01"}, expect=201)
        house = self.clerk.post("beneficiaries/households", {"number": f"P{person}", "division": TOWN}, expect=201).json()["id"]
        for facts, body in (("members", {"person": person, "relation": "01"}), ("incomes", {"per_head_year_fen": 382_000})):
            self.clerk.post(f"beneficiaries/households/{house}/{facts}", {**body, "valid_from": "2020-01-01"}, expect=201)
        return person, house

    def application(self, person, item, tier=""):
        """The body of an application; a tier where the item wants one named."""
        tier = tier or {"orphan": "dispersed", "tekun": "self-care"}.get(item, "relative") if item in NAMED_TIERS else ""
        return {"person": person, "item": item, "applied_on": "2020-03-10", "starts_on": "2020-03-01", **({"tier": tier} if tier else {})}

    def sides(self, row):
        """The items of a row with their tiers."""
        return [(row["item_code"], row["tier_code"]), (row["other_item_code"], row["other_tier_code"])]

    def has(self, person, item, tier=""):
        """An approved enrolment; returns its number."""
        made = self.clerk.post("beneficiaries/enrolments", self.application(person, item, tier), expect=201).json()["id"]
        self.step(made, "approval", {}, expect=200)
        return made

    def gets(self, person, benefit, month_fen=None):
        """A benefit that others pay."""
        body = {"benefit": benefit, "valid_from": "2020-01-01", "source": "名册", **({"month_fen": month_fen} if month_fen else {})}
        self.clerk.post(f"beneficiaries/persons/{person}/other-benefits", body, expect=201)

    def refused(self, response, code):
        """A refusal that names the other benefit as the catalogue does."""
        other = problem(response, 409, "excluded")["other"]
        assert other == {"code": code, "name_zh": self.name(code), "name_en": other["name_en"]} and other["name_en"]

    def name(self, code):
        """The Chinese name of an item or benefit."""
        return self.stack.cluster.psql("huimin_owner", f"select item_zh from programmes.item where code = '{code}' union all"
                                                       f" select name_zh from programmes.benefit where code = '{code}'")

    def line(self, item, unit, period=None):
        """The only line of an explanation."""
        period = period or PERIODS.get(item, "2020-06")
        document = self.client("maker").get(f"payments/entitlements/{item}/{unit}/{period}/explanation").json()
        [line] = document["calculation"]["lines"]
        assert document["due_fen"] == line["amount_fen"] and line["zh"] in document["calculation"]["zh"]
        return line

    def names(self, line, code, *amounts):
        """The sentences name the other benefit and the amounts."""
        assert self.name(code) in line["zh"] and all(f"{fen // 100}.{fen % 100:02d}" in line[words] for fen in amounts for words in ("zh", "en"))


@pytest.fixture(scope="module")
def pairs(bankless, clients):
    """This module's own installation."""
    return Pairs(bankless, clients(bankless)).prepare()


def test_every_row_is_of_a_kind_that_is_tested():
    assert {row["kind"] for row in ROWS} == {"forbidden", "top_up", "take_higher"}
    assert not [row for row in ROWS if row["kind"] == "top_up" and row["other_benefit"]]


@of_kind("forbidden", other_item_code=True)
@pytest.mark.parametrize("turned", [False, True], ids=["straight", "turned"])
@pytest.mark.parametrize("state", ["APPLIED", "APPROVED", "came-between"])
def test_a_forbidden_pair_is_refused(pairs, row, turned, state):
    """Who has the one, or has applied for it, does not get the other; nor does who got it while the application was under way."""
    one, two = reversed(pairs.sides(row)) if turned else pairs.sides(row)
    person, _ = pairs.child()
    if state == "came-between":
        made = pairs.clerk.post("beneficiaries/enrolments", pairs.application(person, *two), expect=201).json()["id"]
        body = pairs.application(person, *one)
        pairs.sql(f"""insert into beneficiaries.enrolment (district, person_id, division, item_code, tier_code, state, applied_on, starts_on, valid, applied_by,
                          decided_by, event_id) select district, person_id, division, '{one[0]}', nullif('{body.get("tier", "")}', ''), 'APPROVED', applied_on,
                          starts_on, daterange(starts_on, null), 'a', 'b', event_id from beneficiaries.enrolment where id = {made}""")
        pairs.refused(pairs.step(made, "approval", {}), one[0])
        return
    if state == "APPROVED":
        pairs.has(person, *one)
    else:
        pairs.clerk.post("beneficiaries/enrolments", pairs.application(person, *one), expect=201)
    pairs.refused(pairs.clerk.post("beneficiaries/enrolments", pairs.application(person, *two)), one[0])
    assert [e["item"] for e in pairs.clerk.get("beneficiaries/enrolments", person=person).json()["items"]] == [one[0]]


@of_kind("forbidden", other_benefit=True)
def test_a_forbidden_benefit_of_others_is_refused(pairs, row):
    item, benefit = row["item_code"], row["other_benefit"]
    person, _ = pairs.child()
    under_way = pairs.clerk.post("beneficiaries/enrolments", pairs.application(person, item, row["tier_code"]), expect=201).json()["id"]
    pairs.gets(person, benefit)
    pairs.refused(pairs.step(under_way, "approval", {}), benefit)
    person, _ = pairs.child()
    pairs.gets(person, benefit)
    pairs.refused(pairs.clerk.post("beneficiaries/enrolments", pairs.application(person, item, row["tier_code"])), benefit)
    assert pairs.clerk.get("beneficiaries/enrolments", person=person).json()["items"] == []


@pytest.mark.parametrize("item, tier, other, other_tier", sorted(
    (row["item_code"], free, row["other_item_code"], row["other_tier_code"]) for row in ROWS if row["kind"] == "forbidden" and row["tier_code"]
    for free in ({"orphan": ["unsupported"]}.get(row["item_code"], ["deep", "accident"]))))
def test_other_tiers_are_free(pairs, item, tier, other, other_tier):
    person, _ = pairs.child()
    pairs.has(person, other, other_tier)
    pairs.has(person, item, tier)


@pytest.mark.parametrize("one, two", [("disabled-living", "disabled-care"), ("old-age", "disabled-living"), ("old-age", "disabled-care"),
                                      ("orphan", "disabled-care"), ("senior-tuition", "senior-grant"), ("rural-dibao", "disabled-living"),
                                      ("rural-dibao", "disabled-care"), ("rural-dibao", "old-age")])
def test_what_may_be_held_together(pairs, one, two):
    person, _ = pairs.child()
    for item in (one, two):
        pairs.clerk.post("beneficiaries/enrolments", pairs.application(person, item), expect=201)


@of_kind("top_up")
@pytest.mark.parametrize("turned", [False, True], ids=["straight", "turned"])
def test_a_top_up_pays_the_difference_and_names_the_other(pairs, row, turned):
    item, other = row["item_code"], row["other_item_code"]
    gross, less = LESS_FEN[item, other]
    person, house = pairs.child()
    sides = pairs.sides(row)
    for side in reversed(sides) if turned else sides:
        pairs.has(person, *side)
    line = pairs.line(item, person)
    assert (line["gross_fen"], [(one["code"], one["name_zh"], one["month_fen"]) for one in line["less"]]) == (gross, [(other, pairs.name(other), less)])
    assert (line["amount_fen"], line["stop"], line["open"]) == (gross - less, None, None)
    pairs.names(line, other, gross, less, gross - less)
    whole = pairs.line(other, house if other == "rural-dibao" else person)  # nothing is taken off the other
    assert whole["less"] is None and whole["amount_fen"] == {"disabled-living": 20_000}.get(other, less)


@of_kind("take_higher", other_benefit=True)
def test_the_higher_is_paid_beside_a_benefit_of_others(pairs, row):
    item, benefit = row["item_code"], row["other_benefit"]
    for month_fen, amount in zip(OTHER_FEN[benefit], (0, OWN_FEN[item])):
        person, _ = pairs.child()
        pairs.gets(person, benefit, month_fen)
        pairs.has(person, item, row["tier_code"])
        line = pairs.line(item, person)
        assert (line["amount_fen"], line["stop"]) == (amount, None if amount else "lower")
        if amount == 0:
            assert line["benefit"]["code"] == benefit and "就高" in line["zh"]
            pairs.names(line, benefit)


@of_kind("take_higher", other_item_code=True)
@pytest.mark.parametrize("turned", [False, True], ids=["straight", "turned"])
def test_only_the_higher_of_two_items_is_paid(pairs, row, turned):
    """In June the other is higher, from July on the row's item."""
    item, other = row["item_code"], row["other_item_code"]
    person, _ = pairs.child()
    sides = pairs.sides(row)
    for side in reversed(sides) if turned else sides:
        pairs.has(person, *side)
    for period, paid, fen, lower in (("2020-06", other, GUESSED[other, "standard"][0], item), ("2020-07", item, OWN_FEN[item], other)):
        assert (pairs.line(paid, person, period)["amount_fen"], pairs.line(paid, person, period)["stop"]) == (fen, None)
        line = pairs.line(lower, person, period)
        assert (line["amount_fen"], line["stop"], line["benefit"]["code"]) == (0, "lower", paid) and "就高" in line["zh"]
        pairs.names(line, paid)
