/* A small checked JSON writer (RFC 8259, UTF-8) over struct buffer. Text that is not valid UTF-8 marks the
 * buffer failed, so nothing half right is ever sent. */
#ifndef HUIMIN_JSON_WRITE_H
#define HUIMIN_JSON_WRITE_H

#include "buffer.h"

#include <stdbool.h>
#include <stdint.h>

/* Writes a quoted string; NULL writes null. */
void json_write_text(struct buffer *out, const char *text);
void json_write_text_n(struct buffer *out, const char *text, size_t length);
void json_write_int(struct buffer *out, int64_t value);

/* Object members with a leading comma unless the buffer ends in '{' or '['. */
void json_member_text(struct buffer *out, const char *name, const char *text);
void json_member_int(struct buffer *out, const char *name, int64_t value);
void json_member_bool(struct buffer *out, const char *name, bool value);

/* Starts a member (`,"name":`) whose value the caller writes. */
void json_member(struct buffer *out, const char *name);

/* Appends a comma unless the buffer ends in '{', '[' or ':'. */
void json_separator(struct buffer *out);

#endif
