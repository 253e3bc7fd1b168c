/* The rows of a running import: reference data, progress, faults and waiting lines. Each function works in
 * the caller's transaction (job_begin()). */
#ifndef HUIMIN_IMPORT_RUN_STORE_H
#define HUIMIN_IMPORT_RUN_STORE_H

#include "import_run.h"

/* Loads the import, what its lines may refer to, and marks it as running. ERR_NOT_FOUND. */
enum err import_run_store_load(struct import_run *run);

/* Stores total, pass and position. */
enum db_status import_run_store_position(struct import_run *run);

/* Writes the batch's event (counts only); *ret_event_id is stored with each row of the batch. */
enum db_status import_run_store_event(struct import_run *run, const struct import_progress *after,
                                      int64_t *ret_event_id);

/* Stores the batch's faults and its waiting lines, and the progress after it. */
enum err import_run_store_batch(struct import_run *run, const struct import_progress *after, int64_t event_id);

/* Loads the waiting lines into run->waiting (malloc'ed, ascending). */
enum err import_run_store_waiting(struct import_run *run);

/* Turns the waiting lines into faults: the holder is not in the register. */
enum err import_run_store_give_up(struct import_run *run);

/* The end: DONE, or FAILED with a fault of the whole file at line 1. */
enum db_status import_run_store_finish(struct import_run *run);
enum db_status import_run_store_fail(struct import_run *run, enum err err);

#endif
