"""The life of an enrolment over HTTP, up to its approval: documents, checks, what does not go together, notice and objections."""
import hashlib
import time

import pytest

from population import ENROLMENTS_HEADER, id_check_character
from support.client import problem
from support.procedure import EVIDENCE, ITEM, PDF, TIERED, fields
from support.register import STREET, TOWN, id_number, table

@pytest.fixture(autouse=True)
def open_rules(life):
    """Every test begins with items that demand nothing."""
    life.open_rules()


# ---- the procedure

def reviewed(life, item=ITEM, **more):
    """An application that the street has reviewed."""
    made = life.apply(item, **more)
    life.step(made["id"], "street-review", {}, expect=200)
    return made["id"]


def test_the_whole_way_to_an_approval(life):
    life.rule(ITEM, review_required=True, notice_days=7, documents=["application", "consent"], checks=["identity", "household_visit"])
    made = life.apply(ITEM)["id"]
    assert fields(life.step(made, "street-review", {}), "documents_missing") == [
        ("/documents/application", "required"), ("/documents/consent", "required")]
    life.document(made, "application")
    life.document(made, "consent", b"\x89PNG\r\n\x1a\n....", media="image/png")
    assert fields(life.step(made, "street-review", {}), "check_failed") == [("/checks/household_visit", "no_visit")]
    life.step(made, "checks", {"visited_on": life.today(), "visitors": 2}, expect=200)
    problem(life.step(made, "approval", {}, by="lead"), 409, "wrong_state")
    now = life.step(made, "street-review", {}, expect=200).json()
    assert (now["state"], now["reviewed_by"], now["decided_by"]) == ("REVIEWED", "reviewer", None)
    problem(life.step(made, "street-review", {}), 409, "wrong_state")
    problem(life.step(made, "approval", {}), 403, "forbidden")               # the street does not decide here
    problem(life.step(made, "approval", {}, by="lead"), 409, "wrong_state")  # not on notice yet
    notice = life.publish([made], ITEM).json()
    assert (notice["ends_on"], notice["days"], notice["state"], notice["enrolments"]) == (life.today(7), 7, "RUNNING", 1)
    problem(life.step(made, "approval", {}, by="lead"), 409, "notice_running")
    life.days_pass(notice["id"], 7)
    problem(life.step(made, "approval", {}, by="lead"), 409, "notice_running")  # its last day is today
    life.days_pass(notice["id"], 1)
    done = life.step(made, "approval", {}, by="lead", expect=200).json()
    assert (done["state"], done["decided_by"], done["notice"], done["valid_from"]) == ("APPROVED", "lead", notice["id"], done["starts_on"])
    assert life.steps(made) == ["applied", "document", "document", "visited", "checked", "reviewed", "noticed", "approved"]
    steps = life.get(made, "/steps")
    assert [step["id"] for step in steps] == list(range(1, done["version"] + 1))
    assert steps[4]["data"]["household_visit"] == "pass" and steps[3]["data"] == {"visitors": 2}


def test_three_people_take_part(life, clients):
    life.rule(ITEM, review_required=True)
    made = life.apply(ITEM)["id"]
    problem(life.clerk.post(f"beneficiaries/enrolments/{made}/street-review", {}), 403, "forbidden")
    other_hat = life.client("clerk", scopes=["beneficiaries:review"])
    problem(other_hat.post(f"beneficiaries/enrolments/{made}/street-review", {}), 403, "same_person")
    life.step(made, "street-review", {}, expect=200)
    for subject in ("clerk", "reviewer"):
        hat = life.client(subject, scopes=["beneficiaries:approve"])
        problem(hat.post(f"beneficiaries/enrolments/{made}/approval", {}), 403, "same_person")
        problem(hat.post(f"beneficiaries/enrolments/{made}/rejection", {"cause": "other"}), 403, "same_person")
    life.step(made, "approval", {}, by="lead", expect=200)
    nobody = life.client("reader", scopes=["beneficiaries:read"])
    for path in ("street-review", "approval", "return", "submission", "checks", "hearings", "reviews", "suspensions", "tier-changes",
                 "reopenings"):
        problem(nobody.post(f"beneficiaries/enrolments/{made}/{path}", {}), 403, "forbidden")


