#include "arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Blocks are chained; the first one is kept over a reset, because most requests fit into it. */
struct arena_block {
    struct arena_block *next;
    size_t size_bytes;
    size_t used_bytes;
    _Alignas(max_align_t) unsigned char data[];
};

struct arena {
    struct arena_block *first;
    struct arena_block *current;
    size_t bytes_max;
    size_t used_bytes;
};

static const size_t block_bytes_min = 16 * 1024;

static struct arena_block *arena_block_new(size_t bytes)
{
    struct arena_block *block = malloc(sizeof(*block) + bytes);
    if (block == NULL)
        return NULL;
    block->next = NULL;
    block->size_bytes = bytes;
    block->used_bytes = 0;
    return block;
}

struct arena *arena_new(size_t bytes_max)
{
    struct arena *arena = calloc(1, sizeof(*arena));
    if (arena == NULL)
        return NULL;
    arena->first = arena_block_new(block_bytes_min);
    if (arena->first == NULL) {
        free(arena);
        return NULL;
    }
    arena->current = arena->first;
    arena->bytes_max = bytes_max;
    return arena;
}

static void arena_free_blocks(struct arena_block *block)
{
    while (block != NULL) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    arena_free_blocks(arena->first);
    free(arena);
}

void arena_reset(struct arena *arena)
{
    arena_free_blocks(arena->first->next);
    arena->first->next = NULL;
    arena->first->used_bytes = 0;
    arena->current = arena->first;
    arena->used_bytes = 0;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
    const size_t alignment = _Alignof(max_align_t);
    if (bytes > SIZE_MAX - alignment)
        return NULL;
    size_t rounded = (bytes + alignment - 1) / alignment * alignment;
    if (rounded > arena->bytes_max || arena->used_bytes > arena->bytes_max - rounded)
        return NULL;
    struct arena_block *block = arena->current;
    if (block->size_bytes - block->used_bytes < rounded) {
        block = arena_block_new(rounded > block_bytes_min ? rounded : block_bytes_min);
        if (block == NULL)
            return NULL;
        arena->current->next = block;
        arena->current = block;
    }
    void *result = block->data + block->used_bytes;
    block->used_bytes += rounded;
    arena->used_bytes += rounded;
    memset(result, 0, rounded);
    return result;
}

char *arena_strndup(struct arena *arena, const char *text, size_t bytes)
{
    if (text == NULL || bytes == SIZE_MAX)
        return NULL;
    char *copy = arena_alloc(arena, bytes + 1);
    if (copy != NULL)
        memcpy(copy, text, bytes);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return text == NULL ? NULL : arena_strndup(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = length < 0 ? NULL : arena_alloc(arena, (size_t)length + 1);
    if (text != NULL)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

size_t arena_used_bytes(const struct arena *arena)
{
    return arena->used_bytes;
}
