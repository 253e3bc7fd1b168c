/* SQL of what the bank sends (sql/functions/payments_60_inbound.sql). */
#ifndef HUIMIN_BANK_MESSAGE_STORE_H
#define HUIMIN_BANK_MESSAGE_STORE_H

#include "db.h"

#include <stdbool.h>
#include <stdint.h>

/* One row: id. The id of an earlier message when the same bytes came before. */
enum db_status bank_message_store_receive(struct db *db, int64_t upload_id, const char *name,
                                          const unsigned char *sha256, struct db_result **ret_result);
enum db_status bank_message_store_list(struct db *db, int64_t district, int64_t after, int64_t limit,
                                       struct db_result **ret_result);
enum db_status bank_message_store_get(struct db *db, int64_t district, int64_t message_id,
                                      struct db_result **ret_result);

/* The worker's. One row: upload_id, state. */
enum db_status bank_message_store_source(struct db *db, int64_t district, int64_t message_id,
                                         struct db_result **ret_result);
/* One row: id, sha256 (hex), lines, amount_fen of an outgoing file by its name or message id. */
enum db_status bank_message_store_file(struct db *db, int64_t district, const char *name,
                                       struct db_result **ret_result);
/* One row: code, account_number, format of answers, format of statements of the district's agent bank. */
enum db_status bank_message_store_agency(struct db *db, int64_t district, struct db_result **ret_result);
/* One row: district, or SQL NULL when neither file (name or message id) nor unit nor account is known. */
enum db_status bank_message_store_district(struct db *db, const char *file, const char *unit, const char *account,
                                           struct db_result **ret_result);
/* Stages lines: district, message, then arrays of line, payment, amount, account index, status, code, reason. */
enum db_status bank_message_store_lines(struct db *db, const struct db_param *params, size_t count);
/* Rows of one text: the codes of all formats. */
enum db_status bank_message_store_formats(struct db *db, struct db_result **ret_result);
enum db_status bank_message_store_refuse(struct db *db, int64_t message_id, const char *code, int64_t line);
enum db_status bank_message_store_apply(struct db *db, int64_t message_id, const char *kind, int64_t file_id,
                                        const char *date);
enum db_status bank_message_store_acknowledge(struct db *db, int64_t message_id, int64_t file_id, bool accepted,
                                              bool duplicate, const char *code, const char *reason);

struct bank_statement {
    int64_t message_id;
    const char *agency_code;
    int64_t statement_no;
    const char *date; /* YYYYMMDD */
    int64_t opening_fen;
    int64_t closing_fen;
    /* array literals, one element per entry */
    const char *directions;
    const char *amounts;
    const char *bank_references;
    const char *our_references;
};
enum db_status bank_message_store_statement(struct db *db, const struct bank_statement *statement);

#endif
