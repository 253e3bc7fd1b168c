/* The tiers of an item: what people of one age, disability grade or choice get the same of. Pure. */
#ifndef HUIMIN_TIER_H
#define HUIMIN_TIER_H

#include "err.h"

#include <stdint.h>

enum { TIER_CODE_BYTES_MAX = 39, TIER_NAME_BYTES_MAX = 120 };

/* Whether a text is a code: lower-case letters, digits and hyphens (ERR_BAD_CHARACTERS), and no number of a person in
 * it (ERR_PERSONAL_DATA), because codes stand in events, logs and addresses. */
enum err tier_check_code(const char *code);

/* ERR_PERSONAL_DATA for a name with a number of a person in it. */
enum err tier_check_name(const char *name);

/* Whether age_from lies before age_to (completed years; negative: no bound). ERR_OUT_OF_RANGE otherwise. */
enum err tier_check_ages(int64_t age_from, int64_t age_to);

#endif
