#include "account_number.h"
#include "bank_format_store.h"
#include "bank_number.h"
#include "crypto.h"
#include "format_load.h"
#include "json_read.h"
#include "json_write.h"
#include "ledger_store.h"
#include "message_reader.h"
#include "payment_writer.h"
#include "payments_routes.h"
#include "person_name.h"
#include "utf8.h"

#include <stdio.h>
#include <string.h>

enum {
    PREVIEW_LINES_MAX = 100,
    PREVIEW_BYTES_MAX = 1024 * 1024,
    PREVIEW_NAME_BYTES_MAX = 240,
    VALIDATION_LINES_MAX = 50,
    VALIDATION_BYTES_MAX = 256 * 1024
};

/* The largest single payment shown: 100 million yuan. */
#define PREVIEW_FEN_MAX INT64_C(10000000000)

enum err bank_format_list(struct call *call)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = bank_format_store_list(call->db, &result);
    return call_answer_list(call, status, result, CALL_LIST_MAX);
}

enum err bank_format_get(struct call *call)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = bank_format_store_get(call->db, call->path_values[0], &result);
    return call_answer_row(call, status, result);
}

enum err reason_list(struct call *call)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = bank_format_store_reasons(call->db, &result);
    return call_answer_list(call, status, result, CALL_LIST_MAX);
}

/* A sample of a payment file. */

struct preview_line {
    const char *name;
    const char *account_number;
    int64_t amount_fen;
    const char *id_number;
    const char *bank_number;
    const char *remittance;
};

struct preview_body {
    struct date date;
    int64_t sequence;
    struct json_objects lines;
};

static const struct json_field preview_line_fields[] = {
    JSON_FIELD(struct preview_line, name, JSON_TEXT, JSON_REQUIRED, 1, PREVIEW_NAME_BYTES_MAX, NULL),
    JSON_FIELD(struct preview_line, account_number, JSON_TEXT, JSON_REQUIRED, 8, 32, NULL),
    JSON_FIELD(struct preview_line, amount_fen, JSON_INT, JSON_REQUIRED, 1, PREVIEW_FEN_MAX, NULL),
    JSON_FIELD(struct preview_line, id_number, JSON_TEXT, 0, 1, 18, NULL),
    JSON_FIELD(struct preview_line, bank_number, JSON_TEXT, 0, 12, 12, NULL),
    JSON_FIELD(struct preview_line, remittance, JSON_TEXT, 0, 1, 420, NULL),
};

static const struct json_field preview_fields[] = {
    JSON_FIELD(struct preview_body, date, JSON_DATE, JSON_REQUIRED, 0, 0, NULL),
    JSON_FIELD(struct preview_body, sequence, JSON_INT, 0, 1, 9999, NULL),
    JSON_OBJECTS_FIELD(struct preview_body, lines, JSON_REQUIRED, 1, PREVIEW_LINES_MAX, struct preview_line,
                       preview_line_fields),
};

struct preview {
    const struct preview_line *lines;
    size_t count;
    int64_t total_fen;
    char date[DATE_COMPACT_SIZE];
    char created_at[40];
    int64_t sequence_no;
    char sequence[24];
    char message_id[64];
    const struct db_result *agency; /* of ledger_store_agencies() */
};

static enum err preview_check(struct call *call, const struct preview_body *body)
{
    enum err err = ERR_NONE;
    const struct preview_line *lines = body->lines.items;
    for (size_t i = 0; i < body->lines.count; i++) {
        const char *account = lines[i].account_number;
        if (strspn(account, "0123456789") != strlen(account))
            err = call_field_error(call, arena_printf(call->arena, "/lines/%zu/account_number", i),
                                   ERR_ACCOUNT_CHARACTERS);
        if (lines[i].bank_number != NULL && bank_number_check(lines[i].bank_number, NULL) != ERR_NONE)
            err = call_field_error(call, arena_printf(call->arena, "/lines/%zu/bank_number", i), ERR_BANK_NUMBER);
    }
    return err;
}

static const char *preview_agency(const struct preview *preview, const char *column)
{
    const char *text = db_value(preview->agency, 0, db_column(preview->agency, column));
    return text != NULL ? text : "";
}

static void preview_begin(struct preview *preview, const struct preview_body *body)
{
    char day[DATE_TEXT_SIZE];
    preview->lines = body->lines.items;
    preview->count = body->lines.count;
    for (size_t i = 0; i < preview->count; i++)
        preview->total_fen += preview->lines[i].amount_fen;
    preview->sequence_no = body->sequence == JSON_INT_ABSENT ? 1 : body->sequence;
    date_format_compact(body->date, preview->date);
    date_format(body->date, day);
    snprintf(preview->created_at, sizeof(preview->created_at), "%sT09:00:00+08:00", day);
    snprintf(preview->sequence, sizeof(preview->sequence), "%lld", (long long)preview->sequence_no);
    snprintf(preview->message_id, sizeof(preview->message_id), "HM-%.4s-%.8s-%s-%04lld",
             preview_agency(preview, "unit_code"), preview_agency(preview, "id"), preview->date,
             (long long)preview->sequence_no);
}

