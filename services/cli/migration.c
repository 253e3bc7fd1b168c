#include "migration.h"

#include <string.h>

/* The number of NNNN_topic, or 0. */
static size_t migration_number(const char *name)
{
    if (strspn(name, "0123456789") != 4 || name[4] != '_' || name[5] == '\0')
        return 0;
    size_t number = 0;
    for (int i = 0; i < 4; i++)
        number = number * 10 + (size_t)(name[i] - '0');
    return number;
}

enum migration_fault migration_compare(const struct sql_files *files, const struct migration_applied *applied,
                                       size_t applied_count, size_t *ret_index)
{
    for (size_t i = 0; i < files->count; i++) {
        const struct sql_file *file = &files->files[i];
        *ret_index = i;
        size_t number = migration_number(file->name);
        if (number == 0)
            return MIGRATION_NAME;
        if (number != i + 1)
            return MIGRATION_GAP;
        if (i < applied_count &&
            (strcmp(file->name, applied[i].name) != 0 || strcmp(file->sha256, applied[i].sha256) != 0))
            return MIGRATION_CHANGED;
    }
    *ret_index = files->count;
    return applied_count > files->count ? MIGRATION_AHEAD : MIGRATION_FITS;
}
