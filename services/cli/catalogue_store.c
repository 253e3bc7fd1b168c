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

DB_STATEMENT(
    catalogue_tier_put,
    "with given as (select g.item_code, g.code, g.name_zh, g.name_en, g.disability_grades, g.age_from, g.age_to"
    "    from jsonb_to_recordset($2::jsonb)"
    "    as g(item_code text, code text, name_zh text, name_en text, disability_grades integer[],"
    "         age_from integer, age_to integer)),"
    " events as ("
    "  select g.*, audit.write_event(case when t.code is null then 'tier.loaded' else 'tier.changed' end, 'tier',"
    "             g.item_code || '/' || g.code, jsonb_strip_nulls(to_jsonb(g) - array['name_zh', 'name_en']))"
    "             as event_id"
    "    from given g"
    "    left join programmes.tier t"
    "      on t.district = $1::integer and t.item_code = g.item_code and t.code = g.code"
    "   where t.code is null"
    "      or (t.name_zh, t.name_en, t.disability_grades, t.age_from, t.age_to)"
    "         is distinct from (g.name_zh, g.name_en, g.disability_grades, g.age_from, g.age_to)),"
    " written as ("
    "  insert into programmes.tier as t (district, item_code, code, name_zh, name_en, disability_grades,"
    "      age_from, age_to, state, proposed_by, approved_by, approved_at, event_id)"
    "  select $1::integer, e.item_code, e.code, e.name_zh, e.name_en, e.disability_grades, e.age_from,"
    "         e.age_to, 'APPROVED', 'seed:finance', 'seed:civil-affairs', now(), e.event_id from events e"
    "  on conflict (district, item_code, code) do update"
    "     set name_zh = excluded.name_zh, name_en = excluded.name_en,"
    "         disability_grades = excluded.disability_grades, age_from = excluded.age_from,"
    "         age_to = excluded.age_to, version = t.version + 1, event_id = excluded.event_id"
    "  returning t.xmax = 0 as added)" COUNT_WRITTEN);

/* What was decided through the service after a load stays: a line whose row was cut, ended, withdrawn or replaced there
 * is left alone, whatever the file says. */
#define DECIDED_SINCE(row, entity)                                                                                     \
    "(" row ".state in ('REPLACED', 'WITHDRAWN') or exists (select from audit.event v where v.district = " row         \
    ".district and v.entity = '" entity "' and v.entity_id = " row ".id::text and v.act in ('cut', 'end')))"

#define COUNT_GIVEN                                                                                                    \
    " select jsonb_array_length($2::jsonb) as lines, count(*) filter (where w.added) as added,"                        \
    "        count(*) filter (where not w.added) as changed from written w"

/* Columns that issue-2 files have too, and those that came later. */
#define RULE_OLD_TERMS(alias)                                                                                          \
    alias "kind, " alias "cycle, " alias "tier_source, " alias "rounding, " alias "remainder, " alias                  \
          "entry_basis, " alias "exit_basis, " alias "lookback_months, " alias "confirmed"
#define RULE_NEW_TERMS(alias)                                                                                          \
    alias "source, " alias "accrual, " alias "age_min, " alias "age_max, " alias "age_max_at_school, " alias           \
          "certificate_types, " alias "basis_item, " alias "basis_tier, " alias "months_max, " alias                   \
          "grace_months_max, " alias "netting_cap_percent, " alias "one_per_household, " alias "once_per, " alias      \
          "review_required, " alias "notice_days, " alias "notice_day_kind, " alias "hearing_required, " alias         \
          "documents, " alias "checks"

#define RULE_KEY(row, g)                                                                                               \
    row ".district = $1::integer and " row ".item_code = " g ".item_code and lower(" row ".valid) = lower(" g ".valid" \
        ")"

#define RULES_GIVEN                                                                                                    \
    "with given as (select g.* from jsonb_array_elements($2::jsonb) e, programmes.rule_of_json(e.value) g"             \
    "  where not exists (select from programmes.rule d where " RULE_KEY("d", "g") " and " DECIDED_SINCE("d",           \
                                                                                                        "rule") "))"

#define RULE_IS_THERE RULE_KEY("r", "g") " and r.state = 'APPROVED'"

/* Rows of a release whose loader wrote no events: they take over the columns that they did not have. */
#define RULE_IS_OLD "r.version = 1 and r.event_id is null"