def test_an_item_without_a_procedure_is_approved_at_once_by_either(life):
    for by in ("reviewer", "lead"):
        made = life.apply(ITEM)["id"]
        assert life.step(made, "approval", {}, by=by, expect=200).json()["decided_by"] == by
        assert life.steps(made) == ["applied", "approved"]


def test_what_is_wrong_goes_back_and_is_submitted_again(life):
    life.rule(TIERED, review_required=True)
    made = reviewed(life, TIERED, tier="dispersed", applied_on="2020-03-10", starts_on="2020-03-01")
    problem(life.step(made, "submission", {}, by="clerk"), 409, "wrong_state")
    assert fields(life.step(made, "return", {"cause": "dislike"}), "invalid_fields", 400) == [("/cause", "bad_value")]
    back = life.step(made, "return", {"cause": "facts", "evidence": EVIDENCE}, by="lead", expect=200).json()
    assert (back["state"], back["return_cause"], back["evidence"], back["reviewed_by"]) == ("RETURNED", "facts", EVIDENCE, None)
    for step in ("street-review", "approval"):
        problem(life.step(made, step, {}, by="reviewer" if step == "street-review" else "lead"), 409, "wrong_state")
    problem(life.clerk.post("beneficiaries/enrolments", {"person": back["person"], "item": TIERED, "tier": "dispersed"}), 409, "already_exists")
    assert fields(life.step(made, "submission", {"tier": "x"}, by="clerk"), "invalid_fields", 400) == [("/tier", "bad_value")]
    fixed = {"tier": "institution", "applied_on": "2020-04-02", "starts_on": "2020-04-01"}
    second = life.client("clerk-2", scopes=["beneficiaries:read", "beneficiaries:write"])
    again = second.post(f"beneficiaries/enrolments/{made}/submission", fixed, expect=200).json()
    assert (again["state"], again["tier"], again["starts_on"], again["applied_by"]) == ("APPLIED", "institution", "2020-04-01", "clerk-2")
    # Who applied first is not the reviewer or the approver of what another submitted again.
    problem(life.client("clerk", scopes=["beneficiaries:review"]).post(f"beneficiaries/enrolments/{made}/street-review", {}), 403, "same_person")
    life.step(made, "street-review", {}, expect=200)
    problem(life.client("clerk", scopes=["beneficiaries:approve"]).post(f"beneficiaries/enrolments/{made}/approval", {}), 403, "same_person")
    assert life.step(made, "approval", {}, by="lead", expect=200).json()["valid_from"] == "2020-04-01"
    assert life.steps(made) == ["applied", "reviewed", "returned", "submitted", "reviewed", "approved"]


def test_a_submission_keeps_what_it_does_not_name(life):
    made = life.apply(TIERED, tier="dispersed", applied_on="2020-03-10", consent_on="2020-03-09")
    life.step(made["id"], "return", {"cause": "documents"}, expect=200)
    again = life.step(made["id"], "submission", {}, by="clerk", expect=200).json()
    kept = ("tier", "applied_on", "starts_on", "consent_on", "applied_by")
    assert {name: again[name] for name in kept} == {name: made[name] for name in kept}
    life.step(made["id"], "return", {"cause": "other"}, expect=200)
    assert life.step(made["id"], "rejection", {"cause": "withdrawn"}, expect=200).json()["state"] == "REJECTED"


def test_an_approval_by_mistake_is_taken_back(life):
    made = life.approved(ITEM)
    assert fields(life.step(made, "return", {"cause": "mistake"}), "invalid_fields", 400) == [("/evidence", "required")]
    back = life.step(made, "return", {"cause": "mistake", "evidence": EVIDENCE}, expect=200).json()
    assert (back["state"], back["valid_from"], back["decided_by"], back["starts_on"]) == ("RETURNED", None, None, "2020-03-01")
    life.step(made, "submission", {}, by="clerk", expect=200)
    assert life.step(made, "approval", {}, expect=200).json()["valid_from"] == "2020-03-01"
    life.rule(ITEM, hearing_required=True, review_required=True)
    body = {"cause": "mistake", "evidence": EVIDENCE}
    problem(life.step(made, "return", body), 403, "forbidden")
    problem(life.step(made, "return", body, by="lead"), 409, "hearing_missing")


