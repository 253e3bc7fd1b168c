"""The bank's own books: an SQLite file. Whatever is decided about a delivered file is one transaction, answers included; answers are
written to the payer's folder afterwards from here, so a kill at any moment loses nothing and credits nothing twice."""
import sqlite3
from contextlib import contextmanager

SCHEMA = """
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL);
-- One row for each delivery, refused ones too. arrival: inode, time and size of the delivered file.
CREATE TABLE file (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, arrival TEXT NOT NULL, sha256 TEXT NOT NULL, accepted INTEGER NOT NULL,
  day TEXT, sequence INTEGER, refusal TEXT, UNIQUE (name, arrival));
CREATE UNIQUE INDEX file_accepted_bytes ON file (sha256) WHERE accepted;
CREATE UNIQUE INDEX file_accepted_sequence ON file (day, sequence) WHERE accepted;
-- answer_copies: how often the line stands in the answer. later: what becomes of a line that is W. return_due: day, while a return is pending.
CREATE TABLE line (
  id INTEGER PRIMARY KEY, file_id INTEGER NOT NULL REFERENCES file, reference TEXT NOT NULL, name TEXT NOT NULL,
  amount_fen INTEGER NOT NULL, account TEXT NOT NULL, counted INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('S', 'F', 'W')), code TEXT NOT NULL, text TEXT NOT NULL,
  answer_account TEXT NOT NULL, answer_amount_fen INTEGER NOT NULL, answer_copies INTEGER NOT NULL DEFAULT 1,
  later TEXT CHECK (later IN ('S', 'F')), later_code TEXT NOT NULL DEFAULT '', later_text TEXT NOT NULL DEFAULT '',
  later_until TEXT, return_due TEXT, return_code TEXT NOT NULL DEFAULT '', return_text TEXT NOT NULL DEFAULT '');
CREATE INDEX line_file ON line (file_id);
CREATE INDEX line_waiting ON line (file_id) WHERE later IS NOT NULL;
CREATE INDEX line_return ON line (return_due) WHERE return_due IS NOT NULL;
-- Money that reached a person (credit) or came back (return).
CREATE TABLE movement (
  id INTEGER PRIMARY KEY, line_id INTEGER NOT NULL REFERENCES line, kind TEXT NOT NULL CHECK (kind IN ('credit', 'return')),
  amount_fen INTEGER NOT NULL CHECK (amount_fen > 0), day TEXT NOT NULL);
CREATE INDEX movement_line ON movement (line_id);
-- The payer's account.
CREATE TABLE entry (
  id INTEGER PRIMARY KEY, day TEXT NOT NULL, side TEXT NOT NULL CHECK (side IN ('D', 'C')),
  amount_fen INTEGER NOT NULL CHECK (amount_fen > 0), our_reference TEXT NOT NULL, text TEXT NOT NULL,
  statement INTEGER REFERENCES statement);
CREATE INDEX entry_open ON entry (day) WHERE statement IS NULL;
CREATE TABLE statement (number INTEGER PRIMARY KEY, day TEXT NOT NULL, closing_fen INTEGER NOT NULL);
CREATE TABLE deposit (reference TEXT PRIMARY KEY);
-- held: waits for the control "answer".
CREATE TABLE answer (
  id INTEGER PRIMARY KEY, file_id INTEGER REFERENCES file, name TEXT NOT NULL UNIQUE, content BLOB NOT NULL, held INTEGER NOT NULL,
  written INTEGER NOT NULL DEFAULT 0);
CREATE INDEX answer_open ON answer (id) WHERE NOT written;
"""
DEFAULTS = {"bank": "AHLY", "unit": "0042", "account": "9550880000000042", "opening_fen": "1000000000000"}


class SettingsDiffer(Exception):
    """The ledger was opened for another unit, account or opening balance."""


