#include "http.h"

#include "log.h"
#include "service.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <ulfius.h>

enum {
    /* libmicrohttpd 0.9.75 stalls when exactly 128 connections of one worker are ready at once. */
    SERVER_CONNECTIONS_PER_THREAD_MAX = 120,
    SERVER_IDLE_S_MAX = 30,
    SERVER_DRAIN_STEP_MS = 10
};

static const char *server_header(const struct _u_request *request, const char *name)
{
    return u_map_get_case(request->map_header, name);
}

static void server_send(struct _u_response *to, struct http_response *from)
{
    to->status = (unsigned int)from->status;
    u_map_put(to->map_header, "Content-Type", from->content_type);
    u_map_put(to->map_header, "Cache-Control", "no-store");
    u_map_put(to->map_header, "X-Content-Type-Options", "nosniff");
    if (from->request_id != NULL)
        u_map_put(to->map_header, "X-Request-Id", from->request_id);
    if (from->location != NULL)
        u_map_put(to->map_header, "Location", from->location);
    if (from->etag != NULL)
        u_map_put(to->map_header, "ETag", from->etag);
    if (from->allow != NULL)
        u_map_put(to->map_header, "Allow", from->allow);
    if (from->retry_after)
        u_map_put(to->map_header, "Retry-After", "1");
    if (from->authenticate)
        u_map_put(to->map_header, "WWW-Authenticate", "Bearer");
    if (from->replayed)
        u_map_put(to->map_header, "Idempotency-Replayed", "true");
    ulfius_set_binary_body_response(to, (unsigned int)from->status, from->body.data, from->body.length);
}

static void server_answer_text(struct _u_response *to, unsigned int status, const char *type, const char *text)
{
    u_map_put(to->map_header, "Content-Type", type);
    ulfius_set_string_body_response(to, status, text);
}

static void server_metrics(struct service *service, struct _u_response *to)
{
    const struct service_definition *definition = service->definition;
    char labels[METRICS_ROUTES_MAX][128];
    const char *label_texts[METRICS_ROUTES_MAX];
    for (size_t i = 0; i < definition->route_count && i < METRICS_ROUTES_MAX; i++) {
        snprintf(labels[i], sizeof(labels[i]), "%s %s", definition->routes[i].method, definition->routes[i].path);
        label_texts[i] = labels[i];
    }
    CLEANUP_BUFFER struct buffer text = buffer_init(1024 * 1024);
    metrics_write(&service->metrics, definition->role, label_texts, definition->route_count, &text);
    struct auth_stats stats;
    auth_stats(service->auth, &stats);
    buffer_printf(&text,
                  "# TYPE huimin_jwks_reload_failures_total counter\n"
                  "huimin_jwks_reload_failures_total{service=\"%s\"} %llu\n"
                  "# TYPE huimin_revocation_failures_total counter\n"
                  "huimin_revocation_failures_total{service=\"%s\"} %llu\n",
                  definition->role, (unsigned long long)stats.key_reload_failures, definition->role,
                  (unsigned long long)service->revocation.failures);
    server_answer_text(to, text.failed ? 500 : 200, "text/plain; version=0.0.4", text.failed ? "" : text.data);
}

/* Health and metrics are for the operator's own port; the gateway does not route them. True when answered. */
static bool server_operator_page(struct service *service, const struct _u_request *request, struct _u_response *to)
{
    if (strcmp(request->http_verb, "GET") != 0)
        return false;
    if (strcmp(request->url_path, "/healthz") == 0) {
        server_answer_text(to, 200, "application/json", "{\"status\":\"alive\"}");
        return true;
    }
    if (strcmp(request->url_path, "/readyz") == 0) {
        struct db *db = db_open(service->config.database, service->definition->program);
        bool ready = !atomic_load(&service->draining) && db != NULL && db_ping(db);
        db_close(db);
        server_answer_text(to, ready ? 200 : 503, "application/json",
                           ready ? "{\"status\":\"ready\"}" : "{\"status\":\"not ready\"}");
        return true;
    }
    if (strcmp(request->url_path, "/metrics") == 0) {
        server_metrics(service, to);
        return true;
    }
    return false;
}

