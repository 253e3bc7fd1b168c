/* The SQL files of a release, read from a folder into memory. */
#ifndef HUIMIN_SQL_FILES_H
#define HUIMIN_SQL_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum {
    SQL_FILES_MAX = 256,
    SQL_FILE_BYTES_MAX = 4 * 1024 * 1024,
    SQL_NAME_BYTES = 96, /* file name without `.sql`, with the closing NUL */
    SQL_SHA256_BYTES = 65
};

struct sql_file {
    char name[SQL_NAME_BYTES];
    char sha256[SQL_SHA256_BYTES]; /* lower-case hex over the file's bytes */
    char *text;                    /* terminated, holds no NUL */
};

struct sql_files {
    struct sql_file *files; /* in byte order of their names */
    size_t count;
};

/* Whether a file belongs to the set: `[a-z0-9_]+.sql`. Others in the folder are left alone. */
bool sql_file_name_valid(const char *name);

/* Reads all SQL files of folder/sub. False after a failure, with one line on errors. Freed with
 * sql_files_free(), after a failure too. */
bool sql_files_read(const char *folder, const char *sub, struct sql_files *ret_files, FILE *errors);

void sql_files_free(struct sql_files *files);
#define CLEANUP_SQL_FILES __attribute__((cleanup(sql_files_free)))

#endif
