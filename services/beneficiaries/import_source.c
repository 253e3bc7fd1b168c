#include "import_source.h"

#include "upload.h"

#include <stdlib.h>

/* Reads a chunk into ret_bytes (UPLOAD_CHUNK_BYTES + KEYRING_OVERHEAD_BYTES + 1 bytes of room). */
static enum err source_chunk(const struct import_source *source, int64_t no, char *ret_bytes, size_t *ret_length)
{
    struct job_context *context = source->context;
    if (job_must_stop(context))
        return ERR_DRAINING;
    enum err err = job_begin(context, *source->done, *source->total);
    if (err != ERR_NONE)
        return err;
    err = upload_read(context->db, context->keyring, context->job->district, source->upload_id, no, source->chunks,
                      ret_bytes, ret_length);
    if (err == ERR_NONE) {
        enum db_status status = db_commit(context->db);
        if (status == DB_NONE)
            return ERR_NONE;
        err = db_error(context->db, status);
    }
    db_rollback(context->db);
    return err;
}

/* Hands each chunk to `take`. */
static enum err source_each(const struct import_source *source,
                            enum err (*take)(void *context, const char *bytes, size_t length), void *context)
{
    char *bytes = malloc(UPLOAD_CHUNK_BYTES + KEYRING_OVERHEAD_BYTES + 1);
    enum err err = bytes != NULL ? ERR_NONE : ERR_OUT_OF_MEMORY;
    for (int64_t no = 0; no < source->chunks && err == ERR_NONE; no++) {
        size_t length = 0;
        err = source_chunk(source, no, bytes, &length);
        if (err == ERR_NONE)
            err = take(context, bytes, length);
    }
    free(bytes);
    return err;
}

static enum err source_detect_chunk(void *context, const char *bytes, size_t length)
{
    charset_detector_feed(context, bytes, length);
    return ERR_NONE;
}

enum err import_source_detect(struct import_source *source)
{
    struct charset_detector detector;
    charset_detector_init(&detector);
    enum err err = source_each(source, source_detect_chunk, &detector);
    return err == ERR_NONE ? charset_detector_finish(&detector, &source->charset) : err;
}

static enum err source_decode_chunk(void *context, const char *bytes, size_t length)
{
    return charset_decoder_feed(context, bytes, length);
}

enum err import_source_read(const struct import_source *source, charset_sink sink, void *sink_context)
{
    struct charset_decoder *decoder = charset_decoder_new(source->charset, sink, sink_context);
    if (decoder == NULL)
        return ERR_OUT_OF_MEMORY;
    enum err err = source_each(source, source_decode_chunk, decoder);
    if (err == ERR_NONE)
        err = charset_decoder_finish(decoder);
    charset_decoder_free(decoder);
    return err;
}
