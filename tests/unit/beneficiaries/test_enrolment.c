#include "enrolment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void assert_date(struct date date, int year, int month, int day)
{
    assert_int_equal(date.year, year);
    assert_int_equal(date.month, month);
    assert_int_equal(date.day, day);
}

static const struct date UNKNOWN = {0};

static void assert_start(struct enrolment_start start, int year, int month)
{
    struct date first;
    enrolment_starts_on(&start, &first);
    assert_date(first, year, month, year == 0 ? 0 : 1);
}

static void the_first_month_follows_the_entry_basis(void **state)
{
    (void)state;
    struct enrolment_start start = {
        .applied_on = {2019, 12, 31}, .approved_on = UNKNOWN, .birth = {1940, 2, 29}, .age_min = -1};
    start.entry = ENROLMENT_APPLICATION_MONTH;
    assert_start(start, 2019, 12);
    start.entry = ENROLMENT_APPROVAL_MONTH;
    assert_start(start, 0, 0);
    start.entry = ENROLMENT_MONTH_AFTER_APPROVAL;
    assert_start(start, 0, 0);
    start.approved_on = (struct date){2020, 12, 1};
    assert_start(start, 2021, 1);
    start.entry = ENROLMENT_APPROVAL_MONTH;
    assert_start(start, 2020, 12);
    start.entry = ENROLMENT_APPLICATION_MONTH;
    assert_start(start, 2019, 12);
}

static void a_birthday_sets_the_first_month(void **state)
{
    (void)state;
    /* Born on 29 February: 80 in the leap year 2020 on that day, 81 on 1 March 2021. */
    struct enrolment_start start = {
        .entry = ENROLMENT_BIRTHDAY_MONTH, .applied_on = {2019, 12, 31}, .birth = {1940, 2, 29}, .age_min = 80};
    assert_start(start, 2020, 2);
    start.age_min = 81;
    assert_start(start, 2021, 3);
    start.entry = ENROLMENT_MONTH_AFTER_BIRTHDAY;
    assert_start(start, 2021, 4);
    start.age_min = 80;
    assert_start(start, 2020, 3);
    start.birth = (struct date){1940, 12, 31};
    assert_start(start, 2021, 1);
    /* Who is old enough begins with the month of the application; so does an item without an age. */
    start.applied_on = (struct date){2021, 1, 31};
    assert_start(start, 2021, 1);
    start.applied_on = (struct date){2021, 2, 1};
    assert_start(start, 2021, 2);
    start.age_min = -1;
    assert_start(start, 2021, 2);
    start.entry = ENROLMENT_BIRTHDAY_MONTH;
    assert_start(start, 2021, 2);
}

static void an_age_at_the_end_of_the_year_begins_in_january(void **state)
{
    (void)state;
    struct enrolment_start start = {
        .entry = ENROLMENT_YEAR_END_AGE, .applied_on = {2020, 12, 31}, .birth = {1940, 12, 31}, .age_min = 80};
    assert_start(start, 2020, 1);
    start.birth = (struct date){1941, 1, 1};
    assert_start(start, 2021, 1);
    start.birth = (struct date){1930, 5, 5};
    assert_start(start, 2020, 1);
    start.age_min = -1;
    assert_start(start, 2020, 1);
}

static void terms_begin_in_february_and_august(void **state)
{
    (void)state;
    struct enrolment_start start = {.entry = ENROLMENT_SEMESTER, .birth = {2012, 2, 29}, .age_min = -1};
    start.applied_on = (struct date){2020, 1, 31};
    assert_start(start, 2019, 8);
    start.applied_on = (struct date){2020, 2, 1};
    assert_start(start, 2020, 2);
    start.applied_on = (struct date){2020, 7, 31};
    assert_start(start, 2020, 2);
    start.applied_on = (struct date){2020, 8, 1};
    assert_start(start, 2020, 8);
    start.applied_on = (struct date){2020, 12, 31};
    assert_start(start, 2020, 8);
}

