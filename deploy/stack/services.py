"""The long-running programs of Huimin: how each is configured, started, known to be ready, and stopped."""
import urllib.error
import urllib.request

from .account import base_environment
from .errors import EXIT_SERVICE, StackError
from .ports import free_ports
from .process import Process, wait_until

HTTP_SERVICES = ("beneficiaries", "programmes", "payments", "audit")
WORKER = "worker"
TOKEN_ISSUER = "https://huimin.example/issuer"
TOKEN_AUDIENCE = "huimin"
READY_SECONDS_MAX = 60
START_ATTEMPTS = 3


class Services:
    """The four HTTP services and the worker of one stack."""

    def __init__(self, paths, account, cluster, ports=None):
        self.paths = paths
        self.account = account
        self.cluster = cluster
        self.ports = dict(ports or {})  # service -> TCP port; chosen at the first start
        self.processes = {name: Process(f"huimin-{name}", paths, account) for name in HTTP_SERVICES + (WORKER,)}

    def environment(self, role):
        """What a program of this database role is configured with; all of it works without the caller's environment."""
        paths = self.paths
        return base_environment(
            HUIMIN_DATABASE=self.cluster.conninfo(f"huimin_{role}"), HUIMIN_LISTEN_ADDRESS="127.0.0.1",
            HUIMIN_JWKS_FILE=paths.keys / "jwks.json", HUIMIN_KEYRING_FILE=paths.keys / "keyring",
            HUIMIN_TOKEN_ISSUER=TOKEN_ISSUER, HUIMIN_TOKEN_AUDIENCE=TOKEN_AUDIENCE,
            HUIMIN_OUTBOX_DIR=paths.bank / "outbox", HUIMIN_INBOX_DIR=paths.bank / "inbox",
            HUIMIN_REPORT_DIR=paths.reports, HUIMIN_POLL_MS=100)

    def start(self):
        """Starts what does not run and waits until each service is ready."""
        self.start_worker()
        for name in HTTP_SERVICES:
            if not self._serves(name):
                self.processes[name].stop()
                self._start_http(name)

    def start_worker(self):
        """Starts the worker when it does not run."""
        worker = self.processes[WORKER]
        if worker.pid() is None:
            worker.start([self.paths.bin / "huimin-worker"], self.environment(WORKER))

    def _serves(self, name):
        """Whether the service runs and answers; one that runs gets a moment, for its database may just have come back."""
        process = self.processes[name]
        if process.pid() is None or name not in self.ports:
            return False
        try:
            wait_until(lambda: self.ready(name), f"huimin-{name}", 10, [process])
        except StackError:
            return False
        return True

    def _start_http(self, name):
        """Another program may take a free port in the moment before the service binds it: then with another port."""
        for attempt in range(START_ATTEMPTS):
            port = self.ports.get(name) if attempt == 0 else None
            self.ports[name] = port or free_ports(1)[0]
            process = self.processes[name]
            process.start([self.paths.bin / f"huimin-{name}"],
                          dict(self.environment(name), HUIMIN_LISTEN_PORT=str(self.ports[name])))
            try:
                wait_until(lambda: self.ready(name), f"huimin-{name}", READY_SECONDS_MAX, [process])
                return
            except StackError:
                process.stop()
                if attempt == START_ATTEMPTS - 1:
                    raise

    def ready(self, name):
        """Whether the service answers /readyz with 200 and is the process that we started."""
        return self.processes[name].pid() is not None and answers(f"http://127.0.0.1:{self.ports[name]}/readyz")

    def require_alive(self):
        """Raises when one of the programs has died; the message holds the end of its log."""
        for process in self.processes.values():
            process.require_alive()

    def stop(self):
        """Stops the worker and the services; returns the names of those that did not end by themselves or ended badly."""
        bad = []
        for name, process in self.processes.items():
            killed, code = process.stop()
            if killed or code not in (None, 0):
                bad.append(f"huimin-{name} ({'SIGKILL' if killed else code})")
        return bad


def answers(url):
    """Whether a GET gives 200."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False