static int server_callback(const struct _u_request *request, struct _u_response *response, void *user_data)
{
    struct service *service = user_data;
    if (server_operator_page(service, request, response))
        return U_CALLBACK_COMPLETE;
    struct arena *arena = arena_new(HTTP_ARENA_BYTES_MAX);
    if (arena == NULL) {
        server_answer_text(response, 503, "application/problem+json", "{\"status\":503,\"code\":\"out_of_memory\"}");
        return U_CALLBACK_COMPLETE;
    }
    const struct http_request in = {
        .method = request->http_verb,
        .target = request->http_url,
        .authorization = server_header(request, "Authorization"),
        .content_type = server_header(request, "Content-Type"),
        .accept_language = server_header(request, "Accept-Language"),
        .idempotency_key = server_header(request, "Idempotency-Key"),
        .if_match = server_header(request, "If-Match"),
        .purpose = server_header(request, "Purpose"),
        .request_id = server_header(request, "X-Request-Id"),
        .traceparent = server_header(request, "traceparent"),
        .body = request->binary_body,
        .body_length = request->binary_body_length,
    };
    struct http_response out = {0};
    http_dispatch(service, arena, &in, &out);
    server_send(response, &out);
    buffer_free(&out.body);
    arena_free(arena);
    return U_CALLBACK_COMPLETE;
}

static void server_wait_idle(struct service *service)
{
    const struct timespec step = {0, SERVER_DRAIN_STEP_MS * 1000000L};
    for (int64_t waited_ms = 0; waited_ms < service->config.drain_ms_max; waited_ms += SERVER_DRAIN_STEP_MS) {
        if (atomic_load(&service->in_flight) == 0)
            break;
        nanosleep(&step, NULL);
    }
    /* In flight counts handlers; the last answers may still be on their way to the socket. */
    for (int i = 0; i < 5; i++)
        nanosleep(&step, NULL);
}

static void server_stop(struct service *service, struct _u_instance *instance)
{
    atomic_store(&service->draining, true);
    MHD_socket listener = MHD_quiesce_daemon(instance->mhd_daemon);
    server_wait_idle(service);
    ulfius_stop_framework(instance);
    if (listener != MHD_INVALID_SOCKET)
        close(listener);
}

static bool server_start(struct service *service, struct _u_instance *instance, struct sockaddr_in *address)
{
    unsigned int threads = (unsigned int)service->config.threads;
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_SOCK_ADDR, 0, address},
        {MHD_OPTION_THREAD_POOL_SIZE, threads, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, (intptr_t)(threads * SERVER_CONNECTIONS_PER_THREAD_MAX), NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, SERVER_IDLE_S_MAX, NULL},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)mhd_request_completed, NULL},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)ulfius_uri_logger, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC;
    return ulfius_start_framework_with_mhd_options(instance, flags, options) == U_OK;
}

bool http_server_run(struct service *service, int stop_fd)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)service->config.listen_port)};
    if (inet_pton(AF_INET, service->config.listen_address, &address.sin_addr) != 1)
        return false;
    struct _u_instance instance;
    if (ulfius_init_instance(&instance, (unsigned int)service->config.listen_port, &address, NULL) != U_OK)
        return false;
    /* One byte over the limit is let through, so that dispatch sees that the limit was passed: a body over the
     * instance's limit would be cut silently. */
    instance.max_post_body_size = (size_t)service->config.upload_bytes_max + 1;
    instance.allowed_post_processor = U_POST_PROCESS_NONE;
    instance.check_utf8 = 0; /* dispatch checks what it reads; the library would drop values silently */
    ulfius_set_default_endpoint(&instance, server_callback, service);
    if (!server_start(service, &instance, &address)) {
        ulfius_clean_instance(&instance);
        return false;
    }
    log_line(LOG_INFO, "listening", LOG_NUMBER("port", service->config.listen_port),
             LOG_NUMBER("threads", service->config.threads));
    struct pollfd wait = {.fd = stop_fd, .events = POLLIN};
    while (poll(&wait, 1, -1) < 1)
        continue;
    log_line(LOG_INFO, "draining", LOG_NUMBER("in_flight", atomic_load(&service->in_flight)));
    server_stop(service, &instance);
    ulfius_clean_instance(&instance);
    return true;
}
