#include "keyring.h"

#include "key_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FILE_BYTES_MAX = 16 * 1024,
    FORMAT_VERSION = 1,
    NONCE_AT = 4,
    CIPHERTEXT_AT = NONCE_AT + CRYPTO_NONCE_BYTES,
    FIELDS_MAX = 5,
    CONTEXT_BUFFER_BYTES = KEYRING_CONTEXT_BYTES_MAX + 16
};
_Static_assert(CIPHERTEXT_AT + CRYPTO_TAG_BYTES == KEYRING_OVERHEAD_BYTES, "the layout in keyring.h");
_Static_assert((int)KEYRING_REASON_BYTES >= (int)KEY_FILE_REASON_BYTES, "a reason is passed through");

struct field_key {
    uint16_t version;
    enum crypto_aead_algorithm algorithm;
    uint8_t key[CRYPTO_KEY_BYTES_MAX];
};

struct index_key {
    uint16_t version; /* 0: none read yet */
    enum crypto_hmac_algorithm algorithm;
    uint8_t key[CRYPTO_DIGEST_BYTES];
};

struct keyring {
    size_t field_key_count;
    const struct field_key *active;
    struct field_key field_keys[KEYRING_FIELD_KEYS_MAX];
    struct index_key index_key;
};

/* A version in its only spelling: no sign, no leading zero. */
static bool parse_version(const char *text, uint16_t *ret_version)
{
    if (text[0] < '1' || text[0] > '9' || strlen(text) > 5 || strspn(text, "0123456789") != strlen(text)) {
        return false;
    }
    long version = strtol(text, NULL, 10);
    if (version > UINT16_MAX) {
        return false;
    }
    *ret_version = (uint16_t)version;
    return true;
}

/* Each line reader returns NULL, or what is wrong with the line. */
static const char *read_field_line(struct keyring *keyring, char **fields, size_t count)
{
    if (count != 5) {
        return "expected: field <version> <algorithm> <hex key> <active|old>";
    }
    if (keyring->field_key_count == KEYRING_FIELD_KEYS_MAX) {
        return "too many field keys";
    }
    struct field_key *key = &keyring->field_keys[keyring->field_key_count];
    if (!parse_version(fields[1], &key->version)) {
        return "the version is not a number of 1 to 65535";
    }
    for (size_t i = 0; i < keyring->field_key_count; i++) {
        if (keyring->field_keys[i].version == key->version) {
            return "the version of a field key is repeated";
        }
    }
    if (strcmp(fields[2], "aes-256-gcm") == 0) {
        key->algorithm = CRYPTO_AES_256_GCM;
    } else if (strcmp(fields[2], "sm4-gcm") == 0) {
        key->algorithm = CRYPTO_SM4_GCM;
    } else {
        return "the algorithm is neither aes-256-gcm nor sm4-gcm";
    }
    if (!crypto_hex_decode(fields[3], strlen(fields[3]), key->key, crypto_aead_key_bytes(key->algorithm))) {
        return "the key is not hex of the algorithm's length";
    }
    bool active = strcmp(fields[4], "active") == 0;
    if (!active && strcmp(fields[4], "old") != 0) {
        return "a field key is either active or old";
    }
    if (active && keyring->active) {
        return "a second active field key";
    }
    if (active) {
        keyring->active = key;
    }
    keyring->field_key_count++;
    return NULL;
}

static const char *read_index_line(struct keyring *keyring, char **fields, size_t count)
{
    struct index_key *key = &keyring->index_key;
    if (count != 4) {
        return "expected: index <version> <algorithm> <hex key>";
    }
    if (key->version) {
        return "a second index key";
    }
    if (!parse_version(fields[1], &key->version)) {
        return "the version is not a number of 1 to 65535";
    }
    if (strcmp(fields[2], "hmac-sha-256") == 0) {
        key->algorithm = CRYPTO_HMAC_SHA_256;
    } else if (strcmp(fields[2], "hmac-sm3") == 0) {
        key->algorithm = CRYPTO_HMAC_SM3;
    } else {
        return "the algorithm is neither hmac-sha-256 nor hmac-sm3";
    }
    if (!crypto_hex_decode(fields[3], strlen(fields[3]), key->key, sizeof key->key)) {
        return "the key is not hex of 32 bytes";
    }
    return NULL;
}

static const char *read_line(struct keyring *keyring, char *line)
{
    if (line[0] == '\0' || line[0] == '#') {
        return NULL;
    }
    char *fields[FIELDS_MAX + 1];
    size_t count = 0;
    for (char *rest = line; rest && count <= FIELDS_MAX;) {
        fields[count++] = strsep(&rest, " ");
    }
    if (strcmp(fields[0], "field") == 0) {
        return read_field_line(keyring, fields, count);
    }
    if (strcmp(fields[0], "index") == 0) {
        return read_index_line(keyring, fields, count);
    }
    return "a line starts with field, index or #";
}

