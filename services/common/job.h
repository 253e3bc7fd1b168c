/* Long work taken from ops.job. A job's run function works in short transactions; each begins with
 * job_begin(), which checks the job's fence (`claim`) and renews its lease, so that a process that was paused
 * and taken for dead can change nothing when it wakes up. Work must be resumable: a killed worker's job is
 * run again from the start. */
#ifndef HUIMIN_JOB_H
#define HUIMIN_JOB_H

#include "config.h"
#include "db.h"
#include "keyring.h"

#include <stdbool.h>
#include <stdint.h>

struct job {
    int64_t district;
    int64_t id;
    int64_t subject_id; /* the import, run or inbound message the work is for */
    int64_t claim;
    int64_t attempts; /* this one included */
    char kind[32];
    char actor[65];
    char request_id[65];
};

struct job_context {
    struct db *db;
    const struct keyring *keyring;
    const struct config *config;
    const struct job *job;
    int stop_fd; /* readable when the worker is asked to stop: see job_must_stop() */
};

/* What a run function ends with. */
enum job_outcome {
    JOB_DONE,   /* finished: the job is closed as DONE */
    JOB_FAILED, /* cannot succeed: closed as FAILED with the error given */
    JOB_AGAIN   /* stopped, fence lost or database gone: somebody runs it again */
};

typedef enum job_outcome job_run(struct job_context *context, enum err *ret_error);

struct job_kind {
    const char *name;
    job_run *run;
};

/* Opens a transaction as the job's actor and district and proves the fence, renewing the lease. done and
 * total are stored as the job's progress (total < 0: unknown). ERR_CONFLICT_RETRY when the fence is lost. */
enum err job_begin(struct job_context *context, int64_t done, int64_t total);

/* True when the worker has been asked to stop: the run function returns JOB_AGAIN between two transactions.
 */
bool job_must_stop(const struct job_context *context);

/* Claims the oldest open job of any district (QUEUED, or RUNNING with an expired lease). False when there is none, or
 * when the job table cannot be reached: then *ret_error is not ERR_NONE. */
bool job_claim(struct db *db, struct job *ret_job, enum err *ret_error);

/* Closes a claimed job. error is ERR_NONE for JOB_DONE. Does nothing when the fence is lost. */
void job_close(struct db *db, const struct job *job, enum job_outcome outcome, enum err error);

/* Queues a job in the caller's open transaction for its actor and district; a job of that kind and subject
 * that is still open is kept instead. */
enum err job_enqueue(struct db *db, const char *kind, int64_t subject_id);

#endif
