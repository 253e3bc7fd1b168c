"""Rules, tiers and amounts over HTTP: what may be proposed, what an approval does to what was in force, what is refused."""
import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.client import problem

FRESH = iter(["pre-post-training", "veteran-training", "prenatal-screening", "prenatal-follow-up", "health-code", "medical-insurance",
              "pension-contributors", "premarital-check", "immunisation", "occupational-disease", "compulsory-free", "free-venues",
              "village-plays", "village-sports", "care-centres", "public-kindergartens", "school-buildings",
              "shanty-renewal", "compound-renewal", "smart-home-care"])
CODES = (f"t{n}" for n in itertools.count(1))
SORTS = itertools.count(1)
GAP = {"gap_intended": True}


@pytest.fixture
def item():
    """An item without tiers, rules and standards that no other test uses."""
    return next(FRESH)


@pytest.fixture
def proposer(client_for):
    return client_for("proposer")


@pytest.fixture
def confirmer(client_for):
    return client_for("confirmer")


def rule(**changes):
    """A rule that can be proposed."""
    body = {"valid_from": "2020-01-01", "valid_to": "2021-01-01", "kind": "fixed", "cycle": "month", "tier_source": "single",
            "rounding": "floor_fen", "remainder": "last", "entry_basis": "application_month", "exit_basis": "event_month_paid",
            "lookback_months": 12, "source": "民政部门文件，测试用", "confirmed": False, **changes}
    return {name: value for name, value in body.items() if value is not ...}


def standard(**changes):
    """A standard that can be proposed for the item's tier."""
    body = {"tier": "standard", "amount_fen": 10000, "amount_per": "month", "valid_from": "2020-01-01", "valid_to": "2021-01-01",
            "source": "民政部门文件，测试用", "confirmed": True, **changes}
    return {name: value for name, value in body.items() if value is not ...}


class Shop:
    """The proposer and the confirmer of one item at work. `what` is rules or standards."""

    def __init__(self, proposer, confirmer, item):
        self.proposer, self.confirmer, self.item = proposer, confirmer, item

    def propose(self, what, body, item=None):
        return self.proposer.post(f"programmes/items/{item or self.item}/{what}", body, expect=201).json()

    def refused(self, what, body, code, status=409):
        """The proposal is refused and nothing is stored."""
        path = f"programmes/items/{self.item}/{what}"
        before = self.proposer.get(path, limit=500).json()
        document = problem(self.proposer.post(path, body), status, code)
        assert self.proposer.get(path, limit=500).json() == before
        return document

    def approve(self, what, row, body=None):
        return self.confirmer.post(f"programmes/{what}/{row['id']}/approval", body, expect=200).json()

    def approved(self, what, body, consent=None):
        """Proposed and approved."""
        return self.approve(what, self.propose(what, body), consent)

    def now(self, what, row):
        return self.proposer.get(f"programmes/{what}/{row['id']}").json()

    def propose_tier(self, code="standard", item=None, **more):
        body = {"code": code, "name_zh": "档次", "name_en": "Tier", **more}
        return self.proposer.post(f"programmes/items/{item or self.item}/tiers", body, expect=201).json()

    def decide_tier(self, code, step="approval", item=None, by=None):
        return (by or self.confirmer).post(f"programmes/items/{item or self.item}/tiers/{code}/{step}")

    def tier(self, code="standard", item=None, **more):
        """Proposed and approved."""
        self.propose_tier(code, item, **more)
        answer = self.decide_tier(code, item=item)
        assert answer.status_code == 200
        return answer.json()


@pytest.fixture
def shop(proposer, confirmer, item):
    return Shop(proposer, confirmer, item)


ELSEWHERE = 340111


@pytest.fixture
def open_shop(stack, client_for):
    """open_shop() is another district's shop with an item of its own: the catalogue has not enough of them."""
    people = [client_for(name, scopes=["programmes:read", scope], district=ELSEWHERE) for name, scope in (
        ("proposer", "programmes:write"), ("confirmer", "programmes:approve"))]

    def make():
        sort = next(SORTS)
        stack.cluster.psql("huimin_owner", f"""
            insert into programmes.item (district, code, sort, programme_no, programme_zh, programme_en, item_zh, item_en, lead_unit_zh, kind,
                                         indicator_zh, indicator_en, target_op, target, unit, per_person_payment)
            values ({ELSEWHERE}, 'shop-{sort}', {sort}, 1, '测试', 'Test', '测试{sort}', 'Test {sort}', '区民政局', 'subsidy', '人数', 'people', '=', 1, 'person',
                    'yes')""")
        return Shop(*people, f"shop-{sort}")

    return make


