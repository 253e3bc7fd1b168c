#include "import_store.h"

#include "register.h"

#define IMPORT_ELAPSED_S "greatest(extract(epoch from coalesce(i.finished_at, now()) - i.started_at), 0.001)"
#define IMPORT_RATE                                                                                                    \
    "case when i.done_lines > 0 then round(i.done_lines / " IMPORT_ELAPSED_S ")::bigint end as rate_per_s"
#define IMPORT_LEFT_S "ceil((i.total_lines - i.done_lines) * " IMPORT_ELAPSED_S " / i.done_lines)::bigint"
#define IMPORT_APPROVED_AT REGISTER_TIME("i.approved_at", "approved_at")
#define IMPORT_CREATED_AT REGISTER_TIME("i.created_at", "created_at")
#define IMPORT_STARTED_AT REGISTER_TIME("i.started_at", "started_at")
#define IMPORT_FINISHED_AT REGISTER_TIME("i.finished_at", "finished_at")
#define IMPORT_COLUMNS                                                                                                 \
    "i.id, i.version, i.kind, i.state, i.done_lines, i.total_lines, i.new_lines, i.changed_lines,"                     \
    " i.unchanged_lines, i.bad_lines, i.error_code, " IMPORT_RATE ", case when i.state = 'RUNNING'"                    \
    " and i.done_lines > 0 then " IMPORT_LEFT_S " end as eta_s, i.actor, i.approved_by,"                               \
    " " IMPORT_APPROVED_AT ", " IMPORT_CREATED_AT ", " IMPORT_STARTED_AT ", " IMPORT_FINISHED_AT
/* An application that may be approved: a case that ran already when the list came, nothing is due to the person under
 * the item from its first month on, and it is not one that another benefit of the person excludes ($3; the guards look
 * at that again). */
#define IMPORT_APPROVABLE                                                                                              \
    "n.district = $1::integer and n.import_id = $2::bigint and n.state = 'APPLIED' and n.starts_on <= ("               \
    " select beneficiaries.import_month(i.created_at) from beneficiaries.import i where i.district = $1::integer"      \
    "  and i.id = $2::bigint) and not exists ("                                                                        \
    " select from beneficiaries.enrolment o where o.district = n.district and o.person_id = n.person_id"               \
    "  and o.item_code = n.item_code and o.valid && daterange(n.starts_on, null)) and n.id <> all ($3::bigint[])"

DB_STATEMENT(import_insert,
             "with fresh as materialized (select nextval('beneficiaries.import_id_seq') as id),"
             " event as materialized (select audit.write_event('create', 'import', fresh.id::text,"
             "  jsonb_build_object('kind', $2::text, 'bytes', u.bytes, 'sha256', encode(u.sha256, 'hex'))) as id"
             "  from fresh, ops.upload u where u.district = $1::integer and u.id = $3::bigint)"
             " insert into beneficiaries.import as i (district, id, kind, upload_id, sha256, divisions, programmes,"
             "  actor, event_id)"
             " select $1::integer, fresh.id, $2::text, u.id, u.sha256, app.divisions(), app.programmes(),"
             "  app.actor(), event.id from fresh, event, ops.upload u"
             " where u.district = $1::integer and u.id = $3::bigint returning " IMPORT_COLUMNS);
DB_STATEMENT(import_get, "select " IMPORT_COLUMNS
                         " from beneficiaries.import i where i.district = $1::integer and i.id = $2::bigint");
DB_STATEMENT(import_list, "select " IMPORT_COLUMNS " from beneficiaries.import i"
                          " where i.district = $1::integer and i.id > $2::bigint order by i.id limit $3::bigint");
DB_STATEMENT(import_errors, "select id, line, column_name, code from beneficiaries.import_error"
                            " where district = $1::integer and import_id = $2::bigint and id > $3::bigint"
                            " order by id limit $4::bigint");
