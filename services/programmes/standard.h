/* The rules of standards: what a tier of a programme item is worth over time. Proposed, approved and never overwritten
 * as decision.h says. Pure. */
#ifndef HUIMIN_STANDARD_H
#define HUIMIN_STANDARD_H

#include "err.h"

#include <stdbool.h>
#include <stdint.h>

/* The ceiling of one amount, 1 million yuan: a typing slip must not pass for a rate. */
#define STANDARD_AMOUNT_FEN_MAX 100000000

/* The ceiling of a share, ten times the basis. */
#define STANDARD_BASIS_POINTS_MAX 100000

/* Whether a member of a standard is there exactly when it must be: basis_points for one per `percent`, amount_fen for
 * all others. ERR_REQUIRED or ERR_UNFIT otherwise. */
enum err standard_check_amount(const char *amount_per, bool there);
enum err standard_check_basis_points(const char *amount_per, bool there);

#endif