def validity(row):
    return row["valid_from"], row["valid_to"], row["state"]


# The way of a rule

def test_from_proposal_to_approval(shop, client_for):
    made = shop.proposer.post(f"programmes/items/{shop.item}/rules", rule(), expect=201)
    row = made.json()
    assert made.headers["Location"] == f"/api/v1/programmes/rules/{row['id']}"
    assert (row["item"], row["state"], row["version"], row["proposed_by"], row["approved_by"]) == (shop.item, "PROPOSED", 1, "proposer", None)
    assert {name: row[name] for name in ("accrual", "age_min", "age_max", "age_max_at_school", "certificate_types", "basis_item", "basis_tier",
                                         "months_max", "grace_months_max", "netting_cap_percent", "one_per_household", "once_per",
                                         "review_required", "notice_days", "notice_day_kind", "hearing_required", "documents", "checks")} == {
        "accrual": "each_month", "age_min": None, "age_max": None, "age_max_at_school": False, "certificate_types": None, "basis_item": None,
        "basis_tier": None, "months_max": None, "grace_months_max": 0, "netting_cap_percent": 0, "one_per_household": False,
        "once_per": "enrolment", "review_required": False, "notice_days": 0, "notice_day_kind": "calendar", "hearing_required": False,
        "documents": [], "checks": []}
    assert shop.proposer.get(f"programmes/items/{shop.item}").json()["rules"] == []
    approved = shop.approve("rules", row)
    assert approved == {**row, "state": "APPROVED", "version": 2, "approved_by": "confirmer", "approved_at": approved["approved_at"]}
    assert shop.proposer.get(f"programmes/items/{shop.item}").json()["rules"] == [approved]
    assert shop.proposer.get(f"programmes/items/{shop.item}/rules").json() == {"items": [approved], "next": None}
    events = client_for("auditor").get("audit/events", entity="rule", id=row["id"]).json()["items"]
    assert [(event["act"], event["actor"], event["seq"]) for event in events] == [("propose", "proposer", 1), ("approve", "confirmer", 2)]


def test_every_member_is_kept(shop):
    full = rule(kind="once", cycle="month", accrual="last_month", tier_source="age", rounding="up_yuan", remainder="cumulative",
                entry_basis="month_after_birthday", exit_basis="end_of_notice", lookback_months=0, age_min=16, age_max=24, age_max_at_school=True,
                certificate_types=[6, 7], months_max=36, grace_months_max=6, netting_cap_percent=30, one_per_household=True, once_per="lifetime",
                review_required=True, notice_days=7, notice_day_kind="working", hearing_required=True,
                documents=["application", "consent", "identity"], checks=["identity", "age"], confirmed=True, valid_to=None)
    row = shop.propose("rules", full)
    assert {name: row[name] for name in full} == full
    nulls = shop.propose("rules", rule(age_min=None, age_max=None, certificate_types=None, basis_item=None, basis_tier=None, months_max=None,
                                       replaces=None))
    assert nulls["age_min"] is nulls["certificate_types"] is nulls["basis_item"] is nulls["replaces"] is None


@pytest.mark.parametrize("changes, faults", [
    ({"valid_from": "2020-01-02"}, {("/valid_from", "bad_value")}),
    ({"valid_to": "2020-01-01"}, {("/valid_to", "out_of_range")}),
    ({"valid_to": "2019-01-01"}, {("/valid_to", "out_of_range")}),
    ({"cycle": "quarter", "valid_from": "2020-02-01"}, {("/valid_from", "cycle_day")}),
    ({"cycle": "half", "valid_from": "2020-04-01"}, {("/valid_from", "cycle_day")}),
    ({"cycle": "year", "valid_to": "2020-07-01"}, {("/valid_to", "cycle_day")}),
    ({"kind": "per_term", "cycle": "term"}, {("/valid_from", "cycle_day"), ("/valid_to", "cycle_day")}),
    ({"kind": "per_term"}, {("/cycle", "unfit")}),
    ({"cycle": "term", "valid_from": "2020-02-01", "valid_to": "2020-08-01"}, {("/cycle", "unfit")}),
    ({"kind": "household_topup", "tier_source": "age", "accrual": "first_month"}, {("/tier_source", "unfit"), ("/accrual", "unfit")}),
    ({"kind": "percentage"}, {("/basis_item", "required"), ("/basis_tier", "required")}),
    ({"kind": "percentage", "basis_item": "rural-dibao", "basis_tier": "golden"}, {("/basis_tier", "unknown_tier")}),
    ({"basis_item": "rural-dibao", "basis_tier": "standard"}, {("/basis_item", "unfit"), ("/basis_tier", "unfit")}),
    ({"age_min": 60, "age_max": 60}, {("/age_max", "out_of_range")}),
    ({"age_min": 151}, {("/age_min", "out_of_range")}),
    ({"certificate_types": [8]}, {("/certificate_types", "out_of_range")}),
    ({"certificate_types": []}, {("/certificate_types", "too_short")}),
    ({"documents": ["passport"]}, {("/documents", "bad_value")}),
    ({"documents": "application"}, {("/documents", "wrong_type")}),
    ({"checks": ["identity", "horoscope"]}, {("/checks", "bad_value")}),
    ({"kind": "generous", "rounding": "up", "entry_basis": "soon"}, {("/kind", "bad_value"), ("/rounding", "bad_value"), ("/entry_basis", "bad_value")}),
    ({"netting_cap_percent": 91}, {("/netting_cap_percent", "out_of_range")}),
    ({"source": " "}, {("/source", "too_short")}),
    ({"kind": ..., "confirmed": ...}, {("/kind", "required"), ("/confirmed", "required")}),
    ({"state": "APPROVED"}, {("/state", "unknown_field")}),
    ({"item_code": "orphan"}, {("/item_code", "unknown_field")})])
