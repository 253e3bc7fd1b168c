#include "keyring.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define KEY_A "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define KEY_B "f0f1f2f3f4f5f6f7f8f9fafbfcfdfefff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
#define KEY_SM4 "0123456789abcdeffedcba9876543210"
#define INDEX_LINE "index 1 hmac-sha-256 " KEY_B "\n"

static char folder[] = P_tmpdir "/huimin-keyring-XXXXXX";
static char path[sizeof folder + 16];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder)) {
        return -1;
    }
    snprintf(path, sizeof path, "%s/keyring", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void put_file(const char *text, size_t length, mode_t mode)
{
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, length), length);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static struct keyring *load(const char *text)
{
    struct keyring *keyring;
    char reason[KEYRING_REASON_BYTES];
    put_file(text, strlen(text), 0600);
    assert_int_equal(keyring_load_explained(path, &keyring, reason), ERR_NONE);
    assert_string_equal(reason, "");
    return keyring;
}

static const struct keyring_place place = {"person", "id_number", 340103, 77};
static const char plain[] = "34010319491001001X";

static void seals_and_opens(void **state)
{
    (void)state;
    static const char *const files[] = {"field 1 aes-256-gcm " KEY_A " active\n" INDEX_LINE,
                                        "# national algorithms\n\nfield 258 sm4-gcm " KEY_SM4
                                        " active\nindex 1 hmac-sm3 " KEY_B};
    static const uint8_t heads[][4] = {{1, 1, 0, 1}, {1, 2, 1, 2}};
    for (size_t i = 0; i < 2; i++) {
        struct keyring *keyring = load(files[i]);
        uint8_t sealed[64], other[64];
        char opened[64];
        size_t length;
        size_t sealed_length = sizeof plain - 1 + KEYRING_OVERHEAD_BYTES;
        assert_int_equal(keyring_seal(keyring, &place, plain, sizeof plain - 1, sealed), ERR_NONE);
        assert_memory_equal(sealed, heads[i], 4);
        assert_int_equal(keyring_open(keyring, &place, sealed, sealed_length, opened, &length), ERR_NONE);
        assert_int_equal(length, sizeof plain - 1);
        assert_string_equal(opened, plain);
        assert_int_equal(keyring_seal(keyring, &place, plain, sizeof plain - 1, other), ERR_NONE);
        assert_memory_not_equal(sealed + 4, other + 4, CRYPTO_NONCE_BYTES);
        assert_memory_not_equal(sealed + 16, other + 16, sizeof plain - 1);

        assert_int_equal(keyring_seal(keyring, &place, "", 0, sealed), ERR_NONE);
        assert_int_equal(keyring_open(keyring, &place, sealed, KEYRING_OVERHEAD_BYTES, opened, &length), ERR_NONE);
        assert_int_equal(length, 0);
        assert_string_equal(opened, "");
        keyring_free(keyring);
    }
    keyring_free(NULL);
}

static void refuse_value(const struct keyring *keyring, const uint8_t *sealed, size_t length)
{
    char opened[128] = "old";
    size_t opened_length = 99;
    assert_int_equal(keyring_open(keyring, &place, sealed, length, opened, &opened_length), ERR_SEALED_VALUE_REFUSED);
    assert_int_equal(opened_length, 0);
    assert_string_equal(length ? opened : "", "");
}

static void refuses_every_changed_byte_and_every_cut(void **state)
{
    (void)state;
    struct keyring *keyring = load("field 1 aes-256-gcm " KEY_A " active\nfield 2 sm4-gcm " KEY_SM4
                                   " old\nfield 257 aes-256-gcm " KEY_B " old\n" INDEX_LINE);
    uint8_t sealed[64];
    size_t length = sizeof plain - 1 + KEYRING_OVERHEAD_BYTES;
    assert_int_equal(keyring_seal(keyring, &place, plain, sizeof plain - 1, sealed), ERR_NONE);
    for (size_t i = 0; i < length; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            sealed[i] ^= (uint8_t)(1u << bit);
            refuse_value(keyring, sealed, length);
            sealed[i] ^= (uint8_t)(1u << bit);
        }
    }
    for (size_t cut = 0; cut < length; cut++) {
        refuse_value(keyring, sealed, cut);
    }
    sealed[length] = 0;
    refuse_value(keyring, sealed, length + 1);
    keyring_free(keyring);
}

