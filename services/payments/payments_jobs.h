/* The worker's part of payments: job_run functions (job.h) and the look into the bank's inbox. */
#ifndef HUIMIN_PAYMENTS_JOBS_H
#define HUIMIN_PAYMENTS_JOBS_H

#include "job.h"

/* Fills a run: its lines are frozen as one set operation. */
job_run run_generate_run;

/* Writes a released run into files of the bank and hands each over exactly once. Crash points, in order:
 * before freeze | after freeze (bytes and numbers are kept) | after the temporary file | after the rename (the bank may
 * have it) | after SENT. From each of them the next try goes on with the same bytes under the same name. */
job_run file_write_run;

/* Queues the hand-over of released runs of all districts that no open job works on; ERR_NONE when that is done. */
enum err file_write_requeue(struct db *db);

/* Checks a bank's message as a whole and applies it. */
job_run inbound_apply_run;

/* Takes messages that lie in config->inbox_dir: stored and queued first, removed from the folder afterwards. A message
 * that belongs to no district stays there and is logged once by name. Returns how many were taken. */
int inbox_take(struct db *db, const struct keyring *keyring, const struct config *config);

#endif
