/* Files that are whole or not there. */
#include "crypto.h"
#include "durable_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/huimin-durable-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static void path_of(const char *name, char ret_path[static 256])
{
    snprintf(ret_path, 256, "%s/%s", folder, name);
}

static void a_file_appears_whole(void **state)
{
    (void)state;
    char path[256];
    char temporary[256];
    uint8_t sha256[32];
    uint8_t other[32] = {0};
    path_of("HM.txt", path);
    path_of("HM.txt.tmp", temporary);
    crypto_sha256("abcdef", 6, sha256);
    assert_int_equal(durable_file_look(folder, "HM.txt", sha256), DURABLE_OK);
    struct durable_file *file = durable_file_open(folder, "HM.txt");
    assert_non_null(file);
    assert_true(durable_file_write(file, "abc", 3));
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_equal(access(temporary, F_OK), 0);
    assert_true(durable_file_write(file, "def", 3));
    assert_int_equal(durable_file_publish(file), DURABLE_OK);
    assert_int_not_equal(access(temporary, F_OK), 0);
    assert_int_equal(durable_file_look(folder, "HM.txt", sha256), DURABLE_SAME);
    assert_int_equal(durable_file_look(folder, "HM.txt", other), DURABLE_OTHER);
    assert_int_equal(unlink(path), 0);
}

static void an_abandoned_file_leaves_nothing(void **state)
{
    (void)state;
    char temporary[256];
    path_of("X.tmp", temporary);
    struct durable_file *file = durable_file_open(folder, "X");
    assert_non_null(file);
    assert_true(durable_file_write(file, "abc", 3));
    durable_file_abandon(file);
    durable_file_abandon(NULL);
    assert_int_not_equal(access(temporary, F_OK), 0);
}

static void what_a_killed_writer_left_is_cut(void **state)
{
    (void)state;
    char path[256];
    uint8_t sha256[32];
    path_of("Y", path);
    struct durable_file *killed = durable_file_open(folder, "Y");
    assert_true(durable_file_write(killed, "longer than the next", 20));
    struct durable_file *file = durable_file_open(folder, "Y");
    assert_true(durable_file_write(file, "ok", 2));
    assert_int_equal(durable_file_publish(file), DURABLE_OK);
    crypto_sha256("ok", 2, sha256);
    assert_int_equal(durable_file_look(folder, "Y", sha256), DURABLE_SAME);
    durable_file_abandon(killed);
    assert_int_equal(unlink(path), 0);
}

static void names_do_not_leave_the_folder(void **state)
{
    (void)state;
    uint8_t sha256[32] = {0};
    assert_null(durable_file_open(folder, "../x"));
    assert_null(durable_file_open("/nowhere/at/all", "x"));
    assert_int_equal(durable_file_look("/nowhere/at/all", "x", sha256), DURABLE_ERROR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_appears_whole),
        cmocka_unit_test(an_abandoned_file_leaves_nothing),
        cmocka_unit_test(what_a_killed_writer_left_is_cut),
        cmocka_unit_test(names_do_not_leave_the_folder),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
