#include "payments_routes.h"

#define P "/payments"

static const struct route payments_routes[] = {
    {"POST", P "/agencies", "createAgency", SCOPE_PAYMENTS_FUND, agency_create, ROUTE_WRITE | ROUTE_KEYED, NULL},
    {"GET", P "/agencies", "listAgencies", SCOPE_PAYMENTS_READ, agency_list, ROUTE_READ, NULL},
    {"POST", P "/appropriations", "createAppropriation", SCOPE_PAYMENTS_FUND, appropriation_create,
     ROUTE_WRITE | ROUTE_KEYED, NULL},
    {"GET", P "/accounts", "listLedgerAccounts", SCOPE_PAYMENTS_READ, ledger_account_list, ROUTE_READ, "item"},
    {"GET", P "/transfers", "listTransfers", SCOPE_PAYMENTS_READ, transfer_list, ROUTE_READ, "item,run,after,limit"},
    {"POST", P "/dry-runs", "createDryRun", SCOPE_PAYMENTS_READ, dry_run_create, ROUTE_READ, NULL},
    {"POST", P "/runs", "createRun", SCOPE_PAYMENTS_PREPARE, run_create, ROUTE_WRITE | ROUTE_KEYED, NULL},
    {"GET", P "/runs", "listRuns", SCOPE_PAYMENTS_READ, run_list, ROUTE_READ, "item,period,state,after,limit"},
    {"GET", P "/runs/{id}", "getRun", SCOPE_PAYMENTS_READ, run_get, ROUTE_READ, NULL},
    {"GET", P "/runs/{id}/payments", "listRunPayments", SCOPE_PAYMENTS_READ, run_payment_list, ROUTE_READ,
     "state,after,limit"},
    {"GET", P "/runs/{id}/held", "listRunHeld", SCOPE_PAYMENTS_READ, run_held_list, ROUTE_READ, "after,limit"},
    {"POST", P "/runs/{id}/approval", "approveRun", SCOPE_PAYMENTS_APPROVE, run_approve, ROUTE_WRITE | ROUTE_KEYED, NULL},
    {"POST", P "/runs/{id}/release", "releaseRun", SCOPE_PAYMENTS_RELEASE, run_release, ROUTE_WRITE | ROUTE_KEYED, NULL},
    {"POST", P "/runs/{id}/cancellation", "cancelRun", SCOPE_PAYMENTS_PREPARE, run_cancel, ROUTE_WRITE | ROUTE_KEYED,
     NULL},
    {"GET", P "/payments", "listPayments", SCOPE_PAYMENTS_READ, payment_list, ROUTE_READ, "person,state,after,limit"},
    {"GET", P "/payments/{id}", "getPayment", SCOPE_PAYMENTS_READ, payment_get, ROUTE_READ, NULL},
    {"POST", P "/payments/{id}/reissue", "reissuePayment", SCOPE_PAYMENTS_PREPARE, payment_reissue,
     ROUTE_WRITE | ROUTE_KEYED, NULL},
    {"POST", P "/payments/{id}/resolution", "resolvePayment", SCOPE_PAYMENTS_APPROVE, payment_resolve,
     ROUTE_WRITE | ROUTE_KEYED, NULL},
    {"GET", P "/files", "listFiles", SCOPE_PAYMENTS_READ, file_list, ROUTE_READ, "run,after,limit"},
    {"GET", P "/files/{id}", "getFile", SCOPE_PAYMENTS_READ, file_get, ROUTE_READ, NULL},
    {"POST", P "/bank-messages", "createBankMessage", SCOPE_PAYMENTS_BANK, bank_message_create,
     ROUTE_WRITE | ROUTE_KEYED | ROUTE_UPLOAD, NULL},
    {"GET", P "/bank-messages", "listBankMessages", SCOPE_PAYMENTS_READ, bank_message_list, ROUTE_READ, "after,limit"},
    {"GET", P "/bank-messages/{id}", "getBankMessage", SCOPE_PAYMENTS_READ, bank_message_get, ROUTE_READ, NULL},
    {"GET", P "/breaks", "listBreaks", SCOPE_PAYMENTS_READ, break_list, ROUTE_READ, "state,after,limit"},
    {"POST", P "/breaks/{id}/closure", "closeBreak", SCOPE_PAYMENTS_APPROVE, break_close, ROUTE_WRITE | ROUTE_KEYED, NULL},
    {"GET", P "/reconciliations", "listReconciliations", SCOPE_PAYMENTS_READ, reconciliation_list, ROUTE_READ,
     "after,limit"},
    {"GET", P "/reconciliations/{date}", "getReconciliation", SCOPE_PAYMENTS_READ, reconciliation_get, ROUTE_READ, NULL},
    {"GET", P "/jobs/{id}", "getPaymentsJob", SCOPE_PAYMENTS_READ, payments_job_get, ROUTE_READ, NULL},
};

const struct service_definition payments_service = {
    .program = "huimin-payments",
    .role = "payments",
    .routes = payments_routes,
    .route_count = sizeof(payments_routes) / sizeof(payments_routes[0]),
};
