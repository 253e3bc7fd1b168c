#include "inbound_lines.h"

#include "account_number.h"
#include "money.h"
#include "sealed.h"
#include "sql_array.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

enum {
    INBOUND_BATCH_LINES = 5000,
    INBOUND_ARRAY_BYTES_MAX = 4 * 1024 * 1024,
    INBOUND_ENTRIES_BYTES_MAX = 64 * 1024 * 1024,
    INBOUND_CODE_BYTES_MAX = 140 /* Max35Text of ISO 20022 */
};

enum inbound_column {
    COLUMN_LINE,
    COLUMN_PAYMENT,
    COLUMN_AMOUNT,
    COLUMN_ACCOUNT,
    COLUMN_STATUS,
    COLUMN_CODE,
    COLUMN_REASON,
    COLUMN_COUNT
};

struct inbound_lines {
    struct job_context *context;
    struct buffer columns[COLUMN_COUNT];
    int64_t count;
};

static void inbound_lines_begin(struct inbound_lines *lines)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        sql_array_begin(&lines->columns[i]);
    lines->count = 0;
}

struct inbound_lines *inbound_lines_new(struct job_context *context)
{
    struct inbound_lines *lines = calloc(1, sizeof(*lines));
    if (lines == NULL)
        return NULL;
    lines->context = context;
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        lines->columns[i] = buffer_init(INBOUND_ARRAY_BYTES_MAX);
    inbound_lines_begin(lines);
    return lines;
}

void inbound_lines_free(struct inbound_lines *lines)
{
    if (lines == NULL)
        return;
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        buffer_free(&lines->columns[i]);
    free(lines);
}

/* P123 is payment 123; anything else is a reference that we never gave. */
static void inbound_add_reference(struct buffer *column, const char *reference)
{
    int64_t payment_id;
    if (reference[0] == 'P' && text_to_int64(reference + 1, 1, INT64_MAX, &payment_id))
        sql_array_int(column, payment_id);
    else
        sql_array_null(column);
}

static enum err inbound_add_account(struct inbound_lines *lines, const char *account)
{
    uint8_t index[KEYRING_INDEX_BYTES];
    if (strlen(account) >= SEALED_TEXT_SIZE)
        return ERR_MESSAGE_UNREADABLE;
    enum err err = sealed_index(lines->context->keyring, SEALED_ACCOUNT, lines->context->job->district, account, index);
    if (err == ERR_NONE)
        sql_array_bytes(&lines->columns[COLUMN_ACCOUNT], index, sizeof(index));
    return err;
}

enum err inbound_lines_add(struct inbound_lines *lines, bool returned, int64_t line, const struct bank_values *values)
{
    int64_t amount_fen;
    const char *status = bank_values_get(values, "status");
    const char *code = bank_values_get(values, "code");
    const char *allowed = returned ? "R" : "SFW";
    if (money_parse(bank_values_get(values, "amount"), &amount_fen) != ERR_NONE || strlen(status) != 1 ||
        strchr(allowed, *status) == NULL || strlen(code) > INBOUND_CODE_BYTES_MAX)
        return ERR_MESSAGE_UNREADABLE;
    enum err err = inbound_add_account(lines, bank_values_get(values, "account"));
    if (err != ERR_NONE)
        return err;
    sql_array_int(&lines->columns[COLUMN_LINE], line);
    inbound_add_reference(&lines->columns[COLUMN_PAYMENT], bank_values_get(values, "reference"));
    sql_array_int(&lines->columns[COLUMN_AMOUNT], amount_fen);
    sql_array_text(&lines->columns[COLUMN_STATUS], status);
    sql_array_text(&lines->columns[COLUMN_CODE], code);
    const char *reason = bank_values_get(values, "reason");
    sql_array_text(&lines->columns[COLUMN_REASON], *status == 'F' || *status == 'R' ? reason : NULL);
    return ++lines->count == INBOUND_BATCH_LINES ? inbound_lines_flush(lines) : ERR_NONE;
}

enum err inbound_lines_flush(struct inbound_lines *lines)
{
    if (lines->count == 0)
        return ERR_NONE;
    struct db_param params[2 + COLUMN_COUNT] = {db_int(lines->context->job->district),
                                                db_int(lines->context->job->subject_id)};
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        const char *literal = sql_array_end(&lines->columns[i]);
        if (literal == NULL)
            return ERR_OUT_OF_MEMORY;
        params[2 + i] = db_text(literal);
    }
    enum db_status status = bank_message_store_lines(lines->context->db, params, 2 + COLUMN_COUNT);
    inbound_lines_begin(lines);
    return db_error(lines->context->db, status);
}

struct inbound_entries inbound_entries_init(void)
{
    struct inbound_entries entries = {buffer_init(INBOUND_ENTRIES_BYTES_MAX), buffer_init(INBOUND_ENTRIES_BYTES_MAX),
                                      buffer_init(INBOUND_ENTRIES_BYTES_MAX), buffer_init(INBOUND_ENTRIES_BYTES_MAX)};
    sql_array_begin(&entries.directions);
    sql_array_begin(&entries.amounts);
    sql_array_begin(&entries.bank_references);
    sql_array_begin(&entries.our_references);
    return entries;
}

void inbound_entries_free(struct inbound_entries *entries)
{
    buffer_free(&entries->directions);
    buffer_free(&entries->amounts);
    buffer_free(&entries->bank_references);
    buffer_free(&entries->our_references);
}

enum err inbound_entries_add(struct inbound_entries *entries, const struct bank_values *values)
{
    int64_t amount_fen;
    const char *direction = bank_values_get(values, "direction");
    if (money_parse(bank_values_get(values, "amount"), &amount_fen) != ERR_NONE ||
        (strcmp(direction, "D") != 0 && strcmp(direction, "C") != 0))
        return ERR_MESSAGE_UNREADABLE;
    sql_array_text(&entries->directions, direction);
    sql_array_int(&entries->amounts, amount_fen);
    sql_array_text(&entries->bank_references, bank_values_get(values, "bank_reference"));
    sql_array_text(&entries->our_references, bank_values_get(values, "our_reference"));
    return ERR_NONE;
}

bool inbound_entries_end(struct inbound_entries *entries, struct bank_statement *statement)
{
    statement->directions = sql_array_end(&entries->directions);
    statement->amounts = sql_array_end(&entries->amounts);
    statement->bank_references = sql_array_end(&entries->bank_references);
    statement->our_references = sql_array_end(&entries->our_references);
    return statement->directions != NULL && statement->amounts != NULL && statement->bank_references != NULL &&
           statement->our_references != NULL;
}
