/* Configuration: environment variables, each defined once in the table of config.c (name, type, default,
 * limits, description). `--config` of every program prints that table; README.md is compared with it by
 * tests/lint/config. */
#ifndef HUIMIN_CONFIG_H
#define HUIMIN_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct config {
    const char *database; /* libpq conninfo of this program's own role */
    const char *listen_address;
    int64_t listen_port;
    int64_t threads;
    int64_t body_bytes_max;
    int64_t upload_bytes_max;
    const char *jwks_file;
    const char *revoked_file; /* "" : no list */
    const char *token_issuer;
    const char *token_audience;
    const char *keyring_file;
    const char *outbox_dir;
    const char *inbox_dir;
    const char *report_dir;
    const char *log_level; /* debug, info, warning, error */
    int64_t drain_ms_max;
    int64_t poll_ms;
};

/* Reads the environment. Returns false and writes one line to errors when a value is malformed or out of
 * range; texts point into the environment and stay valid as long as nobody changes it. */
bool config_load(struct config *ret_config, FILE *errors);

/* Prints the table as TSV: name, type, default, description. */
void config_print(FILE *out);

#endif
