"""Change lists: the preview changes nothing, a second person applies all or the good lines, a whole list is taken back exactly."""
import csv
import itertools
import json
import signal
import time
from pathlib import Path

import pytest

from population import id_check_character
from stack.bank import AGENCY
from stack.cluster import SUPERUSER
from support.client import problem
from support.office import Office, wait_for
from support.register import BANK, STREET, TOWN, account_columns, card, found, id_number, table

EXAMPLE = Path(__file__).resolve().parents[2] / "api-spec" / "examples" / "change-list.csv"
CSV = {"Content-Type": "text/csv"}
SECONDS_MAX = 60
HEADER = ("动作", "身份证号", "姓名", "手机号", "街道代码", "项目", "档次", "申请日期", "起始月份", "原因", "停发日期", "依据", "账户类型", "开户行号",
          "账号", "户名身份证号", "启用日期")
ENGLISH = ("action", "id_number", "name", "phone", "division", "item", "tier", "applied_on", "starts", "cause", "ended_on", "evidence",
           "account_kind", "bank_number", "account", "holder_id_number", "valid_from")
ACTIONS = {"新增": "new", "变更": "change", "停发": "stop", "换卡": "card"}
# What a list may touch, without what always moves on: versions, events and their times.
TOUCHED = {"person": "id, division, name, name_folded, phone_sealed, phone_index, phone_masked, death_date",
           "enrolment": "id, person_id, division, item_code, tier_code, state, applied_on, starts_on, valid, applied_by, decided_by, end_cause, ended_on",
           "tier_change": "id, enrolment_id, tier_code, valid, cause", "account": "id, person_id, holder_person_id, kind, bank_number, number_index, valid"}
SERIAL = itertools.count(1)


def child_number():
    """The number of somebody who is a child, in a district that nobody else uses."""
    n = next(SERIAL)
    first17 = f"34019920120{n // 250 % 9 + 1}{n // 2250 % 28 + 1:02d}{n % 250 * 4 + 1:03d}"
    return first17 + id_check_character(first17)


def csv_of(*rows):
    return table(HEADER, rows).encode("utf-8")


def new(number, item="disabled-care", applied="2020-05-06", **more):
    return {"动作": "新增", "身份证号": number, "项目": item, "申请日期": applied, **more}


def stop(number, item="orphan", cause="自愿", ended="2020-06-10", **more):
    return {"动作": "停发", "身份证号": number, "项目": item, "原因": cause, "停发日期": ended, **more}


def tier(number, code="institution", since="2020-05", **more):
    return {"动作": "变更", "身份证号": number, "项目": "orphan", "档次": code, "起始月份": since, **more}


def change(number, **more):
    return {"动作": "变更", "身份证号": number, **more}


def new_card(number, account=None, holder="", **more):
    return {"动作": "换卡", "身份证号": number, **account_columns(account, holder), **more}


def settled(client, list_id, busy=("CHECKING", "APPLYING")):
    """The list when the worker has ended with it."""
    deadline = time.monotonic() + SECONDS_MAX
    while True:
        now = client.get(f"beneficiaries/change-lists/{list_id}").json()
        if now["state"] not in busy:
            return now
        assert time.monotonic() < deadline, now
        time.sleep(0.05)


def upload(client, data):
    """A list that has been checked (or has failed)."""
    answer = client.post("beneficiaries/change-lists", data, headers=CSV, expect=202)
    assert answer.headers["Location"] == f"/api/v1/beneficiaries/change-lists/{answer.json()['id']}"
    return settled(client, answer.json()["id"])


def apply(client, done, mode="all"):
    """The list after its application."""
    client.post(f"beneficiaries/change-lists/{done['id']}/application", {"mode": mode}, expect=202)
    return settled(client, done["id"])


def undo(client, done):
    return client.post(f"beneficiaries/change-lists/{done['id']}/undo", {}, expect=200).json()


def lines(client, done, **query):
    """All lines of a list, page by page."""
    items, after = [], None
    while True:
        page = client.get(f"beneficiaries/change-lists/{done['id']}/lines", limit=3, **query, **({"after": after} if after else {})).json()
        items += page["items"]
        after = page["next"]
        if after is None:
            return items


def faults(client, done):
    """All faults as (line, column, code)."""
    items, after = [], None
    while True:
        page = client.get(f"beneficiaries/change-lists/{done['id']}/errors", limit=2, **({"after": after} if after else {})).json()
        items += [(e["line"], e["column"], e["code"]) for e in page["items"]]
        after = page["next"]
        if after is None:
            return sorted(items)


def counts(done):
    """(good, bad, applied) of each action that has lines."""
    return {action: (n["good"], n["bad"], n["applied"]) for action, n in sorted(done["counts"].items()) if any(n.values())}


