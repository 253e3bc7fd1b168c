#include "message_dialect.h"

#include "bank_reason.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

/* Names of values that are amounts; core->amounts keeps their form by the same index. */
static const char *const message_amount_names[MESSAGE_AMOUNT_COUNT] = {"amount", "total", "opening", "closing"};

/* Brings an amount into yuan with two decimals. *ret_fen stays when there is none. */
static bool message_core_amount(struct message_core *core, struct bank_values *values, size_t index, int64_t *ret_fen)
{
    const char *text = bank_values_find(values, message_amount_names[index]);
    if (text == NULL)
        return true;
    if (!bank_amount_parse(core->format->amount_style, text, ret_fen))
        return false;
    money_format(*ret_fen, core->amounts[index]);
    bank_values_set(values, message_amount_names[index], core->amounts[index]);
    return true;
}

static bool message_core_number(const struct bank_values *values, const char *name, int64_t *ret_number)
{
    const char *text = bank_values_find(values, name);
    return text == NULL || text_to_int64(text, 0, INT32_MAX, ret_number);
}

static bool message_core_date(struct message_core *core, struct bank_values *values)
{
    struct date date;
    const char *text = bank_values_find(values, "date");
    if (text == NULL)
        return true;
    if (!bank_date_parse(core->format->date_style, text, &date))
        return false;
    date_format_compact(date, core->one_date);
    bank_values_set(values, "date", core->one_date);
    return true;
}

/* Keeps a number that the end of a statement repeats. */
static bool message_core_keep(const struct bank_values *values, const char *name, int64_t min,
                              char target[MESSAGE_NUMBER_SIZE])
{
    int64_t number;
    const char *text = bank_values_find(values, name);
    if (text == NULL)
        return true;
    if (!text_to_int64(text, min, INT32_MAX, &number))
        return false;
    snprintf(target, MESSAGE_NUMBER_SIZE, "%lld", (long long)number);
    return true;
}

/* After message_core_date(), so that the date has its one form. */
static bool message_core_keep_all(struct message_core *core, const struct bank_values *values)
{
    if (bank_values_find(values, "date") != NULL)
        memcpy(core->date, core->one_date, sizeof(core->date));
    return message_core_keep(values, "statement_no", 1, core->statement_no) &&
           message_core_keep(values, "part", 1, core->part) && message_core_keep(values, "parts", 0, core->parts);
}

static bool message_core_verdict(struct message_core *core, struct bank_values *values)
{
    const char *meaning = bank_format_meaning(core->format, BANK_CODE_FILE, bank_values_get(values, "verdict"));
    if (meaning == NULL)
        return false;
    bank_values_set(values, "verdict", meaning);
    const char *reason =
        bank_reason_normalise(core->format, bank_values_get(values, "code"), bank_values_get(values, "text"));
    bank_values_set(values, "reason", strcmp(meaning, "NO") == 0 ? reason : "");
    return true;
}

enum err message_core_header(struct message_core *core, enum message_kind kind, struct bank_values *values)
{
    bool statement = kind == MESSAGE_STATEMENT;
    core->kind = kind;
    core->ended = kind == MESSAGE_ACKNOWLEDGEMENT;
    bool good = message_core_number(values, "count", &core->count_said) &&
                message_core_amount(core, values, 1, &core->total_said_fen) &&
                message_core_amount(core, values, 2, &core->opening_fen) && message_core_date(core, values);
    if (good && statement) {
        good = message_core_amount(core, values, 3, &core->total_said_fen) && core->opening_fen != MESSAGE_UNSAID &&
               message_core_keep_all(core, values);
        core->total_fen = core->opening_fen;
    }
    if (good && kind == MESSAGE_ACKNOWLEDGEMENT)
        good = message_core_verdict(core, values);
    return good ? core->handler.on_header(core->handler.context, kind, values) : ERR_MESSAGE_UNREADABLE;
}

/* The kind of an entry by the bank's code, else by a word of its text; a reason only where something came back. */
static void message_core_purpose(struct message_core *core, struct bank_values *values)
{
    const char *text = bank_values_get(values, "text");
    const char *code = bank_values_get(values, "code");
    const char *purpose = bank_format_meaning(core->format, BANK_CODE_ENTRY, bank_values_get(values, "type"));
    if (purpose == NULL)
        purpose = bank_format_meaning(core->format, BANK_CODE_ENTRY_TEXT, text);
    if (*code != '\0')
        purpose = "return";
    bank_values_set(values, "purpose", purpose != NULL ? purpose : "");
    bank_values_set(values, "reason", *code != '\0' ? bank_reason_normalise(core->format, code, text) : "");
}

