/* Explanations in words: every kind of rule, every reason, periods, sums, payments. Expected texts are written by hand.
 */
#include "explanation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static const struct explanation_line plain = {
    .period = "2020-06",
    .from = "2020-06",
    .months = 1,
    .kind = "fixed",
    .accrual = "each_month",
    .rounding = "floor_fen",
    .tier = {"一、二级", "Grades 1 and 2"},
    .standard_fen = 6000,
    .standard_per = "month",
    .basis_points = EXPLANATION_ABSENT,
    .basis_fen = EXPLANATION_ABSENT,
    .source = "通知附件1",
    .version = 1,
    .confirmed = true,
    .income_fen = EXPLANATION_ABSENT,
    .people = EXPLANATION_ABSENT,
    .quantity = EXPLANATION_ABSENT,
    .gross_fen = 6000,
    .amount_fen = 6000,
};

static void expect_line(const struct explanation_line *line, const char *zh, const char *en)
{
    const char *texts[] = {[EXPLANATION_ZH] = zh, [EXPLANATION_EN] = en};
    for (int language = EXPLANATION_ZH; language <= EXPLANATION_EN; language++) {
        CLEANUP_BUFFER struct buffer out = buffer_init(EXPLANATION_TEXT_BYTES_MAX);
        explanation_write_line(&out, language, line);
        assert_false(out.failed);
        assert_string_equal(out.data, texts[language]);
    }
}

static void test_a_month(void **state)
{
    (void)state;
    expect_line(&plain, "2020年6月：一、二级，每月60.00元，依据通知附件1（第1版），应发60.00元。",
                "June 2020: Grades 1 and 2, 60.00 yuan a month, under 通知附件1 (version 1), 60.00 yuan due.");
    struct explanation_line line = plain;
    line.confirmed = false;
    line.version = 3;
    expect_line(&line, "2020年6月：一、二级，每月60.00元，依据通知附件1（第3版，待确认），应发60.00元。",
                "June 2020: Grades 1 and 2, 60.00 yuan a month, under 通知附件1 (version 3, not confirmed yet), 60.00 "
                "yuan due.");
}

static void test_a_yearly_amount_by_quarters(void **state)
{
    (void)state;
    struct explanation_line line = plain;
    line.period = "2020-Q2";
    line.from = "2020-04";
    line.months = 3;
    line.standard_fen = 80000;
    line.standard_per = "year";
    line.amount_fen = 20000;
    expect_line(&line, "2020年第2季度：一、二级，每年800.00元，依据通知附件1（第1版），截断到分，应发200.00元。",
                "quarter 2 of 2020: Grades 1 and 2, 800.00 yuan a year, under 通知附件1 (version 1), cut to the fen, "
                "200.00 yuan due.");
    line.months = 2;
    line.amount_fen = 13333;
    expect_line(&line,
                "2020年4月起2个月：一、二级，每年800.00元，依据通知附件1（第1版），计2个月（全期3个月），"
                "截断到分，应发133.33元。",
                "2 months from April 2020: Grades 1 and 2, 800.00 yuan a year, under 通知附件1 (version 1), 2 of 3 "
                "months, cut to the fen, 133.33 yuan due.");
    line.months = 1;
    line.from = "2020-05";
    line.rounding = "half_up_fen";
    line.amount_fen = 6667;
    expect_line(&line,
                "2020年5月：一、二级，每年800.00元，依据通知附件1（第1版），计1个月（全期3个月），"
                "四舍五入到分，应发66.67元。",
                "May 2020: Grades 1 and 2, 800.00 yuan a year, under 通知附件1 (version 1), 1 of 3 months, rounded to "
                "the nearest fen, 66.67 yuan due.");
}

