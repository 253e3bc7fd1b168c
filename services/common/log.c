#include "log.h"

#include "buffer.h"
#include "json_write.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const log_level_names[] = {"debug", "info", "warning", "error"};

/* Written once by log_setup before threads start. */
static struct {
    const char *program;
    enum log_level threshold;
} log_state = {"huimin", LOG_INFO};

void log_setup(const char *program, const char *level_name)
{
    log_state.program = program;
    for (size_t i = 0; i < sizeof(log_level_names) / sizeof(log_level_names[0]); i++)
        if (strcmp(level_name, log_level_names[i]) == 0)
            log_state.threshold = (enum log_level)i;
}

void log_write(enum log_level level, const char *message, const struct log_field *fields, size_t count)
{
    if (level < log_state.threshold)
        return;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    struct tm utc;
    gmtime_r(&now.tv_sec, &utc);
    char stamp[32];
    strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &utc);

    CLEANUP_BUFFER struct buffer line = buffer_init(4096);
    buffer_printf(&line, "{\"time\":\"%s.%03ldZ\",\"level\":\"%s\",\"program\":\"%s\",\"message\":", stamp,
                  now.tv_nsec / 1000000, log_level_names[level], log_state.program);
    json_write_text(&line, message);
    for (size_t i = 0; i < count; i++) {
        buffer_append_char(&line, ',');
        json_write_text(&line, fields[i].name);
        buffer_append_char(&line, ':');
        if (fields[i].text != NULL)
            json_write_text(&line, fields[i].text);
        else
            json_write_int(&line, fields[i].number);
    }
    buffer_append_text(&line, "}\n");
    if (line.failed || line.data == NULL)
        return;
    /* One write per line keeps lines of several threads whole. */
    ssize_t written = write(STDERR_FILENO, line.data, line.length);
    (void)written;
}
