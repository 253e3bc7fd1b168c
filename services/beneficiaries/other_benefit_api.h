/* Handlers of benefits that others pay: see routes.c. */
#ifndef HUIMIN_OTHER_BENEFIT_API_H
#define HUIMIN_OTHER_BENEFIT_API_H

#include "call.h"

enum err other_benefit_api_create(struct call *call);
enum err other_benefit_api_list(struct call *call);
enum err other_benefit_api_end(struct call *call);

#endif
