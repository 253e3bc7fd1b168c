/* Who makes a request and what may be reached: the verified claims of one access token. Fixed size, no
 * pointers: it may be copied and cached. An absent `divisions` or `programmes` claim is a token for the whole
 * district (limited = false); an empty array is a token that reaches nothing of it (limited = true, count 0).
 * Subjects that differ only by case are one person: duties are kept apart by comparing subjects, and issuers differ
 * in whether case counts. The subject stands in lower case from here on, in the database and in the event log too. */
#ifndef HUIMIN_PRINCIPAL_H
#define HUIMIN_PRINCIPAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PRINCIPAL_NAME_BYTES = 65, /* with the closing NUL */
    PRINCIPAL_DIVISIONS_MAX = 64,
    PRINCIPAL_PROGRAMMES_MAX = 32,
    PRINCIPAL_PROGRAMME_BYTES = 40 /* with the closing NUL */
};

struct principal {
    char subject[PRINCIPAL_NAME_BYTES];   /* `sub`, 1..64 visible ASCII characters, in lower case: see below */
    char client_id[PRINCIPAL_NAME_BYTES]; /* `client_id`, the same */
    char token_id[PRINCIPAL_NAME_BYTES];  /* `jti`, the same: the token's only identity */
    int64_t expires_at_s;                 /* `exp`, seconds since 1970 */
    int64_t district;                     /* GB/T 2260 county code, or 0: only for tokens with system: scopes alone */
    uint32_t scopes;                      /* see scope.h */
    bool divisions_limited;
    bool programmes_limited;
    size_t division_count;
    size_t programme_count;
    int64_t divisions[PRINCIPAL_DIVISIONS_MAX];                           /* 9-digit codes, in the token's order */
    char programmes[PRINCIPAL_PROGRAMMES_MAX][PRINCIPAL_PROGRAMME_BYTES]; /* item codes [a-z0-9-]{1,39} */
};

/* Whether the token's row scope reaches a division or a programme item. */
bool principal_reaches_division(const struct principal *principal, int64_t division);
bool principal_reaches_programme(const struct principal *principal, const char *item_code);

#endif
