#include "item_store.h"

#include "rule_store.h"
#include "tier_store.h"

#define ITEM_COLUMNS                                                                                                   \
    "i.code, i.sort, i.programme_no, i.programme_zh, i.programme_en, i.item_zh, i.item_en, i.lead_unit_zh, "           \
    "i.kind,"                                                                                                          \
    " i.indicator_zh, i.indicator_en, i.target_op, i.target, i.unit, i.per_person_payment, i.frequency,"               \
    " i.standard_text, i.note, i.remittance_zh"

DB_STATEMENT(division_select_list, "select d.code, d.name_zh, d.name_en, d.kind_zh from programmes.division d"
                                   " where d.district = $1::integer and d.code > $2::bigint"
                                   " order by d.code limit $3::bigint");

DB_STATEMENT(item_select_list, "select " ITEM_COLUMNS " from programmes.item i"
                               " where i.district = $1::integer and ($2::text is null or i.kind = $2::text)"
                               "   and i.sort > $3::bigint order by i.sort limit $4::bigint");

DB_STATEMENT(
    item_select,
    "select " ITEM_COLUMNS ","
    " (select coalesce(jsonb_agg(to_jsonb(q) order by q.code), '[]') from (select " TIER_COLUMNS(
        "t") "    from programmes.tier t where t.district = i.district and t.item_code = i.code) q) as tiers,"
             " (select coalesce(jsonb_agg(to_jsonb(q) order by q.valid_from), '[]') from (select " RULE_COLUMNS(
                 "r") "    from programmes.rule r where r.district = i.district and r.item_code = i.code"
                      "     and r.state = 'APPROVED') q) as rules,"
                      " (select coalesce(jsonb_agg(jsonb_build_object('class', c.class, 'months', c.months, 'source', "
                      "c.source)"
                      "             order by c.class), '[]')"
                      "    from programmes.review_class c where c.district = i.district and c.item_code = i.code)"
                      "     as review_classes"
                      "  from programmes.item i where i.district = $1::integer and i.code = $2::text");

DB_STATEMENT(item_select_exists,
             "select 1 from programmes.item i where i.district = $1::integer and i.code = $2::text");

enum db_status division_store_list(struct db *db, int64_t district, int64_t after, int64_t limit,
                                   struct db_result **ret_result)
{
    return db_exec(db, &division_select_list, DB_PARAMS(db_int(district), db_int(after), db_int(limit + 1)),
                   ret_result);
}

enum db_status item_store_list(struct db *db, int64_t district, const char *kind, int64_t after, int64_t limit,
                               struct db_result **ret_result)
{
    return db_exec(db, &item_select_list, DB_PARAMS(db_int(district), db_text(kind), db_int(after), db_int(limit + 1)),
                   ret_result);
}

enum db_status item_store_get(struct db *db, int64_t district, const char *code, struct db_result **ret_result)
{
    return db_exec(db, &item_select, DB_PARAMS(db_int(district), db_text(code)), ret_result);
}

enum db_status item_store_exists(struct db *db, int64_t district, const char *code)
{
    return db_exec(db, &item_select_exists, DB_PARAMS(db_int(district), db_text(code)), NULL);
}
