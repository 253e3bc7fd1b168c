#include "phone.h"

#include "text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { MOBILE_DIGITS = 11 };

/* Copies the digits of a folded number without hyphens and brackets. False for other characters or too many
 * digits. */
static bool copy_digits(const char *folded, char *ret_digits, size_t size)
{
    size_t count = 0;
    for (; *folded != '\0'; folded++) {
        if (*folded == '-' || *folded == '(' || *folded == ')')
            continue;
        if (*folded < '0' || *folded > '9' || count + 1 == size)
            return false;
        ret_digits[count++] = *folded;
    }
    ret_digits[count] = '\0';
    return count > 0;
}

static bool is_mobile(const char *digits)
{
    return strlen(digits) == MOBILE_DIGITS && digits[0] == '1' && digits[1] >= '3';
}

/* The length of the area code with its leading 0: three for Beijing and 02x, else four. 0 when there is none.
 */
static size_t area_digits(const char *digits)
{
    if (digits[0] != '0')
        return 0;
    if (strncmp(digits, "010", 3) == 0 || digits[1] == '2')
        return 3;
    return digits[1] >= '3' ? 4 : 0;
}

static bool is_landline(const char *digits, size_t *ret_area)
{
    size_t area = area_digits(digits);
    size_t length = strlen(digits);
    if (area == 0 || length <= area)
        return false;
    size_t subscriber = length - area;
    *ret_area = area;
    return (subscriber == 8 || (subscriber == 7 && area == 4)) && digits[area] >= '2' && digits[area] <= '8';
}

enum err phone_normalise(const char *text, char ret_phone[PHONE_SIZE])
{
    char folded[40];
    char buffer[PHONE_SIZE];
    char *digits = buffer + 1; /* one place in front for the 0 that a country code replaces */
    size_t area;
    ret_phone[0] = '\0';
    if (!text_fold_code(text, folded, sizeof(folded)))
        return ERR_BAD_PHONE;
    const char *number = folded;
    bool foreign_form = strncmp(number, "+86", 3) == 0 || strncmp(number, "0086", 4) == 0;
    if (foreign_form)
        number += number[0] == '+' ? 3 : 4;
    if (!copy_digits(number, digits, sizeof(buffer) - 1))
        return ERR_BAD_PHONE;
    if (strncmp(digits, "86", 2) == 0 && is_mobile(digits + 2))
        digits += 2;
    if (is_mobile(digits)) {
        memcpy(ret_phone, digits, MOBILE_DIGITS + 1);
        return ERR_NONE;
    }
    if (foreign_form && digits[0] != '0')
        *--digits = '0';
    if (!is_landline(digits, &area))
        return ERR_BAD_PHONE;
    memcpy(ret_phone, digits, area);
    ret_phone[area] = '-';
    memcpy(ret_phone + area + 1, digits + area, strlen(digits + area) + 1);
    return ERR_NONE;
}

void phone_mask(const char *phone, char ret_masked[PHONE_SIZE])
{
    size_t length = phone == NULL ? 0 : strlen(phone);
    const char *hyphen = phone == NULL ? NULL : strchr(phone, '-');
    snprintf(ret_masked, PHONE_SIZE, "****");
    if (hyphen != NULL && length < PHONE_SIZE && length - (size_t)(hyphen - phone) > 5) {
        size_t kept = (size_t)(hyphen - phone) + 1;
        memcpy(ret_masked, phone, kept);
        memset(ret_masked + kept, '*', length - kept - 4);
        memcpy(ret_masked + length - 4, phone + length - 4, 5);
    } else if (length == MOBILE_DIGITS && is_mobile(phone)) {
        memcpy(ret_masked, phone, 3);
        memset(ret_masked + 3, '*', 4);
        memcpy(ret_masked + 7, phone + 7, 5);
    }
}
