"""What the database itself guards: who sees which rows, and the log that is only ever added to."""
import hashlib
import json
import uuid

import pytest

SERVICE_ROLES = ("huimin_beneficiaries", "huimin_programmes", "huimin_payments", "huimin_audit", "huimin_worker",
                 "huimin_reconcile")
# Tables without rows of a district: formats and state diagrams, the same for everybody.
COMMON_TABLES = {"payments.bank_format", "payments.bank_record", "payments.bank_status", "payments.bank_reason", "payments.reason", "payments.payment_transition", "payments.run_transition", "programmes.benefit",
                 "beneficiaries.enrolment_transition"}
DISTRICT, OTHER_DISTRICT = 340103, 340104
CATALOGUE = {"division": 11, "item": 44, "tier": 39, "rule": 26, "standard": 28, "exclusion": 22, "review_class": 3, "calendar_day": 36}


def context(district=DISTRICT, divisions="all", programmes="all", actor="tester", service="tests"):
    """The settings of a transaction, as services/common/db.c makes them."""
    values = {"district": district, "divisions": divisions, "programmes": programmes, "actor": actor, "service": service,
              "request_id": "request-1"}
    return "".join(f"select set_config('app.{name}', '{value}', true) \\g /dev/null\n" for name, value in values.items())


def rows(database, role, sql, **settings):
    """Rows that a role sees under these settings; without any settings when `district` is None."""
    settings_sql = "" if settings.get("district", DISTRICT) is None else context(**settings)
    return database.psql(f"begin;\n{settings_sql}{sql};\ncommit;", role).splitlines()


# Rows of other districts and divisions

def test_every_reachable_table_of_a_district_has_row_security(loaded):
    reachable = loaded.psql(
        "select distinct n.nspname || '.' || c.relname,"
        # A view runs with its owner's rights, which no policy limits: it must ask for the district itself, or run with the reader's.
        "       case when c.relkind in ('r', 'p') then c.relrowsecurity"
        "            else 'security_invoker=true' = any (c.reloptions) or 'security_barrier=true' = any (c.reloptions) and pg_get_viewdef(c.oid) like '%district = ( SELECT app.district()%' end,"
        "       exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'district' and not a.attisdropped)"
        "  from pg_class c join pg_namespace n on n.oid = c.relnamespace, unnest(string_to_array('"
        + ",".join(SERVICE_ROLES) + "', ',')) r(role)"
        " where c.relkind in ('r', 'p', 'v', 'm') and n.nspname in ('ops', 'audit', 'programmes', 'beneficiaries', 'payments')"
        "   and has_table_privilege(r.role, c.oid, 'select, insert, update, delete')")
    table = {name: (secured == "t", with_district == "t")
             for name, secured, with_district in (line.split("|") for line in reachable.splitlines())}
    assert len(table) > 30
    assert {name for name, (_, with_district) in table.items() if not with_district} <= COMMON_TABLES
    assert [name for name, (secured, with_district) in table.items() if with_district and not secured] == []


def test_no_service_may_switch_row_security_off_or_change_tables(loaded):
    assert loaded.psql("select count(*) from pg_roles where rolname like 'huimin%' and (rolsuper or rolbypassrls or rolcreaterole"
                       " or rolcreatedb)") == "0"
    assert loaded.psql("select count(*) from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = any (string_to_array('"
                       + ",".join(SERVICE_ROLES) + "', ','))") == "0"
    for role in SERVICE_ROLES:
        assert "permission denied" in loaded.refuses(role, "begin read write; create table public.mine (x int)")
        assert "must be owner" in loaded.refuses(role, "begin read write; alter table programmes.item disable row level security")


def test_functions_with_the_owners_rights_are_closed(loaded):
    """A function that runs with its owner's rights needs a fixed search path and named callers; triggers cannot be called."""
    open_ones = loaded.psql(
        "select p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
        " where p.prosecdef and n.nspname in ('app', 'ops', 'audit', 'programmes', 'beneficiaries', 'payments')"
        "   and (not exists (select from unnest(p.proconfig) c where c like 'search_path=%')"
        "        or (p.prorettype <> 'trigger'::regtype and has_function_privilege('public', p.oid, 'execute')))")
    assert open_ones == ""


@pytest.mark.parametrize("role", SERVICE_ROLES)
@pytest.mark.parametrize("table", CATALOGUE)
def test_catalogue_fails_closed_for_each_role(loaded, role, table):
    count = f"select count(*) from programmes.{table}"
    assert rows(loaded, role, count, district=None) == ["0"]
    assert rows(loaded, role, count, district="") == ["0"]
    assert rows(loaded, role, count, district=OTHER_DISTRICT) == ["0"]
    assert int(rows(loaded, role, count)[0]) >= CATALOGUE[table]


def test_settings_end_with_their_transaction(loaded):
    left = loaded.psql(f"begin;\n{context()}select count(*) from programmes.item;\ncommit;\nselect count(*) from programmes.item",
                       "huimin_programmes")
    assert left.splitlines() == ["44", "0"]


