/* The tiers of an item: what people of one age, disability grade or choice get the same of. Pure. */
#ifndef HUIMIN_TIER_H
#define HUIMIN_TIER_H

#include "err.h"

#include <stdint.h>

enum { TIER_CODE_BYTES_MAX = 39, TIER_NAME_BYTES_MAX = 120 };

/* Whether a text is a code: lower-case letters, digits and hyphens. ERR_BAD_CHARACTERS otherwise. */
enum err tier_check_code(const char *code);

/* Whether age_from lies before age_to (completed years; negative: no bound). ERR_OUT_OF_RANGE otherwise. */
enum err tier_check_ages(int64_t age_from, int64_t age_to);

#endif
