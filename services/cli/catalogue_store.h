/* Writes a district's catalogue. `json` is what catalogue_read() made of the file. Nothing is ever removed.
 */
#ifndef HUIMIN_CATALOGUE_STORE_H
#define HUIMIN_CATALOGUE_STORE_H

#include "catalogue.h"
#include "db.h"

#include <stdint.h>

struct catalogue_counts {
    int64_t lines;
    int64_t added;
    int64_t changed;
};

/* Divisions, items, tiers (as approved), review classes and the calendar are inserted or brought up to date. Rules,
 * standards and exclusions are facts in time: a new one is inserted, the end of one that is there may move, anything
 * else is refused: DB_ROW or DB_ROWS with *ret_different naming them (one column) and nothing written. Rules of a
 * release that had fewer columns take over the new ones, once. What was decided through the service since stays as it
 * is. Each added, moved or taken over row writes its audit event. DB_NONE: done. */
enum db_status catalogue_put(struct db *db, enum catalogue_table_no no, int64_t district, const char *json,
                             struct catalogue_counts *ret_counts, struct db_result **ret_different);

/* The audit event of a load that changed something; data is a JSON object of counts. */
enum db_status catalogue_write_event(struct db *db, int64_t district, const char *data);

#endif
