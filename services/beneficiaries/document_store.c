#include "document_store.h"

#include "register.h"

#define DOCUMENT_CREATED_AT REGISTER_TIME("created_at", "created_at")
#define DOCUMENT_COLUMNS                                                                                               \
    "id, enrolment_id as enrolment, kind, media_type, encode(sha256, 'hex') as sha256, bytes, kept_by,"                \
    " " DOCUMENT_CREATED_AT

DB_STATEMENT(
    document_insert,
    "insert into beneficiaries.enrolment_document (district, enrolment_id, kind, media_type, upload_id, sha256,"
    " bytes, kept_by, event_id) values ($1::integer, $2::bigint, $3::text, $4::text, $5::bigint, $6::bytea,"
    " $7::bigint, app.actor(), $8::bigint) returning " DOCUMENT_COLUMNS);
DB_STATEMENT(document_list, "select " DOCUMENT_COLUMNS " from beneficiaries.enrolment_document"
                            " where district = $1::integer and enrolment_id = $2::bigint and id > $3::bigint"
                            " order by id limit $4::bigint");
DB_STATEMENT(document_view,
             "select d.upload_id, d.media_type, audit.write_event('view', 'enrolment_document', d.id::text,"
             "  jsonb_build_object('enrolment', d.enrolment_id, 'kind', d.kind))"
             " from beneficiaries.enrolment_document d where d.district = $1::integer and d.enrolment_id = $2::bigint"
             " and d.id = $3::bigint");

enum db_status document_store_insert(struct db *db, const struct document_row *row, struct db_result **ret_result)
{
    return db_exec(db, &document_insert,
                   DB_PARAMS(db_int(row->district), db_int(row->enrolment), db_text(row->kind),
                             db_text(row->media_type), db_int(row->upload), db_bytes(row->sha256, CRYPTO_DIGEST_BYTES),
                             db_int(row->bytes), db_int(row->event)),
                   ret_result);
}

enum db_status document_store_list(struct db *db, int64_t district, int64_t enrolment, int64_t after, int64_t limit,
                                   struct db_result **ret_result)
{
    return db_exec(db, &document_list, DB_PARAMS(db_int(district), db_int(enrolment), db_int(after), db_int(limit + 1)),
                   ret_result);
}

enum db_status document_store_view(struct db *db, int64_t district, int64_t enrolment, int64_t id,
                                   struct db_result **ret_result)
{
    return db_exec(db, &document_view, DB_PARAMS(db_int(district), db_int(enrolment), db_int(id)), ret_result);
}
