#include "person_store.h"

#include "register.h"

#define PERSON_CREATED_AT REGISTER_TIME("p.created_at", "created_at")
#define PERSON_UPDATED_AT REGISTER_TIME("p.updated_at", "updated_at")
#define PERSON_VALID_FROM REGISTER_TIME("c.valid_from", "valid_from")
#define PERSON_VALID_UNTIL REGISTER_TIME("c.valid_to", "valid_until")
#define PERSON_COLUMNS                                                                                                 \
    "p.id, p.version, p.division, p.name, p.sex, p.birth_date::text as birth_date, p.id_number_masked,"                \
    " p.phone_masked, p.death_date::text as death_date, p.merged_into, " PERSON_CREATED_AT ", " PERSON_UPDATED_AT

DB_STATEMENT(person_next_id, "select nextval(case $1::text when 'person' then 'beneficiaries.person_id_seq'::regclass"
                             " when 'account' then 'beneficiaries.account_id_seq'::regclass"
                             " when 'certificate' then 'beneficiaries.certificate_id_seq'::regclass"
                             " when 'objection' then 'beneficiaries.objection_id_seq'::regclass end)");
DB_STATEMENT(person_insert,
             "with event as materialized (select audit.write_event('create', 'person', $2::text,"
             "  jsonb_build_object('division', $3::integer)) as id)"
             " insert into beneficiaries.person as p (district, id, division, name, name_folded, sex, birth_date,"
             "  id_number_sealed, id_number_index, id_number_masked, phone_sealed, phone_index, phone_masked,"
             "  event_id)"
             " select $1::integer, $2::bigint, d.code, $4::text, $5::text, $6::text, $7::date, $8::bytea,"
             "  $9::bytea, $10::text, $11::bytea, $12::bytea, $13::text, event.id"
             " from event, programmes.division d where d.district = $1::integer and d.code = $3::integer"
             " returning " PERSON_COLUMNS);
DB_STATEMENT(person_get, "select " PERSON_COLUMNS
                         " from beneficiaries.person p where p.district = $1::integer and p.id = $2::bigint");
DB_STATEMENT(person_lock,
             "select version, birth_date::text, name, encode(phone_index, 'hex'), division, death_date::text"
             " from beneficiaries.person where district = $1::integer and id = $2::bigint for no key update");
DB_STATEMENT(person_id_number, "select id_number_sealed from beneficiaries.person"
                               " where district = $1::integer and id = $2::bigint for no key update");
DB_STATEMENT(person_division,
             "select code from programmes.division where district = $1::integer and code = $2::integer");
DB_STATEMENT(person_update,
             "with event as materialized (select audit.write_event('change', 'person', $2::text,"
             "  jsonb_build_object('changed', $12::jsonb)) as id)"
             " update beneficiaries.person p set name = coalesce($3::text, p.name),"
             "  name_folded = coalesce($4::text, p.name_folded), division = coalesce($5::integer, p.division),"
             "  phone_sealed = case when $6::boolean then $7::bytea else p.phone_sealed end,"
             "  phone_index = case when $6::boolean then $8::bytea else p.phone_index end,"
             "  phone_masked = case when $6::boolean then $9::text else p.phone_masked end,"
             "  death_date = case when $10::boolean then $11::date else p.death_date end,"
             "  version = p.version + 1, event_id = event.id"
             " from event where p.district = $1::integer and p.id = $2::bigint returning " PERSON_COLUMNS);
DB_STATEMENT(
    person_history,
    "with versions as ("
    "  select version, division, name, phone_masked, phone_index, death_date, event_id,"
    "   valid_from, valid_to from beneficiaries.person_history"
    "   where district = $1::integer and person_id = $2::bigint"
    "  union all select version, division, name, phone_masked, phone_index, death_date, event_id,"
    "   updated_at, null from beneficiaries.person where district = $1::integer and id = $2::bigint),"
    " compared as (select v.*, array_remove(array["
    "   case when v.name <> lag(v.name) over w then 'name' end,"
    "   case when v.phone_index is distinct from lag(v.phone_index) over w then 'phone' end,"
    "   case when v.division <> lag(v.division) over w then 'division' end,"
    "   case when v.death_date is distinct from lag(v.death_date) over w then 'death_date' end],"
    "   null) as differing from versions v window w as (order by version))"
    " select c.version, " PERSON_VALID_FROM ", " PERSON_VALID_UNTIL ", e.actor, e.act,"
    "  case when c.version = 1 then '[]'::jsonb when e.act in ('merge', 'undo_merge') then '[\"merged_into\"]'::jsonb"
    "   else to_jsonb(c.differing) end as changed,"
    "  c.division, c.name, c.phone_masked, c.death_date::text as death_date"
    " from compared c join audit.event e on e.district = $1::integer and e.id = c.event_id"
    " where c.version > $3::bigint order by c.version limit $4::bigint");
DB_STATEMENT(person_search_number, "select " PERSON_COLUMNS " from beneficiaries.person p"
                                   " where p.district = $1::integer"
                                   " and p.id in (select n.person_id from beneficiaries.find_number($2::bytea) n)"
                                   " and ($3::integer is null or p.division = $3::integer)"
                                   " and ($4::text is null or position($4::text in p.name_folded) > 0)"
                                   " and p.id > $5::bigint order by p.id limit $6::bigint");
DB_STATEMENT(person_search_name,
             "select " PERSON_COLUMNS
             " from beneficiaries.find_people($2::text, $3::integer, $4::bigint, $5::bigint) f(id)"
             " join beneficiaries.person p on p.district = $1::integer and p.id = f.id order by p.id");
DB_STATEMENT(person_search_all, "select " PERSON_COLUMNS " from beneficiaries.person p"
                                " where p.district = $1::integer"
                                " and ($2::integer is null or p.division = $2::integer)"
                                " and p.id > $3::bigint order by p.id limit $4::bigint");
DB_STATEMENT(
    person_clear,
    "select p.name, p.id_number_sealed, p.phone_sealed, a.id, a.kind, a.bank_number, a.number_sealed,"
    " a.holder_person_id, c.id, c.number_sealed from beneficiaries.person p"
    " left join beneficiaries.account a on a.district = p.district and a.person_id = p.id"
    "  and a.valid @> app.today()"
    " left join beneficiaries.certificate c on c.district = p.district and c.person_id = p.id"
    "  and c.valid @> app.today()"
    " where p.district = $1::integer and p.id = $2::bigint"
    /* A token for some items sees in clear only who is enrolled in one of them (row-level security decides). */
    " and (app.programmes() is null or exists (select from beneficiaries.enrolment e"
    "  where e.district = p.district and e.person_id = p.id))");
DB_STATEMENT(person_clear_event, "select audit.write_event('clear_view', 'person', $1::text,"
                                 " jsonb_build_object('purpose', $2::text))");

enum db_status person_store_next_id(struct db *db, const char *table, int64_t *ret_id)
{
    CLEANUP_RESULT struct db_result *result = NULL;
    enum db_status status = db_exec(db, &person_next_id, DB_PARAMS(db_text(table)), &result);
    if (status == DB_ROW)
        *ret_id = db_value_int(result, 0, 0);
    return status;
}

/* The three columns of a sealed value that may be absent. */
static void person_sealed_params(const struct sealed *sealed, struct db_param *ret_params)
{
    ret_params[0] = sealed != NULL ? db_bytes(sealed->bytes, sealed->length) : db_null();
    ret_params[1] = sealed != NULL ? db_bytes(sealed->index, sizeof(sealed->index)) : db_null();
    ret_params[2] = sealed != NULL ? db_text(sealed->masked) : db_null();
}

enum db_status person_store_insert(struct db *db, const struct person_row *row, struct db_result **ret_result)
{
    struct db_param params[13] = {db_int(row->district),   db_int(row->id),           db_int(row->division),
                                  db_text(row->name),      db_text(row->name_folded), db_text(row->sex),
                                  db_text(row->birth_date)};
    person_sealed_params(row->id_number, params + 7);
    person_sealed_params(row->phone, params + 10);
    return db_exec(db, &person_insert, params, 13, ret_result);
}

enum db_status person_store_get(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &person_get, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}

enum db_status person_store_lock(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &person_lock, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}

enum db_status person_store_id_number(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &person_id_number, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}

enum db_status person_store_division(struct db *db, int64_t district, int64_t division)
{
    return db_exec(db, &person_division, DB_PARAMS(db_int(district), db_int(division)), NULL);
}

enum db_status person_store_update(struct db *db, const struct person_change *change, struct db_result **ret_result)
{
    struct db_param params[12] = {db_int(change->district),
                                  db_int(change->id),
                                  db_text(change->name),
                                  db_text(change->name_folded),
                                  change->division > 0 ? db_int(change->division) : db_null(),
                                  db_bool(change->sets_phone)};
    person_sealed_params(change->phone, params + 6);
    params[9] = db_bool(change->sets_death);
    params[10] = db_text(change->death_date);
    params[11] = db_text(change->changed);
    return db_exec(db, &person_update, params, 12, ret_result);
}

enum db_status person_store_history(struct db *db, int64_t district, int64_t id, int64_t after, int64_t limit,
                                    struct db_result **ret_result)
{
    return db_exec(db, &person_history, DB_PARAMS(db_int(district), db_int(id), db_int(after), db_int(limit + 1)),
                   ret_result);
}

enum db_status person_store_search(struct db *db, const struct person_search *search, struct db_result **ret_result)
{
    struct db_param district = db_int(search->district);
    struct db_param division = search->division > 0 ? db_int(search->division) : db_null();
    struct db_param after = db_int(search->after);
    struct db_param limit = db_int(search->limit + 1);
    if (search->id_number != NULL)
        return db_exec(db, &person_search_number,
                       DB_PARAMS(district, db_bytes(search->id_number, KEYRING_INDEX_BYTES), division,
                                 db_text(search->name_part), after, limit),
                       ret_result);
    if (search->name_part != NULL)
        return db_exec(db, &person_search_name, DB_PARAMS(district, db_text(search->name_part), division, after, limit),
                       ret_result);
    return db_exec(db, &person_search_all, DB_PARAMS(district, division, after, limit), ret_result);
}

enum db_status person_store_clear(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &person_clear, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}

enum db_status person_store_clear_event(struct db *db, int64_t id, const char *purpose)
{
    return db_exec(db, &person_clear_event, DB_PARAMS(db_int(id), db_text(purpose)), NULL);
}