# ---- documents and checks

def test_documents_are_kept_sealed_and_looked_at_on_record(life, clients):
    made = life.apply(ITEM)["id"]
    data = PDF + b"of a person"
    kept = life.document(made, "medical", data).json()
    assert (kept["kind"], kept["media_type"], kept["bytes"], kept["sha256"]) == (
        "medical", "application/pdf", len(data), hashlib.sha256(data).hexdigest())
    assert life.get(made, "/documents") == [kept]
    problem(life.document(made, "medical", data, expect=409), 409, "already_exists")
    problem(life.document(made, "diary", expect=400), 400, "bad_query")
    problem(life.document(made, "other", b"GIF89a...", media="image/png", expect=415), 415, "unsupported_media_type")
    problem(life.document(made, "other", b"{}", media="application/json", expect=415), 415, "unsupported_media_type")
    problem(life.document(made, "other", PDF + bytes(8 * 1024 * 1024), expect=413), 413, "payload_too_large")
    path = f"beneficiaries/enrolments/{made}/documents/{kept['id']}"
    seen = life.reviewer.get(path)
    assert seen.content == data and seen.headers["Content-Type"] == "application/pdf"
    problem(life.clerk.get(path, expect=403), 403, "forbidden")
    other = life.apply(ITEM)["id"]
    problem(life.reviewer.get(f"beneficiaries/enrolments/{other}/documents/{kept['id']}", expect=404), 404, "not_found")
    [event] = life.client("auditor").get("audit/events", entity="enrolment_document", id=kept["id"]).json()["items"]
    assert (event["act"], event["actor"]) == ("view", "reviewer")
    life.step(made, "rejection", {"cause": "incomplete"}, expect=200)
    problem(life.document(made, "other", expect=409), 409, "wrong_state")


def test_a_consent_may_be_a_date(life):
    life.rule(ITEM, documents=["consent"])
    made = life.apply(ITEM, consent_on="2020-03-01", applied_on="2020-03-02")
    assert made["consent_on"] == "2020-03-01"
    life.step(made["id"], "approval", {}, expect=200)
    assert fields(life.clerk.post("beneficiaries/enrolments", {"person": life.person(), "item": ITEM, "consent_on": life.today(1)}),
                  "invalid_fields", 400) == [("/consent_on", "out_of_range")]


def result(life, enrolment, check):
    """(result, code) of one check."""
    [one] = [c for c in life.get(enrolment, "/checks") if c["name"] == check]
    return one["result"], one["code"]


def number_of(birth, county="340198"):
    """A valid identity number of somebody born on the day."""
    first17 = f"{county}{birth.replace('-', '')}{next(SERIAL):03d}"
    return first17 + id_check_character(first17)


SERIAL = iter(range(101, 999))


def test_the_age_is_checked_by_its_basis(life):
    life.rule(ITEM, age_min=80, age_max=90, checks=["age"])
    for born, applied, wanted in (("1940-06-30", "2020-06-01", ("pass", None)), ("1940-07-01", "2020-06-30", ("fail", "too_young")),
                                  ("1930-06-30", "2020-06-01", ("pass", None)), ("1930-05-31", "2020-06-01", ("fail", "too_old"))):
        made = life.apply(ITEM, life.person(id_number=number_of(born)), applied_on=applied)["id"]
        assert result(life, made, "age") == wanted, born
    assert fields(life.step(made, "approval", {}), "check_failed") == [("/checks/age", "too_old")]
    life.rule(ITEM, age_min=80, age_max=None, entry_basis="year_end_age", checks=["age"])
    try:
        late = life.apply(ITEM, life.person(id_number=number_of("1940-12-31")), applied_on="2020-03-05")
        assert late["starts_on"] == "2020-01-01" and result(life, late["id"], "age") == ("pass", None)
        next_year = life.apply(ITEM, life.person(id_number=number_of("1941-01-01")), applied_on="2020-03-05")
        assert next_year["starts_on"] == "2021-01-01"
    finally:
        life.rule(ITEM, age_min=None, entry_basis="application_month")


