#include "programmes_routes.h"

#define P "/programmes"

static const struct route programmes_routes[] = {
    {"GET", P "/divisions", "listDivisions", SCOPE_PROGRAMMES_READ, division_list, ROUTE_READ, "after,limit"},
    {"GET", P "/items", "listItems", SCOPE_PROGRAMMES_READ, item_list, ROUTE_READ, "kind,after,limit"},
    {"GET", P "/items/{code}", "getItem", SCOPE_PROGRAMMES_READ, item_get, ROUTE_READ, NULL},
    {"GET", P "/items/{code}/standards", "listStandards", SCOPE_PROGRAMMES_READ, standard_list, ROUTE_READ,
     "after,limit"},
    {"POST", P "/items/{code}/standards", "proposeStandard", SCOPE_PROGRAMMES_WRITE, standard_propose,
     ROUTE_WRITE | ROUTE_KEYED, NULL},
    {"GET", P "/standards/{id}", "getStandard", SCOPE_PROGRAMMES_READ, standard_get, ROUTE_READ, NULL},
    {"POST", P "/standards/{id}/approval", "approveStandard", SCOPE_PROGRAMMES_APPROVE, standard_approve,
     ROUTE_WRITE | ROUTE_KEYED, NULL},
};

const struct service_definition programmes_service = {
    .program = "huimin-programmes",
    .role = "programmes",
    .routes = programmes_routes,
    .route_count = sizeof(programmes_routes) / sizeof(programmes_routes[0]),
};
