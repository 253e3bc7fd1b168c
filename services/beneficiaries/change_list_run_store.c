#include "change_list_run_store.h"

#include "import_reference.h"
#include "json_write.h"
#include "sealed.h"
#include "sql_array.h"

#include <string.h>

enum { LOADED_UPLOAD, LOADED_CHUNKS, LOADED_TOTAL, LOADED_DONE, LOADED_POSITION, LOADED_DIVISIONS, LOADED_PROGRAMMES };

DB_STATEMENT(change_list_run_load,
             "select c.upload_id, u.chunks, coalesce(c.total_lines, -1), c.done_lines, c.position, c.divisions::text,"
             " c.programmes::text from beneficiaries.change_list c"
             " join ops.upload u on u.district = c.district and u.id = c.upload_id"
             " where c.district = $1::integer and c.id = $2::bigint and c.state = 'CHECKING'");
DB_STATEMENT(change_list_run_total, "update beneficiaries.change_list set total_lines = $3::bigint, columns = $4::jsonb"
                                    " where district = $1::integer and id = $2::bigint");
DB_STATEMENT(change_list_run_look_up,
             "select coalesce(p.id, 0), coalesce(p.division, 0), coalesce(h.id, 0), coalesce(h.division, 0),"
             " case when x.account then nextval('beneficiaries.account_id_seq') else 0 end"
             " from unnest($2::bytea[], $3::bytea[], $4::boolean[]) with ordinality x(index, holder, account, ord)"
             " left join lateral (select id, division from beneficiaries.person where district = $1::integer"
             "  and id_number_index = x.index limit 1) p on true"
             " left join lateral (select id, division from beneficiaries.person where district = $1::integer"
             "  and id_number_index = x.holder limit 1) h on true order by x.ord");
DB_STATEMENT(change_list_run_lines,
             "insert into beneficiaries.change_line (district, list_id, line, action, state, person_id, item_code,"
             " tier_code, applied_on, starts_on, cause, ended_on, evidence, name, name_folded, division, phone_sealed,"
             " phone_index, phone_masked, account_id, account_kind, bank_number, number_sealed, number_index,"
             " number_masked, holder_id, valid_from)"
             " select $1::integer, $2::bigint, x.* from unnest($3::bigint[], $4::text[], $5::text[], $6::bigint[],"
             "  $7::text[], $8::text[], $9::date[], $10::date[], $11::text[], $12::date[], $13::text[], $14::text[],"
             "  $15::text[], $16::integer[], $17::bytea[], $18::bytea[], $19::text[], $20::bigint[], $21::text[],"
             "  $22::text[], $23::bytea[], $24::bytea[], $25::text[], $26::bigint[], $27::date[]) x");
DB_STATEMENT(
    change_list_run_faults,
    "insert into beneficiaries.change_error (district, list_id, line, column_key, code)"
    " select $1::integer, $2::bigint, x.line, x.key, x.code"
    " from unnest($3::bigint[], $4::text[], $5::text[]) with ordinality x(line, key, code, ord) order by x.ord");
DB_STATEMENT(change_list_run_progress,
             "update beneficiaries.change_list set done_lines = $3::bigint, position = $4::bigint"
             " where district = $1::integer and id = $2::bigint");
DB_STATEMENT(change_list_run_finish, "select beneficiaries.change_list_check($1::bigint)");
DB_STATEMENT(change_list_run_fail, "select beneficiaries.change_list_fail($1::bigint, $2::text, $3::boolean)");
DB_STATEMENT(change_list_run_apply, "select beneficiaries.change_list_apply($1::bigint, $2::integer)");
DB_STATEMENT(change_list_run_halt, "select beneficiaries.change_list_halt($1::bigint, $2::text)");

#define RUN_KEY(run) db_int((run)->district), db_int((run)->list_id)

enum err change_list_run_store_load(struct change_list_run *run)
{
    CLEANUP_RESULT struct db_result *row = NULL;
    enum db_status status = db_exec(run->context->db, &change_list_run_load, DB_PARAMS(RUN_KEY(run)), &row);
    if (status != DB_ROW)
        return status == DB_NONE ? ERR_WRONG_STATE : db_error(run->context->db, status);
    run->source.upload_id = db_value_int(row, 0, LOADED_UPLOAD);
    run->source.chunks = db_value_int(row, 0, LOADED_CHUNKS);
    run->total_lines = db_value_int(row, 0, LOADED_TOTAL);
    run->done_lines = db_value_int(row, 0, LOADED_DONE);
    run->position = db_value_int(row, 0, LOADED_POSITION);
    return import_reference_load(run->context->db, run->district, db_value(row, 0, LOADED_DIVISIONS),
                                 db_value(row, 0, LOADED_PROGRAMMES), run->arena, &run->reference);
}

