/* Tokens of a provider that signs with RSA, and the confusion of algorithms between its key and others. The
 * signatures were made apart from this code (openssl dgst -sign) over forge_unsigned() of the header below
 * and `claims`; the private key was thrown away. */
#include "common/auth_fixture.h"

static struct fixture fixture;

static const char claims[] = "{" PARTIES "," TIMES "," NAMES "," RIGHTS "}";
#define HEADER "{\"typ\":\"at+jwt\",\"alg\":\"%s\",\"kid\":\"rsa\"}"

static const char modulus_2048[] =
    "yeOHDSbHvTPfLd8pN_Q9-mAlKT3OR2iEUCAmFRqsV3YJxUP6483pKkeTkMssiyl-mPwGTiD1O8WZHLAXSBLPTseJjYPxTrAO"
    "LYvlpAw7iOjPv6qX-fZBDxpN6arF2g5jNtgg2mndW0YBK5s0KLfCQl1SatzzYUAtdc6r-rQ73CtQxwFcLLuJ3NF0LV9aG7Xw"
    "fQaLsj_Pa5sbVJuAqEsLgmoZyphgyD7W_naGnreNIZT0InAReLc425z-k449kyTIoCQBRzqyEadsgPnGSRQVk8HYSJ07YyDJ"
    "a-DFj5BeONEE33mPiTgqIzvHVNPcpxSiEzDTxGfVspiT9LgPw2JaKQ";
static const char modulus_1024[] =
    "p_cdr7oQHkzsdt-aCGHC-0myhVET0zevouksHeWmx9ai7GMTK9Er1B7ZX2edJeEyA9kghtbW8UVl6cVIuCc9nJFM1qNR--bv"
    "EfkrrcjY3aziRxHZpKeBewZsI6R0cEIov0r0zECve1tHzAZHUTqSiV4PYmIikkXvAJKRYwUqNuM";

/* Each is a true signature of its own token in the algorithm that the header names, or RS256 where RSA has
 * none of that name. */