DB_STATEMENT(catalogue_rule_different,
             RULES_GIVEN " select g.item_code || ' ' || lower(g.valid)::text as rule"
                         "   from given g join programmes.rule r on " RULE_IS_THERE
                         "  where (" RULE_OLD_TERMS("r.") ") is distinct from (" RULE_OLD_TERMS(
                             "g.") ")"
                                   "     or ((" RULE_NEW_TERMS("r.") ") is distinct from (" RULE_NEW_TERMS(
                                       "g.") ")"
                                             "         and not (" RULE_IS_OLD "))"
                                             "  order by 1");

#define RULE_EVENT_DATA(g)                                                                                             \
    "jsonb_strip_nulls(to_jsonb(" g ") - array['district', 'id', 'source', 'replaces', 'state', 'version',"            \
    " 'event_id', 'proposed_at', 'approved_at'])"

DB_STATEMENT(catalogue_rule_adopt,
             RULES_GIVEN ", events as ("
                         "  select r.id as rule_id, g.*,"
                         "         audit.write_event('rule.loaded', 'rule', r.id::text, " RULE_EVENT_DATA(
                             "g") ")"
                                  "             as written_event"
                                  "    from given g join programmes.rule r on " RULE_IS_THERE " where " RULE_IS_OLD "),"
                                  " written as ("
                                  "  update programmes.rule r set (" RULE_NEW_TERMS("") ") = row(" RULE_NEW_TERMS(
                                      "e.") "),"
                                            "         event_id = e.written_event"
                                            "    from events e where r.district = $1::integer and r.id = e.rule_id"
                                            "  returning false as added)" COUNT_GIVEN);

DB_STATEMENT(catalogue_rule_end, RULES_GIVEN
             ", events as ("
             "  select r.id, g.valid, audit.write_event('rule.end_moved', 'rule', r.id::text,"
             "         jsonb_build_object('item', r.item_code, 'valid_from', lower(g.valid)::text,"
             "                            'valid_to', upper(g.valid)::text)) as event_id"
             "    from given g join programmes.rule r on " RULE_IS_THERE
             "   where upper(r.valid) is distinct from upper(g.valid)),"
             " written as ("
             "  update programmes.rule r set valid = e.valid, version = r.version + 1, event_id = e.event_id"
             "    from events e where r.district = $1::integer and r.id = e.id"
             "  returning false as added)" COUNT_GIVEN);

DB_STATEMENT(catalogue_rule_add, RULES_GIVEN
             ", fresh as ("
             "  select nextval('programmes.rule_id_seq'::regclass) as rule_id, g.*"
             "    from given g where not exists (select from programmes.rule r where " RULE_IS_THERE ")),"
             " events as ("
             "  select f.*, audit.write_event('rule.loaded', 'rule', f.rule_id::text, " RULE_EVENT_DATA(
                 "f") "         - 'rule_id') as written_event"
                      "    from fresh f),"
                      " written as ("
                      "  insert into programmes.rule (district, id, item_code, valid, " RULE_OLD_TERMS(
                          "") ","
                              "      " RULE_NEW_TERMS(
                                  "") ", state, proposed_by, approved_by, approved_at, event_id)"
                                      "  overriding system value"
                                      "  select $1::integer, e.rule_id, e.item_code, e.valid, " RULE_OLD_TERMS(
                                          "e.") ","
                                                "         " RULE_NEW_TERMS(
                                                    "e.") ", 'APPROVED', coalesce(e.proposed_by, 'seed:finance'),"
                                                          "         coalesce(e.approved_by, 'seed:civil-affairs'), "
                                                          "now(), e.written_event"
                                                          "    from events e"
                                                          "  returning true as added)" COUNT_GIVEN);

#define STANDARD_KEY(row, g)                                                                                           \
    row ".district = $1::integer and " row ".item_code = " g ".item_code and " row ".tier_code = " g                   \
        ".tier_code and lower(" row ".valid) = " g ".valid_from"

#define STANDARDS_GIVEN                                                                                                \
    "with given as (select g.item_code, g.tier_code, g.amount_fen, g.basis_points, g.amount_per, g.valid_from,"        \
    " g.valid_to, g.source, g.confirmed, g.proposed_by, g.approved_by from jsonb_to_recordset($2::jsonb)"              \
    " as g(item_code text, tier_code text, amount_fen bigint, basis_points integer, amount_per text,"                  \
    " valid_from date, valid_to date, source text, confirmed boolean, proposed_by text, approved_by text)"             \
    "  where not exists (select from programmes.standard d where " STANDARD_KEY("d", "g") " and " DECIDED_SINCE(       \
        "d", "standard") "))"