static void refuses_another_place(void **state)
{
    (void)state;
    struct keyring *keyring = load("field 1 aes-256-gcm " KEY_A " active\n" INDEX_LINE);
    static const struct keyring_place others[] = {{"person", "id_number", 340103, 78},
                                                  {"person", "id_number", 340104, 77},
                                                  {"person", "phone", 340103, 77},
                                                  {"account", "id_number", 340103, 77},
                                                  {"person", "id_number", 340103, -77}};
    uint8_t sealed[64];
    char opened[64];
    size_t opened_length, length = sizeof plain - 1 + KEYRING_OVERHEAD_BYTES;
    assert_int_equal(keyring_seal(keyring, &place, plain, sizeof plain - 1, sealed), ERR_NONE);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_int_equal(keyring_open(keyring, &others[i], sealed, length, opened, &opened_length),
                         ERR_SEALED_VALUE_REFUSED);
    }
    /* A chunk whose context spells a column's place is no way around. */
    assert_int_equal(keyring_open_chunk(keyring, "person|id_number|340103|77", sealed, length, opened, &opened_length),
                     ERR_SEALED_VALUE_REFUSED);
    static const struct keyring_place bad[] = {{"per|son", "id", 1, 1}, {"person", "", 1, 1}, {"Person", "id", 1, 1}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(keyring_seal(keyring, &bad[i], plain, 1, sealed), ERR_INTERNAL);
        assert_int_equal(keyring_open(keyring, &bad[i], sealed, length, opened, &opened_length), ERR_INTERNAL);
    }
    keyring_free(keyring);
}

static void seals_chunks(void **state)
{
    (void)state;
    struct keyring *keyring = load("field 1 sm4-gcm " KEY_SM4 " active\n" INDEX_LINE);
    enum { CHUNK = 1 << 20 };
    uint8_t *chunk = malloc(CHUNK), *sealed = malloc(CHUNK + KEYRING_OVERHEAD_BYTES);
    char *opened = malloc(CHUNK + KEYRING_OVERHEAD_BYTES);
    char context[KEYRING_CONTEXT_BYTES_MAX + 2];
    size_t length;
    assert_true(chunk && sealed && opened);
    assert_int_equal(crypto_random(chunk, CHUNK), ERR_NONE);
    assert_int_equal(keyring_seal_chunk(keyring, "bank_file|340103|77|3|last", chunk, CHUNK, sealed), ERR_NONE);
    assert_int_equal(keyring_open_chunk(keyring, "bank_file|340103|77|3|last", sealed, CHUNK + KEYRING_OVERHEAD_BYTES,
                                        opened, &length),
                     ERR_NONE);
    assert_int_equal(length, CHUNK);
    assert_memory_equal(opened, chunk, CHUNK);
    assert_int_equal(keyring_open_chunk(keyring, "bank_file|340103|77|3|more", sealed, CHUNK + KEYRING_OVERHEAD_BYTES,
                                        opened, &length),
                     ERR_SEALED_VALUE_REFUSED);
    memset(context, 'x', sizeof context);
    context[sizeof context - 1] = '\0';
    assert_int_equal(keyring_seal_chunk(keyring, context, chunk, 1, sealed), ERR_INTERNAL);
    context[sizeof context - 2] = '\0';
    assert_int_equal(keyring_seal_chunk(keyring, context, chunk, 1, sealed), ERR_NONE);
    assert_int_equal(keyring_seal_chunk(keyring, "", chunk, 1, sealed), ERR_INTERNAL);
    free(chunk);
    free(sealed);
    free(opened);
    keyring_free(keyring);
}

static void rotation_opens_old_values(void **state)
{
    (void)state;
    uint8_t sealed[64];
    char opened[64];
    size_t opened_length, length = sizeof plain - 1 + KEYRING_OVERHEAD_BYTES;
    struct keyring *keyring = load("field 1 aes-256-gcm " KEY_A " active\n" INDEX_LINE);
    assert_int_equal(keyring_seal(keyring, &place, plain, sizeof plain - 1, sealed), ERR_NONE);
    keyring_free(keyring);

    keyring = load("field 1 aes-256-gcm " KEY_A " old\nfield 2 sm4-gcm " KEY_SM4 " active\n" INDEX_LINE);
    assert_int_equal(keyring_open(keyring, &place, sealed, length, opened, &opened_length), ERR_NONE);
    assert_string_equal(opened, plain);
    assert_int_equal(keyring_seal(keyring, &place, plain, sizeof plain - 1, sealed), ERR_NONE);
    assert_int_equal(sealed[3], 2);
    keyring_free(keyring);

    keyring = load("field 3 sm4-gcm " KEY_SM4 " active\n" INDEX_LINE);
    assert_int_equal(keyring_open(keyring, &place, sealed, length, opened, &opened_length), ERR_SEALED_VALUE_REFUSED);
    keyring_free(keyring);
}