def test_faulty_proposals(proposer, changes, faults):
    before = proposer.get("programmes/items/legal-aid/rules").json()
    document = problem(proposer.post("programmes/items/legal-aid/rules", rule(**changes)), 400, "invalid_fields")
    assert {(error["pointer"], error["code"]) for error in document["errors"]} == faults
    assert proposer.get("programmes/items/legal-aid/rules").json() == before


def test_nobody_approves_an_own_rule_and_decisions_are_final(shop, client_for):
    row = shop.propose("rules", rule())
    problem(client_for("proposer", scopes=["programmes:approve"]).post(f"programmes/rules/{row['id']}/approval"), 403, "same_person")
    for person in ("proposer", "supervisor", "clerk"):
        for step in ("approval", "rejection"):
            problem(client_for(person).post(f"programmes/rules/{row['id']}/{step}"), 403, "forbidden")
    assert shop.now("rules", row) == row
    rejected = shop.confirmer.post(f"programmes/rules/{row['id']}/rejection", expect=200).json()
    assert (rejected["state"], rejected["version"], rejected["approved_by"]) == ("REJECTED", 2, None)
    for step in ("approval", "rejection"):
        problem(shop.confirmer.post(f"programmes/rules/{row['id']}/{step}"), 409, "wrong_state")
    own = shop.propose("rules", rule())
    withdrawn = client_for("proposer", scopes=["programmes:approve"]).post(f"programmes/rules/{own['id']}/rejection", expect=200).json()
    assert withdrawn["state"] == "REJECTED"
    problem(shop.confirmer.post(f"programmes/rules/{row['id']}/approval", {"reason": "x"}), 400, "invalid_fields")


# Time: overlaps, gaps, replacing

@pytest.mark.parametrize("what", ["rules", "standards"])
def test_overlaps_and_gaps(shop, what):
    one, make = what[:-1], rule if what == "rules" else standard
    shop.tier()
    first = shop.approved(what, make(valid_from="2020-01-01", valid_to="2021-01-01"))
    for valid in (("2020-01-01", "2021-01-01"), ("2020-12-01", None), ("2019-01-01", "2020-02-01"), ("2020-06-01", "2020-07-01"), ("2019-01-01", None)):
        document = shop.refused(what, make(valid_from=valid[0], valid_to=valid[1]), f"{one}_overlaps")
        assert document["see"] == f"/api/v1/programmes/{what}/{first['id']}"
        shop.refused(what, make(valid_from=valid[0], valid_to=valid[1], **GAP), f"{one}_overlaps")
    for valid in (("2021-02-01", None), ("2018-01-01", "2019-12-01")):
        shop.refused(what, make(valid_from=valid[0], valid_to=valid[1]), f"{one}_gap")
    shop.approved(what, make(valid_from="2021-01-01", valid_to="2022-01-01"))
    apart = shop.propose(what, make(valid_from="2023-01-01", valid_to=None, **GAP))
    problem(shop.confirmer.post(f"programmes/{what}/{apart['id']}/approval"), 409, f"{one}_gap")
    assert shop.now(what, apart) == apart
    shop.approve(what, apart, GAP)
    shop.refused(what, make(valid_from="2022-02-01", valid_to="2023-01-01"), f"{one}_gap")
    filling = shop.approved(what, make(valid_from="2022-01-01", valid_to="2023-01-01"))
    assert shop.now(what, first)["version"] == 2 and filling["state"] == "APPROVED"


