/* HTTP handlers of households; see api-spec/beneficiaries.yaml. */
#ifndef HUIMIN_HOUSEHOLD_API_H
#define HUIMIN_HOUSEHOLD_API_H

#include "call.h"

call_handler household_api_create;
call_handler household_api_list;
call_handler household_api_get;
call_handler household_api_add_member;
call_handler household_api_add_income;

#endif
