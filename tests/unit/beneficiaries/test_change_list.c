#include "change_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const int64_t divisions[] = {340103001, 340103100};
static const int64_t reach[] = {340103100};
static struct import_tier orphan_tiers[] = {{"dispersed", "散居"}, {"institution", "集中"}};
static const struct import_item items[] = {
    {"orphan", "孤儿基本生活保障", ENROLMENT_TIER_NAMED, orphan_tiers, 2},
    {"disabled-care", "重度残疾人护理补贴", ENROLMENT_TIER_CERTIFICATE, NULL, 0},
};
static const struct import_reference reference = {.today = {2020, 6, 15},
                                                  .divisions = divisions,
                                                  .division_count = 2,
                                                  .limited = true,
                                                  .reach = reach,
                                                  .reach_count = 1,
                                                  .items = items,
                                                  .item_count = 2};

/* A line with the columns that are given as pairs of column and text, ended by -1. */
static void read_line(struct change_line *line, ...)
{
    static char header_texts[CHANGE_COLUMNS][64];
    static char texts[CHANGE_COLUMNS][256];
    char *header_fields[CHANGE_COLUMNS];
    char *fields[CHANGE_COLUMNS];
    struct import_header header;
    va_list pairs;
    for (int column = 0; column < CHANGE_COLUMNS; column++) {
        snprintf(header_texts[column], sizeof(header_texts[column]), "%s", change_list_column_key(column));
        texts[column][0] = '\0';
        header_fields[column] = header_texts[column];
        fields[column] = texts[column];
    }
    snprintf(texts[CHANGE_ID_NUMBER], sizeof(texts[CHANGE_ID_NUMBER]), "34019919520601006X");
    va_start(pairs, line);
    for (int column = va_arg(pairs, int); column >= 0; column = va_arg(pairs, int))
        snprintf(texts[column], sizeof(texts[column]), "%s", va_arg(pairs, const char *));
    va_end(pairs);
    assert_true(change_list_read_header(header_fields, CHANGE_COLUMNS, &header));
    change_list_read_line(&header, fields, 9, &reference, line);
}

#define assert_good(line) assert_int_equal((line).line.fault_count, 0)

static void assert_fault(const struct change_line *line, int column, enum err code)
{
    assert_int_equal(line->line.fault_count, 1);
    assert_int_equal(line->line.result, IMPORT_BAD);
    assert_int_equal(line->line.faults[0].column, column);
    assert_int_equal(line->line.faults[0].code, code);
}

static void each_action_is_read_under_both_names(void **state)
{
    (void)state;
    struct change_line line;
    read_line(&line, CHANGE_ACTION, " 新增 ", CHANGE_ITEM, "孤儿基本生活保障", CHANGE_TIER, "散居", CHANGE_APPLIED,
              "2020/6/1", CHANGE_STARTS, "2020-7", -1);
    assert_good(line);
    assert_int_equal(line.action, CHANGE_NEW);
    assert_ptr_equal(line.item, &items[0]);
    assert_string_equal(line.tier->code, "dispersed");
    assert_int_equal(line.starts_on.month, 7);
    assert_string_equal(line.line.id_number, "34019919520601006X");
    read_line(&line, CHANGE_ACTION, "Stop", CHANGE_ITEM, "disabled-care", CHANGE_CAUSE, "死亡", CHANGE_ENDED,
              "2020-06-02", CHANGE_EVIDENCE, "庐民决〔2020〕17号", -1);
    assert_good(line);
    assert_string_equal(line.cause, "death");
    assert_string_equal(line.evidence, "庐民决〔2020〕17号");
    read_line(&line, CHANGE_ACTION, "换卡", CHANGE_ACCOUNT_KIND, "银行卡", CHANGE_BANK, "319361000005", CHANGE_ACCOUNT,
              "6201 9955 5000 1112 225", CHANGE_HOLDER, "340199196104040035", CHANGE_VALID_FROM, "2020-07-01", -1);
    assert_good(line);
    assert_string_equal(line.account.number, "6201995550001112225");
    assert_string_equal(line.account.holder, "340199196104040035");
    read_line(&line, CHANGE_ACTION, "change", CHANGE_ITEM, "orphan", CHANGE_TIER, "institution", CHANGE_STARTS,
              "2020-06", CHANGE_NAME, "张　三", CHANGE_PHONE, "138 1234 5678", CHANGE_DIVISION, "340103100", -1);
    assert_good(line);
    assert_string_equal(line.cause, "other");
    assert_string_equal(line.name, "张三");
    assert_string_equal(line.phone, "13812345678");
    assert_int_equal(line.division, 340103100);
}