@pytest.mark.parametrize("what", ["rules", "standards"])
def test_a_new_one_cuts_or_replaces_the_old(shop, client_for, what):
    make = rule if what == "rules" else standard
    shop.tier()
    old = shop.approved(what, make(valid_from="2020-01-01", valid_to=None))
    new = shop.propose(what, make(valid_from="2020-07-01", valid_to=None, replaces=old["id"]))
    assert validity(shop.now(what, old)) == ("2020-01-01", None, "APPROVED")
    shop.approve(what, new)
    assert validity(shop.now(what, old)) == ("2020-01-01", "2020-07-01", "APPROVED")
    again = shop.approved(what, make(valid_from="2020-07-01", valid_to=None, replaces=new["id"]))
    assert validity(shop.now(what, new)) == ("2020-07-01", None, "REPLACED") and shop.now(what, new)["approved_by"] == "confirmer"
    shop.refused(what, make(valid_from="2020-06-01", valid_to=None, replaces=again["id"]), f"{what[:-1]}_overlaps")
    events = client_for("auditor").get("audit/events", entity=what[:-1], id=old["id"]).json()["items"]
    assert [event["act"] for event in events] == ["propose", "approve", "cut"]
    events = client_for("auditor").get("audit/events", entity=what[:-1], id=new["id"]).json()["items"]
    assert [event["act"] for event in events] == ["propose", "approve", "replace"]


def test_what_cannot_be_replaced(shop):
    old = shop.approved("rules", rule())
    proposed = shop.propose("rules", rule(valid_from="2021-01-01", valid_to=None))
    for replaced, valid_from in ((999_999_999, "2020-07-01"), (proposed["id"], "2021-01-01"), (old["id"], "2021-01-01")):
        shop.refused("rules", rule(valid_from=valid_from, valid_to=None, replaces=replaced), "replaced_missing")
    # what the old one covered and the new one does not is a gap
    shop.refused("rules", rule(valid_from="2020-06-01", valid_to="2020-09-01", replaces=old["id"]), "rule_gap")
    other = shop.propose("rules", rule(valid_from="2020-06-01", valid_to="2020-09-01", replaces=old["id"], **GAP))
    shop.approve("rules", other, GAP)
    assert validity(shop.now("rules", old)) == ("2020-01-01", "2020-06-01", "APPROVED")


PROCEDURE = {"accrual": "last_month", "age_min": 16, "age_max": 60, "age_max_at_school": True, "certificate_types": [6, 7], "months_max": 36,
             "grace_months_max": 6, "netting_cap_percent": 30, "one_per_household": True, "once_per": "lifetime", "review_required": True,
             "notice_days": 7, "notice_day_kind": "working", "hearing_required": True, "documents": ["application", "consent"],
             "checks": ["identity", "age"]}


def test_what_replaces_a_rule_says_only_what_changes(shop):
    old = shop.approved("rules", rule(confirmed=True, **PROCEDURE))
    short = {"valid_from": "2020-07-01", "source": "新的文件", "confirmed": False, "replaces": old["id"]}
    new = shop.propose("rules", {**short, "notice_days": 10, "age_max": None, "checks": ["identity"]})
    own = ("id", "valid_from", "source", "confirmed", "replaces", "state", "proposed_at", "approved_by", "approved_at", "version", "changes")
    changed = {"notice_days": 10, "age_max": None, "checks": ["identity"]}
    assert {name: value for name, value in new.items() if name not in own} == {
        **{name: value for name, value in old.items() if name not in own}, **changed}
    expected = [{"field": "age_max", "from": 60, "to": None}, {"field": "checks", "from": ["identity", "age"], "to": ["identity"]},
                {"field": "confirmed", "from": True, "to": False}, {"field": "notice_days", "from": 7, "to": 10},
                {"field": "source", "from": old["source"], "to": "新的文件"},
                {"field": "valid_from", "from": "2020-01-01", "to": "2020-07-01"}]
    assert new["changes"] == expected == shop.now("rules", new)["changes"]
    assert shop.now("rules", old)["changes"] == []
    assert shop.approve("rules", new)["changes"] == []
    assert validity(shop.now("rules", old)) == ("2020-01-01", "2020-07-01", "APPROVED")


