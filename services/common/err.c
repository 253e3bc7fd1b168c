#include "err.h"

#include <stdlib.h>
#include <string.h>

static const struct err_info err_table[ERR_COUNT] = {[ERR_NONE] = {"none", 200, false, "ok", "成功"}, ERR_TABLE};

const struct err_info *err_info(enum err err)
{
    if ((int)err < 0 || err >= ERR_COUNT)
        abort();
    return &err_table[err];
}

const char *err_title(enum err err, bool chinese)
{
    const struct err_info *info = err_info(err);
    return chinese ? info->title_zh : info->title_en;
}

enum err err_by_code(const char *code)
{
    for (int err = 1; err < ERR_COUNT; err++)
        if (strcmp(err_table[err].code, code) == 0)
            return (enum err)err;
    return ERR_INTERNAL;
}
