#include "routes.h"

#include "account_api.h"
#include "activity_api.h"
#include "certificate_api.h"
#include "change_list_api.h"
#include "document_api.h"
#include "duplicate_api.h"
#include "enrolment_api.h"
#include "enrolment_change_api.h"
#include "hearing_api.h"
#include "household_api.h"
#include "import_api.h"
#include "merge_api.h"
#include "notice_api.h"
#include "other_benefit_api.h"
#include "person_api.h"
#include "review_api.h"
#include "schooling_api.h"
#include "suspension_api.h"
#include "work_list_api.h"

#define KEYED (ROUTE_WRITE | ROUTE_KEYED)
#define READ SCOPE_BENEFICIARIES_READ
#define WRITE SCOPE_BENEFICIARIES_WRITE
#define REVIEW SCOPE_BENEFICIARIES_REVIEW
#define DECIDE (SCOPE_BENEFICIARIES_REVIEW | SCOPE_BENEFICIARIES_APPROVE) /* the street or the lead unit */
#define OFFICE (SCOPE_BENEFICIARIES_WRITE | SCOPE_BENEFICIARIES_REVIEW)   /* the street's people */

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
    {"POST", "/beneficiaries/enrolments/{id}/approval", "approveEnrolment", DECIDE, enrolment_api_approve, KEYED, NULL},
    {"POST", "/beneficiaries/enrolments/{id}/rejection", "rejectEnrolment", DECIDE, enrolment_api_reject, KEYED, NULL},
    {"POST", "/beneficiaries/enrolments/{id}/end", "endEnrolment", WRITE, enrolment_api_end, KEYED, NULL},
    {"POST", "/beneficiaries/enrolments/{id}/street-review", "reviewEnrolment", REVIEW, enrolment_api_review, KEYED, NULL},
    {"POST", "/beneficiaries/enrolments/{id}/return", "returnEnrolment", DECIDE, enrolment_api_return, KEYED, NULL},
    {"POST", "/beneficiaries/enrolments/{id}/submission", "submitEnrolment", WRITE, enrolment_api_submit, KEYED, NULL},
    {"GET", "/beneficiaries/enrolments/{id}/steps", "listEnrolmentSteps", READ, enrolment_api_steps, ROUTE_READ, "after,limit"},
    {"GET", "/beneficiaries/enrolments/{id}/checks", "showEnrolmentChecks", READ, enrolment_api_checks, ROUTE_READ, NULL},
    {"POST", "/beneficiaries/enrolments/{id}/checks", "recordEnrolmentChecks", OFFICE, enrolment_api_check, KEYED, NULL},
    {"POST", "/beneficiaries/enrolments/{id}/documents", "keepDocument", OFFICE, document_api_create, KEYED | ROUTE_UPLOAD | ROUTE_DOCUMENT, "kind"},
    {"GET", "/beneficiaries/enrolments/{id}/documents", "listDocuments", READ, document_api_list, ROUTE_READ, "after,limit"},
    {"GET", "/beneficiaries/enrolments/{id}/documents/{document}", "viewDocument", DECIDE, document_api_view, ROUTE_RECORDS, NULL},
    {"POST", "/beneficiaries/enrolments/{id}/hearings", "recordHearing", OFFICE, hearing_api_create, KEYED, NULL},
    {"GET", "/beneficiaries/enrolments/{id}/hearings", "listHearings", READ, hearing_api_list, ROUTE_READ, "after,limit"},
    {"POST", "/beneficiaries/enrolments/{id}/reviews", "recordReview", OFFICE, review_api_create, KEYED, NULL},
    {"GET", "/beneficiaries/enrolments/{id}/reviews", "listReviews", READ, review_api_list, ROUTE_READ, "after,limit"},
    {"POST", "/beneficiaries/enrolments/{id}/suspensions", "suspendEnrolment", WRITE, suspension_api_create, KEYED, NULL},
    {"GET", "/beneficiaries/enrolments/{id}/suspensions", "listSuspensions", READ, suspension_api_list, ROUTE_READ, "after,limit"},
    {"POST", "/beneficiaries/enrolments/{id}/suspensions/{suspension}/end", "endSuspension", WRITE, suspension_api_end, KEYED, NULL},
    {"POST", "/beneficiaries/enrolments/{id}/suspensions/{suspension}/withdrawal", "withdrawSuspension", WRITE, suspension_api_withdraw, KEYED, NULL},
    {"POST", "/beneficiaries/enrolments/{id}/tier-changes", "proposeTierChange", WRITE, enrolment_change_api_tier, KEYED, NULL},
    {"GET", "/beneficiaries/enrolments/{id}/tier-changes", "listTierChanges", READ, enrolment_change_api_tiers, ROUTE_READ, "after,limit"},
    {"POST", "/beneficiaries/enrolments/{id}/reopenings", "proposeReopening", WRITE, enrolment_change_api_reopening, KEYED, NULL},
    {"GET", "/beneficiaries/enrolments/{id}/changes", "listEnrolmentChanges", READ, enrolment_change_api_list, ROUTE_READ, "after,limit"},
    {"POST", "/beneficiaries/enrolments/{id}/changes/{change}/approval", "approveEnrolmentChange", DECIDE, enrolment_change_api_approve, KEYED, NULL},
    {"POST", "/beneficiaries/enrolments/{id}/changes/{change}/rejection", "rejectEnrolmentChange", DECIDE, enrolment_change_api_reject, KEYED, NULL},
    {"POST", "/beneficiaries/notices", "publishNotice", REVIEW, notice_api_create, KEYED, NULL},
    {"GET", "/beneficiaries/notices", "listNotices", READ, notice_api_list, ROUTE_READ, "item,division,after,limit"},
    {"GET", "/beneficiaries/notices/{id}", "getNotice", READ, notice_api_get, ROUTE_READ, NULL},
    {"GET", "/beneficiaries/notices/{id}/list", "listPosted", READ, notice_api_posted, ROUTE_READ, "after,limit"},
    {"POST", "/beneficiaries/notices/{id}/objections", "recordObjection", OFFICE, objection_api_create, KEYED, NULL},
    {"GET", "/beneficiaries/notices/{id}/objections", "listObjections", READ, objection_api_list, ROUTE_READ, "after,limit"},
    {"GET", "/beneficiaries/objections/{id}", "readObjection", DECIDE, objection_api_get, ROUTE_RECORDS, NULL},
    {"POST", "/beneficiaries/objections/{id}/decision", "decideObjection", DECIDE, objection_api_decide, KEYED, NULL},
    {"POST", "/beneficiaries/persons/{id}/other-benefits", "createOtherBenefit", WRITE, other_benefit_api_create, KEYED, NULL},
    {"GET", "/beneficiaries/persons/{id}/other-benefits", "listOtherBenefits", READ, other_benefit_api_list, ROUTE_READ, "after,limit"},
    {"POST", "/beneficiaries/persons/{id}/other-benefits/{fact}/end", "endOtherBenefit", WRITE, other_benefit_api_end, KEYED, NULL},
    {"POST", "/beneficiaries/persons/{id}/schoolings", "createSchooling", WRITE, schooling_api_create, KEYED, NULL},
    {"GET", "/beneficiaries/persons/{id}/schoolings", "listSchoolings", READ, schooling_api_list, ROUTE_READ, "after,limit"},
    {"POST", "/beneficiaries/persons/{id}/schoolings/{fact}/end", "endSchooling", WRITE, schooling_api_end, KEYED, NULL},
    {"POST", "/beneficiaries/enrolments/{id}/activities", "createActivity", WRITE, activity_api_create, KEYED, NULL},
    {"GET", "/beneficiaries/enrolments/{id}/activities", "listActivities", READ, activity_api_list, ROUTE_READ, "after,limit"},
    {"POST", "/beneficiaries/enrolments/{id}/activities/{activity}/void", "voidActivity", WRITE, activity_api_void, KEYED, NULL},
    {"GET", "/beneficiaries/duplicates", "listDuplicates", READ, duplicate_api_list, ROUTE_READ, "division,after,limit"},
    {"POST", "/beneficiaries/duplicates/differences", "judgeDifferent", WRITE, duplicate_api_judge, KEYED, NULL},
    {"GET", "/beneficiaries/duplicates/differences", "listDifferences", READ, duplicate_api_judgements, ROUTE_READ, "person,after,limit"},
    {"POST", "/beneficiaries/duplicates/differences/{id}/undo", "undoDifferent", WRITE, duplicate_api_take_back, KEYED, NULL},
    {"POST", "/beneficiaries/merges", "proposeMerge", WRITE, merge_api_propose, KEYED, NULL},
    {"GET", "/beneficiaries/merges", "listMerges", READ, merge_api_list, ROUTE_READ, "person,state,after,limit"},
    {"GET", "/beneficiaries/merges/{id}", "getMerge", READ, merge_api_get, ROUTE_READ, NULL},
    {"POST", "/beneficiaries/merges/{id}/approval", "approveMerge", REVIEW, merge_api_approve, KEYED, NULL},
    {"POST", "/beneficiaries/merges/{id}/rejection", "rejectMerge", REVIEW, merge_api_reject, KEYED, NULL},
    {"POST", "/beneficiaries/merges/{id}/undo", "undoMerge", WRITE, merge_api_undo, KEYED, NULL},
    {"GET", "/beneficiaries/work-lists", "listWork", READ, work_list_api_list, ROUTE_READ, "kind,division,after,limit"},
    {"GET", "/beneficiaries/work-lists/summary", "summariseWork", READ, work_list_api_summary, ROUTE_READ, "division"},
    {"POST", "/beneficiaries/imports", "createImport", WRITE, import_api_create, KEYED | ROUTE_UPLOAD, "kind"},
    {"GET", "/beneficiaries/imports", "listImports", READ, import_api_list, ROUTE_READ, "after,limit"},
    {"GET", "/beneficiaries/imports/{id}", "getImport", READ, import_api_get, ROUTE_READ, NULL},
    {"GET", "/beneficiaries/imports/{id}/errors", "listImportErrors", READ, import_api_errors, ROUTE_READ, "after,limit"},
    {"POST", "/beneficiaries/imports/{id}/approval", "approveImport", DECIDE, import_api_approve, KEYED, NULL},
    {"POST", "/beneficiaries/change-lists", "createChangeList", WRITE, change_list_api_create, KEYED | ROUTE_UPLOAD, NULL},
    {"GET", "/beneficiaries/change-lists", "listChangeLists", READ, change_list_api_list, ROUTE_READ, "after,limit"},
    {"GET", "/beneficiaries/change-lists/{id}", "getChangeList", READ, change_list_api_get, ROUTE_READ, NULL},
    {"GET", "/beneficiaries/change-lists/{id}/lines", "listChangeListLines", READ, change_list_api_lines, ROUTE_READ, "state,after,limit"},
    {"GET", "/beneficiaries/change-lists/{id}/errors", "listChangeListErrors", READ, change_list_api_errors, ROUTE_READ, "after,limit"},
    {"POST", "/beneficiaries/change-lists/{id}/application", "applyChangeList", REVIEW, change_list_api_apply, KEYED, NULL},
    {"POST", "/beneficiaries/change-lists/{id}/approval", "approveChangeList", REVIEW, change_list_api_approve, KEYED, NULL},
    {"POST", "/beneficiaries/change-lists/{id}/undo", "undoChangeList", REVIEW, change_list_api_undo, KEYED, NULL},
};
/* clang-format on */

const struct service_definition beneficiaries_service = {
    .program = "huimin-beneficiaries",
    .role = "beneficiaries",
    .routes = beneficiaries_routes,
    .route_count = sizeof(beneficiaries_routes) / sizeof(beneficiaries_routes[0]),
};
