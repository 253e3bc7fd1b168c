#include "import_run_store.h"

#include "import_reference.h"
#include "import_store.h"
#include "sql_array.h"

#include <stdlib.h>

enum {
    LOADED_UPLOAD,
    LOADED_CHUNKS,
    LOADED_TOTAL,
    LOADED_DONE,
    LOADED_NEW,
    LOADED_CHANGED,
    LOADED_UNCHANGED,
    LOADED_BAD,
    LOADED_PASS,
    LOADED_POSITION,
    LOADED_DIVISIONS,
    LOADED_PROGRAMMES
};

DB_STATEMENT(import_run_load,
             "with running as (update beneficiaries.import i set state = 'RUNNING',"
             "  started_at = coalesce(i.started_at, now())"
             "  where i.district = $1::integer and i.id = $2::bigint and i.state in ('QUEUED', 'RUNNING')"
             "  returning i.*)"
             " select i.upload_id, u.chunks, coalesce(i.total_lines, -1), i.done_lines, i.new_lines,"
             "  i.changed_lines, i.unchanged_lines, i.bad_lines, i.pass, i.position, i.divisions::text,"
             "  i.programmes::text"
             " from running i join ops.upload u on u.district = i.district and u.id = i.upload_id");
DB_STATEMENT(import_run_position,
             "update beneficiaries.import set total_lines = $3::bigint, pass = $4::integer, position = $5::bigint"
             " where district = $1::integer and id = $2::bigint");
DB_STATEMENT(import_run_event,
             "select audit.write_event('import_batch', 'import', $1::text, jsonb_build_object("
             " 'lines', $2::bigint, 'new', $3::bigint, 'changed', $4::bigint, 'unchanged', $5::bigint,"
             " 'bad', $6::bigint, 'last_line', $7::bigint))");
DB_STATEMENT(import_run_progress, "update beneficiaries.import set done_lines = $3::bigint, new_lines = $4::bigint,"
                                  " changed_lines = $5::bigint, unchanged_lines = $6::bigint, bad_lines = $7::bigint,"
                                  " position = $8::bigint, version = version + 1, event_id = $9::bigint"
                                  " where district = $1::integer and id = $2::bigint");
DB_STATEMENT(import_run_faults,
             "insert into beneficiaries.import_error (district, import_id, line, column_name, code)"
             " select $1::integer, $2::bigint, x.line, x.name, x.code"
             " from unnest($3::bigint[], $4::text[], $5::text[]) with ordinality x(line, name, code, ord)"
             " order by x.ord");
DB_STATEMENT(import_run_wait,
             "insert into beneficiaries.import_waiting (district, import_id, line)"
             " select $1::integer, $2::bigint, x.line from unnest($3::bigint[]) x(line) on conflict do nothing");
DB_STATEMENT(import_run_resolve, "delete from beneficiaries.import_waiting where district = $1::integer"
                                 " and import_id = $2::bigint and line = any ($3::bigint[])");
DB_STATEMENT(import_run_waiting, "select line from beneficiaries.import_waiting"
                                 " where district = $1::integer and import_id = $2::bigint order by line");
DB_STATEMENT(import_run_give_up,
             "with waiting as (delete from beneficiaries.import_waiting"
             "  where district = $1::integer and import_id = $2::bigint returning line),"
             " counted as (select count(*) as lines from waiting),"
             " reported as (insert into beneficiaries.import_error (district, import_id, line, column_name, code)"
             "  select $1::integer, $2::bigint, line, $3::text, 'unknown_person' from waiting order by line)"
             " update beneficiaries.import i set bad_lines = i.bad_lines + counted.lines,"
             "  done_lines = i.done_lines + counted.lines"
             " from counted where i.district = $1::integer and i.id = $2::bigint"
             " returning i.bad_lines, i.done_lines");
DB_STATEMENT(import_run_finish,
             "with event as materialized (select audit.write_event('finish_import', 'import', $2::text,"
             "  jsonb_build_object('state', $3::text, 'code', $4::text, 'new', i.new_lines,"
             "   'changed', i.changed_lines, 'unchanged', i.unchanged_lines, 'bad', i.bad_lines)) as id"
             "  from beneficiaries.import i where i.district = $1::integer and i.id = $2::bigint)"
             " update beneficiaries.import i set state = $3::text, error_code = $4::text, finished_at = now(),"
             "  version = i.version + 1, event_id = event.id"
             " from event where i.district = $1::integer and i.id = $2::bigint");
