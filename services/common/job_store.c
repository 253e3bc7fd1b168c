#include "job.h"

#include "process.h"

#include <stdio.h>
#include <string.h>

DB_STATEMENT(job_claim_one,
             "update ops.job j set state = 'RUNNING', claim = j.claim + 1, attempts = j.attempts + 1,"
             " started_at = coalesce(j.started_at, now()), lease_until = now() + interval '60 seconds'"
             " where (j.district, j.id) = (select o.district, o.id from ops.job o"
             "  where ((o.state = 'QUEUED' and o.not_before <= now())"
             "         or (o.state = 'RUNNING' and o.lease_until < now()))"
             /* Messages of a bank are applied in the order in which they came: a return after its result. */
             "   and not (o.kind = 'inbound_apply' and exists (select from ops.job e where e.district = o.district"
             "            and e.kind = o.kind and e.id < o.id"
             "            and (e.state = 'RUNNING' or (e.state = 'QUEUED' and e.not_before <= now()))))"
             /* Money first: an import may take minutes. */
             "  order by (o.kind like 'import%'), o.created_at, o.id limit 1 for update skip locked)"
             " returning j.district, j.id, j.subject_id, j.claim, j.kind, j.actor, j.request_id, j.attempts");
DB_STATEMENT(job_fence, "update ops.job set lease_until = now() + interval '60 seconds', done = $4::bigint,"
                        " total = $5::bigint"
                        " where district = $1::integer and id = $2::bigint and claim = $3::bigint and state = 'RUNNING'"
                        " returning true");
DB_STATEMENT(job_finish,
             "update ops.job set state = $4::text, error_code = $5::text, finished_at = now(),"
             " lease_until = null, done = case when $4::text = 'DONE' then coalesce(total, done) else done end"
             " where district = $1::integer and id = $2::bigint and claim = $3::bigint"
             " and state = 'RUNNING'");
/* Tried again after 1, 2, 4 ... 64 seconds, so that a full disk or a lost fence does not make a hot loop. */
DB_STATEMENT(job_release, "update ops.job set state = 'QUEUED', lease_until = null,"
                          " not_before = now() + make_interval(secs => power(2, least(attempts - 1, 6)))"
                          " where district = $1::integer and id = $2::bigint and claim = $3::bigint"
                          " and state = 'RUNNING'");
DB_STATEMENT(job_insert, "insert into ops.job (district, kind, subject_id, actor, request_id)"
                         " values (app.district(), $1::text, $2::bigint, app.actor(), coalesce(app.request_id(), ''))"
                         " on conflict (district, kind, subject_id) where state in ('QUEUED', 'RUNNING') do nothing");

/* Claiming looks over all districts: the worker's policy on ops.job allows it. */
static const struct db_context job_worker_context = {
    .district = 0, .divisions = "{}", .programmes = "{}", .actor = "worker", .service = "worker", .request_id = ""};

static void job_copy(char *target, size_t size, const char *source)
{
    snprintf(target, size, "%s", source);
}

bool job_claim(struct db *db, struct job *ret_job, enum err *ret_error)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = db_begin(db, DB_WRITE, &job_worker_context);
    bool claimed = false;
    if (status == DB_NONE) {
        status = db_exec(db, &job_claim_one, DB_NO_PARAMS, &result);
        claimed = status == DB_ROW;
    }
    if (claimed)
        status = db_commit(db);
    *ret_error = db_error(db, status);
    if (!claimed || *ret_error != ERR_NONE) {
        db_rollback(db);
        return false;
    }
    ret_job->district = db_value_int(result, 0, 0);
    ret_job->id = db_value_int(result, 0, 1);
    ret_job->subject_id = db_value_int(result, 0, 2);
    ret_job->claim = db_value_int(result, 0, 3);
    ret_job->attempts = db_value_int(result, 0, 7);
    job_copy(ret_job->kind, sizeof(ret_job->kind), db_value(result, 0, 4));
    job_copy(ret_job->actor, sizeof(ret_job->actor), db_value(result, 0, 5));
    job_copy(ret_job->request_id, sizeof(ret_job->request_id), db_value(result, 0, 6));
    return true;
}

enum err job_begin(struct job_context *context, int64_t done, int64_t total)
{
    const struct job *job = context->job;
    const struct db_context scope = {.district = job->district,
                                     .divisions = "all",
                                     .programmes = "all",
                                     .actor = job->actor,
                                     .service = "worker",
                                     .request_id = job->request_id};
    enum db_status status = db_begin(context->db, DB_WRITE, &scope);
    if (status != DB_NONE)
        return db_error(context->db, status);
    status = db_exec(context->db, &job_fence,
                     DB_PARAMS(db_int(job->district), db_int(job->id), db_int(job->claim), db_int(done),
                               total >= 0 ? db_int(total) : db_null()),
                     NULL);
    if (status == DB_ROW)
        return ERR_NONE;
    enum err err = status == DB_NONE ? ERR_CONFLICT_RETRY : db_error(context->db, status);
    db_rollback(context->db);
    return err;
}

bool job_must_stop(const struct job_context *context)
{
    return process_stop_requested(context->stop_fd, 0);
}

void job_close(struct db *db, const struct job *job, enum job_outcome outcome, enum err error)
{
    if (db_begin(db, DB_WRITE, &job_worker_context) != DB_NONE)
        return;
    const struct db_param params[] = {db_int(job->district), db_int(job->id), db_int(job->claim),
                                      db_text(outcome == JOB_DONE ? "DONE" : "FAILED"),
                                      error == ERR_NONE ? db_null() : db_text(err_info(error)->code)};
    enum db_status status =
        outcome == JOB_AGAIN ? db_exec(db, &job_release, params, 3, NULL) : db_exec(db, &job_finish, params, 5, NULL);
    if (status != DB_NONE || db_commit(db) != DB_NONE)
        db_rollback(db);
}

enum err job_enqueue(struct db *db, const char *kind, int64_t subject_id)
{
    enum db_status status = db_exec(db, &job_insert, DB_PARAMS(db_text(kind), db_int(subject_id)), NULL);
    return db_error(db, status);
}
