"""The bank as a process: crashes, restarts, orders, log."""
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from bank_client import DAY, HERE, PROGRAM, Bank, check_statements, crowd, detail, payment_file


def test_killed_again_and_again_it_credits_once_and_answers_all(make_bank, tmp_path):
    """kill -9 at random moments while files and orders come in; the moments differ, the outcome may not."""
    rng, sent, sequence = random.Random(7), {}, 0
    bank = make_bank(scenario={"lines": [{"match": {"permille": [0, 30]}, "action": "fail", "code": "RJ01"},
                                         {"match": {"permille": [30, 60]}, "action": "return"},
                                         {"match": {"permille": [60, 90]}, "action": "processing_then_ok"}]})
    for _ in range(25):
        for _ in range(rng.randrange(1, 4)):
            sequence += 1
            name, data = payment_file(crowd(300, 1 + 300 * sequence), sequence)
            sent[bank.deliver(name, data)] = data
        if rng.random() < 0.3:
            assert bank.run("control", "close-day", "--wait", "0").returncode == 0
        time.sleep(rng.random() * 0.12)  # the moment of the kill, not a wait for anything
        assert bank.stop(signal.SIGKILL) == -signal.SIGKILL
        bank.start()
    bank.order("close-day")
    bank.order("close-day")
    report = bank.ledger()
    assert report["files"] == len(sent) and report["files_refused"] == 0 and report["double_credits"] == 0
    assert len(report["lines"]) == 300 * len(sent)
    inbox = bank.inbox()
    for name in sent:
        assert bank.ack(f"ACK_{name}")[6] == "OK" and f"ACK2_{name}" not in inbox
        first = {d[0]: d[4] for d in bank.result(f"RES_{name}")}
        assert len(first) == 300
        waiting = {r for r, status in first.items() if status == "W"}
        assert {d[0] for n in inbox if re.fullmatch(rf"RES[0-9]+_{re.escape(name)}", n) for d in bank.result(n)} == waiting
    returned = [d[0] for n in inbox if n.startswith("RTN_") for d in bank.result(n)]
    assert len(returned) == len(set(returned)) == sum(r["returns"] for r in report["lines"]) > 0
    assert all(0 <= r["returns"] <= r["credits"] <= 1 for r in report["lines"])
    assert check_statements(bank) == report["balance_fen"] == 10**12 - report["credited_fen"]


STEPS = ("insert", "queue_answer", "mark_written", "write_durably", "rename", "unlink")
CRASH = """
import os, sys
sys.path.insert(0, sys.argv[1])
import bank_engine, bank_files, bank_ledger, bank_scenario
folder, step, wanted = sys.argv[2], sys.argv[3], int(sys.argv[4])
calls = 0
def crashing(original):
    def call(*args, **kwargs):
        global calls
        calls += 1
        if calls == wanted:
            os._exit(9)
        return original(*args, **kwargs)
    return call
for owner in (bank_ledger.Ledger, bank_files, os):
    if hasattr(owner, step) and (owner is not os or step in ("rename", "unlink")):
        setattr(owner, step, crashing(getattr(owner, step)))
scenario = bank_scenario.Scenario({"lines": [{"match": {"ref": "P2"}, "action": "return"}, {"match": {"ref": "P3"}, "action": "processing_then_ok"}]})
os.makedirs(os.path.join(folder, "control"), exist_ok=True)
bank_engine.Bank(folder, bank_ledger.Ledger(os.path.join(folder, "ledger.sqlite")), scenario, "20200630").tick()
"""


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_at_each_single_step_changes_nothing(tmp_path, step):
    """Ends the process at the first, second, ... call of the step, until a round gets through; then compares with a bank that never crashed."""
    outcomes, crashes = [], 0
    for folder, crash in ((tmp_path / "straight", False), (tmp_path / "crashing", True)):
        folder.mkdir()
        bank = Bank(folder)
        bank.deliver(*payment_file([detail(f"P{i}", account=f"62019900000000{i:05d}") for i in range(1, 5)]))
        (folder / "control").mkdir()
        for age_s, order in ((2, "deposit-500-A"), (1, "close-day")):  # orders are carried out oldest first
            (folder / "control" / order).touch()
            os.utime(folder / "control" / order, (time.time() - age_s,) * 2)
        for wanted in range(1, 60) if crash else [10**6]:
            code = subprocess.run([sys.executable, "-c", CRASH, HERE, str(folder), step, str(wanted)], timeout=60).returncode
            assert code in (0, 9)
            crashes += code == 9
            if code == 0:
                break
        assert code == 0 and os.listdir(folder / "control") == []
        report = bank.ledger()
        assert check_statements(bank) == report["balance_fen"]
        outcomes.append((report, {n: (folder / "inbox" / n).read_bytes() for n in bank.inbox()}))
    assert crashes >= 2
    assert outcomes[0] == outcomes[1] and outcomes[0][0]["credited_fen"] == 18000


def test_sigterm_ends_it_in_order(make_bank):
    bank = make_bank()
    name = bank.send([detail("P1")])
    assert bank.stop() == 0
    text = (bank.folder / "stderr.txt").read_text(encoding="utf-8")
    assert text.rstrip().endswith("stopped") and name in text
    database = sqlite3.connect(bank.folder / "ledger.sqlite")
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()
    bank.start()
    bank.order("ledger")
    assert bank.inbox() == [f"ACK_{name}", f"RES_{name}"] and bank.ledger()["credited_fen"] == 6000


def test_the_log_names_nobody(make_bank):
    bank = make_bank(scenario={"lines": [{"action": "fail", "code": "RJ02"}]})
    bank.send([detail("P1", name="阿不都·热西提")])
    bank.deliver("阿不都.txt", b"x")
    bank.order("close-day")
    bank.stop()
    text = (bank.folder / "stderr.txt").read_text(encoding="utf-8")
    assert "accepted" in text and not re.search(r"阿不都|原户名|340199|6201990000000000018", text)


def test_two_banks_do_not_share_a_folder(make_bank):
    bank = make_bank()
    bank.order("ledger")
    second = bank.run("serve")
    assert second.returncode == 1 and "another bank" in second.stderr


def test_a_ledger_keeps_its_account(make_bank):
    bank = make_bank("--unit", "0077", "--account", "9550880000000077", "--opening-fen", "100", "--bank", "HFKJ")
    bank.order("close-day")
    (head, _), = bank.statements()
    assert head[3:7] == ["0077", "9550880000000077", "1", "1.00"] and f"STM_HFKJ_{DAY}_1.txt" in bank.inbox()
    bank.stop()
    other = bank.run("serve", "--unit", "0078")
    assert other.returncode == 2 and "unit = 0077" in other.stderr


def test_orders(make_bank):
    bank = make_bank()
    assert bank.run("control", "rob-the-bank").returncode == 2
    assert bank.run("close-day", "--date", "20200631").returncode == 2
    bank.order("ledger")
    (bank.folder / "control" / "rob-the-bank").touch()
    (bank.folder / "control" / "half.tmp").touch()
    bank.order("deposit-100-A")
    bank.order("ledger")
    assert os.listdir(bank.folder / "control") == ["half.tmp"]
    bank.stop()
    late = bank.run("close-day", "--wait", "1")
    assert late.returncode == 1 and "does the bank run" in late.stderr


def test_no_ledger_no_report(tmp_path):
    run = subprocess.run([PROGRAM, "ledger", "--dir", str(tmp_path)], capture_output=True, text=True, timeout=30)
    assert run.returncode == 1 and os.listdir(tmp_path) == []
