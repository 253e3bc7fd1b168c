"""One person under two numbers, over HTTP: how pairs are found, judged, merged and undone; the work lists of the streets."""
import datetime
import itertools
import json

import pytest

from population import id_check_character
from stack.bootstrap import DISTRICT
from stack.cluster import SUPERUSER
from support.client import problem
from support.office import wait_for
from support.register import BANK, STREET, TOWN, card, person_row, table

DAYS = itertools.count()
NAMES = itertools.count()


def numbers_of_a_day(count=2):
    """Identity numbers of men born on a day that nobody else of these tests has."""
    born = datetime.date(1950, 1, 1) + datetime.timedelta(next(DAYS))
    first17 = [f"340197{born:%Y%m%d}{serial:03d}" for serial in range(101, 101 + 2 * count, 2)]
    return [digits + id_check_character(digits) for digits in first17]


def fresh_name():
    """A name that no other test has."""
    n = next(NAMES)
    return "申" + "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in f"{n:03d}")


FLOOR = {"after": 0}  # the last person before those of this file: the lists of a shared district are long


@pytest.fixture(autouse=True)
def floor(make_person):
    """Notes where this file's people begin."""
    if FLOOR["after"] == 0:
        FLOOR["after"] = make_person()["id"]


def candidates_of(client, person, **query):
    """{other: reasons} of one person, over all pages of this file's people; both ways."""
    found, after = {}, dict(FLOOR)
    while True:
        page = client.get("beneficiaries/duplicates", limit=500, **query, **after).json()
        for item in page["items"]:
            for candidate in item["candidates"]:
                if person in (item["id"], candidate["person"]):
                    found[candidate["person"] if item["id"] == person else item["id"]] = candidate["reasons"]
        if page["next"] is None:
            return found
        after = {"after": page["next"]}


def searched(client, number):
    """Numbers of the people that a search by identity number finds."""
    items = client.post("beneficiaries/persons/searches", {"id_number": number}, key=False, expect=200).json()["items"]
    return [item["id"] for item in items]


@pytest.fixture
def pair(make_person):
    """pair() registers two men of one name and birth date; returns their numbers in the register and their identity numbers."""
    def make(name=None, divisions=(TOWN, TOWN), other_name=None, **more):
        name = name or fresh_name()
        numbers = numbers_of_a_day()
        people = [make_person(name=n, id_number=number, division=division, **more)["id"]
                  for n, number, division in zip((name, other_name or name), numbers, divisions)]
        return people, numbers
    return make


@pytest.fixture
def merged(clerk, reviewer, pair):
    """merged() makes a merge that is in force; returns survivor, merged one, their identity numbers and the merge."""
    def make(**options):
        (survivor, other), numbers = pair(**options)
        made = clerk.post("beneficiaries/merges", {"survivor": survivor, "merged": other, "cause": "registered_twice"}, expect=201).json()
        reviewer.post(f"beneficiaries/merges/{made['id']}/approval", {}, expect=200)
        return survivor, other, numbers, made["id"]
    return make


# ---- finding

def test_fifteen_digits_find_who_has_eighteen(clerk, make_person):
    [number] = numbers_of_a_day(1)
    old = number[:6] + number[8:17]
    person = make_person(id_number=number)["id"]
    assert searched(clerk, old) == searched(clerk, number) == [person]
    document = problem(clerk.post("beneficiaries/persons", {"name": "张三", "id_number": old, "division": TOWN}), 400, "invalid_fields")
    assert [(e["pointer"], e["code"]) for e in document["errors"]] == [("/id_number", "id_number_length")]
    problem(clerk.post("beneficiaries/persons", {"name": "张三", "id_number": number, "division": TOWN}), 409, "already_exists")
    assert old not in json.dumps(document)


@pytest.mark.parametrize("name, other_name", [
    ("隆科多", "\uf9dc科多"), ("买买提·吐尔逊", "买买提•吐尔逊"), ("买买提·艾力", "买买提‧艾力"), ("张　户", "张户"), ("David Li", "DAVID  LI")])