static const struct {
    const char *alg, *signature;
} signatures[] = {
    {"RS256", "yTtaDgc6Zc7jByzo8cDEyibFlsJ7GBO9EQwhm3Hq61yM75JBu_lbnzNdBFvFwr2KP0xnPjkw6OPXcaBOJkOzpRSoxLQ1Zgz7"
              "cR3Ud6yNGX7_dvSPh-WjPFQoxEhiSoue2bkVR4tJATV84qqss_qFcETmL038feZ0YdQasNXIgVeoh8uYLxdb6H1yB7RVWOsL"
              "8rjIhlLxD9le3cSxIw73LNcPQru9g8o02yKJuvAF7GCNDV6Zkk8uzAEr6lMJjEoNydvVL3KFSAe70RrB11Fdnd-imTSufTfm"
              "NaYNXkdG4KY4b8NJ1AR-cBULCjyCnBQy2e_BTONr9W_qztw4R_zWtw"},
    {"RS384", "SZirixN2K1CEcFRlkFbn_d25QQpNrE65utadPg5pfrhr17cjj2Xzmo4kM8q6tzGZYZBdzrSUuC5Vsx7N7ItDNrgqD9yObMPH"
              "sRFqiyTL00iKhsBanXsIvJJ1cdUeupdaZT9JPYLXz5zuhOTEY-k-GnM6xpknMdU-VXp71cy9vGW6Swu5X5f95qYGFqjrD0ey"
              "5BtTFGSlwKPig6qsJ7pxxf5C7YGl-xtpV3uT8CKC2g877LCp1EvSrjGY26aWO1M2QkeWA0uCwlXVqkzdC4RB87wwGHfMWsFr"
              "8csdZGdZ3mjYkpOG1oZ0f7Fd9KXb2Xf_C3o1tKKz7zMEs17iktD8lw"},
    {"RS512", "KH1GzlA2bj1Fi0PWIcwYklslQ-TLD7cFZTBtvHNN36LaiCRjYKPKO_jauY-Mjzo5jSv0LIInufL2sCWTLmnzVcp304Hhj_UA"
              "9bY9L-nCkzWZ5Ebmx1ujdkegHTZUMnBM8ubrHxwPxqmtkZw8G6Egi_CkAHFzDD0geX3yII5vNXcHkRAYo7P2Mi9NoVSne1J7"
              "eLEqLUfHdydmGTnbihPHQWQGvqoSVkPMLR6L2WjUhXdSci1isaevi6Vmol1wKXSUH38x9DbgsSupWflqepRjb_DcsKgRfjQD"
              "Me6iDd-wUFmpgOalWs5Ytr5_MwCsGGLR6rfn_1orCdUEVVkMcpgaww"},
    {"PS256", "OsRDAPeRSoU4rGyopbAWj3fKJ0AhTJ5usZnYs2Kxizina1T7I5iSnILk6blNW8cm10vMb32YiCx4gSp58QnqVp3wp1eDf-uY"
              "DKYkJ-pAuuWOiuVOac3SyqW15vyfzIhwgAHeyfW3ao6LJeLB1X7jKonKUpvdkZ5bRqRX8tEl_KsNyhj280wcD7Aar92TvPYa"
              "LRFWrd4h1mU6tpAHcyHRM1QVqNuJdxvTnga9vcTv-cV2s8whGhHyvcJivTLemmetUkrpPrZFvBIBYzUntlwTRK14BU2dZwBI"
              "QXrMnNOSmv9zylU4l9pYVGOT4XWa_JIBDfKgwN5TawU3Kv1UishYMg"},
    {"none", "RguHzEKDghWR5FkIN3kxdH1OXsY4OxMyB1YDcX3ro4bYr1zpMM-jet0JWy6XtAg64h4Wrbc8dcek1UScdlBiUxDQj_s8iJ8Y"
             "Yv7rjEXbRkVTq_NicizOh8B9PMjx2MI1mGg48SDTadzy96dtRldG5SaI2uYPvuWaivhugZXmn6q2NUtO675lAMRbrillR3JV"
             "pa-w4BWuW57AOOKdZZx17K_KuD4NVV9lno1xzXI4q30fa8jATnuCSGEO1CQGEDVZP0V73HG7pQK8rXRbE0qYkvZ1L9hy4_jw"
             "e1VdgEh1E9GCV9SuYkbjSgnaN2yOcQqma22iCmliFDlyRLbvSu_JZw"},
    {"ES256", "HC0DrpaN0YDz9tlt7Is66b4ad0Ia2sSBfbDmc4mnYBmOfIniTRn4_m4tTrLnDs5F8jRxC2eQYMNvYhdRoIAa1UjtUqoRHOy1"
              "JQfrYIRaxlBJy9jWvVR7aRVZl_s4A5abUZEpoJCyv73EcOJaRivRK7DaxK_kQUQzsDPdpEDYK7LUA8_V0fXSOguX-D9xA9lx"
              "uQ0mSyGoKFfA65H2U-hZT495NQh7WIWHQTDbpasWKnQvV4NzVsO0x0pmpDsict261b8T_qLnUrhziSr24HYz5JB71TbiDqBu"
              "M_IDzjwCfutRylpxLyyUqWU6eR7wsraomstcw-dwKBQHkkSwAY79nA"},
    {"HS256", "h-IBBqHNI1npNrksLO_szjI7Ec4Va4FYJeacSNKRGj68_SkL8z4-dqKJALzUFPBFpOJpHgJV5aJEkizC_h2sw8Kgfv7dlXHm"
              "-XbfOHKho7BcQMc3pXubd2Uk8kun7k3FkwSWpZWsa_tiUmmBZ_mh9YOivwSehjcQz4FhQ65oTYd2vhXK6Znjzn4Xc4dlwdG6"
              "EgcxS4y1ci_z4NRe2r-w35HCI-1PJkfCbhPWqVUQwEgAjIw69HAxsNRhm-2JCB_k3Jip31h49s4abrKuKgLbrsvMMjMpddt7"
              "oJ7YS_XDtDByjK00a2QQWYPI2rSvejtHKZnCkHBkqC7Uau6C1NgqmA"},
    {"rs256", "G_dKX9UGzSJEU0qypGz1FS_uakqHnYWISzSeVHFOGkDAAmIyBcND3esoVl8_NM3ZBT_1_4OpVU9jxJAKFmw0GDh3eQQ1iVHD"
              "bagHpLkqMf8kOiZTjfpQ61RrAW0w4Ri-z-8mcKx-r7AMUDn3DNNvtA2sBRu-2R_KURnfJ7f04wR50Xc7WXy_88ZHZoNtP1k2"
              "DRrk9vbicsTzORqcE6hlDNFiua1LNYjpUYzFtnf2lR4genuu3FoVTL0OWz2OdveprZ8tPcQtnv0WabjyIzS2E-9gePaRyZaJ"
              "O7j-PtUQm3iFVqc-YVqELUclIGFHO21km8gRDcDeu6Tp5XHBlvgAMg"}};