def test_what_replaces_a_rule_is_checked_as_a_whole(shop, proposer):
    old = shop.approved("rules", rule(**PROCEDURE))
    path = f"programmes/items/{shop.item}/rules"
    short = {"valid_from": "2020-07-01", "source": "新的文件", "confirmed": False, "replaces": old["id"]}
    for body, faults in (({"replaces": old["id"]}, {("/valid_from", "required"), ("/source", "required"), ("/confirmed", "required")}),
                         ({**short, "age_min": 60}, {("/age_max", "out_of_range")}), ({**short, "kind": "household_topup"}, {("/accrual", "unfit")}),
                         ({**short, "cycle": "quarter", "valid_from": "2020-08-01"}, {("/valid_from", "cycle_day")}),
                         ({**short, "valid_from": "2021-01-01"}, {("/valid_to", "out_of_range")}), ({**short, "checks": None}, {("/checks", "wrong_type")}),
                         ({**short, "notice_days": 61, "kind": 1}, {("/notice_days", "out_of_range"), ("/kind", "wrong_type")})):
        document = problem(proposer.post(path, body), 400, "invalid_fields")
        assert {(error["pointer"], error["code"]) for error in document["errors"]} == faults
    problem(proposer.post(path, {**short, "replaces": 999_999_999}), 409, "replaced_missing")
    problem(proposer.post("programmes/items/legal-aid/rules", short), 409, "replaced_missing")  # another item's rule lends nothing
    document = problem(proposer.post(path, {**short, "replaces": None}), 400, "invalid_fields")
    assert ("/kind", "required") in {(error["pointer"], error["code"]) for error in document["errors"]}


def test_a_rule_is_cut_where_one_of_its_own_periods_begins(open_shop):
    """Otherwise the months before the cut would be paid twice: in the old quarter and in the new months."""
    shop = open_shop()
    old = shop.approved("rules", rule(cycle="quarter", valid_to=None))
    for day in ("2020-05-01", "2020-06-01"):
        shop.refused("rules", rule(valid_from=day, valid_to=None, replaces=old["id"]), "cycle_day")
    first = shop.propose("rules", rule(valid_from="2020-07-01", valid_to=None, replaces=old["id"]))
    assert shop.approve("rules", first)["state"] == "APPROVED" and shop.now("rules", old)["valid_to"] == "2020-07-01"
    shop.refused("rules", rule(cycle="quarter", valid_from="2020-07-01", valid_to="2020-10-01", replaces=first["id"]), "rule_gap")
    half = shop.propose("rules", rule(cycle="half", valid_from="2020-07-01", valid_to=None, replaces=first["id"]))
    month = shop.propose("rules", rule(valid_from="2020-08-01", valid_to=None, replaces=first["id"]))
    shop.approve("rules", half)
    problem(shop.confirmer.post(f"programmes/rules/{month['id']}/approval"), 409, "replaced_missing")


def test_an_unconfirmed_standard_does_not_take_a_confirmed_ones_place(open_shop):
    """Unconfirmed standards are not paid: everybody would stand without."""
    shop = open_shop()
    shop.tier()
    unconfirmed = shop.approved("standards", standard(confirmed=False))
    better = shop.propose("standards", standard(valid_from="2020-07-01", confirmed=False, amount_fen=1, replaces=unconfirmed["id"]))
    known = shop.approved("standards", standard(replaces=unconfirmed["id"]))
    for day in ("2020-01-01", "2020-07-01"):
        shop.refused("standards", standard(valid_from=day, confirmed=False, replaces=known["id"]), "unconfirmed_replaces_confirmed")
    problem(shop.confirmer.post(f"programmes/standards/{better['id']}/approval"), 409, "replaced_missing")
    assert shop.now("standards", known) == known
    assert shop.approved("standards", standard(valid_from="2020-07-01", amount_fen=1, replaces=known["id"]))["confirmed"]


def test_the_approval_decides_about_the_replaced_one_too(shop):
    old = shop.approved("rules", rule(valid_to=None))
    first = shop.propose("rules", rule(valid_from="2020-07-01", valid_to=None, replaces=old["id"]))
    second = shop.propose("rules", rule(valid_from="2020-10-01", valid_to=None, replaces=old["id"]))
    shop.approve("rules", first)
    problem(shop.confirmer.post(f"programmes/rules/{second['id']}/approval"), 409, "replaced_missing")
    now = shop.now("rules", second)
    assert now["changes"] == [*second["changes"], {"field": "valid_to", "from": "2020-07-01", "to": None}]  # by what was approved meanwhile
    assert {**now, "changes": []} == {**second, "changes": []} and validity(shop.now("rules", first)) == ("2020-07-01", None, "APPROVED")