static void grace_is_given_for_income_alone(void **state)
{
    (void)state;
    assert_int_equal(enrolment_check_grace("income", 6, 6), ERR_NONE);
    assert_int_equal(enrolment_check_grace("income", 7, 6), ERR_OUT_OF_RANGE);
    assert_int_equal(enrolment_check_grace("moved", 1, 6), ERR_OUT_OF_RANGE);
    assert_int_equal(enrolment_check_grace("moved", 0, 0), ERR_NONE);
}

static void an_end_lies_between_the_start_and_next_year(void **state)
{
    (void)state;
    const struct date starts = {2020, 3, 1};
    struct enrolment_end end = {.ended_on = {2020, 3, 1}, .decided_on = {2020, 5, 10}};
    assert_int_equal(enrolment_check_end(&end, starts), ERR_NONE);
    end.ended_on = (struct date){2020, 2, 29};
    assert_int_equal(enrolment_check_end(&end, starts), ERR_OUT_OF_RANGE);
    end.ended_on = (struct date){2021, 5, 11};
    assert_int_equal(enrolment_check_end(&end, starts), ERR_NONE);
    end.ended_on = (struct date){2021, 5, 12};
    assert_int_equal(enrolment_check_end(&end, starts), ERR_OUT_OF_RANGE);
    end.death = true;
    end.ended_on = (struct date){2020, 5, 10};
    assert_int_equal(enrolment_check_end(&end, starts), ERR_NONE);
    end.ended_on = (struct date){2020, 5, 11};
    assert_int_equal(enrolment_check_end(&end, starts), ERR_OUT_OF_RANGE);
}

static void only_an_end_by_notice_names_its_notice(void **state)
{
    (void)state;
    struct enrolment_end end = {.exit = ENROLMENT_END_OF_NOTICE, .ended_on = {2020, 5, 10}};
    assert_int_equal(enrolment_check_end_notice(&end), ERR_REQUIRED);
    end.notice_ends_on = (struct date){2020, 5, 9};
    assert_int_equal(enrolment_check_end_notice(&end), ERR_OUT_OF_RANGE);
    end.notice_ends_on = (struct date){2020, 5, 10};
    assert_int_equal(enrolment_check_end_notice(&end), ERR_NONE);
    end.death = true;
    assert_int_equal(enrolment_check_end_notice(&end), ERR_BAD_VALUE);
    end.notice_ends_on = UNKNOWN;
    assert_int_equal(enrolment_check_end_notice(&end), ERR_NONE);
    end =
        (struct enrolment_end){.exit = ENROLMENT_SAME_MONTH, .ended_on = {2020, 5, 10}, .notice_ends_on = {2020, 6, 1}};
    assert_int_equal(enrolment_check_end_notice(&end), ERR_BAD_VALUE);
}

static void a_start_is_a_first_day_not_before_the_application_month(void **state)
{
    (void)state;
    const struct date applied = {2020, 3, 15};
    assert_int_equal(enrolment_check_start(applied, (struct date){2020, 3, 1}), ERR_NONE);
    assert_int_equal(enrolment_check_start(applied, (struct date){2020, 4, 1}), ERR_NONE);
    assert_int_equal(enrolment_check_start(applied, (struct date){2020, 2, 1}), ERR_OUT_OF_RANGE);
    assert_int_equal(enrolment_check_start(applied, (struct date){2020, 3, 2}), ERR_BAD_DATE);
    assert_int_equal(enrolment_check_start_of(ENROLMENT_YEAR_END_AGE, applied, (struct date){2020, 1, 1}), ERR_NONE);
    assert_int_equal(enrolment_check_start_of(ENROLMENT_YEAR_END_AGE, applied, (struct date){2019, 12, 1}),
                     ERR_OUT_OF_RANGE);
    assert_int_equal(enrolment_check_start_of(ENROLMENT_SEMESTER, applied, (struct date){2020, 2, 1}), ERR_NONE);
    assert_int_equal(enrolment_check_applied(applied, applied), ERR_NONE);
    assert_int_equal(enrolment_check_applied((struct date){2020, 3, 16}, applied), ERR_OUT_OF_RANGE);
}

