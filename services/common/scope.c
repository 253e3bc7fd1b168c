#include "scope.h"

#include <string.h>

static const struct {
    uint32_t scope;
    const char *name;
} scope_table[] = {
    {SCOPE_BENEFICIARIES_READ, "beneficiaries:read"},
    {SCOPE_BENEFICIARIES_WRITE, "beneficiaries:write"},
    {SCOPE_BENEFICIARIES_REVIEW, "beneficiaries:review"},
    {SCOPE_BENEFICIARIES_CLEAR, "beneficiaries:clear"},
    {SCOPE_PROGRAMMES_READ, "programmes:read"},
    {SCOPE_PROGRAMMES_WRITE, "programmes:write"},
    {SCOPE_PROGRAMMES_APPROVE, "programmes:approve"},
    {SCOPE_PAYMENTS_READ, "payments:read"},
    {SCOPE_PAYMENTS_PREPARE, "payments:prepare"},
    {SCOPE_PAYMENTS_APPROVE, "payments:approve"},
    {SCOPE_PAYMENTS_RELEASE, "payments:release"},
    {SCOPE_PAYMENTS_FUND, "payments:fund"},
    {SCOPE_PAYMENTS_BANK, "payments:bank"},
    {SCOPE_AUDIT_READ, "audit:read"},
    {SCOPE_SUPERVISION_READ, "supervision:read"},
    {SCOPE_SYSTEM_METRICS, "system:metrics"},
    {SCOPE_BENEFICIARIES_APPROVE, "beneficiaries:approve"},
};

enum {
    SCOPE_COUNT = sizeof scope_table / sizeof *scope_table,
    SCOPES_SUPERVISED = SCOPE_BENEFICIARIES_READ | SCOPE_PROGRAMMES_READ | SCOPE_PAYMENTS_READ | SCOPE_AUDIT_READ,
    SCOPES_CHANGING = SCOPE_BENEFICIARIES_WRITE | SCOPE_BENEFICIARIES_REVIEW | SCOPE_BENEFICIARIES_APPROVE |
                      SCOPE_PROGRAMMES_WRITE | SCOPE_PROGRAMMES_APPROVE | SCOPE_PAYMENTS_PREPARE |
                      SCOPE_PAYMENTS_APPROVE | SCOPE_PAYMENTS_RELEASE | SCOPE_PAYMENTS_FUND | SCOPE_PAYMENTS_BANK
};

uint32_t scope_from_name(const char *name, size_t length)
{
    for (size_t i = 0; i < SCOPE_COUNT; i++) {
        if (strlen(scope_table[i].name) == length && memcmp(scope_table[i].name, name, length) == 0) {
            return scope_table[i].scope;
        }
    }
    return 0;
}

const char *scope_name(uint32_t scope)
{
    for (size_t i = 0; i < SCOPE_COUNT; i++) {
        if (scope_table[i].scope == scope) {
            return scope_table[i].name;
        }
    }
    return NULL;
}

bool scope_allows(uint32_t scopes, enum scope needed)
{
    return (scopes & needed) || ((scopes & SCOPE_SUPERVISION_READ) && (needed & SCOPES_SUPERVISED));
}

bool scope_duties_conflict(uint32_t scopes)
{
    static const uint32_t apart[] = {
        SCOPE_PAYMENTS_PREPARE | SCOPE_PAYMENTS_APPROVE,
        SCOPE_PAYMENTS_APPROVE | SCOPE_PAYMENTS_RELEASE,
        SCOPE_PAYMENTS_PREPARE | SCOPE_PAYMENTS_RELEASE,
        SCOPE_BENEFICIARIES_WRITE | SCOPE_BENEFICIARIES_REVIEW,
        SCOPE_PROGRAMMES_WRITE | SCOPE_PROGRAMMES_APPROVE,
        SCOPE_PAYMENTS_BANK | SCOPE_PAYMENTS_PREPARE,
        SCOPE_PAYMENTS_BANK | SCOPE_PAYMENTS_APPROVE,
        SCOPE_PAYMENTS_BANK | SCOPE_PAYMENTS_RELEASE,
        SCOPE_BENEFICIARIES_WRITE | SCOPE_BENEFICIARIES_APPROVE,
    };
    for (size_t i = 0; i < sizeof apart / sizeof *apart; i++) {
        if ((scopes & apart[i]) == apart[i]) {
            return true;
        }
    }
    return (scopes & SCOPE_SUPERVISION_READ) && (scopes & SCOPES_CHANGING);
}
