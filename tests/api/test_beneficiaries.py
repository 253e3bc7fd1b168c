"""The register over HTTP, as a clerk and a reviewer use it: people, households, cards, enrolments."""
import json
import time


from support.client import problem
from support.register import BANK, STREET, TOWN, card, found, id_number


def test_a_person_is_registered_masked_and_found(clerk):
    number = id_number()
    answer = clerk.post("beneficiaries/persons", {"name": "阿依古丽‧买买提", "id_number": f" {number} ", "phone": "+86 138-0000-1234",
                                                  "division": TOWN}, expect=201)
    person = answer.json()
    assert answer.headers["Location"] == f"/api/v1/beneficiaries/persons/{person['id']}"
    assert person["name"] == "阿依古丽·买买提"
    assert person["id_number_masked"] == number[:6] + "********" + number[14:]
    assert person["phone_masked"] == "138****1234"
    assert (person["birth_date"], person["sex"]) == (f"{number[6:10]}-{number[10:12]}-{number[12:14]}", "male")
    assert clerk.get(f"beneficiaries/persons/{person['id']}").json() == person
    assert found(clerk, number.lower()) == person
    for part in ("古丽", "阿依古丽·买", "提"):
        items = clerk.post("beneficiaries/persons/searches", {"name": part, "limit": 500}, key=False, expect=200).json()["items"]
        assert person in items
    narrowed = {"name": "古丽", "division": STREET, "limit": 500}
    assert person not in clerk.post("beneficiaries/persons/searches", narrowed, key=False, expect=200).json()["items"]


