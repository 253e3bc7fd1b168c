"""The life of an enrolment over HTTP, from its approval on: ends, hearings, suspensions, tiers, reviews, and who reaches what."""
import pytest

from population import PEOPLE_HEADER
from support.client import problem
from support.procedure import EVIDENCE, ITEM, TIERED, fields
from support.register import STREET, TOWN, id_number, person_row


@pytest.fixture(autouse=True)
def open_rules(life):
    """Every test begins with items that demand nothing."""
    life.open_rules()


# ---- ends

def end(life, enrolment, **body):
    """An end by the clerk."""
    return life.step(enrolment, "end", {"cause": "moved", "evidence": EVIDENCE, **body}, by="clerk")


@pytest.mark.parametrize("basis, more, until", [
    ("same_month", {}, "2020-06-01"), ("event_month_paid", {}, "2020-07-01"),
    ("end_of_notice", {"notice_ends_on": "2020-08-31"}, "2020-09-01")])
def test_the_exit_basis_sets_the_last_month(life, basis, more, until):
    life.rule(ITEM, exit_basis=basis)
    try:
        ended = end(life, life.approved(ITEM), ended_on="2020-06-30", **more).json()
        assert (ended["state"], ended["valid_from"], ended["valid_until"]) == ("ENDED", "2020-03-01", until)
        assert (ended["end_cause"], ended["evidence"], ended["notice_ends_on"]) == ("moved", EVIDENCE, more.get("notice_ends_on"))
    finally:
        life.rule(ITEM, exit_basis="event_month_paid")


def test_an_end_that_counts_from_its_decision(life):
    life.rule(ITEM, exit_basis="month_after_event")
    try:
        this_month = life.today()[:8] + "01"
        next_month = life.stack.cluster.psql("huimin_owner", f"select ('{this_month}'::date + interval '1 month')::date").strip()
        assert end(life, life.approved(ITEM), ended_on="2020-06-30").json()["valid_until"] == next_month
        person = life.person()
        made = life.approved(ITEM, person)
        life.clerk.patch(f"beneficiaries/persons/{person}", {"death_date": "2020-06-30"}, etag='"1"', expect=200)
        died = life.step(made, "end", {"cause": "death", "evidence": EVIDENCE, "ended_on": "2020-06-30"}, by="clerk").json()
        assert died["valid_until"] == "2020-07-01"
    finally:
        life.rule(ITEM, exit_basis="event_month_paid")


def test_grace_is_for_income_and_has_its_limit(life):
    life.rule(ITEM, grace_months_max=6)
    made = life.approved(ITEM)
    assert fields(end(life, made, ended_on="2020-06-30", grace_months=1), "invalid_fields", 400) == [("/grace_months", "out_of_range")]
    assert fields(end(life, made, ended_on="2020-06-30", grace_months=7, cause="income"), "invalid_fields", 400) == [("/grace_months", "out_of_range")]
    ended = end(life, made, ended_on="2020-06-30", grace_months=6, cause="income").json()
    assert (ended["valid_until"], ended["grace_months"]) == ("2021-01-01", 6)


def test_an_end_is_checked_and_a_wrong_one_stores_nothing(life):
    made = life.approved(ITEM)
    before = life.get(made)
    number = id_number()
    for body, wanted in (({"ended_on": "2020-02-29"}, ("/ended_on", "out_of_range")), ({"ended_on": "2020-02-30"}, ("/ended_on", "bad_date")),
                         ({}, ("/ended_on", "required")), ({"ended_on": "2199-01-01"}, ("/ended_on", "out_of_range")),
                         ({"ended_on": "2020-06-30", "cause": "boredom"}, ("/cause", "bad_value")),
                         ({"ended_on": "2020-06-30", "evidence": f"身份证 {number}"}, ("/evidence", "personal_data")),
                         ({"ended_on": "2020-06-30", "evidence": "字" * 65}, ("/evidence", "too_long")),
                         ({"ended_on": "2020-06-30", "evidence": None}, ("/evidence", "wrong_type")),
                         ({"ended_on": "2020-06-30", "notice_ends_on": "2020-07-07"}, ("/notice_ends_on", "bad_value"))):
        assert fields(end(life, made, **body), "invalid_fields", 400) == [wanted], body
    assert life.get(made) == before and life.steps(made) == ["applied", "approved"]
    life.rule(ITEM, exit_basis="end_of_notice")
    try:
        assert fields(end(life, made, ended_on="2020-06-30"), "invalid_fields", 400) == [("/notice_ends_on", "required")]
    finally:
        life.rule(ITEM, exit_basis="event_month_paid")


