#include "calendar_store.h"

DB_STATEMENT(calendar_select_list,
             "select c.day::text as day, c.kind, c.source from programmes.calendar_day c where c.district = $1::integer"
             "   and c.day between make_date($2::integer, 1, 1) and make_date($2::integer, 12, 31) order by c.day");

enum db_status calendar_store_list(struct db *db, int64_t district, int64_t year, struct db_result **ret_result)
{
    return db_exec(db, &calendar_select_list, DB_PARAMS(db_int(district), db_int(year)), ret_result);
}
