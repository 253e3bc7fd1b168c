/* Unified social credit codes of institutions (统一社会信用代码, GB 32100-2015), with the organisation code
 * they contain (characters 9 to 17, GB 11714). */
#ifndef HUIMIN_CREDIT_CODE_H
#define HUIMIN_CREDIT_CODE_H

#include "err.h"

enum { CREDIT_CODE_LENGTH = 18, CREDIT_CODE_SIZE = 19 };

/* Folds the text (see text_fold_code; letters to upper case) and checks alphabet and both check characters;
 * ret_code (may be NULL) gets the canonical 18 characters on success. ERR_CREDIT_CODE for anything else. The
 * registering authority's prefix is not checked: its list grows. */
enum err credit_code_check(const char *text, char ret_code[CREDIT_CODE_SIZE]);

#endif