static void index_is_keyed_and_separate(void **state)
{
    (void)state;
    struct keyring *keyring = load("field 1 aes-256-gcm " KEY_A " active\n" INDEX_LINE);
    uint8_t index[32], other[32], expected[32], key[32];
    assert_int_equal(keyring_index(keyring, "id_number", 340103, plain, index), ERR_NONE);
    assert_true(crypto_hex_decode(KEY_B, 64, key, 32));
    const char *message = "id_number|340103|34010319491001001X";
    assert_int_equal(crypto_hmac(CRYPTO_HMAC_SHA_256, key, 32, message, strlen(message), expected), ERR_NONE);
    assert_memory_equal(index, expected, 32);
    assert_int_equal(keyring_index(keyring, "id_number", 340104, plain, other), ERR_NONE);
    assert_memory_not_equal(index, other, 32);
    assert_int_equal(keyring_index(keyring, "phone", 340103, plain, other), ERR_NONE);
    assert_memory_not_equal(index, other, 32);
    assert_int_equal(keyring_index(keyring, "id|number", 340103, plain, other), ERR_INTERNAL);
    char text[KEYRING_TEXT_BYTES_MAX + 2];
    memset(text, '9', sizeof text);
    text[sizeof text - 1] = '\0';
    assert_int_equal(keyring_index(keyring, "id_number", 340103, text, other), ERR_INTERNAL);
    text[sizeof text - 2] = '\0';
    assert_int_equal(keyring_index(keyring, "id_number", 340103, text, other), ERR_NONE);
    keyring_free(keyring);

    keyring = load("field 1 aes-256-gcm " KEY_A " active\nindex 9 hmac-sm3 " KEY_B "\n");
    assert_int_equal(keyring_index(keyring, "id_number", 340103, plain, other), ERR_NONE);
    assert_memory_not_equal(index, other, 32);
    keyring_free(keyring);
}

static void refuse_file(const char *text, size_t length, mode_t mode, const char *why)
{
    struct keyring *keyring;
    char reason[KEYRING_REASON_BYTES];
    put_file(text, length, mode);
    assert_int_equal(keyring_load(path, &keyring), ERR_KEY_FILE);
    assert_null(keyring);
    assert_int_equal(keyring_load_explained(path, &keyring, reason), ERR_KEY_FILE);
    assert_null(keyring);
    assert_non_null(strstr(reason, why));
    assert_null(strstr(reason, "0102030405")); /* no key material */
}

static void refuses_malformed_files(void **state)
{
    (void)state;
    static const struct {
        const char *text, *why;
    } files[] = {
        {"field 1 aes-256-gcm " KEY_A " active\n", "no index key"},
        {INDEX_LINE, "no active field key"},
        {"field 1 aes-256-gcm " KEY_A " old\n" INDEX_LINE, "no active field key"},
        {"field 1 aes-256-gcm " KEY_A " active\nfield 2 sm4-gcm " KEY_SM4 " active\n" INDEX_LINE,
         ":2: a second active"},
        {"field 1 aes-256-gcm " KEY_A " active\nfield 1 sm4-gcm " KEY_SM4 " old\n" INDEX_LINE, ":2: the version"},
        {"field 1 aes-256-gcm " KEY_A " active\n" INDEX_LINE INDEX_LINE, ":3: a second index"},
        {"field 0 aes-256-gcm " KEY_A " active\n" INDEX_LINE, ":1: the version"},
        {"field 01 aes-256-gcm " KEY_A " active\n" INDEX_LINE, ":1: the version"},
        {"field 65536 aes-256-gcm " KEY_A " active\n" INDEX_LINE, ":1: the version"},
        {"field -1 aes-256-gcm " KEY_A " active\n" INDEX_LINE, ":1: the version"},
        {"field 1 aes-128-gcm " KEY_A " active\n" INDEX_LINE, ":1: the algorithm"},
        {"field 1 sm4-gcm " KEY_A " active\n" INDEX_LINE, ":1: the key is not hex"},
        {"field 1 aes-256-gcm " KEY_SM4 " active\n" INDEX_LINE, ":1: the key is not hex"},
        {"field 1 aes-256-gcm x" KEY_A " active\n" INDEX_LINE, ":1: the key is not hex"},
        {"field 1 aes-256-gcm " KEY_A " Active\n" INDEX_LINE, ":1: a field key is either"},
        {"field 1 aes-256-gcm " KEY_A " active\r\n" INDEX_LINE, ":1: a field key is either"},
        {"field 1 aes-256-gcm " KEY_A "\n" INDEX_LINE, ":1: expected"},
        {"field 1 aes-256-gcm " KEY_A " active \n" INDEX_LINE, ":1: expected"},
        {"field  1 aes-256-gcm " KEY_A " active\n" INDEX_LINE, ":1: expected"},
        {"field 1 aes-256-gcm " KEY_A " active\nindex 1 sha-256 " KEY_B, ":2: the algorithm"},
        {"field 1 aes-256-gcm " KEY_A " active\nindex 1 hmac-sm3 " KEY_SM4, ":2: the key is not hex"},
        {"field 1 aes-256-gcm " KEY_A " active\nindex x hmac-sm3 " KEY_B, ":2: the version"},
        {"field 1 aes-256-gcm " KEY_A " active\nindex 1 hmac-sm3 " KEY_B " active", ":2: expected"},
        {" # comment\n", ":1: a line starts"},
        {"{\"field\": 1}", ":1: a line starts"},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        refuse_file(files[i].text, strlen(files[i].text), 0600, files[i].why);
    }
    static const char nul[] = "field 1 aes-256-gcm " KEY_A " active\n" INDEX_LINE "\0";
    refuse_file(nul, sizeof nul, 0600, "NUL");
    refuse_file("", 0, 0600, "empty");
    static char large[16 * 1024 + 1];
    memset(large, '\n', sizeof large);
    refuse_file(large, sizeof large, 0600, "too large");
}

