/* Revoked access tokens: a file with one token id (jti) a line, `#` for comments, read again when it changes. */
#ifndef HUIMIN_REVOCATION_H
#define HUIMIN_REVOCATION_H

#include "auth.h"

#include <pthread.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

struct revocation {
    const char *path; /* "" : there is no list */
    pthread_mutex_t lock;
    int64_t looked_at_s;
    struct timespec changed;
    off_t size;
    bool loaded;
    uint64_t failures; /* reads that failed: the old list stays in force */
};

/* path must outlive the struct; NULL or "" for none. */
void revocation_init(struct revocation *revocation, const char *path);

/* Looks at the file at most once a second and hands a changed list to auth. Thread-safe. */
void revocation_refresh(struct revocation *revocation, struct auth *auth, int64_t now_s);

#endif
