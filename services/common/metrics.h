/* Counters of a service in the Prometheus text format (version 0.0.4). Updates are lock-free. */
#ifndef HUIMIN_METRICS_H
#define HUIMIN_METRICS_H

#include "buffer.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum { METRICS_ROUTES_MAX = 160, METRICS_CLASSES = 6, METRICS_BUCKETS = 10 };

struct metrics {
    /* Last route slot: calls that matched no route. Class: first digit of the status. */
    _Atomic uint64_t requests[METRICS_ROUTES_MAX + 1][METRICS_CLASSES];
    _Atomic uint64_t duration_us_sum[METRICS_ROUTES_MAX + 1];
    _Atomic uint64_t duration_buckets[METRICS_ROUTES_MAX + 1][METRICS_BUCKETS];
    _Atomic uint64_t transaction_retries;
    _Atomic uint64_t database_failures;
};

/* Upper bounds of the duration histogram in microseconds; the last bucket is open. */
extern const int64_t metrics_bucket_us[METRICS_BUCKETS - 1];

/* route_index METRICS_ROUTES_MAX stands for "no route". */
void metrics_count(struct metrics *metrics, size_t route_index, int status, int64_t duration_us);

/* route_labels[i] is "METHOD path" of route i. */
void metrics_write(const struct metrics *metrics, const char *service, const char *const *route_labels,
                   size_t route_count, struct buffer *out);

#endif
