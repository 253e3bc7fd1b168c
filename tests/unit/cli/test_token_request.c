#include "token_request.h"

#include "auth.h"
#include "scope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

/* Reads `--dir d --subject s --district 340103` and then more, up to the NULL. */
static bool read_request(const char *const *more, struct token_request *ret_request, char **ret_message)
{
    const char *arguments[32] = {"--dir", "d", "--subject", "s", "--district", "340103"};
    size_t count = 6;
    size_t length = 0;
    for (; *more != NULL; more++)
        arguments[count++] = *more;
    FILE *errors = open_memstream(ret_message, &length);
    assert_non_null(errors);
    bool good = token_request_read(arguments, count, ret_request, errors);
    fclose(errors);
    return good;
}

static void test_request(void **state)
{
    (void)state;
    struct token_request request;
    char *message;
    assert_true(
        read_request((const char *const[]){"--scope", " payments:read  payments:prepare ", "--division", "340103001",
                                           "--division", "340103400", "--programme", "orphan", "--ttl", "60", NULL},
                     &request, &message));
    assert_string_equal(message, "");
    assert_int_equal(request.scopes, SCOPE_PAYMENTS_READ | SCOPE_PAYMENTS_PREPARE);
    assert_int_equal(request.district, 340103);
    assert_int_equal(request.life_s, 60);
    assert_int_equal(request.divisions.count, 2);
    assert_int_equal(request.division_codes[1], 340103400);
    assert_int_equal(request.programmes.count, 1);
    assert_string_equal(request.programmes.values[0], "orphan");
    free(message);
}

static void test_defaults(void **state)
{
    (void)state;
    struct token_request request;
    char *message;
    assert_true(read_request((const char *const[]){"--scope=audit:read", NULL}, &request, &message));
    assert_int_equal(request.life_s, 3600);
    assert_int_equal(request.divisions.count, 0);
    assert_int_equal(request.programmes.count, 0);
    free(message);
}

static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *more[5];
        const char *says;
    } cases[] = {
        {{NULL}, "--scope: 缺少此选项"},
        {{"--scope", " ", NULL}, "holds no scope"},
        {{"--scope", "payments:read payments:all", NULL}, "unknown scope: payments:all"},
        {{"--scope", "payments:prepare payments:approve", NULL}, "must be separate people"},
        {{"--scope", "payments:approve payments:release", NULL}, "must be separate people"},
        {{"--scope", "beneficiaries:write beneficiaries:review", NULL}, "must be separate people"},
        {{"--scope", "programmes:write programmes:approve", NULL}, "must be separate people"},
        {{"--scope", "supervision:read payments:fund", NULL}, "must be separate people"},
        {{"--scope=audit:read", "--division", "340104001", NULL}, "not a 9-digit code of the district: 340104001"},
        {{"--scope=audit:read", "--division", "340103000", NULL}, "not a 9-digit code"},
        {{"--scope=audit:read", "--division", "340103", NULL}, "not a 9-digit code"},
        {{"--scope=audit:read", "--ttl", "0", NULL}, "--ttl: "},
        {{"--scope=audit:read", "--ttl", "86401", NULL}, "--ttl: "},
        {{"--scope=audit:read", "--district", "340104", NULL}, "--district: 选项重复"},
    };
    _Static_assert((int)AUTH_LIFE_S_MAX == 86400, "the case above is one second longer");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct token_request request;
        char *message;
        assert_false(read_request(cases[i].more, &request, &message));
        assert_non_null(strstr(message, cases[i].says));
        free(message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
