/* Reasons of refusals and returns, normalised to fifteen (reference: CNAPS2 business reject codes; texts of agent
 * banks). A bank's text leaks the account holder's real name: it is read here and never stored. */
#ifndef HUIMIN_BANK_REASON_H
#define HUIMIN_BANK_REASON_H

#include <stdbool.h>

/* The normalised reason, by keyword of the text first (it says more than RJ11), else by code: NAME_MISMATCH,
 * NO_ACCOUNT, CLOSED, FROZEN, STATUS, DORMANT, NOT_ACTIVATED, TYPE, ID_MISMATCH, DUP, LIMIT, PAYER_FUNDS, BANK_TECH,
 * DECEASED, OTHER. Static; "" for no code and no text. */
const char *bank_reason_normalise(const char *code, const char *text);

/* Whether a refusal of a whole file says that the bank has these bytes or this number already. */
bool bank_reason_is_duplicate(const char *code, const char *text);

#endif