@pytest.fixture
def hearing_required(stack):
    """hearing_required(item): its rules ask for a hearing until the test ends."""
    def write(needed, where):
        stack.cluster.psql(SUPERUSER, f"set session_replication_role = replica; update programmes.rule set hearing_required = {needed} where {where}")
    items = []
    yield lambda item: (items.append(item), write("true", f"item_code = '{item}' and not hearing_required"))
    for item in items:
        write("false", f"item_code = '{item}'")


@pytest.fixture
def rows(stack):
    """rows(table, people) gives what the register holds about people, as a list may change it."""
    def read(name, people):
        key = {"person": "id", "tier_change": "(select person_id from beneficiaries.enrolment n where n.district = t.district and n.id = enrolment_id)"}
        sql = (f"select row_to_json(q) from (select {TOUCHED[name]} from beneficiaries.{name} t"
               f" where {key.get(name, 'person_id')} in ({', '.join(map(str, people))}) order by id) q")
        return [json.loads(line) for line in stack.cluster.psql("huimin_owner", sql).splitlines()]
    return read


@pytest.fixture
def register_of(rows):
    """The whole of it."""
    return lambda people: {name: rows(name, people) for name in TOUCHED}


@pytest.fixture
def enrolled(clerk, reviewer, make_person):
    """enrolled(n) registers n orphans with a card, enrolled since 2020-01; gives (number, id) of each."""
    def make(count=1, tier_code="dispersed", division=TOWN, number=child_number):
        people = []
        for _ in range(count):
            one = number()
            person = make_person(id_number=one, division=division)["id"]
            clerk.post(f"beneficiaries/persons/{person}/accounts", {"kind": "card", "bank_number": BANK, "number": card()}, expect=201)
            people.append((one, person))
        rows_ = [{"身份证号": one, "项目": "orphan", "档次": tier_code, "申请日期": "2020-01-05", "起始月份": "2020-01"} for one, _ in people]
        data = table(("身份证号", "项目", "档次", "申请日期", "起始月份"), rows_).encode("utf-8")
        made = clerk.post("beneficiaries/imports?kind=enrolments", data, headers=CSV, expect=202).json()
        deadline = time.monotonic() + SECONDS_MAX
        while clerk.get(f"beneficiaries/imports/{made['id']}").json()["state"] != "DONE":
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert reviewer.post(f"beneficiaries/imports/{made['id']}/approval", {}, expect=200).json()["approved"] == count
        return people
    return make


@pytest.fixture
def everything(enrolled, make_person):
    """A list with a line of each kind, and the people in it: (rows, people)."""
    def make():
        (a, a_id), (b, b_id), (c, c_id) = enrolled(3)
        fresh = child_number()
        fresh_id = make_person(id_number=fresh)["id"]
        rows_ = [new(fresh, "orphan", **{"档次": "散居", "姓名": "张三", "起始月份": "2020/5"}), tier(a, **{"手机号": "139 0000 1111"}), stop(b),
                 change(c, 姓名="欧阳䶮", 街道代码=str(STREET)), new_card(c, holder=a)]
        return rows_, [a_id, b_id, c_id, fresh_id]
    return make


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_preview_shows_each_change_and_makes_none(clerk, everything, register_of, encoding):
    rows_, people = everything()
    before = register_of(people)
    text = table(HEADER, rows_)
    if encoding == "gb18030":
        text = text.replace("\n", "\r\n")
    else:  # under the English names, the actions too
        text = table(ENGLISH, [{ENGLISH[HEADER.index(k)]: ACTIONS.get(v, v) for k, v in row.items()} for row in rows_])
    done = upload(clerk, text.encode(encoding))
    assert done["state"] == "CHECKED" and (done["done_lines"], done["total_lines"], done["error_code"]) == (5, 5, None)
    assert counts(done) == {"card": (1, 0, 0), "change": (2, 0, 0), "new": (1, 0, 0), "stop": (1, 0, 0)}
    shown = lines(clerk, done)
    assert [(x["line"], x["action"], x["state"], x["person"]) for x in shown] == [
        (2, "new", "GOOD", people[3]), (3, "change", "GOOD", people[0]), (4, "stop", "GOOD", people[1]), (5, "change", "GOOD", people[2]),
        (6, "card", "GOOD", people[2])]
    fields = [{e["field"]: (e["from"], e["to"]) for e in x["changes"]} for x in shown]
    assert fields[0]["tier"] == (None, "dispersed") and fields[0]["starts_on"] == (None, "2020-05-01")
    assert fields[1] == {"phone": (None, "139****1111"), "tier": ("dispersed", "institution")}
    assert shown[1]["changes"][1]["since"] == "2020-05-01"
    assert fields[2] == {"state": ("APPROVED", "ENDED"), "valid_until": (None, "2020-07-01"), "cause": (None, "voluntary")}
    assert fields[3] == {"name": ("张三", "欧阳䶮"), "division": (str(TOWN), str(STREET))}
    assert fields[4]["account"][0].startswith("****") and fields[4]["account"][1].startswith("****") and fields[4]["holder_person"] == (str(people[2]), str(people[0]))
    assert "*" in shown[0]["id_number_masked"] and shown[0]["name"] == "张三"
    assert faults(clerk, done) == [] and register_of(people) == before
    assert lines(clerk, done, state="BAD") == []
    assert clerk.get("beneficiaries/change-lists", after=done["id"] - 1, limit=1).json()["items"] == [done]