@pytest.mark.parametrize("merged", [False, True], ids=["of the person", "under another number"])
def test_an_end_by_death_is_the_death_on_record(life, merged):
    life.rule(ITEM, hearing_required=True)
    person = life.person()
    made = life.approved(ITEM, person)
    body = {"cause": "death", "evidence": EVIDENCE}
    for more in ({}, {"ended_on": "2020-06-10"}):
        problem(life.step(made, "end", {**body, **more}, by="clerk"), 409, "death_not_recorded")
    assert life.get(made)["state"] == "APPROVED"
    dead = life.person() if merged else person
    life.clerk.patch(f"beneficiaries/persons/{dead}", {"death_date": "2020-06-10"}, etag='"1"', expect=200)
    if merged:
        life.sql(f"update beneficiaries.person set merged_into = {person} where id = {dead}")
    assert fields(life.step(made, "end", {**body, "ended_on": "2020-06-11"}, by="clerk"), "invalid_fields", 400) == [("/ended_on", "out_of_range")]
    ended = life.step(made, "end", body, by="clerk", expect=200).json()
    assert (ended["ended_on"], ended["valid_until"]) == ("2020-06-10", "2020-07-01")


# ---- hearings, suspensions, tiers

def hear(life, enrolment, **body):
    """The recipient is heard."""
    complete = {"heard_on": "2020-05-20", "written_notice_on": "2020-05-25", "reason": "income", **body}
    return life.step(enrolment, "hearings", complete, by="clerk")


def test_a_reduction_needs_a_hearing_of_its_own(life):
    life.rule(ITEM, hearing_required=True)
    made = life.approved(ITEM)
    suspension = {"cause": "income", "from": "2020-06-01", "evidence": EVIDENCE}
    problem(end(life, made, ended_on="2020-06-30"), 409, "hearing_missing")
    problem(life.step(made, "suspensions", suspension, by="clerk"), 409, "hearing_missing")
    for body, wanted in (({"heard_on": life.today(1), "written_notice_on": life.today(1)}, [("/heard_on", "out_of_range"), ("/written_notice_on", "out_of_range")]),
                         ({"written_notice_on": "2020-05-19"}, [("/written_notice_on", "out_of_range")]),
                         ({"reason": "x"}, [("/reason", "bad_value")])):
        assert fields(hear(life, made, **body), "invalid_fields", 400) == wanted
    heard = hear(life, made, evidence=EVIDENCE).json()
    assert life.get(made, "/hearings") == [heard] and heard["evidence"] == EVIDENCE
    life.step(made, "suspensions", suspension, by="clerk", expect=201)
    problem(end(life, made, ended_on="2020-06-30"), 409, "hearing_missing")  # that hearing was for the suspension
    hear(life, made)
    assert end(life, made, ended_on="2020-06-30").json()["state"] == "ENDED"
    problem(hear(life, made), 409, "wrong_state")


def test_a_wish_needs_its_statement_or_a_hearing(life):
    life.rule(ITEM, hearing_required=True)
    made = life.approved(ITEM)
    wish = {"ended_on": "2020-06-30", "cause": "voluntary"}
    problem(end(life, made, **wish), 409, "hearing_missing")
    life.document(made, "other")
    problem(end(life, made, **wish), 409, "hearing_missing")
    life.document(made, "voluntary_statement")
    problem(end(life, made, ended_on="2020-06-30"), 409, "hearing_missing")  # the statement is for nothing else
    assert end(life, made, **wish).json()["state"] == "ENDED"
    # Taken back: what was once wished is not wished for ever.
    one = life.step(made, "reopenings", {"cause": "appeal", "evidence": EVIDENCE}, by="clerk", expect=201).json()
    decide(life, one)
    problem(end(life, made, **wish), 409, "hearing_missing")
    hear(life, made)
    assert end(life, made, **wish).json()["state"] == "ENDED"
    life.rule(ITEM)
    assert end(life, life.approved(ITEM), **wish).json()["state"] == "ENDED"


