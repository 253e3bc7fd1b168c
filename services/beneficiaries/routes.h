/* The routes of huimin-beneficiaries. */
#ifndef HUIMIN_BENEFICIARIES_ROUTES_H
#define HUIMIN_BENEFICIARIES_ROUTES_H

#include "service.h"

extern const struct service_definition beneficiaries_service;

#endif
