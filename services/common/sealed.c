#include "sealed.h"

#include "id_number.h"
#include "phone.h"

#include <stdio.h>
#include <string.h>

struct sealed_column {
    const char *table;
    const char *column;
    const char *domain;
};

static const struct sealed_column sealed_columns[] = {
    [SEALED_ID_NUMBER] = {"beneficiaries.person", "id_number_sealed", "id_number"},
    [SEALED_PHONE] = {"beneficiaries.person", "phone_sealed", "phone"},
    [SEALED_CERTIFICATE] = {"beneficiaries.certificate", "number_sealed", "certificate_number"},
    [SEALED_ACCOUNT] = {"beneficiaries.account", "number_sealed", "account_number"},
};

static struct keyring_place sealed_place(enum sealed_kind kind, int64_t district, int64_t row_id)
{
    const struct sealed_column *column = &sealed_columns[kind];
    return (struct keyring_place){column->table, column->column, district, row_id};
}

/* A certificate number begins with the holder's identity number; type and grade behind it may be seen. */
static void sealed_mask_certificate(const char *text, char ret_masked[static SEALED_TEXT_SIZE])
{
    char holder[ID_NUMBER_SIZE];
    char masked[ID_NUMBER_SIZE];
    snprintf(holder, sizeof(holder), "%.*s", ID_NUMBER_LENGTH, text);
    id_number_mask(holder, masked);
    snprintf(ret_masked, SEALED_TEXT_SIZE, "%s%s", masked, text + strlen(holder));
}

static void sealed_mask(enum sealed_kind kind, const char *text, char ret_masked[static SEALED_TEXT_SIZE])
{
    switch (kind) {
    case SEALED_ID_NUMBER:
        id_number_mask(text, ret_masked);
        break;
    case SEALED_PHONE:
        phone_mask(text, ret_masked);
        break;
    case SEALED_CERTIFICATE:
        sealed_mask_certificate(text, ret_masked);
        break;
    case SEALED_ACCOUNT:
        account_number_mask(text, ret_masked);
        break;
    }
}

enum err sealed_index(const struct keyring *keyring, enum sealed_kind kind, int64_t district, const char *text,
                      uint8_t ret_index[static KEYRING_INDEX_BYTES])
{
    return keyring_index(keyring, sealed_columns[kind].domain, district, text, ret_index);
}

enum err sealed_make(const struct keyring *keyring, enum sealed_kind kind, int64_t district, int64_t row_id,
                     const char *text, struct sealed *ret_sealed)
{
    size_t length = strlen(text);
    if (length >= SEALED_TEXT_SIZE)
        return ERR_INTERNAL;
    struct keyring_place place = sealed_place(kind, district, row_id);
    enum err err = keyring_seal(keyring, &place, text, length, ret_sealed->bytes);
    if (err != ERR_NONE)
        return err;
    ret_sealed->length = length + KEYRING_OVERHEAD_BYTES;
    sealed_mask(kind, text, ret_sealed->masked);
    return sealed_index(keyring, kind, district, text, ret_sealed->index);
}

enum err sealed_open(const struct keyring *keyring, enum sealed_kind kind, int64_t district, int64_t row_id,
                     const uint8_t *bytes, size_t length, char ret_text[static SEALED_TEXT_SIZE])
{
    char plain[SEALED_BYTES_MAX];
    size_t plain_length = 0;
    ret_text[0] = '\0';
    if (length > SEALED_BYTES_MAX)
        return ERR_SEALED_VALUE_REFUSED;
    struct keyring_place place = sealed_place(kind, district, row_id);
    enum err err = keyring_open(keyring, &place, bytes, length, plain, &plain_length);
    if (err == ERR_NONE && plain_length < SEALED_TEXT_SIZE)
        memcpy(ret_text, plain, plain_length + 1);
    else if (err == ERR_NONE)
        err = ERR_SEALED_VALUE_REFUSED;
    crypto_wipe(plain, sizeof(plain));
    return err;
}
