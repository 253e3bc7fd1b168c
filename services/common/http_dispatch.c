#include "http.h"

#include "idempotency.h"
#include "log.h"
#include "problem.h"
#include "service.h"
#include "text.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { DISPATCH_SEGMENTS_MAX = 12, DISPATCH_TRIES_MAX = 6 };

/* One request on its way through dispatch. */
struct dispatch {
    struct service *service;
    const struct http_request *request;
    struct http_response *response;
    struct call call;
    struct principal who;
    const char *path; /* without the query */
    size_t route_index;
};

static pthread_key_t dispatch_db_key;
static pthread_once_t dispatch_db_once = PTHREAD_ONCE_INIT;

static void dispatch_db_close(void *db)
{
    db_close(db);
}

static void dispatch_db_key_create(void)
{
    if (pthread_key_create(&dispatch_db_key, dispatch_db_close) != 0)
        abort();
}

/* The calling thread's own connection. */
static struct db *dispatch_db(const struct service *service)
{
    pthread_once(&dispatch_db_once, dispatch_db_key_create);
    struct db *db = pthread_getspecific(dispatch_db_key);
    if (db != NULL)
        return db;
    db = db_open(service->config.database, service->definition->program);
    if (db != NULL && pthread_setspecific(dispatch_db_key, db) != 0) {
        db_close(db);
        return NULL;
    }
    return db;
}

static int64_t dispatch_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static enum err dispatch_route(struct dispatch *d, char *const *segments, size_t count)
{
    const struct service_definition *definition = d->service->definition;
    struct buffer allow = buffer_init(128);
    enum err err = ERR_NOT_FOUND;
    for (size_t i = 0; i < definition->route_count; i++) {
        const struct route *route = &definition->routes[i];
        const char *values[CALL_PATH_VALUES_MAX] = {0};
        if (!http_path_match(route->path, segments, count, values, CALL_PATH_VALUES_MAX))
            continue;
        if (strcmp(route->method, d->request->method) == 0) {
            memcpy(d->call.path_values, values, sizeof(values));
            d->call.route = route;
            d->route_index = i;
            err = ERR_NONE;
            break;
        }
        buffer_printf(&allow, "%s%s", allow.length > 0 ? ", " : "", route->method);
        err = ERR_METHOD_NOT_ALLOWED;
    }
    if (err == ERR_METHOD_NOT_ALLOWED)
        d->response->allow = arena_strdup(d->call.arena, allow.data);
    buffer_free(&allow);
    return err;
}

/* Finds the route by the path below /api/v1. */
static enum err dispatch_find(struct dispatch *d)
{
    char *segments[DISPATCH_SEGMENTS_MAX];
    size_t count = 0;
    size_t length = strcspn(d->request->target, "?");
    d->path = arena_strndup(d->call.arena, d->request->target, length);
    if (d->path == NULL)
        return ERR_OUT_OF_MEMORY;
    if (!http_path_split(d->call.arena, d->path, segments, DISPATCH_SEGMENTS_MAX, &count))
        return ERR_BAD_PATH;
    if (count < 3 || strcmp(segments[0], "api") != 0 || strcmp(segments[1], "v1") != 0)
        return ERR_NOT_FOUND;
    return dispatch_route(d, segments + 2, count - 2);
}

static enum err dispatch_query_one(struct call *call, const char *part, size_t length)
{
    const char *equals = memchr(part, '=', length);
    if (equals == NULL || call->query_count == CALL_QUERY_MAX)
        return ERR_BAD_QUERY;
    char *name = http_query_decode(call->arena, part, (size_t)(equals - part));
    char *value = http_query_decode(call->arena, equals + 1, length - (size_t)(equals - part) - 1);
    if (name == NULL || value == NULL || *value == '\0')
        return ERR_BAD_QUERY;
    if (!text_is_listed(call->route->query, name) || call_query_value(call, name) != NULL)
        return ERR_BAD_QUERY;
    call->query[call->query_count++] = (struct call_query){name, value};
    return ERR_NONE;
}

