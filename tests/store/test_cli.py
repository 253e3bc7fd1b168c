"""The command line against a real database: migrations, catalogue, status, keys."""
import csv
import json
import re
import stat
import subprocess

import pytest

from stack.bootstrap import DISTRICT

NOTICE_FEN = {("rural-dibao", "standard"): (742000, "year"), ("orphan", "dispersed"): (126200, "month"),
              ("orphan", "institution"): (166200, "month"), ("orphan", "unsupported"): (126200, "month"), ("disabled-living", "grade-1-2"): (80000, "year"),
              ("disabled-living", "grade-3-4"): (40000, "year"), ("disabled-care", "severe"): (6000, "month")}


# Migrations

def state_of(database):
    """What the record of migrations says."""
    return database.psql("select number, name, sha256 from app.migration order by number")


def test_migrate_twice_changes_nothing(empty, sql_copy):
    files = sorted(path.stem for path in (sql_copy / "migrations").glob("*.sql"))
    _, out, _ = empty.huimin("migrate", "--sql", sql_copy)
    assert [line.split("\t")[0] for line in out.splitlines() if line.endswith("applied")][:len(files)] == files
    before = state_of(empty), empty.psql("select max(applied_at) from app.function_file")
    _, out, _ = empty.huimin("migrate", "--sql", sql_copy)
    assert out.splitlines() == [f"migrations\t{len(files)}\t已是最新 / up to date",
                                f"functions\t{len(list((sql_copy / 'functions').glob('*.sql')))}\t无变化 / unchanged"]
    assert (state_of(empty), empty.psql("select max(applied_at) from app.function_file")) == before


def test_two_at_once_share_the_work(empty, sql_copy):
    children = [empty.start("migrate", "--sql", sql_copy) for _ in range(3)]
    outputs = [child.communicate(timeout=120) for child in children]
    assert [child.returncode for child in children] == [0, 0, 0], outputs
    applied = [line for out, _ in outputs for line in out.splitlines() if re.match(r"\d{4}_", line)]
    assert len(applied) == len(set(applied)) == len(list((sql_copy / "migrations").glob("*.sql")))


def damage_changed(migrations):
    """An applied file gets another line."""
    path = migrations / "0002_audit.sql"
    path.write_text(path.read_text(encoding="utf-8") + "-- later thought\n", encoding="utf-8")


def damage_renamed(migrations):
    """An applied file gets another name."""
    (migrations / "0002_audit.sql").rename(migrations / "0002_audits.sql")


def damage_gap(migrations):
    """A number is left out."""
    (migrations / "0099_far.sql").write_text("select 1;\n", encoding="utf-8")


def damage_name(migrations):
    """A file without a number."""
    (migrations / "more.sql").write_text("select 1;\n", encoding="utf-8")


def damage_old(migrations):
    """Files of an older release."""
    sorted(migrations.glob("*.sql"))[-1].unlink()


@pytest.mark.parametrize("damage, says", [(damage_changed, "0002_audit: "), (damage_renamed, "0002_audits: "), (damage_gap, "0099_far: "),
                                          (damage_name, "more: "), (damage_old, "older release")])
def test_files_that_do_not_fit_are_refused(empty, sql_copy, damage, says):
    empty.huimin("migrate", "--sql", sql_copy)
    before = state_of(empty)
    damage(sql_copy / "migrations")
    status, _, err = empty.huimin("migrate", "--sql", sql_copy, ok=(1,))
    assert status == 1 and says in err
    assert state_of(empty) == before


def test_a_migration_that_fails_leaves_nothing(empty, sql_copy):
    empty.huimin("migrate", "--sql", sql_copy)
    number = len(list((sql_copy / "migrations").glob("*.sql"))) + 1
    broken = sql_copy / "migrations" / f"{number:04}_broken.sql"
    broken.write_text("create table app.half (x int);\nselect * from nowhere;\n", encoding="utf-8")
    _, _, err = empty.huimin("migrate", "--sql", sql_copy, ok=(1,))
    assert f"{number:04}_broken: 42P01" in err
    assert empty.psql("select to_regclass('app.half') is null") == "t"
    broken.write_text("create table app.half (x int);\n", encoding="utf-8")
    _, out, _ = empty.huimin("migrate", "--sql", sql_copy)
    assert f"{number:04}_broken\t已执行 / applied" in out and "functions" in out and "已更新" in out
    assert empty.psql("select to_regclass('app.half') is not null") == "t"


