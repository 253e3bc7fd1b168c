"""Imports of lists: encodings, every fault on its line, versions, waiting holders, reach, approval, interruption."""
import csv
import signal
import time
from pathlib import Path

import pytest

from population import ENROLMENTS_HEADER, PEOPLE_HEADER
from support.client import problem
from support.register import STREET, TOWN, account_columns, found, id_number, person_row, table

BAD = Path(__file__).resolve().parents[1] / "population" / "bad"
CSV = {"Content-Type": "text/csv"}
IMPORT_SECONDS_MAX = 60


def finished(client, import_id):
    """The import when it has ended."""
    deadline = time.monotonic() + IMPORT_SECONDS_MAX
    while True:
        now = client.get(f"beneficiaries/imports/{import_id}").json()
        if now["state"] not in ("QUEUED", "RUNNING"):
            return now
        assert time.monotonic() < deadline, now
        time.sleep(0.05)


def upload(client, kind, data):
    data = data.encode("utf-8") if isinstance(data, str) else data
    answer = client.post(f"beneficiaries/imports?kind={kind}", data, headers=CSV, expect=202)
    assert answer.headers["Location"] == f"/api/v1/beneficiaries/imports/{answer.json()['id']}"
    return finished(client, answer.json()["id"])


def faults(client, import_id):
    """All faults of an import, page by page."""
    found, after = [], None
    while True:
        page = client.get(f"beneficiaries/imports/{import_id}/errors", limit=3, **({"after": after} if after else {})).json()
        found += [(e["line"], e["column"], e["code"]) for e in page["items"]]
        after = page["next"]
        if after is None:
            return found


def counts(done):
    return tuple(done[name] for name in ("new_lines", "changed_lines", "unchanged_lines", "bad_lines"))


def test_uploads_that_cannot_be_imports(clerk):
    problem(clerk.post("beneficiaries/imports?kind=people", b"", headers=CSV), 400, "empty_file")
    problem(clerk.post("beneficiaries/imports", b"x", headers=CSV), 400, "bad_query")
    problem(clerk.post("beneficiaries/imports?kind=pets", b"x", headers=CSV), 400, "bad_query")
    problem(clerk.post("beneficiaries/imports?kind=people", b"x", headers={"Content-Type": "application/json"}), 415, "unsupported_media_type")
    problem(clerk.get("beneficiaries/imports/999999999", expect=404), 404, "not_found")


def test_a_file_of_rubbish_is_stopped(clerk):
    """After ten thousand wrong lines the import ends; what it found stays readable, the worker is free."""
    lines = "\n".join([",".join(PEOPLE_HEADER)] + ["x" + "," * (len(PEOPLE_HEADER) - 1)] * 13_000)
    done = upload(clerk, "people", lines)
    assert done["state"] == "FAILED" and done["error_code"] == "too_many_errors" and 10_000 < done["bad_lines"] <= 11_000 and done["new_lines"] == 0


def test_a_list_of_people_in_any_encoding_changes_nothing_twice(clerk):
    head, child, paid = id_number(), id_number(), id_number()
    own = account_columns()
    rows = [person_row(paid, "䶮𬭊", **{"手机号": "13900000001", **own, "户名身份证号": head}),  # before its holder
            person_row(head, "阿不都·热西提", **{"户编号": f"B{head[-7:]}", "与户主关系": "02", "户年人均收入": "1,200.50", **own}),
            person_row(child, "买买提", **{"户编号": f"B{head[-7:]}", "与户主关系": "20", "残疾证号": child + "43B1"})]
    text = table(PEOPLE_HEADER, rows)
    first = upload(clerk, "people", text)
    assert counts(first) == (3, 0, 0, 0) and first["state"] == "DONE"
    assert (first["done_lines"], first["total_lines"], first["error_code"], first["eta_s"]) == (3, 3, None, None)
    tabs = text.replace(",", "\t").replace('"1\t200.50"', "1200.50")
    for data in (text.encode("utf-8-sig"), text.replace("\n", "\r\n").encode("gb18030"), tabs.encode("utf-16")):
        assert counts(upload(clerk, "people", data)) == (0, 0, 3, 0)
    person = found(clerk, paid)
    assert (person["name"], person["version"], person["phone_masked"]) == ("䶮𬭊", 1, "139****0001")
    [account] = clerk.get(f"beneficiaries/persons/{person['id']}/accounts").json()["items"]
    assert account["holder_person"] == found(clerk, head)["id"] and account["valid_from"] is None
    [household] = clerk.get("beneficiaries/households", number=f"B{head[-7:]}").json()["items"]
    detail = clerk.get(f"beneficiaries/households/{household['id']}").json()
    assert {m["relation"] for m in detail["members"]} == {"02", "20"}
    assert [i["per_head_year_fen"] for i in detail["incomes"]] == [120050]
    [certificate] = clerk.get(f"beneficiaries/persons/{found(clerk, child)['id']}/certificates").json()["items"]
    assert (certificate["disability_type"], certificate["disability_grade"]) == (4, 3)
    assert clerk.get("beneficiaries/imports", after=first["id"] - 1, limit=1).json()["items"] == [first]


