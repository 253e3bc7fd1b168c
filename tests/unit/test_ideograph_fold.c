#include "ideograph_fold.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_vectors(void **state)
{
    static const uint32_t pairs[][2] = {
        {0xF9DC, 0x9686},   {0xFA0C, 0x5140},  {0xF900, 0x8C48}, {0xFAD9, 0x9F8E},  {0x2F800, 0x4E3D},
        {0x2FA1D, 0x2A600}, {0x2F00, 0x4E00},  {0x2FD5, 0x9FA0}, {0xE78D, 0xFE10},  {0xE78E, 0xFE12},
        {0xE78F, 0xFE11},   {0xE790, 0xFE13},  {0xE791, 0xFE14}, {0xE792, 0xFE15},  {0xE793, 0xFE16},
        {0xE794, 0xFE17},   {0xE795, 0xFE18},  {0xE796, 0xFE19}, {0xE7C7, 0x1E3F},  {0xE816, 0x20087},
        {0xE817, 0x20089},  {0xE818, 0x200CC}, {0xE81E, 0x9FB4}, {0xE826, 0x9FB5},  {0xE82B, 0x9FB6},
        {0xE82C, 0x9FB7},   {0xE831, 0x215D7}, {0xE832, 0x9FB8}, {0xE83B, 0x2298F}, {0xE843, 0x9FB9},
        {0xE854, 0x9FBA},   {0xE855, 0x241FE}, {0xE864, 0x9FBB}};
    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        assert_int_equal(ideograph_fold(pairs[i][0]), pairs[i][1]);
}

/* Folding is finished after one step, and touches nothing outside its blocks. */
static void test_all_code_points(void **state)
{
    int folded = 0;
    (void)state;
    for (uint32_t code_point = 0; code_point <= 0x10FFFF; code_point++) {
        uint32_t target = ideograph_fold(code_point);
        if (target == code_point)
            continue;
        folded++;
        assert_int_equal(ideograph_fold(target), target);
        assert_true((code_point >= 0x2F00 && code_point <= 0x2FD5) || (code_point >= 0xE78D && code_point <= 0xE864) ||
                    (code_point >= 0xF900 && code_point <= 0xFAD9) || (code_point >= 0x2F800 && code_point <= 0x2FA1D));
    }
    assert_int_equal(folded, 1241);
    /* variants stay different people's names; U+FA0E and U+FA29 are no compatibility ideographs in spite of
     * their block */
    static const uint32_t kept[] = {0x6237, 0x6236, 0x6238, 0xFA0E, 0xFA29, 0x3007, 0x25CB, 0xE000, 0xE865, 'A'};
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
        assert_int_equal(ideograph_fold(kept[i]), kept[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_vectors), cmocka_unit_test(test_all_code_points)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
