/* Handlers of /beneficiaries/enrolments/{id}/reviews. */
#ifndef HUIMIN_REVIEW_API_H
#define HUIMIN_REVIEW_API_H

#include "call.h"

enum err review_api_create(struct call *call);
enum err review_api_list(struct call *call);

#endif
