/* The check of one change list in the worker: lines are taken in, in batches of one transaction each, and looked at
 * together at the end. A killed check goes on behind the last batch. */
#ifndef HUIMIN_CHANGE_LIST_RUN_H
#define HUIMIN_CHANGE_LIST_RUN_H

#include "arena.h"
#include "buffer.h"
#include "change_list.h"
#include "import_source.h"
#include "job.h"
#include "keyring.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CHANGE_LIST_ARRAYS = 25 };

/* A line with what the register knows: ids are 0 for who is not registered or out of the uploader's reach. */
struct change_slot {
    struct change_line line;
    uint8_t id_index[KEYRING_INDEX_BYTES];
    uint8_t holder_index[KEYRING_INDEX_BYTES];
    int64_t person_id;
    int64_t holder_id;
    int64_t account_id; /* taken from its sequence when the line makes an account */
};

struct change_list_run {
    struct job_context *context;
    int64_t district;
    int64_t list_id;
    int64_t total_lines; /* -1: not counted yet */
    int64_t done_lines;
    int64_t position; /* last physical line that has been taken in */
    struct import_source source;
    struct import_reference reference;
    struct arena *arena; /* holds what `reference` points to */
    struct import_header header;
    bool counting;
    bool damaged; /* a spreadsheet has damaged numbers: only faults are collected */
    struct change_slot *slots;
    size_t slot_count;
    uint64_t last_line; /* of the batch */
    struct buffer arrays[CHANGE_LIST_ARRAYS];
};

enum job_outcome change_list_check(struct job_context *context, enum err *ret_error);

#endif
