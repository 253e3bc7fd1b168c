"""Failures that a person should read: what happened, where the log is, and the exit code of the command."""

EXIT_USAGE = 2
EXIT_PACKAGES = 3
EXIT_BUILD = 4
EXIT_DATABASE = 5
EXIT_SERVICE = 6
EXIT_PORT = 7
EXIT_JOB = 8
EXIT_PLACE = 9


class StackError(Exception):
    """A failure with its exit code; `log` names the file that says more."""

    def __init__(self, message, exit_code, log=None):
        super().__init__(message)
        self.exit_code = exit_code
        self.log = log

    def __str__(self):
        text = super().__str__()
        return f"{text}\n  日志 / log: {self.log}" if self.log else text


def last_lines(path, count=15):
    """The end of a log, for an error message; reads at most 64 KiB."""
    try:
        with open(path, "rb") as stream:
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - 65536))
            text = stream.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-count:])
