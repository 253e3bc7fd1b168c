#include "principal.h"
#include "scope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { SCOPE_BITS = 17 };

static void names_and_bits_are_one_to_one(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 32; bit++) {
        const char *name = scope_name(1u << bit);
        assert_int_equal(name != NULL, bit < SCOPE_BITS);
        if (name) {
            assert_int_equal(scope_from_name(name, strlen(name)), 1u << bit);
            assert_int_equal(scope_from_name(name, strlen(name) - 1), 0);
        }
    }
    assert_null(scope_name(0));
    assert_null(scope_name(SCOPE_AUDIT_READ | SCOPE_PAYMENTS_READ));
    assert_int_equal(scope_from_name("payments:approve", 16), SCOPE_PAYMENTS_APPROVE);
    assert_int_equal(scope_from_name("Payments:approve", 16), 0);
    assert_int_equal(scope_from_name("", 0), 0);
}

static void supervision_reaches_reads_and_nothing_else(void **state)
{
    (void)state;
    const uint32_t reads = SCOPE_BENEFICIARIES_READ | SCOPE_PROGRAMMES_READ | SCOPE_PAYMENTS_READ | SCOPE_AUDIT_READ;
    for (unsigned bit = 0; bit < SCOPE_BITS; bit++) {
        uint32_t scope = 1u << bit;
        bool expected = (scope & reads) || scope == SCOPE_SUPERVISION_READ;
        assert_int_equal(scope_allows(SCOPE_SUPERVISION_READ, scope), expected);
        assert_true(scope_allows(scope, scope));
        assert_false(scope_allows(0, scope));
        assert_false(scope_allows(~(scope | SCOPE_SUPERVISION_READ), scope));
    }
}

static void duties_are_separate(void **state)
{
    (void)state;
    static const uint32_t apart[] = {
        SCOPE_PAYMENTS_PREPARE | SCOPE_PAYMENTS_APPROVE,   SCOPE_PAYMENTS_APPROVE | SCOPE_PAYMENTS_RELEASE,
        SCOPE_PAYMENTS_PREPARE | SCOPE_PAYMENTS_RELEASE,   SCOPE_BENEFICIARIES_WRITE | SCOPE_BENEFICIARIES_REVIEW,
        SCOPE_PROGRAMMES_WRITE | SCOPE_PROGRAMMES_APPROVE, SCOPE_BENEFICIARIES_WRITE | SCOPE_BENEFICIARIES_APPROVE};
    for (size_t i = 0; i < sizeof apart / sizeof *apart; i++) {
        assert_true(scope_duties_conflict(apart[i]));
        assert_true(scope_duties_conflict(apart[i] | SCOPE_PAYMENTS_READ));
        assert_false(scope_duties_conflict(apart[i] & -apart[i])); /* one of the two alone */
    }
    static const uint32_t changing[] = {
        SCOPE_BENEFICIARIES_APPROVE, SCOPE_BENEFICIARIES_WRITE, SCOPE_BENEFICIARIES_REVIEW, SCOPE_PROGRAMMES_WRITE,
        SCOPE_PROGRAMMES_APPROVE,    SCOPE_PAYMENTS_PREPARE,    SCOPE_PAYMENTS_APPROVE,     SCOPE_PAYMENTS_RELEASE,
        SCOPE_PAYMENTS_FUND,         SCOPE_PAYMENTS_BANK};
    for (size_t i = 0; i < sizeof changing / sizeof *changing; i++) {
        assert_true(scope_duties_conflict(SCOPE_SUPERVISION_READ | changing[i]));
        assert_false(scope_duties_conflict(changing[i]));
    }
    assert_false(scope_duties_conflict(SCOPE_SUPERVISION_READ | SCOPE_AUDIT_READ | SCOPE_BENEFICIARIES_CLEAR));
    assert_false(scope_duties_conflict(SCOPE_BENEFICIARIES_WRITE | SCOPE_PAYMENTS_PREPARE | SCOPE_PROGRAMMES_WRITE));
    assert_false(scope_duties_conflict(0));
}

static void rows_are_limited_only_when_said(void **state)
{
    (void)state;
    struct principal p = {.division_count = 0};
    assert_true(principal_reaches_division(&p, 340103001));
    assert_true(principal_reaches_programme(&p, "dibao"));
    p.divisions_limited = p.programmes_limited = true;
    assert_false(principal_reaches_division(&p, 340103001));
    assert_false(principal_reaches_programme(&p, "dibao"));
    p.divisions[p.division_count++] = 340103001;
    memcpy(p.programmes[p.programme_count++], "dibao", sizeof "dibao");
    assert_true(principal_reaches_division(&p, 340103001));
    assert_false(principal_reaches_division(&p, 340103002));
    assert_false(principal_reaches_division(&p, 0));
    assert_true(principal_reaches_programme(&p, "dibao"));
    assert_false(principal_reaches_programme(&p, "diba"));
    assert_false(principal_reaches_programme(&p, ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_bits_are_one_to_one),
        cmocka_unit_test(supervision_reaches_reads_and_nothing_else),
        cmocka_unit_test(duties_are_separate),
        cmocka_unit_test(rows_are_limited_only_when_said),
    };
    return cmocka_run_group_tests_name("scope", tests, NULL, NULL);
}
