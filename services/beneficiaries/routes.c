#include "routes.h"

#include "account_api.h"
#include "certificate_api.h"
#include "enrolment_api.h"
#include "household_api.h"
#include "import_api.h"
#include "person_api.h"

#define KEYED (ROUTE_WRITE | ROUTE_KEYED)
#define READ SCOPE_BENEFICIARIES_READ
#define WRITE SCOPE_BENEFICIARIES_WRITE
#define REVIEW SCOPE_BENEFICIARIES_REVIEW

/* clang-format off */
static const struct route beneficiaries_routes[] = {
    {"POST", "/beneficiaries/persons", "createPerson", WRITE, person_api_create, KEYED, NULL},
    {"POST", "/beneficiaries/persons/searches", "searchPersons", READ, person_api_search, ROUTE_READ, NULL},
    {"GET", "/beneficiaries/persons/{id}", "getPerson", READ, person_api_get, ROUTE_READ, NULL},
    {"PATCH", "/beneficiaries/persons/{id}", "changePerson", WRITE, person_api_change, ROUTE_WRITE, NULL},
    {"GET", "/beneficiaries/persons/{id}/history", "listPersonHistory", READ, person_api_history, ROUTE_READ, "after,limit"},
    {"GET", "/beneficiaries/persons/{id}/clear", "viewPersonClear", SCOPE_BENEFICIARIES_CLEAR, person_api_clear, ROUTE_RECORDS, NULL},
    {"POST", "/beneficiaries/persons/{id}/certificates", "createCertificate", WRITE, certificate_api_create, KEYED, NULL},
    {"GET", "/beneficiaries/persons/{id}/certificates", "listCertificates", READ, certificate_api_list, ROUTE_READ, "after,limit"},
    {"POST", "/beneficiaries/persons/{id}/accounts", "createAccount", WRITE, account_api_create, KEYED, NULL},
    {"GET", "/beneficiaries/persons/{id}/accounts", "listAccounts", READ, account_api_list, ROUTE_READ, "after,limit"},
    {"POST", "/beneficiaries/households", "createHousehold", WRITE, household_api_create, KEYED, NULL},
    {"GET", "/beneficiaries/households", "listHouseholds", READ, household_api_list, ROUTE_READ, "number,division,person,after,limit"},
    {"GET", "/beneficiaries/households/{id}", "getHousehold", READ, household_api_get, ROUTE_READ, NULL},
    {"POST", "/beneficiaries/households/{id}/members", "addHouseholdMember", WRITE, household_api_add_member, KEYED, NULL},
    {"POST", "/beneficiaries/households/{id}/incomes", "addHouseholdIncome", WRITE, household_api_add_income, KEYED, NULL},
    {"POST", "/beneficiaries/enrolments", "createEnrolment", WRITE, enrolment_api_create, KEYED, NULL},
    {"GET", "/beneficiaries/enrolments", "listEnrolments", READ, enrolment_api_list, ROUTE_READ, "person,item,state,import,after,limit"},
    {"GET", "/beneficiaries/enrolments/{id}", "getEnrolment", READ, enrolment_api_get, ROUTE_READ, NULL},
    {"POST", "/beneficiaries/enrolments/{id}/approval", "approveEnrolment", REVIEW, enrolment_api_approve, KEYED, NULL},
    {"POST", "/beneficiaries/enrolments/{id}/rejection", "rejectEnrolment", REVIEW, enrolment_api_reject, KEYED, NULL},
    {"POST", "/beneficiaries/enrolments/{id}/end", "endEnrolment", WRITE, enrolment_api_end, KEYED, NULL},
    {"POST", "/beneficiaries/imports", "createImport", WRITE, import_api_create, KEYED | ROUTE_UPLOAD, "kind"},
    {"GET", "/beneficiaries/imports", "listImports", READ, import_api_list, ROUTE_READ, "after,limit"},
    {"GET", "/beneficiaries/imports/{id}", "getImport", READ, import_api_get, ROUTE_READ, NULL},
    {"GET", "/beneficiaries/imports/{id}/errors", "listImportErrors", READ, import_api_errors, ROUTE_READ, "after,limit"},
    {"POST", "/beneficiaries/imports/{id}/approval", "approveImport", REVIEW, import_api_approve, KEYED, NULL},
};
/* clang-format on */

const struct service_definition beneficiaries_service = {
    .program = "huimin-beneficiaries",
    .role = "beneficiaries",
    .routes = beneficiaries_routes,
    .route_count = sizeof(beneficiaries_routes) / sizeof(beneficiaries_routes[0]),
};
