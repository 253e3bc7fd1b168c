#include "household.h"

#include "text.h"

#include <stdio.h>
#include <string.h>

enum { FOLDED_SIZE = 160 };

enum err household_read_number(const char *text, char ret_number[HOUSEHOLD_NUMBER_SIZE])
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_/";
    char folded[FOLDED_SIZE];
    ret_number[0] = '\0';
    if (!text_fold_code(text, folded, sizeof(folded)) || strlen(folded) > HOUSEHOLD_NUMBER_CHARS_MAX)
        return ERR_TOO_LONG;
    if (folded[0] == '\0')
        return ERR_REQUIRED;
    if (strspn(folded, allowed) != strlen(folded))
        return ERR_BAD_CHARACTERS;
    if (text_holds_personal_number(folded))
        return ERR_PERSONAL_DATA;
    snprintf(ret_number, HOUSEHOLD_NUMBER_SIZE, "%.*s", HOUSEHOLD_NUMBER_CHARS_MAX, folded);
    return ERR_NONE;
}

enum err household_read_relation(const char *text, char ret_relation[HOUSEHOLD_RELATION_SIZE])
{
    char folded[FOLDED_SIZE];
    ret_relation[0] = '\0';
    if (!text_fold_code(text, folded, sizeof(folded)))
        return ERR_BAD_VALUE;
    if (folded[0] == '\0')
        return ERR_REQUIRED;
    if (!text_is_digits(folded) || strlen(folded) > 2 || strcmp(folded, "0") == 0 || strcmp(folded, "00") == 0)
        return ERR_BAD_VALUE;
    bool zero_lost = folded[1] == '\0';
    ret_relation[0] = zero_lost ? '0' : folded[0];
    ret_relation[1] = zero_lost ? folded[0] : folded[1];
    ret_relation[2] = '\0';
    return ERR_NONE;
}

bool household_is_head(const char *relation)
{
    return strcmp(relation, "01") == 0 || strcmp(relation, "02") == 0;
}
