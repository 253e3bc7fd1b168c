#include "common/auth_fixture.h"

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

static enum err verify(const char *bearer, int64_t now_s, struct principal *ret_principal)
{
    static const struct principal empty;
    memset(ret_principal, 0xee, sizeof *ret_principal);
    enum err err = auth_verify(fixture.auth, bearer, now_s, ret_principal);
    if (err != ERR_NONE) {
        assert_memory_equal(ret_principal, &empty, sizeof empty);
    }
    return err;
}

static void expect(const char *bearer, int64_t now_s, enum err expected)
{
    struct principal principal;
    assert_string_equal(err_info(verify(bearer, now_s, &principal))->code, err_info(expected)->code);
}

static void issued_token_verifies(void **state)
{
    (void)state;
    static const int64_t divisions[] = {340103001, 340103100};
    static const char *const programmes[] = {"dibao", "care-subsidy"};
    struct auth_request request = fixture_request();
    request.divisions = divisions;
    request.division_count = 2;
    request.programmes = programmes;
    request.programme_count = 2;
    request.token_id = "token-1";
    char bearer[HEADER_BYTES];
    struct principal p;
    issue_bearer(&fixture.key, &request, bearer);
    for (int i = 0; i < 2; i++) { /* verified, then from the cache */
        assert_int_equal(verify(bearer, NOW_S, &p), ERR_NONE);
        assert_string_equal(p.subject, "zhang.san");
        assert_string_equal(p.client_id, "console");
        assert_string_equal(p.token_id, "token-1");
        assert_int_equal(p.expires_at_s, NOW_S + 600);
        assert_int_equal(p.district, 340103);
        assert_int_equal(p.scopes, request.scopes);
        assert_true(p.divisions_limited && p.programmes_limited);
        assert_int_equal(p.division_count, 2);
        assert_true(principal_reaches_division(&p, 340103100));
        assert_false(principal_reaches_division(&p, 340103002));
        assert_true(principal_reaches_programme(&p, "care-subsidy"));
        assert_false(principal_reaches_programme(&p, "orphans"));
    }
    struct auth_stats stats;
    auth_stats(fixture.auth, &stats);
    assert_int_equal(stats.verifications, 1);
    assert_int_equal(stats.cache_hits, 1);
    assert_int_equal(stats.keys, 1);
}

static void subjects_are_one_whatever_their_case(void **state)
{
    (void)state;
    struct auth_request request = fixture_request();
    request.subject = "EVE.Li@Example";
    char bearer[HEADER_BYTES];
    struct principal p;
    issue_bearer(&fixture.key, &request, bearer);
    for (int i = 0; i < 2; i++) { /* verified, then from the cache */
        assert_int_equal(verify(bearer, NOW_S, &p), ERR_NONE);
        assert_string_equal(p.subject, "eve.li@example");
    }
}

static void absent_is_all_and_empty_is_nothing(void **state)
{
    (void)state;
    struct auth_request request = fixture_request();
    char bearer[HEADER_BYTES];
    struct principal p;
    issue_bearer(&fixture.key, &request, bearer);
    assert_int_equal(verify(bearer, NOW_S, &p), ERR_NONE);
    assert_int_equal(strlen(p.token_id), 32);
    assert_true(principal_reaches_division(&p, 340103001) && principal_reaches_programme(&p, "dibao"));
    request.divisions = (const int64_t[]){0};
    request.programmes = (const char *const[]){""};
    issue_bearer(&fixture.key, &request, bearer);
    assert_int_equal(verify(bearer, NOW_S, &p), ERR_NONE);
    assert_true(p.divisions_limited && p.programmes_limited);
    assert_false(principal_reaches_division(&p, 340103001) || principal_reaches_programme(&p, "dibao"));
}

