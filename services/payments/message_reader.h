/* Reads a bank's message in whatever syntax its format has: bytes in any chunks -> decoded text -> values by name, with
 * the checks of the message as a whole (header, every line readable, trailer, count and total as said). Bounded memory;
 * any bytes lead to an error, never further. XML is read without network, entities or document types.
 *
 * Values are the same whatever the syntax: amounts are yuan with two decimals (1262.00), dates YYYYMMDD; what a bank
 * does not say is absent or "".
 *   ACKNOWLEDGEMENT header: file, sha256 (absent where the syntax has none: ISO 20022), count, total, verdict (OK, NO),
 *     code, text, reason. No lines.
 *   RESULT, RETURN header: date, file; unit, count, total where said.
 *     line: reference, name, amount, account, status (S paid, F refused, W in work; R returned), code, text, reason
 *     ("" unless F or R).
 *   STATEMENT header: account, opening; statement_no, part, unit, date, closing, count where they are said in front.
 *     line: direction (D, C), amount, bank_reference, our_reference, text, type (the bank's transaction code), purpose
 *     (payments, return, fee, interest, funds, reversal or ""), code and reason ("" unless something came back).
 *     end: date, statement_no, part, parts (0: another part follows, their number is not known), opening, closing.
 *   RESULT, RETURN end: count, total as read.
 * `file` is the name of one of our files or its message id. Result reasons are those of bank_reason.h. */
#ifndef HUIMIN_MESSAGE_READER_H
#define HUIMIN_MESSAGE_READER_H

#include "bank_format.h"
#include "charset.h"

#include <stdint.h>

enum message_kind { MESSAGE_NONE, MESSAGE_ACKNOWLEDGEMENT, MESSAGE_RESULT, MESSAGE_RETURN, MESSAGE_STATEMENT };

struct message_reader;

/* Called for the header, for each detail or entry (never for the trailer), and, when the whole message holds, for its
 * end (on_end may be NULL). The values die with the callback. Anything but ERR_NONE stops the reader and comes back
 * from message_feed() or message_finish(). */
struct message_handler {
    enum err (*on_header)(void *context, enum message_kind kind, const struct bank_values *values);
    enum err (*on_line)(void *context, int64_t line, const struct bank_values *values);
    enum err (*on_end)(void *context, const struct bank_values *values);
    void *context;
};

/* NULL when out of memory. format must outlive the reader. */
struct message_reader *message_reader_new(const struct bank_format *format, const struct message_handler *handler);
void message_reader_free(struct message_reader *reader);

/* ERR_MESSAGE_UNREADABLE for what does not fit the format, bytes outside the encoding and anything above the limits of
 * lines, fields, texts and depth; ERR_MESSAGE_TOTALS for a line after the trailer. After an error the reader gives it
 * again. */
enum err message_feed(struct message_reader *reader, const void *bytes, size_t length);

/* After the last byte: ERR_MESSAGE_TRUNCATED without a trailer, ERR_MESSAGE_TOTALS when count or total of header or
 * trailer are not those of the lines; for statements, when opening + entries is not closing. */
enum err message_finish(struct message_reader *reader);

/* Number of the line read last, from 1. */
int64_t message_line(const struct message_reader *reader);

static inline void message_reader_cleanup(struct message_reader **reader)
{
    message_reader_free(*reader);
}

/* Whom a message concerns, as far as its header says it: "" where it does not. */
struct message_identity {
    enum message_kind kind; /* MESSAGE_NONE: not a message of the format */
    char file[128];
    char unit[16];
    char account[40];
};

/* Looks at the first bytes of a message (or all of them): true when they hold a header of the format. */
bool message_identify(const struct bank_format *format, const void *bytes, size_t length,
                      struct message_identity *ret_identity);

#endif