static void put_rsa_jwks(const char *modulus)
{
    unlink(fixture.jwks_path);
    FILE *file = fopen(fixture.jwks_path, "w");
    assert_non_null(file);
    fprintf(file, "{\"keys\":[{\"kty\":\"RSA\",\"alg\":\"RS256\",\"kid\":\"rsa\",\"e\":\"AQAB\",\"n\":\"%s\"}]}",
            modulus);
    assert_int_equal(fclose(file), 0);
}

static int set_up(void **state)
{
    (void)state;
    fixture_open(&fixture);
    put_rsa_jwks(modulus_2048);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_close(&fixture);
    return 0;
}

static enum err verify(const char *bearer)
{
    struct principal principal;
    return auth_verify(fixture.auth, bearer, NOW_S, &principal);
}

static void only_rs256_verifies(void **state)
{
    (void)state;
    char bearer[HEADER_BYTES], header[128];
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
        snprintf(header, sizeof header, HEADER, signatures[i].alg);
        size_t length = forge_unsigned(header, claims, bearer);
        snprintf(bearer + length, HEADER_BYTES - length, ".%s", signatures[i].signature);
        assert_int_equal(verify(bearer), i == 0 ? ERR_NONE : ERR_UNAUTHENTICATED);
        bearer[length + 10] = bearer[length + 10] == 'A' ? 'B' : 'A';
        assert_int_equal(verify(bearer), ERR_UNAUTHENTICATED);
    }
    /* What the header names must be the key's algorithm, and a signature of another algorithm is none. */
    snprintf(header, sizeof header, HEADER, "RS256");
    for (size_t i = 1; i < sizeof signatures / sizeof *signatures; i++) {
        size_t length = forge_unsigned(header, claims, bearer);
        snprintf(bearer + length, HEADER_BYTES - length, ".%s", signatures[i].signature);
        assert_int_equal(verify(bearer), ERR_UNAUTHENTICATED);
    }
}

/* The classic: the public key, known to all, used as the secret of an HMAC. */
static void hs256_with_the_public_key_is_refused(void **state)
{
    (void)state;
    char bearer[HEADER_BYTES], reason[JWKS_REASON_BYTES];
    uint8_t mac[CRYPTO_DIGEST_BYTES];
    struct jwks *jwks = malloc(sizeof *jwks);
    assert_non_null(jwks);
    assert_int_equal(jwks_load(fixture.jwks_path, jwks, reason), ERR_NONE);
    const struct jwks_key *key = jwks_find(jwks, "rsa");
    assert_non_null(key);
    static const char *const algs[] = {"HS256", "RS256"};
    for (size_t i = 0; i < 2; i++) {
        char header[128];
        snprintf(header, sizeof header, HEADER, algs[i]);
        for (size_t newline = 0; newline < 2; newline++) { /* with and without the PEM's last newline */
            size_t length = forge_unsigned(header, claims, bearer);
            assert_int_equal(
                crypto_hmac(CRYPTO_HMAC_SHA_256, key->pem, key->pem_length - newline, bearer + 7, length - 7, mac),
                ERR_NONE);
            bearer[length] = '.';
            crypto_base64url_encode(mac, sizeof mac, bearer + length + 1);
            assert_int_equal(verify(bearer), ERR_UNAUTHENTICATED);
        }
    }
    jwks_release(jwks);
    free(jwks);
}

static void short_rsa_keys_are_not_used(void **state)
{
    (void)state;
    char reason[JWKS_REASON_BYTES];
    struct auth *auth;
    const struct auth_config config = {ISSUER, AUDIENCE, fixture.jwks_path};
    put_rsa_jwks(modulus_1024);
    assert_int_equal(auth_new(&config, &auth, reason), ERR_KEY_FILE);
    assert_null(auth);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_rs256_verifies, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hs256_with_the_public_key_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(short_rsa_keys_are_not_used, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("auth_rs256", tests, NULL, NULL);
}
