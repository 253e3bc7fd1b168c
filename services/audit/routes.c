#include "audit_routes.h"

static const struct route audit_routes[] = {
    {"GET", "/audit/events", "listEvents", SCOPE_AUDIT_READ, event_list, ROUTE_READ,
     "entity,id,actor,from,to,after,limit"},
    {"GET", "/audit/events/{id}", "getEvent", SCOPE_AUDIT_READ, event_get, ROUTE_READ, NULL},
};

const struct service_definition audit_service = {
    .program = "huimin-audit",
    .role = "audit",
    .routes = audit_routes,
    .route_count = sizeof(audit_routes) / sizeof(audit_routes[0]),
};
