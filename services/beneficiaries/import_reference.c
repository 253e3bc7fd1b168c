#include "import_reference.h"

#include <stdio.h>
#include <string.h>

DB_STATEMENT(import_reference_divisions, "select d.code, $2::integer[] is null or d.code = any ($2::integer[])"
                                         " from programmes.division d where d.district = $1::integer order by d.code");
DB_STATEMENT(import_reference_items,
             "select t.code, t.item_zh, coalesce(r.tier_source, case when (select count(*) from programmes.tier g"
             "  where g.district = t.district and g.item_code = t.code and g.disability_grades is null) > 1"
             "  then 'enrolment' else 'single' end), g.code, g.name_zh"
             " from programmes.item t"
             " left join lateral (select tier_source from programmes.rule"
             "  where district = t.district and item_code = t.code and state = 'APPROVED'"
             "  order by lower(valid) desc limit 1) r on true"
             " left join programmes.tier g on g.district = t.district and g.item_code = t.code"
             " where t.district = $1::integer and t.kind = 'subsidy'"
             "  and ($2::text[] is null or t.code = any ($2::text[])) order by t.code, g.code");

static enum err reference_divisions(struct db *db, int64_t district, const char *reach, struct arena *arena,
                                    struct import_reference *reference)
{
    CLEANUP_RESULT struct db_result *rows = NULL;
    enum db_status status =
        db_exec(db, &import_reference_divisions, DB_PARAMS(db_int(district), db_text(reach)), &rows);
    if (status == DB_HARD || status == DB_RETRY)
        return db_error(db, status);
    size_t count = db_row_count(rows);
    int64_t *divisions = arena_alloc(arena, (count + 1) * sizeof(*divisions));
    int64_t *reached = arena_alloc(arena, (count + 1) * sizeof(*reached));
    if (divisions == NULL || reached == NULL)
        return ERR_OUT_OF_MEMORY;
    reference->reach_count = 0;
    for (size_t i = 0; i < count; i++) {
        divisions[i] = db_value_int(rows, i, 0);
        if (db_value_bool(rows, i, 1))
            reached[reference->reach_count++] = divisions[i];
    }
    reference->divisions = divisions;
    reference->division_count = count;
    reference->limited = reach != NULL;
    reference->reach = reached;
    return ERR_NONE;
}

/* One row is one tier of an item, or an item without tiers; rows of an item come together. */
static enum err reference_items(struct db *db, int64_t district, const char *programmes, struct arena *arena,
                                struct import_reference *reference)
{
    CLEANUP_RESULT struct db_result *rows = NULL;
    enum db_status status =
        db_exec(db, &import_reference_items, DB_PARAMS(db_int(district), db_text(programmes)), &rows);
    if (status == DB_HARD || status == DB_RETRY)
        return db_error(db, status);
    size_t count = db_row_count(rows);
    struct import_item *items = arena_alloc(arena, (count + 1) * sizeof(*items));
    struct import_tier *tiers = arena_alloc(arena, (count + 1) * sizeof(*tiers));
    if (items == NULL || tiers == NULL)
        return ERR_OUT_OF_MEMORY;
    size_t item_count = 0;
    for (size_t i = 0; i < count; i++) {
        const char *code = db_value(rows, i, 0);
        if (item_count == 0 || strcmp(items[item_count - 1].code, code) != 0) {
            struct import_item *item = &items[item_count++];
            snprintf(item->code, sizeof(item->code), "%s", code);
            item->name_zh = arena_strdup(arena, db_value(rows, i, 1));
            item->tiers = &tiers[i];
            if (item->name_zh == NULL || !enrolment_tier_source_parse(db_value(rows, i, 2), &item->tier_source))
                return ERR_INTERNAL;
        }
        if (db_is_null(rows, i, 3))
            continue;
        snprintf(tiers[i].code, sizeof(tiers[i].code), "%s", db_value(rows, i, 3));
        tiers[i].name_zh = arena_strdup(arena, db_value(rows, i, 4));
        if (tiers[i].name_zh == NULL)
            return ERR_OUT_OF_MEMORY;
        items[item_count - 1].tier_count++;
    }
    reference->items = items;
    reference->item_count = item_count;
    return ERR_NONE;
}

enum err import_reference_load(struct db *db, int64_t district, const char *divisions, const char *programmes,
                               struct arena *arena, struct import_reference *ret_reference)
{
    enum err err = reference_divisions(db, district, divisions, arena, ret_reference);
    return err == ERR_NONE ? reference_items(db, district, programmes, arena, ret_reference) : err;
}