def test_a_birthday_may_set_the_start(life):
    life.rule(ITEM, age_min=80, entry_basis="birthday_month")
    try:
        leap = life.apply(ITEM, life.person(id_number=number_of("1940-02-29")), applied_on="2019-11-05")
        assert leap["starts_on"] == "2020-02-01"
        life.rule(ITEM, age_min=81, entry_basis="month_after_birthday")
        leap = life.apply(ITEM, life.person(id_number=number_of("1940-02-29")), applied_on="2020-05-05")
        assert leap["starts_on"] == "2021-04-01"  # 81 on 1 March 2021
    finally:
        life.rule(ITEM, age_min=None, entry_basis="application_month")


def test_nobody_applies_years_before_the_age(life):
    """At most twelve months before the first month; whatever first month the application names."""
    life.rule(ITEM, age_min=80, entry_basis="birthday_month")
    clerk = life.client("clerk")
    try:
        for born, starts, refused in (("1941-06-30", None, False), ("1941-07-01", None, True), ("1956-01-01", None, True),
                                      ("1956-01-01", "2020-06-01", True)):
            person = life.person(id_number=number_of(born))
            body = {"person": person, "item": ITEM, "applied_on": "2020-06-15", **({"starts_on": starts} if starts else {})}
            if refused:
                problem(clerk.post("beneficiaries/enrolments", body), 409, "too_young")
                assert clerk.get("beneficiaries/enrolments", person=person).json()["items"] == []
            else:
                assert clerk.post("beneficiaries/enrolments", body, expect=201).json()["starts_on"] == "2021-06-01"
    finally:
        life.rule(ITEM, age_min=None, entry_basis="application_month")


def test_certificate_registration_and_exclusions_are_checked(life):
    life.rule(ITEM, checks=["identity", "certificate", "exclusions"])
    number = id_number()
    person = life.person(id_number=number)
    made = life.apply(ITEM, person)["id"]
    assert fields(life.step(made, "approval", {}), "check_failed") == [("/checks/certificate", "no_certificate")]
    life.clerk.post(f"beneficiaries/persons/{person}/certificates", {"number": number + "44"}, expect=201)
    assert result(life, made, "certificate") == ("fail", "wrong_certificate")  # grade 4 is outside every tier
    life.clerk.post(f"beneficiaries/persons/{person}/certificates", {"number": number + "41", "valid_from": "2020-01-01"}, expect=201)
    assert result(life, made, "certificate") == ("pass", None)
    life.step(made, "approval", {}, expect=200)
    resident = life.apply(ITEM, life.person(id_number=number_of("1990-01-01", "810000")))["id"]
    assert result(life, resident, "identity") == ("fail", "not_registered_here")
    assert result(life, resident, "school") == ("not_needed", "no_school")  # the item does not ask for it
    assert {c["name"]: c["required"] for c in life.get(made, "/checks")} == {
        "identity": True, "age": False, "exclusions": True, "certificate": True, "school": False, "income": False, "household_visit": False}


def test_school_and_income_are_checked(life):
    life.rule("rural-dibao", checks=["income", "school"])
    person = life.person()
    made = life.apply("rural-dibao", person, starts_on="2020-05-01", applied_on="2020-05-01")["id"]
    assert fields(life.step(made, "approval", {}), "check_failed") == [("/checks/income", "no_household"), ("/checks/school", "no_school")]
    assert result(life, made, "income") == ("unknown", "no_household")
    house = life.clerk.post("beneficiaries/households", {"number": f"L{person}", "division": TOWN}, expect=201).json()["id"]
    life.clerk.post(f"beneficiaries/households/{house}/members", {"person": person, "relation": "01"}, expect=201)
    assert result(life, made, "income") == ("unknown", "no_income")
    life.clerk.post(f"beneficiaries/households/{house}/incomes", {"per_head_year_fen": 742000}, expect=201)
    assert result(life, made, "income") == ("fail", "income_too_high")  # not below the standard of 7420.00
    life.clerk.post(f"beneficiaries/households/{house}/incomes", {"per_head_year_fen": 741999, "valid_from": "2020-04-01"}, expect=201)
    assert result(life, made, "income") == ("pass", None)
    school = {"school": "123401034850012389", "level": "primary", "boarding": False, "valid_from": "2019-09-01"}
    life.clerk.post(f"beneficiaries/persons/{person}/schoolings", school, expect=201)
    life.step(made, "approval", {}, expect=200)