static bool message_core_status(struct message_core *core, struct bank_values *values)
{
    const char *meaning = bank_format_meaning(core->format, BANK_CODE_LINE, bank_values_get(values, "status"));
    if (meaning == NULL)
        return false;
    bool bad = *meaning == 'F' || *meaning == 'R';
    const char *reason =
        bank_reason_normalise(core->format, bank_values_get(values, "code"), bank_values_get(values, "text"));
    bank_values_set(values, "status", meaning);
    bank_values_set(values, "reason", bad ? reason : "");
    return true;
}

enum err message_core_line(struct message_core *core, struct bank_values *values)
{
    int64_t amount_fen = MESSAGE_UNSAID;
    bool statement = core->kind == MESSAGE_STATEMENT;
    if (core->kind == MESSAGE_NONE || !message_core_amount(core, values, 0, &amount_fen) || amount_fen <= 0 ||
        strlen(bank_values_get(values, "account")) > MESSAGE_ACCOUNT_BYTES_MAX ||
        strlen(bank_values_get(values, "code")) > MESSAGE_CODE_BYTES_MAX)
        return ERR_MESSAGE_UNREADABLE;
    const char *direction = bank_values_get(values, "direction");
    bool debit = statement && strcmp(direction, "D") == 0;
    if (statement && !debit && strcmp(direction, "C") != 0)
        return ERR_MESSAGE_UNREADABLE;
    if (statement)
        message_core_purpose(core, values);
    else if (!message_core_status(core, values))
        return ERR_MESSAGE_UNREADABLE;
    bool fits = debit ? money_subtract(core->total_fen, amount_fen, &core->total_fen)
                      : money_add(core->total_fen, amount_fen, &core->total_fen);
    if (!fits)
        return ERR_MESSAGE_TOTALS;
    core->count++;
    return core->handler.on_line(core->handler.context, core->line, values);
}

enum err message_core_trailer(struct message_core *core, struct bank_values *values)
{
    int64_t count = MESSAGE_UNSAID;
    int64_t total_fen = MESSAGE_UNSAID;
    bool statement = core->kind == MESSAGE_STATEMENT;
    if (!message_core_number(values, "count", &count) ||
        !message_core_amount(core, values, statement ? 3 : 1, &total_fen) || !message_core_date(core, values) ||
        (statement && !message_core_keep_all(core, values)))
        return ERR_MESSAGE_UNREADABLE;
    core->ended = true;
    if (core->count_said == MESSAGE_UNSAID)
        core->count_said = count;
    if (core->total_said_fen == MESSAGE_UNSAID)
        core->total_said_fen = total_fen;
    bool agree = (count == MESSAGE_UNSAID || count == core->count_said) &&
                 (total_fen == MESSAGE_UNSAID || total_fen == core->total_said_fen);
    return agree ? ERR_NONE : ERR_MESSAGE_TOTALS;
}

struct message_lines message_lines_init(struct message_core *core, enum err (*on_line)(void *state, char *line),
                                        void *state)
{
    return (struct message_lines){core, buffer_init(BANK_LINE_BYTES_MAX), on_line, state};
}

static enum err message_lines_end(struct message_lines *lines)
{
    lines->core->line++;
    struct buffer *line = &lines->line;
    if (line->failed)
        return ERR_MESSAGE_UNREADABLE;
    if (line->length > 0 && line->data[line->length - 1] == '\r')
        line->data[--line->length] = '\0';
    enum err err = line->length > 0 ? lines->on_line(lines->state, line->data) : ERR_NONE;
    buffer_clear(line);
    return err;
}

enum err message_lines_feed(struct message_lines *lines, const char *text, size_t length)
{
    while (length > 0) {
        const char *end = memchr(text, '\n', length);
        size_t part = end != NULL ? (size_t)(end - text) : length;
        buffer_append(&lines->line, text, part);
        if (end == NULL)
            return lines->line.failed ? ERR_MESSAGE_UNREADABLE : ERR_NONE;
        enum err err = message_lines_end(lines);
        if (err != ERR_NONE)
            return err;
        text += part + 1;
        length -= part + 1;
    }
    return ERR_NONE;
}

enum err message_lines_finish(struct message_lines *lines)
{
    return lines->line.length > 0 ? message_lines_end(lines) : ERR_NONE;
}
