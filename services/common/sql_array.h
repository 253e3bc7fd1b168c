/* Array literals of PostgreSQL ({1,"a",NULL}) in a struct buffer, for statements that unnest their parameters. The
 * buffer's ceiling and `failed` apply. */
#ifndef HUIMIN_SQL_ARRAY_H
#define HUIMIN_SQL_ARRAY_H

#include "buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Empties the buffer and opens an array. */
void sql_array_begin(struct buffer *array);

/* Append one element; text NULL and bytes NULL append NULL. Text is UTF-8 without control characters that matter to
 * the literal's syntax: quotes and backslashes are escaped. Bytes are written for bytea[]. */
void sql_array_text(struct buffer *array, const char *text);
void sql_array_int(struct buffer *array, int64_t number);
void sql_array_null(struct buffer *array);
void sql_array_bytes(struct buffer *array, const void *bytes, size_t length);

/* Closes the array. Returns its text, owned by the buffer; NULL when the buffer failed. */
const char *sql_array_end(struct buffer *array);

#endif
