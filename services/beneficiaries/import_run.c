#include "import_run.h"

#include "import_records.h"
#include "import_run_store.h"
#include "import_store.h"
#include "upload.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    BATCH_TRIES_MAX = 4,
    IMPORT_BAD_LINES_MAX = 10000,
    ARRAY_BYTES_MAX = 16 * 1024 * 1024,
    REFERENCE_BYTES_MAX = 4 * 1024 * 1024,
    LINE_BYTES_MIN = 24 /* no line with an identity number is shorter: bounds what can repeat in a file */
};

struct import_slot *import_run_slot(const struct import_run *run, size_t index)
{
    return (struct import_slot *)(void *)(run->slots + index * run->kind->slot_bytes);
}

/* ---- one batch */

static void run_count(const struct import_run *run, struct import_progress *ret_after)
{
    *ret_after = run->progress;
    ret_after->position = (int64_t)run->last_line;
    for (size_t i = 0; i < run->slot_count; i++) {
        switch (import_run_slot(run, i)->line->result) {
        case IMPORT_NEW:
            ret_after->new_lines++;
            break;
        case IMPORT_CHANGED:
            ret_after->changed_lines++;
            break;
        case IMPORT_UNCHANGED:
            ret_after->unchanged_lines++;
            break;
        case IMPORT_BAD:
            ret_after->bad_lines++;
            break;
        case IMPORT_WAITING:
            continue;
        }
        ret_after->done_lines++;
    }
}

/* Forgets what an earlier try learned from the register. */
static void run_reset_batch(struct import_run *run)
{
    for (size_t i = 0; i < run->slot_count; i++) {
        struct import_slot *slot = import_run_slot(run, i);
        slot->line->fault_count = slot->own_fault_count;
        slot->line->result = slot->own_fault_count > 0 ? IMPORT_BAD : IMPORT_NEW;
    }
}

static enum err run_commit(struct import_run *run, enum err err)
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

static enum err run_try_batch(struct import_run *run)
{
    struct import_progress after;
    int64_t event_id = 0;
    struct db *db = run->context->db;
    run_reset_batch(run);
    enum err err = job_begin(run->context, run->progress.done_lines, run->progress.total_lines);
    if (err != ERR_NONE)
        return err;
    err = run->kind->look_up(run);
    run_count(run, &after);
    if (err == ERR_NONE)
        err = db_error(db, import_run_store_event(run, &after, &event_id));
    if (err == ERR_NONE)
        err = run->kind->store(run, event_id);
    if (err == ERR_NONE)
        err = import_run_store_batch(run, &after, event_id);
    err = run_commit(run, err);
    if (err == ERR_NONE)
        run->progress = after;
    return err;
}

/* Somebody may register the same person at the same moment: asked again, the register knows. */
static enum err run_flush(struct import_run *run)
{
    enum err err = ERR_NONE;
    if (run->slot_count == 0)
        return ERR_NONE;
    for (int try = 0; try < BATCH_TRIES_MAX; try++) {
        err = run_try_batch(run);
        if (err != ERR_ALREADY_EXISTS && err != ERR_CONFLICT_RETRY)
            break;
    }
    run->slot_count = 0;
    /* A file of rubbish must not hold the worker and fill the report. */
    if (err == ERR_NONE && run->progress.bad_lines > IMPORT_BAD_LINES_MAX)
        return ERR_TOO_MANY_ERRORS;
    if (err == ERR_NONE && job_must_stop(run->context))
        return ERR_DRAINING;
    return err == ERR_ALREADY_EXISTS ? ERR_INTERNAL : err;
}

static enum err run_added(struct import_run *run, struct import_slot *slot)
{
    slot->own_fault_count = slot->line->fault_count;
    run->last_line = slot->line->line;
    return ++run->slot_count == IMPORT_BATCH_LINES ? run_flush(run) : ERR_NONE;
}

/* ---- one pass over the file */

/* Whether the line is one that this pass, which is not the first, takes up. Lines come in ascending order. */
static bool run_is_waiting(struct import_run *run, uint64_t line)
{
    while (run->waiting_next < run->waiting_count && run->waiting[run->waiting_next] < (int64_t)line)
        run->waiting_next++;
    return run->waiting_next < run->waiting_count && run->waiting[run->waiting_next] == (int64_t)line;
}

/* Computes the slot's digest and, in the first pass, finds repeated lines. */
static enum err run_check_repeat(struct import_run *run, struct import_slot *slot)
{
    bool counts = false;
    bool repeated = false;
    if (slot->line->id_number[0] == '\0')
        return ERR_NONE;
    enum err err = run->kind->digest(run, slot, &counts);
    if (err == ERR_NONE && counts && run->progress.pass == 1)
        err = import_seen_add(run->seen, slot->digest, &repeated);
    if (repeated)
        import_line_fault(slot->line, IMPORT_ID_NUMBER, ERR_DUPLICATE_IN_FILE);
    return err;
}

static enum err run_on_header(void *context, const struct csv_record *record)
{
    struct import_run *run = context;
    return import_header_read(run->kind->kind, record->fields, record->field_count, &run->header) ? ERR_NONE
                                                                                                  : ERR_CSV_HEADER;
}

static enum err run_on_record(void *context, const struct csv_record *record)
{
    struct import_run *run = context;
    if (run->counting) {
        run->progress.total_lines++;
        return ERR_NONE;
    }
    bool handled = (int64_t)record->line <= run->progress.position;
    if (run->progress.pass > 1 && (handled || !run_is_waiting(run, record->line)))
        return ERR_NONE;
    struct import_slot *slot = import_run_slot(run, run->slot_count);
    run->kind->read(run, record->fields, record->line, slot);
    enum err err = run_check_repeat(run, slot);
    return err != ERR_NONE || handled ? err : run_added(run, slot);
}

