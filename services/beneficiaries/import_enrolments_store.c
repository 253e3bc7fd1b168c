#include "import_enrolments_store.h"

#include "sql_array.h"

DB_STATEMENT(
    import_enrolments_look_up,
    "select coalesce(p.id, 0), coalesce(p.division, 0), exists (select from beneficiaries.enrolment e"
    "  where e.district = $1::integer and e.person_id = p.id and e.item_code = x.item"
    "   and e.state in ('APPLIED', 'APPROVED')), p.merged_into is not null"
    " from unnest($2::bytea[], $3::text[]) with ordinality x(index, item, ord)"
    " left join lateral (select id, division, merged_into from beneficiaries.person where district = $1::integer"
    "  and id_number_index = x.index limit 1) p on true"
    " order by x.ord");
/* Which of the batch's new lines another benefit of the person forbids, by position from 1. */
DB_STATEMENT(import_enrolments_excluded,
             "select ord from beneficiaries.excluded_lines($1::bigint[], $2::text[], $3::text[], $4::date[])");
DB_STATEMENT(import_enrolments_insert,
             "insert into beneficiaries.enrolment (district, person_id, division, item_code, tier_code, state,"
             " applied_on, starts_on, applied_by, import_id, event_id)"
             " select $1::integer, p.id, p.division, x.item, x.tier, 'APPLIED', x.applied_on, x.starts_on,"
             "  app.actor(), $2::bigint, $3::bigint"
             " from unnest($4::bigint[], $5::text[], $6::text[], $7::date[], $8::date[])"
             "  with ordinality x(person, item, tier, applied_on, starts_on, ord)"
             " join lateral (select id, division from beneficiaries.person where district = $1::integer"
             "  and id = x.person limit 1) p on true order by x.ord");

static struct import_enrolment_slot *enrolments_slot(const struct import_run *run, size_t index)
{
    return (struct import_enrolment_slot *)(void *)import_run_slot(run, index);
}

static void enrolments_decide(const struct import_run *run, struct import_enrolment_slot *slot,
                              const struct db_result *rows, size_t row)
{
    struct import_line *line = &slot->enrolment.line;
    slot->person_id = db_value_int(rows, row, 0);
    if (slot->person_id == 0)
        import_line_fault(line, IMPORT_ID_NUMBER, ERR_UNKNOWN_PERSON);
    else if (!import_reaches(&run->reference, db_value_int(rows, row, 1)))
        import_line_fault(line, IMPORT_ID_NUMBER, ERR_OTHER_DIVISION);
    else if (db_value_bool(rows, row, 3))
        import_line_fault(line, IMPORT_ID_NUMBER, ERR_PERSON_MERGED);
    else
        line->result = db_value_bool(rows, row, 2) ? IMPORT_UNCHANGED : IMPORT_NEW;
}

/* Lines that do not go with another benefit of the person, in the register or earlier in the batch. */
static enum err enrolments_exclude(struct import_run *run)
{
    enum { COUNT = 4 };
    struct buffer *a = run->arrays;
    size_t lines[IMPORT_BATCH_LINES];
    size_t count = 0;
    for (size_t i = 0; i < COUNT; i++)
        sql_array_begin(&a[i]);
    for (size_t i = 0; i < run->slot_count; i++) {
        char starts_on[DATE_TEXT_SIZE];
        const struct import_enrolment_slot *slot = enrolments_slot(run, i);
        if (slot->enrolment.line.result != IMPORT_NEW)
            continue;
        date_format(slot->enrolment.starts_on, starts_on);
        sql_array_int(&a[0], slot->person_id);
        sql_array_text(&a[1], slot->enrolment.item->code);
        sql_array_text(&a[2], slot->enrolment.tier != NULL ? slot->enrolment.tier->code : NULL);
        sql_array_text(&a[3], starts_on);
        lines[count++] = i;
    }
    if (count == 0)
        return ERR_NONE;
    CLEANUP_RESULT struct db_result *rows = NULL;
    enum db_status status = db_exec(run->context->db, &import_enrolments_excluded,
                                    DB_PARAMS(db_text(sql_array_end(&a[0])), db_text(sql_array_end(&a[1])),
                                              db_text(sql_array_end(&a[2])), db_text(sql_array_end(&a[3]))),
                                    &rows);
    if (status == DB_HARD || status == DB_RETRY)
        return db_error(run->context->db, status);
    for (size_t row = 0; row < db_row_count(rows); row++) {
        struct import_enrolment_slot *slot = enrolments_slot(run, lines[db_value_int(rows, row, 0) - 1]);
        import_line_fault(&slot->enrolment.line, IMPORT_ITEM, ERR_EXCLUDED);
    }
    return ERR_NONE;
}

