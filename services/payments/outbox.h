/* The folder from which the bank takes files. Writing is atomic and durable: temporary name, fsync, rename, fsync of
 * the folder. A file that is there already with the same bytes is left alone; with other bytes it is never
 * overwritten. */
#ifndef HUIMIN_OUTBOX_H
#define HUIMIN_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct outbox_file;

enum outbox_status {
    OUTBOX_OK,
    OUTBOX_THERE,   /* the same bytes lie there under the name */
    OUTBOX_FOREIGN, /* other bytes lie there under the name */
    OUTBOX_ERROR    /* errno says why */
};

/* Compares what lies under name with sha256 of our bytes: OUTBOX_THERE, OUTBOX_FOREIGN, OUTBOX_ERROR, or OUTBOX_OK
 * when nothing is there. */
enum outbox_status outbox_look(const char *folder, const char *name, const uint8_t sha256[static 32]);

/* Opens `<name>.tmp`, cutting what an earlier try left. NULL on failure. */
struct outbox_file *outbox_open(const char *folder, const char *name);
bool outbox_write(struct outbox_file *file, const void *bytes, size_t length);

/* Makes the bytes durable and gives them their name. Frees the file in any case. */
enum outbox_status outbox_publish(struct outbox_file *file);

/* Removes the temporary file and frees. NULL is allowed. */
void outbox_abandon(struct outbox_file *file);

#endif