static void refuses_too_many_keys(void **state)
{
    (void)state;
    char text[8192] = INDEX_LINE "field 99 sm4-gcm " KEY_SM4 " active\n";
    for (int i = 1; i < KEYRING_FIELD_KEYS_MAX; i++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "field %d sm4-gcm %s old\n", i, KEY_SM4);
    }
    keyring_free(load(text));
    size_t used = strlen(text);
    snprintf(text + used, sizeof text - used, "field 50 sm4-gcm " KEY_SM4 " old\n");
    refuse_file(text, strlen(text), 0600, ":18: too many");
}

static void refuses_files_open_to_others(void **state)
{
    (void)state;
    static const char text[] = "field 1 aes-256-gcm " KEY_A " active\n" INDEX_LINE;
    static const mode_t modes[] = {0640, 0604, 0620, 0602, 0610, 0601, 0666};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        refuse_file(text, sizeof text - 1, modes[i], "others than its owner");
    }
    struct keyring *keyring;
    char reason[KEYRING_REASON_BYTES];
    put_file(text, sizeof text - 1, 0400);
    assert_int_equal(keyring_load(path, &keyring), ERR_NONE);
    keyring_free(keyring);
    unlink(path);
    assert_int_equal(keyring_load_explained(path, &keyring, reason), ERR_KEY_FILE);
    assert_non_null(strstr(reason, path));
    assert_int_equal(keyring_load(folder, &keyring), ERR_KEY_FILE);
    assert_int_equal(mkfifo(path, 0600), 0); /* must not hang */
    assert_int_equal(keyring_load(path, &keyring), ERR_KEY_FILE);
}

static void generates_once(void **state)
{
    (void)state;
    struct stat before, after;
    struct keyring *keyring;
    uint8_t sealed[64];
    unlink(path);
    mode_t mask = umask(0);
    assert_int_equal(keyring_generate(path), ERR_NONE);
    umask(mask);
    assert_int_equal(stat(path, &before), 0);
    assert_int_equal(before.st_mode & 07777, 0600);
    assert_int_equal(keyring_load(path, &keyring), ERR_NONE);
    assert_int_equal(keyring_seal(keyring, &place, plain, sizeof plain - 1, sealed), ERR_NONE);
    keyring_free(keyring);

    assert_int_equal(keyring_generate(path), ERR_ALREADY_EXISTS);
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
    char nowhere[sizeof path + 8];
    snprintf(nowhere, sizeof nowhere, "%s/no/file", folder);
    assert_int_equal(keyring_generate(nowhere), ERR_KEY_FILE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seals_and_opens),
        cmocka_unit_test(refuses_every_changed_byte_and_every_cut),
        cmocka_unit_test(refuses_another_place),
        cmocka_unit_test(seals_chunks),
        cmocka_unit_test(rotation_opens_old_values),
        cmocka_unit_test(index_is_keyed_and_separate),
        cmocka_unit_test(refuses_malformed_files),
        cmocka_unit_test(refuses_too_many_keys),
        cmocka_unit_test(refuses_files_open_to_others),
        cmocka_unit_test(generates_once),
    };
    return cmocka_run_group_tests_name("keyring", tests, make_folder, remove_folder);
}