static void test_a_percentage(void **state)
{
    (void)state;
    struct explanation_line line = plain;
    line.kind = "percentage";
    line.rounding = "up_yuan";
    line.tier = (struct explanation_name){"全自理", "Self-care"};
    line.standard_fen = EXPLANATION_ABSENT;
    line.standard_per = "percent";
    line.basis_points = 13000;
    line.basis_item = (struct explanation_name){"农村低保", "Rural dibao"};
    line.basis_fen = 742000;
    line.basis_per = "year";
    line.amount_fen = 80400;
    expect_line(
        &line,
        "2020年6月：全自理，农村低保标准（每年7420.00元）的130%，依据通知附件1（第1版），见角进元，应发804.00元。",
        "June 2020: Self-care, 130 % of the standard of Rural dibao (7420.00 yuan a year), under 通知附件1 "
        "(version 1), rounded up to the yuan, 804.00 yuan due.");
    line.basis_points = 12550;
    line.rounding = "down_yuan";
    expect_line(
        &line,
        "2020年6月：全自理，农村低保标准（每年7420.00元）的125.5%，依据通知附件1（第1版），取整到元，应发804.00元。",
        "June 2020: Self-care, 125.5 % of the standard of Rural dibao (7420.00 yuan a year), under 通知附件1 "
        "(version 1), cut to the yuan, 804.00 yuan due.");
    line.basis_points = 12505;
    line.rounding = "up_jiao";
    expect_line(
        &line,
        "2020年6月：全自理，农村低保标准（每年7420.00元）的125.05%，依据通知附件1（第1版），见分进角，应发804.00元。",
        "June 2020: Self-care, 125.05 % of the standard of Rural dibao (7420.00 yuan a year), under 通知附件1 "
        "(version 1), rounded up to the jiao, 804.00 yuan due.");
}

static void test_a_household(void **state)
{
    (void)state;
    struct explanation_line line = plain;
    line.kind = "household_topup";
    line.tier = (struct explanation_name){"标准", "Standard"};
    line.standard_fen = 742000;
    line.standard_per = "year";
    line.people = 3;
    line.income_fen = 300000;
    line.amount_fen = 110500;
    expect_line(
        &line,
        "2020年6月：保障3人，人均年收入3000.00元，标准为每人每年7420.00元，补足差额，依据通知附件1（第1版），"
        "截断到分，应发1105.00元。",
        "June 2020: 3 people covered, income 3000.00 yuan per head and year, topped up to 7420.00 yuan a year per "
        "head, under 通知附件1 (version 1), cut to the fen, 1105.00 yuan due.");
}

static void test_terms_units_cases_and_single_payments(void **state)
{
    (void)state;
    struct explanation_line line = plain;
    line.kind = "per_term";
    line.period = "2020-T2";
    line.from = "2020-09";
    line.months = 6;
    line.accrual = "first_month";
    line.standard_fen = 50000;
    line.standard_per = "term";
    line.amount_fen = 50000;
    expect_line(&line,
                "2020年秋季学期：一、二级，每学期500."
                "00元，依据通知附件1（第1版），按首个应发月份计发整期，截断到分，应发500.00元。",
                "the autumn term of 2020: Grades 1 and 2, 500.00 yuan a term, under 通知附件1 (version 1), the whole "
                "period by its first due month, cut to the fen, 500.00 yuan due.");
    line = plain;
    line.kind = "per_unit";
    line.standard_per = "day";
    line.quantity = 12;
    line.amount_fen = 72000;
    expect_line(&line, "2020年6月：一、二级，每天60.00元，共12天，依据通知附件1（第1版），应发720.00元。",
                "June 2020: Grades 1 and 2, 60.00 yuan a day, 12 days, under 通知附件1 (version 1), 720.00 yuan due.");
    line.kind = "per_case";
    line.standard_per = "case";
    line.quantity = 2;
    line.amount_fen = 10000;
    expect_line(
        &line, "2020年6月：一、二级，按核定金额，每件60.00元为限，共2件，依据通知附件1（第1版），应发100.00元。",
        "June 2020: Grades 1 and 2, as decided, at most 60.00 yuan a case, 2 cases, under 通知附件1 (version 1), "
        "100.00 yuan due.");
    line = plain;
    line.kind = "once";
    line.standard_per = "case";
    expect_line(&line, "2020年6月：一、二级，一次性60.00元，依据通知附件1（第1版），应发60.00元。",
                "June 2020: Grades 1 and 2, 60.00 yuan once, under 通知附件1 (version 1), 60.00 yuan due.");
}

