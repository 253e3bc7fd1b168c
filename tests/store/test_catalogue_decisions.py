"""What the catalogue's decisions must not do to money, and what no single person can do by SQL as the programmes service."""
import pytest

from stack.bootstrap import DISTRICT
from support.catalogue import approve, as_service, propose, service_sql, successor

QUARTERLY = "disabled-living"  # 800 yuan a year in grades 1 and 2, by quarters
MONTHLY = "disabled-care"      # 60 yuan a month


@pytest.fixture
def own(make_district):
    """A district of the test's own, with a bank: its catalogue changes."""
    district = make_district()
    district.bank()
    return district


def paid_quarter(district):
    """Two quarters of one person are paid."""
    district.fund(QUARTERLY, 1_000_000)
    district.disabled(1, 1, QUARTERLY)
    district.released(QUARTERLY, "2020-Q1")
    district.released(QUARTERLY, "2020-Q2")


# Rules

def test_a_rule_is_not_cut_within_one_of_its_own_periods(own):
    new, _ = propose(own.database, "rule", QUARTERLY, "2020-05-01", cycle="month")
    for gap_intended in (False, True):
        assert "cycle_day" in own.database.refuses("huimin_programmes", service_sql("confirmer", approve("rule", new, gap_intended)))
    assert own.database.psql(f"select valid from programmes.rule where item_code = '{QUARTERLY}' and state = 'APPROVED'") == "[2020-01-01,2021-01-01)"


@pytest.mark.parametrize("change", ["cycle = 'quarter'", "valid = '[2020-01-01,2020-02-01)', cycle = 'half'", "valid = '[2020-01-01,2020-11-01)', cycle = 'year'"])
def test_nobody_writes_a_rule_that_ends_within_a_period(own, change):
    """The owner, that is the catalogue's loader, is held to it too."""
    own.database.psql(f"update programmes.rule set valid = '[2020-01-01,2020-09-01)' where item_code = '{MONTHLY}'")
    assert "cycle_day" in own.database.refuses("huimin_owner", f"update programmes.rule set {change} where item_code = '{MONTHLY}'")


@pytest.mark.parametrize("day", ["2020-01-01", "2020-04-01"])
def test_what_a_quarter_paid_is_not_paid_by_months(own, day):
    """A change of the cycle begins after the last run of the old one."""
    before, _ = propose(own.database, "rule", QUARTERLY, day, cycle="month")
    paid_quarter(own)
    assert "cycle_paid" in own.database.refuses("huimin_programmes", service_sql("confirmer", approve("rule", before)))
    assert "cycle_paid" in own.database.refuses("huimin_programmes", service_sql("proposer", successor(own.database, "rule", QUARTERLY, day, cycle="month")))
    new, _ = propose(own.database, "rule", QUARTERLY, "2020-07-01", cycle="month")
    as_service(own.database, "confirmer", approve("rule", new))
    july = own.draft(QUARTERLY, "2020-07")
    assert july["amount_fen"] == 6_666  # 800.00 / 12, nothing of the months before
    assert own.value(f"select sum(amount_fen) from payments.payment where item_code = '{QUARTERLY}'") == 2 * 20_000 + 6_666


def test_the_loader_does_not_pay_by_another_cycle_either(own):
    paid_quarter(own)
    own.database.psql(f"update programmes.rule set state = 'REPLACED' where item_code = '{QUARTERLY}'")
    assert "cycle_paid" in own.database.refuses("huimin_owner", f"update programmes.rule set cycle = 'month', state = 'APPROVED' where item_code = '{QUARTERLY}'")


def test_a_cancelled_run_paid_nothing(own):
    own.fund(QUARTERLY, 1_000_000)
    own.disabled(1, 1, QUARTERLY)
    own.cancel(own.draft(QUARTERLY, "2020-Q2")["id"])
    new, _ = propose(own.database, "rule", QUARTERLY, "2020-04-01", cycle="month")
    as_service(own.database, "confirmer", approve("rule", new))


