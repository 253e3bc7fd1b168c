/* huimin-reconcile: one night's reconciliation of a district. Exit status: 0 everything ties, 3 something is open
 * (breaks, a difference, a violated invariant, a damaged file), 1 it could not be done, 2 wrong usage. */
#include "config.h"
#include "crypto.h"
#include "date.h"
#include "db.h"
#include "durable_file.h"
#include "file_bytes.h"
#include "keyring.h"
#include "log.h"
#include "reconcile_report.h"
#include "reconcile_store.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RECONCILE_REPORT_BYTES_MAX = 64 * 1024 * 1024, RECONCILE_OPEN = 3, RECONCILE_TRIES_MAX = 5 };

struct reconcile {
    struct config config;
    struct db *db;
    struct keyring *keyring;
    int64_t district;
    char date[DATE_TEXT_SIZE];
    bool close;
};

static enum err reconcile_hash_chunk(void *context, const char *bytes, size_t length)
{
    sha256_stream_add(context, bytes, length);
    return ERR_NONE;
}

/* Whether a frozen file still has the bytes it was frozen with. */
static bool reconcile_file_is_whole(struct reconcile *r, const struct db_result *files, size_t row)
{
    uint8_t sha256[CRYPTO_DIGEST_BYTES];
    char hex[2 * CRYPTO_DIGEST_BYTES + 1];
    struct sha256_stream *stream __attribute__((cleanup(sha256_stream_cleanup))) = sha256_stream_new();
    if (stream == NULL || file_bytes_read(r->db, r->keyring, r->district, db_value_int(files, row, 0),
                                          db_value_int(files, row, 2), reconcile_hash_chunk, stream) != ERR_NONE)
        return false;
    sha256_stream_finish(stream, sha256);
    crypto_hex_encode(sha256, sizeof(sha256), hex);
    return strcmp(hex, db_value(files, row, 3)) == 0;
}

static enum err reconcile_check_files(struct reconcile *r, struct reconcile_rows *rows)
{
    CLEANUP_RESULT struct db_result *files = NULL;
    enum db_status status = reconcile_store_files(r->db, r->district, &files);
    if (files == NULL)
        return db_error(r->db, status);
    for (size_t row = 0; row < db_row_count(files); row++) {
        rows->files_checked++;
        rows->files_damaged += !reconcile_file_is_whole(r, files, row);
    }
    return ERR_NONE;
}

static bool reconcile_write(struct reconcile *r, const char *suffix, const struct buffer *text)
{
    char name[64];
    snprintf(name, sizeof(name), "reconciliation-%lld-%s.%s", (long long)r->district, r->date, suffix);
    struct durable_file *file = text->failed ? NULL : durable_file_open(r->config.report_dir, name);
    if (file == NULL)
        return false;
    if (!durable_file_write(file, text->data, text->length)) {
        durable_file_abandon(file);
        return false;
    }
    return durable_file_publish(file) == DURABLE_OK;
}

static int reconcile_report(struct reconcile *r, const struct reconcile_rows *rows)
{
    CLEANUP_BUFFER struct buffer json = buffer_init(RECONCILE_REPORT_BYTES_MAX);
    CLEANUP_BUFFER struct buffer html = buffer_init(RECONCILE_REPORT_BYTES_MAX);
    reconcile_report_json(rows, &json);
    reconcile_report_html(rows, &html);
    if (!reconcile_write(r, "json", &json) || !reconcile_write(r, "html", &html)) {
        log_line(LOG_ERROR, "the report cannot be written", LOG_NUMBER("district", r->district));
        return EXIT_FAILURE;
    }
    int64_t difference_fen = db_value_int(rows->day, 0, db_column(rows->day, "difference_fen"));
    size_t breaks = db_row_count(rows->breaks);
    size_t violations = db_row_count(rows->violations);
    bool clean = difference_fen == 0 && breaks == 0 && violations == 0 && rows->files_damaged == 0;
    log_line(clean ? LOG_INFO : LOG_WARNING, "reconciled", LOG_NUMBER("district", r->district),
             LOG_TEXT("date", r->date), LOG_NUMBER("difference_fen", difference_fen), LOG_NUMBER("breaks", breaks),
             LOG_NUMBER("violations", violations), LOG_NUMBER("files_damaged", rows->files_damaged));
    return clean ? EXIT_SUCCESS : RECONCILE_OPEN;
}

/* Answers that are being applied may stand in the way of each other and of us: a deadlock is tried again. */
static bool reconcile_day_with_retries(struct reconcile *r, const struct db_context *context,
                                       struct db_result **ret_day)
{
    enum db_status status = DB_RETRY;
    for (int try = 0; status == DB_RETRY && try < RECONCILE_TRIES_MAX; try++) {
        db_result_free(ret_day);
        status = db_begin(r->db, DB_WRITE, context);
        if (status == DB_NONE)
            status = reconcile_store_run(r->db, r->date, r->close, ret_day);
        if (status == DB_ROW)
            status = db_commit(r->db);
        if (status != DB_NONE)
            db_rollback(r->db);
    }
    return status == DB_NONE;
}

