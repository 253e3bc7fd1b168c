#include "explanation_text.h"

#include <stdlib.h>
#include <string.h>

struct explanation_entry {
    const char *group;
    const char *code;
    const char *zh;
    const char *en;
};

static const struct explanation_entry explanation_entries[] = {
    {"when", "month", "{year}年{number}月", "{name} {year}"},
    {"when", "quarter", "{year}年第{number}季度", "quarter {number} of {year}"},
    {"when", "half-1", "{year}年上半年", "the first half of {year}"},
    {"when", "half-2", "{year}年下半年", "the second half of {year}"},
    {"when", "term-1", "{year}年春季学期", "the spring term of {year}"},
    {"when", "term-2", "{year}年秋季学期", "the autumn term of {year}"},
    {"when", "year", "{year}年", "{year}"},
    {"when", "some", "{from}起{months}个月", "{months} months from {from}"},

    {"how", "month", "每月{amount}元", "{amount} yuan a month"},
    {"how", "year", "每年{amount}元", "{amount} yuan a year"},
    {"how", "term", "每学期{amount}元", "{amount} yuan a term"},
    {"how", "day", "每天{amount}元", "{amount} yuan a day"},
    {"how", "case", "每件{amount}元", "{amount} yuan a case"},
    {"how", "once", "一次性{amount}元", "{amount} yuan once"},
    {"how", "percent", "{basis}标准（{how}）的{percent}%", "{percent} % of the standard of {basis} ({how})"},
    {"how", "household", "保障{people}人，人均年收入{income}元，标准为每人{how}，补足差额",
     "{people} people covered, income {income} yuan per head and year, topped up to {how} per head"},
    {"how", "decided", "按核定金额，{how}为限，共{quantity}件", "as decided, at most {how}, {quantity} cases"},
    {"counted", "day", "{how}，共{quantity}天", "{how}, {quantity} days"},
    {"counted", "month", "{how}，共{quantity}个月", "{how}, {quantity} months"},
    {"counted", "case", "{how}，共{quantity}件", "{how}, {quantity} cases"},

    {"clause", "source", "依据{source}（第{version}版）", "under {source} (version {version})"},
    {"clause", "unconfirmed", "依据{source}（第{version}版，待确认）",
     "under {source} (version {version}, not confirmed yet)"},
    {"clause", "share", "计{months}个月（全期{all}个月）", "{months} of {all} months"},
    {"clause", "first_month", "按首个应发月份计发整期", "the whole period by its first due month"},
    {"clause", "last_month", "按最后一个应发月份计发整期", "the whole period by its last due month"},
    {"clause", "gross", "应计{amount}元", "{amount} yuan before deductions"},
    {"clause", "less", "每月减去{benefit}{amount}元", "less {amount} yuan a month of {benefit}"},
    {"clause", "amount", "应发{amount}元", "{amount} yuan due"},
    {"rounding", "floor_fen", "截断到分", "cut to the fen"},
    {"rounding", "half_up_fen", "四舍五入到分", "rounded to the nearest fen"},
    {"rounding", "up_jiao", "见分进角", "rounded up to the jiao"},
    {"rounding", "up_yuan", "见角进元", "rounded up to the yuan"},
    {"rounding", "down_yuan", "取整到元", "cut to the yuan"},

    {"line", "due", "{when}：{clauses}。", "{when}: {clauses}."},
    {"line", "stop", "{when}：停发，{reason}。", "{when}: nothing is due, {reason}."},
    {"line", "open", "{when}：暂不能确定，{reason}。", "{when}: not known yet, {reason}."},

    {"stop", "dead", "已去世", "the person has died"},
    {"stop", "suspended", "暂停发放", "suspended"},
    {"stop", "too_young", "未到规定年龄", "the age is not reached yet"},
    {"stop", "too_old", "已超过规定年龄", "the age limit is passed"},
    {"stop", "months_used_up", "已领满规定月数", "the months allowed are used up"},
    {"stop", "no_activity", "当月没有应计的工作、培训、案件或一次性发放", "nothing was counted in the month"},
    {"stop", "wrong_certificate", "残疾人证的类别或等级不符合条件",
     "the disability certificate's type or grade does not qualify"},
    {"stop", "excluded", "已享受{benefit}，不得同时享受", "not together with {benefit}"},
    {"stop", "lower", "{benefit}较高，就高享受", "{benefit} is higher, and only the higher is paid"},
    {"suspended", "prison", "服刑期间", "in prison"},
    {"suspended", "review", "复核期间", "under review"},
    {"suspended", "missing", "下落不明", "whereabouts unknown"},
    {"suspended", "income", "收入待核实", "income being checked"},
    {"suspended", "certificate", "残疾人证待换领", "the disability certificate is to be renewed"},
    {"suspended", "account", "账户待更正", "the account is to be corrected"},
    {"suspended", "other", "其他原因暂停", "suspended for another reason"},
    {"open", "no_certificate", "没有有效的残疾人证", "there is no valid disability certificate"},
    {"open", "no_tier", "没有确定档次", "no tier is known"},
    {"open", "no_standard", "没有经批准、确认的标准", "there is no approved and confirmed standard"},
    {"open", "no_household", "未登记住户", "no household is registered"},
    {"open", "no_head", "户主不明", "the household has no head"},
    {"open", "no_income", "没有家庭收入登记", "no household income is registered"},

    {"sum", "total", "合计{due}元。", "{due} yuan in all."},
    {"sum", "received", "已到账{amount}元", "{amount} yuan received"},
    {"sum", "under_way", "正在办理发放{amount}元", "{amount} yuan under way"},
    {"sum", "unknown", "银行答复不明、正在核实{amount}元", "{amount} yuan being checked with the bank"},
    {"sum", "failed", "退回或未能入账、待更正后重新发放{amount}元",
     "{amount} yuan refused or returned, to be paid again after correction"},
    {"sum", "failed_not_due", "退回或未能入账{amount}元", "{amount} yuan refused or returned"},
    {"sum", "netted", "抵扣其他期间多发{amount}元", "{amount} yuan taken off for what was overpaid for other periods"},
    {"sum", "back", "多发部分已收回或抵扣{amount}元", "{amount} yuan of it paid back or taken off later"},
    {"sum", "even", "没有差额", "no difference"},
    {"sum", "more", "还应发{amount}元", "{amount} yuan to pay"},
    {"sum", "less", "多发{amount}元", "{amount} yuan too much"},
    {"sum", "open", "另有月份因事实不全，暂不能确定。", "Some months are not known yet: a fact is missing."},
    {"sum", "none", "本期没有登记。", "Nothing is enrolled for this period."},
    {"paid", "due", "当时应发{amount}元", "{amount} yuan due at the time"},
    {"paid", "before", "此前已列入发放{amount}元", "{amount} yuan in earlier payments"},
    {"paid", "netted", "抵扣{period}多发的{amount}元", "{amount} yuan taken off for what was overpaid for {period}"},
    {"paid", "amount", "本笔{amount}元", "{amount} yuan in this payment"},
    {"state", "CREATED", "本笔{amount}元，待审批", "{amount} yuan wait for approval"},
    {"state", "APPROVED", "本笔{amount}元已审批，待报送银行", "{amount} yuan are approved and go to the bank next"},
    {"state", "FILED", "本笔{amount}元正在报送银行", "{amount} yuan are on their way to the bank"},
    {"state", "SENT", "本笔{amount}元已报送银行，待银行确认",
     "{amount} yuan are with the bank, which has not confirmed them yet"},
    {"state", "ACCEPTED", "本笔{amount}元银行已受理，尚未到账",
     "{amount} yuan are taken on by the bank, not received yet"},
    {"state", "PAID", "本次已发{amount}元，已到账", "{amount} yuan paid and received"},
    {"state", "REJECTED", "本笔{amount}元银行未能入账，本人未收到，待更正后重新发放",
     "{amount} yuan could not be credited by the bank: not received, to be paid again after correction"},
    {"state", "RETURNED", "本笔{amount}元已退回，本人未收到，待更正后重新发放",
     "{amount} yuan came back from the bank: not received, to be paid again after correction"},
    {"state", "UNKNOWN", "本笔{amount}元银行答复不明，正在核实",
     "{amount} yuan are being checked: the bank has not said what became of them"},
    {"state", "CANCELLED", "本笔{amount}元已取消，未发放", "{amount} yuan were cancelled, not paid"},
    {"again", "REJECTED", "本笔{amount}元银行未能入账，本人未收到，已另行办理重新发放",
     "{amount} yuan could not be credited by the bank: not received, another payment takes its place"},
    {"again", "RETURNED", "本笔{amount}元已退回，本人未收到，已另行办理重新发放",
     "{amount} yuan came back from the bank: not received, another payment takes its place"},
    {"mark", "comma", "，", ", "},
    {"mark", "end", "。", "."},
    {"mark", "next", "", " "},
    {"mark", "item", "{item}：", "{item}: "},
};

