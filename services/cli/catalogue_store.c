#include "catalogue_store.h"

#define COUNT_WRITTEN                                                                                                  \
    " select (select count(*) from given) as lines, count(*) filter (where w.added) as added,"                         \
    "        count(*) filter (where not w.added) as changed from written w"

DB_STATEMENT(catalogue_division_put,
             "with given as (select g.code, g.name_zh, g.name_en, g.kind_zh from jsonb_to_recordset($2::jsonb)"
             "    as g(code integer, name_zh text, name_en text, kind_zh text)),"
             " written as ("
             "  insert into programmes.division as d (district, code, name_zh, name_en, kind_zh)"
             "  select $1::integer, g.code, g.name_zh, g.name_en, g.kind_zh from given g"
             "  on conflict (district, code) do update"
             "     set name_zh = excluded.name_zh, name_en = excluded.name_en, kind_zh = excluded.kind_zh"
             "   where (d.name_zh, d.name_en, d.kind_zh)"
             "         is distinct from (excluded.name_zh, excluded.name_en, excluded.kind_zh)"
             "  returning d.xmax = 0 as added)" COUNT_WRITTEN);

#define ITEM_COLUMNS(alias)                                                                                            \
    alias "sort, " alias "programme_no, " alias "programme_zh, " alias "programme_en, " alias "item_zh, " alias        \
          "item_en, " alias "lead_unit_zh, " alias "kind, " alias "indicator_zh, " alias "indicator_en, " alias        \
          "target_op, " alias "target, " alias "unit, " alias "per_person_payment, " alias "frequency, " alias         \
          "standard_text, " alias "note, " alias "remittance_zh"

DB_STATEMENT(catalogue_item_put,
             "with given as (select g.code, " ITEM_COLUMNS(
                 "g.") " from jsonb_to_recordset($2::jsonb)"
                       "    as g(code text, sort integer, programme_no integer, programme_zh text, programme_en text,"
                       "         item_zh text, item_en text, lead_unit_zh text, kind text, indicator_zh text, "
                       "indicator_en text,"
                       "         target_op text, target bigint, unit text, per_person_payment text, frequency text,"
                       "         standard_text text, note text, remittance_zh text)),"
                       " written as ("
                       "  insert into programmes.item as i (district, code, " ITEM_COLUMNS(
                           "") ")"
                               "  select $1::integer, g.code, " ITEM_COLUMNS(
                                   "g.") " from given g"
                                         "  on conflict (district, code) do update"
                                         "     set (" ITEM_COLUMNS("") ") = row(" ITEM_COLUMNS(
                                             "excluded.") ")"
                                                          "   where (" ITEM_COLUMNS(
                                                              "i.") ") is distinct from "
                                                                    "(" ITEM_COLUMNS("excluded.") ")"
                                                                                                  "  "
                                                                                                  "returning "
                                                                                                  "i.xmax = "
                                                                                                  "0 as "
                                                                                                  "added"
                                                                                                  ")" COUNT_WRITTEN);

DB_STATEMENT(catalogue_tier_put,
             "with given as (select g.item_code, g.code, g.name_zh, g.name_en, g.disability_grades"
             "    from jsonb_to_recordset($2::jsonb)"
             "    as g(item_code text, code text, name_zh text, name_en text, disability_grades integer[])),"
             " written as ("
             "  insert into programmes.tier as t (district, item_code, code, name_zh, name_en, disability_grades)"
             "  select $1::integer, g.item_code, g.code, g.name_zh, g.name_en, g.disability_grades from given g"
             "  on conflict (district, item_code, code) do update"
             "     set name_zh = excluded.name_zh, name_en = excluded.name_en,"
             "         disability_grades = excluded.disability_grades"
             "   where (t.name_zh, t.name_en, t.disability_grades)"
             "         is distinct from (excluded.name_zh, excluded.name_en, excluded.disability_grades)"
             "  returning t.xmax = 0 as added)" COUNT_WRITTEN);

#define RULE_COLUMNS(alias)                                                                                            \
    alias "kind, " alias "cycle, " alias "tier_source, " alias "rounding, " alias "remainder, " alias                  \
          "entry_basis, " alias "exit_basis, " alias "lookback_months, " alias "source, " alias "confirmed"

