#include "bank_number.h"

#include "text.h"

#include <string.h>

enum err bank_number_check(const char *text, char ret_number[BANK_NUMBER_SIZE])
{
    char number[BANK_NUMBER_SIZE];
    if (!text_fold_code(text, number, sizeof(number)) || !text_is_digits(number) ||
        strlen(number) != BANK_NUMBER_LENGTH)
        return ERR_BANK_NUMBER;
    int product = 10;
    for (int i = 0; i < BANK_NUMBER_LENGTH - 1; i++) {
        int sum = (product + number[i] - '0') % 10;
        product = 2 * (sum == 0 ? 10 : sum) % 11;
    }
    if ((11 - product) % 10 != number[BANK_NUMBER_LENGTH - 1] - '0')
        return ERR_BANK_NUMBER;
    if (ret_number != NULL)
        memcpy(ret_number, number, BANK_NUMBER_SIZE);
    return ERR_NONE;
}
