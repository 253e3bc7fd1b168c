#include "calendar_store.h"
#include "period.h"
#include "programmes_routes.h"
#include "text.h"

enum { CALENDAR_DAYS_MAX = 366 };

enum err calendar_list(struct call *call)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    int64_t year;
    const char *text = call_query_value(call, "year");
    if (text == NULL || !text_to_int64(text, PERIOD_YEAR_MIN, PERIOD_YEAR_MAX, &year)) {
        call_field_error(call, "year", text == NULL ? ERR_REQUIRED : ERR_OUT_OF_RANGE);
        return ERR_BAD_QUERY;
    }
    enum db_status status = calendar_store_list(call->db, call->who->district, year, &result);
    if (status == DB_HARD || status == DB_RETRY)
        return db_error(call->db, status);
    db_list_json(result, CALENDAR_DAYS_MAX, "day", &call->out);
    return ERR_NONE;
}
