#include "metrics.h"

#include <string.h>

const int64_t metrics_bucket_us[METRICS_BUCKETS - 1] = {250, 500, 1000, 2500, 5000, 25000, 100000, 500000, 2500000};

void metrics_count(struct metrics *metrics, size_t route_index, int status, int64_t duration_us)
{
    size_t class = status >= 100 && status < 600 ? (size_t)status / 100 : 0;
    atomic_fetch_add_explicit(&metrics->requests[route_index][class], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&metrics->duration_us_sum[route_index], (uint64_t)duration_us, memory_order_relaxed);
    size_t bucket = 0;
    while (bucket < METRICS_BUCKETS - 1 && duration_us > metrics_bucket_us[bucket])
        bucket++;
    atomic_fetch_add_explicit(&metrics->duration_buckets[route_index][bucket], 1, memory_order_relaxed);
}

static void metrics_write_route(const struct metrics *metrics, const char *service, const char *label, size_t route,
                                struct buffer *out)
{
    uint64_t total = 0;
    for (size_t class = 0; class < METRICS_CLASSES; class ++) {
        uint64_t count = metrics->requests[route][class];
        total += count;
        if (count > 0)
            buffer_printf(out, "huimin_http_requests_total{service=\"%s\",route=\"%s\",class=\"%zuxx\"} %llu\n",
                          service, label, class, (unsigned long long)count);
    }
    if (total == 0)
        return;
    uint64_t cumulated = 0;
    for (size_t bucket = 0; bucket < METRICS_BUCKETS; bucket++) {
        cumulated += metrics->duration_buckets[route][bucket];
        buffer_printf(out, "huimin_http_request_duration_seconds_bucket{service=\"%s\",route=\"%s\",le=\"", service,
                      label);
        if (bucket < METRICS_BUCKETS - 1)
            buffer_printf(out, "%g", (double)metrics_bucket_us[bucket] / 1e6);
        else
            buffer_append_text(out, "+Inf");
        buffer_printf(out, "\"} %llu\n", (unsigned long long)cumulated);
    }
    buffer_printf(out, "huimin_http_request_duration_seconds_sum{service=\"%s\",route=\"%s\"} %.6f\n", service, label,
                  (double)metrics->duration_us_sum[route] / 1e6);
    buffer_printf(out, "huimin_http_request_duration_seconds_count{service=\"%s\",route=\"%s\"} %llu\n", service, label,
                  (unsigned long long)total);
}

void metrics_write(const struct metrics *metrics, const char *service, const char *const *route_labels,
                   size_t route_count, struct buffer *out)
{
    buffer_append_text(out, "# TYPE huimin_http_requests_total counter\n"
                            "# TYPE huimin_http_request_duration_seconds histogram\n"
                            "# TYPE huimin_transaction_retries_total counter\n"
                            "# TYPE huimin_database_failures_total counter\n");
    for (size_t route = 0; route < route_count && route < METRICS_ROUTES_MAX; route++)
        metrics_write_route(metrics, service, route_labels[route], route, out);
    metrics_write_route(metrics, service, "none", METRICS_ROUTES_MAX, out);
    buffer_printf(out, "huimin_transaction_retries_total{service=\"%s\"} %llu\n", service,
                  (unsigned long long)metrics->transaction_retries);
    buffer_printf(out, "huimin_database_failures_total{service=\"%s\"} %llu\n", service,
                  (unsigned long long)metrics->database_failures);
}
