#include "bank_format_store.h"

#define FORMAT_COLUMNS                                                                                                 \
    "f.code as id, f.title_zh, f.title_en, f.syntax, f.encoding, f.bom,"                                               \
    " case f.line_end when E'\\r\\n' then 'CRLF' else 'LF' end as line_end, f.delimiter, f.closing_delimiter,"         \
    " f.amount_style, f.date_style, f.file_suffix, f.lines_max, f.pays, f.answers, f.states"

DB_STATEMENT(format_select_list, "select " FORMAT_COLUMNS " from payments.bank_format f order by f.code");
DB_STATEMENT(format_select,
             "select " FORMAT_COLUMNS ","
             " (select coalesce(jsonb_agg(jsonb_build_object('record', r.record, 'fields', to_jsonb(r.fields))"
             "   order by r.record), '[]') from payments.bank_record r where r.format_code = f.code) as records,"
             " (select coalesce(jsonb_agg(jsonb_build_object('scope', s.scope, 'code', s.code, 'meaning', s.meaning)"
             "   order by s.id), '[]') from payments.bank_status s"
             "   where s.format_code = f.code or s.format_code is null) as statuses,"
             " (select coalesce(jsonb_agg(jsonb_build_object('kind', b.kind, 'match', b.match, 'reason', b.reason)"
             "   order by b.format_code is null, b.sort, b.id), '[]') from payments.bank_reason b"
             "   where b.format_code = f.code or b.format_code is null) as reasons"
             " from payments.bank_format f where f.code = $1::text");
DB_STATEMENT(reason_select_list, "select code as id, title_zh, title_en, next_step, next_zh, next_en, owner,"
                                 " deadline_days, retry from payments.reason order by sort");

DB_STATEMENT(format_select_styles, "select syntax, encoding, bom, line_end, delimiter, closing_delimiter, amount_style,"
                                   " date_style, file_suffix, pays from payments.bank_format where code = $1::text");
DB_STATEMENT(format_select_fields, "select r.record, u.field from payments.bank_record r"
                                   " cross join unnest(r.fields) with ordinality as u (field, n)"
                                   " where r.format_code = $1::text order by r.record, u.n");
DB_STATEMENT(format_select_codes, "select scope, code, meaning from payments.bank_status"
                                  " where format_code = $1::text or format_code is null"
                                  " order by format_code is null, id");
DB_STATEMENT(format_select_rules, "select kind, match, reason from payments.bank_reason"
                                  " where format_code = $1::text or format_code is null"
                                  " order by format_code is null, sort, id");

enum db_status bank_format_store_list(struct db *db, struct db_result **ret_result)
{
    return db_exec(db, &format_select_list, DB_NO_PARAMS, ret_result);
}

enum db_status bank_format_store_get(struct db *db, const char *code, struct db_result **ret_result)
{
    return db_exec(db, &format_select, DB_PARAMS(db_text(code)), ret_result);
}

enum db_status bank_format_store_reasons(struct db *db, struct db_result **ret_result)
{
    return db_exec(db, &reason_select_list, DB_NO_PARAMS, ret_result);
}

enum db_status bank_format_store_styles(struct db *db, const char *code, struct db_result **ret_result)
{
    return db_exec(db, &format_select_styles, DB_PARAMS(db_text(code)), ret_result);
}

enum db_status bank_format_store_fields(struct db *db, const char *code, struct db_result **ret_result)
{
    return db_exec(db, &format_select_fields, DB_PARAMS(db_text(code)), ret_result);
}

enum db_status bank_format_store_codes(struct db *db, const char *code, struct db_result **ret_result)
{
    return db_exec(db, &format_select_codes, DB_PARAMS(db_text(code)), ret_result);
}

enum db_status bank_format_store_rules(struct db *db, const char *code, struct db_result **ret_result)
{
    return db_exec(db, &format_select_rules, DB_PARAMS(db_text(code)), ret_result);
}
