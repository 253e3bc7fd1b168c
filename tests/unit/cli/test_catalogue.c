#include "catalogue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#define DIVISION_HEADER "code,name_zh,name_en,kind_zh\n"
#define TIER_HEADER "item_code,code,name_zh,name_en,disability_grades\n"

static bool read_table(enum catalogue_table_no no, const char *text, size_t length, struct buffer *ret_json,
                       char **ret_message)
{
    size_t message_length = 0;
    FILE *errors = open_memstream(ret_message, &message_length);
    assert_non_null(errors);
    bool good = catalogue_read(catalogue_table(no), text, length, ret_json, errors);
    fclose(errors);
    return good;
}

static void assert_json(enum catalogue_table_no no, const char *text, const char *json)
{
    struct buffer out CLEANUP_BUFFER;
    char *message;
    assert_true(read_table(no, text, strlen(text), &out, &message));
    assert_string_equal(message, "");
    assert_string_equal(out.data, json);
    free(message);
}

static void test_rows(void **state)
{
    (void)state;
    assert_json(CATALOGUE_DIVISIONS,
                DIVISION_HEADER "340103001,\"亳州路, \"\"街道\"\"\",B,街道\r\n340103002,双岗,S,街道",
                "[{\"code\":340103001,\"name_zh\":\"亳州路, \\\"街道\\\"\",\"name_en\":\"B\",\"kind_zh\":\"街道\"},"
                "{\"code\":340103002,\"name_zh\":\"双岗\",\"name_en\":\"S\",\"kind_zh\":\"街道\"}]");
    assert_json(CATALOGUE_DIVISIONS, DIVISION_HEADER, "[]");
    assert_json(CATALOGUE_DIVISIONS, "\xEF\xBB\xBFkind_zh,name_en,name_zh,code\nK,E,Z,5\n",
                "[{\"code\":5,\"name_zh\":\"Z\",\"name_en\":\"E\",\"kind_zh\":\"K\"}]");
}

static void test_kinds(void **state)
{
    (void)state;
#define AGES ",\"age_from\":null,\"age_to\":null"
    assert_json(
        CATALOGUE_TIERS, TIER_HEADER "a,b,c,d,1 2\na,e,f,g,\na,h,i,j,4\n",
        "[{\"item_code\":\"a\",\"code\":\"b\",\"name_zh\":\"c\",\"name_en\":\"d\",\"disability_grades\":[1,2]" AGES "},"
        "{\"item_code\":\"a\",\"code\":\"e\",\"name_zh\":\"f\",\"name_en\":\"g\",\"disability_grades\":null" AGES "},"
        "{\"item_code\":\"a\",\"code\":\"h\",\"name_zh\":\"i\",\"name_en\":\"j\",\"disability_grades\":[4]" AGES "}]");
    assert_json(CATALOGUE_TIERS, "age_to,item_code,code,name_zh,name_en,disability_grades\n90,a,b,c,d,\n",
                "[{\"item_code\":\"a\",\"code\":\"b\",\"name_zh\":\"c\",\"name_en\":\"d\",\"disability_grades\":null,"
                "\"age_from\":null,\"age_to\":90}]");
    assert_json(CATALOGUE_STANDARDS,
                "item_code,tier_code,amount_fen,amount_per,valid_from,valid_to,source,confirmed,proposed_by,"
                "approved_by\n"
                "a,b,6000,month,2020-01-01,,s,true,p,q\n",
                "[{\"item_code\":\"a\",\"tier_code\":\"b\",\"amount_fen\":6000,\"amount_per\":\"month\","
                "\"valid_from\":\"2020-01-01\",\"valid_to\":null,\"source\":\"s\",\"confirmed\":true,"
                "\"proposed_by\":\"p\",\"approved_by\":\"q\",\"basis_points\":null}]");
}

#define RULE_HEADER                                                                                                    \
    "item_code,valid_from,valid_to,kind,cycle,tier_source,rounding,remainder,entry_basis,exit_basis,lookback_months,"  \
    "source,confirmed"
#define RULE_LINE "a,2020-01-01,,k,c,t,r,m,e,x,12,s,false"

/* Columns that an older file does not have are absent values; lists are JSON arrays. */
static void test_rules(void **state)
{
    (void)state;
    struct buffer out CLEANUP_BUFFER;
    struct buffer old CLEANUP_BUFFER;
    char *message;
    const char text[] = RULE_HEADER ",certificate_types,documents,checks\n" RULE_LINE ",6 7,application consent,\n";
    assert_true(read_table(CATALOGUE_RULES, text, strlen(text), &out, &message));
    free(message);
    assert_non_null(strstr(out.data, "\"certificate_types\":[6,7],"));
    assert_non_null(strstr(out.data, "\"documents\":[\"application\",\"consent\"],\"checks\":null,"));
    assert_non_null(strstr(out.data, "\"age_max\":null,"));
    assert_true(read_table(CATALOGUE_RULES, RULE_HEADER "\n" RULE_LINE "\n", strlen(RULE_HEADER RULE_LINE) + 2, &old,
                           &message));
    free(message);
    assert_non_null(strstr(old.data, "\"certificate_types\":null,"));
}

