/* Documents of applications; conventions as in person_store.h. The bytes lie sealed in ops.upload (upload.h). */
#ifndef HUIMIN_DOCUMENT_STORE_H
#define HUIMIN_DOCUMENT_STORE_H

#include "crypto.h"
#include "db.h"

#include <stdint.h>

struct document_row {
    int64_t district;
    int64_t enrolment;
    const char *kind;
    const char *media_type;
    int64_t upload;
    const uint8_t *sha256; /* CRYPTO_DIGEST_BYTES */
    int64_t bytes;
    int64_t event; /* of the step */
};

/* 23505 when the same bytes are there under that kind. Answers the row. */
enum db_status document_store_insert(struct db *db, const struct document_row *row, struct db_result **ret_result);
enum db_status document_store_list(struct db *db, int64_t district, int64_t enrolment, int64_t after, int64_t limit,
                                   struct db_result **ret_result);

/* Where a document lies, and an event that it was looked at. */
enum { DOCUMENT_VIEWED_UPLOAD, DOCUMENT_VIEWED_TYPE };
enum db_status document_store_view(struct db *db, int64_t district, int64_t enrolment, int64_t id,
                                   struct db_result **ret_result);

#endif