DB_STATEMENT(
    import_lock,
    "select i.kind, i.state, i.actor, exists (select from (select distinct n.item_code"
    "   from beneficiaries.enrolment n where n.district = i.district and n.import_id = i.id"
    "    and n.state = 'APPLIED') o cross join lateral beneficiaries.rule_of(i.district, o.item_code, app.today()) r"
    "   where r.review_required or r.notice_days > 0)"
    " from beneficiaries.import i where i.district = $1::integer and i.id = $2::bigint for no key update of i");
DB_STATEMENT(import_excluded,
             "select coalesce(array_agg(x), '{}')::text from beneficiaries.import_excluded($1::bigint) x");
DB_STATEMENT(import_approvable, "select (select count(*) from beneficiaries.enrolment n where " IMPORT_APPROVABLE "),"
                                " (select count(*) from beneficiaries.enrolment n where n.district = $1::integer"
                                "  and n.import_id = $2::bigint and n.state = 'APPLIED')");
DB_STATEMENT(import_approve_event,
             "with event as materialized (select audit.write_event('approve_import', 'import', $2::text,"
             "  jsonb_build_object('approved', $3::bigint, 'skipped', $4::bigint)) as id)"
             " update beneficiaries.import i set approved_by = app.actor(), approved_at = now(),"
             "  version = i.version + 1, event_id = event.id from event"
             " where i.district = $1::integer and i.id = $2::bigint returning i.event_id");
DB_STATEMENT(import_approve,
             "with approved as (update beneficiaries.enrolment n set state = 'APPROVED', decided_by = app.actor(),"
             "  decided_at = now(), valid = daterange(n.starts_on, null), version = n.version + 1,"
             "  event_id = $4::bigint where " IMPORT_APPROVABLE " returning 1) select count(*) from approved");

enum db_status import_store_insert(struct db *db, int64_t district, const char *kind, int64_t upload_id,
                                   struct db_result **ret_result)
{
    return db_exec(db, &import_insert, DB_PARAMS(db_int(district), db_text(kind), db_int(upload_id)), ret_result);
}

enum db_status import_store_get(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &import_get, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}

enum db_status import_store_list(struct db *db, int64_t district, int64_t after, int64_t limit,
                                 struct db_result **ret_result)
{
    return db_exec(db, &import_list, DB_PARAMS(db_int(district), db_int(after), db_int(limit + 1)), ret_result);
}

enum db_status import_store_errors(struct db *db, int64_t district, int64_t id, int64_t after, int64_t limit,
                                   struct db_result **ret_result)
{
    return db_exec(db, &import_errors, DB_PARAMS(db_int(district), db_int(id), db_int(after), db_int(limit + 1)),
                   ret_result);
}

enum db_status import_store_lock(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &import_lock, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}

enum db_status import_store_approve(struct db *db, int64_t district, int64_t id, int64_t *ret_approved,
                                    int64_t *ret_skipped)
{
    CLEANUP_RESULT struct db_result *excluded = NULL;
    CLEANUP_RESULT struct db_result *counts = NULL;
    CLEANUP_RESULT struct db_result *event = NULL;
    CLEANUP_RESULT struct db_result *approved = NULL;
    enum db_status status = db_exec(db, &import_excluded, DB_PARAMS(db_int(id)), &excluded);
    if (status != DB_ROW)
        return status;
    struct db_param without = db_text(db_value(excluded, 0, 0));
    status = db_exec(db, &import_approvable, DB_PARAMS(db_int(district), db_int(id), without), &counts);
    if (status != DB_ROW)
        return status;
    *ret_approved = db_value_int(counts, 0, 0);
    *ret_skipped = db_value_int(counts, 0, 1) - *ret_approved;
    status = db_exec(db, &import_approve_event,
                     DB_PARAMS(db_int(district), db_int(id), db_int(*ret_approved), db_int(*ret_skipped)), &event);
    if (status != DB_ROW)
        return status;
    status = db_exec(db, &import_approve,
                     DB_PARAMS(db_int(district), db_int(id), without, db_int(db_value_int(event, 0, 0))), &approved);
    /* Applications are decided one at a time too: when one was in between, the counts of the event are not
     * true. */
    if (status == DB_ROW && db_value_int(approved, 0, 0) != *ret_approved)
        return DB_RETRY;
    return status;
}
