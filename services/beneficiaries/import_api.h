/* HTTP handlers of imports; see api-spec/beneficiaries.yaml. */
#ifndef HUIMIN_IMPORT_API_H
#define HUIMIN_IMPORT_API_H

#include "call.h"

call_handler import_api_create;
call_handler import_api_list;
call_handler import_api_get;
call_handler import_api_errors;
call_handler import_api_approve;

#endif
