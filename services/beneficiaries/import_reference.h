/* What the lines of a list may refer to (struct import_reference), as the database has it. */
#ifndef HUIMIN_IMPORT_REFERENCE_H
#define HUIMIN_IMPORT_REFERENCE_H

#include "arena.h"
#include "db.h"
#include "import.h"

/* Loads divisions, items and tiers in the caller's transaction; what ret_reference points to lies in the arena. Its
 * `today` is left alone. divisions, programmes: the reach of who brought the list, as array literals; NULL: all of the
 * district. Errors of the database, ERR_OUT_OF_MEMORY. */
enum err import_reference_load(struct db *db, int64_t district, const char *divisions, const char *programmes,
                               struct arena *arena, struct import_reference *ret_reference);

#endif
