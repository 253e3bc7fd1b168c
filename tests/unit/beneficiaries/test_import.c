#include "import.h"
#include "import_seen.h"
#include "person.h"
#include "sql_array.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const people_header[] = {"姓名",     "身份证号",   "手机号",       "街道代码",
                                            "户编号",   "与户主关系", "户年人均收入", "残疾证号",
                                            "账户类型", "开户行号",   "账号",         "户名身份证号"};
static const char *const enrolment_header[] = {"身份证号", "项目", "档次", "申请日期", "起始月份"};

static const int64_t divisions[] = {340103001, 340103100};
static const int64_t reach[] = {340103100};
static struct import_tier orphan_tiers[] = {{"dispersed", "散居"}, {"institution", "集中"}};
static const struct import_item items[] = {
    {"orphan", "孤儿基本生活保障", ENROLMENT_TIER_NAMED, orphan_tiers, 2},
    {"disabled-care", "重度残疾人护理补贴", ENROLMENT_TIER_CERTIFICATE, NULL, 0},
};
static const struct import_reference reference = {.today = {2020, 6, 1},
                                                  .divisions = divisions,
                                                  .division_count = 2,
                                                  .limited = true,
                                                  .reach = reach,
                                                  .reach_count = 1,
                                                  .items = items,
                                                  .item_count = 2};

/* A record as the CSV reader hands it out: texts that may be written to. Holds until the next call. */
static char *const *record(const char *const *texts, size_t count)
{
    static char storage[IMPORT_PEOPLE_COLUMNS][128];
    static char *fields[IMPORT_PEOPLE_COLUMNS];
    for (size_t i = 0; i < count; i++) {
        snprintf(storage[i], sizeof(storage[i]), "%s", texts[i]);
        fields[i] = storage[i];
    }
    return fields;
}

static bool read_header(enum import_kind kind, const char *const *texts, size_t count, struct import_header *header)
{
    return import_header_read(kind, record(texts, count), count, header);
}

/* One person's line with some columns replaced. */
static void read_person(struct import_person *person, int column, const char *value)
{
    struct import_header header;
    const char *fields[IMPORT_PEOPLE_COLUMNS] = {"张　三",
                                                 "34019919520601006x",
                                                 "138 1234 5678",
                                                 "340103100",
                                                 "H1",
                                                 "2",
                                                 "1,200.50",
                                                 "34019919520601006X43",
                                                 "银行卡",
                                                 "319361000005",
                                                 "6201 9955 5000 1112 225",
                                                 ""};
    if (column >= 0)
        fields[column] = value;
    assert_true(read_header(IMPORT_PEOPLE, people_header, IMPORT_PEOPLE_COLUMNS, &header));
    import_read_person(&header, record(fields, IMPORT_PEOPLE_COLUMNS), 7, &reference, person);
}

static void assert_fault(const struct import_line *line, size_t index, int column, enum err code)
{
    assert_true(index < line->fault_count);
    assert_int_equal(line->result, IMPORT_BAD);
    assert_int_equal(line->faults[index].column, column);
    assert_int_equal(line->faults[index].code, code);
}

static void a_good_person_comes_out_canonical(void **state)
{
    (void)state;
    struct import_person person;
    read_person(&person, -1, "");
    assert_int_equal(person.line.fault_count, 0);
    assert_int_equal(person.line.result, IMPORT_NEW);
    assert_int_equal(person.line.line, 7);
    assert_string_equal(person.name, "张三");
    assert_string_equal(person.line.id_number, "34019919520601006X");
    assert_string_equal(person.phone, "13812345678");
    assert_int_equal(person.division, 340103100);
    assert_string_equal(person.household, "H1");
    assert_string_equal(person.relation, "02");
    assert_int_equal(person.income_fen, 120050);
    assert_int_equal(person.certificate.grade, 3);
    assert_int_equal(person.account_kind, ACCOUNT_CARD);
    assert_string_equal(person.account, "6201995550001112225");
    assert_string_equal(person.holder, "");
}

