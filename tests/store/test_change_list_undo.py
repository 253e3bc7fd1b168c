"""A list of cards is taken back while a run is being filled: it waits, and then sees what the run pays into them."""
import pytest

from stack.bootstrap import DISTRICT
from support.session import Session

ROLE = "huimin_beneficiaries"
CARE = "disabled-care"


def card_list(district, person):
    """An applied list with a card of the person; returns its number."""
    event = district.event("apply_lines")
    return district.value(f"""
        with u as (insert into ops.upload (district, bytes, chunks, sha256, actor) values ({DISTRICT}, 1, 0, sha256('x'), 'clerk') returning *),
        c as (insert into beneficiaries.change_list (district, upload_id, sha256, state, mode, actor, applied_by, events, event_id)
              select {DISTRICT}, id, sha256(id::text::bytea), 'APPLIED', 'all', 'clerk', 'reviewer', array[{event}], {event} from u returning *)
        insert into beneficiaries.change_line (district, list_id, line, action, state, person_id, account_id, image, result)
        select c.district, c.id, 2, 'card', 'APPLIED', a.person_id, a.id, '{{"accounts": null}}',
               beneficiaries.change_list_accounts({DISTRICT}, a.person_id)
          from c, beneficiaries.account a where a.district = {DISTRICT} and a.person_id = {person} returning list_id""")


@pytest.mark.parametrize("end, answer, state", [("commit", "already_paid", "APPLIED"), ("rollback", "", "UNDONE")])
def test_the_undo_waits_for_a_fill_that_pays_into_its_cards(district, end, answer, state):
    [person] = district.disabled(1, 1)
    one = card_list(district, person)
    run = district.create(CARE, "2020-06")
    with Session(district.database, "huimin_worker") as fill, Session(district.database, ROLE) as undo:
        fill.begin("maker")
        undo.begin("reviewer")
        assert "ERROR" not in fill.ask(f"select payments.run_fill({run})")
        undo.send(f"select beneficiaries.change_list_undo({one})")
        undo.wait_until_blocked()
        fill.ask(end)
        said = undo.answer()
        assert answer in said if answer else "ERROR" not in said, said
        undo.ask("commit" if not answer else "rollback")
    assert district.value(f"select state from beneficiaries.change_list where id = {one}") == state


def test_the_items_of_a_card_are_those_of_all_who_may_be_paid_into_it(bare):
    """The person's own, those of another number of the person, and those of the household."""
    district = bare
    head, member, second, stranger = district.people(4)
    district.enrol([head], "tekun", "self-care")
    district.enrol([member], "rural-dibao")
    district.enrol([second], CARE)
    district.enrol([stranger], "orphan", "dispersed")
    event = district.event()
    district.run_sql(f"""with h as (insert into beneficiaries.household (district, division, number, event_id)
            select district, division, 'H', {event} from beneficiaries.person where id = {head} returning *)
        insert into beneficiaries.household_member (district, household_id, person_id, relation, valid, event_id)
        select {DISTRICT}, h.id, m, r, '[2020-01-01,)', {event} from h, (values ({head}, '02'), ({member}, '10')) v(m, r)""")
    district.database.psql(f"set session_replication_role = replica; update beneficiaries.person set merged_into = {head} where id = {second}", "postgres")
    assert district.run_sql(f"select * from beneficiaries.change_list_card_items({card_list(district, head)}) order by 1") == [CARE, "rural-dibao", "tekun"]