def test_suspensions_pause_and_resume(life):
    made = life.approved(ITEM)
    path = f"beneficiaries/enrolments/{made}/suspensions"
    body = {"cause": "prison", "from": "2020-06-01", "evidence": EVIDENCE}
    for change, wanted in (({"from": "2020-06-02"}, ("/from", "not_first_of_month")), ({"from": "2020-02-01"}, ("/from", "out_of_range")),
                           ({"until": "2020-06-01"}, ("/until", "ends_before_start")), ({"until": "2020-07-02"}, ("/until", "not_first_of_month")),
                           ({"cause": "mood"}, ("/cause", "bad_value")), ({"evidence": "340103 19491001 0015"}, ("/evidence", "personal_data"))):
        assert fields(life.clerk.post(path, {**body, **change}), "invalid_fields", 400) == [wanted]
    one = life.clerk.post(path, body, expect=201).json()
    assert (one["valid_from"], one["valid_until"], one["void"]) == ("2020-06-01", None, False)
    problem(life.clerk.post(path, dict(body, **{"from": "2020-08-01"})), 409, "already_exists")
    close = f"{path}/{one['id']}"
    for until, code in (("2020-06-01", "out_of_range"), ("2020-09-02", "not_first_of_month")):
        assert fields(life.clerk.post(f"{close}/end", {"until": until}), "invalid_fields", 400) == [("/until", code)]
    ended = life.clerk.post(f"{close}/end", {"until": "2020-09-01", "evidence": EVIDENCE}, expect=200).json()
    assert ended["valid_until"] == "2020-09-01"
    assert fields(life.clerk.post(f"{close}/end", {"until": "2020-10-01"}), "invalid_fields", 400) == [("/until", "out_of_range")]
    two = life.clerk.post(path, dict(body, until="2020-12-01", **{"from": "2020-10-01"}), expect=201).json()
    wrong = life.clerk.post(f"{path}/{two['id']}/withdrawal", {"evidence": EVIDENCE}, expect=200).json()
    assert (wrong["valid_from"], wrong["valid_until"], wrong["void"]) == (None, None, True)
    problem(life.clerk.post(f"{path}/{two['id']}/withdrawal", {"evidence": EVIDENCE}), 409, "wrong_state")
    assert life.get(made, "/suspensions") == [ended, wrong]
    other = life.approved(ITEM)
    problem(life.clerk.post(f"beneficiaries/enrolments/{other}/suspensions/{one['id']}/end", {"until": "2020-08-01"}), 404, "not_found")
    problem(life.step(life.apply(ITEM)["id"], "suspensions", body, by="clerk"), 409, "wrong_state")
    assert life.steps(made)[2:] == ["suspended", "suspension_ended", "suspended", "suspension_withdrawn"]


def propose(life, enrolment, **change):
    """Another tier, proposed by the clerk."""
    body = {"tier": "institution", "from": "2020-06-01", "cause": "institution", "evidence": EVIDENCE, **change}
    return life.step(enrolment, "tier-changes", body, by="clerk")


def decide(life, change, verdict="approval", by="reviewer"):
    """A second person's decision on a change."""
    return life.client(by).post(f"beneficiaries/enrolments/{change['enrolment']}/changes/{change['id']}/{verdict}", {})


def test_a_tier_changes_when_a_second_person_agrees(life):
    made = life.approved(TIERED, tier="dispersed")
    for change, wanted in (({"tier": "x"}, ("/tier", "unknown_tier")), ({"from": "2020-02-01"}, ("/from", "out_of_range")),
                           ({"from": "2020-06-02"}, ("/from", "not_first_of_month")), ({"cause": "mood"}, ("/cause", "bad_value"))):
        assert fields(propose(life, made, **change), "invalid_fields", 400) == [wanted]
    one = propose(life, made).json()
    assert (one["kind"], one["state"], one["proposed_by"], one["from"]) == ("tier", "PROPOSED", "clerk", "2020-06-01")
    problem(propose(life, made), 409, "already_exists")
    assert life.get(made, "/tier-changes") == []
    problem(life.client("clerk", scopes=["beneficiaries:review"]).post(
        f"beneficiaries/enrolments/{made}/changes/{one['id']}/approval", {}), 403, "same_person")
    problem(decide(life, one, by="clerk"), 403, "forbidden")
    done = decide(life, one).json()
    assert (done["state"], done["decided_by"]) == ("APPROVED", "reviewer")
    problem(decide(life, one), 409, "wrong_state")
    [tier] = life.get(made, "/tier-changes")
    assert (tier["tier"], tier["valid_from"], tier["valid_until"], tier["void"]) == ("institution", "2020-06-01", None, False)
    two = propose(life, made, tier="dispersed", cause="other", **{"from": "2020-09-01"}).json()
    assert decide(life, two, "rejection").json()["state"] == "REJECTED"
    three = propose(life, made, tier="dispersed", cause="other", **{"from": "2020-10-01"}).json()
    decide(life, three)
    assert [(t["tier"], t["valid_from"], t["valid_until"]) for t in life.get(made, "/tier-changes")] == [
        ("institution", "2020-06-01", "2020-10-01"), ("dispersed", "2020-10-01", None)]
    same = propose(life, made, tier="dispersed", cause="other", **{"from": "2020-11-01"}).json()
    problem(decide(life, same), 409, "already_exists")
    assert [c["state"] for c in life.get(made, "/changes")] == ["APPROVED", "REJECTED", "APPROVED", "PROPOSED"]
    problem(propose(life, life.approved(ITEM)), 409, "wrong_state")  # its tier follows from the certificate
    problem(propose(life, life.apply(TIERED, tier="dispersed")["id"]), 409, "wrong_state")
    other = life.approved(TIERED, tier="dispersed")
    problem(life.reviewer.post(f"beneficiaries/enrolments/{other}/changes/{same['id']}/approval", {}), 404, "not_found")


