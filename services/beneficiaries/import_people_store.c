#include "import_people_store.h"

#include "sealed.h"
#include "sql_array.h"

/* Lateral joins with a limit go by index whatever the planner believes: the first import meets tables without
 * statistics, which it fills while the plan stays. */
DB_STATEMENT(import_people_look_up,
             "select coalesce(p.id, nextval('beneficiaries.person_id_seq')), p.id is null, coalesce(p.division, 0),"
             " p.id is not null and (p.name <> x.name or p.division <> x.division"
             "  or (x.phone is not null and x.phone is distinct from p.phone_index)),"
             " coalesce(h.id, 0), coalesce(h.division, 0), coalesce(head.person_id, 0),"
             " coalesce(m.household_id = h.id and m.relation = x.relation, false),"
             " coalesce(i.per_head_year_fen, -1),"
             " case when x.certificate is null or c.number_index = x.certificate then 0"
             "  else nextval('beneficiaries.certificate_id_seq') end,"
             " case when x.account is null or (a.number_index = x.account and a.kind = x.kind"
             "   and a.bank_number = x.bank and a.holder_person_id = coalesce(holder.id,"
             "    case when x.holder is null then p.id end)) then 0"
             "  else nextval('beneficiaries.account_id_seq') end,"
             " coalesce(holder.id, 0), coalesce(holder.division, 0), p.merged_into is not null"
             " from unnest($2::bytea[], $3::text[], $4::integer[], $5::bytea[], $6::text[], $7::text[], $8::bytea[],"
             "  $9::bytea[], $10::text[], $11::text[], $12::bytea[]) with ordinality"
             "  x(index, name, division, phone, household, relation, certificate, account, kind, bank, holder, ord)"
             " left join lateral (select * from beneficiaries.person where district = $1::integer"
             "  and id_number_index = x.index limit 1) p on true"
             " left join lateral (select * from beneficiaries.household where district = $1::integer"
             "  and number = x.household limit 1) h on true"
             " left join lateral (select * from beneficiaries.household_member where district = $1::integer"
             "  and household_id = h.id and relation in ('01', '02') and upper_inf(valid) limit 1) head on true"
             " left join lateral (select * from beneficiaries.household_member where district = $1::integer"
             "  and person_id = p.id and upper_inf(valid) limit 1) m on true"
             " left join lateral (select * from beneficiaries.household_income where district = $1::integer"
             "  and household_id = h.id and upper_inf(valid) limit 1) i on true"
             " left join lateral (select * from beneficiaries.certificate where district = $1::integer"
             "  and person_id = p.id and upper_inf(valid) limit 1) c on true"
             " left join lateral (select * from beneficiaries.account where district = $1::integer"
             "  and person_id = p.id and upper_inf(valid) limit 1) a on true"
             " left join lateral (select * from beneficiaries.person where district = $1::integer"
             "  and id_number_index = x.holder limit 1) holder on true"
             " order by x.ord");
DB_STATEMENT(import_people_insert,
             "insert into beneficiaries.person (district, id, division, name, name_folded, sex, birth_date,"
             " id_number_sealed, id_number_index, id_number_masked, phone_sealed, phone_index, phone_masked,"
             " event_id)"
             " select $1::integer, x.*, $2::bigint from unnest($3::bigint[], $4::integer[], $5::text[], $6::text[],"
             "  $7::text[], $8::date[], $9::bytea[], $10::bytea[], $11::text[], $12::bytea[], $13::bytea[],"
             "  $14::text[]) x");
DB_STATEMENT(import_people_update,
             "update beneficiaries.person p set division = x.division, name = x.name, name_folded = x.folded,"
             " phone_sealed = coalesce(x.phone_sealed, p.phone_sealed),"
             " phone_index = coalesce(x.phone_index, p.phone_index),"
             " phone_masked = coalesce(x.phone_masked, p.phone_masked), version = p.version + 1,"
             " event_id = $2::bigint"
             " from unnest($3::bigint[], $4::integer[], $5::text[], $6::text[], $7::bytea[], $8::bytea[],"
             "  $9::text[]) x(id, division, name, folded, phone_sealed, phone_index, phone_masked)"
             " where p.district = $1::integer and p.id = any ($3::bigint[]) and p.id = x.id");
DB_STATEMENT(import_people_households,
             "insert into beneficiaries.household (district, division, number, event_id)"
             " select distinct on (x.number) $1::integer, x.division, x.number, $2::bigint"
             " from unnest($3::text[], $4::integer[]) with ordinality x(number, division, ord)"
             " order by x.number, x.ord on conflict (district, number) do nothing");
DB_STATEMENT(import_people_touch_households,
             "update beneficiaries.household set version = version + 1, event_id = $2::bigint"
             " where district = $1::integer and number = any ($3::text[]) and event_id <> $2::bigint");
#define PEOPLE_HOUSEHOLD                                                                                               \
    " join lateral (select id from beneficiaries.household where district = $1::integer and number = "                 \
    "x.number"                                                                                                         \
    "  limit 1) h on true"
#define PEOPLE_CLOSE(table, owner, owners)                                                                             \
    "update beneficiaries." table " set valid = case when lower(valid) >= app.today() then 'empty'::daterange"         \
    " else daterange(lower(valid), app.today()) end where district = $1::integer and " owner " = any (" owners ")"     \
    " and not isempty(valid) and (upper_inf(valid) or upper(valid) > app.today())"
DB_STATEMENT(import_people_close_members, PEOPLE_CLOSE("household_member", "person_id", "$2::bigint[]"));
DB_STATEMENT(import_people_insert_members,
             "insert into beneficiaries.household_member (district, household_id, person_id, relation, valid,"
             " event_id)"
             " select $1::integer, h.id, x.person, x.relation, daterange(case when exists ("
             "   select from beneficiaries.household_member o where o.district = $1::integer"
             "    and o.person_id = x.person and not isempty(o.valid)) or (x.relation in ('01', '02') and exists ("
             "   select from beneficiaries.household_member o where o.district = $1::integer"
             "    and o.household_id = h.id and o.relation in ('01', '02') and not isempty(o.valid)))"
             "  then app.today() end, null), $2::bigint"
             " from unnest($3::bigint[], $4::text[], $5::text[]) x(person, number, relation)" PEOPLE_HOUSEHOLD);
/* Which incomes of the batch lower what a household gets without its hearing, by position from 1; and the use of the
 * hearings of those that are stored. */
DB_STATEMENT(import_people_unheard,
             "select ord from beneficiaries.incomes_unheard($2::bigint[], $3::bigint[], app.today())"
             " where $1::integer = app.district()");
DB_STATEMENT(
    import_people_reduce,
    "select beneficiaries.incomes_reduce($2::bigint[], $3::bigint[], app.today()) where $1::integer = app.district()");
DB_STATEMENT(import_people_close_incomes,
             PEOPLE_CLOSE("household_income", "household_id",
                          "array(select id from beneficiaries.household where district = $1::integer"
                          " and number = any ($2::text[]))"));
DB_STATEMENT(import_people_insert_incomes,
             "insert into beneficiaries.household_income (district, household_id, per_head_year_fen, valid,"
             " event_id)"
             " select $1::integer, h.id, x.income, daterange(case when exists ("
             "   select from beneficiaries.household_income o where o.district = $1::integer"
             "    and o.household_id = h.id and not isempty(o.valid)) then app.today() end, null), $2::bigint"
             " from unnest($3::text[], $4::bigint[]) x(number, income)" PEOPLE_HOUSEHOLD);
DB_STATEMENT(import_people_close_certificates, PEOPLE_CLOSE("certificate", "person_id", "$2::bigint[]"));
DB_STATEMENT(import_people_insert_certificates,
             "insert into beneficiaries.certificate (district, id, person_id, number_sealed, number_index,"
             " number_masked, disability_type, disability_grade, valid, event_id)"
             " select $1::integer, x.id, x.person, x.sealed, x.index, x.masked, x.type, x.grade,"
             "  daterange(case when exists (select from beneficiaries.certificate o where o.district = $1::integer"
             "   and o.person_id = x.person and not isempty(o.valid)) then app.today() end, null), $2::bigint"
             " from unnest($3::bigint[], $4::bigint[], $5::bytea[], $6::bytea[], $7::text[], $8::integer[],"
             "  $9::integer[]) x(id, person, sealed, index, masked, type, grade)");
