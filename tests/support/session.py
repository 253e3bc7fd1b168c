"""A connection that stays open between steps, so that a test decides how two transactions interleave."""
import itertools
import subprocess
import time

from stack.account import base_environment
from stack.cluster import PROGRAMS
from support.district import SERVICES, context

DEADLINE_S = 20
MARKS = itertools.count(1)


class Session:
    """One psql on one connection, as a role. An error leaves the connection open; its text is in the answer."""

    def __init__(self, database, role):
        self.database, self.role = database, role
        account = database.cluster.account
        argv = [PROGRAMS / "psql", "-X", "-q", "-A", "-t", "-d", database.cluster.conninfo(role, database.name)]
        self.process = subprocess.Popen([str(part) for part in argv], env=base_environment(), cwd="/", text=True, encoding="utf-8",
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **account.popen_options())
        self.mark = None
        self.pid = self.ask("select pg_backend_pid()")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=DEADLINE_S)

    def begin(self, actor):
        """Opens a transaction of an actor."""
        self.ask("begin;\n" + context(actor=actor, service=SERVICES[self.role]))

    def send(self, sql):
        """Sends SQL and does not wait for the answer."""
        self.mark = f"mark-{next(MARKS)}"
        self.process.stdin.write(f"{sql.rstrip().rstrip(';')};\n\\echo {self.mark}\n")
        self.process.stdin.flush()

    def answer(self):
        """What came back for what was sent."""
        lines = []
        for line in self.process.stdout:
            if line.rstrip("\n") == self.mark:
                return "\n".join(lines)
            lines.append(line.rstrip("\n"))
        raise AssertionError("psql ended: " + "\n".join(lines))

    def ask(self, sql):
        """Sends SQL and waits for the answer."""
        self.send(sql)
        return self.answer()

    def wait_until_blocked(self):
        """Returns when the server says that this connection waits for a lock of another."""
        deadline = time.monotonic() + DEADLINE_S
        while self.database.psql(f"select coalesce(wait_event_type, '') from pg_stat_activity where pid = {self.pid}", "postgres") != "Lock":
            assert time.monotonic() < deadline, "the connection does not wait for a lock"
            time.sleep(0.02)