def test_a_lower_tier_needs_a_hearing_and_a_higher_one_none(life):
    life.rule(TIERED, hearing_required=True)
    made = life.approved(TIERED, tier="institution")
    lower = propose(life, made, tier="dispersed").json()
    problem(decide(life, lower), 409, "hearing_missing")
    hear(life, made)
    assert decide(life, lower).json()["state"] == "APPROVED"
    higher = propose(life, made, **{"from": "2020-08-01"}).json()
    assert decide(life, higher).json()["state"] == "APPROVED"
    # Where no standard is known, nobody can say that it is not lower.
    unknown = propose(life, made, tier="dispersed", **{"from": "2029-01-01"}).json()
    problem(decide(life, unknown), 409, "hearing_missing")


def test_the_lead_unit_decides_changes_where_the_street_reviews(life):
    made = life.approved(TIERED, tier="dispersed")
    life.rule(TIERED, review_required=True)
    one = propose(life, made).json()
    problem(decide(life, one), 403, "forbidden")
    assert decide(life, one, by="lead").json()["state"] == "APPROVED"


def test_a_wrong_end_is_taken_back_by_two_people(life):
    made = life.approved(ITEM)
    body = {"cause": "wrong_date", "evidence": EVIDENCE}
    problem(life.step(made, "reopenings", body, by="clerk"), 409, "wrong_state")
    end(life, made, ended_on="2020-06-30")
    one = life.step(made, "reopenings", body, by="clerk", expect=201).json()
    assert (one["kind"], one["tier"], one["from"]) == ("reopening", None, None)
    problem(life.client("clerk", scopes=["beneficiaries:review"]).post(
        f"beneficiaries/enrolments/{made}/changes/{one['id']}/approval", {}), 403, "same_person")
    decide(life, one)
    now = life.get(made)
    assert (now["state"], now["valid_from"], now["valid_until"], now["end_cause"], now["ended_on"], now["reopen_cause"]) == (
        "APPROVED", "2020-03-01", None, None, None, "wrong_date")
    assert end(life, made, ended_on="2020-07-15").json()["valid_until"] == "2020-08-01"
    assert life.steps(made) == ["applied", "approved", "ended", "change_proposed", "reopened", "ended"]
    # Enrolled again in the meantime: the old end stays.
    again = life.approved(ITEM, now["person"], applied_on="2020-09-01", starts_on="2020-09-01")
    two = life.step(made, "reopenings", body, by="clerk", expect=201).json()
    problem(decide(life, two), 409, "enrolled_again")
    assert (life.get(made)["state"], life.get(again)["state"]) == ("ENDED", "APPROVED")
    assert decide(life, two, "rejection").json()["state"] == "REJECTED"