DB_STATEMENT(import_people_close_accounts, PEOPLE_CLOSE("account", "person_id", "$2::bigint[]"));
DB_STATEMENT(import_people_insert_accounts,
             "insert into beneficiaries.account (district, id, person_id, holder_person_id, kind, bank_number,"
             " number_sealed, number_index, number_masked, valid, event_id)"
             " select $1::integer, x.id, x.person, x.holder, x.kind, x.bank, x.sealed, x.index, x.masked,"
             "  daterange(case when exists (select from beneficiaries.account o where o.district = $1::integer"
             "   and o.person_id = x.person and not isempty(o.valid)) then app.today() end, null), $2::bigint"
             " from unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::bytea[],"
             "  $9::bytea[], $10::text[]) x(id, person, holder, kind, bank, sealed, index, masked)");

enum { ARRAYS = 12 };

static struct import_people_slot *people_slot(const struct import_run *run, size_t index)
{
    return (struct import_people_slot *)(void *)import_run_slot(run, index);
}

static void people_begin(struct import_run *run, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sql_array_begin(&run->arrays[i]);
}

/* Runs a statement with the district, perhaps the event, and the first `count` arrays. */
static enum err people_exec(struct import_run *run, const struct db_statement *statement, int64_t event_id,
                            size_t count, struct db_result **ret_result)
{
    struct db_param params[ARRAYS + 2] = {db_int(run->district)};
    size_t used = 1;
    if (event_id != 0)
        params[used++] = db_int(event_id);
    for (size_t i = 0; i < count; i++) {
        const char *array = sql_array_end(&run->arrays[i]);
        if (array == NULL)
            return ERR_OUT_OF_MEMORY;
        params[used++] = db_text(array);
    }
    return db_error(run->context->db, db_exec(run->context->db, statement, params, used, ret_result));
}