def test_a_second_person_applies_all_and_takes_all_back(clerk, reviewer, client_for, everything, register_of):
    rows_, people = everything()
    before = register_of(people)
    done = upload(clerk, csv_of(*rows_))
    path = f"beneficiaries/change-lists/{done['id']}"
    same = client_for("clerk", scopes=["beneficiaries:review"])
    problem(same.post(f"{path}/application", {"mode": "all"}), 403, "same_person")
    problem(clerk.post(f"{path}/application", {"mode": "all"}), 403, "forbidden")
    problem(reviewer.post(f"{path}/application", {"mode": "some"}), 400, "invalid_fields")
    problem(reviewer.post(f"{path}/approval", {}), 409, "wrong_state")
    applied = apply(reviewer, done)
    assert applied["state"] == "APPLIED" and applied["applied_by"] == "reviewer" and applied["mode"] == "all"
    assert counts(applied) == {"card": (1, 0, 1), "change": (2, 0, 2), "new": (1, 0, 1), "stop": (1, 0, 1)}
    problem(reviewer.post(f"{path}/application", {"mode": "all"}), 409, "wrong_state")
    now = register_of(people)
    persons = {p["id"]: p for p in now["person"]}
    assert (persons[people[2]]["name"], persons[people[2]]["division"], persons[people[0]]["phone_masked"]) == ("欧阳䶮", STREET, "139****1111")
    enrolments = {e["person_id"]: e for e in now["enrolment"]}
    assert (enrolments[people[1]]["state"], enrolments[people[1]]["valid"], enrolments[people[1]]["end_cause"]) == \
        ("ENDED", "[2020-01-01,2020-07-01)", "voluntary")
    assert (enrolments[people[3]]["state"], enrolments[people[3]]["applied_by"], enrolments[people[3]]["starts_on"]) == ("APPLIED", "clerk", "2020-05-01")
    assert enrolments[people[2]]["division"] == STREET
    assert [(t["tier_code"], t["valid"]) for t in now["tier_change"]] == [("institution", "[2020-05-01,)")]
    accounts = [a for a in now["account"] if a["person_id"] == people[2]]
    assert [a["valid"].endswith(",)") for a in accounts] == [False, True] and accounts[1]["holder_person_id"] == people[0]
    problem(same.post(f"{path}/undo", {}), 403, "same_person")
    undone = undo(reviewer, done)
    assert (undone["state"], undone["undone_by"]) == ("UNDONE", "reviewer")
    problem(reviewer.post(f"{path}/undo", {}), 409, "wrong_state")
    after = register_of(people)
    old = {kind: {row["id"] for row in before[kind]} for kind in before}
    assert {kind: [row for row in after[kind] if row["id"] in old[kind]] for kind in after} == before
    assert [(e["state"], e["valid"]) for e in after["enrolment"] if e["id"] not in old["enrolment"]] == [("REJECTED", None)]
    assert [t["valid"] for t in after["tier_change"]] == ["empty"]
    assert [a["valid"] for a in after["account"] if a["id"] not in old["account"]] == ["empty"]
    assert {x["state"] for x in lines(clerk, done)} == {"UNDONE"}
    history = clerk.get(f"beneficiaries/persons/{people[2]}/history").json()["items"]
    assert [(v["version"], v["act"], v["name"]) for v in history] == [(1, "create", "张三"), (2, "apply_people", "欧阳䶮"), (3, "undo_people", "张三")]
    acts = [e["act"] for e in client_for("auditor").get("audit/events", entity="change_list", id=done["id"]).json()["items"]]
    assert acts == ["create", "check_list", "begin_list", "apply_people", "apply_lines", "apply_list", "undo_lines", "undo_people", "undo_list"]


def test_the_same_file_is_one_list_until_it_is_taken_back(clerk, reviewer, enrolled):
    [(number, _)] = enrolled()
    data = csv_of(tier(number))
    done = upload(clerk, data)
    refused = problem(clerk.post("beneficiaries/change-lists", data, headers=CSV), 409, "already_exists")
    assert refused["see"] == f"/api/v1/beneficiaries/change-lists/{done['id']}"
    # A list of which nothing was applied is withdrawn, by its uploader too.
    assert undo(reviewer, done)["state"] == "UNDONE"
    again = upload(clerk, data)
    apply(reviewer, again)
    problem(clerk.post("beneficiaries/change-lists", data, headers=CSV), 409, "already_exists")
    undo(reviewer, again)
    third = apply(reviewer, upload(clerk, data))
    assert counts(third) == {"change": (1, 0, 1)}


