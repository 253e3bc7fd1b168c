"""A fresh clone of HEAD with its quickstart, for the acceptance programs: its commands, its API, and points that are printed."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import uuid
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "deploy"))

from stack.ports import free_ports  # noqa: E402

DISTRICT = "340103"


class Points:
    """The points of the list: each printed with its figure."""

    def __init__(self):
        self.held = self.missed = 0

    def point(self, text, figure, holds):
        """One point; returns whether it holds."""
        print(f"{'ok  ' if holds else 'FAIL'} {text}: {figure}", flush=True)
        self.held += bool(holds)
        self.missed += not holds
        return bool(holds)


class Clone:
    """A fresh clone of HEAD with its commands."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="huimin-acceptance-"))
        self.folder.chmod(0o755)
        self.tree = self.folder / "huimin"
        subprocess.run(["git", "-c", "advice.detachedHead=false", "clone", "-q", "--no-hardlinks", str(TOP), str(self.tree)],
                       check=True)
        self.port = free_ports(1)[0]
        self.supervisor = None

    def command(self, name, *arguments, timeout=3600):
        """Runs a command of the clone; returns (exit code, output). The output is kept beside the clone."""
        log = self.folder / f"{Path(name).name}{''.join(arguments).replace('/', '-')[:80]}.log"
        with open(log, "w", encoding="utf-8") as stream:
            done = subprocess.run([str(self.tree / name), *arguments], cwd="/", check=False, stdin=subprocess.DEVNULL,
                                  stdout=stream, stderr=subprocess.STDOUT, timeout=timeout)
        return done.returncode, log.read_text(encoding="utf-8", errors="replace")

    def build_release(self):
        """The programs without checks for debugging, for measurements."""
        for arguments in (("--preset", "release"), ("--build", "--preset", "release")):
            subprocess.run(["cmake", *arguments], cwd=self.tree, check=True, stdout=subprocess.DEVNULL)

    def report(self):
        """The quickstart's report."""
        return json.loads((self.tree / "var" / "quickstart" / "report.json").read_text(encoding="utf-8"))

    def processes(self):
        """Processes that still use the clone or its runtime folder: by command line, folder or environment."""
        marks = {os.fsencode(path) for path in (self.tree, (self.tree / "var").resolve())}
        return [pid for pid in filter(str.isdigit, os.listdir("/proc")) if int(pid) != os.getpid() and uses(pid, marks)]

    def token(self, subject, scope):
        """An access token, as the operator makes one with `huimin token`."""
        root = self.tree / "var" / "quickstart"
        made = subprocess.run([root / "installed/bin/huimin", "token", "--dir", root / "keys", "--subject", subject, "--scope", scope,
                               "--district", DISTRICT], check=True, capture_output=True, text=True)
        return made.stdout.strip()

    def api(self, path):
        """The JSON of a GET as the supervisor."""
        if self.supervisor is None:
            self.supervisor = self.token("supervisor", "supervision:read")
        return self.call("GET", path, self.supervisor)[1]

    def call(self, method, path, token, body=None, content_type="application/json"):
        """One call of the API; returns (status, JSON)."""
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode("utf-8")
        headers = {"Authorization": f"Bearer {token}"}
        if data is not None:
            headers |= {"Content-Type": content_type, "Idempotency-Key": uuid.uuid4().hex}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/v1/{path}", data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as refused:
            return refused.code, json.load(refused)

    def payment_ids(self):
        """The ids of all payments of all runs, through the API."""
        ids = set()
        for run in self.all_items("payments/runs"):
            ids.update(payment["id"] for payment in self.all_items(f"payments/runs/{run['id']}/payments"))
        return ids

    def all_items(self, path):
        """Every item of a list."""
        page = self.api(path)
        while True:
            yield from page["items"]
            if page.get("next") is None:
                return
            page = self.api(f"{path}{'&' if '?' in path else '?'}after={page['next']}")

    def remove(self):
        """Takes everything away again."""
        self.command("deploy/quickstart", "--reset")
        shutil.rmtree(self.folder, ignore_errors=True)


def uses(pid, marks):
    """Whether a process names one of the marks in its command line, environment or working folder."""
    seen = b""
    for name in ("cmdline", "environ"):
        try:
            seen += Path("/proc", pid, name).read_bytes() + b"\0"
        except OSError:
            continue
    try:
        seen += os.fsencode(os.readlink(f"/proc/{pid}/cwd"))
    except OSError:
        pass
    return any(mark in seen for mark in marks)