#define STANDARD_IS_THERE STANDARD_KEY("s", "g") " and s.state = 'APPROVED'"

DB_STATEMENT(catalogue_standard_different, STANDARDS_GIVEN
             " select g.item_code || ' ' || g.tier_code || ' ' || g.valid_from::text as standard"
             "   from given g join programmes.standard s on " STANDARD_IS_THERE
             "  where (s.amount_fen, s.basis_points, s.amount_per, s.source, s.confirmed)"
             "        is distinct from (g.amount_fen, g.basis_points, g.amount_per, g.source, g.confirmed)"
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
             "  returning false as added)" COUNT_GIVEN);

DB_STATEMENT(
    catalogue_standard_add, STANDARDS_GIVEN
    ", fresh as ("
    "  select nextval('programmes.standard_id_seq'::regclass) as id, g.*"
    "    from given g where not exists (select from programmes.standard s where " STANDARD_IS_THERE ")),"
    " events as ("
    "  select f.*, audit.write_event('standard.loaded', 'standard', f.id::text, jsonb_strip_nulls("
    "             jsonb_build_object('item', f.item_code, 'tier', f.tier_code, 'amount_fen', f.amount_fen,"
    "             'basis_points', f.basis_points, 'amount_per', f.amount_per, 'valid_from', f.valid_from::text,"
    "             'valid_to', f.valid_to::text, 'confirmed', f.confirmed, 'proposed_by', f.proposed_by,"
    "             'approved_by', f.approved_by))) as event_id"
    "    from fresh f),"
    " written as ("
    "  insert into programmes.standard (district, id, item_code, tier_code, amount_fen, basis_points,"
    "      amount_per, valid, source, confirmed, state, proposed_by, approved_by, approved_at, event_id)"
    "  overriding system value"
    "  select $1::integer, e.id, e.item_code, e.tier_code, e.amount_fen, e.basis_points, e.amount_per,"
    "         daterange(e.valid_from, e.valid_to), e.source, e.confirmed, 'APPROVED', e.proposed_by,"
    "         e.approved_by, now(), e.event_id"
    "    from events e"
    "  returning true as added)" COUNT_GIVEN);

#define EXCLUSION_KEY(row, g)                                                                                          \
    row ".district = $1::integer and lower(" row ".valid) = " g ".valid_from and (" row ".item_code, " row             \
        ".tier_code, " row ".other_item_code, " row ".other_tier_code, " row                                           \
        ".other_benefit) is not distinct from (" g ".item_code, " g ".tier_code, " g ".other_item_code, " g            \
        ".other_tier_code, " g ".other_benefit)"

#define EXCLUSIONS_GIVEN                                                                                               \
    "with given as (select g.item_code, g.tier_code, g.kind, g.other_item_code, g.other_tier_code, g.other_benefit,"   \
    " g.valid_from, g.valid_to, g.source, g.confirmed, g.proposed_by, g.approved_by"                                   \
    " from jsonb_to_recordset($2::jsonb) as g(item_code text, tier_code text, kind text, other_item_code text,"        \
    " other_tier_code text, other_benefit text, valid_from date, valid_to date, source text, confirmed boolean,"       \
    " proposed_by text, approved_by text)"                                                                             \
    "  where not exists (select from programmes.exclusion d where " EXCLUSION_KEY("d", "g") " and " DECIDED_SINCE(     \
        "d", "exclusion") "))"

#define EXCLUSION_IS_THERE EXCLUSION_KEY("x", "g") " and x.state = 'APPROVED'"

DB_STATEMENT(catalogue_exclusion_different,
             EXCLUSIONS_GIVEN " select concat_ws(' ', g.item_code, g.tier_code, g.other_item_code, g.other_tier_code,"
                              "                  g.other_benefit, g.valid_from) as exclusion"
                              "   from given g join programmes.exclusion x on " EXCLUSION_IS_THERE
                              "  where (x.kind, x.source, x.confirmed) is distinct from (g.kind, g.source, g.confirmed)"
                              "  order by 1");

