#include "migration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_file_names(void **state)
{
    (void)state;
    static const char *const good[] = {"0001_context.sql", "a.sql", "payments_10_guards.sql", "9_.sql"};
    static const char *const bad[] = {".sql",
                                      "README.md",
                                      "0001_context.sql~",
                                      ".0001_context.sql.swp",
                                      "0001 a.sql",
                                      "0001-a.sql",
                                      "Upper.sql",
                                      "a.SQL",
                                      "a.sql.orig",
                                      "sql",
                                      "",
                                      "../a.sql"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_true(sql_file_name_valid(good[i]));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(sql_file_name_valid(bad[i]));
}

static void test_compare(void **state)
{
    (void)state;
    static const struct {
        const char *files[4]; /* a file's checksum is its name, unless applied says otherwise */
        struct migration_applied applied[4];
        size_t applied_count;
        enum migration_fault fault;
        size_t index;
    } cases[] = {
        {{"0001_a", "0002_b"}, {{"", ""}}, 0, MIGRATION_FITS, 2},
        {{"0001_a", "0002_b"}, {{"0001_a", "0001_a"}}, 1, MIGRATION_FITS, 2},
        {{"0001_a", "0002_b"}, {{"0001_a", "0001_a"}, {"0002_b", "0002_b"}}, 2, MIGRATION_FITS, 2},
        {{"0001_a", "0002_b"}, {{"0001_a", "other"}}, 1, MIGRATION_CHANGED, 0},
        {{"0001_a", "0002_b"}, {{"0001_a", "0001_a"}, {"0002_c", "0002_b"}}, 2, MIGRATION_CHANGED, 1},
        {{"0001_a"}, {{"0001_a", "0001_a"}, {"0002_b", "0002_b"}}, 2, MIGRATION_AHEAD, 1},
        {{"0001_a", "0003_b"}, {{"", ""}}, 0, MIGRATION_GAP, 1},
        {{"0002_a"}, {{"", ""}}, 0, MIGRATION_GAP, 0},
        {{"0001_a", "0001_b"}, {{"", ""}}, 0, MIGRATION_GAP, 1},
        {{"0000_a"}, {{"", ""}}, 0, MIGRATION_NAME, 0},
        {{"001_a"}, {{"", ""}}, 0, MIGRATION_NAME, 0},
        {{"0001_"}, {{"", ""}}, 0, MIGRATION_NAME, 0},
        {{"00011_a"}, {{"", ""}}, 0, MIGRATION_NAME, 0},
        {{"0001_a", "topic"}, {{"", ""}}, 0, MIGRATION_NAME, 1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sql_file files[4] = {0};
        struct sql_files set = {files, 0};
        while (set.count < 4 && cases[i].files[set.count] != NULL) {
            snprintf(files[set.count].name, SQL_NAME_BYTES, "%s", cases[i].files[set.count]);
            snprintf(files[set.count].sha256, SQL_SHA256_BYTES, "%s", cases[i].files[set.count]);
            set.count++;
        }
        size_t index = 99;
        assert_int_equal(migration_compare(&set, cases[i].applied, cases[i].applied_count, &index), cases[i].fault);
        assert_int_equal(index, cases[i].index);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_names),
        cmocka_unit_test(test_compare),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
