"""What the bank does with files, days and orders. Folders: outbox (the payer's files, only read), inbox (answers), control (orders)."""
import hashlib
import json
import logging
import os
import re
from datetime import datetime, timedelta, timezone

import bank_files as files
import bank_scenario
from bank_files import Refused

log = logging.getLogger("fakebank")
CHINA = timezone(timedelta(hours=8))
SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
ORDER = re.compile(r"(?:(close-day)(?:-([0-9]{8}))?|(answer)|(returns)|(ledger)|(deposit)-([1-9][0-9]{0,14})-([A-Za-z0-9_]{1,40}))"
                   r"(?:\.[A-Za-z0-9_-]{1,64})?")
ACCOUNT = re.compile(r"[0-9]{8,32}")


def order_is_known(name):
    match = ORDER.fullmatch(name)
    return bool(match) and (match[2] is None or files.is_day(match[2]))


def add_days(day, count):
    return (datetime.strptime(day, "%Y%m%d") + timedelta(days=count)).strftime("%Y%m%d")


def arrival_of(status):
    """Tells one delivery of a name from the next: the payer renames a new file over the old one."""
    return f"{status.st_ino}:{status.st_mtime_ns}:{status.st_size}"


class Bank:
    def __init__(self, folder, ledger, scenario, date=None):
        self.folder, self.ledger, self.scenario = folder, ledger, scenario
        self.date = date or scenario.date
        self.outbox, self.inbox, self.control = (os.path.join(folder, name) for name in ("outbox", "inbox", "control"))
        for path in (self.outbox, self.inbox, self.control):
            os.makedirs(path, exist_ok=True)
        self.seen = ledger.deliveries()
        self.ignored = set()

    def today(self):
        """The booking day; it never goes back behind a day that is closed."""
        return max(self.date or datetime.now(CHINA).strftime("%Y%m%d"), self.ledger.last_closed_day())

    def tick(self):
        """One round. Orders are listed first: every file that was there before an order is taken before the order is carried out."""
        orders = self.list_orders()
        self.take_files()
        self.write_answers()
        for order in orders:
            self.carry_out(order)
            self.write_answers()
            try:
                os.unlink(os.path.join(self.control, order))
            except FileNotFoundError:
                pass  # taken back while it was carried out

    def list_orders(self):
        """Names in the control folder, oldest first."""
        found = []
        with os.scandir(self.control) as entries:
            for entry in entries:
                try:
                    if not entry.name.startswith(".") and not entry.name.endswith(".tmp") and entry.is_file():
                        found.append((entry.stat().st_mtime_ns, entry.name))
                except FileNotFoundError:
                    pass  # whoever gave the order took it back
        return [name for _, name in sorted(found)]

    def write_answers(self):
        for answer in self.ledger.answers_to_write():
            files.write_durably(self.inbox, answer["name"], answer["content"])
            self.ledger.mark_written(answer["id"])

    # ---- files of the payer

    def take_files(self):
        with os.scandir(self.outbox) as entries:
            found = sorted((e for e in entries if not e.name.startswith(".") and not e.name.endswith(".tmp")), key=lambda e: e.name)
        for entry in found:
            if not SAFE_NAME.fullmatch(entry.name) or not entry.is_file():
                if entry.name not in self.ignored:
                    self.ignored.add(entry.name)
                    log.warning("something that is no file, or has an unusable name, lies in the outbox; ignored")
                continue
            try:
                if (entry.name, arrival_of(entry.stat())) in self.seen:
                    continue
                with open(entry.path, "rb") as file:
                    arrival, data = arrival_of(os.fstat(file.fileno())), file.read()
            except FileNotFoundError:
                continue  # the payer took it away between listing and opening
            if (entry.name, arrival) not in self.seen:
                self.take_file(entry.name, arrival, data)
                self.seen.add((entry.name, arrival))

    def take_file(self, name, arrival, data):
        """Decides about one delivery, in one transaction with its answers."""
        ledger, digest = self.ledger, hashlib.sha256(data).hexdigest()
        with ledger.transaction():
            count = ledger.value("SELECT count(*) FROM file WHERE name = ?", name) + 1
            payment_file, actions, refused = None, {}, None
            try:
                payment_file = files.parse_payment_file(name, data)
                actions = self.scenario.file_actions(payment_file, count)
                self.check_file(payment_file, actions)
            except Refused as error:
                refused = error
            told = (payment_file.count, payment_file.total_fen) if payment_file else (0, 0)
            file_id = ledger.insert(
                "file", name=name, arrival=arrival, sha256=digest, accepted=int(not refused),
                day=payment_file and payment_file.day, sequence=payment_file and payment_file.sequence, refusal=refused and refused.code)
            if not actions.get("no_ack"):
                ledger.queue_answer("ACK", file_id, name, files.render_ack(name, digest, *told, refused))
            if not refused:
                self.pay_file(file_id, payment_file)
                self.answer_file(file_id, payment_file, actions)
        log.info("file %s: %s, %d lines, %s yuan", name, f"refused {refused.code}" if refused else "accepted", told[0], files.yuan(told[1]))

    def check_file(self, file, actions):
        ledger = self.ledger
        if file.bank != ledger.bank or file.unit != ledger.unit:
            raise Refused("H020", "银行或单位编号错误")
        if ledger.value("SELECT count(*) FROM file WHERE sha256 = ? AND accepted", file.sha256):
            raise Refused("H022", "文件重复")
        if ledger.value("SELECT count(*) FROM file WHERE day = ? AND sequence = ? AND accepted", file.day, file.sequence):
            raise Refused("H021", "批次号重复")
        if file.total_fen > ledger.balance_fen():
            raise Refused("RJ03", "账面可用余额不足")
        if "nack" in actions:
            raise Refused(actions["nack"].get("code", "H099"), actions["nack"].get("text", "银行拒绝受理"))

    def pay_file(self, file_id, file):
        times, today, debit_fen = self.ledger.times_by_account(file.day), self.today(), 0
        for line in file.lines:
            columns, credits = self.decide(line, times.get(line.account, 0) + 1)
            times[line.account] = times.get(line.account, 0) + columns["counted"]
            line_id = self.ledger.insert("line", file_id=file_id, reference=line.reference, name=line.name, amount_fen=line.amount_fen,
                                         account=line.account, **columns)
            for _ in range(credits):
                self.ledger.insert("movement", line_id=line_id, kind="credit", amount_fen=columns["answer_amount_fen"], day=today)
            debit_fen += credits * columns["answer_amount_fen"]
        self.ledger.book(today, "D", debit_fen, file.name, "代发")

    def decide(self, line, nth):
        """The columns of a line and how often it is credited now."""
        columns = {"counted": 1, "status": "S", "code": "", "text": "", "answer_account": line.account, "answer_amount_fen": line.amount_fen}
        if line.nth != nth:
            return {**columns, "counted": 0, "status": "F", "code": "RJ05", "text": f"代理次数错误！应该为[{nth}]"}, 0
        if not ACCOUNT.fullmatch(line.account):
            return {**columns, "status": "F", "code": "RJ01", "text": bank_scenario.REASONS["RJ01"]}, 0
        rule = self.scenario.line_rule(line)
        action = rule["action"]
        if action == "fail":
            code, text = bank_scenario.reason(rule, "RJ90", line.reference)
            return {**columns, "status": "F", "code": code, "text": text}, 0
        if action in ("processing_then_ok", "processing_then_fail"):
            columns.update(status="W", text="处理中", later="S", later_until=rule.get("until", "close-day"))
            if action == "processing_then_fail":
                code, text = bank_scenario.reason(rule, "RJ90", line.reference)
                columns.update(later="F", later_code=code, later_text=text)
            return columns, 0
        if action == "lost":
            credited = rule.get("credited", True)
            return {**columns, "status": "S" if credited else "F", "code": "" if credited else "RJ90", "answer_copies": 0}, int(credited)
        if action == "return":
            code, text = bank_scenario.reason(rule, "RJ09", line.reference)
            columns.update(return_due=add_days(self.today(), rule.get("days", 0)), return_code=code, return_text=text)
        elif action == "double_line":
            columns["answer_copies"] = 2
        elif action == "amount_differs":
            columns["answer_amount_fen"] = max(1, line.amount_fen + rule["delta_fen"])
        elif action == "other_account_number":
            columns["answer_account"] = rule.get("to") or f"620199{int(hashlib.sha256(line.account.encode()).hexdigest(), 16) % 10**13:013d}"
        return columns, 2 if action == "double_credit" else 1

    def details(self, file_id):
        for r in self.ledger.rows("SELECT * FROM line WHERE file_id = ? ORDER BY id", file_id):
            yield from [(r["reference"], r["name"], r["answer_amount_fen"], r["answer_account"], r["status"], r["code"], r["text"])
                        ] * r["answer_copies"]

    def answer_file(self, file_id, file, actions):
        """Queues the result file, or what the scenario makes of it."""
        details = list(self.details(file_id))
        if actions.get("unknown_reference"):
            details.append((f"P0{bank_scenario.permille_of(file.name):08d}", "周玉兰", 6000, "6201990000000000018", "S", "", ""))
        if actions.get("reorder"):
            details.sort(key=lambda d: hashlib.sha256(f"{d[0]}/order".encode()).digest())
        middle = (len(details) + 1) // 2
        parts = [details[:middle], details[middle:]] if actions.get("split") and len(details) > 1 else [details]
        late = bool(actions.get("late"))
        held = [(files.render_result("RSLT", self.today(), self.ledger.unit, file.name, part), late) for part in parts]
        if actions.get("truncate"):
            content, _ = held.pop()
            held += [(content[:len(content) * 2 // 3], late), (content, True)]
        if actions.get("repeat"):
            held.append(held[-1])
        for content, is_held in held:
            self.ledger.queue_answer("RES", file_id, file.name, content, is_held)

    # ---- later changes

    def settle_waiting(self, order, today):
        """Gives their final status to lines in processing, in a further result file for each of their files; files that wait for the order
        "answer" themselves are left alone."""
        until = ("close-day",) if order == "close-day" else bank_scenario.UNTIL
        marks = ", ".join("?" * len(until))
        waiting = self.ledger.rows(f"""
            SELECT l.*, f.name AS file_name FROM line l JOIN file f ON f.id = l.file_id
            WHERE l.later IS NOT NULL AND l.later_until IN ({marks})
              AND NOT EXISTS (SELECT 1 FROM answer a WHERE a.file_id = f.id AND a.held) ORDER BY l.id""", *until)
        by_file = {}
        for line in waiting:
            by_file.setdefault((line["file_id"], line["file_name"]), []).append(line)
        for (file_id, file_name), lines in by_file.items():
            details, debit_fen = [], 0
            for r in lines:
                details.append((r["reference"], r["name"], r["answer_amount_fen"], r["answer_account"], r["later"], r["later_code"],
                                r["later_text"]))
                if r["later"] == "S":
                    self.ledger.insert("movement", line_id=r["id"], kind="credit", amount_fen=r["answer_amount_fen"], day=today)
                    debit_fen += r["answer_amount_fen"]
                self.ledger.db.execute("UPDATE line SET status = later, code = later_code, text = later_text, later = NULL WHERE id = ?",
                                       (r["id"],))
            self.ledger.book(today, "D", debit_fen, file_name, "代发")
            self.ledger.queue_answer("RES", file_id, file_name,
                                     files.render_result("RSLT", today, self.ledger.unit, file_name, details))

    def give_back(self, day, due_day_max):
        """Returns the credited lines that are due, booked on the day."""
        pending = self.ledger.rows("""
            SELECT l.*, f.name AS file_name FROM line l JOIN file f ON f.id = l.file_id
            WHERE l.return_due IS NOT NULL AND l.return_due <= ?
              AND NOT EXISTS (SELECT 1 FROM answer a WHERE a.file_id = f.id AND a.held) ORDER BY l.id""", due_day_max)
        by_file = {}
        for r in pending:
            self.ledger.insert("movement", line_id=r["id"], kind="return", amount_fen=r["answer_amount_fen"], day=day)
            self.ledger.book(day, "C", r["answer_amount_fen"], r["reference"], "退票")
            self.ledger.db.execute("UPDATE line SET return_due = NULL WHERE id = ?", (r["id"],))
            by_file.setdefault((r["file_id"], r["file_name"]), []).append(
                (r["reference"], r["name"], r["answer_amount_fen"], r["answer_account"], "R", r["return_code"], r["return_text"]))
        for (file_id, file_name), details in by_file.items():
            number = self.ledger.value("SELECT count(*) FROM answer WHERE substr(name, 1, 13) = ?", f"RTN_{day}_") + 1
            self.ledger.insert("answer", file_id=file_id, name=f"RTN_{day}_{number}_{file_name}", held=0,
                               content=files.render_result("RTRN", day, self.ledger.unit, file_name, details))

    def write_statement(self, day):
        ledger = self.ledger
        number = ledger.value("SELECT coalesce(max(number), 0) FROM statement") + 1
        opening_fen = ledger.value("SELECT closing_fen FROM statement WHERE number = ?", number - 1) if number > 1 else ledger.opening_fen
        entries = ledger.rows("SELECT * FROM entry WHERE statement IS NULL AND day = ? ORDER BY id", day)
        closing_fen = opening_fen + sum(e["amount_fen"] if e["side"] == "C" else -e["amount_fen"] for e in entries)
        ledger.insert("statement", number=number, day=day, closing_fen=closing_fen)
        ledger.db.execute("UPDATE entry SET statement = ? WHERE statement IS NULL AND day = ?", (number, day))
        told = [(e["side"], e["amount_fen"], f"B{e['id']:010d}", e["our_reference"], e["text"]) for e in entries]
        ledger.insert("answer", name=f"STM_{ledger.bank}_{day}_{number}.txt", held=0,
                      content=files.render_statement(day, ledger.unit, ledger.account, number, opening_fen, closing_fen, told))
        log.info("statement %d of %s: %d entries", number, day, len(entries))

    def close_day(self, day):
        """Settles, returns what is due and writes the statements up to the day. A second call adds a statement only if there is news."""
        ledger = self.ledger
        with ledger.transaction():
            if day < ledger.last_closed_day():
                log.warning("day %s lies before the last closed day; nothing done", day)
                return
            self.settle_waiting("close-day", day)
            self.give_back(day, day)
            for row in ledger.rows("SELECT DISTINCT day FROM entry WHERE statement IS NULL AND day < ? ORDER BY day", day):
                self.write_statement(row["day"])
            news = ledger.value("SELECT count(*) FROM entry WHERE statement IS NULL AND day = ?", day)
            if news or day > ledger.last_closed_day():
                self.write_statement(day)

    # ---- orders

    def carry_out(self, name):
        match = ORDER.fullmatch(name)
        if not match or not order_is_known(name):
            log.error("unknown order in the control folder; removed")
            return
        close, day, answer, returns, ledger, deposit, amount, reference = match.groups()
        if close:
            self.close_day(day or self.today())
        elif answer:
            with self.ledger.transaction():
                self.settle_waiting("answer", self.today())
                self.ledger.db.execute("UPDATE answer SET held = 0")
        elif returns:
            with self.ledger.transaction():
                self.give_back(self.today(), "99999999")
        elif ledger:
            self.write_report()
        elif deposit:
            with self.ledger.transaction():
                if not self.ledger.value("SELECT count(*) FROM deposit WHERE reference = ?", reference):
                    self.ledger.insert("deposit", reference=reference)
                    self.ledger.book(self.today(), "C", int(amount), "", f"存入{reference}")
        log.info("order %s done", close or answer or returns or ledger or deposit)

    def write_report(self):
        text = json.dumps(self.ledger.report(), ensure_ascii=False, indent=1) + "\n"
        files.write_durably(self.folder, "ledger.json", text.encode())
