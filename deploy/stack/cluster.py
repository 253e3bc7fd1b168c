"""A private PostgreSQL 15 cluster: unix socket only, passwords, its own directory. Other clusters are never touched."""
import os
import secrets
import shutil
from pathlib import Path

from .account import base_environment
from .errors import EXIT_DATABASE, StackError, last_lines
from .paths import SOCKET_NAME
from .process import start_time, wait_until

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
SUPERUSER = "postgres"
DATABASE = "huimin"

# Personal data passes through statements and parameters: none of it may reach the server's log.
SETTINGS = {
    "listen_addresses": "''",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "password_encryption": "'scram-sha-256'",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_line_prefix": "'%m [%p] %q%u@%d '",
    "timezone": "'Asia/Shanghai'",
    "log_timezone": "'Asia/Shanghai'",
    "max_connections": "60",
    "shared_buffers": "'256MB'",
    "work_mem": "'32MB'",
    "maintenance_work_mem": "'128MB'",
    "effective_cache_size": "'1GB'",
    "max_wal_size": "'2GB'",
    "checkpoint_completion_target": "0.9",
    "random_page_cost": "1.1",
    "jit": "off",
}


class Cluster:
    """One cluster below `paths.cluster`, with a passfile for each role below `paths.secrets`."""

    def __init__(self, paths, account, durable=True):
        self.paths = paths
        self.account = account
        self.durable = durable  # tests throw their cluster away and need no fsync
        self.log = paths.logs / "postgresql.log"

    def create(self):
        """initdb into a draft that is renamed when complete: a killed run leaves no half cluster."""
        if (self.paths.cluster / "PG_VERSION").exists():
            return False
        draft = self.paths.root / "cluster.new"
        shutil.rmtree(draft, ignore_errors=True)
        self.account.make_dir(draft)
        secret = self.account.write(self.paths.secrets / "superuser", self.password(SUPERUSER) + "\n")
        self.account.run([PROGRAMS / "initdb", "-D", draft, "-U", SUPERUSER, "--pwfile", secret, "-E", "UTF8",
                          "--locale", "C.UTF-8", "--auth-local", "scram-sha-256", "--auth-host", "reject", "--no-instructions"]
                         + ([] if self.durable else ["--no-sync"]))
        secret.unlink()
        self._configure(draft)
        draft.rename(self.paths.cluster)
        return True

    def _configure(self, folder):
        settings = dict(SETTINGS, unix_socket_directories=f"'{self.paths.sockets}'".replace("\\", "\\\\"))
        if not self.durable:
            settings.update(fsync="off", synchronous_commit="off", full_page_writes="off")
        lines = [f"{name} = {value}\n" for name, value in settings.items()]
        self.account.write(folder / "postgresql.auto.conf", "".join(lines))
        self.account.write(folder / "pg_hba.conf", "local all all scram-sha-256\n")

    def start(self):
        """Starts the server when it does not run; returns, with whether it started it, when it takes connections."""
        started = not self.running()
        if started:
            self._clear_remains()
            try:
                self.account.run([PROGRAMS / "pg_ctl", "start", "-w", "-t", "60", "-s", "-D", self.paths.cluster, "-l", self.log])
            except StackError as error:
                raise StackError(f"{error}\n{last_lines(self.log)}", EXIT_DATABASE, self.log) from error
        wait_until(self._accepts, "PostgreSQL", 60)
        return started

    def _accepts(self):
        ready = [PROGRAMS / "pg_isready", "-q", "-h", self.paths.sockets, "-p", "5432"]
        return self.account.run(ready, ok=(0, 1, 2, 3)).returncode == 0

    def running(self):
        """Whether the server of this directory runs. pg_ctl would take any process that has got the old pid for it."""
        try:
            pid = (self.paths.cluster / "postmaster.pid").read_text(encoding="utf-8").split()[0]
        except (OSError, IndexError):
            return False
        return start_time(pid) is not None and self._works_here(pid)

    def _works_here(self, pid):
        """Whether the process is one of this cluster's: each works in the data directory."""
        try:
            return Path(os.readlink(f"/proc/{pid}/cwd")) == self.paths.cluster
        except OSError:
            return False

    def _clear_remains(self):
        """Removes the lock files of a server that was killed, but only when none of its processes is left on the data.

        PostgreSQL itself gives up when the old pid belongs to another process now, or to one that nobody has buried.
        """
        remains = self.paths.cluster / "postmaster.pid"
        if remains.exists():
            wait_until(lambda: not any(map(self._works_here, filter(str.isdigit, os.listdir("/proc")))),
                       "the end of the killed server's processes", 30)
            remains.unlink()
            (self.paths.sockets / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)

    def stop(self):
        """Ends the server; connections are cut, transactions roll back."""
        if self.running():
            self.account.run([PROGRAMS / "pg_ctl", "stop", "-w", "-t", "60", "-s", "-m", "fast", "-D", self.paths.cluster])

    def passfile(self, role):
        """The role's own passfile, made with a new password the first time: a service sees no other role's password."""
        path = self.paths.secrets / f"{role}.pgpass"
        if not path.exists():
            self.account.write(path, f"*:*:*:{role}:{secrets.token_urlsafe(24)}\n")
        return path

    def password(self, role):
        """The password in the role's passfile."""
        return self.passfile(role).read_text(encoding="ascii").strip().rpartition(":")[2]

    def conninfo(self, role, database=DATABASE):
        """A libpq connection string without a password in it."""
        values = {"host": self.paths.sockets, "port": 5432, "dbname": database, "user": role, "passfile": self.passfile(role)}
        return " ".join(f"{name}={conninfo_value(value)}" for name, value in values.items())

    def psql(self, role, sql="", *, file=None, database=DATABASE):
        """Runs SQL from standard input or a file as a role; returns psql's unaligned output without the last newline."""
        argv = [PROGRAMS / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.conninfo(role, database)]
        done = self.account.run(argv + (["-f", file] if file else []), stdin=sql,
                                env=base_environment(PGOPTIONS="-c client_min_messages=warning"))
        return done.stdout.rstrip("\n")


def conninfo_value(value):
    """A value quoted for a conninfo string."""
    return "'" + os.fspath(value if isinstance(value, Path) else str(value)).replace("\\", "\\\\").replace("'", "\\'") + "'"
