/* Handlers of schools of pupils: see routes.c. */
#ifndef HUIMIN_SCHOOLING_API_H
#define HUIMIN_SCHOOLING_API_H

#include "call.h"

enum err schooling_api_create(struct call *call);
enum err schooling_api_list(struct call *call);
enum err schooling_api_end(struct call *call);

#endif
