/* Reads a JSON body into a struct by a table of declared fields. Every fault is noted with its JSON pointer;
 * unknown and repeated names, wrong types, floats and values out of their limits are refused, nothing is
 * guessed.
 *
 * Members of the struct by kind:
 *   JSON_TEXT      const char *   NULL when absent, json_read_null when the field is nullable and null was
 * sent JSON_INT       int64_t        JSON_INT_ABSENT when absent JSON_BOOL      int            -1 when
 * absent, else 0 or 1 JSON_DATE      struct date    year 0 when absent; year -1 when the field is nullable
 * and null was sent JSON_INT_LIST  struct json_int_list
 */
#ifndef HUIMIN_JSON_READ_H
#define HUIMIN_JSON_READ_H

#include "call.h"
#include "date.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum json_kind { JSON_TEXT, JSON_INT, JSON_BOOL, JSON_DATE, JSON_INT_LIST, JSON_TEXT_LIST };

#define JSON_INT_ABSENT INT64_MIN
#define JSON_DATE_NULL (-1)
enum { JSON_DEPTH_MAX = 16 };

/* The value of a nullable text field that was sent as null; compare the pointer. */
extern const char json_read_null[];

struct json_int_list {
    int64_t *values; /* NULL when absent */
    size_t count;
};

struct json_text_list {
    const char **values; /* NULL when absent or null */
    size_t count;
};

struct json_field {
    const char *name;
    const char *pointer; /* "/name" */
    enum json_kind kind;
    size_t offset;
    bool required;
    bool nullable;
    int64_t min;        /* JSON_INT, JSON_INT_LIST: smallest value; JSON_TEXT, JSON_TEXT_LIST: fewest bytes */
    int64_t max;        /* JSON_INT, JSON_INT_LIST: largest value; JSON_TEXT, JSON_TEXT_LIST: most bytes */
    const char *values; /* JSON_TEXT, JSON_TEXT_LIST: allowed values, comma separated, or NULL */
};

enum { JSON_REQUIRED = 1, JSON_NULLABLE = 2 };

#define JSON_FIELD(struct_type, member, json_kind_, flags, min_, max_, values_)                                        \
    {                                                                                                                  \
#member, "/" #member, json_kind_, offsetof(struct_type, member), ((flags)&JSON_REQUIRED) != 0,                 \
            ((flags)&JSON_NULLABLE) != 0, min_, max_, values_                                                          \
    }

/* Reads call->body as one object into ret_struct, which is filled with the absent values first. An empty body
 * reads as {}. Returns ERR_NONE; ERR_BAD_JSON when it is not JSON (UTF-8, depth at most JSON_DEPTH_MAX) or
 * not an object; ERR_INVALID_FIELDS with all faults noted in call->field_errors. Texts live in the call's
 * arena. */
enum err json_read_body(struct call *call, const struct json_field *fields, size_t count, void *ret_struct);

#endif
