"""What the lints share: the files they look at and how they end."""
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = {".git", "build", "var", "node_modules", "__pycache__", ".pytest_cache"}


def files(root, suffixes):
    """Files of the tree with one of the suffixes; "" stands for scripts without one. Generated folders are left out."""
    for folder, names, entries in os.walk(root):
        names[:] = sorted(name for name in names if name not in SKIPPED)
        for entry in sorted(entries):
            path = Path(folder) / entry
            suffix = path.suffix
            if (suffix in suffixes and suffix) or ("" in suffixes and not suffix and is_script(path)):
                yield path


def is_script(path):
    """Whether a file without a suffix begins with #!."""
    with open(path, "rb") as stream:
        return stream.read(2) == b"#!"


def is_python(path):
    """Python by name or by its first line."""
    if path.suffix == ".py":
        return True
    with open(path, "rb") as stream:
        return not path.suffix and b"python" in stream.readline() and is_script(path)


def text_of(path):
    """A source file's text; one that is not UTF-8 is a mistake of its own."""
    return path.read_text(encoding="utf-8")


def strip_c(text):
    """C without comments, strings, character constants and preprocessor conditions; line numbers stay."""
    token = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
    def blank(match):
        found = match[0]
        mark = '""' if found[0] == '"' else "0" if found[0] == "'" else " "
        return mark + "\n" * found.count("\n")
    return re.sub(r"^[ \t]*#[ \t]*(?:if|ifdef|ifndef|elif)\b[^\n]*", "", token.sub(blank, text), flags=re.M)


def strip_sql(text):
    """SQL without comments and strings; bodies in dollar quotes stay, because they are code."""
    token = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:''|[^'])*'", re.S)
    return token.sub(lambda match: ("''" if match[0][0] == "'" else " ") + "\n" * match[0].count("\n"), text)


def finish(name, findings, checked):
    """Prints the findings and ends: 0 without any, 1 otherwise."""
    for finding in findings:
        print(f"{name}: {finding}")
    print(f"{name}: {checked}, {len(findings)} findings")
    sys.exit(1 if findings else 0)


def root_argument():
    """The tree to look at: the first argument, for the lints' own tests, or this project."""
    return Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT
