/* Rules about people that need no database. */
#ifndef HUIMIN_PERSON_H
#define HUIMIN_PERSON_H

#include "date.h"
#include "err.h"
#include "person_name.h"

#include <stdbool.h>

enum { PERSON_PURPOSE_CHARS_MIN = 5, PERSON_PURPOSE_CHARS_MAX = 200, PERSON_PURPOSE_DIGITS_MAX = 9 };

/* Whether a stated purpose of a clear view may go into the audit log: UTF-8 text of 5 to 200 characters
 * without control characters and without a run of ten or more digits, so that it names a reason and not a
 * person. */
bool person_purpose_is_valid(const char *purpose);

/* Canonical and folded name. Errors of person_name_canonical(). */
enum err person_read_name(const char *text, char ret_name[PERSON_NAME_SIZE], char ret_folded[PERSON_NAME_SIZE]);

/* Whether a date of death is possible: ERR_BEFORE_BIRTH, or ERR_OUT_OF_RANGE after today. */
enum err person_check_death(struct date death, struct date birth, struct date today);

#endif
