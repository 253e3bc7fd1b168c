#include "certificate_number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static const struct date reference_date = {2020, 6, 30};

static void test_accepts(void **state)
{
    struct {
        const char *text;
        const char *holder;
        const char *canonical;
        enum disability_type type;
        int grade;
        int reissue;
    } cases[] = {
        {"34010319700101001143", "340103197001010011", "34010319700101001143", DISABILITY_PHYSICAL, 3, -1},
        {"34010320120229012751", "340103201202290127", "34010320120229012751", DISABILITY_INTELLECTUAL, 1, -1},
        {"34010319850615323162", "340103198506153231", "34010319850615323162", DISABILITY_MENTAL, 2, -1},
        {"34010319850615323162B1", "340103198506153231", "34010319850615323162B1", DISABILITY_MENTAL, 2, 1},
        {"34010319850615323162b0", "340103198506153231", "34010319850615323162B0", DISABILITY_MENTAL, 2, 0},
        {"'３４０１０３1985 0615 3231 62Ｂ9", "340103198506153231", "34010319850615323162B9", DISABILITY_MENTAL, 2, 9},
        {"34010319300815006x14", "34010319300815006X", "34010319300815006X14", DISABILITY_VISUAL, 4, -1},
        {"34010319300815006Х71", "34010319300815006X", "34010319300815006X71", DISABILITY_MULTIPLE, 1, -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct certificate_number number;
        enum err err = certificate_number_check(cases[i].text, cases[i].holder, reference_date, &number);
        if (err != ERR_NONE)
            fail_msg("%s: %s", cases[i].text, err_info(err)->code);
        assert_string_equal(number.text, cases[i].canonical);
        assert_int_equal(number.type, cases[i].type);
        assert_int_equal(number.grade, cases[i].grade);
        assert_int_equal(number.reissue, cases[i].reissue);
        assert_int_equal(certificate_number_check(cases[i].text, cases[i].holder, reference_date, NULL), ERR_NONE);
    }
}

static void test_refuses(void **state)
{
    static const char holder[] = "340103198506153231";
    struct {
        const char *text;
        const char *holder;
        enum err err;
    } cases[] = {
        {"", holder, ERR_CERTIFICATE_LENGTH},
        {NULL, holder, ERR_CERTIFICATE_LENGTH},
        {"340103198506153231", holder, ERR_CERTIFICATE_LENGTH},
        {"3401031985061532316", holder, ERR_CERTIFICATE_LENGTH},
        {"34010319850615323162B", holder, ERR_CERTIFICATE_LENGTH},
        {"34010319850615323162B12", holder, ERR_CERTIFICATE_LENGTH},
        {"3.40103E+19", holder, ERR_CERTIFICATE_LENGTH},
        {"3401031985061532316234010319850615323162", holder, ERR_CERTIFICATE_LENGTH},
        {"34010319850615323162\xFF", holder, ERR_CERTIFICATE_LENGTH},
        {"34010319850615323262", holder, ERR_CERTIFICATE_ID_NUMBER},
        {"34010319850230323162", holder, ERR_CERTIFICATE_ID_NUMBER},
        {"34010320850615323162", holder, ERR_CERTIFICATE_ID_NUMBER},
        {"3401031985061532ab62", holder, ERR_CERTIFICATE_ID_NUMBER},
        {"34010319850615300000", holder, ERR_CERTIFICATE_ID_NUMBER},
        {"34010319850615323102", holder, ERR_CERTIFICATE_KIND},
        {"34010319850615323182", holder, ERR_CERTIFICATE_KIND},
        {"34010319850615323160", holder, ERR_CERTIFICATE_KIND},
        {"34010319850615323165", holder, ERR_CERTIFICATE_KIND},
        {"340103198506153231X2", holder, ERR_CERTIFICATE_KIND},
        {"34010319850615323162C1", holder, ERR_CERTIFICATE_KIND},
        {"34010319850615323162BB", holder, ERR_CERTIFICATE_KIND},
        {"3401031985061532316211", holder, ERR_CERTIFICATE_KIND},
        {"34010319850615323162", "340103197001010011", ERR_CERTIFICATE_HOLDER},
        {"34010319850615323162", "", ERR_CERTIFICATE_HOLDER},
        {"34010319850615323162", NULL, ERR_CERTIFICATE_HOLDER},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct certificate_number number = {.grade = 99};
        enum err err = certificate_number_check(cases[i].text, cases[i].holder, reference_date, &number);
        if (err != cases[i].err)
            fail_msg("%s: %s", cases[i].text, err_info(err)->code);
        assert_int_equal(number.grade, 99);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_accepts), cmocka_unit_test(test_refuses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
