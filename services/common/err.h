/* The outcomes above the SQL edge: enum err, generated from api-spec/errors.yaml. ERR_NONE is success. */
#ifndef HUIMIN_ERR_H
#define HUIMIN_ERR_H

#include "errors_table.h"

#include <stdbool.h>

struct err_info {
    const char *code; /* stable, snake_case */
    int http_status;
    bool field; /* may appear in errors[] of a problem document and in an import's report */
    const char *title_en;
    const char *title_zh;
};

/* Never NULL; err must be one of the registry. ERR_NONE has the code "none" and status 200. */
const struct err_info *err_info(enum err err);

/* The error with this code; ERR_INTERNAL for an unknown one. */
enum err err_by_code(const char *code);

/* The title in the language asked for. */
const char *err_title(enum err err, bool chinese);

#endif