def test_all_or_the_good_lines(clerk, reviewer, enrolled, rows):
    people = enrolled(3)
    numbers = [number for number, _ in people]
    done = upload(clerk, csv_of(tier(numbers[0]), tier(numbers[1], code="villa"), stop(numbers[2])))
    assert counts(done) == {"change": (1, 1, 0), "stop": (1, 0, 0)}
    problem(reviewer.post(f"beneficiaries/change-lists/{done['id']}/application", {"mode": "all"}), 409, "bad_lines")
    applied = apply(reviewer, done, "good")
    assert applied["state"] == "APPLIED" and (applied["done_lines"], applied["total_lines"]) == (2, 2)
    assert [x["state"] for x in lines(clerk, done)] == ["APPLIED", "BAD", "APPLIED"]
    assert [e["state"] for e in rows("enrolment", [p for _, p in people])] == ["APPROVED", "APPROVED", "ENDED"]
    bad = upload(clerk, csv_of(tier(numbers[1], code="villa")))
    problem(reviewer.post(f"beneficiaries/change-lists/{bad['id']}/application", {"mode": "good"}), 409, "bad_lines")
    undo(reviewer, applied)
    assert [e["state"] for e in rows("enrolment", [p for _, p in people])] == ["APPROVED"] * 3


def test_every_fault_names_its_line_and_column(clerk, enrolled, make_person):
    (number, _), (other, _) = enrolled(2)
    plain = id_number()
    make_person(id_number=plain, name="李雷")
    dead = id_number()
    person = make_person(id_number=dead)
    clerk.patch(f"beneficiaries/persons/{person['id']}", {"death_date": "2020-03-01"}, etag='"1"')
    cases = [
        ({"动作": "转账", "身份证号": plain}, "动作", "bad_value"),
        (new("123456"), "身份证号", "id_number_length"),
        (new(id_number()), "身份证号", "unknown_person"),
        (new(dead), "身份证号", "person_dead"),
        (new(plain, "no-such"), "项目", "unknown_item"),
        (new(plain, 姓名="韩梅梅"), "姓名", "name_differs"),
        (new(plain, applied="2199-01-01"), "申请日期", "out_of_range"),
        (new(plain, 起始月份="2019-01"), "起始月份", "out_of_range"),
        (new(plain, "orphan"), "档次", "required"),
        (new(number, "orphan", 档次="散居"), "项目", "enrolled_already"),
        (new(plain, 账号=card()), "账号", "not_of_action"),
        (tier(plain), "项目", "not_enrolled"),
        (tier(number, since="2019-12"), "起始月份", "out_of_range"),
        (tier(number, since=""), "起始月份", "required"),
        (tier(number, code="dispersed"), "", "no_change"),
        (change(plain, 项目="disabled-care", 起始月份="2020-05"), "项目", "bad_value"),
        (change(plain), "", "no_change"),
        (change(plain, 姓名="李雷"), "", "no_change"),
        (change(plain, 手机号="12345"), "手机号", "bad_phone"),
        (change(plain, 街道代码="999999999"), "街道代码", "unknown_division"),
        (stop(plain), "项目", "not_enrolled"),
        (stop(number, ended="2019-12-31"), "停发日期", "ends_before_start"),
        (stop(number, ended="2199-12-31"), "停发日期", "out_of_range"),
        (stop(number, cause="不知道"), "原因", "bad_value"),
        (stop(number, 依据="340103199001010011"), "依据", "personal_data"),
        (new_card(plain, "6217000000000000001"), "账号", "account_luhn"),
        (new_card(plain, holder=id_number()), "户名身份证号", "unknown_person"),
        (new_card(plain, 启用日期="1900-01-01"), "启用日期", "before_birth"),
        (new_card(plain, 启用日期="2199-01-01"), "启用日期", "out_of_range"),
        ({"动作": "换卡", "身份证号": plain}, "账号", "required"),
    ]
    for row, column, code in cases:
        done = upload(clerk, csv_of(row, stop(other, ended=f"2020-06-{next(SERIAL) % 28 + 1:02d}", 依据=f"决字{next(SERIAL)}号")))
        assert faults(clerk, done) == [(2, column, code)], (row, faults(clerk, done))
        assert [x["state"] for x in lines(clerk, done)] == ["BAD", "GOOD"]
    [first] = clerk.get(f"beneficiaries/change-lists/{done['id']}/errors").json()["items"]
    assert (first["zh"], first["en"]) == ("必填", "Required")


