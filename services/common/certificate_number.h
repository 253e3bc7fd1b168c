/* Numbers of the disability certificate (残疾人证): identity number (18), type (1), grade (1), and after a
 * re-issue the suffix B and a digit: 20 or 22 characters. The number changes with each re-assessment: it is
 * no key of a person. */
#ifndef HUIMIN_CERTIFICATE_NUMBER_H
#define HUIMIN_CERTIFICATE_NUMBER_H

#include "date.h"
#include "err.h"

/* GB/T 26341-2010; the digit of the number. */
enum disability_type {
    DISABILITY_VISUAL = 1,
    DISABILITY_HEARING = 2,
    DISABILITY_SPEECH = 3,
    DISABILITY_PHYSICAL = 4,
    DISABILITY_INTELLECTUAL = 5,
    DISABILITY_MENTAL = 6,
    DISABILITY_MULTIPLE = 7
};

enum { CERTIFICATE_NUMBER_SIZE = 23 };

struct certificate_number {
    char text[CERTIFICATE_NUMBER_SIZE]; /* canonical */
    enum disability_type type;
    int grade;   /* 1 (heaviest) to 4 */
    int reissue; /* digit after B; -1 without suffix */
};

/* Checks a number, normalised as identity numbers are (b becomes B too), against the holder's canonical
 * identity number. ret_number (may be NULL) is set on success only. The errors, in order:
 * - ERR_CERTIFICATE_LENGTH: not 20 or 22 characters.
 * - ERR_CERTIFICATE_ID_NUMBER: the first 18 are no valid identity number on reference_date, check digit
 * included. An ending of 000 is no error here, because the holder's own number proves it.
 * - ERR_CERTIFICATE_KIND: type not 1 to 7, grade not 1 to 4, or a suffix other than B and a digit.
 * - ERR_CERTIFICATE_HOLDER: another person's identity number. */
enum err certificate_number_check(const char *text, const char *holder_id_number, struct date reference_date,
                                  struct certificate_number *ret_number);

#endif
