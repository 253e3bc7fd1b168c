/* The bank's reasons: fifteen normalised ones, from texts first and codes second. */
#include "bank_reason.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct reason_case {
    const char *code;
    const char *text;
    const char *reason;
};

static void check_all(const struct reason_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_string_equal(bank_reason_normalise(cases[i].code, cases[i].text), cases[i].reason);
}
#define CHECK_ALL(cases) check_all(cases, sizeof(cases) / sizeof((cases)[0]))

/* Texts as the cores of agent banks write them. */
static void texts_of_banks(void **state)
{
    static const struct reason_case cases[] = {
        {"", "户名不符,原户名为[某某]", "NAME_MISMATCH"},
        {"", "户名不符,账户名为[某某]", "NAME_MISMATCH"},
        {"3065", "户名错", "NAME_MISMATCH"},
        {"3031", "账号户名不符", "NAME_MISMATCH"},
        {"", "查找账号[6217]信息错", "NO_ACCOUNT"},
        {"", "代理户不存在", "NO_ACCOUNT"},
        {"3004", "无效卡号", "NO_ACCOUNT"},
        {"3009", "无此账户", "NO_ACCOUNT"},
        {"3030", "账号错误", "NO_ACCOUNT"},
        {"", "已销户", "CLOSED"},
        {"3018", "已清户", "CLOSED"},
        {"3039", "账户已关户", "CLOSED"},
        {"", "冻结状态异常！", "FROZEN"},
        {"", "完全冻结", "FROZEN"},
        {"3020", "临时锁定", "FROZEN"},
        {"", "介质状态异常！", "STATUS"},
        {"", "介质异常", "STATUS"},
        {"", "账号状态异常！", "STATUS"},
        {"3016", "已挂失折", "STATUS"},
        {"3057", "账户状态错误", "STATUS"},
        {"3069", "长期不动户请到柜台办理", "DORMANT"},
        {"", "睡眠户", "DORMANT"},
        {"", "账户未激活", "NOT_ACTIVATED"},
        {"", "该户为非结算户,不能转帐", "TYPE"},
        {"3034", "非活期账号", "TYPE"},
        {"3068", "非个人活期结算户", "TYPE"},
        {"", "新开户,证件号码不能为空", "ID_MISMATCH"},
        {"", "未处理记录重复", "DUP"},
        {"3051", "重复业务", "DUP"},
        {"RJ05", "代理次数错误！应该为[2]", "DUP"},
        {"", "超限额", "LIMIT"},
        {"", "账面可用余额不足", "PAYER_FUNDS"},
        {"", "系统忙，请稍后", "BANK_TECH"},
        {"", "收款行未营业", "BANK_TECH"},
        {"", "客户已死亡", "DECEASED"},
        {"", "只进不出", "OTHER"},
        {"3999", "其它", "OTHER"},
    };
    (void)state;
    CHECK_ALL(cases);
}

/* CNAPS2 business reject codes without a text. */
static void codes_of_cnaps(void **state)
{
    static const struct reason_case cases[] = {
        {"RJ01", "", "NO_ACCOUNT"}, {"RJ02", "", "NAME_MISMATCH"}, {"RJ03", "", "PAYER_FUNDS"},
        {"RJ04", "", "LIMIT"},      {"RJ05", "", "OTHER"},         {"RJ08", "", "TYPE"},
        {"RJ09", "", "OTHER"},      {"RJ11", "", "STATUS"},        {"RJ12", "", "ID_MISMATCH"},
        {"RJ19", "", "BANK_TECH"},  {"RJ90", "", "OTHER"},         {"RJ91", "", "BANK_TECH"},
        {"RJ98", "", "BANK_TECH"},  {"RJ99", "", "BANK_TECH"},     {"RJ0", "", "OTHER"},
        {"RJ011", "", "OTHER"},     {"rj01", "", "OTHER"},         {"", "", ""},
    };
    (void)state;
    CHECK_ALL(cases);
}

/* RJ11 covers closed, frozen and dormant accounts alike: the text says which. */
static void texts_say_more_than_codes(void **state)
{
    static const struct reason_case cases[] = {
        {"RJ11", "账户已销户", "CLOSED"}, {"RJ11", "长期不动户", "DORMANT"}, {"RJ11", "账户冻结", "FROZEN"},
        {"RJ11", "原因不详", "STATUS"},   {"RJ09", "已销户", "CLOSED"},
    };
    (void)state;
    CHECK_ALL(cases);
}

static void a_refusal_as_a_duplicate_is_known(void **state)
{
    (void)state;
    assert_true(bank_reason_is_duplicate("H022", ""));
    assert_true(bank_reason_is_duplicate("H021", ""));
    assert_true(bank_reason_is_duplicate("", "文件重复"));
    assert_false(bank_reason_is_duplicate("H019", "笔数不符"));
    assert_false(bank_reason_is_duplicate("", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_of_banks),
        cmocka_unit_test(codes_of_cnaps),
        cmocka_unit_test(texts_say_more_than_codes),
        cmocka_unit_test(a_refusal_as_a_duplicate_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