static enum err preview_write_header(const struct preview *preview, struct payment_writer *writer)
{
    char count[24];
    char total[MONEY_TEXT_SIZE];
    const char *debtor = preview_agency(preview, "account_name");
    struct bank_values values = {.count = 0};
    snprintf(count, sizeof(count), "%zu", preview->count);
    money_format(preview->total_fen, total);
    bank_values_set(&values, "date", preview->date);
    bank_values_set(&values, "unit", preview_agency(preview, "unit_code"));
    bank_values_set(&values, "agency", preview_agency(preview, "id"));
    bank_values_set(&values, "sequence", preview->sequence);
    bank_values_set(&values, "count", count);
    bank_values_set(&values, "total", total);
    bank_values_set(&values, "file", preview->message_id);
    bank_values_set(&values, "account", preview_agency(preview, "account_number"));
    bank_values_set(&values, "debtor", debtor);
    bank_values_set(&values, "bank_number", preview_agency(preview, "bank_number"));
    bank_values_set(&values, "created_at", preview->created_at);
    return payment_writer_header(writer, &values);
}

/* How often this account is paid in the lines up to this one. */
static size_t preview_occurrence(const struct preview *preview, size_t line)
{
    size_t times = 1;
    for (size_t i = 0; i < line; i++)
        times += strcmp(preview->lines[i].account_number, preview->lines[line].account_number) == 0 ? 1 : 0;
    return times;
}

static const char *preview_or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static enum err preview_write_line(const struct preview *preview, size_t no, struct payment_writer *writer)
{
    char reference[32];
    char amount[MONEY_TEXT_SIZE];
    char occurrence[24];
    const struct preview_line *line = &preview->lines[no];
    struct bank_values values = {.count = 0};
    snprintf(reference, sizeof(reference), "P%zu", no + 1);
    snprintf(occurrence, sizeof(occurrence), "%zu", preview_occurrence(preview, no));
    money_format(line->amount_fen, amount);
    bank_values_set(&values, "reference", reference);
    bank_values_set(&values, "name", line->name);
    bank_values_set(&values, "amount", amount);
    bank_values_set(&values, "account", line->account_number);
    bank_values_set(&values, "unit", preview_agency(preview, "unit_code"));
    bank_values_set(&values, "id_number", preview_or_empty(line->id_number));
    bank_values_set(&values, "occurrence", occurrence);
    bank_values_set(&values, "bank_number", preview_or_empty(line->bank_number));
    bank_values_set(&values, "remittance", preview_or_empty(line->remittance));
    return payment_writer_line(writer, &values);
}

static enum err preview_write(const struct preview *preview, struct payment_writer *writer)
{
    enum err err = preview_write_header(preview, writer);
    for (size_t i = 0; err == ERR_NONE && i < preview->count; i++)
        err = preview_write_line(preview, i, writer);
    return err == ERR_NONE ? payment_writer_end(writer) : err;
}

static enum err preview_on_text(void *context, const char *text, size_t length)
{
    buffer_append(context, text, length);
    return ERR_NONE;
}

/* The file's text, decoded from its very bytes: what does not come back from them is seen here. */
static enum err preview_decode(const struct bank_format *format, const struct buffer *bytes, struct buffer *out)
{
    struct charset_decoder *decoder __attribute__((cleanup(charset_decoder_cleanup))) =
        charset_decoder_new(format->gb18030 ? CHARSET_GB18030 : CHARSET_UTF8, preview_on_text, out);
    if (decoder == NULL)
        return ERR_OUT_OF_MEMORY;
    enum err err = charset_decoder_feed(decoder, bytes->data, bytes->length);
    if (err == ERR_NONE)
        err = charset_decoder_finish(decoder);
    return err == ERR_NONE && out->failed ? ERR_OUT_OF_MEMORY : err;
}