def test_variants_of_a_name_are_one_name(clerk, pair, name, other_name):
    (one, two), _ = pair(name=name, other_name=other_name)
    assert candidates_of(clerk, one) == {two: ["name_birth"]}
    assert candidates_of(clerk, two) == {one: ["name_birth"]}


def test_two_streets_are_seen_by_who_reaches_both(clerk, street_clerk, client_for, pair):
    (one, two), numbers = pair(divisions=(STREET, TOWN))
    assert candidates_of(clerk, one) == {two: ["name_birth"]}
    for division in (STREET, TOWN):
        assert candidates_of(clerk, one, division=division) == {two: ["name_birth"]}
    assert candidates_of(clerk, one, division=340103002) == {}
    assert candidates_of(street_clerk, one) == {}
    both = client_for("both-streets", scopes=["beneficiaries:read"], divisions=[STREET, TOWN])
    assert candidates_of(both, one) == {two: ["name_birth"]}
    text = clerk.get("beneficiaries/duplicates", limit=500).text
    assert all(number not in text for number in numbers)


def test_other_reasons(clerk, make_person):
    """A phone and a name, a corrected birth date, one account in two own names."""
    name, numbers = fresh_name(), numbers_of_a_day(1) + numbers_of_a_day(1)
    one, two = (make_person(name=name, id_number=number)["id"] for number in numbers)
    assert candidates_of(clerk, one) == {two: ["name_number"]}
    (a, b), (c, d) = numbers_of_a_day(), numbers_of_a_day()
    three = make_person(name="申" + name, id_number=a, phone="13955512345")["id"]
    four = make_person(name="申" + name, id_number=d, phone="139 5551 2345")["id"]
    assert candidates_of(clerk, three) == {four: ["name_phone"]}
    five, six = (make_person(name=fresh_name(), id_number=number)["id"] for number in (b, c))
    number = card()
    for person in (five, six):
        clerk.post(f"beneficiaries/persons/{person}/accounts", {"kind": "card", "bank_number": BANK, "number": number}, expect=201)
    assert candidates_of(clerk, five) == {six: ["account"]}
    # Paid to somebody else's account: that is not a sign.
    seven = make_person(name=fresh_name())["id"]
    clerk.post(f"beneficiaries/persons/{seven}/accounts", {"kind": "card", "bank_number": BANK, "number": number, "holder_person": five}, expect=201)
    assert candidates_of(clerk, seven) == {}


def test_pairs_that_are_two_people_are_not_shown_again(clerk, street_clerk, client_for, pair):
    (one, two), _ = pair()
    kept = clerk.post("beneficiaries/duplicates/differences", {"person": two, "other": one}, expect=201).json()
    assert (kept["person"], kept["other"], kept["state"], kept["judged_by"]) == (one, two, "KEPT", "clerk")
    assert candidates_of(clerk, one) == {}
    problem(clerk.post("beneficiaries/duplicates/differences", {"person": one, "other": two}), 409, "already_exists")
    problem(clerk.post("beneficiaries/merges", {"survivor": one, "merged": two, "cause": "registered_twice"}), 409, "judged_different")
    document = problem(street_clerk.post("beneficiaries/duplicates/differences", {"person": one, "other": two}), 400, "invalid_fields")
    assert [(e["pointer"], e["code"]) for e in document["errors"]] == [("/person", "unknown_person")]
    problem(clerk.post("beneficiaries/duplicates/differences", {"person": one, "other": one}), 400, "invalid_fields")
    path = f"beneficiaries/duplicates/differences/{kept['id']}/undo"
    problem(street_clerk.post(path), 404, "not_found")
    undone = clerk.post(path, expect=200).json()
    assert (undone["state"], undone["undone_by"], undone["version"]) == ("UNDONE", "clerk", 2)
    problem(clerk.post(path), 409, "wrong_state")
    assert candidates_of(clerk, one) == {two: ["name_birth"]}
    assert clerk.get("beneficiaries/duplicates/differences", person=two).json()["items"] == [undone]
    assert street_clerk.get("beneficiaries/duplicates/differences", person=two).json()["items"] == []
    events = client_for("auditor").get("audit/events", entity="difference", id=kept["id"]).json()["items"]
    assert [(e["act"], e["seq"]) for e in events] == [("judge", 1), ("undo", 2)]


