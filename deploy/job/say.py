"""What a person at the terminal sees: short lines in Chinese and English, and progress that works in a log file too."""
import sys
import time
import unicodedata


def width(text):
    """Columns that a text takes on a terminal: East Asian wide characters take two."""
    return sum(0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def pad(text, columns, right=False):
    """The text filled with spaces to a number of columns."""
    fill = " " * max(0, columns - width(text))
    return fill + text if right else text + fill


def table(header, rows, right=()):
    """Lines of a table; columns whose index is in `right` are aligned right."""
    columns = [max(width(row[i]) for row in [header, *rows]) for i in range(len(header))]
    rule = "  ".join("-" * size for size in columns)
    def line(row):
        return "  ".join(pad(cell, columns[i], i in right) for i, cell in enumerate(row)).rstrip()
    return [line(header), rule, *(line(row) for row in rows)]


def yuan(fen):
    """An amount in yuan with two decimals."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


class Speaker:
    """Lines on standard output."""

    def __init__(self, out=sys.stdout):
        self.out = out
        self.live = out.isatty()

    def step(self, chinese, english):
        """One step of the work."""
        print(f"== {chinese} / {english}", file=self.out, flush=True)

    def line(self, text=""):
        """Plain text."""
        print(text, file=self.out, flush=True)

    def progress(self, label):
        """A progress bar for work that reports done and total."""
        return Progress(label, self)


class Progress:
    """A bar that is redrawn on a terminal; in a file a line at most every five seconds, and one at the end."""

    def __init__(self, label, speaker):
        self.label = label
        self.speaker = speaker
        self.shown = -1.0
        self.last = None

    def __call__(self, done, total, note=""):
        now = time.monotonic()
        if (done, total, note) == self.last or (done < total and now - self.shown < (0.1 if self.speaker.live else 5.0)):
            return
        self.shown, self.last = now, (done, total, note)
        share = done / total if total else 0.0
        filled = int(share * 24)
        text = f"   {pad(self.label, 30)} [{'#' * filled}{'.' * (24 - filled)}] {done:,}/{total:,} {note}"
        if self.speaker.live:
            print("\r" + text + "\x1b[K", end="", file=self.speaker.out, flush=True)
        else:
            self.speaker.line(text.rstrip())

    def end(self):
        """Leaves the last state of the bar on its own line."""
        if self.speaker.live and self.last is not None:
            self.speaker.line()