def test_a_changed_list_makes_versions_and_cuts_ranges(clerk, client_for):
    number = id_number()
    old = person_row(number, "李雷", **{"手机号": "13900000002", "户编号": f"C{number[-7:]}", "与户主关系": "01", "户年人均收入": "100",
                                     "残疾证号": number + "43", **account_columns()})
    assert counts(upload(clerk, "people", table(PEOPLE_HEADER, [old]))) == (1, 0, 0, 0)
    new = dict(old, **{"姓名": "李蕾", "手机号": "", "街道代码": str(STREET), "户编号": f"D{number[-7:]}", "户年人均收入": "200",
                       "残疾证号": number + "42B1", **account_columns()})
    done = upload(clerk, "people", table(PEOPLE_HEADER, [new]))
    assert counts(done) == (0, 1, 0, 0)
    person = found(clerk, number)
    assert (person["name"], person["division"], person["version"], person["phone_masked"]) == ("李蕾", STREET, 2, "139****0002")
    path = f"beneficiaries/persons/{person['id']}"
    for kind in ("accounts", "certificates"):
        before, now = clerk.get(f"{path}/{kind}").json()["items"]
        assert before["valid_from"] is None and now["valid_until"] is None
        assert before["valid_until"] == now["valid_from"] is not None
    [version] = clerk.get(f"{path}/history", after=1).json()["items"]
    assert version["changed"] == ["name", "division"] and version["act"] == "import_batch"
    [first, second] = clerk.get("beneficiaries/households", person=person["id"]).json()["items"]
    assert [first["number"], second["number"]] == [f"C{number[-7:]}", f"D{number[-7:]}"]
    events = client_for("auditor").get("audit/events", entity="import", id=done["id"]).json()["items"]
    assert [e["act"] for e in events] == ["create", "import_batch", "finish_import"]


def bad_files():
    """Names of the faulty files that are about people or enrolments in a form that can be read."""
    names = sorted(path.name[:-4] for path in BAD.glob("*.csv") if not path.name.endswith(".expected.csv"))
    assert "excel-damage" in names and "columns" in names
    special = ("utf16", "empty", "enrolments", "enrolments-people")
    return [name for name in names if name not in special]


@pytest.mark.parametrize("name", bad_files())
def test_every_fault_of_a_line_is_reported_and_good_lines_are_taken(clerk, name):
    with open(BAD / f"{name}.expected.csv", encoding="utf-8") as stream:
        expected = sorted((int(row["line"]), row["column"], row["code"]) for row in csv.DictReader(stream))
    done = upload(clerk, "people", (BAD / f"{name}.csv").read_bytes())
    assert sorted(faults(clerk, done["id"])) == expected
    whole_file = [code for line, column, code in expected if (line, column) == (1, "")]
    assert done["state"] == ("FAILED" if whole_file else "DONE")
    assert done["error_code"] == (whole_file[0] if whole_file else None)
    assert done["bad_lines"] == (0 if whole_file else len({line for line, _, _ in expected}))
    assert done["done_lines"] == (0 if whole_file else done["total_lines"])


