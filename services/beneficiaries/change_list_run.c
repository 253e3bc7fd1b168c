#include "change_list_run.h"

#include "change_list_run_store.h"
#include "import_records.h"
#include "sealed.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ARRAY_BYTES_MAX = 4 * 1024 * 1024, REFERENCE_BYTES_MAX = 4 * 1024 * 1024 };

static enum err run_begin(struct change_list_run *run)
{
    return job_begin(run->context, run->done_lines, run->total_lines);
}

static enum err run_commit(struct change_list_run *run, enum err err)
{
    struct db *db = run->context->db;
    if (err == ERR_NONE) {
        enum db_status status = db_commit(db);
        if (status == DB_NONE)
            return ERR_NONE;
        err = db_error(db, status);
    }
    db_rollback(db);
    return err;
}

/* ---- one batch */

static enum err run_index(const struct change_list_run *run, const char *text, uint8_t *ret_index)
{
    if (text[0] == '\0')
        return ERR_NONE;
    return sealed_index(run->context->keyring, SEALED_ID_NUMBER, run->district, text, ret_index);
}

static enum err run_flush(struct change_list_run *run)
{
    enum err err = ERR_NONE;
    if (run->slot_count == 0)
        return ERR_NONE;
    for (size_t i = 0; i < run->slot_count && err == ERR_NONE; i++) {
        struct change_slot *slot = &run->slots[i];
        err = run_index(run, slot->line.line.id_number, slot->id_index);
        if (err == ERR_NONE)
            err = run_index(run, slot->line.account.holder, slot->holder_index);
    }
    if (err == ERR_NONE)
        err = run_begin(run);
    if (err != ERR_NONE)
        return err;
    int64_t done = run->done_lines;
    int64_t position = run->position;
    err = change_list_run_store_look_up(run);
    run->done_lines += (int64_t)run->slot_count;
    run->position = (int64_t)run->last_line;
    if (err == ERR_NONE)
        err = change_list_run_store_batch(run);
    err = run_commit(run, err);
    if (err != ERR_NONE) {
        run->done_lines = done;
        run->position = position;
        return err;
    }
    run->slot_count = 0;
    return job_must_stop(run->context) ? ERR_DRAINING : ERR_NONE;
}

static enum err run_added(struct change_list_run *run, uint64_t line)
{
    run->last_line = line;
    return ++run->slot_count == CHANGE_LIST_BATCH_LINES ? run_flush(run) : ERR_NONE;
}

/* ---- the file */

static enum err run_on_header(void *context, const struct csv_record *record)
{
    struct change_list_run *run = context;
    return change_list_read_header(record->fields, record->field_count, &run->header) ? ERR_NONE : ERR_CSV_HEADER;
}

/* Before anything is stored, every line is counted and looked at for damage; damaged ones stay in their slots. */
static enum err run_count_record(struct change_list_run *run, const struct csv_record *record)
{
    struct change_slot *slot = &run->slots[run->slot_count];
    if (++run->total_lines > CHANGE_LIST_LINES_MAX)
        return ERR_TOO_MANY_LINES;
    change_list_read_line(&run->header, record->fields, record->line, &run->reference, &slot->line);
    if (change_list_is_damaged(&slot->line)) {
        run->damaged = true;
        if (run->slot_count < CHANGE_LIST_BATCH_LINES - 1)
            run->slot_count++;
    }
    return ERR_NONE;
}

static enum err run_on_record(void *context, const struct csv_record *record)
{
    struct change_list_run *run = context;
    if (run->counting)
        return run_count_record(run, record);
    if ((int64_t)record->line <= run->position)
        return ERR_NONE;
    struct change_slot *slot = &run->slots[run->slot_count];
    memset(slot, 0, sizeof(*slot));
    change_list_read_line(&run->header, record->fields, record->line, &run->reference, &slot->line);
    return run_added(run, record->line);
}

static enum err run_on_problem(void *context, uint64_t line, enum err problem)
{
    struct change_list_run *run = context;
    if (run->counting)
        return ++run->total_lines > CHANGE_LIST_LINES_MAX ? ERR_TOO_MANY_LINES : ERR_NONE;
    if ((int64_t)line <= run->position)
        return ERR_NONE;
    struct change_slot *slot = &run->slots[run->slot_count];
    memset(slot, 0, sizeof(*slot));
    slot->line.line.line = line;
    import_line_fault(&slot->line.line, IMPORT_WHOLE_LINE, problem);
    return run_added(run, line);
}