static enum err preview_answer(struct call *call, const struct bank_format *format, const struct preview *preview,
                               const struct buffer *bytes)
{
    uint8_t sha256[CRYPTO_DIGEST_BYTES];
    char hash[2 * CRYPTO_DIGEST_BYTES + 1];
    CLEANUP_BUFFER struct buffer text = buffer_init(PREVIEW_BYTES_MAX);
    char *content = arena_alloc(call->arena, CRYPTO_BASE64URL_LENGTH(bytes->length) + 1);
    enum err err = content != NULL ? preview_decode(format, bytes, &text) : ERR_OUT_OF_MEMORY;
    if (err != ERR_NONE)
        return err;
    crypto_sha256(bytes->data, bytes->length, sha256);
    crypto_hex_encode(sha256, sizeof(sha256), hash);
    crypto_base64url_encode(bytes->data, bytes->length, content);
    struct buffer *out = &call->out;
    buffer_append_char(out, '{');
    json_member_text(out, "format", call->path_values[0]);
    json_member(out, "file_name");
    const char *name = arena_printf(call->arena, "HM_%s_%s_%04lld_%.8s%s", preview_agency(preview, "id"), preview->date,
                                    (long long)preview->sequence_no, hash, format->file_suffix);
    json_write_text(out, name);
    json_member_text(out, "message_id", preview->message_id);
    json_member_text(out, "sha256", hash);
    json_member_int(out, "bytes", (int64_t)bytes->length);
    json_member_int(out, "count", (int64_t)preview->count);
    json_member_int(out, "total_fen", preview->total_fen);
    json_member(out, "text");
    json_write_text_n(out, text.data, text.length);
    json_member_text(out, "content", content);
    buffer_append_char(out, '}');
    return ERR_NONE;
}

/* A value that the file cannot hold is a fault of the request. */
static enum err preview_refusal(struct call *call, enum err err)
{
    bool value = err == ERR_BAD_CHARACTERS || err == ERR_ENCODING || err == ERR_TOO_LONG;
    return value ? call_field_error(call, "/lines", err == ERR_ENCODING ? ERR_BAD_CHARACTERS : err) : err;
}

enum err bank_format_preview(struct call *call)
{
    struct preview_body body;
    struct preview preview = {.count = 0};
    struct bank_format format;
    CLEANUP_RESULT struct db_result *agency = NULL;
    CLEANUP_RESULT struct db_result *known = NULL;
    CLEANUP_BUFFER struct buffer bytes = buffer_init(PREVIEW_BYTES_MAX);
    enum err err = json_read_body(call, preview_fields, sizeof(preview_fields) / sizeof(preview_fields[0]), &body);
    if (err == ERR_NONE)
        err = preview_check(call, &body);
    if (err == ERR_NONE)
        err = format_load(call->db, call->path_values[0], &format);
    if (err != ERR_NONE)
        return err;
    enum db_status status = bank_format_store_styles(call->db, call->path_values[0], &known);
    if (status != DB_ROW)
        return db_error(call->db, status);
    if (!db_value_bool(known, 0, db_column(known, "pays")))
        return ERR_NOT_FOUND;
    status = ledger_store_agencies(call->db, call->who->district, &agency);
    if (status != DB_ROW)
        return status == DB_NONE ? ERR_AGENCY_MISSING : db_error(call->db, status);
    preview.agency = agency;
    preview_begin(&preview, &body);
    struct payment_writer *writer __attribute__((cleanup(payment_writer_cleanup))) =
        payment_writer_new(&format, &bytes);
    if (writer == NULL)
        return ERR_OUT_OF_MEMORY;
    err = preview_write(&preview, writer);
    return err == ERR_NONE ? preview_answer(call, &format, &preview, &bytes) : preview_refusal(call, err);
}

/* A message of the bank, read as a whole without effect. */

struct validation {
    enum message_kind kind;
    struct buffer lines;  /* JSON of the first ones */
    struct buffer header; /* JSON members */
    int64_t count;
    int64_t debit_fen;
    int64_t credit_fen;
};

static const char *const validation_kinds[] = {"NONE", "ACKNOWLEDGEMENT", "RESULT", "RETURN", "STATEMENT"};

/* An amount as a number of fen; false for any other value. */
static bool validation_amount(struct buffer *out, const char *name, const char *text)
{
    static const char *const amounts[][2] = {
        {"amount", "amount_fen"}, {"opening", "opening_fen"}, {"closing", "closing_fen"}};
    int64_t fen;
    for (size_t i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++)
        if (strcmp(name, amounts[i][0]) == 0 && money_parse(text, &fen) == ERR_NONE) {
            json_member_int(out, amounts[i][1], fen);
            return true;
        }
    return false;
}

/* Members with the values of these names, null where nothing is said; accounts masked, amounts in fen. */
static void validation_members(struct buffer *out, const struct bank_values *values, const char *const *names)
{
    char masked[ACCOUNT_NUMBER_SIZE];
    char name[PERSON_NAME_SIZE];
    for (; *names != NULL; names++) {
        const char *text = bank_values_get(values, *names);
        if (validation_amount(out, *names, text))
            continue;
        if (strcmp(*names, "account") == 0 && *text != '\0') {
            account_number_mask(text, masked);
            text = masked;
        }
        if (strcmp(*names, "name") == 0 && *text != '\0') {
            person_name_mask(text, name);
            text = name;
        }
        json_member_text(out, *names, *text != '\0' ? text : NULL);
    }
}

