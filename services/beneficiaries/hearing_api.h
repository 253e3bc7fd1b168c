/* Handlers of /beneficiaries/enrolments/{id}/hearings. */
#ifndef HUIMIN_HEARING_API_H
#define HUIMIN_HEARING_API_H

#include "call.h"

enum err hearing_api_create(struct call *call);
enum err hearing_api_list(struct call *call);

#endif
