/* Role scopes of access tokens (claim `scope`, RFC 9068 section 2.2.3) as a bit mask, and the rules between
 * them. */
#ifndef HUIMIN_SCOPE_H
#define HUIMIN_SCOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum scope {
    SCOPE_BENEFICIARIES_READ = 1 << 0,
    SCOPE_BENEFICIARIES_WRITE = 1 << 1,
    SCOPE_BENEFICIARIES_REVIEW = 1 << 2,
    SCOPE_BENEFICIARIES_CLEAR = 1 << 3, /* clear view of masked personal data, with a stated purpose */
    SCOPE_PROGRAMMES_READ = 1 << 4,
    SCOPE_PROGRAMMES_WRITE = 1 << 5,
    SCOPE_PROGRAMMES_APPROVE = 1 << 6,
    SCOPE_PAYMENTS_READ = 1 << 7,
    SCOPE_PAYMENTS_PREPARE = 1 << 8,
    SCOPE_PAYMENTS_APPROVE = 1 << 9,
    SCOPE_PAYMENTS_RELEASE = 1 << 10,
    SCOPE_PAYMENTS_FUND = 1 << 11,
    SCOPE_PAYMENTS_BANK = 1 << 12,
    SCOPE_AUDIT_READ = 1 << 13,
    SCOPE_SUPERVISION_READ = 1 << 14, /* every read route of the district, no write */
    SCOPE_SYSTEM_METRICS = 1 << 15,
    SCOPE_BENEFICIARIES_APPROVE = 1 << 16 /* the lead unit's decision, where the street reviews first */
};

/* The scope of a name of `length` bytes ("payments:approve"), or 0 when there is none of that name. */
uint32_t scope_from_name(const char *name, size_t length);

/* The name of one scope, or NULL when `scope` is not exactly one known bit. Static. */
const char *scope_name(uint32_t scope);

/* True when the mask holds `needed` (one bit, or several of which any one will do), or `needed` is a read scope of the
 * district (beneficiaries, programmes, payments, audit) and the mask holds supervision:read. beneficiaries:clear is not
 * a read scope: it is never implied. */
bool scope_allows(uint32_t scopes, enum scope needed);

/* True when one token joins duties that must be separate: payments prepare, approve, release and bank (any two),
 * beneficiaries write and review or approve, programmes write and approve, or supervision:read with any scope that
 * changes something. */
bool scope_duties_conflict(uint32_t scopes);

#endif
