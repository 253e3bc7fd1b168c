"""The catalogue's files against a database that has a life of its own: one of the release before rules were decided, and one whose
rules, standards and exclusions were changed by people."""
import csv
import json
import shutil
from pathlib import Path

import pytest

from stack.bootstrap import DISTRICT
from support.catalogue import approve, as_service, propose
from support.district import context, quoted

BEFORE = Path(__file__).resolve().parent / "seed-before-rules"  # rules, standards and tiers as issue 2 shipped them
OLD_MIGRATIONS = 6
BEFORE_TIERS_WERE_DECIDED = 12  # migrations
OLD_FUNCTIONS = ("audit_write.sql",)
ROWS = {  # how the loader of then put the files
    "tiers.csv": ("tier", "item_code, code, name_zh, name_en, disability_grades"),
    "rules.csv": ("rule", "item_code, valid, kind, cycle, tier_source, rounding, remainder, entry_basis, exit_basis, lookback_months, source,"
                  " confirmed"),
    "standards.csv": ("standard", "item_code, tier_code, amount_fen, amount_per, valid, source, confirmed, proposed_by, approved_by")}


def load(database, seed, ok=(0,)):
    """Loads; returns {file: [lines, new, changed]} and stderr."""
    _, out, err = database.huimin("catalogue", "load", "--district", DISTRICT, "--dir", seed, ok=ok)
    return {line.split("\t")[0]: [int(part.split(" ")[0]) for part in line.split("\t")[1:]] for line in out.splitlines()}, err


def value(row, column):
    """A column's SQL literal from a line of a file."""
    if column == "valid":
        return f"daterange({quoted(row['valid_from'])}, {quoted(row['valid_to'] or None)})"
    if column == "disability_grades":
        return f"string_to_array({quoted(row[column] or None)}, ' ')::integer[]"
    return quoted(row[column] or None)


