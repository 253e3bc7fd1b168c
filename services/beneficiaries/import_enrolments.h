/* Imports of enrolments: each good line becomes an open application, unless the person has one for the item
 * or is enrolled in it. */
#ifndef HUIMIN_IMPORT_ENROLMENTS_H
#define HUIMIN_IMPORT_ENROLMENTS_H

#include "import_run.h"

extern const struct import_run_kind import_enrolments_kind;

struct import_enrolment_slot {
    struct import_slot slot; /* its digest: identity number and item */
    struct import_enrolment enrolment;
    uint8_t id_index[KEYRING_INDEX_BYTES];
    int64_t person_id; /* 0: not registered, or beyond the importer's reach */
};

#endif