static const struct explanation_entry *explanation_find(const char *group, const char *code)
{
    for (size_t i = 0; i < sizeof(explanation_entries) / sizeof(explanation_entries[0]); i++)
        if (strcmp(explanation_entries[i].code, code) == 0 && strcmp(explanation_entries[i].group, group) == 0)
            return &explanation_entries[i];
    return NULL;
}

const char *explanation_text(enum explanation_language language, const char *group, const char *code)
{
    const struct explanation_entry *entry = code != NULL ? explanation_find(group, code) : NULL;
    if (entry == NULL)
        return NULL;
    return language == EXPLANATION_ZH ? entry->zh : entry->en;
}

static const char *explanation_value_of(const char *name, size_t length, const struct explanation_value *values,
                                        size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(values[i].name) == length && memcmp(values[i].name, name, length) == 0)
            return values[i].text;
    abort();
}

void explanation_fill(struct buffer *out, const char *text, const struct explanation_value *values, size_t count)
{
    for (const char *open = strchr(text, '{'); open != NULL; open = strchr(text, '{')) {
        size_t length = strcspn(open + 1, "}");
        buffer_append(out, text, (size_t)(open - text));
        const char *value = explanation_value_of(open + 1, length, values, count);
        if (value != NULL)
            buffer_append_text(out, value);
        text = open + 1 + length + 1;
    }
    buffer_append_text(out, text);
}
