/* An HTTP service: its routes, shared read-only state and its life from start to drained stop. */
#ifndef HUIMIN_SERVICE_H
#define HUIMIN_SERVICE_H

#include "auth.h"
#include "call.h"
#include "config.h"
#include "keyring.h"
#include "metrics.h"
#include "revocation.h"

#include <stdatomic.h>

enum route_flags {
    ROUTE_READ = 0,          /* read-only transaction */
    ROUTE_WRITE = 1 << 0,    /* read-write transaction */
    ROUTE_KEYED = 1 << 1,    /* Idempotency-Key required, kept with the effect */
    ROUTE_UPLOAD = 1 << 2,   /* raw body up to upload_bytes_max; JSON otherwise up to body_bytes_max */
    ROUTE_RECORDS = 1 << 3,  /* a read that is itself an audit event: read-write transaction, allowed to readers */
    ROUTE_DOCUMENT = 1 << 4, /* with ROUTE_UPLOAD: the body is a PDF, JPEG or PNG instead of text */
};

struct route {
    const char *method;
    const char *path; /* from /api/v1, with {names} as whole segments */
    const char *operation;
    uint32_t scope; /* enum scope; of several bits any one will do */
    call_handler *handler;
    unsigned flags;
    const char *query; /* allowed query parameters, comma separated, or NULL */
};

struct service_definition {
    const char *program; /* huimin-payments */
    const char *role;    /* short name in audit events: payments */
    const struct route *routes;
    size_t route_count;
};

struct service {
    const struct service_definition *definition;
    struct config config;
    struct auth *auth;
    struct keyring *keyring;
    struct metrics metrics;
    struct revocation revocation;
    atomic_bool draining;
    atomic_int in_flight;
};

/* main() of a service: --help, --version, --routes, --check-sql, --config, or run until SIGTERM or SIGINT.
 * Returns the exit status. */
int service_main(int argc, char **argv, const struct service_definition *definition);

#endif
