"""The bank as the payer sees it: files in, files out."""
import hashlib
import json
import os
import re
import signal
import subprocess
import time

import pytest

from bank_client import DAY, NAMES, PROGRAM, Bank, check_statements, crowd, detail, payment_file


# ---- the ordinary way

def test_a_file_is_acknowledged_answered_and_credited(make_bank):
    bank = make_bank()
    name, data = payment_file([detail(f"P{i}", "60.00", f"62019900000000{i:05d}", name=n) for i, n in enumerate(NAMES, 1)])
    bank.deliver(name, data)
    bank.order("ledger")
    assert bank.inbox() == [f"ACK_{name}", f"RES_{name}"]
    assert (bank.folder / "inbox" / f"ACK_{name}").read_bytes().decode("gb18030") == (
        f"ACK|V1|{name}|{hashlib.sha256(data).hexdigest()}|8|480.00|OK|||\r\n")
    head, *details, end = bank.answer(f"RES_{name}")
    assert head == ["RSLT", "V1", DAY, "0042", name, "8", "480.00"] and end == ["END", "8", "480.00"]
    assert details == [[f"P{i}", n, "60.00", f"62019900000000{i:05d}", "S", "", ""] for i, n in enumerate(NAMES, 1)]
    report = bank.ledger()
    assert json.loads((bank.folder / "ledger.json").read_text(encoding="utf-8")) == report
    assert (report["files"], report["credited_fen"], report["double_credits"], report["balance_fen"]) == (1, 48000, 0, 10**12 - 48000)
    assert report["lines"][0] == {"ref": "P1", "account_last4": "0001", "amount_fen": 6000, "credits": 1, "returns": 0, "credited_fen": 6000}
    assert os.listdir(bank.folder / "outbox") == [name]


def test_statement_has_one_debit_for_the_file(make_bank):
    bank = make_bank("--opening-fen", "5000000")
    name = bank.send([detail("P1"), detail("P2", "0.05", "6201990000000000026")])
    bank.order("deposit-123456-JUNE")
    bank.order("deposit-123456-JUNE")
    assert bank.run("close-day").returncode == 0
    (statement,) = bank.statements()
    assert f"STM_AHLY_{DAY}_1.txt" in bank.inbox()
    head, debit, deposit, end = statement
    assert head[:3] == ["STMT", "V1", DAY] and head[6:8] == ["50000.00", "51174.51"]
    assert debit[1:3] == ["D", "60.05"] and debit[4] == name
    assert deposit[1:3] == ["C", "1234.56"] and deposit[4:] == ["", "存入JUNE"]
    assert check_statements(bank, 5000000) == bank.ledger()["balance_fen"] == 5117451


def test_statement_numbers_have_no_gap_and_a_closed_day_stays_closed(make_bank):
    bank = make_bank()
    bank.order("close-day")
    bank.order("close-day")
    assert len(bank.statements()) == 1 and bank.statements()[0][0][8] == "0"
    bank.send([detail("P1")])
    bank.order("close-day")
    bank.order("close-day-20200701")
    bank.order("close-day-20200615")
    bank.send([detail("P2", nth=2)], 2)
    bank.order("close-day")
    days = [s[0][2] for s in bank.statements()]
    assert days == [DAY, DAY, "20200701", "20200701"]
    assert check_statements(bank) == bank.ledger()["balance_fen"]


def test_closing_a_later_day_writes_the_open_one_first(make_bank):
    bank = make_bank()
    bank.send([detail("P1")])
    bank.order("close-day-20200702")
    assert [(s[0][2], s[0][8]) for s in bank.statements()] == [(DAY, "1"), ("20200702", "0")]
    check_statements(bank)


def test_without_a_date_the_bank_lives_today(make_bank):
    bank = make_bank(date=None)
    before = time.time() + 8 * 3600
    bank.order("close-day")
    after = time.time() + 8 * 3600
    assert bank.statements()[0][0][2] in {time.strftime("%Y%m%d", time.gmtime(t)) for t in (before, after)}


# ---- refused files: nothing is credited