DB_STATEMENT(import_run_file_fault,
             "insert into beneficiaries.import_error (district, import_id, line, column_name, code)"
             " values ($1::integer, $2::bigint, 1, '', $3::text)");

#define RUN_KEY(run) db_int((run)->district), db_int((run)->import_id)

static enum err run_load_row(struct import_run *run, struct db_result **ret_row)
{
    enum db_status status = db_exec(run->context->db, &import_run_load, DB_PARAMS(RUN_KEY(run)), ret_row);
    const struct db_result *row = *ret_row;
    if (status != DB_ROW)
        return status == DB_NONE ? ERR_NOT_FOUND : db_error(run->context->db, status);
    run->source.upload_id = db_value_int(row, 0, LOADED_UPLOAD);
    run->source.chunks = db_value_int(row, 0, LOADED_CHUNKS);
    run->progress = (struct import_progress){.total_lines = db_value_int(row, 0, LOADED_TOTAL),
                                             .done_lines = db_value_int(row, 0, LOADED_DONE),
                                             .new_lines = db_value_int(row, 0, LOADED_NEW),
                                             .changed_lines = db_value_int(row, 0, LOADED_CHANGED),
                                             .unchanged_lines = db_value_int(row, 0, LOADED_UNCHANGED),
                                             .bad_lines = db_value_int(row, 0, LOADED_BAD),
                                             .pass = db_value_int(row, 0, LOADED_PASS),
                                             .position = db_value_int(row, 0, LOADED_POSITION)};
    return ERR_NONE;
}

enum err import_run_store_load(struct import_run *run)
{
    CLEANUP_RESULT struct db_result *row = NULL;
    enum err err = run_load_row(run, &row);
    if (err != ERR_NONE)
        return err;
    return import_reference_load(run->context->db, run->district, db_value(row, 0, LOADED_DIVISIONS),
                                 db_value(row, 0, LOADED_PROGRAMMES), run->arena, &run->reference);
}

enum db_status import_run_store_position(struct import_run *run)
{
    return db_exec(run->context->db, &import_run_position,
                   DB_PARAMS(RUN_KEY(run), db_int(run->progress.total_lines), db_int(run->progress.pass),
                             db_int(run->progress.position)),
                   NULL);
}

enum db_status import_run_store_event(struct import_run *run, const struct import_progress *after,
                                      int64_t *ret_event_id)
{
    const struct import_progress *before = &run->progress;
    CLEANUP_RESULT struct db_result *event = NULL;
    enum db_status status = db_exec(run->context->db, &import_run_event,
                                    DB_PARAMS(db_int(run->import_id), db_int(after->done_lines - before->done_lines),
                                              db_int(after->new_lines - before->new_lines),
                                              db_int(after->changed_lines - before->changed_lines),
                                              db_int(after->unchanged_lines - before->unchanged_lines),
                                              db_int(after->bad_lines - before->bad_lines), db_int(after->position)),
                                    &event);
    if (status == DB_ROW)
        *ret_event_id = db_value_int(event, 0, 0);
    return status;
}

static enum db_status run_store_faults(struct import_run *run)
{
    struct buffer *lines = &run->arrays[0];
    struct buffer *names = &run->arrays[1];
    struct buffer *codes = &run->arrays[2];
    size_t count = 0;
    sql_array_begin(lines);
    sql_array_begin(names);
    sql_array_begin(codes);
    for (size_t i = 0; i < run->slot_count; i++) {
        const struct import_line *line = import_run_slot(run, i)->line;
        for (size_t k = 0; k < line->fault_count; k++, count++) {
            sql_array_int(lines, (int64_t)line->line);
            sql_array_text(names, import_header_name(&run->header, line->faults[k].column));
            sql_array_text(codes, err_info(line->faults[k].code)->code);
        }
    }
    if (count == 0)
        return DB_NONE;
    return db_exec(run->context->db, &import_run_faults,
                   DB_PARAMS(RUN_KEY(run), db_text(sql_array_end(lines)), db_text(sql_array_end(names)),
                             db_text(sql_array_end(codes))),
                   NULL);
}