static void test_deductions(void **state)
{
    (void)state;
    const struct explanation_less less[] = {{{"农村低保", "Rural dibao"}, 2000},
                                            {{"护理类津贴", "Nursing allowances"}, 550}};
    struct explanation_line line = plain;
    line.kind = "benefit_topup";
    line.less = less;
    line.less_count = 2;
    line.amount_fen = 3450;
    expect_line(
        &line,
        "2020年6月：一、二级，每月60.00元，依据通知附件1（第1版），应计60.00元，每月减去农村低保20.00元，"
        "每月减去护理类津贴5.50元，应发34.50元。",
        "June 2020: Grades 1 and 2, 60.00 yuan a month, under 通知附件1 (version 1), 60.00 yuan before deductions, "
        "less 20.00 yuan a month of Rural dibao, less 5.50 yuan a month of Nursing allowances, 34.50 yuan due.");
}

static void expect_reason(const char *stop, const char *suspended, const char *open, const char *zh, const char *en)
{
    struct explanation_line line = plain;
    line.from = "2020-05";
    line.period = "2020-05";
    line.amount_fen = 0;
    line.stop = stop;
    line.suspended = suspended;
    line.open = open;
    line.benefit = (struct explanation_name){"特困人员供养", "Support for tekun"};
    expect_line(&line, zh, en);
}

static void test_every_reason(void **state)
{
    (void)state;
    static const struct {
        const char *stop;
        const char *suspended;
        const char *zh;
        const char *en;
    } stops[] = {
        {"dead", NULL, "已去世", "the person has died"},
        {"suspended", "prison", "服刑期间", "in prison"},
        {"suspended", "review", "复核期间", "under review"},
        {"suspended", "missing", "下落不明", "whereabouts unknown"},
        {"suspended", "income", "收入待核实", "income being checked"},
        {"suspended", "certificate", "残疾人证待换领", "the disability certificate is to be renewed"},
        {"suspended", "account", "账户待更正", "the account is to be corrected"},
        {"suspended", "other", "其他原因暂停", "suspended for another reason"},
        {"suspended", NULL, "暂停发放", "suspended"},
        {"too_young", NULL, "未到规定年龄", "the age is not reached yet"},
        {"too_old", NULL, "已超过规定年龄", "the age limit is passed"},
        {"months_used_up", NULL, "已领满规定月数", "the months allowed are used up"},
        {"no_activity", NULL, "当月没有应计的工作、培训、案件或一次性发放", "nothing was counted in the month"},
        {"wrong_certificate", NULL, "残疾人证的类别或等级不符合条件",
         "the disability certificate's type or grade does not qualify"},
        {"excluded", NULL, "已享受特困人员供养，不得同时享受", "not together with Support for tekun"},
        {"lower", NULL, "特困人员供养较高，就高享受", "Support for tekun is higher, and only the higher is paid"},
        {"a_reason_without_words", NULL, "a_reason_without_words", "a_reason_without_words"},
    };
    static const char *const opens[][3] = {
        {"no_certificate", "没有有效的残疾人证", "there is no valid disability certificate"},
        {"no_tier", "没有确定档次", "no tier is known"},
        {"no_standard", "没有经批准、确认的标准", "there is no approved and confirmed standard"},
        {"no_household", "未登记住户", "no household is registered"},
        {"no_head", "户主不明", "the household has no head"},
        {"no_income", "没有家庭收入登记", "no household income is registered"},
    };
    for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++) {
        CLEANUP_BUFFER struct buffer zh = buffer_init(1000);
        CLEANUP_BUFFER struct buffer en = buffer_init(1000);
        buffer_printf(&zh, "2020年5月：停发，%s。", stops[i].zh);
        buffer_printf(&en, "May 2020: nothing is due, %s.", stops[i].en);
        expect_reason(stops[i].stop, stops[i].suspended, NULL, zh.data, en.data);
    }
    for (size_t i = 0; i < sizeof(opens) / sizeof(opens[0]); i++) {
        CLEANUP_BUFFER struct buffer zh = buffer_init(1000);
        CLEANUP_BUFFER struct buffer en = buffer_init(1000);
        buffer_printf(&zh, "2020年5月：暂不能确定，%s。", opens[i][1]);
        buffer_printf(&en, "May 2020: not known yet, %s.", opens[i][2]);
        expect_reason(NULL, NULL, opens[i][0], zh.data, en.data);
    }
}

