/* SWIFT MT940 (Standards MT, category 9), as banks hand it out in files: the tags of block 4, one message to a file.
 *   :20: reference  [:21:]  :25: account  :28C: number/part  :60F: or :60M: opening  (:61: entry [:86: text])...
 *   :62F: or :62M: closing  [:64:] [:65:]... [:86:]  -
 * F is the first opening or the final closing balance, M an intermediate one: a closing :62M: says that another part
 * follows. Currency CNY only. */
#include "message_dialect.h"

#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum mt940_stage { MT940_START, MT940_REFERENCE, MT940_ACCOUNT, MT940_NUMBER, MT940_ENTRIES, MT940_CLOSED };

enum { MT940_FIELD_LINES_MAX = 12, MT940_REFERENCE_BYTES = 64, MT940_TYPE_BYTES = 5 };

struct mt940 {
    struct message_core *core;
    struct message_lines lines;
    enum mt940_stage stage;
    bool block;  /* the text stands in braces */
    char tag[4]; /* of the field being read, "" outside */
    size_t field_lines;
    char field[MESSAGE_TEXT_BYTES]; /* its text, lines joined by LF */
    char account[40];
    char statement_no[MESSAGE_NUMBER_SIZE];
    char part[MESSAGE_NUMBER_SIZE];
    bool entry_open; /* an entry waits for its :86: */
    int64_t entry_line;
    char direction[2];
    char amount[32];
    char type[MT940_TYPE_BYTES];
    char our_reference[MT940_REFERENCE_BYTES];
    char bank_reference[MT940_REFERENCE_BYTES];
    char text[2 * MESSAGE_TEXT_BYTES]; /* supplementary text of :61:, then that of :86: */
};

/* Writes digits without their leading zeros; false for anything else than 1 to 9 digits that are not all zero. */
static bool mt940_number(const char *digits, size_t length, char ret_number[MESSAGE_NUMBER_SIZE])
{
    if (length == 0 || length > 9 || strspn(digits, "0123456789") < length)
        return false;
    while (length > 0 && *digits == '0') {
        digits++;
        length--;
    }
    snprintf(ret_number, MESSAGE_NUMBER_SIZE, "%.*s", (int)length, digits);
    return length > 0;
}

/* :25: BANK/ACCOUNT or ACCOUNT, some banks with the currency behind. */
static enum err mt940_on_account(struct mt940 *mt)
{
    const char *slash = strrchr(mt->field, '/');
    const char *account = slash != NULL ? slash + 1 : mt->field;
    size_t digits = strspn(account, "0123456789");
    if (digits == 0 || digits >= sizeof(mt->account) ||
        (account[digits] != '\0' && strcmp(account + digits, "CNY") != 0))
        return ERR_MESSAGE_UNREADABLE;
    snprintf(mt->account, sizeof(mt->account), "%.*s", (int)digits, account);
    return ERR_NONE;
}

/* :28C: number or number/part. */
static enum err mt940_on_number(struct mt940 *mt)
{
    size_t number = strcspn(mt->field, "/");
    snprintf(mt->part, sizeof(mt->part), "1");
    if (!mt940_number(mt->field, number, mt->statement_no))
        return ERR_MESSAGE_UNREADABLE;
    const char *part = mt->field[number] == '/' ? mt->field + number + 1 : NULL;
    return part == NULL || mt940_number(part, strlen(part), mt->part) ? ERR_NONE : ERR_MESSAGE_UNREADABLE;
}

/* C or D, YYMMDD, CNY, amount. A debit balance is refused: the account that pays is never overdrawn. */
static bool mt940_balance(const char *field, char ret_date[7], const char **ret_amount)
{
    if (strlen(field) < 11 || field[0] != 'C' || strncmp(field + 7, "CNY", 3) != 0)
        return false;
    snprintf(ret_date, 7, "%.6s", field + 1);
    *ret_amount = field + 10;
    return true;
}

