/* The catalogue of a district as CSV files (UTF-8, with or without BOM, one header line), read into JSON arrays that
 * the statements of catalogue_store.c take. Pure: no database.
 *
 * An empty field is an absent value. Dates are YYYY-MM-DD, valid_to is the first day that is no longer covered, lists
 * are separated by one blank (disability_grades: digits 1-4, certificate_types: digits 1-7), money is whole fen. */
#ifndef HUIMIN_CATALOGUE_H
#define HUIMIN_CATALOGUE_H

#include "buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum catalogue_kind {
    CATALOGUE_TEXT,
    CATALOGUE_INT,
    CATALOGUE_DATE,
    CATALOGUE_BOOL,
    CATALOGUE_GRADES,
    CATALOGUE_TYPES,
    CATALOGUE_WORDS
};

/* What a file must say about a column: a value, perhaps none, or nothing at all (files of an older release do not have
 * the column; its value is then absent in each line). */
enum catalogue_need { CATALOGUE_NULL, CATALOGUE_REQUIRED, CATALOGUE_OPTIONAL };

struct catalogue_column {
    const char *name;
    enum catalogue_kind kind;
    enum catalogue_need need;
};

enum {
    CATALOGUE_COLUMNS_MAX = 40,
    CATALOGUE_LINE_BYTES_MAX = 8192,
    CATALOGUE_FILE_BYTES_MAX = 1024 * 1024,
    CATALOGUE_JSON_BYTES_MAX = 8 * 1024 * 1024
};

struct catalogue_table {
    const char *file; /* divisions.csv */
    const struct catalogue_column *columns;
    size_t column_count;
};

/* The tables in the order in which they must be loaded. */
enum catalogue_table_no {
    CATALOGUE_DIVISIONS,
    CATALOGUE_ITEMS,
    CATALOGUE_TIERS,
    CATALOGUE_RULES,
    CATALOGUE_STANDARDS,
    CATALOGUE_EXCLUSIONS,
    CATALOGUE_REVIEW_CLASSES,
    CATALOGUE_CALENDAR,
    CATALOGUE_TABLES
};
const struct catalogue_table *catalogue_table(enum catalogue_table_no no);

/* Turns a file's text into a JSON array of objects, one a line, with the columns' names as members. ret_json
 * is a fresh buffer; the caller frees it. False after a fault: each is one line `file:line: column: what` on
 * errors (at most 20). */
bool catalogue_read(const struct catalogue_table *table, const char *text, size_t length, struct buffer *ret_json,
                    FILE *errors);

#endif
