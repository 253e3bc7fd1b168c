#include "durable_file.h"

#include "crypto.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DURABLE_NAME_BYTES = 256, DURABLE_READ_BYTES = 64 * 1024 };

struct durable_file {
    int folder_fd;
    int fd;
    char name[DURABLE_NAME_BYTES];
    char temporary[DURABLE_NAME_BYTES + 4];
};

static enum durable_status durable_compare(int fd, const uint8_t sha256[static 32])
{
    struct sha256_stream *stream = sha256_stream_new();
    char *bytes = malloc(DURABLE_READ_BYTES);
    enum durable_status status = DURABLE_ERROR;
    ssize_t got = -1;
    while (stream != NULL && bytes != NULL && (got = read(fd, bytes, DURABLE_READ_BYTES)) > 0)
        sha256_stream_add(stream, bytes, (size_t)got);
    if (got == 0) {
        uint8_t found[32];
        sha256_stream_finish(stream, found);
        status = memcmp(found, sha256, sizeof(found)) == 0 ? DURABLE_SAME : DURABLE_OTHER;
    }
    free(bytes);
    sha256_stream_free(stream);
    return status;
}

enum durable_status durable_file_look(const char *folder, const char *name, const uint8_t sha256[static 32])
{
    int folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder_fd < 0)
        return DURABLE_ERROR;
    int fd = openat(folder_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    int why = errno;
    close(folder_fd);
    if (fd < 0)
        return why == ENOENT ? DURABLE_OK : DURABLE_ERROR;
    enum durable_status status = durable_compare(fd, sha256);
    close(fd);
    return status;
}

static void durable_file_free(struct durable_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    if (file->folder_fd >= 0)
        close(file->folder_fd);
    free(file);
}

struct durable_file *durable_file_open(const char *folder, const char *name)
{
    if (strlen(name) >= DURABLE_NAME_BYTES || strchr(name, '/') != NULL)
        return NULL;
    struct durable_file *file = calloc(1, sizeof(*file));
    if (file == NULL)
        return NULL;
    snprintf(file->name, sizeof(file->name), "%s", name);
    snprintf(file->temporary, sizeof(file->temporary), "%s.tmp", name);
    file->fd = -1;
    file->folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file->folder_fd >= 0)
        file->fd =
            openat(file->folder_fd, file->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (file->fd < 0) {
        durable_file_free(file);
        return NULL;
    }
    return file;
}

bool durable_file_write(struct durable_file *file, const void *bytes, size_t length)
{
    const char *next = bytes;
    while (length > 0) {
        ssize_t written = write(file->fd, next, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        next += written;
        length -= (size_t)written;
    }
    return true;
}

enum durable_status durable_file_publish(struct durable_file *file)
{
    bool done = fsync(file->fd) == 0 && renameat(file->folder_fd, file->temporary, file->folder_fd, file->name) == 0 &&
                fsync(file->folder_fd) == 0;
    durable_file_free(file);
    return done ? DURABLE_OK : DURABLE_ERROR;
}

void durable_file_abandon(struct durable_file *file)
{
    if (file == NULL)
        return;
    unlinkat(file->folder_fd, file->temporary, 0);
    durable_file_free(file);
}
