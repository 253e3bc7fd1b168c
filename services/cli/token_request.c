#include "token_request.h"

#include "auth.h"
#include "scope.h"
#include "text.h"

#include <string.h>

enum { DIVISIONS_PER_DISTRICT = 1000, LIFE_S_DEFAULT = 3600 };

static const struct option_rule token_rules[] = {
    {"dir", OPTION_TEXT, offsetof(struct token_request, dir), true, 0, 0},
    {"subject", OPTION_TEXT, offsetof(struct token_request, subject), true, 0, 0},
    {"scope", OPTION_TEXT, offsetof(struct token_request, scope), true, 0, 0},
    {"district", OPTION_INT, offsetof(struct token_request, district), true, 100000, 999999},
    {"division", OPTION_LIST, offsetof(struct token_request, divisions), false, 0, 0},
    {"programme", OPTION_LIST, offsetof(struct token_request, programmes), false, 0, 0},
    {"ttl", OPTION_INT, offsetof(struct token_request, life_s), false, 1, AUTH_LIFE_S_MAX},
};

static bool token_read_scopes(const char *text, uint32_t *ret_scopes, FILE *errors)
{
    *ret_scopes = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, " ");
        uint32_t scope = scope_from_name(text, length);
        if (length > 0 && scope == 0) {
            fprintf(errors, "huimin: --scope: 未知权限 / unknown scope: %.*s\n", (int)length, text);
            return false;
        }
        *ret_scopes |= scope;
        text += length + (text[length] == ' ');
    }
    if (*ret_scopes == 0) {
        fputs("huimin: --scope: 没有权限 / holds no scope\n", errors);
        return false;
    }
    if (scope_duties_conflict(*ret_scopes)) {
        fputs("huimin: --scope: "
              "不相容职责不得集于一人（编制、复核、放款、导入银行报文；录入、审核（审批）；提出、批准标准；监督与任何修"
              "改） / "
              "these duties must be separate people: payments prepare, approve, release and bank; "
              "beneficiaries write and review or approve; programmes write and approve; supervision and any change\n",
              errors);
        return false;
    }
    return true;
}

static bool token_read_divisions(struct token_request *request, FILE *errors)
{
    int64_t first = request->district * DIVISIONS_PER_DISTRICT;
    for (size_t i = 0; i < request->divisions.count; i++) {
        const char *text = request->divisions.values[i];
        if (!text_to_int64(text, first + 1, first + DIVISIONS_PER_DISTRICT - 1, &request->division_codes[i])) {
            fprintf(errors, "huimin: --division: 不是本区的9位代码 / not a 9-digit code of the district: %s\n", text);
            return false;
        }
    }
    return true;
}

bool token_request_read(const char *const *arguments, size_t argument_count, struct token_request *ret_request,
                        FILE *errors)
{
    *ret_request = (struct token_request){.life_s = LIFE_S_DEFAULT};
    return options_read(token_rules, sizeof(token_rules) / sizeof(token_rules[0]), arguments, argument_count,
                        ret_request, errors) &&
           token_read_scopes(ret_request->scope, &ret_request->scopes, errors) &&
           token_read_divisions(ret_request, errors);
}
