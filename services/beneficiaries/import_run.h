/* The run of one import in the worker: passes over the file, lines in batches of one transaction each,
 * progress that a killed run resumes from. What is particular to people or enrolments is behind struct
 * import_run_kind. */
#ifndef HUIMIN_IMPORT_RUN_H
#define HUIMIN_IMPORT_RUN_H

#include "arena.h"
#include "buffer.h"
#include "import.h"
#include "import_seen.h"
#include "import_source.h"
#include "job.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { IMPORT_BATCH_LINES = 1000 };

/* Where an import is, as its row says. */
struct import_progress {
    int64_t total_lines; /* -1: not counted yet */
    int64_t done_lines;
    int64_t new_lines;
    int64_t changed_lines;
    int64_t unchanged_lines;
    int64_t bad_lines;
    int64_t pass;     /* from 1 */
    int64_t position; /* last physical line that this pass has dealt with */
};

struct import_run;

/* The slots of a batch begin with struct import_slot. */
struct import_slot {
    struct import_line *line;            /* the line's checked values, inside the slot */
    size_t own_fault_count;              /* faults that the line shows by itself */
    uint8_t digest[KEYRING_INDEX_BYTES]; /* what may not repeat in a file */
};

struct import_run_kind {
    enum import_kind kind;
    size_t slot_bytes;
    /* Checks a record into a slot and sets slot->line. */
    void (*read)(const struct import_run *run, char *const *fields, uint64_t line, struct import_slot *slot);
    /* Sets slot->line to the slot's empty line, for a fault of the file's form. */
    void (*clear)(struct import_slot *slot);
    /* Computes the slot's digest; called for slots with an identity number. ret_counts: whether repeats
     * matter. */
    enum err (*digest)(const struct import_run *run, struct import_slot *slot, bool *ret_counts);
    /* In an open transaction: asks the register about the batch's good lines and sets each one's result. */
    enum err (*look_up)(struct import_run *run);
    /* Then stores what look_up() decided; every row bears the event. */
    enum err (*store)(struct import_run *run, int64_t event_id);
};

struct import_run {
    struct job_context *context;
    int64_t district;
    int64_t import_id;
    const struct import_run_kind *kind;
    struct import_progress progress;
    struct import_source source;
    struct import_reference reference;
    struct arena *arena; /* holds what `reference` points to */
    struct import_header header;
    bool counting;
    struct import_seen *seen;
    int64_t *waiting; /* lines that this pass takes up, ascending; from the second pass on */
    size_t waiting_count;
    size_t waiting_next;
    char *slots;
    size_t slot_count;
    uint64_t last_line;       /* of the batch */
    struct buffer arrays[16]; /* parameters of the kind's statements, reused */
};

struct import_slot *import_run_slot(const struct import_run *run, size_t index);

/* Runs the import that the job is for, from where it stands. */
enum job_outcome import_run(struct job_context *context, const struct import_run_kind *kind, enum err *ret_error);

#endif
