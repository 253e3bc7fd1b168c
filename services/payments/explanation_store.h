/* SQL of explanations: sql/functions/payments_25_explain.sql. Results are owned by the caller. */
#ifndef HUIMIN_EXPLANATION_STORE_H
#define HUIMIN_EXPLANATION_STORE_H

#include "db.h"

#include <stdint.h>

/* One row of one JSON document: what is due for a unit and period, what was paid, and from which facts. A refusal comes
 * back through db_error(): ERR_NOT_FOUND, ERR_BAD_PERIOD. */
enum db_status explanation_store_get(struct db *db, const char *item, int64_t unit, const char *period,
                                     struct db_result **ret_result);

/* One row: item, unit and period of a payment. */
enum db_status explanation_store_payment(struct db *db, int64_t district, int64_t payment_id,
                                         struct db_result **ret_result);

#endif
