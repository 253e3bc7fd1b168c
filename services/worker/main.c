/* huimin-worker: takes long work from ops.job, one job at a time, and messages from the bank's inbox. Several workers
 * may run at once. */
#include "change_list_job.h"
#include "import_job.h"
#include "job.h"
#include "log.h"
#include "payments_jobs.h"
#include "process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WORKER_ATTEMPTS_MAX = 8 };

static const struct job_kind worker_kinds[] = {
    {"import_people", import_people_run},         {"import_enrolments", import_enrolments_run},
    {"run_generate", run_generate_run},           {"file_write", file_write_run},
    {"inbound_apply", inbound_apply_run},         {"change_list_check", change_list_check_run},
    {"change_list_apply", change_list_apply_run},
};

static job_run *worker_find(const char *kind)
{
    for (size_t i = 0; i < sizeof(worker_kinds) / sizeof(worker_kinds[0]); i++)
        if (strcmp(worker_kinds[i].name, kind) == 0)
            return worker_kinds[i].run;
    return NULL;
}

static int64_t worker_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Whether an error is one of circumstances, which the next try may find changed. */
static bool worker_may_pass(enum err err)
{
    return err == ERR_NONE || err == ERR_CONFLICT_RETRY || err == ERR_DATABASE_UNAVAILABLE || err == ERR_DRAINING ||
           err == ERR_OUT_OF_MEMORY || err == ERR_OUTBOX || err == ERR_RESULT_AWAITED || err == ERR_AGENCY_MISSING ||
           err == ERR_STATEMENT_TIMEOUT;
}

static const char *worker_outcome_name(enum job_outcome outcome)
{
    return outcome == JOB_DONE ? "done" : outcome == JOB_FAILED ? "failed" : "again";
}

static void worker_run_job(struct job_context *context, const struct job *job)
{
    job_run *run = worker_find(job->kind);
    enum err err = ERR_INTERNAL;
    int64_t started_ms = worker_now_ms();
    context->job = job;
    enum job_outcome outcome = run != NULL ? run(context, &err) : JOB_FAILED;
    char sqlstate[8];
    snprintf(sqlstate, sizeof(sqlstate), "%s", db_sqlstate(context->db)); /* closing the job forgets it */
    db_rollback(context->db);
    /* What fails in itself every time must end where an operator sees it. */
    if (outcome == JOB_AGAIN && !worker_may_pass(err) && job->attempts >= WORKER_ATTEMPTS_MAX)
        outcome = JOB_FAILED;
    job_close(context->db, job, outcome, outcome == JOB_DONE ? ERR_NONE : err);
    log_line(outcome == JOB_DONE ? LOG_INFO : LOG_WARNING, "job", LOG_TEXT("kind", job->kind),
             LOG_NUMBER("job", job->id), LOG_NUMBER("district", job->district), LOG_NUMBER("subject", job->subject_id),
             LOG_TEXT("outcome", worker_outcome_name(outcome)), LOG_TEXT("code", err_info(err)->code),
             LOG_TEXT("sqlstate", sqlstate), LOG_TEXT("request_id", job->request_id),
             LOG_NUMBER("duration_ms", worker_now_ms() - started_ms));
    context->job = NULL;
}

static void worker_loop(struct job_context *context)
{
    enum err err = ERR_NONE;
    enum err reported = ERR_NONE;
    while (!process_stop_requested(context->stop_fd, 0)) {
        struct job job;
        int taken = inbox_take(context->db, context->keyring, context->config);
        bool claimed = job_claim(context->db, &job, &err);
        if (err != reported) /* once per change, not once per look */
            log_line(err == ERR_NONE ? LOG_INFO : LOG_ERROR, "job table", LOG_TEXT("code", err_info(err)->code),
                     LOG_TEXT("sqlstate", db_sqlstate(context->db)));
        reported = err;
        if (claimed)
            worker_run_job(context, &job);
        if (!claimed && taken == 0)
            process_stop_requested(context->stop_fd, (int)context->config->poll_ms);
    }
}

static int worker_flag(const char *flag, const struct config *config)
{
    if (strcmp(flag, "--version") == 0)
        printf("huimin-worker %s\n", HUIMIN_VERSION);
    else if (strcmp(flag, "--config") == 0)
        config_print(stdout);
    else if (strcmp(flag, "--check-sql") == 0)
        return db_check_statements(config->database, stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
    else {
        printf("Usage: huimin-worker [--help | --version | --config | --check-sql]\n"
               "Does the long work of the services (imports, runs, bank files, bank messages) until SIGTERM.\n");
        return strcmp(flag, "--help") == 0 ? EXIT_SUCCESS : 2;
    }
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct config config;
    if (!config_load(&config, stderr))
        return EXIT_FAILURE;
    if (argc > 1)
        return worker_flag(argv[1], &config);
    log_setup("huimin-worker", config.log_level);
    char reason[KEYRING_REASON_BYTES];
    struct keyring *keyring __attribute__((cleanup(keyring_cleanup))) = NULL;
    if (keyring_load_explained(config.keyring_file, &keyring, reason) != ERR_NONE) {
        log_line(LOG_ERROR, "keys cannot be loaded", LOG_TEXT("reason", reason));
        return EXIT_FAILURE;
    }
    struct job_context context = {.db = db_open(config.database, "huimin-worker"),
                                  .keyring = keyring,
                                  .config = &config,
                                  .stop_fd = process_stop_fd()};
    if (context.db == NULL || context.stop_fd < 0)
        return EXIT_FAILURE;
    log_line(LOG_INFO, "working", LOG_NUMBER("poll_ms", config.poll_ms));
    enum err requeued = file_write_requeue(context.db);
    if (requeued != ERR_NONE)
        log_line(LOG_WARNING, "released runs could not be looked for", LOG_TEXT("code", err_info(requeued)->code));
    worker_loop(&context);
    log_line(LOG_INFO, "stopped", LOG_NUMBER("poll_ms", config.poll_ms));
    db_close(context.db);
    close(context.stop_fd);
    return EXIT_SUCCESS;
}
