/* Request memory: everything that lives as long as one request (or one batch of a job) comes from an arena
 * and is freed in one step. An arena has a ceiling from birth; asking for more ends in NULL, which callers
 * turn into ERR_NO_MEMORY. Not thread-safe: one arena belongs to one thread at a time. */
#ifndef HUIMIN_ARENA_H
#define HUIMIN_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

/* Creates an arena that never holds more than bytes_max (plus one block of overhead). NULL when out of
 * memory. */
struct arena *arena_new(size_t bytes_max);

/* Frees the arena and all it gave out. NULL is allowed. */
void arena_free(struct arena *arena);

/* Forgets all allocations and keeps the first block for reuse. Pointers given out before are dead. */
void arena_reset(struct arena *arena);

/* Returns zeroed memory aligned for any type, or NULL when the ceiling or the system's memory is reached. */
void *arena_alloc(struct arena *arena, size_t bytes);

/* Copies of strings; NULL text gives NULL. */
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t bytes);
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Bytes given out since creation or the last reset. */
size_t arena_used_bytes(const struct arena *arena);

static inline void arena_cleanup(struct arena **arena)
{
    arena_free(*arena);
}

#endif