@pytest.mark.parametrize("row, zh, en", [
    ({"动作": "转账"}, "新增、变更、停发、换卡", "new, change, stop, card"),
    (stop("", cause="不知道"), "死亡、收入、年龄、迁出、证件、服刑、学籍、自愿、其他", "death, income, age, moved, certificate, prison, school, voluntary, other"),
    (tier("", 原因="不知道"), "评估、寄宿、学籍、机构、收入、其他", "assessment, boarding, school, institution, income, other"),
    (tier("", code="寄养"), "散居、集中、事实无人抚养", "dispersed, institution, unsupported"),
    (new_card("", 账户类型="信用卡"), "银行卡、旧卡、存折", "card, legacy_card, passbook"),
    (new("", "disabled-care", 档次="重度"), None, None)])  # its tier is computed: nothing may stand there
def test_a_wrong_word_is_answered_with_the_right_ones(clerk, enrolled, row, zh, en):
    [(number, _)] = enrolled(1)
    done = upload(clerk, csv_of({**row, "身份证号": number}))
    [fault] = clerk.get(f"beneficiaries/change-lists/{done['id']}/errors").json()["items"]
    assert (fault["line"], fault["code"]) == (2, "bad_value")
    assert (fault["zh"], fault["en"]) == (f"不在允许的取值之内{'：' + zh if zh else ''}", f"Not one of the allowed values{': ' + en if en else ''}")


def test_nobody_is_entered_years_before_the_age(clerk, make_person):
    first17 = f"34019919800301{next(SERIAL):03d}"
    number = first17 + id_check_character(first17)
    make_person(id_number=number)
    assert faults(clerk, upload(clerk, csv_of(new(number, "old-age")))) == [(2, "项目", "too_young")]