# ---- merging

def test_a_merge_takes_two_people_and_moves_nothing(clerk, reviewer, client_for, pair):
    (survivor, other), (number, old_number) = pair()
    enrolment = clerk.post("beneficiaries/enrolments", {"person": other, "item": "disabled-care", "applied_on": "2020-03-15"}, expect=201).json()
    before = {path: clerk.get(f"beneficiaries/{path}").json() for path in (
        f"persons/{survivor}", f"persons/{other}", f"enrolments/{enrolment['id']}", f"persons/{other}/accounts")}
    body = {"survivor": survivor, "merged": other, "cause": "registered_twice"}
    proposed = clerk.post("beneficiaries/merges", body, expect=201)
    merge = proposed.json()
    assert proposed.headers["Location"] == f"/api/v1/beneficiaries/merges/{merge['id']}" and proposed.headers["ETag"] == '"1"'
    assert (merge["state"], merge["proposed_by"], merge["decided_by"]) == ("PROPOSED", "clerk", None)
    assert clerk.get(f"beneficiaries/persons/{other}").json()["merged_into"] is None
    problem(clerk.post("beneficiaries/merges", body), 409, "already_exists")
    items = clerk.get("beneficiaries/duplicates", after=min(survivor, other) - 1, limit=1).json()["items"]
    assert items[0]["candidates"][0]["merge"] == merge["id"]
    path = f"beneficiaries/merges/{merge['id']}"
    problem(clerk.post(f"{path}/approval"), 403, "forbidden")
    problem(client_for("clerk", scopes=["beneficiaries:review"]).post(f"{path}/approval"), 403, "same_person")
    problem(clerk.post(f"{path}/undo", {"cause": "other"}), 409, "wrong_state")
    done = reviewer.post(f"{path}/approval", {}, expect=200).json()
    assert (done["state"], done["decided_by"], done["version"]) == ("DONE", "reviewer", 2)
    problem(reviewer.post(f"{path}/approval", {}), 409, "wrong_state")
    assert clerk.get(path).json() == done
    assert clerk.get("beneficiaries/merges", person=other, state="DONE").json()["items"] == [done]
    now = clerk.get(f"beneficiaries/persons/{other}").json()
    assert (now["merged_into"], now["version"]) == (survivor, 2)
    assert searched(clerk, old_number) == sorted([survivor, other]) and searched(clerk, number) == [survivor]
    assert candidates_of(clerk, survivor) == {}
    assert all(clerk.get(f"beneficiaries/{p}").json() == before[p] for p in before if p != f"persons/{other}")
    # The undoing takes two people too, and restores what was there.
    asked = clerk.post(f"{path}/undo", {"cause": "two_people"}, expect=200).json()
    assert (asked["state"], asked["undo_proposed_by"], asked["undo_cause"]) == ("DONE", "clerk", "two_people")
    problem(client_for("clerk", scopes=["beneficiaries:review"]).post(f"{path}/approval"), 403, "same_person")
    rejected = reviewer.post(f"{path}/rejection", {}, expect=200).json()
    assert (rejected["state"], rejected["undo_proposed_by"], rejected["undo_cause"]) == ("DONE", None, None)
    clerk.post(f"{path}/undo", {"cause": "two_people"}, expect=200)
    undone = reviewer.post(f"{path}/approval", {}, expect=200).json()
    assert (undone["state"], undone["undone_by"], undone["version"]) == ("UNDONE", "reviewer", 6)
    after = {p: clerk.get(f"beneficiaries/{p}").json() for p in before}
    restored = after[f"persons/{other}"]
    assert dict(restored, version=1, updated_at=before[f"persons/{other}"]["updated_at"]) == before[f"persons/{other}"]
    assert all(after[p] == before[p] for p in before if p != f"persons/{other}")
    assert searched(clerk, old_number) == [other] and candidates_of(clerk, survivor) == {other: ["name_birth"]}
    history = clerk.get(f"beneficiaries/persons/{other}/history").json()["items"]
    assert [(v["act"], v["changed"], v["actor"]) for v in history] == [
        ("create", [], "clerk"), ("merge", ["merged_into"], "reviewer"), ("undo_merge", ["merged_into"], "reviewer")]
    events = client_for("auditor").get("audit/events", entity="merge", id=merge["id"]).json()["items"]
    assert [e["act"] for e in events] == ["propose", "approve", "propose_undo", "undo_reject", "propose_undo", "undo_approve"]
    entries = " ".join(client_for("auditor").get(f"audit/events/{e['id']}").json()["entry"] for e in events)
    assert number not in entries and old_number not in entries
    clerk.post("beneficiaries/merges", body, expect=201)


