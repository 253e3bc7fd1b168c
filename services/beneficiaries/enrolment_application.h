/* What an application says, when it is made and when it is submitted again. */
#ifndef HUIMIN_ENROLMENT_APPLICATION_H
#define HUIMIN_ENROLMENT_APPLICATION_H

#include "call.h"
#include "date.h"

struct enrolment_application {
    const char *item;
    const char *tier; /* NULL: none named */
    struct date applied_on;
    struct date starts_on; /* year 0: follows from the item's rule; the same for consent_on: none */
    struct date consent_on;
    struct date birth;
};

/* Notes what is wrong at /applied_on, /consent_on, /item, /tier and /starts_on. *ret_starts_on: the first month, year 0
 * while it follows from the approval. */
enum err enrolment_application_check(struct call *call, const struct enrolment_application *application,
                                     struct date *ret_starts_on);

#endif
