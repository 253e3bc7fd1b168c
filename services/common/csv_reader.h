/* A streaming reader of delimited UTF-8 text (RFC 4180), fed in chunks of any size, in bounded memory. Bad
 * records are reported and skipped; reading goes on with the next line. */
#ifndef HUIMIN_CSV_READER_H
#define HUIMIN_CSV_READER_H

#include "err.h"

#include <stddef.h>
#include <stdint.h>

struct csv_record {
    uint64_t line; /* physical line, from 1, on which the record begins */
    size_t field_count;
    char *const *fields; /* terminated, unquoted; valid during the callback only */
};

/* Both callbacks: anything but ERR_NONE stops the reader and comes back from csv_reader_feed or
 * csv_reader_finish. */
struct csv_handler {
    enum err (*on_record)(void *context, const struct csv_record *record);
    /* ERR_CSV_QUOTE: a quoted field does not end, or something follows its closing quote.
     * ERR_CSV_LINE_TOO_LONG. ERR_CSV_COLUMNS: too many columns, or another number than expected.
     * ERR_BAD_CHARACTERS: a NUL byte. */
    enum err (*on_problem)(void *context, uint64_t line, enum err problem);
    void *context;
};

struct csv_options {
    char delimiter;         /* a printable ASCII character or tab, not a quote */
    size_t line_bytes_max;  /* longest record with its quotes and line end; at least 1 */
    size_t field_count_max; /* at least 1 */
};

struct csv_reader;

/* Allocates all the memory the reader will ever use, about line_bytes_max + 8 * field_count_max. NULL when
 * out of memory. */
struct csv_reader *csv_reader_new(const struct csv_options *options, const struct csv_handler *handler);

/* From the next record on, records with another number of fields are ERR_CSV_COLUMNS; 0 (the start) takes any
 * number. Meant to be called from on_record when the header has been read. */
void csv_reader_expect_fields(struct csv_reader *reader, size_t field_count);

/* Records end with LF or CRLF; quoted fields may hold delimiters, doubled quotes and line ends; a quote
 * inside an unquoted field is an ordinary character. Blank lines are skipped, but counted. After a quoted
 * field that goes wrong, reading goes on at the physical line after the one on which the record began, so
 * that one stray quote costs one line. */
enum err csv_reader_feed(struct csv_reader *reader, const char *text, size_t length);

/* After the last chunk: a last line without line end counts. */
enum err csv_reader_finish(struct csv_reader *reader);

/* The physical line, from 1, on which the record now being read begins: all lines before it are done with. */
uint64_t csv_reader_line(const struct csv_reader *reader);

/* NULL is allowed. */
void csv_reader_free(struct csv_reader *reader);

static inline void csv_reader_cleanup(struct csv_reader **reader)
{
    csv_reader_free(*reader);
}

#endif
