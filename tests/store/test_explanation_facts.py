"""Explanations in their facts: every payment adds up, every reason has its facts, and only who reaches the person sees them."""
import json

import pytest

CARE, LIVING, DIBAO = "disabled-care", "disabled-living", "rural-dibao"
FEN = 6000


def explain(district, item, unit, period, **reach):
    """The document that the payments service turns into sentences."""
    [line] = district.run_sql(f"select payments.explanation('{item}', {unit}, '{period}')", "huimin_payments", **reach)
    document = json.loads(line)
    lines = document["calculation"]["lines"]
    assert document["due_fen"] == sum(one["amount_fen"] for one in lines)
    for payment in document["payments"]:
        assert payment["due_at_the_time_fen"] == sum(one["amount_fen"] for one in payment["lines"])
        assert payment["amount_fen"] == payment["due_at_the_time_fen"] - payment["settled_before_fen"] - payment["netted_fen"]
        assert payment["netted_fen"] == sum(one["amount_fen"] for one in payment["netted"])
    return document


def opened(district):
    """A bank and money."""
    district.bank()
    for item in (CARE, LIVING, DIBAO):
        district.fund(item, 100_000_000)
    return district


@pytest.fixture
def office(bare):
    """A district with the rules of the catalogue."""
    return opened(bare)


@pytest.fixture
def lawgiver(make_district):
    """A district of the test's own, whose rules may change."""
    return opened(make_district())


def suspend(district, person, valid, cause):
    """A suspension of a person's only enrolment."""
    district.run_sql(f"insert into beneficiaries.suspension (district, enrolment_id, cause, valid, event_id) select 340103, id, '{cause}',"
                     f" '{valid}', {district.event()} from beneficiaries.enrolment where person_id = {person}")


def test_a_month_with_its_rule_standard_and_certificate(office):
    [person] = office.disabled(1, 1)
    office.released(CARE, "2020-06")
    seen = explain(office, CARE, person, "2020-06")
    [line] = seen["calculation"]["lines"]
    assert (seen["unit_kind"], seen["due_fen"], seen["settled_fen"], seen["difference_fen"], seen["open"]) == ("person", FEN, FEN, 0, None)
    assert (line["from"], line["months"], line["amount_fen"], line["stop"], line["open"], line["less"]) == ("2020-06", 1, FEN, None, None, None)
    assert (line["rule"]["kind"], line["rule"]["confirmed"], line["standard"]["amount_fen"], line["standard"]["amount_per"]) == ("fixed", True, FEN, "month")
    assert (line["tier"]["code"], line["certificate"]["grade"], line["certificate"]["number_masked"][:4]) == ("severe", 1, "3401")
    [payment] = seen["payments"]
    assert payment["lines"] == seen["calculation"]["lines"] and payment["netted"] == []
    assert explain(office, CARE, person, "2020-07")["difference_fen"] == FEN


def test_stopped_months_say_why(office):
    [prison] = office.disabled(1, 3, LIVING)
    suspend(office, prison, "[2020-05-01,2020-06-01)", "prison")
    seen = explain(office, LIVING, prison, "2020-Q2")
    assert [(line["from"], line["months"], line["stop"], line["suspended"]) for line in seen["calculation"]["lines"]] == [
        ("2020-04", 2, None, None), ("2020-05", 1, "suspended", "prison")]
    assert seen["due_fen"] == 6666  # two thirds of 100 yuan, cut to the fen
    [dead] = office.disabled(1, 1)
    office.died(dead, "2020-03-01")
    [line] = explain(office, CARE, dead, "2020-04")["calculation"]["lines"]
    assert (line["stop"], line["amount_fen"]) == ("dead", 0)
    [nobody] = office.people(1)
    assert explain(office, CARE, nobody, "2020-04")["calculation"]["lines"] == []


def test_a_missing_fact_is_open(office):
    [person] = office.people(1)
    office.enrol([person], CARE)
    seen = explain(office, CARE, person, "2020-04")
    assert (seen["open"], seen["calculation"]["lines"][0]["open"], seen["due_fen"]) == ("no_certificate", "no_certificate", 0)


def test_another_benefit_is_named(lawgiver):
    office = lawgiver
    [person] = office.disabled(1, 1)
    office.run_sql(f"""
        insert into programmes.exclusion (district, item_code, kind, other_benefit, valid, source, confirmed, state, proposed_by, approved_by)
        values (340103, 'disabled-care', 'top_up', 'veteran-living', '[2020-01-01,)', 'test', true, 'APPROVED', 'a', 'b');
        insert into beneficiaries.other_benefit (district, person_id, benefit_code, month_fen, valid, source, event_id)
        values (340103, {person}, 'veteran-living', 1500, '[2020-06-01,2020-07-01)', 'test', {office.event()}),
               (340103, {person}, 'work-injury-care', null, '[2020-07-01,2020-08-01)', 'test', {office.event()})""")
    [line] = explain(office, CARE, person, "2020-06")["calculation"]["lines"]
    assert (line["gross_fen"], line["amount_fen"]) == (FEN, FEN - 1500)
    assert line["less"] == [{"code": "veteran-living", "name_zh": "离休、老年、因公致残等生活类津贴", "month_fen": 1500,
                             "name_en": "Living allowances for veterans, the aged, disabled on duty"}]
    [line] = explain(office, CARE, person, "2020-07")["calculation"]["lines"]
    assert (line["stop"], line["benefit"]["name_zh"]) == ("excluded", "工伤保险生活护理费")