enum db_status change_list_run_store_total(struct change_list_run *run)
{
    CLEANUP_BUFFER struct buffer columns = buffer_init((size_t)CHANGE_COLUMNS * 8 * IMPORT_HEADER_SIZE);
    buffer_append_char(&columns, '{');
    for (int column = 0; column < CHANGE_COLUMNS; column++)
        if (run->header.field[column] >= 0)
            json_member_text(&columns, change_list_column_key(column), run->header.name[column]);
    buffer_append_char(&columns, '}');
    return db_exec(run->context->db, &change_list_run_total,
                   DB_PARAMS(RUN_KEY(run), db_int(run->total_lines), db_text(columns.failed ? "{}" : columns.data)),
                   NULL);
}

static void run_begin_arrays(struct change_list_run *run, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sql_array_begin(&run->arrays[i]);
}

/* Runs a statement with `keys` parameters and the first `count` arrays. */
static enum err run_exec_arrays(struct change_list_run *run, const struct db_statement *statement, size_t keys,
                                size_t count, struct db_result **ret_result)
{
    struct db_param params[CHANGE_LIST_ARRAYS + 2] = {RUN_KEY(run)};
    for (size_t i = 0; i < count; i++) {
        const char *array = sql_array_end(&run->arrays[i]);
        if (array == NULL)
            return ERR_OUT_OF_MEMORY;
        params[keys + i] = db_text(array);
    }
    return db_error(run->context->db, db_exec(run->context->db, statement, params, keys + count, ret_result));
}

/* ---- what the register knows */

static void run_keep_known(const struct change_list_run *run, struct change_slot *slot, const struct db_result *rows,
                           size_t row)
{
    struct import_line *line = &slot->line.line;
    bool reached = import_reaches(&run->reference, db_value_int(rows, row, 1));
    int64_t person = db_value_int(rows, row, 0);
    int64_t holder = db_value_int(rows, row, 2);
    if (line->id_number[0] != '\0' && person == 0)
        import_line_fault(line, CHANGE_ID_NUMBER, ERR_UNKNOWN_PERSON);
    else if (person != 0 && !reached)
        import_line_fault(line, CHANGE_ID_NUMBER, ERR_OTHER_DIVISION);
    slot->person_id = reached ? person : 0;
    slot->account_id = db_value_int(rows, row, 4);
    slot->holder_id = slot->person_id;
    if (slot->line.account.holder[0] == '\0')
        return;
    slot->holder_id = holder;
    if (holder == 0 || !import_reaches(&run->reference, db_value_int(rows, row, 3)))
        import_line_fault(line, CHANGE_HOLDER, ERR_UNKNOWN_PERSON);
}

enum err change_list_run_store_look_up(struct change_list_run *run)
{
    CLEANUP_RESULT struct db_result *rows = NULL;
    run_begin_arrays(run, 3);
    for (size_t i = 0; i < run->slot_count; i++) {
        const struct change_slot *slot = &run->slots[i];
        const struct change_line *line = &slot->line;
        sql_array_bytes(&run->arrays[0], line->line.id_number[0] != '\0' ? slot->id_index : NULL, KEYRING_INDEX_BYTES);
        sql_array_bytes(&run->arrays[1], line->account.holder[0] != '\0' ? slot->holder_index : NULL,
                        KEYRING_INDEX_BYTES);
        sql_array_text(&run->arrays[2], line->account.number[0] != '\0' ? "t" : "f");
    }
    enum err err = run_exec_arrays(run, &change_list_run_look_up, 1, 3, &rows);
    if (err != ERR_NONE)
        return err;
    if (db_row_count(rows) != run->slot_count)
        return ERR_INTERNAL;
    for (size_t i = 0; i < run->slot_count; i++)
        run_keep_known(run, &run->slots[i], rows, i);
    return ERR_NONE;
}

/* ---- the lines */

static void append_text(struct buffer *array, const char *text)
{
    sql_array_text(array, text != NULL && text[0] != '\0' ? text : NULL);
}

static void append_id(struct buffer *array, int64_t id)
{
    if (id != 0)
        sql_array_int(array, id);
    else
        sql_array_null(array);
}

static void append_date(struct buffer *array, struct date date)
{
    char text[DATE_TEXT_SIZE] = "";
    if (date.year != 0)
        date_format(date, text);
    append_text(array, text);
}

/* The three columns of a number, sealed for the row that it is meant for; nulls when there is none. */
static enum err append_sealed(struct change_list_run *run, struct buffer *arrays, enum sealed_kind kind, int64_t row_id,
                              const char *text)
{
    struct sealed sealed;
    if (text[0] == '\0') {
        for (size_t i = 0; i < 3; i++)
            sql_array_null(&arrays[i]);
        return ERR_NONE;
    }
    enum err err = sealed_make(run->context->keyring, kind, run->district, row_id, text, &sealed);
    if (err != ERR_NONE)
        return err;
    sql_array_bytes(&arrays[0], sealed.bytes, sealed.length);
    sql_array_bytes(&arrays[1], sealed.index, sizeof(sealed.index));
    sql_array_text(&arrays[2], sealed.masked);
    return ERR_NONE;
}

