/* Between message_reader.c and the syntaxes it knows: a dialect takes decoded text apart and hands values, as the bank
 * wrote them, to the core, which brings them into one form, checks them and calls the handler. Private to the
 * message_*.c files. */
#ifndef HUIMIN_MESSAGE_DIALECT_H
#define HUIMIN_MESSAGE_DIALECT_H

#include "message_reader.h"

/* MESSAGE_TEXT_BYTES: longest value kept of a field, with its NUL. */
enum {
    MESSAGE_FIELDS_MAX = 64,
    MESSAGE_TEXT_BYTES = 512,
    MESSAGE_AMOUNT_COUNT = 4,
    MESSAGE_ACCOUNT_BYTES_MAX = 32, /* Max32Text of CNAPS2 */
    MESSAGE_CODE_BYTES_MAX = 140,   /* Max35Text of ISO 20022 in UTF-8 */
    MESSAGE_NUMBER_SIZE = 24,
    MESSAGE_UNSAID = -1
};

struct message_core {
    const struct bank_format *format;
    struct message_handler handler;
    enum message_kind kind;
    bool ended;   /* nothing may follow */
    int64_t line; /* being read, from 1 */
    int64_t count;
    int64_t total_fen; /* sum of the lines; of a statement: opening plus credits minus debits */
    int64_t count_said;
    int64_t total_said_fen; /* of a statement: its closing balance */
    int64_t opening_fen;
    /* of a statement, kept for its end */
    char date[DATE_COMPACT_SIZE];
    char statement_no[MESSAGE_NUMBER_SIZE];
    char part[MESSAGE_NUMBER_SIZE];
    char parts[MESSAGE_NUMBER_SIZE];
    /* values in one form, until the callback is over */
    char amounts[MESSAGE_AMOUNT_COUNT][MONEY_TEXT_SIZE];
    char one_date[DATE_COMPACT_SIZE];
};

/* Each takes values in the styles of the format and may replace and add some.
 * header: count, total (or opening, closing) are what the lines must come to; absent ones are not said. `verdict` of an
 *   acknowledgement and `status` of a line are the bank's codes.
 * trailer: count, total (or closing, date, part, parts) once more or for the first time; nothing may follow.
 * ERR_MESSAGE_UNREADABLE for a value that does not fit, ERR_MESSAGE_TOTALS for two that differ. */
enum err message_core_header(struct message_core *core, enum message_kind kind, struct bank_values *values);
enum err message_core_line(struct message_core *core, struct bank_values *values);
enum err message_core_trailer(struct message_core *core, struct bank_values *values);

struct message_dialect {
    void *(*create)(struct message_core *core); /* NULL when out of memory */
    void (*destroy)(void *state);               /* never NULL */
    enum err (*text)(void *state, const char *text, size_t length);
    enum err (*finish)(void *state);
};

extern const struct message_dialect message_delimited;
extern const struct message_dialect message_csv;
extern const struct message_dialect message_report; /* delimited where the first line is a record, else box-drawn */
extern const struct message_dialect message_mt940;
extern const struct message_dialect message_iso20022; /* pain.002 or camt.053, by the namespace */

/* Cuts text into lines of at most BANK_LINE_BYTES_MAX bytes, without their ends; counts them in core->line. on_line may
 * change the line. */
struct message_lines {
    struct message_core *core;
    struct buffer line;
    enum err (*on_line)(void *state, char *line);
    void *state;
};
struct message_lines message_lines_init(struct message_core *core, enum err (*on_line)(void *state, char *line),
                                        void *state);
enum err message_lines_feed(struct message_lines *lines, const char *text, size_t length);
enum err message_lines_finish(struct message_lines *lines);

/* One delimited or CSV record: its fields, already apart. The order of records and what may follow are the same for
 * both. *titles_due: a line of titles comes next. */
enum err message_record(struct message_core *core, bool *titles_due, char *const *fields, size_t count);

#endif
