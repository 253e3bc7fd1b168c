/* How the rules that come with a format decide. The shipped rules are tested where they live:
 * tests/api/test_bank_formats.py. */
#include "bank_reason.h"
#include "sample_format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void texts_decide_before_codes(void **state)
{
    static const struct {
        const char *code;
        const char *text;
        const char *reason;
    } cases[] = {
        {"RJ11", "", "STATUS"},
        {"RJ11", "账户已销户", "CLOSED"},
        {"RJ02", "账户状态异常！", "STATUS"},
        {"", "户名不符,原户名为[销户]", "NAME_MISMATCH"}, /* the first rule that fits */
        {"", "查找账号[6217]信息错", "NO_ACCOUNT"},
        {"", "再次查找账号", "OTHER"}, /* a prefix stands in front */
        {"rj02", "", "OTHER"},
        {"RJ021", "", "OTHER"},
        {"", "", ""},
    };
    (void)state;
    struct bank_format format = sample_format();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(bank_reason_normalise(&format, cases[i].code, cases[i].text), cases[i].reason);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(texts_decide_before_codes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
