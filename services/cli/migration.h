/* Which migrations remain: the files of a release compared with what the database has recorded. Pure.
 *
 * A migration is NNNN_topic.sql, numbered from 0001 without a gap, and never changes once it is applied. */
#ifndef HUIMIN_MIGRATION_H
#define HUIMIN_MIGRATION_H

#include "sql_files.h"

#include <stddef.h>

enum migration_fault {
    MIGRATION_FITS,
    MIGRATION_NAME,    /* a file is not NNNN_topic.sql */
    MIGRATION_GAP,     /* the files are not numbered 1, 2, 3 ... */
    MIGRATION_CHANGED, /* an applied migration has another name or checksum than its file */
    MIGRATION_AHEAD    /* the database has a migration that is not among the files */
};

struct migration_applied {
    char name[SQL_NAME_BYTES];
    char sha256[SQL_SHA256_BYTES];
};

/* Compares files with the applied migrations, which are given in the order of their numbers 1, 2, 3 ... On
 * MIGRATION_FITS the files from index applied_count on remain; otherwise *ret_index is the file
 * (MIGRATION_AHEAD: the applied migration) that does not fit. */
enum migration_fault migration_compare(const struct sql_files *files, const struct migration_applied *applied,
                                       size_t applied_count, size_t *ret_index);

#endif
