#include "crypto.h"
#include "durable_file.h"
#include "file_bytes.h"
#include "file_store.h"
#include "format_load.h"
#include "money.h"
#include "payment_writer.h"
#include "payments_jobs.h"
#include "sealed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FILE_LINES_PER_FETCH = 2000,
    FILE_CHUNKS_MAX = 256, /* of one file: 256 MiB, far above lines_max lines */
    FILE_NAME_BYTES = 128
};

/* A planned file on its way to frozen bytes. */
struct file_plan {
    struct job_context *context;
    struct bank_format format;
    struct payment_writer *writer;
    struct buffer bytes; /* the whole file, encoded */
    int64_t file_id;
    int64_t sequence;
    int64_t lines;
    int64_t amount_fen;
    char agency[16];
    char unit[16];
    char date[16];
    int64_t lines_written;
};

static void file_plan_free(struct file_plan *plan)
{
    payment_writer_free(plan->writer);
    buffer_free(&plan->bytes);
}

/* row: of file_store_begin(). */
static enum err file_append_header(struct file_plan *plan, const struct db_result *row)
{
    char sequence[24];
    char count[24];
    char total[MONEY_TEXT_SIZE];
    snprintf(sequence, sizeof(sequence), "%lld", (long long)plan->sequence);
    snprintf(count, sizeof(count), "%lld", (long long)plan->lines);
    money_format(plan->amount_fen, total);
    struct bank_values values = {.count = 0};
    bank_values_set(&values, "date", plan->date);
    bank_values_set(&values, "unit", plan->unit);
    bank_values_set(&values, "agency", plan->agency);
    bank_values_set(&values, "sequence", sequence);
    bank_values_set(&values, "count", count);
    bank_values_set(&values, "total", total);
    bank_values_set(&values, "file", db_value(row, 0, 8));
    bank_values_set(&values, "account", db_value(row, 0, 9));
    bank_values_set(&values, "debtor", db_value(row, 0, 10));
    bank_values_set(&values, "bank_number", db_value(row, 0, 11));
    bank_values_set(&values, "created_at", db_value(row, 0, 12));
    return payment_writer_header(plan->writer, &values);
}

/* Opens a sealed column of a row of file_store_lines(). */
static enum err file_open_sealed(struct file_plan *plan, const struct db_result *rows, size_t row, int id_column,
                                 int sealed_column, enum sealed_kind kind, char ret_text[static SEALED_TEXT_SIZE])
{
    unsigned char *sealed = NULL;
    size_t length = 0;
    if (!db_value_bytes(rows, row, sealed_column, &sealed, &length))
        return ERR_SEALED_VALUE_REFUSED;
    enum err err = sealed_open(plan->context->keyring, kind, plan->context->job->district,
                               db_value_int(rows, row, id_column), sealed, length, ret_text);
    free(sealed);
    return err;
}

static enum err file_append_detail(struct file_plan *plan, const struct db_result *rows, size_t row)
{
    char reference[32];
    char amount[MONEY_TEXT_SIZE];
    char account[SEALED_TEXT_SIZE];
    char id_number[SEALED_TEXT_SIZE];
    int64_t amount_fen = db_value_int(rows, row, 3);
    enum err err = file_open_sealed(plan, rows, row, 5, 6, SEALED_ACCOUNT, account);
    if (err == ERR_NONE)
        err = file_open_sealed(plan, rows, row, 7, 8, SEALED_ID_NUMBER, id_number);
    if (err != ERR_NONE)
        return err;
    snprintf(reference, sizeof(reference), "P%s", db_value(rows, row, 1));
    money_format(amount_fen, amount);
    struct bank_values values = {.count = 0};
    bank_values_set(&values, "reference", reference);
    bank_values_set(&values, "name", db_value(rows, row, 4));
    bank_values_set(&values, "amount", amount);
    bank_values_set(&values, "account", account);
    bank_values_set(&values, "unit", plan->unit);
    bank_values_set(&values, "id_number", id_number);
    bank_values_set(&values, "occurrence", db_value(rows, row, 2));
    bank_values_set(&values, "bank_number", db_value(rows, row, 9));
    bank_values_set(&values, "remittance", db_value(rows, row, 10));
    err = payment_writer_line(plan->writer, &values);
    crypto_wipe(account, sizeof(account));
    crypto_wipe(id_number, sizeof(id_number));
    plan->lines_written++;
    return err;
}

