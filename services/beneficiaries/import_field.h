/* Single fields of a list: the columns of its header, and the values that lists of people, of enrolments and of
 * changes share. Pure. */
#ifndef HUIMIN_IMPORT_FIELD_H
#define HUIMIN_IMPORT_FIELD_H

#include "import.h"

struct import_column {
    const char *zh;
    const char *en;
    bool required;
};

/* Reads a header record, columns in any order. False when a column is unknown or repeated, or a required one is
 * missing. */
bool import_field_header(const struct import_column *columns, int column_count, char *const *fields, size_t count,
                         struct import_header *ret_header);

/* The text of a column; "" when the file has no such column or the field holds nothing but blanks. */
const char *import_field_text(const struct import_header *header, char *const *fields, int column);

/* Notes the fault, if there is one. Returns whether there is none. */
bool import_field_ok(struct import_line *line, int column, enum err code);

/* One value each; "" is ERR_REQUIRED, but for a tier, which the item's rule may forbid or leave out. Whatever is not
 * ERR_NONE leaves the result as it is. A month comes out as its first day. */
enum err import_field_id_number(const char *text, struct date today, struct id_number *ret_number);
enum err import_field_division(const char *text, const struct import_reference *reference, int64_t *ret_division);
enum err import_field_date(const char *text, struct date *ret_date);
enum err import_field_month(const char *text, struct date *ret_date);
enum err import_field_item(const char *text, const struct import_reference *reference,
                           const struct import_item **ret_item);
enum err import_field_tier(const char *text, const struct import_item *item, const struct import_tier **ret_tier);

/* The words that a column may hold, each under its Chinese or its English name. */
struct import_words {
    const char *const *zh;
    const char *const *en;
    size_t count;
};

extern const struct import_words import_account_kinds; /* in the order of enum account_kind */

/* One of the words. ERR_REQUIRED, ERR_BAD_VALUE. */
enum err import_field_word(const char *text, const struct import_words *words, size_t *ret_index);

struct import_account_columns {
    int kind;
    int bank;
    int number;
    int holder; /* identity number of the account's holder when it is another person */
};

struct import_account {
    enum account_kind kind;
    char bank[BANK_NUMBER_SIZE];
    char number[ACCOUNT_NUMBER_SIZE]; /* "": wrong or not stated */
    char holder[ID_NUMBER_SIZE];      /* "": the person of the line */
};

/* The four columns of an account, their faults noted on the line, whose identity number has been read. False when all
 * are empty. */
bool import_field_account(const struct import_header *header, char *const *fields,
                          const struct import_account_columns *columns, struct date today, struct import_line *line,
                          struct import_account *ret_account);

#endif