static void issue_refuses_what_would_not_verify(void **state)
{
    (void)state;
    static const int64_t many[PRINCIPAL_DIVISIONS_MAX + 1] = {340103001};
    const struct auth_request good = fixture_request();
    struct auth_request bad[11];
    for (size_t i = 0; i < 11; i++) {
        bad[i] = good;
    }
    bad[0].district = 0;
    bad[1].district = 34010;
    bad[2].subject = "";
    bad[3].client_id = "two words";
    bad[4].life_s = AUTH_LIFE_S_MAX + 1;
    bad[5].life_s = 0;
    bad[6].issuer = NULL;
    bad[7].scopes = 1u << 31;
    bad[8].divisions = many;
    bad[8].division_count = PRINCIPAL_DIVISIONS_MAX + 1;
    bad[9].token_id = "0123456789012345678901234567890123456789012345678901234567890123x";
    bad[10].now_s = INT64_MAX;
    char *token;
    for (size_t i = 0; i < 11; i++) {
        assert_int_equal(auth_issue(&fixture.key, &bad[i], &token), ERR_INVALID_FIELDS);
        assert_null(token);
    }
    struct auth_request request = good;
    request.scopes = SCOPE_PAYMENTS_APPROVE | SCOPE_PAYMENTS_RELEASE;
    assert_int_equal(auth_issue(&fixture.key, &request, &token), ERR_FORBIDDEN);
    struct signing_key broken = fixture.key;
    broken.pem_length = 10;
    assert_int_equal(auth_issue(&broken, &good, &token), ERR_KEY_FILE);
}

static void header_line_is_strict(void **state)
{
    (void)state;
    char bearer[HEADER_BYTES], line[2 * HEADER_BYTES];
    struct auth_request request = fixture_request();
    issue_bearer(&fixture.key, &request, bearer);
    const char *token = bearer + 7;
    static const char *const formats[] = {"%s",
                                          "Basic %s",
                                          "Bearer",
                                          "Bearer ",
                                          "Bearer  %s",
                                          "Bearer\t%s",
                                          " Bearer %s",
                                          "Bearer %s ",
                                          "Bearer %s\n",
                                          "Bearer %s=",
                                          "Bearer %s,",
                                          "Bearer %s.",
                                          "Bearer .%s",
                                          "Bearer %s.e30",
                                          "Bearer %s=\n",
                                          "Bearer %1$s,%1$s",
                                          "Bearer %1$s, Bearer %1$s",
                                          "Bearer %1$s %1$s",
                                          "Bearer ..",
                                          "Bearer a.b.c"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(line, sizeof line, formats[i], token);
#pragma GCC diagnostic pop
        expect(line, NOW_S, ERR_UNAUTHENTICATED);
    }
    expect(NULL, NOW_S, ERR_UNAUTHENTICATED);
    expect("", NOW_S, ERR_UNAUTHENTICATED);
    snprintf(line, sizeof line, "bearer %s", token); /* RFC 9110: the scheme has no case */
    expect(line, NOW_S, ERR_NONE);
}

/* A lax decoder accepts another last character of the signature, whose unused bits are then not zero. */
static void every_changed_character_is_refused(void **state)
{
    (void)state;
    char bearer[HEADER_BYTES];
    struct auth_request request = fixture_request();
    issue_bearer(&fixture.key, &request, bearer);
    size_t length = strlen(bearer);
    for (size_t i = 7; i < length; i++) {
        char kept = bearer[i];
        bearer[i] = kept == 'A' ? 'B' : 'A';
        expect(bearer, NOW_S, ERR_UNAUTHENTICATED);
        bearer[i] = kept;
    }
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. \n";
    char kept = bearer[length - 1];
    for (const char *c = alphabet; *c; c++) {
        bearer[length - 1] = *c;
        expect(bearer, NOW_S, *c == kept ? ERR_NONE : ERR_UNAUTHENTICATED);
    }
    for (size_t cut = 0; cut < length; cut++) {
        bearer[length - 1] = kept;
        char rest = bearer[cut];
        bearer[cut] = '\0';
        expect(bearer, NOW_S, ERR_UNAUTHENTICATED);
        bearer[cut] = rest;
    }
}

