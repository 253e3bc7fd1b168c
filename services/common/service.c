#include "service.h"

#include "http.h"
#include "log.h"
#include "process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void service_print_help(const struct service_definition *definition)
{
    printf("Usage: %s [--help | --version | --config | --routes | --check-sql]\n"
           "Serves /api/v1/%s/... over HTTP until SIGTERM. Configuration comes from the environment: see --config.\n"
           "  --routes     prints method, path, scope (any of several: a|b) and operation of every route (TSV)\n"
           "  --check-sql  prepares every statement against HUIMIN_DATABASE; exit status 1 when one is refused\n",
           definition->program, definition->role);
}

static void service_print_routes(const struct service_definition *definition)
{
    for (size_t i = 0; i < definition->route_count; i++) {
        const struct route *route = &definition->routes[i];
        printf("%s\t%s\t", route->method, route->path);
        const char *between = "";
        for (uint32_t scopes = route->scope; scopes != 0; scopes &= scopes - 1, between = "|")
            printf("%s%s", between, scope_name(scopes & -scopes));
        printf("\t%s\n", route->operation);
    }
}

/* Answers a flag; -1 when there is none and the service should run. */
static int service_flag(int argc, char **argv, const struct service_definition *definition, const struct config *config)
{
    if (argc == 1)
        return -1;
    if (argc > 2 || strcmp(argv[1], "--help") == 0)
        service_print_help(definition);
    else if (strcmp(argv[1], "--version") == 0)
        printf("%s %s\n", definition->program, HUIMIN_VERSION);
    else if (strcmp(argv[1], "--config") == 0)
        config_print(stdout);
    else if (strcmp(argv[1], "--routes") == 0)
        service_print_routes(definition);
    else if (strcmp(argv[1], "--check-sql") == 0)
        return db_check_statements(config->database, stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
    else {
        service_print_help(definition);
        return 2;
    }
    return EXIT_SUCCESS;
}

static bool service_load_keys(struct service *service)
{
    revocation_init(&service->revocation, service->config.revoked_file);
    char reason[KEYRING_REASON_BYTES + JWKS_REASON_BYTES] = "";
    const struct auth_config auth = {.issuer = service->config.token_issuer,
                                     .audience = service->config.token_audience,
                                     .jwks_path = service->config.jwks_file};
    if (keyring_load_explained(service->config.keyring_file, &service->keyring, reason) != ERR_NONE ||
        auth_new(&auth, &service->auth, reason) != ERR_NONE) {
        log_line(LOG_ERROR, "keys cannot be loaded", LOG_TEXT("reason", reason));
        return false;
    }
    return true;
}

int service_main(int argc, char **argv, const struct service_definition *definition)
{
    static struct service service; /* zeroed, and too large for a stack */
    service.definition = definition;
    if (!config_load(&service.config, stderr))
        return EXIT_FAILURE;
    int status = service_flag(argc, argv, definition, &service.config);
    if (status >= 0)
        return status;
    log_setup(definition->program, service.config.log_level);
    int stop_fd = process_stop_fd();
    bool served = stop_fd >= 0 && service_load_keys(&service) && http_server_run(&service, stop_fd);
    if (!served)
        log_line(LOG_ERROR, "could not serve", LOG_NUMBER("port", service.config.listen_port));
    else
        log_line(LOG_INFO, "stopped", LOG_NUMBER("in_flight", atomic_load(&service.in_flight)));
    auth_free(service.auth);
    keyring_free(service.keyring);
    if (stop_fd >= 0)
        close(stop_fd);
    return served ? EXIT_SUCCESS : EXIT_FAILURE;
}