static void test_faults(void **state)
{
    (void)state;
    static const struct {
        enum catalogue_table_no no;
        const char *text;
        const char *says;
    } cases[] = {
        {CATALOGUE_DIVISIONS, "", "divisions.csv:1: "},
        {CATALOGUE_DIVISIONS, "code,name_zh,name_en\n1,a,b\n", "divisions.csv:1: "},
        {CATALOGUE_DIVISIONS, "code,name_zh,name_en,kind_zh,x\n1,a,b,c,d\n", "divisions.csv:1: "},
        {CATALOGUE_DIVISIONS, "code,code,name_en,kind_zh\n1,1,b,c\n", "divisions.csv:1: "},
        {CATALOGUE_DIVISIONS, "Code,name_zh,name_en,kind_zh\n1,a,b,c\n", "divisions.csv:1: "},
        {CATALOGUE_DIVISIONS, DIVISION_HEADER "1,a,b\n", "divisions.csv:2: "},
        {CATALOGUE_DIVISIONS, DIVISION_HEADER "1,a,b,c\n1.5,a,b,c\n", "divisions.csv:3: code: "},
        {CATALOGUE_DIVISIONS, DIVISION_HEADER "-1,a,b,c\n", "divisions.csv:2: code: "},
        {CATALOGUE_DIVISIONS, DIVISION_HEADER ",a,b,c\n", "divisions.csv:2: code: "},
        {CATALOGUE_DIVISIONS, DIVISION_HEADER "1,,b,c\n", "divisions.csv:2: name_zh: "},
        {CATALOGUE_DIVISIONS, DIVISION_HEADER "1,\"a,b,c\n", "divisions.csv:2: "},
        {CATALOGUE_DIVISIONS, DIVISION_HEADER "1,\xD2\xE4,b,c\n", "divisions.csv:1: "},
        {CATALOGUE_TIERS, TIER_HEADER "a,b,c,d,5\n", "tiers.csv:2: disability_grades: "},
        {CATALOGUE_TIERS, TIER_HEADER "a,b,c,d,12\n", "tiers.csv:2: disability_grades: "},
        {CATALOGUE_TIERS, TIER_HEADER "a,b,c,d,1 \n", "tiers.csv:2: disability_grades: "},
        {CATALOGUE_TIERS, TIER_HEADER "a,b,c,d,1  2\n", "tiers.csv:2: disability_grades: "},
        {CATALOGUE_TIERS, "item_code,code,name_zh,name_en\na,b,c,d\n", "tiers.csv:1: "},
        {CATALOGUE_TIERS, "item_code,code,name_zh,name_en,disability_grades,age_to,age_to\na,b,c,d,,9,9\n",
         "tiers.csv:1: "},
        {CATALOGUE_RULES, RULE_HEADER ",certificate_types\n" RULE_LINE ",8\n", "rules.csv:2: certificate_types: "},
        {CATALOGUE_RULES, RULE_HEADER ",documents\n" RULE_LINE ",a  b\n", "rules.csv:2: documents: "},
        {CATALOGUE_RULES, RULE_HEADER ",documents\n" RULE_LINE ",a b \n", "rules.csv:2: documents: "},
        {CATALOGUE_RULES, RULE_HEADER ",documents\n" RULE_LINE ",A\n", "rules.csv:2: documents: "},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buffer out CLEANUP_BUFFER;
        char *message;
        assert_false(read_table(cases[i].no, cases[i].text, strlen(cases[i].text), &out, &message));
        assert_non_null(strstr(message, cases[i].says));
        free(message);
    }
}

static size_t lines_of(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += *text == '\n';
    return count;
}

/* All faults of a file are told, but a file of faults alone ends soon. */
static void test_many_faults(void **state)
{
    (void)state;
    struct buffer text CLEANUP_BUFFER = buffer_init(65536);
    struct buffer out CLEANUP_BUFFER;
    struct buffer again CLEANUP_BUFFER;
    char *message;
    buffer_append_text(&text, DIVISION_HEADER "x,a,b,c\n1,a,b,c\ny,,b,c\n");
    assert_false(read_table(CATALOGUE_DIVISIONS, text.data, text.length, &out, &message));
    assert_int_equal(lines_of(message), 3);
    free(message);
    for (int i = 0; i < 1000; i++)
        buffer_append_text(&text, "x,a,b,c\n");
    assert_false(read_table(CATALOGUE_DIVISIONS, text.data, text.length, &again, &message));
    assert_int_equal(lines_of(message), 20);
    free(message);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),   cmocka_unit_test(test_kinds),       cmocka_unit_test(test_rules),
        cmocka_unit_test(test_faults), cmocka_unit_test(test_many_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
