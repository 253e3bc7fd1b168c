"""One background process: start, liveness, end. Known by pid and start time, so that a reused pid is never mistaken for it."""
import os
import select
import signal
import subprocess
import time

from .errors import EXIT_SERVICE, StackError, last_lines


class Process:
    """A named process of a stack with its log and its pid file; found again by a later command."""

    def __init__(self, name, paths, account):
        self.name = name
        self.account = account
        self.cwd = paths.root
        self.log = paths.logs / f"{name}.log"
        self.pid_file = paths.pids / f"{name}.pid"
        self.child = None

    def start(self, argv, env):
        """Starts it detached from the caller's terminal, as leader of a session; it must not run yet."""
        self.clear_remains()
        with open(self.log, "ab") as log:
            self.account.own(self.log)
            self.child = subprocess.Popen([str(arg) for arg in argv], env=env, cwd=self.cwd, stdin=subprocess.DEVNULL,
                                          stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
                                          **self.account.popen_options())
        self.account.write(self.pid_file, f"{self.child.pid} {start_time(self.child.pid)}\n")

    def pid(self):
        """The pid of the running process, or None: never started, ended, or the pid is another's now."""
        try:
            pid, started = self.pid_file.read_text().split()
        except (OSError, ValueError):
            return None
        return int(pid) if start_time(int(pid)) == started else None

    def clear_remains(self):
        """Ends what a killed leader left in its session: nginx's workers go on serving without their master."""
        try:
            leader, started = self.pid_file.read_text().split()
        except (OSError, ValueError):
            return
        if start_time(leader) is None:  # a live leader of another start time is somebody else's session
            for pid in session_members(leader):
                if int(start_time(pid) or 0) >= int(started):
                    end_within(int(pid), signal.SIGKILL, 10.0)

    def require_alive(self):
        """Raises with the log's end when the process has died."""
        if self.pid() is None:
            raise StackError(f"{self.name} 已退出 / has ended:\n{last_lines(self.log)}", EXIT_SERVICE, self.log)

    def signal(self, number):
        """Sends a signal, for the tests; the process must run."""
        self.require_alive()
        os.kill(self.pid(), number)

    def stop(self, grace_s=15.0):
        """SIGTERM, and SIGKILL after the grace; returns (was killed, exit code or None for a process of another command)."""
        killed = False
        pid = self.pid()
        if pid is not None:
            killed = not end_within(pid, signal.SIGTERM, grace_s)
            if killed:
                end_within(pid, signal.SIGKILL, 10.0)
        self.clear_remains()
        self.pid_file.unlink(missing_ok=True)
        return killed, self.child.wait(timeout=10) if self.child else None


def status_fields(pid):
    """The fields of /proc/PID/stat after the name; None when there is no process, or only its unburied remains."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stream:
            fields = stream.read().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields


def start_time(pid):
    """The kernel's start time of a process, as text, or None."""
    fields = status_fields(pid)
    return fields[19] if fields else None


def session_members(leader):
    """The pids of a session that are alive."""
    found = ((pid, status_fields(pid)) for pid in filter(str.isdigit, os.listdir("/proc")))
    return [pid for pid, fields in found if fields and fields[3] == str(leader)]


def end_within(pid, number, seconds):
    """Sends a signal and waits for the end of the process through its pidfd; False when it is still there."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        signal.pidfd_send_signal(descriptor, number)
        return bool(select.select([descriptor], [], [], seconds)[0])
    except ProcessLookupError:
        return True
    finally:
        os.close(descriptor)


def wait_until(check, what, seconds, processes=(), interval_s=0.05):
    """Polls `check` until it is true; a process that dies meanwhile, or the deadline, is a StackError."""
    deadline = time.monotonic() + seconds
    while not check():
        for process in processes:
            process.require_alive()
        if time.monotonic() > deadline:
            log = processes[0].log if processes else None
            raise StackError(f"{what}: {seconds:.0f} s 内未就绪 / not within {seconds:.0f} s", EXIT_SERVICE, log)
        time.sleep(interval_s)
