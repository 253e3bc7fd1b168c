/* Imports of people: what a batch of lines means for the register, and its storage in set operations. */
#ifndef HUIMIN_IMPORT_PEOPLE_H
#define HUIMIN_IMPORT_PEOPLE_H

#include "import_run.h"

extern const struct import_run_kind import_people_kind;

/* What the register knows about a line. Ids of rows that are to be written have been taken from their
 * sequences. */
struct import_known {
    int64_t person_id;
    bool is_new;
    int64_t division;     /* of the registered person */
    bool is_merged;       /* the registered person was merged into another */
    bool differs;         /* name, division or phone */
    int64_t household_id; /* 0: the number is not registered */
    int64_t household_division;
    int64_t head_id;        /* current head of that household; 0: none */
    bool same_member;       /* belongs to the household with that relation */
    int64_t income_fen;     /* current income of the household; -1: none */
    int64_t certificate_id; /* of the certificate to write; 0: none stated, or it is the current one */
    int64_t account_id;     /* the same for the account */
    int64_t holder_id;      /* 0: not registered, or none stated */
    int64_t holder_division;
};

struct import_people_slot {
    struct import_slot slot;
    struct import_person person;
    struct import_known known;
    uint8_t phone_index[KEYRING_INDEX_BYTES];
    uint8_t certificate_index[KEYRING_INDEX_BYTES];
    uint8_t account_index[KEYRING_INDEX_BYTES];
    uint8_t holder_index[KEYRING_INDEX_BYTES];
};

/* What a line that is going to be stored changes besides the person. */
bool import_people_changes_member(const struct import_people_slot *slot);
bool import_people_changes_income(const struct import_people_slot *slot);

/* Decides what becomes of the batch's good lines by what the register knows: faults (other_division,
 * second_head), waiting for a holder, new, changed or unchanged. Fills in holder_id. Pure. */
void import_people_decide(struct import_run *run);

#endif
