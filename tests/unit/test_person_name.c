#include "person_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "utf8.h"

#include <stdio.h>
#include <string.h>

static void test_canonical(void **state)
{
    static const char *const cases[][2] = {
        {"张三", "张三"},
        {"张　三", "张三"},
        {" 张 三\t", "张三"},
        {"'张三", "张三"},
        {"\uFEFF'张三\r\n", "张三"},
        {"张\u200B三\u200E\u00A0", "张三"},
        {"阿不都·热西提", "阿不都·热西提"},
        {"阿不都•热西提", "阿不都·热西提"},
        {"阿不都‧热西提", "阿不都·热西提"},
        {"阿不都・热西提", "阿不都·热西提"},
        {"阿不都･热西提", "阿不都·热西提"},
        {"阿不都∙热西提", "阿不都·热西提"},
        {"阿不都．热西提", "阿不都·热西提"},
        {"阿不都.热西提", "阿不都·热西提"},
        {"阿不都﹒热西提", "阿不都·热西提"},
        {"阿不都。热西提", "阿不都·热西提"},
        {"阿不都 · 热西提", "阿不都·热西提"},
        {"阿不都\u3000.\u3000热西提", "阿不都·热西提"},
        {"买买提·阿不都·热西提", "买买提·阿不都·热西提"},
        {"李䶮", "李䶮"},
        {"王㛃", "王㛃"},
        {"陈𬭊", "陈𬭊"},
        {"〇喆堃", "〇喆堃"},
        {"佐々木", "佐々木"},
        {"隆\uF9DC", "隆\uF9DC"},
        {"张\uE864", "张\uE864"},
        {"葛\U000E0100城", "葛\U000E0100城"},
        {"Mary  Ann\u3000Lee", "Mary Ann Lee"},
        {" John  Smith ", "John Smith"},
        {"J. Smith", "J. Smith"},
        {"Anne-Marie O'Neil", "Anne-Marie O'Neil"},
        {"Anne • Marie", "Anne·Marie"},
        {"José Núñez", "José Núñez"},
        {"Jose\u0301", "Jose\u0301"},
        {"Иван Петров", "Иван Петров"},
        {"ئالىم ئابدۇللا", "ئالىم ئابدۇللا"},
        {"བསྟན་འཛིན", "བསྟན་འཛིན"},
        {"李 Mary", "李 Mary"},
        {"李", "李"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char name[PERSON_NAME_SIZE];
        char again[PERSON_NAME_SIZE];
        enum err err = person_name_canonical(cases[i][0], name);
        if (err != ERR_NONE)
            fail_msg("%s: %s", cases[i][0], err_info(err)->code);
        assert_string_equal(name, cases[i][1]);
        assert_int_equal(person_name_canonical(name, again), ERR_NONE);
        assert_string_equal(again, name);
    }
}

static void test_canonical_refuses(void **state)
{
    struct {
        const char *text;
        enum err err;
    } cases[] = {
        {NULL, ERR_REQUIRED},
        {"", ERR_REQUIRED},
        {" \u3000\u200B\t", ERR_REQUIRED},
        {"'", ERR_REQUIRED},
        {"张三1", ERR_BAD_NAME},
        {"张三１", ERR_BAD_NAME},
        {"张三?", ERR_BAD_NAME},
        {"张三\uFFFD", ERR_BAD_NAME},
        {"张\x01三", ERR_BAD_NAME},
        {"张\x7F三", ERR_BAD_NAME},
        {"张\xC2\x85三", ERR_BAD_NAME},
        {"张\xFF三", ERR_BAD_NAME},
        {"张三\xE4\xB8", ERR_BAD_NAME},
        {"=张三", ERR_BAD_NAME},
        {"张,三", ERR_BAD_NAME},
        {"张三(父)", ERR_BAD_NAME},
        {"张三（父）", ERR_BAD_NAME},
        {"张三、李四", ERR_BAD_NAME},
        {"张○三", ERR_BAD_NAME},
        {"张*三", ERR_BAD_NAME},
        {"张_三", ERR_BAD_NAME},
        {"张😀", ERR_BAD_NAME},
        {"·张三", ERR_BAD_NAME},
        {"张三·", ERR_BAD_NAME},
        {"阿··热", ERR_BAD_NAME},
        {"张三。", ERR_BAD_NAME},
        {".张三", ERR_BAD_NAME},
        {"-", ERR_BAD_NAME},
        {"-Ann", ERR_BAD_NAME},
        {"Ann-", ERR_BAD_NAME},
        {"Ann--Marie", ERR_BAD_NAME},
        {"Mary。Lee", ERR_BAD_NAME},
        {"\u0301a", ERR_BAD_NAME},
        {"A × B", ERR_BAD_NAME},
        {"٣", ERR_BAD_NAME},
        {"J..", ERR_BAD_NAME},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char name[PERSON_NAME_SIZE] = "kept";
        enum err err = person_name_canonical(cases[i].text, name);
        if (err != cases[i].err)
            fail_msg("%s: %s", cases[i].text, err_info(err)->code);
        assert_string_equal(name, "");
    }
}

/* 50 characters of four bytes are a name, also with padding; 51 are not. */
static void test_length(void **state)
{
    char text[1600] = "";
    char name[PERSON_NAME_SIZE];
    (void)state;
    for (int i = 0; i < PERSON_NAME_CHARS_MAX; i++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s", i % 2 ? "𬭊　" : " 𬭊");
    assert_int_equal(person_name_canonical(text, name), ERR_NONE);
    assert_int_equal(utf8_length_chars(name), PERSON_NAME_CHARS_MAX);
    assert_int_equal(strlen(name), PERSON_NAME_SIZE - 1);
    snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s", "𬭊");
    assert_int_equal(person_name_canonical(text, name), ERR_TOO_LONG);
    memset(text, ' ', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_int_equal(person_name_canonical(text, name), ERR_TOO_LONG);
}

static void test_fold(void **state)
{
    static const char *const same[][2] = {
        {"\uF9DC", "隆"},
        {"张\uFA0C", "张兀"},
        {"张\uE864", "张\u9FBB"},
        {"张\uE816", "张\U00020087"},
        {"\uE7C7", "\u1E3F"},
        {"⼀⽂", "一文"},
        {"Ｍａｒｙ", "MARY"},
        {"Mary Ann Lee", "MARYANNLEE"},
        {"mary ann lee", "MARYANNLEE"},
        {"葛\U000E0100城", "葛城"},
        {"O’Neil", "O'NEIL"},
    };
    static const char *const different[][2] = {
        {"户", "戶"}, {"户", "戸"}, {"戶", "戸"}, {"张三", "張三"}, {"阿不都·热西提", "阿不都热西提"}, {"〇", "零"}};
    char a[PERSON_NAME_SIZE];
    char b[PERSON_NAME_SIZE];
    (void)state;
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        assert_true(person_name_fold(same[i][0], a));
        assert_string_equal(a, same[i][1]);
    }
    for (size_t i = 0; i < sizeof(different) / sizeof(different[0]); i++) {
        assert_true(person_name_fold(different[i][0], a));
        assert_true(person_name_fold(different[i][1], b));
        assert_string_not_equal(a, b);
    }
    assert_false(person_name_fold("\xFF", a));
    assert_string_equal(a, "");
}

static void test_needs_review(void **state)
{
    (void)state;
    assert_false(person_name_needs_review("张三"));
    assert_false(person_name_needs_review("张\uE864"));
    assert_false(person_name_needs_review("葛\U000E0100城"));
    assert_false(person_name_needs_review("葛\U000E01EF城"));
    assert_true(person_name_needs_review("张\uF8FF"));
    assert_true(person_name_needs_review("张\xFF"));
    assert_true(person_name_needs_review("张\uE000"));
    assert_true(person_name_needs_review("张\uE865"));
    assert_true(person_name_needs_review("张\U000F0000"));
    assert_true(person_name_needs_review("张\U0010FFFD"));
}

static void test_mask(void **state)
{
    static const char *const cases[][2] = {
        {"张三丰", "张*丰"},
        {"李四", "李*"},
        {"李", "*"},
        {"欧阳锋", "欧阳*"},
        {"欧阳", "欧*"},
        {"欧阳娜娜", "欧阳*娜"},
        {"司馬相如", "司馬*如"},
        {"张王小明", "张**明"},
        {"阿不都·热西提", "阿*·热*"},
        {"买买提·阿不都·热", "买*·阿*·*"},
        {"李䶮", "李*"},
        {"𬭊𫖯𪟝", "𬭊*𪟝"},
        {"葛\U000E0100一城", "葛\U000E0100*城"},
        {"Mary Ann Lee", "M* A* L*"},
        {"Mary", "M*"},
        {"E\u0301va Lee", "E\u0301* L*"},
        {"", "*"},
        {"\xFF", "*"},
    };
    char masked[PERSON_NAME_SIZE];
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        person_name_mask(cases[i][0], masked);
        assert_string_equal(masked, cases[i][1]);
    }
    person_name_mask(NULL, masked);
    assert_string_equal(masked, "*");
}

/* No mask shows a whole name, and none is longer than its name or more than its size. */
static void test_mask_hides(void **state)
{
    static const char *const letters[] = {"张", "欧", "阳", "·", " ", "a", "𬭊", "\u0301"};
    (void)state;
    for (int number = 0; number < 8 * 8 * 8 * 8; number++) {
        char text[64] = "";
        char name[PERSON_NAME_SIZE];
        char masked[PERSON_NAME_SIZE];
        for (int rest = number, i = 0; i < 4; i++, rest /= 8)
            snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s", letters[rest % 8]);
        if (person_name_canonical(text, name) != ERR_NONE)
            continue;
        person_name_mask(name, masked);
        assert_string_not_equal(masked, name);
        assert_non_null(strchr(masked, '*'));
        assert_true(utf8_is_valid(masked, strlen(masked)));
        assert_true(utf8_length_chars(masked) <= utf8_length_chars(name));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_canonical),  cmocka_unit_test(test_canonical_refuses), cmocka_unit_test(test_length),
        cmocka_unit_test(test_fold),       cmocka_unit_test(test_needs_review),      cmocka_unit_test(test_mask),
        cmocka_unit_test(test_mask_hides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
