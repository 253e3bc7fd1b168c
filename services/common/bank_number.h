/* CNAPS bank numbers (联行号): bank (3), city (4), branch (4), check digit (ISO 7064 MOD 11,10). */
#ifndef HUIMIN_BANK_NUMBER_H
#define HUIMIN_BANK_NUMBER_H

#include "err.h"

enum { BANK_NUMBER_LENGTH = 12, BANK_NUMBER_SIZE = 13 };

/* Folds the text (see text_fold_code) and checks it; ret_number (may be NULL) gets the 12 digits on success.
 * ERR_BANK_NUMBER for anything else, a lost leading zero included. */
enum err bank_number_check(const char *text, char ret_number[BANK_NUMBER_SIZE]);

#endif