def test_faults_of_enrolments(clerk):
    upload(clerk, "people", (BAD / "enrolments-people.csv").read_bytes())
    with open(BAD / "enrolments.expected.csv", encoding="utf-8") as stream:
        expected = sorted((int(row["line"]), row["column"], row["code"]) for row in csv.DictReader(stream))
    done = upload(clerk, "enrolments", (BAD / "enrolments.csv").read_bytes())
    assert sorted(faults(clerk, done["id"])) == expected
    [first] = clerk.get(f"beneficiaries/imports/{done['id']}/errors", limit=1, headers={"Accept-Language": "zh-CN"}).json()["items"]
    assert first["message"] == "该人员未登记"


def test_a_bad_line_is_not_stored_and_a_missing_holder_makes_a_line_bad(clerk):
    rows = [person_row(**account_columns(holder=id_number())), person_row(**{"手机号": "123"}), person_row()]
    middle = person_row()
    chain = [person_row(**account_columns(holder=middle["身份证号"])), dict(middle, **account_columns(holder=rows[2]["身份证号"]))]
    done = upload(clerk, "people", table(PEOPLE_HEADER, rows[:2] + chain + rows[2:]))
    assert counts(done) == (3, 0, 0, 2)
    assert sorted(faults(clerk, done["id"])) == [(2, "户名身份证号", "unknown_person"), (3, "手机号", "bad_phone")]
    assert [found(clerk, row["身份证号"]) is None for row in rows] == [True, True, False]
    paid = found(clerk, chain[0]["身份证号"])
    [account] = clerk.get(f"beneficiaries/persons/{paid['id']}/accounts").json()["items"]
    assert account["holder_person"] == found(clerk, middle["身份证号"])["id"]


def test_a_household_takes_no_second_head(clerk):
    household = {"户编号": f"E{id_number()[-7:]}", "与户主关系": "02"}
    one, two = person_row(**household), person_row(**household)
    done = upload(clerk, "people", table(PEOPLE_HEADER, [one, two]))
    assert faults(clerk, done["id"]) == [(3, "与户主关系", "second_head")]
    swapped = [dict(two, 与户主关系="02"), dict(one, 与户主关系="50")]
    assert counts(upload(clerk, "people", table(PEOPLE_HEADER, swapped))) == (1, 1, 0, 0)
    [found_household] = clerk.get("beneficiaries/households", number=household["户编号"]).json()["items"]
    members = clerk.get(f"beneficiaries/households/{found_household['id']}").json()["members"]
    now = {m["person"]: m["relation"] for m in members if m["valid_until"] is None and not m["void"]}
    assert now == {found(clerk, one["身份证号"])["id"]: "50", found(clerk, two["身份证号"])["id"]: "02"}


def test_an_importer_reaches_no_other_division(clerk, street_clerk, make_person):
    number = id_number()
    make_person(id_number=number)
    rows = [person_row(number, street=STREET), person_row(street=TOWN), person_row(street=STREET)]
    done = upload(street_clerk, "people", table(PEOPLE_HEADER, rows))
    assert counts(done) == (1, 0, 0, 2)
    assert sorted(faults(street_clerk, done["id"])) == [(2, "身份证号", "other_division"), (3, "街道代码", "other_division")]
    assert found(clerk, number)["version"] == 1
    lines = [{"身份证号": number, "项目": "disabled-care", "申请日期": "2020-01-05", "起始月份": "2020-01"}]
    done = upload(street_clerk, "enrolments", table(ENROLMENTS_HEADER, lines))
    assert faults(street_clerk, done["id"]) == [(2, "身份证号", "other_division")]
    problem(street_clerk.get(f"beneficiaries/imports/{upload(clerk, 'people', table(PEOPLE_HEADER, []))['id']}", expect=404), 404, "not_found")


