#include "change_list_store.h"

#include "register.h"

#define CHANGE_LIST_CREATED_AT REGISTER_TIME("c.created_at", "created_at")
#define CHANGE_LIST_CHECKED_AT REGISTER_TIME("c.checked_at", "checked_at")
#define CHANGE_LIST_APPLIED_AT REGISTER_TIME("c.applied_at", "applied_at")
#define CHANGE_LIST_APPROVED_AT REGISTER_TIME("c.approved_at", "approved_at")
#define CHANGE_LIST_UNDONE_AT REGISTER_TIME("c.undone_at", "undone_at")
#define CHANGE_LIST_COLUMNS                                                                                            \
    "c.id, c.version, c.state, c.mode, c.done_lines, c.total_lines, c.counts, c.error_code, c.actor, c.applied_by,"    \
    " c.approved_by, c.undone_by, " CHANGE_LIST_CREATED_AT ", " CHANGE_LIST_CHECKED_AT ", " CHANGE_LIST_APPLIED_AT     \
    ", " CHANGE_LIST_APPROVED_AT ", " CHANGE_LIST_UNDONE_AT
#define CHANGE_LIST_COLUMN "coalesce(c.columns ->> e.column_key, e.column_key)"

DB_STATEMENT(change_list_known, "select id from beneficiaries.change_list where district = $1::integer"
                                " and sha256 = $2::bytea and state not in ('FAILED', 'UNDONE')");
DB_STATEMENT(change_list_insert,
             "with fresh as materialized (select nextval('beneficiaries.change_list_id_seq') as id),"
             " event as materialized (select audit.write_event('create', 'change_list', fresh.id::text,"
             "  jsonb_build_object('bytes', u.bytes, 'sha256', encode(u.sha256, 'hex'))) as id"
             "  from fresh, ops.upload u where u.district = $1::integer and u.id = $2::bigint)"
             " insert into beneficiaries.change_list as c (district, id, upload_id, sha256, divisions, programmes,"
             "  actor, event_id)"
             " select $1::integer, fresh.id, u.id, u.sha256, app.divisions(), app.programmes(), app.actor(), event.id"
             " from fresh, event, ops.upload u where u.district = $1::integer and u.id = $2::bigint"
             " returning " CHANGE_LIST_COLUMNS);
DB_STATEMENT(change_list_get, "select " CHANGE_LIST_COLUMNS " from beneficiaries.change_list c"
                              " where c.district = $1::integer and c.id = $2::bigint");
DB_STATEMENT(change_list_list, "select " CHANGE_LIST_COLUMNS " from beneficiaries.change_list c"
                               " where c.district = $1::integer and c.id > $2::bigint order by c.id limit $3::bigint");
/* Who cannot see a person (any more) does not see what would become of them. */
DB_STATEMENT(change_list_lines,
             "select l.line, l.action, l.state, p.id as person, p.name, p.id_number_masked, l.item_code as item,"
             " case when p.id is not null then l.enrolment_id end as enrolment,"
             " case when p.id is not null then l.changes else '[]' end as changes,"
             " coalesce((select jsonb_agg(jsonb_build_object('column', " CHANGE_LIST_COLUMN ", 'code', e.code)"
             "   order by e.id) from beneficiaries.change_error e where e.district = l.district"
             "   and e.list_id = l.list_id and e.line = l.line), '[]') as errors"
             " from beneficiaries.change_list c"
             " join beneficiaries.change_line l on l.district = c.district and l.list_id = c.id"
             " left join beneficiaries.person p on p.district = l.district and p.id = l.person_id"
             " where c.district = $1::integer and c.id = $2::bigint and ($3::text is null or l.state = $3::text)"
             "  and l.line > $4::bigint order by l.line limit $5::bigint");