static enum err validation_on_header(void *context, enum message_kind kind, const struct bank_values *values)
{
    static const char *const names[] = {"file", "account", "verdict", "code", "reason", NULL};
    struct validation *validation = context;
    validation->kind = kind;
    buffer_append_char(&validation->header, '{');
    validation_members(&validation->header, values, names);
    return ERR_NONE;
}

/* What a statement says only when it is whole. */
static enum err validation_on_end(void *context, const struct bank_values *values)
{
    static const char *const names[] = {"date", "statement_no", "part", "parts", "opening", "closing", NULL};
    struct validation *validation = context;
    if (validation->kind == MESSAGE_STATEMENT)
        validation_members(&validation->header, values, names);
    return ERR_NONE;
}

static enum err validation_on_line(void *context, int64_t line, const struct bank_values *values)
{
    static const char *const answer[] = {"reference", "name", "amount", "account", "status", "code", "reason", NULL};
    static const char *const entry[] = {"direction", "amount", "bank_reference", "our_reference",
                                        "purpose",   "code",   "reason",         NULL};
    struct validation *validation = context;
    int64_t fen = 0;
    bool statement = validation->kind == MESSAGE_STATEMENT;
    bool credit = !statement || strcmp(bank_values_get(values, "direction"), "C") == 0;
    money_parse(bank_values_get(values, "amount"), &fen);
    /* The reader has added them up already: they fit. */
    *(credit ? &validation->credit_fen : &validation->debit_fen) += fen;
    if (++validation->count > VALIDATION_LINES_MAX)
        return ERR_NONE;
    json_separator(&validation->lines);
    buffer_append_char(&validation->lines, '{');
    json_member_int(&validation->lines, "line", line);
    validation_members(&validation->lines, values, statement ? entry : answer);
    buffer_append_char(&validation->lines, '}');
    return validation->lines.failed ? ERR_OUT_OF_MEMORY : ERR_NONE;
}

static bool validation_is_refusal(enum err err)
{
    return err == ERR_MESSAGE_UNREADABLE || err == ERR_MESSAGE_TOTALS || err == ERR_MESSAGE_TRUNCATED;
}

static void validation_answer(struct call *call, const struct validation *validation, enum err err, int64_t line)
{
    struct buffer *out = &call->out;
    buffer_append_char(out, '{');
    json_member_text(out, "format", call->path_values[0]);
    json_member_bool(out, "valid", err == ERR_NONE);
    json_member_text(out, "error", err == ERR_NONE ? NULL : err_info(err)->code);
    json_member(out, "error_line");
    if (err == ERR_NONE)
        buffer_append_text(out, "null");
    else
        json_write_int(out, line);
    json_member_text(out, "kind", validation->kind == MESSAGE_NONE ? NULL : validation_kinds[validation->kind]);
    json_member_int(out, "count", validation->count);
    bool statement = validation->kind == MESSAGE_STATEMENT;
    json_member_int(out, statement ? "credits_fen" : "total_fen", validation->credit_fen);
    if (statement)
        json_member_int(out, "debits_fen", validation->debit_fen);
    json_member(out, "header");
    if (validation->header.length == 0)
        buffer_append_char(out, '{');
    else
        buffer_append(out, validation->header.data, validation->header.length);
    buffer_append_char(out, '}');
    json_member(out, "lines");
    buffer_append_char(out, '[');
    buffer_append(out, validation->lines.data, validation->lines.length);
    buffer_append_text(out, "]}");
}

enum err bank_format_validate(struct call *call)
{
    struct bank_format format;
    enum err err = format_load(call->db, call->path_values[0], &format);
    if (err != ERR_NONE)
        return err;
    struct validation validation = {.lines = buffer_init(VALIDATION_BYTES_MAX),
                                    .header = buffer_init(VALIDATION_BYTES_MAX)};
    const struct message_handler handler = {validation_on_header, validation_on_line, validation_on_end, &validation};
    struct message_reader *reader = message_reader_new(&format, &handler);
    err = reader != NULL ? message_feed(reader, call->body, call->body_length) : ERR_OUT_OF_MEMORY;
    if (err == ERR_NONE)
        err = message_finish(reader);
    if (err == ERR_NONE || validation_is_refusal(err)) {
        validation_answer(call, &validation, err, reader != NULL ? message_line(reader) : 0);
        err = ERR_NONE;
    }
    message_reader_free(reader);
    buffer_free(&validation.lines);
    buffer_free(&validation.header);
    return err;
}
