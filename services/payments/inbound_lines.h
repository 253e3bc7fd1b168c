/* Lines of a bank's message on their way into the database: collected as arrays and stored by set operations. Names and
 * texts are dropped here, account numbers become blind indexes. */
#ifndef HUIMIN_INBOUND_LINES_H
#define HUIMIN_INBOUND_LINES_H

#include "bank_format.h"
#include "bank_message_store.h"
#include "job.h"

#include <stdbool.h>
#include <stdint.h>

struct inbound_lines;

/* NULL when out of memory. The context must outlive the lines; its transaction must be open when they are added. */
struct inbound_lines *inbound_lines_new(struct job_context *context);
void inbound_lines_free(struct inbound_lines *lines);

/* Takes one line of a result or return; stores a batch when one is full. ERR_MESSAGE_UNREADABLE when a field does not
 * fit. */
enum err inbound_lines_add(struct inbound_lines *lines, bool returned, int64_t line, const struct bank_values *values);
enum err inbound_lines_flush(struct inbound_lines *lines);

/* Entries of a statement, collected whole: a day's statement has few. */
struct inbound_entries {
    struct buffer directions;
    struct buffer amounts;
    struct buffer bank_references;
    struct buffer our_references;
};
struct inbound_entries inbound_entries_init(void);
void inbound_entries_free(struct inbound_entries *entries);
enum err inbound_entries_add(struct inbound_entries *entries, const struct bank_values *values);
/* Closes the arrays into statement. False when a buffer is full. */
bool inbound_entries_end(struct inbound_entries *entries, struct bank_statement *statement);

#endif
