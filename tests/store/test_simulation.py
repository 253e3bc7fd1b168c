"""A changed standard over the register as it is: what it would cost, month by month and by source; nothing stays."""
import pytest

CARE, LIVING = "disabled-care", "disabled-living"


def simulate(district, item, tier, fen, per, since, months, points=None, **reach):
    """One simulation."""
    return district.row(f"select * from payments.simulate('{item}', '{tier}', {fen if fen else 'null'}, {points if points else 'null'}, '{per}',"
                        f" '{since}', {months})", "huimin_payments", actor="maker", **reach)


def everything(district):
    """A hash of every row of every table."""
    tables = district.run_sql("select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r'"
                              " and n.nspname in ('programmes', 'payments', 'beneficiaries', 'audit', 'ops') order by 1")
    hashes = " union all ".join(f"select '{table}' as t, md5(coalesce(string_agg(x::text, '' order by x::text), '')) as h from {table} x" for table in tables)
    return district.value(f"select string_agg(t || h, ',' order by t) from ({hashes}) q")


def adds_up(seen):
    """Months sum up to the totals, sources to their months."""
    for name in ("now_fen", "then_fen", "difference_fen"):
        assert seen[name] == sum(month[name] for month in seen["months"])
        for part in [seen, *seen["months"]]:
            assert not part["sources"] or part[name] == sum(source[name] for source in part["sources"])
    return seen


def test_a_higher_monthly_standard(district):
    district.disabled(4, 1)
    district.disabled(2, 2, since="2020-08-01")
    before = everything(district)
    seen = adds_up(simulate(district, CARE, "severe", 7000, "month", "2020-07-01", 3))
    assert [(month["month"], month["now_fen"], month["then_fen"], month["people_now"], month["people_then"]) for month in seen["months"]] == [
        ("2020-07", 24_000, 28_000, 4, 4), ("2020-08", 36_000, 42_000, 6, 6), ("2020-09", 36_000, 42_000, 6, 6)]
    assert [source["source"] for source in seen["sources"]] == ["district"]
    assert everything(district) == before
    assert district.draft(CARE, "2020-07")["amount_fen"] == 24_000
    assert district.violations() == []


def test_a_run_made_before_changes_nothing(district):
    district.disabled(3, 1)
    for period in ("2020-05", "2020-06"):
        district.released(CARE, period)
    seen = adds_up(simulate(district, CARE, "severe", 6001, "month", "2020-06-01", 2))
    assert [(month["now_fen"], month["then_fen"]) for month in seen["months"]] == [(18_000, 18_003)] * 2


def test_sources_share_as_they_have_given_and_the_district_has_the_rest(bare):
    district = bare
    district.bank()
    district.disabled(1, 1)
    assert [month["sources"] for month in simulate(district, CARE, "severe", 7000, "month", "2020-07-01", 1)["months"]] == [[]]
    district.fund(CARE, 100, "central")
    district.fund(CARE, 200, "province")
    seen = adds_up(simulate(district, CARE, "severe", 7000, "month", "2020-07-01", 1))
    assert seen["sources"] == [{"source": "central", "now_fen": 2000, "then_fen": 2333, "difference_fen": 333},
                               {"source": "province", "now_fen": 4000, "then_fen": 4666, "difference_fen": 666},
                               {"source": "district", "now_fen": 0, "then_fen": 1, "difference_fen": 1}]


def test_a_change_within_a_quarter(bare):
    district = bare
    district.disabled(1, 3, LIVING)
    seen = adds_up(simulate(district, LIVING, "grade-3-4", 60_000, "year", "2020-05-01", 2))
    # 100 yuan a quarter now; then two of three months of 150 yuan.
    assert [(month["month"], month["then_fen"]) for month in seen["months"]] == [("2020-05", 5000), ("2020-06", 5000)]
    assert seen["now_fen"] == 6667


def test_a_tier_that_nobody_is_in_costs_nothing(bare):
    district = bare
    district.disabled(2, 3, LIVING)
    seen = adds_up(simulate(district, LIVING, "grade-1-2", 90_000, "year", "2020-01-01", 12))
    assert (seen["difference_fen"], seen["now_fen"], len(seen["months"])) == (0, 2 * 40_000, 12)


def test_a_percentage_of_another_standard(make_district):
    district = make_district()
    district.run_sql("""
        update programmes.rule set kind = 'percentage', basis_item = 'rural-dibao', basis_tier = 'standard', tier_source = 'single'
         where item_code = 'tekun';
        insert into programmes.standard (district, item_code, tier_code, basis_points, amount_per, valid, source, confirmed, state, proposed_by, approved_by)
        select 340103, 'tekun', code, 13000, 'percent', '[2020-01-01,2021-01-01)', 'test', true, 'APPROVED', 'a', 'b' from programmes.tier
         where item_code = 'tekun'""")
    district.enrol(district.people(1), "tekun", "full-care")
    seen = adds_up(simulate(district, "tekun", "full-care", None, "percent", "2020-12-01", 1, points=15_000))
    # A yearly standard of 742 000 fen: December takes what eleven rounded twelfths have left.
    assert (seen["now_fen"], seen["then_fen"]) == (964_600 - 11 * (964_600 // 12), 1_113_000 - 11 * (1_113_000 // 12))


@pytest.mark.parametrize("arguments, code", [
    (("nothing", "severe", 1, "month", "2020-07-01", 1), "unknown_item"), ((CARE, "nothing", 1, "month", "2020-07-01", 1), "unknown_tier"),
    ((CARE, "severe", 1, "case", "2020-07-01", 1), "amount_per_unfit"), ((CARE, "severe", 1, "month", "2020-12-01", 2), "standard_missing")])
def test_what_cannot_be_simulated(bare, arguments, code):
    item, tier, fen, per, since, months = arguments
    before = everything(bare)
    assert code in bare.refuses(f"select payments.simulate('{item}', '{tier}', {fen}, null, '{per}', '{since}', {months})", actor="maker")
    assert everything(bare) == before


@pytest.mark.parametrize("reach, code", [
    ({"programmes": "{tekun}"}, "not_found"), ({"divisions": "{340103001}"}, "forbidden"), ({"district": 340104}, "unknown_item")])
def test_who_may_simulate(bare, reach, code):
    assert code in bare.refuses("select payments.simulate('disabled-care', 'severe', 1, null, 'month', '2020-07-01', 1)", actor="maker", **reach)