static void each_fault_names_its_column(void **state)
{
    (void)state;
    static const struct {
        int column;
        const char *value;
        enum err code;
    } cases[] = {
        {IMPORT_NAME, "　", ERR_REQUIRED},
        {IMPORT_NAME, "340103", ERR_BAD_NAME},
        {IMPORT_PHONE, "1234567", ERR_BAD_PHONE},
        {IMPORT_DIVISION, "", ERR_REQUIRED},
        {IMPORT_DIVISION, "340103999", ERR_UNKNOWN_DIVISION},
        {IMPORT_DIVISION, "340103001", ERR_OTHER_DIVISION},
        {IMPORT_HOUSEHOLD, "H#1", ERR_BAD_CHARACTERS},
        {IMPORT_HOUSEHOLD, "", ERR_REQUIRED}, /* an income without a household */
        {IMPORT_RELATION, "户主", ERR_BAD_VALUE},
        {IMPORT_RELATION, "", ERR_REQUIRED},
        {IMPORT_INCOME, "12.345", ERR_BAD_AMOUNT},
        {IMPORT_CERTIFICATE, "340199195206010064", ERR_CERTIFICATE_LENGTH},
        {IMPORT_CERTIFICATE, "34019919700102012443", ERR_CERTIFICATE_HOLDER},
        {IMPORT_ACCOUNT_KIND, "信用卡", ERR_BAD_VALUE},
        {IMPORT_ACCOUNT_KIND, "", ERR_REQUIRED},
        {IMPORT_BANK, "31936100000", ERR_BANK_NUMBER},
        {IMPORT_ACCOUNT, "", ERR_REQUIRED},
        {IMPORT_ACCOUNT, "6201995550001112226", ERR_ACCOUNT_LUHN},
        {IMPORT_ACCOUNT, "6.20199E+18", ERR_ACCOUNT_EXCEL_DAMAGE},
        {IMPORT_HOLDER, "340199195308150073", ERR_ID_NUMBER_CHECK_DIGIT},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct import_person person;
        read_person(&person, cases[i].column, cases[i].value);
        assert_int_equal(person.line.fault_count, 1);
        assert_fault(&person.line, 0, cases[i].column, cases[i].code);
    }
}

static void a_wrong_identity_number_hides_no_other_fault(void **state)
{
    (void)state;
    struct import_header header;
    struct import_person person;
    const char *fields[IMPORT_PEOPLE_COLUMNS] = {"", "3.40199E+17", "x", "1", "", "", "", "", "",
                                                 "", "6.20199E+18", ""};
    assert_true(read_header(IMPORT_PEOPLE, people_header, IMPORT_PEOPLE_COLUMNS, &header));
    import_read_person(&header, record(fields, IMPORT_PEOPLE_COLUMNS), 2, &reference, &person);
    static const struct import_fault expected[] = {
        {IMPORT_NAME, ERR_REQUIRED},         {IMPORT_ID_NUMBER, ERR_ID_NUMBER_EXCEL_DAMAGE},
        {IMPORT_PHONE, ERR_BAD_PHONE},       {IMPORT_DIVISION, ERR_UNKNOWN_DIVISION},
        {IMPORT_ACCOUNT_KIND, ERR_REQUIRED}, {IMPORT_BANK, ERR_REQUIRED},
    };
    assert_int_equal(person.line.fault_count, 6);
    for (size_t i = 0; i < 6; i++)
        assert_fault(&person.line, i, expected[i].column, expected[i].code);
    assert_string_equal(person.line.id_number, "");
}

static void an_income_belongs_on_the_heads_line(void **state)
{
    (void)state;
    struct import_person person;
    read_person(&person, IMPORT_RELATION, "20");
    assert_int_equal(person.line.fault_count, 1);
    assert_fault(&person.line, 0, IMPORT_INCOME, ERR_BAD_VALUE);
}

static void a_holder_who_is_the_person_is_nobody_else(void **state)
{
    (void)state;
    struct import_person person;
    read_person(&person, IMPORT_HOLDER, "34019919520601006X");
    assert_int_equal(person.line.fault_count, 0);
    assert_string_equal(person.holder, "");
    read_person(&person, IMPORT_HOLDER, "340199196104040035");
    assert_string_equal(person.holder, "340199196104040035");
}

