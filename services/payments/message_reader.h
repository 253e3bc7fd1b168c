/* Reads a bank's message line by line: bytes in any chunks -> decoded text -> records of the format, with the checks
 * of the message as a whole (header, every line readable, trailer, count and total). Bounded memory. */
#ifndef HUIMIN_MESSAGE_READER_H
#define HUIMIN_MESSAGE_READER_H

#include "bank_format.h"
#include "charset.h"

#include <stdint.h>

enum message_kind { MESSAGE_NONE, MESSAGE_ACKNOWLEDGEMENT, MESSAGE_RESULT, MESSAGE_RETURN, MESSAGE_STATEMENT };

struct message_reader;

/* Called for the header, for each detail or entry (never for the trailer). The values die with the callback. Anything
 * but ERR_NONE stops the reader and comes back from message_feed(). */
struct message_handler {
    enum err (*on_header)(void *context, enum message_kind kind, const struct bank_values *values);
    enum err (*on_line)(void *context, int64_t line, const struct bank_values *values);
    void *context;
};

/* NULL when out of memory. format must outlive the reader. */
struct message_reader *message_reader_new(const struct bank_format *format, const struct message_handler *handler);
void message_reader_free(struct message_reader *reader);

/* ERR_MESSAGE_UNREADABLE for a line that does not fit the format or bytes outside the encoding; ERR_MESSAGE_TOTALS for
 * a line after the trailer. */
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

#endif