DB_STATEMENT(change_list_errors,
             "select e.id, e.line, " CHANGE_LIST_COLUMN
             ", e.code, e.column_key, l.action, t.zh, t.en from beneficiaries.change_list c"
             " join beneficiaries.change_error e on e.district = c.district and e.list_id = c.id"
             " left join beneficiaries.change_line l on l.district = e.district and l.list_id = e.list_id"
             "  and l.line = e.line"
             " left join lateral (select string_agg(x.name_zh, '、' order by x.code) as zh,"
             "    string_agg(x.code, ', ' order by x.code) as en from programmes.tier x"
             "   where x.district = l.district and x.item_code = l.item_code and e.code = 'bad_value'"
             "    and e.column_key = 'tier'"
             "   having bool_and(coalesce(x.disability_grades::text, x.age_from::text, x.age_to::text) is null)"
             "    and count(*) > 1) t on true"
             " where c.district = $1::integer and c.id = $2::bigint and e.id > $3::bigint"
             " order by e.id limit $4::bigint");
DB_STATEMENT(change_list_begin, "select beneficiaries.change_list_begin($1::bigint, $2::text)");
/* All lines in one transaction: 20 000 take 5 to 10 s, against the role's limit of 10 s. The gateway waits longer. */
DB_STATEMENT(change_list_patience, "select set_config('statement_timeout', '25s', true)");
DB_STATEMENT(change_list_undo, "select beneficiaries.change_list_undo($1::bigint)");
DB_STATEMENT(change_list_approve, "select approved, skipped, left_over as \"left\""
                                  " from beneficiaries.change_list_approve($1::bigint, $2::integer)");

enum db_status change_list_store_known(struct db *db, int64_t district,
                                       const uint8_t sha256[static CRYPTO_DIGEST_BYTES], struct db_result **ret_result)
{
    return db_exec(db, &change_list_known, DB_PARAMS(db_int(district), db_bytes(sha256, CRYPTO_DIGEST_BYTES)),
                   ret_result);
}

enum db_status change_list_store_insert(struct db *db, int64_t district, int64_t upload_id,
                                        struct db_result **ret_result)
{
    return db_exec(db, &change_list_insert, DB_PARAMS(db_int(district), db_int(upload_id)), ret_result);
}

enum db_status change_list_store_get(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &change_list_get, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}

enum db_status change_list_store_list(struct db *db, int64_t district, int64_t after, int64_t limit,
                                      struct db_result **ret_result)
{
    return db_exec(db, &change_list_list, DB_PARAMS(db_int(district), db_int(after), db_int(limit + 1)), ret_result);
}

enum db_status change_list_store_lines(struct db *db, int64_t district, int64_t id, const char *state, int64_t after,
                                       int64_t limit, struct db_result **ret_result)
{
    return db_exec(db, &change_list_lines,
                   DB_PARAMS(db_int(district), db_int(id), db_text(state), db_int(after), db_int(limit + 1)),
                   ret_result);
}

enum db_status change_list_store_errors(struct db *db, int64_t district, int64_t id, int64_t after, int64_t limit,
                                        struct db_result **ret_result)
{
    return db_exec(db, &change_list_errors, DB_PARAMS(db_int(district), db_int(id), db_int(after), db_int(limit + 1)),
                   ret_result);
}

enum db_status change_list_store_apply(struct db *db, int64_t id, const char *mode)
{
    return db_exec(db, &change_list_begin, DB_PARAMS(db_int(id), db_text(mode)), NULL);
}

enum db_status change_list_store_undo(struct db *db, int64_t id)
{
    enum db_status status = db_exec(db, &change_list_patience, DB_NO_PARAMS, NULL);
    if (status != DB_ROW)
        return status;
    return db_exec(db, &change_list_undo, DB_PARAMS(db_int(id)), NULL);
}

enum db_status change_list_store_approve(struct db *db, int64_t id, int64_t limit, struct db_result **ret_result)
{
    return db_exec(db, &change_list_approve, DB_PARAMS(db_int(id), db_int(limit)), ret_result);
}
