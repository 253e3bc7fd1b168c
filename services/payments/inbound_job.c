#include "account_number.h"
#include "bank_message_store.h"
#include "date.h"
#include "format_load.h"
#include "inbound_lines.h"
#include "message_reader.h"
#include "money.h"
#include "payments_jobs.h"
#include "text.h"
#include "upload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A message on its way from stored bytes to its effect, all in one transaction. */
struct inbound {
    struct job_context *context;
    struct bank_format format;
    struct inbound_lines *lines;    /* of results and returns */
    struct inbound_entries entries; /* of statements */
    enum message_kind kind;
    int64_t file_id;
    char agency_code[16];
    char agency_account[40];
    char date[DATE_COMPACT_SIZE];
    int64_t statement_no;
    int64_t opening_fen;
    int64_t closing_fen;
    bool accepted;
    bool duplicate;
    char code[144]; /* Max35Text of ISO 20022 */
    char reason[BANK_REASON_BYTES];
};

/* Finds the outgoing file that a message answers. */
static enum err inbound_find_file(struct inbound *in, const char *name, const struct bank_values *values)
{
    CLEANUP_RESULT struct db_result *file = NULL;
    enum db_status status = bank_message_store_file(in->context->db, in->context->job->district, name, &file);
    if (status != DB_ROW)
        return status == DB_NONE ? ERR_MESSAGE_FILE_UNKNOWN : db_error(in->context->db, status);
    in->file_id = db_value_int(file, 0, 0);
    if (in->kind != MESSAGE_ACKNOWLEDGEMENT)
        return ERR_NONE;
    /* An acknowledgement is bound to our bytes: hash, count and total. A refusal may not have read that far. */
    int64_t total_fen = -1;
    int64_t count = -1;
    bool accepted = strcmp(bank_values_get(values, "verdict"), "OK") == 0;
    if (!accepted)
        return ERR_NONE;
    /* ISO 20022 has no place for a hash: there message id, count and total must do. */
    const char *sha256 = bank_values_find(values, "sha256");
    if (sha256 != NULL && strcasecmp(sha256, db_value(file, 0, 1)) != 0)
        return ERR_MESSAGE_HASH;
    if (!text_to_int64(bank_values_get(values, "count"), 0, INT32_MAX, &count) ||
        money_parse(bank_values_get(values, "total"), &total_fen) != ERR_NONE || count != db_value_int(file, 0, 2) ||
        total_fen != db_value_int(file, 0, 3))
        return ERR_MESSAGE_TOTALS;
    return ERR_NONE;
}

static bool inbound_take_date(struct inbound *in, const struct bank_values *values)
{
    struct date date;
    if (!date_parse_compact(bank_values_get(values, "date"), &date))
        return false;
    date_format_compact(date, in->date);
    return true;
}

static enum err inbound_statement_header(struct inbound *in, const struct bank_values *values)
{
    if (strcmp(bank_values_get(values, "account"), in->agency_account) != 0)
        return ERR_MESSAGE_FILE_UNKNOWN;
    bool good = text_to_int64(bank_values_get(values, "statement_no"), 1, INT32_MAX, &in->statement_no);
    return good ? ERR_NONE : ERR_MESSAGE_UNREADABLE;
}

/* Some syntaxes say the closing balance and its date only at the end. */
static enum err inbound_on_end(void *context, const struct bank_values *values)
{
    struct inbound *in = context;
    if (in->kind != MESSAGE_STATEMENT)
        return ERR_NONE;
    bool good = money_parse(bank_values_get(values, "opening"), &in->opening_fen) == ERR_NONE &&
                money_parse(bank_values_get(values, "closing"), &in->closing_fen) == ERR_NONE &&
                inbound_take_date(in, values);
    return good ? ERR_NONE : ERR_MESSAGE_UNREADABLE;
}

