/* HTTP handlers of disability certificates; see api-spec/beneficiaries.yaml. */
#ifndef HUIMIN_CERTIFICATE_API_H
#define HUIMIN_CERTIFICATE_API_H

#include "call.h"

call_handler certificate_api_create;
call_handler certificate_api_list;

#endif