static void tiers_are_named_where_the_rule_wants_them(void **state)
{
    (void)state;
    assert_int_equal(enrolment_check_tier(ENROLMENT_TIER_NAMED, "dispersed"), ERR_NONE);
    assert_int_equal(enrolment_check_tier(ENROLMENT_TIER_NAMED, NULL), ERR_REQUIRED);
    assert_int_equal(enrolment_check_tier(ENROLMENT_TIER_NAMED, ""), ERR_REQUIRED);
    assert_int_equal(enrolment_check_tier(ENROLMENT_TIER_SINGLE, NULL), ERR_NONE);
    assert_int_equal(enrolment_check_tier(ENROLMENT_TIER_SINGLE, "standard"), ERR_BAD_VALUE);
    assert_int_equal(enrolment_check_tier(ENROLMENT_TIER_CERTIFICATE, "grade-1-2"), ERR_BAD_VALUE);
    assert_int_equal(enrolment_check_tier(ENROLMENT_TIER_CERTIFICATE, ""), ERR_NONE);
    assert_int_equal(enrolment_check_tier(ENROLMENT_TIER_AGE, NULL), ERR_NONE);
    assert_int_equal(enrolment_check_tier(ENROLMENT_TIER_AGE, "80-89"), ERR_BAD_VALUE);
}

static void steps_need_their_state_and_two_people(void **state)
{
    (void)state;
    static const char *const allowed[] = {
        [ENROLMENT_REVIEW] = "A",    [ENROLMENT_NOTICE] = "AR",   [ENROLMENT_APPROVE] = "ARN",
        [ENROLMENT_REJECT] = "ARNB", [ENROLMENT_RETURN] = "ARNP", [ENROLMENT_SUBMIT] = "B",
        [ENROLMENT_END] = "P"};
    static const char letters[] = {
        [ENROLMENT_APPLIED] = 'A',  [ENROLMENT_REVIEWED] = 'R', [ENROLMENT_NOTICED] = 'N', [ENROLMENT_RETURNED] = 'B',
        [ENROLMENT_APPROVED] = 'P', [ENROLMENT_REJECTED] = 'X', [ENROLMENT_ENDED] = 'E'};
    for (int step = ENROLMENT_REVIEW; step <= ENROLMENT_END; step++) {
        bool alone = step == ENROLMENT_SUBMIT || step == ENROLMENT_END;
        for (int from = ENROLMENT_APPLIED; from <= ENROLMENT_ENDED; from++) {
            enum err wanted = strchr(allowed[step], letters[from]) != NULL ? ERR_NONE : ERR_WRONG_STATE;
            enum enrolment_step s = (enum enrolment_step)step;
            enum enrolment_state f = (enum enrolment_state)from;
            assert_int_equal(enrolment_check_step(s, f, "clerk", "reviewer"), wanted);
            assert_int_equal(enrolment_check_step(s, f, "clerk", "clerk"), alone ? wanted : ERR_SAME_PERSON);
        }
    }
}

static void evidence_is_the_number_of_a_document(void **state)
{
    (void)state;
    assert_int_equal(enrolment_check_evidence("庐民决〔2020〕17号"), ERR_NONE);
    assert_int_equal(enrolment_check_evidence("20200601000123"), ERR_NONE); /* 14 digits */
    assert_int_equal(enrolment_check_evidence("340103194910010"), ERR_PERSONAL_DATA);
    assert_int_equal(enrolment_check_evidence("身份证 340103 19491001 0015"), ERR_PERSONAL_DATA);
    assert_int_equal(enrolment_check_evidence("340103-19491001-001X"), ERR_PERSONAL_DATA);
    assert_int_equal(enrolment_check_evidence("３４０１０３１９４９１００１００１Ｘ"), ERR_PERSONAL_DATA);
    assert_int_equal(enrolment_check_evidence("138-0013-8000"), ERR_PERSONAL_DATA);
    assert_int_equal(enrolment_check_evidence("2020/17, 2020/18, 2020/19, 2020/20"), ERR_NONE);
    assert_int_equal(enrolment_check_evidence("a\nb"), ERR_BAD_CHARACTERS);
    assert_int_equal(enrolment_check_evidence("　"), ERR_BAD_CHARACTERS);
    char text[ENROLMENT_EVIDENCE_CHARS_MAX + 2];
    memset(text, 'a', sizeof(text));
    text[ENROLMENT_EVIDENCE_CHARS_MAX] = '\0';
    assert_int_equal(enrolment_check_evidence(text), ERR_NONE);
    text[ENROLMENT_EVIDENCE_CHARS_MAX] = 'a';
    text[ENROLMENT_EVIDENCE_CHARS_MAX + 1] = '\0';
    assert_int_equal(enrolment_check_evidence(text), ERR_TOO_LONG);
}

