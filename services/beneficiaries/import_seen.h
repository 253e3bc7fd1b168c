/* A set of keyed digests (blind indexes), to find what repeats within one file. 16 of a digest's 32 bytes are
 * kept: for a million lines, two different ones meet with a probability below 2^-88. */
#ifndef HUIMIN_IMPORT_SEEN_H
#define HUIMIN_IMPORT_SEEN_H

#include "keyring.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct import_seen;

/* An empty set that never holds more than count_max digests. NULL when out of memory. */
struct import_seen *import_seen_new(size_t count_max);
void import_seen_free(struct import_seen *seen); /* NULL is allowed */

/* Adds a digest. *ret_repeated: it was there. ERR_OUT_OF_MEMORY when the set is full or cannot grow. */
enum err import_seen_add(struct import_seen *seen, const uint8_t digest[static KEYRING_INDEX_BYTES],
                         bool *ret_repeated);

#endif
