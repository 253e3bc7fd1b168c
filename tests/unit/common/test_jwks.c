#include "crypto.h"
#include "jwks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* RFC 7515 appendices A.2 (RSA) and A.3 (P-256) */
#define RSA_N                                                                                                          \
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-"           \
    "SFd2lZS-"                                                                                                         \
    "pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-"                  \
    "UTo7WTBEMa2R2Ca"                                                                                                  \
    "pHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_"                                     \
    "h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb"                                                                                \
    "54h4FRWyuXpoQ"
#define RSA_SIGNATURE                                                                                                  \
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"                            \
    "O8W2Fp5jujGbds9uJdbF9CUA"                                                                                         \
    "r7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_"                     \
    "eSN9383LcOLn6_dO-"                                                                                                \
    "-xi12jzDwusC-"                                                                                                    \
    "eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_"                 \
    "IoypGlUPQGe77Rw"
#define RSA_SIGNED                                                                                                     \
    "eyJhbGciOiJSUzI1NiJ9."                                                                                            \
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290I"                            \
    "jp0cnVlfQ"
#define EC_X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define EC_Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define EC_SIGNATURE "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
#define EC_SIGNED                                                                                                      \
    "eyJhbGciOiJFUzI1NiJ9."                                                                                            \
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290I"                            \
    "jp0cnVlfQ"

#define RSA_KEY "{\"kty\":\"RSA\",\"n\":\"" RSA_N "\",\"e\":\"AQAB\",\"alg\":\"RS256\",\"use\":\"sig\",\"kid\":\"r\"}"
#define EC_MEMBERS "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_X "\",\"y\":\"" EC_Y "\""
#define EC_KEY "{" EC_MEMBERS ",\"alg\":\"ES256\",\"kid\":\"e\"}"
#define EC_NAMED(kid) "{" EC_MEMBERS ",\"alg\":\"ES256\",\"kid\":\"" kid "\"}"

