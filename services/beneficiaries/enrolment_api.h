/* HTTP handlers of applications and enrolments; see api-spec/beneficiaries.yaml. */
#ifndef HUIMIN_ENROLMENT_API_H
#define HUIMIN_ENROLMENT_API_H

#include "call.h"

call_handler enrolment_api_create;
call_handler enrolment_api_list;
call_handler enrolment_api_get;
call_handler enrolment_api_approve;
call_handler enrolment_api_reject;
call_handler enrolment_api_end;

#endif
