#include "event_store.h"

#define EVENT_COLUMNS                                                                                                  \
    "e.id, app.time_text(e.at) as at, e.actor, e.service, e.act, e.entity, e.entity_id, e.seq, e.request_id"

/* $2 after, $3 limit, $4 actor, $5 from, $6 to; the days are those of Asia/Shanghai. */
#define EVENT_CONDITIONS                                                                                               \
    " from audit.event e where e.district = $1::integer and e.id > $2::bigint"                                         \
    " and ($4::text is null or e.actor = $4::text)"                                                                    \
    " and ($5::date is null or e.at >= $5::date::timestamp at time zone 'Asia/Shanghai')"                              \
    " and ($6::date is null or e.at < ($6::date + 1)::timestamp at time zone 'Asia/Shanghai')"
#define EVENT_ORDER " order by e.id limit $3::bigint"

DB_STATEMENT(event_select_list, "select " EVENT_COLUMNS EVENT_CONDITIONS EVENT_ORDER);

DB_STATEMENT(event_select_of_kind, "select " EVENT_COLUMNS EVENT_CONDITIONS " and e.entity = $7::text" EVENT_ORDER);

/* Apart from the others, so that its plan is always the index of the entity's versions. */
DB_STATEMENT(event_select_of_entity, "select " EVENT_COLUMNS EVENT_CONDITIONS
                                     " and e.entity = $7::text and e.entity_id = $8::text" EVENT_ORDER);

DB_STATEMENT(event_select, "select " EVENT_COLUMNS ", e.entry, encode(e.leaf_hash, 'hex') as leaf_hash"
                           " from audit.event e where e.district = $1::integer and e.id = $2::bigint");

enum db_status event_store_list(struct db *db, int64_t district, const struct event_filter *filter,
                                struct db_result **ret_result)
{
    const struct db_param params[] = {db_int(district),        db_int(filter->after),     db_int(filter->limit + 1),
                                      db_text(filter->actor),  db_text(filter->from),     db_text(filter->to),
                                      db_text(filter->entity), db_text(filter->entity_id)};
    if (filter->entity == NULL)
        return db_exec(db, &event_select_list, params, 6, ret_result);
    if (filter->entity_id == NULL)
        return db_exec(db, &event_select_of_kind, params, 7, ret_result);
    return db_exec(db, &event_select_of_entity, params, 8, ret_result);
}

enum db_status event_store_get(struct db *db, int64_t district, int64_t id, struct db_result **ret_result)
{
    return db_exec(db, &event_select, DB_PARAMS(db_int(district), db_int(id)), ret_result);
}
