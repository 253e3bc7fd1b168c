/* Loads a bank's format from the database into struct bank_format. */
#ifndef HUIMIN_FORMAT_LOAD_H
#define HUIMIN_FORMAT_LOAD_H

#include "bank_format.h"
#include "db.h"

/* ERR_INTERNAL when the format is unknown or does not fit. */
enum err format_load(struct db *db, const char *format_code, struct bank_format *ret_format);

#endif
