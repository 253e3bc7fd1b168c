#include "import_people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { LINES_MAX = 4 };

static const int64_t reach[] = {340103100};
static struct import_people_slot slots[LINES_MAX];

/* A batch of people who are all new, without household, certificate or account. */
static struct import_run make_batch(size_t count)
{
    memset(slots, 0, sizeof(slots));
    for (size_t i = 0; i < count; i++) {
        slots[i].slot.line = &slots[i].person.line;
        slots[i].slot.digest[0] = (uint8_t)(i + 1);
        slots[i].person.line.result = IMPORT_NEW;
        slots[i].person.income_fen = -1;
        slots[i].known = (struct import_known){.person_id = (int64_t)i + 101, .is_new = true, .income_fen = -1};
    }
    return (struct import_run){.kind = &import_people_kind,
                               .slots = (char *)slots,
                               .slot_count = count,
                               .reference = {.limited = true, .reach = reach, .reach_count = 1}};
}

static void lives_in(size_t line, const char *household, const char *relation)
{
    snprintf(slots[line].person.household, sizeof(slots[line].person.household), "%s", household);
    snprintf(slots[line].person.relation, sizeof(slots[line].person.relation), "%s", relation);
}

/* The account of a line is held by the person whose digest begins with this byte. */
static void is_paid_to(size_t line, uint8_t digest)
{
    snprintf(slots[line].person.holder, sizeof(slots[line].person.holder), "340199196104040035");
    slots[line].holder_index[0] = digest;
    slots[line].known.account_id = 900 + (int64_t)line;
}

static void assert_only_fault(size_t line, int column, enum err code)
{
    assert_int_equal(slots[line].person.line.result, IMPORT_BAD);
    assert_int_equal(slots[line].person.line.fault_count, 1);
    assert_int_equal(slots[line].person.line.faults[0].column, column);
    assert_int_equal(slots[line].person.line.faults[0].code, code);
}

static void results_say_what_differs(void **state)
{
    (void)state;
    struct import_run run = make_batch(4);
    for (size_t i = 1; i < 4; i++)
        slots[i].known = (struct import_known){.person_id = 1, .division = 340103100, .income_fen = -1};
    slots[2].known.differs = true;
    slots[3].known.certificate_id = 5;
    import_people_decide(&run);
    assert_int_equal(slots[0].person.line.result, IMPORT_NEW);
    assert_int_equal(slots[1].person.line.result, IMPORT_UNCHANGED);
    assert_int_equal(slots[2].person.line.result, IMPORT_CHANGED);
    assert_int_equal(slots[3].person.line.result, IMPORT_CHANGED);
}

static void people_and_households_of_other_divisions_are_refused(void **state)
{
    (void)state;
    struct import_run run = make_batch(2);
    slots[0].known = (struct import_known){.person_id = 1, .division = 340103001, .income_fen = -1};
    lives_in(1, "H1", "20");
    slots[1].known.household_id = 7;
    slots[1].known.household_division = 340103001;
    import_people_decide(&run);
    assert_only_fault(0, IMPORT_ID_NUMBER, ERR_OTHER_DIVISION);
    assert_only_fault(1, IMPORT_HOUSEHOLD, ERR_OTHER_DIVISION);
}

static void a_household_has_one_head(void **state)
{
    (void)state;
    struct import_run run = make_batch(3);
    lives_in(0, "H1", "02");
    lives_in(1, "H1", "01");
    lives_in(2, "H2", "02");
    slots[2].known.household_id = 7;
    slots[2].known.household_division = 340103100;
    slots[2].known.head_id = 55;
    import_people_decide(&run);
    assert_int_equal(slots[0].person.line.result, IMPORT_NEW);
    assert_only_fault(1, IMPORT_RELATION, ERR_SECOND_HEAD);
    assert_only_fault(2, IMPORT_RELATION, ERR_SECOND_HEAD);
}

static void a_head_may_step_down_in_the_same_batch(void **state)
{
    (void)state;
    struct import_run run = make_batch(2);
    for (size_t i = 0; i < 2; i++) {
        slots[i].known.household_id = 7;
        slots[i].known.household_division = 340103100;
        slots[i].known.head_id = 102;
    }
    lives_in(0, "H1", "02");
    lives_in(1, "H1", "50");
    import_people_decide(&run);
    assert_int_equal(slots[0].person.line.result, IMPORT_NEW);
    assert_int_equal(slots[1].person.line.result, IMPORT_NEW);
}

static void holders_are_found_in_the_register_or_in_the_batch(void **state)
{
    (void)state;
    struct import_run run = make_batch(4);
    is_paid_to(0, 3); /* somebody further down */
    is_paid_to(1, 99);
    slots[1].known.holder_id = 77;
    slots[1].known.holder_division = 340103100;
    is_paid_to(3, 99);
    slots[3].known.holder_id = 78;
    slots[3].known.holder_division = 340103001; /* out of reach: as if not there */
    import_people_decide(&run);
    assert_int_equal(slots[0].known.holder_id, 103);
    assert_int_equal(slots[0].person.line.result, IMPORT_NEW);
    assert_int_equal(slots[1].known.holder_id, 77);
    assert_int_equal(slots[1].person.line.result, IMPORT_NEW);
    assert_int_equal(slots[3].person.line.result, IMPORT_WAITING);
}

static void a_holder_who_waits_or_is_bad_does_not_count(void **state)
{
    (void)state;
    struct import_run run = make_batch(4);
    is_paid_to(0, 2);
    is_paid_to(1, 99);
    is_paid_to(2, 4);
    import_line_fault(&slots[3].person.line, IMPORT_PHONE, ERR_BAD_PHONE);
    import_people_decide(&run);
    assert_int_equal(slots[0].person.line.result, IMPORT_WAITING);
    assert_int_equal(slots[1].person.line.result, IMPORT_WAITING);
    assert_int_equal(slots[2].person.line.result, IMPORT_WAITING);
    assert_only_fault(3, IMPORT_PHONE, ERR_BAD_PHONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_say_what_differs),
        cmocka_unit_test(people_and_households_of_other_divisions_are_refused),
        cmocka_unit_test(a_household_has_one_head),
        cmocka_unit_test(a_head_may_step_down_in_the_same_batch),
        cmocka_unit_test(holders_are_found_in_the_register_or_in_the_batch),
        cmocka_unit_test(a_holder_who_waits_or_is_bad_does_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
