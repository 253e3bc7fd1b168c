#include "merge_store.h"

#include "register.h"

#define MERGE_PROPOSED_AT REGISTER_TIME("m.proposed_at", "proposed_at")
#define MERGE_DECIDED_AT REGISTER_TIME("m.decided_at", "decided_at")
#define MERGE_UNDO_PROPOSED_AT REGISTER_TIME("m.undo_proposed_at", "undo_proposed_at")
#define MERGE_UNDONE_AT REGISTER_TIME("m.undone_at", "undone_at")
#define MERGE_COLUMNS                                                                                                  \
    "m.id, m.version, m.survivor_id as survivor, m.merged_id as merged, m.cause, m.state, m.proposed_by,"              \
    " " MERGE_PROPOSED_AT ", m.decided_by, " MERGE_DECIDED_AT ", m.undo_cause, m.undo_proposed_by,"                    \
    " " MERGE_UNDO_PROPOSED_AT ", m.undone_by, " MERGE_UNDONE_AT

DB_STATEMENT(merge_propose, "select beneficiaries.merge_propose($1::bigint, $2::bigint, $3::text)");
DB_STATEMENT(merge_decide, "select beneficiaries.merge_decide($1::bigint, $2::boolean)");
DB_STATEMENT(merge_undo, "select beneficiaries.merge_undo($1::bigint, $2::text)");
DB_STATEMENT(merge_get, "select " MERGE_COLUMNS " from beneficiaries.person_merge m"
                        " where m.district = $1::integer and m.id = $2::bigint");
DB_STATEMENT(merge_list, "select " MERGE_COLUMNS " from beneficiaries.person_merge m where m.district = $1::integer"
                         " and ($2::bigint is null or $2::bigint in (m.survivor_id, m.merged_id))"
                         " and ($3::text is null or m.state = $3::text)"
                         " and m.id > $4::bigint order by m.id limit $5::bigint");

enum db_status merge_store_propose(struct db *db, int64_t survivor, int64_t merged, const char *cause, int64_t *ret_id)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status =
        db_exec(db, &merge_propose, DB_PARAMS(db_int(survivor), db_int(merged), db_text(cause)), &result);
    if (status == DB_ROW)
        *ret_id = db_value_int(result, 0, 0);
    return status;
}

enum db_status merge_store_decide(struct db *db, int64_t id, bool approves)
{
    return db_exec(db, &merge_decide, DB_PARAMS(db_int(id), db_bool(approves)), NULL);
}

enum db_status merge_store_undo(struct db *db, int64_t id, const char *cause)
{
    return db_exec(db, &merge_undo, DB_PARAMS(db_int(id), db_text(cause)), NULL);
}

enum db_status merge_store_get(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &merge_get, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}

enum db_status merge_store_list(struct db *db, const struct merge_filter *filter, struct db_result **ret_result)
{
    return db_exec(db, &merge_list,
                   DB_PARAMS(db_int(filter->district), filter->person > 0 ? db_int(filter->person) : db_null(),
                             db_text(filter->state), db_int(filter->after), db_int(filter->limit + 1)),
                   ret_result);
}
