/* The words of explanations, one table in two languages. Texts hold {names} that explanation_fill() replaces. */
#ifndef HUIMIN_EXPLANATION_TEXT_H
#define HUIMIN_EXPLANATION_TEXT_H

#include "buffer.h"

#include <stddef.h>

enum explanation_language { EXPLANATION_ZH, EXPLANATION_EN };

/* The text of `group`.`code`, such as "stop" and "dead"; NULL when there is none (code NULL too). Static. */
const char *explanation_text(enum explanation_language language, const char *group, const char *code);

struct explanation_value {
    const char *name;
    const char *text;
};

/* Appends the text with each {name} replaced by the value of that name (NULL: by nothing). A name without a value
 * aborts: texts and their writers belong together. */
void explanation_fill(struct buffer *out, const char *text, const struct explanation_value *values, size_t count);

#endif