static void test_a_line_without_a_rule_still_has_words(void **state)
{
    (void)state;
    struct explanation_line line = plain;
    line.kind = line.accrual = line.rounding = "";
    line.standard_fen = EXPLANATION_ABSENT;
    line.standard_per = line.source = NULL;
    line.tier = (struct explanation_name){NULL, NULL};
    expect_line(&line, "2020年6月：应发60.00元。", "June 2020: 60.00 yuan due.");
}

static void test_periods(void **state)
{
    static const char *const periods[][3] = {
        {"2020-01", "2020年1月", "January 2020"},
        {"2020-12", "2020年12月", "December 2020"},
        {"2020-Q4", "2020年第4季度", "quarter 4 of 2020"},
        {"2020-H1", "2020年上半年", "the first half of 2020"},
        {"2020-H2", "2020年下半年", "the second half of 2020"},
        {"2020-T1", "2020年春季学期", "the spring term of 2020"},
        {"2020-T2", "2020年秋季学期", "the autumn term of 2020"},
        {"2020", "2020年", "2020"},
        {"2020-13", "2020-13", "2020-13"},
        {"soon", "soon", "soon"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(periods) / sizeof(periods[0]); i++)
        for (int language = EXPLANATION_ZH; language <= EXPLANATION_EN; language++) {
            CLEANUP_BUFFER struct buffer out = buffer_init(1000);
            explanation_write_period(&out, language, periods[i][0]);
            assert_string_equal(out.data, periods[i][1 + language]);
        }
}

static void test_sums(void **state)
{
    static const struct {
        struct explanation_sum sum;
        const char *zh;
        const char *en;
    } cases[] = {
        {{.lines = 1, .due_fen = 6000, .received_fen = 6000},
         "合计60.00元。已到账60.00元，没有差额。",
         "60.00 yuan in all. 60.00 yuan received, no difference."},
        {{.lines = 2, .due_fen = 6000, .difference_fen = 6000},
         "合计60.00元。已到账0.00元，还应发60.00元。",
         "60.00 yuan in all. 0.00 yuan received, 60.00 yuan to pay."},
        {{.lines = 1, .received_fen = 6000, .difference_fen = -6000},
         "合计0.00元。已到账60.00元，多发60.00元。",
         "0.00 yuan in all. 60.00 yuan received, 60.00 yuan too much."},
        {{.lines = 2, .open = true, .due_fen = 6000, .received_fen = 6000},
         "合计60.00元。另有月份因事实不全，暂不能确定。已到账60.00元，没有差额。",
         "60.00 yuan in all. Some months are not known yet: a fact is missing. 60.00 yuan received, no difference."},
        {{.lines = 0}, "本期没有登记。", "Nothing is enrolled for this period."},
        {{.received_fen = 1, .difference_fen = -1},
         "本期没有登记。已到账0.01元，多发0.01元。",
         "Nothing is enrolled for this period. 0.01 yuan received, 0.01 yuan too much."},
        {{.lines = 1, .due_fen = 6000, .under_way_fen = 6000},
         "合计60.00元。已到账0.00元，正在办理发放60.00元。",
         "60.00 yuan in all. 0.00 yuan received, 60.00 yuan under way."},
        {{.lines = 1, .due_fen = 6000, .unknown_fen = 6000},
         "合计60.00元。已到账0.00元，银行答复不明、正在核实60.00元。",
         "60.00 yuan in all. 0.00 yuan received, 60.00 yuan being checked with the bank."},
        {{.lines = 1, .due_fen = 6000, .failed_fen = 6000},
         "合计60.00元。已到账0.00元，退回或未能入账、待更正后重新发放60.00元。",
         "60.00 yuan in all. 0.00 yuan received, 60.00 yuan refused or returned, to be paid again after correction."},
        {{.lines = 1, .failed_fen = 6000},
         "合计0.00元。已到账0.00元，退回或未能入账60.00元。",
         "0.00 yuan in all. 0.00 yuan received, 60.00 yuan refused or returned."},
        {{.lines = 1, .due_fen = 6000, .received_fen = 5000, .netted_fen = 1000},
         "合计60.00元。已到账50.00元，抵扣其他期间多发10.00元，没有差额。",
         "60.00 yuan in all. 50.00 yuan received, 10.00 yuan taken off for what was overpaid for other periods, no "
         "difference."},
        {{.lines = 1, .due_fen = 2000, .received_fen = 6000, .back_fen = 4000},
         "合计20.00元。已到账60.00元，多发部分已收回或抵扣40.00元，没有差额。",
         "20.00 yuan in all. 60.00 yuan received, 40.00 yuan of it paid back or taken off later, no difference."},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CLEANUP_BUFFER struct buffer zh = buffer_init(1000);
        CLEANUP_BUFFER struct buffer en = buffer_init(1000);
        explanation_write_sum(&zh, EXPLANATION_ZH, &cases[i].sum);
        explanation_write_sum(&en, EXPLANATION_EN, &cases[i].sum);
        assert_string_equal(zh.data, cases[i].zh);
        assert_string_equal(en.data, cases[i].en);
    }
}

static void expect_payment(const struct explanation_payment *payment, const char *zh, const char *en)
{
    CLEANUP_BUFFER struct buffer chinese = buffer_init(1000);
    CLEANUP_BUFFER struct buffer english = buffer_init(1000);
    explanation_write_payment(&chinese, EXPLANATION_ZH, payment);
    explanation_write_payment(&english, EXPLANATION_EN, payment);
    assert_string_equal(chinese.data, zh);
    assert_string_equal(english.data, en);
}

static void test_payments(void **state)
{
    const struct explanation_netted netted[] = {{"2020-Q1", 3000}, {"2020-Q2", 1000}};
    struct explanation_payment payment = {.state = "PAID", .due_fen = 20000, .amount_fen = 20000};
    (void)state;
    expect_payment(&payment, "当时应发200.00元，本次已发200.00元，已到账。",
                   "200.00 yuan due at the time, 200.00 yuan paid and received.");
    payment.settled_before_fen = 10000;
    payment.netted = netted;
    payment.netted_count = 2;
    payment.amount_fen = 6000;
    expect_payment(
        &payment,
        "当时应发200.00元，此前已列入发放100.00元，抵扣2020年第1季度多发的30.00元，抵扣2020年第2季度多发的10.00元，"
        "本次已发60.00元，已到账。",
        "200.00 yuan due at the time, 100.00 yuan in earlier payments, 30.00 yuan taken off for what was overpaid "
        "for quarter 1 of 2020, 10.00 yuan taken off for what was overpaid for quarter 2 of 2020, 60.00 yuan paid "
        "and received.");
}

static void test_what_became_of_a_payment(void **state)
{
    static const struct {
        const char *state;
        bool superseded;
        const char *zh;
        const char *en;
    } cases[] = {
        {"CREATED", false, "本笔60.00元，待审批", "60.00 yuan wait for approval"},
        {"APPROVED", false, "本笔60.00元已审批，待报送银行", "60.00 yuan are approved and go to the bank next"},
        {"FILED", false, "本笔60.00元正在报送银行", "60.00 yuan are on their way to the bank"},
        {"SENT", false, "本笔60.00元已报送银行，待银行确认",
         "60.00 yuan are with the bank, which has not confirmed them yet"},
        {"ACCEPTED", false, "本笔60.00元银行已受理，尚未到账", "60.00 yuan are taken on by the bank, not received yet"},
        {"PAID", false, "本次已发60.00元，已到账", "60.00 yuan paid and received"},
        {"REJECTED", false, "本笔60.00元银行未能入账，本人未收到，待更正后重新发放",
         "60.00 yuan could not be credited by the bank: not received, to be paid again after correction"},
        {"RETURNED", false, "本笔60.00元已退回，本人未收到，待更正后重新发放",
         "60.00 yuan came back from the bank: not received, to be paid again after correction"},
        {"UNKNOWN", false, "本笔60.00元银行答复不明，正在核实",
         "60.00 yuan are being checked: the bank has not said what became of them"},
        {"CANCELLED", false, "本笔60.00元已取消，未发放", "60.00 yuan were cancelled, not paid"},
        {"REJECTED", true, "本笔60.00元银行未能入账，本人未收到，已另行办理重新发放",
         "60.00 yuan could not be credited by the bank: not received, another payment takes its place"},
        {"RETURNED", true, "本笔60.00元已退回，本人未收到，已另行办理重新发放",
         "60.00 yuan came back from the bank: not received, another payment takes its place"},
        {"NEW", false, "本笔60.00元", "60.00 yuan in this payment"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CLEANUP_BUFFER struct buffer zh = buffer_init(1000);
        CLEANUP_BUFFER struct buffer en = buffer_init(1000);
        const struct explanation_payment payment = {
            .state = cases[i].state, .superseded = cases[i].superseded, .due_fen = 6000, .amount_fen = 6000};
        buffer_printf(&zh, "当时应发60.00元，%s。", cases[i].zh);
        buffer_printf(&en, "60.00 yuan due at the time, %s.", cases[i].en);
        expect_payment(&payment, zh.data, en.data);
    }
}

static void test_which_payments_count_as_what(void **state)
{
    static const char *const states[] = {"CREATED", "APPROVED", "FILED",    "SENT",     "ACCEPTED",
                                         "PAID",    "UNKNOWN",  "REJECTED", "RETURNED", "CANCELLED"};
    struct explanation_sum sum = {.lines = 1};
    (void)state;
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
        explanation_sum_payment(&sum, states[i], INT64_C(1) << i, 1);
    assert_int_equal(sum.under_way_fen, 1 + 2 + 4 + 8 + 16);
    assert_int_equal(sum.received_fen, 32);
    assert_int_equal(sum.unknown_fen, 64);
    assert_int_equal(sum.failed_fen, 128 + 256);
    assert_int_equal(sum.netted_fen, 9);
}

static void test_a_full_buffer_is_seen(void **state)
{
    (void)state;
    CLEANUP_BUFFER struct buffer out = buffer_init(10);
    explanation_write_line(&out, EXPLANATION_ZH, &plain);
    assert_true(out.failed);
}

static void test_values_are_not_read_as_texts(void **state)
{
    const struct explanation_value values[] = {{"a", "{b}"}, {"b", "x"}, {"none", NULL}};
    (void)state;
    CLEANUP_BUFFER struct buffer out = buffer_init(100);
    explanation_fill(&out, "{a}{b}{none}.", values, 3);
    assert_string_equal(out.data, "{b}x.");
    assert_null(explanation_text(EXPLANATION_ZH, "stop", "nothing"));
    assert_null(explanation_text(EXPLANATION_EN, "stop", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_month),
        cmocka_unit_test(test_a_yearly_amount_by_quarters),
        cmocka_unit_test(test_a_percentage),
        cmocka_unit_test(test_a_household),
        cmocka_unit_test(test_terms_units_cases_and_single_payments),
        cmocka_unit_test(test_deductions),
        cmocka_unit_test(test_every_reason),
        cmocka_unit_test(test_a_line_without_a_rule_still_has_words),
        cmocka_unit_test(test_periods),
        cmocka_unit_test(test_sums),
        cmocka_unit_test(test_payments),
        cmocka_unit_test(test_what_became_of_a_payment),
        cmocka_unit_test(test_which_payments_count_as_what),
        cmocka_unit_test(test_a_full_buffer_is_seen),
        cmocka_unit_test(test_values_are_not_read_as_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
