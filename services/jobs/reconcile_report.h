/* The night's report: JSON for machines, HTML (Chinese and English) for people. Pure: rows in, text out. */
#ifndef HUIMIN_RECONCILE_REPORT_H
#define HUIMIN_RECONCILE_REPORT_H

#include "buffer.h"
#include "db.h"

#include <stdint.h>

struct reconcile_rows {
    int64_t district;
    const struct db_result *day;
    const struct db_result *programmes;
    const struct db_result *divisions;
    const struct db_result *banks;
    const struct db_result *breaks;
    const struct db_result *violations;
    int64_t files_checked;
    int64_t files_damaged; /* frozen bytes that no longer have their hash */
};

void reconcile_report_json(const struct reconcile_rows *rows, struct buffer *out);
void reconcile_report_html(const struct reconcile_rows *rows, struct buffer *out);

#endif
