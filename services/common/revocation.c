#include "revocation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { REVOCATION_LINE_BYTES = 128 };

void revocation_init(struct revocation *revocation, const char *path)
{
    *revocation = (struct revocation){.path = path != NULL ? path : ""};
    pthread_mutex_init(&revocation->lock, NULL);
}

struct revocation_list {
    char **ids;
    size_t count;
};

static void revocation_list_free(struct revocation_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->ids[i]);
    free(list->ids);
}

static bool revocation_list_add(struct revocation_list *list, const char *id)
{
    if (list->count == AUTH_REVOKED_MAX)
        return false;
    if ((list->count & (list->count - 1)) == 0) { /* at each power of two there is room for as many again */
        size_t room = list->count == 0 ? 1 : 2 * list->count;
        char **grown = realloc(list->ids, room * sizeof(*grown));
        if (grown == NULL)
            return false;
        list->ids = grown;
    }
    list->ids[list->count] = strdup(id);
    if (list->ids[list->count] == NULL)
        return false;
    list->count++;
    return true;
}

/* False when the file cannot be read as a whole: half a list would let tokens back in. */
static bool revocation_read(const char *path, struct revocation_list *ret_list)
{
    FILE *file = fopen(path, "re");
    char line[REVOCATION_LINE_BYTES];
    bool good = file != NULL;
    while (good && fgets(line, sizeof(line), file) != NULL) {
        size_t length = strcspn(line, "\r\n");
        good = line[length] != '\0' || feof(file);
        line[length] = '\0';
        if (length > 0 && line[0] != '#')
            good = good && revocation_list_add(ret_list, line);
    }
    good = good && !ferror(file);
    if (file != NULL)
        fclose(file);
    return good;
}

static void revocation_reload(struct revocation *revocation, struct auth *auth, const struct stat *about)
{
    struct revocation_list list __attribute__((cleanup(revocation_list_free))) = {NULL, 0};
    if (!revocation_read(revocation->path, &list) ||
        auth_revoke_replace(auth, (const char *const *)list.ids, list.count) != ERR_NONE) {
        revocation->failures++;
        return;
    }
    revocation->changed = about->st_mtim;
    revocation->size = about->st_size;
    revocation->loaded = true;
}

void revocation_refresh(struct revocation *revocation, struct auth *auth, int64_t now_s)
{
    if (*revocation->path == '\0')
        return;
    pthread_mutex_lock(&revocation->lock);
    if (now_s != revocation->looked_at_s) {
        struct stat about;
        revocation->looked_at_s = now_s;
        if (stat(revocation->path, &about) != 0)
            revocation->failures++;
        else if (!revocation->loaded || about.st_mtim.tv_sec != revocation->changed.tv_sec ||
                 about.st_mtim.tv_nsec != revocation->changed.tv_nsec || about.st_size != revocation->size)
            revocation_reload(revocation, auth, &about);
    }
    pthread_mutex_unlock(&revocation->lock);
}