static enum err inbound_on_header(void *context, enum message_kind kind, const struct bank_values *values)
{
    struct inbound *in = context;
    in->kind = kind;
    if (kind == MESSAGE_STATEMENT)
        return inbound_statement_header(in, values);
    if (kind != MESSAGE_ACKNOWLEDGEMENT && !inbound_take_date(in, values))
        return ERR_MESSAGE_UNREADABLE;
    if (kind == MESSAGE_ACKNOWLEDGEMENT) {
        const char *code = bank_values_get(values, "code");
        const char *verdict = bank_values_get(values, "verdict");
        if (strlen(code) >= sizeof(in->code))
            return ERR_MESSAGE_UNREADABLE;
        snprintf(in->code, sizeof(in->code), "%s", code);
        in->accepted = strcmp(verdict, "OK") == 0;
        snprintf(in->reason, sizeof(in->reason), "%s", bank_values_get(values, "reason"));
        in->duplicate = strcmp(in->reason, "DUP") == 0;
    }
    return inbound_find_file(in, bank_values_get(values, "file"), values);
}

static enum err inbound_on_line(void *context, int64_t line, const struct bank_values *values)
{
    struct inbound *in = context;
    if (in->kind == MESSAGE_STATEMENT)
        return inbound_entries_add(&in->entries, values);
    return inbound_lines_add(in->lines, in->kind == MESSAGE_RETURN, line, values);
}

static enum err inbound_read_chunks(struct inbound *in, int64_t upload_id, struct message_reader *reader)
{
    int64_t chunks;
    int64_t district = in->context->job->district;
    enum err err = upload_chunk_count(in->context->db, district, upload_id, &chunks);
    char *bytes = malloc(UPLOAD_CHUNK_BYTES + KEYRING_OVERHEAD_BYTES + 1);
    if (bytes == NULL)
        err = ERR_OUT_OF_MEMORY;
    for (int64_t no = 0; err == ERR_NONE && no < chunks; no++) {
        size_t length;
        err = upload_read(in->context->db, in->context->keyring, district, upload_id, no, chunks, bytes, &length);
        if (err == ERR_NONE)
            err = message_feed(reader, bytes, length);
    }
    free(bytes);
    return err == ERR_NONE ? message_finish(reader) : err;
}

static enum err inbound_apply_effect(struct inbound *in)
{
    int64_t message_id = in->context->job->subject_id;
    enum db_status status;
    if (in->kind == MESSAGE_ACKNOWLEDGEMENT) {
        status = bank_message_store_acknowledge(in->context->db, message_id, in->file_id, in->accepted, in->duplicate,
                                                in->code, in->reason);
    } else if (in->kind == MESSAGE_STATEMENT) {
        struct bank_statement statement = {.message_id = message_id,
                                           .agency_code = in->agency_code,
                                           .statement_no = in->statement_no,
                                           .date = in->date,
                                           .opening_fen = in->opening_fen,
                                           .closing_fen = in->closing_fen};
        if (!inbound_entries_end(&in->entries, &statement))
            return ERR_OUT_OF_MEMORY;
        status = bank_message_store_statement(in->context->db, &statement);
    } else {
        enum err err = inbound_lines_flush(in->lines);
        if (err != ERR_NONE)
            return err;
        status = bank_message_store_apply(in->context->db, message_id, in->kind == MESSAGE_RESULT ? "RESULT" : "RETURN",
                                          in->file_id, in->date);
    }
    return status == DB_ROW ? ERR_NONE : db_error(in->context->db, status);
}

/* The bank may state its account in another format than it answers in: the first chunk shows which this is. What is
 * neither is refused in the words of the answers' format. */
static enum err inbound_choose_format(struct inbound *in, int64_t upload_id, const char *answers,
                                      const char *statements)
{
    int64_t chunks;
    size_t length = 0;
    struct message_identity identity;
    enum err err = format_load(in->context->db, answers, &in->format);
    if (err != ERR_NONE || strcmp(answers, statements) == 0)
        return err;
    int64_t district = in->context->job->district;
    char *bytes = malloc(UPLOAD_CHUNK_BYTES + KEYRING_OVERHEAD_BYTES + 1);
    err = bytes != NULL ? upload_chunk_count(in->context->db, district, upload_id, &chunks) : ERR_OUT_OF_MEMORY;
    if (err == ERR_NONE)
        err = upload_read(in->context->db, in->context->keyring, district, upload_id, 0, chunks, bytes, &length);
    if (err == ERR_NONE && !message_identify(&in->format, bytes, length, &identity))
        err = format_load(in->context->db, statements, &in->format);
    if (err == ERR_NONE && !message_identify(&in->format, bytes, length, &identity))
        err = format_load(in->context->db, answers, &in->format);
    free(bytes);
    return err;
}