#define RULES_GIVEN                                                                                                    \
    "with given as (select g.item_code, g.valid_from, g.valid_to, " RULE_COLUMNS(                                      \
        "g.") " from jsonb_to_recordset($2::jsonb) as g(item_code text, valid_from date, valid_to date, "              \
              "kind text, cycle text,"                                                                                 \
              " tier_source text, rounding text, remainder text, entry_basis text, exit_basis text, "                  \
              "lookback_months integer,"                                                                               \
              " source text, confirmed boolean))"

#define RULE_IS_THERE "r.district = $1::integer and r.item_code = g.item_code and lower(r.valid) = g.valid_from"

DB_STATEMENT(catalogue_rule_different,
             RULES_GIVEN " select g.item_code || ' ' || g.valid_from::text as rule"
                         "   from given g join programmes.rule r on " RULE_IS_THERE
                         "  where (" RULE_COLUMNS("r.") ") is distinct from (" RULE_COLUMNS("g.") ")"
                                                                                                  "  order by 1");

DB_STATEMENT(catalogue_rule_end,
             RULES_GIVEN ", written as ("
                         "  update programmes.rule r set valid = daterange(g.valid_from, g.valid_to) from given g"
                         "   where " RULE_IS_THERE " and upper(r.valid) is distinct from g.valid_to"
                         "  returning false as added)" COUNT_WRITTEN);

DB_STATEMENT(catalogue_rule_add, RULES_GIVEN
             ", written as ("
             "  insert into programmes.rule (district, item_code, valid, " RULE_COLUMNS(
                 "") ")"
                     "  select $1::integer, g.item_code, daterange(g.valid_from, g.valid_to), " RULE_COLUMNS(
                         "g.") "    from given g where not exists (select from programmes.rule r where " RULE_IS_THERE
                               ")"
                               "  returning true as added)" COUNT_WRITTEN);

#define STANDARDS_GIVEN                                                                                                \
    "with given as (select g.item_code, g.tier_code, g.amount_fen, g.amount_per, g.valid_from, g.valid_to, "           \
    "g.source,"                                                                                                        \
    " g.confirmed, g.proposed_by, g.approved_by from jsonb_to_recordset($2::jsonb) as g(item_code text,"               \
    " tier_code text, amount_fen bigint, amount_per text, valid_from date, valid_to date, source text,"                \
    " confirmed boolean, proposed_by text, approved_by text))"

#define STANDARD_IS_THERE                                                                                              \
    "s.district = $1::integer and s.item_code = g.item_code and s.tier_code = g.tier_code"                             \
    " and lower(s.valid) = g.valid_from and s.state = 'APPROVED'"

DB_STATEMENT(catalogue_standard_different,
             STANDARDS_GIVEN " select g.item_code || ' ' || g.tier_code || ' ' || g.valid_from::text as standard"
                             "   from given g join programmes.standard s on " STANDARD_IS_THERE
                             "  where (s.amount_fen, s.amount_per, s.source, s.confirmed)"
                             "        is distinct from (g.amount_fen, g.amount_per, g.source, g.confirmed)"
                             "  order by 1");

DB_STATEMENT(catalogue_standard_end, STANDARDS_GIVEN
             ", events as ("
             "  select s.id, g.valid_from, g.valid_to,"
             "         audit.write_event('standard.end_moved', 'standard', s.id::text, jsonb_build_object("
             "             'item', s.item_code, 'tier', s.tier_code, 'valid_from', g.valid_from::text,"
             "             'valid_to', g.valid_to::text)) as event_id"
             "    from given g join programmes.standard s on " STANDARD_IS_THERE
             "   where upper(s.valid) is distinct from g.valid_to),"
             " written as ("
             "  update programmes.standard s"
             "     set valid = daterange(e.valid_from, e.valid_to), version = s.version + 1, event_id = e.event_id"
             "    from events e where s.district = $1::integer and s.id = e.id"
             "  returning false as added)" COUNT_WRITTEN);

