/* SQL of outgoing bank files: reading for the API, and the worker's steps of the hand-off
 * (sql/functions/payments_50_file.sql). */
#ifndef HUIMIN_FILE_STORE_H
#define HUIMIN_FILE_STORE_H

#include "db.h"

#include <stdint.h>

/* run_id 0: any. limit + 1 rows at most. */
enum db_status file_store_list(struct db *db, int64_t district, int64_t run_id, int64_t after, int64_t limit,
                               struct db_result **ret_result);
enum db_status file_store_get(struct db *db, int64_t district, int64_t file_id, struct db_result **ret_result);

/* DB_NONE when every payment of the run is filed; else one row: file_id, agency_code, unit_code, format_code,
 * business_date, sequence, lines, amount_fen, message_id, account_number (ours), debtor (our name), bank_number (""
 * when not known), created_at. */
enum db_status file_store_begin(struct db *db, int64_t run_id, struct db_result **ret_result);

/* Rows after a line: line, payment_id, occurrence, amount_fen, payee_name, account_id, account_sealed, holder_id,
 * id_number_sealed, bank_number, remittance. */
enum db_status file_store_lines(struct db *db, int64_t after_line, int64_t limit, struct db_result **ret_result);

struct file_identity {
    int64_t file_id;
    int64_t run_id;
    int64_t sequence;
    const char *name;
    int64_t bytes;
    int64_t chunks;
    const unsigned char *sha256; /* 32 bytes */
};
enum db_status file_store_freeze(struct db *db, const struct file_identity *file);
enum db_status file_store_keep_chunk(struct db *db, int64_t file_id, int64_t no, const unsigned char *sealed,
                                     size_t length);

/* Files of a run that are frozen but not handed over: id, name, chunks, bytes, sha256 (hex). */
enum db_status file_store_frozen(struct db *db, int64_t district, int64_t run_id, struct db_result **ret_result);
/* One row: sealed. */
enum db_status file_store_chunk(struct db *db, int64_t district, int64_t file_id, int64_t no,
                                struct db_result **ret_result);
enum db_status file_store_sent(struct db *db, int64_t file_id);
/* Queues released runs of all districts that nobody hands over. */
enum db_status file_store_requeue(struct db *db);

#endif
