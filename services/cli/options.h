/* Command line options by a table of declared names, read into a struct. Every option has the form `--name
 * value` or `--name=value`; nothing is guessed: unknown, repeated, missing and malformed options are refused.
 *
 * Members of the struct by kind; the caller fills in the values that stand for absent options:
 *   OPTION_TEXT  const char *, not empty
 *   OPTION_INT   int64_t, min..max
 *   OPTION_FLAG  bool, takes no value
 *   OPTION_LIST  struct option_list, may be repeated up to OPTION_LIST_MAX times, values not empty
 */
#ifndef HUIMIN_OPTIONS_H
#define HUIMIN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum option_kind { OPTION_TEXT, OPTION_INT, OPTION_FLAG, OPTION_LIST };

enum { OPTION_LIST_MAX = 64, OPTIONS_MAX = 16 };

struct option_list {
    const char *values[OPTION_LIST_MAX];
    size_t count;
};

struct option_rule {
    const char *name; /* without the dashes */
    enum option_kind kind;
    size_t offset;
    bool required;
    int64_t min;
    int64_t max;
};

/* Reads arguments (without the command's name) into ret_values; texts point into the arguments. At most
 * OPTIONS_MAX rules. False after the first fault, with one line about it on errors; the values are then
 * unspecified. */
bool options_read(const struct option_rule *rules, size_t rule_count, const char *const *arguments,
                  size_t argument_count, void *ret_values, FILE *errors);

#endif