static enum err dispatch_query(struct dispatch *d)
{
    const char *query = strchr(d->request->target, '?');
    enum err err = ERR_NONE;
    while (query != NULL && err == ERR_NONE) {
        query++;
        size_t length = strcspn(query, "&");
        err = dispatch_query_one(&d->call, query, length);
        query = query[length] == '&' ? query + length : NULL;
    }
    return err;
}

static enum err dispatch_authorize(struct dispatch *d)
{
    int64_t now_s = time(NULL);
    revocation_refresh(&d->service->revocation, d->service->auth, now_s);
    enum err err = auth_verify(d->service->auth, d->request->authorization, now_s, &d->who);
    if (err != ERR_NONE)
        return err;
    d->call.who = &d->who;
    const struct route *route = d->call.route;
    if (!scope_allows(d->who.scopes, route->scope) || d->who.district == 0)
        return ERR_FORBIDDEN;
    /* A token that joins duties which must be separate may look, but not act. */
    if ((route->flags & ROUTE_WRITE) && scope_duties_conflict(d->who.scopes))
        return ERR_FORBIDDEN;
    return ERR_NONE;
}

static bool dispatch_media_type_is(const char *content_type, const char *wanted)
{
    size_t length = strlen(wanted);
    return content_type != NULL && strncasecmp(content_type, wanted, length) == 0 &&
           (content_type[length] == '\0' || content_type[length] == ';' || content_type[length] == ' ');
}

static enum err dispatch_check_body(struct dispatch *d)
{
    static const char *const documents[] = {"application/pdf", "image/jpeg", "image/png", NULL};
    static const char *const texts[] = {"text/csv", "text/plain", NULL};
    static const char *const json[] = {"application/json", NULL};
    const struct route *route = d->call.route;
    bool upload = (route->flags & ROUTE_UPLOAD) != 0;
    int64_t max = upload ? d->service->config.upload_bytes_max : d->service->config.body_bytes_max;
    if (d->request->body_length > (size_t)max)
        return ERR_PAYLOAD_TOO_LARGE;
    if (d->request->body_length == 0)
        return ERR_NONE;
    const char *type = d->request->content_type;
    const char *const *known = (route->flags & ROUTE_DOCUMENT) ? documents : upload ? texts : json;
    while (*known != NULL && !dispatch_media_type_is(type, *known))
        known++;
    return *known != NULL ? ERR_NONE : ERR_UNSUPPORTED_MEDIA_TYPE;
}

static enum err dispatch_check_headers(struct dispatch *d)
{
    struct call *call = &d->call;
    call->idempotency_key = d->request->idempotency_key;
    call->if_match = d->request->if_match;
    call->purpose = d->request->purpose;
    if (!(call->route->flags & ROUTE_KEYED))
        return ERR_NONE;
    if (call->idempotency_key == NULL || !idempotency_key_is_valid(call->idempotency_key))
        return ERR_IDEMPOTENCY_KEY_REQUIRED;
    return ERR_NONE;
}

/* "all", or an array literal of the token's row scope. */
static const char *dispatch_divisions(struct arena *arena, const struct principal *who)
{
    if (!who->divisions_limited)
        return "all";
    CLEANUP_BUFFER struct buffer text = buffer_init(4096);
    buffer_append_char(&text, '{');
    for (size_t i = 0; i < who->division_count; i++)
        buffer_printf(&text, "%s%lld", i > 0 ? "," : "", (long long)who->divisions[i]);
    buffer_append_char(&text, '}');
    return text.failed ? NULL : arena_strdup(arena, text.data);
}

static const char *dispatch_programmes(struct arena *arena, const struct principal *who)
{
    if (!who->programmes_limited)
        return "all";
    CLEANUP_BUFFER struct buffer text = buffer_init(4096);
    buffer_append_char(&text, '{');
    for (size_t i = 0; i < who->programme_count; i++)
        buffer_printf(&text, "%s%s", i > 0 ? "," : "", who->programmes[i]);
    buffer_append_char(&text, '}');
    return text.failed ? NULL : arena_strdup(arena, text.data);
}