DB_STATEMENT(catalogue_exclusion_end, EXCLUSIONS_GIVEN
             ", events as ("
             "  select x.id, g.valid_from, g.valid_to,"
             "         audit.write_event('exclusion.end_moved', 'exclusion', x.id::text, jsonb_build_object("
             "             'item', x.item_code, 'valid_from', g.valid_from::text, 'valid_to', g.valid_to::text))"
             "             as event_id"
             "    from given g join programmes.exclusion x on " EXCLUSION_IS_THERE
             "   where upper(x.valid) is distinct from g.valid_to),"
             " written as ("
             "  update programmes.exclusion x"
             "     set valid = daterange(e.valid_from, e.valid_to), version = x.version + 1, event_id = e.event_id"
             "    from events e where x.district = $1::integer and x.id = e.id"
             "  returning false as added)" COUNT_GIVEN);

DB_STATEMENT(catalogue_exclusion_add, EXCLUSIONS_GIVEN
             ", fresh as ("
             "  select nextval('programmes.exclusion_id_seq'::regclass) as id, g.*"
             "    from given g where not exists (select from programmes.exclusion x where " EXCLUSION_IS_THERE ")),"
             " events as ("
             "  select f.*, audit.write_event('exclusion.loaded', 'exclusion', f.id::text,"
             "             jsonb_strip_nulls(to_jsonb(f) - array['id', 'source'])) as event_id"
             "    from fresh f),"
             " written as ("
             "  insert into programmes.exclusion (district, id, item_code, tier_code, kind, other_item_code,"
             "      other_tier_code, other_benefit, valid, source, confirmed, state, proposed_by, approved_by,"
             "      approved_at, event_id)"
             "  overriding system value"
             "  select $1::integer, e.id, e.item_code, e.tier_code, e.kind, e.other_item_code, e.other_tier_code,"
             "         e.other_benefit, daterange(e.valid_from, e.valid_to), e.source, e.confirmed, 'APPROVED',"
             "         e.proposed_by, e.approved_by, now(), e.event_id"
             "    from events e"
             "  returning true as added)" COUNT_GIVEN);

DB_STATEMENT(catalogue_review_class_put,
             "with given as (select g.item_code, g.class, g.months, g.source from jsonb_to_recordset($2::jsonb)"
             "    as g(item_code text, class text, months integer, source text)),"
             " written as ("
             "  insert into programmes.review_class as c (district, item_code, class, months, source)"
             "  select $1::integer, g.item_code, g.class, g.months, g.source from given g"
             "  on conflict (district, item_code, class) do update"
             "     set months = excluded.months, source = excluded.source"
             "   where (c.months, c.source) is distinct from (excluded.months, excluded.source)"
             "  returning c.xmax = 0 as added)" COUNT_WRITTEN);

DB_STATEMENT(catalogue_calendar_put,
             "with given as (select g.day, g.kind, g.source from jsonb_to_recordset($2::jsonb)"
             "    as g(day date, kind text, source text)),"
             " written as ("
             "  insert into programmes.calendar_day as c (district, day, kind, source)"
             "  select $1::integer, g.day, g.kind, g.source from given g"
             "  on conflict (district, day) do update set kind = excluded.kind, source = excluded.source"
             "   where (c.kind, c.source) is distinct from (excluded.kind, excluded.source)"
             "  returning c.xmax = 0 as added)" COUNT_WRITTEN);

DB_STATEMENT(catalogue_event_write, "select audit.write_event('load', 'catalogue', $1::text, $2::jsonb) as event_id");

struct catalogue_statements {
    const struct db_statement *put;
    const struct db_statement *different; /* NULL: rows are brought up to date */
    const struct db_statement *end;
    const struct db_statement *adopt;
};

static const struct catalogue_statements catalogue_statements[CATALOGUE_TABLES] = {
    [CATALOGUE_DIVISIONS] = {.put = &catalogue_division_put},
    [CATALOGUE_ITEMS] = {.put = &catalogue_item_put},
    [CATALOGUE_TIERS] = {.put = &catalogue_tier_put},
    [CATALOGUE_RULES] = {&catalogue_rule_add, &catalogue_rule_different, &catalogue_rule_end, &catalogue_rule_adopt},
    [CATALOGUE_STANDARDS] = {&catalogue_standard_add, &catalogue_standard_different, &catalogue_standard_end, NULL},
    [CATALOGUE_EXCLUSIONS] = {&catalogue_exclusion_add, &catalogue_exclusion_different, &catalogue_exclusion_end, NULL},
    [CATALOGUE_REVIEW_CLASSES] = {.put = &catalogue_review_class_put},
    [CATALOGUE_CALENDAR] = {.put = &catalogue_calendar_put},
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
    if (status == DB_NONE && statements->adopt != NULL)
        status = catalogue_write(db, statements->adopt, district, json, ret_counts);
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
