#include "bank_reason.h"

#include <string.h>

static bool bank_reason_fits(const struct bank_reason_rule *rule, const char *code, const char *text)
{
    switch (rule->kind) {
    case BANK_REASON_CODE:
        return strcmp(code, rule->match) == 0;
    case BANK_REASON_PREFIX:
        return strncmp(text, rule->match, strlen(rule->match)) == 0;
    case BANK_REASON_TEXT:
        return strstr(text, rule->match) != NULL;
    case BANK_REASON_KIND_COUNT:
        break;
    }
    return false;
}

const char *bank_reason_normalise(const struct bank_format *format, const char *code, const char *text)
{
    const struct bank_reason_rule *by_code = NULL;
    for (size_t i = 0; i < format->reason_count; i++) {
        const struct bank_reason_rule *rule = &format->reasons[i];
        if (!bank_reason_fits(rule, code, text))
            continue;
        if (rule->kind != BANK_REASON_CODE)
            return rule->reason;
        if (by_code == NULL)
            by_code = rule;
    }
    if (by_code != NULL)
        return by_code->reason;
    return *code == '\0' && *text == '\0' ? "" : "OTHER";
}