static enum err inbound_load_agency(struct inbound *in, int64_t upload_id)
{
    CLEANUP_RESULT struct db_result *agency = NULL;
    enum db_status status = bank_message_store_agency(in->context->db, in->context->job->district, &agency);
    if (status != DB_ROW)
        return status == DB_NONE ? ERR_AGENCY_MISSING : db_error(in->context->db, status);
    snprintf(in->agency_code, sizeof(in->agency_code), "%s", db_value(agency, 0, 0));
    snprintf(in->agency_account, sizeof(in->agency_account), "%s", db_value(agency, 0, 1));
    return inbound_choose_format(in, upload_id, db_value(agency, 0, 2), db_value(agency, 0, 3));
}

/* Reads and applies within the open transaction. *ret_line: where the reader stood. */
static enum err inbound_process(struct inbound *in, int64_t upload_id, int64_t *ret_line)
{
    enum err err = inbound_load_agency(in, upload_id);
    if (err != ERR_NONE)
        return err;
    const struct message_handler handler = {inbound_on_header, inbound_on_line, inbound_on_end, in};
    struct message_reader *reader __attribute__((cleanup(message_reader_cleanup))) =
        message_reader_new(&in->format, &handler);
    if (reader == NULL)
        return ERR_OUT_OF_MEMORY;
    err = inbound_read_chunks(in, upload_id, reader);
    *ret_line = message_line(reader);
    return err == ERR_NONE ? inbound_apply_effect(in) : err;
}

static bool inbound_is_refusal(enum err err)
{
    return err == ERR_MESSAGE_UNREADABLE || err == ERR_MESSAGE_FILE_UNKNOWN || err == ERR_MESSAGE_TOTALS ||
           err == ERR_MESSAGE_TRUNCATED || err == ERR_MESSAGE_HASH || err == ERR_STATEMENT_KNOWN;
}

/* A message that does not hold as a whole changes nothing; it is kept, marked and shown. */
static enum job_outcome inbound_refuse(struct job_context *context, enum err err, int64_t line)
{
    if (job_begin(context, 0, -1) != ERR_NONE)
        return JOB_AGAIN;
    enum db_status status = bank_message_store_refuse(context->db, context->job->subject_id, err_info(err)->code, line);
    if (status == DB_ROW && db_commit(context->db) == DB_NONE)
        return JOB_FAILED;
    db_rollback(context->db);
    return JOB_AGAIN;
}

enum job_outcome inbound_apply_run(struct job_context *context, enum err *ret_error)
{
    int64_t line = 0;
    *ret_error = job_begin(context, 0, -1);
    if (*ret_error != ERR_NONE)
        return JOB_AGAIN;
    CLEANUP_RESULT struct db_result *source = NULL;
    enum db_status status =
        bank_message_store_source(context->db, context->job->district, context->job->subject_id, &source);
    struct inbound in = {.context = context, .lines = inbound_lines_new(context), .entries = inbound_entries_init()};
    if (status != DB_ROW || in.lines == NULL)
        *ret_error = status == DB_ROW ? ERR_OUT_OF_MEMORY : ERR_INTERNAL;
    else if (strcmp(db_value(source, 0, 1), "RECEIVED") == 0) /* else: applied before, its job was repeated */
        *ret_error = inbound_process(&in, db_value_int(source, 0, 0), &line);
    inbound_lines_free(in.lines);
    inbound_entries_free(&in.entries);
    if (*ret_error == ERR_NONE) {
        status = db_commit(context->db);
        if (status == DB_NONE)
            return JOB_DONE;
        *ret_error = db_error(context->db, status);
    }
    db_rollback(context->db);
    return inbound_is_refusal(*ret_error) ? inbound_refuse(context, *ret_error, line) : JOB_AGAIN;
}
