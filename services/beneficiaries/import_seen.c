#include "import_seen.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS_AT_FIRST = 4096 };

struct seen_key {
    uint64_t high; /* both 0: an empty slot, which no digest is but with a probability of 2^-128 */
    uint64_t low;
};

struct import_seen {
    struct seen_key *slots;
    size_t slot_count; /* a power of two, at most half of them used */
    size_t count;
    size_t count_max;
};

struct import_seen *import_seen_new(size_t count_max)
{
    struct import_seen *seen = calloc(1, sizeof(*seen));
    if (seen == NULL)
        return NULL;
    seen->slot_count = SLOTS_AT_FIRST;
    seen->count_max = count_max;
    seen->slots = calloc(seen->slot_count, sizeof(*seen->slots));
    if (seen->slots == NULL) {
        free(seen);
        return NULL;
    }
    return seen;
}

void import_seen_free(struct import_seen *seen)
{
    if (seen == NULL)
        return;
    free(seen->slots);
    free(seen);
}

/* The slot that holds the key, or the empty one where it belongs. Digests are random: their bits are the
 * hash. */
static struct seen_key *seen_find(struct seen_key *slots, size_t slot_count, struct seen_key key)
{
    size_t slot = (size_t)key.low & (slot_count - 1);
    while ((slots[slot].high != key.high || slots[slot].low != key.low) && (slots[slot].high | slots[slot].low) != 0)
        slot = (slot + 1) & (slot_count - 1);
    return &slots[slot];
}

static bool seen_grow(struct import_seen *seen)
{
    size_t slot_count = 2 * seen->slot_count;
    struct seen_key *slots = calloc(slot_count, sizeof(*slots));
    if (slots == NULL)
        return false;
    for (size_t i = 0; i < seen->slot_count; i++)
        if ((seen->slots[i].high | seen->slots[i].low) != 0)
            *seen_find(slots, slot_count, seen->slots[i]) = seen->slots[i];
    free(seen->slots);
    seen->slots = slots;
    seen->slot_count = slot_count;
    return true;
}

enum err import_seen_add(struct import_seen *seen, const uint8_t digest[static KEYRING_INDEX_BYTES], bool *ret_repeated)
{
    struct seen_key key;
    memcpy(&key.high, digest, sizeof(key.high));
    memcpy(&key.low, digest + sizeof(key.high), sizeof(key.low));
    struct seen_key *slot = seen_find(seen->slots, seen->slot_count, key);
    *ret_repeated = (slot->high | slot->low) != 0;
    if (*ret_repeated)
        return ERR_NONE;
    if (seen->count == seen->count_max)
        return ERR_OUT_OF_MEMORY;
    *slot = key;
    seen->count++;
    return 2 * seen->count <= seen->slot_count || seen_grow(seen) ? ERR_NONE : ERR_OUT_OF_MEMORY;
}