class Ledger:
    def __init__(self, path, settings=None, read_only=False):
        target = f"file:{path}?mode=ro" if read_only else f"file:{path}"
        self.db = sqlite3.connect(target, uri=True, isolation_level=None, timeout=30)
        self.db.row_factory = sqlite3.Row
        if not read_only:
            self.db.execute("PRAGMA journal_mode = WAL")
            self.db.execute("PRAGMA synchronous = FULL")
            self.db.execute("PRAGMA foreign_keys = ON")
            self.create(settings or {})
        self.settings = dict(self.db.execute("SELECT key, value FROM setting").fetchall())
        self.bank, self.unit, self.account = (self.settings[k] for k in ("bank", "unit", "account"))
        self.opening_fen = int(self.settings["opening_fen"])
        for key, value in (settings or {}).items():
            if str(value) != self.settings[key]:
                raise SettingsDiffer(f"{path} was opened with {key} = {self.settings[key]}")

    def create(self, settings):
        with self.transaction():
            if self.value("SELECT count(*) FROM sqlite_master") == 0:
                for statement in SCHEMA.split(";\n"):
                    self.db.execute(statement)
                self.db.executemany("INSERT INTO setting VALUES (?, ?)", {**DEFAULTS, **{k: str(v) for k, v in settings.items()}}.items())

    def close(self):
        self.db.close()

    @contextmanager
    def transaction(self):
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def rows(self, sql, *values):
        return self.db.execute(sql, values).fetchall()

    def value(self, sql, *values):
        return self.db.execute(sql, values).fetchone()[0]

    def insert(self, table, **columns):
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        return self.db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(columns.values())).lastrowid

    # ---- the payer's account

    def balance_fen(self):
        return self.opening_fen + self.value(
            "SELECT coalesce(sum(CASE side WHEN 'C' THEN amount_fen ELSE -amount_fen END), 0) FROM entry")

    def last_closed_day(self):
        return self.value("SELECT coalesce(max(day), '') FROM statement")

    def book(self, day, side, amount_fen, our_reference, text):
        if amount_fen:
            self.insert("entry", day=day, side=side, amount_fen=amount_fen, our_reference=our_reference, text=text)

    # ---- files and answers

    def deliveries(self):
        return {(r["name"], r["arrival"]) for r in self.rows("SELECT name, arrival FROM file")}

    def times_by_account(self, day):
        """How often each account was paid on a day of the payer's files: the positional counter."""
        return dict(self.rows("SELECT l.account, count(*) FROM line l JOIN file f ON f.id = l.file_id WHERE f.day = ? AND l.counted "
                              "GROUP BY l.account", day))

    def queue_answer(self, prefix, file_id, file_name, content, held=False):
        """Adds an answer under the next free name: RES_, RES2_, RES3_ and so on. Written answers never change."""
        number, name = 1, f"{prefix}_{file_name}"
        while self.value("SELECT count(*) FROM answer WHERE name = ?", name):
            number += 1
            name = f"{prefix}{number}_{file_name}"
        self.insert("answer", file_id=file_id, name=name, content=content, held=int(held))

    def answers_to_write(self):
        return self.rows("SELECT id, name, content FROM answer WHERE NOT written AND NOT held ORDER BY id")

    def mark_written(self, answer_id):
        self.db.execute("UPDATE answer SET written = 1 WHERE id = ?", (answer_id,))

    # ---- what the tests judge by

    def report(self):
        """The referee's view, as JSON-ready values."""
        self.db.execute("BEGIN")
        try:
            lines = [dict(r) for r in self.rows("""
                SELECT l.reference AS ref, substr(min(l.account), -4) AS account_last4, min(l.amount_fen) AS amount_fen,
                       sum(coalesce(m.credits, 0)) AS credits, sum(coalesce(m.returns, 0)) AS returns,
                       sum(coalesce(m.credited_fen, 0)) AS credited_fen
                FROM line l LEFT JOIN (
                  SELECT line_id, sum(kind = 'credit') AS credits, sum(kind = 'return') AS returns,
                         sum(CASE kind WHEN 'credit' THEN amount_fen ELSE -amount_fen END) AS credited_fen
                  FROM movement GROUP BY line_id) m ON m.line_id = l.id
                GROUP BY l.reference ORDER BY l.reference""")]
            gross, returned = (self.value("SELECT coalesce(sum(amount_fen), 0) FROM movement WHERE kind = ?", k) for k in ("credit", "return"))
            return {
                "files": self.value("SELECT count(*) FROM file WHERE accepted"),
                "files_refused": self.value("SELECT count(*) FROM file WHERE NOT accepted"),
                "credited_fen": gross - returned, "gross_credited_fen": gross, "returned_fen": returned,
                "double_credits": sum(line["credits"] - line["returns"] > 1 for line in lines),
                "opening_fen": self.opening_fen, "balance_fen": self.balance_fen(),
                "statements": self.value("SELECT count(*) FROM statement"), "lines": lines,
            }
        finally:
            self.db.execute("ROLLBACK")
