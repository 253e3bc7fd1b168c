/* Reading and writing of small files that hold keys. */
#ifndef HUIMIN_KEY_FILE_H
#define HUIMIN_KEY_FILE_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { KEY_FILE_REASON_BYTES = 256 };

/* Reads a regular file of 1..bytes_max bytes into fresh memory with a closing NUL; the caller wipes and frees
 * it. A file of secrets (`secret`) that gives group or others any right is refused. ERR_KEY_FILE or
 * ERR_OUT_OF_MEMORY; ret_reason then says why, in English, with the path and without content. */
enum err key_file_read(const char *path, size_t bytes_max, bool secret, char **ret_text, size_t *ret_length,
                       char ret_reason[static KEY_FILE_REASON_BYTES]);

/* Writes a file of the given mode, whole or not at all, on disk when it returns. When the path exists:
 * `replace` puts the new file in its place in one step, otherwise ERR_ALREADY_EXISTS and nothing is touched.
 * ERR_KEY_FILE when it cannot be written. */
enum err key_file_write(const char *path, const char *text, size_t length, mode_t mode, bool replace);

#endif