static void dispatch_clear_answer(struct call *call)
{
    buffer_clear(&call->out);
    call->status = 200;
    call->location = NULL;
    call->etag = 0;
    call->field_error_count = 0;
    call->see = NULL;
    call->other = (struct call_other){0};
    call->content_type = NULL;
}

/* The handler between claim and storage of its idempotency key. */
static enum err dispatch_handle(struct dispatch *d)
{
    struct call *call = &d->call;
    if (!(call->route->flags & ROUTE_KEYED))
        return call->route->handler(call);
    uint8_t fingerprint[CRYPTO_DIGEST_BYTES];
    enum err err =
        idempotency_fingerprint(d->request->method, d->request->target, call->body, call->body_length, fingerprint);
    bool replay = false;
    if (err == ERR_NONE)
        err = idempotency_claim(call, fingerprint, &replay);
    if (err != ERR_NONE || replay) {
        d->response->replayed = replay && err == ERR_NONE;
        return err;
    }
    err = call->route->handler(call);
    return err == ERR_NONE ? idempotency_store(call) : err;
}

/* One try of the whole transaction. *ret_again: a serialization failure, nothing has happened. */
static enum err dispatch_try(struct dispatch *d, const struct db_context *context, bool *ret_again)
{
    struct call *call = &d->call;
    bool writes = (call->route->flags & (ROUTE_WRITE | ROUTE_RECORDS)) != 0;
    *ret_again = false;
    dispatch_clear_answer(call);
    enum db_status status = db_begin(call->db, writes ? DB_WRITE : DB_READ, context);
    if (status == DB_HARD || status == DB_RETRY)
        return ERR_DATABASE_UNAVAILABLE;
    enum err err = dispatch_handle(d);
    if (err == ERR_NONE && call->out.failed)
        err = ERR_INTERNAL;
    if (err == ERR_NONE) {
        status = db_commit(call->db);
        if (status == DB_NONE)
            return ERR_NONE;
        /* A connection lost at COMMIT leaves the outcome unknown: the caller repeats with the same key. */
        err = db_error(call->db, status);
    }
    *ret_again = strcmp(db_sqlstate(call->db), "40001") == 0 || strcmp(db_sqlstate(call->db), "40P01") == 0;
    if (db_see(call->db)[0] == '/')
        call->see = arena_strdup(call->arena, db_see(call->db));
    db_rollback(call->db);
    return err;
}

static enum err dispatch_transact(struct dispatch *d)
{
    struct call *call = &d->call;
    call->db = dispatch_db(d->service);
    if (call->db == NULL)
        return ERR_OUT_OF_MEMORY;
    struct db_context context = {
        .district = d->who.district,
        .divisions = dispatch_divisions(call->arena, &d->who),
        .programmes = dispatch_programmes(call->arena, &d->who),
        .actor = d->who.subject,
        .service = d->service->definition->role,
        .request_id = call->request_id,
    };
    if (context.divisions == NULL || context.programmes == NULL)
        return ERR_OUT_OF_MEMORY;
    enum err err = ERR_CONFLICT_RETRY;
    bool again = true;
    for (int try = 0; again && try < DISPATCH_TRIES_MAX; try++) {
        if (try > 0)
            atomic_fetch_add(&d->service->metrics.transaction_retries, 1);
        err = dispatch_try(d, &context, &again);
    }
    if (err == ERR_DATABASE_UNAVAILABLE || err == ERR_INTERNAL) {
        atomic_fetch_add(&d->service->metrics.database_failures, 1);
        log_line(LOG_ERROR, "call failed", LOG_TEXT("request_id", call->request_id),
                 LOG_TEXT("operation", call->route->operation), LOG_TEXT("sqlstate", db_sqlstate(call->db)),
                 LOG_TEXT("constraint", db_constraint(call->db)));
    }
    return err;
}

