"""What the programmes service does with rules and standards, by SQL as its role."""
from support.district import context, quoted

COLUMNS = {
    "rule": ("item_code", "kind", "cycle", "accrual", "tier_source", "rounding", "remainder", "entry_basis", "exit_basis", "lookback_months", "source",
             "confirmed"),
    "standard": ("item_code", "tier_code", "amount_fen", "amount_per", "source", "confirmed")}


def service_sql(actor, sql):
    """A transaction of the programmes service, for Database.psql() and Database.refuses()."""
    return f"begin read write;\n{context(actor, 'programmes')}{sql};\ncommit;"


def as_service(database, actor, sql):
    """SQL as the programmes service in a transaction; returns its lines."""
    return database.psql(service_sql(actor, sql), "huimin_programmes").splitlines()


def successor(database, table, item, valid_from, **changes):
    """SQL that proposes a row to take over an approved one of an item: the same but for its beginning and the changes."""
    old = database.psql(f"select id from programmes.{table} where item_code = '{item}' and state = 'APPROVED' order by valid limit 1")
    values = ", ".join(quoted(changes[column]) if column in changes else column for column in COLUMNS[table])
    return f"""
        insert into programmes.{table} (district, {", ".join(COLUMNS[table])}, valid, replaces, state, proposed_by, event_id)
        select district, {values}, daterange('{valid_from}', upper(valid)), id, 'PROPOSED', app.actor(),
               audit.write_event('propose', '{table}', currval('programmes.{table}_id_seq')::text, '{{}}')
          from (select r.*, nextval('programmes.{table}_id_seq') as unused from programmes.{table} r where r.id = {old}) r
        returning id, replaces"""


def propose(database, table, item, valid_from, **changes):
    """Proposes a successor; returns its number and the old one's."""
    [line] = as_service(database, "proposer", successor(database, table, item, valid_from, **changes))
    new, old = line.split("|")
    return new, old


def approve(table, number, gap_intended=False):
    """SQL of an approval."""
    return f"select programmes.{table}_approve({number}, {quoted(gap_intended)}) \\g /dev/null\nselect 1"
