"""Each lint finds a bad sample and passes a good one: a lint that cannot fail protects nothing."""
import importlib.machinery
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

GOOD_C = "int answer(void)\n{\n    return 42;\n}\n"


def run(lint, tree):
    """Runs a lint over a tree; returns (exit code, output)."""
    done = subprocess.run([HERE / lint, tree], check=False, capture_output=True, text=True, encoding="utf-8")
    assert done.stderr == ""
    return done.returncode, done.stdout


def plant(tree, place, text):
    """Writes a file of a sample tree."""
    path = tree / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def module(lint):
    """A lint script as a module, for its functions."""
    sys.path.insert(0, str(HERE))
    try:
        loader = importlib.machinery.SourceFileLoader(f"lint_{lint}", str(HERE / lint))
        spec = importlib.util.spec_from_loader(loader.name, loader)
        loaded = importlib.util.module_from_spec(spec)
        loader.exec_module(loaded)
    finally:
        sys.path.remove(str(HERE))
    return loaded


def branches(count):
    """A C function with a number of branches."""
    return "int f(int x)\n{\n" + "    if (x == 1)\n        x++;\n" * count + "    return x;\n}\n"


BAD = [
    ("quarantine", "services/payments/run.c", "#include <libpq-fe.h>\n" + GOOD_C, "libpq-fe.h may only be included by"),
    ("quarantine", "services/payments/run.c", '#include "jansson.h"\n' + GOOD_C, "jansson.h"),
    ("quarantine", "services/payments/run.c", "void f(char *a)\n{\n    strcpy(a, \"x\");\n}\n", "run.c:3: strcpy is banned"),
    ("quarantine", "services/payments/run.c", "char *f(void)\n{\n    return getenv(\"HOME\");\n}\n", "getenv may only be called"),
    ("sizes", "a.c", "int f(int x)\n{\n" + "    x++;\n" * 68 + "    return x;\n}\n", "f has 72 lines"),
    ("sizes", "a.c", branches(15), "f has complexity 16"),
    ("sizes", "a.h", "static inline " + branches(15), "f has complexity 16"),
    ("sizes", "a.h", "int x;\n" * 601, "601 lines, at most 600"),
    ("sizes", "a.py", "def f(x):\n" + "    if x:\n        x += 1\n" * 15, "f has complexity 16"),
    ("sizes", "a.sql", "create function f() returns int as $$ begin\n" + "if x then y; end if;\n" * 15 + "end $$ language plpgsql;\n",
     "f has complexity 16"),
    ("sizes", "script", "#!/usr/bin/python3\ndef f(x):\n" + "    x += 1\n" * 70, "f has 71 lines"),
    ("format", "a.c", "int  answer( void ){ return 42; }\n", "a.c:1: not formatted"),
    ("paths", "notes.txt", "see /ho" + "me/someone/huimin\n", "a path of one machine"),
    ("paths", "a.c", "/* TO" + "DO: the rest */\n", "work left for later"),
]


@pytest.mark.parametrize("lint, place, text, message", BAD, ids=[f"{row[0]}-{row[3]}" for row in BAD])
def test_finds_a_bad_sample(tmp_path, lint, place, text, message):
    plant(tmp_path, place, text)
    code, output = run(lint, tmp_path)
    assert code == 1 and message in output, output


GOOD = [
    ("quarantine", "services/common/db_pool.c", "#include <libpq-fe.h>\n/* strcpy(a, b) */\nconst char *x = \"strcpy(\";\n"),
    ("quarantine", "services/payments/run_api.c", "#include <jansson.h>\n"),
    ("sizes", "a.c", branches(14)),
    ("sizes", "a.c", "#if A\n#endif\n" + branches(14)),
    ("sizes", "a.sql", "create function f() returns int language sql as $$ select " + "case when a then b end,\n" * 16 + " 1 $$;\n"),
    ("format", "a.c", GOOD_C),
    ("paths", "a.c", GOOD_C),
]


@pytest.mark.parametrize("lint, place, text", GOOD)
def test_passes_a_good_sample(tmp_path, lint, place, text):
    plant(tmp_path, place, text)
    assert run(lint, tmp_path)[0] == 0