/* Notes the lines that wait, and forgets those that waited and do so no longer. */
static enum db_status run_store_waiting(struct import_run *run)
{
    struct buffer *waiting = &run->arrays[0];
    struct buffer *settled = &run->arrays[1];
    size_t waiting_count = 0;
    sql_array_begin(waiting);
    sql_array_begin(settled);
    for (size_t i = 0; i < run->slot_count; i++) {
        const struct import_line *line = import_run_slot(run, i)->line;
        bool waits = line->result == IMPORT_WAITING;
        sql_array_int(waits ? waiting : settled, (int64_t)line->line);
        waiting_count += waits;
    }
    enum db_status status = DB_NONE;
    if (waiting_count > 0)
        status =
            db_exec(run->context->db, &import_run_wait, DB_PARAMS(RUN_KEY(run), db_text(sql_array_end(waiting))), NULL);
    if (status == DB_NONE && run->progress.pass > 1)
        status = db_exec(run->context->db, &import_run_resolve,
                         DB_PARAMS(RUN_KEY(run), db_text(sql_array_end(settled))), NULL);
    return status;
}

enum err import_run_store_batch(struct import_run *run, const struct import_progress *after, int64_t event_id)
{
    enum db_status status = run_store_faults(run);
    if (status == DB_NONE)
        status = run_store_waiting(run);
    if (status == DB_NONE)
        status = db_exec(run->context->db, &import_run_progress,
                         DB_PARAMS(RUN_KEY(run), db_int(after->done_lines), db_int(after->new_lines),
                                   db_int(after->changed_lines), db_int(after->unchanged_lines),
                                   db_int(after->bad_lines), db_int(after->position), db_int(event_id)),
                         NULL);
    return db_error(run->context->db, status);
}

enum err import_run_store_waiting(struct import_run *run)
{
    CLEANUP_RESULT struct db_result *rows = NULL;
    enum db_status status = db_exec(run->context->db, &import_run_waiting, DB_PARAMS(RUN_KEY(run)), &rows);
    if (status == DB_HARD || status == DB_RETRY)
        return db_error(run->context->db, status);
    free(run->waiting);
    run->waiting_next = 0;
    run->waiting_count = db_row_count(rows);
    run->waiting = calloc(run->waiting_count + 1, sizeof(*run->waiting));
    if (run->waiting == NULL)
        return ERR_OUT_OF_MEMORY;
    for (size_t i = 0; i < run->waiting_count; i++)
        run->waiting[i] = db_value_int(rows, i, 0);
    return ERR_NONE;
}

enum err import_run_store_give_up(struct import_run *run)
{
    CLEANUP_RESULT struct db_result *row = NULL;
    enum db_status status =
        db_exec(run->context->db, &import_run_give_up,
                DB_PARAMS(RUN_KEY(run), db_text(import_header_name(&run->header, IMPORT_HOLDER))), &row);
    if (status != DB_ROW)
        return status == DB_NONE ? ERR_NOT_FOUND : db_error(run->context->db, status);
    run->progress.bad_lines = db_value_int(row, 0, 0);
    run->progress.done_lines = db_value_int(row, 0, 1);
    return ERR_NONE;
}

enum db_status import_run_store_finish(struct import_run *run)
{
    return db_exec(run->context->db, &import_run_finish, DB_PARAMS(RUN_KEY(run), db_text("DONE"), db_null()), NULL);
}

enum db_status import_run_store_fail(struct import_run *run, enum err err)
{
    const struct err_info *info = err_info(err);
    if (info->field) {
        enum db_status status =
            db_exec(run->context->db, &import_run_file_fault, DB_PARAMS(RUN_KEY(run), db_text(info->code)), NULL);
        if (status != DB_NONE)
            return status;
    }
    return db_exec(run->context->db, &import_run_finish,
                   DB_PARAMS(RUN_KEY(run), db_text("FAILED"), db_text(info->code)), NULL);
}
