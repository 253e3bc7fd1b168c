/* Handlers of /beneficiaries/enrolments/{id}/tier-changes, /reopenings and /changes. */
#ifndef HUIMIN_ENROLMENT_CHANGE_API_H
#define HUIMIN_ENROLMENT_CHANGE_API_H

#include "call.h"

enum err enrolment_change_api_tier(struct call *call);
enum err enrolment_change_api_tiers(struct call *call);
enum err enrolment_change_api_reopening(struct call *call);
enum err enrolment_change_api_list(struct call *call);
enum err enrolment_change_api_approve(struct call *call);
enum err enrolment_change_api_reject(struct call *call);

#endif
