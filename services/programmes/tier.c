#include "tier.h"

#include <string.h>

enum err tier_check_code(const char *code)
{
    return code[strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0' ? ERR_NONE : ERR_BAD_CHARACTERS;
}

enum err tier_check_ages(int64_t age_from, int64_t age_to)
{
    return age_from < 0 || age_to < 0 || age_from < age_to ? ERR_NONE : ERR_OUT_OF_RANGE;
}
