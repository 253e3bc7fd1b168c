/* Reads a JSON body into a struct by a table of declared fields. Every fault is noted with its JSON pointer;
 * unknown and repeated names, wrong types, floats and values out of their limits are refused, nothing is
 * guessed.
 *
 * Members of the struct by kind:
 *   JSON_TEXT      const char *   NULL when absent, json_read_null when the field is nullable and null was
 * sent JSON_INT       int64_t        JSON_INT_ABSENT when absent JSON_BOOL      int            -1 when
 * absent, else 0 or 1 JSON_DATE      struct date    year 0 when absent; year -1 when the field is nullable
 * and null was sent JSON_INT_LIST  struct json_int_list
 *   JSON_OBJECTS   struct json_objects: an array of structs, each read by a table of its own
 */
#ifndef HUIMIN_JSON_READ_H
#define HUIMIN_JSON_READ_H

#include "call.h"
#include "date.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum json_kind { JSON_TEXT, JSON_INT, JSON_BOOL, JSON_DATE, JSON_INT_LIST, JSON_TEXT_LIST, JSON_OBJECTS };

#define JSON_INT_ABSENT INT64_MIN
/* No number is larger, whatever its field allows: beyond it readers of JSON differ (RFC 7493, section 2.2). */
#define JSON_INT_MAX INT64_C(9007199254740991)
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

struct json_objects {
    void *items; /* NULL when absent */
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
    const struct json_field *members; /* JSON_OBJECTS: of each; min and max are their number */
    size_t member_count;
    size_t member_size;
};

enum { JSON_REQUIRED = 1, JSON_NULLABLE = 2 };

#define JSON_FIELD(struct_type, member, json_kind_, flags, min_, max_, values_)                                        \
    {                                                                                                                  \
#member, "/" #member, json_kind_, offsetof(struct_type, member), ((flags)&JSON_REQUIRED) != 0,                 \
            ((flags)&JSON_NULLABLE) != 0, min_, max_, values_, NULL, 0, 0                                              \
    }

#define JSON_OBJECTS_FIELD(struct_type, member, flags, min_, max_, member_type, member_fields)                         \
    {                                                                                                                  \
#member, "/" #member, JSON_OBJECTS, offsetof(struct_type, member), ((flags)&JSON_REQUIRED) != 0,               \
            ((flags)&JSON_NULLABLE) != 0, min_, max_, NULL, member_fields,                                             \
            sizeof(member_fields) / sizeof((member_fields)[0]), sizeof(member_type)                                    \
    }

/* Reads call->body as one object into ret_struct, which is filled with the absent values first. An empty body
 * reads as {}. Returns ERR_NONE; ERR_BAD_JSON when it is not JSON (UTF-8, depth at most JSON_DEPTH_MAX) or
 * not an object; ERR_INVALID_FIELDS with all faults noted in call->field_errors. Texts live in the call's
 * arena. */
enum err json_read_body(struct call *call, const struct json_field *fields, size_t count, void *ret_struct);

#endif