static enum err run_read_file(struct change_list_run *run)
{
    const struct import_records_handler handler = {run_on_header, run_on_record, run_on_problem, run};
    return import_records_read(&run->source, &handler);
}

/* ---- the check */

static enum err run_count(struct change_list_run *run)
{
    run->total_lines = 0;
    run->counting = true;
    enum err err = run_read_file(run);
    run->counting = false;
    if (err == ERR_NONE && run->damaged)
        err = ERR_EXCEL_DAMAGE;
    else if (err == ERR_NONE && run->total_lines == 0)
        err = ERR_EMPTY_FILE;
    if (err == ERR_NONE)
        err = run_begin(run);
    if (err != ERR_NONE)
        return err;
    return run_commit(run, db_error(run->context->db, change_list_run_store_total(run)));
}

static enum err run_finish(struct change_list_run *run)
{
    enum err err = run_begin(run);
    if (err != ERR_NONE)
        return err;
    return run_commit(run, db_error(run->context->db, change_list_run_store_finish(run)));
}

static enum err run_all(struct change_list_run *run)
{
    enum err err = run_begin(run);
    if (err != ERR_NONE)
        return err;
    err = run_commit(run, change_list_run_store_load(run));
    if (err == ERR_NONE)
        err = import_source_detect(&run->source);
    if (err == ERR_NONE && run->total_lines < 0)
        err = run_count(run);
    if (err == ERR_NONE)
        err = run_read_file(run);
    if (err == ERR_NONE)
        err = run_flush(run);
    return err == ERR_NONE ? run_finish(run) : err;
}

/* Nothing of the list is kept but what was wrong with it. */
static enum job_outcome run_fail(struct change_list_run *run, enum err err)
{
    const struct err_info *info = err_info(err);
    bool damaged = err == ERR_EXCEL_DAMAGE;
    run->done_lines = 0;
    if (run_begin(run) != ERR_NONE)
        return JOB_AGAIN;
    enum err stored = damaged ? change_list_run_store_faults(run) : ERR_NONE;
    if (stored == ERR_NONE)
        stored = db_error(run->context->db, change_list_run_store_fail(run, info->code, info->field));
    return run_commit(run, stored) == ERR_NONE ? JOB_FAILED : JOB_AGAIN;
}

static enum job_outcome run_outcome(struct change_list_run *run, enum err err)
{
    switch (err) {
    case ERR_NONE:
    case ERR_WRONG_STATE: /* checked by a worker whose commit was not seen */
        return JOB_DONE;
    case ERR_DRAINING:
    case ERR_CONFLICT_RETRY:
    case ERR_DATABASE_UNAVAILABLE:
    case ERR_OUT_OF_MEMORY:
        return JOB_AGAIN;
    default:
        return run_fail(run, err);
    }
}

enum job_outcome change_list_check(struct job_context *context, enum err *ret_error)
{
    struct change_list_run run = {.context = context,
                                  .district = context->job->district,
                                  .list_id = context->job->subject_id,
                                  .total_lines = -1,
                                  .arena = arena_new(REFERENCE_BYTES_MAX),
                                  .slots = calloc(CHANGE_LIST_BATCH_LINES, sizeof(struct change_slot))};
    for (size_t i = 0; i < CHANGE_LIST_ARRAYS; i++)
        run.arrays[i] = buffer_init(ARRAY_BYTES_MAX);
    run.source.context = context;
    run.source.done = &run.done_lines;
    run.source.total = &run.total_lines;
    run.reference.today = date_today_shanghai(time(NULL));
    enum err err = run.arena != NULL && run.slots != NULL ? run_all(&run) : ERR_OUT_OF_MEMORY;
    enum job_outcome outcome = run_outcome(&run, err);
    *ret_error = err;
    for (size_t i = 0; i < CHANGE_LIST_ARRAYS; i++)
        buffer_free(&run.arrays[i]);
    if (run.slots != NULL)
        crypto_wipe(run.slots, CHANGE_LIST_BATCH_LINES * sizeof(struct change_slot));
    free(run.slots);
    arena_free(run.arena);
    return outcome;
}
