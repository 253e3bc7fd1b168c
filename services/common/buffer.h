/* A growing byte buffer that carries its ceiling from birth. After the first refused append the buffer is
 * `failed`: later appends do nothing, so a writer checks once at the end. Always NUL-terminated while not
 * empty. */
#ifndef HUIMIN_BUFFER_H
#define HUIMIN_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct buffer {
    char *data;
    size_t length;
    size_t capacity;
    size_t length_max;
    bool failed;
};

/* An empty buffer that refuses to grow past length_max bytes. Allocates nothing yet. */
struct buffer buffer_init(size_t length_max);

/* Frees the memory; the buffer may be used again. NULL is allowed. */
void buffer_free(struct buffer *buffer);

/* Empties the buffer, keeps its memory and clears `failed`. */
void buffer_clear(struct buffer *buffer);

void buffer_append(struct buffer *buffer, const void *bytes, size_t length);
void buffer_append_text(struct buffer *buffer, const char *text);
void buffer_append_char(struct buffer *buffer, char byte);
void buffer_printf(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define CLEANUP_BUFFER __attribute__((cleanup(buffer_free)))

#endif