static const char *people_or_null(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

static void people_index(struct buffer *array, const uint8_t *index, const char *text)
{
    sql_array_bytes(array, text[0] != '\0' ? index : NULL, KEYRING_INDEX_BYTES);
}

/* ---- what the register knows */

static void people_append_look_up(struct import_run *run, const struct import_people_slot *slot)
{
    struct buffer *a = run->arrays;
    const struct import_person *person = &slot->person;
    bool has_account = person->account[0] != '\0';
    sql_array_bytes(&a[0], slot->slot.digest, KEYRING_INDEX_BYTES);
    sql_array_text(&a[1], person->name);
    sql_array_int(&a[2], person->division);
    people_index(&a[3], slot->phone_index, person->phone);
    sql_array_text(&a[4], people_or_null(person->household));
    sql_array_text(&a[5], people_or_null(person->relation));
    people_index(&a[6], slot->certificate_index, person->certificate.text);
    people_index(&a[7], slot->account_index, person->account);
    sql_array_text(&a[8], has_account ? account_kind_name(person->account_kind) : NULL);
    sql_array_text(&a[9], people_or_null(person->bank));
    people_index(&a[10], slot->holder_index, person->holder);
}

static void people_keep_known(const struct db_result *rows, size_t row, struct import_known *known)
{
    *known = (struct import_known){.person_id = db_value_int(rows, row, 0),
                                   .is_new = db_value_bool(rows, row, 1),
                                   .division = db_value_int(rows, row, 2),
                                   .differs = db_value_bool(rows, row, 3),
                                   .household_id = db_value_int(rows, row, 4),
                                   .household_division = db_value_int(rows, row, 5),
                                   .head_id = db_value_int(rows, row, 6),
                                   .same_member = db_value_bool(rows, row, 7),
                                   .income_fen = db_value_int(rows, row, 8),
                                   .certificate_id = db_value_int(rows, row, 9),
                                   .account_id = db_value_int(rows, row, 10),
                                   .holder_id = db_value_int(rows, row, 11),
                                   .holder_division = db_value_int(rows, row, 12),
                                   .is_merged = db_value_bool(rows, row, 13)};
}

enum err import_people_store_look_up(struct import_run *run)
{
    CLEANUP_RESULT struct db_result *rows = NULL;
    size_t good = 0;
    people_begin(run, 11);
    for (size_t i = 0; i < run->slot_count; i++) {
        if (people_slot(run, i)->person.line.result != IMPORT_BAD) {
            people_append_look_up(run, people_slot(run, i));
            good++;
        }
    }
    if (good == 0)
        return ERR_NONE;
    enum err err = people_exec(run, &import_people_look_up, 0, 11, &rows);
    if (err != ERR_NONE)
        return err;
    if (db_row_count(rows) != good)
        return ERR_INTERNAL;
    size_t row = 0;
    for (size_t i = 0; i < run->slot_count; i++)
        if (people_slot(run, i)->person.line.result != IMPORT_BAD)
            people_keep_known(rows, row++, &people_slot(run, i)->known);
    return ERR_NONE;
}

static bool people_lowers(const struct import_people_slot *slot)
{
    return slot->known.income_fen >= 0 && slot->person.income_fen > slot->known.income_fen;
}

static enum err people_append_lowered(struct import_run *run, const struct import_people_slot *slot)
{
    sql_array_int(&run->arrays[0], slot->known.household_id);
    sql_array_int(&run->arrays[1], slot->person.income_fen);
    return ERR_NONE;
}

enum err import_people_store_unheard(struct import_run *run)
{
    CLEANUP_RESULT struct db_result *rows = NULL;
    size_t lines[IMPORT_BATCH_LINES];
    size_t count = 0;
    people_begin(run, 2);
    for (size_t i = 0; i < run->slot_count; i++) {
        const struct import_people_slot *slot = people_slot(run, i);
        if (slot->person.line.result == IMPORT_BAD || !people_lowers(slot))
            continue;
        people_append_lowered(run, slot);
        lines[count++] = i;
    }
    enum err err = count > 0 ? people_exec(run, &import_people_unheard, 0, 2, &rows) : ERR_NONE;
    for (size_t row = 0; err == ERR_NONE && count > 0 && row < db_row_count(rows); row++)
        import_line_fault(&people_slot(run, lines[db_value_int(rows, row, 0) - 1])->person.line, IMPORT_INCOME,
                          ERR_HEARING_MISSING);
    return err;
}

/* ---- storing: each function collects the lines that concern its table and writes them at once */

typedef bool people_filter(const struct import_people_slot *slot);
typedef enum err people_append(struct import_run *run, const struct import_people_slot *slot);

static bool people_is_stored(const struct import_people_slot *slot)
{
    return slot->person.line.result == IMPORT_NEW || slot->person.line.result == IMPORT_CHANGED;
}

/* Collects `count` arrays over the lines that pass the filter; *ret_rows says how many did. */
static enum err people_collect(struct import_run *run, people_filter *wanted, people_append *append, size_t count,
                               size_t *ret_rows)
{
    enum err err = ERR_NONE;
    *ret_rows = 0;
    people_begin(run, count);
    for (size_t i = 0; i < run->slot_count && err == ERR_NONE; i++) {
        const struct import_people_slot *slot = people_slot(run, i);
        if (people_is_stored(slot) && wanted(slot)) {
            err = append(run, slot);
            (*ret_rows)++;
        }
    }
    return err;
}

static enum err people_write(struct import_run *run, people_filter *wanted, people_append *append, size_t count,
                             const struct db_statement *statement, int64_t event_id)
{
    size_t rows;
    enum err err = people_collect(run, wanted, append, count, &rows);
    return err == ERR_NONE && rows > 0 ? people_exec(run, statement, event_id, count, NULL) : err;
}

static void people_append_sealed(struct buffer *arrays, const struct sealed *sealed)
{
    sql_array_bytes(&arrays[0], sealed->bytes, sealed->length);
    sql_array_bytes(&arrays[1], sealed->index, sizeof(sealed->index));
    sql_array_text(&arrays[2], sealed->masked);
}

static enum err people_append_phone(struct import_run *run, const struct import_people_slot *slot,
                                    struct buffer *arrays)
{
    struct sealed phone;
    if (slot->person.phone[0] == '\0') {
        for (size_t i = 0; i < 3; i++)
            sql_array_null(&arrays[i]);
        return ERR_NONE;
    }
    enum err err = sealed_make(run->context->keyring, SEALED_PHONE, run->district, slot->known.person_id,
                               slot->person.phone, &phone);
    if (err == ERR_NONE)
        people_append_sealed(arrays, &phone);
    return err;
}

static bool people_is_new(const struct import_people_slot *slot)
{
    return slot->known.is_new;
}

static enum err people_append_new(struct import_run *run, const struct import_people_slot *slot)
{
    struct buffer *a = run->arrays;
    const struct import_person *person = &slot->person;
    struct sealed number;
    char birth[DATE_TEXT_SIZE];
    enum err err = sealed_make(run->context->keyring, SEALED_ID_NUMBER, run->district, slot->known.person_id,
                               person->id.text, &number);
    if (err != ERR_NONE)
        return err;
    date_format(person->id.birth, birth);
    sql_array_int(&a[0], slot->known.person_id);
    sql_array_int(&a[1], person->division);
    sql_array_text(&a[2], person->name);
    sql_array_text(&a[3], person->name_folded);
    sql_array_text(&a[4], person->id.sex == SEX_MALE ? "male" : "female");
    sql_array_text(&a[5], birth);
    people_append_sealed(&a[6], &number);
    return people_append_phone(run, slot, &a[9]);
}

static bool people_differs(const struct import_people_slot *slot)
{
    return slot->known.differs;
}

static enum err people_append_changed(struct import_run *run, const struct import_people_slot *slot)
{
    struct buffer *a = run->arrays;
    sql_array_int(&a[0], slot->known.person_id);
    sql_array_int(&a[1], slot->person.division);
    sql_array_text(&a[2], slot->person.name);
    sql_array_text(&a[3], slot->person.name_folded);
    return people_append_phone(run, slot, &a[4]);
}

static bool people_has_new_household(const struct import_people_slot *slot)
{
    return slot->person.household[0] != '\0' && slot->known.household_id == 0;
}

static enum err people_append_household(struct import_run *run, const struct import_people_slot *slot)
{
    sql_array_text(&run->arrays[0], slot->person.household);
    sql_array_int(&run->arrays[1], slot->person.division);
    return ERR_NONE;
}

static bool people_touches_household(const struct import_people_slot *slot)
{
    return slot->known.household_id != 0 && (import_people_changes_member(slot) || import_people_changes_income(slot));
}

static enum err people_append_number(struct import_run *run, const struct import_people_slot *slot)
{
    sql_array_text(&run->arrays[0], slot->person.household);
    return ERR_NONE;
}

static enum err people_append_id(struct import_run *run, const struct import_people_slot *slot)
{
    sql_array_int(&run->arrays[0], slot->known.person_id);
    return ERR_NONE;
}

static enum err people_append_member(struct import_run *run, const struct import_people_slot *slot)
{
    sql_array_int(&run->arrays[0], slot->known.person_id);
    sql_array_text(&run->arrays[1], slot->person.household);
    sql_array_text(&run->arrays[2], slot->person.relation);
    return ERR_NONE;
}

static bool people_moves(const struct import_people_slot *slot)
{
    return !slot->known.is_new && import_people_changes_member(slot);
}

static enum err people_append_income(struct import_run *run, const struct import_people_slot *slot)
{
    sql_array_text(&run->arrays[0], slot->person.household);
    sql_array_int(&run->arrays[1], slot->person.income_fen);
    return ERR_NONE;
}

static bool people_replaces_income(const struct import_people_slot *slot)
{
    return slot->known.income_fen >= 0 && import_people_changes_income(slot);
}

static enum err people_store_households(struct import_run *run, int64_t event_id)
{
    enum err err =
        people_write(run, people_has_new_household, people_append_household, 2, &import_people_households, event_id);
    if (err == ERR_NONE)
        err = people_write(run, people_touches_household, people_append_number, 1, &import_people_touch_households,
                           event_id);
    if (err == ERR_NONE)
        err = people_write(run, people_moves, people_append_id, 1, &import_people_close_members, 0);
    if (err == ERR_NONE)
        err = people_write(run, import_people_changes_member, people_append_member, 3, &import_people_insert_members,
                           event_id);
    if (err == ERR_NONE)
        err = people_write(run, people_lowers, people_append_lowered, 2, &import_people_reduce, 0);
    if (err == ERR_HEARING_MISSING)
        return ERR_CONFLICT_RETRY; /* somebody used the hearing in between: asked again, the register knows */
    if (err == ERR_NONE)
        err = people_write(run, people_replaces_income, people_append_number, 1, &import_people_close_incomes, 0);
    if (err == ERR_NONE)
        err = people_write(run, import_people_changes_income, people_append_income, 2, &import_people_insert_incomes,
                           event_id);
    return err;
}

static bool people_has_certificate(const struct import_people_slot *slot)
{
    return slot->known.certificate_id != 0;
}

static bool people_replaces_certificate(const struct import_people_slot *slot)
{
    return !slot->known.is_new && people_has_certificate(slot);
}

static enum err people_append_certificate(struct import_run *run, const struct import_people_slot *slot)
{
    struct buffer *a = run->arrays;
    const struct certificate_number *certificate = &slot->person.certificate;
    struct sealed number;
    enum err err = sealed_make(run->context->keyring, SEALED_CERTIFICATE, run->district, slot->known.certificate_id,
                               certificate->text, &number);
    if (err != ERR_NONE)
        return err;
    sql_array_int(&a[0], slot->known.certificate_id);
    sql_array_int(&a[1], slot->known.person_id);
    people_append_sealed(&a[2], &number);
    sql_array_int(&a[5], (int64_t)certificate->type);
    sql_array_int(&a[6], certificate->grade);
    return ERR_NONE;
}

static bool people_has_account(const struct import_people_slot *slot)
{
    return slot->known.account_id != 0;
}

static bool people_replaces_account(const struct import_people_slot *slot)
{
    return !slot->known.is_new && people_has_account(slot);
}

static enum err people_append_account(struct import_run *run, const struct import_people_slot *slot)
{
    struct buffer *a = run->arrays;
    const struct import_known *known = &slot->known;
    struct sealed number;
    enum err err = sealed_make(run->context->keyring, SEALED_ACCOUNT, run->district, known->account_id,
                               slot->person.account, &number);
    if (err != ERR_NONE)
        return err;
    sql_array_int(&a[0], known->account_id);
    sql_array_int(&a[1], known->person_id);
    sql_array_int(&a[2], known->holder_id != 0 ? known->holder_id : known->person_id);
    sql_array_text(&a[3], account_kind_name(slot->person.account_kind));
    sql_array_text(&a[4], slot->person.bank);
    people_append_sealed(&a[5], &number);
    return ERR_NONE;
}

static enum err people_store_numbers(struct import_run *run, int64_t event_id)
{
    enum err err =
        people_write(run, people_replaces_certificate, people_append_id, 1, &import_people_close_certificates, 0);
    if (err == ERR_NONE)
        err = people_write(run, people_has_certificate, people_append_certificate, 7,
                           &import_people_insert_certificates, event_id);
    if (err == ERR_NONE)
        err = people_write(run, people_replaces_account, people_append_id, 1, &import_people_close_accounts, 0);
    if (err == ERR_NONE)
        err = people_write(run, people_has_account, people_append_account, 8, &import_people_insert_accounts, event_id);
    return err;
}

enum err import_people_store_batch(struct import_run *run, int64_t event_id)
{
    enum err err = people_write(run, people_is_new, people_append_new, ARRAYS, &import_people_insert, event_id);
    if (err == ERR_NONE)
        err = people_write(run, people_differs, people_append_changed, 7, &import_people_update, event_id);
    if (err == ERR_NONE)
        err = people_store_households(run, event_id);
    if (err == ERR_NONE)
        err = people_store_numbers(run, event_id);
    return err;
}