@pytest.mark.parametrize("what", ["rules", "standards"])
def test_of_two_approvals_at_once_one_wins(shop, what):
    """Not by the exclusion constraint alone: with a gap between them, each would pass on its own."""
    make = rule if what == "rules" else standard
    shop.tier()
    for year in (2020, 2030, 2040):
        rows = [shop.propose(what, make(valid_from=f"{year + n}-01-01", valid_to=f"{year + n + 1}-01-01", **GAP)) for n in (0, 2, 4, 6)]
        base = [row for row in shop.proposer.get(f"programmes/items/{shop.item}/{what}", limit=500).json()["items"] if row["state"] == "APPROVED"]
        consent = GAP if base else None
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda row, consent=consent: shop.confirmer.post(f"programmes/{what}/{row['id']}/approval", consent), rows))
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses == ([200] * 4 if consent else [200, 409, 409, 409])


def test_two_replacing_the_same_at_once(shop):
    old = shop.approved("rules", rule(valid_to=None))
    rows = [shop.propose("rules", rule(valid_from=f"2020-0{month}-01", valid_to=None, replaces=old["id"])) for month in (3, 5, 7, 9)]
    with ThreadPoolExecutor(4) as pool:
        statuses = [answer.status_code for answer in pool.map(lambda row: shop.confirmer.post(f"programmes/rules/{row['id']}/approval"), rows)]
    approved = [row for row in shop.proposer.get(f"programmes/items/{shop.item}/rules").json()["items"] if row["state"] == "APPROVED"]
    # a later one may cut a cut one again only where it still reaches: never an overlap or a gap between them
    ranges = sorted((row["valid_from"], row["valid_to"]) for row in approved)
    assert all(before[1] == after[0] for before, after in zip(ranges, ranges[1:])) and ranges[0][0] == "2020-01-01" and ranges[-1][1] is None
    assert statuses.count(200) == len(ranges) - 1 == 1


# Percentages and other amounts

def test_percentages(shop):
    shop.tier()
    shop.refused("standards", standard(amount_fen=..., amount_per="percent", basis_points=13000), "amount_per_unfit")
    row = shop.approved("rules", rule(kind="percentage", basis_item="rural-dibao", basis_tier="standard"))
    assert (row["basis_item"], row["basis_tier"]) == ("rural-dibao", "standard")
    made = shop.approved("standards", standard(amount_fen=..., amount_per="percent", basis_points=13000))
    assert (made["amount_fen"], made["basis_points"], made["amount_per"]) == (None, 13000, "percent")
    shop.refused("standards", standard(valid_from="2020-06-01", replaces=made["id"]), "amount_per_unfit")
    shop.refused("rules", rule(kind="percentage", basis_item=shop.item, basis_tier="standard", valid_from="2021-01-01", valid_to=None), "basis_circular")


def test_no_percentage_of_a_percentage(shop):
    other = next(FRESH)
    for code in (shop.item, other):
        shop.tier(item=code)
    mine = rule(kind="percentage", basis_item=other, basis_tier="standard")
    theirs = rule(kind="percentage", basis_item=shop.item, basis_tier="standard")
    reverse = shop.propose("rules", theirs, item=other)
    shop.approved("rules", mine)
    problem(shop.confirmer.post(f"programmes/rules/{reverse['id']}/approval"), 409, "basis_circular")
    based = rule(kind="percentage", basis_item="rural-dibao", basis_tier="standard")
    problem(shop.proposer.post(f"programmes/items/{other}/rules", based), 409, "basis_circular")


@pytest.mark.parametrize("kind, good, bad", [
    ("fixed", ("month", "year"), ("term", "day", "case")), ("per_unit", ("day", "month", "case"), ("year", "term")),
    ("per_case", ("case",), ("month", "year")), ("once", ("case", "year"), ("month", "term")),
    ("per_term", ("term", "year"), ("month", "day", "case"))])
def test_amounts_go_with_the_rule(proposer, confirmer, kind, good, bad):
    """One item, a time of its own for each kind."""
    shop = Shop(proposer, confirmer, "legal-aid")
    year = 2100 + 4 * ["fixed", "per_unit", "per_case", "once", "per_term"].index(kind)
    term = {"tier_source": "enrolment", **({"cycle": "term", "accrual": "first_month"} if kind == "per_term" else {})}
    valid = {"valid_from": f"{year}-02-01", "valid_to": f"{year + 1}-02-01", **GAP}
    shop.approved("rules", rule(kind=kind, **term, **valid), GAP)
    tier = next(CODES)
    shop.tier(tier)
    for per in bad:
        shop.refused("standards", standard(tier=tier, amount_per=per, **valid), "amount_per_unfit")
    for per in good:
        assert shop.propose("standards", standard(tier=tier, amount_per=per, **valid))["amount_per"] == per


