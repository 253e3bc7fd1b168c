/* SQL of bank formats and of the fifteen reasons: the same for every district. */
#ifndef HUIMIN_BANK_FORMAT_STORE_H
#define HUIMIN_BANK_FORMAT_STORE_H

#include "db.h"

/* Rows for the API: all formats; one with its records, statuses and reasons; the reasons with what follows. */
enum db_status bank_format_store_list(struct db *db, struct db_result **ret_result);
enum db_status bank_format_store_get(struct db *db, const char *code, struct db_result **ret_result);
enum db_status bank_format_store_reasons(struct db *db, struct db_result **ret_result);

/* What format_load() reads. One row: syntax, encoding, bom, line_end, delimiter (NULL), closing_delimiter,
 * amount_style, date_style, file_suffix, pays. Rows of record, field; of scope, code, meaning; of kind, match, reason
 * in order. */
enum db_status bank_format_store_styles(struct db *db, const char *code, struct db_result **ret_result);
enum db_status bank_format_store_fields(struct db *db, const char *code, struct db_result **ret_result);
enum db_status bank_format_store_codes(struct db *db, const char *code, struct db_result **ret_result);
enum db_status bank_format_store_rules(struct db *db, const char *code, struct db_result **ret_result);

#endif
