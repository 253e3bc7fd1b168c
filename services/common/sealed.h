/* The sealed columns of the register: where each lives, how it is found and how it is masked. One value is sealed for
 * one row; the row's number is therefore taken before the row is written. */
#ifndef HUIMIN_SEALED_H
#define HUIMIN_SEALED_H

#include "account_number.h"
#include "err.h"
#include "keyring.h"

#include <stddef.h>
#include <stdint.h>

enum sealed_kind {
    SEALED_ID_NUMBER,   /* beneficiaries.person.id_number_sealed */
    SEALED_PHONE,       /* beneficiaries.person.phone_sealed */
    SEALED_CERTIFICATE, /* beneficiaries.certificate.number_sealed */
    SEALED_ACCOUNT      /* beneficiaries.account.number_sealed */
};

enum {
    SEALED_TEXT_SIZE = ACCOUNT_NUMBER_SIZE, /* the longest of them, with its NUL */
    SEALED_BYTES_MAX = SEALED_TEXT_SIZE + KEYRING_OVERHEAD_BYTES
};

struct sealed {
    uint8_t bytes[SEALED_BYTES_MAX];
    size_t length;
    uint8_t index[KEYRING_INDEX_BYTES];
    char masked[SEALED_TEXT_SIZE];
};

/* The blind index of a canonical value. Errors of keyring_index(). */
enum err sealed_index(const struct keyring *keyring, enum sealed_kind kind, int64_t district, const char *text,
                      uint8_t ret_index[static KEYRING_INDEX_BYTES]);

/* Seals a canonical value (shorter than SEALED_TEXT_SIZE) for a row, with its index and masked form. Errors of
 * keyring_seal() and keyring_index(). */
enum err sealed_make(const struct keyring *keyring, enum sealed_kind kind, int64_t district, int64_t row_id,
                     const char *text, struct sealed *ret_sealed);

/* Opens a sealed value of a row. ERR_SEALED_VALUE_REFUSED, with an empty text, when it is not what was sealed there. */
enum err sealed_open(const struct keyring *keyring, enum sealed_kind kind, int64_t district, int64_t row_id,
                     const uint8_t *bytes, size_t length, char ret_text[static SEALED_TEXT_SIZE]);

#endif
