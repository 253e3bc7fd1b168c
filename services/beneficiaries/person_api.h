/* HTTP handlers of people; see api-spec/beneficiaries.yaml for what each takes and answers. */
#ifndef HUIMIN_PERSON_API_H
#define HUIMIN_PERSON_API_H

#include "call.h"

call_handler person_api_create;
call_handler person_api_get;
call_handler person_api_change;
call_handler person_api_history;
call_handler person_api_search;
call_handler person_api_clear;

#endif