def lines(name):
    with open(BEFORE / name, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def old(empty, sql_copy):
    """A database as issue 2 left it, then migrated; and the seed of now."""
    spare = sql_copy.parent / "later"
    for folder in ("migrations", "functions"):
        (spare / folder).mkdir(parents=True)
    for path in sorted((sql_copy / "migrations").glob("*.sql"))[OLD_MIGRATIONS:]:
        shutil.move(path, spare / "migrations" / path.name)
    for path in (sql_copy / "functions").glob("*.sql"):
        if path.name not in OLD_FUNCTIONS:
            shutil.move(path, spare / "functions" / path.name)
    empty.huimin("migrate", "--sql", sql_copy)
    seed = sql_copy / "seed" / str(DISTRICT)
    items = {row["item_code"] for row in lines("tiers.csv")}
    inserts = []
    with open(seed / "catalogue.csv", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["code"] in items:
                columns = [name for name in row if row[name]]
                inserts.append(f"insert into programmes.item (district, {', '.join(columns)}) values ({DISTRICT}, "
                               f"{', '.join(quoted(row[name]) for name in columns)})")
    for name, (table, columns) in ROWS.items():
        state = (", state", ", 'APPROVED'") if table == "standard" else ("", "")
        for row in lines(name):
            values = ", ".join(value(row, column) for column in columns.split(", "))
            inserts.append(f"insert into programmes.{table} (district, {columns}{state[0]}) values ({DISTRICT}, {values}{state[1]})")
    empty.psql(";\n".join(inserts))
    for folder in ("migrations", "functions"):
        for path in (spare / folder).glob("*.sql"):
            shutil.move(path, sql_copy / folder / path.name)
    empty.huimin("migrate", "--sql", sql_copy)
    return empty, seed


def test_a_database_of_before_takes_the_new_files(old):
    database, seed = old
    ids = "select string_agg(id::text, ' ' order by id) from programmes.rule where id <= 5"
    before = database.psql(ids)
    counts, _ = load(database, seed)
    assert counts["rules.csv"] == [26, 21, 5] and counts["standards.csv"] == [28, 22, 0] and counts["tiers.csv"] == [39, 30, 0]
    assert database.psql(ids) == before
    assert database.psql("select notice_days, grace_months_max, checks, version, state from programmes.rule where item_code = 'rural-dibao'") == (
        "7|6|{identity,exclusions}|1|APPROVED")
    assert database.psql("select age_max, age_max_at_school from programmes.rule where item_code = 'orphan'") == "18|t"
    # the version of each rule has its event
    assert database.psql("select count(*) from programmes.rule r where not exists (select from audit.event e where e.district = r.district"
                         " and e.id = r.event_id and e.entity = 'rule' and e.entity_id = r.id::text and e.seq = r.version)") == "0"
    counts, _ = load(database, seed)
    assert {tuple(numbers[1:]) for numbers in counts.values()} == {(0, 0)}


def test_the_same_rows_as_in_a_new_database(old, loaded):
    columns = ("item_code, valid, kind, cycle, accrual, tier_source, rounding, remainder, entry_basis, exit_basis, lookback_months, age_min, age_max,"
               " age_max_at_school, certificate_types, basis_item, basis_tier, months_max, grace_months_max, netting_cap_percent,"
               " one_per_household, once_per, review_required, notice_days, notice_day_kind, hearing_required, documents, checks, source,"
               " confirmed, state, proposed_by, approved_by, version")
    database, seed = old
    load(database, seed)
    rows = f"select {columns} from programmes.rule order by item_code, valid"
    assert database.psql(rows) == loaded.psql(rows)
    for table, some in (("standard", "item_code, tier_code, amount_fen, basis_points, amount_per, valid, source, confirmed, state"),
                        ("tier", "item_code, code, name_zh, disability_grades, age_from, age_to")):
        rows = f"select {some} from programmes.{table} order by 1, 2, valid" if table == "standard" else f"select {some} from programmes.{table} order by 1, 2"
        assert database.psql(rows) == loaded.psql(rows)


def test_what_rules_of_before_said_is_not_rewritten(old):
    database, seed = old
    database.psql("update programmes.rule set lookback_months = 6 where item_code = 'orphan'")
    _, err = load(database, seed, ok=(1,))
    assert "orphan 2020-01-01" in err
    assert database.psql("select count(*) from programmes.exclusion") == "0"


def test_files_of_before_still_load(old):
    """Without the new columns, rules have the defaults, and their events from then on."""
    database, seed = old
    for name in ROWS:
        shutil.copy(BEFORE / name, seed / name)
    exclusions = (seed / "exclusions.csv").read_text(encoding="utf-8").splitlines()
    (seed / "exclusions.csv").write_text(exclusions[0] + "\n", encoding="utf-8")
    counts, _ = load(database, seed)
    assert counts["rules.csv"] == [5, 0, 5] and counts["standards.csv"] == [6, 0, 0] and counts["exclusions.csv"] == [0, 0, 0]
    assert database.psql("select distinct accrual, notice_days, documents, version, event_id is null from programmes.rule") == "each_month|0|{}|1|f"
    counts, _ = load(database, seed)
    assert {tuple(numbers[1:]) for numbers in counts.values()} == {(0, 0)}


@pytest.mark.parametrize("table, item", [("rule", "disabled-care"), ("standard", "disabled-care")])
@pytest.mark.parametrize("valid_from, left", [("2020-07-01", "APPROVED|[2020-01-01,2020-07-01)"), ("2020-01-01", "REPLACED|[2020-01-01,2021-01-01)")])
def test_what_people_decided_stays(make_database, table, item, valid_from, left):
    """A later load neither moves the end back nor calls the new row a difference."""
    database = make_database().load()
    new_id, old_id = propose(database, table, item, valid_from)
    as_service(database, "confirmer", approve(table, new_id))
    assert database.psql(f"select state, valid from programmes.{table} where id = {old_id}") == left
    before = database.psql(f"select string_agg(t::text, ' ' order by id) from programmes.{table} t")
    database.load()
    assert database.psql(f"select string_agg(t::text, ' ' order by id) from programmes.{table} t") == before
    assert database.psql(f"select state from programmes.{table} where id = {new_id}") == "APPROVED"


def test_an_end_that_people_decided_stays_while_another_waits(make_database):
    """The row's last event is a proposal then, not the decision."""
    database = make_database().load()
    where = "from programmes.exclusion where item_code = 'pension'"
    number = database.psql(f"select id {where}")
    for day, decide in (("2020-07-01", True), ("2020-03-01", False)):
        as_service(database, "proposer", f"select programmes.exclusion_end_propose({number}, '{day}', 'x') \\g /dev/null\nselect 1")
        if decide:
            as_service(database, "confirmer", f"select programmes.exclusion_end_decide({number}, true) \\g /dev/null\nselect 1")
    database.load()
    assert database.psql(f"select valid, end_to, version {where}") == "[2020-01-01,2020-07-01)|2020-03-01|4"
    as_service(database, "another", f"select programmes.exclusion_end_decide({number}, true) \\g /dev/null\nselect 1")
    before = database.psql("select string_agg(x::text, ' ' order by id) from programmes.exclusion x")
    database.load()
    assert database.psql("select string_agg(x::text, ' ' order by id) from programmes.exclusion x") == before


def test_a_withdrawn_exclusion_does_not_come_back(make_database):
    database = make_database().load()
    number = database.psql("select id from programmes.exclusion where item_code = 'pension'")
    as_service(database, "proposer", f"select programmes.exclusion_end_propose({number}, '2020-01-01', 'x') \\g /dev/null\nselect 1")
    as_service(database, "confirmer", f"select programmes.exclusion_end_decide({number}, true) \\g /dev/null\nselect 1")
    database.load()
    assert database.psql("select id, state, valid from programmes.exclusion where item_code = 'pension'") == f"{number}|WITHDRAWN|[2020-01-01,)"


@pytest.mark.parametrize("day, good", [("2020-05-01", False), ("2020-07-01", True)])
def test_a_file_does_not_end_a_rule_within_one_of_its_periods(make_database, sql_copy, day, good):
    database = make_database().load()
    path = sql_copy / "seed" / str(DISTRICT) / "rules.csv"
    text = path.read_text(encoding="utf-8")
    assert text.count("disabled-living,2020-01-01,2021-01-01,fixed,quarter") == 1
    path.write_text(text.replace("disabled-living,2020-01-01,2021-01-01", f"disabled-living,2020-01-01,{day}"), encoding="utf-8")
    _, err = load(database, path.parent, ok=(0 if good else 1,))
    assert good or "cycle_day" in err
    assert database.psql("select upper(valid) from programmes.rule where item_code = 'disabled-living'") == (day if good else "2021-01-01")


def test_tiers_of_before_are_approved(old):
    database, seed = old
    assert database.psql("select distinct state, proposed_by, approved_by, version, event_id is null from programmes.tier") == (
        "APPROVED|seed:finance|seed:civil-affairs|1|t")
    load(database, seed)
    assert database.psql("select count(*) filter (where t.event_id is null), count(e.id), count(*) from programmes.tier t left join audit.event e"
                         " on e.id = t.event_id and e.entity_id = t.item_code || '/' || t.code and e.seq = t.version") == "9|30|39"
    values = f"({DISTRICT}, 'orphan', 'new', '新', 'New', 'somebody')"
    assert database.psql("insert into programmes.tier (district, item_code, code, name_zh, name_en, proposed_by) values"
                         f" {values} returning state, approved_by is null") == "PROPOSED|t"


def test_a_tier_that_one_person_made_names_who(empty, sql_copy):
    """Before tiers were approved."""
    spare = sql_copy.parent / "later"
    for folder, kept in (("migrations", BEFORE_TIERS_WERE_DECIDED), ("functions", 0)):
        (spare / folder).mkdir(parents=True)
        for path in sorted((sql_copy / folder).glob("*.sql"))[kept:]:
            shutil.move(path, spare / folder / path.name)
    for path in (spare / "functions").glob("a*.sql"):  # of the schemas app and audit
        shutil.move(path, sql_copy / "functions" / path.name)
    empty.huimin("migrate", "--sql", sql_copy)
    empty.psql(f"""begin read write;
        {context("clerk", "programmes")}
        insert into programmes.item (district, code, sort, programme_no, programme_zh, programme_en, item_zh, item_en, lead_unit_zh, kind, indicator_zh,
                                     indicator_en, target_op, target, unit, per_person_payment)
        values ({DISTRICT}, 'item', 1, 1, 'x', 'x', 'x', 'x', 'x', 'subsidy', 'x', 'x', '=', 1, 'x', 'x');
        insert into programmes.tier (district, item_code, code, name_zh, name_en) values ({DISTRICT}, 'item', 'one', 'x', 'x');
        select audit.write_event('create', 'tier', 'item/one', '{{}}');
        commit""")
    for folder in ("migrations", "functions"):
        for path in (spare / folder).glob("*.sql"):
            shutil.move(path, sql_copy / folder / path.name)
    empty.huimin("migrate", "--sql", sql_copy)
    assert empty.psql("select t.state, t.proposed_by, t.approved_by, e.act from programmes.tier t join audit.event e on e.id = t.event_id") == (
        "APPROVED|clerk|migration:0013|create")


def test_defaults_of_a_proposal_are_the_tables(loaded):
    """programmes.rule_of_json() and the columns' own defaults are the same."""
    named = loaded.psql("select a.attname, pg_get_expr(d.adbin, d.adrelid) from pg_attribute a join pg_attrdef d on d.adrelid = a.attrelid"
                        " and d.adnum = a.attnum where a.attrelid = 'programmes.rule'::regclass and a.attidentity = ''").splitlines()
    columns = [name for name, _ in (line.split("|") for line in named) if name not in ("state", "proposed_at", "version")]
    made = json.loads(loaded.psql("select to_jsonb(r) from programmes.rule_of_json('{\"valid_from\": \"2020-01-01\"}') r"))
    expressions = dict(line.split("|", 1) for line in named)
    kept = json.loads(loaded.psql("select jsonb_build_object(" + ", ".join(f"'{name}', {expressions[name]}" for name in columns) + ")"))
    assert {name: made[name] for name in columns} == kept and len(columns) == 12


# Against direct SQL by the service itself

NEXT = "version = version + 1, event_id = 999999999"  # no event of another row

@pytest.mark.parametrize("table", ["rule", "standard", "exclusion"])
def test_decisions_cannot_be_undone_by_the_service(loaded, table):
    for change, says in (("state = 'PROPOSED'", "does not become"), ("version = version + 1", "new version"), ("event_id = event_id + 1", "new version"),
                         (f"{NEXT}, approved_by = 'me'", "with its successor only"),
                         (f"{NEXT}, valid = daterange('2020-01-01', '2020-07-01')", "permission denied"),
                         (f"{NEXT}, approved_at = now()", "with its successor only")):
        assert says in loaded.refuses("huimin_programmes", f"begin read write;\n{context()}update programmes.{table} set {change};")
    copy = loaded.psql("select string_agg(quote_ident(attname), ', ') from pg_attribute where attnum > 0 and attidentity = ''"
                       f" and attrelid = 'programmes.{table}'::regclass")
    assert "waits for another person" in loaded.refuses(
        "huimin_programmes", f"begin read write;\n{context()}insert into programmes.{table} ({copy}) select {copy} from programmes.{table} limit 1;")
    for change in ("source = 'x'", "confirmed = true", "proposed_by = 'x'"):
        assert "permission denied" in loaded.refuses("huimin_programmes", f"begin read write;\n{context()}update programmes.{table} set {change};")
    assert "permission denied" in loaded.refuses("huimin_programmes", f"begin read write;\n{context()}delete from programmes.{table};")
