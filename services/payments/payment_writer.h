/* Writes a payment file in whatever syntax the bank's format has: delimited records, CSV, or pain.001.001.09. The bytes
 * are a pure function of the values, so a file that is written again is the same.
 *
 * Values are in one form, whatever the syntax: amounts in yuan with two decimals, dates YYYYMMDD.
 *   header: date, unit, agency, sequence, count, total; for ISO 20022 also file (message id, at most 35 characters),
 *     created_at (ISO 8601 with offset), account (ours), debtor (our name at the bank), bank_number (CNAPS number of
 * the agent bank, "" when it is not known: then its code names it). line: reference, name, amount, account, unit,
 * id_number, occurrence; for ISO 20022 also bank_number (of the payee's bank, "" when not known) and remittance ("" for
 * none). */
#ifndef HUIMIN_PAYMENT_WRITER_H
#define HUIMIN_PAYMENT_WRITER_H

#include "bank_format.h"

struct payment_writer;

/* Both arguments are borrowed. NULL when out of memory. */
struct payment_writer *payment_writer_new(const struct bank_format *format, struct buffer *out);
void payment_writer_free(struct payment_writer *writer);

/* Once, then every line, then the end. ERR_BAD_CHARACTERS, ERR_ENCODING or ERR_TOO_LONG: a value that the file cannot
 * hold; ERR_INTERNAL: a value is missing or malformed, or the lines do not come to the header's count and total;
 * ERR_OUT_OF_MEMORY: out is full. After an error nothing in `out` may be used. */
enum err payment_writer_header(struct payment_writer *writer, const struct bank_values *values);
enum err payment_writer_line(struct payment_writer *writer, const struct bank_values *values);
enum err payment_writer_end(struct payment_writer *writer);

static inline void payment_writer_cleanup(struct payment_writer **writer)
{
    payment_writer_free(*writer);
}

#endif
