/* Telephone numbers of mainland China: mobile (11 digits, 13 to 19) and landline (area code and 7 or 8
 * digits). */
#ifndef HUIMIN_PHONE_H
#define HUIMIN_PHONE_H

#include "err.h"

enum { PHONE_SIZE = 16 };

/* Folds the text (see text_fold_code), drops hyphens, brackets and a country code (+86, 0086, 86 before a
 * mobile number), and writes 13812345678 or 0551-62345678. ERR_BAD_PHONE, with an empty result, for anything
 * else. */
enum err phone_normalise(const char *text, char ret_phone[PHONE_SIZE]);

/* Masks a normalised number: 138****5678, 0551-****5678. Anything else becomes "****". */
void phone_mask(const char *phone, char ret_masked[PHONE_SIZE]);

#endif
