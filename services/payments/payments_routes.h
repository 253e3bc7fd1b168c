/* Handlers of the payments service, one per route of routes.c. Each is the body of one transaction (call.h). */
#ifndef HUIMIN_PAYMENTS_ROUTES_H
#define HUIMIN_PAYMENTS_ROUTES_H

#include "call.h"
#include "service.h"

extern const struct service_definition payments_service;

call_handler agency_create, agency_list;
call_handler bank_format_list, bank_format_get, bank_format_preview, bank_format_validate, reason_list;
call_handler appropriation_create, ledger_account_list, transfer_list;
call_handler dry_run_create;
call_handler run_create, run_list, run_get, run_payment_list, run_held_list, run_approve, run_release, run_cancel;
call_handler payment_list, payment_get, payment_reissue, payment_resolve;
call_handler explanation_get, explanation_get_payment;
call_handler comparison_get, comparison_line_list, simulation_create;
call_handler overpayment_list, overpayment_get, overpayment_collect, overpayment_write_off;
call_handler write_off_approve, write_off_reject;
call_handler file_list, file_get;
call_handler bank_message_create, bank_message_list, bank_message_get;
call_handler break_list, break_close;
call_handler reconciliation_list, reconciliation_get;
call_handler payments_job_get;

#endif
