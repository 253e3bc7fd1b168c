#include "bank_reason.h"

#include <stddef.h>
#include <string.h>

struct bank_reason_rule {
    const char *match;
    const char *reason;
};

/* Order matters: the first keyword found decides. */
static const struct bank_reason_rule bank_reason_keywords[] = {
    {"已死亡", "DECEASED"},
    {"户名不符", "NAME_MISMATCH"},
    {"户名错", "NAME_MISMATCH"},
    {"证件号", "ID_MISMATCH"},
    {"核验身份", "ID_MISMATCH"},
    {"账号不存在", "NO_ACCOUNT"},
    {"无此账户", "NO_ACCOUNT"},
    {"账号错误", "NO_ACCOUNT"},
    {"无效卡号", "NO_ACCOUNT"},
    {"查找账号", "NO_ACCOUNT"},
    {"代理户不存在", "NO_ACCOUNT"},
    {"销户", "CLOSED"},
    {"清户", "CLOSED"},
    {"关户", "CLOSED"},
    {"长期不动户", "DORMANT"},
    {"睡眠户", "DORMANT"},
    {"未激活", "NOT_ACTIVATED"},
    {"冻结", "FROZEN"},
    {"锁定", "FROZEN"},
    {"挂失", "STATUS"},
    {"状态异常", "STATUS"},
    {"状态错误", "STATUS"},
    {"介质异常", "STATUS"},
    {"非结算户", "TYPE"},
    {"账户类型", "TYPE"},
    {"非活期", "TYPE"},
    {"非个人活期", "TYPE"},
    {"重复", "DUP"},
    {"代理次数错误", "DUP"},
    {"超限额", "LIMIT"},
    {"上限", "LIMIT"},
    {"余额不足", "PAYER_FUNDS"},
    {"系统忙", "BANK_TECH"},
    {"超时", "BANK_TECH"},
    {"非营业", "BANK_TECH"},
    {"未营业", "BANK_TECH"},
};

static const struct bank_reason_rule bank_reason_codes[] = {
    {"RJ01", "NO_ACCOUNT"}, {"RJ02", "NAME_MISMATCH"}, {"RJ03", "PAYER_FUNDS"}, {"RJ04", "LIMIT"},
    {"RJ08", "TYPE"},       {"RJ11", "STATUS"},        {"RJ12", "ID_MISMATCH"}, {"RJ19", "BANK_TECH"},
    {"RJ91", "BANK_TECH"},  {"RJ92", "BANK_TECH"},     {"RJ93", "BANK_TECH"},   {"RJ94", "BANK_TECH"},
    {"RJ95", "BANK_TECH"},  {"RJ96", "BANK_TECH"},     {"RJ97", "BANK_TECH"},   {"RJ98", "BANK_TECH"},
    {"RJ99", "BANK_TECH"},  {"H021", "DUP"},           {"H022", "DUP"},
};

const char *bank_reason_normalise(const char *code, const char *text)
{
    for (size_t i = 0; i < sizeof(bank_reason_keywords) / sizeof(bank_reason_keywords[0]); i++)
        if (strstr(text, bank_reason_keywords[i].match) != NULL)
            return bank_reason_keywords[i].reason;
    for (size_t i = 0; i < sizeof(bank_reason_codes) / sizeof(bank_reason_codes[0]); i++)
        if (strcmp(code, bank_reason_codes[i].match) == 0)
            return bank_reason_codes[i].reason;
    return *code == '\0' && *text == '\0' ? "" : "OTHER";
}

bool bank_reason_is_duplicate(const char *code, const char *text)
{
    return strcmp(bank_reason_normalise(code, text), "DUP") == 0;
}