static void each_fault_names_its_column(void **state)
{
    (void)state;
    struct change_line line;
    read_line(&line, CHANGE_ACTION, "删除", -1);
    assert_fault(&line, CHANGE_ACTION, ERR_BAD_VALUE);
    assert_false(line.has_action);
    read_line(&line, -1);
    assert_fault(&line, CHANGE_ACTION, ERR_REQUIRED);
    read_line(&line, CHANGE_ACTION, "变更", -1);
    assert_fault(&line, IMPORT_WHOLE_LINE, ERR_NO_CHANGE);
    read_line(&line, CHANGE_ACTION, "变更", CHANGE_DIVISION, "340103001", -1);
    assert_fault(&line, CHANGE_DIVISION, ERR_OTHER_DIVISION);
    read_line(&line, CHANGE_ACTION, "变更", CHANGE_ITEM, "orphan", CHANGE_TIER, "散居", -1);
    assert_fault(&line, CHANGE_STARTS, ERR_REQUIRED);
    read_line(&line, CHANGE_ACTION, "变更", CHANGE_ITEM, "disabled-care", CHANGE_STARTS, "2020-06", -1);
    assert_fault(&line, CHANGE_ITEM, ERR_BAD_VALUE);
    read_line(&line, CHANGE_ACTION, "停发", CHANGE_ITEM, "orphan", CHANGE_CAUSE, "死亡", CHANGE_ENDED, "2020-06-16",
              -1);
    assert_fault(&line, CHANGE_ENDED, ERR_OUT_OF_RANGE);
    read_line(&line, CHANGE_ACTION, "停发", CHANGE_ITEM, "orphan", CHANGE_CAUSE, "死亡", CHANGE_ENDED, "2020-06-15",
              CHANGE_EVIDENCE, "340199195206010064", -1);
    assert_fault(&line, CHANGE_EVIDENCE, ERR_PERSONAL_DATA);
    read_line(&line, CHANGE_ACTION, "换卡", -1);
    assert_fault(&line, CHANGE_ACCOUNT, ERR_REQUIRED);
    read_line(&line, CHANGE_ACTION, "新增", CHANGE_ITEM, "disabled-care", CHANGE_APPLIED, "2020-06-15", CHANGE_STARTS,
              "2020-05", -1);
    assert_fault(&line, CHANGE_STARTS, ERR_OUT_OF_RANGE);
}

static void a_column_of_another_action_must_be_empty(void **state)
{
    (void)state;
    struct change_line line;
    read_line(&line, CHANGE_ACTION, "停发", CHANGE_ITEM, "orphan", CHANGE_CAUSE, "自愿", CHANGE_ENDED, "2020-06-01",
              CHANGE_TIER, "散居", -1);
    assert_fault(&line, CHANGE_TIER, ERR_NOT_OF_ACTION);
    read_line(&line, CHANGE_ACTION, "停发", CHANGE_ITEM, "orphan", CHANGE_CAUSE, "自愿", CHANGE_ENDED, "2020-06-01",
              CHANGE_NAME, "张三", CHANGE_PHONE, " 　", -1);
    assert_good(line); /* a name may stand on every line; blanks are nothing */
}

static void damage_by_a_spreadsheet_is_seen(void **state)
{
    (void)state;
    struct change_line line;
    read_line(&line, CHANGE_ACTION, "停发", CHANGE_ID_NUMBER, "3.40199E+17", -1);
    assert_true(change_list_is_damaged(&line));
    read_line(&line, CHANGE_ACTION, "换卡", CHANGE_ACCOUNT_KIND, "存折", CHANGE_BANK, "319361000005", CHANGE_ACCOUNT,
              "6217000000000000000", -1);
    assert_true(change_list_is_damaged(&line));
    read_line(&line, CHANGE_ACTION, "停发", CHANGE_ID_NUMBER, "123", -1);
    assert_false(change_list_is_damaged(&line));
}

static void headers_need_action_and_number(void **state)
{
    (void)state;
    struct import_header header;
    char action[] = "\xef\xbb\xbf动作";
    char number[] = "身份证号";
    char other[] = "备注";
    char *good[] = {number, action};
    assert_true(change_list_read_header(good, 2, &header));
    assert_int_equal(header.field[CHANGE_ACTION], 1);
    assert_int_equal(header.field[CHANGE_ITEM], -1);
    assert_false(change_list_read_header(good, 1, &header));
    char *unknown[] = {number, action, other};
    assert_false(change_list_read_header(unknown, 3, &header));
    char *repeated[] = {number, action, number};
    assert_false(change_list_read_header(repeated, 3, &header));
    assert_string_equal(change_list_column_key(IMPORT_WHOLE_LINE), "");
    assert_string_equal(change_list_column_key(CHANGE_ENDED), "ended_on");
}

static void the_words_of_a_column_are_told(void **state)
{
    (void)state;
    const struct import_words *words = change_list_allowed(NULL, "action");
    assert_int_equal(words->count, CHANGE_ACTION_COUNT);
    assert_string_equal(words->zh[CHANGE_STOP], "停发");
    assert_string_equal(words->en[CHANGE_STOP], "stop");
    assert_int_equal(change_list_allowed("stop", "cause")->count, 9);
    assert_string_equal(change_list_allowed("stop", "cause")->zh[0], "死亡");
    assert_int_equal(change_list_allowed("change", "cause")->count, 6);
    assert_null(change_list_allowed(NULL, "cause"));
    assert_null(change_list_allowed("stop", "evidence"));
    assert_int_equal(change_list_allowed("card", "account_kind")->count, 3);
    for (size_t i = 0; i < change_list_allowed("stop", "cause")->count; i++) { /* each of them is taken */
        struct change_line line;
        read_line(&line, CHANGE_ACTION, "停发", CHANGE_ITEM, "orphan", CHANGE_CAUSE,
                  change_list_allowed("stop", "cause")->zh[i], CHANGE_ENDED, "2020-06-01", -1);
        assert_good(line);
        assert_string_equal(line.cause, change_list_allowed("stop", "cause")->en[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_action_is_read_under_both_names),     cmocka_unit_test(each_fault_names_its_column),
        cmocka_unit_test(a_column_of_another_action_must_be_empty), cmocka_unit_test(damage_by_a_spreadsheet_is_seen),
        cmocka_unit_test(headers_need_action_and_number),           cmocka_unit_test(the_words_of_a_column_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
