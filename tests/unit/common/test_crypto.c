#include "crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Decodes a hex constant of a test vector; returns its length in bytes. */
static size_t bytes_of(const char *hex, uint8_t *ret_bytes)
{
    size_t length = strlen(hex) / 2;
    assert_true(crypto_hex_decode(hex, strlen(hex), ret_bytes, length));
    return length;
}

static void assert_bytes(const uint8_t *bytes, const char *hex)
{
    uint8_t expected[128];
    size_t length = bytes_of(hex, expected);
    assert_memory_equal(bytes, expected, length);
}

static void sha256_vectors(void **state)
{
    (void)state;
    uint8_t digest[CRYPTO_DIGEST_BYTES];
    crypto_sha256(NULL, 0, digest);
    assert_bytes(digest, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    crypto_sha256("abc", 3, digest);
    assert_bytes(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void sha256_stream_equals_one_shot(void **state)
{
    (void)state;
    struct sha256_stream *stream = sha256_stream_new();
    assert_non_null(stream);
    char piece[1000];
    uint8_t digest[CRYPTO_DIGEST_BYTES], whole[CRYPTO_DIGEST_BYTES];
    memset(piece, 'a', sizeof piece);
    for (int i = 0; i < 1000; i++) {
        sha256_stream_add(stream, piece, sizeof piece);
    }
    sha256_stream_finish(stream, digest);
    assert_bytes(digest, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");

    /* The stream starts again after finish, and every cut of a message gives the same digest. */
    crypto_sha256(piece, 130, whole);
    for (size_t cut = 0; cut <= 130; cut++) {
        sha256_stream_add(stream, piece, cut);
        sha256_stream_add(stream, piece, 130 - cut);
        sha256_stream_finish(stream, digest);
        assert_memory_equal(digest, whole, sizeof whole);
    }
    sha256_stream_free(stream);
    sha256_stream_free(NULL);
}

static void hmac_vectors(void **state)
{
    (void)state;
    uint8_t mac[CRYPTO_DIGEST_BYTES], key[131];
    memset(key, 0x0b, 20);
    assert_int_equal(crypto_hmac(CRYPTO_HMAC_SHA_256, key, 20, "Hi There", 8, mac), ERR_NONE);
    assert_bytes(mac, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"); /* RFC 4231 1 */
    assert_int_equal(crypto_hmac(CRYPTO_HMAC_SHA_256, "Jefe", 4, "what do ya want for nothing?", 28, mac), ERR_NONE);
    assert_bytes(mac, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"); /* RFC 4231 2 */
    memset(key, 0xaa, sizeof key);
    const char *text = "Test Using Larger Than Block-Size Key - Hash Key First";
    assert_int_equal(crypto_hmac(CRYPTO_HMAC_SHA_256, key, sizeof key, text, strlen(text), mac), ERR_NONE);
    assert_bytes(mac, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"); /* RFC 4231 6 */
    assert_int_equal(crypto_hmac(CRYPTO_HMAC_SM3, "key", 3, "abc", 3, mac), ERR_NONE);
    assert_bytes(mac, "28e63256e7c5a087b1f073265dc53092163f7b82729735d06f28f10af9d52393");
}

struct gcm_vector {
    enum crypto_aead_algorithm algorithm;
    const char *key, *nonce, *ad, *plain, *cipher, *tag;
};

static const struct gcm_vector gcm_vectors[] = {
    /* McGrew and Viega, The Galois/Counter Mode of Operation, test cases 13, 14 and 16 */
    {CRYPTO_AES_256_GCM, "0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000",
     "", "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
    {CRYPTO_AES_256_GCM, "0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000",
     "", "00000000000000000000000000000000", "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919"},
    {CRYPTO_AES_256_GCM, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf"
     "5"
     "aa0de657ba637b39",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6"
     "3"
     "93ba7a0abcc9f662",
     "76fc6ece0f4e1768cddf8853bb2d551b"},
    /* RFC 8998 appendix A.1 */
    {CRYPTO_SM4_GCM, "0123456789abcdeffedcba9876543210", "00001234567800000000abcd",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffeeeeeee"
     "e"
     "eeeeeeeeaaaaaaaaaaaaaaaa",
     "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834c"
     "b"
     "cf98c397b4024a2691233b8d",
     "83de3541e4c2b58177e065a9bf7b62ec"},
};

static void gcm_check(const struct gcm_vector *vector)
{
    uint8_t key[32], nonce[12], ad[32], plain[64], output[64], tag[16];
    struct crypto_aead in = {.algorithm = vector->algorithm, .key = key, .nonce = nonce, .ad = ad, .input = plain};
    assert_int_equal(bytes_of(vector->key, key), crypto_aead_key_bytes(vector->algorithm));
    assert_int_equal(bytes_of(vector->nonce, nonce), CRYPTO_NONCE_BYTES);
    in.ad_length = bytes_of(vector->ad, ad);
    in.input_length = bytes_of(vector->plain, plain);
    assert_int_equal(crypto_aead_seal(&in, output, tag), ERR_NONE);
    assert_bytes(output, vector->cipher);
    assert_bytes(tag, vector->tag);

    uint8_t opened[64] = {0};
    in.input = output;
    assert_int_equal(crypto_aead_open(&in, tag, opened), ERR_NONE);
    assert_memory_equal(opened, plain, in.input_length);
    tag[15] ^= 1;
    assert_int_equal(crypto_aead_open(&in, tag, opened), ERR_SEALED_VALUE_REFUSED);
    for (size_t i = 0; i < in.input_length; i++) {
        assert_int_equal(opened[i], 0); /* no unauthenticated plaintext is left behind */
    }
}

static void gcm_published_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof gcm_vectors / sizeof *gcm_vectors; i++) {
        gcm_check(&gcm_vectors[i]);
    }
}

static void gcm_refuses_too_long(void **state)
{
    (void)state;
    uint8_t bytes[32] = {0}, tag[16];
    struct crypto_aead in = {CRYPTO_AES_256_GCM, bytes, bytes, NULL, 0, bytes, (size_t)CRYPTO_INPUT_BYTES_MAX + 1};
    in.ad_length = in.input_length;
    in.input_length = 0;
    assert_int_equal(crypto_aead_seal(&in, bytes, tag), ERR_INTERNAL);
}

static void hex_strict(void **state)
{
    (void)state;
    char text[9];
    uint8_t bytes[4];
    crypto_hex_encode("\x00\xff\x1a\xb2", 4, text);
    assert_string_equal(text, "00ff1ab2");
    assert_true(crypto_hex_decode("00FF1aB2", 8, bytes, 4));
    assert_memory_equal(bytes, "\x00\xff\x1a\xb2", 4);
    assert_false(crypto_hex_decode("00FF1aB", 7, bytes, 4));
    assert_false(crypto_hex_decode("00FF1aB2", 8, bytes, 3));
    assert_false(crypto_hex_decode("00FF1aB2c", 9, bytes, 4));
    static const char *const bad[] = {"0g", " 0", "0x", "-1", "@0", "`0", "\x10\x11"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(crypto_hex_decode(bad[i], 2, bytes, 1));
    }
}

static void base64url_vectors(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff\xfe", "-__-"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char text[16];
        uint8_t bytes[16];
        size_t length, plain = strlen(pairs[i][0]);
        crypto_base64url_encode(pairs[i][0], plain, text);
        assert_string_equal(text, pairs[i][1]);
        assert_int_equal(strlen(text), CRYPTO_BASE64URL_LENGTH(plain));
        assert_true(crypto_base64url_decode(text, strlen(text), bytes, &length));
        assert_int_equal(length, plain);
        assert_memory_equal(bytes, pairs[i][0], plain);
    }
}

static void base64url_refuses_other_spellings(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "Z", "A", "Zm9vA", "Zh", "Zm9", "Zg==", "Zg=", "Zm9v\n", " Zm9v", "Zm+v", "Zm/v", "Zm9vY", "Z.", "\xc3\xa4g"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint8_t bytes[16];
        size_t length;
        assert_false(crypto_base64url_decode(bad[i], strlen(bad[i]), bytes, &length));
    }
}

/* Of all texts of two characters exactly 256 decode, and each is the one that the encoder writes. */
static void base64url_is_a_bijection(void **state)
{
    (void)state;
    size_t accepted = 0;
    for (unsigned pair = 0; pair < 65536; pair++) {
        const char text[2] = {(char)(pair >> 8), (char)pair};
        uint8_t bytes[2];
        size_t length;
        if (crypto_base64url_decode(text, 2, bytes, &length)) {
            char again[4];
            accepted++;
            assert_int_equal(length, 1);
            crypto_base64url_encode(bytes, 1, again);
            assert_memory_equal(again, text, 2);
        }
    }
    assert_int_equal(accepted, 256);
}

static void random_and_compare(void **state)
{
    (void)state;
    uint8_t a[32] = {0}, b[32] = {0};
    assert_int_equal(crypto_random(a, sizeof a), ERR_NONE);
    assert_int_equal(crypto_random(b, sizeof b), ERR_NONE);
    assert_false(crypto_equal(a, b, sizeof a));
    memcpy(b, a, sizeof a);
    assert_true(crypto_equal(a, b, sizeof a));
    b[31] ^= 0x80;
    assert_false(crypto_equal(a, b, sizeof a));
    assert_true(crypto_equal(a, b, 31));
    crypto_wipe(a, sizeof a);
    memset(b, 0, sizeof b);
    assert_memory_equal(a, b, sizeof a);
    crypto_wipe(NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_vectors),
        cmocka_unit_test(sha256_stream_equals_one_shot),
        cmocka_unit_test(hmac_vectors),
        cmocka_unit_test(gcm_published_vectors),
        cmocka_unit_test(gcm_refuses_too_long),
        cmocka_unit_test(hex_strict),
        cmocka_unit_test(base64url_vectors),
        cmocka_unit_test(base64url_refuses_other_spellings),
        cmocka_unit_test(base64url_is_a_bijection),
        cmocka_unit_test(random_and_compare),
    };
    return cmocka_run_group_tests_name("crypto", tests, NULL, NULL);
}