def test_imported_enrolments_are_approved_at_once_by_somebody_else(clerk, reviewer, client_for, make_person):
    numbers = [id_number() for _ in range(3)]
    people = [make_person(id_number=number)["id"] for number in numbers]
    open_already = clerk.post("beneficiaries/enrolments", {"person": people[2], "item": "disabled-care"}, expect=201).json()
    lines = [{"身份证号": number, "项目": "重度残疾人护理补贴", "申请日期": "2019/3/5", "起始月份": "2019-03"} for number in numbers]
    text = table(ENROLMENTS_HEADER, lines)
    done = upload(clerk, "enrolments", text)
    assert counts(done) == (2, 0, 1, 0)
    path = f"beneficiaries/imports/{done['id']}/approval"
    problem(client_for("clerk", scopes=["beneficiaries:review"]).post(path), 403, "same_person")
    # One of them is decided by hand in between, and ended: the import's approval leaves nothing half done.
    [first, second] = clerk.get("beneficiaries/enrolments", **{"import": done["id"]}).json()["items"]
    reviewer.post(f"beneficiaries/enrolments/{first['id']}/approval", expect=200)
    answer = reviewer.post(path, {}, key=f"approve-import-{done['id']}", expect=200)
    assert answer.json() == {"approved": 1, "skipped": 0}
    assert reviewer.post(path, {}, key=f"approve-import-{done['id']}", expect=200).json() == answer.json()
    assert reviewer.post(path, {}, expect=200).json() == {"approved": 0, "skipped": 0}
    now = clerk.get(f"beneficiaries/enrolments/{second['id']}").json()
    assert (now["state"], now["valid_from"], now["decided_by"], now["version"]) == ("APPROVED", "2019-03-01", "reviewer", 2)
    assert clerk.get(f"beneficiaries/enrolments/{open_already['id']}").json()["state"] == "APPLIED"
    assert counts(upload(clerk, "enrolments", text)) == (0, 0, 3, 0)
    people_import = upload(clerk, "people", table(PEOPLE_HEADER, [person_row()]))
    problem(reviewer.post(f"beneficiaries/imports/{people_import['id']}/approval"), 409, "wrong_state")
    assert clerk.get(f"beneficiaries/imports/{done['id']}").json()["approved_by"] == "reviewer"


@pytest.mark.parametrize("demand", [{"notice_days": 7}, {"review_required": True}], ids=["notice", "review"])
def test_the_lead_unit_takes_over_what_others_wait_for(life, demand):
    life.open_rules()
    numbers = [id_number() for _ in range(2)]
    people = [life.person(id_number=number) for number in numbers]
    common = {"申请日期": "2020-01-05", "起始月份": "2020-01"}
    first, _ = life.imported("enrolments", ENROLMENTS_HEADER, [{"身份证号": number, "项目": "disabled-care", **common} for number in numbers])
    free, _ = life.imported("enrolments", ENROLMENTS_HEADER, [{"身份证号": numbers[0], "项目": "disabled-living", **common}])
    life.rule("disabled-care", **demand)
    path = "beneficiaries/imports/{}/approval"
    problem(life.reviewer.post(path.format(first["id"]), {}), 403, "forbidden")
    problem(life.clerk.post(path.format(first["id"]), {}), 403, "forbidden")
    one, two = (life.clerk.get("beneficiaries/enrolments", person=person, item="disabled-care").json()["items"][0] for person in people)
    assert life.step(one["id"], "approval", {}).status_code in (403, 409)  # nor one by one
    assert life.lead.post(path.format(first["id"]), {}, expect=200).json() == {"approved": 2, "skipped": 0}
    assert (life.get(two["id"])["decided_by"], life.steps(two["id"])) == ("lead", ["applied", "taken_over"])
    assert life.reviewer.post(path.format(free["id"]), {}, expect=200).json() == {"approved": 1, "skipped": 0}


def test_a_list_takes_over_only_what_runs(life):
    life.open_rules()
    numbers = [id_number() for _ in range(2)]
    for number in numbers:
        life.person(id_number=number)
    this_month = life.today()[:7]
    later = life.stack.cluster.psql("huimin_owner", "select to_char(app.today() + interval '1 month', 'YYYY-MM')").strip()
    rows = [{"身份证号": number, "项目": "disabled-care", "申请日期": f"{this_month}-01", "起始月份": month}
            for number, month in zip(numbers, (this_month, later))]
    done, faults = life.imported("enrolments", ENROLMENTS_HEADER, rows)
    assert (done["new_lines"], faults) == (1, [(3, "起始月份", "begins_later")])
    # A line that was taken in before that was asked: it stays open.
    life.sql(f"update beneficiaries.import set created_at = created_at - interval '40 days' where id = {done['id']}")
    answer = life.reviewer.post(f"beneficiaries/imports/{done['id']}/approval", {}, expect=200).json()
    assert answer == {"approved": 0, "skipped": 1}
    [made] = life.clerk.get("beneficiaries/enrolments", **{"import": done["id"]}).json()["items"]
    assert made["state"] == "APPLIED" and life.steps(made["id"]) == ["applied"]


