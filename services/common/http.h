/* HTTP messages between the server library (http_server.c) and dispatch (http_dispatch.c): plain structs, so
 * that neither knows the other's inside. */
#ifndef HUIMIN_HTTP_H
#define HUIMIN_HTTP_H

#include "arena.h"
#include "buffer.h"

#include <stdbool.h>
#include <stddef.h>

struct service;

struct http_request {
    const char *method;
    const char *target; /* as sent: path and query, still percent-encoded */
    const char *authorization;
    const char *content_type;
    const char *accept_language;
    const char *idempotency_key;
    const char *if_match;
    const char *purpose;
    const char *request_id;
    const char *traceparent;
    const char *body;
    size_t body_length;
};

struct http_response {
    int status;
    const char *content_type;
    const char *location;
    const char *etag;
    const char *allow;
    const char *request_id;
    bool retry_after;
    bool authenticate;
    bool replayed; /* answer of an earlier call with the same idempotency key */
    struct buffer body;
};

enum { HTTP_BODY_BYTES_MAX = 16 * 1024 * 1024, HTTP_ARENA_BYTES_MAX = 64 * 1024 * 1024 };

/* Answers one request: routing, authorization, idempotency, transaction, problem documents, log line,
 * metrics. Texts of the response live in the arena; the caller frees arena and body. Thread-safe. */
void http_dispatch(struct service *service, struct arena *arena, const struct http_request *request,
                   struct http_response *ret_response);

/* Serves until the stop descriptor becomes readable, then drains. False when the port cannot be opened. */
bool http_server_run(struct service *service, int stop_fd);

/* Matches a decoded path against a route's pattern; values of {names} go to ret_values. */
bool http_path_match(const char *pattern, char *const *segments, size_t segment_count, const char **ret_values,
                     size_t values_max);

/* Splits and decodes a path strictly: no empty segment, no %00 or %2F, no dot segments, UTF-8, at most `max`
 * segments. Returns false for a path that must be answered with 400. */
bool http_path_split(struct arena *arena, const char *path, char **ret_segments, size_t max, size_t *ret_count);

/* Decodes percent-encoding and '+'; NULL when malformed, not UTF-8 or with a NUL or control byte. */
char *http_query_decode(struct arena *arena, const char *text, size_t length);

#endif