static enum err mt940_on_opening(struct mt940 *mt)
{
    char date[7];
    const char *amount;
    if (!mt940_balance(mt->field, date, &amount))
        return ERR_MESSAGE_UNREADABLE;
    struct bank_values values = {.count = 0};
    bank_values_set(&values, "account", mt->account);
    bank_values_set(&values, "statement_no", mt->statement_no);
    bank_values_set(&values, "part", mt->part);
    bank_values_set(&values, "opening", amount);
    return message_core_header(mt->core, MESSAGE_STATEMENT, &values);
}

static enum err mt940_on_closing(struct mt940 *mt)
{
    char date[7];
    const char *amount;
    if (!mt940_balance(mt->field, date, &amount))
        return ERR_MESSAGE_UNREADABLE;
    struct bank_values values = {.count = 0};
    bank_values_set(&values, "date", date);
    bank_values_set(&values, "closing", amount);
    bank_values_set(&values, "parts", strcmp(mt->tag, "62F") == 0 ? mt->part : "0");
    enum err err = message_core_trailer(mt->core, &values);
    mt->core->ended = false; /* the closing line is still to come */
    return err;
}

/* Copies text up to the end marker, which may be missing; false when it is too long. */
static bool mt940_copy_until(char *target, size_t size, const char *text, const char *end_marks)
{
    size_t length = strcspn(text, end_marks);
    if (length >= size)
        return false;
    memcpy(target, text, length);
    target[length] = '\0';
    return true;
}

/* YYMMDD [MMDD] C|D|RC|RD [funds letter]; *at moves behind it. RC takes a credit back and is therefore a debit, RD the
 * other way round. */
static bool mt940_entry_side(const char **at, char *ret_direction)
{
    size_t digits = strspn(*at, "0123456789");
    if (digits != 6 && digits != 10)
        return false;
    *at += digits;
    bool reversed = **at == 'R';
    *at += reversed ? 1 : 0;
    if (**at != 'C' && **at != 'D')
        return false;
    *ret_direction = (**at == 'D') != reversed ? 'D' : 'C';
    ++*at;
    *at += **at >= 'A' && **at <= 'Z' ? 1 : 0;
    return true;
}

/* our reference [//bank's reference] [LF text] */
static bool mt940_entry_references(struct mt940 *mt, const char *at)
{
    const char *bank = strstr(at, "//");
    const char *line_end = strchr(at, '\n');
    if (bank != NULL && line_end != NULL && line_end < bank)
        bank = NULL;
    size_t ours = bank != NULL ? (size_t)(bank - at) : strcspn(at, "\n");
    if (ours == 0 || ours >= sizeof(mt->our_reference))
        return false;
    snprintf(mt->our_reference, sizeof(mt->our_reference), "%.*s", (int)ours, at);
    snprintf(mt->text, sizeof(mt->text), "%s", line_end != NULL ? line_end + 1 : "");
    mt->bank_reference[0] = '\0';
    return bank == NULL || mt940_copy_until(mt->bank_reference, sizeof(mt->bank_reference), bank + 2, "\n");
}

/* :61: date, side, amount, N|F|S and 3 characters of the transaction's type, references. */
static enum err mt940_on_entry(struct mt940 *mt)
{
    const char *at = mt->field;
    if (!mt940_entry_side(&at, &mt->direction[0]))
        return ERR_MESSAGE_UNREADABLE;
    size_t amount = strspn(at, "0123456789,");
    if (amount >= sizeof(mt->amount))
        return ERR_MESSAGE_UNREADABLE;
    snprintf(mt->amount, sizeof(mt->amount), "%.*s", (int)amount, at);
    at += amount;
    if (strlen(at) < MT940_TYPE_BYTES || strchr("NFS", *at) == NULL)
        return ERR_MESSAGE_UNREADABLE;
    snprintf(mt->type, sizeof(mt->type), "%.4s", at);
    mt->entry_open = true;
    mt->entry_line = mt->core->line;
    return mt940_entry_references(mt, at + MT940_TYPE_BYTES - 1) ? ERR_NONE : ERR_MESSAGE_UNREADABLE;
}

