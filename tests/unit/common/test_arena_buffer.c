/* Request memory and growing buffers: ceilings, alignment, failure that sticks. */
#include "arena.h"
#include "buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void arena_gives_zeroed_aligned_memory(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    for (size_t bytes = 1; bytes < 70000; bytes = bytes * 3 + 1) {
        unsigned char *memory = arena_alloc(arena, bytes);
        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < bytes; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xff, bytes);
    }
    arena_free(arena);
}

static void arena_keeps_its_ceiling(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1000);
    assert_null(arena_alloc(arena, 1001));
    assert_null(arena_alloc(arena, SIZE_MAX));
    assert_non_null(arena_alloc(arena, 900));
    assert_null(arena_alloc(arena, 200));
    arena_reset(arena);
    assert_int_equal(arena_used_bytes(arena), 0);
    assert_non_null(arena_alloc(arena, 200));
    arena_free(arena);
    arena_free(NULL);
}

static void arena_copies_texts(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    assert_null(arena_strdup(arena, NULL));
    assert_string_equal(arena_strdup(arena, "惠民"), "惠民");
    assert_string_equal(arena_strndup(arena, "abcdef", 3), "abc");
    assert_string_equal(arena_printf(arena, "%s/%d", "runs", 7), "runs/7");
    arena_free(arena);
}

static void buffer_grows_to_its_ceiling(void **state)
{
    (void)state;
    struct buffer buffer = buffer_init(1000);
    for (int i = 0; i < 100; i++)
        buffer_append_text(&buffer, "0123456789");
    assert_false(buffer.failed);
    assert_int_equal(buffer.length, 1000);
    assert_int_equal(strlen(buffer.data), 1000);
    buffer_append_char(&buffer, 'x');
    assert_true(buffer.failed);
    assert_int_equal(buffer.length, 1000);
    buffer_clear(&buffer);
    assert_false(buffer.failed);
    buffer_printf(&buffer, "%d-%s", 5, "a");
    assert_string_equal(buffer.data, "5-a");
    buffer_free(&buffer);
    buffer_free(NULL);
}

static void buffer_failure_sticks(void **state)
{
    (void)state;
    struct buffer buffer = buffer_init(4);
    buffer_printf(&buffer, "%s", "12345");
    assert_true(buffer.failed);
    buffer_append_char(&buffer, 'a'); /* would fit, but what came before is missing */
    assert_int_equal(buffer.length, 0);
    buffer_free(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_gives_zeroed_aligned_memory),
        cmocka_unit_test(arena_keeps_its_ceiling),
        cmocka_unit_test(arena_copies_texts),
        cmocka_unit_test(buffer_grows_to_its_ceiling),
        cmocka_unit_test(buffer_failure_sticks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
