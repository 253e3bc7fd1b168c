/* Code points that mean the same ideograph: compatibility ideographs, Kangxi radicals (text copied from PDF
 * files) and the 25 private-use code points that older GB18030 tables gave for characters standardised since.
 * For matching only. */
#ifndef HUIMIN_IDEOGRAPH_FOLD_H
#define HUIMIN_IDEOGRAPH_FOLD_H

#include <stdint.h>

/* The standard code point; the same one when there is nothing to fold. */
uint32_t ideograph_fold(uint32_t code_point);

#endif
