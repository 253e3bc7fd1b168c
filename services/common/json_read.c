#include "json_read.h"

#include "text.h"

#include <jansson.h>
#include <string.h>

enum { JSON_LIST_MAX = 1000 };

const char json_read_null[] = "";

static void json_cleanup(json_t **json)
{
    json_decref(*json);
}

static const struct json_field *json_find_field(const struct json_field *fields, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    return NULL;
}

static void json_set_absent(const struct json_field *field, char *target)
{
    switch (field->kind) {
    case JSON_TEXT:
        *(const char **)(void *)target = NULL;
        break;
    case JSON_INT:
        *(int64_t *)(void *)target = JSON_INT_ABSENT;
        break;
    case JSON_BOOL:
        *(int *)(void *)target = -1;
        break;
    case JSON_DATE:
        *(struct date *)(void *)target = (struct date){0};
        break;
    case JSON_INT_LIST:
        *(struct json_int_list *)(void *)target = (struct json_int_list){0};
        break;
    case JSON_TEXT_LIST:
        *(struct json_text_list *)(void *)target = (struct json_text_list){0};
        break;
    case JSON_OBJECTS:
        *(struct json_objects *)(void *)target = (struct json_objects){0};
        break;
    }
}

static void json_set_null(const struct json_field *field, char *target)
{
    if (field->kind == JSON_TEXT)
        *(const char **)(void *)target = json_read_null;
    else if (field->kind == JSON_DATE)
        *(struct date *)(void *)target = (struct date){.year = JSON_DATE_NULL};
}

static enum err json_read_text(struct call *call, const struct json_field *field, const json_t *value,
                               const char **ret_text)
{
    if (!json_is_string(value))
        return ERR_WRONG_TYPE;
    const char *text = json_string_value(value);
    size_t length = json_string_length(value);
    if (strlen(text) != length)
        return ERR_BAD_CHARACTERS;
    if ((int64_t)length > field->max)
        return ERR_TOO_LONG;
    if ((int64_t)length < field->min)
        return ERR_TOO_SHORT;
    if (field->values != NULL && !text_is_listed(field->values, text))
        return ERR_BAD_VALUE;
    *ret_text = arena_strdup(call->arena, text);
    return *ret_text != NULL ? ERR_NONE : ERR_OUT_OF_MEMORY;
}

static enum err json_read_int(const struct json_field *field, const json_t *value, int64_t *ret_number)
{
    if (!json_is_integer(value))
        return ERR_WRONG_TYPE;
    int64_t number = json_integer_value(value);
    if (number < field->min || number > field->max || number < -JSON_INT_MAX || number > JSON_INT_MAX)
        return ERR_OUT_OF_RANGE;
    *ret_number = number;
    return ERR_NONE;
}

static enum err json_read_int_list(struct call *call, const struct json_field *field, const json_t *value, char *target)
{
    if (!json_is_array(value))
        return ERR_WRONG_TYPE;
    size_t count = json_array_size(value);
    if (count > JSON_LIST_MAX)
        return ERR_TOO_LONG;
    int64_t *numbers = arena_alloc(call->arena, (count + 1) * sizeof(*numbers));
    if (numbers == NULL)
        return ERR_OUT_OF_MEMORY;
    for (size_t i = 0; i < count; i++) {
        enum err err = json_read_int(field, json_array_get(value, i), &numbers[i]);
        if (err != ERR_NONE)
            return err;
    }
    *(struct json_int_list *)(void *)target = (struct json_int_list){numbers, count};
    return ERR_NONE;
}

static enum err json_read_text_list(struct call *call, const struct json_field *field, const json_t *value,
                                    char *target)
{
    if (!json_is_array(value))
        return ERR_WRONG_TYPE;
    size_t count = json_array_size(value);
    if (count > JSON_LIST_MAX)
        return ERR_TOO_LONG;
    const char **texts = arena_alloc(call->arena, (count + 1) * sizeof(*texts));
    if (texts == NULL)
        return ERR_OUT_OF_MEMORY;
    for (size_t i = 0; i < count; i++) {
        enum err err = json_read_text(call, field, json_array_get(value, i), &texts[i]);
        if (err != ERR_NONE)
            return err;
    }
    *(struct json_text_list *)(void *)target = (struct json_text_list){texts, count};
    return ERR_NONE;
}

static void json_read_members(struct call *call, json_t *object, const struct json_field *fields, size_t count,
                              const char *prefix, void *ret_struct);

