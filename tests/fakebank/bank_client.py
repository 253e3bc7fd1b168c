"""The payer's side for the tests: builds files, reads answers, runs the bank. Shares no code with the bank."""
import hashlib
import json
import os
import re
import signal
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.join(HERE, "fakebank")
DAY = "20200630"
NAMES = ("张三", "李䶮", "阿不都·热西提", "刘珅", "吴東升", "黄瑋", "𬭊𪟝", "王〇")


def detail(reference, amount="60.00", account="6201990000000000018", nth=1, name="张三", unit="0042"):
    return f"{reference}|{name}|{amount}|{account}|{unit}|1|340199194910010018|{nth}|"


def fen(text):
    assert re.fullmatch(r"-?[0-9]+\.[0-9]{2}", text), text
    return int(text.replace(".", ""))


def payment_file(details, sequence=1, day=DAY, count=None, total=None, unit="0042", bank="AHLY", digest=None, encoding="gb18030"):
    """Name and bytes of a file for the bank; count, total and digest can be falsified."""
    cents = sum(fen(d.split("|")[2]) for d in details)
    head = f"HEAD|V1|{day}|{unit}|{bank}|{sequence}|{len(details) if count is None else count}|{total or f'{cents // 100}.{cents % 100:02d}'}|"
    data = "".join(line + "\r\n" for line in [head, *details]).encode(encoding)
    return f"HM_{bank}_{day}_{sequence:04d}_{digest or hashlib.sha256(data).hexdigest()[:8]}.txt", data


def records(data):
    text = data.decode("gb18030")
    assert text.endswith("|\r\n") and "\n" not in text.replace("\r\n", "")
    return [line.split("|")[:-1] for line in text.split("\r\n")[:-1]]


class Bank:
    """The program in a folder of its own."""

    def __init__(self, folder, *options, scenario=None, date=DAY):
        self.folder, self.process = folder, None
        self.options = ["--poll-ms", "5", *(["--date", date] if date else []), *options]
        if scenario is not None:
            path = folder / "scenario.json"
            path.write_text(json.dumps(scenario), encoding="utf-8")
            self.options += ["--scenario", str(path)]

    def start(self):
        self.stderr = open(self.folder / "stderr.txt", "ab")
        self.process = subprocess.Popen([PROGRAM, "serve", "--dir", str(self.folder), *self.options], stderr=self.stderr)
        return self

    def stop(self, number=signal.SIGTERM):
        if self.process:
            self.process.send_signal(number)
            code = self.process.wait(30)
            self.process = None
            self.stderr.close()
            return code
        return None

    def run(self, *arguments):
        return subprocess.run([PROGRAM, *arguments, "--dir", str(self.folder)], capture_output=True, text=True, timeout=120)

    def order(self, order):
        result = self.run("control", order)
        assert result.returncode == 0, result.stderr

    def deliver(self, name, data):
        os.makedirs(self.folder / "outbox", exist_ok=True)
        (self.folder / "outbox" / f"{name}.tmp").write_bytes(data)
        os.rename(self.folder / "outbox" / f"{name}.tmp", self.folder / "outbox" / name)
        return name

    def send(self, *args, **kwargs):
        """Delivers a file; an order afterwards makes sure that it has been taken."""
        name = self.deliver(*payment_file(*args, **kwargs))
        self.order("ledger")
        return name

    def inbox(self):
        return sorted(n for n in os.listdir(self.folder / "inbox") if not n.startswith("."))

    def answer(self, name):
        return records((self.folder / "inbox" / name).read_bytes())

    def ack(self, name):
        (record,) = self.answer(name)
        return record

    def result(self, name):
        """The details of a result file by reference, after checking its frame."""
        head, *details, end = self.answer(name)
        total = sum(fen(d[2]) for d in details)
        assert int(head[5]) == len(details) and fen(head[6]) == total
        assert end == ["END", head[5], head[6]]
        return details

    def statements(self):
        return [self.answer(n) for n in sorted((n for n in self.inbox() if n.startswith("STM_")), key=lambda n: int(n[:-4].split("_")[3]))]

    def ledger(self):
        result = self.run("ledger")
        assert result.returncode == 0, result.stderr
        report = json.loads(result.stdout)
        assert report["gross_credited_fen"] - report["returned_fen"] == report["credited_fen"] == sum(r["credited_fen"] for r in report["lines"])
        return report

    def lines(self):
        return {r["ref"]: r for r in self.ledger()["lines"]}


def check_statements(bank, opening_fen=1000000000000):
    """Gapless, chained, arithmetic right, no entry twice; returns the closing balance."""
    balance, references = opening_fen, set()
    for number, (head, *entries, end) in enumerate(bank.statements(), 1):
        assert head[:2] == ["STMT", "V1"] and head[3:6] == ["0042", "9550880000000042", str(number)]
        assert fen(head[6]) == balance and int(head[8]) == len(entries)
        for i, (n, side, amount, bank_reference, _, _) in enumerate(entries, 1):
            assert int(n) == i and side in "DC" and fen(amount) > 0 and bank_reference not in references
            references.add(bank_reference)
            balance += fen(amount) if side == "C" else -fen(amount)
        assert fen(head[7]) == balance and end == ["END", head[8], head[7]]
    return balance


def crowd(count, start=1, name="张三"):
    return [detail(f"P{i}", "60.00", f"620199{i:013d}", name=name) for i in range(start, start + count)]