def insert_people(database):
    """Two people in two divisions, as the owner; returns their numbers."""
    made = []
    for division in (340103001, 340103002):
        event = "(select audit.write_event('person.created', 'person', p.id::text, '{}'))"
        made.append(rows(database, "huimin_owner", (
            "with p as (select nextval('beneficiaries.person_id_seq') as id)"
            " insert into beneficiaries.person (district, id, division, name, name_folded, sex, birth_date, id_number_sealed,"
            "     id_number_index, id_number_masked, event_id)"
            f" select {DISTRICT}, p.id, {division}, '张三', '张三', 'male', '1950-01-01', 'x', sha256(convert_to('{uuid.uuid4()}', 'UTF8')),"
            f" '3401**********0010', {event} from p returning id"))[0])
    return made


def test_people_are_seen_by_division(loaded):
    first, second = insert_people(loaded)
    seen = f"select id from beneficiaries.person where id in ({first}, {second}) order by id"
    for role in ("huimin_beneficiaries", "huimin_worker"):
        assert rows(loaded, role, seen) == [first, second]
        assert rows(loaded, role, seen, divisions="{340103001}") == [first]
        assert rows(loaded, role, seen, divisions="{340103002,340103400}") == [second]
        assert rows(loaded, role, seen, divisions="{}") == []
        assert rows(loaded, role, seen, divisions="") == []
        assert rows(loaded, role, seen, district=OTHER_DISTRICT) == []
        assert rows(loaded, role, seen, district=None) == []
    for role in ("huimin_programmes", "huimin_audit"):
        assert "permission denied" in loaded.refuses(role, "select id from beneficiaries.person")


def test_nobody_writes_into_another_district_or_division(loaded):
    insert = ("insert into programmes.standard (district, item_code, tier_code, amount_fen, amount_per, valid, source, confirmed, state,"
              " proposed_by) values (%d, 'tekun', 'full-care', 1, 'month', '[2150-01-01,2150-02-01)', 'x', false, 'PROPOSED', 'tester')")
    assert "row-level security" in loaded.refuses("huimin_programmes", f"begin;\n{context(OTHER_DISTRICT)}{insert % DISTRICT};")
    first, _ = insert_people(loaded)
    moved = f"update beneficiaries.person set division = 340103002 where id = {first} returning id"
    assert rows(loaded, "huimin_beneficiaries", moved, divisions="{340103002}") == []


def test_a_standard_cannot_be_rewritten_by_its_service(loaded):
    for change in ("update programmes.standard set amount_fen = 1", "delete from programmes.standard",
                   "update programmes.item set target = 1", "update programmes.rule set kind = 'once'"):
        assert "permission denied" in loaded.refuses("huimin_programmes", f"begin;\n{context()}{change};")


@pytest.mark.parametrize("state, proposed_by, approved_by", [
    ("APPROVED", "tester", "another"), ("APPROVED", "another", "tester"), ("PROPOSED", "another", None)])
def test_a_service_only_proposes_in_the_name_of_who_acts(loaded, state, proposed_by, approved_by):
    approver = "null" if approved_by is None else f"'{approved_by}'"
    assert "waits for another person" in loaded.refuses("huimin_programmes", (
        f"begin;\n{context()}insert into programmes.standard (district, item_code, tier_code, amount_fen, amount_per, valid, source, confirmed,"
        f" state, proposed_by, approved_by) values ({DISTRICT}, 'tekun', 'full-care', 1, 'month', '[2152-01-01,2152-02-01)', 'x', false,"
        f" '{state}', '{proposed_by}', {approver});"))
    assert loaded.psql("select count(*) from programmes.standard where lower(valid) = '2152-01-01'").strip() == "0"


def test_who_proposed_does_not_approve(loaded):
    proposed = (f"begin;\n{context()}insert into programmes.standard (district, item_code, tier_code, amount_fen, amount_per, valid, source,"
                " confirmed, state, proposed_by) values (340103, 'tekun', 'full-care', 1, 'month', '[2153-01-01,2153-02-01)', 'x', false,"
                " 'PROPOSED', 'tester');\n")
    for approver in ("tester", "another"):  # the second is not who acts
        assert "another person" in loaded.refuses("huimin_programmes", (
            f"{proposed}update programmes.standard set state = 'APPROVED', approved_by = '{approver}' where lower(valid) = '2153-01-01';"))


def test_approver_is_another_person(loaded):
    message = loaded.refuses("huimin_owner", (
        "insert into programmes.standard (district, item_code, tier_code, amount_fen, amount_per, valid, source, confirmed, state,"
        " proposed_by, approved_by, approved_at) values (340103, 'tekun', 'full-care', 1, 'month', '[2151-01-01,2151-02-01)', 'x',"
        " false, 'APPROVED', 'same', 'same', now())"))
    assert "check constraint" in message


# The log

def write_events(database, entity_id, *data, role="huimin_programmes"):
    """Writes events of one entity in one transaction each; returns their entries and leaf hashes."""
    for one in data:
        body = json.dumps(one, ensure_ascii=False).replace("'", "''")
        rows(database, role, f"select audit.write_event('thing.changed', 'tier', '{entity_id}', '{body}'::jsonb)", actor='a"b\\c')
    lines = rows(database, "huimin_audit", "select encode(convert_to(entry, 'UTF8'), 'hex'), encode(leaf_hash, 'hex')"
                 f" from audit.event where entity = 'tier' and entity_id = '{entity_id}' order by seq")
    return [(bytes.fromhex(entry), leaf) for entry, leaf in (line.split("|") for line in lines)]


