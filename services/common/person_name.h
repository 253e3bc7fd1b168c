/* Personal names. The canonical form is stored and sent to the bank, which compares it character by
 * character; the folded form is for matching only and never stored as the name. Separator: U+00B7, at most 50
 * characters (民委发〔2016〕33号). */
#ifndef HUIMIN_PERSON_NAME_H
#define HUIMIN_PERSON_NAME_H

#include "err.h"

#include <stdbool.h>

enum { PERSON_NAME_CHARS_MAX = 50, PERSON_NAME_SIZE = 4 * PERSON_NAME_CHARS_MAX + 1 };

/* Brings UTF-8 text into canonical form: blanks, tabs, zero-width characters, byte order marks and one
 * leading apostrophe at the ends go; blanks inside go when the name is Chinese only and collapse to one space
 * otherwise; every kind of middle dot between letters, and a full stop between Chinese characters, becomes
 * U+00B7. No character is replaced by a look-alike. Errors: ERR_REQUIRED (nothing left), ERR_TOO_LONG,
 * ERR_BAD_NAME (not UTF-8; control characters, digits, symbols; ASCII punctuation other than . ' - and space;
 * a separator that does not stand between letters). */
enum err person_name_canonical(const char *text, char ret_name[PERSON_NAME_SIZE]);

/* Folds a canonical name for comparison: compatibility ideographs and Kangxi radicals become unified
 * ideographs, the 25 private-use code points of older GB18030 tables their standard ones, full-width letters
 * ASCII, ASCII letters upper case; spaces and variation selectors go. Traditional, simplified and variant
 * characters stay different. False, with an empty result, when the name is not UTF-8 or has more than
 * PERSON_NAME_CHARS_MAX characters. */
bool person_name_fold(const char *name, char ret_folded[PERSON_NAME_SIZE]);

/* Whether private-use code points remain after folding (fonts of the police once used them): a person must
 * look. */
bool person_name_needs_review(const char *name);

/* Masks a canonical name for screens and lists: 张三丰 -> 张*丰, 李四 -> 李*, 欧阳锋 -> 欧阳*, 阿不都·热西提
 * -> 阿*·热*, Mary Ann Lee -> M* A* L*, one character -> *. Text that is no such name becomes "*". Characters
 * stay whole, combining marks stay with their letter. */
void person_name_mask(const char *name, char ret_masked[PERSON_NAME_SIZE]);

#endif