def test_lists_of_people_go_on_where_they_ended(clerk, make_person):
    made = [make_person(name="诸葛乙", division=STREET)["id"] for _ in range(5)]
    seen, after = [], {}
    while True:
        page = clerk.post("beneficiaries/persons/searches", {"name": "诸葛乙", "limit": 2, **after}, key=False, expect=200).json()
        seen += [person["id"] for person in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert seen == made


def test_faults_of_a_person_are_named_all_together(clerk):
    document = problem(clerk.post("beneficiaries/persons", {"name": "340103", "id_number": "340199194910010019", "phone": "12",
                                                            "division": TOWN}), 400, "invalid_fields")
    assert {(e["pointer"], e["code"]) for e in document["errors"]} == {
        ("/name", "bad_name"), ("/id_number", "id_number_check_digit"), ("/phone", "bad_phone")}
    document = problem(clerk.post("beneficiaries/persons", {"name": "张三", "id_number": id_number(), "division": 340103999}),
                       400, "invalid_fields")
    assert [(e["pointer"], e["code"]) for e in document["errors"]] == [("/division", "unknown_division")]
    document = problem(clerk.post("beneficiaries/persons", {"name": "张三", "sex": "male"}), 400, "invalid_fields")
    assert {(e["pointer"], e["code"]) for e in document["errors"]} == {
        ("/sex", "unknown_field"), ("/id_number", "required"), ("/division", "required")}


def test_an_identity_number_is_registered_once(clerk, make_person, street_clerk):
    number = id_number()
    person = make_person(id_number=number)
    document = problem(clerk.post("beneficiaries/persons", {"name": "李四", "id_number": number, "division": TOWN}), 409, "already_exists")
    assert number not in json.dumps(document)
    problem(street_clerk.post("beneficiaries/persons", {"name": "李四", "id_number": number, "division": STREET}), 409, "already_exists")
    assert found(clerk, number) == person


def test_a_repeated_post_makes_one_person(clerk):
    body = {"name": "张三", "id_number": id_number(), "division": TOWN}
    first = clerk.post("beneficiaries/persons", body, key="person-key-" + body["id_number"], expect=201)
    again = clerk.post("beneficiaries/persons", body, key="person-key-" + body["id_number"], expect=201)
    assert again.json() == first.json() and again.headers["ETag"] == first.headers["ETag"]
    other = dict(body, name="李四")
    problem(clerk.post("beneficiaries/persons", other, key="person-key-" + body["id_number"]), 422, "idempotency_key_reused")
    problem(clerk.post("beneficiaries/persons", other, key=False), 400, "idempotency_key_required")


def test_a_change_makes_a_version_with_its_actor(clerk, make_person):
    person = make_person(phone="13800000001")
    path = f"beneficiaries/persons/{person['id']}"
    problem(clerk.patch(path, {"name": "李四"}, expect=428), 428, "if_match_required")
    problem(clerk.patch(path, {"name": "李四"}, etag='"2"', expect=412), 412, "version_conflict")
    same = clerk.patch(path, {"name": "张 三", "phone": "138 0000 0001"}, etag='"1"')
    assert same.headers["ETag"] == '"1"'
    changed = clerk.patch(path, {"name": "张珅", "phone": None, "division": STREET}, etag='"1"')
    assert changed.headers["ETag"] == '"2"'
    assert (changed.json()["name"], changed.json()["phone_masked"], changed.json()["division"]) == ("张珅", None, STREET)
    born = person["birth_date"]
    document = problem(clerk.patch(path, {"death_date": f"{int(born[:4]) - 1}-01-01"}, etag='"2"', expect=400), 400, "invalid_fields")
    assert [(e["pointer"], e["code"]) for e in document["errors"]] == [("/death_date", "before_birth")]
    assert clerk.patch(path, {"death_date": "2020-05-20"}, etag='"2"').json()["death_date"] == "2020-05-20"
    versions = clerk.get(f"{path}/history").json()["items"]
    assert [(v["version"], v["changed"], v["actor"]) for v in versions] == [
        (1, [], "clerk"), (2, ["name", "phone", "division"], "clerk"), (3, ["death_date"], "clerk")]
    assert [v["name"] for v in versions] == ["张三", "张珅", "张珅"]
    assert versions[0]["valid_until"] == versions[1]["valid_from"] and versions[2]["valid_until"] is None
    assert [v["version"] for v in clerk.get(f"{path}/history", limit=1, after=1).json()["items"]] == [2]


def test_other_divisions_are_not_there(clerk, street_clerk, client_for, make_person):
    here, there = make_person(division=STREET), make_person(division=TOWN)
    assert street_clerk.get(f"beneficiaries/persons/{here['id']}").json() == here
    for path in (f"persons/{there['id']}", f"persons/{there['id']}/history", f"persons/{there['id']}/accounts",
                 f"persons/{there['id']}/certificates"):
        problem(street_clerk.get(f"beneficiaries/{path}", expect=404), 404, "not_found")
    problem(street_clerk.patch(f"beneficiaries/persons/{there['id']}", {"name": "李四"}, etag='"1"', expect=404), 404, "not_found")
    problem(street_clerk.post(f"beneficiaries/persons/{there['id']}/accounts", {"kind": "card", "bank_number": BANK, "number": card()}),
            404, "not_found")
    for etag, path in (('"1"', f"beneficiaries/persons/{here['id']}"),):
        document = problem(street_clerk.patch(path, {"division": TOWN}, etag=etag, expect=400), 400, "invalid_fields")
        assert [(e["pointer"], e["code"]) for e in document["errors"]] == [("/division", "other_division")]
    document = problem(street_clerk.post("beneficiaries/persons", {"name": "李四", "id_number": id_number(), "division": TOWN}),
                       400, "invalid_fields")
    assert [(e["pointer"], e["code"]) for e in document["errors"]] == [("/division", "other_division")]
    nobody = client_for("nobody", scopes=["beneficiaries:read"], district=340104)
    problem(nobody.get(f"beneficiaries/persons/{here['id']}", expect=404), 404, "not_found")
    problem(clerk.get("beneficiaries/persons/0", expect=404), 404, "not_found")
    problem(clerk.get("beneficiaries/persons/x", expect=404), 404, "not_found")


def test_clear_values_need_scope_and_purpose(stack, clerk, client_for, make_person):
    number, account = id_number(), card()
    person = make_person(id_number=number, phone="0551-62345678")
    path = f"beneficiaries/persons/{person['id']}"
    clerk.post(f"{path}/accounts", {"kind": "card", "bank_number": BANK, "number": account}, expect=201)
    clerk.post(f"{path}/certificates", {"number": number + "43"}, expect=201)
    viewer = client_for("viewer")
    problem(clerk.get(f"{path}/clear", expect=403, headers={"Purpose": "check of a return"}), 403, "forbidden")
    problem(viewer.get(f"{path}/clear", expect=403), 403, "purpose_required")
    problem(viewer.get(f"{path}/clear", expect=403, headers={"Purpose": "why"}), 403, "purpose_required")
    problem(viewer.get(f"{path}/clear", expect=403, headers={"Purpose": f"look at {number[:17]}"}), 403, "purpose_required")
    purpose = "核对退票户名".encode("utf-8")
    clear = viewer.get(f"{path}/clear", headers={"Purpose": purpose}).json()
    assert (clear["id_number"], clear["phone"]) == (number, "0551-62345678")
    assert (clear["account"]["number"], clear["certificate"]["number"]) == (account, number + "43")
    events = client_for("auditor").get("audit/events", entity="person", id=person["id"]).json()["items"]
    assert [(e["act"], e["actor"]) for e in events] == [("create", "clerk"), ("clear_view", "viewer")]
    entry = client_for("auditor").get(f"audit/events/{events[1]['id']}").json()["entry"]
    assert "核对退票户名" in entry and number not in entry and account not in entry


def test_readers_do_not_write(client_for, make_person):
    person = make_person()
    for scopes in (["beneficiaries:read"], ["supervision:read"]):
        reader = client_for("reader-" + scopes[0].split(":")[0], scopes=scopes)
        assert reader.get(f"beneficiaries/persons/{person['id']}").json() == person
        problem(reader.patch(f"beneficiaries/persons/{person['id']}", {"name": "李四"}, etag='"1"', expect=403), 403, "forbidden")
        problem(reader.post("beneficiaries/households", {"number": "X1", "division": TOWN}), 403, "forbidden")


# ---- accounts, certificates, households

def test_a_change_of_card_keeps_the_old_one(clerk, make_person):
    person = make_person()
    path = f"beneficiaries/persons/{person['id']}/accounts"
    first = {"kind": "card", "bank_number": BANK, "number": card()}
    one = clerk.post(path, first, expect=201)
    assert one.headers["Location"] == f"/api/v1/{path}"
    assert (one.json()["valid_from"], one.json()["valid_until"], one.json()["holder_person"]) == (None, None, person["id"])
    assert one.json()["number_masked"] == "*" * 15 + first["number"][-4:]
    problem(clerk.post(path, first), 409, "already_exists")
    two = clerk.post(path, {"kind": "passbook", "bank_number": BANK, "number": "123456789012", "valid_from": "2020-05-01"}, expect=201)
    three = clerk.post(path, {"kind": "card", "bank_number": BANK, "number": card(), "valid_from": "2020-05-01"}, expect=201)
    ranges = {a["id"]: (a["valid_from"], a["valid_until"], a["void"]) for a in clerk.get(path).json()["items"]}
    assert ranges == {one.json()["id"]: (None, "2020-05-01", False), two.json()["id"]: (None, None, True),
                      three.json()["id"]: ("2020-05-01", None, False)}


def test_faults_of_an_account(clerk, make_person, street_clerk):
    path = f"beneficiaries/persons/{make_person()['id']}/accounts"
    number = card()
    document = problem(clerk.post(path, {"kind": "card", "bank_number": BANK[:11], "number": number[:-1] + str((int(number[-1]) + 1) % 10)}),
                       400, "invalid_fields")
    assert {(e["pointer"], e["code"]) for e in document["errors"]} == {("/bank_number", "bank_number"), ("/number", "account_luhn")}
    document = problem(clerk.post(path, {"kind": "card", "bank_number": BANK, "number": number, "holder_person": 10**15}),
                       400, "invalid_fields")
    assert [(e["pointer"], e["code"]) for e in document["errors"]] == [("/holder_person", "unknown_person")]
    problem(clerk.post(path, {"kind": "credit", "bank_number": BANK, "number": number}), 400, "invalid_fields")


def test_certificates_follow_their_holder(clerk, make_person):
    number = id_number()
    path = f"beneficiaries/persons/{make_person(id_number=number)['id']}/certificates"
    document = problem(clerk.post(path, {"number": id_number() + "43"}), 400, "invalid_fields")
    assert [(e["pointer"], e["code"]) for e in document["errors"]] == [("/number", "certificate_holder")]
    clerk.post(path, {"number": number + "43"}, expect=201)
    clerk.post(path, {"number": number + "42B1", "valid_from": "2020-06-01"}, expect=201)
    items = clerk.get(path).json()["items"]
    assert [(c["disability_grade"], c["valid_from"], c["valid_until"]) for c in items] == [(3, None, "2020-06-01"), (2, "2020-06-01", None)]
    assert items[1]["number_masked"] == number[:6] + "********" + number[14:] + "42B1"


def test_households_hold_one_head_and_their_history(clerk, make_person):
    head, spouse, child = (make_person()["id"] for _ in range(3))
    number = f"A-{head}"
    made = clerk.post("beneficiaries/households", {"number": number, "division": TOWN}, expect=201).json()
    path = f"beneficiaries/households/{made['id']}"
    problem(clerk.post("beneficiaries/households", {"number": number, "division": TOWN}), 409, "already_exists")
    clerk.post(f"{path}/members", {"person": head, "relation": "02", "valid_from": "2020-01-01"}, expect=201)
    document = problem(clerk.post(f"{path}/members", {"person": spouse, "relation": "02", "valid_from": "2020-02-01"}), 400, "invalid_fields")
    assert [(e["pointer"], e["code"]) for e in document["errors"]] == [("/relation", "second_head")]
    clerk.post(f"{path}/members", {"person": spouse, "relation": "10", "valid_from": "2020-01-01"}, expect=201)
    document = problem(clerk.post(f"{path}/members", {"person": 10**15, "relation": "20"}), 400, "invalid_fields")
    assert [(e["pointer"], e["code"]) for e in document["errors"]] == [("/person", "unknown_person")]
    clerk.post(f"{path}/members", {"person": child, "relation": "20"}, expect=201)
    clerk.post(f"{path}/incomes", {"per_head_year_fen": 120000}, expect=201)
    last = clerk.post(f"{path}/incomes", {"per_head_year_fen": 0, "valid_from": "2020-03-01"}, expect=201)
    household = clerk.get(path).json()
    assert household == last.json() and household["version"] == 6 and last.headers["ETag"] == '"6"'
    assert {(m["person"], m["relation"], m["valid_from"]) for m in household["members"]} == {
        (head, "02", "2020-01-01"), (spouse, "10", "2020-01-01"), (child, "20", None)}
    assert [(i["per_head_year_fen"], i["valid_from"], i["valid_until"]) for i in household["incomes"]] == [
        (120000, None, "2020-03-01"), (0, "2020-03-01", None)]
    assert [h["id"] for h in clerk.get("beneficiaries/households", person=child).json()["items"]] == [made["id"]]
    assert [h["id"] for h in clerk.get("beneficiaries/households", number=number, division=TOWN).json()["items"]] == [made["id"]]
    problem(clerk.get("beneficiaries/households", expect=400, colour="red"), 400, "bad_query")


# ---- enrolments

def test_an_enrolment_from_application_to_end(clerk, reviewer, client_for, make_person):
    person = make_person()["id"]
    body = {"person": person, "item": "disabled-care", "applied_on": "2020-03-15"}
    applied = clerk.post("beneficiaries/enrolments", body, expect=201).json()
    assert (applied["state"], applied["starts_on"], applied["valid_from"]) == ("APPLIED", "2020-03-01", None)
    problem(clerk.post("beneficiaries/enrolments", body), 409, "already_exists")
    path = f"beneficiaries/enrolments/{applied['id']}"
    problem(clerk.post(f"{path}/approval"), 403, "forbidden")
    problem(client_for("clerk", scopes=["beneficiaries:review"]).post(f"{path}/approval"), 403, "same_person")
    end = {"cause": "moved", "ended_on": "2020-06-10", "evidence": "户口迁移证 20200612"}
    problem(clerk.post(f"{path}/end", end), 409, "wrong_state")
    approved = reviewer.post(f"{path}/approval", {}, expect=200).json()
    assert (approved["state"], approved["valid_from"], approved["valid_until"], approved["decided_by"]) == (
        "APPROVED", "2020-03-01", None, "reviewer")
    problem(reviewer.post(f"{path}/approval", {}), 409, "wrong_state")
    problem(clerk.post("beneficiaries/enrolments", body), 409, "already_exists")
    ended = clerk.post(f"{path}/end", end, expect=200).json()
    assert (ended["state"], ended["valid_until"], ended["end_cause"]) == ("ENDED", "2020-07-01", "moved")
    again = clerk.post("beneficiaries/enrolments", dict(body, applied_on="2020-05-01"), expect=201).json()
    problem(reviewer.post(f"beneficiaries/enrolments/{again['id']}/approval", {}), 409, "already_exists")
    listed = clerk.get("beneficiaries/enrolments", person=person).json()["items"]
    assert [(e["id"], e["state"]) for e in listed] == [(applied["id"], "ENDED"), (again["id"], "APPLIED")]
    assert clerk.get("beneficiaries/enrolments", person=person, state="ENDED", item="disabled-care").json()["items"] == [ended]
    assert clerk.get(path).json() == ended


def test_an_end_before_the_start_is_refused_and_nothing_is_stored(clerk, reviewer, make_person):
    body = {"person": make_person()["id"], "item": "disabled-care", "applied_on": "2020-03-15"}
    made = clerk.post("beneficiaries/enrolments", body, expect=201).json()
    approved = reviewer.post(f"beneficiaries/enrolments/{made['id']}/approval", expect=200).json()
    end = {"cause": "moved", "ended_on": "2020-02-29", "evidence": "迁移证 88"}
    document = problem(clerk.post(f"beneficiaries/enrolments/{made['id']}/end", end), 400, "invalid_fields")
    assert [(e["pointer"], e["code"]) for e in document["errors"]] == [("/ended_on", "out_of_range")]
    assert clerk.get(f"beneficiaries/enrolments/{made['id']}").json() == approved


def test_the_first_month_may_follow_from_the_approval(clerk, reviewer, make_person):
    person = make_person()["id"]
    made = clerk.post("beneficiaries/enrolments", {"person": person, "item": "orphan", "tier": "dispersed", "applied_on": "2020-03-15"},
                      expect=201).json()
    assert made["starts_on"] is None
    approved = reviewer.post(f"beneficiaries/enrolments/{made['id']}/approval", expect=200).json()
    today = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))
    year, month = int(today[:4]), int(today[5:7]) + 1
    assert approved["valid_from"] == f"{year + month // 13}-{(month - 1) % 12 + 1:02d}-01"


