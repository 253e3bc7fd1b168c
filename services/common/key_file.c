#include "key_file.h"

#include "crypto.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err refuse(char *ret_reason, const char *path, const char *why)
{
    snprintf(ret_reason, KEY_FILE_REASON_BYTES, "%.160s: %s", path, why);
    return ERR_KEY_FILE;
}

/* One byte more than the ceiling is asked for, so that a file which grew after fstat() is noticed. */
static enum err read_all(int fd, size_t bytes_max, char **ret_text, size_t *ret_length)
{
    char *text = malloc(bytes_max + 2);
    if (!text) {
        return ERR_OUT_OF_MEMORY;
    }
    size_t length = 0;
    ssize_t got = 0;
    while (length <= bytes_max && (got = read(fd, text + length, bytes_max + 1 - length)) != 0) {
        if (got > 0) {
            length += (size_t)got;
        } else if (errno != EINTR) {
            break;
        }
    }
    if (got < 0 || length > bytes_max || length == 0) {
        crypto_wipe(text, bytes_max + 2);
        free(text);
        return ERR_KEY_FILE;
    }
    text[length] = '\0';
    *ret_text = text;
    *ret_length = length;
    return ERR_NONE;
}

enum err key_file_read(const char *path, size_t bytes_max, bool secret, char **ret_text, size_t *ret_length,
                       char ret_reason[static KEY_FILE_REASON_BYTES])
{
    ret_reason[0] = '\0';
    /* Without O_NONBLOCK a FIFO in the file's place would hang the start. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        char text[64];
        return refuse(ret_reason, path, strerror_r(errno, text, sizeof text));
    }
    struct stat status = {0};
    enum err err;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        err = refuse(ret_reason, path, "not a regular file");
    } else if (secret && (status.st_mode & (S_IRWXG | S_IRWXO))) {
        err = refuse(ret_reason, path, "readable or writable by others than its owner (chmod 600)");
    } else {
        err = read_all(fd, bytes_max, ret_text, ret_length);
        if (err == ERR_KEY_FILE) {
            refuse(ret_reason, path, "empty, too large or unreadable");
        } else if (err == ERR_OUT_OF_MEMORY) {
            refuse(ret_reason, path, "out of memory");
        }
    }
    close(fd);
    return err;
}

static bool write_all(int fd, const char *text, size_t length)
{
    while (length) {
        ssize_t done = write(fd, text, length);
        if (done < 0 && errno != EINTR) {
            return false;
        }
        if (done > 0) {
            text += done;
            length -= (size_t)done;
        }
    }
    return true;
}

/* The name is on disk only after its folder is. */
static bool sync_folder(const char *path)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash) {
        slash[slash == folder] = '\0';
    }
    int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return ok;
}

static enum err put_in_place(const char *temporary, const char *path, bool replace)
{
    if (replace) {
        if (rename(temporary, path) == 0) {
            return sync_folder(path) ? ERR_NONE : ERR_KEY_FILE;
        }
        unlink(temporary);
        return ERR_KEY_FILE;
    }
    /* link() refuses an existing name, where rename() would overwrite it. */
    int failed = link(temporary, path) != 0 ? errno : 0;
    unlink(temporary);
    if (failed) {
        return failed == EEXIST ? ERR_ALREADY_EXISTS : ERR_KEY_FILE;
    }
    return sync_folder(path) ? ERR_NONE : ERR_KEY_FILE;
}

enum err key_file_write(const char *path, const char *text, size_t length, mode_t mode, bool replace)
{
    char temporary[PATH_MAX];
    int printed = snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
    if (printed < 0 || (size_t)printed >= sizeof temporary) {
        return ERR_KEY_FILE;
    }
    int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0) {
        return ERR_KEY_FILE;
    }
    bool ok = write_all(fd, text, length) && fchmod(fd, mode) == 0 && fsync(fd) == 0;
    ok = close(fd) == 0 && ok;
    if (!ok) {
        unlink(temporary);
        return ERR_KEY_FILE;
    }
    return put_in_place(temporary, path, replace);
}
