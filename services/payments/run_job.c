#include "payments_jobs.h"
#include "run_store.h"

enum job_outcome run_generate_run(struct job_context *context, enum err *ret_error)
{
    *ret_error = job_begin(context, 0, -1);
    if (*ret_error != ERR_NONE)
        return JOB_AGAIN;
    enum db_status status = run_store_fill(context->db, context->job->subject_id);
    if (status == DB_ROW && db_commit(context->db) == DB_NONE)
        return JOB_DONE;
    *ret_error = db_error(context->db, status);
    db_rollback(context->db);
    if (*ret_error != ERR_INTERNAL)
        return JOB_AGAIN;
    /* A run that cannot be filled says so instead of staying GENERATING for ever. */
    if (job_begin(context, 0, -1) != ERR_NONE)
        return JOB_AGAIN;
    status = run_store_fail(context->db, context->job->subject_id, err_info(*ret_error)->code);
    if (status != DB_ROW || db_commit(context->db) != DB_NONE) {
        db_rollback(context->db);
        return JOB_AGAIN;
    }
    return JOB_FAILED;
}
