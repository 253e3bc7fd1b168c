/* Reasons of refusals and returns, normalised to the fifteen of payments.reason by the rules that came with the format
 * (payments.bank_reason). A bank's text leaks the account holder's real name: it is read here and never stored. */
#ifndef HUIMIN_BANK_REASON_H
#define HUIMIN_BANK_REASON_H

#include "bank_format.h"

/* The normalised reason, by prefix or word of the text first (it says more than RJ11), else by code; OTHER for what no
 * rule knows, "" for no code and no text. Lives as long as the format. */
const char *bank_reason_normalise(const struct bank_format *format, const char *code, const char *text);

#endif
