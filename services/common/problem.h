/* Problem documents (RFC 9457, application/problem+json): type, title, status, code, request_id and, for
 * wrong fields, errors[] with a JSON pointer and a code each; where another record is to be used instead, `see`, its
 * path; where another benefit stands in the way, `other`. No value of the request is ever repeated. */
#ifndef HUIMIN_PROBLEM_H
#define HUIMIN_PROBLEM_H

#include "call.h"

/* Writes the document for err to out (cleared first). field_errors and see (a path below /api/v1) may be
 * NULL, and the code of other. */
void problem_write(struct buffer *out, enum err err, bool chinese, const char *request_id,
                   const struct call_field_error *field_errors, size_t field_error_count, const char *see,
                   const struct call_other *other);

#endif