def sorted_object(pairs):
    """An object whose names stand in order of their bytes, as a dict; for json.loads."""
    names = [name.encode("utf-8") for name, _ in pairs]
    assert names == sorted(set(names)), names
    return dict(pairs)


def test_entries_are_canonical_and_chained(loaded):
    data = [{"z": 1, "a": {"é": [3, 2, {"y": None, "x": True}], "B": "引号\"反斜\\线\n\t"}, "aa": -5}, {}, {"n": 9007199254740991},
            {"text": "\u00b7\u4dae\U0002cb4a\u007f/"}]
    events = write_events(loaded, f"chain-{uuid.uuid4()}", *data)
    assert len(events) == len(data)
    previous = ""
    for seq, ((entry, leaf), one) in enumerate(zip(events, data), 1):
        assert hashlib.sha256(b"\x00" + entry).hexdigest() == leaf
        parsed = json.loads(entry, object_pairs_hook=sorted_object)
        assert set(parsed) == {"act", "actor", "at", "data", "district", "ent", "id", "pii", "prev", "req", "seq", "svc", "v"}
        assert entry.decode("utf-8") == json.dumps(parsed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert (parsed["data"], parsed["seq"], parsed["prev"], parsed["actor"]) == (one, seq, previous, 'a"b\\c')
        assert parsed["district"] == DISTRICT and parsed["at"].endswith("+08:00") and parsed["v"] == 1
        previous = leaf


def test_every_event_stands_in_the_outbox(loaded):
    write_events(loaded, f"outbox-{uuid.uuid4()}", {})
    assert loaded.psql("select count(*) from audit.event e where not exists (select from audit.pending p"
                       " where p.district = e.district and p.event_id = e.id)") == "0"


@pytest.mark.parametrize("data", ["{\"rate\": 1.5}", "{\"rate\": 1e30}", "{\"deep\": [{\"x\": 0.1}]}"])
def test_floats_do_not_enter_the_log(loaded, data):
    assert "whole numbers" in loaded.refuses("huimin_programmes",
                                             f"begin;\n{context()}select audit.write_event('x', 'tier', 'float', '{data}');")


def test_an_entry_has_a_ceiling(loaded):
    assert "check constraint" in loaded.refuses("huimin_programmes", (
        f"begin;\n{context()}select audit.write_event('x', 'tier', 'long', jsonb_build_object('t', repeat('a', 66000)));"))


@pytest.mark.parametrize("missing", ["district", "actor", "service"])
def test_an_event_needs_to_know_who_acts(loaded, missing):
    message = loaded.refuses("huimin_owner",
                             f"begin;\n{context(**{missing: ''})}select audit.write_event('x', 'tier', 'nobody', '{{}}');")
    assert "an event needs district, actor and service" in message


@pytest.mark.parametrize("change", ["update audit.event set actor = 'x'", "delete from audit.event", "truncate audit.event cascade"])
def test_the_log_is_only_added_to(loaded, change):
    write_events(loaded, f"kept-{uuid.uuid4()}", {})
    before = loaded.psql("select count(*), md5(string_agg(entry, '' order by id)) from audit.event")
    assert "append-only" in loaded.refuses("huimin_owner", change)
    for role in SERVICE_ROLES:
        assert "permission denied" in loaded.refuses(role, f"begin read write;\n{context()}{change};")
    assert loaded.psql("select count(*), md5(string_agg(entry, '' order by id)) from audit.event") == before


def test_a_number_of_an_entity_is_taken_once(loaded):
    """Two writers that both saw version n cannot both write n + 1."""
    entity = f"race-{uuid.uuid4()}"
    write_events(loaded, entity, {})
    message = loaded.refuses("huimin_owner", (
        "insert into audit.event (district, actor, service, act, entity, entity_id, seq, entry, leaf_hash)"
        f" select district, actor, service, act, entity, entity_id, seq, entry, leaf_hash from audit.event where entity_id = '{entity}'"))
    assert "duplicate key" in message


def test_the_audit_role_can_only_select(loaded):
    """Not one privilege but SELECT on any table, no sequence, and no way to write an event."""
    assert loaded.psql(
        "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname in ('app', 'ops', 'audit', 'programmes', 'beneficiaries', 'payments', 'public')"
        "   and ((c.relkind in ('r', 'p', 'v', 'm')"
        "         and has_table_privilege('huimin_audit', c.oid, 'insert, update, delete, truncate, references, trigger'))"
        "        or (c.relkind = 'S' and has_sequence_privilege('huimin_audit', c.oid, 'usage, update')))") == "0"
    assert "permission denied" in loaded.refuses("huimin_audit", f"begin read write;\n{context()}select audit.write_event('x', 'tier', '1', '{{}}');")
    assert loaded.psql("show transaction_read_only", "huimin_audit") == "on"