@pytest.fixture
def error_tree(tmp_path):
    """A small tree whose one error code is registered and used."""
    plant(tmp_path, "api-spec/errors.yaml", "requests:\n  - {code: not_found, status: 404, en: \"None\", zh: \"无\"}\n")
    plant(tmp_path, "services/common/x.c", "int x = ERR_NOT_FOUND;\n")
    plant(tmp_path, "deploy/nginx/gateway.conf.in", '        404 not_found;\n        not_found-en "None";\n')
    plant(tmp_path, "api-spec/audit.yaml", "example:\n  code: not_found\n")
    return tmp_path


def test_errors_passes_a_good_sample(error_tree):
    assert run("errors", error_tree)[0] == 0


@pytest.mark.parametrize("place, text, message", [
    ("api-spec/errors.yaml", "requests:\n  - {code: not_found, en: None, zh: 无}\n  - {code: spare, en: a, zh: b}\n", "spare is used nowhere"),
    ("api-spec/audit.yaml", "example:\n  code: mystery\n", "mystery is not in errors.yaml"),
    ("api-spec/audit.yaml", "example: urn:huimin:error:mystery\n", "mystery is not in errors.yaml"),
    ("deploy/nginx/gateway.conf.in", '        404 not_found;\n        not_found-en "Nothing";\n', "the title of not_found (en)"),
])
def test_errors_finds_a_bad_sample(error_tree, place, text, message):
    plant(error_tree, place, text)
    code, output = run("errors", error_tree)
    assert code == 1 and message in output, output


def test_routes_finds_each_difference():
    routes = module("routes")
    found = list(routes.compare("payments", {"GET /a": ("payments:read", "listA"), "GET /b": ("payments:read", "listB")},
                                {"GET /a": ("payments:read", "other"), "GET /c": ("payments:read", "listC")}))
    assert [sentence.split(": ")[1].split(" is")[0] for sentence in found[:2]] == ["GET /b", "GET /c"]
    assert "listA" in found[2] and len(found) == 3
    assert not list(routes.compare("payments", {"GET /a": ("s", "x")}, {"GET /a": ("s", "x")}))


def test_routes_names_what_no_test_has_called(tmp_path):
    routes = module("routes")
    documents = routes.Documents()
    exercised = tmp_path / "exercised"
    exercised.write_text("".join(f"{op.name}\n" for op in documents.operations[1:]), encoding="utf-8")
    assert routes.untested(documents, exercised) == [f"{documents.operations[0].name} is called by no test"]


def test_config_finds_each_difference():
    config = module("config")
    table = {"HUIMIN_A": ("1", "first"), "HUIMIN_B": ("2", "second"), "HUIMIN_C": ("3", "third")}
    text = "| `HUIMIN_A` | integer | `9` | first |\n| `HUIMIN_B` | integer | `2` | other |\nHUIMIN_D\n"
    found = list(config.compare("README.md", text, table, True))
    assert [sentence.split(": ")[1].split(" ")[0] for sentence in found] == ["HUIMIN_A", "HUIMIN_B", "HUIMIN_C", "HUIMIN_D"]
    good = "| `HUIMIN_A` | integer | `1` | first |\n"
    assert not list(config.compare("README.md", good, {"HUIMIN_A": ("1", "first")}, True))
    for shown, findings in (("(empty)", 0), ("（空）", 0), ("``", 1), ("`1`", 1)):
        row = f"| `HUIMIN_A` | {shown} | first |\n"
        assert len(list(config.compare("README.md", row, {"HUIMIN_A": ("", "first")}, True))) == findings, shown


def test_statements_finds_a_statement_that_does_not_prepare(build_dir, tmp_path):
    """The programs are asked for their statements in a tree whose schema lacks a column that one of them needs."""
    copy = tmp_path / "tree"
    for part in ("deploy", "tests/lint", "tests/fakebank", "tests/population", "sql", "api-spec"):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    with open(sorted((copy / "sql" / "functions").glob("*.sql"))[-1], "a", encoding="utf-8") as stream:
        stream.write("\nalter table payments.held_line rename column reason to reason_of_a_bad_sample;\n")
    done = subprocess.run([copy / "tests" / "lint" / "statements", "--build", build_dir], check=False, capture_output=True,
                          text=True, encoding="utf-8")
    assert done.returncode == 1 and "huimin-payments: " in done.stdout and "reason" in done.stdout, done.stdout + done.stderr
