/* An uploaded list as text: its sealed chunks are read one at a time and decoded to UTF-8, in bounded memory.
 * It may be read any number of times. */
#ifndef HUIMIN_IMPORT_SOURCE_H
#define HUIMIN_IMPORT_SOURCE_H

#include "charset.h"
#include "job.h"

#include <stdint.h>

struct import_source {
    struct job_context *context;
    int64_t upload_id;
    int64_t chunks;
    const int64_t *done; /* progress that each read of a chunk stores with the job while it renews its lease */
    const int64_t *total;
    enum charset charset;
};

/* Reads the whole file to find its encoding (charset_detector_finish()). Errors as import_source_read(). */
enum err import_source_detect(struct import_source *source);

/* Hands the decoded text to the sink. What the sink returns comes back; so do ERR_ENCODING, ERR_DRAINING when
 * the worker is asked to stop, ERR_CONFLICT_RETRY when the job's fence is lost, and errors of the database
 * and the keyring. The sink may use the connection: no transaction is open while it runs. */
enum err import_source_read(const struct import_source *source, charset_sink sink, void *sink_context);

#endif
