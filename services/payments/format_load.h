/* Loads a bank's format, with its codes and reasons, from the database into struct bank_format. */
#ifndef HUIMIN_FORMAT_LOAD_H
#define HUIMIN_FORMAT_LOAD_H

#include "bank_format.h"
#include "db.h"

/* ERR_NOT_FOUND when there is no such format, ERR_INTERNAL when it does not fit. */
enum err format_load(struct db *db, const char *format_code, struct bank_format *ret_format);

#endif
