#include "standard.h"

#include <string.h>

static enum err standard_check_member(bool needed, bool there)
{
    if (needed == there)
        return ERR_NONE;
    return needed ? ERR_REQUIRED : ERR_UNFIT;
}

enum err standard_check_amount(const char *amount_per, bool there)
{
    return standard_check_member(strcmp(amount_per, "percent") != 0, there);
}

enum err standard_check_basis_points(const char *amount_per, bool there)
{
    return standard_check_member(strcmp(amount_per, "percent") == 0, there);
}
