#include "bank_message_store.h"
#include "format_load.h"
#include "log.h"
#include "message_reader.h"
#include "payments_jobs.h"
#include "upload.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Names listed before they are sorted, and files taken per look. */
enum { INBOX_FILES_LISTED_MAX = 4096, INBOX_FILES_PER_LOOK = 64, INBOX_NAME_BYTES = 201 };

struct inbox_entry {
    char name[INBOX_NAME_BYTES];
    struct timespec changed;
};

static const struct db_context inbox_nobody = {
    .district = 0, .divisions = "{}", .programmes = "{}", .actor = "bank", .service = "worker", .request_id = "inbox"};

static int inbox_compare(const void *a, const void *b)
{
    const struct inbox_entry *x = a;
    const struct inbox_entry *y = b;
    if (x->changed.tv_sec != y->changed.tv_sec)
        return x->changed.tv_sec < y->changed.tv_sec ? -1 : 1;
    if (x->changed.tv_nsec != y->changed.tv_nsec)
        return x->changed.tv_nsec < y->changed.tv_nsec ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Hidden and temporary names are files that are still being written. */
static bool inbox_name_counts(const char *name)
{
    size_t length = strlen(name);
    return name[0] != '.' && length < INBOX_NAME_BYTES && (length < 4 || strcmp(name + length - 4, ".tmp") != 0);
}

/* Lists regular files, oldest first, so that a bank's messages are taken in its order. */
static size_t inbox_list(int folder_fd, struct inbox_entry *entries, size_t max)
{
    int fd = dup(folder_fd);
    DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
    if (folder == NULL) {
        if (fd >= 0)
            close(fd);
        return 0;
    }
    rewinddir(folder);
    size_t count = 0;
    const struct dirent *found;
    while (count < max && (found = readdir(folder)) != NULL) {
        struct stat about;
        if (!inbox_name_counts(found->d_name) || fstatat(folder_fd, found->d_name, &about, AT_SYMLINK_NOFOLLOW) != 0 ||
            !S_ISREG(about.st_mode))
            continue;
        memcpy(entries[count].name, found->d_name, strlen(found->d_name) + 1); /* inbox_name_counts bounds it */
        entries[count++].changed = about.st_mtim;
    }
    closedir(folder);
    qsort(entries, count, sizeof(entries[0]), inbox_compare);
    return count;
}

/* Reads a whole file of at most max bytes; NULL on failure (errno EFBIG: too large). Freed by the caller. */
static char *inbox_read(int folder_fd, const char *name, size_t max, size_t *ret_length)
{
    int fd = openat(folder_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat about;
    char *bytes = NULL;
    if (fd < 0)
        return NULL;
    if (fstat(fd, &about) == 0 && about.st_size <= (off_t)max)
        bytes = malloc((size_t)about.st_size + 1);
    else
        errno = EFBIG;
    size_t length = 0;
    ssize_t got = 1;
    while (bytes != NULL && got > 0 && length < (size_t)about.st_size) {
        got = read(fd, bytes + length, (size_t)about.st_size - length);
        length += got > 0 ? (size_t)got : 0;
    }
    close(fd);
    *ret_length = length;
    return bytes;
}

/* The district that a message belongs to, 0 when nobody's. Needs an open transaction. */
static int64_t inbox_district(struct db *db, const char *bytes, size_t length)
{
    CLEANUP_RESULT struct db_result *codes = NULL;
    enum db_status status = bank_message_store_formats(db, &codes);
    for (size_t i = 0; (status == DB_ROW || status == DB_ROWS) && i < db_row_count(codes); i++) {
        struct bank_format format;
        struct message_identity identity;
        CLEANUP_RESULT struct db_result *district = NULL;
        if (format_load(db, db_value(codes, i, 0), &format) == ERR_NONE &&
            message_identify(&format, bytes, length, &identity) &&
            bank_message_store_district(db, identity.file, identity.unit, identity.account, &district) == DB_ROW &&
            !db_is_null(district, 0, 0))
            return db_value_int(district, 0, 0);
    }
    return 0;
}

/* Stores and queues a message; the file may be removed once this is ERR_NONE. ERR_NOT_FOUND: nobody's. */
static enum err inbox_store(struct db *db, const struct keyring *keyring, const char *name, const char *bytes,
                            size_t length)
{
    if (db_begin(db, DB_READ, &inbox_nobody) != DB_NONE)
        return ERR_DATABASE_UNAVAILABLE;
    struct db_context owner = inbox_nobody;
    owner.district = inbox_district(db, bytes, length);
    db_rollback(db);
    if (owner.district == 0)
        return ERR_NOT_FOUND;
    owner.divisions = "all";
    owner.programmes = "all";
    if (db_begin(db, DB_WRITE, &owner) != DB_NONE)
        return ERR_DATABASE_UNAVAILABLE;
    uint8_t sha256[CRYPTO_DIGEST_BYTES];
    int64_t upload_id;
    CLEANUP_RESULT struct db_result *received = NULL;
    enum err err = upload_keep(db, keyring, owner.district, bytes, length, sha256, &upload_id);
    if (err == ERR_NONE) {
        enum db_status status = bank_message_store_receive(db, upload_id, name, sha256, &received);
        err = status == DB_ROW ? job_enqueue(db, "inbound_apply", db_value_int(received, 0, 0)) : db_error(db, status);
    }
    if (err == ERR_NONE && db_commit(db) != DB_NONE)
        err = ERR_DATABASE_UNAVAILABLE;
    if (err != ERR_NONE)
        db_rollback(db);
    return err;
}

/* Names that banks give: anything else is put aside, because it fits neither a log line nor a table. */
static bool inbox_name_is_plain(const char *name)
{
    return name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")] == '\0';
}

/* Puts aside what cannot be taken, so that it is neither lost nor read again and again. The time in the new name keeps
 * files of one name apart. */
static void inbox_put_aside(int folder_fd, const char *name, const char *why)
{
    char target[INBOX_NAME_BYTES + 64];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(target, sizeof(target), "unclaimed/%lld.%09ld-%s", (long long)now.tv_sec, now.tv_nsec, name);
    if ((mkdirat(folder_fd, "unclaimed", 0750) == 0 || errno == EEXIST) &&
        renameat(folder_fd, name, folder_fd, target) == 0)
        log_line(LOG_ERROR, "a message of the bank was put aside",
                 LOG_TEXT("file", inbox_name_is_plain(name) ? name : "(unprintable)"), LOG_TEXT("code", why));
}

/* Whether the next look may find it otherwise. */
static bool inbox_may_pass(enum err err)
{
    return err == ERR_DATABASE_UNAVAILABLE || err == ERR_CONFLICT_RETRY || err == ERR_OUT_OF_MEMORY ||
           err == ERR_STATEMENT_TIMEOUT;
}

static bool inbox_take_one(struct db *db, const struct keyring *keyring, const struct config *config, int folder_fd,
                           const char *name)
{
    size_t length = 0;
    if (!inbox_name_is_plain(name)) {
        inbox_put_aside(folder_fd, name, err_info(ERR_BAD_CHARACTERS)->code);
        return false;
    }
    errno = 0;
    char *bytes = inbox_read(folder_fd, name, (size_t)config->upload_bytes_max, &length);
    if (bytes == NULL) {
        if (errno == EFBIG || errno == EACCES)
            inbox_put_aside(folder_fd, name, err_info(errno == EFBIG ? ERR_PAYLOAD_TOO_LARGE : ERR_FORBIDDEN)->code);
        return false;
    }
    enum err err = inbox_store(db, keyring, name, bytes, length);
    free(bytes);
    if (err != ERR_NONE && !inbox_may_pass(err))
        inbox_put_aside(folder_fd, name, err_info(err)->code);
    return err == ERR_NONE && unlinkat(folder_fd, name, 0) == 0;
}

int inbox_take(struct db *db, const struct keyring *keyring, const struct config *config)
{
    int folder_fd = open(config->inbox_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder_fd < 0)
        return 0;
    struct inbox_entry *entries = calloc(INBOX_FILES_LISTED_MAX, sizeof(*entries));
    size_t count = entries != NULL ? inbox_list(folder_fd, entries, INBOX_FILES_LISTED_MAX) : 0;
    int taken = 0;
    for (size_t i = 0; i < count && i < INBOX_FILES_PER_LOOK; i++) {
        if (inbox_take_one(db, keyring, config, folder_fd, entries[i].name)) {
            log_line(LOG_INFO, "message taken", LOG_TEXT("file", entries[i].name));
            taken++;
        }
    }
    free(entries);
    close(folder_fd);
    return taken;
}
