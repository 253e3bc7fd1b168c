/* Handlers of the audit service, one per route of routes.c. All of them only read. */
#ifndef HUIMIN_AUDIT_ROUTES_H
#define HUIMIN_AUDIT_ROUTES_H

#include "call.h"
#include "service.h"

extern const struct service_definition audit_service;

call_handler event_list, event_get;

#endif