/* Behind the supplementary text of :61:, which has at most a field's length. A second :86: is not of this entry. */
static enum err mt940_on_text(struct mt940 *mt)
{
    size_t used = strlen(mt->text);
    if (!mt->entry_open || used >= MESSAGE_TEXT_BYTES)
        return ERR_NONE;
    if (used > 0)
        mt->text[used++] = '\n';
    memcpy(mt->text + used, mt->field, strlen(mt->field) + 1);
    return ERR_NONE;
}

/* The value of a slash code (/EREF/P1/) of :86:; false when it is not there. */
static bool mt940_slash_code(const char *text, const char *code, char *ret_value, size_t size)
{
    const char *found = strstr(text, code);
    return found != NULL && mt940_copy_until(ret_value, size, found + strlen(code), "/\n") && *ret_value != '\0';
}

/* Hands on the entry that waits. A reference that :61: has no room for, or NONREF there, is in :86: under /EREF/ (one
 * payment) or /ROC/ (the message that ordered it); /RTRN/ gives the reason of a return. */
static enum err mt940_flush(struct mt940 *mt)
{
    char reference[MT940_REFERENCE_BYTES];
    char code[16] = "";
    if (!mt->entry_open)
        return ERR_NONE;
    mt->entry_open = false;
    if (mt940_slash_code(mt->text, "/EREF/", reference, sizeof(reference)) ||
        mt940_slash_code(mt->text, "/ROC/", reference, sizeof(reference)))
        memcpy(mt->our_reference, reference, sizeof(reference));
    if (strcmp(mt->our_reference, "NONREF") == 0)
        mt->our_reference[0] = '\0';
    mt940_slash_code(mt->text, "/RTRN/", code, sizeof(code));
    for (char *byte = mt->text; *byte != '\0'; byte++)
        if (*byte == '\n')
            *byte = ' ';
    struct bank_values values = {.count = 0};
    bank_values_set(&values, "direction", mt->direction);
    bank_values_set(&values, "amount", mt->amount);
    bank_values_set(&values, "type", mt->type);
    bank_values_set(&values, "bank_reference", mt->bank_reference);
    bank_values_set(&values, "our_reference", mt->our_reference);
    bank_values_set(&values, "text", mt->text);
    bank_values_set(&values, "code", code);
    int64_t line = mt->core->line;
    mt->core->line = mt->entry_line;
    enum err err = message_core_line(mt->core, &values);
    if (err == ERR_NONE)
        mt->core->line = line;
    return err;
}

/* Fields that say nothing to us. */
static enum err mt940_on_other(struct mt940 *mt)
{
    (void)mt;
    return ERR_NONE;
}

/* The field that has just ended. The order of the tags is part of the message: any other is refused. */
static enum err mt940_on_field(struct mt940 *mt)
{
    static const struct {
        const char *tag;
        enum mt940_stage from;
        enum mt940_stage to;
        enum err (*take)(struct mt940 *mt);
    } fields[] = {
        {"20", MT940_START, MT940_REFERENCE, mt940_on_other},
        {"21", MT940_REFERENCE, MT940_REFERENCE, mt940_on_other},
        {"25", MT940_REFERENCE, MT940_ACCOUNT, mt940_on_account},
        {"28C", MT940_ACCOUNT, MT940_NUMBER, mt940_on_number},
        {"60F", MT940_NUMBER, MT940_ENTRIES, mt940_on_opening},
        {"60M", MT940_NUMBER, MT940_ENTRIES, mt940_on_opening},
        {"61", MT940_ENTRIES, MT940_ENTRIES, mt940_on_entry},
        {"86", MT940_ENTRIES, MT940_ENTRIES, mt940_on_text},
        {"62F", MT940_ENTRIES, MT940_CLOSED, mt940_on_closing},
        {"62M", MT940_ENTRIES, MT940_CLOSED, mt940_on_closing},
        {"64", MT940_CLOSED, MT940_CLOSED, mt940_on_other},
        {"65", MT940_CLOSED, MT940_CLOSED, mt940_on_other},
        {"86", MT940_CLOSED, MT940_CLOSED, mt940_on_other},
    };
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (strcmp(fields[i].tag, mt->tag) != 0 || fields[i].from != mt->stage)
            continue;
        enum err err = fields[i].take == mt940_on_text ? ERR_NONE : mt940_flush(mt);
        mt->stage = fields[i].to;
        return err == ERR_NONE ? fields[i].take(mt) : err;
    }
    return ERR_MESSAGE_UNREADABLE;
}

