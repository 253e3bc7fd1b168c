#include "fact.h"

#include "text.h"
#include "utf8.h"

enum err fact_check_month(struct date day)
{
    return day.year <= 0 || day.day == 1 ? ERR_NONE : ERR_NOT_FIRST_OF_MONTH;
}

enum err fact_check_end(struct date from, struct date held_until, bool is_void, struct date until)
{
    if (is_void)
        return ERR_WRONG_STATE;
    if (date_compare(until, from) < 0)
        return ERR_ENDS_BEFORE_START;
    return held_until.year > 0 && date_compare(until, held_until) >= 0 ? ERR_OUT_OF_RANGE : ERR_NONE;
}

enum err fact_check_reference(const char *text, size_t chars_max)
{
    size_t chars = utf8_length_chars(text);
    if (chars == SIZE_MAX)
        return ERR_BAD_CHARACTERS;
    if (chars > chars_max)
        return ERR_TOO_LONG;
    for (const char *byte = text; *byte != '\0'; byte++)
        if ((unsigned char)*byte < 0x20 || *byte == 0x7f)
            return ERR_BAD_CHARACTERS;
    return text_holds_personal_number(text) ? ERR_PERSONAL_DATA : ERR_NONE;
}