def test_recorded_checks_name_no_visitors(life):
    made = life.apply(ITEM)["id"]
    for body, wanted in (({"visited_on": "2020-05-01"}, ("/visitors", "required")), ({"visitors": 2}, ("/visited_on", "required")),
                         ({"visited_on": "2020-05-01", "visitors": 1}, ("/visitors", "out_of_range")),
                         ({"visited_on": life.today(1), "visitors": 2}, ("/visited_on", "out_of_range"))):
        assert fields(life.step(made, "checks", body, by="clerk"), "invalid_fields", 400) == [wanted]
    assert life.steps(made) == ["applied"]
    answer = life.step(made, "checks", {"visited_on": "2020-05-01", "visitors": 3}, by="clerk", expect=200).json()
    assert [c["result"] for c in answer["items"] if c["name"] == "household_visit"] == ["pass"]
    assert (life.get(made)["visited_on"], life.get(made)["visitors"]) == ("2020-05-01", 3)


# ---- what does not go together

def test_a_forbidden_pair_is_refused_in_both_directions_by_name(life):
    person = life.person()
    life.approved("tekun", person, tier="self-care")
    document = problem(life.clerk.post("beneficiaries/enrolments", {"person": person, "item": ITEM}), 409, "excluded")
    assert document["other"] == {"code": "tekun", "name_zh": "特困人员供养", "name_en": document["other"]["name_en"]}
    assert [e["item"] for e in life.clerk.get("beneficiaries/enrolments", person=person).json()["items"]] == ["tekun"]
    person = life.person()
    life.apply(ITEM, person)  # under way is enough
    document = problem(life.clerk.post("beneficiaries/enrolments", {"person": person, "item": "tekun", "tier": "self-care"}), 409, "excluded")
    assert document["other"]["code"] == ITEM


def test_a_pair_that_comes_up_later_is_refused_at_the_approval(life):
    person = life.person()
    made = life.apply(ITEM, person)["id"]
    life.sql(f"""insert into beneficiaries.enrolment (district, person_id, division, item_code, tier_code, state, applied_on, starts_on, valid,
                     applied_by, decided_by, event_id) select district, person_id, division, 'tekun', 'self-care', 'APPROVED', applied_on,
                     '2020-01-01', '[2020-01-01,)', 'a', 'b', event_id from beneficiaries.enrolment where id = {made}""")
    assert problem(life.step(made, "approval", {}), 409, "excluded")["other"]["code"] == "tekun"
    assert result(life, made, "exclusions") == ("fail", "excluded")
    # What ended before the first month does not stand in the way.
    life.sql(f"update beneficiaries.enrolment set valid = '[2020-01-01,2020-02-01)', state = 'ENDED', end_cause = 'other', ended_on ="
             f" '2020-01-31' where person_id = {person} and item_code = 'tekun'")
    life.step(made, "approval", {}, expect=200)


def test_a_benefit_of_others_is_named(life):
    person = life.person()
    benefit = {"benefit": "work-injury-care", "valid_from": "2020-01-01", "source": "人社局函 3", "month_fen": 100}
    life.clerk.post(f"beneficiaries/persons/{person}/other-benefits", benefit, expect=201)
    document = problem(life.clerk.post("beneficiaries/enrolments", {"person": person, "item": ITEM}), 409, "excluded")
    assert document["other"]["code"] == "work-injury-care" and document["other"]["name_zh"] == "工伤保险生活护理费"