def test_what_is_new_belongs_to_the_survivor(clerk, merged):
    survivor, other, (_, old_number), _ = merged()
    household = clerk.post("beneficiaries/households", {"number": f"M-{other}", "division": TOWN}, expect=201).json()["id"]
    for path, body in (("enrolments", {"person": other, "item": "disabled-care"}),
                       (f"persons/{other}/accounts", {"kind": "card", "bank_number": BANK, "number": card()}),
                       (f"households/{household}/members", {"person": other, "relation": "01"})):
        document = problem(clerk.post(f"beneficiaries/{path}", body), 409, "person_merged")
        assert document["see"] == f"/api/v1/beneficiaries/persons/{survivor}"
        assert old_number not in json.dumps(document)
    assert clerk.get(f"beneficiaries/households/{household}").json()["members"] == []
    clerk.post(f"beneficiaries/persons/{survivor}/accounts", {"kind": "card", "bank_number": BANK, "number": card()}, expect=201)


def test_lists_name_the_survivor_not_the_merged(clerk, merged):
    """A line under an old number is wrong; nothing of it is stored."""
    survivor, other, (number, old_number), _ = merged()
    people = table(["姓名", "身份证号", "街道代码"], [person_row(old_number, "申改名"), person_row(number, "申改名")])
    enrolments = table(["身份证号", "项目", "申请日期", "起始月份"],
                       [{"身份证号": n, "项目": "disabled-care", "申请日期": "2020-03-15", "起始月份": "2020-03"} for n in (old_number, number)])
    for kind, text in (("people", people), ("enrolments", enrolments)):
        made = clerk.post(f"beneficiaries/imports?kind={kind}", text.encode(), headers={"Content-Type": "text/csv"}, expect=202).json()
        done = wait_for(lambda: clerk.get(f"beneficiaries/imports/{made['id']}").json(), lambda now: now["state"] in ("DONE", "FAILED"))
        assert (done["state"], done["bad_lines"], done["new_lines"] + done["changed_lines"]) == ("DONE", 1, 1)
        faults = clerk.get(f"beneficiaries/imports/{made['id']}/errors").json()["items"]
        assert [(e["line"], e["column"], e["code"]) for e in faults] == [(2, "身份证号", "person_merged")]
    assert clerk.get(f"beneficiaries/persons/{survivor}").json()["name"] == "申改名"
    assert clerk.get(f"beneficiaries/persons/{other}").json()["name"] != "申改名"
    assert clerk.get("beneficiaries/enrolments", person=other).json()["items"] == []


