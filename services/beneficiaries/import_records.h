/* The records of an uploaded list: its text is split at commas, or at tabs when the header has these alone (a
 * spreadsheet's "Unicode text"). The first record is the header; each further one has as many fields. */
#ifndef HUIMIN_IMPORT_RECORDS_H
#define HUIMIN_IMPORT_RECORDS_H

#include "csv_reader.h"
#include "import_source.h"

/* Anything but ERR_NONE stops the reading and comes back from it. */
struct import_records_handler {
    enum err (*on_header)(void *context, const struct csv_record *record);
    enum err (*on_record)(void *context, const struct csv_record *record);
    enum err (*on_problem)(void *context, uint64_t line, enum err problem); /* as csv_handler's, after the header */
    void *context;
};

/* Reads the whole file, whose encoding is known. ERR_CSV_HEADER when it has no readable header; errors of
 * import_source_read(). */
enum err import_records_read(const struct import_source *source, const struct import_records_handler *handler);

#endif
