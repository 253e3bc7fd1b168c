/* Paths and queries are taken apart strictly; the traps of the HTTP library end here. */
#include "http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { SEGMENTS_MAX = 4 };

static void paths_are_split_strictly(void **state)
{
    static const struct {
        const char *path;
        int count; /* -1: refused */
        const char *first;
    } cases[] = {
        {"/a", 1, "a"},          {"/a/b/c/d", 4, "a"},    {"/a/b/c/d/e", -1, NULL}, {"", -1, NULL},
        {"a", -1, NULL},         {"/", -1, NULL},         {"//", -1, NULL},         {"/a//b", -1, NULL},
        {"/a/", -1, NULL},       {"/%41", 1, "A"},        {"/%e4%ba%ad", 1, "亭"},  {"/%2F", -1, NULL},
        {"/a%2fb", -1, NULL},    {"/%00", -1, NULL},      {"/a%0a", -1, NULL},      {"/%", -1, NULL},
        {"/%4", -1, NULL},       {"/%zz", -1, NULL},      {"/.", -1, NULL},         {"/..", -1, NULL},
        {"/a/%2e%2e", -1, NULL}, {"/a+b", 1, "a+b"},      {"/a%7f", -1, NULL},      {"/...", 1, "..."},
        {"/%ff", -1, NULL},      {"/a/%c0%af", -1, NULL}, {"/%ed%a0%80", -1, NULL}, {"/%e4%ba", -1, NULL},
        {"/\xff", -1, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct arena *arena = arena_new(1 << 16);
        char *segments[SEGMENTS_MAX];
        size_t count = 0;
        bool good = http_path_split(arena, cases[i].path, segments, SEGMENTS_MAX, &count);
        assert_int_equal(good ? (int)count : -1, cases[i].count);
        if (good)
            assert_string_equal(segments[0], cases[i].first);
        arena_free(arena);
    }
}

static void patterns_match_whole_paths(void **state)
{
    static const struct {
        const char *pattern;
        const char *path;
        bool matches;
        const char *value;
    } cases[] = {
        {"/runs", "/runs", true, NULL},
        {"/runs", "/run", false, NULL},
        {"/runs", "/runs2", false, NULL},
        {"/runs/{id}", "/runs/7", true, "7"},
        {"/runs/{id}", "/runs", false, NULL},
        {"/runs/{id}", "/runs/7/x", false, NULL},
        {"/runs/{id}/held", "/runs/7/held", true, "7"},
        {"/runs/{id}/held", "/runs/7/HELD", false, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct arena *arena = arena_new(1 << 16);
        char *segments[SEGMENTS_MAX];
        const char *values[2] = {NULL, NULL};
        size_t count = 0;
        assert_true(http_path_split(arena, cases[i].path, segments, SEGMENTS_MAX, &count));
        assert_int_equal(http_path_match(cases[i].pattern, segments, count, values, 2), cases[i].matches);
        if (cases[i].matches && cases[i].value != NULL)
            assert_string_equal(values[0], cases[i].value);
        arena_free(arena);
    }
}

static void queries_are_decoded(void **state)
{
    static const char *const cases[][2] = {
        {"a+b", "a b"}, {"%2F", "/"},  {"%E4%BA%AD", "亭"}, {"%00", NULL},  {"%1", NULL},
        {"%0D", NULL},  {"%ff", NULL}, {"a%e4%ba", NULL},   {"\xc3", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct arena *arena = arena_new(1 << 16);
        char *text = http_query_decode(arena, cases[i][0], strlen(cases[i][0]));
        if (cases[i][1] == NULL)
            assert_null(text);
        else
            assert_string_equal(text, cases[i][1]);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_split_strictly),
        cmocka_unit_test(patterns_match_whole_paths),
        cmocka_unit_test(queries_are_decoded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