/* The account of a line: number, kind, bank and holder; nulls when it makes none. */
static enum err run_append_account(struct change_list_run *run, struct buffer *arrays, const struct change_slot *slot,
                                   const char *number)
{
    const struct import_account *account = &slot->line.account;
    bool made = number[0] != '\0';
    append_id(&arrays[0], made ? slot->account_id : 0);
    append_text(&arrays[1], made ? account_kind_name(account->kind) : NULL);
    append_text(&arrays[2], made ? account->bank : NULL);
    append_id(&arrays[6], made ? slot->holder_id : 0);
    return append_sealed(run, &arrays[3], SEALED_ACCOUNT, slot->account_id, number);
}

/* What says something about a person is kept of good lines only. */
static const char *kept(bool good, const char *text)
{
    return good ? text : "";
}

static enum err run_append_line(struct change_list_run *run, const struct change_slot *slot)
{
    struct buffer *a = run->arrays;
    const struct change_line *line = &slot->line;
    bool good = line->line.result != IMPORT_BAD;
    sql_array_int(&a[0], (int64_t)line->line.line);
    sql_array_text(&a[1], line->has_action ? change_list_action_name(line->action) : NULL);
    sql_array_text(&a[2], good ? "GOOD" : "BAD");
    append_id(&a[3], slot->person_id);
    append_text(&a[4], line->item != NULL ? line->item->code : NULL);
    append_text(&a[5], line->tier != NULL ? line->tier->code : NULL);
    append_date(&a[6], line->applied_on);
    append_date(&a[7], line->starts_on);
    append_text(&a[8], line->cause);
    append_date(&a[9], line->ended_on);
    append_text(&a[10], kept(good, line->evidence));
    append_text(&a[11], kept(good, line->name));
    append_text(&a[12], kept(good, line->name_folded));
    append_id(&a[13], line->division);
    append_date(&a[24], line->valid_from);
    enum err err = append_sealed(run, &a[14], SEALED_PHONE, slot->person_id, kept(good, line->phone));
    return err == ERR_NONE ? run_append_account(run, &a[17], slot, kept(good, line->account.number)) : err;
}

enum err change_list_run_store_faults(struct change_list_run *run)
{
    size_t count = 0;
    run_begin_arrays(run, 3);
    for (size_t i = 0; i < run->slot_count; i++) {
        const struct import_line *line = &run->slots[i].line.line;
        for (size_t k = 0; k < line->fault_count; k++, count++) {
            sql_array_int(&run->arrays[0], (int64_t)line->line);
            sql_array_text(&run->arrays[1], change_list_column_key(line->faults[k].column));
            sql_array_text(&run->arrays[2], err_info(line->faults[k].code)->code);
        }
    }
    return count > 0 ? run_exec_arrays(run, &change_list_run_faults, 2, 3, NULL) : ERR_NONE;
}

enum err change_list_run_store_batch(struct change_list_run *run)
{
    enum { COUNT = 25 };
    enum err err = ERR_NONE;
    run_begin_arrays(run, COUNT);
    for (size_t i = 0; i < run->slot_count && err == ERR_NONE; i++)
        err = run_append_line(run, &run->slots[i]);
    if (err == ERR_NONE)
        err = run_exec_arrays(run, &change_list_run_lines, 2, COUNT, NULL);
    if (err == ERR_NONE)
        err = change_list_run_store_faults(run);
    if (err != ERR_NONE)
        return err;
    return db_error(run->context->db,
                    db_exec(run->context->db, &change_list_run_progress,
                            DB_PARAMS(RUN_KEY(run), db_int(run->done_lines), db_int(run->position)), NULL));
}

enum db_status change_list_run_store_finish(struct change_list_run *run)
{
    return db_exec(run->context->db, &change_list_run_finish, DB_PARAMS(db_int(run->list_id)), NULL);
}

enum db_status change_list_run_store_fail(struct change_list_run *run, const char *code, bool tell)
{
    return db_exec(run->context->db, &change_list_run_fail,
                   DB_PARAMS(db_int(run->list_id), db_text(code), db_bool(tell)), NULL);
}

enum db_status change_list_run_store_apply(struct db *db, int64_t list_id, int64_t limit, bool *ret_more)
{
    CLEANUP_RESULT struct db_result *row = NULL;
    enum db_status status = db_exec(db, &change_list_run_apply, DB_PARAMS(db_int(list_id), db_int(limit)), &row);
    *ret_more = status == DB_ROW && db_value_bool(row, 0, 0);
    return status;
}

enum db_status change_list_run_store_halt(struct db *db, int64_t list_id, const char *code)
{
    return db_exec(db, &change_list_run_halt, DB_PARAMS(db_int(list_id), db_text(code)), NULL);
}