def test_functions_are_replaced_when_one_changed(empty, sql_copy):
    empty.huimin("migrate", "--sql", sql_copy)
    added = sql_copy / "functions" / "zz_extra.sql"
    added.write_text("create or replace function app.answer() returns int language sql as $$ select 42 $$;\n", encoding="utf-8")
    _, out, _ = empty.huimin("migrate", "--sql", sql_copy)
    assert "已更新 / applied" in out and empty.psql("select app.answer()") == "42"
    added.write_text("create or replace function app.answer() returns int language sql as $$ select 43 $$;\n", encoding="utf-8")
    empty.huimin("migrate", "--sql", sql_copy)
    assert empty.psql("select app.answer()") == "43"
    added.write_text("this is not SQL\n", encoding="utf-8")
    _, _, err = empty.huimin("migrate", "--sql", sql_copy, ok=(1,))
    assert "zz_extra: 42601" in err and empty.psql("select app.answer()") == "43"


def test_a_folder_without_migrations_is_refused(empty, tmp_path):
    for folder in (tmp_path, tmp_path / "missing"):
        status, _, err = empty.huimin("migrate", "--sql", folder, ok=(1,))
        assert status == 1 and "SQL" in err


# Catalogue

@pytest.fixture
def seeded(empty, sql_copy):
    """A database of the test's own with the catalogue, and a copy of the seed that it may change."""
    empty.huimin("migrate", "--sql", sql_copy)
    seed = sql_copy / "seed" / str(DISTRICT)
    empty.huimin("catalogue", "load", "--district", DISTRICT, "--dir", seed)
    return empty, seed


def load(database, seed, ok=(0,)):
    """Loads again; returns (counts by file, stderr)."""
    _, out, err = database.huimin("catalogue", "load", "--district", DISTRICT, "--dir", seed, ok=ok)
    return {line.split("\t")[0]: [int(number) for number in re.findall(r"\t(\d+) ", line)] for line in out.splitlines()}, err


def digest(database):
    """Everything that is decided about, in one value."""
    return [database.psql(f"select md5(string_agg(t::text, '' order by id)) from programmes.{table} t") for table in ("rule", "standard", "exclusion")]