static enum err file_append_details(struct file_plan *plan)
{
    while (plan->lines_written < plan->lines) {
        CLEANUP_RESULT struct db_result *rows = NULL;
        enum db_status status = file_store_lines(plan->context->db, plan->lines_written, FILE_LINES_PER_FETCH, &rows);
        if (status != DB_ROW && status != DB_ROWS)
            return status == DB_NONE ? ERR_INTERNAL : db_error(plan->context->db, status);
        for (size_t row = 0; row < db_row_count(rows); row++) {
            enum err err = file_append_detail(plan, rows, row);
            if (err != ERR_NONE)
                return err;
        }
    }
    return payment_writer_end(plan->writer);
}

static enum err file_keep_chunks(struct file_plan *plan, int64_t chunks)
{
    uint8_t *sealed = malloc(FILE_CHUNK_BYTES + KEYRING_OVERHEAD_BYTES);
    enum err err = sealed != NULL ? ERR_NONE : ERR_OUT_OF_MEMORY;
    for (int64_t no = 0; err == ERR_NONE && no < chunks; no++) {
        char place[FILE_CONTEXT_BYTES];
        size_t start = (size_t)no * FILE_CHUNK_BYTES;
        size_t part = plan->bytes.length - start < FILE_CHUNK_BYTES ? plan->bytes.length - start : FILE_CHUNK_BYTES;
        file_chunk_context(plan->context->job->district, plan->file_id, no, chunks, place);
        err = keyring_seal_chunk(plan->context->keyring, place, plan->bytes.data + start, part, sealed);
        if (err == ERR_NONE) {
            enum db_status status =
                file_store_keep_chunk(plan->context->db, plan->file_id, no, sealed, part + KEYRING_OVERHEAD_BYTES);
            err = status == DB_ROW ? ERR_NONE : db_error(plan->context->db, status);
        }
    }
    free(sealed);
    return err;
}

/* Freezes the planned file: bytes, hash, name, and each payment in its line. */
static enum err file_freeze(struct file_plan *plan)
{
    uint8_t sha256[CRYPTO_DIGEST_BYTES];
    char hash[2 * CRYPTO_DIGEST_BYTES + 1];
    char name[FILE_NAME_BYTES];
    crypto_sha256(plan->bytes.data, plan->bytes.length, sha256);
    crypto_hex_encode(sha256, sizeof(sha256), hash);
    snprintf(name, sizeof(name), "HM_%s_%s_%04lld_%.8s%s", plan->agency, plan->date, (long long)plan->sequence, hash,
             plan->format.file_suffix);
    int64_t chunks = (int64_t)((plan->bytes.length + FILE_CHUNK_BYTES - 1) / FILE_CHUNK_BYTES);
    const struct file_identity identity = {.file_id = plan->file_id,
                                           .run_id = plan->context->job->subject_id,
                                           .sequence = plan->sequence,
                                           .name = name,
                                           .bytes = (int64_t)plan->bytes.length,
                                           .chunks = chunks,
                                           .sha256 = sha256};
    enum db_status status = file_store_freeze(plan->context->db, &identity);
    return status == DB_ROW ? file_keep_chunks(plan, chunks) : db_error(plan->context->db, status);
}

static enum err file_plan_read(struct file_plan *plan, const struct db_result *row)
{
    plan->file_id = db_value_int(row, 0, 0);
    snprintf(plan->agency, sizeof(plan->agency), "%s", db_value(row, 0, 1));
    snprintf(plan->unit, sizeof(plan->unit), "%s", db_value(row, 0, 2));
    snprintf(plan->date, sizeof(plan->date), "%s", db_value(row, 0, 4));
    plan->sequence = db_value_int(row, 0, 5);
    plan->lines = db_value_int(row, 0, 6);
    plan->amount_fen = db_value_int(row, 0, 7);
    plan->bytes = buffer_init((size_t)FILE_CHUNK_BYTES * FILE_CHUNKS_MAX);
    enum err err = format_load(plan->context->db, db_value(row, 0, 3), &plan->format);
    if (err != ERR_NONE)
        return err;
    plan->writer = payment_writer_new(&plan->format, &plan->bytes);
    return plan->writer != NULL ? ERR_NONE : ERR_OUT_OF_MEMORY;
}

