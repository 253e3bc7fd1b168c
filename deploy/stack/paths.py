"""Where one stack keeps its things."""
import hashlib
import os
import re
import stat
from pathlib import Path

from .errors import EXIT_PLACE, StackError

SOCKET_PATH_BYTES_MAX = 107  # sun_path of Linux without the closing zero
PLAIN_PATH = re.compile(r"[A-Za-z0-9._/+=-]+")
SOCKET_NAME = ".s.PGSQL.5432"


class Paths:
    """The runtime directory of one stack; everything that it makes lies below `root`, but for a short socket folder."""

    def __init__(self, root):
        self.root = Path(root).resolve()
        self.prefix = self.root / "installed"
        self.bin = self.prefix / "bin"
        self.share = self.prefix / "share"
        self.sql = self.share / "sql"
        self.cluster = self.root / "cluster"
        self.secrets = self.root / "secrets"
        self.keys = self.root / "keys"
        self.bank = self.root / "bank"
        self.reports = self.root / "reports"
        self.gateway = self.root / "gateway"
        self.logs = self.root / "logs"
        self.pids = self.root / "pids"
        self.state = self.root / "state.json"
        self.sockets = self._socket_folder()

    def _socket_folder(self):
        """Below the root when the socket's path fits, else a folder of our own in /tmp, named after the root."""
        inside = self.root / "sockets"
        if len(os.fsencode(inside / SOCKET_NAME)) <= SOCKET_PATH_BYTES_MAX:
            return inside
        return Path("/tmp") / f"huimin-{short_hash(self.root)}"

    def make(self, account):
        """Creates the folders that are missing, for the account alone."""
        account.make_dir(self.root, 0o755)
        for folder in (self.secrets, self.keys, self.bank, self.gateway, self.pids, self.sockets):
            refuse_link(folder)
            account.make_dir(folder)
        for folder in (self.reports, self.logs):
            account.make_dir(folder, 0o755)


def short_hash(path):
    """Twelve hex digits that stand for a path in a name that must be short."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def refuse_link(path):
    """A link in a folder that everybody may write to could be somebody else's trap."""
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    if stat.S_ISLNK(mode):
        raise StackError(f"{path} is a link, a folder was expected", EXIT_PLACE)


def var_folder(clone, account, say):
    """The clone's `var`; a link into /var/tmp when nothing could run there: the unprivileged user cannot enter the clone, or
    its path has characters that the configuration files of nginx and PostgreSQL cannot hold."""
    var = Path(clone) / "var"
    if var.is_symlink():
        target = Path(os.readlink(var))
    elif account.reaches(clone) and PLAIN_PATH.fullmatch(str(Path(clone).resolve())):
        target = var
    elif var.exists():
        raise StackError(f"user {account.name} cannot work below {clone}; move {var} away", EXIT_PLACE)
    else:
        target = Path("/var/tmp") / f"huimin-{short_hash(Path(clone).resolve())}"
        var.symlink_to(target)
        say(f"用户 {account.name} 无法使用 {clone}，var 链接到 {target} / user {account.name} cannot work below the clone: "
            f"var is a link to {target}")
    refuse_link(target)
    if target == var and not var.exists():
        var.mkdir(mode=0o755)
    elif target != var:
        account.make_dir(target, 0o755)
    return var