static char folder[] = P_tmpdir "/huimin-jwks-XXXXXX";
static char path[sizeof folder + 16];
static struct jwks jwks;
static char reason[JWKS_REASON_BYTES];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder)) {
        return -1;
    }
    snprintf(path, sizeof path, "%s/file", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void put_file(const char *text, mode_t mode)
{
    unlink(path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static enum err load(const char *text)
{
    put_file(text, 0644);
    return jwks_load(path, &jwks, reason);
}

static void check_signature(const char *kid, const char *text, const char *signature_text)
{
    uint8_t signature[512];
    size_t length;
    const struct jwks_key *key = jwks_find(&jwks, kid);
    assert_non_null(key);
    assert_true(crypto_base64url_decode(signature_text, strlen(signature_text), signature, &length));
    assert_int_equal(jwks_verify(key, text, strlen(text), signature, length), ERR_NONE);
    assert_int_equal(jwks_verify(key, text, strlen(text) - 1, signature, length), ERR_UNAUTHENTICATED);
    for (size_t i = 0; i < length; i++) {
        signature[i] ^= 0x40;
        assert_int_equal(jwks_verify(key, text, strlen(text), signature, length), ERR_UNAUTHENTICATED);
        signature[i] ^= 0x40;
    }
    for (size_t cut = 0; cut < length; cut++) {
        assert_int_equal(jwks_verify(key, text, strlen(text), signature, cut), ERR_UNAUTHENTICATED);
    }
    assert_int_equal(jwks_verify(key, text, strlen(text), signature, length + 1), ERR_UNAUTHENTICATED);
    memset(signature, 0, sizeof signature); /* R = S = 0 */
    assert_int_equal(jwks_verify(key, text, strlen(text), signature, length), ERR_UNAUTHENTICATED);
}

static void verifies_the_examples_of_rfc_7515(void **state)
{
    (void)state;
    assert_int_equal(load("{\"keys\":[" RSA_KEY "," EC_KEY "]}"), ERR_NONE);
    assert_string_equal(reason, "");
    assert_int_equal(jwks.count, 2);
    check_signature("r", RSA_SIGNED, RSA_SIGNATURE);
    check_signature("e", EC_SIGNED, EC_SIGNATURE);
    assert_null(jwks_find(&jwks, "x"));
    assert_non_null(strstr(jwks.keys[0].pem, "-----BEGIN PUBLIC KEY-----"));
    assert_int_equal(strlen(jwks.keys[0].pem), jwks.keys[0].pem_length);
    jwks_release(&jwks);
    assert_int_equal(jwks.count, 0);
}

static void leaves_out_what_it_cannot_use(void **state)
{
    (void)state;
    static const char *const others[] = {
        "{" EC_MEMBERS ",\"alg\":\"ES256\",\"kid\":\"x\",\"use\":\"enc\"}",
        "{" EC_MEMBERS ",\"alg\":\"ES256\"}",
        "{" EC_MEMBERS ",\"kid\":\"x\"}",
        "{" EC_MEMBERS ",\"alg\":\"ES384\",\"kid\":\"x\"}",
        "{" EC_MEMBERS ",\"alg\":\"RS256\",\"kid\":\"x\"}",
        "{" EC_MEMBERS ",\"alg\":\"HS256\",\"kid\":\"x\"}",
        "{" EC_MEMBERS ",\"alg\":\"ES256\",\"kid\":\"../x\"}",
        "{" EC_MEMBERS
        ",\"alg\":\"ES256\",\"kid\":\"01234567890123456789012345678901234567890123456789012345678901234\"}",
        "{\"kty\":\"RSA\",\"n\":\"" RSA_N "\",\"e\":\"AQAB\",\"alg\":\"PS256\",\"kid\":\"x\"}",
        "{\"kty\":\"RSA\",\"n\":\"ofgWCuLjybRlzo0t\",\"e\":\"AQAB\",\"alg\":\"RS256\",\"kid\":\"x\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" EC_Y "\",\"y\":\"" EC_X "\",\"alg\":\"ES256\",\"kid\":\"x\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"" EC_X "\",\"y\":\"" EC_Y "\",\"alg\":\"ES256\",\"kid\":\"x\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"OFyvGRXlqwukcqPNfuqcEp79gSS-T5bSn_"
        "libhV9Mln5Ni3QLXbz5dTztTCyfTZh\",\"y\":\"WMFXspFPE0mZDrwxdPixFj2AvLjy4Xug-"
        "CZW6I1BSHW4MS96U8fcSTxQK1Xl3ylD\",\"alg\":\"ES256\",\"kid\":\"x\"}",
        "{\"kty\":\"RSA\",\"n\":\"" RSA_N "\",\"e\":\"AQ\",\"alg\":\"RS256\",\"kid\":\"x\"}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\",\"alg\":"
        "\"EdDSA\","
        "\"kid\":\"x\"}",
        "{\"kty\":\"AKP\",\"alg\":\"ML-DSA-44\",\"kid\":\"x\"}",
        "{\"kty\":\"EC\",\"x5u\":\"http://127.0.0.1:9/\",\"alg\":\"ES256\",\"kid\":\"x\"}",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        char text[2048];
        snprintf(text, sizeof text, "{\"keys\":[%s,%s]}", others[i], EC_NAMED("good"));
        assert_int_equal(load(text), ERR_NONE);
        assert_int_equal(jwks.count, 1);
        assert_string_equal(jwks.keys[0].kid, "good");
        jwks_release(&jwks);
        snprintf(text, sizeof text, "{\"keys\":[%s]}", others[i]);
        assert_int_equal(load(text), ERR_KEY_FILE);
        assert_int_equal(jwks.count, 0);
    }
}

static void refuses_whole_files(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "{",
        "[]",
        "null",
        "{\"keys\":[]}",
        "{\"keys\":{}}",
        EC_KEY,
        "{\"keys\":[" EC_KEY "," EC_KEY "]}",
        "{\"keys\":[" EC_KEY ",{\"kty\":\"oct\",\"k\":\"c2VjcmV0\",\"alg\":\"HS256\",\"kid\":\"h\"}]}",
        "{\"keys\":[" EC_KEY ",{" EC_MEMBERS ",\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\",\"alg\":\"ES256\","
        "\"kid\":\"p\"}]}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(load(texts[i]), ERR_KEY_FILE);
        assert_int_equal(jwks.count, 0);
        assert_non_null(strstr(reason, path));
    }
    unlink(path);
    assert_int_equal(jwks_load(path, &jwks, reason), ERR_KEY_FILE);
}

static void has_ceilings(void **state)
{
    (void)state;
    for (int count = JWKS_KEYS_MAX; count <= JWKS_KEYS_MAX + 1; count++) {
        char text[8192] = "{\"keys\":[";
        for (int i = 0; i < count; i++) {
            size_t used = strlen(text);
            snprintf(text + used, sizeof text - used, "%s{%s,\"alg\":\"ES256\",\"kid\":\"k%d\"}", i ? "," : "",
                     EC_MEMBERS, i);
        }
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "]}");
        assert_int_equal(load(text), count <= JWKS_KEYS_MAX ? ERR_NONE : ERR_KEY_FILE);
        jwks_release(&jwks);
    }
    static char large[JWKS_FILE_BYTES_MAX + 2];
    memset(large, ' ', sizeof large - 1);
    memcpy(large, "{\"keys\":[" EC_KEY "]}", strlen("{\"keys\":[" EC_KEY "]}"));
    assert_int_equal(load(large), ERR_KEY_FILE);
    large[sizeof large - 2] = '\0';
    assert_int_equal(load(large), ERR_NONE);
    jwks_release(&jwks);
}

/* The key of RFC 7515 A.3, and two whose x or y starts with a zero byte, which must not be dropped. The
 * thumbprints were computed apart from this code. */
static const struct {
    const char *pem, *kid;
} known_keys[] = {
    {"-----BEGIN PRIVATE KEY-----\n"
     "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIff\n"
     "H1136cspYG6+0iY7X1fCE9+E9LKhRANCAAR/zc4ncPbEXUGDy+5v20t7WAczNXvp\n"
     "7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt\n"
     "-----END PRIVATE KEY-----\n",
     "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"},
    {"-----BEGIN PRIVATE KEY-----\n"
     "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAAAAAAAAAAAAAAAA\n"
     "AAAAAAAAAAAAAAAAAAAAAAAAAXuhRANCAAQAVUOJSvPQDtfXQKvb11yWsGh3t4fb\n"
     "X3Dup4uQqNfACrtMhaPY6invqvokQGkS3YTVsU3DK/ZW72xr1YpdlD+S\n"
     "-----END PRIVATE KEY-----\n",
     "7Yxe6c_3bAa6kiaK1G-BZmi9EeNsUmlcbdnrtLeuK4E"},
    {"-----BEGIN PRIVATE KEY-----\n"
     "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAAAAAAAAAAAAAAAA\n"
     "AAAAAAAAAAAAAAAAAAAAAAAAACuhRANCAASYauJQbx/xBNBCMIYdj0tJj0vExtAJ\n"
     "sw91RNwSm4LSjQA8zMCmRg4K4yik2X08e2HYb8YonBifJSURDEQbsH6X\n"
     "-----END PRIVATE KEY-----\n",
     "WZsjbh58q8kl1WsGShqtiycImZtCgGbukDn4RAacMig"},
};
enum { KNOWN_KEYS = sizeof known_keys / sizeof *known_keys };

static void writes_what_it_reads(void **state)
{
    (void)state;
    struct signing_key keys[KNOWN_KEYS];
    for (size_t i = 0; i < KNOWN_KEYS; i++) {
        put_file(known_keys[i].pem, 0600);
        assert_int_equal(signing_key_load(path, &keys[i]), ERR_NONE);
        assert_string_equal(keys[i].kid, known_keys[i].kid);
    }
    mode_t mask = umask(077);
    assert_int_equal(jwks_write(keys, KNOWN_KEYS, path), ERR_NONE);
    umask(mask);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0644);
    assert_int_equal(jwks_load(path, &jwks, reason), ERR_NONE);
    assert_int_equal(jwks.count, KNOWN_KEYS);
    for (size_t i = 0; i < KNOWN_KEYS; i++) {
        char text[JWKS_SIGNATURE_CHARS];
        uint8_t signature[CRYPTO_BASE64URL_BYTES(JWKS_SIGNATURE_CHARS)];
        size_t length;
        assert_int_equal(signing_key_sign(&keys[i], "message", 7, text), ERR_NONE);
        assert_true(crypto_base64url_decode(text, strlen(text), signature, &length));
        assert_int_equal(length, 64);
        for (size_t j = 0; j < KNOWN_KEYS; j++) {
            const struct jwks_key *key = jwks_find(&jwks, keys[j].kid);
            assert_int_equal(jwks_verify(key, "message", 7, signature, length),
                             i == j ? ERR_NONE : ERR_UNAUTHENTICATED);
        }
    }
    jwks_release(&jwks);
    assert_int_equal(jwks_write(keys, 0, path), ERR_INTERNAL);
    assert_int_equal(jwks_write(keys, JWKS_KEYS_MAX + 1, path), ERR_INTERNAL);
    signing_key_wipe(&keys[0]);
    static const struct signing_key empty;
    assert_memory_equal(&keys[0], &empty, sizeof empty);
    assert_int_equal(jwks_write(keys, 2, path), ERR_KEY_FILE);
    assert_int_equal(jwks_load(path, &jwks, reason), ERR_NONE); /* the old file stays */
    jwks_release(&jwks);
}