def test_applications_are_checked_and_rejected(clerk, reviewer, make_person):
    person = make_person()["id"]
    for change, pointer, code in (({"item": "fireworks"}, "/item", "unknown_item"), ({"item": "legal-aid"}, "/item", "unknown_item"),
                                  ({"item": "orphan"}, "/tier", "required"), ({"item": "orphan", "tier": "x"}, "/tier", "bad_value"),
                                  ({"tier": "severe"}, "/tier", "bad_value"), ({"applied_on": "2199-01-01"}, "/applied_on", "out_of_range"),
                                  ({"applied_on": "2020-03-10", "starts_on": "2020-02-01"}, "/starts_on", "out_of_range"),
                                  ({"applied_on": "2020-03-10", "starts_on": "2020-03-10"}, "/starts_on", "bad_date"),
                                  ({"person": 10**15}, "/person", "unknown_person")):
        document = problem(clerk.post("beneficiaries/enrolments", {"person": person, "item": "disabled-care", **change}), 400, "invalid_fields")
        assert [(e["pointer"], e["code"]) for e in document["errors"]] == [(pointer, code)]
    made = clerk.post("beneficiaries/enrolments", {"person": person, "item": "orphan", "tier": "dispersed"}, expect=201).json()
    problem(reviewer.post(f"beneficiaries/enrolments/{made['id']}/rejection", {"cause": "dislike"}), 400, "invalid_fields")
    rejected = reviewer.post(f"beneficiaries/enrolments/{made['id']}/rejection", {"cause": "not_eligible"}, expect=200).json()
    assert (rejected["state"], rejected["reject_cause"], rejected["decided_by"]) == ("REJECTED", "not_eligible", "reviewer")
    clerk.post("beneficiaries/enrolments", {"person": person, "item": "orphan", "tier": "dispersed"}, expect=201)


