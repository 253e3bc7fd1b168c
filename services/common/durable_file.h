/* Writing a file so that it is whole or not there: temporary name, fsync, rename, fsync of the folder. Used for what
 * others pick up: the bank's outbox and reports. */
#ifndef HUIMIN_DURABLE_FILE_H
#define HUIMIN_DURABLE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct durable_file;

enum durable_status {
    DURABLE_OK,
    DURABLE_SAME,  /* the same bytes lie there under the name */
    DURABLE_OTHER, /* other bytes lie there under the name */
    DURABLE_ERROR  /* errno says why */
};

/* Compares what lies under name with sha256 of our bytes: DURABLE_SAME, DURABLE_OTHER, DURABLE_ERROR, or DURABLE_OK
 * when nothing is there. */
enum durable_status durable_file_look(const char *folder, const char *name, const uint8_t sha256[static 32]);

/* Opens `<name>.tmp`, cutting what an earlier try left. NULL on failure. */
struct durable_file *durable_file_open(const char *folder, const char *name);
bool durable_file_write(struct durable_file *file, const void *bytes, size_t length);

/* Makes the bytes durable and gives them their name. Frees the file in any case. */
enum durable_status durable_file_publish(struct durable_file *file);

/* Removes the temporary file and frees. NULL is allowed. */
void durable_file_abandon(struct durable_file *file);

#endif
