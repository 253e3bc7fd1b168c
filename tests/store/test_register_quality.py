"""Merges, duplicates and work lists against direct SQL: what holds whatever a service asks for."""
import pytest

from stack.bootstrap import DISTRICT

ROLE = "huimin_beneficiaries"


@pytest.fixture
def people(bare):
    """Three women of one name and birth date."""
    return bare.people(3)


def propose(bare, survivor, merged, *, by="clerk", cause="registered_twice", **settings):
    """A merge that waits for the second person."""
    return bare.value(f"select beneficiaries.merge_propose({survivor}, {merged}, '{cause}')", ROLE, actor=by, **settings)


def decide(bare, merge, approves=True, *, by="reviewer"):
    """The second person's word."""
    bare.run_sql(f"select beneficiaries.merge_decide({merge}, {str(approves).lower()})", ROLE, actor=by)


def into(bare, person):
    """Whom a person was merged into."""
    return bare.row(f"select merged_into from beneficiaries.person where district = {DISTRICT} and id = {person}")["merged_into"]


def pairs(bare, **settings):
    """{(lower, higher): reasons} as a service sees them."""
    return {(row["person_id"], row["other_id"]): row["reasons"]
            for row in bare.rows("select * from beneficiaries.duplicates()", ROLE, **settings)}


# ---- merges

def test_a_person_is_merged_by_an_approved_merge_only(bare, people):
    one, two, three = people
    direct = (f"update beneficiaries.person set merged_into = {one}, version = version + 1, event_id = audit.write_event('x', 'person',"
              f" '{two}', '{{}}') where district = {DISTRICT} and id = {two}")
    assert "approved merge only" in bare.refuses(direct, ROLE)
    merge = propose(bare, one, two)
    assert "approved merge only" in bare.refuses(direct, ROLE)
    decide(bare, merge)
    assert into(bare, two) == one
    for change in (f"merged_into = {three}", "merged_into = null"):
        assert "approved merge only" in bare.refuses(direct.replace(f"merged_into = {one}", change), ROLE)
    assert "approved merge only" in bare.refuses(
        "insert into beneficiaries.person (district, division, name, name_folded, sex, birth_date, id_number_sealed, id_number_index,"
        f" id_number_masked, event_id, merged_into) select district, division, name, name_folded, sex, birth_date, 'x',"
        f" sha256('other'), id_number_masked, event_id, {one} from beneficiaries.person where id = {three}", ROLE)


def test_states_of_a_merge_go_one_way(bare, people):
    one, two, three = people
    merge = propose(bare, one, two)
    event = bare.event("forged")
    for state in ("'UNDONE', decided_by = 'x', decided_at = now(), undo_proposed_by = 'y', undo_proposed_at = now(), undo_cause = 'other',"
                  " undone_by = 'z', undone_at = now()", "'PROPOSED'"):
        assert "does not go from" in bare.refuses(
            f"update beneficiaries.person_merge set version = version + 1, event_id = {event}, state = {state} where id = {merge}", ROLE)
    assert "its own event" in bare.refuses(
        f"update beneficiaries.person_merge set state = 'DONE', decided_by = 'x', decided_at = now() where id = {merge}", ROLE)
    assert "violates check constraint" in bare.refuses(
        f"update beneficiaries.person_merge set state = 'DONE', decided_by = proposed_by, decided_at = now(), version = version + 1,"
        f" event_id = {event} where id = {merge}", ROLE, actor="clerk")
    assert "begins as a proposal" in bare.refuses(
        "insert into beneficiaries.person_merge (district, survivor_id, merged_id, cause, state, proposed_by, decided_by, decided_at,"
        f" event_id) values ({DISTRICT}, {one}, {three}, 'registered_twice', 'DONE', 'a', 'b', now(), {event})", ROLE)
    for column in ("survivor_id", "merged_id", "cause", "proposed_by"):
        assert "permission denied" in bare.refuses(f"update beneficiaries.person_merge set {column} = {column}", ROLE)
    assert "permission denied" in bare.refuses("delete from beneficiaries.person_merge", ROLE)