static void documents_are_known_by_their_first_bytes(void **state)
{
    (void)state;
    assert_string_equal(enrolment_document_type("%PDF-1.4\n", 9), "application/pdf");
    assert_string_equal(enrolment_document_type("\xFF\xD8\xFF\xE0..", 6), "image/jpeg");
    assert_string_equal(enrolment_document_type("\x89PNG\r\n\x1A\n..", 10), "image/png");
    assert_null(enrolment_document_type("%PDF-", 5));
    assert_null(enrolment_document_type("GIF89a..", 8));
    assert_null(enrolment_document_type("", 0));
}

static void names_of_the_database_are_read(void **state)
{
    (void)state;
    enum enrolment_state enrolment;
    enum enrolment_entry entry;
    enum enrolment_tier_source source;
    enum enrolment_exit exit;
    static const char *const states[] = {"APPLIED", "REVIEWED", "NOTICED", "RETURNED", "APPROVED", "REJECTED", "ENDED"};
    static const char *const entries[] = {"application_month", "approval_month",       "month_after_approval",
                                          "birthday_month",    "month_after_birthday", "year_end_age",
                                          "semester"};
    static const char *const exits[] = {"same_month", "event_month_paid", "month_after_event", "end_of_notice"};
    for (int i = 0; i < 7; i++) {
        assert_true(enrolment_state_parse(states[i], &enrolment));
        assert_int_equal(enrolment, i);
        assert_true(enrolment_entry_parse(entries[i], &entry));
        assert_int_equal(entry, i);
    }
    for (int i = 0; i < 4; i++) {
        assert_true(enrolment_exit_parse(exits[i], &exit));
        assert_int_equal(exit, i);
    }
    assert_false(enrolment_exit_parse("never", &exit));
    assert_false(enrolment_state_parse("ended", &enrolment));
    assert_false(enrolment_state_parse(NULL, &enrolment));
    assert_false(enrolment_entry_parse("birthday", &entry));
    assert_true(enrolment_tier_source_parse("disability_grade", &source));
    assert_int_equal(source, ENROLMENT_TIER_CERTIFICATE);
    assert_true(enrolment_tier_source_parse("age", &source));
    assert_int_equal(source, ENROLMENT_TIER_AGE);
    assert_false(enrolment_tier_source_parse("", &source));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_month_follows_the_entry_basis),
        cmocka_unit_test(a_birthday_sets_the_first_month),
        cmocka_unit_test(an_age_at_the_end_of_the_year_begins_in_january),
        cmocka_unit_test(terms_begin_in_february_and_august),
        cmocka_unit_test(grace_is_given_for_income_alone),
        cmocka_unit_test(an_end_lies_between_the_start_and_next_year),
        cmocka_unit_test(only_an_end_by_notice_names_its_notice),
        cmocka_unit_test(a_start_is_a_first_day_not_before_the_application_month),
        cmocka_unit_test(tiers_are_named_where_the_rule_wants_them),
        cmocka_unit_test(steps_need_their_state_and_two_people),
        cmocka_unit_test(evidence_is_the_number_of_a_document),
        cmocka_unit_test(documents_are_known_by_their_first_bytes),
        cmocka_unit_test(names_of_the_database_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
