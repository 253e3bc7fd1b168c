#include "decision.h"

#include "text.h"
#include "utf8.h"

#include <string.h>

enum err decision_check_day(struct date day)
{
    return day.day == 1 ? ERR_NONE : ERR_BAD_VALUE;
}

enum err decision_check_validity(struct date from, struct date to)
{
    return to.year <= 0 || date_compare(from, to) < 0 ? ERR_NONE : ERR_OUT_OF_RANGE;
}

enum err decision_check_source(const char *source)
{
    if (source[strspn(source, " \t\r\n")] == '\0')
        return ERR_TOO_SHORT;
    if (utf8_length_chars(source) > DECISION_SOURCE_CHARS_MAX)
        return ERR_TOO_LONG;
    return text_holds_personal_number(source) ? ERR_PERSONAL_DATA : ERR_NONE;
}

enum err decision_check_approval(const char *state, const char *proposed_by, const char *actor)
{
    if (strcmp(proposed_by, actor) == 0)
        return ERR_SAME_PERSON;
    return decision_check_rejection(state);
}

enum err decision_check_rejection(const char *state)
{
    return strcmp(state, "PROPOSED") == 0 ? ERR_NONE : ERR_WRONG_STATE;
}
