#include "person.h"

#include "utf8.h"

#include <string.h>

bool person_purpose_is_valid(const char *purpose)
{
    size_t digits = 0;
    if (purpose == NULL)
        return false;
    size_t chars = utf8_length_chars(purpose);
    if (chars == SIZE_MAX || chars < PERSON_PURPOSE_CHARS_MIN || chars > PERSON_PURPOSE_CHARS_MAX)
        return false;
    for (const char *byte = purpose; *byte != '\0'; byte++) {
        if ((unsigned char)*byte < 0x20 || *byte == 0x7f)
            return false;
        digits = *byte >= '0' && *byte <= '9' ? digits + 1 : 0;
        if (digits > PERSON_PURPOSE_DIGITS_MAX)
            return false;
    }
    return true;
}

enum err person_read_name(const char *text, char ret_name[PERSON_NAME_SIZE], char ret_folded[PERSON_NAME_SIZE])
{
    enum err err = person_name_canonical(text, ret_name);
    if (err == ERR_NONE && !person_name_fold(ret_name, ret_folded))
        err = ERR_BAD_NAME;
    return err;
}

enum err person_check_death(struct date death, struct date birth, struct date today)
{
    if (date_compare(death, birth) < 0)
        return ERR_BEFORE_BIRTH;
    return date_compare(death, today) <= 0 ? ERR_NONE : ERR_OUT_OF_RANGE;
}