def test_lists_take_no_forbidden_pair(life):
    numbers = [id_number() for _ in range(4)]
    people = [life.person(id_number=number) for number in numbers]
    life.approved("tekun", people[0], tier="self-care")
    common = {"申请日期": "2020-01-05", "起始月份": "2020-01"}
    rows = [{"身份证号": numbers[0], "项目": ITEM, **common}, {"身份证号": numbers[1], "项目": ITEM, **common},
            {"身份证号": numbers[1], "项目": "disabled-living", **common},
            {"身份证号": numbers[2], "项目": "disabled-living", **common},
            {"身份证号": numbers[2], "项目": "tekun", "档次": "self-care", **common}, {"身份证号": numbers[3], "项目": ITEM, **common}]
    posted = life.clerk.call("POST", "beneficiaries/imports", table(ENROLMENTS_HEADER, rows).encode("utf-8"), params={"kind": "enrolments"},
                             headers={"Content-Type": "text/csv", "Idempotency-Key": "forbidden-pairs"}, expect=202).json()["id"]
    done = finished(life, posted)
    assert (done["new_lines"], done["bad_lines"]) == (4, 2)
    faults = life.clerk.get(f"beneficiaries/imports/{posted}/errors").json()["items"]
    assert sorted((f["line"], f["column"], f["code"]) for f in faults) == [(2, "项目", "excluded"), (6, "项目", "excluded")]
    # Between the list and its approval another application of the last person is approved: the list's is skipped.
    life.sql(f"""insert into beneficiaries.enrolment (district, person_id, division, item_code, tier_code, state, applied_on, starts_on, valid,
                     applied_by, decided_by, event_id) select district, id, division, 'tekun', 'self-care', 'APPROVED', '2020-01-01',
                     '2020-01-01', '[2020-01-01,)', 'a', 'b', event_id from beneficiaries.person where id = {people[3]}""")
    answer = life.reviewer.post(f"beneficiaries/imports/{posted}/approval", {}, expect=200).json()
    assert answer == {"approved": 3, "skipped": 1}
    [care] = life.clerk.get("beneficiaries/enrolments", person=people[1], item=ITEM).json()["items"]
    assert life.steps(care["id"]) == ["applied", "taken_over"]


def finished(life, number):
    """The import when it is done."""
    deadline = time.monotonic() + 30
    while True:
        now = life.clerk.get(f"beneficiaries/imports/{number}").json()
        if now["state"] in ("DONE", "FAILED"):
            return now
        assert time.monotonic() < deadline, now
        time.sleep(0.05)


def test_cases_taken_over_skip_the_procedure(life):
    life.rule(ITEM, review_required=True, notice_days=7, documents=["application"], checks=["household_visit"])
    number = id_number()
    life.person(id_number=number)
    row = {"身份证号": number, "项目": ITEM, "申请日期": "2019-01-05", "起始月份": "2019-01"}
    posted = life.clerk.call("POST", "beneficiaries/imports", table(ENROLMENTS_HEADER, [row]).encode("utf-8"), params={"kind": "enrolments"},
                             headers={"Content-Type": "text/csv", "Idempotency-Key": "taken-over-1"}, expect=202).json()["id"]
    finished(life, posted)
    [made] = life.clerk.get("beneficiaries/enrolments", **{"import": posted}).json()["items"]
    for who in (life.reviewer, life.lead):  # by itself, it goes the way of every application
        assert who.post(f"beneficiaries/enrolments/{made['id']}/approval", {}).status_code in (403, 409)
    life.lead.post(f"beneficiaries/imports/{posted}/approval", {}, expect=200)
    assert life.steps(made["id"]) == ["applied", "taken_over"]


def test_what_is_given_once_is_given_once(life):
    life.rule(ITEM, kind="once", once_per="lifetime")
    try:
        person = life.person()
        made = life.approved(ITEM, person)
        life.step(made, "end", {"cause": "other", "ended_on": "2020-03-31", "evidence": EVIDENCE}, by="clerk", expect=200)
        problem(life.clerk.post("beneficiaries/enrolments", {"person": person, "item": ITEM, "applied_on": "2021-05-01"}), 409, "already_granted")
        life.rule(ITEM, kind="once", once_per="year")
        problem(life.clerk.post("beneficiaries/enrolments", {"person": person, "item": ITEM, "applied_on": "2020-12-31"}), 409, "already_granted")
        life.apply(ITEM, person, applied_on="2021-01-01")
    finally:
        life.rule(ITEM, kind="fixed", once_per="enrolment")