def test_proposer_and_approver_are_two(bare, people):
    merge = propose(bare, people[0], people[1], by="one")
    assert "same_person" in bare.refuses(f"select beneficiaries.merge_decide({merge}, true)", ROLE, actor="one")
    assert "same_person" in bare.refuses(f"select beneficiaries.merge_decide({merge}, false)", ROLE, actor="one")
    decide(bare, merge, by="two")
    bare.run_sql(f"select beneficiaries.merge_undo({merge}, 'other')", ROLE, actor="two")
    assert "wrong_state" in bare.refuses(f"select beneficiaries.merge_undo({merge}, 'other')", ROLE, actor="one")
    assert "same_person" in bare.refuses(f"select beneficiaries.merge_decide({merge}, true)", ROLE, actor="two")
    assert "violates check constraint" in bare.refuses(
        f"update beneficiaries.person_merge set state = 'UNDONE', undone_by = undo_proposed_by, undone_at = now(), version = version + 1,"
        f" event_id = {bare.event()} where id = {merge}", ROLE, actor="two")
    decide(bare, merge, by="one")
    assert into(bare, people[1]) is None


def test_versions_of_a_merge_have_their_events(bare, people):
    merge = propose(bare, people[0], people[1])
    decide(bare, merge)
    bare.run_sql(f"select beneficiaries.merge_undo({merge}, 'two_people')", ROLE, actor="clerk")
    decide(bare, merge, False)
    row = bare.row("select m.version, e.entity, e.entity_id, e.seq, e.act from beneficiaries.person_merge m join audit.event e"
                   f" on e.district = m.district and e.id = m.event_id where m.id = {merge}")
    assert row == {"version": 4, "entity": "merge", "entity_id": str(merge), "seq": 4, "act": "undo_reject"}
    person = bare.row("select p.version, e.act, e.seq from beneficiaries.person p join audit.event e on e.district = p.district"
                      f" and e.id = p.event_id where p.id = {people[1]}")
    assert (person["version"], person["act"]) == (2, "merge")
    assert bare.violations() == []


def test_a_survivor_out_of_reach_is_still_a_survivor(bare, people):
    """Chains are refused although the caller does not see who was merged."""
    one, two, three = people
    divisions = dict(zip(people, bare.run_sql(f"select division from beneficiaries.person where id = any ('{{{one},{two},{three}}}') order by id")))
    if len(set(divisions.values())) == 1:
        pytest.fail("the people must live in different divisions")
    decide(bare, propose(bare, one, two))
    seen = "{%s}" % ",".join({divisions[one], divisions[three]} - {divisions[two]})
    settings = {"divisions": seen, "actor": "clerk"}
    assert "merge_chain" in bare.refuses(f"select beneficiaries.merge_propose({three}, {one}, 'registered_twice')", ROLE, **settings)


def test_a_merge_needs_reach_of_both(bare, people):
    one, two, _ = people
    division = bare.value(f"select division from beneficiaries.person where id = {one}")
    settings = {"divisions": f"{{{division}}}", "actor": "clerk"}
    assert "not_found" in bare.refuses(f"select beneficiaries.merge_propose({one}, {two}, 'registered_twice')", ROLE, **settings)
    merge = propose(bare, one, two)
    assert "not_found" in bare.refuses(f"select beneficiaries.merge_decide({merge}, true)", ROLE, **dict(settings, actor="reviewer"))
    assert bare.rows("select id from beneficiaries.person_merge", ROLE, **settings) == []


def test_bulk_rows_of_a_merged_person_are_refused(bare, people):
    one, two, three = people
    decide(bare, propose(bare, one, two))
    message = bare.refuses(f"""
        insert into beneficiaries.enrolment (district, person_id, division, item_code, state, applied_on, applied_by, event_id)
        select {DISTRICT}, id, division, 'disabled-care', 'APPLIED', '2020-01-01', 'x', event_id from beneficiaries.person
         where id in ({two}, {three})""", "huimin_owner")
    assert "person_merged" in message and f"/beneficiaries/persons/{one}" in message


# ---- duplicates

def test_large_groups_stay_linear(bare):
    """Ten share a key: each with each. More: each with the next."""
    bare.people(10)
    assert len(pairs(bare)) == 45
    bare.people(490)
    assert len(pairs(bare)) == 499


def test_merged_and_different_pairs_are_left_out(bare, people):
    one, two, three = people
    assert pairs(bare) == {(one, two): ["name_birth"], (one, three): ["name_birth"], (two, three): ["name_birth"]}
    bare.run_sql("insert into beneficiaries.person_difference (district, person_id, other_id, state, judged_by, event_id)"
                 f" values ({DISTRICT}, {one}, {three}, 'KEPT', 'clerk', {bare.event()})", ROLE)
    assert set(pairs(bare)) == {(one, two), (two, three)}
    decide(bare, propose(bare, one, two))
    assert pairs(bare) == {}