static void generates_once(void **state)
{
    (void)state;
    struct stat before, after;
    struct signing_key key;
    unlink(path);
    mode_t mask = umask(0);
    assert_int_equal(signing_key_generate(path), ERR_NONE);
    umask(mask);
    assert_int_equal(stat(path, &before), 0);
    assert_int_equal(before.st_mode & 07777, 0600);
    assert_int_equal(signing_key_load(path, &key), ERR_NONE);
    assert_int_equal(strlen(key.kid), 43);
    assert_int_equal(signing_key_generate(path), ERR_ALREADY_EXISTS);
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
}

static void refuses_other_signing_keys(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "", "hello",
        /* encrypted: must be refused without asking on the terminal */
        ("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
         "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjVKkNLI78ycgICCAAw\n"
         "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEOLKy+T5s5wvnw9cT0zmBHYEgZDx\n"
         "KrLNd3pcgR10GmtYSzI0YSgRps0Ufm6/klyZguQ51fEB6Pixv+UAsYGew0kwix0L\n"
         "QUK2OQJPcZXxs0cp8SLe9oVMSdY7EqFrqELAskxHUcEuJ0jWA6k+WzHdatph22Es\n"
         "idJQN5bsesJ5nAbxjhPurmsQ/brtXvZfoafeQT+xo/N5wsFNR6szfH1emlBcPC4=\n"
         "-----END ENCRYPTED PRIVATE KEY-----\n"),
        /* P-384 */
        ("-----BEGIN PRIVATE KEY-----\n"
         "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDBeGBrOR0rJUFvPlHdo\n"
         "3kqVqLzk9bOoGmPtOlQYabgrMO4mo8DQWfrwZZ+6q3dSAEihZANiAAQ4XK8ZFeWr\n"
         "C6Ryo81+6pwSnv2BJL5PltKf+WJuFX0yWfk2LdAtdvPl1PO1MLJ9NmFYwVeykU8T\n"
         "SZkOvDF0+LEWPYC8uPLhe6D4JlbojUFIdbgxL3pTx9xJPFArVeXfKUM=\n"
         "-----END PRIVATE KEY-----\n"),
        ("-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n"
         "6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n-----END PUBLIC KEY-----\n")};
    struct signing_key key;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        put_file(texts[i], 0600);
        assert_int_equal(signing_key_load(path, &key), ERR_KEY_FILE);
        assert_int_equal(key.pem_length, 0);
    }
    put_file(known_keys[0].pem, 0640);
    assert_int_equal(signing_key_load(path, &key), ERR_KEY_FILE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verifies_the_examples_of_rfc_7515),
        cmocka_unit_test(leaves_out_what_it_cannot_use),
        cmocka_unit_test(refuses_whole_files),
        cmocka_unit_test(has_ceilings),
        cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(generates_once),
        cmocka_unit_test(refuses_other_signing_keys),
    };
    return cmocka_run_group_tests_name("jwks", tests, make_folder, remove_folder);
}
