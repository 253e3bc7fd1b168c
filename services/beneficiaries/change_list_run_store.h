/* The rows of a change list that is being checked. Each function works in the caller's transaction. */
#ifndef HUIMIN_CHANGE_LIST_RUN_STORE_H
#define HUIMIN_CHANGE_LIST_RUN_STORE_H

#include "change_list_run.h"

/* Loads upload, progress, reach and reference data. ERR_WRONG_STATE when the list is not being checked (any more). */
enum err change_list_run_store_load(struct change_list_run *run);

/* Notes how many lines there are and what the file calls its columns. */
enum db_status change_list_run_store_total(struct change_list_run *run);

/* Asks the register about the batch's people and holders and notes the faults unknown_person and other_division. */
enum err change_list_run_store_look_up(struct change_list_run *run);

/* Stores the batch: lines, their sealed numbers, faults, and how far the check is. */
enum err change_list_run_store_batch(struct change_list_run *run);

/* Stores the batch's faults alone. */
enum err change_list_run_store_faults(struct change_list_run *run);

/* The list is checked; or it cannot be read, `tell`: which stands among the faults too. */
enum db_status change_list_run_store_finish(struct change_list_run *run);
enum db_status change_list_run_store_fail(struct change_list_run *run, const char *code, bool tell);

/* Applies the next lines of a list, at most `limit`; *ret_more: there may be further ones. */
enum db_status change_list_run_store_apply(struct db *db, int64_t list_id, int64_t limit, bool *ret_more);
enum db_status change_list_run_store_halt(struct db *db, int64_t list_id, const char *code);

#endif