static void headers_come_in_any_order_and_either_language(void **state)
{
    (void)state;
    struct import_header header;
    const char *const mixed[] = {"division", " 姓名 ", "ID_NUMBER"};
    assert_true(read_header(IMPORT_PEOPLE, mixed, 3, &header));
    assert_int_equal(header.field[IMPORT_DIVISION], 0);
    assert_int_equal(header.field[IMPORT_NAME], 1);
    assert_int_equal(header.field[IMPORT_PHONE], -1);
    assert_string_equal(import_header_name(&header, IMPORT_ID_NUMBER), "ID_NUMBER");
    assert_string_equal(import_header_name(&header, IMPORT_NAME), "姓名");
    assert_string_equal(import_header_name(&header, IMPORT_WHOLE_LINE), "");
    const char *const repeated[] = {"division", "name", "id_number", "姓名"};
    assert_false(read_header(IMPORT_PEOPLE, repeated, 4, &header));
    const char *const missing[] = {"name", "id_number"};
    assert_false(read_header(IMPORT_PEOPLE, missing, 2, &header));
    const char *const unknown[] = {"division", "name", "id_number", "备注"};
    assert_false(read_header(IMPORT_PEOPLE, unknown, 4, &header));
    assert_false(read_header(IMPORT_ENROLMENTS, people_header, IMPORT_PEOPLE_COLUMNS, &header));
}

static void read_enrolment(struct import_enrolment *enrolment, const char *item, const char *tier, const char *applied,
                           const char *starts)
{
    struct import_header header;
    const char *const fields[] = {"34019919520601006X", item, tier, applied, starts};
    assert_true(read_header(IMPORT_ENROLMENTS, enrolment_header, 5, &header));
    import_read_enrolment(&header, record(fields, IMPORT_ENROLMENT_COLUMNS), 3, &reference, enrolment);
}

static void enrolments_are_read_with_names_codes_and_spreadsheet_dates(void **state)
{
    (void)state;
    struct import_enrolment enrolment;
    read_enrolment(&enrolment, "孤儿基本生活保障", "散居", "2019-03-05", "2019-04");
    assert_int_equal(enrolment.line.result, IMPORT_NEW);
    assert_ptr_equal(enrolment.item, &items[0]);
    assert_ptr_equal(enrolment.tier, &orphan_tiers[0]);
    assert_int_equal(enrolment.starts_on.month, 4);
    assert_int_equal(enrolment.starts_on.day, 1);
    read_enrolment(&enrolment, "orphan", "institution", "2019/3/5", "2019/4");
    assert_int_equal(enrolment.line.result, IMPORT_NEW);
    assert_ptr_equal(enrolment.tier, &orphan_tiers[1]);
    assert_int_equal(enrolment.applied_on.day, 5);
}

static void faults_of_enrolments(void **state)
{
    (void)state;
    static const struct {
        const char *item, *tier, *applied, *starts;
        int column;
        enum err code;
    } cases[] = {
        {"春节慰问金", "", "2019-03-05", "2019-03", IMPORT_ITEM, ERR_UNKNOWN_ITEM},
        {"", "", "2019-03-05", "2019-03", IMPORT_ITEM, ERR_REQUIRED},
        {"orphan", "", "2019-03-05", "2019-03", IMPORT_TIER, ERR_REQUIRED},
        {"orphan", "特级", "2019-03-05", "2019-03", IMPORT_TIER, ERR_BAD_VALUE},
        {"disabled-care", "severe", "2019-03-05", "2019-03", IMPORT_TIER, ERR_BAD_VALUE},
        {"disabled-care", "", "2019-02-29", "2019-03", IMPORT_APPLIED, ERR_BAD_DATE},
        {"disabled-care", "", "", "2019-03", IMPORT_APPLIED, ERR_REQUIRED},
        {"disabled-care", "", "2020-06-02", "2020-06", IMPORT_APPLIED, ERR_OUT_OF_RANGE},
        {"disabled-care", "", "2019-03-05", "2019-13", IMPORT_STARTS, ERR_BAD_PERIOD},
        {"disabled-care", "", "2019-03-05", "2019-Q1", IMPORT_STARTS, ERR_BAD_PERIOD},
        {"disabled-care", "", "2019-03-05", "2019-02", IMPORT_STARTS, ERR_OUT_OF_RANGE},
        {"disabled-care", "", "2020-06-01", "2020-07", IMPORT_STARTS, ERR_BEGINS_LATER},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct import_enrolment enrolment;
        read_enrolment(&enrolment, cases[i].item, cases[i].tier, cases[i].applied, cases[i].starts);
        assert_int_equal(enrolment.line.fault_count, 1);
        assert_fault(&enrolment.line, 0, cases[i].column, cases[i].code);
    }
}

static void a_line_never_holds_more_faults_than_it_has_room_for(void **state)
{
    (void)state;
    struct import_line line = {0};
    for (int i = 0; i < 2 * IMPORT_FAULTS_MAX; i++)
        import_line_fault(&line, i, ERR_REQUIRED);
    assert_int_equal(line.fault_count, IMPORT_FAULTS_MAX);
    assert_int_equal(line.faults[IMPORT_FAULTS_MAX - 1].column, IMPORT_FAULTS_MAX - 1);
}