REFUSED = {
    "digest in the name": (dict(digest="00000000"), "H001"),
    "count": (dict(count=3), "H019"),
    "total": (dict(total="120.01"), "H019"),
    "unit": (dict(unit="0043"), "H020"),
    "bank": (dict(bank="OTHER"), "H020"),
    "utf-8": (dict(encoding="utf-8"), "H002"),
    "day": (dict(day="20200631"), "H001"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_wrong_files_are_refused_as_a_whole(make_bank, case):
    changes, code = REFUSED[case]
    bank = make_bank()
    unit = changes.get("unit", "0042")
    name = bank.send([detail("P1", unit=unit, name="王𬭊玥"), detail("P2", account="6201990000000000026", unit=unit)], **changes)
    assert bank.inbox() == [f"ACK_{name}"]
    ack = bank.ack(f"ACK_{name}")
    assert len(ack) == 9 and ack[6] == "NO" and re.fullmatch(code, ack[7]) and ack[8]
    report = bank.ledger()
    assert (report["files"], report["files_refused"], report["credited_fen"], report["lines"]) == (0, 1, 0, [])


@pytest.mark.parametrize("line, code", [
    (detail("P1", "0.00"), "H019"), (detail("P1", "-5.00"), "H019"), (detail("P1", "1.0"), "H003"), (detail("P1", "01.00"), "H003"),
    (detail("P1", "１.00"), "H003"), (detail("X1"), "H003"), (detail("P1", name=""), "H003"), (detail("P1") + "1|", "H003"),
    (detail("P1", unit="0043"), "H020"),
    (detail("P1")[:-1], "H003")])
def test_wrong_lines_refuse_the_file(make_bank, line, code):
    bank = make_bank()
    head = f"HEAD|V1|{DAY}|0042|AHLY|1|2|120.00|"
    data = "".join(x + "\r\n" for x in (head, detail("P7", account="6201990000000000026"), line)).encode("gb18030")
    name = bank.deliver(f"HM_AHLY_{DAY}_0001_{hashlib.sha256(data).hexdigest()[:8]}.txt", data)
    bank.order("ledger")
    assert bank.ack(f"ACK_{name}")[6:8] == ["NO", code]
    assert bank.ledger()["credited_fen"] == 0


def test_a_cut_file_and_an_empty_one_are_refused(make_bank):
    bank = make_bank()
    _, data = payment_file([detail("P1"), detail("P2", account="6201990000000000026")])
    for i, part in enumerate((data[:-1], data[:-30], b"", data[:data.index(b"\r\n") + 2]), 1):
        name = bank.deliver(f"HM_AHLY_{DAY}_0001_{hashlib.sha256(part).hexdigest()[:8]}.txt", part)
        bank.order("ledger")
        assert bank.ack(f"ACK_{name}")[6] == "NO"
        assert bank.ledger()["files_refused"] == i and bank.ledger()["credited_fen"] == 0


def test_other_names_are_refused_and_unfinished_ones_left_alone(make_bank):
    bank = make_bank()
    os.makedirs(bank.folder / "outbox" / "a-folder", exist_ok=True)
    _, data = payment_file([detail("P1")])
    for name in ("notes.txt", "x.tmp", ".hidden", "空.txt", "a|b.txt"):
        (bank.folder / "outbox" / name).write_bytes(data)
    bank.order("ledger")
    assert bank.inbox() == ["ACK_notes.txt"] and bank.ack("ACK_notes.txt")[7] == "H001"


def test_the_same_bytes_and_the_same_number_are_taken_once(make_bank):
    bank = make_bank()
    first = bank.send([detail("P1")])
    bank.send([detail("P1")])                                # the same file delivered again
    assert bank.ack(f"ACK_{first}")[6] == "OK"               # the first answer is never overwritten
    assert bank.ack(f"ACK2_{first}")[6:8] == ["NO", "H022"]
    other = bank.send([detail("P2", nth=2)])                 # another file under the same number
    assert bank.ack(f"ACK_{other}")[6:8] == ["NO", "H021"]
    tomorrow = bank.send([detail("P2")], day="20200701")     # the same number of another day
    assert bank.ack(f"ACK_{tomorrow}")[6] == "OK"
    report = bank.ledger()
    assert (report["files"], report["files_refused"], report["credited_fen"]) == (2, 2, 12000)


def test_a_file_the_balance_does_not_cover_is_refused(make_bank):
    bank = make_bank("--opening-fen", "5999")
    name = bank.send([detail("P1")])
    assert bank.ack(f"ACK_{name}")[6:8] == ["NO", "RJ03"]
    bank.order("deposit-1-X")
    bank.send([detail("P1")])
    assert bank.ack(f"ACK2_{name}")[6] == "OK"
    assert bank.ledger()["balance_fen"] == 0


# ---- the positional counter

def test_counter_runs_by_account_and_day(make_bank):
    bank = make_bank()
    one = bank.send([detail("P1", nth=1), detail("P2", nth=2), detail("P3", nth=2), detail("P4", account="6201990000000000026", nth=1)])
    two = bank.send([detail("P5", nth=1), detail("P6", nth=3)], 2)
    three = bank.send([detail("P7", nth=1)], day="20200701")
    status = {d[0]: (d[4], d[5], d[6]) for n in (one, two, three) for d in bank.result(f"RES_{n}")}
    ok = ("S", "", "")
    assert status == {"P1": ok, "P2": ok, "P3": ("F", "RJ05", "代理次数错误！应该为[3]"), "P4": ok,
                      "P5": ("F", "RJ05", "代理次数错误！应该为[3]"), "P6": ok, "P7": ok}
    assert bank.ledger()["credited_fen"] == 5 * 6000


def test_a_failed_line_counts_as_presented(make_bank):
    bank = make_bank(scenario={"lines": [{"match": {"ref": "P1"}, "action": "fail", "code": "RJ11"}]})
    bank.send([detail("P1", nth=1)])
    name = bank.send([detail("P2", nth=2)], 2)
    assert bank.result(f"RES_{name}")[0][4] == "S"


# ---- scenarios: lines

def by_reference(*rules):
    return {"lines": [{"match": {"ref": ref}, **rule} for ref, rule in rules]}


def test_failures_have_code_and_text(make_bank):
    bank = make_bank(scenario=by_reference(
        ("P1", {"action": "fail", "code": "RJ01"}), ("P2", {"action": "fail", "code": "RJ02"}),
        ("P3", {"action": "fail", "code": "RJ11", "text": "长期不动户请到柜台办理"})))
    name = bank.send([detail(f"P{i}", account=f"62019900000000{i:05d}") for i in range(1, 5)] + [detail("P5", account="62A1990000000005")])
    told = {d[0]: d[4:] for d in bank.result(f"RES_{name}")}
    assert told["P1"] == ["F", "RJ01", "账号不存在"] and told["P3"] == ["F", "RJ11", "长期不动户请到柜台办理"]
    assert told["P2"][:2] == ["F", "RJ02"] and re.fullmatch(r"户名不符,原户名为\[[^\]|]+\]", told["P2"][2])
    assert told["P4"] == ["S", "", ""] and told["P5"][:2] == ["F", "RJ01"]
    bank.order("close-day")
    assert [e[2] for e in bank.statements()[0][1:-1]] == ["60.00"]


@pytest.mark.parametrize("match", [{"name": "李䶮"}, {"account_suffix": "0002"}, {"amount_fen": 7000}, {"ref": "P2"}])
def test_rules_match_by(make_bank, match):
    bank = make_bank(scenario={"lines": [{"match": match, "action": "fail", "code": "RJ11"}, {"action": "ok"}]})
    name = bank.send([detail("P1", account="62019900000000001"), detail("P2", "70.00", "62019900000000002", name="李䶮")])
    assert [d[4] for d in bank.result(f"RES_{name}")] == ["S", "F"]


def test_processing_is_settled_when_the_day_is_closed(make_bank):
    bank = make_bank(scenario=by_reference(("P1", {"action": "processing_then_ok"}), ("P2", {"action": "processing_then_fail", "code": "RJ12"}),
                                           ("P3", {"action": "processing_then_ok", "until": "answer"})))
    name = bank.send([detail(f"P{i}", account=f"62019900000000{i:05d}") for i in range(1, 5)])
    assert [d[4] for d in bank.result(f"RES_{name}")] == ["W", "W", "W", "S"]
    assert bank.ledger()["credited_fen"] == 6000
    bank.order("close-day")
    assert [[d[0], *d[4:]] for d in bank.result(f"RES2_{name}")] == [["P1", "S", "", ""], ["P2", "F", "RJ12", "核验身份错误"]]
    bank.order("answer")
    assert [[d[0], d[4]] for d in bank.result(f"RES3_{name}")] == [["P3", "S"]]
    bank.order("answer")
    bank.order("close-day")
    assert not any(n.startswith("RES4_") for n in bank.inbox())
    assert [[e[1], e[2], e[4]] for s in bank.statements() for e in s[1:-1]] == [["D", "60.00", name]] * 3
    assert bank.ledger()["credited_fen"] == 18000 and check_statements(bank) == bank.ledger()["balance_fen"]


def test_lost_lines(make_bank):
    bank = make_bank(scenario=by_reference(("P1", {"action": "lost"}), ("P2", {"action": "lost", "credited": False})))
    name = bank.send([detail(f"P{i}", account=f"62019900000000{i:05d}") for i in range(1, 4)])
    assert [d[0] for d in bank.result(f"RES_{name}")] == ["P3"]
    assert {r: v["credits"] for r, v in bank.lines().items()} == {"P1": 1, "P2": 0, "P3": 1}


def test_double_line_is_credited_once_and_double_credit_twice(make_bank):
    bank = make_bank(scenario=by_reference(("P1", {"action": "double_line"}), ("P2", {"action": "double_credit"})))
    name = bank.send([detail(f"P{i}", account=f"62019900000000{i:05d}") for i in range(1, 4)])
    assert [d[0] for d in bank.result(f"RES_{name}")] == ["P1", "P1", "P2", "P3"]
    assert {r: v["credits"] for r, v in bank.lines().items()} == {"P1": 1, "P2": 2, "P3": 1}
    assert bank.ledger()["double_credits"] == 1
    bank.order("close-day")
    assert bank.statements()[0][1][2] == "240.00"  # the statement shows what the answer does not


def test_a_reference_paid_in_two_files_is_a_double_credit(make_bank):
    """The referee does not protect the payer: that is what it is there to find."""
    bank = make_bank()
    bank.send([detail("P1")])
    bank.send([detail("P1", nth=2)], 2)
    report = bank.ledger()
    assert report["double_credits"] == 1 and report["lines"][0]["credits"] == 2


def test_other_amount_and_other_account(make_bank):
    bank = make_bank(scenario=by_reference(("P1", {"action": "amount_differs", "delta_fen": -100}), ("P2", {"action": "other_account_number"}),
                                           ("P3", {"action": "other_account_number", "to": "6201999999999999999"})))
    name = bank.send([detail(f"P{i}", account=f"62019900000000{i:05d}") for i in range(1, 4)])
    one, two, three = bank.result(f"RES_{name}")
    assert one[2] == "59.00" and bank.lines()["P1"]["credited_fen"] == 5900 and bank.lines()["P1"]["amount_fen"] == 6000
    assert re.fullmatch(r"[0-9]{19}", two[3]) and two[3] != "6201990000000000002" and two[4] == "S"
    assert three[3] == "6201999999999999999"
    bank.order("close-day")
    assert bank.statements()[0][1][2] == "179.00"


def test_returns_after_success(make_bank):
    bank = make_bank(scenario=by_reference(("P1", {"action": "return"}), ("P2", {"action": "return", "days": 2, "text": "退票,账户已销户"}),
                                           ("P3", {"action": "return", "days": 9})))
    name = bank.send([detail(f"P{i}", account=f"62019900000000{i:05d}") for i in range(1, 5)])
    assert [d[4] for d in bank.result(f"RES_{name}")] == ["S"] * 4
    bank.order("close-day")
    head, *details, end = bank.answer(f"RTN_{DAY}_1_{name}")
    assert head == ["RTRN", "V1", DAY, "0042", name, "1", "60.00"] and end == ["END", "1", "60.00"]
    assert details == [["P1", "张三", "60.00", "6201990000000000001", "R", "RJ09", "退票"]]
    bank.order("close-day-20200701")
    bank.order("close-day-20200702")
    assert [[d[0], *d[4:]] for d in bank.result(f"RTN_20200702_1_{name}")] == [["P2", "R", "RJ09", "退票,账户已销户"]]
    bank.order("returns")
    assert [d[0] for d in bank.result(f"RTN_20200702_2_{name}")] == ["P3"]
    bank.order("returns")
    bank.order("close-day")
    entries = [(s[0][2], e[1], e[2], e[4]) for s in bank.statements() for e in s[1:-1]]
    assert entries == [(DAY, "D", "240.00", name), (DAY, "C", "60.00", "P1"), ("20200702", "C", "60.00", "P2"), ("20200702", "C", "60.00", "P3")]
    report = bank.ledger()
    assert (report["gross_credited_fen"], report["returned_fen"], report["credited_fen"], report["double_credits"]) == (24000, 18000, 6000, 0)
    assert check_statements(bank) == report["balance_fen"]


# ---- scenarios: files

def test_no_ack_late_and_nack(make_bank):
    bank = make_bank(scenario={"files": [
        {"match": {"seq": 1}, "actions": {"no_ack": True}}, {"match": {"seq": 2}, "actions": {"late": True}},
        {"match": {"seq": 3, "arrival": 1}, "actions": {"nack": {"code": "H099", "text": "系统忙"}}}]})
    one = bank.send([detail("P1", nth=1)], 1)
    two = bank.send([detail("P2", nth=2)], 2)
    three = bank.send([detail("P3", nth=3)], 3)
    assert bank.inbox() == sorted([f"RES_{one}", f"ACK_{two}", f"ACK_{three}"])
    assert bank.ack(f"ACK_{three}")[6:] == ["NO", "H099", "系统忙"]
    bank.order("close-day")
    assert f"RES_{two}" not in bank.inbox()
    bank.order("answer")
    assert [d[0] for d in bank.result(f"RES_{two}")] == ["P2"]
    bank.send([detail("P3", nth=3)], 3)  # refused before, so it may come again
    assert bank.ack(f"ACK2_{three}")[6] == "OK"
    assert bank.ledger()["credited_fen"] == 18000


def test_truncated_answer_comes_whole_later(make_bank):
    bank = make_bank(scenario={"files": [{"actions": {"truncate": True}}]})
    name = bank.send([detail(f"P{i}", account=f"62019900000000{i:05d}", name=NAMES[i % 8]) for i in range(1, 30)])
    cut = (bank.folder / "inbox" / f"RES_{name}").read_bytes()
    assert b"END|" not in cut and len(cut) > 500
    bank.order("answer")
    whole = (bank.folder / "inbox" / f"RES2_{name}").read_bytes()
    assert whole.startswith(cut) and len(bank.result(f"RES2_{name}")) == 29


def test_reordered_split_and_repeated_answers(make_bank):
    bank = make_bank(scenario={"files": [
        {"match": {"seq": 1}, "actions": {"reorder": True}}, {"match": {"seq": 2}, "actions": {"split": True}},
        {"match": {"seq": 3}, "actions": {"repeat": True}}, {"match": {"seq": 4}, "actions": {"unknown_reference": True}}]})
    names = [bank.send([detail(f"P{s}{i:02d}", account=f"6201990000{s}{i:04d}") for i in range(21)], s) for s in range(1, 5)]
    references = [[d[0] for d in bank.result(f"RES_{n}")] for n in names]
    expected = [[f"P{s}{i:02d}" for i in range(21)] for s in range(1, 5)]
    assert sorted(references[0]) == expected[0] != references[0]
    assert references[1] + [d[0] for d in bank.result(f"RES2_{names[1]}")] == expected[1] and len(references[1]) == 11
    assert (bank.folder / "inbox" / f"RES_{names[2]}").read_bytes() == (bank.folder / "inbox" / f"RES2_{names[2]}").read_bytes()
    assert references[3][:-1] == expected[3] and references[3][-1] not in expected[3]
    assert bank.ledger()["credited_fen"] == 4 * 21 * 6000


@pytest.mark.parametrize("scenario", [
    {"line": []}, {"lines": [{"action": "explode"}]}, {"lines": [{"action": "ok", "code": "RJ01"}]}, {"lines": [{"action": "fail"}]},
    {"lines": [{"action": "fail", "text": "a|b"}]}, {"lines": [{"match": {"permille": [5, 5]}, "action": "ok"}]},
    {"lines": [{"match": {"colour": "red"}, "action": "ok"}]}, {"lines": [{"action": "amount_differs"}]}, {"lines": ["ok"]},
    {"files": [{"actions": {"explode": True}}]}, {"files": [{"actions": {"late": 1}}]}, {"date": "20200631"}, []])
def test_wrong_scenarios_are_named(tmp_path, scenario):
    path = tmp_path / "s.json"
    path.write_text(json.dumps(scenario), encoding="utf-8")
    run = subprocess.run([PROGRAM, "serve", "--dir", str(tmp_path), "--scenario", str(path)], capture_output=True, text=True, timeout=30)
    assert run.returncode == 2 and run.stderr.startswith("fakebank: ") and "Traceback" not in run.stderr


# ---- shipped scenarios

def test_quickstart_is_an_ordinary_day(make_bank):
    bank = make_bank("--scenario", "quickstart")
    name = bank.send(crowd(5000))
    told = [d[4:6] for d in bank.result(f"RES_{name}")]
    failed = [code for status, code in told if status == "F"]
    assert len(told) == 5000 and 8 <= len(failed) <= 36 and set(failed) == {"RJ01", "RJ02", "RJ11"}
    assert bank.run("close-day", "--wait", "30").returncode == 0
    returned = bank.result(f"RTN_{DAY}_1_{name}")
    assert 3 <= len(returned) <= 20 and {d[5] for d in returned} == {"RJ09"}
    report = bank.ledger()
    assert report["credited_fen"] == 6000 * (5000 - len(failed) - len(returned)) and report["double_credits"] == 0
    assert check_statements(bank) == report["balance_fen"] == 10**12 - report["credited_fen"]


def test_misbehaving_has_some_of_everything_and_its_books_still_balance(make_bank):
    bank = make_bank("--scenario", "misbehaving")
    for sequence in range(1, 8):
        bank.send(crowd(400, 1 + 400 * sequence), sequence)
    fourth = next(n for n in os.listdir(bank.folder / "outbox") if "_0004_" in n)
    bank.deliver(fourth, (bank.folder / "outbox" / fourth).read_bytes())
    for order in ("close-day", "answer", "answer", "returns", "close-day"):
        bank.order(order)
    statuses = {d[4] for n in bank.inbox() if n.startswith(("RES", "RTN")) and "_0006_" not in n for d in bank.result(n)}
    assert statuses == {"S", "F", "W", "R"}
    report = bank.ledger()
    assert report["files"] == 7 and report["files_refused"] == 1 and len(report["lines"]) == 2800
    assert report["double_credits"] > 5 and report["returned_fen"] > 0
    assert check_statements(bank) == report["balance_fen"] == 10**12 - report["credited_fen"]


def test_the_same_day_twice_gives_the_same_bytes(tmp_path):
    contents = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        bank = Bank(folder, "--scenario", "misbehaving").start()
        try:
            for sequence in (1, 2, 5, 7):
                bank.send(crowd(100, 1 + 100 * sequence), sequence)
            for order in ("close-day", "answer", "close-day"):
                bank.order(order)
            contents.append({n: (folder / "inbox" / n).read_bytes() for n in bank.inbox()})
        finally:
            bank.stop(signal.SIGKILL)
    assert contents[0] == contents[1] and len(contents[0]) > 10