def test_merges_that_cannot_be(clerk, street_clerk, reviewer, merged, make_person, pair):
    survivor, other, _, merge = merged()
    (one, two), _ = pair(divisions=(STREET, TOWN))

    def propose(client, a, b, cause="registered_twice"):
        return client.post("beneficiaries/merges", {"survivor": a, "merged": b, "cause": cause})

    document = problem(propose(clerk, one, one), 400, "invalid_fields")
    assert [(e["pointer"], e["code"]) for e in document["errors"]] == [("/merged", "merge_itself")]
    document = problem(propose(clerk, 10**15, 10**15 + 1), 400, "invalid_fields")
    assert [(e["pointer"], e["code"]) for e in document["errors"]] == [("/survivor", "unknown_person"), ("/merged", "unknown_person")]
    document = problem(propose(street_clerk, one, two), 400, "invalid_fields")
    assert [(e["pointer"], e["code"]) for e in document["errors"]] == [("/merged", "unknown_person")]
    for a, b in ((one, other), (other, one)):
        assert problem(propose(clerk, a, b, "number_corrected"), 409, "person_merged")["see"].endswith(f"/{survivor}")
    problem(propose(clerk, one, survivor, "number_corrected"), 409, "merge_chain")
    stranger = make_person()["id"]
    problem(propose(clerk, one, stranger), 409, "merge_differs")
    problem(propose(clerk, one, two, "because"), 400, "invalid_fields")
    corrected = propose(clerk, one, stranger, "number_corrected").json()
    for method, path in (("get", ""), ("post", "/approval"), ("post", "/undo")):
        client = street_clerk if path != "/approval" else clerk
        status, code = (404, "not_found") if client is street_clerk else (403, "forbidden")
        call = client.get if method == "get" else client.post
        body = {} if method == "get" else {"body": {"cause": "other"} if path == "/undo" else None}
        problem(call(f"beneficiaries/merges/{corrected['id']}{path}", expect=status, **body), status, code)
    assert street_clerk.get("beneficiaries/merges", person=one).json()["items"] == []
    rejected = reviewer.post(f"beneficiaries/merges/{corrected['id']}/rejection", {}, expect=200).json()
    assert (rejected["state"], rejected["decided_by"]) == ("REJECTED", "reviewer")
    problem(reviewer.post(f"beneficiaries/merges/{corrected['id']}/approval", {}), 409, "wrong_state")
    problem(clerk.post("beneficiaries/duplicates/differences", {"person": survivor, "other": other}), 409, "wrong_state")
    problem(clerk.get("beneficiaries/merges", expect=400, state="GONE"), 400, "bad_query")


def test_chains_are_refused_at_the_approval_too(clerk, reviewer, make_person):
    """Two proposals that are possible one by one, but not one after the other."""
    name, numbers = fresh_name(), numbers_of_a_day(3)
    first, second, third = (make_person(name=name, id_number=number)["id"] for number in numbers)
    one, two = (clerk.post("beneficiaries/merges", {"survivor": a, "merged": b, "cause": "registered_twice"}, expect=201).json()["id"]
                for a, b in ((first, second), (second, third)))
    reviewer.post(f"beneficiaries/merges/{one}/approval", {}, expect=200)
    document = problem(reviewer.post(f"beneficiaries/merges/{two}/approval", {}), 409, "person_merged")
    assert document["see"].endswith(f"/{first}")


def test_an_old_number_leads_to_the_survivor_wherever_it_was_registered(clerk, street_clerk, reviewer, pair):
    (survivor, other), (_, old_number) = pair(divisions=(STREET, TOWN))
    made = clerk.post("beneficiaries/merges", {"survivor": survivor, "merged": other, "cause": "registered_twice"}, expect=201).json()
    assert searched(street_clerk, old_number) == []
    reviewer.post(f"beneficiaries/merges/{made['id']}/approval", {}, expect=200)
    assert searched(street_clerk, old_number) == [survivor]
    problem(street_clerk.get(f"beneficiaries/persons/{other}", expect=404), 404, "not_found")


# ---- work lists

