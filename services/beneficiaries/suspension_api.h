/* Handlers of /beneficiaries/enrolments/{id}/suspensions. */
#ifndef HUIMIN_SUSPENSION_API_H
#define HUIMIN_SUSPENSION_API_H

#include "call.h"

enum err suspension_api_create(struct call *call);
enum err suspension_api_list(struct call *call);
enum err suspension_api_end(struct call *call);
enum err suspension_api_withdraw(struct call *call);

#endif
