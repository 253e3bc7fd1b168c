/* What changes while tokens live: time, revocation, keys; and all of it under threads. */
#include "common/auth_fixture.h"

#include <pthread.h>

static struct fixture fixture;

static int set_up(void **state)
{
    (void)state;
    fixture_open(&fixture);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_close(&fixture);
    return 0;
}

static enum err verify(const char *bearer, int64_t now_s)
{
    struct principal principal;
    return auth_verify(fixture.auth, bearer, now_s, &principal);
}

static struct auth_stats stats_now(void)
{
    struct auth_stats stats;
    auth_stats(fixture.auth, &stats);
    return stats;
}

static void cache_ends_after_its_time_and_at_exp(void **state)
{
    (void)state;
    char bearer[HEADER_BYTES];
    struct auth_request request = fixture_request();
    request.life_s = 100;
    issue_bearer(&fixture.key, &request, bearer);
    static const struct {
        int64_t after_s;
        uint64_t verifications, hits;
        enum err err;
    } steps[] = {
        {0, 1, 0, ERR_NONE},
        {59, 1, 1, ERR_NONE}, /* 60 s from the verification */
        {60, 2, 1, ERR_NONE},
        {99, 2, 2, ERR_NONE},
        {100, 3, 2, ERR_NONE}, /* past exp nothing comes from the cache; skew lets the token live a little */
        {129, 4, 2, ERR_NONE},
        {130, 4, 2, ERR_TOKEN_EXPIRED},
        {-31, 4, 2, ERR_UNAUTHENTICATED}, /* clock set back: iat is in the future */
        {98, 4, 3, ERR_NONE},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        assert_int_equal(verify(bearer, NOW_S + steps[i].after_s), steps[i].err);
        struct auth_stats stats = stats_now();
        assert_int_equal(stats.verifications, steps[i].verifications);
        assert_int_equal(stats.cache_hits, steps[i].hits);
    }
}

static void revoked_after_being_cached(void **state)
{
    (void)state;
    char bearer[2][HEADER_BYTES];
    struct auth_request request = fixture_request();
    request.token_id = "m-token";
    issue_bearer(&fixture.key, &request, bearer[0]);
    request.token_id = "other";
    issue_bearer(&fixture.key, &request, bearer[1]);
    assert_int_equal(verify(bearer[0], NOW_S), ERR_NONE);
    assert_int_equal(verify(bearer[1], NOW_S), ERR_NONE);
    static const char *const ids[] = {"z-token", "m-token", "a-token"};
    assert_int_equal(auth_revoke_replace(fixture.auth, ids, 3), ERR_NONE);
    assert_int_equal(verify(bearer[0], NOW_S), ERR_UNAUTHENTICATED);
    assert_int_equal(verify(bearer[1], NOW_S), ERR_NONE);
    assert_int_equal(stats_now().verifications, 2);

    static const char *const too_long[] = {"0123456789012345678901234567890123456789012345678901234567890123x"};
    assert_int_equal(auth_revoke_replace(fixture.auth, too_long, 1), ERR_INTERNAL);
    assert_int_equal(auth_revoke_replace(fixture.auth, ids, AUTH_REVOKED_MAX + 1), ERR_INTERNAL);
    assert_int_equal(verify(bearer[0], NOW_S), ERR_UNAUTHENTICATED); /* the old set stays */
    assert_int_equal(auth_revoke_replace(fixture.auth, NULL, 0), ERR_NONE);
    assert_int_equal(verify(bearer[0], NOW_S), ERR_NONE);
}