def test_a_standard_is_rejected(shop):
    shop.tier()
    row = shop.propose("standards", standard())
    rejected = shop.confirmer.post(f"programmes/standards/{row['id']}/rejection", expect=200).json()
    assert (rejected["state"], rejected["version"], rejected["approved_by"]) == ("REJECTED", 2, None)
    problem(shop.confirmer.post(f"programmes/standards/{row['id']}/approval"), 409, "wrong_state")
    problem(shop.confirmer.post("programmes/standards/999999999/rejection"), 404, "not_found")


# Tiers

def test_tiers_by_age_and_grade(shop, client_for):
    made = shop.proposer.post(f"programmes/items/{shop.item}/tiers", {"code": "old", "name_zh": "高龄", "name_en": "Old", "age_from": 80, "age_to": 90},
                              expect=201)
    assert made.headers["Location"] == f"/api/v1/programmes/items/{shop.item}"
    assert made.json() == {"code": "old", "name_zh": "高龄", "name_en": "Old", "disability_grades": None, "age_from": 80, "age_to": 90,
                           "state": "PROPOSED", "proposed_by": "proposer", "proposed_at": made.json()["proposed_at"], "approved_by": None,
                           "approved_at": None, "version": 1}
    late = shop.propose_tier("late", age_from=85, age_to=95)  # only approved tiers stand in each other's way
    approved = shop.decide_tier("old").json()
    assert approved == {**made.json(), "state": "APPROVED", "version": 2, "approved_by": "confirmer", "approved_at": approved["approved_at"]}
    problem(shop.decide_tier("late"), 409, "tier_overlaps")
    assert late in shop.proposer.get(f"programmes/items/{shop.item}").json()["tiers"]
    assert shop.decide_tier("late", "rejection").json()["state"] == "REJECTED"
    shop.tier("older", age_from=90, age_to=None)
    shop.tier("severe", disability_grades=[1, 2])
    shop.tier("light", disability_grades=[3, 4])
    shop.tier("any")
    tiers = shop.proposer.get(f"programmes/items/{shop.item}").json()["tiers"]
    assert [(tier["code"], tier["state"]) for tier in tiers] == [("any", "APPROVED"), ("late", "REJECTED"), ("light", "APPROVED"), ("old", "APPROVED"),
                                                                 ("older", "APPROVED"), ("severe", "APPROVED")]
    path = f"programmes/items/{shop.item}/tiers"
    names = {"name_zh": "档", "name_en": "Tier"}
    for body in ({"age_from": 89, "age_to": 91}, {"age_to": 81}, {"age_from": 100}, {"disability_grades": [4]}, {"disability_grades": [2, 3], "age_from": 1}):
        problem(shop.proposer.post(path, {"code": "more", **names, **body}), 409, "tier_overlaps")
    problem(shop.proposer.post(path, {"code": "any", **names}), 409, "already_exists")
    for body, fault in (({"code": "Old"}, ("/code", "bad_characters")), ({"code": "x", "age_from": 9, "age_to": 9}, ("/age_to", "out_of_range")),
                        ({"code": "x", "disability_grades": []}, ("/disability_grades", "too_short")),
                        ({"code": "x", "disability_grades": [5]}, ("/disability_grades", "out_of_range")), ({}, ("/code", "required"))):
        document = problem(shop.proposer.post(path, {**names, **body}), 400, "invalid_fields")
        assert [(error["pointer"], error["code"]) for error in document["errors"]] == [fault]
    problem(shop.confirmer.post(path, {"code": "more", **names}), 403, "forbidden")
    assert shop.proposer.get(f"programmes/items/{shop.item}").json()["tiers"] == tiers
    events = client_for("auditor").get("audit/events", entity="tier", id=f"{shop.item}/old").json()["items"]
    assert [(event["act"], event["actor"]) for event in events] == [("propose", "proposer"), ("approve", "confirmer")]


def test_nobody_approves_an_own_tier(open_shop, client_for):
    shop, own = open_shop(), client_for("proposer", scopes=["programmes:approve"], district=ELSEWHERE)
    shop.propose_tier()
    problem(shop.decide_tier("standard", by=own), 403, "same_person")
    for step in ("approval", "rejection"):
        for person in ("proposer", "supervisor"):
            problem(shop.decide_tier("standard", step, by=client_for(person)), 403, "forbidden")
        problem(shop.decide_tier("nothing", step), 404, "not_found")
        problem(shop.decide_tier("standard", step, by=client_for("abroad", scopes=["programmes:approve"], district=340104)), 404, "not_found")
        limited = client_for("limited", scopes=["programmes:approve"], district=ELSEWHERE, programmes=("orphan",))
        problem(shop.decide_tier("standard", step, by=limited), 404, "not_found")
    assert shop.decide_tier("standard").json()["approved_by"] == "confirmer"
    for step in ("approval", "rejection"):
        problem(shop.decide_tier("standard", step), 409, "wrong_state")
    shop.propose_tier("second")
    assert shop.decide_tier("second", "rejection", by=own).json()["state"] == "REJECTED"  # taken back
    problem(shop.decide_tier("second"), 409, "wrong_state")


