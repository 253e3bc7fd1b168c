#include "enrolment.h"

#include "text.h"
#include "utf8.h"

#include <string.h>

enum { TERM_SPRING = 2, TERM_AUTUMN = 8 };

static bool enrolment_name_find(const char *const *names, size_t count, const char *name, size_t *ret_index)
{
    for (size_t i = 0; name != NULL && i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

bool enrolment_state_parse(const char *name, enum enrolment_state *ret_state)
{
    static const char *const names[] = {"APPLIED", "REVIEWED", "NOTICED", "RETURNED", "APPROVED", "REJECTED", "ENDED"};
    size_t index;
    if (!enrolment_name_find(names, sizeof(names) / sizeof(names[0]), name, &index))
        return false;
    *ret_state = (enum enrolment_state)index;
    return true;
}

bool enrolment_entry_parse(const char *name, enum enrolment_entry *ret_entry)
{
    static const char *const names[] = {"application_month", "approval_month",       "month_after_approval",
                                        "birthday_month",    "month_after_birthday", "year_end_age",
                                        "semester"};
    size_t index;
    if (!enrolment_name_find(names, sizeof(names) / sizeof(names[0]), name, &index))
        return false;
    *ret_entry = (enum enrolment_entry)index;
    return true;
}

bool enrolment_exit_parse(const char *name, enum enrolment_exit *ret_exit)
{
    static const char *const names[] = {"same_month", "event_month_paid", "month_after_event", "end_of_notice"};
    size_t index;
    if (!enrolment_name_find(names, sizeof(names) / sizeof(names[0]), name, &index))
        return false;
    *ret_exit = (enum enrolment_exit)index;
    return true;
}

bool enrolment_tier_source_parse(const char *name, enum enrolment_tier_source *ret_source)
{
    static const char *const names[] = {"single", "enrolment", "disability_grade", "age"};
    size_t index;
    if (!enrolment_name_find(names, sizeof(names) / sizeof(names[0]), name, &index))
        return false;
    *ret_source = (enum enrolment_tier_source)index;
    return true;
}

static struct date enrolment_later(struct date a, struct date b)
{
    return date_compare(a, b) >= 0 ? a : b;
}

/* The first day of the month of the birthday on which that age is reached. */
static struct date enrolment_birthday_month(struct date birth, int age)
{
    struct date day = {birth.year + age, birth.month, birth.day};
    if (!date_is_valid(day))
        day = (struct date){day.year, 3, 1};
    return date_add_months_first(day, 0);
}

static struct date enrolment_term_first(struct date day)
{
    if (day.month >= TERM_AUTUMN)
        return (struct date){day.year, TERM_AUTUMN, 1};
    return day.month >= TERM_SPRING ? (struct date){day.year, TERM_SPRING, 1}
                                    : (struct date){day.year - 1, TERM_AUTUMN, 1};
}

struct date enrolment_earliest_start(enum enrolment_entry entry, struct date applied_on)
{
    if (entry == ENROLMENT_YEAR_END_AGE)
        return (struct date){applied_on.year, 1, 1};
    return entry == ENROLMENT_SEMESTER ? enrolment_term_first(applied_on) : date_add_months_first(applied_on, 0);
}

void enrolment_starts_on(const struct enrolment_start *start, struct date *ret_starts_on)
{
    struct date first = enrolment_earliest_start(start->entry, start->applied_on);
    bool aged = start->age_min >= 0;
    *ret_starts_on = first;
    switch (start->entry) {
    case ENROLMENT_APPROVAL_MONTH:
    case ENROLMENT_MONTH_AFTER_APPROVAL:
        *ret_starts_on = (struct date){0};
        if (start->approved_on.year != 0)
            *ret_starts_on =
                date_add_months_first(start->approved_on, start->entry == ENROLMENT_MONTH_AFTER_APPROVAL ? 1 : 0);
        break;
    case ENROLMENT_BIRTHDAY_MONTH:
    case ENROLMENT_MONTH_AFTER_BIRTHDAY:
        if (aged)
            *ret_starts_on =
                enrolment_later(date_add_months_first(enrolment_birthday_month(start->birth, start->age_min),
                                                      start->entry == ENROLMENT_MONTH_AFTER_BIRTHDAY ? 1 : 0),
                                first);
        break;
    case ENROLMENT_YEAR_END_AGE:
        if (aged)
            *ret_starts_on = enrolment_later((struct date){start->birth.year + start->age_min, 1, 1}, first);
        break;
    case ENROLMENT_APPLICATION_MONTH:
    case ENROLMENT_SEMESTER:
        break;
    }
}

enum err enrolment_check_start_of(enum enrolment_entry entry, struct date applied_on, struct date starts_on)
{
    if (starts_on.day != 1)
        return ERR_BAD_DATE;
    return date_compare(starts_on, enrolment_earliest_start(entry, applied_on)) < 0 ? ERR_OUT_OF_RANGE : ERR_NONE;
}

enum err enrolment_check_start(struct date applied_on, struct date starts_on)
{
    return enrolment_check_start_of(ENROLMENT_APPLICATION_MONTH, applied_on, starts_on);
}

enum err enrolment_check_applied(struct date applied_on, struct date today)
{
    return date_compare(applied_on, today) > 0 ? ERR_OUT_OF_RANGE : ERR_NONE;
}

enum err enrolment_check_end(const struct enrolment_end *end, struct date starts_on)
{
    if (date_compare(end->ended_on, starts_on) < 0)
        return ERR_OUT_OF_RANGE;
    int32_t ahead = date_to_days(end->ended_on) - date_to_days(end->decided_on);
    return ahead > (end->death ? 0 : 366) ? ERR_OUT_OF_RANGE : ERR_NONE;
}

enum err enrolment_check_end_notice(const struct enrolment_end *end)
{
    bool given = end->notice_ends_on.year != 0;
    if (end->death || end->exit != ENROLMENT_END_OF_NOTICE)
        return given ? ERR_BAD_VALUE : ERR_NONE;
    if (!given)
        return ERR_REQUIRED;
    return date_compare(end->notice_ends_on, end->ended_on) < 0 ? ERR_OUT_OF_RANGE : ERR_NONE;
}

enum err enrolment_check_grace(const char *cause, int64_t months, int64_t months_max)
{
    bool given = strcmp(cause, "income") == 0;
    return months == 0 || (given && months > 0 && months <= months_max) ? ERR_NONE : ERR_OUT_OF_RANGE;
}

enum err enrolment_check_tier(enum enrolment_tier_source source, const char *tier)
{
    bool named = tier != NULL && tier[0] != '\0';
    if (source == ENROLMENT_TIER_NAMED)
        return named ? ERR_NONE : ERR_REQUIRED;
    return named ? ERR_BAD_VALUE : ERR_NONE;
}

enum err enrolment_check_evidence(const char *text)
{
    char folded[ENROLMENT_EVIDENCE_BYTES_MAX + 1];
    if (utf8_length_chars(text) > ENROLMENT_EVIDENCE_CHARS_MAX)
        return ERR_TOO_LONG;
    for (const char *at = text; *at != '\0'; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7F)
            return ERR_BAD_CHARACTERS;
    if (!text_fold_code(text, folded, sizeof(folded)) || folded[0] == '\0')
        return ERR_BAD_CHARACTERS;
    return text_holds_personal_number(text) ? ERR_PERSONAL_DATA : ERR_NONE;
}

enum err enrolment_check_step(enum enrolment_step step, enum enrolment_state state, const char *applied_by,
                              const char *actor)
{
#define IN(state_) (1u << ENROLMENT_##state_)
    static const unsigned states[] = {
        [ENROLMENT_REVIEW] = IN(APPLIED),
        [ENROLMENT_NOTICE] = IN(APPLIED) | IN(REVIEWED),
        [ENROLMENT_APPROVE] = IN(APPLIED) | IN(REVIEWED) | IN(NOTICED),
        [ENROLMENT_REJECT] = IN(APPLIED) | IN(REVIEWED) | IN(NOTICED) | IN(RETURNED),
        [ENROLMENT_RETURN] = IN(APPLIED) | IN(REVIEWED) | IN(NOTICED) | IN(APPROVED),
        [ENROLMENT_SUBMIT] = IN(RETURNED),
        [ENROLMENT_END] = IN(APPROVED),
    };
#undef IN
    bool decides = step != ENROLMENT_SUBMIT && step != ENROLMENT_END;
    if (decides && strcmp(applied_by, actor) == 0)
        return ERR_SAME_PERSON;
    return (states[step] & (1u << state)) != 0 ? ERR_NONE : ERR_WRONG_STATE;
}

const char *enrolment_document_type(const char *bytes, size_t length)
{
    static const struct {
        const char *type;
        const char *begin;
        size_t length;
    } types[] = {
        {"application/pdf", "%PDF-", 5}, {"image/jpeg", "\xFF\xD8\xFF", 3}, {"image/png", "\x89PNG\r\n\x1A\n", 8}};
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (length > types[i].length && memcmp(bytes, types[i].begin, types[i].length) == 0)
            return types[i].type;
    return NULL;
}
