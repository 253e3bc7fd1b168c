/* HTTP handlers of the accounts that people are paid to; see api-spec/beneficiaries.yaml. */
#ifndef HUIMIN_ACCOUNT_API_H
#define HUIMIN_ACCOUNT_API_H

#include "call.h"

call_handler account_api_create;
call_handler account_api_list;

#endif
