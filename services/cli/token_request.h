/* What `huimin token` was asked for, checked before anything is signed. Pure. */
#ifndef HUIMIN_TOKEN_REQUEST_H
#define HUIMIN_TOKEN_REQUEST_H

#include "options.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct token_request {
    const char *dir;
    const char *subject;
    const char *scope;
    int64_t district;
    int64_t life_s;
    struct option_list divisions;
    struct option_list programmes;
    uint32_t scopes; /* of `scope`, see scope.h */
    int64_t division_codes[OPTION_LIST_MAX];
};

/* Reads the command's arguments. False, with one line on errors, for a fault of the command line, an unknown
 * scope, scopes whose duties must be separate, or a division that does not lie in the district. */
bool token_request_read(const char *const *arguments, size_t argument_count, struct token_request *ret_request,
                        FILE *errors);

#endif
