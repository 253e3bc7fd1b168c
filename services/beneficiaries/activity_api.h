/* Handlers of what is counted for enrolments: see routes.c. */
#ifndef HUIMIN_ACTIVITY_API_H
#define HUIMIN_ACTIVITY_API_H

#include "call.h"

enum err activity_api_create(struct call *call);
enum err activity_api_list(struct call *call);
enum err activity_api_void(struct call *call);

#endif