static const char *read_lines(struct keyring *keyring, char *text, size_t length, size_t *ret_line)
{
    if (memchr(text, '\0', length)) {
        return "the file holds a NUL character";
    }
    for (char *rest = text; rest;) {
        char *line = strsep(&rest, "\n");
        ++*ret_line;
        const char *why = read_line(keyring, line);
        if (why) {
            return why;
        }
    }
    if (!keyring->active) {
        return "no active field key";
    }
    return keyring->index_key.version ? NULL : "no index key";
}

enum err keyring_load_explained(const char *path, struct keyring **ret_keyring,
                                char ret_reason[static KEYRING_REASON_BYTES])
{
    *ret_keyring = NULL;
    char *text = NULL;
    size_t length = 0;
    enum err err = key_file_read(path, FILE_BYTES_MAX, true, &text, &length, ret_reason);
    if (err != ERR_NONE) {
        return err;
    }
    struct keyring *keyring = calloc(1, sizeof *keyring);
    if (!keyring) {
        snprintf(ret_reason, KEYRING_REASON_BYTES, "%.160s: out of memory", path);
        err = ERR_OUT_OF_MEMORY;
    } else {
        size_t line = 0;
        const char *why = read_lines(keyring, text, length, &line);
        if (why) {
            snprintf(ret_reason, KEYRING_REASON_BYTES, "%.160s:%zu: %s", path, line, why);
            keyring_free(keyring);
            err = ERR_KEY_FILE;
        } else {
            *ret_keyring = keyring;
        }
    }
    crypto_wipe(text, length);
    free(text);
    return err;
}

enum err keyring_load(const char *path, struct keyring **ret_keyring)
{
    char reason[KEYRING_REASON_BYTES];
    return keyring_load_explained(path, ret_keyring, reason);
}

void keyring_free(struct keyring *keyring)
{
    if (keyring) {
        crypto_wipe(keyring, sizeof *keyring);
        free(keyring);
    }
}

enum err keyring_generate(const char *path)
{
    uint8_t keys[2][32];
    char hex[2][65];
    char text[512];
    enum err err = crypto_random(keys, sizeof keys);
    if (err == ERR_NONE) {
        crypto_hex_encode(keys[0], sizeof keys[0], hex[0]);
        crypto_hex_encode(keys[1], sizeof keys[1], hex[1]);
        int length = snprintf(text, sizeof text,
                              "# Keys of personal data. Whoever loses this file loses the data: keep a copy "
                              "apart from the database's.\n"
                              "field 1 aes-256-gcm %s active\n"
                              "index 1 hmac-sha-256 %s\n",
                              hex[0], hex[1]);
        err = key_file_write(path, text, (size_t)length, 0600, false);
    }
    crypto_wipe(keys, sizeof keys);
    crypto_wipe(hex, sizeof hex);
    crypto_wipe(text, sizeof text);
    return err;
}

static enum err seal(const struct keyring *keyring, const char *ad, size_t ad_length, const void *plain,
                     size_t plain_length, uint8_t *ret_sealed)
{
    if (plain_length > KEYRING_PLAIN_BYTES_MAX) {
        return ERR_INTERNAL;
    }
    const struct field_key *key = keyring->active;
    ret_sealed[0] = FORMAT_VERSION;
    ret_sealed[1] = (uint8_t)key->algorithm;
    ret_sealed[2] = (uint8_t)(key->version >> 8);
    ret_sealed[3] = (uint8_t)key->version;
    enum err err = crypto_random(ret_sealed + NONCE_AT, CRYPTO_NONCE_BYTES);
    if (err != ERR_NONE) {
        return err;
    }
    const struct crypto_aead aead = {.algorithm = key->algorithm,
                                     .key = key->key,
                                     .nonce = ret_sealed + NONCE_AT,
                                     .ad = ad,
                                     .ad_length = ad_length,
                                     .input = plain,
                                     .input_length = plain_length};
    return crypto_aead_seal(&aead, ret_sealed + CIPHERTEXT_AT, ret_sealed + CIPHERTEXT_AT + plain_length);
}

static const struct field_key *find_key(const struct keyring *keyring, const uint8_t *sealed)
{
    unsigned version = (unsigned)sealed[2] << 8 | sealed[3];
    for (size_t i = 0; i < keyring->field_key_count; i++) {
        const struct field_key *key = &keyring->field_keys[i];
        if (key->version == version) {
            return sealed[0] == FORMAT_VERSION && sealed[1] == key->algorithm ? key : NULL;
        }
    }
    return NULL;
}