def test_what_persons_were_paid_is_not_paid_to_households(own):
    own.fund(MONTHLY, 1_000_000)
    own.disabled(1, 1, MONTHLY)
    own.released(MONTHLY, "2020-06")
    household = {"kind": "household_topup", "tier_source": "single"}
    assert "cycle_paid" in own.database.refuses("huimin_programmes", service_sql(
        "proposer", successor(own.database, "rule", MONTHLY, "2020-06-01", **household)))
    new, _ = propose(own.database, "rule", MONTHLY, "2020-07-01", **household)
    as_service(own.database, "confirmer", approve("rule", new))


# One person alone

@pytest.mark.parametrize("table", ["rule", "standard"])
def test_an_approved_row_is_cut_with_its_successor_only(own, table):
    database = own.database
    new, old = propose(database, table, MONTHLY, "2020-07-01")
    before = database.psql(f"select t::text from programmes.{table} t where id = {old}")
    for sql in (f"select programmes.give_way('{table}', {old}, '[2020-01-01,2021-01-01)', {new}, '2020-07-01')",
                f"update programmes.{table} set valid = '[2020-01-01,2020-07-01)', version = version + 1, event_id = 999999999 where id = {old}"):
        assert "permission denied" in database.refuses("huimin_programmes", service_sql("confirmer", sql))
    assert "same_person" in database.refuses("huimin_programmes", service_sql("proposer", approve(table, new)))
    assert database.psql(f"select t::text from programmes.{table} t where id = {old}") == before
    as_service(database, "confirmer", approve(table, new))
    assert "wrong_state" in database.refuses("huimin_programmes", service_sql("another", approve(table, new)))
    assert database.psql(f"select valid from programmes.{table} where id in ({old}, {new}) order by valid").splitlines() == [
        "[2020-01-01,2020-07-01)", "[2020-07-01,2021-01-01)"]


def test_an_unconfirmed_standard_stops_nobodys_pay(own):
    """The approval decides, whatever was let through before."""
    own.fund(MONTHLY, 1_000_000)
    own.disabled(1, 1, MONTHLY)
    new, _ = propose(own.database, "standard", MONTHLY, "2020-06-01", confirmed=False)
    assert "unconfirmed_replaces_confirmed" in own.database.refuses("huimin_programmes", service_sql("confirmer", approve("standard", new)))
    assert own.draft(MONTHLY, "2020-06")["amount_fen"] == 6_000


def test_an_exclusion_ends_by_two_people(own):
    database = own.database
    number = database.psql("select id from programmes.exclusion where item_code = 'pension'")
    for sql in (f"update programmes.exclusion set valid = '[2020-01-01,2020-07-01)', version = version + 1, event_id = 999999999 where id = {number}",
                f"update programmes.exclusion set end_proposed_by = 'x' where id = {number}"):
        assert "permission denied" in database.refuses("huimin_programmes", service_sql("proposer", sql))
    refusal = database.refuses("huimin_programmes", service_sql(
        "proposer", f"update programmes.exclusion set state = 'WITHDRAWN', version = version + 1, event_id = 999999999 where id = {number}"))
    assert "does not become" in refusal
    assert "wrong_state" in database.refuses("huimin_programmes", service_sql("confirmer", f"select programmes.exclusion_end_decide({number}, true)"))
    as_service(database, "proposer", f"select programmes.exclusion_end_propose({number}, '2020-07-01', 'x') \\g /dev/null\nselect 1")
    assert "same_person" in database.refuses("huimin_programmes", service_sql("proposer", f"select programmes.exclusion_end_decide({number}, true)"))
    assert database.psql(f"select valid from programmes.exclusion where id = {number}") == "[2020-01-01,)"
    as_service(database, "confirmer", f"select programmes.exclusion_end_decide({number}, true) \\g /dev/null\nselect 1")
    assert database.psql(f"select valid from programmes.exclusion where id = {number}") == "[2020-01-01,2020-07-01)"
    for sql in (f"update programmes.exclusion set end_approved_by = end_proposed_by where id = {number}",
                f"update programmes.exclusion set state = 'WITHDRAWN' where id = {number}"):
        assert "violates check constraint" in database.refuses("huimin_owner", sql)


# Tiers