def test_a_return_takes_with_it_what_was_decided_since(life):
    made = life.approved(TIERED, tier="dispersed")
    decide(life, propose(life, made).json())
    suspension = {"cause": "review", "from": "2020-05-01", "evidence": EVIDENCE}
    life.step(made, "suspensions", suspension, by="clerk", expect=201)
    waiting = propose(life, made, tier="dispersed", cause="other", **{"from": "2020-09-01"}).json()
    life.step(made, "return", {"cause": "mistake", "evidence": EVIDENCE}, expect=200)
    now = life.get(made, "/changes")
    assert [(c["state"], c["decided_by"], c["version"]) for c in now] == [("APPROVED", "reviewer", 2), ("WITHDRAWN", None, 2)]
    problem(decide(life, waiting), 409, "wrong_state")
    problem(decide(life, waiting, "rejection"), 409, "wrong_state")
    life.step(made, "submission", {}, by="clerk", expect=200)
    life.step(made, "approval", {}, expect=200)
    assert [t["void"] for t in life.get(made, "/tier-changes")] == [True]
    assert [s["void"] for s in life.get(made, "/suspensions")] == [True]
    again = propose(life, made).json()
    assert decide(life, again).json()["state"] == "APPROVED"  # nothing of before stands in the way


# ---- facts that lower what is due

@pytest.fixture
def topped_up(life):
    """A couple in a household that an item tops up, whose rule demands a hearing: (the enrolments, path of the household)."""
    life.rule("rural-dibao", hearing_required=True)
    head, other = life.person(), life.person()
    house = life.clerk.post("beneficiaries/households", {"number": f"H{head}", "division": TOWN}, expect=201).json()["id"]
    path = f"beneficiaries/households/{house}"
    for person, relation in ((head, "02"), (other, "10")):
        life.clerk.post(f"{path}/members", {"person": person, "relation": relation}, expect=201)
    life.clerk.post(f"{path}/incomes", {"per_head_year_fen": 100_000}, expect=201)
    return [life.approved("rural-dibao", person) for person in (head, other)], path


def test_a_higher_income_needs_a_hearing_of_its_own(life, topped_up):
    (first, second), path = topped_up

    def income(fen, since):
        return life.clerk.post(f"{path}/incomes", {"per_head_year_fen": fen, "valid_from": since})

    before = life.clerk.get(path).json()
    problem(income(100_001, "2020-05-01"), 409, "hearing_missing")
    assert life.clerk.get(path).json() == before
    assert income(90_000, "2020-05-01").status_code == 201  # less income lowers nothing
    problem(income(90_001, "2020-06-01"), 409, "hearing_missing")
    hear(life, second)  # whichever member: the household is heard
    assert income(95_000, "2020-06-01").status_code == 201
    assert life.steps(second) == ["applied", "approved", "heard", "reduced"] and life.steps(first) == ["applied", "approved"]
    [*_, step] = life.get(second, "/steps")
    assert (step["cause"], step["actor"], step["effective_on"]) == ("income", "clerk", "2020-06-01")
    problem(income(96_000, "2020-07-01"), 409, "hearing_missing")  # that hearing has been used
    problem(end(life, second, ended_on="2020-09-30"), 409, "hearing_missing")
    end_hearing = hear(life, first).json()
    assert end_hearing["enrolment"] == first and end(life, first, ended_on="2020-09-30").json()["state"] == "ENDED"
    problem(income(96_000, "2020-07-01"), 409, "hearing_missing")
    life.rule("rural-dibao")
    assert income(96_000, "2020-07-01").status_code == 201


def test_a_benefit_of_others_needs_a_hearing_where_an_exclusion_names_it(life):
    life.rule(ITEM, hearing_required=True)
    person = life.person()
    made = life.approved(ITEM, person)
    path = f"beneficiaries/persons/{person}/other-benefits"
    body = {"benefit": "work-injury-care", "valid_from": "2020-06-01", "source": "人社局函 4", "month_fen": 100}
    problem(life.clerk.post(path, body), 409, "hearing_missing")
    assert life.clerk.get(path).json()["items"] == []
    life.clerk.post(path, {**body, "benefit": "employment"}, expect=201)  # nothing that this item looks at
    life.clerk.post(path, {**body, "valid_from": "2019-01-01", "valid_until": "2020-01-01"}, expect=201)  # before it began
    hear(life, made)
    life.clerk.post(path, body, expect=201)
    assert life.steps(made)[-1] == "reduced"
    problem(end(life, made, ended_on="2020-09-30"), 409, "hearing_missing")


