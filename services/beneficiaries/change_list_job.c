#include "change_list_job.h"

#include "change_list_run.h"
#include "change_list_run_store.h"

enum { APPLY_LINES = 500, APPLY_TRIES_MAX = 4 };

enum job_outcome change_list_check_run(struct job_context *context, enum err *ret_error)
{
    return change_list_check(context, ret_error);
}

static enum err apply_commit(struct db *db, enum db_status status)
{
    enum err err = db_error(db, status);
    if (err == ERR_NONE)
        err = db_error(db, db_commit(db));
    if (err != ERR_NONE)
        db_rollback(db);
    return err;
}

/* One transaction; the lines that it applied are not good lines any more, so that none is applied twice. */
static enum err apply_some(struct job_context *context, bool *ret_more)
{
    enum err err = job_begin(context, 0, -1);
    if (err != ERR_NONE)
        return err;
    return apply_commit(context->db,
                        change_list_run_store_apply(context->db, context->job->subject_id, APPLY_LINES, ret_more));
}

static enum err apply_all(struct job_context *context)
{
    bool more = true;
    int tries = 0;
    enum err err = ERR_NONE;
    while (more && err == ERR_NONE) {
        if (job_must_stop(context))
            return ERR_DRAINING;
        err = apply_some(context, &more);
        /* Somebody may enrol the same person at the same moment: looked at again, the line is bad. */
        if (err == ERR_ALREADY_EXISTS && ++tries < APPLY_TRIES_MAX)
            err = ERR_NONE;
    }
    return err;
}

enum job_outcome change_list_apply_run(struct job_context *context, enum err *ret_error)
{
    enum err err = apply_all(context);
    *ret_error = err;
    switch (err) {
    case ERR_NONE:
        return JOB_DONE;
    case ERR_DRAINING:
    case ERR_CONFLICT_RETRY:
    case ERR_DATABASE_UNAVAILABLE:
    case ERR_OUT_OF_MEMORY:
    case ERR_STATEMENT_TIMEOUT:
        return JOB_AGAIN;
    default:
        break;
    }
    if (job_begin(context, 0, -1) != ERR_NONE)
        return JOB_AGAIN;
    enum db_status status = change_list_run_store_halt(context->db, context->job->subject_id, err_info(err)->code);
    return apply_commit(context->db, status) == ERR_NONE ? JOB_FAILED : JOB_AGAIN;
}