def test_the_example_of_the_readme_goes_through_after_quickstart(clerk, reviewer, generate_population, register_of):
    """Its people are among those that quickstart generates."""
    def read(path):
        with open(path, encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    population = generate_population(1)
    example = read(EXAMPLE)
    numbers = {row[column] for row in example for column in ("身份证号", "户名身份证号")} - {""}
    numbers |= {row["户名身份证号"] for row in read(population / "people.csv") if row["身份证号"] in numbers} - {""}
    for kind in ("people", "enrolments"):
        rows_ = [row for row in read(population / f"{kind}.csv") if row["身份证号"] in numbers]
        assert {row["身份证号"] for row in rows_} <= numbers and len(rows_) >= 4
        made = clerk.post(f"beneficiaries/imports?kind={kind}", table(tuple(rows_[0]), rows_).encode("utf-8"), headers=CSV, expect=202).json()
        imported = wait_for(lambda made=made: clerk.get(f"beneficiaries/imports/{made['id']}").json(), lambda now: now["state"] == "DONE")
        assert (imported["bad_lines"], imported["total_lines"]) == (0, len(rows_))
    reviewer.post(f"beneficiaries/imports/{made['id']}/approval", {}, expect=200)
    people = [clerk.post("beneficiaries/persons/searches", {"id_number": number}).json()["items"][0]["id"] for number in sorted(numbers)]
    before = register_of(people)
    done = upload(clerk, EXAMPLE.read_bytes())
    assert faults(clerk, done) == [] and counts(done) == {"card": (1, 0, 0), "change": (2, 0, 0), "new": (1, 0, 0), "stop": (1, 0, 0)}
    assert counts(apply(reviewer, done))["change"] == (2, 0, 2) and register_of(people) != before
    assert reviewer.post(f"beneficiaries/change-lists/{done['id']}/undo", {}, expect=200).json()["state"] == "UNDONE"


def test_lines_that_contradict_each_other_are_all_bad(clerk, enrolled, make_person):
    (one, _), (two, _), (three, _), (four, _) = enrolled(4)
    fresh = id_number()
    make_person(id_number=fresh)
    done = upload(clerk, csv_of(tier(one), stop(one), new_card(two), new_card(two), change(three, 手机号="13900002222"),
                                change(three, 姓名="王五"), tier(four), change(four, 手机号="13900003333"), new_card(four), new(fresh), new(fresh)))
    assert faults(clerk, done) == [(line, "", "duplicate_line") for line in (2, 3, 4, 5, 6, 7, 11, 12) if line < 8] + \
        [(11, "", "duplicate_line"), (12, "", "duplicate_line")]
    assert [x["line"] for x in lines(clerk, done, state="GOOD")] == [8, 9, 10]


def test_a_bad_file_leaves_nothing_but_its_record(stack, clerk, enrolled):
    [(number, _)] = enrolled()
    good = csv_of(tier(number))
    damaged = number[:15] + "000"
    cases = [(b"\x00\x01\x02\xff\xfe" * 40, "encoding"), (good.decode().encode("utf-8")[:-3] + "䶮".encode("utf-8")[:2], "encoding"),
             ("动作,项目\n停发,orphan\n".encode(), "csv_header"), (good.replace("档次".encode(), "没有".encode()), "csv_header"),
             ((",".join(HEADER) + "\n").encode(), "empty_file"),
             (csv_of(tier(number), stop(damaged)), "excel_damage"), (csv_of(tier(number), stop("3.40103E+17")), "excel_damage"),
             (csv_of(new_card(number, "6217000000000000"[:15] + "0000")), "excel_damage")]
    for data, code in cases:
        done = upload(clerk, data)
        assert (done["state"], done["error_code"], done["counts"]) == ("FAILED", code, {}), (code, done)
        kept = stack.cluster.psql("huimin_owner", f"select count(*) from beneficiaries.change_line where list_id = {done['id']}")
        assert kept == "0" and lines(clerk, done) == []
    assert [(line, code) for line, _, code in faults(clerk, done)] == [(2, "account_excel_damage")]
    problem(clerk.post("beneficiaries/change-lists", b"", headers=CSV), 400, "empty_file")
    problem(clerk.post("beneficiaries/change-lists", b"x" * (8 * 1024 * 1024 + 1), headers=CSV), 413, "payload_too_large")
    problem(clerk.post("beneficiaries/change-lists", b"a\n" * 20_002, headers=CSV), 413, "too_many_lines")
    problem(clerk.post("beneficiaries/change-lists", good, headers={"Content-Type": "application/json"}), 415, "unsupported_media_type")
    upload(clerk, good)  # a former failure does not stand in the way


def test_what_changed_since_the_preview_is_not_applied(clerk, reviewer, enrolled, register_of):
    people = enrolled(3)
    (one, _), (two, two_id), (three, _) = people
    ids = [person for _, person in people]
    data = [tier(one), new_card(two), stop(three)]
    done = upload(clerk, csv_of(*data))
    clerk.post(f"beneficiaries/persons/{two_id}/accounts", {"kind": "card", "bank_number": BANK, "number": card()}, expect=201)
    before = register_of(ids)
    now = apply(reviewer, done, "all")
    assert (now["state"], now["error_code"], now["applied_at"]) == ("CHECKED", "changed_meanwhile", None)
    assert register_of(ids) == before and faults(clerk, done) == [(3, "", "changed_meanwhile")]
    problem(reviewer.post(f"beneficiaries/change-lists/{done['id']}/application", {"mode": "all"}), 409, "bad_lines")
    now = apply(reviewer, done, "good")
    assert (now["state"], now["error_code"]) == ("APPLIED", None) and counts(now) == {"card": (0, 1, 0), "change": (1, 0, 1), "stop": (1, 0, 1)}


def test_no_undo_after_somebody_else_changed_it(clerk, reviewer, enrolled):
    (one, one_id), (two, two_id), (three, three_id) = enrolled(3)
    for row, meddle in [
        (change(one, 姓名="王五"), lambda: clerk.patch(f"beneficiaries/persons/{one_id}", {"phone": "13900004444"}, etag='"2"')),
        (new_card(two), lambda: clerk.post(f"beneficiaries/persons/{two_id}/accounts", {"kind": "card", "bank_number": BANK, "number": card()}, expect=201)),
        (stop(three), lambda: clerk.post("beneficiaries/enrolments", {"person": three_id, "item": "orphan", "tier": "dispersed", "applied_on": "2020-08-01"}, expect=201)),
    ]:
        done = apply(reviewer, upload(clerk, csv_of(row)))
        meddle()
        refused = reviewer.post(f"beneficiaries/change-lists/{done['id']}/undo", {})
        if "停发" in row.values():  # an application alone takes nothing away: the end is taken back
            assert refused.status_code == 200
        else:
            problem(refused, 409, "changed_since")
            assert clerk.get(f"beneficiaries/change-lists/{done['id']}").json()["state"] == "APPLIED"


def test_no_undo_once_it_is_in_a_run(clerk, reviewer, client_for, enrolled):
    office = Office(client_for)
    if not office.get("payments/runs", limit=1)["items"] and client_for("finance").post("payments/agencies", AGENCY).status_code not in (201, 409):
        pytest.fail("the bank cannot be registered")
    (one, _), (two, two_id) = enrolled(2)
    tiers = apply(reviewer, upload(clerk, csv_of(tier(one, since="2020-02"))))
    cards = apply(reviewer, upload(clerk, csv_of(new_card(two, 启用日期="2020-01-01"))))
    run = office.draft("orphan", "2020-03")
    assert two_id in [p["person_id"] for p in office.payments(run["id"])]
    for done in (tiers, cards):
        problem(reviewer.post(f"beneficiaries/change-lists/{done['id']}/undo", {}), 409, "already_paid")
    client_for("maker").post(f"payments/runs/{run['id']}/cancellation", {}, expect=200)
    for done in (tiers, cards):
        assert undo(reviewer, done)["state"] == "UNDONE"


def test_applications_of_a_list_are_approved_at_once_by_a_third_person(clerk, reviewer, client_for, make_person, hearing_required):
    numbers = [child_number() for _ in range(3)]
    people = [make_person(id_number=number)["id"] for number in numbers]
    rows_ = [new(numbers[0]), new(numbers[1], "disabled-living"), new(numbers[2], "tekun", 档次="full-care")]
    done = apply(reviewer, upload(clerk, csv_of(*rows_)))
    path = f"beneficiaries/change-lists/{done['id']}/approval"
    problem(reviewer.post(path, {}), 403, "same_person")
    third = client_for("reviewer-2", scopes=["beneficiaries:read", "beneficiaries:review"])
    assert third.post(path, {}, expect=200).json() == {"approved": 2, "skipped": 1, "left": 0}  # tekun hangs out a notice first
    assert third.post(path, {}, expect=200).json() == {"approved": 0, "skipped": 0, "left": 0}
    [first] = clerk.get("beneficiaries/enrolments", person=people[0]).json()["items"]
    assert (first["state"], first["valid_from"], first["decided_by"]) == ("APPROVED", "2020-05-01", "reviewer-2")
    hearing_required("disabled-care")  # before a reduction; what nobody was paid for reduces nothing
    undo(third, done)
    ends = [clerk.get("beneficiaries/enrolments", person=person).json()["items"][0] for person in people]
    assert [(e["state"], e["valid_from"]) for e in ends] == [("ENDED", None), ("ENDED", None), ("REJECTED", None)]


def test_an_end_by_list_needs_what_an_end_needs(clerk, reviewer, enrolled, rows, hearing_required):
    (dead, dead_id), (tired, tired_id) = enrolled(2)
    death, wish = stop(dead, cause="死亡", ended="2020-06-10"), stop(tired, 依据="声明1号")
    assert faults(clerk, upload(clerk, csv_of(death))) == [(2, "原因", "death_not_recorded")]
    clerk.patch(f"beneficiaries/persons/{dead_id}", {"death_date": "2020-06-10"}, etag='"1"', expect=200)
    hearing_required("orphan")
    assert faults(clerk, upload(clerk, csv_of({**death, "停发日期": "2020-06-11"}, wish))) == [
        (2, "原因", "death_not_recorded"), (3, "项目", "hearing_missing")]
    [made] = clerk.get("beneficiaries/enrolments", person=tired_id).json()["items"]
    clerk.call("POST", f"beneficiaries/enrolments/{made['id']}/documents", b"%PDF-1.4\n", params={"kind": "voluntary_statement"}, expect=201,
               headers={"Content-Type": "application/pdf", "Idempotency-Key": f"statement-{made['id']:08d}"})
    assert faults(clerk, upload(clerk, csv_of(stop(tired)))) == [(2, "项目", "hearing_missing")]  # the statement's number is missing
    done = apply(reviewer, upload(clerk, csv_of(death, wish)))
    assert counts(done) == {"stop": (2, 0, 2)}
    assert [e["end_cause"] for e in rows("enrolment", [dead_id, tired_id])] == ["death", "voluntary"]


def test_a_clerk_reaches_no_other_division(clerk, street_clerk, reviewer, client_for, enrolled):
    [(inside, inside_id)] = enrolled(division=STREET)
    [(outside, _)] = enrolled(division=TOWN)
    rows_ = [change(inside, 手机号="13900005555"), change(outside, 手机号="13900006666"), new_card(inside, holder=outside), change(inside, 街道代码=str(TOWN))]
    done = upload(street_clerk, csv_of(*rows_[:3]))
    assert faults(street_clerk, done) == [(3, "身份证号", "other_division"), (4, "户名身份证号", "unknown_person")]
    assert [x["person"] for x in lines(street_clerk, done)] == [inside_id, None, inside_id]
    moved = upload(street_clerk, csv_of(rows_[3]))
    assert faults(street_clerk, moved) == [(2, "街道代码", "other_division")]
    path = f"beneficiaries/change-lists/{upload(clerk, csv_of(new_card(inside)))['id']}"
    for call in ("", "/lines", "/errors"):
        problem(street_clerk.get(path + call, expect=404), 404, "not_found")
    street_reviewer = client_for("street-reviewer", scopes=["beneficiaries:read", "beneficiaries:review"], divisions=[TOWN])
    for call, body in (("application", {"mode": "good"}), ("undo", {}), ("approval", {})):
        problem(street_reviewer.post(f"beneficiaries/change-lists/{done['id']}/{call}", body), 404, "not_found")
    abroad = client_for("reviewer", scopes=["beneficiaries:read", "beneficiaries:review"], district=340104)
    problem(abroad.get(f"beneficiaries/change-lists/{done['id']}", expect=404), 404, "not_found")
    assert counts(apply(reviewer, done, "good")) == {"card": (0, 1, 0), "change": (1, 1, 1)}


def interrupt(stack, worker, number):
    """Ends the worker, lets the job's lease run out at once, and starts another worker."""
    try:
        if number == signal.SIGKILL:
            worker.signal(number)
        worker.stop()
        stack.cluster.psql("huimin_worker", "update ops.job set lease_until = now(), not_before = now()"
                                            " where state in ('QUEUED', 'RUNNING')")
    finally:
        stack.services.start_worker()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
@pytest.mark.parametrize("mode", ["good", "all"])
def test_an_interrupted_list_ends_as_if_it_had_not_been(stack, clerk, reviewer, number, mode):
    count = 6000
    numbers = [child_number() for _ in range(count)]
    people = [{"姓名": "李四", "身份证号": one, "街道代码": str(TOWN)} for one in numbers]
    made = clerk.post("beneficiaries/imports?kind=people", table(("姓名", "身份证号", "街道代码"), people).encode("utf-8"), headers=CSV, expect=202).json()
    deadline = time.monotonic() + SECONDS_MAX
    while clerk.get(f"beneficiaries/imports/{made['id']}").json()["state"] != "DONE":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    bad = 1 if mode == "good" else 0
    rows_ = [change(one, 手机号=f"139{n:08d}") if n % 2 else new_card(one) for n, one in enumerate(numbers)]
    rows_ += [stop(numbers[0])] * bad
    posted = clerk.post("beneficiaries/change-lists", csv_of(*rows_), headers=CSV, expect=202).json()
    cuts = cut_while(stack, clerk, posted["id"], number, ("CHECKING",))
    checked = settled(clerk, posted["id"])
    assert checked["state"] == "CHECKED" and checked["done_lines"] == count + bad and cuts > 0
    reviewer.post(f"beneficiaries/change-lists/{posted['id']}/application", {"mode": mode}, expect=202)
    cut_while(stack, clerk, posted["id"], number, ("APPLYING",))
    done = settled(clerk, posted["id"])
    half = count // 2
    assert done["state"] == "APPLIED" and counts(done) == {"card": (half, 0, half), "change": (half, 0, half), **({"stop": (0, 1, 0)} if bad else {})}
    versions = stack.cluster.psql("huimin_owner", "select version, count(*) from beneficiaries.person where name = '李四' and phone_masked is not null"
                                                  f" and id in (select person_id from beneficiaries.change_line where list_id = {posted['id']}) group by 1")
    assert versions == f"2|{half}"
    accounts = f"select count(*), count(distinct person_id) from beneficiaries.account where id in (select account_id from beneficiaries.change_line where list_id = {posted['id']})"
    assert stack.cluster.psql("huimin_owner", accounts) == f"{half}|{half}"
    assert undo(reviewer, done)["state"] == "UNDONE"
    assert stack.cluster.psql("huimin_owner", accounts.replace("where id", "where not isempty(valid) and id")) == "0|0"


def cut_while(stack, client, list_id, number, busy):
    """Interrupts the worker up to three times while the list is busy; says how often."""
    cuts, seen, deadline = 0, -1, time.monotonic() + 120
    while (now := client.get(f"beneficiaries/change-lists/{list_id}").json())["state"] in busy:
        assert time.monotonic() < deadline, now
        if cuts < 3 and now["done_lines"] > max(seen, 0):
            cuts, seen = cuts + 1, now["done_lines"]
            interrupt(stack, stack.services.processes["worker"], number)
        time.sleep(0.02)
    return cuts


def test_no_personal_data_in_events_logs_or_in_clear_in_the_list(stack, clerk, reviewer, client_for, enrolled):
    [(number, _)] = enrolled()
    account, phone = card(), "13911117777"
    done = apply(reviewer, upload(clerk, csv_of(new_card(number, account), change(number, 姓名="欧阳小测", 手机号=phone))))
    undo(reviewer, done)
    auditor = client_for("auditor")
    for event in auditor.get("audit/events", entity="change_list", id=done["id"]).json()["items"]:
        entry = auditor.get(f"audit/events/{event['id']}").json()["entry"]
        assert not any(secret in entry for secret in (number, account, phone, "欧阳小测"))
    for name in ("change_list", "change_line", "change_error"):
        kept = stack.cluster.psql("huimin_owner", f"select row_to_json(t) from beneficiaries.{name} t")
        assert not any(secret in kept for secret in (number, account, phone))
    for log in stack.paths.logs.glob("*"):
        text = log.read_text(encoding="utf-8", errors="replace")
        assert not any(secret in text for secret in (number, account, phone, "欧阳小测")), log