static void keys_rotate_without_restart(void **state)
{
    (void)state;
    char old_bearer[HEADER_BYTES], new_bearer[HEADER_BYTES];
    struct signing_key keys[2] = {fixture.key};
    struct auth_request request = fixture_request();
    fixture_other_key(&fixture, &keys[1]);
    issue_bearer(&keys[0], &request, old_bearer);
    issue_bearer(&keys[1], &request, new_bearer);
    assert_int_equal(verify(old_bearer, NOW_S), ERR_NONE);
    assert_int_equal(verify(new_bearer, NOW_S), ERR_UNAUTHENTICATED);

    assert_int_equal(jwks_write(keys, 2, fixture.jwks_path), ERR_NONE);
    assert_int_equal(verify(new_bearer, NOW_S), ERR_UNAUTHENTICATED); /* the file is looked at once a second */
    assert_int_equal(verify(new_bearer, NOW_S + 1), ERR_NONE);
    assert_int_equal(verify(old_bearer, NOW_S + 1), ERR_NONE);
    assert_int_equal(stats_now().keys, 2);

    /* A key that is withdrawn takes its cached tokens with it. */
    assert_int_equal(jwks_write(&keys[1], 1, fixture.jwks_path), ERR_NONE);
    assert_int_equal(verify(old_bearer, NOW_S + 2), ERR_UNAUTHENTICATED);
    assert_int_equal(verify(new_bearer, NOW_S + 2), ERR_NONE);
    assert_int_equal(stats_now().key_reloads, 2);
    assert_int_equal(stats_now().key_reload_failures, 0);
}

static void put_jwks(const char *text)
{
    unlink(fixture.jwks_path);
    FILE *file = fopen(fixture.jwks_path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    fclose(file);
}

static void unusable_key_file_keeps_the_old_keys(void **state)
{
    (void)state;
    char bearer[HEADER_BYTES];
    struct auth_request request = fixture_request();
    issue_bearer(&fixture.key, &request, bearer);
    assert_int_equal(verify(bearer, NOW_S), ERR_NONE);
    static const char *const broken[] = {"", "{\"keys\":[]}",
                                         "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\",\"kid\":\"a\"}]}"};
    int64_t now_s = NOW_S;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        put_jwks(broken[i]);
        assert_int_equal(verify(bearer, ++now_s), ERR_NONE);
        assert_int_equal(stats_now().key_reload_failures, i + 1);
        assert_non_null(strstr(stats_now().reload_reason, fixture.jwks_path));
    }
    unlink(fixture.jwks_path);
    assert_int_equal(verify(bearer, ++now_s), ERR_NONE);
    assert_int_equal(stats_now().key_reload_failures, 4);
    assert_int_equal(verify(bearer, ++now_s), ERR_NONE); /* tried again, though nothing has changed */
    assert_int_equal(stats_now().key_reload_failures, 5);
    assert_int_equal(stats_now().verifications, 1); /* keys that did not change keep the cache */
    assert_int_equal(jwks_write(&fixture.key, 1, fixture.jwks_path), ERR_NONE);
    assert_int_equal(verify(bearer, ++now_s), ERR_NONE);
    assert_string_equal(stats_now().reload_reason, "");
    assert_int_equal(stats_now().verifications, 2);
    assert_int_equal(verify(bearer, NOW_S), ERR_NONE); /* clock set back */
    unlink(fixture.jwks_path);
    assert_int_equal(verify(bearer, NOW_S - 10), ERR_NONE);
    assert_int_equal(stats_now().key_reload_failures, 6);
}

static void a_full_cache_stays_right(void **state)
{
    (void)state;
    enum { TOKENS = 1400 };
    char bearer[HEADER_BYTES];
    struct principal principal;
    for (int i = 0; i < TOKENS; i++) {
        char id[16];
        struct auth_request request = fixture_request();
        snprintf(id, sizeof id, "id-%d", i);
        request.token_id = id;
        issue_bearer(&fixture.key, &request, bearer);
        for (int again = 0; again < 2; again++) {
            assert_int_equal(auth_verify(fixture.auth, bearer, NOW_S, &principal), ERR_NONE);
            assert_string_equal(principal.token_id, id);
        }
    }
    assert_int_equal(stats_now().verifications, TOKENS);
    assert_int_equal(stats_now().cache_hits, TOKENS);
}