def test_only_approved_tiers_can_be_named_but_a_standard_comes_before(open_shop):
    shop, other = open_shop(), open_shop().item
    shop.propose_tier()
    percentage = rule(kind="percentage", basis_item=shop.item, basis_tier="standard")
    pair = {"item": shop.item, "tier": "standard", "kind": "forbidden", "other_item": other, "valid_from": "2190-01-01", "source": "x",
            "confirmed": False}
    for path, body, pointer in ((f"programmes/items/{other}/rules", percentage, "/basis_tier"), ("programmes/exclusions", pair, "/tier")):
        document = problem(shop.proposer.post(path, body), 400, "invalid_fields")
        assert [(error["pointer"], error["code"]) for error in document["errors"]] == [(pointer, "unknown_tier")]
    assert shop.approved("standards", standard())["state"] == "APPROVED"  # so that the item does not stop when its tier is approved
    assert shop.decide_tier("standard").status_code == 200
    shop.propose_tier("second")
    shop.decide_tier("second", "rejection")
    document = problem(shop.proposer.post(f"programmes/items/{shop.item}/standards", standard(tier="second")), 400, "invalid_fields")
    assert [error["code"] for error in document["errors"]] == ["unknown_tier"]


def test_a_rule_for_one_tier_allows_no_second(open_shop):
    """In force or proposed; and no such rule where there are several tiers. Once the last rule knows tiers, there may be more."""
    shop = open_shop()
    second = {"code": "second", "name_zh": "档", "name_en": "Tier"}
    path = f"programmes/items/{shop.item}/tiers"
    shop.tier()
    early = shop.propose_tier("early")
    proposed = shop.propose("rules", rule())
    problem(shop.proposer.post(path, second), 409, "single_tier")
    problem(shop.decide_tier("early"), 409, "single_tier")
    shop.approve("rules", proposed)
    problem(shop.proposer.post(path, second), 409, "single_tier")
    problem(shop.decide_tier("early"), 409, "single_tier")
    assert early in shop.proposer.get(f"programmes/items/{shop.item}").json()["tiers"]
    shop.approved("rules", rule(valid_from="2021-01-01", valid_to=None, tier_source="enrolment"))
    assert shop.decide_tier("early").status_code == 200
    shop.tier("second")
    shop.refused("rules", rule(valid_from="2022-01-01", valid_to=None, gap_intended=True), "single_tier")


# Who may

def test_scopes_and_districts(shop, client_for):
    row = shop.propose("rules", rule())
    reads = (f"programmes/items/{shop.item}/rules", f"programmes/rules/{row['id']}")
    for path in reads:
        problem(client_for(None).get(path, expect=401), 401, "unauthenticated")
        problem(client_for("clerk").get(path, expect=403), 403, "forbidden")
        problem(client_for("abroad", scopes=["programmes:read"], district=340104).get(path, expect=404), 404, "not_found")
    abroad = client_for("abroad", scopes=["programmes:write", "programmes:approve"][:1], district=340104)
    for what, body in (("rules", rule()), ("tiers", {"code": "x", "name_zh": "x", "name_en": "x"})):
        problem(abroad.post(f"programmes/items/{shop.item}/{what}", body), 404, "not_found")
        problem(shop.confirmer.post(f"programmes/items/{shop.item}/{what}", body), 403, "forbidden")
        limited = client_for("limited", scopes=["programmes:write"], programmes=("orphan",))
        problem(limited.post(f"programmes/items/{shop.item}/{what}", body), 404, "not_found")
        problem(shop.proposer.post(f"programmes/items/nothing/{what}", body), 404, "not_found")
    for step in ("approval", "rejection"):
        path = f"programmes/rules/{row['id']}/{step}"
        problem(client_for("abroad", scopes=["programmes:approve"], district=340104).post(path), 404, "not_found")
        problem(client_for("limited", scopes=["programmes:approve"], programmes=("orphan",)).post(path), 404, "not_found")
    for path in ("programmes/rules/0", "programmes/rules/x", "programmes/rules/999999999", "programmes/items/nothing/rules"):
        problem(shop.proposer.get(path, expect=404), 404, "not_found")
    assert shop.now("rules", row) == row
