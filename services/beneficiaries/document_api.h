/* Handlers of /beneficiaries/enrolments/{id}/documents. */
#ifndef HUIMIN_DOCUMENT_API_H
#define HUIMIN_DOCUMENT_API_H

#include "call.h"

enum err document_api_create(struct call *call);
enum err document_api_list(struct call *call);
enum err document_api_view(struct call *call);

#endif