def test_a_certificate_with_anothers_number(bare):
    """Only from before certificates were checked against their holders."""
    one, two = bare.people(1, born="1961-01-01") + bare.people(1, born="1962-02-02")
    bare.certificates([one, two], 2)
    bare.run_sql(f"""
        update beneficiaries.person set name = '甲', name_folded = '甲', version = version + 1, event_id = {bare.event()} where id = {two};
        update beneficiaries.certificate c set number_masked = case c.person_id when {one} then '340103********5556' else p.id_number_masked end || '43'
          from beneficiaries.person p where p.id = c.person_id""")
    assert pairs(bare) == {}
    bare.database.psql(f"begin; set local session_replication_role = replica; update beneficiaries.person set id_number_masked = '340103********5556',"
                       f" name_folded = '测试' where id = {two}; commit", "postgres")
    assert pairs(bare)[(one, two)] == ["certificate"]


# ---- work lists

@pytest.mark.parametrize("born, age, birthday", [
    ("1940-02-29", 80, "2020-02-29"), ("1940-02-29", 81, "2021-03-01"), ("1900-12-31", 100, "2000-12-31"), ("2012-02-28", 18, "2030-02-28")])
def test_birthdays(bare, born, age, birthday):
    assert bare.run_sql(f"select beneficiaries.birthday('{born}', {age})") == [birthday]


def test_held_lines_are_those_of_the_last_run(bare):
    """Two cannot be paid in January; in February one has a card."""
    bare.bank()
    bare.fund("disabled-care", 1_000_000)
    people = bare.disabled(3, 1)
    bare.run_sql(f"update beneficiaries.account set valid = 'empty' where person_id in ({people[0]}, {people[1]})")
    bare.released("disabled-care", "2020-01")
    held = "select person_id, item_code, what from beneficiaries.work_rows('held') order by 1"
    expected = [{"person_id": person, "item_code": "disabled-care", "what": "no_account"} for person in people[:2]]
    assert bare.rows(held, ROLE) == expected
    bare.card([people[0]])
    bare.draft("disabled-care", "2020-02")
    assert bare.rows(held, ROLE) == expected[1:]
    assert bare.rows(held, ROLE, programmes="{tekun}") == []
    assert bare.rows(held, ROLE, divisions="{}") == []


def test_grace_and_notices(bare):
    ending, later, noticed, objected, hanging = bare.people(5)
    bare.enrol([ending, later], "tekun", "full-care")
    bare.enrol([noticed, objected, hanging], "tekun", "full-care")
    event, today = bare.event(), bare.today()
    bare.database.psql(f"""
        begin; set local session_replication_role = replica;
        update beneficiaries.enrolment set state = 'ENDED', end_cause = 'income', ended_on = '{today}', grace_months = 3,
               valid = daterange(lower(valid), '{today}'::date + case person_id when {ending} then 60 else 61 end)
         where person_id in ({ending}, {later});
        insert into beneficiaries.notice (district, id, item_code, division, published_on, days, day_kind, ends_on, place, published_by, event_id)
        select {DISTRICT}, n, 'tekun', {340103001}, '{today}'::date - 9, 7, 'calendar', '{today}'::date - 2 + n, '公示栏', 'clerk', {event}
          from generate_series(1, 2) n;
        update beneficiaries.enrolment set state = 'NOTICED', valid = null, decided_by = null, decided_at = null,
               notice_id = case person_id when {hanging} then 2 else 1 end where person_id in ({noticed}, {objected}, {hanging});
        insert into beneficiaries.objection (district, notice_id, enrolment_id, channel, text_sealed, received_by, event_id)
        select {DISTRICT}, 1, id, 'visit', 'x', 'clerk', {event} from beneficiaries.enrolment where person_id = {objected};
        commit""", "postgres")
    rows = {kind: bare.rows(f"select person_id, due_on, number from beneficiaries.work_rows('{kind}')", ROLE)
            for kind in ("grace_ending", "notice_ended")}
    assert rows == {"grace_ending": [{"person_id": ending, "due_on": bare.today(60), "number": 3}],
                    "notice_ended": [{"person_id": noticed, "due_on": bare.today(-1), "number": None}]}


def test_a_merged_persons_enrolment_is_the_survivors_work(bare, people):
    one, two, _ = people
    bare.enrol([two], "tekun", "full-care")
    decide(bare, propose(bare, one, two))
    assert [row["person_id"] for row in bare.rows("select * from beneficiaries.work_rows('phone_missing')", ROLE)] == [one]