static enum err dispatch_steps(struct dispatch *d)
{
    enum err (*const steps[])(struct dispatch *) = {dispatch_find,       dispatch_authorize,     dispatch_query,
                                                    dispatch_check_body, dispatch_check_headers, dispatch_transact};
    if (atomic_load(&d->service->draining))
        return ERR_DRAINING;
    enum err err = ERR_NONE;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && err == ERR_NONE; i++)
        err = steps[i](d);
    return err;
}

static void dispatch_answer(struct dispatch *d, enum err err)
{
    struct http_response *response = d->response;
    struct call *call = &d->call;
    response->request_id = call->request_id;
    if (err != ERR_NONE) {
        response->status = err_info(err)->http_status;
        response->content_type = "application/problem+json";
        response->authenticate = response->status == 401;
        response->retry_after = response->status == 503;
        problem_write(&call->out, err, call->chinese, call->request_id, call->field_errors, call->field_error_count,
                      call->see, &call->other);
    } else {
        response->status = call->status;
        response->content_type = call->content_type != NULL ? call->content_type : "application/json";
        response->location = call->location != NULL ? arena_printf(call->arena, "/api/v1%s", call->location) : NULL;
        response->etag = call->etag > 0 ? arena_printf(call->arena, "\"%lld\"", (long long)call->etag) : NULL;
    }
    response->body = call->out;
}

static bool dispatch_token_is_plain(const char *text)
{
    size_t length = text != NULL ? strlen(text) : 0;
    return length >= 8 && length <= 64 &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == length;
}

/* The gateway's request id when it is well formed, else a fresh one. */
static const char *dispatch_request_id(struct arena *arena, const char *given)
{
    if (dispatch_token_is_plain(given))
        return given;
    uint8_t random[12];
    char text[2 * sizeof(random) + 1];
    if (crypto_random(random, sizeof(random)) != ERR_NONE)
        return "none-none";
    crypto_hex_encode(random, sizeof(random), text);
    const char *copy = arena_strdup(arena, text);
    return copy != NULL ? copy : "none-none";
}

static bool dispatch_wants_chinese(const char *accept_language)
{
    return accept_language == NULL || strncasecmp(accept_language, "en", 2) != 0;
}

/* A traceparent (W3C Trace Context) of the right shape, for the log; else "". */
static const char *dispatch_traceparent(const char *given)
{
    if (given != NULL && strlen(given) == 55 && strspn(given, "0123456789abcdef-") == 55)
        return given;
    return "";
}

void http_dispatch(struct service *service, struct arena *arena, const struct http_request *request,
                   struct http_response *ret_response)
{
    int64_t started_us = dispatch_now_us();
    struct dispatch d = {
        .service = service, .request = request, .response = ret_response, .route_index = METRICS_ROUTES_MAX};
    d.call.service = service;
    d.call.arena = arena;
    d.call.body = request->body != NULL ? request->body : "";
    d.call.body_length = request->body_length;
    d.call.chinese = dispatch_wants_chinese(request->accept_language);
    d.call.request_id = dispatch_request_id(arena, request->request_id);
    d.call.out = buffer_init(HTTP_BODY_BYTES_MAX);

    atomic_fetch_add(&service->in_flight, 1);
    enum err err = dispatch_steps(&d);
    dispatch_answer(&d, err);
    atomic_fetch_sub(&service->in_flight, 1);

    int64_t duration_us = dispatch_now_us() - started_us;
    metrics_count(&service->metrics, d.route_index, ret_response->status, duration_us);
    /* The route's pattern, never the path itself: what a caller puts into a URL stays out of the log. */
    log_line(LOG_INFO, "request", LOG_TEXT("request_id", d.call.request_id), LOG_TEXT("method", request->method),
             LOG_TEXT("route", d.call.route != NULL ? d.call.route->path : "none"),
             LOG_NUMBER("status", ret_response->status), LOG_TEXT("code", err_info(err)->code),
             LOG_TEXT("actor", d.who.subject), LOG_NUMBER("duration_us", duration_us),
             LOG_TEXT("traceparent", dispatch_traceparent(request->traceparent)));
}