static enum err mt940_end_field(struct mt940 *mt)
{
    if (mt->tag[0] == '\0')
        return ERR_NONE;
    int64_t line = mt->core->line;
    mt->core->line = line - 1; /* its own last line */
    enum err err = mt940_on_field(mt);
    mt->tag[0] = '\0';
    if (err == ERR_NONE)
        mt->core->line = line;
    return err;
}

static bool mt940_begin_field(struct mt940 *mt, const char *line)
{
    const char *colon = strchr(line + 1, ':');
    size_t length = colon != NULL ? (size_t)(colon - line) - 1 : 0;
    if (length < 2 || length >= sizeof(mt->tag) || strlen(colon + 1) >= sizeof(mt->field))
        return false;
    snprintf(mt->tag, sizeof(mt->tag), "%.*s", (int)length, line + 1);
    snprintf(mt->field, sizeof(mt->field), "%s", colon + 1);
    mt->field_lines = 1;
    return true;
}

static bool mt940_continue_field(struct mt940 *mt, const char *line)
{
    size_t used = strlen(mt->field);
    size_t length = strlen(line);
    if (mt->tag[0] == '\0' || ++mt->field_lines > MT940_FIELD_LINES_MAX || used + length + 2 > sizeof(mt->field))
        return false;
    mt->field[used] = '\n';
    memcpy(mt->field + used + 1, line, length + 1);
    return true;
}

static enum err mt940_on_line(void *state, char *line)
{
    struct mt940 *mt = state;
    if (mt->core->ended)
        return ERR_MESSAGE_TOTALS;
    size_t length = strlen(line);
    /* Block headers in front of the text: {1:...}{2:...}{4: */
    if (mt->core->line == 1 && line[0] == '{' && length > 3 && strcmp(line + length - 3, "{4:") == 0) {
        mt->block = true;
        return ERR_NONE;
    }
    if (strcmp(line, mt->block ? "-}" : "-") == 0) {
        enum err err = mt940_end_field(mt);
        if (err == ERR_NONE && mt->stage != MT940_CLOSED)
            err = ERR_MESSAGE_TRUNCATED;
        mt->core->ended = err == ERR_NONE;
        return err;
    }
    if (line[0] != ':')
        return mt940_continue_field(mt, line) ? ERR_NONE : ERR_MESSAGE_UNREADABLE;
    enum err err = mt940_end_field(mt);
    if (err != ERR_NONE)
        return err;
    return mt940_begin_field(mt, line) ? ERR_NONE : ERR_MESSAGE_UNREADABLE;
}

static void *mt940_create(struct message_core *core)
{
    struct mt940 *mt = calloc(1, sizeof(*mt));
    if (mt != NULL) {
        mt->core = core;
        mt->lines = message_lines_init(core, mt940_on_line, mt);
    }
    return mt;
}

static void mt940_destroy(void *state)
{
    struct mt940 *mt = state;
    buffer_free(&mt->lines.line);
    free(mt);
}

static enum err mt940_text(void *state, const char *text, size_t length)
{
    struct mt940 *mt = state;
    return message_lines_feed(&mt->lines, text, length);
}

static enum err mt940_finish(void *state)
{
    struct mt940 *mt = state;
    return message_lines_finish(&mt->lines);
}

const struct message_dialect message_mt940 = {mt940_create, mt940_destroy, mt940_text, mt940_finish};
