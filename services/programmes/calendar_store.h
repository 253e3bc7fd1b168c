/* The holiday calendar of a district. The columns of a result are the members of the answer. */
#ifndef HUIMIN_CALENDAR_STORE_H
#define HUIMIN_CALENDAR_STORE_H

#include "db.h"

#include <stdint.h>

/* The days of a year that differ from the week, in their order. */
enum db_status calendar_store_list(struct db *db, int64_t district, int64_t year, struct db_result **ret_result);

#endif
