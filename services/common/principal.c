#include "principal.h"

#include <string.h>

bool principal_reaches_division(const struct principal *principal, int64_t division)
{
    if (!principal->divisions_limited) {
        return true;
    }
    for (size_t i = 0; i < principal->division_count; i++) {
        if (principal->divisions[i] == division) {
            return true;
        }
    }
    return false;
}

bool principal_reaches_programme(const struct principal *principal, const char *item_code)
{
    if (!principal->programmes_limited) {
        return true;
    }
    for (size_t i = 0; i < principal->programme_count; i++) {
        if (strcmp(principal->programmes[i], item_code) == 0) {
            return true;
        }
    }
    return false;
}