def edit(path, change):
    """Rewrites a CSV file; `change` gets the list of its rows as dicts."""
    with open(path, encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    names = list(rows[0])
    change(rows)
    with open(path, "w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)


def test_the_catalogue_is_that_of_the_notice(loaded):
    assert loaded.psql("select count(*), count(distinct item_zh), count(distinct programme_no) from programmes.item") == "44|44|17"
    assert loaded.psql("select count(*) from programmes.division") == "11"
    standards = loaded.psql("select item_code, tier_code, amount_fen, amount_per, lower(valid), upper(valid), confirmed"
                            " from programmes.standard where state = 'APPROVED' and confirmed").splitlines()
    assert {(a, b): (int(fen), per) for a, b, fen, per, *_ in (line.split("|") for line in standards)} == NOTICE_FEN
    assert {tuple(line.split("|")[4:]) for line in standards} == {("2020-01-01", "2021-01-01", "t")}
    assert {line.split("|")[0] for line in loaded.psql("select item_code from programmes.rule where confirmed").splitlines()} == {"disabled-care"}
    # nothing that is paid to people is without a rule, and no rate without its source
    assert loaded.psql("select code from programmes.item i where kind = 'subsidy' and not exists"
                       " (select from programmes.rule r where r.item_code = i.code and r.valid @> '2020-06-01'::date)") == ""
    assert loaded.psql("select count(*) from programmes.rule where netting_cap_percent <> 0 or hearing_required or review_required") == "0"


def test_loading_again_changes_nothing(seeded):
    database, seed = seeded
    events = database.psql("select count(*) from audit.event")
    counts, _ = load(database, seed)
    assert {tuple(numbers[1:]) for numbers in counts.values()} == {(0, 0)} and len(counts) == 8
    assert database.psql("select count(*) from audit.event") == events


def test_names_are_brought_up_to_date(seeded):
    database, seed = seeded
    edit(seed / "catalogue.csv", lambda rows: rows[0].update(lead_unit_zh="区残疾人联合会"))
    counts, _ = load(database, seed)
    assert counts["catalogue.csv"] == [44, 0, 1] and counts["divisions.csv"] == [11, 0, 0]
    assert database.psql("select lead_unit_zh from programmes.item where code = 'mental-medicine'") == "区残疾人联合会"
    last = json.loads(database.psql("select entry from audit.event order by id desc limit 1"))
    assert last["act"] == "load" and last["data"]["catalogue.csv"] == {"added": 0, "changed": 1, "lines": 44}


@pytest.mark.parametrize("file, change, says", [
    ("standards.csv", {"amount_fen": "742001"}, "rural-dibao standard 2020-01-01"),
    ("standards.csv", {"confirmed": "false"}, "rural-dibao standard 2020-01-01"),
    ("standards.csv", {"amount_fen": "", "amount_per": "percent", "basis_points": "100"}, "rural-dibao standard 2020-01-01"),
    ("rules.csv", {"entry_basis": "approval_month"}, "mental-medicine 2020-01-01"),
    ("rules.csv", {"notice_days": "3"}, "mental-medicine 2020-01-01"),
    ("rules.csv", {"source": "hearsay"}, "mental-medicine 2020-01-01"),
    ("exclusions.csv", {"kind": "top_up"}, "rural-dibao tekun 2020-01-01"),
    ("exclusions.csv", {"confirmed": "true"}, "rural-dibao tekun 2020-01-01")])
def test_what_is_in_force_is_not_overwritten(seeded, file, change, says):
    database, seed = seeded
    before = digest(database)
    edit(seed / "catalogue.csv", lambda rows: rows[0].update(note="must not be stored"))
    edit(seed / file, lambda rows: rows[0].update(change))
    _, err = load(database, seed, ok=(1,))
    assert says in err
    assert digest(database) == before
    assert database.psql("select count(*) from programmes.item where note = 'must not be stored'") == "0"


def test_a_standard_ends_and_its_successor_begins(seeded):
    database, seed = seeded

    def succeed(rows):
        rows.append(dict(rows[0], valid_from="2020-07-01", amount_fen="780000"))
        rows[0]["valid_to"] = "2020-07-01"

    edit(seed / "standards.csv", succeed)
    counts, _ = load(database, seed)
    assert counts["standards.csv"] == [29, 1, 1]
    assert database.psql("select amount_fen, valid from programmes.standard where item_code = 'rural-dibao' order by 2").splitlines() == [
        "742000|[2020-01-01,2020-07-01)", "780000|[2020-07-01,2021-01-01)"]
    assert database.psql("select string_agg(act, ' ' order by seq) from audit.event where entity = 'standard' and entity_id = '1'") == (
        "standard.loaded standard.end_moved")


def test_a_rule_and_an_exclusion_end(seeded):
    database, seed = seeded
    for file, line in (("rules.csv", 1), ("exclusions.csv", 0)):  # the first rule pays by the year
        edit(seed / file, lambda rows, line=line: rows[line].update(valid_to="2020-07-01"))
    counts, _ = load(database, seed)
    assert counts["rules.csv"] == [26, 0, 1] and counts["exclusions.csv"] == [23, 0, 1]
    for table in ("rule", "exclusion"):
        [row] = database.psql(f"select upper(valid), version, id from programmes.{table} where upper(valid) = '2020-07-01'").splitlines()
        assert row.startswith("2020-07-01|2|")
        assert database.psql(f"select string_agg(act, ' ' order by seq) from audit.event where entity = '{table}'"
                             f" and entity_id = '{row.split('|')[2]}'") == f"{table}.loaded {table}.end_moved"
    counts, _ = load(database, seed)
    assert counts["rules.csv"] == [26, 0, 0] and counts["exclusions.csv"] == [23, 0, 0]


def test_the_calendar_and_review_classes_are_brought_up_to_date(seeded):
    database, seed = seeded
    edit(seed / "calendar.csv", lambda rows: rows[0].update(source="另行通知"))
    edit(seed / "review_classes.csv", lambda rows: rows[0].update(months="6"))
    counts, _ = load(database, seed)
    assert counts["calendar.csv"] == [36, 0, 1] and counts["review_classes.csv"] == [3, 0, 1]


@pytest.mark.parametrize("file, change, says", [
    ("standards.csv", {"amount_fen": "7420.00"}, "standards.csv:2: amount_fen"),
    ("standards.csv", {"valid_from": "2020-02-30"}, "standards.csv:2: valid_from"),
    ("standards.csv", {"source": ""}, "standards.csv:2: source"),
    ("standards.csv", {"approved_by": "seed:finance", "valid_from": "2030-01-01", "valid_to": ""}, "23514"),
    ("tiers.csv", {"disability_grades": "1,5"}, "tiers.csv:2: disability_grades"),
    ("rules.csv", {"confirmed": "maybe"}, "rules.csv:2: confirmed"),
    ("rules.csv", {"documents": "Passport"}, "rules.csv:2: documents"),
    ("rules.csv", {"certificate_types": "8"}, "rules.csv:2: certificate_types"),
    ("rules.csv", {"documents": "passport", "valid_from": "2030-01-01", "valid_to": ""}, "23514"),
    ("rules.csv", {"valid_from": "2019-01-01"}, "23P01"),
    ("rules.csv", {"valid_from": "2019-12-01"}, "cycle_day"),  # a rule that pays by the year
    ("exclusions.csv", {"other_item_code": ""}, "23514"),
    ("exclusions.csv", {"other_item_code": "nothing"}, "23503"),
    ("calendar.csv", {"day": "2020-13-01"}, "calendar.csv:2: day"),
    ("calendar.csv", {"kind": "rain"}, "23514"),
    ("review_classes.csv", {"class": "D"}, "23514"),
    ("rules.csv", {"kind": "generous", "valid_from": "2030-01-01", "valid_to": ""}, "23514"),
    ("divisions.csv", {"code": "340103"}, "23514"),
    ("catalogue.csv", {"code": "Ünknown"}, "23514")])
def test_bad_files_are_refused_whole(seeded, file, change, says):
    database, seed = seeded
    before = database.psql("select count(*) from audit.event")
    edit(seed / file, lambda rows: rows[0].update(change))
    _, err = load(database, seed, ok=(1,))
    assert says in err
    assert database.psql("select count(*) from audit.event") == before


@pytest.mark.parametrize("text", [b"", b"\xef\xbb\xbf", b"code,name_zh\n", b"code,name_zh,name_en,kind_zh,more\n1,a,b,c,d\n",
                                  b"code,code,name_en,kind_zh\n", "code,name_zh,name_en,kind_zh\n340103001,亳州路街道,B,街道\n".encode("gb18030")])
def test_files_of_another_form_are_refused(seeded, text):
    database, seed = seeded
    (seed / "divisions.csv").write_bytes(text)
    status, err = load(database, seed, ok=(1,))
    assert status == {} and "divisions.csv" in err


def test_a_byte_order_mark_is_skipped(seeded):
    database, seed = seeded
    path = seed / "divisions.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    counts, _ = load(database, seed)
    assert counts["divisions.csv"] == [11, 0, 0]


# Status, invariants, keys

def test_status(loaded, empty):
    _, out, _ = loaded.huimin("status")
    lines = [line.split("\t") for line in out.splitlines()]
    assert lines[0][1].startswith("15.") and lines[0][2:] == [loaded.name, "huimin_owner"]
    assert lines[1][1:3] == loaded.psql("select count(*) || '|' || max(name) from app.migration").split("|")
    assert any("events" in line[0] for line in lines)
    status, _, err = empty.huimin("status", ok=(1,))
    assert status == 1 and "42P01" in err


def test_no_database_is_a_clear_failure(loaded, tmp_path):
    done = subprocess.run([loaded.program, "status"], env={"HUIMIN_DATABASE": f"host={tmp_path} dbname=x"}, check=False, text=True,
                          capture_output=True, encoding="utf-8")
    assert done.returncode == 1 and "08001" in done.stderr


def test_invariants_without_violations(loaded):
    status, out, _ = loaded.huimin("invariants", "--district", DISTRICT, "--json")
    assert status == 0 and json.loads(out) == {"violations": []}
    status, out, _ = loaded.huimin("invariants", "--district", DISTRICT)
    assert status == 0 and out.endswith("\t0\n")


def test_invariants_that_cannot_be_checked(loaded, empty):
    status, _, err = empty.huimin("invariants", "--district", DISTRICT, ok=(3,))
    assert status == 3 and "3F000" in err
    assert loaded.huimin("invariants", "--district", DISTRICT, role="huimin_programmes", ok=(3,))[0] == 3


def test_every_statement_prepares(loaded):
    assert "prepared" in loaded.huimin("--check-sql")[1]


def test_keys_are_made_once(loaded, tmp_path):
    folder = tmp_path / "keys"
    _, out, _ = loaded.huimin("keys", "init", "--dir", folder)
    assert out.count("created") == 3
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {
        "keyring": 0o600, "signing-key.pem": 0o600, "jwks.json": 0o644}
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    _, out, _ = loaded.huimin("keys", "init", "--dir", folder)
    assert out.count("kept") == 3
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    (folder / "signing-key.pem").unlink()
    status, _, err = loaded.huimin("keys", "init", "--dir", folder, ok=(1,))
    assert status == 1 and "jwks.json" in err
    (folder / "keyring").chmod(0o644)
    assert loaded.huimin("keys", "init", "--dir", folder, ok=(1,))[0] == 1


def test_help_and_usage(loaded):
    _, out, _ = loaded.huimin("--help")
    for command in ("keys init", "token", "migrate", "catalogue load", "status", "invariants"):
        assert f"huimin {command}" in out
    assert loaded.huimin("token", "--help")[1] == out
    for wrong in ([], ["nonsense"], ["keys"], ["keys", "lose"], ["migrate"], ["status", "--fast"], ["invariants", "--district", "34"]):
        assert loaded.huimin(*wrong, ok=(2,))[0] == 2
