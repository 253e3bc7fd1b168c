#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum config_type { CONFIG_TEXT, CONFIG_INTEGER };

struct config_option {
    const char *name;
    enum config_type type;
    size_t offset;
    const char *fallback;
    int64_t min;
    int64_t max;
    const char *description;
};

#define TEXT(member, name, fallback, description)                                                                      \
    {                                                                                                                  \
        name, CONFIG_TEXT, offsetof(struct config, member), fallback, 0, 0, description                                \
    }
#define INTEGER(member, name, fallback, min, max, description)                                                         \
    {                                                                                                                  \
        name, CONFIG_INTEGER, offsetof(struct config, member), fallback, min, max, description                         \
    }

static const struct config_option config_options[] = {
    TEXT(database, "HUIMIN_DATABASE", "dbname=huimin", "libpq connection string of the program's own database role"),
    TEXT(listen_address, "HUIMIN_LISTEN_ADDRESS", "127.0.0.1", "IPv4 address to listen on"),
    INTEGER(listen_port, "HUIMIN_LISTEN_PORT", "8081", 1, 65535, "TCP port to listen on"),
    INTEGER(threads, "HUIMIN_THREADS", "4", 1, 64, "request threads, each with one database connection"),
    INTEGER(body_bytes_max, "HUIMIN_BODY_BYTES_MAX", "1048576", 1024, 16777216, "largest JSON body in bytes"),
    INTEGER(upload_bytes_max, "HUIMIN_UPLOAD_BYTES_MAX", "33554432", 1024, 268435456,
            "largest uploaded file in bytes (people, bank answers)"),
    TEXT(jwks_file, "HUIMIN_JWKS_FILE", "jwks.json",
         "JWKS (RFC 7517) with the issuer's public keys, re-read when it changes"),
    TEXT(revoked_file, "HUIMIN_REVOKED_FILE", "",
         "ids (jti) of revoked access tokens, one a line, re-read when it changes; empty: none"),
    TEXT(token_issuer, "HUIMIN_TOKEN_ISSUER", "https://huimin.example/issuer", "expected iss of access tokens"),
    TEXT(token_audience, "HUIMIN_TOKEN_AUDIENCE", "huimin", "expected aud of access tokens"),
    TEXT(keyring_file, "HUIMIN_KEYRING_FILE", "keyring", "keys of encrypted columns and blind indexes (mode 0600)"),
    TEXT(outbox_dir, "HUIMIN_OUTBOX_DIR", "outbox", "worker: folder that the bank takes files from"),
    TEXT(inbox_dir, "HUIMIN_INBOX_DIR", "inbox", "worker: folder that the bank puts answers into"),
    TEXT(report_dir, "HUIMIN_REPORT_DIR", "reports", "huimin-reconcile: folder for its reports"),
    TEXT(log_level, "HUIMIN_LOG_LEVEL", "info", "debug, info, warning or error"),
    INTEGER(drain_ms_max, "HUIMIN_DRAIN_MS_MAX", "10000", 0, 600000, "longest wait for answers in flight at SIGTERM"),
    INTEGER(poll_ms, "HUIMIN_POLL_MS", "500", 10, 60000, "worker: pause between looks at the job table and the inbox"),
};

static const size_t config_option_count = sizeof(config_options) / sizeof(config_options[0]);

static bool config_parse_integer(const struct config_option *option, const char *text, int64_t *ret_value)
{
    char *end = NULL;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < option->min || value > option->max)
        return false;
    *ret_value = value;
    return true;
}

bool config_load(struct config *ret_config, FILE *errors)
{
    for (size_t i = 0; i < config_option_count; i++) {
        const struct config_option *option = &config_options[i];
        const char *text = getenv(option->name);
        if (text == NULL || *text == '\0')
            text = option->fallback;
        char *member = (char *)ret_config + option->offset;
        if (option->type == CONFIG_TEXT) {
            memcpy(member, &text, sizeof(text));
            continue;
        }
        int64_t value;
        if (!config_parse_integer(option, text, &value)) {
            fprintf(errors, "%s: not a whole number from %lld to %lld\n", option->name, (long long)option->min,
                    (long long)option->max);
            return false;
        }
        memcpy(member, &value, sizeof(value));
    }
    return true;
}

void config_print(FILE *out)
{
    for (size_t i = 0; i < config_option_count; i++) {
        const struct config_option *option = &config_options[i];
        fprintf(out, "%s\t%s\t%s\t%s\n", option->name, option->type == CONFIG_TEXT ? "text" : "integer",
                option->fallback, option->description);
    }
}