def test_one_member_of_a_household(life):
    life.rule(ITEM, one_per_household=True)
    one, two = life.person(), life.person()
    house = life.clerk.post("beneficiaries/households", {"number": f"O{one}", "division": TOWN}, expect=201).json()["id"]
    for person, relation in ((one, "02"), (two, "10")):
        life.clerk.post(f"beneficiaries/households/{house}/members", {"person": person, "relation": relation}, expect=201)
    made = life.approved(ITEM, one)
    problem(life.clerk.post("beneficiaries/enrolments", {"person": two, "item": ITEM}), 409, "household_enrolled")
    life.step(made, "end", {"cause": "other", "ended_on": "2020-03-31", "evidence": EVIDENCE}, by="clerk", expect=200)
    life.apply(ITEM, two)


# ---- notice and objections

def test_a_notice_takes_applications_of_one_item_and_division(life):
    life.rule(ITEM, review_required=True, notice_days=5)
    ready, raw = reviewed(life), life.apply(ITEM)["id"]
    other = reviewed(life, person=life.person(division=STREET))
    living = life.apply("disabled-living")["id"]
    assert fields(life.publish([ready, other, living], ITEM, expect=400), "invalid_fields", 400) == [
        ("/enrolments/1", "unknown_enrolment"), ("/enrolments/2", "unknown_enrolment")]
    problem(life.publish([ready, raw], ITEM, expect=409), 409, "wrong_state")
    assert fields(life.publish([ready, ready], ITEM, expect=400), "invalid_fields", 400) == [("/enrolments/1", "bad_value")]
    assert fields(life.publish([ready], ITEM, published_on=life.today(1), expect=400), "invalid_fields", 400) == [("/published_on", "out_of_range")]
    assert fields(life.publish([ready], ITEM, published_on=life.today(-1), expect=400), "invalid_fields", 400) == [("/published_on", "out_of_range")]
    assert fields(life.publish([ready], ITEM, place="电话 13900000001", expect=400), "invalid_fields", 400) == [("/place", "personal_data")]
    problem(life.publish([living], "disabled-living", expect=409), 409, "wrong_state")  # its rule wants no notice
    problem(life.publish([ready], ITEM, by="clerk", expect=403), 403, "forbidden")
    assert life.get(ready)["state"] == "REVIEWED"
    notice = life.publish([ready], ITEM).json()
    problem(life.publish([ready], ITEM, expect=400), 400, "invalid_fields")
    assert life.clerk.get(f"beneficiaries/notices/{notice['id']}").json() == notice
    assert notice in life.clerk.get("beneficiaries/notices", item=ITEM, division=TOWN).json()["items"]
    assert life.clerk.get("beneficiaries/notices", item="tekun").json()["items"] == []
    problem(life.clerk.get("beneficiaries/notices/999999", expect=404), 404, "not_found")


def test_what_hangs_there_names_nobody_in_full(life):
    life.rule(TIERED, notice_days=7)
    number = id_number()
    made = life.apply(TIERED, life.person(name="王小明", id_number=number), tier="dispersed")["id"]
    notice = life.publish([made], TIERED).json()["id"]
    posted = life.clerk.get(f"beneficiaries/notices/{notice}/list")
    [line] = posted.json()["items"]
    assert (line["id"], line["name"], line["division_zh"], line["tier_zh"]) == (made, "王*明", "大杨镇", "散居")
    assert number[:17] not in posted.text and number[6:14] not in posted.text
    assert life.clerk.get(f"beneficiaries/notices/{notice}/list", after=made).json() == {"items": [], "next": None}


def test_working_days_need_the_years_holidays(life):
    life.rule(ITEM, notice_days=5, notice_day_kind="working")
    made = life.apply(ITEM)["id"]
    year = life.today()[:4]
    life.sql(f"delete from programmes.calendar_day where extract(year from day) >= {year}")
    problem(life.publish([made], ITEM, expect=409), 409, "calendar_missing")
    assert life.get(made)["state"] == "APPLIED"
    life.sql(f"insert into programmes.calendar_day (district, day, kind, source) select 340103, make_date(y, 10, 1), 'holiday', 'test'"
             f" from generate_series({year}, {year} + 1) y")
    notice = life.publish([made], ITEM).json()
    # Five working days without a holiday among them always reach over one weekend.
    apart = life.stack.cluster.psql("huimin_owner", f"select '{notice['ends_on']}'::date - '{notice['published_on']}'::date").strip()
    assert notice["day_kind"] == "working" and int(apart) in (5, 6, 7, 8, 9, 10)
    weekday = life.stack.cluster.psql("huimin_owner", f"select extract(isodow from '{notice['ends_on']}'::date)").strip()
    assert int(weekday) < 6