static void start_needs_a_usable_configuration(void **state)
{
    (void)state;
    char reason[JWKS_REASON_BYTES], missing[128], long_name[300];
    struct auth *auth;
    snprintf(missing, sizeof missing, "%s/none.json", fixture.folder);
    memset(long_name, 'x', sizeof long_name);
    long_name[sizeof long_name - 1] = '\0';
    const struct auth_config configs[] = {{"", AUDIENCE, fixture.jwks_path},
                                          {ISSUER, NULL, fixture.jwks_path},
                                          {long_name, AUDIENCE, fixture.jwks_path},
                                          {ISSUER, AUDIENCE, missing}};
    static const enum err errors[] = {ERR_INTERNAL, ERR_INTERNAL, ERR_INTERNAL, ERR_KEY_FILE};
    for (size_t i = 0; i < sizeof configs / sizeof *configs; i++) {
        assert_int_equal(auth_new(&configs[i], &auth, reason), errors[i]);
        assert_null(auth);
        assert_true(strlen(reason) > 10);
    }
    auth_free(NULL);
}

enum { THREADS = 4, ROUNDS = 400, THREAD_TOKENS = 8 };

struct load {
    char bearer[THREAD_TOKENS][HEADER_BYTES];
    _Atomic int refused;
    _Atomic int wrong;
};

/* Tokens 0 to 3 are always good, 4 to 7 are revoked now and then. */
static void *verify_many(void *argument)
{
    struct load *load = argument;
    for (int round = 0; round < ROUNDS; round++) {
        int which = round % THREAD_TOKENS;
        char id[16];
        struct principal principal;
        snprintf(id, sizeof id, "id-%d", which);
        enum err err = auth_verify(fixture.auth, load->bearer[which], NOW_S + round / 20, &principal);
        if (err == ERR_UNAUTHENTICATED && which >= 4) {
            load->refused++;
        } else if (err != ERR_NONE || strcmp(principal.token_id, id) != 0) {
            load->wrong++;
        }
    }
    return NULL;
}

static void threads_with_rotation_and_revocation(void **state)
{
    (void)state;
    static struct load load;
    pthread_t threads[THREADS];
    struct signing_key keys[2] = {fixture.key};
    fixture_other_key(&fixture, &keys[1]);
    for (int i = 0; i < THREAD_TOKENS; i++) {
        char id[16];
        struct auth_request request = fixture_request();
        snprintf(id, sizeof id, "id-%d", i);
        request.token_id = id;
        issue_bearer(&fixture.key, &request, load.bearer[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, verify_many, &load), 0);
    }
    static const char *const ids[] = {"id-4", "id-5", "id-6", "id-7"};
    for (int i = 0; i < 100; i++) {
        assert_int_equal(auth_revoke_replace(fixture.auth, ids, i % 5), ERR_NONE);
        assert_int_equal(jwks_write(keys, 1 + (size_t)i % 2, fixture.jwks_path), ERR_NONE);
        assert_true(stats_now().keys >= 1);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    assert_int_equal(load.wrong, 0);
    assert_true(load.refused <= THREADS * ROUNDS / 2);
    struct auth_stats stats = stats_now();
    assert_int_equal(stats.key_reload_failures, 0);
    assert_int_equal(stats.cache_hits + stats.verifications, THREADS * ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(cache_ends_after_its_time_and_at_exp, set_up, tear_down),
        cmocka_unit_test_setup_teardown(revoked_after_being_cached, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_rotate_without_restart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unusable_key_file_keeps_the_old_keys, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_cache_stays_right, set_up, tear_down),
        cmocka_unit_test_setup_teardown(start_needs_a_usable_configuration, set_up, tear_down),
        cmocka_unit_test_setup_teardown(threads_with_rotation_and_revocation, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("auth_cache", tests, NULL, NULL);
}