static enum err run_on_problem(void *context, uint64_t line, enum err problem)
{
    struct import_run *run = context;
    if (run->counting) {
        run->progress.total_lines++;
        return ERR_NONE;
    }
    if (run->progress.pass > 1 || (int64_t)line <= run->progress.position)
        return ERR_NONE;
    struct import_slot *slot = import_run_slot(run, run->slot_count);
    run->kind->clear(slot);
    slot->line->line = line;
    import_line_fault(slot->line, IMPORT_WHOLE_LINE, problem);
    return run_added(run, slot);
}

static enum err run_read_file(struct import_run *run)
{
    const struct import_records_handler handler = {run_on_header, run_on_record, run_on_problem, run};
    return import_records_read(&run->source, &handler);
}

/* ---- the import */

static enum err run_load(struct import_run *run)
{
    enum err err = job_begin(run->context, 0, -1);
    if (err != ERR_NONE)
        return err;
    return run_commit(run, import_run_store_load(run));
}

static enum err run_save_position(struct import_run *run)
{
    enum err err = job_begin(run->context, run->progress.done_lines, run->progress.total_lines);
    if (err != ERR_NONE)
        return err;
    return run_commit(run, db_error(run->context->db, import_run_store_position(run)));
}

static enum err run_load_waiting(struct import_run *run)
{
    enum err err = job_begin(run->context, run->progress.done_lines, run->progress.total_lines);
    if (err != ERR_NONE)
        return err;
    return run_commit(run, import_run_store_waiting(run));
}

static enum err run_finish(struct import_run *run)
{
    enum err err = job_begin(run->context, run->progress.done_lines, run->progress.total_lines);
    if (err != ERR_NONE)
        return err;
    if (run->waiting_count > 0)
        err = import_run_store_give_up(run);
    if (err == ERR_NONE)
        err = db_error(run->context->db, import_run_store_finish(run));
    return run_commit(run, err);
}

/* Reads the file once without storing: so a fault of the whole file is found before a line of it is taken. */
static enum err run_count_lines(struct import_run *run)
{
    run->progress.total_lines = 0;
    run->counting = true;
    enum err err = run_read_file(run);
    run->counting = false;
    return err == ERR_NONE ? run_save_position(run) : err;
}

/* The first pass takes every line; each further one those whose holder was missing, as long as that helps. */
static enum err run_passes(struct import_run *run)
{
    size_t waited = SIZE_MAX;
    enum err err = run->progress.pass > 1 ? run_load_waiting(run) : ERR_NONE;
    while (err == ERR_NONE) {
        err = run_read_file(run);
        if (err == ERR_NONE)
            err = run_flush(run);
        if (err == ERR_NONE)
            err = run_load_waiting(run);
        if (err != ERR_NONE || run->waiting_count == 0 || run->waiting_count == waited)
            break;
        waited = run->waiting_count;
        run->progress.pass++;
        run->progress.position = 0;
        err = run_save_position(run);
    }
    return err;
}

static enum err run_all(struct import_run *run)
{
    enum err err = run_load(run);
    if (err == ERR_NONE)
        err = import_source_detect(&run->source);
    if (err == ERR_NONE && run->progress.total_lines < 0)
        err = run_count_lines(run);
    if (err != ERR_NONE)
        return err;
    run->seen = import_seen_new((size_t)run->source.chunks * UPLOAD_CHUNK_BYTES / LINE_BYTES_MIN + 1);
    run->slots = calloc(IMPORT_BATCH_LINES, run->kind->slot_bytes);
    if (run->seen == NULL || run->slots == NULL)
        return ERR_OUT_OF_MEMORY;
    err = run_passes(run);
    return err == ERR_NONE ? run_finish(run) : err;
}

static enum job_outcome run_fail(struct import_run *run, enum err err)
{
    if (err == ERR_NOT_FOUND)
        return JOB_FAILED;
    if (job_begin(run->context, run->progress.done_lines, run->progress.total_lines) != ERR_NONE)
        return JOB_AGAIN;
    enum err stored = db_error(run->context->db, import_run_store_fail(run, err));
    return run_commit(run, stored) == ERR_NONE ? JOB_FAILED : JOB_AGAIN;
}

static enum job_outcome run_outcome(struct import_run *run, enum err err)
{
    switch (err) {
    case ERR_NONE:
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

static void run_free(struct import_run *run)
{
    for (size_t i = 0; i < sizeof(run->arrays) / sizeof(run->arrays[0]); i++)
        buffer_free(&run->arrays[i]);
    free(run->waiting);
    free(run->slots);
    import_seen_free(run->seen);
    arena_free(run->arena);
}

enum job_outcome import_run(struct job_context *context, const struct import_run_kind *kind, enum err *ret_error)
{
    struct import_run run = {.context = context,
                             .district = context->job->district,
                             .import_id = context->job->subject_id,
                             .kind = kind,
                             .arena = arena_new(REFERENCE_BYTES_MAX)};
    for (size_t i = 0; i < sizeof(run.arrays) / sizeof(run.arrays[0]); i++)
        run.arrays[i] = buffer_init(ARRAY_BYTES_MAX);
    run.source.context = context;
    run.source.done = &run.progress.done_lines;
    run.source.total = &run.progress.total_lines;
    run.reference.today = date_today_shanghai(time(NULL));
    enum err err = run.arena != NULL ? run_all(&run) : ERR_OUT_OF_MEMORY;
    enum job_outcome outcome = run_outcome(&run, err);
    *ret_error = err;
    run_free(&run);
    return outcome;
}
