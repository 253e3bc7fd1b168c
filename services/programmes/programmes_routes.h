/* Handlers of the programmes service, one per route of routes.c. Each is the body of one transaction
 * (call.h). */
#ifndef HUIMIN_PROGRAMMES_ROUTES_H
#define HUIMIN_PROGRAMMES_ROUTES_H

#include "call.h"
#include "service.h"

extern const struct service_definition programmes_service;

call_handler division_list;
call_handler item_list, item_get;
call_handler tier_propose, tier_approve, tier_reject;
call_handler rule_list, rule_get, rule_propose, rule_approve, rule_reject;
call_handler standard_list, standard_get, standard_propose, standard_approve, standard_reject;
call_handler exclusion_list, exclusion_get, exclusion_propose, exclusion_approve, exclusion_reject;
call_handler exclusion_end_propose, exclusion_end_approve, exclusion_end_reject;
call_handler benefit_list;
call_handler calendar_list;

#endif
