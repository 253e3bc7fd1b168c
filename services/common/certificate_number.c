#include "certificate_number.h"

#include "id_number.h"

#include <string.h>

enum { PLAIN_LENGTH = 20, REISSUE_LENGTH = 22, TYPE_AT = 18, GRADE_AT = 19, SUFFIX_AT = 20 };

static bool kind_ok(const char *number, size_t length)
{
    if (number[TYPE_AT] < '1' || number[TYPE_AT] > '7' || number[GRADE_AT] < '1' || number[GRADE_AT] > '4')
        return false;
    if (length == PLAIN_LENGTH)
        return true;
    return number[SUFFIX_AT] == 'B' && number[SUFFIX_AT + 1] >= '0' && number[SUFFIX_AT + 1] <= '9';
}

enum err certificate_number_check(const char *text, const char *holder_id_number, struct date reference_date,
                                  struct certificate_number *ret_number)
{
    char number[ID_NUMBER_NORMAL_SIZE];
    char id_text[ID_NUMBER_SIZE] = {0};
    if (!id_number_normalise(text, number))
        return ERR_CERTIFICATE_LENGTH;
    size_t length = strlen(number);
    if (length != PLAIN_LENGTH && length != REISSUE_LENGTH)
        return ERR_CERTIFICATE_LENGTH;
    memcpy(id_text, number, ID_NUMBER_LENGTH);
    if (id_number_check_typed(id_text, reference_date, NULL) != ERR_NONE)
        return ERR_CERTIFICATE_ID_NUMBER;
    if (length == REISSUE_LENGTH && number[SUFFIX_AT] == 'b')
        number[SUFFIX_AT] = 'B';
    if (!kind_ok(number, length))
        return ERR_CERTIFICATE_KIND;
    if (holder_id_number == NULL || strcmp(id_text, holder_id_number) != 0)
        return ERR_CERTIFICATE_HOLDER;
    if (ret_number != NULL) {
        memcpy(ret_number->text, number, length + 1);
        ret_number->type = (enum disability_type)(number[TYPE_AT] - '0');
        ret_number->grade = number[GRADE_AT] - '0';
        ret_number->reissue = length == REISSUE_LENGTH ? number[SUFFIX_AT + 1] - '0' : -1;
    }
    return ERR_NONE;
}