/* One transaction: the next file of the run is frozen. *ret_more false when everything is filed. */
static enum err file_freeze_next(struct job_context *context, bool *ret_more)
{
    enum err err = job_begin(context, 0, -1);
    if (err != ERR_NONE)
        return err;
    CLEANUP_RESULT struct db_result *row = NULL;
    struct file_plan plan __attribute__((cleanup(file_plan_free))) = {.context = context};
    enum db_status status = file_store_begin(context->db, context->job->subject_id, &row);
    *ret_more = status == DB_ROW;
    if (status == DB_ROW) {
        err = file_plan_read(&plan, row);
        if (err == ERR_NONE)
            err = file_append_header(&plan, row);
        if (err == ERR_NONE)
            err = file_append_details(&plan);
        if (err == ERR_NONE)
            err = file_freeze(&plan);
    } else if (status != DB_NONE) {
        err = db_error(context->db, status);
    }
    if (err == ERR_NONE && (status = db_commit(context->db)) != DB_NONE)
        err = db_error(context->db, status);
    if (err != ERR_NONE)
        db_rollback(context->db);
    return err;
}

static enum err file_copy_chunk(void *context, const char *bytes, size_t length)
{
    return durable_file_write(context, bytes, length) ? ERR_NONE : ERR_OUTBOX;
}

/* Puts the frozen bytes into the outbox under their name, unless they are there. */
static enum err file_publish(struct job_context *context, const struct db_result *files, size_t row)
{
    const char *name = db_value(files, row, 1);
    int64_t chunks = db_value_int(files, row, 2);
    uint8_t sha256[CRYPTO_DIGEST_BYTES];
    if (!crypto_hex_decode(db_value(files, row, 4), 2 * sizeof(sha256), sha256, sizeof(sha256)))
        return ERR_INTERNAL;
    enum durable_status there = durable_file_look(context->config->outbox_dir, name, sha256);
    if (there != DURABLE_OK)
        return there == DURABLE_SAME ? ERR_NONE : ERR_OUTBOX;
    struct durable_file *out = durable_file_open(context->config->outbox_dir, name);
    if (out == NULL)
        return ERR_OUTBOX;
    enum err err = file_bytes_read(context->db, context->keyring, context->job->district, db_value_int(files, row, 0),
                                   chunks, file_copy_chunk, out);
    if (err != ERR_NONE) {
        durable_file_abandon(out);
        return err;
    }
    return durable_file_publish(out) == DURABLE_OK ? ERR_NONE : ERR_OUTBOX;
}

/* Hands over every frozen file of the run: outbox first, then SENT in a transaction of its own. A crash between the
 * two repeats the step with the same bytes and finds them there. */
static enum err file_hand_over(struct job_context *context)
{
    CLEANUP_RESULT struct db_result *files = NULL;
    enum err err = job_begin(context, 0, -1);
    if (err != ERR_NONE)
        return err;
    enum db_status status = file_store_frozen(context->db, context->job->district, context->job->subject_id, &files);
    size_t count = files != NULL ? db_row_count(files) : 0;
    err = db_error(context->db, status);
    for (size_t row = 0; err == ERR_NONE && row < count; row++) {
        err = file_publish(context, files, row);
        if (err == ERR_NONE) {
            status = file_store_sent(context->db, db_value_int(files, row, 0));
            err = status == DB_ROW ? ERR_NONE : db_error(context->db, status);
        }
    }
    if (err == ERR_NONE && (status = db_commit(context->db)) != DB_NONE)
        err = db_error(context->db, status);
    if (err != ERR_NONE)
        db_rollback(context->db);
    return err;
}

enum job_outcome file_write_run(struct job_context *context, enum err *ret_error)
{
    bool more = true;
    while (more) {
        if (job_must_stop(context))
            return JOB_AGAIN;
        *ret_error = file_freeze_next(context, &more);
        if (*ret_error == ERR_NONE)
            *ret_error = file_hand_over(context);
        if (*ret_error != ERR_NONE)
            break;
    }
    if (*ret_error == ERR_NONE)
        return JOB_DONE;
    /* What cannot be repaired by trying again must be seen: a value that does not open, a name the file cannot hold. */
    bool hopeless = *ret_error == ERR_SEALED_VALUE_REFUSED || *ret_error == ERR_BAD_CHARACTERS ||
                    *ret_error == ERR_ENCODING || *ret_error == ERR_TOO_LONG || *ret_error == ERR_WRONG_STATE;
    return hopeless ? JOB_FAILED : JOB_AGAIN;
}

enum err file_write_requeue(struct db *db)
{
    static const struct db_context worker = {
        .district = 0, .divisions = "{}", .programmes = "{}", .actor = "worker", .service = "worker", .request_id = ""};
    enum db_status status = db_begin(db, DB_WRITE, &worker);
    if (status == DB_NONE)
        status = file_store_requeue(db);
    if (status == DB_ROW)
        status = db_commit(db);
    enum err err = db_error(db, status);
    db_rollback(db);
    return err;
}
