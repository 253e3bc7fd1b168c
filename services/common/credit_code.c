#include "credit_code.h"

#include "text.h"

#include <stdbool.h>
#include <string.h>

static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

enum { ORGANISATION_AT = 8, ORGANISATION_DIGITS = 8 };

static int value_in_code(char character)
{
    return (int)(strchr(alphabet, character) - alphabet);
}

/* GB 11714 counts through the whole alphabet, unlike the code around it. */
static int value_in_organisation(char character)
{
    return character <= '9' ? character - '0' : character - 'A' + 10;
}

static bool organisation_ok(const char *organisation)
{
    static const int weights[ORGANISATION_DIGITS] = {3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (int i = 0; i < ORGANISATION_DIGITS; i++)
        sum += value_in_organisation(organisation[i]) * weights[i];
    return "0X987654321"[sum % 11] == organisation[ORGANISATION_DIGITS];
}

enum err credit_code_check(const char *text, char ret_code[CREDIT_CODE_SIZE])
{
    static const int weights[] = {1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28};
    char code[CREDIT_CODE_SIZE];
    if (!text_fold_code(text, code, sizeof(code)) || strlen(code) != CREDIT_CODE_LENGTH)
        return ERR_CREDIT_CODE;
    for (char *at = code; *at != '\0'; at++) {
        if (*at >= 'a' && *at <= 'z')
            *at = (char)(*at - 'a' + 'A');
    }
    if (code[strspn(code, alphabet)] != '\0' || !organisation_ok(code + ORGANISATION_AT))
        return ERR_CREDIT_CODE;
    int sum = 0;
    for (int i = 0; i < CREDIT_CODE_LENGTH - 1; i++)
        sum += value_in_code(code[i]) * weights[i];
    if ((31 - sum % 31) % 31 != value_in_code(code[CREDIT_CODE_LENGTH - 1]))
        return ERR_CREDIT_CODE;
    if (ret_code != NULL)
        memcpy(ret_code, code, CREDIT_CODE_SIZE);
    return ERR_NONE;
}