static void repeats_are_found_after_growth(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    struct import_seen *seen = import_seen_new(COUNT);
    assert_non_null(seen);
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < COUNT; i++) {
            uint8_t digest[KEYRING_INDEX_BYTES];
            bool repeated;
            crypto_sha256(&i, sizeof(i), digest);
            assert_int_equal(import_seen_add(seen, digest, &repeated), ERR_NONE);
            assert_int_equal(repeated, round == 1);
        }
    }
    uint8_t fresh[KEYRING_INDEX_BYTES];
    bool repeated;
    crypto_sha256("x", 1, fresh);
    assert_int_equal(import_seen_add(seen, fresh, &repeated), ERR_OUT_OF_MEMORY);
    import_seen_free(seen);
}

static void arrays_are_written_as_literals(void **state)
{
    (void)state;
    struct buffer array = buffer_init(256);
    sql_array_begin(&array);
    assert_string_equal(sql_array_end(&array), "{}");
    sql_array_begin(&array);
    sql_array_text(&array, "a\"b\\c,{}");
    sql_array_text(&array, NULL);
    sql_array_int(&array, INT64_MIN);
    sql_array_bytes(&array, "\x01\xff", 2);
    sql_array_bytes(&array, NULL, 0);
    sql_array_text(&array, "");
    assert_string_equal(sql_array_end(&array),
                        "{\"a\\\"b\\\\c,{}\",NULL,-9223372036854775808,\"\\\\x01ff\",NULL,\"\"}");
    struct buffer small = buffer_init(8);
    sql_array_begin(&small);
    sql_array_text(&small, "much too long");
    assert_null(sql_array_end(&small));
    buffer_free(&small);
    buffer_free(&array);
}

static void a_purpose_says_why_and_not_who(void **state)
{
    (void)state;
    char longest[PERSON_PURPOSE_CHARS_MAX * 3 + 4] = "";
    for (int i = 0; i < PERSON_PURPOSE_CHARS_MAX; i++)
        snprintf(longest + strlen(longest), sizeof(longest) - strlen(longest), "%s", "核");
    assert_true(person_purpose_is_valid("核对退票户名"));
    assert_true(person_purpose_is_valid("check of 2020-06 returns, division 340103001"));
    assert_true(person_purpose_is_valid(longest));
    snprintf(longest + strlen(longest), sizeof(longest) - strlen(longest), "%s", "对");
    assert_false(person_purpose_is_valid(longest));
    assert_false(person_purpose_is_valid("核对退票"));
    assert_false(person_purpose_is_valid(NULL));
    assert_false(person_purpose_is_valid("call 13812345678 back"));
    assert_false(person_purpose_is_valid("two\nlines"));
    assert_false(person_purpose_is_valid("\xff\xfe\xff\xfe\xff"));
}

static void deaths_lie_between_birth_and_today(void **state)
{
    (void)state;
    const struct date birth = {1950, 1, 2};
    const struct date today = {2020, 6, 1};
    assert_int_equal(person_check_death(birth, birth, today), ERR_NONE);
    assert_int_equal(person_check_death(today, birth, today), ERR_NONE);
    assert_int_equal(person_check_death((struct date){1950, 1, 1}, birth, today), ERR_BEFORE_BIRTH);
    assert_int_equal(person_check_death((struct date){2020, 6, 2}, birth, today), ERR_OUT_OF_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_person_comes_out_canonical),
        cmocka_unit_test(each_fault_names_its_column),
        cmocka_unit_test(a_wrong_identity_number_hides_no_other_fault),
        cmocka_unit_test(an_income_belongs_on_the_heads_line),
        cmocka_unit_test(a_holder_who_is_the_person_is_nobody_else),
        cmocka_unit_test(headers_come_in_any_order_and_either_language),
        cmocka_unit_test(enrolments_are_read_with_names_codes_and_spreadsheet_dates),
        cmocka_unit_test(faults_of_enrolments),
        cmocka_unit_test(a_line_never_holds_more_faults_than_it_has_room_for),
        cmocka_unit_test(repeats_are_found_after_growth),
        cmocka_unit_test(arrays_are_written_as_literals),
        cmocka_unit_test(a_purpose_says_why_and_not_who),
        cmocka_unit_test(deaths_lie_between_birth_and_today),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
