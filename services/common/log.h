/* Structured logs: one JSON object a line on stderr. Only dispatch, worker, jobs and main functions log.
 * Personal data never goes here: callers log ids, codes and counts, never values of a record. */
#ifndef HUIMIN_LOG_H
#define HUIMIN_LOG_H

#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

/* Sets the program's name and threshold; level_name is debug, info, warning or error (else info). Call once
 * in main. */
void log_setup(const char *program, const char *level_name);

struct log_field {
    const char *name;
    const char *text; /* NULL: the number counts */
    int64_t number;
};

#define LOG_TEXT(field_name, value) ((struct log_field){(field_name), (value) != NULL ? (value) : "", 0})
#define LOG_NUMBER(field_name, value) ((struct log_field){(field_name), NULL, (int64_t)(value)})

/* Writes one line with time, level, program, message and the fields. Lines over 4 KiB are cut. Thread-safe.
 */
void log_write(enum log_level level, const char *message, const struct log_field *fields, size_t count);

#define log_line(level, message, ...)                                                                                  \
    log_write(level, message, (const struct log_field[]){__VA_ARGS__},                                                 \
              sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))

#endif