def new_tier(item, state="PROPOSED", proposed_by="proposer"):
    """SQL of a tier that says who proposed it."""
    return ("insert into programmes.tier (district, item_code, code, name_zh, name_en, state, proposed_by, approved_by) values"
            f" ({DISTRICT}, '{item}', 'a-tier', '新', 'New', '{state}', '{proposed_by}', {'null' if state == 'PROPOSED' else chr(39) + 'two' + chr(39)})")


def test_a_tier_counts_when_another_person_approved_it(own):
    """Until then it neither stops the item nor changes what is due: its code goes before all others."""
    database = own.database
    item = "orphan"
    own.fund(item, 1_000_000)
    own.enrol(own.people(), item, "dispersed")
    as_service(database, "proposer", f"{new_tier(item)};\nselect 1")
    assert own.draft(item, "2020-05")["amount_fen"] == 126_200
    missing = f"select count(*) from payments.missing_standards({DISTRICT}, '{item}', '[2020-06-01,2020-07-01)')"
    assert own.value(missing, "huimin_payments") == 0
    for role in ("huimin_payments", "huimin_beneficiaries", "huimin_worker"):
        assert own.value("select count(*) from programmes.tier where code = 'a-tier'", role) == 0
    for actor, refusal in (("proposer", "same_person"), (None, "same_person")):
        settings = service_sql(actor or "", f"select programmes.tier_decide('{item}', 'a-tier', true)")
        assert refusal in database.refuses("huimin_programmes", settings)
    as_service(database, "confirmer", f"select programmes.tier_decide('{item}', 'a-tier', true) \\g /dev/null\nselect 1")
    assert own.value("select count(*) from programmes.tier where code = 'a-tier'", "huimin_payments") == 1
    assert "standard_missing" in own.refuses(f"select payments.run_create('{item}', '2020-06', 0)", actor="maker")


def test_no_tier_is_approved_by_who_proposed_it(own):
    for sql, says in ((new_tier("orphan", "APPROVED"), "waits for another person"), (new_tier("orphan", proposed_by="confirmer"), "waits for another person"),
                      ("update programmes.tier set state = 'APPROVED'", "permission denied"), ("delete from programmes.tier", "permission denied")):
        assert says in own.database.refuses("huimin_programmes", service_sql("proposer", sql))
    assert "violates check constraint" in own.database.refuses("huimin_owner", "update programmes.tier set approved_by = proposed_by")


def test_a_rule_for_one_tier_keeps_it(own):
    """No second tier while such a rule is the item's last one. Later ones do not change what the first was paid."""
    database = own.database
    item = "rural-dibao"
    for role, sql in (("huimin_programmes", service_sql("proposer", new_tier(item))), ("huimin_owner", new_tier(item, "APPROVED"))):
        assert "single_tier" in database.refuses(role, sql)
    own.fund(MONTHLY, 1_000_000)
    own.disabled(1, 1, MONTHLY)
    new, _ = propose(database, "rule", MONTHLY, "2020-01-01", tier_source="single")
    as_service(database, "confirmer", approve("rule", new))
    assert "single_tier" in database.refuses("huimin_programmes", service_sql("proposer", new_tier(MONTHLY)))
    later, _ = propose(database, "rule", MONTHLY, "2020-07-01", tier_source="enrolment")
    as_service(database, "confirmer", approve("rule", later))
    as_service(database, "proposer", f"{new_tier(MONTHLY)};\nselect 1")
    as_service(database, "confirmer", f"select programmes.tier_decide('{MONTHLY}', 'a-tier', true) \\g /dev/null\nselect 1")
    assert own.rows(f"select distinct tier_code, amount_fen from payments.months({DISTRICT}, '{MONTHLY}', '2020-06-01', '2020-07-01', null)") == [
        {"tier_code": "severe", "amount_fen": 6_000}]
    assert "single_tier" in database.refuses("huimin_programmes", service_sql(
        "proposer", f"""update programmes.rule set version = version where false;
            insert into programmes.rule (district, item_code, valid, kind, cycle, tier_source, rounding, remainder, entry_basis, exit_basis, lookback_months,
                                         source, confirmed, state, proposed_by)
            select district, item_code, '[2021-01-01,)', kind, cycle, 'single', rounding, remainder, entry_basis, exit_basis, lookback_months, source,
                   confirmed, 'PROPOSED', 'proposer' from programmes.rule where id = {later}"""))