/* The day in one transaction, then the report from what was committed. */
static int reconcile_night(struct reconcile *r)
{
    const struct db_context context = {.district = r->district,
                                       .divisions = "all",
                                       .programmes = "all",
                                       .actor = "huimin-reconcile",
                                       .service = "reconcile",
                                       .request_id = "nightly-job"};
    CLEANUP_RESULT struct db_result *day = NULL;
    CLEANUP_RESULT struct db_result *programmes = NULL;
    CLEANUP_RESULT struct db_result *divisions = NULL;
    CLEANUP_RESULT struct db_result *banks = NULL;
    CLEANUP_RESULT struct db_result *breaks = NULL;
    CLEANUP_RESULT struct db_result *violations = NULL;
    if (!reconcile_day_with_retries(r, &context, &day) || db_begin(r->db, DB_READ, &context) != DB_NONE) {
        log_line(LOG_ERROR, "reconciliation failed", LOG_TEXT("sqlstate", db_sqlstate(r->db)));
        return EXIT_FAILURE;
    }
    reconcile_store_programmes(r->db, r->district, &programmes);
    reconcile_store_divisions(r->db, r->district, &divisions);
    reconcile_store_banks(r->db, r->district, &banks);
    reconcile_store_breaks(r->db, r->district, &breaks);
    reconcile_store_violations(r->db, r->district, &violations);
    struct reconcile_rows rows = {.district = r->district,
                                  .day = day,
                                  .programmes = programmes,
                                  .divisions = divisions,
                                  .banks = banks,
                                  .breaks = breaks,
                                  .violations = violations};
    if (programmes == NULL || divisions == NULL || banks == NULL || breaks == NULL || violations == NULL ||
        reconcile_check_files(r, &rows) != ERR_NONE) {
        log_line(LOG_ERROR, "the report's figures cannot be read", LOG_TEXT("sqlstate", db_sqlstate(r->db)));
        return EXIT_FAILURE;
    }
    return reconcile_report(r, &rows);
}

static int reconcile_usage(FILE *out)
{
    fprintf(out, "Usage: huimin-reconcile --district CODE [--date YYYY-MM-DD] [--close]\n"
                 "       huimin-reconcile --help | --version | --config | --check-sql\n"
                 "Reconciles approved lines, the bank's results and its statements up to a business date (today in\n"
                 "Asia/Shanghai; tomorrow at the latest), writes "
                 "HUIMIN_REPORT_DIR/reconciliation-<district>-<date>.html and .json.\n"
                 "--close keeps the day's totals for good. Exit status: 0 everything ties, 3 something is open.\n"
                 "核对已复核清册、银行回执和对账单，生成对账报告。--close 日终关账。\n");
    return out == stdout ? EXIT_SUCCESS : 2;
}

static bool reconcile_arguments(int argc, char **argv, struct reconcile *r)
{
    const struct date today = date_today_shanghai(time(NULL));
    date_format(today, r->date);
    for (int i = 1; i < argc; i++) {
        struct date date;
        bool more = i + 1 < argc;
        if (strcmp(argv[i], "--close") == 0)
            r->close = true;
        else if (more && strcmp(argv[i], "--district") == 0 && text_to_int64(argv[i + 1], 100000, 999999, &r->district))
            i++;
        else if (more && strcmp(argv[i], "--date") == 0 && date_parse(argv[i + 1], &date) &&
                 date_compare(date, date_add_days(today, 1)) <= 0)
            date_format(date, r->date), i++;
        else
            return false;
    }
    return r->district != 0;
}

int main(int argc, char **argv)
{
    static struct reconcile r;
    char reason[KEYRING_REASON_BYTES];
    if (!config_load(&r.config, stderr))
        return EXIT_FAILURE;
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return reconcile_usage(stdout);
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return printf("huimin-reconcile %s\n", HUIMIN_VERSION) > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    if (argc == 2 && strcmp(argv[1], "--config") == 0) {
        config_print(stdout);
        return EXIT_SUCCESS;
    }
    if (argc == 2 && strcmp(argv[1], "--check-sql") == 0)
        return db_check_statements(r.config.database, stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
    if (!reconcile_arguments(argc, argv, &r))
        return reconcile_usage(stderr);
    log_setup("huimin-reconcile", r.config.log_level);
    if (keyring_load_explained(r.config.keyring_file, &r.keyring, reason) != ERR_NONE) {
        log_line(LOG_ERROR, "keys cannot be loaded", LOG_TEXT("reason", reason));
        return EXIT_FAILURE;
    }
    r.db = db_open(r.config.database, "huimin-reconcile");
    int status = r.db != NULL ? reconcile_night(&r) : EXIT_FAILURE;
    db_close(r.db);
    keyring_free(r.keyring);
    return status;
}