def test_an_objection_is_decided_by_somebody_else(life):
    made, notice = life.on_notice(ITEM)
    body = {"enrolment": made, "channel": "visit", "text": "此人名下有两处门面房，不符合条件。"}
    path = f"beneficiaries/notices/{notice}/objections"
    one = life.reviewer.post(path, body, expect=201).json()
    assert (one["state"], one["received_by"], "text" in one) == ("OPEN", "reviewer", False)
    assert life.clerk.get(path).json()["items"] == [one]
    assert life.clerk.get(f"beneficiaries/notices/{notice}").json()["open_objections"] == 1
    problem(life.step(made, "approval", {}, by="lead"), 409, "objection_open")
    decision = {"outcome": "dismissed", "evidence": EVIDENCE}
    decide = f"beneficiaries/objections/{one['id']}"
    problem(life.reviewer.post(f"{decide}/decision", decision), 403, "same_person")
    problem(life.client("clerk", scopes=["beneficiaries:review"]).post(f"{decide}/decision", decision), 403, "same_person")
    problem(life.clerk.get(decide, expect=403), 403, "forbidden")
    read = life.lead.get(decide).json()
    assert read == {"id": one["id"], "enrolment": made, "channel": "visit", "state": "OPEN", "text": body["text"]}
    stored = life.stack.cluster.psql("huimin_owner", "select string_agg(text_sealed::text, '') from beneficiaries.objection")
    assert body["text"].encode("utf-8").hex() not in stored
    [event] = life.client("auditor").get("audit/events", entity="objection_text", id=one["id"]).json()["items"]
    assert (event["act"], event["actor"]) == ("read", "lead")
    done = life.lead.post(f"{decide}/decision", decision, expect=200).json()
    assert (done["state"], done["decided_by"], done["evidence"]) == ("DISMISSED", "lead", EVIDENCE)
    problem(life.lead.post(f"{decide}/decision", decision), 409, "wrong_state")
    assert life.step(made, "approval", {}, by="lead", expect=200).json()["state"] == "APPROVED"
    assert life.steps(made) == ["applied", "noticed", "objected", "objection_decided", "approved"]
    problem(life.clerk.post(path, body), 409, "wrong_state")  # too late


def test_an_objection_that_is_upheld_sends_the_application_back(life):
    made, notice = life.on_notice(ITEM)
    path = f"beneficiaries/notices/{notice}/objections"
    other = life.apply(ITEM)["id"]
    for body, wanted in (({"enrolment": other}, ("/enrolment", "unknown_enrolment")), ({"channel": "rumour"}, ("/channel", "bad_value")),
                         ({"text": "字" * 2001}, ("/text", "too_long"))):
        complete = {"enrolment": made, "channel": "phone", "text": "不符合", **body}
        assert fields(life.clerk.post(path, complete), "invalid_fields", 400) == [wanted]
    long = life.clerk.post(path, {"enrolment": made, "channel": "letter", "text": "字" * 2000}, expect=201).json()
    assert life.lead.get(f"beneficiaries/objections/{long['id']}").json()["text"] == "字" * 2000
    short = life.clerk.post(path, {"enrolment": made, "channel": "online", "text": "x"}, expect=201).json()
    decision = {"outcome": "upheld", "evidence": EVIDENCE}
    life.lead.post(f"beneficiaries/objections/{short['id']}/decision", decision, expect=200)
    back = life.get(made)
    assert (back["state"], back["return_cause"], back["evidence"]) == ("RETURNED", "objection", EVIDENCE)
    # Submitted again, it hangs again; the other objection still waits.
    life.step(made, "submission", {}, by="clerk", expect=200)
    problem(life.step(made, "approval", {}, by="lead"), 409, "wrong_state")
    again = life.publish([made], ITEM).json()["id"]
    life.days_pass(again, 8)
    problem(life.step(made, "approval", {}, by="lead"), 409, "objection_open")
    life.lead.post(f"beneficiaries/objections/{long['id']}/decision", dict(decision, outcome="dismissed"), expect=200)
    life.step(made, "approval", {}, by="lead", expect=200)