def test_a_list_of_people_raises_no_income_unheard(life, topped_up):
    (first, _), path = topped_up
    number = id_number()
    head = life.get(first)["person"]
    life.sql(f"delete from beneficiaries.household_member where person_id = {head}")  # the list's head is somebody else
    house = life.clerk.get(path).json()["number"]
    other = life.clerk.post("beneficiaries/households", {"number": f"N{head}", "division": TOWN}, expect=201).json()["number"]
    rows = [person_row(number, **{"户编号": house, "与户主关系": "02", "户年人均收入": "1000.01"}),
            person_row(**{"户编号": other, "与户主关系": "01", "户年人均收入": "99999"})]
    done, faults = life.imported("people", PEOPLE_HEADER, rows)
    assert (done["state"], done["new_lines"], done["bad_lines"]) == ("DONE", 1, 1)
    assert faults == [(2, "户年人均收入", "hearing_missing")]
    assert [i["per_head_year_fen"] for i in life.clerk.get(path).json()["incomes"]] == [100_000]
    second = topped_up[0][1]
    hear(life, second)
    done, faults = life.imported("people", PEOPLE_HEADER, rows)
    assert (done["new_lines"], faults) == (1, [])
    assert [i["per_head_year_fen"] for i in life.clerk.get(path).json()["incomes"]] == [100_000, 100_001]
    assert life.steps(second)[-1] == "reduced"


# ---- periodic reviews

def test_reviews_set_the_day_of_the_next(life):
    made = life.approved("rural-dibao")
    now = life.get(made)
    assert now["review_class"] == "C" and now["review_due_on"] > life.today()  # the shortest until a review says otherwise
    body = {"class": "A", "outcome": "unchanged", "reviewed_on": "2020-02-29"}
    review = life.step(made, "reviews", body, by="clerk", expect=201).json()
    assert (review["next_due_on"], review["reviewed_by"]) == ("2021-02-28", "clerk")
    now = life.get(made)
    assert (now["review_class"], now["review_due_on"]) == ("A", "2021-02-28")
    assert life.get(made, "/reviews") == [review]
    assert fields(life.step(made, "reviews", dict(body, reviewed_on=life.today(1))), "invalid_fields", 400) == [("/reviewed_on", "out_of_range")]
    care = life.approved(ITEM)
    assert (life.get(care)["review_class"], life.get(care)["review_due_on"]) == (None, None)
    assert fields(life.step(care, "reviews", body), "invalid_fields", 400) == [("/class", "bad_value")]
    problem(life.step(life.apply("rural-dibao")["id"], "reviews", body), 409, "wrong_state")


# ---- reach

def test_another_street_and_district_reach_nothing(life):
    made, notice = life.on_notice(ITEM)
    objection = life.clerk.post(f"beneficiaries/notices/{notice}/objections", {"enrolment": made, "channel": "visit", "text": "x"},
                                expect=201).json()["id"]
    everything = ["beneficiaries:read", "beneficiaries:review", "beneficiaries:approve"]
    for stranger in (life.client("far", scopes=everything, district=340104), life.client("street", scopes=everything, divisions=[STREET]),
                     life.client("school", scopes=everything, programmes=["pupil-living"])):
        for below in ("", "/steps", "/checks", "/documents", "/hearings", "/reviews", "/suspensions", "/tier-changes", "/changes"):
            problem(stranger.get(f"beneficiaries/enrolments/{made}{below}", expect=404), 404, "not_found")
        for below, body in (("street-review", {}), ("approval", {}), ("return", {"cause": "other"}), ("rejection", {"cause": "other"}),
                            ("checks", {}), ("hearings", {"heard_on": "2020-05-20", "written_notice_on": "2020-05-25", "reason": "income"}),
                            ("reviews", {"class": "A", "outcome": "unchanged", "reviewed_on": "2020-05-20"})):
            problem(stranger.post(f"beneficiaries/enrolments/{made}/{below}", body), 404, "not_found")
        assert stranger.get("beneficiaries/notices").json()["items"] == []
        for below in ("", "/list", "/objections"):
            problem(stranger.get(f"beneficiaries/notices/{notice}{below}", expect=404), 404, "not_found")
        problem(stranger.get(f"beneficiaries/objections/{objection}", expect=404), 404, "not_found")
        problem(stranger.post(f"beneficiaries/objections/{objection}/decision", {"outcome": "upheld", "evidence": "1"}), 404, "not_found")


def test_a_move_to_another_street_is_a_step(life):
    person = life.person()
    made = life.approved(ITEM, person)
    life.clerk.patch(f"beneficiaries/persons/{person}", {"division": STREET}, etag='"1"')
    assert life.steps(made) == ["applied", "approved", "moved"]
    assert life.get(made)["version"] == 3