def test_an_application_that_overlaps_what_was_due_is_skipped(clerk, reviewer, make_person):
    number = id_number()
    person = make_person(id_number=number)["id"]
    made = clerk.post("beneficiaries/enrolments", {"person": person, "item": "disabled-care", "applied_on": "2020-01-05"}, expect=201).json()
    reviewer.post(f"beneficiaries/enrolments/{made['id']}/approval", expect=200)
    clerk.post(f"beneficiaries/enrolments/{made['id']}/end", {"cause": "certificate", "ended_on": "2020-06-30", "evidence": "庐残〔2020〕8号"}, expect=200)
    line = {"身份证号": number, "项目": "disabled-care", "申请日期": "2020-03-01", "起始月份": "2020-03"}
    done = upload(clerk, "enrolments", table(ENROLMENTS_HEADER, [line]))
    assert counts(done) == (1, 0, 0, 0)
    assert reviewer.post(f"beneficiaries/imports/{done['id']}/approval", expect=200).json() == {"approved": 0, "skipped": 1}


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
def test_an_interrupted_import_ends_as_if_it_had_not_been(stack, clerk, number):
    count = 6000
    holder = person_row(**account_columns())
    rows = [person_row(**account_columns(holder=holder["身份证号"] if i % 50 == 7 else "")) for i in range(count - 2)]
    rows[count // 2]["手机号"] = rows[-1]["手机号"] = "1"
    rows += [dict(rows[0]), holder]  # a repeated line and, at the very end, the holder of many
    data = table(PEOPLE_HEADER, rows).encode("utf-8")
    import_id = clerk.post("beneficiaries/imports?kind=people", data, headers=CSV, expect=202).json()["id"]
    worker, cuts, seen = stack.services.processes["worker"], 0, -1
    deadline = time.monotonic() + 120
    while (now := clerk.get(f"beneficiaries/imports/{import_id}").json())["state"] in ("QUEUED", "RUNNING"):
        assert time.monotonic() < deadline, now
        if cuts < 3 and now["done_lines"] > max(seen, 0):
            cuts, seen = cuts + 1, now["done_lines"]
            interrupt(stack, worker, number)
        time.sleep(0.02)
    assert cuts > 0, "the import was never interrupted"
    assert now["state"] == "DONE" and counts(now) == (count - 3, 0, 0, 3)
    assert sorted(faults(clerk, import_id)) == sorted([(count // 2 + 2, "手机号", "bad_phone"), (count - 1, "手机号", "bad_phone"),
                                                       (count, "身份证号", "duplicate_in_file")])
    assert counts(upload(clerk, "people", data)) == (0, 0, count - 3, 3)


def test_no_personal_data_in_logs_or_events(stack, clerk, client_for):
    row = person_row(name="欧阳测试", **{"手机号": "13911112222", **account_columns()})
    done = upload(clerk, "people", table(PEOPLE_HEADER, [row]))
    problem(clerk.post("beneficiaries/persons", {"name": row["姓名"], "id_number": row["身份证号"], "division": TOWN}), 409, "already_exists")
    secrets = (row["身份证号"], row["账号"], row["手机号"], row["姓名"])
    auditor = client_for("auditor")
    for event in auditor.get("audit/events", entity="import", id=done["id"]).json()["items"]:
        entry = auditor.get(f"audit/events/{event['id']}").json()["entry"]
        assert not any(secret in entry for secret in secrets)
    for log in stack.paths.logs.glob("*"):
        text = log.read_text(encoding="utf-8", errors="replace")
        assert not any(secret in text for secret in secrets), log