DB_STATEMENT(catalogue_standard_add, STANDARDS_GIVEN
             ", fresh as ("
             "  select nextval('programmes.standard_id_seq'::regclass) as id, g.item_code, g.tier_code, g.amount_fen,"
             "         g.amount_per, g.valid_from, g.valid_to, g.source, g.confirmed, g.proposed_by, g.approved_by"
             "    from given g where not exists (select from programmes.standard s where " STANDARD_IS_THERE ")),"
             " events as ("
             "  select f.id, f.item_code, f.tier_code, f.amount_fen, f.amount_per, f.valid_from, f.valid_to, f.source,"
             "         f.confirmed, f.proposed_by, f.approved_by,"
             "         audit.write_event('standard.loaded', 'standard', f.id::text, jsonb_build_object("
             "             'item', f.item_code, 'tier', f.tier_code, 'amount_fen', f.amount_fen,"
             "             'amount_per', f.amount_per, 'valid_from', f.valid_from::text,"
             "             'valid_to', f.valid_to::text, 'confirmed', f.confirmed, 'proposed_by', f.proposed_by,"
             "             'approved_by', f.approved_by)) as event_id"
             "    from fresh f),"
             " written as ("
             "  insert into programmes.standard (district, id, item_code, tier_code, amount_fen, amount_per, valid,"
             "      source, confirmed, state, proposed_by, approved_by, approved_at, event_id)"
             "  overriding system value"
             "  select $1::integer, e.id, e.item_code, e.tier_code, e.amount_fen, e.amount_per,"
             "         daterange(e.valid_from, e.valid_to), e.source, e.confirmed, 'APPROVED', e.proposed_by,"
             "         e.approved_by, now(), e.event_id"
             "    from events e"
             "  returning true as added)" COUNT_WRITTEN);

DB_STATEMENT(catalogue_event_write, "select audit.write_event('load', 'catalogue', $1::text, $2::jsonb) as event_id");

struct catalogue_statements {
    const struct db_statement *different; /* NULL: rows are brought up to date */
    const struct db_statement *end;
    const struct db_statement *put;
};

static const struct catalogue_statements catalogue_statements[CATALOGUE_TABLES] = {
    [CATALOGUE_DIVISIONS] = {NULL, NULL, &catalogue_division_put},
    [CATALOGUE_ITEMS] = {NULL, NULL, &catalogue_item_put},
    [CATALOGUE_TIERS] = {NULL, NULL, &catalogue_tier_put},
    [CATALOGUE_RULES] = {&catalogue_rule_different, &catalogue_rule_end, &catalogue_rule_add},
    [CATALOGUE_STANDARDS] = {&catalogue_standard_different, &catalogue_standard_end, &catalogue_standard_add},
};

static enum db_status catalogue_write(struct db *db, const struct db_statement *statement, int64_t district,
                                      const char *json, struct catalogue_counts *counts)
{
    struct db_result *result CLEANUP_RESULT = NULL;
    enum db_status status = db_exec(db, statement, DB_PARAMS(db_int(district), db_text(json)), &result);
    if (status != DB_ROW)
        return status;
    counts->lines = db_value_int(result, 0, 0);
    counts->added += db_value_int(result, 0, 1);
    counts->changed += db_value_int(result, 0, 2);
    return DB_NONE;
}

enum db_status catalogue_put(struct db *db, enum catalogue_table_no no, int64_t district, const char *json,
                             struct catalogue_counts *ret_counts, struct db_result **ret_different)
{
    const struct catalogue_statements *statements = &catalogue_statements[no];
    enum db_status status = DB_NONE;
    *ret_counts = (struct catalogue_counts){0};
    *ret_different = NULL;
    if (statements->different != NULL)
        status = db_exec(db, statements->different, DB_PARAMS(db_int(district), db_text(json)), ret_different);
    /* Ends move before successors come: both would stand in each other's way otherwise. */
    if (status == DB_NONE && statements->end != NULL)
        status = catalogue_write(db, statements->end, district, json, ret_counts);
    if (status == DB_NONE)
        status = catalogue_write(db, statements->put, district, json, ret_counts);
    return status;
}

enum db_status catalogue_write_event(struct db *db, int64_t district, const char *data)
{
    char id[24];
    snprintf(id, sizeof(id), "%lld", (long long)district);
    enum db_status status = db_exec(db, &catalogue_event_write, DB_PARAMS(db_text(id), db_text(data)), NULL);
    return status == DB_ROW ? DB_NONE : status;
}
