"""The gateway: a private nginx with its own prefix; needs no root."""
import re

from .account import base_environment
from .errors import EXIT_PORT, EXIT_SERVICE, StackError
from .ports import is_free
from .process import Process, wait_until
from .services import HTTP_SERVICES, answers

NGINX = "/usr/sbin/nginx"


class Gateway:
    """nginx on 127.0.0.1:port in front of the services."""

    def __init__(self, paths, account, port):
        self.paths = paths
        self.account = account
        self.port = port
        self.process = Process("gateway", paths, account)
        self.conf = paths.gateway / "nginx.conf"

    @property
    def url(self):
        """The address that clients use."""
        return f"http://127.0.0.1:{self.port}"

    def render(self, template, service_ports):
        """The template with its @NAMES@ filled; a name without a value is a mistake of ours and fails."""
        values = {"PORT": self.port, "PREFIX": self.paths.gateway, "SHARE": self.paths.share, "LOGS": self.paths.logs}
        values.update({f"{name.upper()}_PORT": port for name, port in service_ports.items()})
        return re.sub(r"@([A-Z_]+)@", lambda match: str(values[match[1]]), template)

    def configure(self, service_ports):
        """Writes nginx.conf and the landing page; returns whether either differs from what was there."""
        nginx = self.paths.share / "nginx"
        files = {self.conf: self.render((nginx / "gateway.conf.in").read_text(encoding="utf-8"), service_ports),
                 self.paths.gateway / "index.html": (nginx / "index.html").read_text(encoding="utf-8")}
        changed = False
        for path, text in files.items():
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                self.account.write(path, text)
                changed = True
        return changed

    def start(self, service_ports):
        """Starts nginx, or starts it again when its configuration has changed; returns when it answers."""
        if set(service_ports) != set(HTTP_SERVICES):
            raise StackError("the gateway needs the ports of all services", EXIT_SERVICE)
        self.require_port()  # before the gateway that runs on another port is stopped
        if self.configure(service_ports):
            self.stop()
        if self.process.pid() is None:
            self._run()

    def _run(self):
        argv = [NGINX, "-p", self.paths.gateway, "-c", self.conf, "-e", "stderr"]
        self.account.run(argv + ["-t", "-q"], exit_code=EXIT_SERVICE)
        self.process.start(argv, base_environment())
        wait_until(lambda: answers(f"{self.url}/healthz"), "gateway", 20, [self.process])

    def holds_port(self):
        """Whether our own nginx runs on this port."""
        return (self.process.pid() is not None and self.conf.exists()
                and f"listen 127.0.0.1:{self.port} " in self.conf.read_text(encoding="utf-8"))

    def require_port(self):
        """Raises when another program holds the port."""
        if self.holds_port():
            return
        if self.process.pid() is None:
            self.process.clear_remains()
        if not is_free(self.port):
            raise StackError(f"端口 {self.port} 已被占用，请用 --port 另选 / TCP port {self.port} is taken: choose another with --port",
                             EXIT_PORT)

    def stop(self):
        """Stops nginx."""
        self.process.stop()