static enum err open_sealed(const struct keyring *keyring, const char *ad, size_t ad_length, const uint8_t *sealed,
                            size_t sealed_length, char *ret_plain, size_t *ret_length)
{
    *ret_length = 0;
    if (sealed_length) {
        ret_plain[0] = '\0';
    }
    if (sealed_length < KEYRING_OVERHEAD_BYTES || sealed_length - KEYRING_OVERHEAD_BYTES > KEYRING_PLAIN_BYTES_MAX) {
        return ERR_SEALED_VALUE_REFUSED;
    }
    const struct field_key *key = find_key(keyring, sealed);
    if (!key) {
        return ERR_SEALED_VALUE_REFUSED;
    }
    size_t length = sealed_length - KEYRING_OVERHEAD_BYTES;
    const struct crypto_aead aead = {.algorithm = key->algorithm,
                                     .key = key->key,
                                     .nonce = sealed + NONCE_AT,
                                     .ad = ad,
                                     .ad_length = ad_length,
                                     .input = sealed + CIPHERTEXT_AT,
                                     .input_length = length};
    enum err err = crypto_aead_open(&aead, sealed + CIPHERTEXT_AT + length, (uint8_t *)ret_plain);
    if (err == ERR_NONE) {
        ret_plain[length] = '\0';
        *ret_length = length;
    }
    return err;
}

/* No separator can occur in a name, so that two places never share one text. */
static bool is_name(const char *name)
{
    size_t length = strlen(name);
    return length >= 1 && length <= 63 && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_.") == length;
}

static bool place_text(const struct keyring_place *place, char text[static CONTEXT_BUFFER_BYTES])
{
    if (!is_name(place->table) || !is_name(place->column)) {
        return false;
    }
    snprintf(text, CONTEXT_BUFFER_BYTES, "%s|%s|%" PRId64 "|%" PRId64, place->table, place->column, place->district,
             place->row_id);
    return true;
}

/* The empty first part keeps a chunk's context apart from every place. */
static bool chunk_text(const char *context, char text[static CONTEXT_BUFFER_BYTES])
{
    size_t length = strlen(context);
    if (length < 1 || length > KEYRING_CONTEXT_BYTES_MAX) {
        return false;
    }
    snprintf(text, CONTEXT_BUFFER_BYTES, "|%s", context);
    return true;
}

enum err keyring_seal(const struct keyring *keyring, const struct keyring_place *place, const void *plain,
                      size_t plain_length, uint8_t *ret_sealed)
{
    char ad[CONTEXT_BUFFER_BYTES];
    return place_text(place, ad) ? seal(keyring, ad, strlen(ad), plain, plain_length, ret_sealed) : ERR_INTERNAL;
}

enum err keyring_open(const struct keyring *keyring, const struct keyring_place *place, const uint8_t *sealed,
                      size_t sealed_length, char *ret_plain, size_t *ret_length)
{
    char ad[CONTEXT_BUFFER_BYTES];
    *ret_length = 0;
    return place_text(place, ad) ? open_sealed(keyring, ad, strlen(ad), sealed, sealed_length, ret_plain, ret_length)
                                 : ERR_INTERNAL;
}

enum err keyring_seal_chunk(const struct keyring *keyring, const char *context, const void *plain, size_t plain_length,
                            uint8_t *ret_sealed)
{
    char ad[CONTEXT_BUFFER_BYTES];
    return chunk_text(context, ad) ? seal(keyring, ad, strlen(ad), plain, plain_length, ret_sealed) : ERR_INTERNAL;
}

enum err keyring_open_chunk(const struct keyring *keyring, const char *context, const uint8_t *sealed,
                            size_t sealed_length, char *ret_plain, size_t *ret_length)
{
    char ad[CONTEXT_BUFFER_BYTES];
    *ret_length = 0;
    return chunk_text(context, ad) ? open_sealed(keyring, ad, strlen(ad), sealed, sealed_length, ret_plain, ret_length)
                                   : ERR_INTERNAL;
}

enum err keyring_index(const struct keyring *keyring, const char *domain, int64_t district, const char *text,
                       uint8_t ret_index[static KEYRING_INDEX_BYTES])
{
    if (!is_name(domain) || strlen(text) > KEYRING_TEXT_BYTES_MAX) {
        return ERR_INTERNAL;
    }
    char message[KEYRING_TEXT_BYTES_MAX + 128];
    int length = snprintf(message, sizeof message, "%s|%" PRId64 "|%s", domain, district, text);
    const struct index_key *key = &keyring->index_key;
    enum err err = crypto_hmac(key->algorithm, key->key, sizeof key->key, message, (size_t)length, ret_index);
    crypto_wipe(message, (size_t)length);
    return err;
}