def test_what_is_under_way_moves_with_the_person(clerk, make_person, street_clerk):
    person = make_person()["id"]
    made = clerk.post("beneficiaries/enrolments", {"person": person, "item": "disabled-care"}, expect=201).json()
    problem(street_clerk.get(f"beneficiaries/enrolments/{made['id']}", expect=404), 404, "not_found")
    clerk.patch(f"beneficiaries/persons/{person}", {"division": STREET}, etag='"1"')
    moved = street_clerk.get(f"beneficiaries/enrolments/{made['id']}").json()
    assert (moved["division"], moved["version"]) == (STREET, 2)


def test_tokens_limited_to_programmes_reach_no_other_enrolment(clerk, client_for, make_person):
    person = make_person()["id"]
    care = clerk.post("beneficiaries/enrolments", {"person": person, "item": "disabled-care"}, expect=201).json()
    living = clerk.post("beneficiaries/enrolments", {"person": person, "item": "disabled-living"}, expect=201).json()
    limited = client_for("care-clerk", scopes=["beneficiaries:read", "beneficiaries:write"], programmes=["disabled-care"])
    assert [e["id"] for e in limited.get("beneficiaries/enrolments", person=person).json()["items"]] == [care["id"]]
    problem(limited.get(f"beneficiaries/enrolments/{living['id']}", expect=404), 404, "not_found")
    problem(limited.post("beneficiaries/enrolments", {"person": person, "item": "tekun", "tier": "self-care"}), 400, "invalid_fields")
