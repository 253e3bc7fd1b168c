#include "sql_files.h"

#include "crypto.h"
#include "key_file.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

bool sql_file_name_valid(const char *name)
{
    size_t length = strlen(name);
    size_t stem = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return stem > 0 && length == stem + 4 && length - 4 < SQL_NAME_BYTES && strcmp(name + stem, ".sql") == 0;
}

static int sql_files_select(const struct dirent *entry)
{
    return sql_file_name_valid(entry->d_name);
}

/* Not alphasort(): the order must not depend on the caller's locale. */
static int sql_files_order(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool sql_file_read(const char *folder, const char *sub, const char *name, struct sql_file *ret_file,
                          FILE *errors)
{
    char path[PATH_MAX];
    char reason[KEY_FILE_REASON_BYTES];
    size_t length = 0;
    if (snprintf(path, sizeof(path), "%s/%s/%s", folder, sub, name) >= PATH_MAX) {
        fprintf(errors, "huimin: %s: 路径过长 / the path is too long\n", name);
        return false;
    }
    if (key_file_read(path, SQL_FILE_BYTES_MAX, false, &ret_file->text, &length, reason) != ERR_NONE) {
        fprintf(errors, "huimin: 无法读取 / cannot be read: %s\n", reason);
        return false;
    }
    if (memchr(ret_file->text, '\0', length) != NULL) {
        fprintf(errors, "huimin: %s: 含有 NUL 字节 / holds a NUL byte\n", path);
        return false;
    }
    snprintf(ret_file->name, sizeof(ret_file->name), "%.*s", (int)(strlen(name) - 4), name);
    uint8_t digest[CRYPTO_DIGEST_BYTES];
    crypto_sha256(ret_file->text, length, digest);
    crypto_hex_encode(digest, sizeof(digest), ret_file->sha256);
    return true;
}

bool sql_files_read(const char *folder, const char *sub, struct sql_files *ret_files, FILE *errors)
{
    *ret_files = (struct sql_files){0};
    char path[PATH_MAX];
    struct dirent **entries = NULL;
    int found = snprintf(path, sizeof(path), "%s/%s", folder, sub) < PATH_MAX
                    ? scandir(path, &entries, sql_files_select, sql_files_order)
                    : -1;
    if (found <= 0 || found > SQL_FILES_MAX) {
        fprintf(errors, "huimin: %s/%s: 没有（或过多）SQL 文件 / no, or too many, SQL files\n", folder, sub);
        for (int i = 0; i < found; i++)
            free(entries[i]);
        free(entries);
        return false;
    }
    ret_files->files = calloc((size_t)found, sizeof(*ret_files->files));
    bool good = ret_files->files != NULL;
    for (int i = 0; i < found; i++) {
        good = good && sql_file_read(folder, sub, entries[i]->d_name, &ret_files->files[ret_files->count++], errors);
        free(entries[i]);
    }
    free(entries);
    return good;
}

void sql_files_free(struct sql_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->files[i].text);
    free(files->files);
    *files = (struct sql_files){0};
}