/* Faults inside an object are noted under its own pointer; the array itself is then no fault. */
static enum err json_read_objects(struct call *call, const struct json_field *field, const char *prefix,
                                  const json_t *value, char *target)
{
    if (!json_is_array(value))
        return ERR_WRONG_TYPE;
    size_t count = json_array_size(value);
    if ((int64_t)count > field->max)
        return ERR_TOO_LONG;
    if ((int64_t)count < field->min)
        return ERR_TOO_SHORT;
    char *items = arena_alloc(call->arena, (count + 1) * field->member_size);
    if (items == NULL)
        return ERR_OUT_OF_MEMORY;
    for (size_t i = 0; i < count; i++) {
        json_t *object = json_array_get(value, i);
        const char *pointer = arena_printf(call->arena, "%s%s/%zu", prefix, field->pointer, i);
        if (pointer == NULL)
            return ERR_OUT_OF_MEMORY;
        if (json_is_object(object))
            json_read_members(call, object, field->members, field->member_count, pointer,
                              items + i * field->member_size);
        else
            call_field_error(call, pointer, ERR_WRONG_TYPE);
    }
    *(struct json_objects *)(void *)target = (struct json_objects){items, count};
    return ERR_NONE;
}

static enum err json_read_value(struct call *call, const struct json_field *field, const char *prefix,
                                const json_t *value, char *target)
{
    if (json_is_null(value)) {
        if (!field->nullable)
            return ERR_WRONG_TYPE;
        json_set_null(field, target);
        return ERR_NONE;
    }
    switch (field->kind) {
    case JSON_TEXT:
        return json_read_text(call, field, value, (const char **)(void *)target);
    case JSON_INT:
        return json_read_int(field, value, (int64_t *)(void *)target);
    case JSON_BOOL:
        *(int *)(void *)target = json_is_true(value);
        return json_is_boolean(value) ? ERR_NONE : ERR_WRONG_TYPE;
    case JSON_DATE:
        if (!json_is_string(value))
            return ERR_WRONG_TYPE;
        return date_parse(json_string_value(value), (struct date *)(void *)target) ? ERR_NONE : ERR_BAD_DATE;
    case JSON_INT_LIST:
        return json_read_int_list(call, field, value, target);
    case JSON_TEXT_LIST:
        return json_read_text_list(call, field, value, target);
    case JSON_OBJECTS:
        return json_read_objects(call, field, prefix, value, target);
    }
    return ERR_INTERNAL;
}

/* jansson's own depth limit is 2048, fixed: a cheap scan bounds it before the parser recurses. */
static bool json_depth_is_bounded(const char *text, size_t length)
{
    int depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            depth++;
        else if (!quoted && (c == '}' || c == ']'))
            depth--;
        if (depth > JSON_DEPTH_MAX)
            return false;
    }
    return true;
}

/* An unknown name is the sender's text: the pointer repeats it only when it is a plain short word. */
static const char *json_unknown_pointer(struct call *call, const char *prefix, const char *name)
{
    size_t plain = strspn(name, "abcdefghijklmnopqrstuvwxyz_");
    if (plain == strlen(name) && plain > 0 && plain <= 40) {
        const char *pointer = arena_printf(call->arena, "%s/%s", prefix, name);
        if (pointer != NULL)
            return pointer;
    }
    return prefix;
}

static void json_note(struct call *call, const char *prefix, const struct json_field *field, enum err err)
{
    const char *pointer = *prefix != '\0' ? arena_printf(call->arena, "%s%s", prefix, field->pointer) : field->pointer;
    call_field_error(call, pointer != NULL ? pointer : field->pointer, err);
}

/* ret_struct is filled with the absent values first. */
static void json_read_members(struct call *call, json_t *object, const struct json_field *fields, size_t count,
                              const char *prefix, void *ret_struct)
{
    const char *name;
    json_t *value;
    for (size_t i = 0; i < count; i++)
        json_set_absent(&fields[i], (char *)ret_struct + fields[i].offset);
    json_object_foreach(object, name, value)
    {
        const struct json_field *field = json_find_field(fields, count, name);
        if (field == NULL) {
            call_field_error(call, json_unknown_pointer(call, prefix, name), ERR_UNKNOWN_FIELD);
            continue;
        }
        enum err err = json_read_value(call, field, prefix, value, (char *)ret_struct + field->offset);
        if (err != ERR_NONE)
            json_note(call, prefix, field, err);
    }
    for (size_t i = 0; i < count; i++)
        if (fields[i].required && json_object_get(object, fields[i].name) == NULL)
            json_note(call, prefix, &fields[i], ERR_REQUIRED);
}

enum err json_read_body(struct call *call, const struct json_field *fields, size_t count, void *ret_struct)
{
    for (size_t i = 0; i < count; i++)
        json_set_absent(&fields[i], (char *)ret_struct + fields[i].offset);
    if (!json_depth_is_bounded(call->body, call->body_length))
        return ERR_BAD_JSON;
    bool empty = call->body_length == 0;
    json_t *object __attribute__((cleanup(json_cleanup))) =
        json_loadb(empty ? "{}" : call->body, empty ? 2 : call->body_length, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(object))
        return ERR_BAD_JSON;
    size_t faults_before = call->field_error_count;
    json_read_members(call, object, fields, count, "", ret_struct);
    return call->field_error_count == faults_before ? ERR_NONE : ERR_INVALID_FIELDS;
}
