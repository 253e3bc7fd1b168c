#include "tier.h"

#include "text.h"

#include <string.h>

enum err tier_check_code(const char *code)
{
    if (code[strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789-")] != '\0')
        return ERR_BAD_CHARACTERS;
    return text_code_is_personal(code) || text_holds_personal_number(code) ? ERR_PERSONAL_DATA : ERR_NONE;
}

enum err tier_check_name(const char *name)
{
    return text_holds_personal_number(name) ? ERR_PERSONAL_DATA : ERR_NONE;
}

enum err tier_check_ages(int64_t age_from, int64_t age_to)
{
    return age_from < 0 || age_to < 0 || age_from < age_to ? ERR_NONE : ERR_OUT_OF_RANGE;
}
