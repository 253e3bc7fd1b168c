"""The whole of Huimin in one directory: up, down, and what an operator does at its command line."""
import contextlib
import fcntl
import json

from . import bootstrap
from .bank import FakeBank
from .build import activate, install
from .cluster import Cluster
from .errors import EXIT_JOB, EXIT_PLACE, StackError
from .gateway import Gateway
from .paths import Paths
from .ports import free_ports
from .services import Services


class Stack:
    """One private installation below `root`. `port` is the gateway's; without it the recorded one or a free one is used."""

    def __init__(self, root, account, *, port=None, durable=True, scenario="clean"):
        self.paths = Paths(root)
        self.account = account
        state = self._read_state()
        self.cluster = Cluster(self.paths, account, durable)
        self.services = Services(self.paths, account, self.cluster, state.get("ports"))
        self.bank = FakeBank(self.paths, account, scenario)
        self.gateway = Gateway(self.paths, account, port or state.get("port") or free_ports(1)[0])

    @property
    def url(self):
        """The gateway's address."""
        return self.gateway.url

    def _read_state(self):
        try:
            return json.loads(self.paths.state.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}

    def _save_state(self):
        state = {"port": self.gateway.port, "ports": self.services.ports}
        self.account.write(self.paths.state, json.dumps(state, indent=2) + "\n")

    @contextlib.contextmanager
    def lock(self):
        """One command at a time on one directory."""
        if not self.paths.root.is_dir():
            self.account.make_dir(self.paths.root, 0o755)
        path = self.paths.root / "lock"
        with open(path, "a", encoding="ascii") as stream:
            self.account.own(path)
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise StackError(f"另一个命令正在使用 / another command is using {self.paths.root}", EXIT_PLACE) from error
            yield

    def prepare(self, clone, build_dir):
        """Folders, installed programs, cluster and database; what is right already stays as it is."""
        self.paths.make(self.account)
        self.bank.make_folders()
        fresh = install(clone, build_dir, self.paths, self.account)
        if fresh is not None:
            self.stop_programs()
            activate(fresh, self.paths)
        self.cluster.create()
        self.cluster.start()
        bootstrap.bootstrap(self.cluster, self.services, self.paths, self.account)

    def start(self):
        """Starts what does not run: services, worker, fake bank, gateway; returns when all are ready."""
        self.services.start()
        self.bank.start()
        self.gateway.start(self.services.ports)
        self._save_state()
        self.require_alive()

    def require_alive(self):
        """Raises with the log's end when a process of the stack has died."""
        self.services.require_alive()
        self.bank.process.require_alive()
        self.gateway.process.require_alive()

    def stop_programs(self):
        """Stops all but the cluster; returns the names of programs that ended badly."""
        self.gateway.stop()
        bad = self.services.stop()
        self.bank.stop()
        return bad

    def stop(self):
        """Stops everything; returns the names of programs that ended badly."""
        bad = self.stop_programs() if self.paths.pids.is_dir() else []
        self.cluster.stop()
        return bad

    def huimin(self, *arguments, role="owner", ok=(0,)):
        """Runs the command line program `huimin`; returns the finished process."""
        return self.account.run([self.paths.bin / "huimin", *arguments], env=self.services.environment(role), ok=ok,
                                exit_code=EXIT_JOB)

    def token(self, subject, scopes, *, district=bootstrap.DISTRICT, divisions=(), programmes=(), ttl_s=3600):
        """An access token from the local key."""
        arguments = ["token", "--dir", self.paths.keys, "--subject", subject, "--scope", " ".join(scopes),
                     "--district", district, "--ttl", ttl_s]
        for division in divisions:
            arguments += ["--division", division]
        for programme in programmes:
            arguments += ["--programme", programme]
        return self.huimin(*arguments).stdout.strip()

    def violations(self):
        """How many violations `huimin invariants` finds."""
        done = self.huimin("invariants", "--district", bootstrap.DISTRICT, "--json", ok=(0, 1))
        return len(json.loads(done.stdout)["violations"])

    def reconcile(self, date, close=False):
        """The night's job for one date; returns its JSON report. Open breaks are a result, not a failure."""
        argv = [self.paths.bin / "huimin-reconcile", "--district", bootstrap.DISTRICT, "--date", date]
        self.account.run(argv + (["--close"] if close else []), env=self.services.environment("reconcile"), ok=(0, 3),
                         exit_code=EXIT_JOB)
        report = self.paths.reports / f"reconciliation-{bootstrap.DISTRICT}-{date}.json"
        return json.loads(report.read_text(encoding="utf-8"))