def enrolled(stack, person, item, **columns):
    """An approved enrolment that was there before the procedure; returns its number."""
    more = "".join(f", {name}" for name in columns), "".join(f", {value}" for value in columns.values())
    return int(stack.cluster.psql(SUPERUSER, f"""
        begin; set local session_replication_role = replica;
        insert into beneficiaries.enrolment (district, person_id, division, item_code, state, applied_on, starts_on, valid, applied_by,
                                             decided_by, decided_at, event_id{more[0]})
        select district, id, division, '{item}', 'APPROVED', '2020-01-01', '2020-01-01', '[2020-01-01,)', 'clerk', 'reviewer', now(),
               event_id{more[1]}
          from beneficiaries.person where district = {DISTRICT} and id = {person} returning id;
        commit"""))


def listed(client, kind, **query):
    """{person: entries} of a work list, over all pages of this file's people."""
    found, after = {}, dict(FLOOR)
    while True:
        page = client.get("beneficiaries/work-lists", kind=kind, limit=500, **query, **after).json()
        assert all(item["id_number_masked"][6:14] == "********" for item in page["items"])
        found.update({item["id"]: item["entries"] for item in page["items"]})
        if page["next"] is None:
            return found
        after = {"after": page["next"]}


def counted(client, kind, division):
    """What the summary says."""
    rows = client.get("beneficiaries/work-lists/summary").json()["items"]
    return sum(row["people"] for row in rows if (row["kind"], row["division"]) == (kind, division))


def day(offset):
    """A business day from today on."""
    return (datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date() + datetime.timedelta(offset)).isoformat()


def test_phones_of_beneficiaries(stack, clerk, street_clerk, make_person):
    phone = "13977700001"
    shared = [make_person(phone=phone, division=STREET)["id"] for _ in range(4)]
    none, idle, elsewhere = make_person(division=STREET)["id"], make_person(division=STREET)["id"], make_person()["id"]
    before = counted(street_clerk, "phone_missing", STREET)
    for person in (*shared[:3], none, elsewhere):
        enrolled(stack, person, "disabled-care")
    assert counted(street_clerk, "phone_missing", STREET) == before + 1
    assert not set(shared) & set(listed(clerk, "phone_shared"))
    enrolled(stack, shared[3], "orphan")
    assert [listed(clerk, "phone_shared")[person][0]["number"] for person in shared] == [4] * 4
    missing = listed(clerk, "phone_missing")
    assert none in missing and elsewhere in missing and idle not in missing
    assert none in listed(street_clerk, "phone_missing") and elsewhere not in listed(street_clerk, "phone_missing")
    assert elsewhere not in listed(clerk, "phone_missing", division=STREET)
    clerk.patch(f"beneficiaries/persons/{none}", {"death_date": "2020-06-01"}, etag='"1"')
    assert none not in listed(clerk, "phone_missing")
    stack.cluster.psql(SUPERUSER, f"begin; set local session_replication_role = replica;"
                                  f" update beneficiaries.person set phone_masked = '****' where id = {shared[0]}; commit")
    assert list(listed(clerk, "phone_invalid")) == [shared[0]]


def test_accounts_of_beneficiaries(stack, clerk, make_person):
    one, two, head, child = (make_person()["id"] for _ in range(4))
    household = clerk.post("beneficiaries/households", {"number": f"W-{head}", "division": TOWN}, expect=201).json()["id"]
    for person, relation in ((head, "02"), (child, "20")):
        clerk.post(f"beneficiaries/households/{household}/members", {"person": person, "relation": relation}, expect=201)
    enrolments = {person: enrolled(stack, person, "disabled-care") for person in (one, two, head)}
    dibao = enrolled(stack, child, "rural-dibao")
    missing = listed(clerk, "account_missing")
    assert {person: [e["enrolment"] for e in missing[person]] for person in enrolments} == {
        one: [enrolments[one]], two: [enrolments[two]], head: sorted([enrolments[head], dibao])}
    assert child not in missing
    family, lone = card(), card()
    for person, number in ((head, family), (child, family), (one, lone), (two, lone)):
        clerk.post(f"beneficiaries/persons/{person}/accounts", {"kind": "card", "bank_number": BANK, "number": number}, expect=201)
    assert not {one, two, head, child} & set(listed(clerk, "account_missing"))
    shared = listed(clerk, "account_shared")
    assert [shared[person][0]["number"] for person in (one, two)] == [2, 2] and not {head, child} & set(shared)


