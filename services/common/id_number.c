#include "id_number.h"

#include "text.h"
#include "utf8.h"

#include <string.h>

/* The multiplication sign and the Cyrillic letters that stand where the check character X belongs. */
static bool is_x_lookalike(uint32_t code_point)
{
    return code_point == 'x' || code_point == 0x00D7 || code_point == 0x0425 || code_point == 0x0445 ||
           code_point == 0xFF58;
}

bool id_number_normalise(const char *text, char ret_text[ID_NUMBER_NORMAL_SIZE])
{
    /* Room for the invisible characters that lists carry along; folding drops them. */
    char replaced[4 * ID_NUMBER_NORMAL_SIZE];
    size_t length = text == NULL ? 0 : strlen(text);
    size_t written = 0;
    ret_text[0] = '\0';
    for (size_t at = 0; at < length;) {
        uint32_t code_point;
        int bytes = utf8_decode(text + at, length - at, &code_point);
        if (bytes <= 0)
            return false;
        char encoded[UTF8_BYTES_MAX];
        size_t taken = utf8_encode(is_x_lookalike(code_point) ? 'X' : code_point, encoded);
        if (written + taken >= sizeof(replaced))
            return false;
        memcpy(replaced + written, encoded, taken);
        written += taken;
        at += (size_t)bytes;
    }
    replaced[written] = '\0';
    return text_fold_code(replaced, ret_text, ID_NUMBER_NORMAL_SIZE);
}

char id_number_check_character(const char *digits)
{
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (int i = 0; i < ID_NUMBER_LENGTH - 1; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return '\0';
        sum += (digits[i] - '0') * weights[i];
    }
    return "10X98765432"[sum % 11];
}

static bool is_province(const char *code)
{
    static const char provinces[] = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 "
                                    "50 51 52 53 54 61 62 63 64 65 71 ";
    for (const char *known = provinces; *known != '\0'; known += 3) {
        if (known[0] == code[0] && known[1] == code[1])
            return true;
    }
    return false;
}

/* Finds the kind of number by its first digits; false when there is no such province. */
static bool find_kind(const char *number, enum id_number_kind *ret_kind)
{
    if (number[0] == '9') {
        *ret_kind = ID_NUMBER_FOREIGNER;
        return is_province(number + 1);
    }
    if (number[0] == '8') {
        *ret_kind = ID_NUMBER_HK_MACAO_TAIWAN;
        return number[1] >= '1' && number[1] <= '3';
    }
    *ret_kind = ID_NUMBER_CITIZEN;
    return is_province(number);
}

static bool birth_is_plausible(struct date birth, struct date reference_date)
{
    int age_years = date_age_years(birth, reference_date);
    return age_years >= 0 && age_years <= ID_NUMBER_AGE_YEARS_MAX;
}

static bool only_digits(const char *text, size_t count)
{
    return strspn(text, "0123456789") >= count;
}

static enum err check(const char *text, struct date reference_date, bool typed, struct id_number *ret_number)
{
    char number[ID_NUMBER_NORMAL_SIZE];
    struct id_number result = {0};
    if (!id_number_normalise(text, number))
        return ERR_ID_NUMBER_LENGTH;
    if (text_is_exponent(number))
        return ERR_ID_NUMBER_EXCEL_DAMAGE;
    if (strlen(number) != ID_NUMBER_LENGTH)
        return ERR_ID_NUMBER_LENGTH;
    if (!only_digits(number, ID_NUMBER_LENGTH - 1) || strchr("0123456789X", number[ID_NUMBER_LENGTH - 1]) == NULL)
        return ERR_ID_NUMBER_CHARACTERS;
    bool sound = id_number_check_character(number) == number[ID_NUMBER_LENGTH - 1];
    if (strcmp(number + ID_NUMBER_LENGTH - 3, "000") == 0 && !(typed && sound))
        return ERR_ID_NUMBER_EXCEL_DAMAGE;
    if (!find_kind(number, &result.kind))
        return ERR_ID_NUMBER_PROVINCE;
    char birth[DATE_COMPACT_SIZE] = {0};
    memcpy(birth, number + 6, sizeof(birth) - 1);
    if (!date_parse_compact(birth, &result.birth) || !birth_is_plausible(result.birth, reference_date))
        return ERR_ID_NUMBER_BIRTH_DATE;
    if (!sound)
        return ERR_ID_NUMBER_CHECK_DIGIT;
    memcpy(result.text, number, ID_NUMBER_SIZE);
    result.sex = (number[16] - '0') % 2 == 1 ? SEX_MALE : SEX_FEMALE;
    if (ret_number != NULL)
        *ret_number = result;
    return ERR_NONE;
}

enum err id_number_check(const char *text, struct date reference_date, struct id_number *ret_number)
{
    return check(text, reference_date, false, ret_number);
}

enum err id_number_check_typed(const char *text, struct date reference_date, struct id_number *ret_number)
{
    return check(text, reference_date, true, ret_number);
}

bool id_number_from_15(const char *text, char ret_text[ID_NUMBER_SIZE])
{
    char number[ID_NUMBER_NORMAL_SIZE];
    ret_text[0] = '\0';
    if (!id_number_normalise(text, number) || strlen(number) != 15 || !only_digits(number, 15))
        return false;
    bool centenarian = strncmp(number + 12, "996", 3) >= 0;
    memcpy(ret_text, number, 6);
    memcpy(ret_text + 6, centenarian ? "18" : "19", 2);
    memcpy(ret_text + 8, number + 6, 9);
    ret_text[17] = id_number_check_character(ret_text);
    ret_text[18] = '\0';
    return true;
}

enum err id_number_check_sought(const char *text, struct date reference_date, struct id_number *ret_number)
{
    char converted[ID_NUMBER_SIZE];
    return id_number_check_typed(id_number_from_15(text, converted) ? converted : text, reference_date, ret_number);
}

void id_number_mask(const char *canonical, char ret_text[ID_NUMBER_SIZE])
{
    memset(ret_text, '*', ID_NUMBER_LENGTH);
    ret_text[ID_NUMBER_LENGTH] = '\0';
    if (canonical == NULL || strlen(canonical) != ID_NUMBER_LENGTH || !only_digits(canonical, ID_NUMBER_LENGTH - 1))
        return;
    memcpy(ret_text, canonical, 6);
    memcpy(ret_text + 14, canonical + 14, 4);
}