enum err import_enrolments_store_look_up(struct import_run *run)
{
    CLEANUP_RESULT struct db_result *rows = NULL;
    struct buffer *a = run->arrays;
    size_t good = 0;
    sql_array_begin(&a[0]);
    sql_array_begin(&a[1]);
    for (size_t i = 0; i < run->slot_count; i++) {
        const struct import_enrolment_slot *slot = enrolments_slot(run, i);
        if (slot->enrolment.line.result == IMPORT_BAD)
            continue;
        sql_array_bytes(&a[0], slot->id_index, KEYRING_INDEX_BYTES);
        sql_array_text(&a[1], slot->enrolment.item->code);
        good++;
    }
    if (good == 0)
        return ERR_NONE;
    enum db_status status =
        db_exec(run->context->db, &import_enrolments_look_up,
                DB_PARAMS(db_int(run->district), db_text(sql_array_end(&a[0])), db_text(sql_array_end(&a[1]))), &rows);
    if (status == DB_HARD || status == DB_RETRY)
        return db_error(run->context->db, status);
    if (db_row_count(rows) != good)
        return ERR_INTERNAL;
    size_t row = 0;
    for (size_t i = 0; i < run->slot_count; i++)
        if (enrolments_slot(run, i)->enrolment.line.result != IMPORT_BAD)
            enrolments_decide(run, enrolments_slot(run, i), rows, row++);
    return enrolments_exclude(run);
}

static void enrolments_append(struct buffer *a, const struct import_enrolment_slot *slot)
{
    char applied_on[DATE_TEXT_SIZE];
    char starts_on[DATE_TEXT_SIZE];
    const struct import_enrolment *enrolment = &slot->enrolment;
    date_format(enrolment->applied_on, applied_on);
    date_format(enrolment->starts_on, starts_on);
    sql_array_int(&a[0], slot->person_id);
    sql_array_text(&a[1], enrolment->item->code);
    sql_array_text(&a[2], enrolment->tier != NULL ? enrolment->tier->code : NULL);
    sql_array_text(&a[3], applied_on);
    sql_array_text(&a[4], starts_on);
}

enum err import_enrolments_store_batch(struct import_run *run, int64_t event_id)
{
    enum { COUNT = 5 };
    struct buffer *a = run->arrays;
    struct db_param params[COUNT + 3] = {db_int(run->district), db_int(run->import_id), db_int(event_id)};
    size_t rows = 0;
    for (size_t i = 0; i < COUNT; i++)
        sql_array_begin(&a[i]);
    for (size_t i = 0; i < run->slot_count; i++) {
        if (enrolments_slot(run, i)->enrolment.line.result == IMPORT_NEW) {
            enrolments_append(a, enrolments_slot(run, i));
            rows++;
        }
    }
    if (rows == 0)
        return ERR_NONE;
    for (size_t i = 0; i < COUNT; i++)
        params[i + 3] = db_text(sql_array_end(&a[i]));
    return db_error(run->context->db, db_exec(run->context->db, &import_enrolments_insert, params, COUNT + 3, NULL));
}
