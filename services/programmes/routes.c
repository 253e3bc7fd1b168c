#include "programmes_routes.h"

#define P "/programmes"

static const struct route programmes_routes[] = {
    {"GET", P "/divisions", "listDivisions", SCOPE_PROGRAMMES_READ, division_list, ROUTE_READ, "after,limit"},
    {"GET", P "/items", "listItems", SCOPE_PROGRAMMES_READ, item_list, ROUTE_READ, "kind,after,limit"},
    {"GET", P "/items/{code}", "getItem", SCOPE_PROGRAMMES_READ, item_get, ROUTE_READ, NULL},
    {"POST", P "/items/{code}/tiers", "createTier", SCOPE_PROGRAMMES_WRITE, tier_create, ROUTE_WRITE | ROUTE_KEYED,
     NULL},
    {"GET", P "/items/{code}/rules", "listRules", SCOPE_PROGRAMMES_READ, rule_list, ROUTE_READ, "after,limit"},
    {"POST", P "/items/{code}/rules", "proposeRule", SCOPE_PROGRAMMES_WRITE, rule_propose, ROUTE_WRITE | ROUTE_KEYED,
     NULL},
    {"GET", P "/rules/{id}", "getRule", SCOPE_PROGRAMMES_READ, rule_get, ROUTE_READ, NULL},
    {"POST", P "/rules/{id}/approval", "approveRule", SCOPE_PROGRAMMES_APPROVE, rule_approve, ROUTE_WRITE | ROUTE_KEYED,
     NULL},
    {"POST", P "/rules/{id}/rejection", "rejectRule", SCOPE_PROGRAMMES_APPROVE, rule_reject, ROUTE_WRITE | ROUTE_KEYED,
     NULL},
    {"GET", P "/items/{code}/standards", "listStandards", SCOPE_PROGRAMMES_READ, standard_list, ROUTE_READ,
     "after,limit"},
    {"POST", P "/items/{code}/standards", "proposeStandard", SCOPE_PROGRAMMES_WRITE, standard_propose,
     ROUTE_WRITE | ROUTE_KEYED, NULL},
    {"GET", P "/standards/{id}", "getStandard", SCOPE_PROGRAMMES_READ, standard_get, ROUTE_READ, NULL},
    {"POST", P "/standards/{id}/approval", "approveStandard", SCOPE_PROGRAMMES_APPROVE, standard_approve,
     ROUTE_WRITE | ROUTE_KEYED, NULL},
    {"POST", P "/standards/{id}/rejection", "rejectStandard", SCOPE_PROGRAMMES_APPROVE, standard_reject,
     ROUTE_WRITE | ROUTE_KEYED, NULL},
    {"GET", P "/exclusions", "listExclusions", SCOPE_PROGRAMMES_READ, exclusion_list, ROUTE_READ, "item,after,limit"},
    {"POST", P "/exclusions", "proposeExclusion", SCOPE_PROGRAMMES_WRITE, exclusion_propose, ROUTE_WRITE | ROUTE_KEYED,
     NULL},
    {"GET", P "/exclusions/{id}", "getExclusion", SCOPE_PROGRAMMES_READ, exclusion_get, ROUTE_READ, NULL},
    {"POST", P "/exclusions/{id}/approval", "approveExclusion", SCOPE_PROGRAMMES_APPROVE, exclusion_approve,
     ROUTE_WRITE | ROUTE_KEYED, NULL},
    {"POST", P "/exclusions/{id}/rejection", "rejectExclusion", SCOPE_PROGRAMMES_APPROVE, exclusion_reject,
     ROUTE_WRITE | ROUTE_KEYED, NULL},
    {"POST", P "/exclusions/{id}/end", "endExclusion", SCOPE_PROGRAMMES_APPROVE, exclusion_end,
     ROUTE_WRITE | ROUTE_KEYED, NULL},
    {"GET", P "/benefits", "listBenefits", SCOPE_PROGRAMMES_READ, benefit_list, ROUTE_READ, NULL},
    {"GET", P "/calendar", "listCalendar", SCOPE_PROGRAMMES_READ, calendar_list, ROUTE_READ, "year"},
};

const struct service_definition programmes_service = {
    .program = "huimin-programmes",
    .role = "programmes",
    .routes = programmes_routes,
    .route_count = sizeof(programmes_routes) / sizeof(programmes_routes[0]),
};