def test_dates_that_come(stack, clerk, street_clerk, make_person):
    [number] = numbers_of_a_day(1)
    person = make_person(id_number=number)["id"]
    due = enrolled(stack, person, "disabled-care", review_due_on=f"'{day(29)}'")
    later = enrolled(stack, person, "disabled-living", review_due_on=f"'{day(31)}'")
    assert [(e["enrolment"], e["item"], e["due_on"]) for e in listed(clerk, "review_due")[person]] == [(due, "disabled-care", day(29))]
    assert later and person not in listed(street_clerk, "review_due")
    path = f"beneficiaries/persons/{person}/certificates"
    clerk.post(path, {"number": number + "42", "valid_from": "2020-01-01", "valid_until": day(59)}, expect=201)
    assert [(e["due_on"], e["number"]) for e in listed(clerk, "certificate_expiring")[person]] == [(day(59), 2)] * 2
    clerk.post(path, {"number": number + "42B1", "valid_from": day(59)}, expect=201)
    assert person not in listed(clerk, "certificate_expiring")


def test_birthdays_that_change_something(stack, clerk, make_person):
    """Old age in force from July 2023: from 80 on, other tiers from 90 and 100 on."""
    def born(age, offset):
        turns = datetime.date.fromisoformat(day(offset))
        digits = f"340197{turns.year - age}{turns:%m}{min(turns.day, 28):02d}{next(SERIALS):03d}"
        return make_person(name=fresh_name(), id_number=digits + id_check_character(digits))["id"]

    begins, enrolled_80, turns_90, too_late, applied = born(80, 10), born(80, 11), born(90, 12), born(80, 95), born(80, 13)
    for person in (enrolled_80, turns_90):
        enrolled(stack, person, "old-age")
    clerk.post("beneficiaries/enrolments", {"person": applied, "item": "old-age"}, expect=201)
    coming = listed(clerk, "age_coming")
    assert [(e["what"], e["number"], e["item"]) for e in coming[begins]] == [("begin", 80, "old-age")]
    assert [(e["what"], e["number"], e["enrolment"] is not None) for e in coming[turns_90]] == [("tier", 90, True)]
    assert not {enrolled_80, too_late, applied} & set(coming)


SERIALS = itertools.count(501, 2)


def test_possible_duplicates_are_a_work_list_of_both_streets(clerk, street_clerk, pair):
    (one, two), _ = pair(divisions=(STREET, TOWN))
    both = listed(clerk, "duplicate")
    assert ([e["other"] for e in both[one]], [e["other"] for e in both[two]]) == ([two], [one])
    assert both[one][0]["what"] == "name_birth"
    assert not {one, two} & set(listed(street_clerk, "duplicate"))


def test_work_lists_go_on_where_they_ended(stack, clerk, make_person):
    people = [make_person(division=STREET)["id"] for _ in range(3)]
    for person in people:
        enrolled(stack, person, "tekun")
    seen, after = [], people[0] - 1
    while len(seen) < 3:
        page = clerk.get("beneficiaries/work-lists", kind="account_missing", division=STREET, limit=1, after=after).json()
        seen += [item["id"] for item in page["items"]]
        after = page["next"] or after
    assert seen == people
    problem(clerk.get("beneficiaries/work-lists", expect=400), 400, "bad_query")
    problem(clerk.get("beneficiaries/work-lists", expect=400, kind="gossip"), 400, "bad_query")


@pytest.mark.parametrize("kind", ["grace_ending", "notice_ended", "held"])
def test_every_kind_answers(clerk, kind):
    assert isinstance(listed(clerk, kind), dict)
