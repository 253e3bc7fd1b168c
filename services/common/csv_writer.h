/* Writes CSV for people (RFC 4180, CRLF) into a buffer. Text that a spreadsheet would run as a formula is
 * defused. */
#ifndef HUIMIN_CSV_WRITER_H
#define HUIMIN_CSV_WRITER_H

#include "buffer.h"

#include <stdbool.h>
#include <stdint.h>

struct csv_writer {
    struct buffer *out; /* borrowed; check out->failed at the end */
    bool in_row;
};

/* A writer at the start of a row. */
struct csv_writer csv_writer_init(struct buffer *out);

/* U+FEFF, which spreadsheets need to recognise UTF-8. Before the first row. */
void csv_writer_bom(struct csv_writer *writer);

/* A text field, NULL as empty. Quoted where needed; one that begins with = + - @ (also full-width), a tab or
 * a line end gets an apostrophe in front. */
void csv_writer_text(struct csv_writer *writer, const char *text);

/* A text field for a program to read (RFC 4180, any delimiter): quoted where needed, never defused. */
void csv_writer_field(struct csv_writer *writer, const char *text, char delimiter);

/* Values that the program itself made: a number, an amount in yuan with two decimals. Never defused. */
void csv_writer_int64(struct csv_writer *writer, int64_t value);
void csv_writer_yuan(struct csv_writer *writer, int64_t amount_fen);

void csv_writer_end_row(struct csv_writer *writer);

#endif
