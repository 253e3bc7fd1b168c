/* The list of revoked tokens: read when it changes, never half. */
#include "auth_fixture.h"
#include "revocation.h"

static void write_list(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void a_listed_token_is_refused_and_let_in_again(void **state)
{
    (void)state;
    struct fixture fixture;
    struct revocation revocation;
    struct principal who;
    char bearer[HEADER_BYTES];
    char path[128];
    fixture_open(&fixture);
    snprintf(path, sizeof path, "%s/revoked", fixture.folder);
    struct auth_request request = fixture_request();
    request.token_id = "token-0001";
    issue_bearer(&fixture.key, &request, bearer);
    revocation_init(&revocation, path);

    revocation_refresh(&revocation, fixture.auth, NOW_S); /* the file is not there: counted, nothing revoked */
    assert_int_equal(revocation.failures, 1);
    assert_int_equal(auth_verify(fixture.auth, bearer, NOW_S, &who), ERR_NONE);

    write_list(path, "# taken back\ntoken-0000\ntoken-0001");
    revocation_refresh(&revocation, fixture.auth, NOW_S); /* within the same second: not looked at */
    assert_int_equal(auth_verify(fixture.auth, bearer, NOW_S, &who), ERR_NONE);
    revocation_refresh(&revocation, fixture.auth, NOW_S + 1);
    assert_int_equal(auth_verify(fixture.auth, bearer, NOW_S + 1, &who), ERR_UNAUTHENTICATED);

    write_list(path, "token-0002\n");
    revocation_refresh(&revocation, fixture.auth, NOW_S + 2);
    assert_int_equal(auth_verify(fixture.auth, bearer, NOW_S + 2, &who), ERR_NONE);
    assert_int_equal(revocation.failures, 1);
    unlink(path);
    fixture_close(&fixture);
}

static void an_unreadable_list_leaves_the_old_one_in_force(void **state)
{
    (void)state;
    struct fixture fixture;
    struct revocation revocation;
    struct principal who;
    char bearer[HEADER_BYTES];
    char path[128];
    char long_line[400];
    fixture_open(&fixture);
    snprintf(path, sizeof path, "%s/revoked", fixture.folder);
    struct auth_request request = fixture_request();
    request.token_id = "token-0001";
    issue_bearer(&fixture.key, &request, bearer);
    write_list(path, "token-0001\n");
    revocation_init(&revocation, path);
    revocation_refresh(&revocation, fixture.auth, NOW_S);
    assert_int_equal(auth_verify(fixture.auth, bearer, NOW_S, &who), ERR_UNAUTHENTICATED);

    memset(long_line, 'x', sizeof long_line - 1);
    long_line[sizeof long_line - 1] = '\0';
    write_list(path, long_line);
    revocation_refresh(&revocation, fixture.auth, NOW_S + 1);
    assert_int_equal(revocation.failures, 1);
    assert_int_equal(auth_verify(fixture.auth, bearer, NOW_S + 1, &who), ERR_UNAUTHENTICATED);
    unlink(path);
    fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_listed_token_is_refused_and_let_in_again),
        cmocka_unit_test(an_unreadable_list_leaves_the_old_one_in_force),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
