"""The unprivileged user that everything runs as."""
import os
import pwd
import secrets
import subprocess
from pathlib import Path

from .errors import EXIT_DATABASE, EXIT_PLACE, StackError

UNPRIVILEGED = "postgres"  # PostgreSQL refuses root; Debian's package brings this user


class Account:
    """The caller, or Debian's `postgres` when the caller is root: nothing of ours ever runs as root."""

    def __init__(self):
        self.switches = os.geteuid() == 0
        try:
            entry = pwd.getpwnam(UNPRIVILEGED) if self.switches else pwd.getpwuid(os.geteuid())
        except KeyError as error:
            raise StackError(f"no user {UNPRIVILEGED!r}: is postgresql-15 installed?", EXIT_PLACE) from error
        self.name, self.uid, self.gid = entry.pw_name, entry.pw_uid, entry.pw_gid

    def popen_options(self):
        """Arguments for subprocess that make the child run as this account."""
        if not self.switches:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def run(self, argv, *, env=None, cwd="/", stdin="", exit_code=EXIT_DATABASE, ok=(0,), timeout=600):
        """Runs a command as this account and returns it; a result outside `ok` is a StackError with its last words."""
        done = subprocess.run([str(arg) for arg in argv], env=env or base_environment(), cwd=cwd, input=stdin,
                              text=True, encoding="utf-8", capture_output=True, timeout=timeout, check=False,
                              **self.popen_options())
        if done.returncode not in ok:
            words = (done.stderr or done.stdout).strip().splitlines()[-15:]
            raise StackError(f"{Path(str(argv[0])).name} ended with {done.returncode}:\n" + "\n".join(words), exit_code)
        return done

    def reaches(self, path):
        """Whether this account may enter `path`: asked of the kernel, which knows modes and access lists."""
        return subprocess.run(["test", "-x", str(path)], check=False, **self.popen_options()).returncode == 0

    def own(self, path):
        """Gives a path that the caller made to this account."""
        if self.switches:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def make_dir(self, path, mode=0o700):
        """A directory of this account; one that exists must already belong to it."""
        path = Path(path)
        if not path.is_dir():
            path.mkdir(mode=mode)
            self.own(path)
        elif path.stat().st_uid != self.uid:
            raise StackError(f"{path} belongs to another user than {self.name}; remove it or run as its owner", EXIT_PLACE)
        path.chmod(mode)
        return path

    def write(self, path, text, mode=0o600):
        """Replaces a file as a whole, so that a killed run leaves the old one or the new one."""
        path = Path(path)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        self.own(draft)
        draft.rename(path)
        return path

    def own_tree(self, top):
        """Gives a whole copied tree to this account."""
        if self.switches:
            self.own(top)
            for folder, names, files in os.walk(top):
                for name in names + files:
                    self.own(os.path.join(folder, name))


def base_environment(**more):
    """A small, fixed environment: what the caller's shell holds must not change what the stack does."""
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C.UTF-8", "TZ": "Asia/Shanghai"}
    for name in ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"):
        if name in os.environ:
            env[name] = os.environ[name]
    env.update({name: str(value) for name, value in more.items()})
    return env