static void forged_algorithms(void **state)
{
    (void)state;
    static const char claims[] = "{" PARTIES "," TIMES "," NAMES "," RIGHTS "}";
    char bearer[HEADER_BYTES], header[256];
    struct jwks *jwks = malloc(sizeof *jwks);
    char reason[JWKS_REASON_BYTES];
    assert_non_null(jwks);
    assert_int_equal(jwks_load(fixture.jwks_path, jwks, reason), ERR_NONE);
    static const char *const algs[] = {"none",  "None",  "",      "HS256", "HS512",
                                       "ES384", "RS256", "PS256", "es256", "EdDSA"};
    for (size_t i = 0; i < sizeof algs / sizeof *algs; i++) {
        snprintf(header, sizeof header, "{\"typ\":\"at+jwt\",\"alg\":\"%s\",\"kid\":\"%s\"}", algs[i], fixture.key.kid);
        size_t length = forge_unsigned(header, claims, bearer);
        expect(bearer, NOW_S, ERR_UNAUTHENTICATED);
        memcpy(bearer + length, ".", 2);
        expect(bearer, NOW_S, ERR_UNAUTHENTICATED);
        /* The public key is public: an HMAC under it must prove nothing. */
        uint8_t mac[CRYPTO_DIGEST_BYTES];
        assert_int_equal(
            crypto_hmac(CRYPTO_HMAC_SHA_256, jwks->keys[0].pem, jwks->keys[0].pem_length, bearer + 7, length - 7, mac),
            ERR_NONE);
        crypto_base64url_encode(mac, sizeof mac, bearer + length + 1);
        expect(bearer, NOW_S, ERR_UNAUTHENTICATED);
        forge_bearer(&fixture.key, header, claims, bearer);
        expect(bearer, NOW_S, ERR_UNAUTHENTICATED);
    }
    struct signing_key other;
    fixture_other_key(&fixture, &other);
    good_header(&fixture.key, header); /* our kid, signed by a stranger */
    forge_bearer(&other, header, claims, bearer);
    expect(bearer, NOW_S, ERR_UNAUTHENTICATED);
    forge_bearer(&fixture.key, header, claims, bearer);
    expect(bearer, NOW_S, ERR_NONE);
    jwks_release(jwks);
    free(jwks);
}

