/* Handlers of /beneficiaries/enrolments: applications, and the steps that change their state. */
#ifndef HUIMIN_ENROLMENT_API_H
#define HUIMIN_ENROLMENT_API_H

#include "call.h"

enum err enrolment_api_create(struct call *call);
enum err enrolment_api_list(struct call *call);
enum err enrolment_api_get(struct call *call);
enum err enrolment_api_steps(struct call *call);
enum err enrolment_api_checks(struct call *call);
enum err enrolment_api_check(struct call *call);

/* enrolment_decision_api.c */
enum err enrolment_api_review(struct call *call);
enum err enrolment_api_approve(struct call *call);
enum err enrolment_api_reject(struct call *call);
enum err enrolment_api_return(struct call *call);
enum err enrolment_api_submit(struct call *call);
enum err enrolment_api_end(struct call *call);

#endif
