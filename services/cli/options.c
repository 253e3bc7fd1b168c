#include "options.h"

#include "text.h"

#include <string.h>

static bool options_refuse(FILE *errors, const char *name, size_t length, const char *zh, const char *en)
{
    fprintf(errors, "huimin: --%.*s: %s / %s\n", (int)length, name, zh, en);
    return false;
}

static const struct option_rule *options_find(const struct option_rule *rules, size_t count, const char *name,
                                              size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(rules[i].name) == length && memcmp(rules[i].name, name, length) == 0)
            return &rules[i];
    return NULL;
}

static bool options_store(const struct option_rule *rule, const char *value, void *ret_values, FILE *errors)
{
    char *member = (char *)ret_values + rule->offset;
    size_t length = strlen(rule->name);
    if (rule->kind == OPTION_INT) {
        int64_t number;
        if (!text_to_int64(value, rule->min, rule->max, &number)) {
            fprintf(errors, "huimin: --%s: 应为 %lld 至 %lld 的整数 / a whole number from %lld to %lld is needed\n",
                    rule->name, (long long)rule->min, (long long)rule->max, (long long)rule->min, (long long)rule->max);
            return false;
        }
        memcpy(member, &number, sizeof(number));
        return true;
    }
    if (*value == '\0')
        return options_refuse(errors, rule->name, length, "值为空", "the value is empty");
    if (rule->kind == OPTION_TEXT) {
        memcpy(member, &value, sizeof(value));
        return true;
    }
    struct option_list *list = (struct option_list *)(void *)member;
    if (list->count == OPTION_LIST_MAX)
        return options_refuse(errors, rule->name, length, "次数过多", "given too many times");
    list->values[list->count++] = value;
    return true;
}

/* Takes one option; *ret_used is how many arguments it took. */
static bool options_take(const struct option_rule *rule, const char *argument, const char *next, void *ret_values,
                         size_t *ret_used, FILE *errors)
{
    const char *equals = strchr(argument, '=');
    size_t length = strlen(rule->name);
    *ret_used = 1;
    if (rule->kind == OPTION_FLAG) {
        const bool given = true;
        if (equals != NULL)
            return options_refuse(errors, rule->name, length, "此选项不带值", "takes no value");
        memcpy((char *)ret_values + rule->offset, &given, sizeof(given));
        return true;
    }
    if (equals != NULL)
        return options_store(rule, equals + 1, ret_values, errors);
    /* `--dir --ttl 5` is a forgotten value, not a folder named --ttl; `--dir=--ttl` says what it means. */
    if (next == NULL || strncmp(next, "--", 2) == 0)
        return options_refuse(errors, rule->name, length, "缺少值", "the value is missing");
    *ret_used = 2;
    return options_store(rule, next, ret_values, errors);
}

static bool options_complete(const struct option_rule *rules, size_t count, const bool *seen, FILE *errors)
{
    for (size_t i = 0; i < count; i++)
        if (rules[i].required && !seen[i])
            return options_refuse(errors, rules[i].name, strlen(rules[i].name), "缺少此选项", "the option is missing");
    return true;
}

bool options_read(const struct option_rule *rules, size_t rule_count, const char *const *arguments,
                  size_t argument_count, void *ret_values, FILE *errors)
{
    bool seen[OPTIONS_MAX] = {false};
    size_t used = 1;
    for (size_t i = 0; i < argument_count; i += used) {
        const char *argument = arguments[i];
        if (strncmp(argument, "--", 2) != 0) {
            fprintf(errors, "huimin: %s: 多余的参数 / unexpected argument\n", argument);
            return false;
        }
        size_t length = strcspn(argument + 2, "=");
        const struct option_rule *rule = options_find(rules, rule_count, argument + 2, length);
        if (rule == NULL)
            return options_refuse(errors, argument + 2, length, "未知选项", "unknown option");
        bool *was_seen = &seen[rule - rules];
        if (*was_seen && rule->kind != OPTION_LIST)
            return options_refuse(errors, argument + 2, length, "选项重复", "the option is repeated");
        *was_seen = true;
        const char *next = i + 1 < argument_count ? arguments[i + 1] : NULL;
        if (!options_take(rule, argument, next, ret_values, &used, errors))
            return false;
    }
    return options_complete(rules, rule_count, seen, errors);
}