static void forged_headers(void **state)
{
    (void)state;
    static const char claims[] = "{" PARTIES "," TIMES "," NAMES "," RIGHTS "}";
    char bearer[HEADER_BYTES], header[512];
    static const struct {
        const char *typ, *kid, *more;
        enum err err;
    } cases[] = {
        {"\"at+jwt\"", NULL, "", ERR_NONE},
        {"\"AT+JWT\"", NULL, "", ERR_NONE},
        {"\"application/at+jwt\"", NULL, "", ERR_NONE},
        {"\"at+jwt\"", NULL, ",\"x5t\":\"abc\"", ERR_NONE},
        {"\"JWT\"", NULL, "", ERR_UNAUTHENTICATED},
        {"\"\"", NULL, "", ERR_UNAUTHENTICATED},
        {"null", NULL, "", ERR_UNAUTHENTICATED},
        {"[\"at+jwt\"]", NULL, "", ERR_UNAUTHENTICATED},
        {"\"at+jwt\"", "unknown", "", ERR_UNAUTHENTICATED},
        {"\"at+jwt\"", "", "", ERR_UNAUTHENTICATED},
        {"\"at+jwt\"", "../../etc/passwd", "", ERR_UNAUTHENTICATED},
        {"\"at+jwt\"", "a' or '1'='1", "", ERR_UNAUTHENTICATED},
        {"\"at+jwt\"", NULL, ",\"crit\":[\"exp\"]", ERR_UNAUTHENTICATED},
        {"\"at+jwt\"", NULL, ",\"crit\":null", ERR_UNAUTHENTICATED},
        {"\"at+jwt\"", NULL, ",\"jku\":\"https://evil.example/jwks\"", ERR_UNAUTHENTICATED},
        {"\"at+jwt\"", NULL, ",\"jwk\":{}", ERR_UNAUTHENTICATED},
        {"\"at+jwt\"", NULL, ",\"x5u\":\"https://evil.example/\"", ERR_UNAUTHENTICATED},
        {"\"at+jwt\"", NULL, ",\"x5c\":[]", ERR_UNAUTHENTICATED},
        {"\"at+jwt\"", NULL, ",\"alg\":\"ES256\"", ERR_UNAUTHENTICATED}, /* a repeated name */
        {"\"at+jwt\"", NULL, ",\"a\":{\"b\":1,\"b\":1}", ERR_UNAUTHENTICATED},
        {"\"at+jwt\"", NULL, "}{", ERR_UNAUTHENTICATED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(header, sizeof header, "{\"typ\":%s,\"alg\":\"ES256\",\"kid\":\"%s\"%s}", cases[i].typ,
                 cases[i].kid ? cases[i].kid : fixture.key.kid, cases[i].more);
        forge_bearer(&fixture.key, header, claims, bearer);
        expect(bearer, NOW_S, cases[i].err);
    }
    static const char *const whole[] = {"",
                                        "{}",
                                        "[]",
                                        "null",
                                        "{\"typ\":\"at+jwt\",\"alg\":\"ES256\"}",
                                        "{\"typ\":\"at+jwt\",\"alg\":\"ES256\",\"kid\":7}"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        forge_bearer(&fixture.key, whole[i], claims, bearer);
        expect(bearer, NOW_S, ERR_UNAUTHENTICATED);
    }
}

static const struct {
    const char *claims;
    enum err err;
} claim_cases[] = {
    {"{" PARTIES "," TIMES "," NAMES "," RIGHTS "}", ERR_NONE},
    {"{\"iss\":\"" ISSUER "\",\"aud\":[\"x\",\"" AUDIENCE "\"]," TIMES "," NAMES "," RIGHTS "}", ERR_NONE},
    {"{" PARTIES ",\"nbf\":1593561630," TIMES "," NAMES "," RIGHTS "}", ERR_NONE},
    {"{" PARTIES "," TIMES "," NAMES ",\"district\":340103}", ERR_NONE},
    {"{" PARTIES "," TIMES "," NAMES ",\"scope\":\"\",\"district\":340103}", ERR_NONE},
    {"{" PARTIES "," TIMES "," NAMES ",\"scope\":\"openid other:thing payments:read\",\"district\":340103}", ERR_NONE},
    {"{" PARTIES "," TIMES "," NAMES ",\"scope\":\"system:metrics\"}", ERR_NONE},
    {"{" PARTIES "," TIMES "," NAMES ",\"scope\":\"system:metrics\",\"district\":0}", ERR_NONE},
    {"{" PARTIES "," TIMES "," NAMES ",\"scope\":\"payments:prepare payments:release\",\"district\":340103}", ERR_NONE},
    /* repeated names, broken JSON, other JSON */
    {"{" PARTIES "," TIMES "," NAMES "," RIGHTS ",\"exp\":1593562200}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES "," RIGHTS ",\"district\":340104}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES "," RIGHTS "}}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES "," RIGHTS ",\"x\":\"\\u0000\"}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES "," RIGHTS ",\"x\":\"\xff\"}", ERR_UNAUTHENTICATED},
    {"[]", ERR_UNAUTHENTICATED},
    {"", ERR_UNAUTHENTICATED},
    /* exp, iat, nbf */
    {"{" PARTIES ",\"iat\":1593561600,\"exp\":\"1593562200\"," NAMES "," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{" PARTIES ",\"iat\":1593561600,\"exp\":1593562200.0," NAMES "," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{" PARTIES ",\"iat\":1593561600,\"exp\":1593562e3," NAMES "," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{" PARTIES ",\"iat\":1593561600,\"exp\":null," NAMES "," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{" PARTIES ",\"iat\":1593561600," NAMES "," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{" PARTIES ",\"iat\":1593561600,\"exp\":9223372036854775807," NAMES "," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{" PARTIES ",\"iat\":1593561600,\"exp\":99999999999999999999," NAMES "," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{" PARTIES ",\"iat\":1593561600,\"exp\":-1," NAMES "," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{" PARTIES ",\"iat\":1593561600,\"exp\":1593648001," NAMES "," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{" PARTIES ",\"exp\":1593562200," NAMES "," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{" PARTIES ",\"iat\":true,\"exp\":1593562200," NAMES "," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{" PARTIES ",\"iat\":1593561631,\"exp\":1593562200," NAMES "," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{" PARTIES ",\"nbf\":1593561631," TIMES "," NAMES "," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{" PARTIES ",\"nbf\":null," TIMES "," NAMES "," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{" PARTIES ",\"nbf\":\"0\"," TIMES "," NAMES "," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{" PARTIES ",\"iat\":1593561000,\"exp\":1593561570," NAMES "," RIGHTS "}", ERR_TOKEN_EXPIRED},
    {"{" PARTIES ",\"iat\":1593561000,\"exp\":1593561571," NAMES "," RIGHTS "}", ERR_NONE},
    /* an expired token with another fault does not say that it is expired */
    {"{" PARTIES ",\"iat\":1593561000,\"exp\":1593561570," NAMES ",\"scope\":\"payments:read\"}", ERR_UNAUTHENTICATED},
    /* iss and aud */
    {"{\"iss\":\"https://id.example.cn\",\"aud\":\"huimin\"," TIMES "," NAMES "," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{\"aud\":\"huimin\"," TIMES "," NAMES "," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{\"iss\":[\"" ISSUER "\"],\"aud\":\"huimin\"," TIMES "," NAMES "," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{\"iss\":\"" ISSUER "\",\"aud\":\"huimin2\"," TIMES "," NAMES "," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{\"iss\":\"" ISSUER "\",\"aud\":[]," TIMES "," NAMES "," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{\"iss\":\"" ISSUER "\",\"aud\":[\"huimin\",1]," TIMES "," NAMES "," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{\"iss\":\"" ISSUER "\"," TIMES "," NAMES "," RIGHTS "}", ERR_UNAUTHENTICATED},
    /* sub, client_id, jti */
    {"{" PARTIES "," TIMES ",\"client_id\":\"c\",\"jti\":\"t\"," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES ",\"sub\":\"s\",\"jti\":\"t\"," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES ",\"sub\":\"s\",\"client_id\":\"c\"," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES ",\"sub\":\"\",\"client_id\":\"c\",\"jti\":\"t\"," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES ",\"sub\":\"a b\",\"client_id\":\"c\",\"jti\":\"t\"," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES ",\"sub\":\"a\\nb\",\"client_id\":\"c\",\"jti\":\"t\"," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES ",\"sub\":\"张三\",\"client_id\":\"c\",\"jti\":\"t\"," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES ",\"sub\":\"s\",\"client_id\":\"c\",\"jti\":7," RIGHTS "}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES ",\"sub\":\"s\",\"client_id\":\"c\",\"jti\":"
     "\"0123456789012345678901234567890123456789012345678901234567890123x\"," RIGHTS "}",
     ERR_UNAUTHENTICATED},
    /* scope and district */
    {"{" PARTIES "," TIMES "," NAMES ",\"scope\":[\"payments:read\"],\"district\":340103}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES ",\"scope\":null,\"district\":340103}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES ",\"scope\":\" payments:read\",\"district\":340103}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES ",\"scope\":\"payments:read \",\"district\":340103}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES ",\"scope\":\"a  b\",\"district\":340103}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES ",\"scope\":\"a\\tb\",\"district\":340103}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES ",\"scope\":\"payments:read\"}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES ",\"scope\":\"payments:read system:metrics\"}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES ",\"scope\":\"system:metrics payments:read\"}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES ",\"scope\":\"system:metrics other\",\"district\":0}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES ",\"scope\":\"\"}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES "}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES ",\"scope\":\"system:metrics\",\"district\":null}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES ",\"district\":\"340103\"}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES ",\"district\":340103.0}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES ",\"district\":99999}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES ",\"district\":1000000}", ERR_UNAUTHENTICATED},
    /* divisions and programmes */
    {"{" PARTIES "," TIMES "," NAMES "," RIGHTS ",\"divisions\":null}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES "," RIGHTS ",\"divisions\":340103001}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES "," RIGHTS ",\"divisions\":\"\"}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES "," RIGHTS ",\"divisions\":{}}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES "," RIGHTS ",\"divisions\":[\"340103001\"]}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES "," RIGHTS ",\"divisions\":[340103001,null]}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES "," RIGHTS ",\"divisions\":[340103001.0]}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES "," RIGHTS ",\"divisions\":[34010300]}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES "," RIGHTS ",\"divisions\":[3401030010]}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES "," RIGHTS ",\"programmes\":null}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES "," RIGHTS ",\"programmes\":\"dibao\"}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES "," RIGHTS ",\"programmes\":[\"\"]}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES "," RIGHTS ",\"programmes\":[\"Dibao\"]}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES "," RIGHTS ",\"programmes\":[1]}", ERR_UNAUTHENTICATED},
    {"{" PARTIES "," TIMES "," NAMES "," RIGHTS ",\"programmes\":[\"a123456789012345678901234567890123456789\"]}",
     ERR_UNAUTHENTICATED},
};

static void forged_claims(void **state)
{
    (void)state;
    char bearer[HEADER_BYTES], header[256];
    good_header(&fixture.key, header);
    for (size_t i = 0; i < sizeof claim_cases / sizeof *claim_cases; i++) {
        struct principal principal;
        forge_bearer(&fixture.key, header, claim_cases[i].claims, bearer);
        enum err err = verify(bearer, NOW_S, &principal);
        if (err != claim_cases[i].err) {
            fail_msg("%s: %s", claim_cases[i].claims, err_info(err)->code);
        }
    }
}

static void too_many_rows_and_too_long(void **state)
{
    (void)state;
    char bearer[HEADER_BYTES], header[256], claims[8192];
    good_header(&fixture.key, header);
    for (int count = PRINCIPAL_DIVISIONS_MAX; count <= PRINCIPAL_DIVISIONS_MAX + 1; count++) {
        int length =
            snprintf(claims, sizeof claims, "{" PARTIES "," TIMES "," NAMES "," RIGHTS ",\"divisions\":[340103001");
        for (int i = 1; i < count; i++) {
            length += snprintf(claims + length, sizeof claims - (size_t)length, ",%d", 340103001 + i);
        }
        snprintf(claims + length, sizeof claims - (size_t)length, "]}");
        forge_bearer(&fixture.key, header, claims, bearer);
        expect(bearer, NOW_S, count <= PRINCIPAL_DIVISIONS_MAX ? ERR_NONE : ERR_UNAUTHENTICATED);
    }
    /* One byte of claims decides: 8 KiB of token pass, the next length does not; 9 KiB do not either. */
    bool passed = false, refused = false;
    for (size_t pad = 5500; pad < 6900; pad++) {
        snprintf(claims, sizeof claims, "{" PARTIES "," TIMES "," NAMES "," RIGHTS ",\"x\":\"%0*d\"}", (int)pad, 0);
        forge_bearer(&fixture.key, header, claims, bearer);
        size_t length = strlen(bearer) - 7;
        if (length > AUTH_TOKEN_BYTES_MAX - 2 && length < AUTH_TOKEN_BYTES_MAX + 3) {
            expect(bearer, NOW_S, length <= AUTH_TOKEN_BYTES_MAX ? ERR_NONE : ERR_UNAUTHENTICATED);
            passed = passed || length <= AUTH_TOKEN_BYTES_MAX;
            refused = refused || length > AUTH_TOKEN_BYTES_MAX;
        }
    }
    assert_true(passed && refused && strlen(bearer) > 9 * 1024);
    expect(bearer, NOW_S, ERR_UNAUTHENTICATED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(issued_token_verifies, set_up, tear_down),
        cmocka_unit_test_setup_teardown(subjects_are_one_whatever_their_case, set_up, tear_down),
        cmocka_unit_test_setup_teardown(absent_is_all_and_empty_is_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(issue_refuses_what_would_not_verify, set_up, tear_down),
        cmocka_unit_test_setup_teardown(header_line_is_strict, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_changed_character_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(forged_algorithms, set_up, tear_down),
        cmocka_unit_test_setup_teardown(forged_headers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(forged_claims, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_many_rows_and_too_long, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("auth", tests, NULL, NULL);
}