def test_differences_and_deductions_of_payments_add_up(lawgiver):
    office = lawgiver
    office.run_sql("update programmes.rule set netting_cap_percent = 50 where item_code = 'disabled-living'")
    [person] = office.disabled(1, 1, LIVING)
    office.paid(LIVING, "2020-Q1")
    office.certificates([person], 3, since="2020-02-01")
    office.released(LIVING, "2020-Q2")
    first, second = explain(office, LIVING, person, "2020-Q1"), explain(office, LIVING, person, "2020-Q2")
    # 200 yuan were paid; a month of grade 1 and two of grade 3 are 66.66 and 66.66 yuan; grade 3 is 100 yuan a quarter.
    assert (first["due_fen"], first["settled_fen"], first["difference_fen"]) == (6666 + 6666, 20_000 - 5000, 6666 + 6666 - 15_000)
    [payment] = second["payments"]
    assert (payment["due_at_the_time_fen"], payment["netted_fen"], payment["amount_fen"]) == (10_000, 5000, 5000)
    assert [(one["period"], one["amount_fen"]) for one in payment["netted"]] == [("2020-Q1", 5000)]
    office.certificates([person], 1, since="2020-03-01")
    office.released(LIVING, "2020-Q3")
    last = explain(office, LIVING, person, "2020-Q2")
    assert [payment["settled_before_fen"] for payment in last["payments"]] == [0, 10_000]
    assert office.violations() == []


def test_lines_of_the_time_before_rules_had_numbers(office):
    [person] = office.disabled(1, 1, LIVING)
    run = office.released(LIVING, "2020-Q1")
    office.database.psql(f"""begin; set local session_replication_role = replica;
        update payments.payment set facts = jsonb_build_array((facts -> 0) - 'from' - 'rule' - 'gross_fen') where run_id = {run};
        commit""", "postgres")
    [line] = explain(office, LIVING, person, "2020-Q1")["payments"][0]["lines"]
    assert (line["from"], line["months"], line["rule"]["cycle"], line["gross_fen"]) == ("2020-01", 3, "quarter", None)


def test_a_household_with_its_income(office):
    people = office.people(2)
    office.enrol(people, DIBAO)
    event = office.event()
    home = office.value(f"""
        with h as (insert into beneficiaries.household (district, division, number, event_id)
                   select 340103, division, 'H1', {event} from beneficiaries.person where id = {people[0]} returning id),
        m as (insert into beneficiaries.household_member (district, household_id, person_id, relation, valid, event_id)
              select 340103, h.id, p.id, p.relation, '[2020-01-01,)', {event} from h,
                     (values ({people[0]}, '02'), ({people[1]}, '10')) as p (id, relation)),
        i as (insert into beneficiaries.household_income (district, household_id, per_head_year_fen, valid, event_id)
              select 340103, id, 142000, '[2020-01-01,)', {event} from h)
        select id from h""")
    office.released(DIBAO, "2020-06")
    seen = explain(office, DIBAO, home, "2020-06")
    [line] = seen["calculation"]["lines"]
    assert (seen["unit_kind"], line["people"], line["persons"], line["income"]["per_head_year_fen"]) == ("household", 2, people, 142_000)
    assert (line["amount_fen"], line["household"], line["standard"]["amount_fen"]) == (100_000, home, 742_000)
    [alone] = office.people(1)
    office.enrol([alone], DIBAO)
    assert explain(office, DIBAO, -alone, "2020-06")["open"] == "no_household"


def test_who_does_not_reach_the_person(office):
    [person] = office.disabled(1, 1)
    for reach in ({"programmes": "{tekun}"}, {"divisions": "{}"}, {"divisions": "{340103400}"}, {"district": 340104}):
        assert "not_found" in office.refuses(f"select payments.explanation('disabled-care', {person}, '2020-06')", **reach)
    mine = office.value(f"select division from beneficiaries.person where id = {person}")
    assert explain(office, CARE, person, "2020-06", divisions=f"{{{mine}}}")["due_fen"] == FEN
    assert "permission denied" in office.refuses(f"select payments.explained(340103, '{CARE}', '2020-06', '[]')")


def test_what_cannot_be_explained(office):
    [person] = office.disabled(1, 1)
    for item, unit, period, code in (
            (CARE, person, "2020-Q2", "bad_period"), (CARE, person, "2020-13", "bad_period"), (LIVING, person, "2020-06", "bad_period"),
            (CARE, 999, "2020-06", "not_found"), ("nothing", person, "2020-06", "not_found"), (DIBAO, 999, "2020-06", "not_found"),
            (CARE, -person, "2020-06", "not_found")):
        assert code in office.refuses(f"select payments.explanation('{item}', {unit}, '{period}')"), (item, unit, period)
